"""States, events and what people say."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.regimes.geometry import Placement
from oberih.regimes.observation import Observation
from oberih.regimes.rules.composed import RecordedOnly, recorded_only
from oberih.regimes.rules.events import NoEvent, no_event
from oberih.regimes.rules.states import StateIs, state_is
from tests.regimes.rules import seen

DAY = date(2022, 9, 2)
WATER = StateIs(
    name="water", test="state_is", indicator="water", holds=["runs"], at_risk=["drips"], compromised=["dry"],
    stale_after=60,
)  # fmt: skip
STONES = NoEvent(name="stones", test="no_event", indicators=["stone"], window=30, looked_for="look", until="cleared")


def state(*observations: Observation, rule: StateIs = WATER) -> str:
    return state_is(list(observations), rule, as_of=DAY).status


def event(*observations: Observation, rule: NoEvent = STONES, place: str = "inside") -> tuple[str, str]:
    ordered = sorted(observations, key=lambda o: (o.last, o.date, o.id))
    found = no_event(
        ordered, rule, as_of=DAY, place=lambda name, _: Placement(name, place, 1250.0 * (place == "outside"), 10.0)
    )
    return found.status, found.why


def test_what_one_party_alone_claims_is_at_risk_at_most() -> None:
    assert state(seen("o", "water", "2022-08-25", "dry", channel="declared", affirmed_by=("RU",))) == "at-risk"
    assert state(seen("o", "water", "2022-08-25", "dry", channel="inspected")) == "compromised"
    assert state(seen("o", "water", "2022-08-25", "dry", channel="press", affirmed_by=("RU", "UA"))) == "compromised"


def test_damage_does_not_heal_by_being_old() -> None:
    old = seen("o", "water", "2021-01-01", "dry", channel="inspected")
    assert state(old) == "unknown"
    assert state(old, rule=WATER.model_copy(update={"persists": True})) == "compromised"
    fine = seen("o", "water", "2021-01-01", "runs", channel="inspected")
    assert state(fine, rule=WATER.model_copy(update={"persists": True})) == "unknown"


def test_a_word_that_the_rule_does_not_know_says_nothing() -> None:
    assert state(seen("o", "water", "2022-08-25", "blue")) == "unknown"


def test_the_latest_state_decides() -> None:
    assert state(seen("a", "water", "2022-08-20", "dry"), seen("b", "water", "2022-08-25", "runs")) == "holds"


def test_lists_of_states_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="overlap: dry"):
        StateIs(name="w", test="state_is", indicator="water", holds=["dry"], compromised=["dry"])


def test_nothing_noted_holds_only_where_somebody_independent_looked() -> None:
    assert event()[0] == "unknown"
    assert event(seen("l", "look", "2022-08-20", channel="declared"))[0] == "unknown"
    assert event(seen("l", "look", "2022-08-20", channel="inspected"))[0] == "holds"
    assert event(seen("l", "look", "2022-08-20", channel="inspected", given=False))[0] == "unknown"
    assert event(seen("l", "look", "2022-07-01", channel="inspected"))[0] == "unknown"


def test_a_confirmed_event_is_a_breach_and_a_claimed_one_a_risk() -> None:
    assert event(seen("e", "stone", "2022-08-20", channel="inspected"))[0] == "compromised"
    assert event(seen("e", "stone", "2022-08-20", channel="press"))[0] == "at-risk"


def test_an_event_outweighs_a_look_and_leaves_after_its_window() -> None:
    look = seen("l", "look", "2022-08-30", channel="inspected")
    assert event(look, seen("e", "stone", "2022-08-03", channel="inspected"))[0] == "compromised"
    assert event(look, seen("e", "stone", "2022-08-02", channel="inspected"))[0] == "holds"


def test_what_persists_counts_until_it_is_undone() -> None:
    rule = STONES.model_copy(update={"persists": True, "window": None})
    old = seen("e", "stone", "2022-03-04", channel="inspected")
    assert event(old, rule=rule)[0] == "compromised"
    assert event(old, seen("c", "cleared", "2022-05-01"), rule=rule)[0] == "unknown"
    assert event(old, seen("c", "cleared", "2022-01-01"), rule=rule)[0] == "compromised"


def test_where_it_happened_decides_within_an_area() -> None:
    rule = STONES.model_copy(update={"area": "zone"})
    here = seen("e", "stone", "2022-08-20", channel="inspected", longitude=34.6, latitude=47.5)
    assert event(here, rule=rule)[0] == "compromised"
    assert event(here, rule=rule, place="possibly inside")[0] == "at-risk"
    assert event(here, rule=rule, place="outside")[0] == "unknown"
    found = no_event([here], rule, as_of=DAY, place=lambda n, _: Placement(n, "outside", 1250.0))
    assert found.set_aside == (("e", "lies 1250 m outside zone"),)


def test_an_event_without_a_position_keeps_it_from_holding() -> None:
    rule = STONES.model_copy(update={"area": "zone"})
    look = seen("l", "look", "2022-08-30", channel="inspected")
    assert event(look, seen("e", "stone", "2022-08-20"), rule=rule) == ("unknown", "1 noted without a position")


def test_what_is_recorded_only_is_never_scored() -> None:
    rule = RecordedOnly(name="wishes", test="recorded_only", indicator="wish")
    found = recorded_only([seen("o", "wish", "2022-08-20", "peace")], rule, as_of=DAY)
    assert (found.status, found.set_aside) == ("unknown", (("o", "recorded, never scored"),))


observations = st.builds(
    lambda i, name, month, channel, given_: seen(f"o{i}", name, f"2022-0{month}-15", channel=channel, given=given_),
    st.integers(0, 10**6), st.sampled_from(["stone", "look", "cleared"]), st.integers(1, 8),
    st.sampled_from(["press", "inspected", "declared"]), st.booleans(),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(observations, unique_by=lambda o: o.id, max_size=12), st.booleans())
def test_every_observation_is_named_as_counted_or_set_aside(given_: list[Observation], persists: bool) -> None:
    rule = STONES.model_copy(update={"persists": persists})
    ordered = sorted(given_, key=lambda o: (o.last, o.date, o.id))
    found = no_event(ordered, rule, as_of=DAY)
    assert {*found.counted, *(i for i, _ in found.set_aside)} == {o.id for o in given_}
    assert not set(found.counted) & {i for i, _ in found.set_aside}
