"""A cloud is felt before it arrives, and is as old as its way is long."""

from __future__ import annotations

import numpy as np
import pytest

from oberih.earth.grid import Grid
from tests.dispersion.airs import NEUTRAL, STABLE, WEATHERS, Floats, steady, without_turning
from tests.dispersion.analytic import Steady

GRID = Grid()


def axis(field: Floats) -> Floats:
    return field.reshape(GRID.rings, GRID.sectors)[:, 0]


@pytest.mark.parametrize("weather", ["neutral", "unstable"])
def test_far_away_the_cloud_is_semi_infinite(weather: str) -> None:
    release = without_turning(steady(**WEATHERS[weather], hours=12), GRID, height=0.0)
    far = (GRID.radii > 100e3) & (GRID.radii < 200e3)
    ratio = axis(release.gamma)[far] / axis(release.tic[0])[far]
    assert np.all((ratio > 0.95) & (ratio < 1.02))


def test_near_the_source_the_cloud_is_too_small_to_be_semi_infinite() -> None:
    release = without_turning(steady(**STABLE), GRID, height=0.0)
    ratio = axis(release.gamma) / axis(release.tic[0])
    assert ratio[np.argmin(np.abs(GRID.radii - 500.0))] < 0.3
    assert np.all(np.diff(ratio[(GRID.radii > 500.0) & (GRID.radii < 20e3)]) > -0.01)


def test_gamma_is_felt_under_a_plume_that_has_not_come_down() -> None:
    release = without_turning(steady(**STABLE), GRID, height=100.0)
    ring = int(np.argmin(np.abs(GRID.radii - 1000.0)))
    assert axis(release.tic[0])[ring] < 1e-9
    assert axis(release.gamma)[ring] > 1e-6


def test_gamma_is_felt_beside_a_plume() -> None:
    release = without_turning(steady(**STABLE), GRID, height=0.0)
    ring = int(np.argmin(np.abs(GRID.radii - 500.0)))
    gamma, tic = (f.reshape(GRID.rings, GRID.sectors)[ring] for f in (release.gamma, release.tic[0]))
    beside = 12
    assert gamma[beside] / gamma[0] > 10.0 * tic[beside] / tic[0]
    assert gamma[beside] > 1e-3 * gamma[0]


@pytest.mark.parametrize("weather", list(WEATHERS))
@pytest.mark.parametrize("height", [0.0, 100.0])
def test_the_mean_age_is_the_way_over_the_wind(weather: str, height: float) -> None:
    air = steady(**WEATHERS[weather], hours=6)
    age = axis(without_turning(air, GRID, height=height).age)
    where = (GRID.radii > 2000.0) & (GRID.radii < 100e3)
    expected = Steady(air, height).path(GRID.radii).age
    np.testing.assert_allclose(age[where], expected[where], rtol=0.05)


def test_a_high_release_is_carried_by_the_wind_aloft_and_not_by_that_at_ten_metres() -> None:
    air = steady(**NEUTRAL, hours=6)
    ring = int(np.argmin(np.abs(GRID.radii - 20e3)))
    low, high = (axis(without_turning(air, GRID, height=h).age)[ring] for h in (0.0, 200.0))
    assert high < 0.95 * low
    assert high < 0.75 * GRID.radii[ring] / NEUTRAL["speed"]
