"""How does a number cross the rim?  Conversions into SI where data enters, out of it where it is shown.

Nothing inside Oberih calls this module but readers (in), the faces and ``picture`` (out).
"""

from __future__ import annotations

from oberih.errors import InputError

_TO_SI: dict[str, tuple[str, float]] = {
    "Sv": ("dose", 1.0), "mSv": ("dose", 1e-3), "uSv": ("dose", 1e-6), "µSv": ("dose", 1e-6),
    "Gy": ("absorbed dose", 1.0), "mGy": ("absorbed dose", 1e-3),
    "Bq": ("activity", 1.0), "kBq": ("activity", 1e3), "MBq": ("activity", 1e6), "GBq": ("activity", 1e9),
    "TBq": ("activity", 1e12), "PBq": ("activity", 1e15), "EBq": ("activity", 1e18), "Ci": ("activity", 3.7e10),
    "m": ("length", 1.0), "km": ("length", 1e3), "ft": ("length", 0.3048), "mi": ("length", 1609.344),
    "s": ("time", 1.0), "min": ("time", 60.0), "h": ("time", 3600.0), "d": ("time", 86400.0),
    "month": ("time", 30.0 * 86400.0), "y": ("time", 365.25 * 86400.0),
    "W": ("power", 1.0), "kW": ("power", 1e3), "MW": ("power", 1e6), "GW": ("power", 1e9),
    "m/s": ("speed", 1.0), "km/h": ("speed", 1.0 / 3.6), "kn": ("speed", 1852.0 / 3600.0),
    "kt": ("speed", 1852.0 / 3600.0),
    "mph": ("speed", 0.44704), "mm/h": ("rain rate", 1.0 / 3600.0), "kg m-2 s-1": ("rain rate", 1.0),
    "Pa": ("pressure", 1.0), "hPa": ("pressure", 100.0), "mmHg": ("pressure", 133.322),
}  # fmt: skip


def to_si(value: float, unit: str, *, dimension: str, file: object = None, field: str | None = None) -> float:
    """Convert ``value`` from ``unit`` to SI, refusing a unit of another dimension.

    Raises
    ------
    InputError
        If the unit is unknown or measures something else.

    Examples
    --------
    >>> to_si(100.0, "mSv", dimension="dose")
    0.1
    """
    known = sorted(u for u, (d, _) in _TO_SI.items() if d == dimension)
    if unit not in _TO_SI or _TO_SI[unit][0] != dimension:
        raise InputError(
            f"not a unit of {dimension}", file=file, field=field, value=unit, cure=f"use one of {', '.join(known)}"
        )
    return value * _TO_SI[unit][1]


def kilometres(metres: float) -> float:
    """Metres to kilometres, for showing."""
    return metres / 1e3


def millisieverts(sieverts: float) -> float:
    """Sievert to millisievert, for showing."""
    return sieverts * 1e3
