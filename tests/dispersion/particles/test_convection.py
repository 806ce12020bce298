"""Clouds that the grid does not resolve stir a column, and nothing but what is not mixed."""

from __future__ import annotations

import numpy as np
import pytest
from validation.columns import carried, cloud, column, excess, mixed

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_of_fields import stirring

RATE, STIRRED, LAPSE = 2e-4, 6000.0, 1e-4
EDGES = np.array([0.0, 100.0, 300.0, 1000.0, 2000.0, 4000.0, 5500.0, 6500.0, 8000.0])


def stormy(layer: str, rate: float = RATE, lapse: float = LAPSE) -> Flow:
    air = column(layer, lapse=lapse)
    air.wind[..., 0::2, 3], air.wind[..., 1::2, 3] = rate, STIRRED
    return air


@pytest.mark.parametrize("young", [False, True])
@pytest.mark.parametrize("lapse", [0.0, 1e-4])
def test_a_mixed_column_stays_mixed(young: bool, lapse: float) -> None:
    blocks = 100 if young else 400
    rows, states = cloud(blocks, 3, mixed(blocks, 3, top=9000.0, lapse=lapse))
    for _ in carried(stormy("convective", lapse=lapse), rows, states, spans=12 if young else 96, young=young):
        pass
    assert np.abs(excess(rows[:, kernel.Z], EDGES, top=9000.0, lapse=lapse)).max() < 4.0


@pytest.mark.parametrize("young", [False, True])
def test_the_share_that_is_taken_up_is_that_of_the_rate_and_lies_as_the_mass_does(young: bool) -> None:
    blocks, hours = 400, 1
    rows, states = cloud(blocks, 4, 20.0)
    for _ in carried(stormy("stable"), rows, states, spans=24 * hours, young=young):
        pass
    heights = rows[:, kernel.Z]
    stirred = -np.expm1(-RATE * 3600.0 * hours)
    for low in (500.0, 2000.0, 4000.0):
        share = (np.exp(-LAPSE * low) - np.exp(-LAPSE * STIRRED)) / -np.expm1(-LAPSE * STIRRED)
        expected = stirred * share
        error = np.sqrt(expected * (1.0 - expected) / heights.size)
        assert (heights > low).mean() == pytest.approx(expected, abs=4.0 * error)
    assert heights.max() < STIRRED + 400.0


def test_what_is_above_the_clouds_is_not_stirred() -> None:
    rows, states = cloud(50, 5, 7000.0)
    for _ in carried(stormy("stable", rate=1e-2), rows, states, spans=4, young=False):
        pass
    assert rows[:, kernel.Z].min() > STIRRED


def test_only_the_column_that_is_stirred_is_stirred() -> None:
    air = stormy("stable", rate=1e-2)
    air.wind[:, :, 3:, :, 3] = 0.0
    for place, stirred in ((2.0, True), (3.0, False)):
        rows, states = cloud(20, 6, 20.0)
        rows[:, kernel.X] = place
        for _ in carried(air, rows, states, spans=4, young=False):
            pass
        assert bool((rows[:, kernel.Z] > 300.0).mean() > 0.8) is stirred


def test_convection_that_fades_keeps_its_top() -> None:
    rate = np.array([0.0, 1e-4, 0.0, 0.0])[:, None, None]
    top = np.array([0.0, 8000.0, 0.0, 0.0])[:, None, None]
    faded, kept = stirring(rate, top)
    assert (faded == rate).all()
    assert kept.ravel().tolist() == [8000.0, 8000.0, 8000.0, 0.0]
