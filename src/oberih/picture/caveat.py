"""What must a reader be told of the weather before anything else?

The one sentence that every face shows beside weather that never happened.
"""

from __future__ import annotations

from oberih.language.catalogue import catalogue, message

__all__ = ["NOT_REAL", "weather_caveat", "weather_words"]

NOT_REAL = ("climate-statistics weather", "typical year")
"""Labels of weather that never happened."""


def weather_words(label: str, language: str = "en") -> str:
    """Say a label of weather in a language; one that is unknown says itself.

    Examples
    --------
    >>> weather_words("typical year", "uk"), weather_words("mast")
    ('типовий рік', 'mast')
    """
    key = f"picture.label-{label.replace(' ', '-')}"
    return catalogue(language).get(key, label)


def weather_caveat(label: str, language: str = "en") -> str:
    """Warn of weather that never happened; nothing for weather that did.

    Examples
    --------
    >>> weather_caveat("climate-statistics weather")
    'Not a year that happened: for planning a first look, not for a decision.'
    >>> weather_caveat("observed")
    ''
    """
    return message("picture.not-real", language) if label in NOT_REAL else ""
