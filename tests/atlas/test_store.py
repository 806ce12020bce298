"""An atlas says what it is, opens anywhere, and holds what the engine gave."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from oberih.atlas.build import build, compute_block
from oberih.atlas.layout import BLOCK_HOURS, COLUMNS, rounded
from oberih.atlas.packed import pack
from oberih.atlas.store import FATES, Atlas, create, open_atlas, verify
from oberih.case.reach.atlas_store import info, list_atlases
from oberih.constants import FORMS
from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import disperse
from oberih.errors import InputError, OutOfRange, StoreError
from tests.atlas.small import GRID, HEIGHTS, RELEASES, plan


def test_plain_xarray_opens_it_and_finds_every_thing_labelled(atlas: Atlas) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = xr.open_zarr(atlas.path, consolidated=False)
    assert {"cell", "offset", "balance", "air", *COLUMNS} == set(data.data_vars)
    for name in COLUMNS:
        assert data[name].dims == ("block", "height", "entry")
        assert data[name].attrs["units"] and data[name].attrs["long_name"]
    assert data.sizes["time"] == RELEASES
    np.testing.assert_array_equal(data.time.values.astype("datetime64[s]").astype(int), atlas.times)
    np.testing.assert_allclose(data.ring, GRID.radii)
    np.testing.assert_allclose(data.sector, np.degrees(GRID.azimuths))
    np.testing.assert_array_equal(data.height, HEIGHTS)
    assert data.attrs["forms"] == list(FORMS)
    assert data.attrs["digest"] == plan().digest
    assert data.attrs["facts"] == plan().facts()
    assert data.balance.attrs["fates"] == list(FATES)


def test_the_columns_mean_what_their_formula_says(atlas: Atlas) -> None:
    raw = xr.open_zarr(atlas.path, consolidated=False)
    hour, height = 205, 1
    block, k = divmod(hour, BLOCK_HOURS)
    begin, end = raw.offset.values[block, height, k : k + 2]
    own = raw.isel(block=block, height=height, entry=slice(begin, end)).load()
    data = atlas.dataset(range(hour, hour + 1), height=height).isel(time=0)
    ring, sector = np.divmod(own.cell.values.astype(int), GRID.sectors)
    aerosol = data.sel(form="aerosol")
    tic = own.tic.values.astype(float) * own.depletion_aerosol.values
    np.testing.assert_allclose(aerosol.tic.values[ring, sector], tic, rtol=1e-6)
    np.testing.assert_allclose(aerosol.dry.values[ring, sector], tic * own.velocity_aerosol.values, rtol=1e-6)
    assert (data.tic > 0).any("form").sum() <= len(tic)


def test_the_dataset_is_what_the_engine_gave_as_far_as_it_is_kept(atlas: Atlas) -> None:
    p, hour = plan(), 30
    for index, height in enumerate(HEIGHTS):
        exact = disperse(p.air, p.grid, hour=hour, height=height, settings=p.settings)
        kept = atlas.dataset(range(hour, hour + 1), height=index).isel(time=0)
        there = (kept.gamma.values > 0.0).ravel()
        assert 0.02 < there.mean() < 0.6
        for f, form in enumerate(FORMS):
            own = kept.sel(form=form)
            for name, factors in (("tic", 2), ("dry", 3), ("wet", 2)):
                found, true = getattr(own, name).values.ravel()[there], getattr(exact, name)[f][there]
                np.testing.assert_allclose(found, true, rtol=factors * 0.004, atol=1e-30)
        np.testing.assert_allclose(kept.gamma.values.ravel()[there], exact.gamma[there], rtol=0.004)
        np.testing.assert_allclose(kept.age.values.ravel()[there], exact.age[there], rtol=0.004)


def test_what_lies_in_the_cells_is_what_the_balance_says(atlas: Atlas) -> None:
    hours = range(160, 176)  # over the edge of a block
    for height in range(len(HEIGHTS)):
        data = atlas.dataset(hours, height=height)
        for name, fate in (("dry", puff.DRY_IN), ("wet", puff.WET_IN)):
            laid = (data[name] * GRID.areas[:, None, None]).sum(("ring", "sector")).values
            accounted = atlas.balance[hours.start : hours.stop, height, :, fate]
            np.testing.assert_allclose(laid.sum(axis=0), accounted.sum(axis=0), rtol=5e-3, atol=1e-6)
            np.testing.assert_allclose(laid, accounted, rtol=2e-2, atol=1e-6)


def test_every_becquerel_is_accounted_for(atlas: Atlas) -> None:
    balance = atlas.balance
    assert balance.shape == (RELEASES, len(HEIGHTS), len(FORMS), puff.BALANCE)
    np.testing.assert_allclose(balance[..., puff.RELEASED], 1.0, atol=1e-9)
    np.testing.assert_allclose(balance[..., 1:].sum(axis=-1), 1.0, rtol=0.0, atol=1e-6)


def test_the_dataset_can_be_saved_as_netcdf(atlas: Atlas, tmp_path: Path) -> None:
    atlas.dataset(range(2)).to_netcdf(tmp_path / "two.nc")
    with xr.open_dataset(tmp_path / "two.nc") as again:
        assert again.attrs["digest"] == atlas.digest
        np.testing.assert_array_equal(again.tic.values, atlas.dataset(range(2)).tic.values)


@pytest.mark.parametrize(("hours", "height"), [(range(RELEASES, RELEASES + 1), 0), (range(0, 1), 2), (range(-1, 1), 0)])
def test_hours_and_heights_that_are_not_there_are_refused(atlas: Atlas, hours: range, height: int) -> None:
    with pytest.raises(OutOfRange, match="400 release hours"):
        atlas.dataset(hours, height=height)


def test_stored_numbers_are_rounded_evenly() -> None:
    values = np.exp(np.random.default_rng(3).uniform(-60.0, 3.0, 200_000))
    error = rounded(values) / values - 1.0
    assert np.abs(error).max() <= 2.0**-8 * 1.001
    assert abs(error.mean()) < 2e-5
    np.testing.assert_array_equal(rounded(rounded(values)), rounded(values))


def test_entries_packed_are_those_on_disk(atlas: Atlas) -> None:
    packed = pack(atlas)
    assert packed.offsets[-1, -1] == atlas.offsets[:, :, -1].sum() == len(packed.cells)
    assert np.all(np.diff(packed.offsets, axis=1) >= 0)
    for height in range(2):
        for hour in (0, 167, 168, RELEASES - 1):
            begin, end = packed.offsets[height, hour : hour + 2]
            cells = packed.cells[begin:end].astype(int)
            assert np.all(np.diff(cells) > 0)
            assert len(cells) > 0
    assert np.isfinite(packed.terms).all()
    assert packed.terms.min() >= 0.0


def test_another_plan_in_the_same_folder_is_refused(atlas: Atlas) -> None:
    with pytest.raises(InputError, match="another atlas stands there"):
        create(atlas.path, plan(seed=12))
    assert verify(atlas) == []


def test_what_is_no_atlas_is_refused_and_left_alone(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no atlas there"):
        open_atlas(tmp_path / "nowhere.zarr")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear")
    (tmp_path / "file").write_text("a file")
    for name in ("letters", "file"):
        with pytest.raises(InputError, match="something else stands there"):
            build(tmp_path / name, plan(releases=2))
        with pytest.raises(InputError, match="no atlas there"):
            open_atlas(tmp_path / name)
    assert (tmp_path / "letters" / "dear.txt").read_text() == "dear"
    assert sorted(f.name for f in tmp_path.iterdir()) == ["file", "letters"]


def test_another_format_is_refused(tmp_path: Path) -> None:
    xr.Dataset({"tic": ("x", np.ones(3))}).to_zarr(tmp_path / "other.zarr", zarr_format=3, consolidated=False)
    with pytest.raises(InputError, match="not an atlas of format"):
        open_atlas(tmp_path / "other.zarr")


def test_an_atlas_half_built_says_so_and_is_not_taken_for_whole(tmp_path: Path) -> None:
    path = tmp_path / "atlas" / "half.zarr"
    half = create(path, plan())
    compute_block(str(path), 1, 0)
    assert half.missing() == [(0, 0), (0, 1), (1, 1), (2, 0), (2, 1)]
    with pytest.raises(StoreError, match="5 blocks are not built yet"):
        open_atlas(path)
    assert dict(info(path).facts)["state"].startswith("5 blocks missing")
    assert "5 blocks missing" in str(list_atlases(tmp_path).rows[0])
    assert [f for f in verify(half) if "not built" not in f] == []
    assert len(verify(half)) == 5


def test_a_folder_laid_out_anew_is_not_mistaken_for_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "again.zarr"
    build(path, plan(releases=3))
    path.rename(tmp_path / "first.zarr")
    build(path, plan(releases=3, seed=99))
    apart = build(tmp_path / "apart.zarr", plan(releases=3, seed=99))
    np.testing.assert_array_equal(open_atlas(path).balance, apart.balance)
