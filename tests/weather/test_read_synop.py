"""Do SYNOP tables keep calms, rain totals and the nearest station?"""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, WeatherRefused
from oberih.weather.quality import check_weather, resample_hourly
from oberih.weather.read import read_weather
from oberih.weather.read.precipitation_totals import rates_from_totals, step_lengths
from oberih.weather.read.present_weather import falls_in_words, rate_of_code
from tests.conftest import SHARED, needs_shared
from tests.weather.corruption import damage, read_or_refused

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
KHARKIV = SHARED / "data/wx_synop_kharkiv_2016/kharkiv_34300_2016_3hourly.csv"
EUROPE = SHARED / "data/wx_synop_europe_20181120/synop.csv"
PLANT = {"latitude": 47.51, "longitude": 34.59}
COLUMNS = [
    "time_utc", "t_C", "p_station_hPa", "wind_dir_deg", "wind_calm", "wind_speed_m_s", "cloud_cover_pct",
    "sky_obscured", "cloud_base_text_m", "weather_now", "precip_mm", "precip_trace", "precip_period_h",
]  # fmt: skip
PLAIN = {"t_C": "5.0", "p_station_hPa": "1000.0", "wind_dir_deg": "90.0", "wind_calm": "0", "wind_speed_m_s": "3",
         "cloud_cover_pct": "50.0", "sky_obscured": "0", "cloud_base_text_m": "600-1000"}  # fmt: skip


def table(reports: list[dict[str, Any]]) -> bytes:
    """Three-hourly reports from 2016-03-01 00 UTC."""
    lines = [",".join(COLUMNS)]
    for index, report in enumerate(reports):
        stamp = datetime(2016, 3, 1, tzinfo=UTC) + timedelta(hours=3 * index)
        row = {**PLAIN, "time_utc": stamp.strftime("%Y-%m-%dT%H:%M"), **report}
        lines.append(",".join('"{}"'.format(row.get(name, "")) for name in COLUMNS))
    return "\n".join(lines).encode()


def read(tmp_path: Path, reports: list[dict[str, Any]]) -> Any:
    path = tmp_path / "synop.csv"
    path.write_bytes(table(reports))
    return read_weather(path, **PLANT)


def rain(total: float, hours: float) -> dict[str, str]:
    return {"precip_mm": f"{total}", "precip_period_h": f"{hours}", "precip_trace": "0"}


def millimetres(weather: Any) -> list[float]:
    return (weather.precipitation * step_lengths(weather.time)).round(9).tolist()


# --- the table of one station -----------------------------------------------------------------


def test_values_become_si(tmp_path: Path) -> None:
    weather = read(tmp_path, [{}, {}])
    assert (weather.temperature[0], weather.pressure[0], weather.cloud_cover[0]) == (278.15, 1e5, 0.5)
    assert weather.cloud_base[0] == 800.0
    assert weather.time[0] == np.datetime64("2016-03-01", "s").astype(int)
    assert weather.label == "observed"


def test_a_calm_has_no_speed_and_no_direction(tmp_path: Path) -> None:
    weather = read(tmp_path, [{}, {"wind_calm": "1", "wind_speed_m_s": "0", "wind_dir_deg": ""}])
    assert weather.wind_speed[1] == 0.0
    assert np.isnan(weather.wind_direction[1])


def test_a_calm_with_a_wind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"wind_speed_m_s, line 3 = 4\.0: a calm has a wind speed"):
        read(tmp_path, [{}, {"wind_calm": "1", "wind_speed_m_s": "4"}])


def test_a_hidden_sky_counts_as_overcast(tmp_path: Path) -> None:
    weather = read(tmp_path, [{"cloud_cover_pct": "", "sky_obscured": "1"}, {"cloud_cover_pct": ""}])
    assert weather.cloud_cover[0] == 1.0
    assert np.isnan(weather.cloud_cover[1])
    assert weather.attrs["sky_obscured_taken_as_overcast"] == 1


