"""How much falls when a report says only that it falls?

A station that reports the weather in words or as a code, without an amount, still tells dry
from wet and light from heavy.  Each class becomes one stated rate of
``data/precipitation_rate.csv``; products repeat that the rate was assumed.
"""

from __future__ import annotations

import csv
import math
from functools import cache
from importlib.resources import files

from oberih.constants import SECONDS_PER_HOUR

__all__ = ["assumed_rate", "falls_in_words", "rate_of_code"]

NOTE = "assumed from the reported intensity, not measured"
"""What attrs say of such a rate."""

_KINDS = {5: "drizzle", 6: "rain", 7: "snow", 8: "rain"}
"""Tens digit of WMO code 4677 (manned) → kind."""

_INTENSITY = (
    "light", "light", "moderate", "moderate", "heavy", "heavy", "light", "moderate", "light", "moderate",
)  # fmt: skip
"""Units digit of code 4677, groups 50 to 75 → intensity (66 to 69: slight, then moderate or heavy)."""

_SHOWERS = {
    80: ("rain", "light"), 81: ("rain", "moderate"), 82: ("rain", "heavy"), 83: ("rain", "light"),
    84: ("rain", "moderate"), 85: ("snow", "light"), 86: ("snow", "moderate"), 87: ("snow", "light"),
    88: ("snow", "moderate"), 89: ("rain", "light"), 90: ("rain", "moderate"), 91: ("rain", "light"),
    92: ("rain", "moderate"), 93: ("snow", "light"), 94: ("snow", "moderate"), 95: ("rain", "moderate"),
    96: ("rain", "moderate"), 97: ("rain", "heavy"), 98: ("rain", "moderate"), 99: ("rain", "heavy"),
}  # fmt: skip
"""WMO code 4677, 80 to 99: showers and thunderstorms."""

_FALLING_WORDS = (
    "дожд",
    "снег",
    "морос",
    "ливн",
    "град",
    "крупа",
    "зерна",
    "rain",
    "snow",
    "drizzle",
    "shower",
    "hail",
)
_NOT_FALLING = ("поземок", "метель", "без осадков", "drifting", "blowing")


@cache
def _rates() -> dict[tuple[str, str], float]:
    text = (files("oberih.weather.read") / "data" / "precipitation_rate.csv").read_text(encoding="utf-8")
    return {
        (row["kind"], row["intensity"]): float(row["rate_mm_h"]) / SECONDS_PER_HOUR
        for row in csv.DictReader(text.splitlines())
    }


def assumed_rate(kind: str, intensity: str) -> float:
    """Rate that stands for a class [kg/(m2 s)].

    Examples
    --------
    >>> round(assumed_rate("rain", "light") * 3600, 3)
    1.0
    """
    return _rates()[kind, intensity]


def rate_of_code(code: float) -> float:
    """Precipitation rate told by a present-weather code [kg/(m2 s)]; NaN if it does not tell.

    Parameters
    ----------
    code : float
        BUFR 0 20 003: 0 to 99 is WMO code 4677; 100 to 199 is code 4680 of automatic
        stations, shifted; 508 and above: no observation.

    Examples
    --------
    >>> rate_of_code(2.0), round(rate_of_code(63.0) * 3600, 3)
    (0.0, 5.0)
    """
    if not math.isfinite(code):
        return math.nan
    value = int(code)
    if value == 508:
        return 0.0
    if 100 <= value < 200:
        return _rate_of_automatic(value - 100)
    if not 0 <= value < 100:
        return math.nan
    if value < 50:
        return 0.0
    if value >= 80:
        return assumed_rate(*_SHOWERS[value])
    kind = _KINDS[value // 10]
    if value in (68, 69):
        kind = "snow"
    if value in (76, 77, 78, 79):
        return assumed_rate("snow", "light")
    return assumed_rate(kind, _INTENSITY[value % 10])


def _rate_of_automatic(value: int) -> float:
    """Code 4680: 40s unspecified, 50s drizzle, 60s rain, 70s snow, 80s showers, 90s thunder."""
    if value < 40:
        return 0.0
    if value < 50:
        return assumed_rate("snow" if value in (45, 46) else "rain", "heavy" if value in (42, 44, 46, 48) else "light")
    if 85 <= value <= 87:
        return assumed_rate("snow", ("light", "moderate", "heavy")[value - 85])
    kind = {5: "drizzle", 6: "rain", 7: "snow", 8: "rain", 9: "rain"}[value // 10]
    intensity = {2: "moderate", 3: "heavy", 5: "moderate", 6: "heavy"}.get(value % 10, "light")
    return assumed_rate(kind, intensity)


def falls_in_words(text: str) -> bool:
    """Whether a report's words say that precipitation fell at its time or in the hour before.

    Examples
    --------
    >>> falls_in_words("Снег непрерывный слабый в срок наблюдения."), falls_in_words("Дымка.")
    (True, False)
    """
    folded = text.lower()
    return any(word in folded for word in _FALLING_WORDS) and not any(word in folded for word in _NOT_FALLING)
