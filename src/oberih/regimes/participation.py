"""Who takes part in the nuclear community, where, in what role, and who says what about it?

Defines the nouns of the participation register: `When` (a date as exactly as anybody knows), `Series`, `Organisation`,
`Event`, `ScheduleVersion`, `Role`, `Figure`, `Position`, `Vote`, `Claim`, and `Register`, which holds them.

Invariants: natural persons have no place in it.  A schedule is never overwritten: a new date is a new version.  Figures
of several sources stand side by side; none is chosen, and no mean is taken.  A claim says whose it is; one that
is normative is recorded and never scored.  What was not public on a day is not in `Register.as_of` that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

__all__ = [
    "FORMS", "ROLES", "STATUSES", "VOTES", "Claim", "Event", "Figure", "Organisation", "Position", "Register", "Role",
    "ScheduleVersion", "Series", "Vote", "When", "in_conflict",
]  # fmt: skip

STATUSES = ("planned", "postponed", "moved", "held", "cancelled")
"""Of a version of a schedule."""

ROLES = (
    "organiser", "host state", "host organisation", "sponsor", "programme committee", "co-president", "member",
    "participant", "stayed away",
)  # fmt: skip
"""Of a state or organisation in an event."""

VOTES = ("in favour", "against", "abstain", "absent", "joined")
"""Of a state or organisation; ``joined``: it stands behind a statement, on which nobody votes."""

FORMS = ("vote", "statement", "consensus", "not known")
"""How a position was taken."""


@dataclass(frozen=True)
class When:
    """A date of any precision.

    Parameters
    ----------
    text : str
        As it was given (``2022-spring``); "" where none was named.
    first, last : datetime.date or None
        The days it may stand for; None where none was named.
    """

    text: str
    first: date | None = None
    last: date | None = None

    def public_by(self, day: date) -> bool:
        """Whether it lies surely on or before a day."""
        return self.last is not None and self.last <= day


@dataclass(frozen=True)
class Series:
    """Events that follow each other; titles by language."""

    id: str
    title: Mapping[str, str]
    source: str
    verified: bool


@dataclass(frozen=True)
class Organisation:
    """An organisation or one of its bodies.

    ``seats`` is how many members a body has; None where it is not fixed.
    """

    id: str
    name: Mapping[str, str]
    state: str
    seats: int | None
    source: str
    verified: bool


@dataclass(frozen=True)
class Event:
    """One event, whatever became of it; ``city`` "" where none was named."""

    id: str
    series: str
    title: Mapping[str, str]
    city: str
    source: str
    verified: bool
    note: str = ""


@dataclass(frozen=True)
class ScheduleVersion:
    """What was said at one time about when an event is, or was.

    Parameters
    ----------
    event : str
    version : int
        From 1, in the order in which they were announced.
    status : str
        Of `STATUSES`.
    start, end : When
    announced : When
        As far as it is known.
    known_on : When
        When its source made it public, at the latest.
    """

    event: str
    version: int
    status: str
    start: When
    end: When
    announced: When
    known_on: When
    source: str
    verified: bool
    note: str = ""

    @property
    def public(self) -> When:
        """Since when it can be known."""
        return self.announced if self.announced.last else self.known_on


@dataclass(frozen=True)
class Role:
    """What a state (ISO 3166 alpha-2) or an organisation (its id) was in an event."""

    event: str
    actor: str
    role: str
    known_on: When
    source: str
    verified: bool
    note: str = ""


@dataclass(frozen=True)
class Figure:
    """One number by one source.

    Parameters
    ----------
    event, what : str
        What is counted: ``participants``, ``states``, ``organisations``.
    value : int
    bound : str
        ``exactly``, ``at least`` or ``about``, as the source words it.
    by : str
        Id of the organisation that gives it.
    """

    event: str
    what: str
    value: int
    bound: str
    by: str
    known_on: When
    source: str
    verified: bool
    note: str = ""

    @property
    def span(self) -> tuple[float, float]:
        """Least and most that the wording allows; "about" is taken as a tenth either way."""
        if self.bound == "at least":
            return self.value, float("inf")
        return (0.9 * self.value, 1.1 * self.value) if self.bound == "about" else (self.value, self.value)


@dataclass(frozen=True)
class Position:
    """What a body or a group of states took as its position.

    Parameters
    ----------
    id, body, instrument : str
        ``body`` is an organisation's id; ``instrument`` what was voted on or said.
    date : When
    event : str
        "" where it belongs to none.
    form : str
        Of `FORMS`.
    counts : mapping of str to int
        By vote of `VOTES`; what nobody gave is not there.
    sponsors : tuple of str
        States that put it forward or delivered it.
    partial : tuple of str
        Votes whose lists are known not to be complete.
    """

    id: str
    body: str
    instrument: str
    date: When
    event: str
    form: str
    counts: Mapping[str, int]
    sponsors: tuple[str, ...]
    partial: tuple[str, ...]
    known_on: When
    source: str
    verified: bool
    note: str = ""


@dataclass(frozen=True)
class Vote:
    """How one state or organisation stood to a position."""

    position: str
    actor: str
    vote: str
    source: str
    verified: bool


@dataclass(frozen=True)
class Claim:
    """What an organisation says of somebody or something.

    Parameters
    ----------
    id, claimant : str
        ``claimant`` is an organisation's id.
    about : str
        A state or organisation; "" where it is about no single one.
    event : str
        "" where it is about none.
    text : str
        In our words.
    evidence : str
        What kind it comes as: ``press statement``, ``official letter``, …
    normative : bool
        It says what ought to be: recorded, never tested, never scored.
    """

    id: str
    claimant: str
    date: When
    about: str
    event: str
    text: str
    evidence: str
    normative: bool
    known_on: When
    source: str
    verified: bool
    note: str = ""


@dataclass(frozen=True)
class Register:
    """All of it."""

    series: Mapping[str, Series] = field(default_factory=dict)
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    events: Mapping[str, Event] = field(default_factory=dict)
    schedules: tuple[ScheduleVersion, ...] = ()
    roles: tuple[Role, ...] = ()
    figures: tuple[Figure, ...] = ()
    positions: tuple[Position, ...] = ()
    votes: tuple[Vote, ...] = ()
    claims: tuple[Claim, ...] = ()

    def as_of(self, day: date) -> Register:
        """Return what was public by the end of a day.

        An event is there once one version of its schedule is.
        """
        schedules = tuple(s for s in self.schedules if s.public.public_by(day))
        known = {s.event for s in schedules}
        positions = tuple(p for p in self.positions if p.known_on.public_by(day))
        told = {p.id for p in positions}
        return replace(
            self,
            events={k: e for k, e in self.events.items() if k in known},
            schedules=schedules,
            roles=tuple(r for r in self.roles if r.known_on.public_by(day) and r.event in known),
            figures=tuple(f for f in self.figures if f.known_on.public_by(day) and f.event in known),
            positions=positions,
            votes=tuple(v for v in self.votes if v.position in told),
            claims=tuple(c for c in self.claims if c.known_on.public_by(day)),
        )

    def versions(self, event: str) -> tuple[ScheduleVersion, ...]:
        """Return the versions of an event's schedule, the last one last."""
        return tuple(sorted((s for s in self.schedules if s.event == event), key=lambda s: s.version))

    def named(self, actor: str, language: str = "en") -> str:
        """Return an organisation's name; of a state its code."""
        organisation = self.organisations.get(actor)
        return actor if organisation is None else organisation.name.get(language) or organisation.name["en"]


def in_conflict(figures: Iterable[Figure]) -> bool:
    """Whether two figures of one thing exclude each other.

    Examples
    --------
    >>> day = When("2018")
    >>> one = Figure("e", "participants", 220, "exactly", "iaea", day, "", True)
    >>> in_conflict([one, replace(one, value=290, by="eimv")])
    True
    >>> in_conflict([one, replace(one, value=200, bound="at least")])
    False
    """
    spans = [f.span for f in figures]
    return bool(spans) and max(low for low, _ in spans) > min(high for _, high in spans)
