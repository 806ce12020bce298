"""What is asked and told of an event, whichever engine carried it?

Shared by the stories of puffs (`oberih.case.reach.assess`) and particles (`oberih.case.reach.assess_particles`):
releases and questions, the headline, the doses at settlements, the picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from oberih.case.reach.answer import Answer
from oberih.case.reach.doses import OLDEST, Question, computable, protection_text, question
from oberih.case.reach.drawing import COLOURS, event_zone, scene_of_event
from oberih.case.reach.outcome import Found, quantity_text
from oberih.case.reach.request import AssessRequest
from oberih.case.reach.sources import released, scenarios_of
from oberih.case.wording import km
from oberih.earth.grid import Grid
from oberih.earth.places import Place
from oberih.earth.projection import LocalProjection
from oberih.earth.site import Site
from oberih.picture.scene import Field, MapScene
from oberih.units import millisieverts
from oberih.zone.criterion import CriteriaSet

__all__ = [
    "DEFAULT_SCENARIO", "DOSE_LEVELS", "SHOWN_WHOLE", "ToldPlace", "dose_note", "event_scene", "headline",
    "place_doses", "questions_of", "release_notes",
]  # fmt: skip

DOSE_LEVELS = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Classes of the dose map [mSv]."""

PLACES_TOLD = 15
SHOWN_WHOLE = ("severe", "evacuate", "shelter", "relocate")
"""Actions whose zones the map must hold whole; the others have the overview."""

DEFAULT_SCENARIO = ("core-melt-early-failure",)
"""What an event assumes where nothing is known of the release."""

ToldPlace = tuple[str, float, int | None, float]
"""Name, distance [m], people, dose [mSv]."""


def questions_of(
    request: AssessRequest, site: Site, criteria: CriteriaSet, *, oldest: float = OLDEST
) -> tuple[tuple[Question, ...], int]:
    """What is asked of each release of an event, of its first start only, and the hours of the longest.

    Parameters
    ----------
    request : AssessRequest
    site : Site
    criteria : CriteriaSet
    oldest : float
        As for `oberih.case.reach.doses.question` [s].

    Raises
    ------
    InputError
        If a scenario, a measure or an age group is unknown.
    """
    chosen = computable(criteria, age=request.age, protection=request.protection)
    scenarios = scenarios_of(request.scenarios or DEFAULT_SCENARIO, site)
    releases = [released(s, site, at=request.at, height=request.height) for s in scenarios]
    longest = max(r.source_term.hours for r in releases)
    return tuple(question(r, chosen, stride=longest, oldest=oldest) for r in releases), longest


def place_doses(lane: int, field: Any, places: Sequence[Place], grid: Grid) -> list[ToldPlace]:
    """Places with the highest dose of a quantity.

    Parameters
    ----------
    lane : int
        Of the quantity in ``field``.
    field : float array, shape (quantities, rings, sectors)
        [Sv]
    """
    rows = []
    for place in places:
        ring = int(np.searchsorted(grid.edges, place.distance) - 1)
        if 0 <= ring < grid.rings:
            sector = round(place.azimuth / (2.0 * np.pi) * grid.sectors) % grid.sectors
            rows.append((place.name, place.distance, place.population, millisieverts(float(field[lane, ring, sector]))))
    return sorted(rows, key=lambda r: -r[3])[:PLACES_TOLD]


def headline(found: Sequence[Found], told: Sequence[ToldPlace], *, least: bool) -> str:
    """The answer in a sentence or two.

    Parameters
    ----------
    least : bool
        Whether distances are least values.
    """
    evacuate = [f for f in found if f.criterion.action == "evacuate"]
    if not evacuate:
        return "No evacuation criterion in this set."
    far = max(evacuate, key=lambda f: f.distances.at(0.5).distance)
    distance = far.distances.at(0.5).distance
    most = f" The highest dose at a settlement is {told[0][3]:.3g} mSv, at {told[0][0]}." if told else ""
    if distance <= 0.0:
        return f"Nowhere off the site would people have to be evacuated.{most}"
    count = 0 if far.zone.people is None else far.zone.people.total
    people = f"; about {count:,} people live there".replace(",", " ") if count else "; no listed settlement lies there"
    return f"Evacuation would be needed out to {'at least ' if least else ''}{km(distance)} km{people}.{most}"


def release_notes(request: AssessRequest, questions: Sequence[Question]) -> list[str]:
    """What the reader must know of the releases: their fuel, under what people are taken to be, what is lacking."""
    fuel = "; ".join(f"{q.released.scenario.name}: {q.released.fuel}" for q in questions)
    missing = sorted({f"The inventory lacks: {q.released.missing}" for q in questions if q.released.missing})
    return [f"{fuel}.", protection_text(request.protection), *missing]


def dose_note(q: Question, told: Sequence[ToldPlace]) -> list[str]:
    """The doses at the settlements that get most."""
    if not told or told[0][3] <= 0.0:
        return []
    rows = ", ".join(f"{n} {v:.3g}" for n, _, _, v in told[:6] if v > 0.0)
    return [f"Dose at settlements, {quantity_text(q.quantities[q.effective])} [mSv]: {rows}."]


def event_scene(
    site: Site, answer: Answer, q: Question, found: Sequence[Found], field: Any, projection: LocalProjection,
    places: Sequence[Place], grid: Grid, digest: str, *, sureness: tuple[str, ...] | None = None,
) -> MapScene:  # fmt: skip
    """The picture of an event: the dose of the first effective quantity and the zones of one question.

    Parameters
    ----------
    sureness : tuple of str, optional
        How sure it is, in sentences, in place of those on a single course of the weather.
    """
    lane = q.effective
    own = [f for f in found if f.question is q]
    zones = tuple(event_zone(f, colour=COLOURS.get(f.criterion.action, f.criterion.action)) for f in own)
    field_shown = Field(
        corners=projection.cell_corners(grid), values=millisieverts(1.0) * np.asarray(field[lane], dtype=float),
        levels=DOSE_LEVELS, label=f"Dose, {quantity_text(q.quantities[lane])}", unit="mSv", contours=True,
    )  # fmt: skip
    near = [f for f in own if f.criterion.action in SHOWN_WHOLE] or own
    reach = max((float(f.zone.outline.farthest.max(initial=0.0)) for f in near), default=0.0)
    return scene_of_event(
        site, answer, zones, field_shown, places, reach=max(reach, 10e3),
        footer=f"oberih assess, provenance {digest[:16]}", sureness=sureness,
    )  # fmt: skip
