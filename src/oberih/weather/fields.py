"""What does the air do, everywhere between the ground and a height?

Defines the noun `Fields`: wind, temperature and the boundary layer on a grid, at times, in SI units, above ground.

Invariants: times at equal steps, increasing; x and y evenly spaced, increasing; heights rise with the level; no value
is missing except rain, which is NaN where it was not given (unknown, not dry).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from oberih.constants import EARTH_RADIUS, SECONDS_PER_HOUR
from oberih.errors import InputError

__all__ = ["CLOUD", "DENSITY", "Fields", "minute"]

Array = npt.NDArray[np.float64]

CLOUD = (1000.0, 4000.0)
"""Base and top of the cloud that rains, where nobody says [m above ground]; verified = false."""

DENSITY = 1.225
"""Of the air at the ground, where nobody says the pressure there [kg/m3]; US Standard Atmosphere 1976."""


def minute(time: int | np.int64) -> str:
    """Say a time of fields [seconds since 1970, UTC], of any year.

    Examples
    --------
    >>> minute(0)
    '1970-01-01T00:00Z'
    """
    return f"{np.datetime64(int(time), 's')}"[:16] + "Z"


@dataclass(frozen=True)
class Fields:
    """The air in a volume.

    Parameters
    ----------
    time : int64 array, shape (t,)
        Seconds since 1970, UTC.
    x, y : float array
        Longitude and latitude [°] where ``geographic``, else metres east and north in ``crs``.
    geographic : bool
    crs : str
        Of a plane, as pyproj reads it; empty where geographic.
    height : float array, shape (t, levels, y, x)
        Above ground [m].
    east, north, up : float array, shape (t, levels, y, x)
        Wind [m/s]; ``up`` is relative to the ground, positive upward.
    temperature : float array, shape (t, levels, y, x)
        [K]
    mixing_height, friction_velocity, inverse_obukhov_length, convective_velocity : float array, shape (t, y, x)
        [m], [m/s], [1/m], [m/s]
    precipitation : float array, shape (t, y, x)
        [kg/(m2 s)]; NaN where unknown.
    roughness_length : float
        [m]
    label, source : str
        As in `oberih.weather.series.Weather`.
    derived : tuple of str
        What was not in the files and was derived, and how; what was set aside.
    attrs : dict
    cloud_base, cloud_top : float array, shape (t, y, x)
        Above ground, of the cloud that rains [m]; `CLOUD` where nobody says.
    convective_rate : float array, shape (t, y, x)
        Probability a second that a particle between the ground and ``convective_top`` is stirred anew through that
        depth, by clouds that the grid does not resolve [1/s]; 0 where there are none.
    convective_top : float array, shape (t, y, x)
        Above ground [m]; 0 where there is no convection.
    density : float array, shape (t, y, x)
        Of the air at the ground [kg/m3]; `DENSITY` everywhere where nobody says the pressure there.
    """

    time: npt.NDArray[np.int64]
    x: Array
    y: Array
    geographic: bool
    crs: str
    height: Array
    east: Array
    north: Array
    up: Array
    temperature: Array
    mixing_height: Array
    friction_velocity: Array
    inverse_obukhov_length: Array
    convective_velocity: Array
    precipitation: Array
    roughness_length: float
    label: str
    source: str
    derived: tuple[str, ...] = ()
    attrs: dict[str, Any] = field(default_factory=dict)
    cloud_base: Array = field(default_factory=lambda: np.empty(0))
    cloud_top: Array = field(default_factory=lambda: np.empty(0))
    convective_rate: Array = field(default_factory=lambda: np.empty(0))
    convective_top: Array = field(default_factory=lambda: np.empty(0))
    density: Array = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        """Put the stated default where nobody said anything of clouds, convection and density."""
        plain = (
            ("cloud_base", CLOUD[0]), ("cloud_top", CLOUD[1]), ("convective_rate", 0.0), ("convective_top", 0.0),
            ("density", DENSITY),
        )  # fmt: skip
        for name, value in plain:
            if not getattr(self, name).size:
                object.__setattr__(self, name, np.full(self.mixing_height.shape, value))

    @property
    def step(self) -> float:
        """Between times [s]; an hour where there is one time only."""
        return float(self.time[1] - self.time[0]) if len(self.time) > 1 else float(SECONDS_PER_HOUR)

    def metres_a_cell(self) -> tuple[Array, float]:
        """Length of a cell eastward in each row, and northward [m]."""
        dx, dy = float(self.x[1] - self.x[0]), float(self.y[1] - self.y[0])
        if not self.geographic:
            return np.full(len(self.y), dx), dy
        a_degree = EARTH_RADIUS * np.pi / 180.0
        return np.asarray(a_degree * dx * np.cos(np.radians(self.y))), a_degree * dy

    def place(
        self, *, longitude: float, latitude: float, field: str = "latitude, longitude"
    ) -> tuple[float, float]:  # fmt: skip
        """Where a point lies, in cells from the first column and row.

        Parameters
        ----------
        longitude, latitude : float
            [°]
        field : str
            What is said to lie there, where it is refused.

        Raises
        ------
        InputError
            If it lies outside the grid.
        """
        east, north = longitude, latitude
        if self.geographic:
            east = self.x[0] + (longitude - self.x[0]) % 360.0
        else:
            east, north = Transformer.from_crs("EPSG:4326", self.crs, always_xy=True).transform(longitude, latitude)
        column = (east - self.x[0]) / (self.x[1] - self.x[0])
        row = (north - self.y[0]) / (self.y[1] - self.y[0])
        if not self._holds(column, row):
            raise InputError(
                f"lies outside the fields, or on their edge; what was read of them spans {self.span}",
                field=field, value=f"{latitude:g}, {longitude:g}", cure=self._cure(longitude, latitude),
            )  # fmt: skip
        return float(column), float(row)

    @property
    def span(self) -> str:
        """How far the fields go, for people: W,S,E,N in degrees, and their times."""
        west, south, east, north = self.bounds
        first, last = minute(self.time[0]), minute(self.time[-1])
        times = f"{first}, held still" if len(self.time) == 1 else f"{first} to {last}"
        return f"W,S,E,N = {west:.5g},{south:.5g},{east:.5g},{north:.5g} ({times})"

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north [°]; of a plane, what its edge reaches."""
        x, y = self.x, self.y
        if self.geographic:
            west = float((x[0] + 180.0) % 360.0 - 180.0)
            return west, float(y[0]), west + float(x[-1] - x[0]), float(y[-1])
        edge_x = np.concatenate([x, x, np.full(len(y), x[0]), np.full(len(y), x[-1])])
        edge_y = np.concatenate([np.full(len(x), y[0]), np.full(len(x), y[-1]), y, y])
        lon, lat = Transformer.from_crs(self.crs, "EPSG:4326", always_xy=True).transform(edge_x, edge_y)
        return float(np.min(lon)), float(np.min(lat)), float(np.max(lon)), float(np.max(lat))

    def _holds(self, column: float, row: float) -> bool:
        return bool(0.0 < column < len(self.x) - 1 and 0.0 < row < len(self.y) - 1)

    def _cure(self, longitude: float, latitude: float) -> str:
        """What to do about a place outside: two numbers that were given in the wrong order would lie within."""
        west, south, east, north = self.bounds
        if west < latitude < east and south < longitude < north:
            return f"latitude comes first: {longitude:g}, {latitude:g} lies within"
        return "give fields that reach well beyond the place"
