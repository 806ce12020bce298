"""Which rows of a participation register cannot stand together?

Rules across rows and tables: an id twice, one event under two names, versions of a schedule with a gap or out of order,
lists of votes against their counts, a body's seats against the sum, a state that votes twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

from oberih.errors import InputError
from oberih.regimes.participation import VOTES, Event, Position, Register, ScheduleVersion
from oberih.regimes.read.participation_rows import Places

__all__ = ["check_register"]

Tell = Callable[[InputError], None]


def check_register(register: Register, places: Places, tell: Tell) -> None:
    """Tell every mistake that no single row shows.

    Parameters
    ----------
    register : Register
    places : mapping
        Where each row stands.
    tell : callable
        Takes each mistake.
    """
    for name in ("series", "organisations", "events", "positions", "claims"):
        _ids_once(name, places, tell)
    _events_once(register, places, tell)
    _schedules(register, places, tell)
    _rows_once(places, tell)
    for where, position in places["positions"]:
        for message, field, cure in _of_position(position, register):
            tell(InputError(message, file=where, field=field, cure=cure))
    _figures_once(places, tell)


def _ids_once(name: str, places: Places, tell: Tell) -> None:
    seen: dict[str, str] = {}
    for where, thing in places[name]:
        if thing.id in seen:
            tell(InputError(f"stands already in {seen[thing.id]}", file=where, field="id", value=thing.id,
                            cure="give each its own id"))  # fmt: skip
        seen.setdefault(thing.id, where.rsplit(", ", 1)[-1])


def _key(event: Event, versions: tuple[ScheduleVersion, ...]) -> Iterator[tuple[object, ...]]:
    """What two names of one event share: series and first day of a same version, and the city if both name one."""
    for version in versions:
        if version.start.text:
            yield event.series, version.start.text, event.city.casefold()


def _events_once(register: Register, places: Places, tell: Tell) -> None:
    """An event that a second source names is the same event: its figures belong to the first."""
    seen: dict[tuple[object, ...], str] = {}
    for where, event in places["events"]:
        for key in set(_key(event, register.versions(event.id))):
            other = seen.get(key)
            if other is not None and other != event.id:
                tell(InputError(f"is the same event as {other}: same series, start and city", file=where, field="id",
                                value=event.id, cure=f"put what this source says under {other}"))  # fmt: skip
                break
            seen[key] = event.id
        if not register.versions(event.id):
            tell(InputError("has no schedule", file=where, field="id", value=event.id,
                            cure="add a row to schedules.csv"))  # fmt: skip


def _schedules(register: Register, places: Places, tell: Tell) -> None:
    by_event: dict[str, list[tuple[str, ScheduleVersion]]] = {}
    for where, version in places["schedules"]:
        by_event.setdefault(version.event, []).append((where, version))
    for versions in by_event.values():
        versions.sort(key=lambda v: v[1].version)
        for i, (where, version) in enumerate(versions):
            if version.version != i + 1:
                tell(InputError("breaks the count 1, 2, 3 …", file=where, field="version", value=version.version,
                                cure=f"number it {i + 1}"))  # fmt: skip
            before = versions[i - 1][1] if i else None
            if before and before.status in {"held", "cancelled"}:
                tell(InputError(f"follows a version that is {before.status}", file=where, field="status",
                                value=version.status, cure="let that be the last"))  # fmt: skip
            _order(where, version, before, tell)


def _order(where: str, version: ScheduleVersion, before: ScheduleVersion | None, tell: Tell) -> None:
    if before and before.public.first and version.public.last and version.public.last < before.public.first:
        tell(InputError(f"was announced before version {before.version}", file=where, field="announced_on",
                        value=version.public.text, cure="number versions as they were announced"))  # fmt: skip
    if version.announced.first and version.known_on.last and version.announced.first > version.known_on.last:
        tell(InputError("lies after the day it became known", file=where, field="announced_on",
                        value=version.announced.text, cure="correct one of the two"))  # fmt: skip
    said = version.known_on.last
    if version.status == "held" and version.start.first and said and said < version.start.first - timedelta(days=1):
        tell(InputError("was known before the event began", file=where, field="known_on", value=version.known_on.text,
                        cure="what lies ahead is 'planned'"))  # fmt: skip


def _rows_once(places: Places, tell: Tell) -> None:
    """A role or vote that stands twice; a state that votes two ways."""
    seen: set[tuple[str, ...]] = set()
    for where, role in places["roles"]:
        key = (role.event, role.actor, role.role)
        if key in seen:
            tell(InputError("has this role already", file=where, field="role", value=role.actor, cure="keep one row"))
        seen.add(key)
    votes: dict[tuple[str, str], str] = {}
    for where, vote in places["votes"]:
        other = votes.setdefault((vote.position, vote.actor), vote.vote)
        if other != vote.vote or (vote.position, vote.actor, "seen") in seen:
            said = "stands twice" if other == vote.vote else f"is also listed as {other}"
            tell(InputError(said, file=where, field="vote", value=vote.actor, cure="keep one row"))
        seen.add((vote.position, vote.actor, "seen"))


def _of_position(position: Position, register: Register) -> Iterator[tuple[str, str, str]]:
    """Counts against lists and seats."""
    listed = Counter(v.vote for v in register.votes if v.position == position.id)
    for vote in VOTES:
        count, column = position.counts.get(vote), vote.replace(" ", "_")
        if count is None or not listed[vote]:
            continue
        if listed[vote] > count:
            yield f"is {count}, and {listed[vote]} are listed", column, "correct the count or the list"
        elif listed[vote] < count and vote not in position.partial:
            yield (
                f"is {count}, and {listed[vote]} are listed",
                column,
                f"list the others, or write {vote} under partial",
            )
    if position.form == "statement" and set(position.counts) - {"joined"}:
        yield "a statement is joined, not voted on", "form", "put the count under joined"
    if position.form == "vote" and "joined" in position.counts:
        yield "a vote is not joined", "joined", "put the count under in_favour"
    yield from _seats(position, register)


def _seats(position: Position, register: Register) -> Iterator[tuple[str, str, str]]:
    body = register.organisations.get(position.body)
    if body is None or body.seats is None or position.form != "vote" or not position.counts:
        return
    total, whole = sum(position.counts.values()), {"in favour", "against", "abstain", "absent"} <= set(position.counts)
    if total > body.seats or (whole and total != body.seats):
        sums = " + ".join(str(n) for n in position.counts.values())
        yield f"{sums} = {total}, and {body.id} has {body.seats} seats", "in_favour", "correct the counts"


def _figures_once(places: Places, tell: Tell) -> None:
    """One source gives one number for one thing; two sources may differ, and then both stand."""
    seen: dict[tuple[str, str, str, str], int] = {}
    for where, figure in places["figures"]:
        key = (figure.event, figure.what, figure.by, re.sub(r"\s", "", figure.source))
        if key in seen:
            said = "stands twice" if seen[key] == figure.value else f"is {seen[key]} by the same source elsewhere"
            tell(InputError(said, file=where, field="value", value=figure.value, cure="keep what the source says"))
        seen[key] = figure.value
