"""What does every test declare, and what may it look at?

Defines `Rule`, the model of a part's parameters as a regime file gives them, and the small sieves
that all families share: which observation is the latest, how old it is, which came by a channel that the rule
accepts.  Observations come sorted by `order`, already of one subject and known on the day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from oberih.regimes.finding import Verdict
from oberih.regimes.geometry import Placement
from oberih.regimes.observation import CHANNELS, Observation

__all__ = [
    "Channel", "Days", "Name", "Number", "Place", "Rule", "SetAside", "age", "by_channel", "conflict", "figure",
    "latest", "order",
]  # fmt: skip

Channel = Literal[
    "treaty exchange", "declared", "inspected", "measured", "published voluntarily", "press", "satellite", "other"
]
if get_args(Channel) != CHANNELS:  # pragma: no cover - a slip of ours, seen at the first import
    raise RuntimeError("the channels of a rule are not those of an observation")

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Days = Annotated[int, Field(gt=0, le=36525)]

Place = Callable[[str, Observation], Placement]
"""Where an observation lies about the area of that name."""

SetAside = list[tuple[str, str]]
"""Ids and reasons."""


class Rule(BaseModel):
    """One part of an obligation: its name, its test and the parameters of that test."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Name
    test: str
    channels: Annotated[list[Channel], Field(min_length=1)] | None = None

    def reads(self) -> tuple[str, ...]:
        """Return the indicators that the test looks at."""
        return (self.indicator,) if hasattr(self, "indicator") else ()


def order(observation: Observation, as_of: date) -> tuple[date, bool, date, str]:
    """Sort key: what was so latest comes last; of one day, what was given comes after what was not."""
    return min(observation.last, as_of), observation.given, observation.date, observation.id


def age(observation: Observation, as_of: date) -> int:
    """Days since it was last so; 0 while it lasts."""
    return max(0, (as_of - observation.last).days)


def by_channel(observations: Sequence[Observation], rule: Rule) -> tuple[list[Observation], SetAside]:
    """Part the observations into those whose channel the rule accepts, and the others with the reason."""
    if rule.channels is None:
        return list(observations), []
    accepted = ", ".join(rule.channels)
    kept = [o for o in observations if o.channel in rule.channels]
    return kept, [
        (o.id, f"came by {o.channel}, not by {accepted}") for o in observations if o.channel not in rule.channels
    ]


def latest(observations: Sequence[Observation], as_of: date) -> list[Observation]:
    """Return those of the latest day: usually one; several where sources differ or repeat each other.

    What was not given steps back behind what was given for the same day by another way.
    """
    if not observations:
        return []
    day, given = order(observations[-1], as_of)[:2]
    return [o for o in observations if order(o, as_of)[:2] == (day, given)]


def conflict(verdicts: Sequence[Verdict]) -> Verdict:
    """Join verdicts about one day: the worst, but no breach where the sources disagree about it."""
    first = max(verdicts, key=lambda v: (_rank(v.status), v.why))
    if len({v.status for v in verdicts}) == 1:
        return Verdict(first.status, first.why, tuple(i for v in verdicts for i in v.counted))
    status = "at-risk" if first.status == "compromised" else first.status
    why = f"sources differ: {' | '.join(sorted({v.why for v in verdicts}))}"
    return Verdict(status, why, tuple(i for v in verdicts for i in v.counted))


def _rank(status: str) -> int:
    return ("holds", "unknown", "at-risk", "compromised").index(status)


def figure(value: float) -> str:
    """Write a number shortly.

    Examples
    --------
    >>> figure(800.0), figure(0.25)
    ('800', '0.25')
    """
    return f"{value:.12g}"
