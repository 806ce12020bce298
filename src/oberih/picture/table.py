"""How are the numbers told in rows?

Pure functions from plain numbers to `Table`: the terminal and the page show the same rows.
Lengths come in metres and leave as kilometres, rounded to what they are worth.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from oberih.picture.scene import Rose, Table
from oberih.units import kilometres

__all__ = [
    "ZoneLine", "compass", "criteria_table", "distance_text", "people_text", "places_table", "sector_table",
    "unbroken", "zone_table",
]  # fmt: skip

_COMPASS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
_NOT_VERIFIED = "not verified"
_PARTED = re.compile(r"(?<=\d) (?=\d{3}\b|(?:km|m|h|d|y|mSv|mGy|µSv/h|Bq|%)(?!\w))")


@dataclass(frozen=True)
class ZoneLine:
    """What a table says of a zone.

    Parameters
    ----------
    name, action, criterion : str
        Name; what is done inside; which level, of which set.
    distance, lower, upper : float
        How far it reaches and the band of confidence [m]; lower and upper NaN where there is none.
    azimuth : float
        Towards where it reaches farthest [rad]; NaN for an agreed circle.
    people : float
        Inside; NaN where nobody counted.
    verified : bool
        Whether the criterion was checked against its text.
    name_uk : str
    """

    name: str
    action: str
    criterion: str
    distance: float
    lower: float
    upper: float
    azimuth: float
    people: float
    verified: bool
    name_uk: str = ""


def compass(azimuth: float) -> str:
    """Name one of sixteen directions.

    Parameters
    ----------
    azimuth : float
        [rad], clockwise from north.

    Examples
    --------
    >>> compass(np.radians(230.0)), compass(np.radians(359.0))
    ('SW', 'N')
    """
    return _COMPASS[round(float(np.degrees(azimuth)) / 22.5) % 16]


def distance_text(distance: float, *, lower: float = np.nan, upper: float = np.nan) -> str:
    """Tell a distance [m] with its band.

    Examples
    --------
    >>> distance_text(28_314.0, lower=24_100.0, upper=33_020.0)
    '28 km (24–33)'
    >>> distance_text(640.0), distance_text(0.0), distance_text(3_260.0)
    ('0.6 km', 'nowhere', '3.3 km')
    """
    if not np.isfinite(distance):
        return "unknown"
    if distance <= 0.0 and not upper > 0.0:
        return "nowhere"
    band = ""
    if np.isfinite(lower) and np.isfinite(upper):
        band = f" ({_km(lower, like=distance)}–{_km(upper, like=distance)})"
    return f"{_km(distance)} km{band}"


def people_text(people: float) -> str:
    """Tell a number of people, rounded to three figures, thousands apart by a thin space.

    Examples
    --------
    >>> people_text(277_243.0), people_text(0.0), people_text(float("nan"))
    ('277\u202f000', '0', 'not counted')
    """
    if not np.isfinite(people):
        return "not counted"
    digits = max(0, len(str(int(abs(people)))) - 3)
    return f"{int(round(people, -digits)):,}".replace(",", "\u202f")


def unbroken(text: str) -> str:
    """Join what must stay on one line: the thousands of a number, and a number with its unit.

    Examples
    --------
    >>> unbroken("253 040 people within 19.8 km").count(" ")
    3
    """
    return _PARTED.sub("\u00a0", text)


def zone_table(lines: Iterable[ZoneLine], *, percentile: float, band: float = 90.0) -> Table:
    """Tell how far each zone reaches, how sure that is, and who lives there."""
    rows = tuple(
        (
            f"{line.name} · {line.name_uk}" if line.name_uk else line.name,
            line.action,
            line.criterion + ("" if line.verified else f" ({_NOT_VERIFIED})"),
            distance_text(line.distance, lower=line.lower, upper=line.upper),
            compass(line.azimuth) if np.isfinite(line.azimuth) else "all round",
            people_text(line.people),
        )
        for line in lines
    )
    return Table(
        title="How far, how sure, and who lives there",
        columns=("Zone", "Action", "Criterion", "Reach", "Farthest to", "People inside"),
        rows=rows,
        numeric=(3, 5),
        note=f"Reach at the {percentile:g}th percentile of the weather; in brackets its {band:g} % band of confidence.",
    )


def sector_table(rose: Rose) -> Table:
    """Tell the distances by sixteen directions: the farthest of the sectors in each."""
    direction = np.round(np.degrees(rose.azimuths) / 22.5).astype(int) % 16
    rows = []
    for i, name in enumerate(_COMPASS):
        here = np.flatnonzero(direction == i)
        if here.size == 0:
            continue
        top = here[np.argmax(rose.high[here])]
        high = distance_text(float(rose.high[top]), lower=float(rose.lower[top]), upper=float(rose.upper[top]))
        drawn = () if rose.drawn is None else (distance_text(float(np.max(rose.drawn[here]))),)
        half = () if rose.half_nowhere else (distance_text(float(np.max(rose.median[here]))),)
        rows.append((name, *drawn, high, *half))
    zone = () if rose.drawn is None else ("Zone as drawn",)
    half_too = () if rose.half_nowhere else ("Half of all starts",)
    note = "Each direction by itself: a wind blowing elsewhere counts as zero."
    if rose.drawn is not None:
        note = f"The zone as drawn holds in all directions at once; the rest takes e{note[1:]}"
    if rose.half_nowhere:
        note += " Reach in half of all starts: nowhere."
    return Table(
        title=f"Reach by direction: {rose.label}" if rose.label else "Reach by direction",
        columns=("Towards", *zone, f"{rose.percentile:g} % of starts", *half_too),
        rows=tuple(rows),
        numeric=(1, 2, 3)[: 1 + len(zone) + len(half_too)],
        note=note,
    )


def criteria_table(criteria: Iterable[Mapping[str, object]]) -> Table:
    """Tell the criteria; each mapping has ``name``, ``quantity``, ``level``, ``source``, ``verified``."""
    rows = tuple(
        (
            str(c["name"]),
            str(c["quantity"]),
            str(c["level"]),
            "checked against the text" if c["verified"] else _NOT_VERIFIED,
            str(c["source"]),
        )
        for c in criteria
    )
    return Table(
        title="Criteria",
        columns=("Criterion", "Quantity", "Level", "State", "Source"),
        rows=rows,
        numeric=(2,),
        note="Not verified: widely quoted, but the number was not checked against the text of its source.",
    )


def places_table(rows: Sequence[tuple[str, float, float, float]]) -> Table:
    """Tell places: name, distance [m], azimuth [rad], people."""
    told = tuple((n, f"{_km(d)} km", compass(a), people_text(p)) for n, d, a, p in rows)
    return Table("Largest places inside", ("Place", "Distance", "Direction", "People"), told, numeric=(1, 3))


def _km(metres: float, *, like: float | None = None) -> str:
    """Kilometres with a decimal below 10 km, or with as many as another distance has."""
    decimals = 0 if (metres if like is None else like) >= 9950.0 else 1
    return f"{kilometres(metres):.{decimals}f}"
