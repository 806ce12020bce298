"""Who must do what, where, if particles carry the release through fields of the air?

The same chain as with puffs, an atlas of the release's hours, doses by cell, zones, but in three dimensions and out to
1,000 km, and for every course of the weather that is asked for: members of an ensemble, or perturbed inputs.  Beside
the map and the zones it gives the plume hour by hour.
"""

from __future__ import annotations

from collections.abc import Sequence

from oberih.case.progress import Progress
from oberih.case.reach.answer import Answer
from oberih.case.reach.assess_answer import answer_of, leading
from oberih.case.reach.assess_courses import Band, Run, bands_of, found_of
from oberih.case.reach.assess_event import Event, begun
from oberih.case.reach.assess_fields import REACH, FieldSource, courses_of
from oberih.case.reach.assess_forecast import FORECAST, stand_ready
from oberih.case.reach.assess_products import FILES, Shown, origin_of, products
from oberih.case.reach.assess_run import Stand, forget, plume_on, run_of, stand_of
from oberih.case.reach.assess_source import source_of
from oberih.case.reach.assess_told import place_doses
from oberih.case.reach.doses import OLDEST
from oberih.case.reach.outcome import Found, found_all
from oberih.case.reach.products import PLAIN, keep, with_origin
from oberih.case.reach.request import AssessRequest
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.places import Place, places_near
from oberih.earth.population import PopulationRaster
from oberih.earth.projection import LocalProjection
from oberih.errors import InputError, StoreError

__all__ = ["assess_by_particles"]


def assess_by_particles(request: AssessRequest, *, progress: Progress, now: int | None = None) -> Answer:
    """Who must do what, where, for one event in fields of the air?

    Parameters
    ----------
    request : AssessRequest
    progress : Progress
    now : int, optional
        Seconds since 1970, UTC; needed where fields are fetched from a live source.

    Raises
    ------
    InputError, WeatherRefused
        If anything asked for is unknown, or the fields do not cover the event.
    SourceUnavailable, StoreError
        If a source or a store fails.
    """
    if request.mapping is not None:
        raise InputError("maps a CSV, and particles need fields", field="--mapping", value=str(request.mapping))
    oldest = max(OLDEST, float(request.hours * SECONDS_PER_HOUR))
    event, criteria = begun(request, names=(*PLAIN, *FILES), oldest=oldest, computes=request.weather != FORECAST)
    site = event.site
    progress.stage("weather")
    places = places_near(site.latitude, site.longitude, within=REACH, cache=request.cache)
    source, first, runs = _carried(event, now=now, progress=progress)
    plume = plume_on(event, first, leading(event.questions[0]), progress=progress)
    forget(first)
    progress.stage("zones and people")
    projection = LocalProjection(site.latitude, site.longitude)
    found, bands = _zones(event, runs, places, projection)
    told = place_doses(event.questions[0].effective, runs[0].doses[0], places, first.atlas.grid)
    answer = answer_of(event, source, first, runs, found, bands, told, plume=plume, criteria=criteria.title)
    origin = origin_of(event, source, first, runs, criteria)
    if request.out is None:
        progress.done()
        return with_origin(answer, origin)
    progress.stage("maps and files")
    shown = Shown(event, answer, first, runs, found, bands, plume, places, projection, origin.digest)
    drawn = [z for b in bands for z in (b.half, b.any)] or [f.zone for f in found]
    zones = [z.geojson() for z in drawn if not z.outline.is_empty]
    scene, extra = products(shown)
    try:
        kept = keep(request.out, answer, scene, zones, origin, extra=extra)
    except StoreError as error:
        where = first.atlas.path.parent
        raise type(error)(
            f"{error}; what the particles did is kept in {where}: the same command goes on from there"
        ) from error
    progress.done()
    return kept


def _carried(event: Event, *, now: int | None, progress: Progress) -> tuple[FieldSource, Stand, list[Run]]:
    """The fields, what the first course stands on, and what every course gives."""
    request = event.request
    if request.weather == FORECAST:
        source, stands = stand_ready(event)
        progress.stage("doses", total=len(stands))
        given: list[Run] = []
        for one in stands:
            given.append(run_of(event, one))
            progress.advance()
        return source, stands[0], given
    source = source_of(request, event.site, hours=event.hours, now=now, progress=progress)
    courses = courses_of(request, source)
    first: Stand | None = None
    runs: list[Run] = []
    for i, course in enumerate(courses):
        name = f", course {i + 1} of {len(courses)} ({course.name})" if len(courses) > 1 else ""
        stand = stand_of(event, source, course, progress=progress, name=name)
        runs.append(run_of(event, stand))
        if first is None:
            first = stand
        else:
            forget(stand)
    assert first is not None  # there is always a course
    return source, first, runs


def _zones(
    event: Event, runs: Sequence[Run], places: Sequence[Place], projection: LocalProjection
) -> tuple[list[Found], list[Band]]:
    """What was found in the only course, or in half of them, and how far the courses are apart."""
    request = event.request
    raster = None if request.population is None else PopulationRaster(request.population)
    if len(runs) == 1:
        found = found_all(
            event.questions, runs[0].exceeded, projection=projection, places=places, percentile=0.5, seed=request.seed,
            raster=raster,
        )  # fmt: skip
        return found, []
    bands = bands_of(
        event.questions, runs, projection=projection, places=places, seed=request.seed, raster=raster
    )  # fmt: skip
    return [found_of(band, seed=request.seed) for band in bands], bands
