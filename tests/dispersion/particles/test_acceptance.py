"""What cannot be gone back is not gone, however much the air would like it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from numba import njit

from oberih.dispersion.kernels.particles import displacement, langevin
from oberih.dispersion.kernels.particles.lanes import LANES, UNIFORM, F
from oberih.dispersion.kernels.particles.rows import _P, SCRATCH, TURN_Z, Z

Singles = npt.NDArray[np.float32]


@njit(fastmath=True, error_model="numpy")
def accept_young(s):
    langevin._accept(s, F(0.0), F(0.0))


@njit(fastmath=True, error_model="numpy")
def accept_old(s):
    displacement._accept(s, F(0.0))


def scratch(numbers: dict[int, float]) -> Singles:
    """Rows of one number each; the others are 0."""
    rows = np.zeros((SCRATCH, LANES), dtype=np.float32)
    for row, number in numbers.items():
        rows[row] = number
    return rows.reshape(-1)


def row(s: Singles, k: int) -> Singles:
    """One of them."""
    return s.reshape(-1, LANES)[k]


@pytest.mark.parametrize(("stretched", "height", "velocity"), [(0.0, 100.0, -7.0), (1.0, 200.0, 1.0)])
def test_a_young_particle_that_cannot_go_back_stays_and_turns(stretched: float, height: float, velocity: float) -> None:
    """From seven deviations to one: the chance of the one beside the other is as good as endless."""
    given = {_P + Z: 100.0, _P + TURN_Z: 7.0, UNIFORM: 0.5, langevin._NEW: 200.0, langevin._SPEED: 1.0,
             langevin._SIGMA: 1.0, langevin._STRETCHED: stretched}  # fmt: skip
    s = scratch(given)
    accept_young(s)
    np.testing.assert_array_equal(row(s, _P + Z), np.float32(height))
    np.testing.assert_allclose(row(s, _P + TURN_Z), velocity, rtol=1e-6)


def test_a_kick_without_end_is_not_taken() -> None:
    given = {_P + Z: 100.0, _P + TURN_Z: 2.0, UNIFORM: 0.5, langevin._NEW: 200.0, langevin._SPEED: 8.0,
             langevin._SIGMA: 1.0, langevin._KICK: 0.125}  # fmt: skip
    s = scratch(given)
    accept_young(s)
    np.testing.assert_array_equal(row(s, _P + Z), np.float32(100.0))
    np.testing.assert_allclose(row(s, _P + TURN_Z), -2.0, rtol=1e-6)


@pytest.mark.parametrize(("stretched", "height"), [(0.0, 100.0), (1.0, 200.0)])
def test_an_old_particle_that_cannot_go_back_stays(stretched: float, height: float) -> None:
    given = {_P + Z: 100.0, UNIFORM: 0.5, displacement._NEW: 200.0, displacement._INVERSE: 1.0,
             displacement._ENERGY: 100.0, displacement._STRETCHED: stretched}  # fmt: skip
    s = scratch(given)
    accept_old(s)
    np.testing.assert_array_equal(row(s, _P + Z), np.float32(height))
