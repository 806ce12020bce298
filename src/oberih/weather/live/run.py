"""Which is the newest run that is there whole, and how does it get here?

Looks from the newest run downward: one that is kept is taken, one whose last step is not there yet is passed over, one
that turns out to lack what is needed is passed over too, and said.  Every message is checked before it is kept; runs
are never mixed, because a folder belongs to one run and nothing enters it that says it is of another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError, SourceUnavailable, UnknownName
from oberih.far.patience import Patience
from oberih.weather.live import assemble, kept
from oberih.weather.live.ecmwf import ECMWF, Ecmwf
from oberih.weather.live.gfs import GFS
from oberih.weather.live.icon import ICON
from oberih.weather.live.kept import KeptRun, Piece
from oberih.weather.live.nomads import NOMADS
from oberih.weather.live.order import AT_ONCE, CYCLE, Order, Told, area_around
from oberih.weather.live.pieces import Lacking, lacks_of, piece_of_step, refuse_other_grids, wanted_of
from oberih.weather.live.server import Server, host_of
from oberih.weather.live.wanted import Source, Wanted

__all__ = ["SOURCES", "fetch_run", "source_of"]

SOURCES: dict[str, Source] = {"gfs": GFS, "nomads": NOMADS, "ecmwf": ECMWF, "icon": ICON}

OLDEST = 5
"""So many runs before the newest possible are looked at."""

KEPT_RUNS = 3
"""Complete runs of a source and area that are kept."""


def source_of(name: str) -> Source:
    """The source of a name: gfs, nomads, ecmwf, icon, or ecmwf-member-07 for a member of the ensemble.

    Raises
    ------
    UnknownName
        If there is none.
    """
    head, _, tail = name.partition("-member-")
    if head == "ecmwf" and tail.isdigit() and 1 <= int(tail) <= 50:
        return Ecmwf(member=int(tail))
    if name not in SOURCES:
        raise UnknownName("source of forecasts", name, known=SOURCES, where="--source")
    return SOURCES[name]


def fetch_run(
    source: str, *, latitude: float, longitude: float, hours: int, cache: Path, now: int, start: int | None = None,
    server: str | None = None, told: Told | None = None, patience: Patience | None = None, at_once: int = AT_ONCE,
    transport: Any = None, stopped: Callable[[], bool] = lambda: False, only: int | None = None,
) -> KeptRun:  # fmt: skip
    """Fetch the newest complete run of a source, or take it from the cache.

    Parameters
    ----------
    source : str
        Of `SOURCES`, or ``ecmwf-member-07``.
    latitude, longitude : float
        [degrees]
    hours : int
        How long the fields are wanted from the start on [h].
    cache : Path
    now : int
        Seconds since 1970.
    start : int, optional
        First time wanted, seconds since 1970; now if not given.  The run is not younger than it.
    server : str, optional
        Another server with the same folders.
    told : callable, optional
        Told how far it is.
    patience : Patience, optional
    at_once : int
        Messages asked for at a time.
    transport : httpx.BaseTransport, optional
    stopped : callable, optional
        Whether to give up at once.
    only : int, optional
        Time of the only run that will do, seconds since 1970; no other is looked at.

    Returns
    -------
    KeptRun
        ``lacks`` says what it does not hold and which newer runs were not whole.

    Raises
    ------
    UnknownName, InputError
        If there is no such source, it keeps no run so old, or an extra is not installed.
    SourceUnavailable
        If no run is whole, or the server does not answer.
    StoreFull
        If the cache cannot be written.
    Stopped
        If ``stopped`` said so; what is fetched stays and is gone on with.
    """
    if hours < 1:
        raise InputError("must be one hour at least", field="hours", value=hours)
    own = source_of(source)
    order = Order(
        own, (server or own.server).rstrip("/"), area_around(latitude, longitude), now if start is None else start,
        hours, now, cache / "runs", patience or Patience(), at_once, transport, stopped, told,
    )  # fmt: skip

    def waiting() -> None:
        order.say(f"{own.title}: another process is fetching; waiting for it")

    _refuse_past(order, server)
    with kept.one_at_a_time(order.folder, own.name, waiting=waiting, stopped=stopped):
        run = _newest(order, only)
        kept.prune(order.folder, order.prefix, keep=KEPT_RUNS, newest=run.run)
    return run


def _candidates(order: Order) -> list[int]:
    """Runs worth looking at: those that reach as far as wanted first, each newest first."""
    newest = min(order.now, order.start) // CYCLE * CYCLE
    runs = [newest - k * CYCLE for k in range(OLDEST + 1)]
    useful = [r for r in runs if r + SECONDS_PER_HOUR * order.source.longest(r) > order.start]
    return sorted(useful, key=lambda r: (not order.covers(r), -r))


def _newest(order: Order, only: int | None) -> KeptRun:
    passed: list[str] = []
    at_hand = [k for k in kept.kept_runs(order.folder, order.prefix) if only in (None, k.run)]
    with Server.open(
        patience=order.patience, at_once=order.at_once, transport=order.transport, stopped=order.stopped,
        said=order.say,
    ) as server:  # fmt: skip
        for run in (r for r in _candidates(order) if only in (None, r)):
            held = next((k for k in at_hand if k.run == run and _enough(k, order)), None)
            if held is not None:
                return _said(held, order, passed)
            stamp = f"run {_stamp(run)}"
            order.say(f"{order.source.title}: asking {host_of(order.server)} for {stamp}")
            try:
                there = any(server.there(url) for url in order.source.probe(order.server, run, order.reach(run)))
            except SourceUnavailable as error:
                passed.append(f"{stamp}: {error}")
                return _older_at_hand(order, at_hand, passed)
            if not there:
                passed.append(f"{stamp} is not there yet")
                continue
            try:
                return _said(_fetched(order, server, run), order, passed)
            except Lacking as lacking:
                passed.append(f"{stamp} is not whole: {lacking}")
            except SourceUnavailable as error:
                passed.append(f"{stamp} could not be had: {error}")
    raise SourceUnavailable(f"{order.source.title}: no run can be had; " + "; ".join(passed))


def _older_at_hand(order: Order, at_hand: Sequence[KeptRun], passed: Sequence[str]) -> KeptRun:
    """A kept run that holds the hours, where the server does not answer.

    Raises
    ------
    SourceUnavailable
        If there is none.
    """
    held = next((k for k in at_hand if k.run <= order.start and _enough(k, order)), None)
    if held is None:
        raise SourceUnavailable(
            f"{order.source.title}: {'; '.join(passed)}; is there a network? give another --server or --source, "
            "files of fields, or ask for what 'oberih forecast --status' says stands ready"
        )
    return _said(held, order, passed)


def _refuse_past(order: Order, server: str | None) -> None:
    """Refuse at once, without a network, what a source's own server has let go of long ago."""
    if server is None and order.start < order.now - order.source.keeps:
        days = order.source.keeps / 86400.0
        raise InputError(
            f"is long past: {host_of(order.source.server)} keeps the last {days:.0f} day{'s' if days > 1.0 else ''}",
            field="--at", value=_stamp(order.start), cure="for the past take era5, or files of fields",
        )  # fmt: skip


