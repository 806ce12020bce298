"""Particles spread as theory says: Taylor's (1921) limits, and a diffusion equation in a layer."""

from __future__ import annotations

import numpy as np
import pytest
from validation.columns import LAYERS, carried, cloud, column, diffused, mixed, spread

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.kernels.particles.eddies import FREE_SIGMA
from oberih.dispersion.kernels.particles.lanes import LANES
from tests.dispersion.particles.flows import CELL, flow

BLOCKS = 300
BINS = np.array([0.0, 20.0, 50.0, 100.0, 200.0, 400.0, 600.0, 800.0, 1000.0, 1200.0])


def taylor(sigma: float, scale: float, time: float) -> float:
    """Variance of a way whose velocity is forgotten exponentially [m2]."""
    return 2.0 * (sigma * scale) ** 2 * (time / scale - 1.0 + np.exp(-time / scale))


@pytest.mark.parametrize("spans", [1, 4, 40])
def test_turbulent_velocity_spreads_early_and_late_as_taylor_says(spans: int) -> None:
    # free air: σw 0.1 m/s, K 1 m2/s, so forgotten in 100 s
    air = flow("neutral", size=6)
    rows, states = cloud(BLOCKS, 21, 3000.0)
    for _ in carried(air, rows, states, spans=spans, young=True):
        pass
    way = rows[:, kernel.Z].astype(float) - 3000.0
    expected = taylor(float(FREE_SIGMA), 100.0, spans * 150.0)
    assert way.var() == pytest.approx(expected, rel=0.03 + 4.0 * np.sqrt(2.0 / way.size))
    assert abs(way.mean()) < 4.0 * np.sqrt(expected / way.size)


@pytest.mark.parametrize("young", [False, True])
@pytest.mark.parametrize("spans", [1, 8, 96])
def test_sideways_a_cloud_spreads_early_and_late_as_taylor_says(spans: int, young: bool) -> None:
    # free air: eddies 0.1 m/s over 300 s, meandering 0.5 m/s over two hours
    air = flow("neutral", size=6)
    rows, states = cloud(BLOCKS if spans < 96 else 100, 22, 4000.0)
    for _ in carried(air, rows, states, spans=spans, young=young):
        pass
    time = spans * 150.0
    expected = taylor(0.1, 300.0, time) + taylor(0.5, 7200.0, time)
    for axis in (kernel.X, kernel.Y):
        way = (rows[:, axis].astype(float) - 2.5) * CELL
        assert way.var() == pytest.approx(expected, rel=0.02 + 4.0 * np.sqrt(2.0 / way.size))


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_a_puff_in_a_layer_spreads_as_the_diffusion_equation_says(layer: str) -> None:
    rows, states = cloud(BLOCKS, 23, 50.5)
    after = {12: 0, 24: 1}
    expected = spread(layer, BINS, height=50.5, times=np.array([12, 24]) * 150.0)
    for span in carried(column(layer), rows, states, spans=24, young=False):
        if span + 1 in after:
            say = expected[after[span + 1]]
            counts = np.histogram(rows[:, kernel.Z], BINS)[0] / (BLOCKS * LANES)
            error = np.sqrt(say * (1.0 - say) / (BLOCKS * LANES))
            assert (np.abs(counts - say) < 4.0 * error + 0.1 * say + 1e-3).all()


def test_turbulent_velocity_late_spreads_as_diffusion_does() -> None:
    # a puff that has spread through half a convective layer: both kinds agree, and lowest layers most of all
    found = {}
    for young in (False, True):
        rows, states = cloud(150, 24, 400.0)
        for _ in carried(column("convective"), rows, states, spans=12, young=young):
            pass
        found[young] = np.histogram(rows[:, kernel.Z], BINS[:-1])[0] / rows[:, kernel.Z].size
    assert np.abs(found[True] - found[False]).max() < 0.03


def test_a_layer_of_the_night_is_not_emptied_through_its_lid() -> None:
    # 150 m deep and quiet: a sixth leaves in six hours
    for young in (False, True):
        rows, states = cloud(20 if young else 100, 25, mixed(20 if young else 100, 25, top=150.0))
        for _ in carried(column("stable"), rows, states, spans=144, young=young):
            pass
        expected = diffused_share(hours=6)
        share = float((rows[:, kernel.Z] < 150.0).mean())
        assert share == pytest.approx(expected, abs=4.0 * np.sqrt(expected * (1.0 - expected) / rows[:, 0].size) + 0.03)
        assert share > 0.75


def diffused_share(*, hours: int) -> float:
    """Share that the diffusion equation keeps below the lid of the stable layer."""
    mixing, friction, inverse, _ = LAYERS["stable"]
    edges = np.arange(0.0, 601.0, 2.0)
    start = np.where(edges[1:] <= mixing, 2.0 / mixing, 0.0)
    left = diffused(start, edges, time=hours * 3600.0, mixing=mixing, friction=friction, inverse_length=inverse)
    return float(left[: int(mixing / 2.0)].sum())
