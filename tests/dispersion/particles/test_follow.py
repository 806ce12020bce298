"""Following a release: where it is counted, what rain brought, what decayed."""

from __future__ import annotations

import numpy as np
import pytest

from oberih.dispersion.particles.follow import LOOKS, Cells, Release, follow
from tests.dispersion.particles.flows import CELL, flow, turning_flow

FINE = Cells(200, 200, 5.0, 0.0, 5.0, 0.0)


def test_particle_seconds_stand_at_the_middle_of_a_steps_way() -> None:
    still = flow("neutral", east=5.0)
    trail = follow(still, Release(0, 0.0, 5.0, 20.0, 0.0, 1000.0, 16384), FINE, hours=1)
    columns = trail.seconds[0, 0].sum(axis=0)
    place = (columns * (np.arange(200) + 0.5)).sum() / columns.sum() / 5.0 * CELL - 5.0 * CELL
    assert place == pytest.approx(5.0 * 1800.0, rel=0.01)  # half an hour's way, on the average of the hour


def test_particles_of_every_age_keep_up_with_a_wind_that_grows() -> None:
    """By 5 m/s an hour; 75 s late would be 187 m in the first hour's mean and 313 m in the second's."""
    growing = flow("neutral", times=4)
    growing.wind[..., 0] = (5.0 * np.arange(4.0) / CELL)[:, None, None, None]
    across = Cells(1, 1600, 40.0, 0.0, 1.0 / 40.0, 0.0, depth=1e5)
    ways = []
    for seed in range(3):
        trail = follow(growing, Release(0, 0.0, 5.0, 20.0, 0.0, 1000.0, 16384, 0.0, seed), across, hours=2)
        seconds = trail.seconds[:, 0, 0].astype(float)
        ways.append((seconds @ (np.arange(1600) + 0.5) / seconds.sum(axis=1) / 40.0 - 5.0) * CELL)
    due = 5.0 / 3600.0 / 6.0 * 3600.0**2 * np.array([1.0, 7.0])  # mean of a t²/2 over each hour
    assert np.abs(np.mean(ways, axis=0) - due).max() < 50.0  # the middle of one cloud is known to 10 and 20 m


def test_each_block_is_carried_once_a_span_by_fields_of_its_age() -> None:
    ages = np.array([9000.0, 3000.0, 2999.0, 1800.0, 1799.0, 0.0, -600.0, 4000.0, 2000.0, -1.0])
    streams, seen = [(0, 7), (7, 10)], {}
    for after, parts in LOOKS.parts(ages, streams):
        for stream, first, last in parts:
            assert streams[stream][0] <= first < last <= streams[stream][1]
            assert not seen.keys() & set(range(first, last))
            seen.update(dict.fromkeys(range(first, last), after))
    assert [seen[k] for k in range(10)] == [0.0, 0.0, 37.5, 37.5, 72.5, 72.5, 72.5, 0.0, 37.5, 72.5]


def test_what_rain_brought_is_part_of_the_deposit() -> None:
    flow_ = turning_flow(hours=8)
    trail = follow(flow_, Release(flow_.start, 3600.0, 20.5, 20.5, 10.0, 100.0, 1024), FINE, hours=4)
    assert (trail.wet >= 0.0).all()
    assert trail.wet.sum() > 0.0
    assert (trail.wet <= trail.deposit * (1.0 + 1e-5)).all()
    dry = (trail.deposit - trail.wet).sum(axis=(0, 2, 3))
    assert dry[1] > dry[0] > dry[2] > 0.0  # as the deposition velocities are


def test_what_decays_is_accounted_for_and_halves_in_a_half_life() -> None:
    still, halves = flow("neutral", east=1.0), 2.0
    release = Release(0, 0.0, 20.0, 20.0, 10.0, 100.0, 1024)
    whole = Cells(200, 200, 5.0, 0.0, 5.0, 0.0, depth=5000.0)
    one, other = (follow(still, release, whole, hours=4, decay=d) for d in (0.0, np.log(2.0) * halves / (4 * 3600.0)))
    np.testing.assert_allclose(other.air[0], 0.5**halves, rtol=1e-4)
    total = other.air + other.gone + other.decayed + np.concatenate([[0.0], other.deposit.sum(axis=(0, 2, 3))])
    np.testing.assert_allclose(total, 1.0, rtol=1e-5)
    rate = np.log(2.0) * halves / 4.0
    expected = np.array([(np.exp(-rate * h) - np.exp(-rate * (h + 1))) / rate for h in range(4)])
    ratio = other.seconds[:, 0].sum(axis=(1, 2)) / one.seconds[:, 0].sum(axis=(1, 2))
    np.testing.assert_allclose(ratio, expected, rtol=5e-3)
