"""Numbers against their limits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.regimes.finding import STATUSES
from oberih.regimes.rules.limits import AtLeast, AtMost, Bands, at_least, at_most, bands
from tests.regimes.rules import seen

DAY = date(2018, 4, 15)
RULE = AtMost(name="tubs", test="at_most", indicator="tubs", limit=800, near=0.02, stale_after=215)
numbers = st.floats(-1e6, 1e6)


def verdict(value: float, rule: AtMost = RULE) -> str:
    return at_most([seen("o", "tubs", "2018-02-05", value)], rule, as_of=DAY).status


def test_equal_to_the_limit_is_within_it_and_at_risk() -> None:
    assert verdict(800.0) == "at-risk"
    assert verdict(800.0, RULE.model_copy(update={"near": 0.0})) == "holds"
    assert verdict(800.5) == "compromised"


def test_near_means_closer_than_the_share_of_the_limit() -> None:
    rule = AtMost(name="v", test="at_most", indicator="tubs", limit=700, near=0.02)
    assert [verdict(v, rule) for v in (686.0, 686.5)] == ["holds", "at-risk"]


def test_a_value_asked_for_and_not_given_leaves_it_unknown_however_old() -> None:
    asked = seen("o", "tubs", "2016-01-01", given=False)
    assert at_most([asked], RULE, as_of=DAY).why == "no value reported"


def test_the_day_after_the_last_fresh_one_is_stale() -> None:
    one = [seen("o", "tubs", "2018-02-05", 5.0)]
    last = date(2018, 2, 5) + timedelta(days=215)
    assert at_most(one, RULE, as_of=last).status == "holds"
    assert at_most(one, RULE, as_of=last + timedelta(days=1)).why == "last value 2018-02-05 is stale"


def test_figures_of_one_day_that_differ_across_the_limit_breach_nothing() -> None:
    two = [seen("a", "tubs", "2018-02-05", 700.0), seen("b", "tubs", "2018-02-05", 900.0)]
    found = at_most(two, RULE, as_of=DAY)
    assert (found.status, found.counted) == ("at-risk", ("a", "b"))
    assert "sources differ" in found.why


def test_a_word_is_no_number_and_is_named() -> None:
    found = at_most([seen("o", "tubs", "2018-02-05", "many")], RULE, as_of=DAY)
    assert (found.status, found.set_aside) == ("unknown", (("o", "is no number"),))


def test_a_channel_that_the_rule_does_not_accept_is_set_aside_with_the_reason() -> None:
    rule = RULE.model_copy(update={"channels": ["inspected"]})
    found = at_most([seen("o", "tubs", "2018-02-05", 1.0, channel="press")], rule, as_of=DAY)
    assert (found.status, found.set_aside) == ("unknown", (("o", "came by press, not by inspected"),))


@settings(deadline=None)
@given(numbers, numbers, st.floats(0.0, 1.0))
def test_at_least_is_at_most_of_the_opposite(value: float, limit: float, near: float) -> None:
    up = AtMost(name="v", test="at_most", indicator="tubs", limit=limit, near=near)
    down = AtLeast(name="v", test="at_least", indicator="tubs", limit=-limit, near=near)
    one, other = [seen("o", "tubs", "2018-02-05", value)], [seen("o", "tubs", "2018-02-05", -value)]
    assert at_most(one, up, as_of=DAY).status == at_least(other, down, as_of=DAY).status


@settings(deadline=None)
@given(numbers, numbers)
def test_more_is_never_better_under_a_limit_from_above(value: float, more: float) -> None:
    low, high = sorted((value, more))
    assert STATUSES.index(verdict(low)) <= STATUSES.index(verdict(high))


@pytest.mark.parametrize(("lines", "status"), [(0, "compromised"), (1, "at-risk"), (2, "holds")])
def test_no_line_is_a_breach_one_is_a_risk_more_hold(lines: float, status: str) -> None:
    rule = Bands(name="lines", test="bands", indicator="lines", compromised_at_most=0, at_risk_at_most=1)
    assert bands([seen("o", "lines", "2018-04-01", lines)], rule, as_of=DAY).status == status
