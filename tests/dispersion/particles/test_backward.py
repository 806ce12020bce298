"""What goes forward from a site to a station and what goes back from the station to the site is the same."""

from __future__ import annotations

import numpy as np
import pytest

from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.backward import Receptor, backward, reversed_flow
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.follow import Cells, Release, follow
from oberih.errors import OutOfRange
from tests.dispersion.particles.flows import CELL, LAYERS, flow

CELLS = Cells(40, 40, 1.0, 0.0, 1.0, 0.0)
SITE, STATION = (10.5, 20.5), (27.5, 20.5)
HOURS = 4
PARTICLES = 32_768
BATCHES = 8


def turning(layer: str, *, deposits: bool) -> Flow:
    """Five hours of wind that veers with time and height and draws together and apart over the ground."""
    air = flow(layer, size=41, times=6)
    rows, columns = np.meshgrid(np.arange(41.0), np.arange(41.0), indexing="ij")
    height = air.a * np.arange(20.0) + air.b * np.arange(20.0) ** 2
    for t in range(6):
        shear = 1.0 + 0.3 * np.minimum(height / 500.0, 1.0)
        # u = A + B sin(y), v = C sin(x): free of divergence on the grid, as fields of mass should be
        east = 3.0 + 0.6 * np.sin(rows * 0.3 + 0.5 * t)
        north = 0.5 * np.sin(columns * 0.3 - 0.4 * t)
        air.wind[t, ..., 0] = (east[..., None] * shear) / CELL
        air.wind[t, ..., 1] = (north[..., None] * shear) / CELL
    if deposits:
        air.surface[..., kernel.DRY : kernel.DRY + 3] = (0.01, 0.02, 0.0005)
        wet = (columns > 14.0) & (columns < 20.0)
        air.surface[:, wet, kernel.BELOW : kernel.BELOW + 3] = 1e-4
        air.surface[:, wet, kernel.IN_CLOUD : kernel.IN_CLOUD + 3] = 3e-4
    return air


