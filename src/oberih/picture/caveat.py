"""What must a reader be told of the weather before anything else?

The one sentence that every face shows beside weather that never happened.
"""

from __future__ import annotations

__all__ = ["weather_caveat"]

NOT_REAL = ("climate-statistics weather", "typical year")
"""Labels of weather that never happened."""


def weather_caveat(label: str) -> str:
    """Warn of weather that never happened; nothing for weather that did.

    Examples
    --------
    >>> weather_caveat("climate-statistics weather")
    'Not a year that happened: for planning a first look, not for a decision.'
    >>> weather_caveat("observed")
    ''
    """
    return "Not a year that happened: for planning a first look, not for a decision." if label in NOT_REAL else ""
