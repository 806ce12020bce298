"""How do further courses of the weather come to stand beside the one that answers first?

One by one, each an atlas of its own, of the same run, hours, heights and seed as the first; each is named when it is
whole.  Perturbed courses stand on the fields of the run that the first was made from; members of the ensemble are
fetched, of that run and no other.  What is kept of a further course is its atlas; its fields go.

Whoever keeps the forecast looks for a newer run between whiles: new weather with one course goes before old with ten.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from oberih.atlas.particle_block import flow_name
from oberih.case.reach import forecast_state as state
from oberih.case.reach.assess_fields import Course, members_asked
from oberih.case.reach.assess_source import ENSEMBLE
from oberih.case.reach.forecast_atlas import Hands, asked_of, built, fields_of_run, plan_of
from oberih.case.reach.forecast_course import ReadyCourse
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.forecast_state import Begun, ReadyAtlas
from oberih.case.reach.telling import telling
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.site import Site, load_site
from oberih.errors import InputError, OberihError, StoreError
from oberih.far.deadline import Stopped
from oberih.weather.live import KeptRun, fetch_run
from oberih.weather.live.kept import kept_run
from oberih.weather.perturb import perturbations, perturbed

__all__ = ["further_courses", "go_on"]

MEMBERS = "members"
"""Folder of what is fetched of members, and goes when their courses are whole."""


def further_courses(request: ForecastRequest) -> tuple[Course, ...]:
    """The courses that are wanted beside the first.

    Raises
    ------
    InputError
        If members are asked for of a source that has none here, or both kinds together.
    """
    if request.members is not None and request.perturbed is not None:
        raise InputError("members and perturbed courses are two things", field="--perturbed", value=request.perturbed,
                         cure="ask for one of them")  # fmt: skip
    if request.members is not None:
        if request.source != "ecmwf":
            raise InputError(f"no ensemble is fetched of {request.source}", field="--members", value=request.members,
                             cure="give --source ecmwf, or ask for --perturbed N")  # fmt: skip
        return tuple(Course(f"member {m}", m) for m in members_asked(request.members, ENSEMBLE))
    if request.perturbed is not None:
        drawn = perturbations(request.perturbed, seed=request.seed)
        return tuple(Course(f"perturbed {i}", None, by) for i, by in enumerate(drawn) if i > 0)
    return ()


def go_on(request: ForecastRequest, *, hands: Hands, due: Callable[[], bool] = lambda: False) -> bool:
    """Build the further courses that are wanted of what stands ready and do not stand yet, one by one.

    Parameters
    ----------
    request : ForecastRequest
    hands : Hands
    due : callable
        Whether it is time to look for a newer run; the course at work is left where it is and gone on with later.

    Returns
    -------
    bool
        Whether all that are wanted stand; False if one could not be had, or a look is due.

    Raises
    ------
    InputError
        As `further_courses`.
    StoreError
        If a store fails; what stood ready still stands.
    Stopped
        If ``hands`` said so; what is begun is gone on with.
    """
    wanted = further_courses(request)
    site = load_site(request.site)
    folder = state.folder_of(request.cache, site.id)
    entry = _agreed(request, folder, wanted)
    if entry is None:
        return True
    work = _Work(request, site, folder, hands, lambda: hands.stopped() or due())
    for course in wanted:
        if work.interrupted():
            break
        if not any(_is(ready, course, request) for ready in entry.courses):
            try:
                entry = _with(work, entry, course)
            except Stopped:
                break
            if course.member is None and _missing(entry, course):
                break  # all of them stand on the same fields
    if hands.stopped():
        raise Stopped
    if len(entry.courses) < len(wanted):
        return False
    state.clear_away(folder, besides=())  # what a killed process was done with and did not remove
    return True


@dataclass(frozen=True)
class _Work:
    """What a course is built with."""

    request: ForecastRequest
    site: Site
    folder: Path
    hands: Hands
    interrupted: Callable[[], bool]

    @property
    def particles(self) -> int:
        return self.request.course_particles or self.request.particles


def _is(ready: ReadyCourse, course: Course, request: ForecastRequest) -> bool:
    particles = request.course_particles or request.particles
    return (ready.member, ready.by, ready.particles) == (course.member, course.by, particles)


def _missing(entry: ReadyAtlas, course: Course) -> bool:
    return any(words.startswith(f"{course.name}: ") for words in entry.missing)


def _agreed(request: ForecastRequest, folder: Path, wanted: tuple[Course, ...]) -> ReadyAtlas | None:
    """What stands ready for just this question, with those of its courses that are whole and wanted; None if nothing.

    Where no courses are wanted, those that stand are left alone.
    """
    entry = next(iter(state.entries_of(folder)), None)
    if entry is None or not wanted or entry.asked != asked_of(request):
        return None
    whole = [course for course, _ in state.standing(entry)]
    kept = tuple(ready for course in wanted for ready in whole if _is(ready, course, request))
    agreed = dataclasses.replace(
        entry, courses=kept, wanted=tuple(course.name for course in wanted),
        missing=tuple(words for course in wanted for words in entry.missing if words.startswith(f"{course.name}: ")),
    )  # fmt: skip
    if agreed != entry:
        state.publish_courses(folder, agreed)
        state.clear_away(folder, besides=[folder / MEMBERS])
    return agreed


def _with(work: _Work, entry: ReadyAtlas, course: Course) -> ReadyAtlas:
    """The entry with one more course, published; or with the reason why it is missing.

    Raises
    ------
    Stopped, StoreError
        As `go_on`.
    """
    hands, folder = work.hands, work.folder
    begun, spent = hands.clock(), hands.spent()
    state.keep_begun(folder, Begun(entry.source, entry.run, entry.first, course.name, begun), name=state.AT_WORK)
    others = tuple(words for words in entry.missing if not words.startswith(f"{course.name}: "))
    try:
        made, done_with = _built(work, entry, course)
    except StoreError:
        raise
    except OberihError as error:
        words = f"{course.name}: {' '.join(str(error).split())}"
        if words not in entry.missing:
            hands.told(f"no course {words}")
        entry = dataclasses.replace(entry, missing=(*others, words))
        state.publish_courses(folder, entry)
        return entry
    made = dataclasses.replace(
        made, made_at=hands.clock(), taken=max(hands.clock() - begun, 0), spent=max(hands.spent() - spent, 0.0)
    )
    entry = dataclasses.replace(entry, courses=(*entry.courses, made), missing=others)
    state.publish_courses(folder, entry)
    for path in done_with:
        shutil.rmtree(path, ignore_errors=True)
    hands.told(f"ready: {course.name}; {1 + len(entry.courses)} of {1 + len(entry.wanted)} courses of the weather")
    return entry


def _built(work: _Work, entry: ReadyAtlas, course: Course) -> tuple[ReadyCourse, list[Path]]:
    """The atlas of a course, and the folders that it needs no more."""
    run = _run_of(work, entry, course)
    hands, folder = work.hands, work.folder
    hands.progress.stage(f"fields of the air, {course.name}")
    fields = fields_of_run(run.paths, work.site, first=entry.first, stopped=work.interrupted)
    fields = perturbed(fields, course.by)
    releases = (entry.last - entry.first) // SECONDS_PER_HOUR + 1
    plan = plan_of(work.request, work.site, fields, folder, releases=releases, particles=work.particles)
    done_with = [] if course.member is None else [path.parent for path in run.paths]
    flow = "" if plan.flow is None else flow_name(plan.flow.digest)
    if flow not in _flows(state.entries_of(folder)):
        done_with.append(folder / flow)
    atlas = built(work.request, plan, folder, hands=hands, stopped=work.interrupted, name=f"atlas, {course.name}")
    hands.progress.done()
    lacks = () if course.member is None else run.lacks
    return ReadyCourse(
        atlas.path, atlas.digest, course.name, work.particles, run.digest, hands.clock(), course.member, course.by,
        lacks,
    ), done_with  # fmt: skip


def _flows(entries: Iterable[ReadyAtlas]) -> set[str]:
    return {entry.flow for entry in entries} | {""}


def _run_of(work: _Work, entry: ReadyAtlas, course: Course) -> KeptRun:
    """The run of a course: that of the first atlas itself, or the member's of the same time.

    Raises
    ------
    InputError
        If it is another one, or is kept no more.
    SourceUnavailable, Stopped
        As `oberih.weather.live.fetch_run`.
    """
    site, request, hands = work.site, work.request, work.hands
    if course.member is None:
        run = kept_run(Path(entry.fields[0]).parent) if entry.fields else None
        digest = entry.run_digest
    else:
        run = fetch_run(
            f"ecmwf-member-{course.member:02d}", latitude=site.latitude, longitude=site.longitude,
            hours=(entry.until - entry.run) // SECONDS_PER_HOUR, start=entry.run, only=entry.run, now=hands.clock(),
            cache=work.folder / MEMBERS, server=request.server, told=telling(hands.progress),
            patience=hands.patience, stopped=work.interrupted,
        )  # fmt: skip
        digest = run.digest
    if run is None or (run.run, run.digest) != (entry.run, digest):
        raise InputError(f"the fields of run {stamp(entry.run)} are not kept any more", file=request.cache / "live",
                         cure="the next run brings its courses again")  # fmt: skip
    return run
