"""The laws of a judgement."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, UnknownName
from oberih.evidence.digest import sha256_of_value
from oberih.evidence.record import CHANNELS as CHANNELS_OF_RECORDS
from oberih.regimes.finding import STATUSES, Finding
from oberih.regimes.judge import judge, timeline
from oberih.regimes.observation import CHANNELS, Observation
from oberih.regimes.regime import Condition, Part, Regime
from tests.regimes.rules import REGIME, regime, seen

DAY = date(2023, 4, 15)


@pytest.fixture(scope="module")
def yard(tmp_path_factory: pytest.TempPathFactory) -> Regime:
    return regime(tmp_path_factory.mktemp("yard"))


def findings(
    rules: Regime, observations: list[Observation], *, as_of: date = DAY, known_by: date | None = None
) -> dict[tuple[str, str], Finding]:
    found = judge(rules, observations, as_of=as_of, known_by=known_by, digest=sha256_of_value)
    return {(f.obligation, f.subject): f for f in found}


def of(rules: Regime, observations: list[Observation], name: str, subject: str = "A", **when: date) -> Finding:
    return findings(rules, observations, **when)[name, subject]  # type: ignore[arg-type]


days = st.dates(date(2017, 1, 1), date(2026, 12, 31))
values = {
    "tubs": st.one_of(st.none(), st.integers(600, 900).map(float)), "stone": st.none(),
    "look": st.sampled_from(["clear", None]), "water": st.sampled_from(["runs", "drips", "dry", "odd"]),
}  # fmt: skip


@st.composite
def observation(draw: st.DrawFn) -> Observation:
    name = draw(st.sampled_from(sorted(values)))
    value, day = draw(values[name]), draw(days)
    given_ = draw(st.booleans()) if name != "tubs" else value is not None
    placed = draw(st.sampled_from([(None, None), (34.6, 47.5), (36.0, 49.0), (34.59, 47.78)]))
    return Observation(
        f"o{draw(st.integers(0, 10**9))}", name, draw(st.sampled_from("AB")), day, value if given_ else None, given_,
        end=draw(st.one_of(st.none(), st.just(day + timedelta(days=20)))),
        known_on=draw(st.one_of(st.none(), st.just(day + timedelta(days=30)))),
        channel=draw(st.sampled_from(CHANNELS)), longitude=placed[0], latitude=placed[1],
        uncertainty=draw(st.sampled_from([0.0, 5000.0])), verified=draw(st.booleans()),
    )  # fmt: skip


tables = st.lists(observation(), max_size=10, unique_by=lambda o: o.id)


def test_the_channels_of_observations_are_those_of_records() -> None:
    assert CHANNELS == CHANNELS_OF_RECORDS


def without(aside: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in aside if pair[0] != "later")


@settings(deadline=None)
@given(tables, observation(), days)
def test_what_is_dated_after_the_day_changes_nothing_but_the_list_set_aside(
    yard: Regime, table: list[Observation], other: Observation, day: date
) -> None:
    later = replace(other, id="later", date=day + timedelta(days=1), end=None)
    before, after = findings(yard, table, as_of=day), findings(yard, [*table, later], as_of=day)
    for key, one in before.items():
        two = after[key]
        gone = tuple(pair for pair in two.set_aside if pair[0] != "later")
        stripped = tuple(
            (n, replace(v, set_aside=tuple(p for p in v.set_aside if p[0] != "later"))) for n, v in two.parts
        )
        assert replace(two, set_aside=gone, parts=stripped) == one


@settings(deadline=None)
@given(tables, days)
def test_known_by_the_far_future_is_the_same_as_knowing_all(yard: Regime, table: list[Observation], day: date) -> None:
    dated = [replace(o, known_on=o.known_on or o.date) for o in table]
    for key, one in findings(yard, dated, as_of=day).items():
        two = findings(yard, dated, as_of=day, known_by=date(9999, 1, 1))[key]
        assert replace(two, known_by=None, inputs_sha256="") == replace(one, inputs_sha256="")


@settings(deadline=None)
@given(tables, days, st.randoms(use_true_random=False))
def test_the_order_of_observations_does_not_matter(
    yard: Regime, table: list[Observation], day: date, random: object
) -> None:
    mixed = list(table)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert findings(yard, mixed, as_of=day) == findings(yard, table, as_of=day)


@settings(deadline=None)
@given(tables, days)
def test_the_same_inputs_give_the_same_bytes(yard: Regime, table: list[Observation], day: date) -> None:
    one = [repr(asdict(f)) for f in findings(yard, table, as_of=day).values()]
    two = [repr(asdict(f)) for f in findings(yard, [replace(o) for o in table], as_of=day).values()]
    assert one == two


@settings(deadline=None)
@given(tables, days)
def test_every_observation_of_an_indicator_that_is_asked_is_named(
    yard: Regime, table: list[Observation], day: date
) -> None:
    for (name, subject), f in findings(yard, table, as_of=day).items():
        reads = {"Y1": {"tubs"}, "Y2": {"tubs"}, "Y3": {"stone", "look", "water"}}.get(name, set())
        if f.status is None:
            continue
        asked = {o.id for o in table if o.subject == subject and o.indicator in reads}
        assert asked <= {*f.counted, *(i for i, _ in f.set_aside)}
        assert not set(f.counted) & {i for i, _ in f.set_aside}
        assert all(reason for _, reason in f.set_aside)


@settings(deadline=None)
@given(tables, days)
def test_unknown_is_never_averaged_into_holds(yard: Regime, table: list[Observation], day: date) -> None:
    for f in findings(yard, table, as_of=day).values():
        assert (f.status is None) == (f.applicability not in {"in-force", "suspension-claimed"})
        if f.status is not None:
            assert f.status == max((v.status for _, v in f.parts), key=STATUSES.index)
            assert f.unknown_parts == sum(v.status == "unknown" for _, v in f.parts)
            assert f.status != "holds" or f.unknown_parts == 0


@settings(deadline=None)
@given(tables, days)
def test_a_contest_alone_changes_no_status(yard: Regime, table: list[Observation], day: date) -> None:
    calm = replace(yard, contests=())
    for key, one in findings(yard, table, as_of=day).items():
        two = findings(calm, table, as_of=day)[key]
        assert (one.status, one.applicability, one.why) == (two.status, two.applicability, two.why)
        assert one.contested_by == (("B",) if key == ("Y1", "A") and day >= date(2018, 2, 5) else ())


@pytest.mark.parametrize(
    ("day", "applicability"),
    [("2011-02-04", "not-yet"), ("2011-02-05", "in-force"), ("2023-02-27", "in-force"),
     ("2023-02-28", "suspension-claimed"), ("2026-02-04", "suspension-claimed"), ("2026-02-05", "ended")],
)  # fmt: skip
def test_a_day_named_to_is_the_first_no_longer_in_force(yard: Regime, day: str, applicability: str) -> None:
    assert of(yard, [], "Y2", "B", as_of=date.fromisoformat(day)).applicability == applicability


def test_a_value_above_the_limit_before_its_day_is_no_breach(yard: Regime) -> None:
    table = [seen("o", "tubs", "2018-01-01", 1000.0)]
    early = of(yard, table, "Y1", as_of=date(2018, 2, 4))
    assert (early.applicability, early.status) == ("not-yet", None)
    assert of(yard, table, "Y1", as_of=date(2018, 2, 5)).status == "compromised"


def test_a_contest_is_shown_after_the_end_too(yard: Regime) -> None:
    assert of(yard, [], "Y1", as_of=date(2026, 4, 15)).contested_by == ("B",)


def test_a_claim_of_suspension_ends_no_duty(yard: Regime) -> None:
    f = of(yard, [seen("o", "tubs", "2023-03-01", given=False, subject="B")], "Y2", "B")
    assert (f.applicability, f.status) == ("suspension-claimed", "compromised")


def test_only_what_was_known_by_then_counts(yard: Regime) -> None:
    table = [
        seen("late", "tubs", "2023-03-01", 700.0, known_on="2023-05-15"), seen("when", "tubs", "2023-03-01", 700.0),
        seen("early", "tubs", "2022-10-01", 750.0, known_on="2022-10-02"),
    ]  # fmt: skip
    f = of(yard, table, "Y1", known_by=date(2023, 5, 14))
    assert f.counted == ("early",)
    assert dict(f.set_aside) == {
        "late": "became known on 2023-05-15, after 2023-05-14", "when": "when it became known is not recorded",
    }  # fmt: skip
    assert of(yard, table, "Y1", known_by=date(2023, 5, 15)).counted == ("late",)


def test_a_correction_counts_from_the_day_it_became_known(yard: Regime) -> None:
    wrong = seen("wrong", "tubs", "2023-03-01", 900.0, known_on="2023-03-02", corrected_by="right")
    right = seen("right", "tubs", "2023-03-01", 700.0, known_on="2023-03-20")
    assert of(yard, [wrong, right], "Y1", known_by=date(2023, 3, 19)).status == "compromised"
    after = of(yard, [wrong, right], "Y1", known_by=date(2023, 3, 20))
    assert (after.status, after.counted) == ("holds", ("right",))
    assert dict(after.set_aside) == {"wrong": "is corrected by right"}
    assert of(yard, [wrong, right], "Y1").status == "holds"
    assert of(yard, [wrong], "Y1").status == "unknown"


def test_what_is_known_to_the_month_counts_when_the_month_is_over(yard: Regime) -> None:
    table = [seen("o", "tubs", "2023-03-01", 900.0, end=date(2023, 3, 31))]
    early = of(yard, table, "Y1", as_of=date(2023, 3, 30))
    assert (early.status, early.counted) == ("unknown", ())
    assert dict(early.set_aside)["o"] == "is known only as between 2023-03-01 and 2023-03-31, perhaps after 2023-03-30"
    assert of(yard, table, "Y1", as_of=date(2023, 3, 31)).status == "compromised"
    year = [replace(table[0], date=date(2023, 1, 1), end=date(2023, 12, 31))]
    assert of(yard, year, "Y1", as_of=date(2023, 12, 30)).status == "unknown"
    lasting = [replace(table[0], end=date(2023, 6, 5))]
    assert of(yard, lasting, "Y1", as_of=date(2023, 3, 2)).status == "compromised"


def test_two_observations_under_one_id_are_refused_and_one_twice_is_one(yard: Regime) -> None:
    one = seen("o", "tubs", "2023-03-01", 5.0)
    assert of(yard, [one, replace(one)], "Y1") == of(yard, [one], "Y1")
    with pytest.raises(InputError, match="two observations have one id"):
        findings(yard, [one, replace(one, value=6.0)])


def test_what_was_not_checked_against_its_text_is_named(yard: Regime) -> None:
    f = of(yard, [seen("o", "tubs", "2023-03-01", 5.0, verified=False)], "Y1")
    assert f.unverified == ("o",)
    assert "Y3" in of(yard, [], "Y3").unverified


def test_a_derived_finding_is_the_worst_of_its_sources_and_names_what_they_rest_on(yard: Regime) -> None:
    f = of(yard, [seen("o", "tubs", "2023-03-01", 900.0)], "Y4")
    assert (f.status, f.counted, f.why) == ("compromised", ("o",), "worst of Y1 compromised, Y3 unknown")


def test_the_digest_changes_with_what_could_count(yard: Regime) -> None:
    one = of(yard, [seen("o", "tubs", "2023-03-01", 900.0)], "Y1").inputs_sha256
    assert one != of(yard, [seen("o", "tubs", "2023-03-01", 901.0)], "Y1").inputs_sha256
    assert one != of(yard, [seen("o", "tubs", "2023-03-01", 900.0)], "Y1", as_of=date(2023, 4, 16)).inputs_sha256
    assert one == of(yard, [seen("o", "tubs", "2023-03-01", 900.0), seen("x", "sun", "2023-03-01")], "Y1").inputs_sha256


def conditional(yard: Regime, **condition: Condition) -> Regime:
    changed = tuple(replace(o, **condition) if o.id == "Y1" else o for o in yard.obligations)
    return replace(yard, obligations=changed)


def test_a_rule_that_needs_an_agreement_is_not_yet_before_it_and_ended_after(yard: Regime) -> None:
    rules = conditional(yard, requires=Condition("agreement", ("in force",), "no zone without one"))
    agreed, broken = seen("a", "agreement", "2022-01-01", "in force"), seen("b", "agreement", "2023-01-01", "denounced")
    assert of(rules, [], "Y1").applicability == "not-yet"
    assert of(rules, [agreed], "Y1").applicability == "in-force"
    assert of(rules, [agreed], "Y1").counted == ("a",)
    assert of(rules, [agreed, broken], "Y1").applicability == "ended"


def test_a_rule_whose_text_leaves_the_case_out_is_excluded_and_has_no_status(yard: Regime) -> None:
    rules = conditional(yard, excluded_while=Condition("actor", ("armed forces",), "other law governs them"))
    f = of(rules, [seen("a", "actor", "2022-03-04", "armed forces"), seen("o", "tubs", "2023-03-01", 900.0)], "Y1")
    assert (f.applicability, f.status, f.counted) == ("excluded", None, ("a",))


def test_an_obligation_is_judged_for_its_own_subjects_only(yard: Regime) -> None:
    only = tuple(replace(o, subjects=("B",)) if o.id == "Y2" else o for o in yard.obligations)
    assert ("Y2", "A") not in findings(replace(yard, obligations=only), [])


def test_a_timeline_is_the_findings_of_each_day(yard: Regime) -> None:
    table = [seen("o", "tubs", "2023-03-01", 900.0)]
    dates = [date(2018, 1, 1), DAY]
    both = timeline(yard, table, dates=dates, digest=sha256_of_value)
    each = [f for day in dates for f in judge(yard, table, as_of=day, digest=sha256_of_value)]
    assert list(both) == each


def test_a_regime_made_in_memory_is_refused_as_a_file_is(yard: Regime) -> None:
    first, *others = yard.obligations
    for part, error in ((Part("x", "no_such_test", {}), UnknownName), (Part("x", "at_most", {"limit": 1}), InputError)):
        rules = replace(yard, obligations=(replace(first, parts=(part,)), *others))
        with pytest.raises(error):
            findings(rules, [])
    circle = replace(first, parts=(Part("x", "derived", {"from": ["Y4"]}),))
    with pytest.raises(InputError, match="rests on itself"):
        findings(replace(yard, obligations=(circle, *others)), [])


def test_a_finding_names_its_rule(yard: Regime, tmp_path: Path) -> None:
    f = of(yard, [], "Y1")
    assert f.rule == f"yard 1 sha256:{yard.sha256}"
    assert regime(tmp_path, REGIME + "\n# a word\n").sha256 != yard.sha256
