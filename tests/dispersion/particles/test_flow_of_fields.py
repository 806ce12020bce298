"""Fields are laid out for particles without losing anything that a particle feels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.flow import by_numpy, fields

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.flow_of_fields import BENT, FIRST, flow_of_fields
from oberih.weather.fields import Fields

HEIGHTS = FIRST * np.arange(40) + BENT * np.arange(40) ** 2.0


def air(hours: int = 2, **changed: object) -> Fields:
    made = fields(hours, np.random.default_rng(3), rows=5, columns=6)
    return replace(made, **changed) if changed else made


def test_the_wind_is_that_which_numpy_finds_level_by_level() -> None:
    given = air()
    flow = flow_of_fields(given)
    for t in range(2):
        wanted = by_numpy(given, t)
        for c in range(3):
            assert np.abs(flow.wind[t, ..., c] - wanted[..., c]).max() < 1e-6 * np.abs(wanted[..., c]).max()


def test_a_wind_that_is_the_same_everywhere_is_that_wind_in_metres_a_second() -> None:
    shape = (2, 25, 5, 6)
    given = air(east=np.full(shape, 7.0), north=np.full(shape, -2.0))
    flow = flow_of_fields(given)
    dx, dy = given.metres_a_cell()
    aloft = given.height[:, 0].max() < HEIGHTS
    assert np.allclose(flow.wind[..., aloft, 0] * dx[None, :, None, None], 7.0, rtol=1e-5)
    assert np.allclose(flow.wind[..., aloft, 1] * dy, -2.0, rtol=1e-5)


def test_over_a_plane_a_wind_that_is_the_same_everywhere_does_not_rise() -> None:
    shape = (2, 25, 5, 6)
    height = np.broadcast_to(np.geomspace(20.0, 9000.0, 25)[None, :, None, None], shape).copy()
    metres = {"geographic": False, "crs": "EPSG:32632", "x": np.arange(6) * 2e4, "y": np.arange(5) * 2e4}
    level = air(height=height, east=np.full(shape, 7.0), north=np.full(shape, -2.0), up=np.zeros(shape), **metres)
    assert np.abs(flow_of_fields(level).wind[..., 2]).max() < 1e-6


def test_at_a_pole_the_given_vertical_wind_is_kept() -> None:
    given = air(y=np.linspace(50.0, 90.0, 5), up=np.full((2, 25, 5, 6), 0.1))
    aloft = given.height[:, 0].max() < HEIGHTS
    assert np.allclose(flow_of_fields(given).wind[..., aloft, 2], 0.1, rtol=1e-5)


def test_near_the_ground_particles_meet_the_mean_of_the_logarithm() -> None:
    height = np.broadcast_to(np.geomspace(20.0, 9000.0, 25)[None, :, None, None], (1, 25, 5, 6)).copy()
    given = air(1, height=height, east=np.full(height.shape, 5.0))
    flow = flow_of_fields(given)
    z = np.linspace(0.1, HEIGHTS[1], 20001)
    mean = float((5.0 * np.log(z / 0.1) / np.log(20.0 / 0.1)).mean())
    met = 0.5 * (flow.wind[0, 2, 2, 0, 0] + flow.wind[0, 2, 2, 1, 0]) * given.metres_a_cell()[0][2]
    assert met == pytest.approx(mean, rel=0.01)
    assert (flow.wind[..., 0, 2] == 0.0).all()


def test_above_the_fields_the_highest_wind_blows_on() -> None:
    height = np.broadcast_to(np.linspace(20.0, 3000.0, 25)[None, :, None, None], (1, 25, 5, 6)).copy()
    given = air(1, height=height)
    flow = flow_of_fields(given)
    above = HEIGHTS > 3000.0
    for c, field in enumerate((given.east, given.north)):
        scale = (1.0 / given.metres_a_cell()[0][:, None], 1.0 / given.metres_a_cell()[1])[c]
        assert np.allclose(flow.wind[0, :, :, above, c], field[0, -1] * scale, rtol=1e-5)


def test_cloud_and_convection_of_each_column_reach_the_particle() -> None:
    ground = (2, 5, 6)
    rng = np.random.default_rng(4)
    rate, top = rng.uniform(1e-5, 1e-3, ground), rng.uniform(2000.0, 9000.0, ground)
    base = rng.uniform(300.0, 2000.0, ground)
    given = air(cloud_base=base, cloud_top=base + 3000.0, convective_rate=rate, convective_top=top)
    flow = flow_of_fields(given)
    assert np.allclose(flow.surface[..., kernel.BASE], base) and np.allclose(flow.surface[..., kernel.TOP], base + 3000)
    assert np.allclose(flow.wind[..., 0::2, 3], rate[..., None]) and np.allclose(
        flow.wind[..., 1::2, 3], top[..., None]
    )


def test_rain_that_is_not_known_does_not_wash_out() -> None:
    flow = flow_of_fields(air(precipitation=np.full((2, 5, 6), np.nan)))
    assert (flow.surface[..., kernel.BELOW : kernel.IN_CLOUD + 3] == 0.0).all()


def test_convection_above_the_fields_ends_with_them() -> None:
    ground = (2, 5, 6)
    flow = flow_of_fields(air(convective_rate=np.full(ground, 1e-4), convective_top=np.full(ground, 15_000.0)))
    assert flow.wind[..., 1::2, 3].max() == np.float32(HEIGHTS[-1])
