"""What do these files say of a volume of air, whatever their format?

netCDF or GRIB by content, mixed as they come: levels in one file and the ground in another, one file an hour, members
of an ensemble.  An area can be cut out at reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from oberih.errors import InputError
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.read.volume_netcdf import volume_of_netcdf

__all__ = ["members_of", "volume_of"]

Area = tuple[float, float, float, float]


def volume_of(paths: Sequence[Path], *, area: Area | None = None, member: int | None = None) -> RawVolume:
    """Read the files of one volume.

    Parameters
    ----------
    paths : sequence of Path
    area : (west, south, east, north), optional
        Degrees; the grid is cut to the cells that enclose it.  West may be above east, through 180°.
    member : int, optional
        Of an ensemble.

    Raises
    ------
    InputError
        If a file is damaged, does not fit the others, or does not hold the area or member.
    """
    raw = volume_of_netcdf(paths)
    if area is not None:
        _cut_area(raw, area)
    return raw


def members_of(paths: Sequence[Path]) -> tuple[int, ...]:
    """Numbers of the ensemble members that the files hold; empty where they hold none."""
    return ()


def _cut_area(raw: RawVolume, area: Area) -> None:
    if raw.crs:
        raise InputError("is a plane grid, which is not cut by degrees", file=raw.files[0], field="area")
    west, south, east, north = area
    start = raw.x[0] + (west - raw.x[0]) % 360.0
    end = start + (east - west) % 360.0
    columns = slice(max(int(np.searchsorted(raw.x, start, "right")) - 1, 0), int(np.searchsorted(raw.x, end)) + 1)
    rows = slice(max(int(np.searchsorted(raw.y, south, "right")) - 1, 0), int(np.searchsorted(raw.y, north)) + 1)
    raw.x, raw.y = raw.x[columns], raw.y[rows]
    raw.levels = {k: v[..., rows, columns] for k, v in raw.levels.items()}
    raw.surface = {k: v[..., rows, columns] for k, v in raw.surface.items()}
