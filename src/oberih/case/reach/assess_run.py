"""What does one course of the weather do with a release?

Fields become a flow, the flow an atlas of the release's hours, the atlas doses.  Defines the noun `Stand` (what a
course stands on) and the verbs `stand_of`, `run_of` and `plume_on`.

An atlas holds as few release heights as will do: those that the plume really has, or, where its rise changes much from
hour to hour, rungs of a ladder between which doses are interpolated.
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oberih.atlas.build import build
from oberih.atlas.kernels.rises import rises
from oberih.atlas.layout import AtlasPlan, FlowAt
from oberih.atlas.particle_block import flow_name
from oberih.atlas.schedule import scheduler_for
from oberih.atlas.store import FATES, Atlas
from oberih.atlas.superpose import Source, dose_field, height_weights
from oberih.case.progress import Progress, advancing
from oberih.case.reach.assess_courses import Run, turned
from oberih.case.reach.assess_event import Event
from oberih.case.reach.assess_fields import REACH, Course, FieldSource, covered_of, fields_of
from oberih.case.reach.atlas_plan import BLOCK_HOURS, GRID
from oberih.case.reach.doses import Question, ask
from oberih.case.reach.flow_lease import FlowLease, lease_flow
from oberih.case.reach.ground import HEIGHTS
from oberih.case.reach.plume import FarCells, Plume, axes_of, far_cells, plume_of
from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_file import open_flow
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.dispersion.particles.unit import ParticleSettings
from oberih.dispersion.puffs import PuffSettings, air_table
from oberih.weather.air import Air
from oberih.weather.fields import Fields
from oberih.weather.perturb import sectors_of
from oberih.weather.volume_air import air_of_fields

__all__ = ["Event", "Stand", "forget", "heights_for", "plume_on", "run_of", "stand_of"]

LADDER = (*HEIGHTS, 500.0, 1000.0, 1500.0)
"""Release heights to interpolate between [m]."""

ALIKE = 1.0
"""Heights closer than this are one [m]."""


@dataclass(frozen=True)
class Stand:
    """What a course of the weather stands on.

    Parameters
    ----------
    course : Course
    label, source : str
        Of the weather, as in `oberih.weather.series.Weather`.
    rain_unknown : bool
        Whether the fields do not say where it rains.
    atlas : Atlas
    start : int
        Release hour of the atlas at which the event begins.
    covered : float
        How far the fields reach in every direction [m].
    flow : Path or None
        Folder of the flow, where it is kept.
    far : FarCells or None
        None where the flow is not kept.
    place : (float, float)
        Of the site in the flow's cells.
    derived : tuple of str
        What of the fields was derived, and how.
    grid : str
        The fields' grid, for people.
    settings : ParticleSettings
    lease : FlowLease or None
        Of the flow, where this event keeps it.
    ends : int or None
        Where the fields end before the last hour of release was followed to its end: when [s since 1970].
    """

    course: Course
    label: str
    source: str
    rain_unknown: bool
    atlas: Atlas
    start: int
    covered: float
    flow: Path | None
    far: FarCells | None
    place: tuple[float, float]
    derived: tuple[str, ...]
    grid: str
    settings: ParticleSettings
    lease: FlowLease | None = None
    ends: int | None = None


def stand_of(event: Event, source: FieldSource, course: Course, *, progress: Progress, name: str) -> Stand:
    """Read the fields of a course and build its atlas, or take the one that was built before.

    Parameters
    ----------
    event : Event
    source : FieldSource
    course : Course
    progress : Progress
    name : str
        Of the stage, as ``course 3 of 20``.

    Raises
    ------
    InputError, WeatherRefused
        If the fields cannot be used, or do not cover the site or the release.
    StoreError
        If a store fails.
    """
    request, site = event.request, event.site
    progress.stage(f"fields{name}")
    fields = fields_of(source, course, site, start=request.at, hours=event.hours, follow=request.hours)
    here = {"latitude": site.latitude, "longitude": site.longitude}
    place = fields.place(longitude=site.longitude, latitude=site.latitude)
    air = _from(air_of_fields(fields, **here), request.at, event.hours)
    flow = flow_of_fields(fields)
    settings = ParticleSettings(
        particles=request.particles, oldest=float(request.hours * SECONDS_PER_HOUR), seed=request.seed
    )  # fmt: skip
    lease = lease_flow(request.cache / "events" / flow_name(flow.digest), flow)
    try:
        atlas = _built(event, course, air, FlowAt(
            flow.digest, *place, here["latitude"], here["longitude"], str(lease.folder.absolute())
        ), settings, progress=progress, name=name)  # fmt: skip
    except BaseException:
        lease.let_go()
        raise
    axes = axes_of(fields)
    return Stand(
        course, air.label, air.source, bool(air.attrs.get("rain_unknown")), atlas, 0, covered_of(axes, **here),
        lease.folder, far_cells(axes, **here, reach=REACH, depth=settings.depth), place, fields.derived,
        _grid(fields), settings, lease, ends_early(flow, event, settings),
    )  # fmt: skip


def ends_early(flow: Flow, event: Event, settings: ParticleSettings) -> int | None:
    """When fields end, if that is before the last hour of the release was followed to its end; steady air does not."""
    due = event.request.at + event.hours * SECONDS_PER_HOUR + settings.oldest
    return int(flow.end) if flow.end < due else None


def _built(
    event: Event, course: Course, air: Air, flow: FlowAt, settings: ParticleSettings, *,
    progress: Progress, name: str,
) -> Atlas:  # fmt: skip
    """The atlas of a course, built now or before."""
    request = event.request
    plan = _plan(event, course, air, flow, settings)
    progress.stage(
        f"particles{name}: {event.hours} release hours at {len(plan.heights)} heights, followed for {request.hours} h",
        total=len(plan.tasks),
    )  # fmt: skip
    scheduler = scheduler_for(workers=request.workers or os.cpu_count() or 1)
    path = request.cache / "events" / f"{plan.digest[:16]}.zarr"
    return build(path, plan, scheduler=scheduler, told=advancing(progress))


def run_of(event: Event, stand: Stand) -> Run:
    """Doses of a course, and where each criterion's is reached."""
    turn = sectors_of(stand.course.by, stand.atlas.grid.sectors)
    questions = [_asked(q, stand) for q in event.questions]
    exceeded = [[turned(e, turn) for e in one] for one in ask(stand.atlas, questions)]
    doses = [
        np.roll(dose_field(stand.atlas, q.asked.source, start=stand.start), turn, axis=-1) for q in questions
    ]  # fmt: skip
    hours = slice(stand.start, stand.start + event.hours)
    fate = dict(zip(FATES, stand.atlas.balance[hours, :, 1].mean(axis=(0, 1)).tolist(), strict=True))
    return Run(stand.course, exceeded, doses, fate)


