"""In which form do findings go over HTTP?"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, Field

from oberih.case.hold.findings_export import observation_fields
from oberih.case.hold.judgement import Judgement
from oberih.case.hold.regime import rests_on_text, summary
from oberih.case.hold.regime_timeline import History
from oberih.case.hold.regime_words import in_language
from oberih.regimes.finding import Finding
from oberih.regimes.regime import Condition, Obligation, Regime

__all__ = ["HistoryOf", "ObligationOf", "RegimeBoard", "RegimeRow", "RegimeTable"]

Texts = dict[str, str]


class RegimeRow(BaseModel):
    """One regime, as it stands."""

    id: str
    title: str
    version: str
    worst: str | None = Field(description="Worst status of all that applies; null where nothing does.")
    statuses: dict[str, int] = Field(description="How many findings have each status.")
    apart: int = Field(description="Findings of rules that do not apply.")
    contested: int
    unknown_parts: int
    parts: int
    summary: str
    verified: bool
    subjects: list[str]
    obligations: int
    spans: list[dict[str, Any]]

    @classmethod
    def of(cls, j: Judgement, language: str) -> RegimeRow:
        """Make it from a judgement."""
        r = j.regime
        spans: list[dict[str, Any]] = [{"start": s.start, "end": s.end, "verified": s.verified} for s in r.spans]
        return cls(
            id=r.id, title=in_language(r.title, language), version=r.version, worst=j.worst(), statuses=j.statuses(),
            apart=sum(f.status is None for f in j.findings), contested=sum(bool(f.contested_by) for f in j.findings),
            unknown_parts=sum(f.unknown_parts for f in j.findings), parts=sum(len(f.parts) for f in j.findings),
            summary=summary(j, language), verified=not any(f.unverified for f in j.findings),
            subjects=list(r.subjects), obligations=len(r.obligations), spans=spans,
        )  # fmt: skip


class RegimeTable(BaseModel):
    """Every regime, as of a day."""

    as_of: date
    known_by: date | None
    rests_on: str
    own_record: bool
    regimes: list[RegimeRow]


class Aside(BaseModel):
    """An observation that did not count."""

    id: str
    why: str


class PartOf(BaseModel):
    """What one test says."""

    name: str
    status: str
    why: str
    counted: list[str]
    set_aside: list[Aside]


class FindingOf(BaseModel):
    """What an obligation comes to for one subject."""

    obligation: str
    subject: str
    applicability: str
    status: str | None
    contested_by: list[str]
    why: str = Field(description="In English, as the rule says it.")
    parts: list[PartOf]
    unknown_parts: int
    counted: list[str]
    set_aside: list[Aside]
    unverified: list[str]
    rule: str
    inputs_sha256: str

    @classmethod
    def of(cls, f: Finding) -> FindingOf:
        """Make it from a finding."""
        return cls(
            obligation=f.obligation, subject=f.subject, applicability=f.applicability, status=f.status,
            contested_by=list(f.contested_by), why=f.why, unknown_parts=f.unknown_parts, counted=list(f.counted),
            set_aside=[Aside(id=i, why=w) for i, w in f.set_aside], unverified=list(f.unverified), rule=f.rule,
            inputs_sha256=f.inputs_sha256,
            parts=[
                PartOf(name=n, status=v.status, why=v.why, counted=list(v.counted),
                       set_aside=[Aside(id=i, why=w) for i, w in v.set_aside])
                for n, v in f.parts
            ],
        )  # fmt: skip


class ConditionOf(BaseModel):
    """An obligation applies only while an indicator has one of these values."""

    indicator: str
    values: list[str]
    why: str

    @classmethod
    def of(cls, c: Condition | None) -> ConditionOf | None:
        """Make it from a condition, if there is one."""
        return None if c is None else cls(indicator=c.indicator, values=list(c.values), why=c.why)


class PromiseOf(BaseModel):
    """One thing that must hold."""

    id: str
    text: str
    article: str
    addressee: str
    force: str
    start: date | None
    end: date | None
    subjects: list[str]
    requires: ConditionOf | None
    excluded_while: ConditionOf | None
    supports: list[str]
    compromises: list[str]
    insufficient: list[str]
    source: str
    verified: bool
    note: str

    @classmethod
    def of(cls, o: Obligation, regime: Regime, language: str) -> PromiseOf:
        """Make it from an obligation."""
        return cls(
            id=o.id, text=in_language(o.text, language), article=o.article, addressee=o.addressee, force=o.force,
            start=o.start, end=o.end, subjects=list(o.subjects or regime.subjects),
            requires=ConditionOf.of(o.requires), excluded_while=ConditionOf.of(o.excluded_while),
            supports=list(o.supports), compromises=list(o.compromises), insufficient=list(o.insufficient),
            source=o.source, verified=o.verified, note=o.note,
        )  # fmt: skip


class ContestOf(BaseModel):
    """Who contests, and what is claimed."""

    obligation: str
    subject: str
    by: str
    start: date
    claim: str
    source: str
    verified: bool


class RegimeBoard(BaseModel):
    """One regime: every obligation for every subject."""

    regime: RegimeRow
    text: str
    as_of: date
    known_by: date | None
    rests_on: str
    sha256: str
    obligations: list[PromiseOf]
    findings: list[FindingOf]
    contests: list[ContestOf]

    @classmethod
    def of(cls, j: Judgement, language: str) -> RegimeBoard:
        """Make it from a judgement."""
        return cls(
            regime=RegimeRow.of(j, language), text=in_language(j.regime.text, language), as_of=j.as_of,
            known_by=j.known_by, rests_on=rests_on_text(j.rests_on, language), sha256=j.regime.sha256,
            obligations=[PromiseOf.of(o, j.regime, language) for o in j.regime.obligations],
            findings=[FindingOf.of(f) for f in j.findings], contests=_contests(j),
        )  # fmt: skip


def _contests(j: Judgement) -> list[ContestOf]:
    there = {(f.obligation, f.subject, by) for f in j.findings for by in f.contested_by}
    return [
        ContestOf(obligation=c.obligation, subject=c.subject, by=c.by, start=c.start, claim=c.claim, source=c.source,
                  verified=c.verified)
        for c in j.regime.contests if (c.obligation, c.subject, c.by) in there
    ]  # fmt: skip


class ObservationOf(BaseModel):
    """One observation, whether or not it counted."""

    id: str
    indicator: str
    subject: str
    date: str
    end: str | None
    value: float | str | None
    given: bool
    known_on: str | None
    text: str
    channel: str
    source: str
    reliability: str | None
    credibility: int | None
    affirmed_by: list[str]
    claims: list[tuple[str, str]] = Field(description="By whom and what: attributions, which no rule reads.")
    longitude: float | None
    latitude: float | None
    verified: bool
    corrected_by: str | None
    recorded: bool = Field(description="It stands in this server's record, with a proof; else in a table that ships.")


class ObligationOf(BaseModel):
    """One obligation laid open."""

    board: RegimeBoard = Field(description="The regime, with the findings of this obligation alone.")
    observations: list[ObservationOf]
    recompute: str = Field(description="The command with which anybody finds the same.")

    @classmethod
    def of(cls, j: Judgement, recorded: frozenset[str], recompute: str, language: str) -> ObligationOf:
        """Make it from the judgement of one obligation."""
        shown = [ObservationOf(**observation_fields(o), recorded=o.id in recorded) for o in j.named()]
        board = RegimeBoard.of(j, language)
        kept = [o for o in board.obligations if o.id in {f.obligation for f in j.findings}]
        return cls(
            board=board.model_copy(update={"obligations": kept}), observations=shown, recompute=recompute,
        )  # fmt: skip


class StretchOf(BaseModel):
    """How long a finding stayed as it was."""

    start: date
    end: date = Field(description="The last day.")
    applicability: str
    status: str | None
    contested_by: list[str]
    why: str
    verified: bool


class LineOf(BaseModel):
    """One obligation for one subject, over time."""

    obligation: str
    subject: str
    stretches: list[StretchOf]


class HistoryOf(BaseModel):
    """How the findings of a regime changed."""

    regime: str
    title: str
    start: date
    end: date
    known_by: date | None
    rolling: bool
    rests_on: str
    changes: int
    lines: list[LineOf]

    @classmethod
    def of(cls, h: History, obligation: str | None, language: str) -> HistoryOf:
        """Make it from a history; of one obligation, if one is named."""
        lines: dict[tuple[str, str], list[StretchOf]] = {}
        for c in h.changes:
            a = c.after
            if obligation is None or a.obligation == obligation:
                lines.setdefault((a.obligation, a.subject), []).append(StretchOf(
                    start=c.day, end=h.end, applicability=a.applicability, status=a.status,
                    contested_by=list(a.contested_by), why=a.why, verified=not a.unverified,
                ))  # fmt: skip
        for stretches in lines.values():
            for one, following in pairwise(stretches):
                one.end = date.fromordinal(following.start.toordinal() - 1)
        return cls(
            regime=h.regime.id, title=in_language(h.regime.title, language), start=h.start, end=h.end,
            known_by=h.known_by, rolling=h.rolling, rests_on=rests_on_text(h.rests_on, language),
            changes=sum(len(s) - 1 for s in lines.values()),
            lines=[LineOf(obligation=o, subject=s, stretches=found) for (o, s), found in lines.items()],
        )  # fmt: skip
