"""A unit release over a log-polar grid: laws, and what kernels and cells have in common."""

from __future__ import annotations

import dataclasses
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ive

from oberih.dispersion.kernels import puff
from oberih.dispersion.kernels.particles import polar, step
from oberih.dispersion.kernels.particles.eddies import FREE_K
from oberih.dispersion.kernels.particles.lanes import LANES
from oberih.dispersion.kernels.particles.sample import COMPONENTS, ROWS_ALL, ground_density
from oberih.dispersion.particles import unit
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.follow import Cells, Release, follow
from oberih.dispersion.particles.place import place_of
from oberih.dispersion.particles.unit import ParticleSettings, UnitReleases, unit_releases
from oberih.earth.grid import Grid
from oberih.errors import OutOfRange
from tests.dispersion.particles.flows import CELL, LAYERS, flow, turning_flow

GRID = Grid(rings=50, sectors=36, outer_radius=60e3)
FEW = ParticleSettings(particles=512, oldest=5 * 3600.0)


def released(air: Flow, starts: list[int], own: ParticleSettings = FEW, **more: Any) -> UnitReleases:
    """From the middle of a field."""
    return unit_releases(
        air, GRID, x=20.3, y=20.6, latitude=47.5, longitude=34.6, starts=starts, height=50.0, settings=own, **more
    )


@pytest.fixture(scope="module")
def three() -> UnitReleases:
    """Three hours in air that turns, rains and ends before they are old."""
    air = turning_flow(hours=6)
    return released(air, [air.start, air.start + 3600, air.start + 7200])


def test_fates_add_up_to_what_was_released(three: UnitReleases) -> None:
    np.testing.assert_allclose(three.balance[:, :, 1:].sum(axis=2), 1.0, rtol=2e-5)
    assert (three.balance >= 0.0).all()
    assert (three.balance[2, :, puff.ALOFT] > three.balance[0, :, puff.ALOFT] - 1e-9).all()  # the fields end


def test_the_deposit_in_the_cells_is_the_deposit_of_the_fates(three: UnitReleases) -> None:
    areas = np.repeat(GRID.areas, GRID.sectors)[:, None]
    for column, fate in ((puff.DRY_SUM, puff.DRY_IN), (puff.WET_SUM, puff.WET_IN)):
        laid = (three.sums[:, :, column : column + 3] * areas).sum(axis=1)
        assert (laid > 0.0).all()
        np.testing.assert_allclose(laid, three.balance[:, 1:, fate], rtol=1e-5)


def test_what_goes_with_it_and_threads_change_no_bit(three: UnitReleases) -> None:
    air = turning_flow(hours=6)
    lone = released(air, [air.start + 3600])
    np.testing.assert_array_equal(lone.sums[0], three.sums[1])
    np.testing.assert_array_equal(lone.balance[0], three.balance[1])
    both = released(air, [air.start, air.start + 3600, air.start + 7200], threads=2)
    np.testing.assert_array_equal(both.sums, three.sums)
    np.testing.assert_array_equal(both.noise, three.noise)


def test_particles_of_every_age_keep_up_with_a_wind_that_grows() -> None:
    """By 5 m/s an hour: what looks at a span's beginning stays 11 and 5 % behind in the first two hours."""
    air = flow("neutral", times=5)
    air.wind[..., 0] = (5.0 * np.arange(5.0) / CELL)[:, None, None, None]
    across, seen = Cells(1, 1600, 40.0, 0.0, 1.0 / 40.0, 0.0, depth=1e5), []
    own = ParticleSettings(particles=4096, oldest=7200.0, sampling="cells", depth=1e5)
    released(air, [0], own, far=across, each_hour=lambda hour, sums, far: seen.append(far[0, 0, :, 0].astype(float)))
    theirs = follow(air, Release(0, 3600.0, 20.3, 20.6, 50.0, 50.0, 4096), across, hours=2).seconds[:, 0, 0]
    for one, other in zip((seen[0], seen[1] - seen[0]), theirs.astype(float), strict=True):
        way, due = ((s @ (np.arange(1600) + 0.5) / s.sum() / 40.0 - 20.3) * CELL for s in (one, other))
        assert way == pytest.approx(due, rel=0.025)  # 1.1 and 0.4 % behind, and 0.4 % of noise


