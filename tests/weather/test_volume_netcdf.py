"""netCDF says the same of a volume however its axes, names, units and files lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("xarray")
pytest.importorskip("netCDF4")

import netCDF4
import xarray as xr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, WeatherRefused
from oberih.weather.fields import CLOUD, Fields
from oberih.weather.read.volume import members_of, volume_of
from oberih.weather.read.volume_names import to_si
from oberih.weather.volume import fields_of_volume
from tests.conftest import SHARED, needs_shared
from tests.weather import passing_low
from tests.weather.volumes import kept, write

NAMES = ("height", "east", "north", "up", "temperature", "mixing_height", "friction_velocity", "precipitation",
         "inverse_obukhov_length", "cloud_base", "convective_rate")  # fmt: skip
SPELLINGS = {
    "u": ("u", "ua", "u_component_of_wind", "UGRD"), "v": ("v", "va", "v_component_of_wind", "VGRD"),
    "t": ("t", "ta", "air_temperature", "TMP"), "z": ("z", "geopotential"), "sp": ("sp", "ps", "surface_pressure"),
    "t2m": ("t2m", "2t", "tas"), "blh": ("blh", "hpbl"), "tp": ("tp", "total_precipitation"),
}  # fmt: skip


def made(tmp_path: Path) -> xr.Dataset:
    path = tmp_path / "low.nc"
    if not path.exists():
        passing_low.write(path, hours=3, half=(1.0, 1.5))
    with xr.open_dataset(path) as dataset:
        return dataset.load()


def alike(one: Fields, other: Fields) -> None:
    assert (one.time == other.time).all()
    np.testing.assert_allclose(one.x, other.x, atol=1e-4)
    np.testing.assert_allclose(one.y, other.y, atol=1e-4)
    for name in NAMES:
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-4, atol=1e-4, err_msg=name)


@given(data=st.data())
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_order_spelling_and_units_of_axes_and_fields_change_nothing(tmp_path: Path, data: st.DataObject) -> None:
    plain = made(tmp_path)
    expected = fields_of_volume(volume_of([tmp_path / "low.nc"]))
    turned = plain
    for axis in ("level", "latitude", "longitude"):
        if data.draw(st.booleans(), label=f"{axis} reversed"):
            turned = turned.isel({axis: slice(None, None, -1)})
    if data.draw(st.booleans(), label="pascals"):
        turned = turned.assign_coords(level=("level", turned["level"].values * 100.0, {"units": "Pa"}))
    if data.draw(st.booleans(), label="celsius"):
        turned["t"] = (turned["t"] - 273.15).assign_attrs(units="degC")
    if data.draw(st.booleans(), label="knots"):
        turned["u"] = (turned["u"] * 3600.0 / 1852.0).assign_attrs(units="knots")
    if data.draw(st.booleans(), label="a height, not a potential"):
        turned = turned.assign(gh=(turned["z"] / 9.80665).assign_attrs(units="gpm")).drop_vars("z")
    for name, words in SPELLINGS.items():
        word = data.draw(st.sampled_from(words), label=name)
        if name in turned and word != name:
            turned = turned.rename({name: word})
    order = data.draw(st.permutations(["time", "level", "latitude", "longitude"]), label="axes")
    kept(turned.transpose(*order), tmp_path / "turned.nc")
    alike(fields_of_volume(volume_of([tmp_path / "turned.nc"])), expected)


@pytest.mark.parametrize(("unit", "value"), [("m", 0.002), ("mm", 2.0), ("mm h-1", 2.0), ("kg m-2 s-1", 2.0 / 3600.0)])
def test_steady_rain_is_the_same_in_any_unit(tmp_path: Path, unit: str, value: float) -> None:
    plain = made(tmp_path)
    plain["tp"] = (plain["tp"] * 0.0 + value).assign_attrs(units=unit)
    kept(plain, tmp_path / "a.nc")
    assert fields_of_volume(volume_of([tmp_path / "a.nc"])).precipitation * 3600.0 == pytest.approx(2.0, rel=1e-5)


@given(split=st.lists(st.sampled_from(["u", "v", "t", "z", "sp", "u10", "v10", "t2m", "blh", "tp"]), unique=True,
                      min_size=1, max_size=9), at=st.integers(1, 3))  # fmt: skip
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_volume_in_several_files_by_field_and_time_is_the_same(tmp_path: Path, split: list[str], at: int) -> None:
    plain = made(tmp_path)
    paths = []
    for i, part in enumerate((plain[split], plain.drop_vars(split))):
        for k, times in enumerate((slice(0, at), slice(at, None))):
            paths.append(tmp_path / f"{i}{k}.nc")
            kept(part.isel(time=times), paths[-1])
    whole = fields_of_volume(volume_of([tmp_path / "low.nc"]))
    alike(fields_of_volume(volume_of(paths[::-1])), whole)


@pytest.mark.parametrize("form", ["formula", "formula with p0", "full", "half", "sigma"])
def test_hybrid_levels_are_told_by_formula_terms_or_by_names(tmp_path: Path, form: str) -> None:
    half_a, half_b = np.array([20_000.0, 15_000.0, 5_000.0, 0.0]), np.array([0.0, 0.3, 0.8, 1.0])
    a, b = 0.5 * (half_a[1:] + half_a[:-1]), 0.5 * (half_b[1:] + half_b[:-1])
    if form == "sigma":
        a, b = np.zeros(3), np.array([0.3, 0.7, 0.95])
    with netCDF4.Dataset(tmp_path / "a.nc", "w") as file:
        for name, size in (("time", 2), ("lev", 3), ("ilev", 4), ("lat", 4), ("lon", 5)):
            file.createDimension(name, size)
        axes = {"time": ([0, 1], "hours since 2025-05-01"), "lat": (47 + np.arange(4), "degrees_north"),
                "lon": (34 + np.arange(5), "degrees_east"), "lev": (np.arange(1, 4), "1")}  # fmt: skip
        for name, (values, unit) in axes.items():
            file.createVariable(name, "f8", (name,))[:] = values
            file[name].units = unit
        _coefficients(file, form, a, b, half_a, half_b)
        for name, value, unit in (("u", 5.0, "m s-1"), ("v", 0.0, "m s-1"), ("t", 280.0, "K")):
            file.createVariable(name, "f4", ("time", "lev", "lat", "lon")).units = unit
            file[name][:] = value
        file.createVariable("ps", "f4", ("time", "lat", "lon")).units = "Pa"
        file["ps"][:] = 99_000.0
    raw = volume_of([tmp_path / "a.nc"])
    assert raw.hybrid is not None
    np.testing.assert_allclose(raw.hybrid[0], a[::-1])
    np.testing.assert_allclose(raw.hybrid[1], b[::-1])
    lowest = 287.05 * 280.0 / 9.80665 * np.log(99_000.0 / (a[-1] + b[-1] * 99_000.0))
    assert fields_of_volume(raw).height[0, 0, 0, 0] == pytest.approx(lowest, rel=1e-4)


def _coefficients(file: netCDF4.Dataset, form: str, a: np.ndarray, b: np.ndarray, half_a: np.ndarray,
                  half_b: np.ndarray) -> None:  # fmt: skip
    pairs = {"formula": ("akm", a, "bkm", b, "lev"), "formula with p0": ("akm", a / 1e5, "bkm", b, "lev"),
             "full": ("hyam", a, "hybm", b, "lev"), "half": ("hyai", half_a, "hybi", half_b, "ilev")}  # fmt: skip
    if form == "sigma":
        file["lev"].standard_name = "atmosphere_sigma_coordinate"
        file["lev"][:] = b
        return
    first, one, second, two, axis = pairs[form]
    for name, values in ((first, one), (second, two)):
        file.createVariable(name, "f8", (axis,))[:] = values
    if form == "formula":
        file["lev"].formula_terms = "ap: akm b: bkm ps: ps"
    elif form == "formula with p0":
        file["lev"].formula_terms = "a: akm b: bkm ps: ps p0: P0"
        file.createVariable("P0", "f8", ())[...] = 1e5


def test_levels_at_heights_above_ground_have_the_pressure_of_the_air_below_them(tmp_path: Path) -> None:
    plain = made(tmp_path).drop_vars(["z"])
    heights = 100.0 * 2.0 ** np.arange(plain.sizes["level"])
    turned = plain.assign_coords(level=("level", heights, {"units": "m", "long_name": "height above ground"}))
    kept(turned, tmp_path / "a.nc")
    fields = fields_of_volume(volume_of([tmp_path / "a.nc"]))
    assert fields.height[0, 1:, 0, 0] == pytest.approx(heights, rel=1e-5)
    assert any("hydrostatic" in said for said in fields.derived)


def test_the_start_and_steps_of_a_forecast_are_its_times_and_its_sums_run_from_the_start(tmp_path: Path) -> None:
    plain = made(tmp_path)
    steps = (plain["time"] - plain["time"][0]).values
    forecast = plain.rename(time="step").assign_coords(
        step=("step", steps), time=plain["time"].values[0], valid_time=("step", plain["time"].values)
    )
    forecast["tp"] = forecast["tp"].cumsum("step") - forecast["tp"].isel(step=0)
    forecast["tp"].attrs["units"] = "m"
    kept(forecast, tmp_path / "a.nc")
    raw = volume_of([tmp_path / "a.nc"])
    assert (raw.time == volume_of([tmp_path / "low.nc"]).time).all()
    assert any("since the start of the forecast" in note for note in raw.notes)
    hourly = plain["tp"].values[1:, :, :] * 1000.0 / 3600.0
    np.testing.assert_allclose(raw.surface["precipitation"][1], 0.5 * (hourly[0] + hourly[1]), rtol=1e-3, atol=1e-9)


def test_a_mean_of_the_step_before_is_placed_between_the_steps(tmp_path: Path) -> None:
    plain = made(tmp_path)
    rates = np.array([0.0, 1.0, 3.0, 0.0])[:, None, None] * np.ones_like(plain["tp"])
    attrs = {"units": "mm h-1", "cell_methods": "time: mean"}
    kept(plain.assign(tp=(("time", "latitude", "longitude"), rates, attrs)), tmp_path / "a.nc")
    raw = volume_of([tmp_path / "a.nc"])
    assert raw.surface["precipitation"][:, 0, 0] * 3600.0 == pytest.approx([0.5, 2.0, 1.5, 0.0], abs=1e-5)
    assert any("mean of the step before" in note for note in raw.notes)


def test_sums_between_the_bounds_of_times_are_rates_over_them(tmp_path: Path) -> None:
    plain = made(tmp_path).isel(time=slice(0, 4, 3))  # three hours apart
    stamps = plain["time"].values
    plain["tp"] = (plain["tp"] * 0.0 + 6.0).assign_attrs(units="mm", cell_methods="time: sum")
    plain["time_bnds"] = (("time", "nv"), np.stack([stamps - np.timedelta64(3, "h"), stamps], axis=1))
    plain["time"].attrs["bounds"] = "time_bnds"
    kept(plain, tmp_path / "a.nc")
    raw = volume_of([tmp_path / "a.nc"])
    assert raw.surface["precipitation"] * 3600.0 == pytest.approx(2.0, rel=1e-5)


def test_a_sum_that_never_falls_is_one_since_the_start_and_that_is_said(tmp_path: Path) -> None:
    with xr.open_dataset(write(tmp_path / "a.nc", times=6)) as opened:
        piled = opened.load()
    piled["tp"] = (piled["tp"] * np.arange(6)[:, None, None]).assign_attrs(units="m")
    kept(piled, tmp_path / "b.nc")
    raw = volume_of([tmp_path / "b.nc"])
    assert raw.surface["precipitation"] * 3600.0 == pytest.approx(1.0, rel=1e-4)
    assert any("never falls" in note for note in raw.notes)


def test_members_on_an_axis_are_listed_and_taken_one_at_a_time(tmp_path: Path) -> None:
    path = passing_low.write(tmp_path / "a.nc", hours=2, half=(1.0, 1.5), members=3)
    assert members_of([path]) == (0, 1, 2)
    winds = [volume_of([path], member=n).levels["north"] for n in (0, 1, 2)]
    assert not np.allclose(winds[0], winds[2])
    assert any("member 0 of 3" in note for note in volume_of([path]).notes)
    with pytest.raises(InputError, match="no such member"):
        volume_of([path], member=9)
    assert members_of([write(tmp_path / "b.nc")]) == ()


def test_a_ground_of_a_wider_area_is_cut_to_the_levels(tmp_path: Path) -> None:
    plain = made(tmp_path)
    ground = plain[["sp", "u10", "v10", "t2m", "blh", "tp"]]
    kept(plain.drop_vars(list(ground)).isel(latitude=slice(1, 4), longitude=slice(2, 6)), tmp_path / "levels.nc")
    kept(ground, tmp_path / "ground.nc")
    fields = fields_of_volume(volume_of([tmp_path / "levels.nc", tmp_path / "ground.nc"]))
    assert fields.east.shape[2:] == (3, 4)
    assert fields.x[0] == pytest.approx(float(plain["longitude"][2]))


def test_a_global_grid_is_opened_away_from_the_place(tmp_path: Path) -> None:
    lon = np.arange(0.0, 360.0, 30.0)
    with xr.open_dataset(write(tmp_path / "a.nc", times=1)) as opened:
        small = opened.load().isel(latitude=slice(0, 7))
    columns = [small.isel(longitude=[0]).assign_coords(longitude=[v]) for v in lon]
    globe = xr.concat(columns, "longitude").assign_coords(latitude=np.linspace(90.0, -90.0, 7))
    kept(globe, tmp_path / "b.nc")
    assert volume_of([tmp_path / "b.nc"]).x[0] == pytest.approx(-180.0)
    near = volume_of([tmp_path / "b.nc"], area=(-35.0, 0.0, 40.0, 60.0))
    assert near.x == pytest.approx(np.arange(-60.0, 61.0, 30.0)) and near.y[-1] == pytest.approx(60.0)
    turned = volume_of([tmp_path / "b.nc"], area=(150.0, 0.0, -150.0, 60.0))
    assert turned.x % 360.0 == pytest.approx([150.0, 180.0, 210.0])
    assert 90.0 not in volume_of([tmp_path / "b.nc"]).y  # a row at a pole has no width


def test_levels_that_end_near_the_ground_are_refused(tmp_path: Path) -> None:
    kept(made(tmp_path).isel(level=slice(-2, None)), tmp_path / "a.nc")
    with pytest.raises(WeatherRefused, match=r"reaches \d+ m above ground"):
        fields_of_volume(volume_of([tmp_path / "a.nc"]))


def test_a_wind_along_a_slope_does_not_rise_from_it_at_any_height(tmp_path: Path) -> None:
    """Air that climbs with the terrain keeps its height above ground; level air over a slope sinks towards it."""
    plain = made(tmp_path)
    slope = 1e-3
    metres = 6_371_008.8 * np.radians(plain["longitude"] - plain["longitude"][0]) * np.cos(np.radians(47.5))
    ground = slope * metres * xr.ones_like(plain["sp"])
    plain["orog"] = ground.transpose(*plain["sp"].dims).assign_attrs(units="m")
    plain["u"], plain["v"] = (plain[n] * 0.0 + v for n, v in (("u", 10.0), ("v", 0.0)))
    plain["z"] = (plain["z"] + 9.80665 * ground).transpose(*plain["u"].dims)
    plain["w"] = (plain["u"] * 0.0).assign_attrs(units="m s-1")
    for name, unit in (("u", "m s-1"), ("v", "m s-1"), ("z", "m2 s-2")):
        plain[name].attrs["units"] = unit
    kept(plain, tmp_path / "a.nc")
    middle = plain.sizes["latitude"] // 2
    level = fields_of_volume(volume_of([tmp_path / "a.nc"])).up[:, 1:, middle, 1:-1]
    assert level == pytest.approx(-10.0 * slope, rel=2e-3)
    kept(plain.assign(w=(plain["w"] + 10.0 * slope).assign_attrs(units="m s-1")), tmp_path / "b.nc")
    climbing = fields_of_volume(volume_of([tmp_path / "b.nc"])).up[:, 1:, middle, 1:-1]
    assert climbing == pytest.approx(0.0, abs=1e-4)


def test_an_uneven_grid_is_refused(tmp_path: Path) -> None:
    plain = made(tmp_path)
    uneven = plain.assign_coords(latitude=plain["latitude"].values + 0.05 * np.arange(plain.sizes["latitude"]) ** 2)
    kept(uneven, tmp_path / "a.nc")
    with pytest.raises(InputError, match="not equal"):
        volume_of([tmp_path / "a.nc"])


def test_a_rising_wind_in_metres_a_second_is_not_taken_for_pascals(tmp_path: Path) -> None:
    plain = made(tmp_path)
    for unit, value in (("Pa s-1", -1.2), ("m s-1", 0.1), ("meters/second", 0.1)):
        kept(plain.assign(w=(plain["u"] * 0.0 + value).assign_attrs(units=unit)), tmp_path / "a.nc")
        fields = fields_of_volume(volume_of([tmp_path / "a.nc"]))
        assert fields.up[:, 1].mean() == pytest.approx(0.1, abs=0.01)
    kept(plain.assign(w=(plain["u"] * 0.0).assign_attrs(units="furlong")), tmp_path / "b.nc")
    raw = volume_of([tmp_path / "b.nc"])
    assert "omega" not in raw.levels and any("furlong" in note for note in raw.notes)


@pytest.mark.parametrize(("meaning", "unit", "factor"), [
    ("east", "m s-1", 1.0), ("east", "m s**-1", 1.0), ("east", "m/s", 1.0), ("east", "meter second-1", 1.0),
    ("east", "m.s-1", 1.0), ("east", "metres per second", 1.0), ("east", "knots", 1852.0 / 3600.0),
    ("geopotential", "m^2/s^2", 1.0), ("geopotential", "J kg-1", 1.0), ("geopotential", "gpm", 9.80665),
    ("humidity", "kg kg**-1", 1.0), ("humidity", "g/kg", 1e-3), ("pressure", "hPa", 100.0), ("pressure", "Pascal", 1.0),
    ("temperature", "degrees Celsius", 1.0), ("temperature", "Kelvin", 1.0), ("temperature", "deg_C", 1.0),
    ("precipitation", "mm hr-1", 1 / 3600.0), ("precipitation", "mm day-1", 1 / 86400.0),
    ("precipitation", "kg m**-2 s**-1", 1.0), ("precipitation", "m of water equivalent", 1000.0),
    ("heat_flux_down", "W m**-2", 1.0), ("heat_flux_down", "J m**-2", 1.0), ("stress_east", "N m**-2 s", 1.0),
    ("relative_humidity", "%", 0.01), ("mixing_height", "km", 1000.0), ("omega", "Pa s**-1", 1.0),
])  # fmt: skip
def test_spellings_of_units_are_understood(meaning: str, unit: str, factor: float) -> None:
    known = to_si(meaning, unit)
    assert known is not None and known[0] == pytest.approx(factor)
    assert (known[1] != 0.0) == ("C" in unit)


def test_a_unit_that_is_not_known_is_refused_or_set_aside(tmp_path: Path) -> None:
    plain = made(tmp_path)
    plain["blh"].attrs["units"] = "furlong"
    kept(plain, tmp_path / "a.nc")
    assert any("furlong" in note for note in volume_of([tmp_path / "a.nc"]).notes)
    plain["u"].attrs["units"] = "furlong/fortnight"
    kept(plain, tmp_path / "b.nc")
    with pytest.raises(InputError, match="furlong/fortnight"):
        volume_of([tmp_path / "b.nc"])


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [("t", 15.0, "temperature: 15"), ("sp", 1013.25, "surface_pressure"), ("u", 900.0, "east: 900")],
)
def test_values_that_no_air_has_are_refused_and_the_unit_is_asked(
    tmp_path: Path, name: str, values: float, said: str
) -> None:
    plain = made(tmp_path)
    plain[name] = (plain[name] * 0.0 + values).assign_attrs()
    kept(plain, tmp_path / "a.nc")
    with pytest.raises(WeatherRefused, match=said) as caught:
        fields_of_volume(volume_of([tmp_path / "a.nc"]))
    assert "is its unit right" in str(caught.value)


def test_a_time_that_two_files_give_with_other_values_is_refused(tmp_path: Path) -> None:
    plain = made(tmp_path)
    kept(plain.isel(time=slice(0, 3)), tmp_path / "1.nc")
    other = plain.isel(time=slice(2, 4))
    other["u"] = other["u"] + 1.0
    other["u"].attrs["units"] = "m s-1"
    kept(other, tmp_path / "2.nc")
    with pytest.raises(InputError, match="a time that another file has"):
        volume_of([tmp_path / "1.nc", tmp_path / "2.nc"])


def test_the_wind_at_ten_metres_is_the_lowest_level(tmp_path: Path) -> None:
    fields = fields_of_volume(volume_of([write(tmp_path / "a.nc")]))
    assert (fields.height[:, 0] == 10.0).all() and (fields.east[:, 0] == 4.0).all()
    assert (np.diff(fields.height, axis=1) > 0.0).all()
    assert (fields.up[:, 0] == 0.0).all()


def test_levels_under_the_ground_hold_the_wind_of_the_ground(tmp_path: Path) -> None:
    with xr.open_dataset(write(tmp_path / "a.nc")) as opened:
        high = opened.load()
    high["sp"][:] = 90_000.0
    kept(high, tmp_path / "b.nc")
    fields = fields_of_volume(volume_of([tmp_path / "b.nc"]))
    under = fields.height < 12.0
    assert under.sum(axis=1).min() >= 4 and (fields.east[under] == 4.0).all()
    assert (np.diff(fields.height, axis=1) > 0.0).all()


@given(cut=st.floats(0.0, 0.999), changed=st.lists(st.tuples(st.floats(0.0, 0.999), st.integers(0, 255)), max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_damage_is_read_or_refused_in_one_line(
    tmp_path: Path, cut: float, changed: list[tuple[float, int]]
) -> None:
    plain = tmp_path / "low.nc"
    made(tmp_path)
    whole = bytearray(plain.read_bytes())
    for place, value in changed:
        whole[int(place * len(whole))] = value
    path = tmp_path / "damaged.nc"
    path.write_bytes(bytes(whole[: len(whole) - int(cut * len(whole))] if cut > 0.5 else whole))
    try:
        fields_of_volume(volume_of([path]))
    except InputError as refused:
        assert "\n" not in str(refused)


COLUMNS = ("ecmwf_mace-head_20190517.nc", "ecmwf_munich_20211120.nc")


@needs_shared
@pytest.mark.parametrize("name", COLUMNS)
def test_a_single_column_is_a_volume_of_equal_columns(name: str) -> None:
    path = SHARED / "data" / "nwp_column_cloudnet" / name
    fields = fields_of_volume(volume_of([path]))
    assert fields.east.shape[2:] == (3, 3) and len(fields.time) == 25
    assert np.ptp(fields.east, axis=(2, 3)).max() == 0.0
    assert any("single column" in said for said in fields.derived)
    with xr.open_dataset(path, decode_timedelta=False) as given_file:
        flux = float((given_file["flx_ls_rain"] + given_file["flx_conv_rain"])[:, 0].mean())
        depth = given_file["sfc_bl_height"].values
    assert fields.precipitation.mean() == pytest.approx(flux, rel=0.1)
    np.testing.assert_allclose(fields.mixing_height[:, 0, 0], np.maximum(depth, 50.0), rtol=1e-5)


@needs_shared
def test_a_small_area_of_levels_takes_its_ground_from_another_file(tmp_path: Path) -> None:
    """One morning of the levels over Portugal, with a ground made at the height of their 1000 hPa."""
    path = SHARED / "data" / "nwp_era5_pl_small_areas" / "euroc_2022_all_windows.nc"
    with xr.open_dataset(path) as opened:
        day = opened.isel(valid_time=slice(0, 8)).load()
    with pytest.raises(WeatherRefused, match="the ground"):
        fields_of_volume(volume_of([path]))
    kept(day, tmp_path / "levels.nc")
    flat = day["z"].isel(pressure_level=0, drop=True)
    ground = xr.Dataset({"z": (flat * 0.0).assign_attrs(units="m**2 s**-2"),
                         "sp": (100_000.0 * np.exp(flat / (287.05 * 288.0))).assign_attrs(units="Pa")})  # fmt: skip
    kept(ground, tmp_path / "ground.nc")
    fields = fields_of_volume(volume_of([tmp_path / "ground.nc", tmp_path / "levels.nc"]))
    assert len(fields.time) == 8 and fields.step == 3600.0
    assert fields.height[:, 0].min() > 50.0 and np.abs(fields.east).max() < 80.0
    assert (fields.cloud_base == CLOUD[0]).all() and (fields.convective_rate == 0.0).all()
    assert any("no humidity" in said for said in fields.derived)


@pytest.mark.parametrize("factor", [100.0, 1e300])
def test_levels_of_more_pressure_than_there_is_are_refused(tmp_path: Path, factor: float) -> None:
    """Pascals called hectopascals, mostly."""
    dataset = made(tmp_path)
    units = dict(dataset["level"].attrs)
    wrong = dataset.assign_coords(level=dataset["level"].values * factor)
    wrong["level"].attrs.update(units)
    kept(wrong, tmp_path / "wrong.nc")
    with pytest.raises(InputError, match="is not a pressure"):
        volume_of([tmp_path / "wrong.nc"])


def test_a_ground_that_no_memory_holds_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "ground.nc"
    with netCDF4.Dataset(path, "w") as file:
        for name, at in (
            ("latitude", np.linspace(-80.0, 80.0, 300_000)),
            ("longitude", np.linspace(0.0, 300.0, 300_000)),
        ):
            file.createDimension(name, at.size)
            file.createVariable(name, "f8", (name,))[:] = at
        file.createDimension("time", 1)
        time = file.createVariable("time", "f8", ("time",))
        time.units = "hours since 2026-01-01"
        time[:] = 0.0
        file.createVariable("sp", "f4", ("time", "latitude", "longitude"), zlib=True).units = "Pa"
    with pytest.raises(InputError, match="too large to be read whole"):
        volume_of([path])


def test_what_a_file_says_is_quoted_so_that_no_terminal_obeys_it(tmp_path: Path) -> None:
    dataset = made(tmp_path)
    strange = dataset["t"] * 0.0
    strange.attrs["units"] = "\x1b]0;obey\x07" + "a" * 10_000
    kept(dataset.assign(q=strange), tmp_path / "strange.nc")
    (note,) = {n for n in volume_of([tmp_path / "strange.nc"]).notes if "obey" in n}
    assert note.isprintable() and len(note) <= 300
