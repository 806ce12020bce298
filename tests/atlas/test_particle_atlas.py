"""An atlas of particles is an atlas like any other: the same store, the same sums, whoever does the work."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from oberih.atlas.build import build
from oberih.atlas.layout import AtlasPlan, FlowAt
from oberih.atlas.packed import pack
from oberih.atlas.schedule import Processes
from oberih.atlas.store import create, open_atlas
from oberih.atlas.superpose import dose_field
from oberih.dispersion.particles.flow_file import save_flow
from oberih.dispersion.particles.unit import ParticleSettings, unit_releases
from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid
from oberih.errors import CorruptStore, OutOfRange, StoreError
from tests.atlas.small import changing_air, digests, source
from tests.dispersion.particles.flows import turning_flow

GRID = Grid(rings=40, sectors=36, outer_radius=40e3)
SETTINGS = ParticleSettings(particles=256, oldest=4 * 3600.0)
RELEASES = 7


def plan(folder: Path, *, block_hours: int = 3, settings: ParticleSettings = SETTINGS) -> AtlasPlan:
    """Seven hours of release at two heights, in air that turns."""
    flow = turning_flow(hours=10)
    kept = save_flow(folder / "kept-flow", flow)
    where = FlowAt(flow.digest, 20.2, 20.4, 47.5, 34.6, str(kept))
    air = changing_air(hours=12)
    return AtlasPlan("test", air, GRID, (10.0, 100.0), PuffSettings(), RELEASES, settings, where, block_hours)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With an atlas of particles in it."""
    place = tmp_path_factory.mktemp("particles")
    build(place / "atlas.zarr", plan(place))
    return place


def test_its_sums_are_those_of_the_engine(folder: Path) -> None:
    atlas = open_atlas(folder / "atlas.zarr")
    flow = turning_flow(hours=10)
    found = unit_releases(
        flow, GRID, x=20.2, y=20.4, latitude=47.5, longitude=34.6, starts=[int(t) for t in atlas.times], height=100.0,
        settings=SETTINGS,
    )  # fmt: skip
    np.testing.assert_array_equal(atlas.balance[:, 1], found.balance)
    whole = atlas.dataset(range(RELEASES), height=1)
    tic = found.sums[..., 0].reshape(RELEASES, GRID.rings, GRID.sectors)
    kept = np.asarray(whole["tic"][..., 0])
    assert kept.sum() == pytest.approx(tic.sum(), rel=0.02)  # what is below a hundredth of its ring is not stored
    np.testing.assert_allclose(kept[kept > 0.0], tic[kept > 0.0], rtol=0.004)


def test_a_release_over_it_is_the_sum_of_its_hours(folder: Path) -> None:
    atlas = open_atlas(folder / "atlas.zarr")
    whole = dose_field(atlas, source(hours=3), start=1)
    assert whole.max() > 0.0
    np.testing.assert_array_equal(whole, dose_field(atlas, source(hours=3), start=1, packed=pack(atlas)))
    parts = []
    for hour in range(3):
        one = source(hours=3)
        one.tables[[h for h in range(3) if h != hour]] = 0.0
        parts.append(dose_field(atlas, one, start=1))
    np.testing.assert_allclose(np.sum(parts, axis=0), whole, rtol=1e-5, atol=1e-7 * float(whole.max()))


def test_blocks_and_workers_change_no_byte(folder: Path, tmp_path: Path) -> None:
    build(tmp_path / "two.zarr", plan(folder), scheduler=Processes(2))
    assert digests(tmp_path / "two.zarr") == digests(folder / "atlas.zarr")
    one = open_atlas(folder / "atlas.zarr")
    other = build(tmp_path / "other.zarr", plan(folder, block_hours=5))
    for hours in (range(RELEASES),):
        assert one.dataset(hours).equals(other.dataset(hours))
    np.testing.assert_array_equal(one.balance, other.balance)


def test_a_build_that_was_cut_short_ends_with_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "cut.zarr"

    def cut(done: int, total: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(path, plan(folder), told=cut)
    assert len(open_atlas(path, complete=False).missing()) == 4
    build(path, plan(folder))
    assert digests(path) == digests(folder / "atlas.zarr")


def test_the_flow_may_lie_beside_the_atlas_and_no_other_is_taken(folder: Path, tmp_path: Path) -> None:
    flow = turning_flow(hours=10)
    where = FlowAt(flow.digest, 20.2, 20.4, 47.5, 34.6, str(tmp_path / "nowhere"))
    air = changing_air(hours=12)
    lone = AtlasPlan("test", air, GRID, (10.0, 100.0), PuffSettings(), RELEASES, SETTINGS, where, 3)
    create(tmp_path / "a.zarr", lone)
    save_flow(tmp_path / "nowhere", turning_flow(hours=11))
    with pytest.raises(StoreError, match="neither beside it"):
        build(tmp_path / "a.zarr", lone)
    save_flow(tmp_path / f"flow-{flow.digest[:16]}", flow)
    found = build(tmp_path / "a.zarr", lone)
    assert found.digest == open_atlas(folder / "atlas.zarr").digest


def test_another_setting_or_flow_is_another_atlas(folder: Path) -> None:
    one = plan(folder)
    names = {one.digest, plan(folder, block_hours=4).digest}
    names.add(plan(folder, settings=ParticleSettings(particles=256, oldest=4 * 3600.0, seed=2)).digest)
    assert len(names) == 3
    with pytest.raises(OutOfRange, match="both a flow"):
        AtlasPlan("test", one.air, GRID, (10.0,), PuffSettings(), 3, SETTINGS)


def test_fields_that_were_changed_on_disk_are_refused_and_nothing_is_built_of_them(tmp_path: Path) -> None:
    own = plan(tmp_path)
    wind = np.load(tmp_path / "kept-flow" / "wind.npy")
    np.save(tmp_path / "kept-flow" / "wind.npy", np.float32(2.0) * wind)
    with pytest.raises(CorruptStore, match="not the fields that were kept"):
        build(tmp_path / "atlas.zarr", own)
    assert len(open_atlas(tmp_path / "atlas.zarr", complete=False).missing()) == 6
