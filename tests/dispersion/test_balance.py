"""Nothing is lost and nothing is made."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import (
    PuffSettings,
    UnitRelease,
    air_table,
    disperse,
    gamma_mixture,
    mesh_of,
    settings_vector,
    unit_release,
    workspace,
)
from oberih.earth.grid import Grid
from oberih.weather.air import Air
from tests.dispersion.airs import NEUTRAL, STABLE, UNSTABLE, WEATHERS, Floats, steady

GRID = Grid(rings=40, sectors=36, outer_radius=100e3)

airs = st.builds(
    lambda seed, hours, cyclic, latitude: random_air(np.random.default_rng(seed), hours, cyclic, latitude),
    st.integers(0, 2**32 - 1),
    st.integers(2, 12),
    st.booleans(),
    st.sampled_from([-60.0, 0.0, 47.5]),
)


def random_air(rng: np.random.Generator, hours: int, cyclic: bool, latitude: float) -> Air:
    """Hours that have nothing to do with each other: the layer jumps between 30 and 3000 m."""
    inverse = rng.choice([-1.0, 0.0, 1.0], hours) * 10.0 ** rng.uniform(-3.0, -0.7, hours)
    mixing = 10.0 ** rng.uniform(1.5, 3.5, hours)
    friction = rng.uniform(0.05, 0.9, hours)
    angle, speed = rng.uniform(0.0, 2.0 * np.pi, hours), 10.0 ** rng.uniform(-0.3, 1.3, hours)
    convective = friction * np.cbrt(np.clip(-mixing * inverse / 0.4, 0.0, None))
    return dataclasses.replace(
        steady(**NEUTRAL, hours=hours, cyclic=cyclic, latitude=latitude),
        east=speed * np.sin(angle), north=speed * np.cos(angle), friction_velocity=friction,
        inverse_obukhov_length=inverse, mixing_height=mixing, convective_velocity=convective,
        precipitation=np.where(rng.random(hours) < 0.5, 10.0 ** rng.uniform(-1.5, 1.5, hours) / 3600.0, 0.0),
        cloud_base=rng.uniform(200.0, 3000.0, hours),
    )  # fmt: skip


def accounted(release: UnitRelease) -> Floats:
    return np.asarray(release.balance[:, 1:].sum(axis=1))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(air=airs, height=st.floats(0.0, 1500.0), hour=st.integers(0, 11))
def test_mass_is_conserved_in_any_air(air: Air, height: float, hour: int) -> None:
    release = disperse(air, GRID, hour=hour % len(air), height=height, settings=PuffSettings(oldest=12 * 3600.0))
    np.testing.assert_allclose(accounted(release), release.balance[:, puff.RELEASED], rtol=0.0, atol=1e-6)
    assert np.all(release.balance >= -1e-9)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(air=airs, height=st.floats(0.0, 1500.0))
def test_what_lies_in_the_cells_is_what_the_account_says(air: Air, height: float) -> None:
    release = disperse(air, GRID, hour=0, height=height, settings=PuffSettings(oldest=12 * 3600.0))
    areas = np.repeat(GRID.areas, GRID.sectors)
    np.testing.assert_allclose((release.dry * areas).sum(axis=1), release.balance[:, puff.DRY_IN], rtol=0, atol=1e-9)
    np.testing.assert_allclose((release.wet * areas).sum(axis=1), release.balance[:, puff.WET_IN], rtol=0, atol=1e-9)
    for field in (release.tic, release.dry, release.wet, release.gamma, release.age):
        assert np.all(np.isfinite(field))
        assert np.all(field >= 0.0)


@pytest.mark.parametrize("weather", list(WEATHERS))
def test_a_plume_that_leaves_is_counted_out_and_not_carried_on_at_the_edge(weather: str) -> None:
    release = disperse(steady(**WEATHERS[weather]), GRID, hour=0, height=30.0)
    gone = release.balance[0, puff.LEFT]
    assert gone == pytest.approx(1.0, abs=1e-9)
    outward = release.tic[0].reshape(GRID.rings, GRID.sectors).sum(axis=1) * GRID.radii
    assert np.all(outward[-3:] < 1.1 * outward[-6:-3])


def follow(air: Air, begins: list[float], *, share: float, height: float = 30.0) -> UnitRelease:
    """Puffs one after another onto the same sums."""
    work = workspace(GRID)
    vector = settings_vector(air, PuffSettings(), height)
    table, mesh = air_table(air), mesh_of(GRID)
    for begin in begins:
        puff.follow(mesh, work, gamma_mixture(), vector, table, air.cyclic, begin, height, share)
    return unit_release(work)


FIELDS = ("tic", "dry", "wet", "gamma")


def changing() -> Air:
    return random_air(np.random.default_rng(20181120), 12, True, 47.5)


def test_two_releases_separately_equal_the_two_together() -> None:
    first, second, both = (follow(changing(), b, share=0.5) for b in ([0.25], [1.75], [0.25, 1.75]))
    for name in FIELDS:
        a, b, c = (getattr(r, name) for r in (first, second, both))
        np.testing.assert_allclose(a + b, c, rtol=1e-12, atol=1e-15 * c.max())


def test_twice_the_release_leaves_twice_as_much() -> None:
    once, twice = follow(changing(), [0.5], share=1.0), follow(changing(), [0.5], share=2.0)
    for name in FIELDS:
        assert getattr(once, name).max() > 0.0
        np.testing.assert_allclose(2.0 * getattr(once, name), getattr(twice, name), rtol=1e-12)


def test_an_hour_is_the_mean_of_its_puffs() -> None:
    air = changing()
    hour = disperse(air, GRID, hour=3, height=30.0, settings=PuffSettings(puffs_per_hour=4))
    puffs = follow(air, [3.125, 3.375, 3.625, 3.875], share=0.25)
    for name in FIELDS:
        np.testing.assert_allclose(getattr(hour, name), getattr(puffs, name), rtol=1e-12)


def test_nothing_released_leaves_nothing() -> None:
    nothing = follow(changing(), [0.5], share=0.0)
    assert max(getattr(nothing, name).max() for name in FIELDS) == 0.0


@pytest.mark.parametrize("weather", [STABLE, UNSTABLE], ids=["stable", "unstable"])
def test_an_answer_depends_on_nothing_asked_before(weather: dict[str, Any]) -> None:
    air, other = steady(**weather), changing()
    fresh = disperse(air, GRID, hour=0, height=10.0)
    work, table, mesh = workspace(GRID), air_table(air), mesh_of(GRID)
    vector = settings_vector(air, PuffSettings(), 10.0)
    for given_air in (other, air):
        puff.disperse_hour(
            mesh, work, gamma_mixture(), vector, air_table(given_air), True, 0, 10.0, PuffSettings().puffs_per_hour
        )
    again = unit_release(work)
    assert len(table) == len(air)
    for name in (*FIELDS, "age"):
        np.testing.assert_array_equal(getattr(fresh, name), getattr(again, name))
