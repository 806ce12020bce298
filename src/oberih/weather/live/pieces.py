"""How does a step of a run become a piece that is kept?

Asks for its messages, several at a time, has each checked and decoded, and keeps them together once all that are needed
are there.  What is wished for and lacking is left out of the piece, and the piece says so.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

import numpy as np

from oberih.weather.live import kept
from oberih.weather.live.bundle import told_apart
from oberih.weather.live.kept import Piece
from oberih.weather.live.message import Fault, Message
from oberih.weather.live.message_apart import message_apart
from oberih.weather.live.order import Order
from oberih.weather.live.server import Server
from oberih.weather.live.wanted import ON_LEVELS, NotThere, Place, Source, Wanted

__all__ = ["Lacking", "lacks_of", "piece_of_step", "refuse_other_grids", "wanted_of"]

ATTEMPTS = 3
"""A message that is not what was wanted is asked for so often."""

NAMED = 4
"""Of what is lacking, so many are named."""


class Lacking(Exception):
    """A run does not give what is needed: what."""


def wanted_of(source: Source, step: int) -> list[Wanted]:
    """Messages of a step: means and sums begin after the first."""
    out = []
    for field in source.fields:
        if field.once or (field.statistic != "instant" and step == 0):
            continue
        levels: tuple[int | None, ...] = source.levels if field.surface == ON_LEVELS else (None,)
        out += [Wanted(field, level, step) for level in levels]
    return out


def piece_of_step(order: Order, server: Server, run: int, begun: Path, label: str, wanted: list[Wanted]) -> Piece:
    """The piece of a step, kept before or fetched now.

    Parameters
    ----------
    order : Order
    server : Server
    run : int
        Seconds since 1970.
    begun : Path
        Folder of the run's pieces.
    label : str
        Name of the piece.
    wanted : list of Wanted
        Its messages.

    Raises
    ------
    Lacking
        If a message that is needed is not there, or is not what was wanted.
    SourceUnavailable, Stopped
        As `Server.take`.
    """
    held = kept.piece_of(begun, label)
    if held is not None:
        return held
    before = server.received
    bundle = order.source.bundle(order.server, run, wanted, order.area)
    ways = _one_by_one if bundle is None else _all_at_once
    found, failed, missing = ways(order, server, run, wanted)
    needed = [w for w in failed if w.field.needed]
    if needed:
        raise Lacking(f"{_named(needed)}: {failed[needed[0]]}")
    lost = {w.field.name for w in [*missing, *failed]}
    whole = {w: m for w, m in found.items() if w.field.name not in lost}
    piece = _assembled(whole, received=server.received - before, lacks=tuple(sorted(lost)))
    kept.keep_piece(begun, label, piece)
    return piece


Taken = tuple[dict[Wanted, tuple[Message, str]], dict[Wanted, str], list[Wanted]]
"""Messages that are what was wanted with their digests, why others are not, and of which nothing is known."""


def _one_by_one(order: Order, server: Server, run: int, wanted: list[Wanted]) -> Taken:
    """Look every message up in the index and ask for it."""
    try:
        places, missing = order.source.places(order.server, run, wanted, server.ask)
    except NotThere as error:
        if any(w.field.needed for w in wanted):
            raise Lacking(f"step +{wanted[0].step} h is not there ({error})") from error
        places, missing = {}, list(wanted)
    needed = [w for w in missing if w.field.needed]
    if needed:
        raise Lacking(f"the index does not name {_named(needed)}")
    return (*_taken(order, server, run, places), missing)


def _all_at_once(order: Order, server: Server, run: int, wanted: list[Wanted]) -> Taken:
    """Ask for all messages in one answer, and again while it is cut off or none of it is what was wanted."""
    place = order.source.bundle(order.server, run, wanted, order.area)
    assert place is not None  # `piece_of_step` has looked
    for attempt in range(ATTEMPTS):
        found: dict[Wanted, tuple[Message, str]] = {}
        failed: dict[Wanted, str] = {}
        try:
            held = told_apart(server.take(place), wanted)
        except (Fault, NotThere) as error:
            held = {}
            failed = {w: str(error) for w in wanted}
        for one, data in held.items():
            try:
                message = message_apart(
                    data, one, run=run, area=order.area, thinned=order.source.thinned, stopped=server.given_up
                )
                found[one] = (message, hashlib.sha256(data).hexdigest())
            except Fault as fault:
                failed[one] = str(fault)
        failed |= {w: "is not in the answer" for w in wanted if w not in found and w not in failed}
        if not any(w.field.needed for w in failed):
            break
        if attempt < ATTEMPTS - 1:
            order.patience.sleep(order.patience.first_wait, order.stopped)
    return found, failed, []


def _named(wanted: Sequence[Wanted]) -> str:
    more = f" and {len(wanted) - NAMED} more" if len(wanted) > NAMED else ""
    return ", ".join(str(w) for w in wanted[:NAMED]) + more


def _taken(
    order: Order, server: Server, run: int, places: dict[Wanted, Place]
) -> tuple[dict[Wanted, tuple[Message, str]], dict[Wanted, str]]:
    """Messages that came and are what was wanted, and why the others are not."""
    found: dict[Wanted, tuple[Message, str]] = {}
    failed: dict[Wanted, str] = {}

    def one(wanted: Wanted, place: Place) -> tuple[Message, str]:
        for attempt in range(ATTEMPTS):
            data = server.take(place)
            try:
                message = message_apart(
                    data, wanted, run=run, area=order.area, thinned=order.source.thinned, member=order.source.member,
                    stopped=server.given_up,
                )  # fmt: skip
                return message, hashlib.sha256(data).hexdigest()
            except Fault:
                if attempt == ATTEMPTS - 1:
                    raise
                order.patience.sleep(order.patience.first_wait, order.stopped)
        raise AssertionError  # the last attempt returns or raises

    with server.threads(order.at_once) as pool:
        asked = {pool.submit(one, wanted, place): wanted for wanted, place in places.items()}
        for future in as_completed(asked):
            try:
                found[asked[future]] = future.result()
            except (Fault, NotThere) as error:
                failed[asked[future]] = str(error)
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


def refuse_other_grids(pieces: Sequence[Piece], begun: Path) -> None:
    """Drop what was begun of a run whose steps are on different grids.

    Raises
    ------
    Lacking
        If they are.
    """
    first = pieces[0]
    if any(p.x.shape != first.x.shape or (p.x != first.x).any() or (p.y != first.y).any() for p in pieces):
        shutil.rmtree(begun, ignore_errors=True)
        raise Lacking("its steps are on different grids")


def lacks_of(pieces: dict[str, Piece | None]) -> list[str]:
    """Which wished fields are lacking, and in how many steps."""
    count: dict[str, int] = {}
    for piece in pieces.values():
        for name in piece.lacks if piece is not None else ():
            count[name] = count.get(name, 0) + 1
    return [f"{name} is lacking in {n} of {len(pieces)} parts, so it is left out" for name, n in sorted(count.items())]
