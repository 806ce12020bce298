"""How is a volume of GRIB read without trusting the library with our own process?

As in `gridded_apart`: damaged messages can crash the library's C code, so a process of its own decodes them into files
of a folder that is thrown away; if it dies, the file is refused in one line.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from oberih.weather.read.volume_grid import Area
from oberih.weather.read.volume_part import Part, Sum, Vertical

__all__ = ["members_of_grib", "part_of_folder", "part_of_grib"]

PATIENCE = 1800.0
"""Files that take longer are given up [s]."""


def part_of_grib(
    paths: Sequence[Path], *, area: Area | None = None, member: int | None = None, run: int | None = None
) -> Part:
    """Read files as one pool of messages.

    Parameters
    ----------
    paths : sequence of Path
    area : (west, south, east, north), optional
    member : int, optional
    run : int, optional
        Start of the forecast to take [s since 1970].

    Raises
    ------
    InputError
        If a file is damaged, or the files hold no such area, member or forecast; if the decoder died.
    """
    with tempfile.TemporaryDirectory(prefix="oberih-grib-") as folder:
        told = _asked(paths, folder=folder, members=False, area=area, member=member, run=run)
        return part_of_folder(told, Path(folder), ", ".join(p.name for p in paths))


def members_of_grib(paths: Sequence[Path]) -> tuple[int, ...]:
    """Numbers of the ensemble members of the messages.

    Raises
    ------
    InputError
        If a file is damaged.
    """
    return tuple(_asked(paths, folder="", members=True, area=None, member=None, run=None)["members"])


@functools.cache
def _indexes() -> Path:
    """A folder for indexes, that goes with this process."""
    folder = tempfile.mkdtemp(prefix="oberih-index-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _index(paths: Sequence[Path]) -> Path:
    """Where the index of these files is kept, as they are now: fifty members need one look at all messages."""
    facts = [(str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
    return _indexes() / (hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32] + ".json")


def _asked(paths: Sequence[Path], **how: Any) -> dict[str, Any]:
    shown = paths[0].name if len(paths) == 1 else f"{paths[0].name} and {len(paths) - 1} more"
    question = json.dumps({"paths": [str(p) for p in paths], "index": str(_index(paths)), **how})
    command = [sys.executable, "-m", "oberih.weather.read.volume_grib", question]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired as error:
        raise InputError(f"took longer than {PATIENCE:.0f} s to decode", file=shown, cure="give an area") from error
    if b"ModuleNotFoundError" in done.stderr:
        raise InputError("is GRIB, and the library for it is not installed", file=shown,
                         cure="install it: pip install 'oberih[grib]'")  # fmt: skip
    try:
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise InputError("is damaged GRIB: its decoder died", file=shown, cure="download it again") from error
    if "refused" in answer:
        raise InputError(file=answer["file"], **answer["refused"])
    return answer


def part_of_folder(told: dict[str, Any], folder: Path, file: str) -> Part:
    """What `volume_grib.write_part` has written.

    Parameters
    ----------
    told : dict
        Its answer.
    folder : Path
    file : str
        What messages call it.
    """
    hybrid = told.get("hybrid")
    vertical = Vertical(
        pressure=np.array(told["pressure"]) if "pressure" in told else None,
        hybrid=(np.array(hybrid[0]), np.array(hybrid[1])) if hybrid else None,
    )
    part = Part(file, np.array(told["x"]), np.array(told["y"]), "", vertical, notes=told["notes"],
                forecast=told.get("forecast", False))  # fmt: skip
    for meaning, times in told["levels"].items():
        values = np.load(folder / f"levels_{meaning}.npy")
        if meaning == "height":  # of levels that do not move: the same at every time
            every = sorted({t for held in told["levels"].values() for t in held})
            part.levels[meaning] = {t: values[0] for t in every}
            continue
        part.levels[meaning] = dict(zip(times, values, strict=True))
    for meaning, times in told["surface"].items():
        part.surface[meaning] = dict(zip(times, np.load(folder / f"surface_{meaning}.npy"), strict=True))
    for meaning, spans in told["sums"].items():
        values = np.load(folder / f"sums_{meaning}.npy")
        part.sums[meaning] = [Sum(s[0], s[1], s[2], amount) for s, amount in zip(spans, values, strict=True)]
    return part
