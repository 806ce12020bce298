"""What lies in the cache, how large is it, and what of it does nobody need?

Fields that carry particles (``flow-…``) are as large as the fields themselves and made again from their files; whoever
computes with them holds them and removes them at the end.  What a killed command left is held by nobody.  An atlas of
an event answers the same question again at once; it goes only where that is asked for.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from oberih.case.reach.flow_lease import remove_unheld
from oberih.case.sheet import Sheet
from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.evidence.keep import store_error

__all__ = ["bytes_in", "cache_facts", "prune", "size_mib"]

PARTS = {
    "atlas": "atlases of plans", "events": "atlases of events", "exceedances": "doses of plans",
    "forecast": "forecasts that stand ready", "forecasts": "forecasts of the designer", "live": "fetched fields",
    "uploads": "uploaded weather", "weather": "fetched years",
}  # fmt: skip
"""Folders of a cache, and what is in them."""

BUILT = ("atlas", "events")
"""Those in which fields for particles are kept while atlases are built."""

LEFT = SECONDS_PER_HOUR
"""What is being written is taken for left behind by a killed command once it was not touched for so long [s]."""


@dataclass(frozen=True)
class Lying:
    """Something in the cache that may go.

    Parameters
    ----------
    path : Path
    what : str
    bytes : int
    """

    path: Path
    what: str
    bytes: int


def cache_facts(cache: Path) -> tuple[tuple[str, str], ...]:
    """What lies in a cache, by kind, with its size; nothing where there is no cache."""
    facts = []
    for name, what in PARTS.items():
        folder = cache / name
        if folder.is_dir():
            facts.append((f"{what} ({name})", f"{size_mib(folder)} MiB"))
    flows = _flows(cache)
    if flows:
        total = sum(map(bytes_in, flows)) / 2**20
        said = f"{len(flows)}, {total:.0f} MiB; 'oberih atlas prune' removes those that no running command holds"
        facts.append(("  of it fields for particles", said))
    return tuple(facts)


def prune(cache: Path, *, events: bool, dry_run: bool, now: int) -> Sheet:
    """Remove what nobody needs any more.

    Parameters
    ----------
    cache : Path
    events : bool
        Whether atlases of events go too; none may be asked meanwhile.
    dry_run : bool
        Whether it is only said.
    now : int
        Seconds since 1970, UTC.

    Raises
    ------
    InputError
        If there is no such cache.
    StoreError
        If something cannot be removed.
    """
    if not cache.is_dir():
        raise InputError("no such folder", field="--cache", value=str(cache))
    gone: list[Lying] = []
    held = 0
    for path in _flows(cache):
        one = Lying(path, "fields for particles", bytes_in(path))
        if remove_unheld(path, dry_run=dry_run):
            gone.append(one)
        else:
            held += 1
    others = [Lying(p, "half-written fields", bytes_in(p)) for p in _half_written(cache) if _left(p, now)]
    others += [Lying(p, "atlas of an event", bytes_in(p)) for p in _of_events(cache) if events]
    for one in () if dry_run else others:
        _remove(one.path)
    gone += others
    return _sheet(cache, gone, held, dry_run=dry_run)


def size_mib(path: Path) -> str:
    """What a folder holds [MiB]."""
    return f"{bytes_in(path) / 2**20:.0f}"


def bytes_in(path: Path) -> int:
    """What a folder holds [bytes]; what others remove meanwhile counts nothing."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(folder, name)).st_size
    return total


def _sheet(cache: Path, gone: list[Lying], held: int, *, dry_run: bool) -> Sheet:
    total = sum(one.bytes for one in gone) / 2**20
    said = "would be removed" if dry_run else "removed"
    notes = [] if gone else [f"nothing lies in {cache} that nobody needs"]
    notes += [f"{held} more in use by a running command: left alone"] if held else []
    return Sheet(
        f"{len(gone)} {said}, {total:.0f} MiB", columns=("name", "what", "MiB") if gone else (),
        rows=tuple((os.fspath(o.path.relative_to(cache)), o.what, f"{o.bytes / 2**20:.0f}") for o in gone),
        notes=tuple(notes),
    )  # fmt: skip


def _flows(cache: Path) -> list[Path]:
    """Kept fields; those of forecasts belong to `oberih forecast`."""
    return [p for name in BUILT for p in sorted((cache / name).glob("flow-*")) if p.is_dir()]


def _half_written(cache: Path) -> list[Path]:
    """Fields that are just being kept, or were when their command was killed."""
    return [p for name in BUILT for p in sorted((cache / name).glob(".flow-*")) if p.is_dir()]


def _of_events(cache: Path) -> list[Path]:
    return sorted((cache / "events").glob("*.zarr"))


def _left(path: Path, now: int) -> bool:
    """Whether a half-written folder was not touched for long; one that has become whole meanwhile was."""
    try:
        times = [path.stat().st_mtime, *(f.stat().st_mtime for f in path.rglob("*"))]
    except FileNotFoundError:
        return False
    return now - max(times) > LEFT


def _remove(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return  # others were faster
    except OSError as error:
        raise store_error(path, error) from error
