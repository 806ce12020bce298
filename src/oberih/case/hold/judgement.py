"""What does a regime come to on a day, and what does that rest on?

Defines the noun `Judgement`: findings with the regime and the observations they came from, so that a face can
show them, an export can carry them and somebody else can find the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from oberih.regimes.finding import STATUSES, Finding
from oberih.regimes.observation import Observation
from oberih.regimes.regime import Obligation, Regime
from oberih.regimes.rules import rule_of

__all__ = ["Judgement", "readable"]


@dataclass(frozen=True)
class Judgement:
    """What a regime comes to on a day, with all that it rests on.

    Parameters
    ----------
    regime : Regime
    as_of : date
    known_by : date or None
    findings : tuple of Finding
        In the file's order.
    observations : tuple of Observation
        Those that were given to the rules.
    rests_on : tuple of (str, str, int)
        Kind of evidence (a key of `oberih.case.hold.regime_words.WORDS`), its name, how many observations.
    behind : tuple of Finding
        Others that these derive from.
    """

    regime: Regime
    as_of: date
    known_by: date | None
    findings: tuple[Finding, ...]
    observations: tuple[Observation, ...]
    rests_on: tuple[tuple[str, str, int], ...]
    behind: tuple[Finding, ...] = ()

    def named(self) -> tuple[Observation, ...]:
        """Return the observations that a finding counted or set aside, by id."""
        named = {i for f in self.findings for i in (*f.counted, *(i for i, _ in f.set_aside))}
        return tuple(sorted((o for o in self.observations if o.id in named), key=lambda o: o.id))

    def read(self) -> tuple[Observation, ...]:
        """Return all that the rules of these findings read, by id: whoever has them finds the same."""
        ids = {f.obligation for f in (*self.findings, *self.behind)}
        rules = [o for o in self.regime.obligations if o.id in ids]
        return tuple(sorted(readable(self.regime, rules, self.observations), key=lambda o: o.id))

    def statuses(self) -> dict[str, int]:
        """Return how many findings have each status, worst first, those that do not apply apart."""
        told = [f.status for f in self.findings]
        return {s: told.count(s) for s in reversed(STATUSES) if s in told}

    def worst(self) -> str | None:
        """Return the worst status of all findings that apply; None where none does."""
        return next(iter(self.statuses()), None)

    def at_least_as_bad_as(self, status: str) -> bool:
        """Whether some finding is as bad as this status, or worse."""
        worst = self.worst()
        return worst is not None and STATUSES.index(worst) >= STATUSES.index(status)


def readable(
    regime: Regime, obligations: Iterable[Obligation], observations: Iterable[Observation]
) -> tuple[Observation, ...]:
    """Return the observations that a test or a condition of these obligations can read, and corrections of them."""
    words: set[str] = set()
    for o in obligations:
        words |= {c.indicator for c in (o.requires, o.excluded_while) if c}
        words |= {name for part in o.parts for name in rule_of(part.test, part.parameters).reads()}
    everything = tuple(observations)
    kept = {o.id for o in everything if o.indicator in words and o.subject in regime.subjects}
    kept |= {o.corrected_by for o in everything if o.id in kept and o.corrected_by is not None}
    return tuple(o for o in everything if o.id in kept)
