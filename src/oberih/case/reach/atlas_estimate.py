"""What would it cost to build an atlas, and how long would N workers take?

Nothing is built, nothing is fetched, nobody is asked for consent; a scheduler that is named is asked
how many workers it has.  A few blocks are really computed on this machine and thrown away; the rest
is counted up.
"""

from __future__ import annotations

import dataclasses
import os
import platform
import re
import tempfile
from calendar import isleap
from datetime import date
from pathlib import Path

import httpx

from oberih.atlas.cluster import workers_at
from oberih.atlas.coverage import Coverage
from oberih.atlas.estimate import HAND_OUT, START, Cost, cost_of
from oberih.atlas.layout import AtlasPlan
from oberih.atlas.remote import store_at
from oberih.atlas.remote_seals import FarAtlas
from oberih.atlas.store import open_atlas
from oberih.case.progress import Progress
from oberih.case.reach.atlas_build import far_url
from oberih.case.reach.atlas_plan import plan_of
from oberih.case.reach.atlas_request import CLIMATE, AtlasRequest
from oberih.case.reach.atlas_sheets import coverage_here, coverage_there
from oberih.case.reach.ground import LAST_HOURS, atlas_path
from oberih.case.sheet import Sheet
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.site import Site, load_site
from oberih.errors import InputError, OberihError, SourceUnavailable
from oberih.far.patience import Patience
from oberih.weather.fetch import fetch_open_meteo

__all__ = ["estimate"]

WORKERS = (1, 2, 4, 8, 16, 32, 64)
"""For which the time is told."""

_YEARS = re.compile(r"open-meteo:(\d{4})(?:-(\d{4}))?")


def estimate(request: AtlasRequest, *, progress: Progress) -> Sheet:
    """State what an atlas would cost, from blocks really computed on this machine.

    Raises
    ------
    InputError, WeatherRefused
        If the site or the weather cannot be used.
    """
    site = load_site(request.site)
    with tempfile.TemporaryDirectory(prefix="oberih-estimate-") as folder:
        return _estimated(request, site, Path(folder), progress)