def test_what_stays_within_the_innermost_ring_of_a_wide_grid_is_counted_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """No ring is near enough to be spread: what is seen of the cloud inside all rings has no cell, and is not written.

    What would be is seen in ``room``, of whose no rings the release has all.
    """
    air, grid = turning_flow(hours=6), Grid(rings=2, sectors=72, outer_radius=1e6)
    room, begin = np.zeros((1, grid.sectors, 2 * COMPONENTS)), unit._Pass.begin

    def begin_in_room(self: unit._Pass, release: unit._Release, far: Cells | None) -> None:
        begin(self, release, far)
        assert release.near.size == 0
        release.near = room[:0]

    monkeypatch.setattr(unit._Pass, "begin", begin_in_room)
    own = ParticleSettings(particles=64, oldest=3600.0)
    found = unit_releases(air, grid, x=20.3, y=20.6, latitude=47.5, longitude=34.6, starts=[air.start], height=50.0,
                          settings=own)  # fmt: skip
    assert not room.any() and not found.sums.any()
    np.testing.assert_allclose(found.balance[0, :, 1:].sum(axis=1), 1.0, rtol=2e-5)
    assert (found.balance[0, 1:, puff.ON_SITE] > 0.0).all()


def test_another_seed_agrees_within_the_noise_it_states() -> None:
    air = turning_flow(hours=6)
    one = released(air, [air.start])
    others = [released(air, [air.start], dataclasses.replace(FEW, seed=s)).sums[0, :, 0] for s in range(2, 8)]
    tic = np.array([one.sums[0, :, 0], *others])
    mean = tic.mean(axis=0)
    seen = mean > 0.2 * mean.reshape(GRID.rings, -1).max(axis=1).repeat(GRID.sectors)
    found = tic.std(axis=0, ddof=1)[seen] / mean[seen]
    stated = one.noise[0][seen]
    assert 0.6 < np.sqrt(np.mean(stated**2)) / np.sqrt(np.mean(found**2)) < 1.6


def test_kernels_and_plain_counting_agree() -> None:
    air = flow("convective", east=6.0)
    # beyond 2 km, nearer the layer that plain particles are counted in is too deep; and well within the fields
    grid = slice(36 * 20, 36 * int(np.searchsorted(GRID.edges, 36e3)))
    kernel, plain = (
        released(air, [0, 3600, 7200], ParticleSettings(particles=n, oldest=4 * 3600.0, sampling=how, depth=25.0))
        for how, n in (("kernel", 2048), ("cells", 30_000))
    )
    areas = np.repeat(GRID.areas, GRID.sectors)[grid]
    for column, bound in ((0, 0.06), (puff.GAMMA, 0.03)):
        one, other = ((u.sums[:, grid, column].mean(axis=0) * areas).sum() for u in (kernel, plain))
        assert one == pytest.approx(other, rel=bound)


def test_in_steady_wind_particles_make_the_analytic_plume() -> None:
    """Far enough away it is uniform from the ground to the lid, and above it what leaks into the free air."""
    air, speed = flow("convective", east=3.0), 3.0
    own = ParticleSettings(particles=2048, oldest=5 * 3600.0)
    tic = released(air, [0, 3600], own).sums[:, :, 0].mean(axis=0).reshape(GRID.rings, GRID.sectors)
    rings = (GRID.radii > 30e3) & (GRID.radii < 37e3)
    across = tic[rings].sum(axis=1) * GRID.radii[rings] * 2.0 * np.pi / GRID.sectors
    depth = LAYERS["convective"][0] + np.sqrt(4.0 * float(FREE_K) * GRID.radii[rings] / speed / np.pi)
    assert across.mean() == pytest.approx((1.0 / (speed * depth)).mean(), rel=0.04)


