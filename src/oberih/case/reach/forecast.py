"""What would a release of the coming hours do, answered before it is asked?

Fetches the newest whole run of a forecast, makes of it the fields of the air around the site, and of these an atlas of
particles: every hour of release at every height.  It is published when it is whole, in place of the one before; a build
that was killed is gone on with while its run is still the newest, else dropped.  Runs are never mixed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from oberih.atlas.layout import AtlasPlan
from oberih.atlas.particle_block import flow_name
from oberih.case.progress import Progress
from oberih.case.reach import forecast_state as state
from oberih.case.reach.forecast_atlas import Hands, asked_of, built, fields_of_run, plan_of
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.forecast_state import Begun, ReadyAtlas, ready
from oberih.case.reach.telling import telling
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.site import Site, load_site
from oberih.errors import InputError
from oberih.far.patience import Patience
from oberih.weather.fields import Fields
from oberih.weather.live import KeptRun, fetch_run

__all__ = ["ready", "refresh"]

BACK = 6
"""Releases that began so long ago are answered too, if the run reaches back so far [h]."""


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
    hands = Hands(clock, progress, told, patience, stopped)
    folder = state.folder_of(request.cache, site.id)
    run = _fetched(request, site, now=now, hands=hands)
    asked = asked_of(request)
    stands = _standing(folder, asked)
    if stands is not None and stands.run >= run.run and not _runs_out(stands, run, request, now=now):
        told(f"{run.title}, run {stamp(run.run)}: its atlas stands ready already")
        return stands
    told(f"{run.title}, run {stamp(run.run)}: {run.messages} messages checked; fields to {stamp(run.end)}")
    for words in run.lacks:
        told(f"lacking: {words}")
    first = _first(folder, run, asked, now=now)
    entry = _built(request, site, run, first, folder, hands=hands, now=now)
    courses = next((e.courses for e in state.entries_of(folder) if e.digest == entry.digest), ())  # it was mended
    entry = replace(entry, asked=asked, made_at=clock(), courses=courses)
    state.publish(folder, entry)
    state.clear_away(folder, besides=())
    released = f"releases from {stamp(entry.first)} to {stamp(entry.last + SECONDS_PER_HOUR)}"
    told(f"ready: {released}, weather to {stamp(entry.until)}")
    return entry


def _fetched(request: ForecastRequest, site: Site, *, now: int, hands: Hands) -> KeptRun:
    return fetch_run(
        request.source, latitude=site.latitude, longitude=site.longitude, hours=request.hours + request.follow,
        cache=request.cache / "live", now=now, server=request.server, told=telling(hands.progress),
        patience=hands.patience, stopped=hands.stopped,
    )  # fmt: skip


def _standing(folder: Path, asked: str) -> ReadyAtlas | None:
    """What stands ready and is whole, of just this question."""
    entry = next(iter(state.entries_of(folder)), None)
    return entry if entry is not None and entry.asked == asked and state.is_whole(entry) else None


def _runs_out(stands: ReadyAtlas, run: KeptRun, request: ForecastRequest, *, now: int) -> bool:
    """Whether what stands ready is more than half used up, and the same run could answer for longer."""
    left = stands.last + SECONDS_PER_HOUR - now
    return left < request.hours * SECONDS_PER_HOUR // 2 and run.run == stands.run and run.end > stands.until


def _first(folder: Path, run: KeptRun, asked: str, *, now: int) -> int:
    """First release hour: that of the build that was begun of this run, else some hours ago.

    What was begun of another run, or under another question, is let go.
    """
    begun = state.begun_of(folder)
    if begun is not None and (begun.source, begun.run, begun.asked) == (run.source, run.run, asked):
        return begun.first
    state.clear_away(folder, besides=())
    stride = 3 * SECONDS_PER_HOUR
    first = run.start + max(now - BACK * SECONDS_PER_HOUR - run.start, 0) // stride * stride
    state.keep_begun(folder, Begun(run.source, run.run, first, asked, now))
    return first


def _built(
    request: ForecastRequest, site: Site, run: KeptRun, first: int, folder: Path, *, hands: Hands, now: int
) -> ReadyAtlas:
    hands.progress.stage("fields of the air")
    fields = fields_of_run(run.paths, site, first=first, stopped=hands.stopped)
    releases = _releases(request, run, fields, folder)
    plan = plan_of(request, site, fields, folder, releases=releases, particles=request.particles)
    atlas = built(request, plan, folder, hands=hands, stopped=hands.stopped, name="atlas")
    hands.progress.done()
    until = int(fields.time[-1])
    last = int(atlas.times[-1])
    return ReadyAtlas(
        atlas.path, atlas.digest, run.source, run.title, run.run, int(atlas.times[0]), last, until, now,
        tuple(_lacks(request, run, plan, until, now)), request.particles, run.digest, derived=fields.derived,
        fields=tuple(str(p.absolute()) for p in run.paths),
        flow=flow_name(plan.flow.digest) if plan.flow else "",
    )  # fmt: skip


def _releases(request: ForecastRequest, run: KeptRun, fields: Fields, folder: Path) -> int:
    """How many hours of release are answered.

    Raises
    ------
    InputError
        If the run gives none.
    """
    end, first = int(fields.time[-1]), int(fields.time[0])
    begun = state.begun_of(folder)
    since = begun.since if begun is not None else first
    wanted = since // SECONDS_PER_HOUR + request.hours - first // SECONDS_PER_HOUR
    releases = min(wanted, (end - first) // SECONDS_PER_HOUR)
    if releases < 1:
        raise InputError("gives no hour of weather from now on", field="--source", value=run.source,
                         cure="give another source, or wait for its next run")  # fmt: skip
    return releases


def _lacks(request: ForecastRequest, run: KeptRun, plan: AtlasPlan, until: int, now: int) -> list[str]:
    """What a reader must know that the atlas does not hold."""
    lacks = list(run.lacks)
    first = plan.air.start
    whole = max(0, (until - first) // SECONDS_PER_HOUR - request.follow)
    if whole < plan.releases:
        lacks.append(
            f"releases from {stamp(first + whole * SECONDS_PER_HOUR)} on are followed for less than "
            f"{request.follow} h: the weather ends at {stamp(until)}"
        )
    short = now // SECONDS_PER_HOUR + request.hours - first // SECONDS_PER_HOUR - plan.releases
    if short > 0:
        lacks.append(f"the last {short} of {request.hours} h are not answered: the run ends before them")
    return lacks
