"""What follows from the shipped regimes and tables, and what must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from oberih.evidence.digest import sha256_of_value
from oberih.regimes.finding import Finding
from oberih.regimes.judge import judge
from oberih.regimes.observation import Observation
from oberih.regimes.read.observation_table import shipped_observations
from oberih.regimes.read.regime_file import list_regimes, load_regime

SHIPPED = shipped_observations()
DAYS = [date(2011, 1, 1), date(2022, 3, 5), date(2022, 9, 2), date(2023, 8, 1), date(2024, 6, 3), date(2026, 3, 1)]


def finding(
    regime: str, obligation: str, subject: str, day: date, *, more: tuple[Observation, ...] = (),
    without: str = "", known_by: date | None = None,
) -> Finding:  # fmt: skip
    """One finding from what ships, with something added or one indicator left out."""
    seen = tuple(o for o in SHIPPED if o.indicator != without) + more
    found = judge(load_regime(regime), seen, as_of=day, known_by=known_by, digest=sha256_of_value)
    return next(f for f in found if (f.obligation, f.subject) == (obligation, subject))


def seen(indicator: str, value: float | str, day: date, subject: str = "zaporizhzhia", **more: object) -> Observation:
    made = Observation(f"t-{indicator}-{day}", indicator, subject, day, value, channel="inspected", credibility=1)
    return replace(made, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [r.id for r in list_regimes()])
@pytest.mark.parametrize("day", DAYS)
def test_every_regime_is_judged_on_every_day_and_rests_on_what_was_so_by_then(name: str, day: date) -> None:
    found = judge(load_regime(name), SHIPPED, as_of=day, digest=sha256_of_value)
    dated = {o.id: o.date for o in SHIPPED}
    assert found
    assert all(dated[i] <= day for f in found for i in f.counted)


# --- protection zone


def test_a_proposed_zone_binds_nobody() -> None:
    zone = judge(load_regime("protection-zone"), SHIPPED, as_of=date(2024, 6, 3), digest=sha256_of_value)
    assert {f.applicability for f in zone} == {"not-yet"}
    assert {f.status for f in zone} == {None}


def test_a_recorded_agreement_brings_the_zone_into_force() -> None:
    agreed = (seen("zone-agreement", "in force", date(2024, 4, 1)),)
    day = date(2024, 6, 3)
    assert finding("protection-zone", "Z1", "zaporizhzhia", day, more=agreed).status == "holds"
    attack = finding("protection-zone", "Z2", "zaporizhzhia", day, more=agreed)
    assert (attack.applicability, attack.status) == ("in-force", "compromised")
    assert finding("protection-zone", "Z4", "zaporizhzhia", day, more=agreed).status == "compromised"
    assert any(name.startswith("area") for name in attack.unverified)


def test_an_attack_beyond_the_zone_is_set_aside_with_its_distance() -> None:
    agreed = (seen("zone-agreement", "in force", date(2025, 1, 1)),)
    far = seen("site-struck", "strike", date(2025, 1, 20), longitude=35.5, latitude=47.9)
    found = finding("protection-zone", "Z2", "zaporizhzhia", date(2025, 2, 1), more=(*agreed, far))
    assert "outside zone" in dict(found.set_aside)[far.id]
    near = replace(far, id="t-near", longitude=34.60, latitude=47.51)
    assert (
        finding("protection-zone", "Z2", "zaporizhzhia", date(2025, 2, 1), more=(*agreed, near)).status == "compromised"
    )


# --- five principles


def test_the_fifth_principle_is_only_the_worst_of_the_others() -> None:
    day = date(2024, 6, 3)
    four = [finding("five-principles", f"F{i}", "zaporizhzhia", day).status for i in range(1, 5)]
    assert finding("five-principles", "F5", "zaporizhzhia", day).status == "compromised"
    assert "compromised" in four


def test_an_explosion_heard_and_not_seen_settles_nothing() -> None:
    day = date(2024, 4, 20)
    heard = {o.id for o in SHIPPED if o.indicator == "struck-near"}
    assert heard.isdisjoint(finding("five-principles", "F1", "zaporizhzhia", day).counted)
    assert finding("five-principles", "F-R", "zaporizhzhia", day).status == "unknown"


def test_small_arms_are_no_heavy_weapons_and_closed_areas_keep_it_unknown() -> None:
    found = finding("five-principles", "F2", "zaporizhzhia", date(2024, 9, 1))
    assert (found.status, found.contested_by) == ("unknown", ("RU",))
    looked = finding("five-principles", "F2", "zaporizhzhia", date(2023, 8, 1))
    assert dict(looked.parts)["heavy weapons, where one could look"].status == "holds"
    assert looked.status == "unknown"


def test_a_line_lost_by_an_unknown_cause_breaks_no_principle() -> None:
    assert finding("five-principles", "F3", "zaporizhzhia", date(2024, 6, 3)).status == "unknown"
    assert finding("five-principles", "F3", "zaporizhzhia", date(2025, 10, 1)).status == "at-risk"


def test_a_look_that_finds_nothing_in_an_open_plant_holds() -> None:
    day = date(2026, 3, 1)
    look = tuple(seen(n, "none", day - timedelta(days=3)) for n in ("walkdown", "firing-look"))
    assert finding("five-principles", "F1", "zaporizhzhia", day, more=look).status == "holds"


# --- ban on attacks


def test_an_attack_without_an_estimate_of_consequences_is_at_risk_and_no_more() -> None:
    day = date(2024, 6, 3)
    found = finding("ban-on-attacks", "AP56.1", "zaporizhzhia", day)
    assert (found.status, found.why) == ("at-risk", "attack, consequences not estimated on 2024-04-07")
    estimated = seen("attack-consequence", "attack, severe losses possible", date(2024, 4, 8))
    assert finding("ban-on-attacks", "AP56.1", "zaporizhzhia", day, more=(estimated,)).status == "compromised"
    excluded = replace(estimated, value="severe losses excluded")
    assert finding("ban-on-attacks", "AP56.1", "zaporizhzhia", day, more=(excluded,)).status == "holds"


def test_a_convention_that_leaves_armed_forces_to_other_law_does_not_speak_of_them() -> None:
    held = finding("ban-on-attacks", "CPPNM-A", "zaporizhzhia", date(2024, 6, 3))
    assert (held.applicability, held.status) == ("excluded", None)
    before = finding("ban-on-attacks", "CPPNM-A", "zaporizhzhia", date(2021, 6, 3))
    assert before.applicability == "in-force"
    left = finding("ban-on-attacks", "CPPNM-A", "chornobyl", date(2022, 6, 3))
    assert left.applicability == "in-force"


def test_the_protocol_waits_for_an_international_armed_conflict() -> None:
    assert finding("ban-on-attacks", "AP56.1", "zaporizhzhia", date(2021, 1, 1)).applicability == "not-yet"


@pytest.mark.parametrize("name", ["AP56.2", "AP56.7"])
def test_what_is_law_to_find_is_recorded_and_never_scored(name: str) -> None:
    assert finding("ban-on-attacks", name, "zaporizhzhia", date(2024, 6, 3)).why == "recorded, never scored"


@pytest.mark.parametrize("name", ["GC444", "GC533"])
def test_an_attack_whose_author_is_not_established_breaks_no_resolution(name: str) -> None:
    assert finding("ban-on-attacks", name, "zaporizhzhia", date(2022, 9, 2)).status == "unknown"


# --- New START


def test_a_value_above_a_limit_before_it_took_effect_is_no_breach() -> None:
    found = finding("new-start", "NS-1a", "US", date(2012, 1, 15))
    assert (found.applicability, found.status) == ("not-yet", None)


def test_eight_hundred_is_within_eight_hundred_and_contested_is_not_breached() -> None:
    found = finding("new-start", "NS-1c", "US", date(2022, 1, 15))
    assert (found.status, found.contested_by) == ("at-risk", ("RU",))


def test_what_a_party_publishes_of_its_own_will_is_a_figure_and_no_exchange() -> None:
    day = date(2023, 7, 15)
    assert finding("new-start", "NS-1a", "US", day).status == "holds"
    exchange = finding("new-start", "NS-D1", "US", day)
    assert (exchange.status, exchange.why) == ("compromised", "asked for 2023-03-01, not provided")


def test_what_was_published_later_was_not_known_before() -> None:
    early = finding("new-start", "NS-1b", "US", date(2023, 4, 15), known_by=date(2023, 4, 15))
    assert early.status == "unknown"
    assert finding("new-start", "NS-1b", "US", date(2023, 6, 15), known_by=date(2023, 6, 15)).status == "holds"


def test_a_suspension_is_a_claim_and_ends_no_duty() -> None:
    found = finding("new-start", "NS-D1", "RU", date(2023, 4, 15))
    assert (found.applicability, found.status) == ("suspension-claimed", "compromised")


def test_eighteen_inspections_a_year_are_within_eighteen() -> None:
    assert finding("new-start", "NS-V1", "US", date(2012, 2, 4)).status == "holds"
    more = seen("inspections", 1.0, date(2011, 12, 1), subject="US")
    assert finding("new-start", "NS-V1", "US", date(2012, 2, 4), more=(more,)).status == "compromised"
    assert finding("new-start", "NS-V1", "US", date(2015, 2, 4)).status == "unknown"


# --- the others


@pytest.mark.parametrize("day", [date(2022, 6, 5), date(2022, 6, 28)])
def test_a_gap_in_remote_data_is_a_gap_in_sight(day: date) -> None:
    assert finding("safeguards", "SG-1", "zaporizhzhia", day).status == "compromised"
    assert finding("safeguards", "SG-1", "zaporizhzhia", date(2022, 6, 20)).status == "holds"


def test_restored_transmission_leaves_the_gap_to_be_read() -> None:
    assert finding("safeguards", "SG-2", "zaporizhzhia", date(2022, 6, 20)).status == "at-risk"


def test_a_loss_that_one_party_reports_is_at_risk_until_others_confirm_it() -> None:
    lab, day = "chornobyl-central-laboratory", date(2023, 1, 1)
    assert finding("laboratory", "LB-2", lab, day).status == "at-risk"
    confirmed = seen("laboratory-instruments", "lost", date(2022, 12, 1), subject=lab)
    assert finding("laboratory", "LB-2", lab, day, more=(confirmed,)).status == "compromised"
    back = seen("laboratory-instruments", "restored", date(2022, 12, 20), subject=lab)
    assert finding("laboratory", "LB-2", lab, day, more=(confirmed, back)).status == "holds"


def test_an_event_put_off_is_at_risk_until_it_is_held() -> None:
    assert finding("participation", "PA-1", "tso-ru", date(2024, 1, 1)).status == "at-risk"
    assert finding("participation", "PA-1", "tso-2018", date(2024, 1, 1)).status == "holds"


def test_a_call_to_give_the_plant_back_is_open_while_armed_forces_hold_it() -> None:
    found = finding("participation", "PA-4", "zaporizhzhia", date(2024, 6, 3))
    assert found.status == "compromised"
    assert "PA-4" in found.unverified
    left = seen("site-control", "operator", date(2024, 5, 1))
    assert finding("participation", "PA-4", "zaporizhzhia", date(2024, 6, 3), more=(left,)).status == "holds"


def test_a_normative_claim_is_kept_and_never_scored() -> None:
    found = finding("participation", "PA-7", "tso-ru", date(2024, 1, 1))
    assert found.why == "recorded, never scored"
    assert ("pa-tso-ru-claim-1", "recorded, never scored") in found.set_aside


def test_a_culture_that_nobody_could_observe_is_unknown() -> None:
    found = judge(load_regime("safety-culture"), SHIPPED, as_of=date(2024, 6, 3), digest=sha256_of_value)
    assert {f.status for f in found} == {"unknown"}
    assert sum(f.obligation.startswith("SC") and f.obligation != "SC-C" for f in found) == 10
