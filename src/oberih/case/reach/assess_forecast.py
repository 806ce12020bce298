"""Does a forecast that was computed before answer for this event?

``oberih forecast`` keeps an atlas of the coming hours ready; an event within it is answered without a particle being
moved.  Its particles, seed and hours are those that it was built with.  Where further courses of the weather stand
ready beside it, of the same run, the answer holds all of them, or those that are asked for.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

from oberih.atlas.particle_block import flow_folder
from oberih.atlas.store import Atlas, open_atlas
from oberih.case.reach.assess_fields import REACH, Course, FieldSource, covered_of, members_asked
from oberih.case.reach.assess_run import Event, Stand, ends_early
from oberih.case.reach.assess_source import ENSEMBLE
from oberih.case.reach.forecast_course import ReadyCourse
from oberih.case.reach.forecast_state import ReadyAtlas, entries_of, folder_of, ready, standing
from oberih.case.reach.forecast_told import kind_of
from oberih.case.reach.plume import axes_of_flow, far_cells
from oberih.case.reach.request import AssessRequest
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.particles.flow_file import open_flow
from oberih.dispersion.particles.unit import ParticleSettings
from oberih.errors import InputError, StoreError

__all__ = ["FORECAST", "stand_ready"]

FORECAST = "forecast"


def stand_ready(event: Event) -> tuple[FieldSource, tuple[Stand, ...]]:
    """The forecast that stands ready for an event: the first course, and those beside it that are asked for.

    Raises
    ------
    InputError
        If none does, or more is asked of it than it holds.
    StoreError
        If what stands there cannot be read.
    """
    request, site = event.request, event.site
    found = ready(request.cache, site.id, request.at, event.hours)
    if found is None or not found.holds(request.at, event.hours):
        raise InputError(
            f"no forecast stands ready for {event.hours} h of release from {stamp(request.at)}", field="--weather",
            value=FORECAST, cure=_cure(event, found),
        )  # fmt: skip
    whole = standing(found)
    chosen = _chosen(event.request, found, [course for course, _ in whole])
    first = _stand(event, found, open_atlas(found.path))
    others = [
        dataclasses.replace(first, course=Course(c.name, c.member, c.by), atlas=atlas, flow=None, far=None)
        for c, atlas in whole if c in chosen
    ]  # fmt: skip
    inputs = {"messages of the forecast": found.run_digest}
    for course in chosen:
        inputs |= {f"atlas of {course.name}": course.digest}
        inputs |= {} if course.member is None else {f"messages of {course.name}": course.run_digest}
    notes = [f"Fields: {found.title}, run of {stamp(found.run)}, ready since {stamp(found.made_at)}."]
    notes += [f"The run lacks: {'; '.join(found.lacks)}."] if found.lacks else []
    notes += _course_notes(found, whole=len(whole), chosen=chosen)
    return FieldSource((), inputs, "forecast", tuple(notes)), (first, *others)


def _chosen(request: AssessRequest, found: ReadyAtlas, whole: list[ReadyCourse]) -> list[ReadyCourse]:
    """Those of the further courses that an answer holds: all that stand, unless some are asked for.

    Raises
    ------
    InputError
        If one is asked for that does not stand ready.
    """
    if request.members is not None and request.perturbed is not None:
        raise InputError("members and perturbed courses are two things", field="--perturbed", value=request.perturbed,
                         cure="ask for one of them")  # fmt: skip
    if request.perturbed is not None:
        drawn = [course for course in whole if course.member is None]
        if len(drawn) < request.perturbed - 1:
            raise _not_ready("--perturbed", request.perturbed, found, whole)
        return drawn[: request.perturbed - 1]
    if request.members is not None:
        by_number = {course.member: course for course in whole if course.member is not None}
        every = request.members == "all"
        asked = tuple(by_number) if every else members_asked(request.members, ENSEMBLE)
        if not asked or not set(asked) <= set(by_number):
            raise _not_ready("--members", request.members, found, whole)
        return [course for number, course in by_number.items() if number in asked]
    return whole


def _not_ready(option: str, value: object, found: ReadyAtlas, whole: list[ReadyCourse]) -> InputError:
    names = ", ".join(["the weather as forecast", *(course.name for course in whole)])
    return InputError(
        f"of run {stamp(found.run)} there stand ready: {names}", field=option, value=value,
        cure=f"leave {option} out, and all that stand ready answer, or name the source, as --weather gfs",
    )  # fmt: skip


def _course_notes(found: ReadyAtlas, *, whole: int, chosen: list[ReadyCourse]) -> list[str]:
    """How many of how many courses stand ready, of which kind; what is missing, and how noisy they are."""
    if not found.wanted and not whole:
        return []
    of = 1 + max(len(found.wanted), whole)
    kind = "members of the ensemble" if kind_of(found) == "members" else "courses perturbed around it"
    notes = [f"Courses of the weather: {1 + whole} of {of} stand ready, all of this run: the weather as forecast and "
             f"{whole} {kind}; this answer holds {1 + len(chosen)}."]  # fmt: skip
    notes += [f"Missing, when last tried: {'; '.join(found.missing)}."] if found.missing else []
    if fewer := sorted({course.particles for course in chosen if course.particles < found.particles}):
        times = (found.particles / fewer[0]) ** 0.5
        notes.append(f"Further courses have {fewer[0]} particles for each hour of release where the first has "
                     f"{found.particles}: their noise, which falls as the root of their number, is some "
                     f"{times:.2g} times the one told.")  # fmt: skip
    return notes


def _cure(event: Event, found: ReadyAtlas | None) -> str:
    """What to do where no forecast answers: the same command helps nobody whose forecast is too short."""
    request = event.request
    name_it = "or name a source, as --weather gfs"
    kept = found or next(iter(entries_of(folder_of(request.cache, event.site.id))), None)
    if kept is None:
        return f"run 'oberih forecast {request.site} --once', {name_it}"
    return (f"what stands ready holds releases from {stamp(kept.first)} to {stamp(kept.last + SECONDS_PER_HOUR)}: keep "
            f"more with --hours of 'oberih forecast', {name_it}")  # fmt: skip


def _stand(event: Event, found: ReadyAtlas, atlas: Atlas) -> Stand:
    where = atlas.facts["flow"]
    settings = ParticleSettings(**atlas.facts["particles"])
    here = {"latitude": where["latitude"], "longitude": where["longitude"]}
    folder = _flow(found.path)
    covered, far, ends, grid = REACH, None, None, f"kept by 'oberih forecast' until {stamp(found.until)}"
    if folder is not None:
        flow = open_flow(folder)
        ends = ends_early(flow, event, settings)
        axes = axes_of_flow(flow, x=where["x"], y=where["y"], **here)
        covered, far = covered_of(axes, **here), far_cells(axes, **here, reach=REACH, depth=settings.depth)
    air = atlas.facts["air"]
    start = int((event.request.at - found.first) // SECONDS_PER_HOUR)
    return Stand(
        Course("as forecast"), str(air["label"]), str(air["source"]), False, atlas, start, covered, folder, far,
        (where["x"], where["y"]), (), grid, settings, ends=ends,
    )  # fmt: skip


def _flow(path: Path) -> Path | None:
    """Where the flow of an atlas lies; None if it is kept no more."""
    try:
        return flow_folder(path)
    except StoreError:
        return None
