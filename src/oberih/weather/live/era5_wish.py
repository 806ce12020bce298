"""Which part of ERA5 is wanted?

Defines the noun `Wish`: an area, times and kind of levels; and `wish_around`, all within a distance of a place.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from oberih.constants import EARTH_RADIUS, SECONDS_PER_HOUR
from oberih.errors import InputError

__all__ = ["LONGEST", "Area", "Kind", "Wish", "stamp", "wish_around"]
LONGEST = 31 * 24
"""Hours at most."""

Kind = Literal["pressure", "model"]
Area = tuple[float, float, float, float]


@dataclass(frozen=True)
class Wish:
    """What is wanted.

    Parameters
    ----------
    area : (west, south, east, north)
        [degrees]; west may be above east, through 180°.
    start : int
        Seconds since 1970, UTC; the whole hour before it is the first.
    hours : int
        From there; the last is included.
    every : int
        Hours between times.
    kind : {"pressure", "model"}
        Levels.
    """

    area: Area
    start: int
    hours: int
    every: int = 1
    kind: Kind = "pressure"

    def __post_init__(self) -> None:
        west, south, east, north = self.area
        if not (-90.0 <= south < north <= 90.0 and -360.0 <= west <= 360.0 and -360.0 <= east <= 360.0) or west == east:
            raise InputError(
                "is no area", field="area", value=self.area, cure="give west, south, east, north in degrees"
            )
        if not (0 <= self.hours <= LONGEST and 1 <= self.every <= 24):
            raise InputError(
                f"must be 0 to {LONGEST} hours, every 1 to 24", field="hours", value=(self.hours, self.every)
            )
        if self.kind not in ("pressure", "model"):
            raise InputError("are no levels", field="levels", value=self.kind, cure="use pressure or model")

    @property
    def times(self) -> tuple[int, ...]:
        """Wanted times, seconds since 1970."""
        first = self.start // SECONDS_PER_HOUR * SECONDS_PER_HOUR
        steps = -(-self.hours // self.every)
        return tuple(first + i * self.every * SECONDS_PER_HOUR for i in range(steps + 1))


def wish_around(
    latitude: float, longitude: float, *, start: int, hours: int, radius: float = 1.1e6, every: int = 1,
    kind: Kind = "pressure",
) -> Wish:  # fmt: skip
    """Ask for all within a distance [m] of a place."""
    high = math.degrees(radius / EARTH_RADIUS)
    wide = min(high / max(math.cos(math.radians(min(abs(latitude) + high, 85.0))), 0.05), 179.0)
    south, north = max(math.floor(latitude - high), -90), min(math.ceil(latitude + high), 90)
    return Wish(
        (float(math.floor(longitude - wide)), float(south), float(math.ceil(longitude + wide)), float(north)),
        start, hours, every, kind,
    )  # fmt: skip


def stamp(time: int) -> str:
    """Say a time [seconds since 1970, UTC]."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%MZ")
