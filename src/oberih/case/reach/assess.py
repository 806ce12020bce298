"""Who must do what, where, if it released at this hour in this weather?

The same chain as a plan, for one event: the weather that is given, an atlas of the hours of the
release only, doses by cell and by place.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from oberih.atlas.build import build
from oberih.atlas.layout import AtlasPlan
from oberih.atlas.store import Atlas
from oberih.atlas.superpose import dose_field
from oberih.case.progress import Progress
from oberih.case.reach.answer import Answer
from oberih.case.reach.assess_event import begun
from oberih.case.reach.assess_told import (
    ToldPlace,
    dose_note,
    event_scene,
    headline,
    place_doses,
    release_notes,
)
from oberih.case.reach.doses import Question, ask
from oberih.case.reach.ground import HEIGHTS, settings_of, weather_notes
from oberih.case.reach.outcome import Found, dominant, found_all, reach_of
from oberih.case.reach.products import keep, provenance_of, reach_data, release_data
from oberih.case.reach.request import FIELD_NAMES, AssessRequest
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.grid import Grid
from oberih.earth.places import Place, places_near
from oberih.earth.population import PopulationRaster
from oberih.earth.projection import LocalProjection
from oberih.earth.site import Site
from oberih.errors import InputError, SourceUnavailable
from oberih.weather.air import Air
from oberih.weather.boundary_layer import air_from_weather
from oberih.weather.fetch import fetch_open_meteo
from oberih.weather.quality import check_weather, resample_hourly
from oberih.weather.read import read_weather
from oberih.weather.series import Weather

__all__ = ["assess"]


def assess(request: AssessRequest, *, progress: Progress, now: int | None = None) -> Answer:
    """Who must do what, where, for one event?

    Parameters
    ----------
    request : AssessRequest
    progress : Progress
    now : int, optional
        Seconds since 1970, UTC; needed where fields are fetched from a live source.

    Returns
    -------
    Answer
        Percentile None; distances are those of the event itself.

    Raises
    ------
    InputError, WeatherRefused
        If anything asked for is unknown, or the weather does not cover the event.
    SourceUnavailable, StoreError
        If a source or a store fails.
    """
    if request.engine == "particles":
        from oberih.case.reach.assess_particles import assess_by_particles  # reads with the extra 'fields'

        return assess_by_particles(request, progress=progress, now=now)
    _refuse_particles(request)
    event, criteria = begun(request)
    site, questions, longest = event.site, event.questions, event.hours
    releases = [q.released for q in questions]

    progress.stage("weather")
    weather = _weather(request, site, hours=longest + 1)
    air = _from(air_from_weather(weather, roughness_length=site.roughness_length, cyclic=False), request, longest)
    settings = dataclasses.replace(settings_of(site), oldest=float(request.hours * SECONDS_PER_HOUR))
    plan = AtlasPlan(site.id, air, Grid(), HEIGHTS, settings, longest)
    progress.stage("where it would go", total=len(plan.tasks))
    atlas = build(
        request.cache / "events" / f"{plan.digest[:16]}.zarr", plan, told=lambda d, t: progress.advance(int(d > 0))
    )

    progress.stage("doses and zones")
    projection = LocalProjection(site.latitude, site.longitude)
    raster = None if request.population is None else PopulationRaster(request.population)
    places = places_near(site.latitude, site.longitude, within=atlas.grid.outer_radius, cache=request.cache)
    exceeded = ask(atlas, questions)
    found = found_all(
        questions, exceeded, projection=projection, places=places, percentile=0.5, seed=request.seed, raster=raster
    )
    fields = [dose_field(atlas, q.asked.source, start=0) for q in questions]
    answer = _answer(request, site, criteria.title, weather, air, questions, found, fields, places, atlas)
    origin = provenance_of(
        "assess", site=site, criteria=criteria, released=releases,
        inputs={"atlas": plan.digest} | {f"weather {i['name']}": i["sha256"] for i in weather.attrs.get("inputs", ())},
        parameters={"at": request.at, "hours": request.hours, "criteria": request.criteria, "age": request.age,
                    "protection": list(request.protection), "height": request.height,
                    "scenarios": [r.scenario.name for r in releases]},
        seed=request.seed,
    )  # fmt: skip
    scene = event_scene(site, answer, questions[0], found, fields[0], projection, places, atlas.grid, origin.digest)
    zones = [f.zone.geojson() for f in found if not f.zone.outline.is_empty]
    kept = keep(request.out, answer, scene, zones, origin)
    progress.done()
    return kept


def _refuse_particles(request: AssessRequest) -> None:
    """Refuse what only particles can answer."""
    cure = "add --engine particles"
    if not isinstance(request.weather, str):
        raise InputError("several files are fields", field="--weather", value=", ".join(request.weather), cure=cure)
    if request.weather in FIELD_NAMES:
        raise InputError("names fields of the air", field="--weather", value=request.weather, cure=cure)
    for option, value in (("--members", request.members), ("--perturbed", request.perturbed)):
        if value is not None:
            raise InputError("puffs know one course of the weather", field=option, value=value, cure=cure)


def _weather(request: AssessRequest, site: Site, *, hours: int) -> Weather:
    """The hourly weather of the event; a single report is held steady, and says so."""
    if request.weather == "open-meteo":
        raw = _fetched(request, site, hours)
    else:
        path = Path(str(request.weather))
        if not path.exists():
            raise InputError(
                "no such file, and not a name", field="--weather", value=str(request.weather),
                cure="give a file, or open-meteo",
            )  # fmt: skip
        raw = read_weather(path, latitude=site.latitude, longitude=site.longitude, mapping=request.mapping)
    if len(raw) == 1:
        return check_weather(resample_hourly(raw, hold_hours=request.hours + hours))[0]
    end = request.at + hours * SECONDS_PER_HOUR
    checked, _ = check_weather(raw, need_start=request.at, need_end=end)
    return resample_hourly(checked)


def _fetched(request: AssessRequest, site: Site, hours: int) -> Weather:
    """Weather from Open-Meteo: the archive, or the forecast where the archive does not reach."""
    first = datetime.fromtimestamp(request.at, UTC)
    last = first + timedelta(hours=hours + request.hours)
    reasons = []
    for kind in ("archive", "forecast"):
        try:
            return fetch_open_meteo(
                site.latitude, site.longitude, start_date=first.date(), end_date=last.date(),
                cache_dir=request.cache / "weather", kind=kind, base_url=request.server,
            )  # fmt: skip
        except SourceUnavailable as error:
            reasons.append(str(error))
    raise SourceUnavailable(reasons[-1])


def _from(air: Air, request: AssessRequest, hours: int) -> Air:
    """The air from the event's hour on.

    Raises
    ------
    InputError
        If it does not cover the release.
    """
    index = int((request.at - air.start) // SECONDS_PER_HOUR)
    if index < 0 or index + hours + 1 > len(air):
        last = air.start + int((len(air) - 1) * air.step)
        raise InputError(
            f"the weather goes from {stamp(air.start)} to {stamp(last)} and does not cover {hours} h of release",
            field="--at", value=stamp(request.at), cure="give weather of the event, or another time",
        )  # fmt: skip
    return air.part(slice(index, None), start=air.start + index * SECONDS_PER_HOUR)


def _answer(
    request: AssessRequest, site: Site, criteria_title: str, weather: Weather, air: Air, questions: Sequence[Question],
    found: Sequence[Found], fields: Sequence[Any], places: Sequence[Place], atlas: Atlas,
) -> Answer:  # fmt: skip
    reaches = tuple(
        dataclasses.replace(reach_of(f, percentile=0.5), low=None, high=None, median=None, share=None) for f in found
    )
    told = place_doses(questions[0].effective, fields[0], places, atlas.grid)
    aloft = float(atlas.balance[:, :, 1, 6].mean())
    first = headline(found, told, least=aloft > 0.01)
    notes = (*weather_notes(weather, air, site), *_notes(request, questions, told, air, aloft))
    data = {
        "site": site.id, "at": stamp(request.at), "headline": first,
        "weather": {"label": air.label, "source": air.source, "hours": len(air),
                    "held_steady": "held_steady" in air.attrs or len(set(air.east.tolist())) == 1,
                    "derivation": air.attrs.get("quality", {})},
        "criteria": {"set": request.criteria}, "reaches": [reach_data(r) for r in reaches],
        "places": [{"name": n, "distance_m": d, "people": p, "dose_mSv": v} for n, d, p, v in told],
        "releases": [release_data(q.released) for q in questions], "aloft_at_the_end": aloft,
    }  # fmt: skip
    return Answer(
        title=f"{site.name}: a release at {stamp(request.at)}", weather_label=air.label, weather_source=air.source,
        criteria=criteria_title, percentile=None, reaches=reaches,
        dominant=tuple((q.released.scenario.title["en"], dominant(q)) for q in questions),
        notes=(first, *notes), data=data, headline=first,
    )  # fmt: skip


def _notes(
    request: AssessRequest,
    questions: Sequence[Question],
    told: Sequence[ToldPlace],
    air: Air,
    aloft: float,
) -> tuple[str, ...]:
    notes = release_notes(request, questions)
    if len(set(np.round(air.east, 9).tolist())) == 1:
        notes.append("A single report of the weather, held steady for the whole event.")
    if aloft > 0.01:
        notes.append(
            f"{100 * aloft:.0f} % of the aerosol is still in the air when the weather ends: distances are least values."
        )
    return (*notes, *dose_note(questions[0], told))
