"""Who takes part in the nuclear community, how did they vote, and who says what about it?"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from pydantic import BaseModel

from oberih.case.hold import participation_data as data
from oberih.case.hold.participation_data import Actor, Gathering, Stand
from oberih.case.hold.regime_board import refuse_day
from oberih.case.hold.regime_words import in_language
from oberih.regimes.participation import Claim, Position, Register, Role
from oberih.web.access.may import may
from oberih.web.problem import refusals
from oberih.web.state import Shared, State

router = APIRouter(prefix="/api/v1/participation", tags=["participation"], dependencies=[may("read")])

Day = Annotated[date | None, Query(description="Only what was public by then; all that is known.")]
Lang = Annotated[Literal["en", "uk"], Query()]
Name = Annotated[str, InPath(max_length=120)]
REFUSED = refusals(401, 403, 404, 422)


class RoleOf(BaseModel):
    """What a state or organisation was in an event."""

    event: str
    actor: str
    name: str
    role: str
    source: str
    verified: bool

    @classmethod
    def of(cls, r: Role, name: str) -> RoleOf:
        """Make it from the noun."""
        return cls(event=r.event, actor=r.actor, name=name, role=r.role, source=r.source, verified=r.verified)


class ClaimOf(BaseModel):
    """What an organisation says; kept as a claim."""

    id: str
    date: str
    by: str
    about: str
    text: str
    evidence: str
    normative: bool
    source: str
    verified: bool

    @classmethod
    def of(cls, c: Claim, by: str, about: str) -> ClaimOf:
        """Make it from the noun."""
        return cls(id=c.id, date=c.date.text, by=by, about=about, text=c.text, evidence=c.evidence,
                   normative=c.normative, source=c.source, verified=c.verified)  # fmt: skip


class PositionOf(BaseModel):
    """What a body took as its position."""

    id: str
    body: str
    body_name: str
    instrument: str
    date: str
    form: str
    counts: dict[str, int]
    sponsors: list[str]
    partial: list[str]
    note: str
    source: str
    verified: bool
    votes: list[dict[str, Any]]

    @classmethod
    def of(cls, p: Position, body_name: str, votes: list[dict[str, Any]] | None = None) -> PositionOf:
        """Make it from the noun."""
        return cls(
            id=p.id, body=p.body, body_name=body_name, instrument=p.instrument, date=p.date.text, form=p.form,
            counts=dict(p.counts), sponsors=list(p.sponsors), partial=list(p.partial), note=p.note, source=p.source,
            verified=p.verified, votes=votes or [],
        )  # fmt: skip


class EventOf(BaseModel):
    """An event with all that is known of it."""

    id: str
    series: str
    title: str
    city: str
    note: str
    source: str
    verified: bool
    versions: list[dict[str, Any]]
    roles: list[RoleOf]
    figures: list[dict[str, Any]]
    conflicts: list[str]
    positions: list[PositionOf]
    claims: list[ClaimOf]

    @classmethod
    def of(cls, g: Gathering, lang: str) -> EventOf:
        """Make it from the story's answer."""
        e = g.event
        return cls(
            id=e.id, series=in_language(g.series_title, lang), title=in_language(e.title, lang), city=e.city,
            note=e.note, source=e.source, verified=e.verified, conflicts=list(g.conflicts),
            versions=[
                {"version": v.version, "status": v.status, "start": v.start.text, "end": v.end.text, "note": v.note,
                 "public": v.public.text, "source": v.source, "verified": v.verified}
                for v in g.versions
            ],
            roles=[RoleOf.of(r, name) for r, name in g.roles],
            figures=[
                {"what": f.what, "value": f.value, "bound": f.bound, "by": by, "source": f.source,
                 "verified": f.verified}
                for f, by in g.figures
            ],
            positions=[PositionOf.of(p, p.body) for p in g.positions],
            claims=[ClaimOf.of(c, by, c.about) for c, by in g.claims],
        )  # fmt: skip


class ActorOf(BaseModel):
    """All about a state or organisation."""

    id: str
    name: str
    roles: list[RoleOf]
    votes: list[dict[str, Any]]
    sponsored: list[PositionOf]
    taken: list[PositionOf]
    claims: list[ClaimOf]
    about: list[ClaimOf]

    @classmethod
    def of(cls, a: Actor) -> ActorOf:
        """Make it from the story's answer."""
        return cls(
            id=a.id, name=a.name, roles=[RoleOf.of(r, a.name) for r in a.roles],
            votes=[
                {"position": p.id, "instrument": p.instrument, "date": p.date.text, "vote": v.vote,
                 "source": v.source, "verified": v.verified}
                for v, p in a.votes
            ],
            sponsored=[PositionOf.of(p, p.body) for p in a.sponsored],
            taken=[PositionOf.of(p, p.body) for p in a.taken],
            claims=[ClaimOf.of(c, a.name, about) for c, about in a.claims],
            about=[ClaimOf.of(c, by, a.name) for c, by in a.about],
        )  # fmt: skip


@router.get("/events", responses=refusals(401, 403, 422))
def participation_events(state: Shared, as_of: Day = None, lang: Lang = "en") -> list[EventOf]:
    """Events with every version of their schedules, roles and figures side by side."""
    return [EventOf.of(g, lang) for g in data.events(_register(state, as_of), lang)]


@router.get("/events/{name}", responses=REFUSED)
def participation_event(state: Shared, name: Name, as_of: Day = None, lang: Lang = "en") -> EventOf:
    """One event."""
    return EventOf.of(data.event(_register(state, as_of), name, lang), lang)


@router.get("/positions", responses=refusals(401, 403, 422))
def participation_positions(state: Shared, as_of: Day = None, lang: Lang = "en") -> list[PositionOf]:
    """Positions that bodies and groups of states took, with their counts."""
    return [_position(s) for s in data.positions(_register(state, as_of), lang)]


@router.get("/positions/{name}", responses=REFUSED)
def participation_position(state: Shared, name: Name, as_of: Day = None, lang: Lang = "en") -> PositionOf:
    """One position with who stood how to it."""
    return _position(data.position(_register(state, as_of), name, lang))


@router.get("/actors/{name}", responses=REFUSED)
def participation_actor(state: Shared, name: Name, as_of: Day = None, lang: Lang = "en") -> ActorOf:
    """What a state (ISO code or name) or organisation did, voted and claimed, and what others claim about it."""
    return ActorOf.of(data.actor(_register(state, as_of), name, lang))


def _position(s: Stand) -> PositionOf:
    votes = [
        {"actor": v.actor, "name": name, "vote": v.vote, "source": v.source, "verified": v.verified}
        for v, name in s.votes
    ]
    return PositionOf.of(s.position, s.body_name, votes)


def _register(state: State, day: date | None) -> Register:
    refuse_day(day, today=state.clock().date(), name="as_of")
    return data.register_on(day)
