"""How does each regime stand today, in one line, and what changed since yesterday?

Defines the noun `RegimeState`.  Yesterday is judged by what was known yesterday: a finding that became known today
shows as a change.  Judging nine regimes twice takes some hundredths of a second; whoever watches keeps the answer for
the day and the size of the record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from oberih.case.hold.judgement import Judgement
from oberih.case.hold.regime import Asked, Evidence, evidence_for
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.record_data import without_place
from oberih.evidence.digest import sha256_of_value
from oberih.regimes.finding import Finding
from oberih.regimes.judge import judge
from oberih.regimes.read.regime_file import list_regimes
from oberih.regimes.regime import Regime

__all__ = ["NOT_IN_FORCE", "RegimeState", "regime_states"]

NOT_IN_FORCE = "not-in-force"

_MOST_CHANGES = 20


@dataclass(frozen=True)
class RegimeState:
    """How a regime stands.

    Parameters
    ----------
    id : str
    title : dict of str to str
        By language.
    status : str
        The worst of its findings (of `oberih.regimes.finding.STATUSES`), or `NOT_IN_FORCE` where none applies.
    applicability : str
        Where nothing applies, why (of `oberih.regimes.finding.APPLICABILITIES`).
    contested : tuple of str
        Who contests a finding.
    counts : dict of str to int
        Findings by status.
    obligation, subject, why : str
        The finding that decides, and its one line, as the rule says it.
    unverified : bool
        Whether that finding rests on what was not checked against its text.
    before : str
        Yesterday's status.
    changes : tuple of (str, str, str, str)
        Obligation, subject, yesterday's status and today's, where they differ.
    as_of : date
    """

    id: str
    title: dict[str, str]
    status: str
    applicability: str
    contested: tuple[str, ...]
    counts: dict[str, int]
    obligation: str
    subject: str
    why: str
    unverified: bool
    before: str
    changes: tuple[tuple[str, str, str, str], ...]
    as_of: date


def regime_states(keeping: Keeping, *, today: date) -> tuple[RegimeState, ...]:
    """Judge every regime that ships, today and yesterday, by what ships and what the record holds.

    Raises
    ------
    InputError, StoreError
        If the record cannot be read, or holds an observation that no rule can read.
    """
    record = keeping.store if keeping.exists else None
    yesterday = today - timedelta(days=1)
    with without_place(keeping):
        known_now = evidence_for(Asked("", as_of=today, record=record))
        known_then = evidence_for(Asked("", as_of=yesterday, known_by=yesterday, record=record))
    return tuple(
        _state(_judged(r, known_now, today, None), _judged(r, known_then, yesterday, yesterday)) for r in list_regimes()
    )


def _judged(regime: Regime, evidence: Evidence, day: date, known_by: date | None) -> Judgement:
    findings = judge(regime, evidence.observations, as_of=day, known_by=known_by, digest=sha256_of_value)
    return Judgement(regime, day, known_by, findings, evidence.observations, evidence.rests_on)


def _state(now: Judgement, before: Judgement) -> RegimeState:
    worst = now.worst()
    decides = _deciding(now.findings, worst)
    return RegimeState(
        id=now.regime.id, title=dict(now.regime.title), status=worst or NOT_IN_FORCE,
        applicability="in-force" if worst else (now.findings[0].applicability if now.findings else "not-yet"),
        contested=tuple(sorted({by for f in now.findings for by in f.contested_by})), counts=now.statuses(),
        obligation=decides.obligation if decides else "", subject=decides.subject if decides else "",
        why=decides.why if decides else "", unverified=bool(decides and decides.unverified),
        before=before.worst() or NOT_IN_FORCE, changes=_changes(before.findings, now.findings), as_of=now.as_of,
    )  # fmt: skip


def _deciding(findings: Sequence[Finding], worst: str | None) -> Finding | None:
    """The finding that decides: of the worst, the one that rests on most; where nothing applies, the first."""
    same = [f for f in findings if f.status == worst]
    return max(same, key=lambda f: len(f.counted), default=None)


def _changes(before: Sequence[Finding], now: Sequence[Finding]) -> tuple[tuple[str, str, str, str], ...]:
    old = {(f.obligation, f.subject): f.status or NOT_IN_FORCE for f in before}
    new = {(f.obligation, f.subject): f.status or NOT_IN_FORCE for f in now}
    changed = [(*key, old.get(key, NOT_IN_FORCE), status) for key, status in new.items()
               if old.get(key, NOT_IN_FORCE) != status]  # fmt: skip
    return tuple((o, s, a, b) for o, s, a, b in changed)[:_MOST_CHANGES]
