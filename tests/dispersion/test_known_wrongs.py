"""Ways in which others went wrong, each shut here."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import PuffSettings, disperse
from oberih.earth.grid import Grid
from oberih.errors import OutOfRange
from tests.dispersion.airs import NEUTRAL, STABLE, WEATHERS, Floats, steady

GRID = Grid(rings=60, sectors=72, outer_radius=100e3)
AEROSOL = 1


def by_sector(field: Floats) -> Floats:
    return np.asarray(field.reshape(GRID.rings, GRID.sectors).sum(axis=0))


def test_what_is_aloft_when_the_air_ends_is_not_laid_on_the_ground() -> None:
    whole = disperse(steady(**STABLE, hours=12, cyclic=False), GRID, hour=0, height=0.0)
    cut = disperse(steady(**STABLE, hours=3, cyclic=False), GRID, hour=0, height=0.0)
    assert cut.balance[AEROSOL, puff.ALOFT] > 0.1
    assert cut.balance[AEROSOL, puff.DRY_IN] < whole.balance[AEROSOL, puff.DRY_IN]
    assert np.all(cut.dry[AEROSOL] <= whole.dry[AEROSOL] * (1.0 + 1e-9))


def test_air_that_may_not_be_continued_is_not_continued_from_its_beginning() -> None:
    air = steady(**STABLE, hours=3)
    circle, line = (
        disperse(dataclasses.replace(air, cyclic=c), GRID, hour=2, height=0.0).balance[0] for c in (True, False)
    )
    assert line[puff.ALOFT] == pytest.approx(1.0)
    assert circle[puff.ALOFT] == pytest.approx(0.0, abs=1e-9)


def test_a_release_begins_in_the_hour_it_is_given() -> None:
    # East for two hours, then north: what begins in hour 3 must know nothing of the east wind, and the other way.
    hours = np.arange(8)
    air = dataclasses.replace(
        steady(**NEUTRAL, hours=8, cyclic=False),
        east=np.where(hours < 4, 5.0, 1e-9), north=np.where(hours < 4, 1e-9, 5.0),
    )  # fmt: skip
    early, late = (by_sector(disperse(air, GRID, hour=h, height=0.0).tic[0]) for h in (0, 4))
    assert abs(int(early.argmax()) - GRID.sectors // 4) <= 3
    assert int(late.argmax()) in {0, 1, 2, 3, GRID.sectors - 1}


def test_the_wind_between_two_hours_lies_between_them() -> None:
    hours = np.arange(4)
    air = dataclasses.replace(steady(**NEUTRAL, hours=4, cyclic=False), east=np.where(hours == 0, 0.0, 5.0))
    near = disperse(air, GRID, hour=0, height=0.0).tic[0].reshape(GRID.rings, GRID.sectors)[:8].sum(axis=0)
    azimuth = np.degrees(np.angle((near * np.exp(1j * GRID.azimuths)).sum()))
    assert 15.0 < azimuth < 40.0  # from 0 at the beginning to 45 at the end of the hour


def test_nothing_piles_up_at_the_edge_of_the_grid() -> None:
    small, large = (
        Grid(rings=60, sectors=72, outer_radius=50e3),
        Grid(rings=76, sectors=72, outer_radius=50e3 * Grid().ratio ** 16),
    )
    air = steady(**NEUTRAL, hours=12)
    inside, whole = (disperse(air, g, hour=0, height=0.0).tic[0].reshape(g.rings, g.sectors) for g in (small, large))
    sums = inside[-4:].sum(axis=1), whole[56:60].sum(axis=1)
    np.testing.assert_allclose(small.radii[-4:], large.radii[56:60], rtol=1e-3)
    np.testing.assert_allclose(sums[0], sums[1], rtol=0.02)


@pytest.mark.parametrize("longest", [900.0, 3600.0, 20000.0])
def test_a_release_shorter_than_a_step_is_not_lost(longest: float) -> None:
    settings = PuffSettings(puffs_per_hour=60, longest_step=longest)
    short = disperse(steady(**STABLE), GRID, hour=0, height=0.0, settings=settings)
    usual = disperse(steady(**STABLE), GRID, hour=0, height=0.0)
    assert short.balance[:, 1:].sum(axis=1) == pytest.approx(np.ones(4), abs=1e-9)
    assert short.tic[0].max() == pytest.approx(usual.tic[0].max(), rel=1e-6)


@pytest.mark.parametrize("weather", list(WEATHERS))
def test_a_calm_comes_to_an_end(weather: str) -> None:
    calm = steady(**{**WEATHERS[weather], "speed": 0.3, "friction": 0.03}, hours=6)
    release = disperse(calm, GRID, hour=0, height=10.0)
    assert np.all(np.isfinite(release.tic))
    assert release.tic[0].max() > 0.0
    assert release.balance[0, 1:].sum() == pytest.approx(1.0, abs=1e-9)


def test_a_puff_is_given_up_at_its_age_and_counted_aloft() -> None:
    slow = steady(**{**STABLE, "speed": 0.5}, hours=6)
    release = disperse(slow, GRID, hour=0, height=0.0, settings=PuffSettings(oldest=2 * 3600.0))
    assert release.balance[0, puff.ALOFT] == pytest.approx(1.0, abs=1e-9)
    assert release.age.max() <= 2 * 3600.0 + 900.0


@pytest.mark.parametrize(("hour", "height"), [(-1, 0.0), (3, 0.0), (0, -1.0), (0, 1501.0), (0, float("nan"))])
def test_what_cannot_be_answered_is_refused_and_not_answered_with_nothing(hour: int, height: float) -> None:
    with pytest.raises(OutOfRange):
        disperse(steady(**NEUTRAL), GRID, hour=hour, height=height)


@pytest.mark.parametrize("field", ["east", "north", "friction_velocity", "mixing_height", "precipitation"])
def test_a_gap_in_the_air_is_refused(field: str) -> None:
    air = steady(**NEUTRAL)
    gap: dict[str, Any] = {field: np.array([1.0, np.nan, 1.0])}
    with_gap = dataclasses.replace(air, **gap)
    with pytest.raises(OutOfRange, match="hour 1"):
        disperse(with_gap, GRID, hour=0, height=0.0)
