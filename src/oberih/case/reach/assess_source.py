"""From where do the fields of an event come: files, a live source, an archive, what a service has ready?"""

from __future__ import annotations

from collections.abc import Callable

from oberih.case.progress import Progress, advancing
from oberih.case.reach.assess_fields import FieldSource, members_asked, source_of_files
from oberih.case.reach.request import FIELD_NAMES, AssessRequest
from oberih.case.reach.telling import telling
from oberih.case.wording import stamp
from oberih.earth.site import Site
from oberih.errors import InputError, SourceUnavailable
from oberih.evidence.digest import sha256_of_file
from oberih.weather.live import fetch_run
from oberih.weather.live.arco import fetch_era5

__all__ = ["source_of"]

LIVE = ("gfs", "nomads", "ecmwf", "icon")

ENSEMBLE = tuple(range(1, 51))
"""Members of ECMWF's ensemble."""


def source_of(request: AssessRequest, site: Site, *, hours: int, now: int | None, progress: Progress) -> FieldSource:
    """Find the fields that a request names.

    Parameters
    ----------
    request : AssessRequest
    site : Site
    hours : int
        Of release [h].
    now : int or None
        Seconds since 1970, UTC.
    progress : Progress

    Raises
    ------
    InputError
        If what is named is not there, or several names are given.
    SourceUnavailable
        If a source does not answer, or does not hold the event.
    """
    asked = (request.weather,) if isinstance(request.weather, str) else request.weather
    named = [a for a in asked if a in FIELD_NAMES or a == "open-meteo"]
    if not named:
        return source_of_files(asked)
    if len(asked) > 1:
        raise InputError("names one source, files another", field="--weather", value=", ".join(asked),
                         cure="give a name alone, or files")  # fmt: skip
    if named[0] == "era5":
        return _archive(request, site, hours=hours, progress=progress)
    if named[0] in LIVE:
        return _live(named[0], request, site, hours=hours, now=now, progress=progress)
    raise InputError("is weather of a place, not fields", field="--weather", value=named[0],
                     cure=f"give files of fields, or one of {', '.join(FIELD_NAMES)}")  # fmt: skip


def _archive(request: AssessRequest, site: Site, *, hours: int, progress: Progress) -> FieldSource:
    """ERA5 of the event's hours out of its public copy, kept hour by hour."""
    count = hours + request.hours + 1
    paths = fetch_era5(
        site.latitude, site.longitude, request.at, count, request.cache / "live", request.server,
        _telling(progress, "ERA5"),
    )  # fmt: skip
    inputs = {f"fields {i + 1}: {p.name}": sha256_of_file(p) for i, p in enumerate(paths)}
    return FieldSource(tuple(paths), inputs, "reanalysis", ("Fields: ERA5, out of its public copy (ARCO-ERA5).",))


def _telling(progress: Progress, name: str) -> Callable[[int, int, str], None]:
    """Who is told how far the fetching is; what it costs becomes the stage's name."""
    begun: list[Callable[[int, int], None]] = []

    def told(done: int, of: int, what: str) -> None:
        if not begun:
            begun.append(advancing(progress, what or name))
        begun[0](done, of)

    return told


def _live(
    name: str, request: AssessRequest, site: Site, *, hours: int, now: int | None, progress: Progress
) -> FieldSource:
    """The newest complete run of a forecast centre that covers the event; of an ensemble, each member's."""
    if now is None:
        raise InputError("needs to know what time it is", field="--weather", value=name)
    members = () if request.members is None or name != "ecmwf" else members_asked(request.members, ENSEMBLE)
    runs = [
        fetch_run(
            one, latitude=site.latitude, longitude=site.longitude, hours=hours + request.hours,
            cache=request.cache / "live", now=now, start=request.at, server=request.server,
            told=telling(progress),
        ) for one in ([f"ecmwf-member-{m:02d}" for m in members] or [name])
    ]  # fmt: skip
    if len({run.run for run in runs}) > 1:
        raise SourceUnavailable(f"{name}: a newer run came while members were fetched; runs are not mixed: ask again")
    first = runs[0]
    notes = [f"Fields: {first.title}, run of {stamp(first.run)}."]
    notes += [f"The run lacks: {'; '.join(first.lacks)}."] if first.lacks else []
    inputs = {f"fields of {run.source}": run.digest for run in runs}
    own = {m: tuple(run.paths) for m, run in zip(members, runs, strict=False)}
    return FieldSource(tuple(first.paths), inputs, "forecast", tuple(notes), own)