def test_a_report_without_wind_is_left_out_and_counted(tmp_path: Path) -> None:
    weather = read(tmp_path, [{}, {"wind_speed_m_s": "", "wind_dir_deg": ""}, {}])
    assert len(weather) == 2
    assert weather.attrs["rows_without_wind_left_out"] == 1


def test_twelve_hours_contain_their_six_and_are_not_counted_twice(tmp_path: Path) -> None:
    reports: list[dict[str, Any]] = [{} for _ in range(7)]
    reports[4], reports[6] = rain(2.0, 6), rain(5.0, 12)  # at 12 and 18 UTC
    fell = millimetres(read(tmp_path, reports))
    assert fell[3:7] == [1.0, 1.0, 1.5, 1.5]
    assert np.nansum(fell) == pytest.approx(5.0)


def test_rain_goes_to_the_steps_in_which_it_was_seen(tmp_path: Path) -> None:
    reports: list[dict[str, Any]] = [{} for _ in range(7)]
    reports[4] = {**rain(2.0, 6), "weather_now": "Дождь незамерзающий непрерывный слабый в срок наблюдения."}
    fell = millimetres(read(tmp_path, reports))
    assert fell[3:5] == [0.0, 2.0]


def test_a_total_left_out_means_dry_only_if_nothing_was_seen(tmp_path: Path) -> None:
    reports: list[dict[str, Any]] = [{} for _ in range(9)]
    reports[2] = rain(1.0, 6)
    reports[7] = {"weather_now": "Снег непрерывный слабый в срок наблюдения."}
    rates = read(tmp_path, reports).precipitation
    assert (rates[3:7] == 0.0).all()
    assert np.isnan(rates[7:9]).all()


def test_a_station_that_never_reports_totals_leaves_rain_unknown(tmp_path: Path) -> None:
    assert np.isnan(read(tmp_path, [{} for _ in range(5)]).precipitation).all()


@given(st.lists(st.floats(0, 30), min_size=2, max_size=30).filter(lambda v: len(v) % 2 == 0), st.data())
def test_disjoint_rates_sum_to_the_longer_totals(sixes: list[float], data: st.DataObject) -> None:
    time = np.arange(1, 2 * len(sixes) + 1, dtype=np.int64) * 3 * 3600
    total, period = np.full(len(time), np.nan), np.full(len(time), np.nan)
    for index in range(0, len(sixes), 2):
        total[2 * index + 1], period[2 * index + 1] = sixes[index], 6 * 3600
        total[2 * index + 3], period[2 * index + 3] = sixes[index] + sixes[index + 1], 12 * 3600
    falling = np.array(data.draw(st.lists(st.booleans(), min_size=len(time), max_size=len(time))))
    rates = rates_from_totals(time, total, period, falling=falling)
    assert (rates >= 0).all()
    fell = (rates * 3 * 3600).reshape(-1, 2).sum(axis=1)
    np.testing.assert_allclose(fell, sixes, atol=1e-9)


@pytest.mark.parametrize(
    ("column", "cell"),
    [("t_C", "warm"), ("wind_speed_m_s", "nan"), ("time_utc", "2016-13-01T00:00"), ("precip_mm", "-1")],
)
def test_a_bad_cell_is_refused_naming_column_line_and_value(tmp_path: Path, column: str, cell: str) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, [{}, {"precip_period_h": "6", column: cell}])
    said = str(caught.value)
    assert said.startswith(f"synop.csv: {column}, line 3 = ")
    assert cell.lstrip("-") in said


def test_no_wind_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WeatherRefused, match="no row tells the wind"):
        read(tmp_path, [{"wind_speed_m_s": "", "wind_dir_deg": ""}] * 3)


def test_a_table_without_a_place_needs_one(tmp_path: Path) -> None:
    path = tmp_path / "synop.csv"
    path.write_bytes(table([{}]))
    with pytest.raises(InputError, match="does not say where"):
        read_weather(path)


