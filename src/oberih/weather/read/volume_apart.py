"""How are the files of a volume read without trusting their libraries with our own process?

netCDF and GRIB alike: one `decoder` reads all files of a kind, one after the other, into a file without a name, from
which their parts are taken as they lie.
"""

from __future__ import annotations

import atexit
import functools
import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from oberih.errors import InputError, StoreFull
from oberih.weather.read.decoder import asked, limits_of
from oberih.weather.read.handover import most_bytes, part_of_told
from oberih.weather.read.volume_grid import Area
from oberih.weather.read.volume_part import Part

__all__ = ["members_of_grib", "members_of_netcdf", "part_of_grib", "parts_of_netcdf"]

Told = Callable[[int, int], None]

READERS = {"netCDF": ("oberih.weather.read.volume_netcdf_reply", "fields"),
           "GRIB": ("oberih.weather.read.volume_grib", "grib")}  # fmt: skip
"""Module that reads each format, and the extra that brings its library."""


def parts_of_netcdf(
    paths: Sequence[Path], *, area: Area | None = None, member: int | None = None, told: Told | None = None
) -> list[Part]:
    """Read files, each as a part.

    Parameters
    ----------
    paths : sequence of Path
    area : (west, south, east, north), optional
    member : int, optional
        Taken of files that hold members.
    told : callable, optional
        Takes how much is read, and of how much.

    Raises
    ------
    InputError
        If a file is damaged, too large, or has no grid or time, or not the area or member.
    StoreFull
        If there is no room for what is decoded.
    """
    return _parts("netCDF", paths, told, area=area, member=member)


def part_of_grib(
    paths: Sequence[Path], *, area: Area | None = None, member: int | None = None, run: int | None = None,
    told: Told | None = None,
) -> Part:  # fmt: skip
    """Read files as one pool of messages.

    Parameters
    ----------
    paths : sequence of Path
    area : (west, south, east, north), optional
    member : int, optional
    run : int, optional
        Start of the forecast to take [s since 1970].
    told : callable, optional
        Takes how much is read, and of how much.

    Raises
    ------
    InputError
        If a file is damaged, or the files hold no such area, member or forecast.
    StoreFull
        If there is no room for what is decoded.
    """
    return _parts("GRIB", paths, told, area=area, member=member, run=run, index=str(_index(paths)))[0]


def members_of_netcdf(paths: Sequence[Path]) -> tuple[tuple[int, ...], ...]:
    """Numbers of the ensemble members of each file.

    Raises
    ------
    InputError
        If a file is damaged.
    """
    return _members_as_they_are(_as_they_are(paths))


def members_of_grib(paths: Sequence[Path]) -> tuple[int, ...]:
    """Numbers of the ensemble members of the messages.

    Raises
    ------
    InputError
        If a file is damaged.
    StoreFull
        If there is no room for what is found.
    """
    return tuple(_asked("GRIB", paths, members=True, index=str(_index(paths)))["members"])


Fact = tuple[str, int, int]
"""A file's path, size and time of change [ns]."""


def _as_they_are(paths: Sequence[Path]) -> tuple[Fact, ...]:
    return tuple((str(path.resolve()), path.stat().st_size, path.stat().st_mtime_ns) for path in paths)


@functools.lru_cache(maxsize=64)
def _members_as_they_are(facts: tuple[Fact, ...]) -> tuple[tuple[int, ...], ...]:
    """Fifty members need one look."""
    found = _asked("netCDF", [Path(path) for path, _, _ in facts], members=True)["members"]
    return tuple(tuple(numbers) for numbers in found)


@functools.cache
def _indexes() -> Path:
    """A folder for indexes of GRIB, that goes with this process."""
    try:
        folder = tempfile.mkdtemp(prefix="oberih-index-")
    except OSError as error:
        raise _not_kept(error) from error
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _index(paths: Sequence[Path]) -> Path:
    """Where the index of these files is kept, as they are now: fifty members need one look at all messages."""
    return _indexes() / (hashlib.sha256(json.dumps(_as_they_are(paths)).encode()).hexdigest()[:32] + ".json")


def _parts(kind: str, paths: Sequence[Path], told: Told | None, **how: Any) -> list[Part]:
    try:
        with tempfile.TemporaryFile(prefix="oberih-decoded-") as handed:
            answer = _asked(kind, paths, handed=handed, told=told, members=False, **how)
            return [part_of_told(one, handed) for one in answer["parts"]]
    except OSError as error:
        raise _not_kept(error) from error


def _not_kept(error: OSError) -> StoreFull:
    return StoreFull(
        f"{tempfile.gettempdir()}: what is decoded cannot be kept there ({error.strerror or error}); set TMPDIR to a "
        "folder that has room"
    )


def _asked(
    kind: str, paths: Sequence[Path], *, handed: IO[bytes] | None = None, told: Told | None = None, **how: Any
) -> dict[str, Any]:  # fmt: skip
    module, extra = READERS[kind]
    shown = paths[0].name if len(paths) == 1 else f"{paths[0].name} and {len(paths) - 1} more"
    size = sum(path.stat().st_size for path in paths)
    question = {"paths": [str(path.absolute()) for path in paths], **how}
    try:
        return asked(
            module, question, library=kind, file=shown, handed=handed, told=told,
            limits=limits_of(size, mapped=most_bytes() + (size if kind == "GRIB" else 0)),
        )  # fmt: skip
    except ImportError as error:
        raise InputError(f"is {kind}, and the library for it is not installed", file=shown,
                         cure=f"install it: pip install 'oberih[{extra}]'") from error  # fmt: skip
