"""Dose of a release: by hand for caesium, linear, monotone, decaying, growing in."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.constants import AGES, FORMS
from oberih.dose.contributions import contributions
from oberih.dose.quantity import PATHWAYS, Quantity
from oberih.dose.response import DEFAULT_AGES, lifetime, response, responses
from oberih.errors import InputError, UnknownName
from oberih.nuclide.decay import decay_chain, half_life
from oberih.release.source_term import SourceTerm

HOUR, DAY, YEAR = 3600.0, 86400.0, 365.25 * 86400.0
CORE = (
    "Kr-85m Kr-87 Kr-88 Xe-133 Xe-135 Xe-138 I-131 I-132 I-133 I-134 I-135 Te-132 Te-131m Cs-134 Cs-136 Cs-137 "
    "Sr-89 Sr-90 Sr-91 Ba-140 La-140 Mo-99 Ru-103 Ru-106 Ce-144 Np-239 Pu-238 Pu-241 Cm-242 Zr-95"
)
REACTOR = tuple(CORE.split())
WEEK = Quantity("effective", "adult", 7 * DAY)
IODINE = Quantity("thyroid", "1y", 7 * DAY, pathways=("inhalation",), nuclides="radioiodine")


def release(amounts: dict[str, float], *, form: str = "aerosol", hours: int = 1) -> SourceTerm:
    activity = np.zeros((hours, len(amounts), len(FORMS)))
    activity[:, :, FORMS.index(form)] = np.array(list(amounts.values())) / hours
    return SourceTerm("test", "test", tuple(amounts), activity, np.zeros(hours), np.zeros(hours), verified=True)


def reactor(seed: int, hours: int = 24) -> SourceTerm:
    draw = np.random.default_rng(seed)
    activity = draw.random((hours, len(REACTOR), len(FORMS))) * 1e15
    return SourceTerm("r", "r", REACTOR, activity, np.zeros(hours), np.zeros(hours))


def ground(amounts: dict[str, float], window: float, *, age: str = "adult") -> float:
    quantity = Quantity("effective", age, window, pathways=("ground",))
    return float(response(release(amounts), quantity).deposit[0, FORMS.index("aerosol"), 0])


def test_one_megabecquerel_of_caesium_on_the_ground_gives_its_published_dose_rate() -> None:
    # 1.3536E-6 Sv/h, FGR-15 adult with Ba-137m branching 0.94399; weathering of one hour is 4E-5.
    assert ground({"Cs-137": 1e6, "Ba-137m": 0.94399e6}, HOUR) == pytest.approx(1.3536e-6, rel=1e-4)


def test_caesium_alone_reaches_the_same_when_barium_has_grown_in() -> None:
    quantity = Quantity("effective", "adult", HOUR, pathways=("ground",))
    made = response(release({"Cs-137": 1e6}), quantity, ages=(0.0, 2 * HOUR))
    assert made.deposit[0, 1, 1] == pytest.approx(1.3536e-6, rel=3e-4)


def test_caesium_inhaled_is_coefficient_times_breath() -> None:
    made = response(release({"Cs-137": 1.0}), WEEK)
    assert made.inhalation[0, FORMS.index("aerosol"), 0] == pytest.approx(4.68e-9 * 3.33e-4, rel=1e-9)


def test_caesium_ground_year_by_hand() -> None:
    made = ground({"Cs-137": 1.0, "Ba-137m": 0.94399}, 365 * DAY)
    assert made == pytest.approx(1.3536e-12 * 24.0 * 330.8168, rel=1e-4)


def test_resuspension_of_caesium_by_hand() -> None:
    # Day 1 at 1E-6/m, then 1E-6/t: integral over 7 d is 1E-6 (1 + ln 7) days; decay is negligible.
    quantity = Quantity("effective", "adult", 7 * DAY, pathways=("resuspension",))
    made = response(release({"Cs-137": 1.0}), quantity).deposit[0, 1, 0]
    by_hand = 4.68e-9 * 22.2 / DAY * 1e-6 * DAY * (1.0 + np.log(7.0))
    assert made == pytest.approx(by_hand, rel=3e-4)


def test_xenon_cloud_is_coefficient_times_decay() -> None:
    made = response(release({"Xe-133": 1.0}, form="noble_gas"), WEEK, ages=(0.0, half_life("Xe-133")))
    assert made.cloud[0, 0, 1] / made.cloud[0, 0, 0] == pytest.approx(0.5, rel=1e-9)
    assert made.deposit.sum() == made.inhalation.sum() == 0.0


def test_iodine_grows_in_from_tellurium() -> None:
    # After 78.2 h a becquerel of Te-132 stands beside 0.50936 Bq of I-132.
    quantity = dataclasses.replace(IODINE, age="adult")
    after = 78.2 * HOUR
    made = response(release({"Te-132": 1.0}), quantity, ages=(0.0, after)).inhalation[0, 1, 1]
    alone = response(release({"I-132": 1.0}), quantity).inhalation[0, 1, 0]
    assert made / alone == pytest.approx(0.5093593081201749, rel=1e-6)


def test_rubidium_born_of_krypton_is_breathed() -> None:
    made = response(release({"Kr-88": 1.0}, form="noble_gas"), WEEK, ages=(0.0, HOUR))
    assert made.inhalation[0, 0, 0] == 0.0
    assert made.inhalation[0, 0, 1] > 0.0


def test_radioiodine_restricts_inhalation() -> None:
    every = dataclasses.replace(IODINE, nuclides="all")
    mixed = release({"I-131": 1.0, "Te-132": 1.0})
    only = response(mixed, IODINE).inhalation[0, 1, 0]
    assert only == response(release({"I-131": 1.0}), IODINE).inhalation[0, 1, 0]
    assert only < response(mixed, every).inhalation[0, 1, 0]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e6))
def test_twice_the_release_gives_twice_the_dose(seed: int, scale: float) -> None:
    one = reactor(seed, hours=2)
    more = dataclasses.replace(one, activity=one.activity * scale)
    for field in ("inhalation", "cloud", "deposit"):
        np.testing.assert_allclose(
            getattr(response(more, WEEK), field), scale * getattr(response(one, WEEK), field), rtol=1e-12
        )


def test_two_releases_together_give_the_sum() -> None:
    one, two = reactor(1, hours=3), reactor(2, hours=3)
    both = dataclasses.replace(one, activity=one.activity + two.activity)
    for field in ("inhalation", "cloud", "deposit"):
        total = getattr(response(one, WEEK), field) + getattr(response(two, WEEK), field)
        np.testing.assert_allclose(getattr(response(both, WEEK), field), total, rtol=1e-12)


def test_no_release_no_dose() -> None:
    none = dataclasses.replace(reactor(1), activity=np.zeros((24, len(REACTOR), len(FORMS))))
    made = response(none, WEEK)
    assert not (made.inhalation.any() or made.cloud.any() or made.deposit.any())


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(REACTOR), st.floats(60.0, 3e9), st.floats(60.0, 3e9))
def test_dose_from_the_ground_grows_with_the_window(nuclide: str, first: float, second: float) -> None:
    short, long = sorted((first, second))
    windows = [dataclasses.replace(WEEK, window=w) for w in (short, long)]
    low, high = (response(release({nuclide: 1.0}), q, ages=(0.0, 3600.0)).deposit for q in windows)
    assert np.all(low <= high * (1.0 + 1e-9) + 1e-300)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(REACTOR), st.sampled_from(AGES), st.sampled_from(("effective", "thyroid", "red_marrow")))
def test_response_is_finite_and_not_negative(nuclide: str, age: str, organ: str) -> None:
    made = response(release({nuclide: 1e15}), Quantity(organ, age, 7 * DAY))
    for field in (made.inhalation, made.cloud, made.deposit):
        assert np.all(np.isfinite(field))
        assert np.all(field >= 0.0)


def test_younger_people_get_more_from_the_ground_and_a_higher_thyroid_dose() -> None:
    doses = [ground({"Cs-137": 1.0}, 7 * DAY, age=a) for a in AGES]
    assert doses == sorted(doses, reverse=True)
    iodine = release({"I-131": 1.0})
    child, adult = (response(iodine, dataclasses.replace(IODINE, age=a)).inhalation.sum() for a in ("1y", "adult"))
    assert child > adult


def test_factor_scales_its_pathway_only() -> None:
    sheltered = dataclasses.replace(WEEK, factors=(("cloud", 0.5), ("ground", 0.25)))
    mixed = reactor(3, hours=1)
    free, kept = response(mixed, WEEK), response(mixed, sheltered)
    np.testing.assert_allclose(kept.cloud, 0.5 * free.cloud)
    np.testing.assert_allclose(kept.inhalation, free.inhalation)
    breathed_again = response(mixed, dataclasses.replace(WEEK, pathways=("resuspension",))).deposit
    np.testing.assert_allclose(kept.deposit - breathed_again, 0.25 * (free.deposit - breathed_again), rtol=1e-9)


def test_pathways_add_up() -> None:
    mixed = reactor(4, hours=1)
    whole = response(mixed, WEEK)
    parts = [response(mixed, dataclasses.replace(WEEK, pathways=(p,))) for p in PATHWAYS]
    for field in ("inhalation", "cloud", "deposit"):
        np.testing.assert_allclose(sum(getattr(p, field) for p in parts), getattr(whole, field), rtol=1e-12)


def test_iodine_is_negligible_four_years_after_shutdown() -> None:
    core = {"I-131": 3.1e18, "I-133": 6.4e18, "Te-132": 4.3e18, "Cs-134": 4.6e17, "Cs-137": 3.0e17}
    chain = decay_chain(core)
    start = np.array([core.get(n, 0.0) for n in chain.nuclides])
    later = dict(zip(chain.nuclides, chain.transition([4 * YEAR])[0] @ start, strict=True))
    kept = {n: float(later[n]) for n in core}
    hot, cold = (response(release(a), IODINE).inhalation.sum() for a in (core, kept))
    assert cold < 1e-30 * hot
    through = {"tic": np.full(4, 1e-8), "gamma": np.full(4, 1e-8), "deposition": np.full(4, 1e-10)}
    first = next(iter(contributions(release(kept), WEEK, age=HOUR, **through)))
    assert first in ("Cs-137", "Cs-134")


def test_contributions_add_up_to_the_dose() -> None:
    mixed = reactor(5, hours=6)
    tic, deposition = np.array([1e-7, 2e-7, 3e-7, 4e-7]), np.array([0.0, 1e-10, 1e-9, 1e-12])
    age = 5000.0
    made = response(mixed, WEEK)
    at = [np.apply_along_axis(lambda v: np.interp(age, made.ages, v), 2, getattr(made, f)).sum(axis=0)
          for f in ("inhalation", "cloud", "deposit")]  # fmt: skip
    dose = float(at[0] @ tic + at[1] @ (0.5 * tic) + at[2] @ deposition)
    found = contributions(mixed, WEEK, age=age, tic=tic, gamma=0.5 * tic, deposition=deposition)
    assert sum(found.values()) == pytest.approx(dose, rel=1e-9)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_unchecked_numbers_mark_the_response() -> None:
    assert response(release({"Cs-137": 1.0}), dataclasses.replace(WEEK, pathways=("ground",))).verified
    inhaled = response(release({"Cs-137": 1.0}), dataclasses.replace(WEEK, age="5y"))
    assert not inhaled.verified
    assert any("ICRP Publication 71" in words for words in inhaled.attrs["unverified"])
    marrow = response(
        release({"Cs-137": 1.0}), Quantity("red_marrow", "adult", 10 * HOUR, pathways=("cloud", "ground"))
    )
    assert not marrow.verified
    assert any("proxy" in words for words in marrow.attrs["unverified"])


def test_nuclide_without_coefficients_is_reported_and_gives_nothing() -> None:
    made = response(release({"Ra-226": 1.0, "Cs-137": 1.0}), dataclasses.replace(WEEK, pathways=("inhalation",)))
    alone = response(release({"Cs-137": 1.0}), dataclasses.replace(WEEK, pathways=("inhalation",)))
    assert made.attrs["without_coefficient"] == ["Ra-226"]
    assert made.inhalation[0, 1, 0] == alone.inhalation[0, 1, 0]


def test_every_nuclide_of_a_reactor_core_has_coefficients() -> None:
    attrs = response(reactor(1, hours=1), WEEK).attrs
    assert attrs["without_coefficient"] == attrs["progeny_without_coefficient"] == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"organ": "skin"}, "organ"),
        ({"age": "7y"}, "age"),
        ({"window": 0.0}, "window"),
        ({"window": float("nan")}, "window"),
        ({"pathways": ("cloud", "milk")}, "pathway"),
        ({"nuclides": "caesium"}, "nuclides"),
        ({"factors": (("cloud", 1.5),)}, "factor of cloud"),
        ({"factors": (("rain", 0.5),)}, "pathway"),
    ],
)
def test_quantity_that_cannot_be_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        response(release({"Cs-137": 1.0}), dataclasses.replace(WEEK, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_release_that_cannot_be_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="activity"):
        response(release({"Cs-137": value}), WEEK)


def test_unknown_nuclide_and_ages_are_refused() -> None:
    with pytest.raises(UnknownName, match="Cs-999"):
        response(release({"Cs-999": 1.0}), WEEK)
    with pytest.raises(InputError, match="ages"):
        response(release({"Cs-137": 1.0}), WEEK, ages=(60.0, 120.0))
    with pytest.raises(UnknownName, match="age"):
        lifetime("7y")


def test_contributions_refuse_a_wrong_shape() -> None:
    with pytest.raises(InputError, match="tic"):
        contributions(release({"Cs-137": 1.0}), WEEK, age=0.0, tic=[1.0], gamma=np.ones(4), deposition=np.ones(4))


def test_contributions_refuse_an_age_that_cannot_be() -> None:
    every = dict.fromkeys(("tic", "gamma", "deposition"), np.ones(4))
    for age in (-1.0, float("nan")):
        with pytest.raises(InputError, match="age"):
            contributions(release({"Cs-137": 1.0}), WEEK, age=age, **every)


def test_lifetime_is_fifty_years_for_an_adult_and_to_seventy_for_an_infant() -> None:
    assert lifetime("adult") == 50 * YEAR
    assert lifetime("infant") == 70 * YEAR


def test_linear_interpolation_in_age_follows_the_decay() -> None:
    fine = tuple(sorted({*DEFAULT_AGES, *np.linspace(1.0, 48 * HOUR, 300)}))
    mixed = reactor(6, hours=1)
    coarse, exact = response(mixed, WEEK), response(mixed, WEEK, ages=fine)
    for field in ("inhalation", "cloud", "deposit"):
        a, b = getattr(coarse, field), getattr(exact, field)
        made = np.apply_along_axis(lambda v: np.interp(exact.ages, coarse.ages, v), 2, a)
        assert np.abs(made / b - 1.0)[..., exact.ages >= 0.0].max() < 0.03


def test_six_responses_of_a_day_of_forty_nuclides_take_little_time() -> None:
    quantities = [WEEK, IODINE, *(dataclasses.replace(WEEK, window=w * DAY) for w in (1, 2, 30, 365))]
    mixed = reactor(7)
    responses(mixed, quantities)
    began = time.perf_counter()
    responses(mixed, quantities)
    assert time.perf_counter() - began < 0.15
