"""Following a release: where it is counted, what rain brought, what decayed."""

from __future__ import annotations

import numpy as np
import pytest

from oberih.dispersion.particles.follow import Cells, Release, follow
from tests.dispersion.particles.flows import CELL, flow, turning_flow

FINE = Cells(200, 200, 5.0, 0.0, 5.0, 0.0)


def test_particle_seconds_stand_at_the_middle_of_a_steps_way() -> None:
    still = flow("neutral", east=5.0)
    trail = follow(still, Release(0, 0.0, 5.0, 20.0, 0.0, 1000.0, 16384), FINE, hours=1)
    columns = trail.seconds[0, 0].sum(axis=0)
    place = (columns * (np.arange(200) + 0.5)).sum() / columns.sum() / 5.0 * CELL - 5.0 * CELL
    assert place == pytest.approx(5.0 * 1800.0, rel=0.01)  # half an hour's way, on the average of the hour


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