def forward_mean(air: Flow, form: int) -> tuple[float, float]:
    """Mean of the fourth hour at the station [1/m3] of a becquerel let out within the first hour; its error."""
    found = []
    for k in range(BATCHES):
        release = Release(0, 3600.0, *SITE, 0.0, 100.0, PARTICLES // BATCHES, 0.0, 100 + k)
        trail = follow(air, release, CELLS, hours=HOURS)
        found.append(float(trail.seconds[3, form, int(STATION[1]), int(STATION[0])]) / 3600.0 / (100.0 * CELL**2))
    return float(np.mean(found)), float(np.std(found, ddof=1) / np.sqrt(BATCHES))


def backward_mean(air: Flow, form: int) -> tuple[float, float]:
    """The same, asked from the station."""
    receptor = Receptor(3 * 3600, 4 * 3600, *STATION, 0.0, 100.0)
    found = backward(reversed_flow(air), receptor, CELLS, hours=HOURS, form=form, particles=PARTICLES, batches=BATCHES)
    at = (3, int(SITE[1]), int(SITE[0]))
    return tuple(float(a[at]) / 3600.0 / (100.0 * CELL**2) for a in (found.seconds, found.noise))  # type: ignore[return-value]


@pytest.mark.parametrize(("layer", "deposits"), [("neutral", False), *((name, True) for name in sorted(LAYERS))])
def test_forward_and_backward_agree_within_their_noise(layer: str, deposits: bool) -> None:
    air = turning(layer, deposits=deposits)
    form = 1 if deposits else 0
    (there, error), (back, noise) = forward_mean(air, form), backward_mean(air, form)
    assert there > 10.0 * error and back > 10.0 * noise  # a law that noise could hide is none
    assert abs(back - there) < 3.5 * np.hypot(error, noise)


def test_air_that_goes_back_turns_its_wind_and_its_times() -> None:
    air = turning("neutral", deposits=False)
    air.wind[..., 2] = np.linspace(0.0, 1.0, 20)
    turned = reversed_flow(air)
    assert turned.start == -int(air.end) and turned.end == -air.start
    earlier, later, share = turned.between(-1800.0)
    now = turned.wind[earlier] + np.float32(share) * (turned.wind[later] - turned.wind[earlier])
    assert np.allclose(now[..., :3], -0.5 * (air.wind[0] + air.wind[1])[..., :3])
    assert (turned.surface == air.surface[::-1]).all()


def test_what_reached_a_sample_came_with_the_wind() -> None:
    air = flow("neutral", east=5.0)
    seen = backward(
        reversed_flow(air), Receptor(0, 3600, 30.0, 20.0, 0.0, 100.0), CELLS, hours=3, form=0, particles=4096
    )
    at = [float((s.sum(axis=0) * np.arange(40)).sum() / s.sum()) for s in seen.seconds]
    assert 30.0 > at[0] > at[1] > at[2]
    assert seen.kept + seen.gone == pytest.approx(1.0, abs=1e-5)


def test_what_decays_on_the_way_back_decays_by_its_age() -> None:
    air, rate = flow("neutral", east=1.0), 1.0 / 3600.0
    sample = Receptor(0, 60, 20.5, 20.5, 0.0, 100.0)
    deep = Cells(40, 40, 1.0, 0.0, 1.0, 0.0, depth=1e5)
    plain, less = (
        backward(reversed_flow(air), sample, deep, hours=3, form=0, particles=1024, decay=r).seconds.sum(axis=(1, 2))
        for r in (0.0, rate)
    )  # fmt: skip
    age = np.linspace(0.0, 1.0, 1001)  # of the hour after a minute of sampling, taken as a moment
    for hour in (1, 2):
        assert less[hour] / plain[hour] == pytest.approx(np.exp(-(hour - 59.5 / 60.0 + age)).mean(), rel=5e-3)


def test_a_sample_that_ends_within_an_hour_is_counted_on_the_clock() -> None:
    air = turning("neutral", deposits=False)
    sample = Receptor(7200, 7200 + 1800, *STATION, 0.0, 100.0)
    deep = Cells(40, 40, 1.0, 0.0, 1.0, 0.0, depth=1e5)
    seen = backward(reversed_flow(air), sample, deep, hours=3, form=0, particles=4096)
    assert seen.end == 3 * 3600
    spent = seen.seconds.sum(axis=(1, 2))
    assert spent[0] == pytest.approx(900.0, rel=0.02)  # half of the half hour of sampling, on average
    assert spent[1] == pytest.approx(3600.0, rel=0.01) and spent[2] == pytest.approx(3600.0, rel=0.01)


def test_the_number_of_threads_changes_no_bit_of_a_footprint() -> None:
    air, sample = turning("convective", deposits=True), Receptor(3600, 7200, *STATION, 0.0, 100.0)
    one, two = (backward(reversed_flow(air), sample, CELLS, hours=2, form=1, particles=4096, threads=n) for n in (1, 2))
    assert one.seconds.tobytes() == two.seconds.tobytes() and one.noise.tobytes() == two.noise.tobytes()


def test_the_stated_noise_is_the_spread_of_runs_with_other_random_numbers() -> None:
    air, sample = reversed_flow(flow("neutral", east=3.0)), Receptor(0, 3600, 30.0, 20.0, 0.0, 100.0)
    runs = [backward(air, sample, CELLS, hours=2, form=0, particles=1024, seed=s) for s in range(24)]
    values = np.array([r.seconds[1] for r in runs])
    strong = values.mean(axis=0) > 0.1 * values.mean(axis=0).max()
    stated = np.sqrt(np.mean([r.noise[1] ** 2 for r in runs], axis=0))
    assert np.median(stated[strong] / values.std(axis=0, ddof=1)[strong]) == pytest.approx(1.0, abs=0.2)


def test_a_sample_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(OutOfRange, match="end after"):
        backward(flow(), Receptor(3600, 0, 20.0, 20.0, 0.0, 100.0), CELLS, hours=1, form=0, particles=64)
