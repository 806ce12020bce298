"""Hours from the mean age are as near to the clock as is said, and without the age they would not be."""

from __future__ import annotations

import numpy as np
import pytest
from validation import event_timing

from oberih.case.response_places import LATE, late_by
from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid

GRID = Grid(rings=40, sectors=36, outer_radius=200e3)


@pytest.fixture(scope="module")
def found() -> event_timing.Timing:
    settings = PuffSettings(oldest=30 * 3600.0)
    return event_timing.timing(event_timing.turning_air(60), hours=2, height=30.0, grid=GRID, settings=settings)


def test_the_middle_of_the_passage_is_met_to_a_third_of_an_hour(found: event_timing.Timing) -> None:
    assert len(found.middle) > 100
    assert abs(np.median(found.middle)) < 0.1
    assert np.quantile(np.abs(found.middle), 0.95) < 0.4


def test_the_plume_comes_no_earlier_than_is_allowed_for_in_95_of_100_cells(found: event_timing.Timing) -> None:
    allowed = np.array([late_by(d) for d in found.distance])
    assert np.mean(found.arrival <= allowed) >= 0.95
    assert [hours for _, hours in LATE] == sorted(hours for _, hours in LATE)


def test_without_the_age_the_hours_would_be_far_off(found: event_timing.Timing) -> None:
    far = found.distance > 30e3
    assert np.median(found.clock_arrival[far]) > 1.5, "it takes hours to get there"
