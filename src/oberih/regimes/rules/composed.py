"""What follows from other findings, or from nothing?

`derived`: the worst of other obligations of the same regime; it never asserts alone.  `recorded_only`: what
people say they feel or wish is kept and never scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from oberih.regimes.finding import Verdict, worst
from oberih.regimes.observation import Observation
from oberih.regimes.rules.rule import Name, Place, Rule

__all__ = ["Derived", "RecordedOnly", "derived", "recorded_only"]


class RecordedOnly(Rule):
    """Nothing is judged; what is observed of ``indicator`` is named."""

    test: Literal["recorded_only"]
    indicator: Name | None = None

    def reads(self) -> tuple[str, ...]:
        """Return the indicators that the test looks at."""
        return () if self.indicator is None else (self.indicator,)


class Derived(Rule):
    """The worst of other obligations."""

    test: Literal["derived"]
    sources: Annotated[list[Name], Field(alias="from", min_length=1)]


def recorded_only(
    observations: Sequence[Observation], rule: RecordedOnly, *, as_of: date, place: Place | None = None
) -> Verdict:
    """Say that it is recorded, and judge nothing."""
    aside = tuple((o.id, "recorded, never scored") for o in observations)
    return Verdict("unknown", "recorded, never scored", (), aside)


def derived(findings: Sequence[tuple[str, str | None, tuple[str, ...]]], rule: Derived) -> Verdict:
    """Return the worst of other findings.

    Parameters
    ----------
    findings : sequence of (str, str or None, tuple of str)
        Obligation, its status (None where it does not apply), and what it rests on.
    rule : Derived

    Examples
    --------
    >>> rule = Derived(**{"name": "both", "test": "derived", "from": ["P1", "P2"]})
    >>> derived([("P1", "holds", ("o1",)), ("P2", None, ())], rule).why
    'worst of P1 holds'
    """
    applying = [(name, status, ids) for name, status, ids in findings if status is not None]
    if not applying:
        return Verdict("unknown", f"none of {', '.join(rule.sources)} applies")
    counted = tuple(sorted({i for _, _, ids in applying for i in ids}))
    why = "worst of " + ", ".join(f"{name} {status}" for name, status, _ in applying)
    return Verdict(worst([status for _, status, _ in applying]), why, counted)
