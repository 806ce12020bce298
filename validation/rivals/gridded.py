"""What does any model's gridded answer come to?

Defines the noun `Gridded`: concentration and deposition on a grid, interval by interval, whoever computed it.

Invariants: intervals increase and do not overlap; latitudes and longitudes are middles of cells, latitudes increase
where the grid is regular; deposits are what lies there at the end of each interval, summed since the start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError

EARTH = 6.371e6
Array = Any


@dataclass(frozen=True)
class Gridded:
    """A model's answer.

    Parameters
    ----------
    model : str
        What wrote it.
    unit : str
        Of an amount, "Bq" or "kg"; concentration is per cubic metre, deposits are per square metre.
    start, end : int64 array, shape (times,)
        Of each interval, seconds since 1970, UTC; equal where the value is that of a moment.
    lat, lon : float array
        [°]; shape (y,) and (x,) on a regular grid, else both (y, x).
    bottom, top : float array, shape (layers,)
        Above ground [m].
    species : tuple of str
    air : float array, shape (species, times, layers, y, x)
        Concentration.
    dry, wet : float array, shape (species, times, y, x), or None
        Laid down until the interval's end; ``dry`` holds both where the model does not tell them apart.
    area : float array, shape (y, x)
        Of the cells [m2].
    notes : tuple of str
        What the reader had to assume.
    """

    model: str
    unit: str
    start: Array
    end: Array
    lat: Array
    lon: Array
    bottom: Array
    top: Array
    species: tuple[str, ...]
    air: Array
    dry: Array | None = None
    wet: Array | None = None
    area: Array = field(default=None)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.area is None:
            object.__setattr__(self, "area", areas(self.lat, self.lon))

    def checked(self, path: Path) -> Gridded:
        """The same, or a refusal.

        Raises
        ------
        InputError
            If it breaks an invariant, or holds numbers that cannot be.
        """
        rows, columns = self.air.shape[-2:]
        shape = (len(self.species), len(self.start), len(self.top), rows, columns)
        if self.air.shape != shape or self.area.shape != (rows, columns):
            raise InputError("does not fit its own axes", file=path, value=self.air.shape)
        if (self.end < self.start).any() or (np.diff(self.end) <= 0).any() or (self.start[1:] < self.end[:-1]).any():
            raise InputError("intervals must increase and not overlap", file=path, field="time")
        if (np.diff(self.lat, axis=0) <= 0).any() or (self.top <= self.bottom).any():
            raise InputError("rows must go north, layers up", file=path, field="grid")
        for name, values in (("concentration", self.air), ("dry deposit", self.dry), ("wet deposit", self.wet)):
            if values is not None and not (np.isfinite(values).all() and (values >= 0.0).all()):
                raise InputError("holds what is not a number from 0 up", file=path, field=name)
        return self

    def amount(self) -> Array:
        """In the air of the layers, shape (species, times) [unit]."""
        depth = (self.top - self.bottom)[:, None, None]
        return (self.air * depth * self.area).sum(axis=(2, 3, 4))


def areas(lat: Array, lon: Array) -> Array:
    """Area of a regular grid's cells [m2], shape (y, x)."""
    dy, dx = np.radians(lat[1] - lat[0]), np.radians(lon[1] - lon[0])
    edge = np.radians(lat)
    row = EARTH**2 * dx * (np.sin(edge + 0.5 * dy) - np.sin(edge - 0.5 * dy))
    return np.repeat(row[:, None], len(lon), axis=1)
