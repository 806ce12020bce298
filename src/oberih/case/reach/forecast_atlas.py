"""How does a run of a forecast become an atlas of every hour of release at every height?

Shared by the atlas that stands ready first (`oberih.case.reach.forecast`) and by further courses of the weather
(`oberih.case.reach.forecast_courses`): the same hours, heights and grid, so that courses can be laid on each other.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oberih.atlas.build import build
from oberih.atlas.layout import AtlasPlan, FlowAt, engine_digest
from oberih.atlas.particle_block import flow_name
from oberih.atlas.schedule import scheduler_for
from oberih.atlas.store import Atlas
from oberih.case.progress import Progress, advancing
from oberih.case.reach.atlas_plan import BLOCK_HOURS, GRID
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.ground import HEIGHTS, settings_of
from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.particles.flow_file import save_flow
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.dispersion.particles.unit import ParticleSettings
from oberih.earth.site import Site
from oberih.far.deadline import Deadline, Stop, Stopped
from oberih.far.patience import Patience
from oberih.weather.fields import Fields
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import cut, fields_of_volume
from oberih.weather.volume_air import air_of_fields

__all__ = ["Hands", "asked_of", "built", "fields_of_run", "plan_of"]


@dataclass(frozen=True)
class Hands:
    """What the service meets the world with.

    Parameters
    ----------
    clock : callable
        Gives the present, seconds since 1970.
    progress : Progress
    told : callable
        Told in a line what a duty officer should know.
    patience : Patience or None
        With the server.
    stopped : callable
        Whether to end.
    spent : callable
        Gives the processor time of this process and of its children so far [s].
    """

    clock: Callable[[], int]
    progress: Progress
    told: Callable[[str], None]
    patience: Patience | None = None
    stopped: Callable[[], bool] = field(default=lambda: False)
    spent: Callable[[], float] = field(default=lambda: 0.0)


def asked_of(request: ForecastRequest) -> str:
    """What decides the first atlas besides the run, in a line; further courses are no part of it."""
    return json.dumps({
        "source": request.source, "hours": request.hours, "follow": request.follow, "particles": request.particles,
        "seed": request.seed, "engine": engine_digest(particles=True)[:16],
    }, sort_keys=True)  # fmt: skip


def fields_of_run(paths: Sequence[Path], site: Site, *, first: int, stopped: Stop) -> Fields:
    """The fields of a run from the first release hour to its end.

    Raises
    ------
    InputError, WeatherRefused
        If they cannot be used.
    Stopped
        If ``stopped`` said so while they were read.
    """
    with Deadline(stopped=stopped).held():
        raw = volume_of(tuple(paths))
    cut(raw, start=first, end=int(raw.time[-1]))
    return fields_of_volume(raw, roughness_length=site.roughness_length, label="forecast")


def plan_of(
    request: ForecastRequest, site: Site, fields: Fields, folder: Path, *, releases: int, particles: int
) -> AtlasPlan:
    """What an atlas is built from; the fields as particles meet them are kept beside it, for all workers.

    Parameters
    ----------
    folder : Path
        Of the site's forecast.
    releases : int
        Hours of release, from the fields' first.
    particles : int
        A release hour and height.

    Raises
    ------
    InputError, OutOfRange
        If the fields cannot be kept, or do not hold so many hours.
    """
    air = air_of_fields(fields, latitude=site.latitude, longitude=site.longitude)
    x, y = fields.place(longitude=site.longitude, latitude=site.latitude)
    flow = flow_of_fields(fields)
    kept = save_flow(folder / flow_name(flow.digest), flow)
    where = FlowAt(flow.digest, x, y, site.latitude, site.longitude, str(kept.absolute()))
    settings = ParticleSettings(particles=particles, oldest=float(request.follow * SECONDS_PER_HOUR), seed=request.seed)
    return AtlasPlan(site.id, air, GRID, HEIGHTS, settings_of(site), releases, settings, where, BLOCK_HOURS)


def built(
    request: ForecastRequest, plan: AtlasPlan, folder: Path, *, hands: Hands, stopped: Callable[[], bool], name: str
) -> Atlas:
    """The atlas of a plan, whole: built now, or gone on with.

    Parameters
    ----------
    stopped : callable
        Asked after each task whether to leave the rest for later.
    name : str
        Of the stage.

    Raises
    ------
    Stopped
        If ``stopped`` said so; what is sealed stays.
    InputError, StoreError
        As `oberih.atlas.build.build`.
    """
    tell = advancing(hands.progress, f"{name}: {plan.releases} release hours at {len(plan.heights)} heights")

    def told(done: int, of: int) -> None:
        if stopped():
            raise Stopped
        tell(done, of)

    workers = request.workers or os.cpu_count() or 1
    scheduler = scheduler_for(workers=workers, address=request.scheduler, said=hands.progress.note)
    return build(folder / f"{plan.digest[:12]}.zarr", plan, scheduler=scheduler, told=told)