def test_how_long_a_particle_goes_on_being_mixed_changes_no_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    """A longer while takes away noise; what reaches the ground along the way stays what it is."""
    air = flow("neutral", east=6.0)
    own = ParticleSettings(particles=8192, oldest=3600.0)
    rings = (GRID.radii > 3e3) & (GRID.radii < 15e3)
    sums = []
    for part in (0.04, 0.15):
        monkeypatch.setattr(unit, "KERNEL", (0.95, part, 800.0, 4.0))
        tic = released(air, [0], own).sums[0, :, puff.TIC].reshape(GRID.rings, GRID.sectors)
        sums.append((tic[rings].sum(axis=1) * GRID.radii[rings]).sum())
    assert sums[1] == pytest.approx(sums[0], rel=0.04)  # were time not drawn out: 10 % apart


@pytest.mark.parametrize(("height", "nearest"), [(10.0, 300.0), (30.0, 1000.0)])
def test_near_the_source_a_plume_in_steady_wind_is_the_analytic_plume(height: float, nearest: float) -> None:
    """K = κ u* z, the lid far off: the crosswind integral at the ground is exp(-height / κ u* t) / (κ u* t U).

    Diffusion has no memory: it is the limit where the time is long beside that in which a velocity is forgotten at the
    height of the release, 5 and 14 s.
    """
    air, speed, growth = flow("neutral", east=6.0), 6.0, 0.4 * LAYERS["neutral"][1]
    air.surface[..., step.MIXING] = 5000.0
    own = ParticleSettings(particles=8192, oldest=1200.0)
    found = unit_releases(air, GRID, x=20.3, y=20.6, latitude=47.5, longitude=34.6, starts=[0], height=height,
                          settings=own)  # fmt: skip
    tic = found.sums[0, :, puff.TIC].reshape(GRID.rings, GRID.sectors)
    across = tic.sum(axis=1) * GRID.radii * 2.0 * np.pi / GRID.sectors
    mean = growth * GRID.radii / speed
    exact = np.exp(-height / mean) / (mean * speed)
    for low, high in ((300.0, 1e3), (1e3, 3e3)):
        if low < nearest:
            continue
        band = (low <= GRID.radii) & (high > GRID.radii)
        assert across[band].sum() == pytest.approx(exact[band].sum(), rel=0.08)


def test_within_a_kilometre_kernels_see_the_ground_as_plain_particles_in_the_lowest_metres_do() -> None:
    """A release from 30 m, whose velocities are remembered on the way down."""
    air = flow("neutral", east=6.0)
    band = (GRID.radii > 300.0) & (GRID.radii < 1000.0)
    found = []
    for own in (
        ParticleSettings(particles=8192, oldest=600.0),
        ParticleSettings(particles=100_000, oldest=600.0, sampling="cells", depth=2.0),
    ):
        sums = unit_releases(air, GRID, x=20.3, y=20.6, latitude=47.5, longitude=34.6, starts=[0], height=30.0,
                             settings=own).sums  # fmt: skip
        tic = sums[0, :, puff.TIC].reshape(GRID.rings, GRID.sectors)
        found.append((tic[band].sum(axis=1) * GRID.radii[band]).sum())
    assert found[0] == pytest.approx(found[1], rel=0.08)


def test_what_deposits_leaves_no_gap_where_the_kernel_outgrows_the_layer_that_deposits() -> None:
    """There what is laid down goes from where particles are to where the wind will have carried them."""
    air, forms = flow("neutral", east=6.0), puff.DRY_SUM + np.arange(3)
    air.surface[..., step.DRY : step.DRY + 3] = 1e-3, 1e-2, 1e-4
    laid = []
    for own in (
        ParticleSettings(particles=4096, oldest=4320.0),
        ParticleSettings(particles=20_000, oldest=4320.0, sampling="cells", span=150.0, longest=150.0),
    ):
        sums = unit_releases(air, GRID, x=3.3, y=20.6, latitude=47.5, longitude=34.6, starts=[0], height=30.0,
                             settings=own).sums[0][:, forms]  # fmt: skip
        laid.append(sums.reshape(GRID.rings, GRID.sectors, 3).sum(axis=1) * GRID.areas[:, None])
    rings = (GRID.radii > 2e3) & (GRID.radii < 12e3)
    assert np.abs(laid[0][rings] / laid[1][rings] - 1.0).max() < 0.2  # a gap of one ring of the way: 0.4


