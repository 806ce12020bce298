"""What is mixed stays mixed while the layer grows, collapses and grows again, with particles of either kind."""

from __future__ import annotations

import numpy as np
import pytest
from validation.columns import carried, cloud, column_day, excess, mixed

from oberih.dispersion.kernels.particles import step as kernel

TOP = 3500.0
EDGES = np.array([0.0, 20.0, 60.0, 120.0, 200.0, 400.0, 700.0, 1000.0, 1400.0, 1700.0, 1900.0, 2200.0, 2600.0])
"""Below 2600 m nothing has yet come of the empty air above 3500 m."""

WATCHED = (6, 12, 13, 18, 24, 30, 37, 42, 47)
"""Hours after six in the morning: noon, the collapse, midnight, and so on."""


@pytest.mark.parametrize("lapse", [0.0, 1e-4])
def test_displaced_particles_stay_mixed_through_two_days(lapse: float) -> None:
    air, blocks = column_day(lapse=lapse), 300
    rows, states = cloud(blocks, 11, mixed(blocks, 11, top=TOP, lapse=lapse))
    seen = []
    for span in carried(air, rows, states, spans=48 * 24, young=False):
        if (span + 1) % 24 == 0 and (span + 1) // 24 in WATCHED:
            seen.append(excess(rows[:, kernel.Z], EDGES, top=TOP, lapse=lapse))
    judged(np.array(seen))


def test_particles_with_velocity_stay_mixed_through_a_day() -> None:
    air, blocks = column_day(25), 50
    rows, states = cloud(blocks, 12, mixed(blocks, 12, top=TOP))
    seen = []
    for span in carried(air, rows, states, spans=24 * 24, young=True):
        if (span + 1) % 24 == 0 and (span + 1) // 24 in WATCHED:
            seen.append(excess(rows[:, kernel.Z], EDGES, top=TOP))
    judged(np.array(seen))
    velocity = rows[:, kernel.TURN_Z]
    assert abs(velocity.mean()) < 4.0 / np.sqrt(velocity.size)
    assert abs(velocity.var() - 1.0) < 4.0 * np.sqrt(2.0 / velocity.size)


def judged(seen: np.ndarray) -> None:
    """No layer at any time is beyond chance, nor are all together."""
    assert np.abs(seen).max() < 4.5
    assert (seen**2).mean() < 1.5


def test_a_layer_that_lost_a_tenth_would_be_noticed() -> None:
    heights = mixed(300, 13, top=TOP)
    pushed = heights * np.where(heights < 1000.0, 1.1, 1.0)
    with pytest.raises(AssertionError):
        judged(np.array([excess(pushed, EDGES, top=TOP)] * len(WATCHED)))
