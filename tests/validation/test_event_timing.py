"""The hours that an event tells are those of the clock, and on the safe side; those of the mean age would not be."""

from __future__ import annotations

import numpy as np
import pytest
from validation import event_timing

from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid

GRID = Grid(rings=40, sectors=36, outer_radius=200e3)


@pytest.fixture(scope="module")
def found() -> event_timing.Timing:
    settings = PuffSettings(oldest=30 * 3600.0)
    air = event_timing.turning_air(60, turn=8.0, speed=3.0)
    return event_timing.timing(air, hours=2, height=30.0, grid=GRID, settings=settings)


@pytest.mark.slow
def test_a_plume_comes_and_goes_within_the_hours_told(found: event_timing.Timing) -> None:
    comes, middle, past = found.served - found.clock
    assert comes.shape[0] > 200
    assert np.quantile(comes, 0.05) > -0.9 and np.quantile(comes, 0.95) < 0.1, "told early rather than late"
    assert np.quantile(past, 0.95) < 0.8 and np.quantile(past, 0.05) > -0.3
    assert np.quantile(np.abs(middle), 0.95) < 0.4


@pytest.mark.slow
def test_by_the_mean_age_it_would_come_late_far_away(found: event_timing.Timing) -> None:
    far = found.distance > 100e3
    by_age, served = (found.by_age - found.clock)[0, far], (found.served - found.clock)[0, far]
    assert np.quantile(by_age, 0.9) > 0.6 > 0.1 > np.quantile(served, 0.9)
