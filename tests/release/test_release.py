"""Does a scenario release what it must?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from oberih.constants import FORMS
from oberih.errors import InputError
from oberih.nuclide import equilibrium_progeny, half_life, is_iodine, is_noble_gas, nuclide_name
from oberih.release import (
    Batch,
    Inventory,
    SourceTerm,
    cask_inventory,
    core_inventory,
    decayed,
    list_scenarios,
    load_scenario,
    pool_inventory,
    release_of,
)
from tests.conftest import SHARED, needs_shared

SHUTDOWN = int(datetime(2022, 9, 11, tzinfo=UTC).timestamp())
DAY = int(datetime(2026, 11, 23, tzinfo=UTC).timestamp())
POWER = 3e9
AT_POWER = core_inventory(thermal_power=POWER, burnup=40_000)
SHUT_DOWN = core_inventory(thermal_power=POWER, burnup=40_000, shutdown=SHUTDOWN)
FUEL: dict[str, Inventory | None] = {
    "core": AT_POWER,
    "pool": pool_inventory([Batch(1.0, SHUTDOWN)], thermal_power=POWER, at=DAY),
    "cask": cask_inventory(thermal_power=POWER, core_assemblies=163, assemblies=24, cooling=3e8, at=DAY),
    "nothing": None,
}
MELTS = [n for n in list_scenarios() if n.startswith("core-melt")]


def _released(name: str) -> SourceTerm:
    scenario = load_scenario(name)
    return release_of(scenario, inventory=FUEL[scenario.needs], at=DAY)


@pytest.mark.parametrize("name", list_scenarios())
def test_no_scenario_releases_more_than_there_was(name: str) -> None:
    source = _released(name)
    assert np.all(np.isfinite(source.activity))
    assert np.all(source.activity >= 0.0)
    fuel = FUEL[load_scenario(name).needs]
    if fuel is not None:
        grown = {"Kr-85": 1.001}  # from Kr-85m
        for nuclide in ("Cs-137", "Sr-90", "Kr-85", "I-131"):
            assert source.total().get(nuclide, 0.0) <= fuel.of(nuclide) * grown.get(nuclide, 1.0)


@pytest.mark.parametrize("name", list_scenarios())
def test_every_nuclide_leaves_in_a_form_that_it_can_have(name: str) -> None:
    source = _released(name)
    assert all(nuclide_name(n) == n for n in source.nuclides)
    for j, nuclide in enumerate(source.nuclides):
        by_form = dict(zip(FORMS, source.activity[:, j].sum(axis=0), strict=True))
        if is_noble_gas(nuclide):
            assert by_form["noble_gas"] == pytest.approx(source.total()[nuclide], rel=1e-12)
        elif not is_iodine(nuclide):
            assert by_form["aerosol"] == pytest.approx(source.total()[nuclide], rel=1e-12)
        else:
            assert by_form["noble_gas"] == 0.0


@pytest.mark.parametrize("name", list_scenarios())
def test_a_scenario_says_what_it_is_in_two_languages_and_what_is_not_checked(name: str) -> None:
    scenario = load_scenario(name)
    source = _released(name)
    assert scenario.name == name == source.name
    assert all(scenario.title[lang] and scenario.story[lang] for lang in ("en", "uk"))
    assert scenario.title["en"].isascii()
    assert not any("a" <= c.lower() <= "z" for c in scenario.title["uk"])
    assert scenario.verified or scenario.unverified
    assert scenario.sources
    assert source.verified == scenario.verified
    assert source.hours == scenario.hours <= 72


@pytest.mark.parametrize("name", MELTS)
def test_iodine_from_the_shut_down_plant_is_negligible_beside_its_at_power_value(name: str) -> None:
    scenario = load_scenario(name)
    power = release_of(scenario, inventory=AT_POWER, at=DAY).total()
    shut = release_of(scenario, inventory=SHUT_DOWN, at=DAY).total()
    assert power["I-131"] > 1e14
    assert sum(a for n, a in shut.items() if is_iodine(n)) < 1e-9 * power["I-131"]
    assert shut["Cs-137"] / power["Cs-137"] == pytest.approx(0.5 ** ((DAY - SHUTDOWN) / half_life("Cs-137")), rel=1e-6)


def test_iodine_131_falls_with_its_half_life_while_the_plant_stands() -> None:
    scenario = load_scenario("core-melt-early-failure")
    later = SHUTDOWN + round(5 * half_life("I-131"))
    first, last = (release_of(scenario, inventory=SHUT_DOWN, at=t).total()["I-131"] for t in (SHUTDOWN + 864000, later))
    assert last / first == pytest.approx(0.5 ** ((later - SHUTDOWN - 864000) / half_life("I-131")), rel=1e-3)


def test_a_core_that_ran_on_the_day_is_taken_at_power() -> None:
    scenario = load_scenario("core-melt-contained")
    before = release_of(scenario, inventory=SHUT_DOWN, at=SHUTDOWN - 86400)
    np.testing.assert_array_equal(before.activity, release_of(scenario, inventory=AT_POWER).activity)


@pytest.mark.parametrize("name", ["core-melt-vented", "core-melt-bypass", "pool-fire"])
def test_twice_the_fuel_gives_twice_the_release(name: str) -> None:
    scenario = load_scenario(name)
    fuel = FUEL[scenario.needs]
    assert fuel is not None
    double = replace(fuel, activity=2.0 * fuel.activity)
    once, twice = (release_of(scenario, inventory=f, at=DAY).total() for f in (fuel, double))
    for nuclide, activity in once.items():
        assert twice[nuclide] == pytest.approx(2.0 * activity, rel=1e-12)


def test_better_containment_releases_less() -> None:
    caesium = [_released(n).total()["Cs-137"] for n in ("core-melt-contained", "core-melt-early-failure")]
    assert caesium[0] < 1e-2 * caesium[1]
    vented, contained = _released("core-melt-vented"), _released("core-melt-contained")
    assert vented.total()["Xe-133"] > 50 * contained.total()["Xe-133"]
    assert vented.total()["Cs-137"] < 3 * contained.total()["Cs-137"]


def test_leakage_of_a_whole_containment_is_its_design_rate() -> None:
    source = _released("core-melt-contained")
    krypton = source.activity[10:, source.nuclides.index("Kr-85")].sum(axis=1)
    np.testing.assert_allclose(krypton, 0.000125 * AT_POWER.of("Kr-85"), rtol=0.01)


def test_caesium_that_leaves_carries_its_barium() -> None:
    for name in ("core-melt-contained", "pool-fire", "cask-breach", "chernobyl-1986"):
        source = _released(name)
        per_hour = source.activity.sum(axis=2)
        caesium, barium = (per_hour[:, source.nuclides.index(n)] for n in ("Cs-137", "Ba-137m"))
        ratio = equilibrium_progeny(["Cs-137"])["Cs-137"]["Ba-137m"]
        assert np.all(barium >= ratio * caesium * (1 - 1e-9))
        assert barium[-1] == pytest.approx(ratio * caesium[-1], rel=1e-3)


def test_activity_is_that_of_the_moment_of_leaving() -> None:
    scenario = load_scenario("core-melt-contained")
    source = release_of(scenario, inventory=AT_POWER)
    hour = source.activity.sum(axis=2)
    xenon, krypton = (hour[:, source.nuclides.index(n)] for n in ("Xe-138", "Kr-85"))
    ratio = (xenon[5] / krypton[5]) / (xenon[4] / krypton[4])
    assert ratio == pytest.approx(0.5 ** (3600 / half_life("Xe-138")), rel=0.01)


def test_waiting_before_the_damage_is_decay() -> None:
    scenario = load_scenario("core-melt-early-failure")
    waited = release_of(replace(scenario, wait=86400.0), inventory=AT_POWER)
    cooled = release_of(scenario, inventory=decayed(AT_POWER, 86400.0))
    np.testing.assert_allclose(waited.activity, cooled.activity, rtol=1e-12)


def test_a_reference_releases_its_published_totals() -> None:
    total = _released("chernobyl-1986").total()
    assert total["Cs-137"] == pytest.approx(8.5e16, rel=0.01)
    assert total["I-131"] == pytest.approx(1.76e18, rel=0.02)
    total = _released("fukushima-2011").total()
    assert 5e15 <= total["Cs-137"] <= 5e16
    assert 6e16 <= total["I-131"] <= 3.9e17


@needs_shared
def test_references_agree_with_the_collected_totals() -> None:
    rows = (SHARED / "data/source_terms_published/published_releases_bq.csv").read_text().splitlines()[1:]
    for name, label in (("chernobyl-1986", "Chernobyl"), ("fukushima-2011", "Fukushima")):
        total = _released(name).total()
        mine = [r for r in rows if label in r]
        assert len(mine) > 10
        for row in mine:
            nuclide, activity = row.rsplit('",', 1)[1].split(",")[:2]
            assert total[nuclide] == pytest.approx(float(activity), rel=1e-9)


def test_a_scenario_without_its_fuel_is_refused() -> None:
    with pytest.raises(InputError, match="inventory of a core"):
        release_of(load_scenario("core-melt-contained"))


def test_what_it_rests_on_is_told() -> None:
    attrs = _released("core-melt-contained").attrs
    assert "actinides" in attrs["inventory"]["missing"]
    assert attrs["dropped_below_Bq"] > 0
    json.dumps(attrs)
