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
from typing import NamedTuple

import eccodes
import numpy as np

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.weather.read.volume_names import LEVEL_FIELDS, SURFACE_FIELDS, UPWARD, to_si

__all__ = ["Entry", "Known", "chosen", "entry_of", "preferred"]

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
_LOCAL = {("kwbc", 0, 3, 196): "hpbl"}
"""Numbers that a centre keeps for itself; NCEP GRIB2 table 4.2-0-3."""

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


class _Words(NamedTuple):
    """What the library calls a message: short name in lower case, kind of level, unit, centre."""

    name: str
    level_type: str
    unit: str
    centre: str


_SECOND = (
    "centre", "localTablesVersion", "productDefinitionTemplateNumber", "discipline", "parameterCategory",
    "parameterNumber", "typeOfFirstFixedSurface", "typeOfSecondFixedSurface", "level",
)  # fmt: skip
_FIRST = ("centre", "table2Version", "indicatorOfParameter", "indicatorOfTypeOfLevel", "level", "timeRangeIndicator")
_STATISTIC = "typeOfStatisticalProcessing"

Known = dict[tuple[int, ...], _Words]
"""Words by the numbers that they follow from: looking a word up costs the library a millisecond."""


def _words(handle: int, edition: int, known: Known) -> _Words:
    keys = _SECOND if edition == 2 else _FIRST
    numbers = [edition, *(int(eccodes.codes_get_long(handle, key)) for key in keys)]
    if edition == 2 and eccodes.codes_is_defined(handle, _STATISTIC):
        numbers.append(int(eccodes.codes_get_long(handle, _STATISTIC)))
    found = known.get(tuple(numbers))
    if found is None:
        said = [str(eccodes.codes_get(handle, key)) for key in ("shortName", "typeOfLevel", "units", "centre")]
        name = said[0].lower()
        if name == "unknown" and edition == 2:  # NCEP's own numbers that the library does not name
            name = _LOCAL.get((said[3], numbers[4], numbers[5], numbers[6]), name)
        found = known[tuple(numbers)] = _Words(name, said[1], "" if said[2] == "unknown" else said[2], said[3])
    return found


def entry_of(handle: int, *, file: int, position: int, place: int, grid: str, known: Known) -> Entry | None:
    """Index entry of a message; None where it is of no use.

    Raises
    ------
    InputError
        If its time is no date.
    """
    words = _words(handle, int(eccodes.codes_get_long(handle, "edition")), known)
    meaning, kind, level = _meant(handle, words)
    si = to_si(meaning, words.unit) if meaning else None
    if si is None:
        return None
    factor, offset, amount = si
    if meaning == "heat_flux_down" and (words.name in UPWARD or words.centre == "kwbc"):
        factor = -factor
    base, begin, end = _span(handle, amount)
    mean = not amount and begin < end
    if mean:
        factor *= end - begin
    return Entry(file, position, place, words.name, meaning, kind, level, base, begin, end, _member(handle), grid,
                 factor, offset, amount or mean)  # fmt: skip


def _meant(handle: int, words: _Words) -> tuple[str, str, int]:
    """Meaning, kind of level and level of a message; no meaning where it is of no use."""
    name, word, level = words.name, words.level_type, int(eccodes.codes_get_long(handle, "level"))
    kind = _KINDS.get(word, "")
    typed = word == "unknown" and eccodes.codes_is_defined(handle, "typeOfFirstFixedSurface")
    if typed and eccodes.codes_get_long(handle, "typeOfFirstFixedSurface") == GENERAL:
        whole = eccodes.codes_get_long(handle, "typeOfSecondFixedSurface") == GENERAL
        kind = MODEL if whole or name not in ("h", "hhl", "wz") else HALF
    if kind == MODEL and level == 1 and name in ("lnsp", "sp"):
        return ("log_pressure" if name == "lnsp" else "surface_pressure"), "", 0
    if kind:
        return _ON_LEVELS.get(name, ""), kind, level * 100 if word == "isobaricInhPa" else level
    meaning = _AT_GROUND.get(name, "")
    fits = word in _GROUND and level in (0, _HEIGHTS.get(meaning, level))
    return meaning if fits else "", "", level


def _member(handle: int) -> int:
    for key in ("perturbationNumber", "number"):
        if eccodes.codes_is_defined(handle, key):
            return int(eccodes.codes_get_long(handle, key))
    return 0


def _span(handle: int, amount: bool) -> tuple[int, int, int]:
    """Start of the forecast, and the span that a message speaks of; some sums are coded as if of one moment."""
    date, clock = (int(eccodes.codes_get_long(handle, key)) for key in ("dataDate", "dataTime"))
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
    return base, end - SECONDS_PER_HOUR if era5 else base, end


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
    return str(np.datetime64(time, "s"))[:16] + "Z"


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