def test_age_is_the_way_over_the_wind() -> None:
    air = flow("neutral", east=5.0)
    sums = released(air, [0]).sums[0].reshape(GRID.rings, GRID.sectors, puff.SUMS)
    for ring in (20, 30, 40):
        age = sums[ring, 9, puff.AGED]
        assert age == pytest.approx(GRID.radii[ring] / 5.0, rel=0.12)


def test_near_the_source_the_cloud_is_seen_beside_the_plume() -> None:
    air = flow("stable", east=5.0)
    sums = released(air, [0]).sums[0].reshape(GRID.rings, GRID.sectors, puff.SUMS)
    beside = sums[2, 9 + 4]
    assert beside[puff.GAMMA] > 0.0
    assert beside[puff.GAMMA] / sums[2, 9, puff.GAMMA] > 3.0 * beside[0] / max(sums[2, 9, 0], 1e-30)


def test_each_hour_tells_what_there_is_so_far() -> None:
    air = turning_flow(hours=6)
    told: list[tuple[int, float, float]] = []

    def listen(hour: int, sums: Any, far: Any) -> None:
        assert far is not None
        told.append((hour, float(sums[..., 0].sum()), float(far[..., 0].sum())))

    cells = Cells(41, 41, 1.0, 0.5, 1.0, 0.5)
    whole = released(air, [air.start, air.start + 3600], each_hour=listen, far=cells)
    assert [hour for hour, *_ in told] == list(range(6))
    assert all(a[1] <= b[1] and a[2] <= b[2] for a, b in pairwise(told))
    assert told[-1][1] == pytest.approx(float(whole.sums[..., 0].sum()), rel=1e-12)
    assert told[-1][2] > 0.0


def test_a_release_that_the_fields_do_not_reach_is_aloft() -> None:
    air = turning_flow(hours=3)
    found = released(air, [air.start, air.start + 5 * 3600])
    np.testing.assert_array_equal(found.balance[1, :, puff.ALOFT], 1.0)
    assert not found.sums[1].any()


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"x": 0.0}, "outside the fields"), ({"height": 1e6}, "within 0 to"), ({"starts": [3600, 0]}, "whole hours"),
     ({"starts": [0, 450]}, "whole hours"), ({"starts": []}, "whole hours")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(changed: dict[str, Any], said: str) -> None:
    kwargs: dict[str, Any] = {"x": 20.0, "y": 20.0, "latitude": 47.5, "longitude": 34.6, "starts": [0],
                                 "height": 10.0, "settings": FEW}  # fmt: skip
    with pytest.raises(OutOfRange, match=said):
        unit_releases(flow(), GRID, **{**kwargs, **changed})


@pytest.mark.parametrize("wrong", [{"sampling": "magic"}, {"particles": 0}, {"span": 7.0}, {"oldest": 0.0}])
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(OutOfRange):
        ParticleSettings(**wrong)


@given(mean=st.floats(1.0, 1e5), lid=st.floats(50.0, 3000.0))
@settings(max_examples=50, deadline=None)
def test_what_is_mixed_adds_one_over_the_mixing_height(mean: float, lid: float) -> None:
    density = ground_density.py_func
    one = np.float32
    heights = (np.arange(1000) + 0.5) / 1000 * lid
    found = np.array([density(one(z), one(max(mean, lid / 300.0)), one(lid)) for z in heights])
    assert found.mean() * lid == pytest.approx(1.0, rel=5e-3)
    assert density(one(lid), one(mean), one(lid)) == 0.0


