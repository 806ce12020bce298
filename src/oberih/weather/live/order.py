"""What is wanted of a source, and how far must its run reach?

Defines the noun `Order`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, cos, radians
from pathlib import Path
from typing import Any

from oberih.constants import SECONDS_PER_HOUR
from oberih.far.patience import Patience
from oberih.weather.live import kept
from oberih.weather.live.message import Area
from oberih.weather.live.wanted import Source

__all__ = ["AT_ONCE", "CYCLE", "Order", "Told", "area_around"]

CYCLE = 6 * SECONDS_PER_HOUR
"""Between two runs [s]."""

AT_ONCE = 6
"""Messages asked for at a time."""

HALF_HEIGHT, HALF_WIDTH = 12.0, 1190e3
"""The area reaches so far north and south [degrees], and east and west [m]: a plume of 1,000 km stays inside."""

Told = Callable[[int, int, str], None]
"""Called with steps done, their number, and what is at work; where the number is 0, the words are news in a line."""


@dataclass(frozen=True)
class Order:
    """What is wanted of a source.

    Parameters
    ----------
    source : Source
    server : str
    area : Area
    start, hours : int
        Seconds since 1970, and how long from there [h].
    now : int
        Seconds since 1970.
    folder : Path
        Of all kept runs.
    patience : Patience
    at_once : int
    transport : httpx.BaseTransport or None
    stopped : callable
    told : Told or None
    """

    source: Source
    server: str
    area: Area
    start: int
    hours: int
    now: int
    folder: Path
    patience: Patience
    at_once: int = AT_ONCE
    transport: Any = None
    stopped: Callable[[], bool] = lambda: False
    told: Told | None = None

    def reach(self, run: int) -> int:
        """Last step that is fetched of a run [h]: the hours wanted, from the full six hours after the run on."""
        lag = ceil(max(self.start - run, 0) / CYCLE) * (CYCLE // SECONDS_PER_HOUR)
        wanted = ceil((lag + self.hours) / self.source.stride) * self.source.stride
        return min(wanted, self.source.longest(run))

    def covers(self, run: int) -> bool:
        """Whether a run can reach as far as wanted."""
        return run + SECONDS_PER_HOUR * self.source.longest(run) >= self.start + SECONDS_PER_HOUR * self.hours

    def say(self, line: str) -> None:
        """Tell news in a line."""
        if self.told:
            self.told(0, 0, line)

    @property
    def prefix(self) -> str:
        """Of the names of its folders."""
        return kept.run_name(self.source.name, self.area, self.source.thinned, 0, 0).rsplit("-", 2)[0] + "-"


def area_around(latitude: float, longitude: float) -> Area:
    """The area that is kept around a place: west, south, east, north [degrees].

    Examples
    --------
    >>> tuple(round(v, 2) for v in area_around(47.5, 34.6))
    (18.75, 35.5, 50.5, 59.5)
    """
    wide = HALF_WIDTH / (111.2e3 * max(cos(radians(latitude)), 0.2))
    edges = (longitude - wide, latitude - HALF_HEIGHT, longitude + wide, latitude + HALF_HEIGHT)
    west, south, east, north = (round(4.0 * e) / 4.0 for e in edges)  # on the points of a quarter of a degree
    return west, max(south, -90.0), east, min(north, 90.0)