def plume_on(event: Event, stand: Stand, nuclides: Sequence[str], *, progress: Progress) -> Plume | None:
    """The hourly plume of the first question's release; None where the flow is not kept."""
    if stand.flow is None or stand.far is None:
        return None
    term = event.questions[0].released.source_term
    kind, weights = height_weights(stand.atlas, _asked(event.questions[0], stand).asked.source)
    hours = stand.start + np.arange(term.hours)
    return plume_of(
        open_flow(stand.flow), term, nuclides=nuclides, start=int(stand.atlas.times[stand.start]), place=stand.place,
        latitude=event.site.latitude, longitude=event.site.longitude, heights=stand.atlas.heights,
        shares=weights[kind, hours], grid=stand.atlas.grid, far=stand.far, settings=stand.settings,
        threads=event.request.workers or os.cpu_count() or 1,
        told=advancing(progress, "plume, hour by hour"),
    )  # fmt: skip


def forget(stand: Stand) -> None:
    """Let go of the flow of a course that is done with: it is large, and made again from its files."""
    if stand.lease is not None:
        stand.lease.let_go()


def _asked(question: Question, stand: Stand) -> Question:
    """The question of this course: its release at the perturbed height, its start in the atlas."""
    asked, by = question.at_hour(stand.start), stand.course.by
    if by.height == 1.0:
        return asked
    source = dataclasses.replace(asked.asked.source, height=asked.asked.source.height * by.height)
    return dataclasses.replace(asked, asked=dataclasses.replace(asked.asked, source=source))


def _plan(event: Event, course: Course, air: Air, flow: FlowAt, settings: ParticleSettings) -> AtlasPlan:
    factor = course.by.height
    sources = [dataclasses.replace(q.asked.source, height=q.asked.source.height * factor) for q in event.questions]
    return AtlasPlan(
        event.site.id, air, GRID, heights_for(air, sources), PuffSettings(), event.hours, particles=settings, flow=flow,
        block_hours=BLOCK_HOURS,
    )  # fmt: skip


def heights_for(air: Air, sources: Sequence[Source]) -> tuple[float, ...]:
    """Heights that an atlas must hold for these releases [m], increasing."""
    table = air_table(air)
    wanted: list[float] = []
    for source in sources:
        for hour, (height, heat) in enumerate(zip(source.height.tolist(), source.heat.tolist(), strict=True)):
            row = table[hour : hour + 1]
            rise = 0.0
            if heat > 0.0 or source.exit_velocity > 0.0:
                rise = float(rises(row, air.wind_height, air.roughness_length, heat, source.exit_velocity,
                                   source.exit_diameter, height)[0])  # fmt: skip
            wanted.append(min(max(height + rise, 1.0), LADDER[-1]))
    distinct: list[float] = []
    for height in sorted(wanted):
        if not distinct or height - distinct[-1] > ALIKE:
            distinct.append(round(height, 3))
    rungs = np.asarray(LADDER)
    upper = np.clip(np.searchsorted(rungs, distinct), 1, len(rungs) - 1)
    bracketing = sorted({float(rungs[i]) for u in upper for i in (u - 1, u)})
    return tuple(distinct if len(distinct) <= len(bracketing) else bracketing)


def _from(air: Air, at: int, hours: int) -> Air:
    """The air of the release's hours and one more, the first of them that of the release; steady air is repeated."""
    index = np.arange(hours + 1) + int((at - air.start) // SECONDS_PER_HOUR)
    if air.cyclic:
        index = np.zeros(hours + 1, dtype=np.int64)
    index = np.clip(index, 0, len(air) - 1)
    return dataclasses.replace(air.part(index, start=at), cyclic=False)


def _grid(fields: Fields) -> str:
    """The fields' grid, for people."""
    size = f"{len(fields.x)} x {len(fields.y)} cells"
    if fields.geographic:
        size += f" of {fields.x[1] - fields.x[0]:.3g}°"
    times = len(fields.time)
    return size + (", held still" if times == 1 else f", {times} times, every {fields.step / SECONDS_PER_HOUR:g} h")
