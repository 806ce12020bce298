"""The layer's top holds down what is under it and keeps out what is over it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from oberih.dispersion.kernels.vertical import ground_density, shape_constants
from oberih.dispersion.puffs import PuffSettings, disperse
from oberih.earth.grid import Grid
from oberih.weather.air import Air
from tests.dispersion.airs import NEUTRAL, STABLE, UNSTABLE, Floats, steady

GRID = Grid(rings=70, sectors=72, outer_radius=150e3)


def with_mixing(air: Air, heights: list[float]) -> Air:
    return dataclasses.replace(air, mixing_height=np.array(heights))


def by_ring(field: Floats) -> Floats:
    return np.asarray(field.reshape(GRID.rings, GRID.sectors).max(axis=1))


def test_a_release_above_the_layer_does_not_reach_the_ground() -> None:
    release = disperse(with_mixing(steady(**NEUTRAL, hours=4), [200.0] * 4), GRID, hour=0, height=400.0)
    assert release.tic[0].max() < 1e-12
    assert release.dry[1].max() < 1e-12
    assert release.gamma.max() > 0.0


def test_a_layer_that_grows_through_a_plume_aloft_brings_it_down() -> None:
    air = steady(**UNSTABLE, hours=8, cyclic=False)
    stays = with_mixing(air, [200.0] * 8)
    grows = with_mixing(air, [200.0, 200.0, 200.0, 800.0, 1200.0, 1200.0, 1200.0, 1200.0])
    aloft, fumigated = (by_ring(disperse(a, GRID, hour=0, height=400.0).tic[0]) for a in (stays, grows))
    near, far = GRID.radii < 20e3, (GRID.radii > 60e3) & (GRID.radii < 80e3)
    assert aloft.max() < 1e-12
    assert fumigated[near].max() < 1e-3 * fumigated[far].max()
    assert fumigated[far].min() > 0.0


def test_fumigation_brings_down_all_that_the_layer_has_passed() -> None:
    air = with_mixing(steady(**UNSTABLE, hours=8, cyclic=False), [200.0, 200.0, 2000.0, *[2000.0] * 5])
    release = disperse(air, GRID, hour=0, height=400.0)
    always = disperse(with_mixing(air, [2000.0] * 8), GRID, hour=0, height=400.0)
    far = (GRID.radii > 70e3) & (GRID.radii < 90e3)
    ratio = by_ring(release.tic[0])[far] / by_ring(always.tic[0])[far]
    assert np.all((ratio > 0.5) & (ratio < 2.0))


def test_a_falling_layer_leaves_most_aloft_and_the_ground_as_it_was() -> None:
    """A tenth of the mass in a tenth of the depth: a mixed plume's concentration does not notice."""
    air = steady(**NEUTRAL, hours=8, cyclic=False)
    deep = with_mixing(air, [1000.0] * 8)
    falls = with_mixing(air, [1000.0, 1000.0, 100.0, *[100.0] * 5])
    kept, fallen = (disperse(a, GRID, hour=0, height=600.0) for a in (deep, falls))
    far = (GRID.radii > 60e3) & (GRID.radii < 100e3)
    ratio = by_ring(fallen.tic[0])[far] / by_ring(kept.tic[0])[far]
    assert np.all((ratio > 0.8) & (ratio < 1.7))  # the wind under the low lid is slower


@pytest.mark.parametrize("height", [30.0, 100.0])
@pytest.mark.parametrize("longest_step", [900.0, 100.0])
def test_a_layer_that_falls_by_a_metre_is_as_one_that_stays(height: float, longest_step: float) -> None:
    calm = steady(**STABLE, hours=8, cyclic=False)
    stays = with_mixing(calm, [150.0] * 8)
    falls = with_mixing(calm, [150.0 - i / 7.0 for i in range(8)])
    settings = PuffSettings(longest_step=longest_step)
    one, other = (disperse(a, GRID, hour=0, height=height, settings=settings) for a in (stays, falls))
    within = (GRID.radii > 5e3) & (GRID.radii < 40e3)
    ratio = by_ring(other.tic[0])[within] / by_ring(one.tic[0])[within]
    assert np.all(np.abs(ratio - 1.0) < 0.02)


def test_a_lower_lid_makes_the_mixed_plume_denser_in_proportion() -> None:
    deep, shallow = (
        disperse(with_mixing(steady(**NEUTRAL, hours=3), [h] * 3), GRID, hour=0, height=0.0) for h in (800.0, 400.0)
    )
    sums = [r.tic[0].reshape(GRID.rings, -1).sum(axis=1)[-3] for r in (deep, shallow)]
    assert sums[1] / sums[0] == pytest.approx(2.0, rel=0.15)


def test_a_stable_layer_is_not_filled() -> None:
    stable, neutral = (disperse(steady(**{**w, "mixing": 800.0}), GRID, hour=0, height=0.0) for w in (STABLE, NEUTRAL))
    ring = int(np.argmin(np.abs(GRID.radii - 5e3)))
    density = [r.tic[0].reshape(GRID.rings, -1).sum(axis=1)[ring] * s for r, s in ((stable, 3.0), (neutral, 5.0))]
    assert density[0] > 3.0 * density[1]


@pytest.mark.parametrize("height", [0.0, 50.0, 300.0, 790.0])
def test_image_sources_and_cosine_series_agree_where_they_meet(height: float) -> None:
    lid, eps = 800.0, 1e-9
    below, above = (ground_density(height, 0.6 * lid * (1.0 + s * eps), lid) for s in (-1.0, 1.0))
    assert below == pytest.approx(above, rel=2e-5)


def test_a_broad_plume_is_well_mixed() -> None:
    for height in (0.0, 100.0, 500.0):
        assert ground_density(height, 5000.0, 500.0) == pytest.approx(1.0 / 500.0, rel=1e-12)


@pytest.mark.parametrize("exponent", [0.8, 1.0, 1.37, 2.0, 3.0])
def test_the_similarity_profile_holds_one_column(exponent: float) -> None:
    a, b = shape_constants(exponent)
    z = np.linspace(0.0, 60.0, 600_001)
    profile = a * np.exp(-((b * z) ** exponent))
    assert np.trapezoid(profile, z) == pytest.approx(1.0, abs=3e-4)
    assert np.trapezoid(profile * z, z) == pytest.approx(1.0, abs=2e-3)
