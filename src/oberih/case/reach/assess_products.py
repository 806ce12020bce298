"""What is kept of an event that particles carried: which maps, which file, resting on what?"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from oberih.case.reach.answer import Answer
from oberih.case.reach.assess_answer import sureness
from oberih.case.reach.assess_courses import Band, Run, shares_of
from oberih.case.reach.assess_event import Event
from oberih.case.reach.assess_fields import FieldSource
from oberih.case.reach.assess_run import Stand
from oberih.case.reach.assess_told import event_scene
from oberih.case.reach.outcome import Found, quantity_text
from oberih.case.reach.plume import Plume
from oberih.case.reach.plume_file import DoseMaps, plume_file
from oberih.case.reach.plume_picture import plume_scene
from oberih.case.reach.products import provenance_of
from oberih.case.wording import stamp
from oberih.earth.places import Place
from oberih.earth.projection import LocalProjection
from oberih.evidence.digest import sha256_of_array
from oberih.evidence.provenance import Provenance
from oberih.picture.map_png import draw_png
from oberih.picture.plume_png import draw_plume
from oberih.picture.scene import Field, MapScene, extent_for
from oberih.picture.table import distance_text, people_text
from oberih.units import millisieverts
from oberih.zone.criterion import CriteriaSet

__all__ = ["FILES", "Shown", "origin_of", "products"]

FILES = ("far.png", "share.png", "plume.png", "plume.svg", "plume.nc")
"""Beside those of every answer."""

FAR_LEVELS = (0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1000.0)
"""Classes of the dose map out to 1,000 km [mSv]."""

SHARE_LEVELS = (10.0, 25.0, 50.0, 75.0, 95.0)
"""Classes of the map of shares [%], above that of any course."""

FAR = 900e3
"""From the site to the edge of the map of the far field [m]."""


@dataclass(frozen=True)
class Shown:
    """What the products are made of.

    Parameters
    ----------
    event : Event
    answer : Answer
    stand : Stand
        Of the first course.
    runs : sequence of Run
    found : sequence of Found
    bands : sequence of Band
    plume : Plume or None
    places : sequence of Place
    projection : LocalProjection
    digest : str
        Of the provenance.
    """

    event: Event
    answer: Answer
    stand: Stand
    runs: Sequence[Run]
    found: Sequence[Found]
    bands: Sequence[Band]
    plume: Plume | None
    places: Sequence[Place]
    projection: LocalProjection
    digest: str


def origin_of(
    event: Event, source: FieldSource, stand: Stand, runs: Sequence[Run], criteria: CriteriaSet
) -> Provenance:
    """What the answer rests on: digests of the fields, the atlas, the releases; every choice."""
    request = event.request
    asked = [q.released for q in event.questions]
    parameters = {
        "at": request.at, "hours": request.hours, "criteria": request.criteria, "age": request.age,
        "protection": list(request.protection), "height": request.height,
        "scenarios": [r.scenario.name for r in asked], "engine": "particles", "particles": stand.settings.particles,
        "followed_s": stand.settings.oldest,
        "members": request.members, "perturbed": request.perturbed,
        "courses": [{"name": r.course.name, **r.course.by.told} for r in runs],
    }  # fmt: skip
    doses = {f"doses of {r.course.name}": sha256_of_array(np.stack(r.doses)) for r in runs}
    return provenance_of(
        "assess", site=event.site, criteria=criteria, released=asked,
        inputs={**source.inputs, "atlas": stand.atlas.digest, **doses}, parameters=parameters, seed=request.seed,
    )  # fmt: skip


def products(shown: Shown) -> tuple[MapScene, dict[str, bytes]]:
    """The map, and the files beside it by name."""
    event, grid = shown.event, shown.stand.atlas.grid
    question = event.questions[0]
    widest = [Found(b.question, b.criterion, b.exceedance, f.distances, b.any)
              for b, f in zip(shown.bands, shown.found, strict=True)] if shown.bands else shown.found  # fmt: skip
    scene = event_scene(
        event.site, shown.answer, question, widest, shown.runs[0].doses[0], shown.projection, shown.places, grid,
        shown.digest, sureness=sureness(shown.runs),
    )  # fmt: skip
    scene = _over_courses(shown, scene) if shown.bands else _as_told(shown, scene)
    extra = {"far.png": draw_png(_far_scene(shown, scene))}
    if shown.bands and (share := _share_scene(shown, scene)) is not None:
        extra["share.png"] = draw_png(share)
    if shown.plume is not None:
        picture = plume_scene(
            event.site, shown.plume, shown.projection, shown.places, covered=shown.stand.covered,
            scenario=question.released.scenario.title["en"], weather=shown.answer.weather_label,
            footer=f"oberih assess --engine particles, provenance {shown.digest[:16]}",
            followed=shown.stand.settings.oldest,
        )  # fmt: skip
        extra |= {"plume.png": draw_plume(picture), "plume.svg": draw_plume(picture, svg=True)}
        extra["plume.nc"] = plume_file(shown.plume, _maps(shown), shown.projection, attrs=_attrs(shown))
    return scene, extra


def _as_told(shown: Shown, scene: MapScene) -> MapScene:
    """The zones of a scene with the distances of the table, not those of their outlines' cells."""
    own = [f for f in shown.found if f.question is shown.event.questions[0]]
    zones = tuple(
        dataclasses.replace(
            zone, distance_text=(">\u202f" if f.zone.outline.reaches_edge else "")
            + distance_text(f.distances.at(0.5).distance),
        ) for zone, f in zip(scene.zones, own, strict=True)
    )  # fmt: skip
    return dataclasses.replace(scene, zones=zones)


