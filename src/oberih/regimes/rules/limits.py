"""Does a number keep to its limit?

`at_most`, `at_least` and `bands`: the latest value of one indicator against fixed numbers.  A value that
was asked for and not given leaves it unknown, however old the asking; so does one that is stale.
Equal to the limit is within it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from oberih.regimes.finding import Verdict
from oberih.regimes.observation import Observation
from oberih.regimes.rules.rule import (
    Days,
    Name,
    Number,
    Place,
    Rule,
    age,
    by_channel,
    conflict,
    figure,
    latest,
)  # fmt: skip

__all__ = ["AtLeast", "AtMost", "Bands", "at_least", "at_most", "bands"]


class _Numeric(Rule):
    indicator: Name
    stale_after: Days | None = None


class AtMost(_Numeric):
    """The latest value may not be above ``limit``; within the share ``near`` of it, it is at risk."""

    test: Literal["at_most"]
    limit: Number
    near: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0


class AtLeast(_Numeric):
    """The latest value may not be below ``limit``; within the share ``near`` of it, it is at risk."""

    test: Literal["at_least"]
    limit: Number
    near: Annotated[float, Field(ge=0.0, le=1.0)] = 0.0


class Bands(_Numeric):
    """The latest value falls into bands: compromised up to one number, at risk up to another, else it holds."""

    test: Literal["bands"]
    compromised_at_most: Number
    at_risk_at_most: Number


def at_most(observations: Sequence[Observation], rule: AtMost, *, as_of: date, place: Place | None = None) -> Verdict:
    """Judge the latest value against a limit from above.

    Examples
    --------
    >>> rule = AtMost(name="launchers", test="at_most", indicator="launchers", limit=800, near=0.02)
    >>> seen = [Observation("o1", "launchers", "US", date(2018, 2, 5), value=800.0)]
    >>> at_most(seen, rule, as_of=date(2018, 4, 15)).why
    '800 within 2% of 800'
    """

    def against(value: float) -> tuple[str, str]:
        if value > rule.limit:
            return "compromised", f"{figure(value)} > {figure(rule.limit)}"
        return _near(value, rule) or ("holds", f"{figure(value)} <= {figure(rule.limit)}")

    return _judge_latest(observations, rule, as_of, against)


def at_least(observations: Sequence[Observation], rule: AtLeast, *, as_of: date, place: Place | None = None) -> Verdict:
    """Judge the latest value against a limit from below."""

    def against(value: float) -> tuple[str, str]:
        if value < rule.limit:
            return "compromised", f"{figure(value)} < {figure(rule.limit)}"
        return _near(value, rule) or ("holds", f"{figure(value)} >= {figure(rule.limit)}")

    return _judge_latest(observations, rule, as_of, against)


def bands(observations: Sequence[Observation], rule: Bands, *, as_of: date, place: Place | None = None) -> Verdict:
    """Judge the latest value by the band it falls into."""

    def against(value: float) -> tuple[str, str]:
        if value <= rule.compromised_at_most:
            return "compromised", f"{figure(value)} <= {figure(rule.compromised_at_most)}"
        if value <= rule.at_risk_at_most:
            return "at-risk", f"{figure(value)} <= {figure(rule.at_risk_at_most)}"
        return "holds", f"{figure(value)} > {figure(rule.at_risk_at_most)}"

    return _judge_latest(observations, rule, as_of, against)


def _near(value: float, rule: AtMost | AtLeast) -> tuple[str, str] | None:
    """At risk where the value is closer to the limit than the share ``near`` of it."""
    if abs(rule.limit - value) < rule.near * abs(rule.limit):
        return "at-risk", f"{figure(value)} within {figure(100.0 * rule.near)}% of {figure(rule.limit)}"
    return None


def _judge_latest(
    observations: Sequence[Observation], rule: _Numeric, as_of: date, against: Callable[[float], tuple[str, str]]
) -> Verdict:
    kept, aside = by_channel(observations, rule)
    aside += [(o.id, "is no number") for o in kept if not _usable(o)]
    kept = [o for o in kept if _usable(o)]
    newest = latest(kept, as_of)
    aside += [(o.id, f"{newest[0].date} is later") for o in kept if o not in newest]
    if not newest:
        return Verdict("unknown", "no observation", (), tuple(aside))
    ids = tuple(o.id for o in newest)
    if not newest[0].given:
        return Verdict("unknown", "no value reported", ids, tuple(aside))
    if rule.stale_after is not None and age(newest[0], as_of) > rule.stale_after:
        return Verdict("unknown", f"last value {newest[0].date} is stale", ids, tuple(aside))
    joined = conflict([Verdict(*against(float(o.value or 0.0)), (o.id,)) for o in newest])
    return Verdict(joined.status, joined.why, joined.counted, tuple(aside))


def _usable(observation: Observation) -> bool:
    value = observation.value
    return not observation.given or (isinstance(value, int | float) and math.isfinite(value))
