"""What does HYSPLIT's concentration grid say?

Record by record as the User's Guide (Concentration / Display / File Format) has it: the model's identity and start,
the places of release, the grid, the tops of levels, the names of pollutants, then for each interval its start, its
end and a field for each pollutant and level. Level 0 is what was laid down in the interval. `Parts` is what the
binary ``cdump``, its text forms and its netCDF have in common.

A level is the TOP of its layer, the layer reaching down to the level below, or to the ground. The unit is that of
the emission, taken as Bq. Years of two digits are of this century below 40.

Source: NOAA ARL, HYSPLIT User's Guide S363; con2cdf4.f of HYSPLIT 5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.gridded import Gridded

Array = Any
LONG_AGO = 40
MOST_CELLS = 200_000_000
"""Of a file, at most: 1.6 GB."""


@dataclass
class Parts:
    """What has been read of a file so far.

    Parameters
    ----------
    path : Path
    model : str
    south, west, dlat, dlon : float
        Middle of the first cell, and between cells [°].
    rows, columns : int
    levels : tuple of int
        Tops [m]; 0 is the ground's deposit.
    species : tuple of str
    start, end : list of int
        Seconds since 1970, UTC.
    values : list of float arrays, shape (species, levels, rows, columns)
    """

    path: Path
    model: str
    south: float
    west: float
    dlat: float
    dlon: float
    rows: int
    columns: int
    levels: tuple[int, ...]
    species: tuple[str, ...]
    start: list[int] = field(default_factory=list)
    end: list[int] = field(default_factory=list)
    values: list[Array] = field(default_factory=list)

    def check_size(self) -> None:
        """Refuse what cannot be.

        Raises
        ------
        InputError
            If counts or spacings are none, or too many.
        """
        cells = self.rows * self.columns * len(self.levels) * len(self.species)
        if min(self.rows, self.columns) < 2 or not 0 < cells <= MOST_CELLS or not (self.dlat > 0.0 < self.dlon):
            raise InputError("describes no grid", file=self.path, value=f"{self.columns} x {self.rows}")

    def gridded(self) -> Gridded:
        """The answer.

        Raises
        ------
        InputError
            If there is no interval, or the answer breaks an invariant.
        """
        if not self.values:
            raise InputError("holds no interval", file=self.path)
        order = np.argsort(self.levels)
        tops = np.array(self.levels, dtype=float)[order]
        fields = np.stack(self.values, axis=1)[:, :, order]
        dry = None
        if tops[0] == 0.0:
            dry, fields, tops = np.cumsum(fields[:, :, 0], axis=1), fields[:, :, 1:], tops[1:]
        if not len(tops):
            raise InputError("holds deposits alone", file=self.path, field="levels", value="0")
        lat = self.south + self.dlat * np.arange(self.rows)
        lon = self.west + self.dlon * np.arange(self.columns)
        return Gridded(
            f"HYSPLIT on {self.model}", "Bq", np.array(self.start), np.array(self.end), lat, lon,
            np.concatenate([[0.0], tops[:-1]]), tops, self.species, fields, dry,
            notes=("unit: that of the emission, taken as Bq", "levels: tops of layers", "deposit: dry and wet"),
        ).checked(self.path)  # fmt: skip


def stamp(told: Sequence[int], path: Path) -> int:
    """Seconds since 1970 of what a record tells: year, month, day, hour, minute.

    Raises
    ------
    InputError
        If it is no time.
    """
    year, month, day, hour, minute = told
    if 0 <= year < 100:
        year += 2000 if year < LONG_AGO else 1900
    try:
        return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp())
    except (ValueError, OverflowError) as error:
        raise InputError("is not a time", file=path, value=f"{year} {month} {day} {hour}:{minute}") from error
