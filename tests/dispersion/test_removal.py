"""What leaves the air lies on the ground, and each form in its own way."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from oberih.constants import FORMS
from oberih.dispersion.deposition import BELOW_CLOUD, removal
from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import disperse
from oberih.earth.grid import Grid
from tests.dispersion.airs import NEUTRAL, STABLE, WEATHERS, steady

GRID = Grid(rings=60, sectors=72, outer_radius=100e3)
NOBLE, AEROSOL, ELEMENTAL, ORGANIC = range(4)
PLAUSIBLE = {"aerosol": (2e-4, 2e-2), "elemental_iodine": (2e-3, 3e-2), "organic_iodine": (2e-5, 2e-4)}  # [m/s]


def test_forms_are_in_the_order_of_the_constants() -> None:
    assert (FORMS[NOBLE], FORMS[AEROSOL]) == ("noble_gas", "aerosol")
    assert tuple(PLAUSIBLE) == FORMS[1:]


def test_a_noble_gas_leaves_no_deposit() -> None:
    release = disperse(steady(**NEUTRAL, rain=10.0), GRID, hour=0, height=0.0)
    assert release.dry[NOBLE].max() == release.wet[NOBLE].max() == 0.0
    assert release.balance[NOBLE, puff.LEFT] == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("weather", list(WEATHERS))
def test_deposition_velocity_is_plausible_for_each_form(weather: str) -> None:
    velocity = removal(steady(**WEATHERS[weather])).dry[0]
    for value, (low, high) in zip(velocity, PLAUSIBLE.values(), strict=True):
        assert low < value < high


def test_dry_deposit_is_deposition_velocity_times_exposure() -> None:
    air = steady(**NEUTRAL)
    release = disperse(air, GRID, hour=0, height=0.0)
    for form in (AEROSOL, ELEMENTAL, ORGANIC):
        there = release.tic[form] > 0.0
        ratio = release.dry[form][there] / release.tic[form][there]
        np.testing.assert_allclose(ratio, removal(air).dry[0, form - 1], rtol=1e-6)


def test_the_more_readily_a_form_deposits_the_less_of_it_arrives() -> None:
    release = disperse(steady(**STABLE), GRID, hour=0, height=0.0)
    far = np.argsort(-release.tic[NOBLE].reshape(GRID.rings, GRID.sectors)[-5])[0] + (GRID.rings - 5) * GRID.sectors
    noble, aerosol, elemental, organic = release.tic[:, far]
    assert noble > organic > aerosol > elemental > 0.0


def test_more_rain_lays_down_more_and_carries_less() -> None:
    runs = [disperse(steady(**NEUTRAL, rain=r), GRID, hour=0, height=30.0) for r in (0.0, 0.1, 1.0, 5.0, 20.0)]
    for form in (AEROSOL, ELEMENTAL, ORGANIC):
        down = np.array([r.balance[form, [puff.DRY_IN, puff.WET_IN, puff.ON_SITE]].sum() for r in runs])
        left = np.array([r.balance[form, puff.LEFT] for r in runs])
        assert runs[0].balance[form, puff.WET_IN] == 0.0 < runs[1].balance[form, puff.WET_IN]
        assert np.all(np.diff(down) > 0.0)
        assert np.all(np.diff(left) < 0.0)


def test_rain_is_a_rate_and_not_what_an_hour_gathers() -> None:
    # 1 mm in an hour, given as kg/(m2 s), must scavenge as 1 mm/h does and not as 3600 mm/h.
    rates = removal(steady(**NEUTRAL, rain=1.0)).below_cloud[0]
    np.testing.assert_allclose(rates, [a for a, _ in BELOW_CLOUD], rtol=1e-12)


def test_rain_washes_out_as_the_law_says() -> None:
    air = steady(**NEUTRAL, rain=2.0)
    release = disperse(air, GRID, hour=0, height=300.0)
    dry = disperse(steady(**NEUTRAL), GRID, hour=0, height=300.0)
    far = np.repeat(GRID.radii > 10e3, GRID.sectors)  # nearer, the age is that of a cloud felt from afar
    there = far & (dry.tic[AEROSOL] > 1e-3 * dry.tic[AEROSOL].max())
    lost = -np.log(release.tic[AEROSOL][there] / dry.tic[AEROSOL][there])
    expected = removal(air).below_cloud[0, 0] * release.age[there]
    np.testing.assert_allclose(lost, expected, rtol=0.1)


def test_drizzle_below_the_limit_is_dry() -> None:
    assert removal(steady(**NEUTRAL, rain=0.009)).below_cloud.max() == 0.0
    assert removal(steady(**NEUTRAL, rain=0.011)).below_cloud.min() > 0.0


def test_rain_that_stops_leaves_the_rest_dry() -> None:
    air = steady(**NEUTRAL, hours=6, rain=5.0, cyclic=False)
    stops = dataclasses.replace(air, precipitation=np.where(np.arange(6) < 2, air.precipitation, 0.0))
    whole, part = (
        disperse(a, GRID, hour=0, height=0.0).wet[AEROSOL].reshape(GRID.rings, -1).sum(axis=1) for a in (air, stops)
    )
    assert 0.0 < part.sum() < whole.sum()
    assert part[-1] == 0.0 < whole[-1]
