"""What do these files say of a volume of air, whatever their format?

netCDF or GRIB by content, mixed as they come: levels in one file and the ground in another, one file an hour, members
of an ensemble.  An area can be cut out at reading.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from oberih.errors import InputError
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.read.volume_apart import members_of_grib, members_of_netcdf, part_of_grib, parts_of_netcdf
from oberih.weather.read.volume_grid import Area
from oberih.weather.read.volume_join import joined
from oberih.weather.read.volume_part import Part

__all__ = ["members_of", "volume_of"]

Told = Callable[[int, int], None]


def volume_of(
    paths: Sequence[Path], *, area: Area | None = None, member: int | None = None, run: int | None = None,
    told: Told | None = None,
) -> RawVolume:  # fmt: skip
    """Read the files of one volume.

    Parameters
    ----------
    paths : sequence of Path
    area : (west, south, east, north), optional
        Degrees; the grid is cut to the cells that enclose it.  West may be above east, through 180°.
    member : int, optional
        Of an ensemble; the lowest number otherwise, and the notes say so.
    run : int, optional
        Start of the one forecast to take from GRIB files that hold several [s since 1970]; otherwise each is followed
        until the next begins, and the notes say so.
    told : callable, optional
        Takes how many hundredths are read, and 100.

    Raises
    ------
    InputError
        If a file is damaged, does not fit the others, or does not hold the area, member or forecast.
    """
    grib, other = _sorted(paths)
    if member is not None and not grib and not any(members_of_netcdf(other)):
        raise InputError("holds no ensemble", file=other[0], field="member", value=member, cure="ask for no member")
    parts: list[Part] = (
        parts_of_netcdf(other, area=area, member=member, told=_part_of(told, 0, 1 + bool(grib))) if other else []
    )
    if grib:
        parts.append(
            part_of_grib(grib, area=area, member=member, run=run, told=_part_of(told, bool(other), 1 + bool(other)))
        )
    elif run is not None:
        raise InputError("holds no forecasts by their start", file=other[0], field="run", value=run)
    return joined(parts)


def members_of(paths: Sequence[Path]) -> tuple[int, ...]:
    """Numbers of the ensemble members that the files hold; empty where they hold none, or one only.

    Raises
    ------
    InputError
        If a file is damaged.
    """
    grib, other = _sorted(paths)
    found = {n for numbers in members_of_netcdf(other) for n in numbers} if other else set()
    if grib:
        found |= set(members_of_grib(grib))
    return tuple(sorted(found)) if len(found) > 1 else ()


def _part_of(told: Told | None, before: int, parts: int) -> Told | None:
    """Somebody to be told of one of several parts of the work."""
    return None if told is None else lambda done, of: told((100 * before + 100 * done // of) // parts, 100)


def _sorted(paths: Sequence[Path]) -> tuple[list[Path], list[Path]]:
    """GRIB files, and the others."""
    if not paths:
        raise InputError("no file was given", field="fields", cure="give netCDF or GRIB files")
    kinds = {path: _kind(path) for path in paths}
    return [p for p in kinds if kinds[p] == "GRIB"], [p for p in kinds if kinds[p] == "netCDF"]


def _kind(path: Path) -> str:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        reason = (
            "no such file" if isinstance(error, FileNotFoundError) else (error.strerror or "cannot be read").lower()
        )
        cure = "name the files in it, as folder/*.nc" if isinstance(error, IsADirectoryError) else None
        raise InputError(reason, file=path, cure=cure) from error
    if not head:
        raise InputError("is empty", file=path, cure="download it again")
    if head[:3] == b"CDF" or head[:4] == b"\x89HDF":
        return "netCDF"
    if b"GRIB" in head:
        return "GRIB"
    if head[:3] == b"BZh" or head[:2] == b"\x1f\x8b":
        raise InputError("is packed", file=path, cure="unpack it first, with bunzip2 or gunzip")
    raise InputError("is neither netCDF nor GRIB", file=path, cure="give fields in one of these formats")
