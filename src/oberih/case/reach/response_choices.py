"""What may be chosen for an event?

Defines the noun `Choices`.  Names come in over the network: what is not among these is refused, and none is a path.
"""

from __future__ import annotations

from dataclasses import dataclass

from oberih.case.reach.response import DEFAULT_SCENARIO, Responder
from oberih.case.reach.response_weather import Offer
from oberih.constants import AGES
from oberih.dose.course import SHELTERED_FOR, Course
from oberih.dose.protection import Protection, measures
from oberih.errors import UnknownName
from oberih.release import Scenario, list_scenarios, load_scenario
from oberih.zone.criteria import list_criteria, load_criteria
from oberih.zone.criterion import CriteriaSet

__all__ = ["Choices", "choices", "course_of", "shelters", "tablets"]

INSTEAD = ("forecast", "served", "ready", "exercise")
"""Weathers in the order in which a page proposes them."""


@dataclass(frozen=True)
class Choices:
    """What may be chosen.

    Parameters
    ----------
    weathers : list of Offer
    scenarios : list of Scenario
        Those that the site has the fuel for.
    criteria : list of CriteriaSet
        Those that ask for a dose that can be computed.
    ages : tuple of str
    shelters, tablets : dict of str to tuple of Protection
    scenario : str
        The proposed one.
    """

    weathers: list[Offer]
    scenarios: list[Scenario]
    criteria: list[CriteriaSet]
    ages: tuple[str, ...]
    shelters: dict[str, tuple[Protection, ...]]
    tablets: dict[str, tuple[Protection, ...]]
    scenario: str


def choices(responder: Responder) -> Choices:
    """What may be chosen at a site."""
    site = responder.room.site
    has = {"core": bool(site.units), "pool": bool(site.pools), "cask": site.dry_storage is not None}
    scenarios = [s for name in list_scenarios() if has.get((s := load_scenario(name)).needs, True)]
    sets = [c for name in list_criteria() if (c := load_criteria(name)).computable]
    proposed = DEFAULT_SCENARIO if has["core"] else scenarios[0].name
    return Choices(responder.offers(), scenarios, sets, tuple(AGES), shelters(), tablets(), proposed)


def shelters() -> dict[str, tuple[Protection, ...]]:
    """Measures that are a place to stay in: they leave some of the dose from the ground.

    Examples
    --------
    >>> list(shelters())
    ['house', 'basement', 'large building']
    """
    return {m: rows for m, rows in measures().items() if any(r.pathway == "ground" for r in rows)}


def tablets() -> dict[str, tuple[Protection, ...]]:
    """Measures that protect the thyroid only.

    Examples
    --------
    >>> list(tablets())[0]
    'iodine in time'
    """
    return {m: rows for m, rows in measures().items() if all(r.organ == "thyroid" for r in rows)}


def course_of(
    *, shelter: str | None, shelter_from: float, shelter_until: float | None, iodine: str | None, leave: float | None
) -> Course:
    """What people do, from names and hours that come in.

    Raises
    ------
    UnknownName
        For a measure that is not one of its kind.
    InputError
        If sheltering ends before it begins.
    """
    for kind, name, known in (("shelter", shelter, shelters()), ("iodine", iodine, tablets())):
        if name is not None and name not in known:
            raise UnknownName(kind, name, known=known)
    until = SHELTERED_FOR if shelter_until is None else shelter_until
    return Course(shelter, shelter_from, max(until, shelter_from) if shelter_until is None else until, iodine,
                  float("inf") if leave is None else leave)  # fmt: skip
