"""Which message of an answer that holds many is which?

Reads just enough of a message's sections to tell messages apart; whether one is what was wanted is decided by
`oberih.weather.live.message` alone.

Source: WMO-No. 306, FM 92 GRIB edition 2: sections 0 and 4, product definition templates 4.0, 4.1, 4.8, 4.11, which
agree in their first 34 octets.
"""

from __future__ import annotations

from collections.abc import Sequence

from oberih.errors import InputError
from oberih.weather.live.message import Fault
from oberih.weather.live.wanted import ON_LEVELS, Wanted
from oberih.weather.read.document import Document
from oberih.weather.read.grib_framing import messages

__all__ = ["told_apart"]

MOMENTS = (0, 1)
"""Product definition templates of a moment; others speak of a span."""

Key = tuple[int, int, int, int, float, bool]


def told_apart(data: bytes, wanted: Sequence[Wanted]) -> dict[Wanted, bytes]:
    """Messages of an answer, by what was wanted; what is not in it is left out.

    Parameters
    ----------
    data : bytes
    wanted : sequence of Wanted
        Of one step.

    Raises
    ------
    Fault
        If it is no GRIB, or cut off.
    """
    if not data.startswith(b"GRIB") or not data.endswith(b"7777"):
        raise Fault("is cut off, or is no GRIB")
    try:
        held = {key: whole for _, whole in messages(Document("answer", "", data)) if (key := _key(whole)) is not None}
    except InputError as error:
        raise Fault(error.message) from error
    found: dict[Wanted, bytes] = {}
    for one in wanted:
        level = 100.0 * one.level if one.level is not None else one.field.height
        for code in one.field.codes:
            key = (*code, one.field.surface, level, one.field.statistic == "instant")
            if key in held:
                found[one] = held[key]
                break
    return found


def _key(whole: bytes) -> Key | None:
    """Discipline, category, number, kind of level, level, and whether it is of a moment."""
    at, last = 16, len(whole) - 4
    while at + 34 <= last:
        length = int.from_bytes(whole[at : at + 4], "big")
        if whole[at + 4] == 4:
            part = whole[at : at + length]
            if len(part) < 28:
                return None
            template, kind = int.from_bytes(part[7:9], "big"), part[22]
            scale, value = part[23], int.from_bytes(part[24:28], "big")
            scale = -(scale & 0x7F) if scale & 0x80 else scale
            level = value * 10.0**-scale if kind == ON_LEVELS or scale != 127 else 0.0
            missing = value == 0xFFFFFFFF
            return whole[6], part[9], part[10], kind, 0.0 if missing else level, template in MOMENTS
        at += max(length, 5)
    return None
