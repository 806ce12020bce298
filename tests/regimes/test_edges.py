"""The edges at which a rule turns: each day, each end, each doubt."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from oberih.evidence.digest import sha256_of_value
from oberih.regimes.finding import Finding, worst
from oberih.regimes.judge import judge
from oberih.regimes.observation import Observation
from oberih.regimes.regime import Condition, Regime
from oberih.regimes.rules.events import NoEvent, no_event
from oberih.regimes.rules.limits import AtMost, at_most
from tests.regimes.rules import regime, seen

DAY = date(2023, 4, 15)


@pytest.fixture
def yard(tmp_path: Path) -> Regime:
    return regime(tmp_path)


def of(
    rules: Regime, table: list[Observation], name: str, *, as_of: date = DAY, known_by: date | None = None
) -> Finding:
    found = judge(rules, table, as_of=as_of, known_by=known_by, digest=sha256_of_value)
    return next(f for f in found if (f.obligation, f.subject) == (name, "A"))


def test_what_was_so_on_the_day_itself_counts(yard: Regime) -> None:
    table = [seen("o", "tubs", "2023-04-15", 900.0)]
    assert of(yard, table, "Y1").status == "compromised"
    assert of(yard, table, "Y1", as_of=date(2023, 4, 14)).status == "unknown"


def test_an_obligation_ends_on_its_own_day(yard: Regime) -> None:
    changed = tuple(replace(o, end=DAY) for o in yard.obligations)
    rules = replace(yard, obligations=changed)
    assert of(rules, [], "Y1", as_of=date(2023, 4, 14)).applicability == "in-force"
    assert of(rules, [], "Y1").applicability == "ended"


def test_a_contest_that_was_withdrawn_is_shown_to_the_day_before(yard: Regime) -> None:
    rules = replace(yard, contests=(replace(yard.contests[0], end=DAY),))
    assert of(rules, [], "Y1", as_of=date(2023, 4, 14)).contested_by == ("B",)
    assert of(rules, [], "Y1").contested_by == ()


def test_a_contest_is_not_known_before_it_is_made(yard: Regime) -> None:
    rules = replace(yard, contests=(replace(yard.contests[0], start=date(2023, 4, 1)),))
    assert of(rules, [], "Y1", known_by=date(2023, 3, 31)).contested_by == ()
    assert of(rules, [], "Y1", known_by=date(2023, 4, 1)).contested_by == ("B",)


def test_a_condition_on_which_sources_differ_is_not_met(yard: Regime) -> None:
    needs = Condition("agreement", ("in force",), "no zone without one")
    rules = replace(yard, obligations=tuple(replace(o, requires=needs) for o in yard.obligations))
    two = [seen("a", "agreement", "2023-01-01", "in force"), seen("b", "agreement", "2023-01-01", "denied")]
    assert of(rules, two[:1], "Y1").applicability == "in-force"
    assert of(rules, two, "Y1").applicability == "not-yet"


def test_a_suspension_that_was_not_yet_announced_is_not_known(yard: Regime) -> None:
    found = judge(yard, [], as_of=DAY, known_by=date(2023, 2, 27), digest=sha256_of_value)
    assert {f.applicability for f in found if f.subject == "B"} == {"in-force"}


def test_what_lasts_is_as_old_as_its_last_day() -> None:
    rule = AtMost(name="tubs", test="at_most", indicator="tubs", limit=800, stale_after=30)
    lasting = [seen("o", "tubs", "2023-01-01", 5.0, end=date(2023, 4, 1))]
    assert at_most(lasting, rule, as_of=DAY).status == "holds"
    assert at_most(lasting, rule, as_of=date(2023, 5, 2)).status == "unknown"


def test_an_event_undone_on_its_own_last_day_is_undone() -> None:
    rule = NoEvent(name="stones", test="no_event", indicators=["stone"], persists=True, until="cleared")
    event = seen("e", "stone", "2023-04-01", channel="inspected", end=date(2023, 4, 3))
    for day, status in (("2023-04-02", "compromised"), ("2023-04-03", "unknown")):
        table = sorted([event, seen("c", "cleared", day)], key=lambda o: o.last)
        assert no_event(table, rule, as_of=DAY).status == status


def test_a_look_counts_to_the_last_day_before_it_is_stale() -> None:
    rule = NoEvent(name="s", test="no_event", indicators=["stone"], window=90, looked_for="look", stale_after=30)
    look = [seen("l", "look", "2023-03-16", channel="inspected")]
    assert no_event(look, rule, as_of=DAY).status == "holds"
    assert no_event(look, rule, as_of=date(2023, 4, 16)).status == "unknown"


def test_the_digest_covers_every_observation_that_could_count(yard: Regime) -> None:
    one, two = seen("a", "tubs", "2023-03-01", 5.0), seen("b", "tubs", "2023-02-01", 5.0)
    both = of(yard, [one, two], "Y1").inputs_sha256
    assert both != of(yard, [one], "Y1").inputs_sha256
    assert both != of(yard, [two], "Y1").inputs_sha256
    assert both != of(yard, [one, replace(two, text="another word")], "Y1").inputs_sha256


def test_the_digest_of_a_derived_finding_covers_its_sources(yard: Regime) -> None:
    one = of(yard, [seen("a", "tubs", "2023-03-01", 5.0)], "Y4").inputs_sha256
    assert one != of(yard, [seen("a", "tubs", "2023-03-01", 6.0)], "Y4").inputs_sha256


def test_dates_in_force_that_were_not_checked_are_named(yard: Regime) -> None:
    rules = replace(yard, spans=(replace(yard.spans[0], verified=False),))
    assert "span" in of(rules, [], "Y1").unverified
    assert "span" not in of(yard, [], "Y1").unverified


def test_the_worst_of_nothing_is_unknown() -> None:
    assert worst([]) == "unknown"
