"""How are numbers said to people?

The same words in every sheet, table and note; no more digits than are known.
"""

from __future__ import annotations

from datetime import UTC, datetime

from oberih.constants import SECONDS_PER_DAY, SECONDS_PER_HOUR, SECONDS_PER_YEAR
from oberih.units import kilometres

__all__ = ["COMPASS", "LEGEND", "compass", "day", "duration", "km", "mark", "stamp"]

COMPASS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
"""Sixteen points of the compass, clockwise from north."""

LEGEND = "† not checked against its source"
"""What the mark says."""


def mark(verified: bool) -> str:
    """Mark what was not checked against its source."""
    return "" if verified else " †"


def compass(azimuth: float) -> str:
    """Say a direction [degrees clockwise from north].

    Examples
    --------
    >>> compass(229.6), compass(359.0)
    ('SW 230°', 'N 359°')
    """
    return f"{COMPASS[round(azimuth / 22.5) % 16]} {azimuth % 360:.0f}°"


def km(metres: float) -> str:
    """Say a distance [m] in kilometres, to three digits at most: none here is known better.

    Examples
    --------
    >>> km(1234.0), km(123456.0)
    ('1.23', '123')
    """
    distance = kilometres(metres)
    return f"{distance:.0f}" if distance >= 100 else f"{distance:.3g}"


def duration(seconds: float) -> str:
    """Say a time span [s] in its usual unit.

    Examples
    --------
    >>> duration(7 * 86400.0), duration(36000.0), duration(365.25 * 86400.0)
    ('7 d', '10 h', '1 y')
    """
    for unit, length in (("y", SECONDS_PER_YEAR), ("d", SECONDS_PER_DAY)):
        if seconds >= length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds / SECONDS_PER_HOUR:g} h"


def stamp(time: int) -> str:
    """Say a time [seconds since 1970, UTC].

    Examples
    --------
    >>> stamp(0)
    '1970-01-01T00:00Z'
    """
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%MZ")


def day(time: int) -> str:
    """Say the day of a time [seconds since 1970, UTC]."""
    return stamp(time)[:10]
