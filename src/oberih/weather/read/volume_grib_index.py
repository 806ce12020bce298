"""Which messages do GRIB files hold of a volume, and which of them are taken?

A first look at every message's head gives the index: what it is, on which level, for when, of which forecast and
member.  Of several forecasts each is followed until the next begins; of several members one is taken.  Messages of no
use are not decoded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import eccodes
import numpy as np

from oberih.errors import InputError
from oberih.weather.read.volume_names import LEVEL_FIELDS, SURFACE_FIELDS, UPWARD, to_si

__all__ = ["Entry", "chosen", "entry_of", "preferred"]

PRESSURE, MODEL, HALF = "pressure", "model", "half"
"""Kinds of level: pressure, full model levels, the bounds between them."""

_KINDS = {
    "isobaricInhPa": PRESSURE, "isobaricInPa": PRESSURE, "hybrid": MODEL, "generalVerticalLayer": MODEL,
    "generalVertical": HALF, "hybridHalf": HALF,
}  # fmt: skip
_GROUND = {"surface", "heightAboveGround", "entireAtmosphere", "atmosphere", "cloudBase", "unknown"}
_ON_LEVELS = {name: meaning for meaning, names in LEVEL_FIELDS.items() for name in names}
_AT_GROUND = {name: meaning for meaning, names in SURFACE_FIELDS.items() for name in names}
_HEIGHTS = {"east_10m": 10, "north_10m": 10, "temperature_2m": 2, "dewpoint_2m": 2, "humidity_2m": 2}
GENERAL = 150
"""Type of surface of a general vertical height coordinate; code table 4.5."""


@dataclass(frozen=True)
class Entry:
    """One message.

    Parameters
    ----------
    file, position, place : int
        Number of the file, byte of the message, which of its fields.
    name, meaning, kind : str
        Spelling; what it means; kind of level, empty at the ground.
    level : int
        Number, or pressure [Pa].
    base, begin, end : int
        Start of the forecast and the span that it speaks of [s since 1970]; equal where of one moment.
    member : int
    grid : str
    factor, offset : float
        To SI.
    piled : bool
        Whether it is an amount, or a mean, over its span.
    """

    file: int
    position: int
    place: int
    name: str
    meaning: str
    kind: str
    level: int
    base: int
    begin: int
    end: int
    member: int
    grid: str
    factor: float
    offset: float
    piled: bool


def entry_of(handle: int, *, file: int, position: int, place: int) -> Entry | None:
    """Index entry of a message; None where it is of no use.

    Raises
    ------
    InputError
        If its time is no date.
    """
    name = str(eccodes.codes_get(handle, "shortName")).lower()
    kind, level = _kind(handle)
    if kind:
        meaning = _ON_LEVELS.get(name, "")
        if name in ("lnsp", "z", "sp") and level == 1 and kind == MODEL:
            meaning = {"z": "geopotential", "sp": "surface_pressure"}.get(name, "log_pressure")
            kind = MODEL if name == "z" else ""
    else:
        meaning = _AT_GROUND.get(name, "")
        if str(eccodes.codes_get(handle, "typeOfLevel")) not in _GROUND or _HEIGHTS.get(meaning, level) != level:
            return None
    if not meaning:
        return None
    known = to_si(meaning, str(eccodes.codes_get(handle, "units")).replace("(Code table 4.222)", ""))
    if known is None:
        return None
    factor, offset, amount = known
    upward = name in UPWARD or str(eccodes.codes_get(handle, "centre")) == "kwbc"
    if meaning == "heat_flux_down" and upward:
        factor = -factor
    base, begin, end = _span(handle, amount)
    mean = not amount and begin < end
    if mean:
        factor *= end - begin
    return Entry(file, position, place, name, meaning, kind, level, base, begin, end, _member(handle),
                 str(eccodes.codes_get(handle, "md5GridSection")), factor, offset, amount or mean)  # fmt: skip


def _kind(handle: int) -> tuple[str, int]:
    word, level = str(eccodes.codes_get(handle, "typeOfLevel")), int(eccodes.codes_get(handle, "level"))
    kind = _KINDS.get(word, "")
    typed = word == "unknown" and eccodes.codes_is_defined(handle, "typeOfFirstFixedSurface")
    if typed and eccodes.codes_get(handle, "typeOfFirstFixedSurface", int) == GENERAL:
        whole = eccodes.codes_get(handle, "typeOfSecondFixedSurface", int) == GENERAL
        kind = MODEL if whole or str(eccodes.codes_get(handle, "shortName")) not in ("h", "wz") else HALF
    return kind, level * 100 if word == "isobaricInhPa" else level


def _member(handle: int) -> int:
    for key in ("perturbationNumber", "number"):
        if eccodes.codes_is_defined(handle, key):
            return int(eccodes.codes_get(handle, key))
    return 0


def _span(handle: int, amount: bool) -> tuple[int, int, int]:
    """Start of the forecast, and the span that a message speaks of; some sums are coded as if of one moment."""
    date, clock = int(eccodes.codes_get(handle, "dataDate")), int(eccodes.codes_get(handle, "dataTime"))
    try:
        day = datetime(date // 10000, date // 100 % 100, date % 100, clock // 100, clock % 100, tzinfo=UTC)
    except ValueError as error:
        raise InputError("is not a date", field="dataDate", value=date) from error
    base = int(day.timestamp())
    eccodes.codes_set(handle, "stepUnits", "s")
    begin, end = (base + int(eccodes.codes_get_long(handle, key)) for key in ("startStep", "endStep"))
    if not amount or begin < end:
        return base, begin, end
    era5 = eccodes.codes_is_defined(handle, "class") and str(eccodes.codes_get(handle, "class")) == "ea"
    return base, end - 3600 if era5 else base, end


def chosen(entries: Sequence[Entry], *, member: int | None, run: int | None, notes: list[str]) -> list[Entry]:
    """The messages of one member, and at each time of one forecast.

    Raises
    ------
    InputError
        If there is no such member or forecast, or nothing on levels.
    """
    taken = _of_member(_geopotential_of_the_ground(list(entries)), member, notes)
    winds = [e for e in taken if e.kind and e.meaning == "east"]
    if winds:
        grid = Counter(e.grid for e in winds).most_common(1)[0][0]
        kind = Counter(e.kind for e in winds).most_common(1)[0][0]
        _say_set_aside(taken, grid, kind, notes)
        taken = [
            e for e in taken if e.grid == grid and (not e.kind or e.kind == kind or (kind, e.kind) == (MODEL, HALF))
        ]
    return _of_run(taken, run, notes)


def _geopotential_of_the_ground(entries: list[Entry]) -> list[Entry]:
    """Take a z that stands on the first model level and no other for that of the ground."""
    if any(e.kind == MODEL and e.meaning == "geopotential" and e.level > 1 for e in entries):
        return entries
    return [
        replace(e, kind="", meaning="surface_geopotential") if e.kind == MODEL and e.meaning == "geopotential" else e
        for e in entries
    ]


def _say_set_aside(entries: Sequence[Entry], grid: str, kind: str, notes: list[str]) -> None:
    elsewhere = sorted({e.name for e in entries if e.grid != grid})
    if elsewhere:
        notes.append(f"on another grid than the wind, so not used: {', '.join(elsewhere)}")
    levels = {e.kind for e in entries if e.kind and e.grid == grid and e.meaning == "east"} - {kind}
    if levels:
        notes.append(f"wind stands on {kind} levels and on others; those on {kind} levels are used")


def _of_member(entries: list[Entry], member: int | None, notes: list[str]) -> list[Entry]:
    held = sorted({e.member for e in entries})
    if member is None and len(held) > 1:
        member = held[0]
        notes.append(f"member {member} of {len(held)} is taken")
    if member is None:
        return entries
    if member not in held:
        raise InputError("no such member", field="member", value=member,
                         cure=f"the files hold {', '.join(map(str, held)) or 'none'}")  # fmt: skip
    return [e for e in entries if e.member == member]


def _of_run(entries: list[Entry], run: int | None, notes: list[str]) -> list[Entry]:
    bases = sorted({e.base for e in entries if e.kind and e.begin == e.end})
    if run is not None:
        if run not in bases:
            raise InputError("no such forecast", field="run", value=_said(run),
                             cure=f"the files hold {', '.join(map(_said, bases))}")  # fmt: skip
        return [e for e in entries if e.base == run]
    if len(bases) < 2:
        return entries
    steps = {e.end - e.base for e in entries if e.kind and e.begin == e.end}
    if steps == {0}:
        notes.append(f"analyses of {len(bases)} times")
    else:
        named = ", ".join(map(_said, bases[:4])) + (f" and {len(bases) - 4} more" if len(bases) > 4 else "")
        notes.append(f"{len(bases)} forecasts are joined, each until the next begins: {named}")
    return list(_youngest(entries))


def _youngest(entries: list[Entry]) -> Iterator[Entry]:
    """Of each field at each time that of the forecast that gives the wind there, else the youngest; sums whole."""
    owner: dict[int, int] = {}
    for e in entries:
        if e.kind and e.meaning == "east":
            owner[e.end] = max(owner.get(e.end, e.base), e.base)
    best: dict[tuple[str, str, int], int] = {}
    for e in entries:
        if not e.piled:
            own = owner.get(e.end) == e.base
            key = (e.meaning, e.kind, e.end)
            best[key] = max(best.get(key, 0), e.base + (10**11 if own else 0))
    for e in entries:
        if e.piled or best[e.meaning, e.kind, e.end] % 10**11 == e.base:
            yield e


def _said(time: int) -> str:
    return str(np.datetime64(time, "m")) + "Z"


def preferred(entries: Sequence[Entry]) -> list[Entry]:
    """Of several spellings of one meaning the preferred; of one message twice the later."""
    names = LEVEL_FIELDS, SURFACE_FIELDS
    best: dict[tuple[str, bool], str] = {}
    for e in entries:
        order = names[0 if e.kind else 1].get(e.meaning, (e.name,))
        key = (e.meaning, bool(e.kind))
        held = best.get(key)
        if held is None or (e.name in order and (held not in order or order.index(e.name) < order.index(held))):
            best[key] = e.name
    last = {
        (e.meaning, e.kind, e.level, e.base, e.begin, e.end, e.piled): e
        for e in entries if best[e.meaning, bool(e.kind)] == e.name
    }  # fmt: skip
    return list(last.values())
