"""Does a forecast that was computed before answer for this event?

``oberih forecast`` keeps an atlas of the coming hours ready; an event within it is answered without a particle being
moved.  Its particles, seed and hours are those that it was built with.
"""

from __future__ import annotations

from pathlib import Path

from oberih.atlas.particle_block import flow_folder
from oberih.atlas.store import Atlas, open_atlas
from oberih.case.reach.assess_fields import REACH, Course, FieldSource, covered_of
from oberih.case.reach.assess_run import Event, Stand, ends_early
from oberih.case.reach.forecast_state import ReadyAtlas, entries_of, folder_of, ready
from oberih.case.reach.plume import axes_of_flow, far_cells
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.particles.flow_file import open_flow
from oberih.dispersion.particles.unit import ParticleSettings
from oberih.errors import InputError, StoreError

__all__ = ["FORECAST", "stand_ready"]

FORECAST = "forecast"


def stand_ready(event: Event) -> tuple[FieldSource, Stand]:
    """The forecast that stands ready for an event.

    Raises
    ------
    InputError
        If none does, or more is asked of it than it holds.
    StoreError
        If what stands there cannot be read.
    """
    request, site = event.request, event.site
    for option, value in (("--members", request.members), ("--perturbed", request.perturbed)):
        if value is not None:
            raise InputError("the forecast that stands ready is one course of the weather", field=option, value=value,
                             cure="name the source instead, as --weather gfs")  # fmt: skip
    found = ready(request.cache, site.id, request.at, event.hours)
    if found is None or request.at + event.hours * SECONDS_PER_HOUR > found.last + SECONDS_PER_HOUR:
        raise InputError(
            f"no forecast stands ready for {event.hours} h of release from {stamp(request.at)}", field="--weather",
            value=FORECAST, cure=_cure(event, found),
        )  # fmt: skip
    atlas = open_atlas(found.path)
    notes = [f"Fields: {found.title}, run of {stamp(found.run)}, ready since {stamp(found.made_at)}."]
    notes += [f"The run lacks: {'; '.join(found.lacks)}."] if found.lacks else []
    source = FieldSource((), {"messages of the forecast": found.run_digest}, "forecast", tuple(notes))
    return source, _stand(event, found, atlas)


def _cure(event: Event, found: ReadyAtlas | None) -> str:
    """What to do where no forecast answers: the same command helps nobody whose forecast is too short."""
    request = event.request
    name_it = "or name a source, as --weather gfs"
    kept = found or next(iter(entries_of(folder_of(request.cache, event.site.id))), None)
    if kept is None:
        return f"run 'oberih forecast {request.site} --once', {name_it}"
    return (f"what stands ready holds releases from {stamp(kept.first)} to {stamp(kept.last + 3600)}: keep "
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
