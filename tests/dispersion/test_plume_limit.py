"""Puffs in a steady wind are a plume.

Within 2 %, from 500 m to 50 km, wherever the limit holds.  In strong convection it is 4 % within
a kilometre (measured 0.031): a step there is long beside the distance.  A slender plume is the
limit of round puffs only where it is even along the wind over a puff's own width: not on the
rising flank of an elevated release, nor near the source in strong convection.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest

from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid
from tests.dispersion.airs import WEATHERS, Floats, steady, without_turning
from tests.dispersion.analytic import ring_sums, row_of_puffs, slender_plume

GRID = Grid()
RANGE = (GRID.radii > 500.0) & (GRID.radii < 50e3)
CASES = [(weather, height) for weather in WEATHERS for height in (0.0, 30.0, 100.0)]


@functools.cache
def fields(weather: str, height: float) -> tuple[Floats, Floats]:
    """The engine's cells and those of the continuous row of puffs."""
    air = steady(**WEATHERS[weather])
    tic = without_turning(air, GRID, height=height).tic[0].reshape(GRID.rings, GRID.sectors)
    return tic, row_of_puffs(air, GRID, height)


def deviation(found: Floats, exact: Floats, where: np.typing.NDArray[np.bool_], least: int = 15) -> float:
    assert where.sum() >= least
    return float(np.abs(found / exact - 1.0)[where].max())


def reaches_ground(exact: Floats) -> np.typing.NDArray[np.bool_]:
    return np.asarray(RANGE & (exact > 0.01 * exact[RANGE].max()))


@pytest.mark.parametrize(("weather", "height"), CASES)
def test_puffs_equal_the_continuous_row_of_puffs_within_two_percent(weather: str, height: float) -> None:
    tic, exact = fields(weather, height)
    where = reaches_ground(exact[:, 0])
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
    assert deviation(tic[:, 0], axis, limit, 2) < 0.02
    assert deviation(ring_sums(tic, GRID), integral, limit, 2) < 0.02


def test_number_of_puffs_an_hour_changes_nothing_in_a_steady_wind() -> None:
    air = steady(**WEATHERS["neutral"])
    from_one, from_twelve = (
        without_turning(air, GRID, height=30.0, settings=PuffSettings(puffs_per_hour=n)).tic for n in (1, 12)
    )
    np.testing.assert_allclose(from_one, from_twelve, rtol=1e-9, atol=1e-25)
