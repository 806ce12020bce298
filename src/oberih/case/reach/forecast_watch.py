"""How does a forecast stay ready, for weeks, without anybody looking?

Looks for a newer run when one is due, again and again until it is there; a server that fails, a disk that is full, a
run that is not whole change nothing of what stands ready, and are said.  After an outage the newest run is taken, not
every one that was missed.  Further courses of the weather are built between two looks.  One process keeps a site's
forecast.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from oberih.case.progress import Progress
from oberih.case.reach import forecast_state as state
from oberih.case.reach.forecast import refresh
from oberih.case.reach.forecast_atlas import Hands
from oberih.case.reach.forecast_courses import further_courses, go_on
from oberih.case.reach.forecast_request import ForecastRequest
from oberih.case.reach.forecast_state import ReadyAtlas
from oberih.case.reach.forecast_told import course_facts, course_notes, standing_text
from oberih.case.sheet import Sheet
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.site import load_site
from oberih.errors import InputError, SourceUnavailable, StoreError
from oberih.far.deadline import Stopped
from oberih.far.patience import Patience
from oberih.weather.live.run import source_of

__all__ = ["AGAIN", "keep_ready", "next_look", "status"]

AGAIN = 600
"""A run that is due and not there is looked for again after this [s]."""


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
    return max(entry.run + every * SECONDS_PER_HOUR + int(delay), now + AGAIN)


def keep_ready(
    request: ForecastRequest, *, clock: Callable[[], int], wait: Callable[[float], None],
    told: Callable[[str], None], progress: Progress, once: bool = False, patience: Patience | None = None,
    stopped: Callable[[], bool] = lambda: False, spent: Callable[[], float] = lambda: 0.0,
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
    spent : callable, optional
        Gives the processor time of this process and of its children so far [s].

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
    source, hands = source_of(request.source), Hands(clock, progress, told, patience, stopped, spent)
    further_courses(request)  # refuses what cannot be had before anything is fetched
    folder = state.folder_of(request.cache, load_site(request.site).id)
    entry: ReadyAtlas | None = None
    with state.alone_at(folder):
        while not stopped():
            try:
                seen, room = _looked(request, hands, folder, strict=once, first=entry is None)
                entry = seen or entry
                look = next_look(entry, every=request.every, delay=source.delay, now=clock())
                if room:
                    _courses(request, hands, wait=wait, until=None if once else look)
            except Stopped:
                break
            if once:
                break
            told(f"next look at {stamp(look)}")
            wait(max(0.0, float(look - clock())))
    return next(iter(state.entries_of(folder)), None) if entry is not None else None


def _looked(
    request: ForecastRequest, hands: Hands, folder: Path, *, strict: bool, first: bool
) -> tuple[ReadyAtlas | None, bool]:
    """What stands ready after a look for a newer run, None if it failed; and whether there is room to go on.

    Parameters
    ----------
    strict : bool
        Whether what fails is raised; else it is said.
    first : bool
        Whether none succeeded before: then what is refused is raised.
    """
    try:
        return refresh(
            request, clock=hands.clock, progress=hands.progress, told=hands.told, patience=hands.patience,
            stopped=hands.stopped,
        ), True  # fmt: skip
    except (SourceUnavailable, StoreError, InputError) as error:
        if strict or (first and isinstance(error, InputError)):
            raise
        hands.told(f"no newer forecast: {error}")
        hands.told(_stands(state.entries_of(folder), now=hands.clock()))
        return None, not isinstance(error, StoreError)


def _courses(request: ForecastRequest, hands: Hands, *, wait: Callable[[float], None], until: int | None) -> None:
    """Build further courses until a newer run is due; those that could not be had are asked for again.

    Parameters
    ----------
    until : int or None
        When it is time to look for a newer run, seconds since 1970; None: once round, and what fails is raised.
    """

    def due() -> bool:
        return until is not None and hands.clock() >= until

    while True:
        try:
            whole = go_on(request, hands=hands, due=due)
        except (StoreError, InputError) as error:
            if until is None:
                raise
            hands.told(f"no further course: {error}")
            whole = False
        if whole or until is None or hands.stopped() or hands.clock() + AGAIN >= until:
            return
        wait(AGAIN)


def _stands(entries: list[ReadyAtlas], *, now: int) -> str:
    """What stands ready, in a line."""
    good = [e for e in entries if now < e.until]
    if not good:
        return "nothing stands ready that reaches beyond now"
    newest = good[0]
    return f"run {stamp(newest.run)} still stands ready: releases to {stamp(newest.last + SECONDS_PER_HOUR)}"


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
    at_work = state.begun_of(folder, name=state.AT_WORK)
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
        facts += course_facts(entries, at_work, now=now)
        notes += course_notes(newest)
    if begun is not None:
        facts.append(("being built", f"run {stamp(begun.run)} of {begun.source}, since {stamp(begun.since)}"))
    rows = tuple(_row(e) for e in entries)
    columns = ("run", "releases from", "to", "weather to", "made", "courses")
    return Sheet(f"Forecast of {site.name}", tuple(facts), columns if rows else (), rows, tuple(notes))


def _facts(entry: ReadyAtlas, *, now: int) -> list[tuple[str, str]]:
    left = (entry.last + SECONDS_PER_HOUR - now) / SECONDS_PER_HOUR
    answers = f"{left:.0f} h more" if left > 0 else "no more: it has run out"
    return [
        ("ready", f"{entry.title}, run {stamp(entry.run)}"),
        ("age of the run", f"{(now - entry.run) / SECONDS_PER_HOUR:.1f} h"),
        ("answers", f"releases from {stamp(entry.first)} to {stamp(entry.last + SECONDS_PER_HOUR)}: {answers}"),
        ("plumes are followed to", stamp(entry.until)),
        ("made", f"{stamp(entry.made_at)}, {entry.particles} particles a release hour and height"),
        ("atlas", str(entry.path)),
    ]


def _row(entry: ReadyAtlas) -> tuple[str, ...]:
    times = (entry.run, entry.first, entry.last + SECONDS_PER_HOUR, entry.until, entry.made_at)
    return (*(stamp(t) for t in times), standing_text(entry))
