"""How does a grid lie: from west to east without a jump, northward, cut to an area?

Takes the axes of a file, gives the rows and columns to take and where they lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.errors import InputError

__all__ = ["Area", "Cutout", "cutout"]

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

Area = tuple[float, float, float, float]
"""West, south, east, north [°]; west above east through 180°."""

EVEN = 0.02
"""Steps of a grid that differ by more than this share are uneven [1]; Gaussian rows differ by less."""

POLE = 89.9
"""Rows nearer a pole have no width and are left out [°]."""


@dataclass(frozen=True)
class Cutout:
    """What is taken of a grid, in which order, and where it lies."""

    rows: Index
    columns: Index
    x: Array
    y: Array


def cutout(x: Array, y: Array, *, geographic: bool, area: Area | None, file: str) -> Cutout:
    """Rows and columns of a grid that cover an area.

    Parameters
    ----------
    x, y : float array
        As the file has them, in any order; degrees east from any meridian where geographic.

        A plane grid is not cut.

    Raises
    ------
    InputError
        If the grid is uneven, too small, or nowhere in the area.
    """
    if min(len(x), len(y)) < 2:
        raise InputError("has fewer than two rows or columns", file=file, field="grid", value=f"{len(x)} x {len(y)}",
                         cure="give a wider area")  # fmt: skip
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise InputError("has a damaged grid", file=file, field="grid", cure="download it again")
    if not geographic:
        columns, rows = np.argsort(x), np.argsort(y)
        return Cutout(rows, columns, _even(x[columns], "x", file), _even(y[rows], "y", file))
    if np.abs(y).max() > 90.0 + 1e-3:
        raise InputError("is not a latitude", file=file, field="latitude", value=float(np.abs(y).max()))
    columns, west = _eastward(x, None if area is None else 0.5 * (area[0] + area[0] + (area[2] - area[0]) % 360.0))
    rows = np.argsort(y)
    rows = rows[np.abs(y[rows]) <= POLE]
    found = Cutout(rows, columns, _even(west, "longitude", file), _even(y[rows], "latitude", file))
    return found if area is None else _within(found, area, file)


def _eastward(longitudes: Array, centre: float | None) -> tuple[Index, Array]:
    """Columns from west to east without a jump, and where they lie.

    A full circle is opened opposite the centre of the area, else at 180°.
    """
    turned = np.sort(longitudes % 360.0)
    gaps = np.diff(np.concatenate([turned, turned[:1] + 360.0]))
    if gaps.max() <= 1.5 * np.median(gaps):
        opposite = ((180.0 if centre is None else centre + 180.0) - 1e-6) % 360.0
        start = turned[int(np.searchsorted(turned, opposite)) % len(turned)]
    else:
        start = turned[(int(np.argmax(gaps)) + 1) % len(turned)]  # begin after the widest gap
    eastward = np.round((longitudes - start) % 360.0, 6) % 360.0
    order = np.argsort(eastward, kind="stable")
    west = start - 360.0 if start >= 180.0 else start
    return order, west + eastward[order]


def _even(axis: Array, name: str, file: str) -> Array:
    """The axis with its steps made equal, where they are nearly so."""
    steps = np.diff(axis)
    usual = float(np.median(steps))
    if not usual > 0.0 or (np.abs(steps - usual) > EVEN * usual).any():
        raise InputError("steps of the grid are not equal", file=file, field=name,
                         value=f"{steps.min():.4g} to {steps.max():.4g}",
                         cure="give a regular latitude-longitude grid, without a column twice")  # fmt: skip
    return np.linspace(axis[0], axis[-1], len(axis))


def _within(whole: Cutout, area: Area, file: str) -> Cutout:
    west, south, east, north = area
    if not (-90.0 <= south < north <= 90.0) or not np.isfinite([west, east]).all():
        raise InputError("must be west, south, east, north in degrees", field="area", value=area)
    start = whole.x[0] + (west - whole.x[0]) % 360.0
    wide = (east - west) % 360.0 or 360.0
    if start > whole.x[-1]:
        start -= 360.0
    columns = _enclosing(whole.x, start, start + wide)
    rows = _enclosing(whole.y, south, north)
    if not len(columns) or not len(rows):
        covers = f"{whole.x[0]:g} to {whole.x[-1]:g} E, {whole.y[0]:g} to {whole.y[-1]:g} N"
        raise InputError("is nowhere in the area", file=file, field="area", value=", ".join(f"{v:g}" for v in area),
                         cure=f"it covers {covers}")  # fmt: skip
    return Cutout(whole.rows[rows], whole.columns[columns], whole.x[columns], whole.y[rows])


def _enclosing(axis: Array, low: float, high: float) -> Index:
    """Places that enclose a stretch, three at least where there are three; none where it lies outside."""
    if high < axis[0] or low > axis[-1]:
        return np.arange(0)
    first = max(int(np.searchsorted(axis, low + 1e-9, "right")) - 1, 0)
    last = min(int(np.searchsorted(axis, high - 1e-9, "left")), len(axis) - 1)
    while last - first < min(2, len(axis) - 1):
        first, last = max(first - 1, 0), min(last + 1, len(axis) - 1)
    return np.arange(first, last + 1)