possible = st.fixed_dictionaries({
    "wind_speed_m_s": st.integers(1, 40), "wind_dir_deg": st.floats(0, 360).map(lambda v: round(v, 1)),
    "t_C": st.floats(-40, 45).map(lambda v: round(v, 1)), "cloud_cover_pct": st.sampled_from(["", 0, 50, 100]),
    "cloud_base_text_m": st.sampled_from(["", "50-100", "2500 или более, или облаков нет."]),
    "weather_now": st.sampled_from(["", "Дымка.", "Снег неливневый."]),
})  # fmt: skip


@QUICK
@given(st.lists(possible, min_size=1, max_size=20))
def test_any_possible_table_survives(tmp_path: Path, reports: list[dict[str, Any]]) -> None:
    weather = read(tmp_path, reports)
    np.testing.assert_allclose(weather.wind_speed, [r["wind_speed_m_s"] for r in reports])
    np.testing.assert_allclose(weather.wind_direction, [r["wind_dir_deg"] for r in reports])
    check_weather(weather)


@QUICK
@given(damage())
def test_any_damage_to_a_table_is_refused_or_harmless(tmp_path: Path, spoil: Any) -> None:
    data = table([{}, rain(2.0, 6), {"weather_now": "Дымка."}, {}])
    read_or_refused(lambda path: read_weather(path, **PLANT), tmp_path / "synop.csv", spoil(data))


@needs_shared
def test_the_real_year_passes_and_its_rain_is_counted_once() -> None:
    weather = read_weather(KHARKIV, latitude=49.92, longitude=36.29)
    tidy, report = check_weather(weather, need_start=int(weather.time[0]), need_end=int(weather.time[-1]))
    assert (len(tidy), report.calms, report.longest_gap) == (2935, 173, 6 * 3600)
    fell = tidy.precipitation * step_lengths(tidy.time)
    whole = fell[tidy.time > tidy.time[0] + 6 * 3600]  # the first half day began before the series
    assert float(np.nansum(whole)) == pytest.approx(sum(_half_days()[1:]), rel=1e-9)
    hourly = resample_hourly(tidy)
    assert float(np.nansum(hourly.precipitation) * 3600) == pytest.approx(float(np.nansum(fell)), rel=1e-9)
    naive = sum(
        float(row["precip_mm"]) for row in csv.DictReader(KHARKIV.open(encoding="utf-8-sig")) if row["precip_mm"]
    )
    assert np.nansum(fell) < 0.8 * naive


