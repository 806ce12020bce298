"""Which criteria are there, and does a file of criteria say what it means?

Reads `CriteriaSet` from the sets that ship with Oberih or from a user's own TOML file.  The
strictness is meant: a level that is a thousand times off moves a zone by tens of kilometres,
so each level must lie within the span that is plausible for its action and organ
(``data/level_bounds.toml``), else it is refused as a slip of the unit.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from oberih.constants import AGES, SECONDS_PER_HOUR
from oberih.dose.quantity import ORGANS, PATHWAYS
from oberih.errors import InputError, UnknownName
from oberih.units import to_si
from oberih.zone.criterion import ACTIONS, BASES, EXPOSURES, TIERS, CriteriaSet, Criterion, Prescription
from oberih.zone.table import Table, packaged, read_toml

__all__ = ["list_criteria", "load_criteria"]

_SCHEMA = 1.0
_WINDOW = (float(SECONDS_PER_HOUR), 100.0 * 365.25 * 86400.0)
"""Plausible windows [s]: an hour to a hundred years."""
_DISTANCE = (100.0, 1.0e6)
"""Plausible distances [m]."""
_NUCLIDES = ("all", "radioiodine")
_UNITS = {
    "mSv": "Sv", "Sv": "Sv", "uSv": "Sv", "µSv": "Sv", "mGy": "Gy", "Gy": "Gy",
}  # fmt: skip


def list_criteria() -> tuple[str, ...]:
    """Names of the sets that ship with Oberih.

    Examples
    --------
    >>> list_criteria()
    ('canada', 'germany', 'herca-wenra', 'iaea', 'iaea-1996', 'ukraine')
    """
    return tuple(
        sorted(f.name.removesuffix(".toml") for f in packaged("criteria").iterdir() if f.name.endswith(".toml"))
    )


def load_criteria(name_or_path: str | Path) -> CriteriaSet:
    """Read a set of criteria.

    Parameters
    ----------
    name_or_path : str or Path
        A name of `list_criteria`, or the path of a TOML file of the same shape (anything
        that ends in ``.toml`` or holds a slash).

    Returns
    -------
    CriteriaSet
        SI units.

    Raises
    ------
    UnknownName
        If there is no set, key, action, organ, age or pathway of that name.
    InputError
        If a value is missing, of the wrong kind, not finite, or implausible.

    Examples
    --------
    >>> load_criteria("germany").criterion("evacuate").level
    0.1
    """
    name = str(name_or_path)
    if name.endswith(".toml") or "/" in name or isinstance(name_or_path, Path):
        return _read(read_toml(Path(name), name=name))
    if name not in list_criteria():
        raise UnknownName("criteria set", name, known=list_criteria())
    return _read(read_toml(packaged("criteria", f"{name}.toml"), name=f"{name}.toml"))


def _read(file: Table) -> CriteriaSet:
    if file.number("schema") != _SCHEMA:
        raise file.refuse("schema", "is not a schema that this version reads", cure="write schema = 1")
    head = file.table("set")
    name, title, title_uk = head.text("name"), head.text("title"), head.text("title_uk")
    text = head.text("text", "")
    head.finish()
    criteria = tuple(_criterion(row, name) for row in file.tables("criterion"))
    prescriptions = tuple(_prescription(row, name) for row in file.tables("prescription"))
    file.finish()
    if not criteria and not prescriptions:
        raise InputError("holds no criterion", file=file.file, cure="write at least one [[criterion]]")
    names = [c.name for c in criteria] + [p.name for p in prescriptions]
    for twice in {n for n in names if names.count(n) > 1}:
        raise InputError("is there twice", file=file.file, field="name", value=twice, cure="give each row its own name")
    return CriteriaSet(name, title, title_uk, text, criteria, prescriptions, str(file.file))


def _criterion(row: Table, of_set: str) -> Criterion:
    action = row.choice("action", ACTIONS)
    organ = row.choice("organ", ORGANS)
    level, unit = _level(row, action=action, organ=organ)
    window = row.measured("window", unit_key="window_unit", dimension="time")
    if not _WINDOW[0] <= window <= _WINDOW[1]:
        raise row.refuse("window", "is not a plausible window of time", cure="give an hour to a hundred years")
    found = Criterion(
        set=of_set, name=row.text("name"), action=action, level=level, unit=unit, organ=organ, window=window,
        title=row.text("title", ACTIONS[action][0]), title_uk=row.text("title_uk", ACTIONS[action][1]),
        age=row.choice("age", AGES),
        pathways=row.choices("pathways", (*PATHWAYS, "ingestion"), PATHWAYS),
        nuclides=row.choice("nuclides", _NUCLIDES, "all"),
        basis=row.choice("basis", BASES, "projected"),
        tier=row.choice("tier", TIERS, ""),
        exposure=row.choice("exposure", EXPOSURES, "unstated"),
        factors=_factors(row), **_origin(row),
    )  # fmt: skip
    row.finish()
    return found


def _prescription(row: Table, of_set: str) -> Prescription:
    action = row.choice("action", ACTIONS)
    distance = row.measured("distance", unit_key="unit", dimension="length")
    extended = distance
    if row.has("extended"):
        extended = row.measured("extended", unit_key="unit", dimension="length")
    for key, value in (("distance", distance), ("extended", extended)):
        if not _DISTANCE[0] <= value <= _DISTANCE[1]:
            raise row.refuse(key, "is not a plausible planning distance", cure="give 0.1 to 1000 km; check the unit")
    if extended < distance:
        raise row.refuse("extended", "is nearer than the distance it extends", cure="give the farther distance")
    found = Prescription(
        set=of_set, name=row.text("name"), action=action, distance=distance, extended=extended,
        title=row.text("title", ACTIONS[action][0]), title_uk=row.text("title_uk", ACTIONS[action][1]), **_origin(row),
    )  # fmt: skip
    row.finish()
    return found


class _Origin(TypedDict):
    source: str
    url: str
    clause: str
    note: str
    verified: bool


def _origin(row: Table) -> _Origin:
    """Where a row stands and whether it was read there."""
    origin: _Origin = {
        "source": row.text("source"), "url": row.text("url", ""), "clause": row.text("clause", ""),
        "note": row.text("note", ""), "verified": row.flag("verified"),
    }  # fmt: skip
    if origin["verified"] and not origin["url"]:
        raise row.refuse("verified", "says verified but names no url", cure="add url = …, or write verified = false")
    return origin


def _level(row: Table, *, action: str, organ: str) -> tuple[float, str]:
    """The level in SI and its unit, refused where it looks like a slip of the unit."""
    value, printed = row.number("level"), row.text("unit")
    unit = _UNITS.get(printed)
    if unit is None:
        raise row.refuse("unit", "is not a unit of dose", cure=f"use one of {', '.join(sorted(_UNITS))}")
    if (organ == "effective" and unit == "Gy") or (organ == "red_marrow" and unit == "Sv"):
        right = "Sv" if organ == "effective" else "Gy"
        raise row.refuse("unit", f"does not measure the dose to {organ}", cure=f"give the level in {right} or m{right}")
    dimension = "dose" if unit == "Sv" else "absorbed dose"
    level = to_si(value, printed, dimension=dimension, file=row.file, field=row.field("unit"))
    low, high = _bounds(action, organ)
    if not low <= level <= high:
        raise InputError(
            f"{value:g} {printed} is implausible for action {action} and organ {organ}", file=row.file,
            field=row.field("level"), value=value,
            cure=f"give {low * 1e3:g} to {high * 1e3:g} m{unit}: was a prefix (m, µ) lost or added?",
        )  # fmt: skip
    return level, unit


def _factors(row: Table) -> tuple[tuple[str, float], ...]:
    table = row.table("factors", optional=True)
    for key in table.keys:
        if key not in PATHWAYS:
            raise UnknownName("pathway", key, known=PATHWAYS, file=table.file, where=table.where)
        if not 0.0 <= table.number(key) <= 1.0:
            raise table.refuse(key, "is not a share", cure="give what remains of the pathway, 0 to 1")
    return tuple((key, table.number(key)) for key in table.keys)


def _bounds(action: str, organ: str) -> tuple[float, float]:
    """Plausible levels of an action and organ [Sv or Gy]."""
    spans = _all_bounds()
    return spans.get((action, organ)) or spans[("any", organ)]


@lru_cache(maxsize=1)
def _all_bounds() -> Mapping[tuple[str, str], tuple[float, float]]:
    file = read_toml(packaged("level_bounds.toml"), name="level_bounds.toml")
    file.text("text")
    rows = file.tables("bound")
    spans = {
        (r.choice("action", (*ACTIONS, "any")), r.choice("organ", ORGANS)): (r.number("low"), r.number("high"))
        for r in rows
    }
    for row in rows:
        row.finish()
    file.finish()
    return spans
