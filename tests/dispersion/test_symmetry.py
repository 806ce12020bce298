"""No direction is special, and neither is the grid."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from oberih.dispersion.puffs import PuffSettings, disperse
from oberih.earth.grid import Grid
from tests.dispersion.airs import WEATHERS, Floats, steady
from tests.dispersion.analytic import ring_sums

GRID = Grid()
FIELDS = ("tic", "dry", "wet", "gamma")
FAR = GRID.radii > 500.0
RAIN = 2.0  # mm/h


def sectors(field: Floats, grid: Grid = GRID) -> Floats:
    return np.asarray(field.reshape(*field.shape[:-1], grid.rings, grid.sectors))


@pytest.mark.parametrize("weather", list(WEATHERS))
@pytest.mark.parametrize("turned", [1, 18, 29])
def test_turning_the_wind_by_whole_sectors_turns_the_result(weather: str, turned: int) -> None:
    north, other = (
        disperse(steady(**WEATHERS[weather], towards=5.0 * k, rain=RAIN), GRID, hour=0, height=30.0)
        for k in (0, turned)
    )
    for name in FIELDS:
        a, b = sectors(getattr(north, name)), sectors(getattr(other, name))
        np.testing.assert_allclose(np.roll(a, turned, axis=-1), b, rtol=1e-6, atol=1e-9 * a.max())


@pytest.mark.parametrize("weather", list(WEATHERS))
def test_turning_the_wind_by_any_angle_changes_ring_sums_by_less_than_a_percent(weather: str) -> None:
    release = [
        disperse(steady(**WEATHERS[weather], towards=angle), GRID, hour=0, height=30.0)
        for angle in (0.0, 1.3, 2.5, 101.7)
    ]
    for name in ("tic", "gamma"):
        sums = np.array([ring_sums(np.atleast_2d(getattr(r, name))[0], GRID) for r in release])[:, FAR]
        assert np.abs(sums / sums[0] - 1.0).max() < 0.01


@pytest.mark.parametrize("weather", list(WEATHERS))
@pytest.mark.parametrize(
    "other",
    [Grid(rings=106, sectors=96), Grid(rings=67, sectors=60), Grid(rings=82, sectors=72, outer_radius=340e3)],
    ids=["finer", "coarser", "shifted"],
)
def test_the_crosswind_integral_hangs_on_the_grid_by_less_than_a_percent(weather: str, other: Grid) -> None:
    air = steady(**WEATHERS[weather])
    mine, theirs = (ring_sums(disperse(air, g, hour=0, height=0.0).tic[0], g) for g in (GRID, other))
    where = (GRID.radii > 1000.0) & (GRID.radii < 200e3)
    there = np.exp(np.interp(np.log(GRID.radii), np.log(other.radii), np.log(theirs)))
    assert np.abs(there / mine - 1.0)[where].max() < 0.01


def test_the_southern_hemisphere_is_the_mirror_of_the_northern() -> None:
    for weather in WEATHERS.values():
        north, south = (disperse(steady(**weather, latitude=x), GRID, hour=0, height=30.0) for x in (47.5, -47.5))
        a, b = sectors(north.tic), sectors(south.tic)
        mirrored = np.roll(a[..., ::-1], 1, axis=-1)
        np.testing.assert_allclose(mirrored, b, rtol=1e-6, atol=1e-9 * a.max())


def test_the_wind_turns_clockwise_with_height_on_the_northern_hemisphere() -> None:
    air = steady(**WEATHERS["neutral"])
    low, high = (sectors(disperse(air, GRID, hour=0, height=h).tic[0]) for h in (0.0, 500.0))
    ring = int(np.argmin(np.abs(GRID.radii - 20e3)))
    assert 0.0 < mean_azimuth(low[ring]) < mean_azimuth(high[ring]) < 0.6


def mean_azimuth(ring: Floats) -> float:
    return float(np.angle(np.sum(ring * np.exp(1j * GRID.azimuths))))


def test_a_wind_that_alternates_serves_both_sides_alike() -> None:
    hours = 24
    air = steady(**WEATHERS["neutral"], hours=hours)
    sign = np.where(np.arange(hours) % 2 == 0, 1.0, -1.0)
    plus, minus = (
        disperse(dataclasses.replace(air, north=5.0 * s * sign), GRID, hour=0, height=0.0, settings=PuffSettings())
        for s in (1.0, -1.0)
    )
    turned = np.roll(sectors(plus.tic), GRID.sectors // 2, axis=-1)
    np.testing.assert_allclose(turned, sectors(minus.tic), rtol=1e-6, atol=1e-9 * plus.tic.max())
