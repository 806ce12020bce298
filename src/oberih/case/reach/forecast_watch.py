"""How does a forecast stay ready, for weeks, without anybody looking?

Looks for a newer run when one is due, again and again until it is there; a server that fails, a disk that is full, a
run that is not whole change nothing of what stands ready, and are said.  After an outage the newest run is taken, not
every one that was missed.  One process keeps a site's forecast.
"""

from __future__ import annotations

from collections.abc import Callable

from oberih.case.progress import Progress
from oberih.case.reach import forecast_state as state
from oberih.case.reach.forecast import refresh
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.forecast_state import ReadyAtlas
from oberih.case.sheet import Sheet
from oberih.case.wording import stamp
from oberih.earth.site import load_site
from oberih.errors import InputError, SourceUnavailable, StoreError
from oberih.weather.fetch import Patience
from oberih.weather.live.run import source_of
from oberih.weather.live.server import Stopped

__all__ = ["AGAIN", "keep_ready", "next_look", "status"]

AGAIN = 600
"""A run that is due and not there is looked for again after this [s]."""

HOUR = 3600


def next_look(entry: ReadyAtlas | None, *, every: int, delay: float, now: int) -> int:
    """When to look for a newer run.

    Parameters
    ----------
    entry : ReadyAtlas or None
        What stands ready.
    every : int
        A newer run is taken up after so many hours [h].
    delay : float
        Of the source, from the time of a run until it is there [s].
    now : int
        Seconds since 1970.

    Returns
    -------
    int
        Seconds since 1970: when the next run is due, or in ten minutes if it is overdue or nothing stands ready.
    """
    if entry is None:
        return now + AGAIN
    return max(entry.run + every * HOUR + int(delay), now + AGAIN)


def keep_ready(
    request: ForecastRequest, *, clock: Callable[[], int], wait: Callable[[float], None],
    told: Callable[[str], None], progress: Progress, once: bool = False, patience: Patience | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> ReadyAtlas | None:  # fmt: skip
    """Keep a site's forecast ready until stopped.

    Parameters
    ----------
    request : ForecastRequest
    clock : callable
        Gives the present, seconds since 1970.
    wait : callable
        Waits so many seconds, or until stopped.
    told : callable
        Told in a line what a duty officer should know.
    progress : Progress
    once : bool
        Only one look; what fails is raised.
    patience : Patience, optional
        With the server.
    stopped : callable, optional
        Whether to end.

    Returns
    -------
    ReadyAtlas or None
        What stands ready at the end.

    Raises
    ------
    UnknownName, InputError
        If there is no such site or source, another process keeps it, or the very first look is refused; later ones
        are said, because what was asked for is known to be right.
    SourceUnavailable, StoreError
        If ``once``, and it failed.
    """
    state.refuse_short(request.hours, request.every)
    source = source_of(request.source)
    folder = state.folder_of(request.cache, load_site(request.site).id)
    entry: ReadyAtlas | None = None
    with state.alone_at(folder):
        while not stopped():
            try:
                entry = refresh(request, clock=clock, progress=progress, told=told, patience=patience, stopped=stopped)
            except Stopped:
                break
            except (SourceUnavailable, StoreError, InputError) as error:
                if once or (entry is None and isinstance(error, InputError)):
                    raise
                told(f"no newer forecast: {error}")
                told(_stands(state.entries_of(folder), now=clock()))
            if once:
                break
            look = next_look(entry, every=request.every, delay=source.delay, now=clock())
            told(f"next look at {stamp(look)}")
            wait(max(0.0, float(look - clock())))
    return entry


def _stands(entries: list[ReadyAtlas], *, now: int) -> str:
    """What stands ready, in a line."""
    good = [e for e in entries if now < e.until]
    if not good:
        return "nothing stands ready that reaches beyond now"
    newest = good[0]
    return f"run {stamp(newest.run)} still stands ready: releases to {stamp(newest.last + HOUR)}"


def status(request: ForecastRequest, *, now: int) -> Sheet:
    """What stands ready, how old it is, until when it answers, what it lacks.

    Raises
    ------
    UnknownName, InputError
        If there is no such site.
    """
    site = load_site(request.site)
    folder = state.folder_of(request.cache, site.id)
    entries, begun, keeper = state.entries_of(folder), state.begun_of(folder), state.keeper_of(folder)
    facts = [("site", site.name), ("kept by", "nobody now" if keeper is None else f"process {keeper}")]
    notes: list[str] = []
    newest = entries[0] if entries else None
    if newest is None:
        facts.append(("ready", "nothing"))
        notes.append(f"Nothing stands ready in {folder}; make it with 'oberih forecast {request.site}'.")
    else:
        facts += _facts(newest, now=now)
        notes += [f"Lacking, when it was made: {words}." for words in newest.lacks]
        notes += [f"Derived: {words}." for words in newest.derived]
    if begun is not None:
        facts.append(("being built", f"run {stamp(begun.run)} of {begun.source}, since {stamp(begun.since)}"))
    rows = tuple(_row(e) for e in entries)
    columns = ("run", "releases from", "to", "weather to", "made")
    return Sheet(f"Forecast of {site.name}", tuple(facts), columns if rows else (), rows, tuple(notes))


def _facts(entry: ReadyAtlas, *, now: int) -> list[tuple[str, str]]:
    left = (entry.last + HOUR - now) / HOUR
    answers = f"{left:.0f} h more" if left > 0 else "no more: it has run out"
    return [
        ("ready", f"{entry.title}, run {stamp(entry.run)}"),
        ("age of the run", f"{(now - entry.run) / HOUR:.1f} h"),
        ("answers", f"releases from {stamp(entry.first)} to {stamp(entry.last + HOUR)}: {answers}"),
        ("plumes are followed to", stamp(entry.until)),
        ("made", f"{stamp(entry.made_at)}, {entry.particles} particles a release hour and height"),
        ("atlas", str(entry.path)),
    ]


def _row(entry: ReadyAtlas) -> tuple[str, ...]:
    return tuple(stamp(t) for t in (entry.run, entry.first, entry.last + HOUR, entry.until, entry.made_at))
