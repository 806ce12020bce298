"""What did superposition find, told by scenario and criterion?

Turns exceedances into the rows of an answer: distances with their bands, people inside, and the
nuclides that make the dose.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from oberih.case.reach.answer import Reach
from oberih.case.reach.doses import Question
from oberih.case.wording import duration
from oberih.constants import SECONDS_PER_HOUR
from oberih.dose.contributions import contributions
from oberih.dose.quantity import Quantity
from oberih.earth.places import Place
from oberih.earth.population import PopulationRaster
from oberih.earth.projection import LocalProjection
from oberih.zone.criterion import Criterion
from oberih.zone.distance import Distances, distances
from oberih.zone.exceedance import Exceedance
from oberih.zone.map_zones import map_zones
from oberih.zone.parts import Outcome
from oberih.zone.zone_map import ZoneMap

RULE = "anywhere"
"""Zones are drawn so that at the percentile the action is needed nowhere outside."""

DOMINANT = 4
"""Nuclides named for each release."""


@dataclass(frozen=True)
class Found:
    """One criterion under one scenario.

    Parameters
    ----------
    question : Question
    criterion : Criterion
    exceedance : Exceedance
    distances : Distances
    zone : ZoneMap
    """

    question: Question
    criterion: Criterion
    exceedance: Exceedance
    distances: Distances
    zone: ZoneMap

    @property
    def outcome(self) -> Outcome:
        """As named parts want it."""
        return Outcome(self.criterion, self.question.released.scenario.name, self.exceedance, self.distances)


def found_all(
    questions: Sequence[Question],
    exceeded: Sequence[Sequence[Exceedance]],
    *,
    projection: LocalProjection,
    places: Sequence[Place],
    percentile: float,
    seed: int,
    raster: PopulationRaster | None = None,
    threads: int = 1,
) -> list[Found]:
    """Distances and zones of every criterion under every scenario; ``threads`` at once."""
    found = []
    with ThreadPoolExecutor(threads) as pool:
        for question, exceedances in zip(questions, exceeded, strict=True):
            pairs = list(zip(question.criteria, exceedances, strict=True))
            distinct = {(c.quantity, c.level): (c, e) for c, e in reversed(pairs)}

            def one(pair: tuple[Criterion, Exceedance], question: Question = question) -> Found:
                return _found(question, *pair, projection, places, percentile, seed, raster)

            alike = dict(zip(distinct, pool.map(one, distinct.values()), strict=True))
            for criterion, exceedance in pairs:
                same = alike[criterion.quantity, criterion.level]
                found.append(Found(question, criterion, exceedance, same.distances, zone_under(same.zone, criterion)))
    return found


def zone_under(zone: ZoneMap, criterion: Criterion) -> ZoneMap:
    """The same zone under another criterion of the same dose and level."""
    return ZoneMap(
        criterion, zone.scenario, zone.percentile, zone.rule, zone.geometry, zone.outline, zone.distances, zone.people,
        zone.attrs,
    )  # fmt: skip


def _found(
    question: Question, criterion: Criterion, exceedance: Exceedance, projection: LocalProjection,
    places: Sequence[Place], percentile: float, seed: int, raster: PopulationRaster | None,
) -> Found:  # fmt: skip
    rng = np.random.default_rng(seed)
    far = distances(exceedance, rng=rng, percentiles=tuple(sorted({0.5, 0.95, percentile})))
    zone = map_zones(
        exceedance, criterion, projection=projection, rng=rng, scenario=question.released.scenario.name,
        percentiles=(percentile,), rule=RULE, places=places, raster=raster, known=far,
    )[0]  # fmt: skip
    return Found(question, criterion, exceedance, far, zone)


def reach_of(found: Found, *, percentile: float) -> Reach:
    """One row of the answer."""
    at, median, direction = found.distances.at(percentile), found.distances.at(0.5), found.distances.direction
    c = found.criterion
    beyond = bool(at.distance >= 0.999 * found.exceedance.grid.outer_radius)
    people = found.zone.people
    return Reach(
        action=c.title,  # as on the map, in its legend and in the zones' file
        scenario=found.question.released.scenario.title["en"],
        level=c.level, unit=c.unit, quantity=quantity_text(c), distance=at.distance, low=at.low, high=at.high,
        median=median.distance,
        azimuth=None if direction is None or at.distance <= 0.0 else float(np.degrees(direction.azimuth)),
        share=float((found.exceedance.reach.max(axis=1) > 0.0).mean()),
        people=None if people is None else people.total, beyond=beyond,
        verified=c.verified and found.question.released.verified and all(r.verified for r in found.question.responses),
    )  # fmt: skip


def quantity_text(criterion: Criterion | Quantity) -> str:
    """Which dose, for people: the same words of a criterion and of the dose that it asks for."""
    age = re.sub(r"^(\d+)y$", r"\1 y", criterion.age)
    organ = criterion.organ.replace("_", " ") + (" (radioiodine)" if criterion.nuclides == "radioiodine" else "")
    return f"{organ}, {age}, {duration(criterion.window)}"


def dominant(question: Question) -> tuple[tuple[str, float], ...]:
    """The nuclides that make most of the first effective dose asked for, at an hour's travel, with their share [1].

    Notes
    -----
    Taken where a plume an hour old has left 0.2 % of its time-integrated concentration, in
    1/m, on the ground: a usual deposition velocity of 2 mm/s.
    """
    term = question.released.source_term
    tic = np.ones(4)
    doses = contributions(
        term,
        question.quantities[question.effective],
        age=float(SECONDS_PER_HOUR),
        tic=tic,
        gamma=tic,
        deposition=tic * [0.0, 2e-3, 1e-2, 1e-4],
    )
    total = sum(doses.values())
    if total <= 0.0:
        return ()
    return tuple((n, d / total) for n, d in list(doses.items())[:DOMINANT])