def _estimated(request: AtlasRequest, site: Site, folder: Path, progress: Progress) -> Sheet:
    plan, stands_in = _plan(request, site, folder, progress)
    sample = plan
    if plan.flow is not None:
        sample = dataclasses.replace(
            plan, flow=dataclasses.replace(plan.flow, folder=os.fspath(folder / plan.flow.folder))
        )
    progress.stage("blocks really computed, and thrown away", total=4)
    seen: list[int] = []

    def told(done: int, total: int) -> None:
        progress.advance(done - len(seen))
        seen.append(done)

    cost = cost_of(sample, told=told)
    progress.done()
    releases = plan.releases if stands_in is None else stands_in
    if stands_in is not None:
        tasks = -(-releases // cost.block_hours) * len(plan.heights)
        cost = dataclasses.replace(cost, releases=releases, tasks=tasks)
    there = None if stands_in is not None else _there(request, plan)
    return _sheet(request, site, plan, cost, there, stands_in is not None)


def _plan(request: AtlasRequest, site: Site, folder: Path, progress: Progress) -> tuple[AtlasPlan, int | None]:
    """The plan, and the release hours it stands in for if its weather is not at hand."""
    years = _YEARS.fullmatch(request.weather[0])
    span = range(int(years[1]), int(years[2] or years[1]) + 1) if years else range(0)
    if not span or _at_hand(request, site, span):
        return plan_of(request, site, flows=folder, progress=progress), None
    stand_in = dataclasses.replace(request, weather=(CLIMATE,))
    return plan_of(stand_in, site, flows=folder, progress=progress), 24 * sum(
        365 + isleap(year) for year in span
    ) - LAST_HOURS


def _at_hand(request: AtlasRequest, site: Site, span: range) -> bool:
    """Whether all those years are kept in the cache; the network is not asked."""

    def silent(asked: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("an estimate asks nobody", request=asked)

    folder = request.cache / "weather"
    if not folder.is_dir():
        return False
    try:
        fetch_open_meteo(
            site.latitude, site.longitude, start_date=date(span[0], 1, 1), end_date=date(span[-1], 12, 31),
            cache_dir=folder, base_url=request.server, transport=httpx.MockTransport(silent),
            patience=Patience(attempts=1),
        )  # fmt: skip
    except SourceUnavailable:
        return False
    return True


def _there(request: AtlasRequest, plan: AtlasPlan) -> Coverage | None:
    """What is sealed of it already, in the cache or in the store."""
    try:
        if request.store is not None:
            return coverage_there(FarAtlas.at(store_at(far_url(request.store, plan))))
        return coverage_here(open_atlas(atlas_path(request.cache, plan), complete=False))
    except OberihError:
        return None


def _sheet(
    request: AtlasRequest, site: Site, plan: AtlasPlan, cost: Cost, there: Coverage | None, stands_in: bool
) -> Sheet:
    low, high = min(cost.seconds), max(cost.seconds)
    begun = [] if there is None else [("of it sealed already", f"{len(there.sealed)} of {there.tasks} blocks")]
    notes = [
        f"extrapolated from {len(cost.seconds)} of {cost.tasks} blocks, really computed here just now; "
        f"a block took {low:.2g} to {high:.2g} s, other weather takes more or less",
        f"time of N workers is a model: {START:g} s + max(⌈blocks / N⌉ × seconds a block, blocks × {HAND_OUT:g} s); "
        "every worker alone on a core like this one, a store no slower than the workers",
    ]
    if stands_in:
        notes.insert(0, "these years are not in the cache, and an estimate fetches nothing: the blocks are of the "
                        "embedded climate statistics, the number of hours is that of the years")  # fmt: skip
    here, workers = _workers(request)
    return Sheet(
        f"Cost of an atlas of {site.name}: an estimate, nothing is built",
        facts=(
            ("weather", ", ".join(request.weather)),
            ("engine", _engine(plan)),
            ("release hours", str(cost.releases)),
            ("heights", ", ".join(f"{h:g} m" for h in plan.heights)),
            ("grid", f"{plan.grid.rings} rings × {plan.grid.sectors} sectors to {plan.grid.outer_radius / 1e3:g} km"),
            ("tasks", f"{cost.tasks} blocks of {cost.block_hours} release hours at one height"),
            *begun,
            ("processor time",
             f"{cost.processor_seconds / SECONDS_PER_HOUR:.2g} CPU-hours ({cost.task:.2g} s a block)"),
            ("disk", f"{cost.bytes / 2**20:.3g} MiB in {cost.all_files} files"),
            ("target", far_url(request.store, plan) if request.store and not stands_in else request.store or
             os.fspath(request.cache / "atlas")),
            ("measured on", _machine()),
            ("workers", here),
        ),
        columns=("workers", "time"),
        rows=tuple((str(n), _duration(cost.wall(n))) for n in sorted({*WORKERS, *workers})),
        notes=tuple(notes),
    )  # fmt: skip


def _engine(plan: AtlasPlan) -> str:
    if plan.particles is None:
        return "puffs"
    hours = plan.particles.oldest / SECONDS_PER_HOUR
    return f"particles, {plan.particles.particles} a release hour, followed for {hours:g} h"


def _workers(request: AtlasRequest) -> tuple[str, list[int]]:
    """Who would do it now."""
    if request.scheduler is None:
        count = request.workers or os.cpu_count() or 1
        return f"{count} processes of this machine", [count]
    try:
        count = workers_at(request.scheduler)
    except InputError as error:
        return f"unknown: {error.message}", []
    return f"{count} at {request.scheduler} now", [count] if count else []


def _machine() -> str:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    return f"{platform.node()}, {platform.machine()}, {os.cpu_count()} cores, load {load:.1f}"


def _duration(seconds: float) -> str:
    if seconds < 100.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000.0 else f"{seconds / SECONDS_PER_HOUR:.1f} h"
