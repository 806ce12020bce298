"""What is mixed stays mixed (Thomson 1987): the test that every random walk must pass."""

from __future__ import annotations

import numpy as np
import pytest

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.kernels.particles.advance import COLUMNS, advance
from oberih.dispersion.kernels.particles.lanes import GENERATORS, LANES
from tests.dispersion.particles.flows import LAYERS, flow

EDGES = np.array([0.0, 50.0, 100.0, 200.0, 400.0, 600.0, 800.0, 950.0, 1050.0, 1500.0, 2000.0, 2500.0])
TOP = 4000.0
ONE = np.float32


def mixed(blocks: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rows = np.zeros((blocks, kernel.ROWS, LANES), dtype=np.float32)
    rows[:, kernel.X], rows[:, kernel.Y] = 20.0, 20.0
    rows[:, kernel.Z] = rng.uniform(0.0, TOP, (blocks, LANES))
    rows[:, kernel.TURN_X : kernel.SLOW_Y + 1] = rng.standard_normal((blocks, 5, LANES))
    rows[:, kernel.WEIGHT :] = 1.0
    return rows.reshape(blocks, -1), rng.integers(1, 2**32, (blocks, 4 * GENERATORS), dtype=np.uint32)


def counts_after(layers: list[str], *, age: float, spans: list[float], blocks: int = 1200) -> np.ndarray:
    """Particles in layers of `EDGES` after times [s] in airs that follow each other."""
    particles, states = mixed(blocks, seed=len(layers))
    ages, before = np.full(blocks, age), np.zeros(blocks)
    for layer, span in zip(layers, spans, strict=True):
        air = flow(layer)
        out, gone = np.zeros((2, 2, COLUMNS), dtype=np.float32), np.zeros(4)
        if age < 1800.0:
            ages[:] = age  # kept young, so that turbulent velocity is what moves them
        advance(
            particles, states, ages, before, 0, blocks, span, air.wind[0], air.surface[0], ONE(air.a), ONE(air.b),
            ONE(0), ONE(0), ONE(0), out, ONE(0), ONE(-1), ONE(0), ONE(-1), ONE(1), gone,
        )  # fmt: skip
    heights = particles.reshape(blocks, kernel.ROWS, LANES)[:, kernel.Z]
    return np.histogram(heights, EDGES)[0]


def excess(counts: np.ndarray, blocks: int = 1200) -> np.ndarray:
    """How far counts are from uniform, in their own standard deviation."""
    expected = blocks * LANES * np.diff(EDGES) / TOP
    return (counts - expected) / np.sqrt(expected)


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_displaced_particles_stay_mixed(layer: str) -> None:
    assert np.abs(excess(counts_after([layer], age=40000.0, spans=[5 * 3600.0]))).max() < 4.0


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_particles_with_velocity_stay_mixed(layer: str) -> None:
    assert np.abs(excess(counts_after([layer], age=100.0, spans=[1500.0]))).max() < 4.5


def test_a_day_of_rising_and_falling_layers_leaves_them_mixed() -> None:
    day = ["stable", "neutral", "convective", "neutral", "stable"]
    counts = counts_after(day, age=40000.0, spans=[6 * 3600.0, 2 * 3600.0, 6 * 3600.0, 2 * 3600.0, 6 * 3600.0])
    assert np.abs(excess(counts)).max() < 4.0
