"""In which state is it?

`state_is`: the latest word about one indicator decides, by lists of words that the regime gives.  An adverse state
that one party alone claims is at most at risk.  A stale state is unknown, unless the rule says that it
persists: damage does not heal by being old.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from oberih.regimes.finding import Verdict
from oberih.regimes.observation import Observation
from oberih.regimes.rules.rule import Days, Name, Place, Rule, age, by_channel, conflict, latest

__all__ = ["StateIs", "state_is"]


class StateIs(Rule):
    """The latest state stands in one of three lists of words."""

    test: Literal["state_is"]
    indicator: Name
    holds: list[Name] = Field(default_factory=list)
    at_risk: list[Name] = Field(default_factory=list)
    compromised: list[Name] = Field(default_factory=list)
    stale_after: Days | None = None
    persists: bool = False

    @model_validator(mode="after")
    def _lists_are_apart(self) -> StateIs:
        words = [*set(self.holds), *set(self.at_risk), *set(self.compromised)]
        if not words:
            raise ValueError("has no list of states; give holds, at_risk or compromised")
        twice = sorted({w for w in words if words.count(w) > 1})
        if twice:
            raise ValueError(f"the lists of states overlap: {', '.join(twice)}; keep each word in one list")
        return self


def state_is(observations: Sequence[Observation], rule: StateIs, *, as_of: date, place: Place | None = None) -> Verdict:
    """Judge the latest state.

    Examples
    --------
    >>> rule = StateIs(name="power", test="state_is", indicator="power", compromised=["lost"], holds=["on"])
    >>> state_is([Observation("o1", "power", "znpp", date(2022, 8, 25), value="lost", affirmed_by=("RU",))], rule,
    ...          as_of=date(2022, 9, 2)).status
    'at-risk'
    """
    kept, aside = by_channel(observations, rule)
    newest = latest(kept, as_of)
    aside += [(o.id, f"{newest[0].date} is later") for o in kept if o not in newest]
    if not newest:
        return Verdict("unknown", "no observation", (), tuple(aside))
    if not newest[0].given:
        return Verdict("unknown", "no state reported", tuple(o.id for o in newest), tuple(aside))
    joined = conflict([_of(o, rule, as_of) for o in newest])
    return Verdict(joined.status, joined.why, joined.counted, tuple(aside))


def _of(observation: Observation, rule: StateIs, as_of: date) -> Verdict:
    """What one observation alone says."""
    word, said = str(observation.value), f"{observation.value} on {observation.date}"
    lists = {"compromised": rule.compromised, "at-risk": rule.at_risk, "holds": rule.holds}
    status = next((name for name, words in lists.items() if word in words), None)
    ids = (observation.id,)
    if status is None:
        return Verdict("unknown", f"{said}: a word that the rule does not know", ids)
    adverse = status != "holds"
    stale = rule.stale_after is not None and age(observation, as_of) > rule.stale_after
    if stale and not (adverse and rule.persists):
        return Verdict("unknown", f"last state {observation.date} is stale", ids)
    if status == "compromised" and not observation.confirmed:
        return Verdict("at-risk", f"{said}, claimed only", ids)
    return Verdict(status, said, ids)
