"""Who takes part, as data that a page or a program can use?

Stories: `events`, `event`, `actor`, `positions`, `position`; each as of a day, with only what was public by then.  The
same register as `oberih.case.hold.participation`, which puts it on sheets; figures of several sources stand side by
side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from oberih.case.hold.participation import actor_of, open_register, position_of
from oberih.errors import UnknownName
from oberih.regimes.participation import (
    Claim,
    Event,
    Figure,
    Position,
    Register,
    Role,
    ScheduleVersion,
    Vote,
    in_conflict,
)
from oberih.regimes.read.participation_cells import known_states

__all__ = ["Actor", "Gathering", "Stand", "actor", "event", "events", "position", "positions", "register_on"]


@dataclass(frozen=True)
class Gathering:
    """An event with all that is known of it.

    Parameters
    ----------
    event : Event
    series_title : mapping
        By language.
    versions : tuple of ScheduleVersion
    roles : tuple of (Role, str)
        With the actor's name.
    figures : tuple of (Figure, str)
        With the name of who gives it.
    conflicts : tuple of str
        Of what the figures exclude each other.
    positions : tuple of Position
    claims : tuple of (Claim, str)
        With the claimant's name.
    """

    event: Event
    series_title: Mapping[str, str]
    versions: tuple[ScheduleVersion, ...]
    roles: tuple[tuple[Role, str], ...]
    figures: tuple[tuple[Figure, str], ...]
    conflicts: tuple[str, ...]
    positions: tuple[Position, ...]
    claims: tuple[tuple[Claim, str], ...]


@dataclass(frozen=True)
class Stand:
    """A position with who stood how to it, each with a name."""

    position: Position
    body_name: str
    votes: tuple[tuple[Vote, str], ...]


@dataclass(frozen=True)
class Actor:
    """What a state or organisation did, voted, put forward and claimed, and what others claim about it."""

    id: str
    name: str
    roles: tuple[Role, ...]
    votes: tuple[tuple[Vote, Position], ...]
    sponsored: tuple[Position, ...]
    taken: tuple[Position, ...]
    claims: tuple[tuple[Claim, str], ...]
    about: tuple[tuple[Claim, str], ...]


@lru_cache(maxsize=1)
def _whole() -> Register:
    return open_register()


def register_on(day: date | None) -> Register:
    """Return the register that ships, as it was public on a day."""
    return _whole() if day is None else _whole().as_of(day)


def events(register: Register, language: str = "en") -> tuple[Gathering, ...]:
    """Return every event, the earliest first."""
    found = [_gathered(register, e, language) for e in register.events.values()]
    return tuple(sorted(found, key=lambda g: (_begins(g), g.event.id)))


def _begins(g: Gathering) -> date:
    return next((v.start.first for v in reversed(g.versions) if v.start.first), date.max)


def event(register: Register, name: str, language: str = "en") -> Gathering:
    """Return one event.

    Raises
    ------
    UnknownName
        If there is none, or it was not public yet.
    """
    found = next((e for e in register.events.values() if e.id.casefold() == name.casefold()), None)
    if found is None:
        raise UnknownName("event", name, known=register.events)
    return _gathered(register, found, language)


def _gathered(register: Register, e: Event, language: str) -> Gathering:
    figures = tuple((f, register.named(f.by, language)) for f in register.figures if f.event == e.id)
    kinds = dict.fromkeys(f.what for f, _ in figures)
    return Gathering(
        e, register.series[e.series].title, register.versions(e.id),
        tuple((r, _called(register, r.actor, language)) for r in register.roles if r.event == e.id), figures,
        tuple(what for what in kinds if in_conflict([f for f, _ in figures if f.what == what])),
        tuple(p for p in register.positions if p.event == e.id),
        tuple((c, register.named(c.claimant, language)) for c in register.claims if c.event == e.id),
    )  # fmt: skip


def positions(register: Register, language: str = "en") -> tuple[Stand, ...]:
    """Return every position, the earliest first, without who stood how."""
    chosen = sorted(register.positions, key=lambda p: (p.date.first or date.min, p.id))
    return tuple(Stand(p, register.named(p.body, language), ()) for p in chosen)


def position(register: Register, name: str, language: str = "en") -> Stand:
    """Return one position with who stood how to it.

    Raises
    ------
    UnknownName
        If there is none.
    """
    p = position_of(register, name)
    votes = tuple((v, _called(register, v.actor, language)) for v in register.votes if v.position == p.id)
    return Stand(p, register.named(p.body, language), votes)


def actor(register: Register, name: str, language: str = "en") -> Actor:
    """Return all about a state or organisation.

    Raises
    ------
    UnknownName
        If it is neither.
    """
    who = actor_of(register, name)
    by_id = {p.id: p for p in register.positions}
    return Actor(
        who, _called(register, who, language), tuple(r for r in register.roles if r.actor == who),
        tuple((v, by_id[v.position]) for v in register.votes if v.actor == who),
        tuple(p for p in register.positions if who in p.sponsors),
        tuple(p for p in register.positions if p.body == who),
        tuple((c, _called(register, c.about, language)) for c in register.claims if c.claimant == who),
        tuple((c, register.named(c.claimant, language)) for c in register.claims if c.about == who),
    )  # fmt: skip


def _called(register: Register, who: str, language: str) -> str:
    return known_states().get(who) or register.named(who, language)