@given(height=st.floats(5.0, 60.0), before=st.floats(30.0, 200.0), later=st.floats(4.0, 60.0))
@settings(max_examples=50, deadline=None)
def test_to_be_mixed_for_a_while_is_what_diffusion_would_do_in_that_while(
    height: float, before: float, later: float
) -> None:
    """K = k z; times are given as k t [m].  Chapman and Kolmogorov."""
    density, one = ground_density.py_func, np.float32
    z = (np.arange(4000) + 0.5) / 4000 * 30.0 * before
    root = np.sqrt(z * height)
    there = np.exp(-((np.sqrt(z) - np.sqrt(height)) ** 2) / before) / before * ive(0, 2.0 * root / before)
    brought = np.array([density(one(x), one(later), one(1e5)) for x in z])
    after = before + later
    assert np.sum(there * brought) * (z[1] - z[0]) == pytest.approx(np.exp(-height / after) / after, rel=0.01)


@given(latitude=st.floats(-65.0, 65.0), way=st.floats(300.0, 1.2e6), towards=st.floats(0.0, 6.28))
@settings(max_examples=100, deadline=None)
def test_a_particle_is_in_the_ring_and_sector_of_the_sphere(latitude: float, way: float, towards: float) -> None:
    spacing = 0.25
    rows = latitude + spacing * (np.arange(101) - 50)
    surface = np.zeros((1, 101, 3, step.SURFACE), dtype=np.float32)
    radius = 6_371_008.8
    surface[..., 0:2] = 500.0, 0.3
    surface[..., step.CELLS_X] = (1.0 / (radius * np.radians(spacing) * np.cos(np.radians(rows))))[None, :, None]
    wind = np.zeros((1, 101, 3, 4, 4), dtype=np.float32)
    air = Flow(0, 3600.0, wind, surface, 10.0, 10.0, 1.0 / (radius * np.radians(spacing)))
    grid = Grid(rings=120, sectors=72, outer_radius=2e6)
    place = place_of(air, grid, x=1.0, y=50.0, latitude=latitude)
    arc, phi = way / radius, np.radians(latitude)
    there = np.arcsin(np.sin(phi) * np.cos(arc) + np.cos(phi) * np.sin(arc) * np.cos(towards))
    east = np.arctan2(np.sin(towards) * np.sin(arc) * np.cos(phi), np.cos(arc) - np.sin(phi) * np.sin(there))
    s = np.zeros(ROWS_ALL * LANES, dtype=np.float32)
    s[0:LANES] = 1.0 + np.degrees(east) / spacing
    s[LANES : 2 * LANES] = 50.0 + (np.degrees(there) - latitude) / spacing
    polar.project(s, 0, 1, 2, 3, place)
    found = np.hypot(float(s[2 * LANES]), float(s[3 * LANES]))
    assert found == pytest.approx(way, rel=2e-4, abs=1.0)
    turned = np.arctan2(float(s[2 * LANES]), float(s[3 * LANES])) - towards
    assert abs((turned + np.pi) % (2.0 * np.pi) - np.pi) < 2e-4 + 1.0 / way
    polar.locate(s, s.view(np.uint32), 2, 3, 4, 5, place)
    ring = np.log(found / grid.inner_radius) / np.log(grid.ratio)
    sector = (np.arctan2(float(s[2 * LANES]), float(s[3 * LANES])) / (2.0 * np.pi) * 72 + 0.5) % 72
    assert abs(float(s[4 * LANES]) + 0.5 - ring) < 0.5 + 1e-3
    assert min(abs(float(s[5 * LANES]) + 0.5 - sector), 72 - abs(float(s[5 * LANES]) + 0.5 - sector)) < 0.5 + 1e-3


def test_cells_of_the_plane_are_where_the_wind_goes() -> None:
    assert place_of(flow(), GRID, x=1.0, y=2.0, latitude=50.0)[polar.CELL_X] == pytest.approx(CELL)
