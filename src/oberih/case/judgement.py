"""What does a regime come to on a day, and what does that rest on?

Defines the noun `Judgement`: findings with the regime and the observations they came from, so that a face can
show them, an export can carry them and somebody else can find the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from oberih.regimes.finding import STATUSES, Finding
from oberih.regimes.observation import Observation
from oberih.regimes.regime import Regime

__all__ = ["Judgement"]


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
        Kind of evidence (a key of `oberih.case.regime_words.WORDS`), its name, how many observations.
    """

    regime: Regime
    as_of: date
    known_by: date | None
    findings: tuple[Finding, ...]
    observations: tuple[Observation, ...]
    rests_on: tuple[tuple[str, str, int], ...]

    def looked_at(self) -> tuple[Observation, ...]:
        """Return the observations that some finding names, by id."""
        named = {i for f in self.findings for i in (*f.counted, *(i for i, _ in f.set_aside))}
        return tuple(sorted((o for o in self.observations if o.id in named), key=lambda o: o.id))

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