def _over_courses(shown: Shown, scene: MapScene) -> MapScene:
    """The zones of a scene as those that any course needs, told with their band; the dose as that of one course."""
    count = len(shown.runs)
    own = [b for b in shown.bands if b.question is shown.event.questions[0]]
    zones = tuple(
        dataclasses.replace(
            zone, name=f"{zone.name}, in any of {count} courses",
            name_uk="" if not zone.name_uk else f"{zone.name_uk}, за будь-якого з {count} перебігів погоди",
            distance_text=_span_text(b),
            drawn_text=f"half of them agree on {distance_text(float(b.half.outline.farthest.max(initial=0.0)))}",
            people_text=people_span(b.people), nowhere=b.high <= 0.0,
        ) for zone, b in zip(scene.zones, own, strict=True)
    )  # fmt: skip
    field = scene.field
    if field is not None:
        field = dataclasses.replace(field, label=f"{field.label}, {shown.runs[0].course.name}")
    return dataclasses.replace(scene, zones=zones, field=field)


def _span_text(band: Band) -> str:
    """The median distance with the least and the most, where they differ."""
    told = distance_text(band.median)
    if told == distance_text(band.low) == distance_text(band.high):
        return told
    return distance_text(band.median, lower=band.low, upper=band.high)


def people_span(people: Sequence[int]) -> str:
    """People from the least to the most.

    Examples
    --------
    >>> people_span((0, 12000)), people_span((0, 0))
    ('0 to 12\u202f000 people', '')
    """
    low, high = min(people), max(people)
    if high == 0:
        return ""
    return f"{people_text(float(high))} people" if low == high else (
        f"{people_text(float(low))} to {people_text(float(high))} people"
    )  # fmt: skip


def _far_scene(shown: Shown, scene: MapScene) -> MapScene:
    """The dose out to 1,000 km, in classes that reach down to a thousandth of a millisievert."""
    question = shown.event.questions[0]
    lane = question.effective
    field = Field(
        corners=shown.projection.cell_corners(shown.stand.atlas.grid),
        values=millisieverts(1.0) * np.asarray(shown.runs[0].doses[0][lane], dtype=float), levels=FAR_LEVELS,
        label=f"Dose, {quantity_text(question.quantities[lane])}", unit="mSv",
    )  # fmt: skip
    cities = tuple(p for p in shown.places if (p.population or 0) >= 100_000)
    return dataclasses.replace(scene, extent=FAR, overview=0.0, field=field, places=cities)


def _share_scene(shown: Shown, scene: MapScene) -> MapScene | None:
    """Where how many of the courses need people to leave, or what reaches farthest; None where none needs any."""
    asked = [b for b in shown.bands if b.question is shown.event.questions[0]]
    bands = [b for b in asked if b.high > 0.0]
    if not bands:
        return None
    evacuate = [b for b in bands if b.criterion.action == "evacuate"]
    band = max(evacuate or bands, key=lambda b: b.high)
    least = np.floor(1000.0 / len(shown.runs)) / 10.0  # one course of them
    levels = (float(least), *(v for v in SHARE_LEVELS if v > 1.01 * least))
    field = Field(
        corners=shown.projection.cell_corners(shown.stand.atlas.grid),
        values=100.0 * band.exceedance.probability + 1e-4,  # so that a rounded share stays in its class
        levels=levels, label=f"Courses of the weather that need: {band.criterion.title}", unit="%",
        labels=tuple({0: "any"}.get(i, "half" if v == 50.0 else "") for i, v in enumerate(levels)),
    )  # fmt: skip
    own = (scene.zones[next(i for i, b in enumerate(asked) if b is band)],)
    return dataclasses.replace(
        scene, field=field, zones=own, overview=0.0, extent=extent_for(band.high),
        subtitle=f"{len(shown.runs)} courses of the weather; {scene.subtitle}",
    )  # fmt: skip


def _maps(shown: Shown) -> DoseMaps:
    question = shown.event.questions[0]
    own = [b for b in shown.bands if b.question is question]
    grid = shown.stand.atlas.grid
    quantities = tuple(q.name for q in question.quantities)
    return DoseMaps(
        quantities, shown.runs[0].doses[0][: len(quantities)], tuple(b.criterion.key for b in own),
        shares_of(own, grid) if own else None, len(shown.runs),
    )  # fmt: skip


def _attrs(shown: Shown) -> Mapping[str, object]:
    event, stand = shown.event, shown.stand
    question = event.questions[0]
    return {
        "title": shown.answer.title, "site": event.site.id, "site_latitude": event.site.latitude,
        "site_longitude": event.site.longitude, "release_start": stamp(event.request.at),
        "scenario": question.released.scenario.name, "weather_label": stand.label, "meteorology": stand.source,
        "course_of_the_weather": shown.runs[0].course.name, "covered_m": shown.stand.covered,
        "particles_per_release_hour": stand.settings.particles, "seed": str(stand.settings.seed),
        "provenance": shown.digest,
    }  # fmt: skip