def _half_days() -> list[float]:
    """What fell in each half day, by hand: the larger of its 12-hour total and the 6-hour one inside."""
    rows = {row["time_utc"]: row for row in csv.DictReader(KHARKIV.open(encoding="utf-8-sig"))}
    found = []
    for stamp, row in rows.items():
        moment = datetime.fromisoformat(stamp)
        if moment.hour in (6, 18):
            half = rows.get((moment - timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M"), {})
            found.append(max(float(row["precip_mm"] or 0.0), float(half.get("precip_mm") or 0.0)))
    return found


# --- one hour, many stations ------------------------------------------------------------------

HOUR_COLUMNS = [
    "blockNumber", "stationNumber", "year", "month", "day", "hour", "minute", "latitude", "longitude",
    "windDirectionAt10M", "windSpeedAt10M", "airTemperatureAt2M", "nonCoordinatePressure", "cloudCoverTotal",
    "presentWeather",
]  # fmt: skip


def hour_table(stations: list[tuple[float, float, float, float]]) -> bytes:
    """(latitude, longitude, direction, speed) each."""
    rows = [",".join(HOUR_COLUMNS)]
    for index, (lat, lon, direction, speed) in enumerate(stations):
        rows.append(f"34,{index},2018,11,20,12,0,{lat},{lon},{direction},{speed},274.0,100000,90,61")
    return "\n".join(rows).encode()


@QUICK
@given(
    st.lists(
        st.tuples(st.floats(-89, 89), st.floats(-179, 179), st.floats(0, 360), st.floats(0.1, 40)),
        min_size=1,
        max_size=20,
    )
)
def test_the_nearest_station_is_taken(tmp_path: Path, stations: list[tuple[float, float, float, float]]) -> None:
    path = tmp_path / "hour.csv"
    path.write_bytes(hour_table(stations))
    weather = read_weather(path, **PLANT)
    assert len(weather) == 1
    angle = [_angle(lat, lon) for lat, lon, _, _ in stations]
    assert _angle(weather.latitude, weather.longitude) <= min(angle) + 1e-9
    assert weather.attrs["distance"] == pytest.approx(min(angle) * 6371008.8, abs=1.0)


def _angle(lat: float, lon: float) -> float:
    """Angle at the centre of the Earth to the plant, by vectors."""

    def unit(phi: float, lam: float) -> np.ndarray:
        p, q = np.radians(phi), np.radians(lam)
        return np.array([np.cos(p) * np.cos(q), np.cos(p) * np.sin(q), np.sin(p)])

    a, b = unit(lat, lon), unit(PLANT["latitude"], PLANT["longitude"])
    return float(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))


def test_a_nearer_station_without_wind_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "hour.csv"
    path.write_bytes(hour_table([(47.5, 34.6, 90, 3), (48.0, 35.0, 180, 5)]).replace(b"90,3,274", b",,274"))
    assert read_weather(path, **PLANT).wind_speed[0] == 5.0


def test_many_stations_need_a_place(tmp_path: Path) -> None:
    path = tmp_path / "hour.csv"
    path.write_bytes(hour_table([(47.5, 34.6, 90, 3)]))
    with pytest.raises(InputError, match="holds many stations"):
        read_weather(path)


@QUICK
@given(damage())
def test_any_damage_to_an_hour_is_refused_or_harmless(tmp_path: Path, spoil: Any) -> None:
    data = hour_table([(47.5, 34.6, 90, 3), (48.0, 35.0, 180, 5)])
    read_or_refused(lambda path: read_weather(path, **PLANT), tmp_path / "hour.csv", spoil(data))


@needs_shared
def test_the_real_hour_gives_the_town_beside_the_plant() -> None:
    weather = read_weather(EUROPE, **PLANT)
    assert weather.attrs["station"] == "34601"
    assert 50e3 < weather.attrs["distance"] < 60e3
    assert (weather.wind_speed[0], weather.wind_direction[0], weather.precipitation[0]) == (6.0, 40.0, 0.0)
    assert weather.time[0] == np.datetime64("2018-11-20T12", "s").astype(int)
    steady = resample_hourly(check_weather(weather)[0], hold_hours=24)
    assert len(steady) == 25


# --- weather in words and codes ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "falls"),
    [
        ("Ливневый(ые) дождь(и) слабый(ые) в срок наблюдения или за последний час.", True),
        ("Гроза, но без осадков, в срок наблюдения.", False),
        ("Слабый или умеренный поземок в целом низкий (ниже уровня глаз наблюдателя).", False),
        ("Туман или ледяной туман, неба не видно.", False),
        ("", False),
    ],
)
def test_words_tell_whether_it_falls(words: str, falls: bool) -> None:
    assert falls_in_words(words) is falls


@given(st.integers(0, 49))
def test_codes_below_fifty_are_dry(code: int) -> None:
    assert rate_of_code(code) == 0.0


@given(st.integers(50, 99))
def test_codes_from_fifty_on_are_wet(code: int) -> None:
    assert 0.0 < rate_of_code(code) < 0.1


def test_every_code_of_an_automatic_station_tells_a_rate() -> None:
    rates = [rate_of_code(100 + code) for code in range(100)]
    assert rates[:40] == [0.0] * 40 and all(0.0 < rate < 0.1 for rate in rates[40:])
    assert rate_of_code(142) > rate_of_code(141) and rate_of_code(146) > rate_of_code(145)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_code_gives_a_rate_or_unknown(code: float) -> None:
    rate = rate_of_code(code)
    assert np.isnan(rate) or 0.0 <= rate < 0.1
