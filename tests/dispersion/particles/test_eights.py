"""Eight particles at once read what each would read by itself, and nothing outside the field."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from numba import njit

from oberih.dispersion.kernels.particles import rows
from oberih.dispersion.kernels.particles.eights import EIGHT, add_four, turn
from oberih.dispersion.kernels.particles.lanes import LANES
from oberih.dispersion.kernels.particles.step import interpolate

Singles = npt.NDArray[np.float32]

A, B = np.float32(10.0), np.float32(20.0)
"""Level k lies at A k + B k² [m]."""

LEAST = np.float32(0.001)
"""So far from the last column, row and level the kernels stay."""

SHAPES = [(2, 2, 2), (2, 2, 3), (5, 7, 4)]
"""Rows, columns, levels."""


def field(*shape: int) -> Singles:
    """Random numbers, with what is no number before and after: whoever reads that, by whatever weight, has none."""
    count, around = int(np.prod(shape)), 256
    whole = np.full(count + 2 * around, np.nan, dtype=np.float32)
    own = whole[around : around + count]
    own[:] = np.random.default_rng(count).random(count)
    return own.reshape(shape)


def places(shape: tuple[int, int, int]) -> tuple[Singles, Singles, Singles]:
    """Positions within, at, below and beyond every edge, each eastward with each northward and each upward."""
    top = float(A) * (shape[2] - 1) + float(B) * (shape[2] - 1) ** 2
    rng, found = np.random.default_rng(3), []
    for last in (shape[1] - 1, shape[0] - 1):
        edges = [0.0, -5.0, -1e9, 0.5, 0.4999999, last - 0.5, last - 0.001, last - 0.0005, last, 1e9, 3e38]
        found.append([*edges, *rng.uniform(0.0, last, 5)])
    found.append([0.0, 1e-30, top, 2.0 * top, 1e9, *rng.uniform(0.0, top, 3)])
    x, y, z = (axis.ravel().astype(np.float32) for axis in np.meshgrid(*found, indexing="ij"))
    return x, y, z


def found_by_eights(wind: Singles, surface: Singles, x: Singles, y: Singles, z: Singles) -> Singles:
    """Rows of the scratch array, shape (rows, particles)."""
    out = []
    for first in range(0, len(x), LANES):
        s = np.full((rows.SCRATCH, LANES), np.nan, dtype=np.float32)
        for row, own in ((rows.X, x), (rows.Y, y), (rows.Z, z)):
            s[rows._P + row] = own[first : first + LANES]
        flat = s.reshape(-1)
        interpolate(flat, flat.view(np.uint32), wind, surface, A, B)
        out.append(s)
    return np.concatenate(out, axis=1)


def found_one_by_one(wind: Singles, surface: Singles, x: Singles, y: Singles, z: Singles) -> Singles:
    """The same rows, from the eastward wind to the last of the surface, by NumPy."""
    one = np.float32
    last_y, last_x, last_k = (one(n - 1) - LEAST for n in wind.shape[:3])
    k = np.minimum((np.sqrt(A * A + one(4.0) * B * z) - A) * (one(0.5) / B), last_k)
    x, y = np.clip(x, one(0.0), last_x), np.clip(y, one(0.0), last_y)
    ix, iy, ik = x.astype(int), y.astype(int), k.astype(int)
    fx, fy, fk = x - ix, y - iy, (k - ik)[:, None]
    corners = [((1 - fx) * (1 - fy), iy, ix), (fx * (1 - fy), iy, ix + 1), ((1 - fx) * fy, iy + 1, ix),
               (fx * fy, iy + 1, ix + 1)]  # fmt: skip
    below, above = (sum(w[:, None] * wind[j, i, level, :3] for w, j, i in corners) for level in (ik, ik + 1))
    layer = sum(w[:, None] * surface[j, i, : rows.DRY] for w, j, i in corners)
    jy, jx, odd = (y + one(0.5)).astype(int), (x + one(0.5)).astype(int), ik & 1
    stirring = np.stack([wind[jy, jx, ik + odd, 3], wind[jy, jx, ik + 1 - odd, 3]], axis=1)
    return np.concatenate([below + fk * (above - below), stirring, layer, surface[jy, jx, rows.DRY :]], axis=1).T


@pytest.mark.parametrize("shape", SHAPES)
def test_what_eight_read_at_once_is_what_each_reads(shape: tuple[int, int, int]) -> None:
    wind, surface, (x, y, z) = field(*shape, 4), field(*shape[:2], rows.SURFACE), places(shape)
    assert len(x) % LANES == 0
    found = found_by_eights(wind, surface, x, y, z)[rows._U : rows._S + rows.SURFACE]
    due = found_one_by_one(wind, surface, x, y, z)
    np.testing.assert_allclose(found, due, atol=3e-6)
    copied = slice(rows._S + rows.DRY - rows._U, None)
    np.testing.assert_array_equal(found[copied], due[copied].astype(np.float32))


@pytest.mark.parametrize("shape", SHAPES)
def test_who_is_nowhere_reads_somewhere_in_the_field(shape: tuple[int, int, int]) -> None:
    """A position that is no number comes to no harm, and does none to its neighbours."""
    wind, surface, (x, y, z) = field(*shape, 4), field(*shape[:2], rows.SURFACE), places(shape)
    x, y, z = x[:LANES], y[-LANES:], z[:LANES]
    whole = found_by_eights(wind, surface, x, y, z)
    for k, axis in enumerate((x, y, z)):
        axis[k * EIGHT : k * EIGHT + 5] = np.nan
    found, lost = found_by_eights(wind, surface, x, y, z), np.isnan(x + y + z)
    assert lost.sum() == 15
    seen = slice(rows._U, rows._S + rows.SURFACE)
    np.testing.assert_array_equal(found[seen, ~lost], whole[seen, ~lost])
    assert np.isfinite(found[rows._S + rows.DRY : rows._S + rows.SURFACE]).all()


@njit
def turn_and_add(s, field):
    turn(s, 3, 0, 2, 1, EIGHT, 4 * LANES, 5)
    for lane in range(EIGHT):
        add_four(field, 4 * lane + 1, s, 4 * LANES + 5 * lane, np.float32(2.0))


def test_what_is_turned_and_added_stands_in_the_order_of_the_rows() -> None:
    s = np.zeros((6, LANES), dtype=np.float32)
    s[:4] = np.arange(4 * LANES, dtype=np.float32).reshape(4, LANES)
    to = np.arange(4.0 * EIGHT + 2.0)
    due = to.copy()
    due[1:-1] += 2.0 * s[[3, 0, 2, 1], EIGHT : 2 * EIGHT].T.ravel()
    turn_and_add(s.reshape(-1), to)
    np.testing.assert_array_equal(to, due)
