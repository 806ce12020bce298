"""Do the benchmarks of atlases of particles measure what they say they measure?"""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks import forecast_atlas, particle_year
from benchmarks.moving_air import moving_air

from oberih.dispersion.kernels.particles import step


def test_a_known_noise_is_found_in_every_band() -> None:
    grid, rng = particle_year.GRID, np.random.default_rng(4)
    mean = np.zeros((1, grid.rings, grid.sectors, 12))
    mean[0, :, 20:24] = 3.0
    mean[0, :, 30] = 0.1  # below a tenth of the largest: not looked at, however noisy
    noise = rng.normal(0.0, 0.1, (400, *mean.shape))
    noise[:, :, :, 30] *= 100.0
    found = particle_year.noises(mean * (1.0 + noise), mean, 0)
    np.testing.assert_allclose(found, 0.1, rtol=0.05)


def test_a_known_bias_is_found_in_every_band() -> None:
    grid = particle_year.GRID
    truth = np.ones((2, grid.rings, grid.sectors, 12))
    np.testing.assert_allclose(particle_year.biases(1.25 * truth, truth, 5), 0.25, rtol=1e-12)


@pytest.mark.parametrize(("second", "off"), [(23.0, 0.0), (46.0, -0.5)])
def test_the_model_of_many_workers_is_judged_by_two(second: float, off: float) -> None:
    one = {"wall_s": 3.0 + 10 * 4.0, "first_s": 7.0}
    said = forecast_atlas.model(one, {"wall_s": second}, 10)
    assert said["task_s"] == 4.0
    assert said["fixed_s"] == 3.0
    assert said["modelled_s"] == {"2": 23.0, "4": 15.0, "8": 11.0}
    assert said["off_at_2"] == pytest.approx(off)


def test_the_air_that_is_carried_through_has_days_nights_and_rain() -> None:
    flow = moving_air(24, part=3)
    mixing = flow.surface[..., step.MIXING].mean(axis=(1, 2))
    assert mixing[12] > 2.0 * mixing[0]
    assert (flow.surface[12, ..., step.INVERSE_LENGTH] < 0.0).all()
    raining = flow.surface[..., step.BELOW] > 0.0
    assert 0.05 < raining.mean() < 0.95
    assert np.hypot(*np.moveaxis(flow.wind[..., :2], -1, 0)).max() * 20e3 < 40.0
