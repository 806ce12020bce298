"""Which is the newest run that is there whole, and how does it get here?

Looks from the newest run downward: one that is kept is taken, one whose last step is not there yet is passed over, one
that turns out to lack what is needed is passed over too, and said.  Every message is checked before it is kept; runs
are never mixed, because a folder belongs to one run and nothing enters it that says it is of another.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from math import ceil, cos, radians
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError, SourceUnavailable, UnknownName
from oberih.weather.fetch import Patience
from oberih.weather.live import assemble, kept
from oberih.weather.live.decoder import Decoder
from oberih.weather.live.ecmwf import ECMWF, Ecmwf
from oberih.weather.live.gfs import GFS
from oberih.weather.live.icon import ICON
from oberih.weather.live.kept import KeptRun, Piece
from oberih.weather.live.message import Area, Fault, Message
from oberih.weather.live.server import Server, host_of
from oberih.weather.live.wanted import NotThere, Place, Source, Wanted

__all__ = ["SOURCES", "Order", "area_around", "fetch_run", "source_of"]

SOURCES: dict[str, Source] = {"gfs": GFS, "ecmwf": ECMWF, "icon": ICON}

CYCLE = 6 * 3600
"""Between two runs [s]."""

OLDEST = 5
"""So many runs before the newest possible are looked at."""

KEPT_RUNS = 3
"""Complete runs of a source and area that are kept."""

ATTEMPTS = 3
"""A message that is not what was wanted is asked for so often."""

AT_ONCE = 6
"""Messages asked for at a time."""

HALF_HEIGHT, HALF_WIDTH = 12.0, 1190e3
"""The area reaches so far north and south [degrees], and east and west [m]: a plume of 1,000 km stays inside."""

NAMED = 4
"""Of what is lacking, so many are named."""

Told = Callable[[int, int, str], None]
"""Called with steps done, their number, and what is at work; where the number is 0, the words are news in a line."""


@dataclass(frozen=True)
class Order:
    """What is wanted of a source.

    Parameters
    ----------
    source : Source
    server : str
    area : Area
    start, hours : int
        Seconds since 1970, and how long from there [h].
    now : int
        Seconds since 1970.
    folder : Path
        Of all kept runs.
    patience : Patience
    at_once : int
    transport : httpx.BaseTransport or None
    stopped : callable
    told : Told or None
    """

    source: Source
    server: str
    area: Area
    start: int
    hours: int
    now: int
    folder: Path
    patience: Patience
    at_once: int = AT_ONCE
    transport: Any = None
    stopped: Callable[[], bool] = lambda: False
    told: Told | None = None

    def reach(self, run: int) -> int:
        """Last step that is fetched of a run [h]: the hours wanted, from the full six hours after the run on."""
        lag = ceil(max(self.start - run, 0) / CYCLE) * (CYCLE // 3600)
        wanted = ceil((lag + self.hours) / self.source.stride) * self.source.stride
        return min(wanted, self.source.longest(run))

    def covers(self, run: int) -> bool:
        """Whether a run can reach as far as wanted."""
        return run + 3600 * self.source.longest(run) >= self.start + 3600 * self.hours

    def say(self, line: str) -> None:
        """Tell news in a line."""
        if self.told:
            self.told(0, 0, line)

    @property
    def prefix(self) -> str:
        """Of the names of its folders."""
        return kept.run_name(self.source.name, self.area, self.source.thinned, 0, 0).rsplit("-", 2)[0] + "-"


@dataclass(frozen=True)
class Lane:
    """How messages get here.

    Parameters
    ----------
    server : Server
    decoder : Decoder
    """

    server: Server
    decoder: Decoder


class Lacking(Exception):
    """A run does not give what is needed: what."""


def source_of(name: str) -> Source:
    """The source of a name: gfs, ecmwf, icon, or ecmwf-member-07 for a member of the ensemble.

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


def area_around(latitude: float, longitude: float) -> Area:
    """The area that is kept around a place: west, south, east, north [degrees].

    Examples
    --------
    >>> tuple(round(v, 2) for v in area_around(47.5, 34.6))
    (18.75, 35.5, 50.5, 59.5)
    """
    wide = HALF_WIDTH / (111.2e3 * max(cos(radians(latitude)), 0.2))
    edges = (longitude - wide, latitude - HALF_HEIGHT, longitude + wide, latitude + HALF_HEIGHT)
    west, south, east, north = (round(4.0 * e) / 4.0 for e in edges)  # on the points of a quarter of a degree
    return west, max(south, -90.0), east, min(north, 90.0)


