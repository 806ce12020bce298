"""What holds for every cloud of particles."""

from __future__ import annotations

import math

import numpy as np
import pytest

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.follow import Cells, Release, follow
from oberih.errors import OutOfRange
from tests.dispersion.particles.flows import CELL, LAYERS, flow

CELLS = Cells(40, 40, 1.0, 0.0, 1.0, 0.0)


def release(**changed: float) -> Release:
    given = {
        "start": 0, "length": 1800.0, "x": 20.0, "y": 20.0, "low": 10.0, "high": 60.0, "particles": 2048, "seed": 7,
    } | changed  # fmt: skip
    return Release(**given)  # type: ignore[arg-type]


def raining(air: Flow) -> Flow:
    air.surface[..., kernel.DRY : kernel.DRY + 3] = (0.002, 0.01, 0.0001)
    air.surface[..., kernel.BELOW : kernel.BELOW + 3] = 1e-4
    air.surface[..., kernel.IN_CLOUD : kernel.IN_CLOUD + 3] = 3e-4
    return air


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_mass_is_conserved_in_every_form(layer: str) -> None:
    air = raining(flow(layer, east=8.0, north=-3.0))
    trail = follow(air, release(), CELLS, hours=3)
    ground = np.concatenate([[0.0], trail.deposit.sum(axis=(0, 2, 3), dtype=float)])
    assert np.abs(trail.air + trail.gone + ground - 1.0).max() < 1e-5
    assert ground[1] > 0.01 and trail.gone[0] > 0.01


def test_what_is_in_the_air_at_the_end_is_not_laid_down() -> None:
    trail = follow(flow(), release(), CELLS, hours=1)
    assert trail.deposit.sum() == 0.0
    assert trail.air == pytest.approx(np.ones(4))


def test_the_number_of_threads_changes_no_bit() -> None:
    air = raining(flow("convective", east=4.0))
    one, two, three = (follow(air, release(), CELLS, hours=2, threads=n) for n in (1, 2, 3))
    assert one.seconds.tobytes() == two.seconds.tobytes() == three.seconds.tobytes()
    assert one.deposit.tobytes() == two.deposit.tobytes() == three.deposit.tobytes()


def test_another_seed_gives_another_cloud_of_the_same_size() -> None:
    here, there = (follow(flow(east=2.0), release(seed=s), CELLS, hours=2) for s in (1, 2))
    assert (here.seconds != there.seconds).any()
    assert here.seconds[:, 0].sum() == pytest.approx(there.seconds[:, 0].sum(), rel=0.1)


def test_a_release_shorter_than_a_step_is_released() -> None:
    trail = follow(flow(), release(length=0.0, particles=64), CELLS, hours=1)
    assert trail.air[0] == pytest.approx(1.0)
    assert trail.seconds[0, 0].sum() > 0.0


def test_particles_that_leave_are_counted_out_and_not_dragged_along_the_edge() -> None:
    trail = follow(flow(east=15.0), release(), CELLS, hours=3)
    assert trail.gone[0] == pytest.approx(1.0)
    assert trail.seconds[2, 0].sum() == 0.0


def test_the_wind_aloft_is_not_that_of_the_ground() -> None:
    air = flow("stable")
    air.wind[..., 10:, 0] = 10.0 / CELL
    high = release(low=2000.0, high=2500.0)
    low = release(low=1.0, high=20.0)
    deep = Cells(40, 40, 1.0, 0.0, 1.0, 0.0, depth=5000.0)
    moved = [
        float((follow(air, r, deep, hours=1).seconds[0, 0].sum(axis=0) * np.arange(40)).sum()) for r in (low, high)
    ]
    assert moved[1] > moved[0] * 1.1


def test_a_field_that_turns_brings_particles_back() -> None:
    # solid-body rotation once in a day, without turbulence: the distance from the start over the way gone
    air = flow("stable", size=81)
    rows, columns = np.meshgrid(np.arange(81.0) - 40.0, np.arange(81.0) - 40.0, indexing="ij")
    turn = 2.0 * math.pi / 86400.0
    air.wind[..., 0], air.wind[..., 1] = -(turn * rows)[None, :, :, None], (turn * columns)[None, :, :, None]
    ends = quiet_path(air, x=55.0, y=40.0, hours=24)
    assert np.hypot(ends[0] - 55.0, ends[1] - 40.0) < 1e-3 * 2.0 * math.pi * 15.0


def quiet_path(air: Flow, *, x: float, y: float, hours: int) -> tuple[float, float]:
    """Where a particle of an old block ends without turbulence."""
    from oberih.dispersion.kernels.particles.advance import LONGEST
    from oberih.dispersion.kernels.particles.lanes import GENERATORS, LANES

    s = np.zeros(128 * LANES, dtype=np.float32)
    block = np.zeros((kernel.ROWS, LANES), dtype=np.float32)
    block[kernel.X], block[kernel.Y], block[kernel.Z] = x, y, 3000.0
    flat, state, one = block.reshape(-1), np.arange(1, 4 * GENERATORS + 1, dtype=np.uint32), np.float32
    still = air.surface[0].copy()
    still[..., kernel.CELLS_X] = 0.0
    before = 0.0
    for _ in range(round(hours * 3600.0 / LONGEST)):
        kernel.step(flat, state, s, s.view(np.uint32), air.wind[0], still, one(air.a), one(air.b), one(LONGEST),
                    one(before), False, one(0), one(0), one(0))  # fmt: skip
        before = LONGEST
    return float(block[kernel.X, 0]), float(block[kernel.Y, 0])


