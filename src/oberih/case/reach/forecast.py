"""What would a release of the coming hours do, answered before it is asked?

Fetches the newest whole run of a forecast, makes of it the fields of the air around the site, and of these an atlas of
particles: every hour of release at every height.  It is published when it is whole, in place of the one before; a build
that was killed is gone on with while its run is still the newest, else dropped.  Runs are never mixed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from oberih.atlas.build import build
from oberih.atlas.layout import AtlasPlan, FlowAt, engine_digest
from oberih.atlas.schedule import scheduler_for
from oberih.case.progress import Progress, advancing
from oberih.case.reach import forecast_state as state
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.forecast_state import Begun, ReadyAtlas, ready
from oberih.case.reach.ground import HEIGHTS, settings_of
from oberih.case.reach.telling import telling
from oberih.case.wording import stamp
from oberih.dispersion.particles.flow_file import save_flow
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.dispersion.particles.unit import ParticleSettings
from oberih.earth.grid import Grid
from oberih.earth.site import Site, load_site
from oberih.errors import InputError, OberihError
from oberih.weather.fetch import Patience
from oberih.weather.fields import Fields
from oberih.weather.live import KeptRun, fetch_run
from oberih.weather.live.server import Stopped
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import cut, fields_of_volume
from oberih.weather.volume_air import air_of_fields

__all__ = ["GRID", "ready", "refresh"]

GRID = Grid(rings=94, sectors=72, outer_radius=1000e3)
"""As fine near the site as an atlas of puffs, and out to 1,000 km."""

BACK = 6
"""Releases that began so long ago are answered too, if the run reaches back so far [h]."""

BLOCK_HOURS = 6
"""Release hours of a task: a build that is killed loses little, and many workers have something to do."""

HOUR = 3600


def refresh(
    request: ForecastRequest, *, clock: Callable[[], int], progress: Progress, told: Callable[[str], None],
    patience: Patience | None = None, stopped: Callable[[], bool] = lambda: False,
) -> ReadyAtlas:  # fmt: skip
    """Take up the newest run, if it is newer than what stands ready, and publish its atlas.

    Parameters
    ----------
    request : ForecastRequest
    clock : callable
        Gives the present, seconds since 1970.
    progress : Progress
    told : callable
        Told in a line what a duty officer should know.
    patience : Patience, optional
        With the server.
    stopped : callable, optional
        Whether to give up fetching at once.

    Returns
    -------
    ReadyAtlas
        What stands ready now.

    Raises
    ------
    SourceUnavailable
        If no run can be had; what stood ready still stands.
    InputError, StoreError
        As for an atlas.
    Stopped
        If ``stopped`` said so; what is begun is gone on with.
    """
    site, now = load_site(request.site), clock()
    folder = state.folder_of(request.cache, site.id)
    run = _fetched(request, site, now=now, progress=progress, patience=patience, stopped=stopped)
    asked = _asked(request)
    stands = _standing(folder, asked)
    if stands is not None and stands.run >= run.run and not _runs_out(stands, run, request, now=now):
        told(f"{run.title}, run {stamp(run.run)}: its atlas stands ready already")
        return stands
    told(f"{run.title}, run {stamp(run.run)}: {run.messages} messages checked; fields to {stamp(run.end)}")
    for words in run.lacks:
        told(f"lacking: {words}")
    first = _first(folder, run, asked, now=now)
    entry = _built(request, site, run, first, folder, progress=progress, now=now, stopped=stopped)
    entry = replace(entry, asked=asked, made_at=clock())
    state.publish(folder, entry)
    state.clear_away(folder, besides=())
    told(f"ready: releases from {stamp(entry.first)} to {stamp(entry.last + HOUR)}, weather to {stamp(entry.until)}")
    return entry


def _fetched(
    request: ForecastRequest, site: Site, *, now: int, progress: Progress, patience: Patience | None,
    stopped: Callable[[], bool],
) -> KeptRun:  # fmt: skip
    return fetch_run(
        request.source, latitude=site.latitude, longitude=site.longitude, hours=request.hours + request.follow,
        cache=request.cache / "live", now=now, server=request.server, told=telling(progress), patience=patience,
        stopped=stopped,
    )  # fmt: skip


def _asked(request: ForecastRequest) -> str:
    """What decides the atlas besides the run, in a line."""
    return json.dumps({
        "source": request.source, "hours": request.hours, "follow": request.follow, "particles": request.particles,
        "seed": request.seed, "engine": engine_digest(particles=True)[:16],
    }, sort_keys=True)  # fmt: skip


def _standing(folder: Path, asked: str) -> ReadyAtlas | None:
    """What stands ready and is whole, of just this question."""
    for entry in state.entries_of(folder)[:1]:
        try:
            state.opened(entry)
        except OberihError:
            return None
        return entry if entry.asked == asked else None
    return None


def _runs_out(stands: ReadyAtlas, run: KeptRun, request: ForecastRequest, *, now: int) -> bool:
    """Whether what stands ready is more than half used up, and the same run could answer for longer."""
    left = stands.last + HOUR - now
    return left < request.hours * HOUR // 2 and run.run == stands.run and run.end > stands.until


def _first(folder: Path, run: KeptRun, asked: str, *, now: int) -> int:
    """First release hour: that of the build that was begun of this run, else some hours ago.

    What was begun of another run, or under another question, is let go.
    """
    begun = state.begun_of(folder)
    if begun is not None and (begun.source, begun.run, begun.asked) == (run.source, run.run, asked):
        return begun.first
    state.clear_away(folder, besides=())
    stride = 3 * HOUR
    first = run.start + max(now - BACK * HOUR - run.start, 0) // stride * stride
    state.keep_begun(folder, Begun(run.source, run.run, first, asked, now))
    return first


def _built(
    request: ForecastRequest, site: Site, run: KeptRun, first: int, folder: Path, *, progress: Progress, now: int,
    stopped: Callable[[], bool],
) -> ReadyAtlas:  # fmt: skip
    progress.stage("fields of the air")
    raw = volume_of(run.paths)
    cut(raw, start=first, end=int(raw.time[-1]))
    fields = fields_of_volume(raw, roughness_length=site.roughness_length, label="forecast")
    plan = _plan(request, site, run, fields, folder)
    path = folder / f"{plan.digest[:12]}.zarr"
    tell = advancing(progress, f"atlas: {plan.releases} release hours at {len(plan.heights)} heights")

    def told(done: int, of: int) -> None:
        if stopped():
            raise Stopped
        tell(done, of)

    workers = request.workers or os.cpu_count() or 1
    scheduler = scheduler_for(workers=workers, address=request.scheduler, said=progress.note)
    atlas = build(path, plan, scheduler=scheduler, told=told)
    progress.done()
    until = int(fields.time[-1])
    last = int(atlas.times[-1])
    return ReadyAtlas(
        path, atlas.digest, run.source, run.title, run.run, int(atlas.times[0]), last, until, now,
        tuple(_lacks(request, run, plan, until, now)), request.particles, run.digest, derived=fields.derived,
        fields=tuple(str(p.absolute()) for p in run.paths),
        flow=f"flow-{plan.flow.digest[:16]}" if plan.flow else "",
    )  # fmt: skip


def _plan(request: ForecastRequest, site: Site, run: KeptRun, fields: Fields, folder: Path) -> AtlasPlan:
    """What the atlas is built from; the fields are kept beside it, for all workers."""
    air = air_of_fields(fields, latitude=site.latitude, longitude=site.longitude)
    x, y = fields.place(longitude=site.longitude, latitude=site.latitude)
    flow = flow_of_fields(fields)
    kept = save_flow(folder / f"flow-{flow.digest[:16]}", flow)
    where = FlowAt(flow.digest, x, y, site.latitude, site.longitude, str(kept.absolute()))
    end, first = int(fields.time[-1]), int(fields.time[0])
    begun = state.begun_of(folder)
    since = begun.since if begun is not None else first
    wanted = since // HOUR + request.hours - first // HOUR
    releases = min(wanted, (end - first) // HOUR)
    if releases < 1:
        raise InputError("gives no hour of weather from now on", field="--source", value=run.source,
                         cure="give another source, or wait for its next run")  # fmt: skip
    particles = ParticleSettings(particles=request.particles, oldest=float(request.follow * HOUR), seed=request.seed)
    return AtlasPlan(
        site.id, air, GRID, HEIGHTS, settings_of(site), int(releases), particles, where, BLOCK_HOURS
    )  # fmt: skip


def _lacks(request: ForecastRequest, run: KeptRun, plan: AtlasPlan, until: int, now: int) -> list[str]:
    """What a reader must know that the atlas does not hold."""
    lacks = list(run.lacks)
    first = plan.air.start
    whole = max(0, (until - first) // HOUR - request.follow)
    if whole < plan.releases:
        lacks.append(
            f"releases from {stamp(first + whole * HOUR)} on are followed for less than {request.follow} h: "
            f"the weather ends at {stamp(until)}"
        )
    short = now // HOUR + request.hours - first // HOUR - plan.releases
    if short > 0:
        lacks.append(f"the last {short} of {request.hours} h are not answered: the run ends before them")
    return lacks
