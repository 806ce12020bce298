"""The vertical wind is changed as little as lets the air nearly add up where particles are."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from oberih.dispersion.kernels.particles.continuity import REACH, make_up

HEIGHTS = 10.0 * np.arange(12) + 6.5 * np.arange(12) ** 2.0
LAPSE = 1e-4
GAUSS = (0.5 - 0.5 / np.sqrt(3.0), 0.5 + 0.5 / np.sqrt(3.0))

Array = Any


def air(rows: int = 5, columns: int = 7, seed: int = 1) -> tuple[Array, Array]:
    """Wind in which every number is another, and mass of the cells."""
    rng = np.random.default_rng(seed)
    wind = np.zeros((rows, columns, len(HEIGHTS), 4), dtype=np.float32)
    wind[..., :2] = rng.normal(0.0, 1e-5, wind[..., :2].shape)
    wind[..., 1:, 2] = rng.normal(0.0, 0.01, wind[..., 1:, 2].shape)
    wind[..., 3] = 7.0
    return wind, rng.uniform(0.7, 1.0, wind.shape[:2])


def changed(wind: Array, weight: Array, reach: float = REACH) -> Array:
    new = wind.copy()
    make_up(new, weight, HEIGHTS, LAPSE, reach)
    return new


def lack(wind: Array, weight: Array) -> Array:
    """What the flux of a wind lacks at four points of each cell and layer, from the corners about them."""
    flux = wind[..., :3].astype(float) * weight[..., None, None]
    u, v = (0.5 * (flux[:, :, 1:, c] + flux[:, :, :-1, c]) for c in (0, 1))
    w = flux[..., 2]
    rise = np.diff(w, axis=2) / np.diff(HEIGHTS) - 0.5 * LAPSE * (w[:, :, 1:] + w[:, :, :-1])
    found = []
    for x, y in product(GAUSS, GAUSS):
        along = np.diff(u, axis=1)
        across = np.diff(v, axis=0)
        part = (1 - y) * along[:-1] + y * along[1:] + (1 - x) * across[:, :-1] + x * across[:, 1:]
        part = part + (1 - y) * ((1 - x) * rise[:-1, :-1] + x * rise[:-1, 1:])
        found.append(part + y * ((1 - x) * rise[1:, :-1] + x * rise[1:, 1:]))
    return np.array(found)


def cost(wind: Array, given: Array, weight: Array, reach: float) -> float:
    """What is to be least: the lack everywhere, and the change beside ``reach``, both squared."""
    change = (wind[..., 2].astype(float) - given[..., 2]) * weight[..., None] / reach
    total = (lack(wind, weight) ** 2 * np.diff(HEIGHTS)).sum()
    for x, y in product(GAUSS, GAUSS):
        rows = (1 - y) * change[:-1] + y * change[1:]
        part = (1 - x) * rows[:, :-1] + x * rows[:, 1:]
        total += (0.5 * (part[..., 1:] ** 2 + part[..., :-1] ** 2) * np.diff(HEIGHTS)).sum()
    return float(total)


def test_no_other_vertical_wind_costs_less() -> None:
    given, weight = air()
    rng = np.random.default_rng(2)
    for reach in (100.0, REACH, 3000.0):
        new = changed(given, weight, reach)
        least = cost(new, given, weight, reach)
        assert least < 0.9 * cost(given, given, weight, reach)
        for size in (1e-3, 3e-3, 1e-2):
            other = new.copy()
            other[..., 1:, 2] += size * rng.standard_normal(other[..., 1:, 2].shape).astype(np.float32)
            assert cost(other, given, weight, reach) > least


def test_only_the_vertical_wind_above_the_ground_is_changed() -> None:
    given, weight = air()
    new = changed(given, weight)
    assert (new[..., [0, 1, 3]] == given[..., [0, 1, 3]]).all() and (new[..., 0, 2] == 0.0).all()
    assert (new[..., 1:, 2] != given[..., 1:, 2]).all()


def test_air_that_adds_up_is_left_as_it_is() -> None:
    given, weight = air()
    given[..., :3] = 0.0
    spread = 1e-5 * np.arange(7)[None, :, None] / weight[..., None]  # the flux grows eastward
    given[..., 0] = spread
    w = np.zeros(len(HEIGHTS))
    for k, thick in enumerate(np.diff(HEIGHTS)):  # and what rises makes up for it, in thinner air
        w[k + 1] = ((1.0 / thick + 0.5 * LAPSE) * w[k] - 1e-5) / (1.0 / thick - 0.5 * LAPSE)
    given[..., 2] = w / weight[..., None]
    assert np.abs(given[..., 2]).max() > 5e-3
    assert np.abs(changed(given, weight)[..., 2] - given[..., 2]).max() < 1e-7


def test_air_run_backwards_is_changed_backwards() -> None:
    given, weight = air()
    back = given.copy()
    back[..., :3] *= -1.0
    assert (changed(back, weight)[..., :3] == -changed(given, weight)[..., :3]).all()


def test_east_and_north_are_alike() -> None:
    given, weight = air(rows=6, columns=6)
    turned = np.ascontiguousarray(given.transpose(1, 0, 2, 3)[..., [1, 0, 2, 3]])
    new, other = changed(given, weight), changed(turned, np.ascontiguousarray(weight.T))
    assert np.abs(new[..., 2] - other.transpose(1, 0, 2, 3)[..., 2]).max() < 1e-8


def test_in_any_depth_beyond_reach_the_given_wind_is_believed() -> None:
    given, weight = air()
    given[..., :3], weight[...] = 0.0, 1.0
    given[..., 0] = 1e-5 * np.arange(7)[None, :, None]
    sinks = 1e-5 * HEIGHTS  # what the horizontal wind alone would have, but for the lapse
    middle = (HEIGHTS > 250.0) & (HEIGHTS < 600.0)
    believed = np.abs(changed(given, weight, 30.0)[..., middle, 2]).max()
    assert believed < 0.05 * sinks[middle].min()
    followed = changed(given, weight, 1e5)[..., middle, 2]
    assert np.allclose(followed, -sinks[middle], rtol=0.05)


def test_a_vertical_wind_made_over_another_terrain_fades_near_the_ground() -> None:
    """The given one is 5 cm/s a few metres above a ground that lets none through."""
    given, weight = air()
    given[..., :3], weight[...] = 0.0, 1.0
    given[..., 1:, 2] = 0.05 * np.exp(-HEIGHTS[1:] / 50.0)
    new = changed(given, weight)
    assert np.abs(lack(new, weight)).max() < 0.12 * np.abs(lack(given, weight)).max()
    assert np.abs(new[..., 1:3, 2]).max() < 0.25 * given[..., 1:3, 2].min()