def test_above_the_layer_a_cloud_spreads_as_diffusion_says() -> None:
    # K = 1 m2/s in free air: variance 2 K t
    from oberih.dispersion.kernels.particles.advance import COLUMNS, advance
    from oberih.dispersion.kernels.particles.lanes import GENERATORS, LANES

    air, blocks = flow("neutral"), 300
    rows = np.zeros((blocks, kernel.ROWS, LANES), dtype=np.float32)
    rows[:, kernel.X], rows[:, kernel.Y], rows[:, kernel.Z], rows[:, kernel.WEIGHT :] = 20.0, 20.0, 2000.0, 1.0
    flat, one = rows.reshape(blocks, -1), np.float32
    states = np.random.default_rng(3).integers(1, 2**32, (blocks, 4 * GENERATORS), dtype=np.uint32)
    nowhere = np.zeros((2, 2, COLUMNS), dtype=np.float32)
    advance(flat, states, np.full(blocks, 1e5), np.zeros(blocks), 0, blocks, 3600.0, air.wind[0], air.surface[0],
            one(air.a), one(air.b), one(0), one(0), one(0), nowhere, one(0), one(-1), one(0), one(-1), one(1),
            np.zeros(4))  # fmt: skip
    heights = rows[:, kernel.Z]
    assert heights.var() == pytest.approx(2.0 * 3600.0, rel=0.04)
    assert heights.mean() == pytest.approx(2000.0, abs=4.0 * math.sqrt(7200.0 / heights.size))


def test_fields_change_linearly_in_time() -> None:
    air = flow(times=3, step=3600.0)
    air.wind[0, ..., 0], air.wind[1, ..., 0], air.wind[2, ..., 0] = 0.0, 2.0 / CELL, 4.0 / CELL
    first, later, share = air.between(5400.0)
    assert (first, later, share) == (1, 2, 0.5)
    deep = Cells(40, 40, 1.0, 0.0, 1.0, 0.0, depth=1e5)
    seen = follow(air, release(length=0.0, low=3000.0, high=3100.0), deep, hours=2).seconds[1, 0]
    middle = float((seen.sum(axis=0) * (np.arange(40) + 0.5)).sum() / seen.sum())
    # way averaged over the second hour, ∫ t²/3600 dt / 3600 [m]
    way = (7200.0**3 - 3600.0**3) / (3.0 * 3600.0**2)
    assert (middle - 20.0) * CELL == pytest.approx(way, rel=0.01)


def test_what_rises_above_the_fields_stays_in_the_air_and_goes_with_the_highest_wind() -> None:
    air = flow("neutral")
    air.wind[..., 1:, 2], air.wind[..., -1, 0] = 3.0, 2.5 / CELL  # to beyond the highest level at 7410 m
    deep = Cells(40, 40, 1.0, 0.0, 1.0, 0.0, depth=1e6)
    trail = follow(air, release(length=0.0, low=7000.0, high=7400.0), deep, hours=2)
    assert trail.air == pytest.approx(np.ones(4), abs=1e-6)
    middle = float((trail.seconds[1, 0].sum(axis=0) * (np.arange(40) + 0.5)).sum() / trail.seconds[1, 0].sum())
    assert (middle - 20.0) * CELL == pytest.approx(2.5 * 1.5 * 3600.0, rel=0.05)


def test_a_young_cloud_sees_a_changing_wind_75_s_late_and_no_more() -> None:
    # 10 m/s more every hour; after half an hour 75 s times that change is what it may be behind
    air = flow("stable", times=3)
    air.wind[:, ..., 0] = (np.arange(3.0) * 10.0 / CELL)[:, None, None, None]
    fine = Cells(40, 4000, 100.0, 0.0, 1.0, 0.0, depth=1e6)
    seen = follow(air, release(length=0.0, low=3000.0, high=3000.0, particles=6400), fine, hours=1).seconds[0, 0]
    place = ((np.arange(4000) + 0.5) / 100.0 - 20.0) * CELL
    mean = float((seen.sum(axis=0) * place).sum() / seen.sum())
    true = 10.0 / 3600.0 * 3600.0**2 / 6.0  # mean over the hour of half the change times t²
    late = 10.0 / 3600.0 * 75.0 * 1800.0  # what half an hour leaves behind; twice in the second, and less in the first
    assert true - 1.5 * late < mean < true + 0.2 * late


@pytest.mark.parametrize(
    "wrong", [{"x": -1.0}, {"high": 1e6}, {"low": 100.0, "high": 10.0}, {"particles": 0}, {"start": -3600}]
)
def test_a_release_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(OutOfRange):
        follow(flow(times=3), release(**wrong), CELLS, hours=1)


def test_hours_that_the_fields_do_not_cover_are_refused() -> None:
    with pytest.raises(OutOfRange, match="cover"):
        follow(flow(times=3), release(), CELLS, hours=3)
