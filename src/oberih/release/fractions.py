"""Which part of the fuel's activity comes out, and what holds it back?

Reads the tables that ship with the package: release fractions by phase and element group
(NUREG-1465, NUREG/CR-6451) and reduction mechanisms (NUREG-1887 Table 1.9).  Defines the
noun `Phase`.  Fractions are those of a phase, not cumulative.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import inf, log
from types import MappingProxyType

from oberih.errors import UnknownName
from oberih.nuclide import GROUPS

__all__ = ["Phase", "fraction_tables", "multiplier", "phases_of", "released_between", "removal_rates"]


@dataclass(frozen=True)
class Phase:
    """A stretch of time in which fuel releases at a steady rate.

    Parameters
    ----------
    name : str
    start, duration : float
        After fuel damage begins [s].
    fraction : mapping of str to float
        Share of the inventory that comes out during the phase, by element group [1].
    """

    name: str
    start: float
    duration: float
    fraction: Mapping[str, float]


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("oberih.release") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


@cache
def _fraction_rows() -> dict[str, list[dict[str, str]]]:
    tables: dict[str, list[dict[str, str]]] = {}
    for row in _rows("release_fractions.csv"):
        tables.setdefault(row["table"], []).append(row)
    return tables


def fraction_tables() -> tuple[str, ...]:
    """Names of the tables of release fractions."""
    return tuple(_fraction_rows())


def phases_of(table: str) -> tuple[tuple[Phase, ...], bool]:
    """Phases of a table of release fractions, and whether all of it is verified.

    Raises
    ------
    UnknownName
        If there is no such table.

    Source: NUREG-1465 Tables 3.12 and 3.13 as printed in NUREG-1887 Tables 1.3 and 1.4;
    NUREG/CR-6451 Table 3.2 as printed in NUREG-1887 Table 2.1 (unverified).
    """
    if table not in _fraction_rows():
        raise UnknownName("table of release fractions", table, known=fraction_tables())
    rows = _fraction_rows()[table]
    phases = []
    for name in dict.fromkeys(r["phase"] for r in rows):
        mine = [r for r in rows if r["phase"] == name]
        fraction = MappingProxyType({r["group"]: float(r["fraction"]) for r in mine})
        phases.append(Phase(name, float(mine[0]["start_s"]), float(mine[0]["duration_s"]), fraction))
    return tuple(phases), all(r["verified"] == "true" for r in rows)


def released_between(phases: Iterable[Phase], group: str, *, start: float, end: float) -> float:
    """Share of a group's inventory that leaves the fuel from ``start`` to ``end`` [1].

    Parameters
    ----------
    phases : iterable of Phase
    group : str
        One of `oberih.nuclide.GROUPS`.
    start, end : float
        After fuel damage begins [s].

    Notes
    -----
    Σ fraction · overlap / duration, NUREG-1887 Eq. 1.3.

    Examples
    --------
    >>> round(released_between(phases_of("pwr-core-melt")[0], "noble gases", start=2700, end=3600), 5)
    0.18269
    """
    if group not in GROUPS:
        raise UnknownName("release group", group, known=GROUPS)
    total = 0.0
    for phase in phases:
        overlap = min(end, phase.start + phase.duration) - max(start, phase.start)
        if overlap > 0:
            total += phase.fraction[group] * overlap / phase.duration
    return total


@cache
def _reduction_rows() -> dict[str, list[dict[str, str]]]:
    kinds: dict[str, list[dict[str, str]]] = {}
    for row in _rows("reductions.csv"):
        kinds.setdefault(row["mechanism"], []).append(row)
    return kinds


def multiplier(mechanism: str) -> float:
    """What a mechanism lets through of all but noble gases [1].

    Raises
    ------
    UnknownName
        If there is no such mechanism.

    Source: NUREG-1887 Table 1.9 and section 2.4.
    """
    known = [m for m, rows in _reduction_rows().items() if rows[0]["multiplier"]]
    if mechanism not in known:
        raise UnknownName("reduction mechanism", mechanism, known=known)
    return float(_reduction_rows()[mechanism][0]["multiplier"])


def removal_rates(mechanism: str) -> tuple[tuple[float, float], ...]:
    """Rates at which deposition or sprays clear the air of a containment.

    Parameters
    ----------
    mechanism : str
        ``natural``, ``sprays`` or ``none``.

    Returns
    -------
    tuple of (from, rate)
        From when after the release began [s], and how fast [1/s]; the last rate is 0 and
        stands from when the lower limit of the table is reached.

    Raises
    ------
    UnknownName
        If there is no such mechanism.

    Source: NUREG-1887 Table 1.9, with its lower limits 0.001 (natural) and 0.03 (sprays).
    """
    if mechanism == "none":
        return ((0.0, 0.0),)
    if f"{mechanism} floor" not in _reduction_rows():
        raise UnknownName("removal mechanism", mechanism, known=("natural", "sprays", "none"))
    steps = [(float(r["from_s"]), float(r["rate_per_s"])) for r in _reduction_rows()[mechanism]]
    left = -log(multiplier(f"{mechanism} floor"))
    out = []
    for (start, rate), end in zip(steps, [s for s, _ in steps[1:]] + [inf], strict=True):
        out.append((start, rate))
        if left <= rate * (end - start):
            return (*out, (start + left / rate, 0.0))
        left -= rate * (end - start)
    return tuple(out)
