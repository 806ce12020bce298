"""What did one grid point give?  The noun between the netCDF and GRIB readers and `Weather`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.errors import InputError
from oberih.weather.read.nearest import nearest

__all__ = ["PointValues", "corners"]

Floats = npt.NDArray[np.float64]


@dataclass
class PointValues:
    """Series at one point, SI, sums already turned into rates.

    Parameters
    ----------
    time : int64 array, shape (n,)
        [s since 1970 UTC]
    fields : dict
        Field of `Weather`, ``wind_east`` or ``wind_north`` → float array, shape (n,).
    latitude, longitude : float or None
        Of the point [degrees]; None if the file does not say.
    label, source : str
        As in `Weather`.
    held : list of str
        Names of everything in the file, for the refusal.
    notes : dict
        For ``attrs``.
    """

    time: npt.NDArray[np.int64]
    fields: dict[str, Floats]
    latitude: float | None
    longitude: float | None
    label: str
    source: str
    held: list[str]
    notes: dict[str, Any] = field(default_factory=dict)


def corners(
    latitudes: Floats,
    longitudes: Floats,
    latitude: float | None,
    longitude: float | None,
    *,
    method: str,
    file: str,
) -> list[tuple[int, int, float]]:
    """Grid points of a regular grid to take for a place: (row, column, weight), weights sum to 1.

    Parameters
    ----------
    latitudes, longitudes : float array, shapes (rows,), (columns,)
        Axes of the grid [degrees]; longitudes may run 0 to 360.
    latitude, longitude : float or None
        The place; None is allowed for a grid of one point.
    method : str
        ``nearest`` or ``bilinear``.

    Raises
    ------
    InputError
        If the place is missing or outside the grid by more than a grid step.
    """
    if latitude is None or longitude is None:
        if len(latitudes) * len(longitudes) != 1:
            raise InputError(
                f"holds {len(latitudes)} by {len(longitudes)} points", file=file, cure="give latitude and longitude"
            )
        return [(0, 0, 1.0)]
    grid_lat, grid_lon = np.meshgrid(latitudes, longitudes, indexing="ij")
    index, away = nearest(latitude, longitude, grid_lat.ravel(), grid_lon.ravel())
    row, column = divmod(index, len(longitudes))
    step = max(_step(latitudes), _step(longitudes), 0.01)
    if away > step * 111e3 * 1.5:
        raise InputError(
            f"{latitude} {longitude} is {away / 1e3:.0f} km from the nearest grid point", file=file, field="place",
            cure="give a file that covers the place",
        )  # fmt: skip
    if method == "nearest":
        return [(row, column, 1.0)]
    shift = np.mod(longitude - longitudes[column] + 180.0, 360.0) - 180.0
    rows, columns = _between(latitudes, row, latitude - latitudes[row]), _between(longitudes, column, float(shift))
    return [(i, j, wi * wj) for i, wi in rows for j, wj in columns if wi * wj > 0.0]


def _step(axis: Floats) -> float:
    return float(np.median(np.abs(np.diff(axis)))) if len(axis) > 1 else 0.25


def _between(axis: Floats, index: int, shift: float) -> list[tuple[int, float]]:
    """The two axis points around ``axis[index] + shift`` with linear weights; the edge alone at the edge."""
    for neighbour in (index - 1, index + 1):
        if 0 <= neighbour < len(axis):
            span = float(axis[neighbour] - axis[index])
            if span != 0.0 and 0.0 <= shift / span <= 1.0:
                part = shift / span
                return [(index, 1.0 - part), (neighbour, part)]
    return [(index, 1.0)]
