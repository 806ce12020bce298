"""How far must the zone reach, in which direction, how sure are we, and who lives there?

The whole system read aloud: weather → air → atlas → releases → doses → zones → products.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from oberih.atlas.store import Atlas
from oberih.case.progress import Progress
from oberih.case.reach.answer import Answer
from oberih.case.reach.doses import Question, ask, computable, protection_text, question
from oberih.case.reach.drawing import scene_of_plan
from oberih.case.reach.ground import Ground, atlas_of, ground_of, weather_notes
from oberih.case.reach.outcome import RULE, Found, dominant, found_all, reach_of
from oberih.case.reach.products import check_paths, distances_csv, keep, provenance_of, reach_data, release_data
from oberih.case.reach.request import PLANNING_DAY, PlanRequest
from oberih.case.reach.sources import Released, released, scenarios_of
from oberih.case.wording import compass, day, km
from oberih.earth.places import Place, places_near
from oberih.earth.population import PopulationRaster
from oberih.earth.projection import LocalProjection
from oberih.earth.site import Site, load_site
from oberih.errors import InputError
from oberih.evidence.digest import sha256_of_file
from oberih.evidence.provenance import Provenance
from oberih.zone.criteria import load_criteria
from oberih.zone.criterion import CriteriaSet
from oberih.zone.exceedance import Exceedance
from oberih.zone.parts import ZonePart, named_parts

__all__ = ["Planned", "plan", "planned"]


@dataclass(frozen=True)
class Planned:
    """What a plan rests on and what was found, before anything is written.

    Parameters
    ----------
    request : PlanRequest
    site : Site
    criteria : CriteriaSet
    releases : tuple of Released
    ground : Ground
    atlas : Atlas
    questions : tuple of Question
    places : tuple of Place
        Within the grid.
    raster : PopulationRaster or None
    found : tuple of Found
        Criteria of the first release first.
    parts : tuple of ZonePart
    provenance : Provenance
    answer : Answer
        Without files.
    """

    request: PlanRequest
    site: Site
    criteria: CriteriaSet
    releases: tuple[Released, ...]
    ground: Ground
    atlas: Atlas
    questions: tuple[Question, ...]
    places: tuple[Place, ...]
    raster: PopulationRaster | None
    found: tuple[Found, ...]
    parts: tuple[ZonePart, ...]
    provenance: Provenance
    answer: Answer

    def features(self) -> list[dict[str, Any]]:
        """Zones as GeoJSON features: the named parts, then every zone that is not empty."""
        return [*_part_features(self.parts), *(f.zone.geojson() for f in self.found if not f.zone.outline.is_empty)]


def plan(request: PlanRequest, *, progress: Progress) -> Answer:
    """How far must the zone reach, over the weather of years?

    Parameters
    ----------
    request : PlanRequest
    progress : Progress
        Told how far the work is.

    Returns
    -------
    Answer
        With the files written, if the request names a folder.

    Raises
    ------
    InputError
        If anything asked for is unknown or makes no sense; nothing is written then.
    StoreError, SourceUnavailable
        If a store or a source fails.
    """
    made = planned(request, progress=progress)
    scene = scene_of_plan(
        made.site, made.answer, made.parts, made.places, percentile=request.percentile,
        footer=f"oberih plan, provenance {made.provenance.digest[:16]}",
    )  # fmt: skip
    progress.stage("map, page and files")
    extra = {"distances.csv": distances_csv(made.found)}
    kept = keep(request.out, made.answer, scene, made.features(), made.provenance, extra=extra)
    progress.done()
    return kept


def planned(request: PlanRequest, *, progress: Progress) -> Planned:
    """Find everything a plan says, and write nothing.

    Raises
    ------
    InputError, StoreError, SourceUnavailable
        As `plan`.
    """
    if not 0.0 < request.percentile < 100.0:
        raise InputError("must lie between 0 and 100", field="--percentile", value=request.percentile)
    check_paths(request.out, request.population)
    site, criteria = load_site(request.site), load_criteria(request.criteria)
    chosen = computable(criteria, age=request.age, protection=request.protection)
    at = PLANNING_DAY if request.at is None else request.at
    releases = [released(s, site, at=at, height=request.height) for s in scenarios_of(request.scenarios, site)]

    ground = ground_of(request, site, progress=progress)
    atlas = atlas_of(ground, request, progress=progress)
    questions = [question(r, chosen) for r in releases]
    exceeded = _exceeded(atlas, questions, request, progress)

    progress.stage("zones and people")
    projection = LocalProjection(site.latitude, site.longitude)
    raster = None if request.population is None else PopulationRaster(request.population)
    places = places_near(site.latitude, site.longitude, within=atlas.grid.outer_radius, cache=request.cache)
    found = found_all(
        questions, exceeded, projection=projection, places=places, percentile=request.percentile / 100.0,
        seed=request.seed, raster=raster,
    )  # fmt: skip
    parts = named_parts(
        [f.outcome for f in found], percentile=request.percentile / 100.0, projection=projection,
        rng=np.random.default_rng(request.seed), places=places, raster=raster, rule=RULE, country=site.country,
    )  # fmt: skip
    return Planned(
        request, site, criteria, tuple(releases), ground, atlas, tuple(questions), tuple(places), raster, tuple(found),
        tuple(parts), _provenance(request, site, criteria, releases, ground, at),
        _answer(request, site, criteria, ground, releases, found, parts, at),
    )  # fmt: skip


def _exceeded(
    atlas: Atlas, questions: Sequence[Question], request: PlanRequest, progress: Progress
) -> list[list[Exceedance]]:
    progress.stage(f"doses of {len(questions)} releases over all starts", total=atlas.releases)
    done: list[int] = []

    def told(now: int, total: int) -> None:
        progress.advance(now - (done[-1] if done else 0))
        done.append(now)

    return ask(atlas, questions, kept=request.cache / "exceedances", told=told)


def _part_features(parts: Sequence[ZonePart]) -> list[dict[str, Any]]:
    """Named parts as GeoJSON features."""
    features = []
    for part in parts:
        feature = part.zone.geojson()
        feature["properties"] |= {"part": part.name, "part_title": part.rule.title, "part_title_uk": part.rule.title_uk}
        features.append(feature)
    return features


def _provenance(
    request: PlanRequest, site: Site, criteria: CriteriaSet, releases: Sequence[Released], ground: Ground, at: int
) -> Provenance:
    inputs = {"air": ground.plan.facts()["air"]["sha256"], "atlas": ground.plan.digest}
    if request.population is not None:
        inputs["population"] = sha256_of_file(request.population)
    inputs |= {f"weather {i['name']}": i["sha256"] for i in ground.weather.attrs.get("inputs", ())}
    parameters = {
        "scenarios": [r.scenario.name for r in releases], "criteria": request.criteria, "weather": request.weather,
        "percentile": request.percentile, "age": request.age, "protection": list(request.protection),
        "height": request.height, "at": at, "rule": RULE,
    }  # fmt: skip
    return provenance_of(
        "plan", site=site, criteria=criteria, released=releases, inputs=inputs, parameters=parameters, seed=request.seed
    )


def _answer(
    request: PlanRequest, site: Site, criteria: CriteriaSet, ground: Ground, releases: Sequence[Released],
    found: Sequence[Found], parts: Sequence[ZonePart], at: int,
) -> Answer:  # fmt: skip
    reaches = tuple(reach_of(f, percentile=request.percentile / 100.0) for f in found)
    shares = {f.question.released.scenario.title["en"]: dominant(f.question) for f in found}
    headline = _headline(parts, request.percentile, releases)
    data = {
        "site": site.id, "day": day(at), "percentile": request.percentile, "headline": headline,
        "weather": {"label": ground.air.label, "source": ground.air.source, "hours": len(ground.air),
                    "quality": ground.quality, "derivation": ground.air.attrs.get("quality", {})},
        "criteria": {"set": criteria.name, "verified": criteria.verified},
        "parts": [_part_data(p) for p in parts],
        "reaches": [reach_data(r) for r in reaches],
        "releases": [release_data(r) for r in releases],
        "dominant": {title: dict(s) for title, s in shares.items()},
    }  # fmt: skip
    return Answer(
        title=f"{site.name}: how far must the safety and security protection zone reach?",
        weather_label=ground.air.label, weather_source=ground.air.source, criteria=criteria.title,
        percentile=request.percentile, reaches=reaches,
        zones=tuple((p.rule.title, p.zone.reach.distance) for p in parts),
        dominant=tuple((title, s) for title, s in shares.items() if s),
        notes=(headline, *_notes(request, site, ground, releases, parts, at)),
        data=data, headline=headline,
    )  # fmt: skip


def _part_data(part: ZonePart) -> dict[str, Any]:
    """A named part as plain values: with how the zone is drawn, and what its band rests on."""
    outline, d = part.zone.outline, part.zone.distances
    near, far = outline.farthest.min(initial=np.inf), outline.farthest.max(initial=0.0)
    drawn = {} if outline.is_empty else {
        "drawn_near_m": float(near), "drawn_far_m": float(far),
        "drawn_towards_deg": float(np.degrees(d.azimuths[int(outline.farthest.argmax())])),
    }  # fmt: skip
    return part.zone.properties() | drawn | {
        "part": part.name, "literature": [c.text for c in part.literature], "starts": d.starts,
        "confidence": d.attrs.get("confidence"), "blocks": d.attrs.get("blocks"),
    }  # fmt: skip


def _headline(parts: Sequence[ZonePart], percentile: float, releases: Sequence[Released]) -> str:
    """The answer in one sentence."""
    titles = {r.scenario.name: r.scenario.title["en"] for r in releases}
    if not parts:
        return "No action of these criteria bounds a zone."
    zone = parts[0].zone
    reach = zone.reach
    if reach.distance <= 0.0:
        return (
            f"In {percentile:g} % of all starts nobody off the site would have to be evacuated under these scenarios."
        )
    band = "" if reach.low is None or reach.high is None else f" (band {km(reach.low)} to {km(reach.high)} km)"
    at_least = "more than " if zone.outline.reaches_edge else ""
    outline = zone.outline.farthest
    near, far = float(outline.min()), float(outline.max())
    towards = compass(float(np.degrees(zone.distances.azimuths[int(outline.argmax())])))
    people = "" if zone.people is None else f" and holds about {zone.people.total:,} people".replace(",", " ")
    return (
        f"To hold in {percentile:g} % of all starts, a round protection zone needs a radius of {at_least}"
        f"{km(reach.distance)} km{band}; the zone drawn after the weather reaches from {km(near)} km to {km(far)} km, "
        f"farthest towards {towards},{people}. It is decided by: {titles.get(zone.scenario, zone.scenario).lower()}."
    )


def _notes(
    request: PlanRequest, site: Site, ground: Ground, releases: Sequence[Released], parts: Sequence[ZonePart], at: int
) -> tuple[str, ...]:
    """What the reader must know."""
    sheltered = protection_text(request.protection)
    fuel = "; ".join(f"{r.scenario.name}: {r.fuel}" for r in releases)
    notes = [
        f"Fuel decayed to {day(at)}. {fuel}.",
        f"One unit, pool or cask releases at a time. {sheltered} "
        "Bands cover the sampling of weather, not release, dispersion or dose.",
        *weather_notes(ground.weather, ground.air, site),
        "Puff model over flat ground with one weather series: beyond some 100 km treat distances as indications.",
    ]
    notes += sorted({f"The inventory lacks: {r.missing}" for r in releases if r.missing})
    notes += [c.text for p in parts[:1] for c in p.literature]
    if site.note:
        notes.append(site.note)
    return tuple(notes)
