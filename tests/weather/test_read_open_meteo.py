"""Does an Open-Meteo answer mean what its documentation says?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, WeatherRefused
from oberih.weather.read import read_weather
from tests.conftest import SHARED, needs_shared
from tests.weather.corruption import damage, read_or_refused
from tests.weather.simulator import answer

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
QUERY = {
    "latitude": "47.5", "longitude": "34.6", "start_date": "2020-01-01", "end_date": "2020-01-01",
    "hourly": "temperature_2m,surface_pressure,cloud_cover,precipitation,shortwave_radiation,"
    "wind_speed_10m,wind_direction_10m,boundary_layer_height",
}  # fmt: skip


def plain(**changes: Any) -> dict[str, Any]:
    return {**answer(QUERY), **changes}


def read(tmp_path: Path, content: Any, **asked: Any) -> Any:
    path = tmp_path / "answer.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return read_weather(path, **asked)


def test_documented_units_become_si(tmp_path: Path) -> None:
    content = plain()
    weather = read(tmp_path, content)
    hourly = content["hourly"]
    np.testing.assert_allclose(weather.wind_speed, hourly["wind_speed_10m"])
    np.testing.assert_allclose(weather.temperature, np.array(hourly["temperature_2m"]) + 273.15)
    np.testing.assert_allclose(weather.cloud_cover, np.array(hourly["cloud_cover"]) / 100)
    np.testing.assert_allclose(weather.precipitation, np.array(hourly["precipitation"]) / 3600)
    np.testing.assert_allclose(weather.pressure, np.array(hourly["surface_pressure"]) * 100)
    np.testing.assert_allclose(weather.solar_radiation, hourly["shortwave_radiation"])
    np.testing.assert_allclose(weather.boundary_layer_height, hourly["boundary_layer_height"])


def test_without_units_the_documented_defaults_hold_and_are_noted(tmp_path: Path) -> None:
    content = plain()
    del content["hourly_units"]
    weather = read(tmp_path, content)
    np.testing.assert_allclose(weather.wind_speed, np.array(content["hourly"]["wind_speed_10m"]) / 3.6)
    assert "wind_speed_10m km/h" in weather.attrs["units_assumed"]


@pytest.mark.parametrize(("unit", "factor"), [("km/h", 1 / 3.6), ("m/s", 1.0), ("mp/h", 0.44704), ("kn", 1852 / 3600)])
def test_every_documented_wind_unit_is_honoured(tmp_path: Path, unit: str, factor: float) -> None:
    content = plain()
    content["hourly_units"]["wind_speed_10m"] = unit
    weather = read(tmp_path, content)
    np.testing.assert_allclose(weather.wind_speed, np.array(content["hourly"]["wind_speed_10m"]) * factor)


def test_fahrenheit_and_inches_are_honoured(tmp_path: Path) -> None:
    content = plain()
    content["hourly_units"].update(temperature_2m="°F", precipitation="inch")
    content["hourly"]["temperature_2m"] = [32.0] * 24
    content["hourly"]["precipitation"] = [1.0] * 24
    weather = read(tmp_path, content)
    np.testing.assert_allclose(weather.temperature, 273.15)
    np.testing.assert_allclose(weather.precipitation, 25.4 / 3600)


def test_the_old_spelling_means_the_same(tmp_path: Path) -> None:
    content = plain()
    for old, new in (
        ("windspeed_10m", "wind_speed_10m"),
        ("winddirection_10m", "wind_direction_10m"),
        ("cloudcover", "cloud_cover"),
    ):
        content["hourly"][old] = content["hourly"].pop(new)
        content["hourly_units"][old] = content["hourly_units"].pop(new)
    np.testing.assert_array_equal(read(tmp_path, content).wind_direction, read(tmp_path, plain()).wind_direction)


def test_local_time_is_brought_to_utc(tmp_path: Path) -> None:
    content = plain(utc_offset_seconds=7200, timezone="Europe/Kyiv")
    content["hourly"]["time"] = [f"2020-01-01T{hour:02d}:00" for hour in range(24)]
    assert read(tmp_path, content).time[0] == np.datetime64("2019-12-31T22:00", "s").astype(int)


def test_local_time_without_its_zone_is_refused(tmp_path: Path) -> None:
    content = plain()
    content["hourly"]["time"] = [f"2020-01-01T{hour:02d}:00" for hour in range(24)]
    for name in ("utc_offset_seconds", "timezone"):
        del content[name]
    with pytest.raises(InputError, match=r"answer\.json: utc_offset_seconds: time zone is missing"):
        read(tmp_path, content)


def test_of_several_places_the_nearest_is_taken_and_none_without_a_position(tmp_path: Path) -> None:
    there = [plain(latitude=50.0, longitude=30.0), plain(latitude=47.4, longitude=34.5)]
    weather = read(tmp_path, there, latitude=47.51, longitude=34.59)
    assert (weather.latitude, weather.longitude) == (47.4, 34.5)
    assert weather.attrs["distance"] == pytest.approx(14.0e3, rel=0.05)
    with pytest.raises(InputError, match="holds several places"):
        read(tmp_path, there)


def test_hours_that_are_null_at_the_end_are_left_out_and_counted(tmp_path: Path) -> None:
    content = plain()
    content["hourly"]["wind_speed_10m"][-6:] = [None] * 6
    weather = read(tmp_path, content)
    assert len(weather) == 18
    assert weather.attrs["rows_without_wind_left_out"] == 6


@pytest.mark.parametrize("field", ["wind_speed_10m", "wind_direction_10m"])
def test_missing_wind_is_refused_by_name(tmp_path: Path, field: str) -> None:
    content = plain()
    del content["hourly"][field]
    with pytest.raises(WeatherRefused, match=field):
        read(tmp_path, content)


def test_an_error_answer_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Daily API request limit"):
        read(tmp_path, {"error": True, "reason": "Daily API request limit exceeded"})


def test_a_literal_nan_is_refused(tmp_path: Path) -> None:
    content = plain()
    content["hourly"]["wind_speed_10m"][3] = float("nan")
    with pytest.raises(InputError, match="NaN"):
        read(tmp_path, content)


def test_a_unit_of_something_else_is_refused(tmp_path: Path) -> None:
    content = plain()
    content["hourly_units"]["wind_speed_10m"] = "hPa"
    with pytest.raises(InputError, match="not a unit of wind speed"):
        read(tmp_path, content)


def test_only_the_period_asked_for_is_kept(tmp_path: Path) -> None:
    whole = read(tmp_path, plain())
    part = read(tmp_path, plain(), start=int(whole.time[3]), end=int(whole.time[7]))
    np.testing.assert_array_equal(part.time, whole.time[3:8])
    with pytest.raises(WeatherRefused, match="nothing of what was asked"):
        read(tmp_path, plain(), start=int(whole.time[-1]) + 1)


@needs_shared
def test_the_saved_answer_is_refused_because_its_zone_is_missing() -> None:
    path = SHARED / "data/live_formats/open-meteo_example_response.json"
    with pytest.raises(InputError, match="time zone is missing"):
        read_weather(path, latitude=47.5, longitude=34.6)


@needs_shared
def test_the_saved_answer_with_its_zone_is_refused_because_its_direction_is_missing(tmp_path: Path) -> None:
    content = json.loads((SHARED / "data/live_formats/open-meteo_example_response.json").read_text())
    with pytest.raises(WeatherRefused, match="wind_direction_10m"):
        read(tmp_path, {**content, "utc_offset_seconds": 0}, latitude=47.5, longitude=34.6)


@needs_shared
def test_the_saved_answer_completed_is_read_in_kilometres_an_hour(tmp_path: Path) -> None:
    content = json.loads((SHARED / "data/live_formats/open-meteo_example_response.json").read_text())
    content["hourly"]["winddirection_10m"] = [90] * len(content["hourly"]["time"])
    weather = read(tmp_path, {**content, "utc_offset_seconds": 0}, latitude=47.5, longitude=34.6)
    assert weather.wind_speed[0] == pytest.approx(4.0)
    assert weather.cloud_cover[0] == pytest.approx(0.61)


@QUICK
@given(st.data())
def test_any_possible_answer_survives(tmp_path: Path, data: st.DataObject) -> None:
    content = plain()
    columns = content["hourly"]
    for name in list(columns):
        if name != "time":
            drawn = st.one_of(st.none(), st.floats(0, 99, allow_nan=False), st.integers(0, 99))
            columns[name] = data.draw(st.lists(drawn, min_size=24, max_size=24))
    columns["wind_speed_10m"][0], columns["wind_direction_10m"][0] = 3.0, 10
    weather = read(tmp_path, content)
    assert len(weather) == sum(value is not None for value in columns["wind_speed_10m"])


@QUICK
@given(damage())
def test_any_damage_is_refused_or_harmless(tmp_path: Path, spoil: Any) -> None:
    read_or_refused(read_weather, tmp_path / "answer.json", spoil(json.dumps(plain()).encode()))


@QUICK
@given(st.data())
def test_any_wrong_type_anywhere_is_refused_or_harmless(tmp_path: Path, data: st.DataObject) -> None:
    content = plain()
    nasty = data.draw(
        st.sampled_from([None, True, "x", "", [], {}, -1, 1e300, 10**30, [None], {"a": 1}, "9999-12-31T23:59"])
    )
    rows = ["row.time", "row.wind_speed_10m", "row.precipitation", "hourly_units.wind_speed_10m"]
    where = data.draw(st.sampled_from([*content, *(f"hourly.{name}" for name in content["hourly"]), *rows]))
    first, _, last = where.partition(".")
    if first == "row":
        content["hourly"][last][5] = nasty
    elif last:
        content[first][last] = nasty
    else:
        content[first] = nasty
    read_or_refused(read_weather, tmp_path / "answer.json", json.dumps(content).encode())
