"""How far does each named part reach: PAZ, UPZ, EPD, ICPD, and the protection zone itself?

The rules are data (``data/parts.toml``) with a text for the product.  A part is the zone of
its *governing* outcome: among the criteria for its actions and all planning scenarios, the
one that reaches farthest at the percentile.  Where no criterion for the first choice of
actions was computed, the part's fallback is used and the part says so; where there is
none for the fallback either, the part is left out.

Defines `PartRule`, `Outcome` and `ZonePart`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from oberih.earth.places import Place
from oberih.earth.population import PopulationRaster
from oberih.earth.projection import LocalProjection
from oberih.errors import UnknownName
from oberih.zone.criterion import ACTIONS, Criterion
from oberih.zone.distance import PERCENTILES, Distances, distances
from oberih.zone.exceedance import Exceedance
from oberih.zone.map_zones import map_zones
from oberih.zone.planning import PARTS, Comparison, compare
from oberih.zone.polygon import RULES
from oberih.zone.table import Table, packaged, read_toml
from oberih.zone.zone_map import ZoneMap

__all__ = ["Outcome", "PartRule", "ZonePart", "governing", "named_parts", "part_rules"]


@dataclass(frozen=True)
class PartRule:
    """How a named part is defined.

    Parameters
    ----------
    name, title, title_uk : str
    actions, fallback : tuple of str
        Whose criteria it rests on; the fallback where there are none for the actions.
    rule : str
        Of `oberih.zone.polygon.RULES`.
    compare : tuple of str
        Planning sizes of the literature to stand beside, of `oberih.zone.planning.PARTS`.
    text, text_uk : str
        The rule in words.
    """

    name: str
    title: str
    title_uk: str
    actions: tuple[str, ...]
    fallback: tuple[str, ...]
    rule: str
    compare: tuple[str, ...]
    text: str
    text_uk: str


@dataclass(frozen=True)
class Outcome:
    """What superposition found for one criterion and one scenario.

    Parameters
    ----------
    criterion : Criterion
    scenario : str
    exceedance : Exceedance
    distances : Distances, optional
        If they were computed before, at the percentile that will be asked for.
    """

    criterion: Criterion
    scenario: str
    exceedance: Exceedance
    distances: Distances | None = None


@dataclass(frozen=True)
class ZonePart:
    """A named part of the planning area.

    Parameters
    ----------
    rule : PartRule
    zone : ZoneMap
        Of the governing criterion and scenario.
    by_fallback : bool
        Whether no criterion for the first choice of actions was computed.
    considered : tuple of (str, str)
        Criteria and scenarios among which the governing one was found.
    literature : tuple of Comparison
        Radius of the circle that holds, beside planning sizes.
    verified : bool
        Whether the governing criterion's level was read in its text.
    """

    rule: PartRule
    zone: ZoneMap
    by_fallback: bool
    considered: tuple[tuple[str, str], ...]
    literature: tuple[Comparison, ...]
    verified: bool

    @property
    def name(self) -> str:
        """Of the part."""
        return self.rule.name


@lru_cache(maxsize=1)
def part_rules() -> tuple[PartRule, ...]:
    """The rules of all named parts.

    Examples
    --------
    >>> [r.name for r in part_rules()]
    ['protection', 'PAZ', 'UPZ', 'EPD', 'ICPD']
    """
    file = read_toml(packaged("parts.toml"), name="parts.toml")
    file.text("text")
    rules = tuple(_rule(row) for row in file.tables("part"))
    file.finish()
    return rules


def named_parts(
    outcomes: Sequence[Outcome],
    *,
    percentile: float,
    projection: LocalProjection,
    rng: np.random.Generator,
    places: Sequence[Place] | None = None,
    raster: PopulationRaster | None = None,
    protection_actions: tuple[str, ...] | None = None,
    rule: str | None = None,
    country: str | None = None,
) -> list[ZonePart]:
    """All named parts for which a criterion was computed.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Criteria × planning scenarios.
    percentile : float
        [1]
    projection : LocalProjection
    rng : numpy Generator
        For the bands.
    places, raster : optional
        To count people in.
    protection_actions : tuple of str, optional
        Actions that bound the protection zone, instead of evacuation.
    rule : str, optional
        ``cell`` or ``anywhere`` for all parts, instead of what ``data/parts.toml`` says.
    country : str, optional
        Compare with that country's planning sizes and the international ones only.

    Returns
    -------
    list of ZonePart
        In the order of `part_rules`.

    Raises
    ------
    UnknownName
        If there is no such action or rule.
    """
    for action in protection_actions or ():
        if action not in ACTIONS:
            raise UnknownName("action", action, known=ACTIONS)
    found = []
    measured: dict[int, Outcome] = {}
    for part in part_rules():
        if part.name == "protection" and protection_actions:
            part = dataclasses.replace(part, actions=protection_actions)
        part = part if rule is None else dataclasses.replace(part, rule=rule)
        among, by_fallback = _candidates(part, outcomes)
        if not among:
            continue
        top = _governing(among, percentile, measured, rng)
        zone = map_zones(
            top.exceedance, top.criterion, projection=projection, rng=rng, scenario=top.scenario,
            percentiles=(percentile,), rule=part.rule, places=places, raster=raster, known=top.distances,
        )[0]  # fmt: skip
        found.append(_part(part, zone, among, by_fallback, country))
    return found


def governing(part: PartRule, outcomes: Sequence[Outcome], *, percentile: float) -> tuple[Outcome, bool] | None:
    """Which outcome bounds a part, and whether by the part's fallback; None where nothing for it was computed.

    Parameters
    ----------
    part : PartRule
    outcomes : sequence of Outcome
    percentile : float
        [1]
    """
    among, by_fallback = _candidates(part, outcomes)
    return (_top(among, percentile), by_fallback) if among else None


def _candidates(part: PartRule, outcomes: Sequence[Outcome]) -> tuple[list[Outcome], bool]:
    for actions, by_fallback in ((part.actions, False), (part.fallback, True)):
        among = [o for o in outcomes if o.criterion.action in actions]
        if among:
            return among, by_fallback
    return [], False


def _governing(
    among: Sequence[Outcome], percentile: float, measured: dict[int, Outcome], rng: np.random.Generator
) -> Outcome:
    """The outcome that reaches farthest, measured."""
    top = _top(among, percentile)
    if id(top.exceedance) not in measured:
        wanted = tuple({*PERCENTILES, percentile})
        found = top.distances or distances(top.exceedance, rng=rng, percentiles=wanted)
        measured[id(top.exceedance)] = dataclasses.replace(top, distances=found)
    return dataclasses.replace(top, distances=measured[id(top.exceedance)].distances)


def _top(among: Sequence[Outcome], percentile: float) -> Outcome:
    """The outcome that reaches farthest at the percentile; among equals the one reached most often."""
    return max(among, key=lambda o: (_radius(o.exceedance, percentile), int(o.exceedance.counts.sum())))


def _radius(exceedance: Exceedance, percentile: float) -> float:
    """Distance in any direction at the percentile [m]."""
    farthest = exceedance.reach.max(axis=1)
    rank = min(max(int(np.ceil(percentile * len(farthest) - 1e-6)) - 1, 0), len(farthest) - 1)
    return float(np.partition(farthest, rank)[rank])


def _part(part: PartRule, zone: ZoneMap, among: Sequence[Outcome], by_fallback: bool, country: str | None) -> ZonePart:
    reach = zone.reach
    beside = [
        row
        for size in part.compare
        for row in compare(reach.distance, part=size, low=reach.low, high=reach.high, country=country)
    ]
    considered = tuple((o.criterion.key, o.scenario) for o in among)
    return ZonePart(part, zone, by_fallback, considered, tuple(beside), zone.verified)


def _rule(row: Table) -> PartRule:
    found = PartRule(
        name=row.text("name"), title=row.text("title"), title_uk=row.text("title_uk"),
        actions=row.choices("actions", ACTIONS), fallback=row.choices("fallback", ACTIONS, empty=True),
        rule=row.choice("rule", RULES), compare=row.choices("compare", PARTS), text=row.text("text"),
        text_uk=row.text("text_uk"),
    )  # fmt: skip
    row.finish()
    return found
