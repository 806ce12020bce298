"""What stands in for the C library is as exact as it says."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from oberih.dispersion.kernels.particles.eddies import diffusivity, vertical_variance
from oberih.dispersion.kernels.particles.lanes import (
    CHANCE,
    GENERATORS,
    LANES,
    NORMALS,
    UNIFORM,
    draw,
    exponential,
    inverse_cube_root,
    logarithm,
    lost_share,
    whole_below,
)
from oberih.dispersion.kernels.turbulence import vertical_deviation, vertical_diffusivity
from tests.dispersion.particles.flows import LAYERS


@njit
def each(x, out):
    for i in range(len(x)):
        out[0, i], out[1, i] = lost_share(x[i]), exponential(-x[i])


def test_exponentials_are_those_of_the_library() -> None:
    x = np.geomspace(1e-6, 60.0, 4000, dtype=np.float32)
    out = np.empty((2, len(x)), dtype=np.float32)
    each(x, out)
    assert np.abs(out[0] / -np.expm1(-x.astype(float)) - 1.0).max() < 2e-6
    assert np.abs(out[1] - np.exp(-x.astype(float))).max() < 1e-6


@njit
def roots(x, out):
    for i in range(len(x)):
        out[i] = inverse_cube_root(x[i])


def test_cube_roots_are_those_of_the_library() -> None:
    x = np.linspace(0.02, 0.1, 4001, dtype=np.float32)
    out = np.empty_like(x)
    roots(x, out)
    assert np.abs(out * np.cbrt(x.astype(float)) - 1.0).max() < 1e-6


@njit
def logarithms(x, out):
    for i in range(len(x)):
        out[i] = logarithm(x[i])


def test_logarithms_are_those_of_the_library() -> None:
    x = np.append(np.geomspace(0.05, 20.0, 4001), 1.0).astype(np.float32)
    out = np.empty_like(x)
    logarithms(x, out)
    assert np.abs(out - np.log(x.astype(float))).max() < 1e-6
    assert out[-1] == 0.0


@njit
def floors(x, out):
    for i in range(len(x)):
        out[i] = whole_below(x[i])


def test_whole_numbers_below_are_those_of_the_library() -> None:
    x = np.array([-1e6, -3.0, -2.5, -1e-6, -0.0, 0.0, 0.5, 1.0, 1e6 + 0.5], dtype=np.float32)
    out = np.empty_like(x)
    floors(x, out)
    assert (out == np.floor(x)).all()


def drawn(times: int) -> np.ndarray:
    state = np.random.default_rng(5).integers(1, 2**32, 4 * GENERATORS, dtype=np.uint32)
    scratch = np.zeros(32 * LANES, dtype=np.float32)
    rows = np.empty((times, UNIFORM + 1, LANES), dtype=np.float32)
    for k in range(times):
        draw(state, scratch, scratch.view(np.uint32))
        rows[k] = scratch.reshape(-1, LANES)[: UNIFORM + 1]
    return rows


def test_normal_numbers_are_normal_and_rows_know_nothing_of_each_other() -> None:
    rows = drawn(4000)
    z = rows[:, :NORMALS].astype(float)
    n = z.size
    assert abs(z.mean()) < 4.0 / np.sqrt(n)
    assert abs(z.var() - 1.0) < 4.0 * np.sqrt(2.0 / n)
    assert abs((z**3).mean()) < 4.0 * np.sqrt(15.0 / n)
    assert abs((z**4).mean() - 3.0) < 4.0 * np.sqrt(96.0 / n)
    together = np.corrcoef(z.transpose(1, 0, 2).reshape(NORMALS, -1)) - np.eye(NORMALS)
    assert np.abs(together).max() < 5.0 / np.sqrt(n / NORMALS)
    later = (z[1:] * z[:-1]).mean()
    assert abs(later) < 4.0 / np.sqrt(n)


@pytest.mark.parametrize("row", [CHANCE, UNIFORM])
def test_uniform_numbers_fill_their_span(row: int) -> None:
    u = drawn(2000)[:, row]
    assert 0.0 < u.min() < 1e-4 and 1.0 - 1e-4 < u.max() <= 1.0
    counts = np.histogram(u, 20, (0.0, 1.0))[0]
    assert np.abs(counts / u.size * 20 - 1.0).max() < 0.06


@njit
def profiles(z, mixing, friction, inverse_length, convective2, out):
    for i in range(len(z)):
        out[0, i], out[1, i] = diffusivity(z[i], mixing, friction, inverse_length)
        out[2, i], out[3, i] = vertical_variance(z[i], mixing, friction, convective2)


def test_particles_feel_the_eddies_that_puffs_feel() -> None:
    for mixing, friction, inverse_length, convective2 in LAYERS.values():
        z = np.linspace(0.03, 0.97, 300, dtype=np.float32) * np.float32(mixing)
        out = np.empty((4, len(z)), dtype=np.float32)
        one = np.float32
        profiles(z, one(mixing), one(friction), one(inverse_length), one(convective2), out)
        for i, height in enumerate(z.astype(float)):
            k = vertical_diffusivity(height, friction, inverse_length, mixing)
            sigma = vertical_deviation(height, friction, np.sqrt(convective2), mixing)
            assert abs(out[0, i] / k - 1.0) < 1e-4
            assert abs(np.sqrt(out[2, i]) / sigma - 1.0) < 1e-2  # 0.35 and 1.6 · 0.1^(2/3) are the same to 1.5 %


def test_gradients_are_those_of_the_profiles() -> None:
    for mixing, friction, inverse_length, convective2 in LAYERS.values():
        z = np.linspace(0.021, 0.98, 2001) * mixing
        out = np.empty((4, len(z)), dtype=np.float32)
        one = np.float32
        profiles(z.astype(np.float32), one(mixing), one(friction), one(inverse_length), one(convective2), out)
        away = (np.abs(z / mixing - 0.1) > 0.004) & (np.abs(z / mixing - 0.5) > 0.004)
        for value, slope in ((0, 1), (2, 3)):
            numeric = np.gradient(out[value].astype(float), z)
            scale = np.abs(numeric).max() + 1e-9
            assert np.abs(numeric - out[slope])[away][2:-2].max() < 0.03 * scale
