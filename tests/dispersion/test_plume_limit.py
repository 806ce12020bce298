"""Puffs in a steady wind are a plume.

Deviations from the two exact limits are stated, measured and bounded: 2 % wherever the limit
holds.  Where it does not hold is asserted too: within a kilometre in strong convection steps of
1.3 deviations are long beside the distance travelled (10 %, measured 0.09), and a slender plume
is no limit of round puffs where they spread along the wind as fast as the concentration changes.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest

from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid
from tests.dispersion.airs import WEATHERS, Floats, steady, without_turning
from tests.dispersion.analytic import ring_sums, row_of_puffs, slender_plume

GRID = Grid(rings=68, sectors=72, outer_radius=100e3)
RANGE = (GRID.radii > 500.0) & (GRID.radii < 50e3)
CASES = [(weather, height) for weather in WEATHERS for height in (0.0, 30.0, 100.0)]


@functools.cache
def fields(weather: str, height: float) -> tuple[Floats, Floats]:
    """The engine's cells and those of the continuous row of puffs."""
    air = steady(**WEATHERS[weather])
    tic = without_turning(air, GRID, height=height).tic[0].reshape(GRID.rings, GRID.sectors)
    return tic, row_of_puffs(air, GRID, height)


def deviation(found: Floats, exact: Floats, where: np.typing.NDArray[np.bool_]) -> float:
    assert where.sum() >= 15
    return float(np.abs(found / exact - 1.0)[where].max())


def reaches_ground(exact: Floats) -> np.typing.NDArray[np.bool_]:
    return RANGE & (exact > 0.01 * exact[RANGE].max())


@pytest.mark.parametrize(("weather", "height"), CASES)
def test_puffs_equal_the_continuous_row_of_puffs_within_two_percent(weather: str, height: float) -> None:
    tic, exact = fields(weather, height)
    where = reaches_ground(exact[:, 0])
    if weather == "unstable":
        assert deviation(tic[:, 0], exact[:, 0], where) < 0.10
        where &= GRID.radii > 1000.0
    assert deviation(tic[:, 0], exact[:, 0], where) < 0.02
    assert deviation(ring_sums(tic, GRID), ring_sums(exact, GRID), where) < 0.02


@pytest.mark.parametrize(("weather", "height"), CASES)
def test_puffs_equal_the_slender_plume_within_two_percent_where_it_is_their_limit(weather: str, height: float) -> None:
    tic, exact = fields(weather, height)
    axis, integral = slender_plume(steady(**WEATHERS[weather]), GRID, height)
    sums = ring_sums(exact, GRID)
    limit = (
        reaches_ground(exact[:, 0]) & (np.abs(axis / exact[:, 0] - 1.0) < 0.01) & (np.abs(integral / sums - 1) < 0.01)
    )
    if weather == "unstable":
        limit &= GRID.radii > 1000.0
    assert deviation(tic[:, 0], axis, limit) < 0.02
    assert deviation(ring_sums(tic, GRID), integral, limit) < 0.02


def test_slender_plume_is_the_limit_of_a_ground_release_from_a_kilometre_on() -> None:
    for weather in WEATHERS:
        _, exact = fields(weather, 0.0)
        _, integral = slender_plume(steady(**WEATHERS[weather]), GRID, 0.0)
        assert deviation(integral, ring_sums(exact, GRID), RANGE & (GRID.radii > 1000.0)) < 0.025


def test_number_of_puffs_an_hour_changes_nothing_in_a_steady_wind() -> None:
    air = steady(**WEATHERS["neutral"])
    from_one, from_twelve = (
        without_turning(air, GRID, height=30.0, settings=PuffSettings(puffs_per_hour=n)).tic for n in (1, 12)
    )
    np.testing.assert_allclose(from_one, from_twelve, rtol=1e-9, atol=1e-25)
