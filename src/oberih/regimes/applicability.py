"""Does the rule speak at all, to this subject, on this day?

Judged before status, in this order: a rule that has ended has ended, whoever suspended it before; one that has not
begun, or whose condition is not met, is not yet; one that its own text keeps from the case is excluded; one that
the subject says it suspends is *suspension-claimed*, and is judged on, since a claim ends no duty.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from oberih.regimes.known import Known
from oberih.regimes.regime import Condition, Contest, Obligation, Regime, Suspension
from oberih.regimes.rules.rule import latest

__all__ = ["Applicability", "applicability", "contests_of"]


@dataclass(frozen=True)
class Applicability:
    """Whether a rule speaks, and why.

    Parameters
    ----------
    word : str
        Of `oberih.regimes.finding.APPLICABILITIES`.
    why : str
        "" where it is simply in force.
    counted : tuple of str
        Observations that decided a condition.
    set_aside : tuple of (str, str)
        Observations of a condition's indicator that did not, with the reason.
    unverified : tuple of str
        What decided it without having been checked against its text.
    """

    word: str
    why: str
    counted: tuple[str, ...] = ()
    set_aside: tuple[tuple[str, str], ...] = ()
    unverified: tuple[str, ...] = ()

    @property
    def speaks(self) -> bool:
        """Whether a status is judged."""
        return self.word in {"in-force", "suspension-claimed"}


def applicability(regime: Regime, obligation: Obligation, *, subject: str, known: Known) -> Applicability:
    """Judge whether an obligation speaks to a subject on the day of ``known``."""
    by_dates = _by_dates(regime, obligation, known.as_of)
    if by_dates is not None:
        return by_dates
    met, counted, aside, doubted = True, [], [], []  # type: ignore[var-annotated]
    for condition, wanted in ((obligation.requires, True), (obligation.excluded_while, False)):
        if condition is None:
            continue
        found = _condition(condition, subject, known)
        counted += found.counted
        aside += found.set_aside
        doubted += found.unverified
        met = (found.word == "met") == wanted
        if not met:
            word = "excluded" if not wanted else found.word
            return Applicability(word, found.why, tuple(counted), tuple(aside), tuple(doubted))
    return _suspended(regime, subject, known, tuple(counted), tuple(aside), tuple(doubted))


def _by_dates(regime: Regime, obligation: Obligation, day: date) -> Applicability | None:
    """Ended, or not yet, by the dates of the regime and of the obligation; None: in force by them."""
    running = [s for s in regime.spans if (s.start is None or s.start <= day) and (s.end is None or day < s.end)]
    ends = [s.end for s in regime.spans if s.end is not None and s.end <= day]
    starts = [s.start for s in regime.spans if s.start is not None and s.start > day]
    if regime.spans and not running:
        if ends:
            return Applicability("ended", f"ended on {max(ends)}")
        return Applicability("not-yet", f"in force from {min(starts)}")
    if obligation.end is not None and day >= obligation.end:
        return Applicability("ended", f"applied until {obligation.end}")
    if obligation.start is not None and day < obligation.start:
        return Applicability("not-yet", f"applies from {obligation.start}")
    return None


def _condition(condition: Condition, subject: str, known: Known) -> Applicability:
    """``met``, ``not-yet`` (never met so far) or ``ended`` (met before and no longer)."""
    usable, early = known.of(subject, condition.indicator)
    newest = [o for o in latest(usable, known.as_of) if o.given]
    deciding = [o for o in newest if str(o.value) in condition.values]
    aside = [*early, *((o.id, "is not the latest word") for o in usable if o not in newest)]
    ids = tuple(o.id for o in newest)
    doubted = tuple(o.id for o in newest if not o.verified)
    values = " or ".join(condition.values)
    if deciding and len(deciding) == len(newest):
        return Applicability("met", f"{condition.indicator}: {values} ({condition.why})", ids, tuple(aside), doubted)
    before = [o for o in usable if o not in newest and o.given and str(o.value) in condition.values]
    word = "ended" if before and newest else "not-yet"
    why = f"only while {condition.indicator} is {values} ({condition.why})"
    return Applicability(word, why, ids, tuple(aside), doubted)


def _suspended(
    regime: Regime, subject: str, known: Known, counted: tuple[str, ...], aside: tuple[tuple[str, str], ...],
    doubted: tuple[str, ...],
) -> Applicability:  # fmt: skip
    claim = next((s for s in regime.suspensions if s.subject == subject and _runs(s, known)), None)
    if claim is None:
        return Applicability("in-force", "", counted, aside, doubted)
    disputed = f", disputed by {', '.join(claim.disputed_by)}" if claim.disputed_by else ""
    why = f"{subject} says that it suspends from {claim.start}{disputed}"
    if not claim.verified:
        doubted = (*doubted, f"suspension by {subject}")
    return Applicability("suspension-claimed", why, counted, aside, doubted)


def contests_of(regime: Regime, obligation: Obligation, *, subject: str, known: Known) -> tuple[Contest, ...]:
    """Return who contests, from the day on which they began, whether or not the rule still speaks."""
    return tuple(
        c for c in regime.contests if c.obligation == obligation.id and c.subject == subject and _runs(c, known)
    )


def _runs(claim: Suspension | Contest, known: Known) -> bool:
    """Whether a claim was made by the day, and known: a claim is known from the day it is made."""
    made = claim.start <= known.as_of and (claim.end is None or known.as_of < claim.end)
    return made and (known.known_by is None or claim.start <= known.known_by)