def fetch_run(
    source: str, *, latitude: float, longitude: float, hours: int, cache: Path, now: int, start: int | None = None,
    server: str | None = None, told: Told | None = None, patience: Patience | None = None, at_once: int = AT_ONCE,
    transport: Any = None, stopped: Callable[[], bool] = lambda: False,
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
    with kept.one_at_a_time(order.folder, own.name, waiting=waiting):
        run = _newest(order)
        kept.prune(order.folder, order.prefix, keep=KEPT_RUNS, newest=run.run)
    return run


def _candidates(order: Order) -> list[int]:
    """Runs worth looking at: those that reach as far as wanted first, each newest first."""
    newest = min(order.now, order.start) // CYCLE * CYCLE
    runs = [newest - k * CYCLE for k in range(OLDEST + 1)]
    useful = [r for r in runs if r + 3600 * order.source.longest(r) > order.start]
    return sorted(useful, key=lambda r: (not order.covers(r), -r))


def _newest(order: Order) -> KeptRun:
    passed: list[str] = []
    at_hand = kept.kept_runs(order.folder, order.prefix)
    with (
        Decoder() as decoder,
        Server.open(
            patience=order.patience,
            at_once=order.at_once,
            transport=order.transport,
            stopped=order.stopped,
            said=order.say,
        ) as server,  # fmt: skip
    ):
        for run in _candidates(order):
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
                return _said(_fetched(order, Lane(server, decoder), run), order, passed)
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
    kept_since = order.now - order.source.keeps
    if server is None and order.start < kept_since:
        raise InputError(
            f"is long past: {host_of(order.source.server)} keeps the last {order.source.keeps / 86400.0:.0f} days",
            field="start", value=_stamp(order.start), cure="for the past take era5, or files of fields",
        )  # fmt: skip


def _enough(run: KeptRun, order: Order) -> bool:
    return run.start <= order.start and run.end >= min(
        order.start + 3600 * order.hours, run.run + 3600 * order.source.longest(run.run)
    )


def _said(run: KeptRun, order: Order, passed: Sequence[str]) -> KeptRun:
    """The run, with what was passed over for it and how far it falls short."""
    short = order.start + 3600 * order.hours - run.end
    lacks = [*run.lacks, *passed]
    if short > 0:
        lacks.append(f"ends {short / 3600:g} h before the hours wanted")
    return KeptRun(**{**run.__dict__, "lacks": tuple(lacks)})


def _stamp(run: int) -> str:
    return f"{np.datetime64(run, 's')}"[:13].replace("T", " ") + " UTC"


def _fetched(order: Order, lane: Lane, run: int) -> KeptRun:
    """Fetch all steps of a run that are not kept yet, and publish it."""
    source, reach = order.source, order.reach(run)
    steps = list(range(0, reach + 1, source.stride))
    name = kept.run_name(source.name, order.area, source.thinned, run, reach)
    begun = order.folder / (name + kept.BEGUN)
    tasks = {f"step-{s:03d}": _wanted(source, s) for s in steps}
    still = [Wanted(f, None, 0) for f in source.fields if f.once]
    pieces: dict[str, Piece | None] = {"still": _piece(order, lane, run, begun, "still", still) if still else None}
    for done, (label, wanted) in enumerate(tasks.items()):
        if order.told:
            order.told(done, len(tasks), f"{source.title}, run {_stamp(run)}")
        pieces[label] = _piece(order, lane, run, begun, label, wanted)
    if order.told:
        order.told(len(tasks), len(tasks), f"{source.title}, run {_stamp(run)}")
    own = [p for label in tasks if (p := pieces[label]) is not None]
    _refuse_other_grids(own, begun)
    lacks = _lacks(pieces)
    digests = [d for p in pieces.values() if p is not None for d in p.digests]
    description = KeptRun(
        source.name, source.title, run, run + 3600 * steps[0], run + 3600 * steps[-1], (), order.area, tuple(lacks),
        len(digests), sum(p.received for p in pieces.values() if p is not None),
        hashlib.sha256("".join(digests).encode()).hexdigest(),
    )  # fmt: skip
    return kept.publish(
        begun, description,
        lambda path: assemble.write_volume(path, source, run, steps, own, pieces["still"], lacks),
    )  # fmt: skip


def _wanted(source: Source, step: int) -> list[Wanted]:
    """Messages of a step: means and sums begin after the first."""
    out = []
    for field in source.fields:
        if field.once or (field.statistic != "instant" and step == 0):
            continue
        levels: tuple[int | None, ...] = source.levels if field.surface == 100 else (None,)
        out += [Wanted(field, level, step) for level in levels]
    return out


def _piece(order: Order, lane: Lane, run: int, begun: Path, label: str, wanted: list[Wanted]) -> Piece:
    held = kept.piece_of(begun, label)
    if held is not None:
        return held
    before = lane.server.received
    try:
        places, missing = order.source.places(order.server, run, wanted, lane.server.ask)
    except NotThere as error:
        if all(not w.field.needed for w in wanted):
            places, missing = {}, list(wanted)
        else:
            raise Lacking(f"step +{wanted[0].step} h is not there ({error})") from error
    needed = [w for w in missing if w.field.needed]
    if needed:
        raise Lacking(f"the index does not name {_named(needed)}")
    found, failed = _taken(order, lane, run, places)
    needed = [w for w in failed if w.field.needed]
    if needed:
        raise Lacking(f"{_named(needed)}: {failed[needed[0]]}")
    lost = {w.field.name for w in [*missing, *failed]}
    whole = {w: m for w, m in found.items() if w.field.name not in lost}
    piece = _assembled(whole, received=lane.server.received - before, lacks=tuple(sorted(lost)))
    kept.keep_piece(begun, label, piece)
    return piece


def _named(wanted: Sequence[Wanted]) -> str:
    more = f" and {len(wanted) - NAMED} more" if len(wanted) > NAMED else ""
    return ", ".join(str(w) for w in wanted[:NAMED]) + more


def _taken(
    order: Order, lane: Lane, run: int, places: dict[Wanted, Place]
) -> tuple[dict[Wanted, tuple[Message, str]], dict[Wanted, str]]:
    """Messages that came and are what was wanted, and why the others are not."""
    found: dict[Wanted, tuple[Message, str]] = {}
    failed: dict[Wanted, str] = {}

    def one(wanted: Wanted, place: Place) -> tuple[Message, str]:
        for attempt in range(ATTEMPTS):
            data = lane.server.take(place)
            try:
                message = lane.decoder.read(
                    data, wanted, run=run, area=order.area, thinned=order.source.thinned, member=order.source.member
                )
                return message, hashlib.sha256(data).hexdigest()
            except Fault:
                if attempt == ATTEMPTS - 1:
                    raise
                order.patience.sleep(order.patience.first_wait)
        raise AssertionError  # the last attempt returns or raises

    with ThreadPoolExecutor(order.at_once) as pool:
        asked = {pool.submit(one, wanted, place): wanted for wanted, place in places.items()}
        try:
            for future in as_completed(asked):
                try:
                    found[asked[future]] = future.result()
                except (Fault, NotThere) as error:
                    failed[asked[future]] = str(error)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return found, failed


def _assembled(found: dict[Wanted, tuple[Message, str]], *, received: int, lacks: tuple[str, ...]) -> Piece:
    """One piece of the messages of a step, on one grid."""
    first = next(iter(found.values()))[0] if found else None
    fields: dict[str, Any] = {}
    spans: dict[str, tuple[int, int]] = {}
    for field in dict.fromkeys(w.field for w in found):
        own = sorted((w for w in found if w.field == field), key=lambda w: -(w.level or 0))
        messages = [found[w][0] for w in own]
        if any(m.x.shape != first.x.shape or (m.x != first.x).any() or (m.y != first.y).any() for m in messages):  # type: ignore[union-attr]
            raise Lacking(f"{field.name} is on another grid than the rest")
        fields[field.name] = np.stack([m.values for m in messages]) if own[0].level is not None else messages[0].values
        spans[field.name] = (messages[0].begin, messages[0].end)
    empty = np.zeros(0)
    x, y = (first.x, first.y) if first is not None else (empty, empty)
    digests = tuple(found[w][1] for w in sorted(found, key=str))
    return Piece(fields, spans, x, y, digests, received, lacks)


def _refuse_other_grids(pieces: Sequence[Piece], begun: Path) -> None:
    first = pieces[0]
    if any(p.x.shape != first.x.shape or (p.x != first.x).any() or (p.y != first.y).any() for p in pieces):
        shutil.rmtree(begun, ignore_errors=True)
        raise Lacking("its steps are on different grids")


def _lacks(pieces: dict[str, Piece | None]) -> list[str]:
    """Which wished fields are lacking, and in how many steps."""
    count: dict[str, int] = {}
    for piece in pieces.values():
        for name in piece.lacks if piece is not None else ():
            count[name] = count.get(name, 0) + 1
    return [f"{name} is lacking in {n} of {len(pieces)} parts, so it is left out" for name, n in sorted(count.items())]
