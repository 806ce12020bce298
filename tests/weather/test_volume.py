"""What files say of a volume is understood, derived or refused with everything that is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("xarray")
pytest.importorskip("netCDF4")

import xarray as xr

from oberih.errors import InputError, WeatherRefused
from oberih.weather.kernels import column
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import cut, fields_of_volume
from tests.conftest import SHARED, needs_shared
from tests.weather.volumes import kept, still_column, write


def test_levels_rise_and_the_grid_runs_east_and_north(tmp_path: Path) -> None:
    raw = volume_of([write(tmp_path / "a.nc")])
    assert raw.pressure is not None and (np.diff(raw.pressure) < 0).all()
    assert (np.diff(raw.x) > 0).all() and (np.diff(raw.y) > 0).all()
    assert raw.levels["east"][0, -1, 0, 0] == pytest.approx(15.0)


@pytest.mark.parametrize("unit", ["hPa", "Pa", "millibars"])
def test_pressure_levels_are_pascals_whatever_their_unit(tmp_path: Path, unit: str) -> None:
    path = write(tmp_path / "a.nc", level_unit="hPa" if unit != "Pa" else "Pa")
    if unit == "millibars":
        with xr.open_dataset(path) as made:
            made.load()["level"].attrs["units"] = unit
            kept(made, tmp_path / "b.nc")
        path = tmp_path / "b.nc"
    raw = volume_of([path])
    assert raw.pressure is not None and raw.pressure[0] == pytest.approx(1e5)


def test_longitudes_through_zero_make_one_grid_without_a_jump(tmp_path: Path) -> None:
    raw = volume_of([write(tmp_path / "a.nc", turn=True)])
    assert np.allclose(np.diff(raw.x), 0.25) and raw.x[0] == pytest.approx(-1.0)


def test_heights_of_a_still_air_are_those_of_the_hypsometric_equation(tmp_path: Path) -> None:
    fields = fields_of_volume(volume_of([write(tmp_path / "a.nc")]))
    expected = still_column(np.array([3e4])) / 9.80665
    assert fields.height[0, -1, 0, 0] == pytest.approx(float(expected[0]), rel=1e-6)
    assert any("hypsometric" in said for said in fields.derived)


def test_rain_is_a_rate_and_unknown_rain_is_not_dry(tmp_path: Path) -> None:
    raining = fields_of_volume(volume_of([write(tmp_path / "a.nc")]))
    assert raining.precipitation.mean() == pytest.approx(1.0 / 3600.0, rel=1e-5)  # 1 mm an hour
    with xr.open_dataset(tmp_path / "a.nc") as made:
        kept(made.load().drop_vars("tp"), tmp_path / "b.nc")
    unknown = fields_of_volume(volume_of([tmp_path / "b.nc"]))
    assert np.isnan(unknown.precipitation).all()
    assert any("unknown" in said for said in unknown.derived)


def test_without_the_ground_it_is_refused_and_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(WeatherRefused, match="the ground"):
        fields_of_volume(volume_of([write(tmp_path / "a.nc", ground=False)]))


def test_everything_missing_is_listed_at_once(tmp_path: Path) -> None:
    with xr.open_dataset(write(tmp_path / "a.nc", ground=False)) as made:
        kept(made.load().drop_vars(["t", "v"]), tmp_path / "b.nc")
    with pytest.raises(WeatherRefused, match=r"north; temperature; the ground"):
        fields_of_volume(volume_of([tmp_path / "b.nc"]))


def test_a_gap_in_time_is_refused(tmp_path: Path) -> None:
    with xr.open_dataset(write(tmp_path / "a.nc", times=6)) as made:
        kept(made.load().isel(time=[0, 1, 2, 5]), tmp_path / "b.nc")
    with pytest.raises(WeatherRefused, match="equal steps"):
        fields_of_volume(volume_of([tmp_path / "b.nc"]))


def test_files_that_continue_each_other_make_one_series(tmp_path: Path) -> None:
    with xr.open_dataset(write(tmp_path / "a.nc", times=6)) as made:
        kept(made.load().isel(time=slice(0, 3)), tmp_path / "1.nc")
        kept(made.isel(time=slice(3, 6)), tmp_path / "2.nc")
    one = fields_of_volume(volume_of([tmp_path / "a.nc"]))
    two = fields_of_volume(volume_of([tmp_path / "2.nc", tmp_path / "1.nc"]))
    assert (one.time == two.time).all() and (one.east == two.east).all()


def test_files_of_different_grids_are_not_mixed(tmp_path: Path) -> None:
    with xr.open_dataset(write(tmp_path / "a.nc")) as made:
        kept(made.load().isel(longitude=slice(0, 9, 2)), tmp_path / "b.nc")
    with pytest.raises(InputError, match="another grid"):
        volume_of([tmp_path / "a.nc", tmp_path / "b.nc"])


def test_hours_beyond_the_files_are_refused(tmp_path: Path) -> None:
    raw = volume_of([write(tmp_path / "a.nc")])
    with pytest.raises(WeatherRefused, match="does not cover"):
        cut(raw, start=int(raw.time[0]), end=int(raw.time[-1]) + 1)


@pytest.mark.parametrize("keep", [0.0, 0.01, 0.1, 0.5, 0.95])
def test_a_damaged_file_is_refused_in_one_line(tmp_path: Path, keep: float) -> None:
    data = write(tmp_path / "a.nc").read_bytes()
    (tmp_path / "b.nc").write_bytes(data[: int(keep * len(data))])
    with pytest.raises(InputError) as caught:
        fields_of_volume(volume_of([tmp_path / "b.nc"]))
    assert "\n" not in str(caught.value)


def test_air_that_flows_together_rises() -> None:
    height = np.broadcast_to(np.array([10.0, 100.0, 500.0, 1000.0])[None, :, None, None], (1, 4, 5, 5))
    x = np.arange(5.0) * 1000.0
    east = np.broadcast_to(-1e-4 * x, (1, 4, 5, 5))
    rise = column.rise_from_continuity(east, np.zeros_like(east), height, dx=np.full(5, 1000.0), dy=1000.0)
    thinner = column.DENSITY_LAPSE
    expected = 1e-4 * (np.exp(thinner * 1000.0) - 1.0) / thinner  # mass is kept, and the air is thinner above
    assert rise[0, -1, 2, 2] == pytest.approx(expected, rel=2e-3)


def test_a_wind_that_follows_the_terrain_does_not_rise_from_it_though_levels_cut_through() -> None:
    """Levels slope against the ground; the wind at constant height above it is the same everywhere."""
    x = np.arange(7.0) * 1000.0
    level = np.array([10.0, 200.0, 600.0, 1500.0, 3000.0])[None, :, None, None]
    height = np.broadcast_to(level * (1.0 + 2e-5 * x), (1, 5, 7, 7))
    east = 5.0 + 2e-3 * height  # a function of height alone
    rise = column.rise_from_continuity(east, np.zeros_like(east), height, dx=np.full(7, 1000.0), dy=1000.0)
    along = np.gradient(east, axis=-1) / 1000.0  # what looks like divergence along the levels
    assert np.abs(rise).max() < 0.05 * np.abs(along * 3000.0).max()


@needs_shared
def test_continuity_gives_the_rising_wind_of_the_model_itself() -> None:
    folder = SHARED / "data" / "nwp_era5_utm32_2025"
    fields = fields_of_volume(volume_of(sorted(folder.glob("*.nc"))))
    dx, dy = fields.metres_a_cell()
    rise = column.rise_from_continuity(fields.east, fields.north, fields.height, dx=dx, dy=dy)
    inner = (..., slice(2, -2), slice(2, -2))
    for low, high in ((500.0, 1500.0), (1500.0, 4000.0), (4000.0, 9000.0)):
        inside = (fields.height[inner] > low) & (fields.height[inner] < high)
        assert np.corrcoef(fields.up[inner][inside], rise[inner][inside])[0, 1] > 0.8


def test_a_column_stable_from_the_ground_is_stirred_less_than_a_mixed_one() -> None:
    height = np.broadcast_to(np.linspace(10.0, 3000.0, 40)[None, :, None, None], (1, 40, 1, 1))
    wind, still = np.full_like(height, 5.0), np.zeros_like(height)
    mixed = np.where(height < 1200.0, 300.0, 300.0 + 0.006 * (height - 1200.0))
    stable = 290.0 + 0.01 * height
    friction = np.full((1, 1, 1), 0.3)
    deep, shallow = (column.stirred_depth(height, t, wind, still, friction)[0, 0, 0] for t in (mixed, stable))
    assert 1150.0 < deep < 1500.0 and shallow < 400.0


@needs_shared
def test_real_fields_of_a_turned_grid_are_cut_to_where_they_are_whole() -> None:
    folder = SHARED / "data" / "nwp_era5_utm32_2025"
    fields = fields_of_volume(volume_of(sorted(folder.glob("*.nc"))))
    assert fields.crs and not fields.geographic
    assert np.isfinite(fields.east).all() and len(fields.time) == 3
    assert any("cut" in said for said in fields.derived)
    assert 0.0 < fields.friction_velocity.max() < 2.0 and np.abs(fields.up).max() < 2.0


@needs_shared
def test_a_month_of_levels_and_its_ground_are_read_from_two_files() -> None:
    folder = SHARED / "data" / "nwp_era5_davos_202001"
    raw = volume_of([folder / "SURF_202001.nc", folder / "PLEV_202001.nc"])
    cut(raw, start=int(raw.time[10]), end=int(raw.time[30]))
    fields = fields_of_volume(raw)
    assert len(fields.time) == 21 and any("bulk Richardson" in said for said in fields.derived)


@needs_shared
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nwp_era5_pl_small_areas/bella_lui_weather_data_ERA5.nc", "equal steps"),
        ("nwp_era5_pl_small_areas/hedy_euroc_2025_weather_data.nc", "the ground"),
        ("nwp_era5_davos_202001/finse_SURF_201810.nc", "wind on levels"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(name: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        fields_of_volume(volume_of([SHARED / "data" / name]))
