"""How do computed distances stand beside the planning sizes of the literature?

The sizes are data (``data/planning_sizes.toml``), each with its source and whether it was read
there.  They are judgements made for typical reactors at power; a computed distance that
differs is no error in itself, and neither overrules the other.

Defines `PlanningSize` and `Comparison`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from oberih.errors import UnknownName
from oberih.units import kilometres
from oberih.zone.table import Table, packaged, read_toml

__all__ = ["PARTS", "Comparison", "PlanningSize", "compare", "planning_sizes"]

PARTS = ("PAZ", "UPZ", "EPD", "ICPD", "resettlement")
"""What a size is meant for; the first four as the IAEA names them."""


@dataclass(frozen=True)
class PlanningSize:
    """A planning distance from the literature.

    Parameters
    ----------
    part : str
        One of `PARTS`: the part of the IAEA's scheme that it corresponds to.
    label : str
        What its source calls it.
    near, far : float
        The span given [m]; equal where one number is given.
    authority : str
        Who gives it.
    country : str
        ISO 3166-1 alpha-2, empty where international.
    source, url : str
    verified : bool
        Whether it was read at the ``url``.
    note : str
    """

    part: str
    label: str
    near: float
    far: float
    authority: str
    country: str
    source: str
    url: str
    verified: bool
    note: str


@dataclass(frozen=True)
class Comparison:
    """A computed distance beside one of the literature.

    Parameters
    ----------
    size : PlanningSize
    computed : float
        [m]
    low, high : float or None
        Band of the computed distance [m].
    ratio : float
        Computed over the far end of the span [1].
    verdict : str
        ``nearer``, ``within`` or ``farther``; ``within`` also where the band touches the span.
    text : str
        One line for people.
    """

    size: PlanningSize
    computed: float
    low: float | None
    high: float | None
    ratio: float
    verdict: str
    text: str


@lru_cache(maxsize=1)
def planning_sizes() -> tuple[PlanningSize, ...]:
    """All planning sizes that ship with Oberih.

    Examples
    --------
    >>> [(s.near, s.far) for s in planning_sizes() if s.authority == "IAEA 2013" and s.part == "PAZ"]
    [(3000.0, 5000.0)]
    """
    file = read_toml(packaged("planning_sizes.toml"), name="planning_sizes.toml")
    file.text("text")
    sizes = tuple(_size(row) for row in file.tables("size"))
    file.finish()
    return sizes


def compare(
    distance: float, *, part: str, low: float | None = None, high: float | None = None, country: str | None = None
) -> list[Comparison]:
    """A computed distance beside all sizes for the same part.

    Parameters
    ----------
    distance : float
        [m]
    part : str
        One of `PARTS`.
    low, high : float, optional
        Band of the distance [m].
    country : str, optional
        Only sizes of that country, and the international ones.

    Returns
    -------
    list of Comparison
        In the order of the table.

    Raises
    ------
    UnknownName
        If there is no such part.
    """
    if part not in PARTS:
        raise UnknownName("part", part, known=PARTS)
    return [
        _beside(size, distance, low=low, high=high)
        for size in planning_sizes()
        if size.part == part and (country is None or size.country in ("", country))
    ]


def _beside(size: PlanningSize, distance: float, *, low: float | None, high: float | None) -> Comparison:
    nearest, farthest = distance if low is None else low, distance if high is None else high
    verdict = "nearer" if farthest < size.near else "farther" if nearest > size.far else "within"
    span = f"{kilometres(size.near):g}" + (f"–{kilometres(size.far):g}" if size.far > size.near else "")
    mark = "" if size.verified else " (unverified)"
    text = f"{kilometres(distance):.1f} km computed, {span} km for {size.label}, {size.authority}{mark}: {verdict}"
    return Comparison(size, distance, low, high, distance / size.far, verdict, text)


def _size(row: Table) -> PlanningSize:
    near = row.measured("near", unit_key="unit", dimension="length")
    far = row.measured("far", unit_key="unit", dimension="length") if row.has("far") else near
    if not 0.0 < near <= far:
        raise row.refuse("far", "must not be nearer than near", cure="give the span rising")
    found = PlanningSize(
        part=row.choice("part", PARTS), label=row.text("label"), near=near, far=far, authority=row.text("authority"),
        country=row.text("country", ""), source=row.text("source"), url=row.text("url", ""),
        verified=row.flag("verified"), note=row.text("note", ""),
    )  # fmt: skip
    if found.verified and not found.url:
        raise row.refuse("verified", "says verified but names no url", cure="add url = …, or write verified = false")
    row.finish()
    return found
