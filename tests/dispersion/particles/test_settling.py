"""Large particles fall as they should, and lie where they fell."""

from __future__ import annotations

import numpy as np
import pytest
from validation.columns import carried, cloud, column, diffused

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.follow import Cells, Release, follow
from tests.dispersion.particles.flows import CELL, LAYERS, flow

FINE = Cells(40, 1600, 40.0, 0.0, 1.0, 0.0)
"""Columns of 50 m."""


@pytest.mark.parametrize(("fall", "height"), [(1.0, 1500.0), (0.2, 1000.0)])
def test_in_still_air_they_land_after_height_over_fall(fall: float, height: float) -> None:
    # free air from 50 m up, where K = 1 m2/s: their times spread by sqrt(2 K t) / fall
    air = flow("stable", east=4.0)
    air.surface[..., :4] = (50.0, 0.5, 0.0, 0.0)
    length = height / fall
    release = Release(0, 0.0, 5.0, 20.0, height, height, 6400, settling=fall)
    trail = follow(air, release, FINE, hours=int(length * 1.6 // 3600) + 1)
    deposit = trail.deposit[:, 0].sum(axis=(0, 1), dtype=float)
    place = (np.arange(1600) + 0.5) * 50.0 - 5.0 * CELL
    assert deposit.sum() == pytest.approx(1.0, abs=2e-3)
    mean = float((deposit * place).sum() / deposit.sum())
    assert mean == pytest.approx(4.0 * length, rel=0.01)
    spread = float(np.sqrt((deposit * (place - mean) ** 2).sum() / deposit.sum()))
    slower = np.sqrt(2.0 * length) / fall * 4.0  # by the time of falling
    sideways = np.sqrt(2.0 * 0.5**2 * 7200.0**2 * (length / 7200.0 - 1.0 + np.exp(-length / 7200.0)))
    eddies = np.sqrt(2.0 * 0.1**2 * 300.0 * length)
    assert spread == pytest.approx(np.sqrt(slower**2 + sideways**2 + eddies**2), rel=0.05)


@pytest.mark.parametrize("fall", [0.01, 0.05])
def test_in_a_stirred_layer_they_leave_as_diffusion_with_a_fall_says(fall: float) -> None:
    mixing, friction, inverse, _ = LAYERS["neutral"]
    rows, states = cloud(200, 8, 0.0)
    rows[:, kernel.Z] = np.random.default_rng(9).uniform(0.0, mixing, rows[:, kernel.Z].shape)
    edges = np.concatenate([np.arange(0.0, 40.0, 1.0), np.arange(40.0, 1301.0, 10.0)])
    start = np.where(edges[1:] <= mixing, np.diff(edges) / mixing, 0.0)
    for span in carried(column("neutral"), rows, states, spans=72, young=False, settling=fall):
        if span + 1 in (24, 72):
            left = diffused(start, edges, time=(span + 1) * 150.0, mixing=mixing, friction=friction,
                            inverse_length=inverse, settling=fall).sum()  # fmt: skip
            kept = rows[:, kernel.KEPT].mean(dtype=float)
            assert kept == pytest.approx(left, abs=4.0 * np.sqrt(left * (1.0 - left) / rows[:, 0].size) + 0.01)


def test_whatever_falls_is_somewhere() -> None:
    air = flow("convective", east=8.0)
    air.surface[..., kernel.DRY : kernel.DRY + 3] = 0.01
    release = Release(0, 1800.0, 20.0, 20.0, 10.0, 500.0, 2048, settling=0.1)
    trail = follow(air, release, Cells(40, 40, 1.0, 0.0, 1.0, 0.0), hours=3)
    ground = np.concatenate([[0.0], trail.deposit.sum(axis=(0, 2, 3), dtype=float)])
    assert np.abs(trail.air + trail.gone + ground - 1.0).max() < 1e-5
    assert trail.air[1] < 0.4 and ground[1] > 0.5


def test_backwards_they_rise_and_nothing_is_laid_down() -> None:
    rows, states = cloud(50, 10, 100.0)
    for _ in carried(flow("stable", size=6).reversed(), rows, states, spans=4, young=False, settling=-0.5):
        pass
    assert rows[:, kernel.Z].mean() == pytest.approx(100.0 + 0.5 * 600.0, abs=10.0)
    assert (rows[:, kernel.KEPT] == 1.0).all()
