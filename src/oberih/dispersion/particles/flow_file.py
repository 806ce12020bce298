"""How do many processes share one flow without each holding it?

A flow is kept as a folder: two arrays in NumPy's own format, opened memory-mapped, so that workers share the pages, and
what is small as JSON.  A folder is written beside its place and renamed: it is there whole or not at all.

A process reads a flow through, to see that it is the one that was kept, once: as long as its files have the same inode,
size and times of change, they are the files that it has read, or written.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from oberih.dispersion.particles.flow import Flow
from oberih.errors import InputError, OutOfRange

__all__ = ["digest_of", "open_flow", "save_flow"]

FORMAT = "oberih-flow-1"

_ARRAYS = ("wind.npy", "surface.npy")

_Mark = tuple[tuple[int, int, int, int, int], ...]

_READ: dict[_Mark, str] = {}
"""Digests of the flows that this process has read through or written, by the marks of their files."""

_BEFORE = 1_000_000_000
"""By so much the time of change of a file is set back once it is written [ns]: clocks of file systems tick some
milliseconds apart, and whatever changes it afterwards must be seen."""

_FACTS = {"start": int, "step": float, "a": float, "b": float, "cells_y": float, "lapse": float}


def save_flow(folder: Path, flow: Flow) -> Path:
    """Keep a flow as a folder.

    Parameters
    ----------
    folder : Path
        If a flow with the same digest lies there, nothing is done; one that was damaged since is made anew.
    flow : Flow

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    InputError
        If something else lies there, or it cannot be written.
    """
    folder = Path(folder)
    if folder.exists():
        if _facts(folder)["digest"] != flow.digest:
            raise InputError("another flow lies there", file=folder, cure="give another folder, or take it away")
        if _is_whole(folder, flow.digest):
            return folder
        _set_aside(folder)
    facts: dict[str, Any] = {name: kind(getattr(flow, name)) for name, kind in _FACTS.items()}
    facts |= {"format": FORMAT, "digest": flow.digest}
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", file=folder) from error
    try:
        for name, values in zip(_ARRAYS, (flow.wind, flow.surface), strict=True):
            np.save(beside / name, values)
        (beside / "flow.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        beside.chmod(0o755)
        for file in beside.iterdir():
            changed = file.stat().st_mtime_ns
            os.utime(file, ns=(changed, changed - _BEFORE))
        mark = _mark(beside)
        os.replace(beside, folder)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        if folder.exists():  # somebody else was faster
            return save_flow(folder, flow)
        raise InputError(f"cannot be written: {error.strerror}", file=folder) from error
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    _READ[mark] = flow.digest
    return folder


def open_flow(folder: Path) -> Flow:
    """Open a kept flow; its arrays are memory-mapped, and what is written to them stays in this process.

    Raises
    ------
    InputError
        If no flow lies there, or it is damaged, or is not the one that was kept: it is read through, once a process.
    """
    folder = Path(folder)
    facts = _facts(folder)
    try:
        mark = _mark(folder)
        wind, surface = (np.asarray(np.load(folder / name, mmap_mode="c")) for name in _ARRAYS)
        flow = Flow(wind=wind, surface=surface, **{name: kind(facts[name]) for name, kind in _FACTS.items()})
    except (OSError, ValueError, KeyError, TypeError, OverflowError, OutOfRange) as error:
        raise InputError(f"is damaged: {error}", file=folder, cure="make it anew") from error
    if known := _READ.get(mark):
        vars(flow)["digest"] = known  # handed on: it is a cached property
    if flow.digest != facts["digest"]:
        raise InputError("is damaged: its numbers are not those that were kept", file=folder, cure="make it anew")
    _READ[mark] = flow.digest
    return flow


def digest_of(folder: Path) -> str:
    """Digest that a kept flow had when it was written, without reading the arrays."""
    return str(_facts(Path(folder))["digest"])


def _mark(folder: Path) -> _Mark:
    """What tells the files of a flow from any others: device, inode, size, times of change."""
    found = ((folder / name).stat() for name in (*_ARRAYS, "flow.json"))
    return tuple((f.st_dev, f.st_ino, f.st_size, f.st_mtime_ns, f.st_ctime_ns) for f in found)


def _is_whole(folder: Path, digest: str) -> bool:
    """Whether a folder holds that flow, read through."""
    try:
        return open_flow(folder).digest == digest
    except InputError:
        return False


def _set_aside(folder: Path) -> None:
    """Take a damaged flow away; who has it open keeps what it has."""
    try:
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        with contextlib.suppress(FileNotFoundError):  # whoever else saw it took it away
            os.replace(folder, beside / folder.name)
    except OSError as error:
        raise InputError(f"is damaged and cannot be written: {error.strerror}", file=folder) from error
    shutil.rmtree(beside, ignore_errors=True)


def _facts(folder: Path) -> dict[str, Any]:
    try:
        facts = json.loads((folder / "flow.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("is no kept flow", file=folder, cure="make it anew") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT or not isinstance(facts.get("digest"), str):
        raise InputError("is no kept flow of this edition", file=folder, cure="make it anew")
    return facts
