"""Which noun does each row of the participation register make?

Rows of the tables become the nouns of `oberih.regimes.participation`, each with the place it came from, so that rules
across tables can say where.  Tables that others refer to come first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from oberih.errors import InputError
from oberih.regimes.participation import (
    FORMS,
    ROLES,
    STATUSES,
    VOTES,
    Claim,
    Event,
    Figure,
    Organisation,
    Position,
    Register,
    Role,
    ScheduleVersion,
    Series,
    Vote,
)
from oberih.regimes.read.participation_cells import Cells

__all__ = ["BOUNDS", "COUNTED", "Places", "register_of"]

COUNTED = ("participants", "states", "organisations")
"""What figures count."""

BOUNDS = ("exactly", "at least", "about")
"""How a source words a figure."""

CLAIM_KINDS = ("testable", "normative")

Places = dict[str, list[tuple[str, Any]]]
"""By table: where each row stands, and what it made."""

Thing = TypeVar("Thing")
Known = Mapping[str, object]


def register_of(
    tables: Mapping[str, Sequence[tuple[str, dict[str, str]]]], known: Register, tell: Callable[[InputError], None]
) -> tuple[Register, Places]:
    """Make the nouns of rows.

    Parameters
    ----------
    tables : mapping
        By name, rows with where they stand.
    known : Register
        Whose series and organisations may be referred to.
    tell : callable
        Takes each mistake.
    """
    places: Places = {}

    def made(name: str, make: Callable[[Cells], Thing]) -> tuple[Thing, ...]:
        places[name] = [(where, make(Cells(row, where, tell))) for where, row in tables[name]]
        return tuple(thing for _, thing in places[name])

    series = {**known.series, **{s.id: s for s in made("series", _series)}}
    organisations = {**known.organisations, **{o.id: o for o in made("organisations", _organisation)}}
    events = {e.id: e for e in made("events", lambda c: _event(c, series))}
    positions = made("positions", lambda c: _position(c, organisations, events))
    told = {p.id: p for p in positions}
    return Register(
        series=series, organisations=organisations, events=events, positions=positions,
        schedules=made("schedules", lambda c: _schedule(c, events)),
        roles=made("roles", lambda c: _role(c, organisations, events)),
        figures=made("figures", lambda c: _figure(c, organisations, events)),
        votes=made("votes", lambda c: _vote(c, organisations, told)),
        claims=made("claims", lambda c: _claim(c, organisations, events)),
    ), places  # fmt: skip


def _titles(cells: Cells, name: str) -> dict[str, str]:
    return {code: text for code in ("en", "uk") if (text := cells.text(f"{name}_{code}", needed=code == "en"))}


def _source(cells: Cells) -> dict[str, Any]:
    return {"source": cells.text("source", needed=True), "verified": cells.verified()}


def _series(cells: Cells) -> Series:
    return Series(cells.identifier("id"), _titles(cells, "title"), **_source(cells))


def _organisation(cells: Cells) -> Organisation:
    state = cells.row.get("state", "")
    if state:
        cells.check_state("state", state)
    return Organisation(
        cells.identifier("id"), _titles(cells, "name"), state, cells.count("seats"), **_source(cells)
    )  # fmt: skip


def _event(cells: Cells, series: Known) -> Event:
    return Event(
        id=cells.identifier("id"), series=cells.known("series", series), title=_titles(cells, "title"),
        city=cells.text("city"), note=cells.text("note"), **_source(cells),
    )  # fmt: skip


def _schedule(cells: Cells, events: Known) -> ScheduleVersion:
    start, end = cells.when("start"), cells.when("end")
    status = cells.choice("status", STATUSES)
    if start.first and end.last and end.last < start.first:
        cells.wrong("end", f"lies before the start ({start.text})", "correct one of the two")
    if end.text and not start.text:
        cells.wrong("start", "is empty while an end is given", "give the start, or neither")
    if status == "held" and not start.text:
        cells.wrong("start", "is empty, and the event was held", "say when, as exactly as is known")
    return ScheduleVersion(
        event=cells.known("event", events), version=cells.count("version", needed=True) or 0, status=status,
        start=start, end=end, announced=cells.when("announced_on"), known_on=cells.when("known_on", needed=True),
        note=cells.text("note"), **_source(cells),
    )  # fmt: skip


def _role(cells: Cells, organisations: Known, events: Known) -> Role:
    actor, role = cells.actor(organisations), cells.choice("role", ROLES)
    if role == "host state" and not cells.row.get("state") and actor:
        cells.wrong("organisation", "is no state, and the role is host state", "give the state, or 'host organisation'")
    if role == "host organisation" and not cells.row.get("organisation") and actor:
        cells.wrong("state", "is a state, and the role is host organisation", "give the organisation, or 'host state'")
    return Role(
        event=cells.known("event", events), actor=actor, role=role, known_on=cells.when("known_on", needed=True),
        note=cells.text("note"), **_source(cells),
    )  # fmt: skip


def _figure(cells: Cells, organisations: Known, events: Known) -> Figure:
    return Figure(
        event=cells.known("event", events), what=cells.choice("what", COUNTED),
        value=cells.count("value", needed=True) or 0, bound=cells.choice("bound", BOUNDS),
        by=cells.known("by", organisations), known_on=cells.when("known_on", needed=True), note=cells.text("note"),
        **_source(cells),
    )  # fmt: skip


def _position(cells: Cells, organisations: Known, events: Known) -> Position:
    counts = {vote: n for vote in VOTES if (n := cells.count(vote.replace(" ", "_"))) is not None}
    partial = tuple(v.strip() for v in cells.row.get("partial", "").split(";") if v.strip())
    if set(partial) - set(VOTES):
        cells.wrong("partial", "is no vote", f"use {', '.join(VOTES)}, joined by ;")
    return Position(
        id=cells.identifier("id"), body=cells.known("body", organisations),
        instrument=cells.text("instrument", needed=True), date=cells.when("date", needed=True),
        event=cells.known("event", events, needed=False), form=cells.choice("form", FORMS), counts=counts,
        sponsors=cells.states("sponsors"), partial=partial, known_on=cells.when("known_on", needed=True),
        note=cells.text("note"), **_source(cells),
    )  # fmt: skip


def _vote(cells: Cells, organisations: Known, positions: Known) -> Vote:
    return Vote(
        position=cells.known("position", positions), actor=cells.actor(organisations),
        vote=cells.choice("vote", VOTES), **_source(cells),
    )  # fmt: skip


def _claim(cells: Cells, organisations: Known, events: Known) -> Claim:
    about = ""
    if cells.row.get("state") or cells.row.get("organisation"):
        about = cells.actor(organisations)
    return Claim(
        id=cells.identifier("id"), claimant=cells.known("claimant", organisations),
        date=cells.when("date", needed=True), about=about, event=cells.known("event", events, needed=False),
        text=cells.text("text", needed=True), evidence=cells.text("evidence", needed=True),
        normative=cells.choice("kind", CLAIM_KINDS) == "normative", known_on=cells.when("known_on", needed=True),
        note=cells.text("note"), **_source(cells),
    )  # fmt: skip