def _enough(run: KeptRun, order: Order) -> bool:
    return run.start <= order.start and run.end >= min(
        order.start + SECONDS_PER_HOUR * order.hours, run.run + SECONDS_PER_HOUR * order.source.longest(run.run)
    )


def _said(run: KeptRun, order: Order, passed: Sequence[str]) -> KeptRun:
    """The run, with what was passed over for it and how far it falls short."""
    short = order.start + SECONDS_PER_HOUR * order.hours - run.end
    lacks = [*run.lacks, *passed]
    if short > 0:
        lacks.append(f"ends {short / SECONDS_PER_HOUR:g} h before the hours wanted")
    return KeptRun(**{**run.__dict__, "lacks": tuple(lacks)})


def _stamp(run: int) -> str:
    return f"{np.datetime64(run, 's')}"[:13].replace("T", " ") + " UTC"


def _fetched(order: Order, server: Server, run: int) -> KeptRun:
    """Fetch all steps of a run that are not kept yet, and publish it."""
    source, reach = order.source, order.reach(run)
    steps = list(range(0, reach + 1, source.stride))
    name = kept.run_name(source.name, order.area, source.thinned, run, reach)
    begun = order.folder / (name + kept.BEGUN)
    tasks = {f"step-{s:03d}": wanted_of(source, s) for s in steps}
    still = [Wanted(f, None, 0) for f in source.fields if f.once]
    pieces: dict[str, Piece | None] = {
        "still": piece_of_step(order, server, run, begun, "still", still) if still else None
    }
    for done, (label, wanted) in enumerate(tasks.items()):
        if order.told:
            order.told(done, len(tasks), f"{source.title}, run {_stamp(run)}")
        pieces[label] = piece_of_step(order, server, run, begun, label, wanted)
    if order.told:
        order.told(len(tasks), len(tasks), f"{source.title}, run {_stamp(run)}")
    own = [p for label in tasks if (p := pieces[label]) is not None]
    refuse_other_grids(own, begun)
    lacks = lacks_of(pieces)
    digests = [d for p in pieces.values() if p is not None for d in p.digests]
    description = KeptRun(
        source.name, source.title, run, run + SECONDS_PER_HOUR * steps[0], run + SECONDS_PER_HOUR * steps[-1], (),
        order.area, tuple(lacks), len(digests), sum(p.received for p in pieces.values() if p is not None),
        hashlib.sha256("".join(digests).encode()).hexdigest(),
    )  # fmt: skip
    return kept.publish(
        begun, description,
        lambda path: assemble.write_volume(path, source, run, steps, own, pieces["still"], lacks),
    )  # fmt: skip
