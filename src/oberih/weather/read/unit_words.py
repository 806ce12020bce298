"""What does the stranger's word for a unit mean?

Weather files spell units in many ways; here each spelling is turned into ``value * scale +
offset`` in SI.  Amounts (mm, J/m2) become rates only when the caller says over how long.
"""

from __future__ import annotations

from oberih.constants import KELVIN_OFFSET
from oberih.errors import InputError

__all__ = ["DIMENSIONS", "amount_to_si", "is_amount", "to_si_linear"]

_KNOT = 1852.0 / 3600.0
_INCH = 0.0254

DIMENSIONS: dict[str, dict[str, tuple[float, float]]] = {
    "wind_speed": {"m/s": (1.0, 0.0), "km/h": (1 / 3.6, 0.0), "kn": (_KNOT, 0.0), "mph": (0.44704, 0.0)},
    "angle": {"deg": (1.0, 0.0)},
    "temperature": {
        "k": (1.0, 0.0),
        "c": (1.0, KELVIN_OFFSET),
        "f": (5.0 / 9.0, KELVIN_OFFSET - 32.0 * 5.0 / 9.0),
    },
    "fraction": {"1": (1.0, 0.0), "%": (0.01, 0.0), "tenths": (0.1, 0.0), "oktas": (0.125, 0.0)},
    "flux": {"w/m2": (1.0, 0.0)},
    "pressure": {"pa": (1.0, 0.0), "hpa": (100.0, 0.0), "kpa": (1000.0, 0.0), "mmhg": (133.322, 0.0)},
    "length": {"m": (1.0, 0.0), "km": (1000.0, 0.0), "ft": (0.3048, 0.0)},
    "rain_rate": {"kg/m2/s": (1.0, 0.0), "mm/h": (1 / 3600.0, 0.0), "m/s": (1000.0, 0.0)},
    "speed": {"m/s": (1.0, 0.0)},
}
"""Dimension → spelling (folded) → (scale, offset) to SI."""

AMOUNTS: dict[str, dict[str, float]] = {
    "rain_rate": {"mm": 1.0, "m": 1000.0, "inch": 1000.0 * _INCH, "kg/m2": 1.0},
    "flux": {"j/m2": 1.0, "kj/m2": 1e3, "mj/m2": 1e6, "wh/m2": 3600.0, "kwh/m2": 3.6e6},
}
"""Dimension → spelling of an amount over a period → factor to kg/m2 or J/m2."""

_SAME = {
    "ms": "m/s", "mps": "m/s", "kmh": "km/h", "kph": "km/h", "kt": "kn", "kts": "kn", "knot": "kn", "knots": "kn",
    "mp/h": "mph", "mi/h": "mph", "°": "deg", "degree": "deg", "degrees": "deg", "degreetrue": "deg", "°c": "c",
    "degc": "c", "celsius": "c", "degreec": "c", "°f": "f", "fahrenheit": "f", "kelvin": "k", "degk": "k",
    "(0-1)": "1", "0-1": "1", "fraction": "1", "percent": "%", "okta": "oktas", "tenth": "tenths", "mbar": "hpa",
    "mb": "hpa", "millibars": "hpa", "torr": "mmhg", "gpm": "m", "metre": "m", "metres": "m", "meter": "m",
    "meters": "m", "mofwaterequivalent": "m", "in": "inch", "inches": "inch", "feet": "ft", "mm/s": "kg/m2/s",
    "mmh": "mm/h",
}  # fmt: skip


def _fold(word: str) -> str:
    """One spelling: ``"W m**-2"`` and ``"W/m²"`` are the same."""
    text = word.strip().lower().replace("**", "").replace("^", "").replace("²", "2")
    for old, new in ((" s-1", "/s"), (" m-2", "/m2"), (" h-1", "/h"), ("kgm-2s-1", "kg/m2/s"), ("ms-1", "m/s")):
        text = text.replace(old, new)
    text = text.replace(" ", "")
    return _SAME.get(text, text)


def to_si_linear(unit: str, *, dimension: str, file: str, field: str) -> tuple[float, float]:
    """Scale and offset that bring ``unit`` into SI.

    Raises
    ------
    InputError
        If the unit is unknown for the dimension.

    Examples
    --------
    >>> to_si_linear("°C", dimension="temperature", file="x", field="t")
    (1.0, 273.15)
    """
    known = DIMENSIONS[dimension]
    folded = _fold(unit)
    if folded not in known:
        allowed = [*known, *AMOUNTS.get(dimension, {})]
        raise InputError(
            f"is not a unit of {dimension.replace('_', ' ')}",
            file=file,
            field=f"unit of {field}",
            value=unit,
            cure=f"use one of {', '.join(allowed)}",
        )
    return known[folded]


def is_amount(unit: str, *, dimension: str) -> bool:
    """Whether the unit is an amount over a period rather than a rate.

    Examples
    --------
    >>> is_amount("J m**-2", dimension="flux"), is_amount("mm/h", dimension="rain_rate")
    (True, False)
    """
    return _fold(unit) in AMOUNTS.get(dimension, {})


def amount_to_si(unit: str, *, dimension: str) -> float:
    """Factor that brings an amount into kg/m2 or J/m2."""
    return AMOUNTS[dimension][_fold(unit)]
