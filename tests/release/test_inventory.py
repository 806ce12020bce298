"""Does a core hold what it must?"""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.constants import SECONDS_PER_DAY, SECONDS_PER_YEAR
from oberih.errors import InputError
from oberih.nuclide import half_life
from oberih.release import Batch, cask_inventory, core_inventory, decayed, pool_inventory
from oberih.release.inventory import _core_table
from tests.conftest import SHARED, needs_shared

POWER = 3e9


def _vectors() -> dict[str, dict[str, dict[str, float]]]:
    vectors: dict[str, dict[str, dict[str, float]]] = json.loads(
        (SHARED / "data/test_vectors/vectors.json").read_text()
    )
    return vectors


def test_a_vver_1000_core_holds_the_published_activity() -> None:
    core = core_inventory(thermal_power=POWER)
    for nuclide, expected in {"I-131": 3.1e18, "Cs-137": 3.0e17, "Xe-133": 6.3e18}.items():
        assert core.of(nuclide) == pytest.approx(expected, rel=0.02)


def test_burn_up_scales_just_the_nuclides_that_live_over_a_year() -> None:
    for name, _, scales in _core_table():
        assert scales == (half_life(name) > SECONDS_PER_YEAR)
    once, twice = (core_inventory(thermal_power=POWER, burnup=b) for b in (20_000, 40_000))
    assert twice.of("Cs-137") == pytest.approx(2 * once.of("Cs-137"), rel=1e-12)
    assert twice.of("I-131") == once.of("I-131")


@needs_shared
def test_krypton_85_scales_as_published() -> None:
    vector = _vectors()["V3_burnup_scaling"]
    curies = core_inventory(thermal_power=1e6, burnup=18_000).of("Kr-85") / 3.7e10
    assert curies == pytest.approx(190, rel=0.002)
    assert pytest.approx(vector["computed"], rel=1e-12) == 190 * 30_000 / 18_000
    assert core_inventory(thermal_power=1e6).of("Kr-85") / 3.7e10 == pytest.approx(vector["answer_published"])


@needs_shared
@pytest.mark.parametrize(("vector", "element"), [("V3b_noble_gas_fractions", "KrXe"), ("V3c_iodine_fractions", "I")])
def test_shares_of_noble_gases_and_iodines_are_those_published(vector: str, element: str) -> None:
    expected = _vectors()[vector]["recomputed"]
    core = core_inventory(thermal_power=1e6, burnup=18_000)
    total = sum(core.of(n) for n in expected)
    for nuclide, share in expected.items():
        assert nuclide.split("-")[0] in element
        assert core.of(nuclide) / total == pytest.approx(share, abs=6e-5)


def test_the_misprint_of_krypton_85_is_not_followed() -> None:
    core = core_inventory(thermal_power=1e6, burnup=18_000)
    noble = [n for n, _, _ in _core_table() if n[:2] in {"Kr", "Xe"}]
    assert core.of("Kr-85") / sum(core.of(n) for n in noble) == pytest.approx(0.0011, abs=5e-5)


@settings(max_examples=20, deadline=None)
@given(st.floats(1.0, 1e9), st.floats(1.0, 1e9))
def test_cooling_twice_equals_cooling_once_for_the_sum(first: float, second: float) -> None:
    core = core_inventory(thermal_power=POWER)
    twice, once = decayed(decayed(core, first), second), decayed(core, first + second)
    assert twice.nuclides == once.nuclides
    np.testing.assert_allclose(twice.activity, once.activity, rtol=1e-6, atol=1.0)


def test_iodine_is_gone_after_years_and_caesium_is_not() -> None:
    core = core_inventory(thermal_power=POWER, burnup=40_000, since_shutdown=4 * SECONDS_PER_YEAR)
    assert core.of("I-131") < 1.0
    assert core.of("Cs-137") == pytest.approx(3.6e17, rel=0.02)
    assert core.of("Ba-137m") == pytest.approx(0.944 * core.of("Cs-137"), rel=1e-3)
    assert core.of("Y-90") == pytest.approx(core.of("Sr-90"), rel=1e-3)


def test_cooling_moves_the_date() -> None:
    core = core_inventory(thermal_power=POWER, shutdown=1_000_000)
    assert decayed(core, SECONDS_PER_DAY).date == 1_086_400


def test_a_pool_is_the_sum_of_its_batches_and_knows_what_came_later() -> None:
    batches = [Batch(1 / 3, 0), Batch(1 / 3, 40_000_000), Batch(1.0, 90_000_000)]
    pool = pool_inventory(batches, thermal_power=POWER, at=80_000_000)
    parts = [
        core_inventory(thermal_power=POWER, burnup=50_000, since_shutdown=80_000_000 - b.discharged).of("Cs-137") / 3
        for b in batches[:2]
    ]
    assert pool.of("Cs-137") == pytest.approx(sum(parts), rel=1e-12)
    assert pool.attrs["batches_later"] == 1
    with pytest.raises(InputError, match="no fuel"):
        pool_inventory(batches, thermal_power=POWER, at=-1)


def test_a_cask_is_its_share_of_a_core() -> None:
    cask = cask_inventory(thermal_power=POWER, core_assemblies=163, assemblies=24, cooling=3e8)
    core = core_inventory(thermal_power=POWER, burnup=50_000, since_shutdown=3e8)
    assert cask.of("Cs-137") == pytest.approx(core.of("Cs-137") * 24 / 163, rel=1e-12)


def test_the_missing_actinides_are_named() -> None:
    assert "actinides" in core_inventory(thermal_power=POWER).attrs["missing"]


@pytest.mark.parametrize(
    ("change", "named"),
    [({"thermal_power": 3000.0}, "thermal_power"), ({"thermal_power": float("nan")}, "thermal_power"),
     ({"burnup": 40.0}, "burnup"), ({"since_shutdown": -1.0}, "seconds")],
)  # fmt: skip
def test_a_slip_of_the_unit_is_refused(change: dict[str, float], named: str) -> None:
    with pytest.raises(InputError, match=named):
        core_inventory(**({"thermal_power": POWER} | change))
