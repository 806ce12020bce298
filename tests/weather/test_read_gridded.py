"""Does a gridded file give the series of the right point, with sums turned into rates?"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, WeatherRefused
from oberih.weather.quality import check_weather
from oberih.weather.read import read_weather
from oberih.weather.read.accumulation import piles_up, rate_from_sum
from oberih.weather.read.document import Document, read_document
from oberih.weather.read.grib_framing import messages
from oberih.weather.read.gridded_point import read_gridded_point
from tests.conftest import SHARED, needs_shared
from tests.weather.corruption import damage, read_or_refused

xr = pytest.importorskip("xarray")
eccodes = pytest.importorskip("eccodes")

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HOURS = 48
LATS, LONS = np.array([48.0, 47.75, 47.5]), np.array([34.25, 34.5, 34.75])
SUN = np.maximum(0.0, 700 * np.sin(2 * np.pi * (np.arange(HOURS) - 6) / 24))


def field(east: float) -> np.ndarray:
    """Values that tell their grid point: ``east`` + 10 × row + column at every time."""
    rows, columns = np.mgrid[0:3, 0:3]
    return np.broadcast_to(east + 10.0 * rows + columns, (HOURS, 3, 3)).copy()


def dataset(time: str = "valid_time", lons: np.ndarray = LONS, **changes: Any) -> Any:
    axes = (time, "latitude", "longitude")

    def flat(values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values[:, None, None], (HOURS, 3, 3)).copy()

    content: dict[str, Any] = {
        "u10": (axes, field(0.0), {"units": "m s**-1"}),
        "v10": (axes, field(1.0), {"units": "m s**-1"}),
        "t2m": (axes, flat(np.full(HOURS, 283.0)), {"units": "K"}),
        "ssrd": (axes, flat(SUN * 3600), {"units": "J m**-2"}),
        "tp": (axes, flat(np.full(HOURS, 0.0018)), {"units": "m"}),
        "tcc": (axes, flat(np.full(HOURS, 0.4)), {"units": "(0 - 1)"}),
        "ishf": (axes, flat(np.full(HOURS, -50.0)), {"units": "W m**-2"}),
        "blh": (axes, flat(np.full(HOURS, 800.0)), {"units": "m"}),
        "zust": (axes, flat(np.full(HOURS, 0.3)), {"units": "m s**-1"}),
        "sp": (axes, flat(np.full(HOURS, 1e5)), {"units": "Pa"}),
    }
    content.update(changes)
    stamps = np.datetime64("2020-06-01T00", "ns") + np.arange(HOURS) * np.timedelta64(1, "h")
    kept = {name: value for name, value in content.items() if value is not None}
    return xr.Dataset(kept, coords={time: stamps, "latitude": LATS, "longitude": lons})


def read(tmp_path: Path, content: Any, **asked: Any) -> Any:
    path = tmp_path / "era5.nc"
    path.unlink(missing_ok=True)
    content.to_netcdf(path)
    return read_weather(path, **{"latitude": 47.51, "longitude": 34.59, **asked})


@pytest.mark.parametrize("time", ["valid_time", "time"])
@pytest.mark.parametrize("lons", [LONS - 43.0, LONS + 317.0])
def test_the_nearest_point_is_taken_whatever_the_longitudes_are_called(
    tmp_path: Path, time: str, lons: np.ndarray
) -> None:
    weather = read(tmp_path, dataset(time, lons), longitude=-8.41)
    assert (weather.latitude, weather.longitude) == (47.5, -8.5)
    np.testing.assert_allclose(weather.wind_speed, np.hypot(21.0, 22.0))
    assert weather.time[0] == np.datetime64("2020-06-01T00", "s").astype(int)


def test_bilinear_gives_the_plane_through_four_points(tmp_path: Path) -> None:
    path = tmp_path / "era5.nc"
    dataset().to_netcdf(path)
    weather = read_gridded_point(read_document(path), path, latitude=47.65, longitude=34.6, method="bilinear")
    east = 10.0 * (48.0 - 47.65) / 0.25 + (34.6 - 34.25) / 0.25
    np.testing.assert_allclose(weather.wind_speed, np.hypot(east, east + 1))
    assert (weather.latitude, weather.longitude) == pytest.approx((47.65, 34.6))


def test_hourly_sums_become_mean_fluxes(tmp_path: Path) -> None:
    weather = read(tmp_path, dataset())
    np.testing.assert_allclose(weather.solar_radiation, SUN, atol=1e-9)
    np.testing.assert_allclose(weather.precipitation * 3600, 1.8)
    assert weather.attrs["accumulation"]["ssrd"] == "sum of the preceding hour"


def test_sums_since_midnight_are_not_taken_as_hourly_sums(tmp_path: Path) -> None:
    piled = np.concatenate([np.cumsum(day) for day in np.split(SUN * 3600, 2)])
    axes = ("valid_time", "latitude", "longitude")
    stack = np.broadcast_to(piled[:, None, None], (HOURS, 3, 3)).copy()
    weather = read(tmp_path, dataset(ssrd=(axes, stack, {"units": "J m**-2"})))
    np.testing.assert_allclose(weather.solar_radiation, SUN, atol=1e-6)
    assert "differenced" in weather.attrs["accumulation"]["ssrd"]


@given(st.lists(st.floats(0, 1e3), min_size=4, max_size=60))
def test_differencing_undoes_piling_up(rates: list[float]) -> None:
    values = np.array(rates)
    np.testing.assert_allclose(
        rate_from_sum(values.cumsum(), np.ones(len(values)), since_start=True), values, atol=1e-8
    )


def test_a_dry_series_does_not_pile_up() -> None:
    assert not piles_up(np.zeros(50))


def test_downward_heat_changes_its_sign(tmp_path: Path) -> None:
    np.testing.assert_allclose(read(tmp_path, dataset()).sensible_heat_flux, 50.0)


def test_missing_wind_is_refused_with_what_is_missing_and_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(WeatherRefused, match=r"missing \(v10\); the file holds .*u10"):
        read(tmp_path, dataset(v10=None))


def test_wind_that_is_nan_at_the_place_is_refused(tmp_path: Path) -> None:
    hole = field(0.0)
    hole[:, 2, 1] = np.nan
    axes = ("valid_time", "latitude", "longitude")
    with pytest.raises(WeatherRefused, match="wind is NaN at 48 of 48"):
        read(tmp_path, dataset(u10=(axes, hole, {"units": "m s**-1"})))


def test_a_place_outside_the_file_is_refused_with_its_distance(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"km from the nearest grid point"):
        read(tmp_path, dataset(), latitude=52.0, longitude=13.0)


def test_a_grid_needs_a_place(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="3 by 3 points; give latitude and longitude"):
        read(tmp_path, dataset(), latitude=None, longitude=None)


def test_radiation_beyond_the_sun_is_refused(tmp_path: Path) -> None:
    axes = ("valid_time", "latitude", "longitude")
    days = np.broadcast_to((2e7 + np.arange(HOURS))[:, None, None], (HOURS, 3, 3)).copy()
    with pytest.raises(InputError, match="more than the sun gives"):
        read(tmp_path, dataset(ssrd=(axes, days, {"units": "J m**-2"})))


@QUICK
@given(st.floats(-30, 30), st.floats(-30, 30), st.integers(0, 2), st.integers(0, 2))
def test_any_wind_at_any_point_survives(tmp_path: Path, east: float, north: float, row: int, column: int) -> None:
    axes = ("valid_time", "latitude", "longitude")
    u, v = np.zeros((HOURS, 3, 3)), np.zeros((HOURS, 3, 3))
    u[:, row, column], v[:, row, column] = east, north
    content = dataset(u10=(axes, u, {"units": "m s**-1"}), v10=(axes, v, {"units": "m s**-1"}))
    weather = read(tmp_path, content, latitude=float(LATS[row]), longitude=float(LONS[column]))
    np.testing.assert_allclose(weather.wind_speed, np.hypot(east, north))
    if np.hypot(east, north) > 0.1:
        angle = np.radians(weather.wind_direction)
        np.testing.assert_allclose(-weather.wind_speed * np.sin(angle), east, atol=1e-9)
        np.testing.assert_allclose(-weather.wind_speed * np.cos(angle), north, atol=1e-9)


@QUICK
@given(part=st.floats(0.0, 0.98))
def test_a_cut_netcdf_is_refused(tmp_path: Path, part: float) -> None:
    path = tmp_path / "era5.nc"
    if not path.exists():
        dataset().to_netcdf(path)
    data = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read_or_refused(
            lambda p: read_weather(p, latitude=47.5, longitude=34.5), tmp_path / "cut.nc", data[: int(part * len(data))]
        )


def test_a_length_that_the_file_cannot_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "classic.nc"
    dataset().to_netcdf(path, format="NETCDF3_64BIT")
    data = bytearray(path.read_bytes())
    at = data.find(b"valid_time") + len(b"valid_time") + 2
    data[at : at + 4] = (2_000_000_000).to_bytes(4, "big")
    path.write_bytes(bytes(data))
    with pytest.raises(InputError, match="damaged netCDF"):
        read_weather(path, latitude=47.5, longitude=34.5)


# --- GRIB -------------------------------------------------------------------------------------


def message(name: str, value: np.ndarray, *, end: int, begin: int | None = None, date: int = 20200601) -> bytes:
    handle = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib1")
    try:
        keys: dict[str, Any] = {
            "Ni": 3, "Nj": 3, "latitudeOfFirstGridPointInDegrees": 48.0, "latitudeOfLastGridPointInDegrees": 47.5,
            "longitudeOfFirstGridPointInDegrees": 34.25, "longitudeOfLastGridPointInDegrees": 34.75,
            "iDirectionIncrementInDegrees": 0.25, "jDirectionIncrementInDegrees": 0.25, "dataDate": date, "dataTime": 0,
            "shortName": name, "stepType": "instant" if begin is None else "accum",
            "stepRange": f"{begin}-{end}" if begin is not None else str(end), "bitsPerValue": 24,
        }  # fmt: skip
        for key, setting in keys.items():
            eccodes.codes_set(handle, key, setting)
        eccodes.codes_set_values(handle, value.ravel().astype(float))
        return bytes(eccodes.codes_get_message(handle))
    finally:
        eccodes.codes_release(handle)


def forecast(tmp_path: Path, steps: int = 6) -> Path:
    path = tmp_path / "forecast.grib"
    parts = []
    for step in range(1, steps + 1):
        parts += [message("10u", field(0.0)[0], end=step), message("10v", field(1.0)[0], end=step)]
        parts.append(message("2t", np.full((3, 3), 283.0), end=step))
        parts.append(message("ssrd", np.full((3, 3), 3600.0 * 100 * step), end=step, begin=0))
        parts.append(message("tp", np.full((3, 3), 0.0018 * step), end=step, begin=0))
    path.write_bytes(b"".join(parts))
    return path


def test_grib_sums_since_the_start_become_rates(tmp_path: Path) -> None:
    weather = read_weather(forecast(tmp_path), latitude=47.51, longitude=34.59)
    np.testing.assert_allclose(weather.wind_speed, np.hypot(21.0, 22.0), rtol=1e-5)
    np.testing.assert_allclose(weather.solar_radiation, 100.0, rtol=1e-4)
    np.testing.assert_allclose(weather.precipitation * 3600, 1.8, rtol=1e-3)
    assert (np.diff(weather.time) == 3600).all()
    assert weather.time[0] == np.datetime64("2020-06-01T01", "s").astype(int)
    assert weather.label == "forecast"
    check_weather(weather)


def test_grib_sums_coded_as_moments_run_since_the_start(tmp_path: Path) -> None:
    path = tmp_path / "coded.grib"
    winds = [message(name, field(1.0)[0], end=end) for end in (3, 6) for name in ("10u", "10v")]
    sums = [message("tp", np.full((3, 3), 0.003 * end), end=end) for end in (3, 6)]
    path.write_bytes(b"".join(winds + sums))
    weather = read_weather(path, latitude=47.5, longitude=34.5)
    np.testing.assert_allclose(weather.precipitation * 3600, 3.0, rtol=1e-3)


def test_of_two_forecasts_for_one_time_the_younger_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "two.grib"
    older = [message(name, np.full((3, 3), 5.0), end=24, date=20200601) for name in ("10u", "10v")]
    younger = [message(name, np.full((3, 3), 3.0), end=0, date=20200602) for name in ("10u", "10v")]
    path.write_bytes(b"".join(younger + older))
    weather = read_weather(path, latitude=47.5, longitude=34.5)
    np.testing.assert_allclose(weather.wind_speed, np.hypot(3.0, 3.0), rtol=1e-5)


@settings(QUICK, max_examples=8)
@given(spoil=damage())
def test_damaged_grib_is_refused_or_harmless(tmp_path: Path, spoil: Any) -> None:
    data = forecast(tmp_path, steps=2).read_bytes()
    spoilt = b"GRIB" + spoil(data[4:])
    read_or_refused(lambda p: read_weather(p, latitude=47.5, longitude=34.5), tmp_path / "spoilt.grib", spoilt)


@pytest.mark.parametrize("tail", [b"GRIB", b"GRIB\x00\x00\x60\x01", message("10u", np.ones((3, 3)), end=1)[:-9]])
def test_grib_cut_inside_a_message_is_refused(tmp_path: Path, tail: bytes) -> None:
    path = forecast(tmp_path, steps=1)
    path.write_bytes(path.read_bytes() + tail)
    with pytest.raises(InputError, match="cut off inside a message"):
        read_weather(path, latitude=47.5, longitude=34.5)


def test_a_decoder_that_dies_is_a_refusal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oberih.weather.read.decoder._waiting", {})
    monkeypatch.setattr("oberih.weather.read.decoder.sys.executable", "/bin/false")
    with pytest.raises(InputError, match="its decoder died"):
        read_weather(forecast(tmp_path, steps=1), latitude=47.5, longitude=34.5)


@QUICK
@given(spoil=damage())
def test_parts_that_do_not_fit_are_never_given_to_the_decoder(spoil: Any) -> None:
    whole = message("10u", np.ones((3, 3)), end=1)
    try:
        found = [data for _, data in messages(Document("spoilt.grib", "", b"GRIB" + spoil(whole[4:])))]
    except InputError:
        return
    assert all(data[:4] == b"GRIB" and data[-4:] == b"7777" for data in found)


# --- real files -------------------------------------------------------------------------------


@needs_shared
def test_a_real_era5_year_equals_its_own_table() -> None:
    folder = SHARED / "data/wx_era5_berlin_2017"
    weather = read_weather(folder / "ERA5_example_data.nc", latitude=52.35, longitude=13.35)
    mapping = {
        "label": "reanalysis", "time": {"column": "time", "zone": "UTC"},
        "columns": {
            "wind_east": {"column": "u10", "unit": "m/s"}, "wind_north": {"column": "v10", "unit": "m/s"},
            "temperature": {"column": "t2m", "unit": "K"}, "pressure": {"column": "sp", "unit": "Pa"},
            "solar_radiation": {"column": "ssrd", "unit": "J/m2", "period": 3600},
        },
    }  # fmt: skip
    table = read_weather(folder / "era5_52.35N_13.35E_hourly.csv.gz", latitude=52.35, longitude=13.35, mapping=mapping)
    assert len(weather) == len(table) == 8760
    for name in ("wind_speed", "wind_direction", "temperature", "pressure"):
        np.testing.assert_allclose(getattr(weather, name), getattr(table, name), rtol=1e-5)
    np.testing.assert_allclose(weather.solar_radiation, table.solar_radiation, atol=0.05)
    assert 100 < weather.solar_radiation.mean() < 140
    check_weather(weather, need_start=int(weather.time[0]), need_end=int(weather.time[-1]), largest_gap=3600)


@needs_shared
@pytest.mark.parametrize("name", ["ecmwf_munich_20211120.nc", "ecmwf_mace-head_20190517.nc"])
def test_a_real_single_column_is_read(name: str) -> None:
    weather = read_weather(SHARED / "data/nwp_column_cloudnet" / name)
    check_weather(weather)
    assert len(weather) == 25
    assert weather.label == "forecast"


@needs_shared
@pytest.mark.parametrize(
    ("name", "place", "reason"),
    [
        ("nwp_era5_davos_202001/SURF_202001.nc", (46.8, 9.8), r"missing \(u10, v10\).*zust"),
        ("nwp_era5_davos_202001/PLEV_202001.nc", (46.8, 9.8), r"missing \(u10, v10\)"),
        ("nwp_era5_davos_202001/finse_SURF_201810.nc", (60.6, 7.5), r"missing \(u10, v10\)"),
        ("nwp_era5_pl_small_areas/euroc_2022_all_windows.nc", (39.5, -8.5), r"missing \(u10, v10\)"),
        ("nwp_era5_pl_small_areas/bella_lui_weather_data_ERA5.nc", (47.0, 9.0), r"missing \(u10, v10\)"),
        ("nwp_era5_pl_small_areas/hedy_euroc_2025_weather_data.nc", (39.0, -8.0), r"missing \(u10, v10\)"),
        ("nwp_era5_pl_small_areas/ifs_pl_global_10deg_20240603-04.grib", (47.5, 34.6), r"missing \(u10, v10\)"),
        ("nwp_ecmwf_ml_europe_20181115/forecast_ml.grib", (47.5, 34.6), r"missing \(u10, v10\).*lnsp"),
        ("nwp_era5_utm32_2025/era5_utm32_2025_05_01_00.nc", (47.0, 11.0), "grid has no latitude"),
    ],
)
def test_a_real_file_without_surface_wind_is_refused_for_the_right_reason(
    name: str, place: tuple[float, float], reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        read_weather(SHARED / "data" / name, latitude=place[0], longitude=place[1])
