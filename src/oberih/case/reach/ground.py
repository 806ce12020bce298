"""What does a story stand on: which weather, which air, which atlas?

Shared by the stories that need an atlas.  Everything is decided by the request; nothing is
asked of the clock or the network but through it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oberih.atlas.build import build
from oberih.atlas.layout import AtlasPlan
from oberih.atlas.schedule import scheduler_for
from oberih.atlas.store import Atlas
from oberih.case.progress import Progress
from oberih.case.reach.request import PlanRequest
from oberih.case.reach.weather import fetched_years
from oberih.case.wording import km, stamp
from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid
from oberih.earth.projection import distance_and_azimuth
from oberih.earth.site import Site
from oberih.errors import InputError
from oberih.weather.air import Air
from oberih.weather.boundary_layer import air_from_weather
from oberih.weather.climate import climate_year
from oberih.weather.quality import QualityReport, check_weather, resample_hourly
from oberih.weather.read import read_weather
from oberih.weather.series import Weather

HEIGHTS = (5.0, 30.0, 100.0, 250.0)
"""Release heights of an atlas [m]: a cask in the yard, the buildings' wake, the stack, a plume that has risen."""

FAR_WEATHER = 30e3
"""From this distance on an answer says how far away its weather was taken [m]."""

LAST_HOURS = 48
"""Of a real series: weather that the last releases need to travel through [h]."""


@dataclass(frozen=True)
class Ground:
    """What a story stands on.

    Parameters
    ----------
    weather : Weather
    quality : dict
        What was odd about it.
    air : Air
    plan : AtlasPlan
    """

    weather: Weather
    quality: dict[str, object]
    air: Air
    plan: AtlasPlan


def weather_of(request: PlanRequest, site: Site, *, progress: Progress) -> tuple[Weather, QualityReport]:
    """The hourly weather that a request names: the embedded statistics, a file, or fetched years."""
    if request.weather == "climate":
        if request.mapping is not None:
            raise InputError("maps a file, but none is given", field="--mapping", value=str(request.mapping),
                             cure="give --weather FILE too")  # fmt: skip
        weather = climate_year(site_latitude=site.latitude, site_longitude=site.longitude, seed=request.seed)
        return check_weather(weather)
    years = re.fullmatch(r"open-meteo:(\d{4})(?:-(\d{4}))?", request.weather)
    if years:
        first, last = int(years[1]), int(years[2] or years[1])
        if last < first:
            raise InputError("the last year is before the first", field="--weather", value=request.weather)
        span = tuple(range(first, last + 1))
        raw = fetched_years(site, years=span, cache=request.cache, progress=progress, server=request.server)
    elif request.weather == "open-meteo":
        raise InputError("which years?", field="--weather", value="open-meteo", cure="say open-meteo:2019-2023")
    else:
        raw = _from_file(request, site)
    checked, _ = check_weather(raw)
    return check_weather(resample_hourly(checked))


def _from_file(request: PlanRequest, site: Site) -> Weather:
    path = Path(request.weather)
    if not path.exists():
        raise InputError(
            "no such file, and not a name", field="--weather", value=request.weather,
            cure="give climate, a file, or open-meteo:2019-2023",
        )  # fmt: skip
    if path.is_dir():
        raise InputError(
            "is a folder; one series is wanted", field="--weather", value=request.weather, cure="give one file"
        )
    return read_weather(path, latitude=site.latitude, longitude=site.longitude, mapping=request.mapping)


def settings_of(site: Site) -> PuffSettings:
    """The puff engine's settings at a site."""
    return PuffSettings(building_height=site.building_height, building_width=site.building_width)


FEWEST_HOURS = 24 * 28
"""Of the weather of a plan [h]."""


def ground_of(
    request: PlanRequest, site: Site, *, progress: Progress, fewest: int = FEWEST_HOURS, travel: int = LAST_HOURS
) -> Ground:
    """Weather, air and the plan of the atlas that a request stands on.

    Parameters
    ----------
    request : PlanRequest
    site : Site
    progress : Progress
    fewest : int
        Hours of weather that there must be.
    travel : int
        Last hours of a real series in which nothing is released, so that the last releases travel [h].

    Raises
    ------
    InputError, WeatherRefused
        If the weather cannot be used, or is too short for a plan.
    """
    weather, report = weather_of(request, site, progress=progress)
    air = air_from_weather(weather, roughness_length=site.roughness_length)
    releases = len(air) if air.cyclic else len(air) - travel
    if releases < fewest:
        raise InputError(
            f"{len(air)} hours of weather are too few for a plan", file=weather.attrs.get("file", request.weather),
            field="weather", cure="give four weeks at least, better years; for one event use 'oberih assess'",
        )  # fmt: skip
    plan = AtlasPlan(site.id, air, Grid(), HEIGHTS, settings_of(site), releases)
    return Ground(weather, report.as_dict(), air, plan)


def atlas_path(cache: Path, plan: AtlasPlan) -> Path:
    """Where the atlas of a plan is kept."""
    return cache / "atlas" / f"{plan.site}-{plan.digest[:12]}.zarr"


def atlas_of(ground: Ground, request: PlanRequest, *, progress: Progress) -> Atlas:
    """The atlas, built now or reused.

    Raises
    ------
    StoreError, StoreFull
        If it cannot be built or read.
    """
    workers = request.workers or os.cpu_count() or 1
    scheduler = scheduler_for(workers=workers, address=request.scheduler, said=progress.note)
    counted: list[int] = []

    def told(done: int, total: int) -> None:
        if not counted and done < total:
            hours, heights = ground.plan.releases, len(ground.plan.heights)
            progress.stage(f"atlas: {hours} release hours at {heights} heights", total=total)
        progress.advance(done - (counted[-1] if counted else 0))
        counted.append(done)

    return build(atlas_path(request.cache, ground.plan), ground.plan, scheduler=scheduler, told=told)


def weather_notes(weather: Weather, air: Air, site: Site) -> list[str]:
    """What the reader must know of the weather: its period, its distance, what was not reported."""
    hours = len(air)
    first, last = stamp(air.start), stamp(air.start + int((hours - 1) * air.step))
    notes = []
    if weather.label not in ("climate-statistics weather", "typical year"):
        less = "" if hours >= 8000 else "; less than a year does not hold its seasons"
        notes.append(f"Weather from {first} to {last}, {hours} hours{less}.")
        away, _ = distance_and_azimuth(
            site.latitude,
            site.longitude,
            to_latitude=np.array([weather.latitude]),
            to_longitude=np.array([weather.longitude]),
        )
        apart = max(float(away[0]), float(weather.attrs.get("distance", 0.0)))
        if apart > FAR_WEATHER:
            notes.append(f"The weather is that of a place {km(apart)} km away from the site.")
    unknown = int(air.attrs.get("quality", {}).get("rain_unknown_taken_as_none", 0))
    if unknown:
        share = 100.0 * unknown / hours
        notes.append(
            f"Rain is unknown in {share:.0f} % of the hours and was counted as none: wet deposit is a least value."
        )
    return notes
