"""Is weather refused that must not be used, and do hourly values keep what was observed?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import WeatherRefused
from oberih.weather.quality import LIMITS, check_weather, resample_hourly
from oberih.weather.read.precipitation_totals import step_lengths
from oberih.weather.series import Weather

HOUR = 3600


def series(hours: Any, **fields: Any) -> Weather:
    """A possible series at given hours, with some fields set."""
    time = np.asarray(hours, dtype=np.int64) * HOUR
    n = len(time)
    plain = {
        "wind_speed": 3.0, "wind_direction": 90.0, "temperature": 283.0, "cloud_cover": 0.5, "solar_radiation": 100.0,
        "precipitation": 0.0, "boundary_layer_height": 500.0, "pressure": 1e5, "cloud_base": 900.0,
        "friction_velocity": 0.3, "sensible_heat_flux": 20.0,
    }  # fmt: skip
    values = {name: np.broadcast_to(np.asarray(v, dtype=float), n).copy() for name, v in {**plain, **fields}.items()}
    return Weather(time=time, **values, latitude=47.5, longitude=34.6, wind_height=10.0, label="observed",
                   source="mast",
                   attrs={"inputs": [{"name": "mast.csv", "sha256": "0"}]})  # fmt: skip


# --- refusing ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(LIMITS))
@pytest.mark.parametrize("side", [0, 1])
def test_an_impossible_value_is_refused_naming_file_field_value_and_cure(name: str, side: int) -> None:
    low, high, cure = LIMITS[name]
    wrong = (low - 1.0, high + 1.0)[side]
    values = getattr(series(range(5)), name)
    values[3] = wrong
    with pytest.raises(WeatherRefused) as caught:
        check_weather(series(range(5), **{name: values}))
    said = str(caught.value)
    assert said.startswith(f"mast.csv: {name} = {wrong!r}: ")
    assert cure in said
    assert "\n" not in said


def test_a_wind_of_400_metres_a_second_is_refused() -> None:
    with pytest.raises(WeatherRefused, match=r"mast\.csv: wind_speed = 400\.0: is above 75"):
        check_weather(series(range(3), wind_speed=[1.0, 400.0, 1.0]))


def test_celsius_taken_for_kelvin_is_refused() -> None:
    with pytest.raises(WeatherRefused, match="not degrees Celsius"):
        check_weather(series(range(3), temperature=[15.0, 16.0, 17.0]))


def test_an_unknown_wind_is_refused() -> None:
    with pytest.raises(WeatherRefused, match="wind_speed: is NaN at 1 of 3"):
        check_weather(series(range(3), wind_speed=[1.0, np.nan, 1.0]))
    with pytest.raises(WeatherRefused, match="wind_direction: is unknown at 2 of 3"):
        check_weather(series(range(3), wind_direction=[np.nan, np.nan, 10.0]))


def test_a_gap_longer_than_permitted_is_refused_and_a_shorter_one_reported() -> None:
    gappy = series([0, 1, 2, 9, 10])
    with pytest.raises(WeatherRefused, match=r"gaps longer than 6 h, the first of 7\.0 h after 1970-01-01T02:00Z"):
        check_weather(gappy)
    _, report = check_weather(gappy, largest_gap=7 * HOUR)
    assert [(gap.start, gap.value) for gap in report.gaps] == [(2 * HOUR, 7 * HOUR)]
    assert report.longest_gap == 7 * HOUR


def test_reports_too_far_apart_throughout_are_refused() -> None:
    with pytest.raises(WeatherRefused, match="rows are 24 h apart"):
        check_weather(series([0, 24, 48]))


@pytest.mark.parametrize(("start", "end"), [(-5, 5), (2, 30), (-5, 30)])
def test_a_series_shorter_than_asked_is_refused(start: int, end: int) -> None:
    with pytest.raises(WeatherRefused, match="asked are"):
        check_weather(series(range(10)), need_start=start * HOUR, need_end=end * HOUR)


def test_a_series_as_long_as_asked_is_taken() -> None:
    check_weather(series(range(0, 24, 3)), need_start=0, need_end=24 * HOUR)


def test_two_different_reports_for_one_time_are_refused() -> None:
    with pytest.raises(WeatherRefused, match=r"wind_speed = 5\.0: two different values"):
        check_weather(series([0, 1, 1, 2], wind_speed=[1.0, 4.0, 5.0, 1.0]))


def test_no_rows_at_all_are_refused() -> None:
    with pytest.raises(WeatherRefused, match="holds no rows"):
        check_weather(series([]))


# --- repairing and reporting ------------------------------------------------------------------


def test_order_and_exact_repetition_are_repaired_and_told() -> None:
    tidy, report = check_weather(series([3, 2, 2, 1, 0], wind_speed=[4.0, 3.0, 3.0, 2.0, 1.0]))
    assert tidy.wind_speed.tolist() == [1.0, 2.0, 3.0, 4.0]
    assert (report.repeated, report.reordered) == (1, 3)
    assert any("said twice 1" in line for line in report.lines())


def test_a_good_series_passes_untouched() -> None:
    weather = series(range(48), wind_direction=np.linspace(0, 300, 48))
    tidy, report = check_weather(weather)
    assert tidy is weather
    assert not (report.gaps or report.jumps or report.stuck)


def test_stuck_wind_is_reported_but_calm_is_not_stuck() -> None:
    stuck = series(range(60), wind_direction=np.where(np.arange(60) < 30, 90.0, np.arange(60) * 5.0))
    (found,) = check_weather(stuck)[1].stuck
    assert (found.start, found.end) == (0, 29 * HOUR)
    calm = series(range(60), wind_speed=0.0, wind_direction=np.nan)
    _, report = check_weather(calm)
    assert not report.stuck
    assert report.calms == 60


def test_a_jump_is_reported_with_its_size() -> None:
    (jump,) = check_weather(series(range(4), temperature=[280.0, 280.0, 299.0, 299.0]))[1].jumps
    assert (jump.field, jump.value) == ("temperature", 19.0)


def test_the_share_of_unknown_values_is_told() -> None:
    _, report = check_weather(series(range(4), precipitation=[0.0, np.nan, np.nan, np.nan]))
    assert report.unknown["precipitation"] == 0.75
    assert "precipitation 75%" in "\n".join(report.lines())
    assert report.as_dict()["unknown"]["precipitation"] == 0.75


# --- hourly values ----------------------------------------------------------------------------


def reports(rows: int = 12) -> st.SearchStrategy[Weather]:
    """Uneven, possible reports, at most 5 h apart."""

    def build(data: tuple[list[int], np.ndarray, np.ndarray, np.ndarray]) -> Weather:
        steps, speed, direction, rain = data
        speed = np.where(speed < 0.5, 0.0, speed)
        return series(np.cumsum(steps), wind_speed=speed, wind_direction=np.where(speed > 0, direction, np.nan),
                      precipitation=rain)  # fmt: skip

    def floats(low: float, high: float) -> Any:
        return hnp.arrays(np.float64, rows, elements=st.floats(low, high))

    steps = st.lists(st.integers(1, 5), min_size=rows, max_size=rows)
    return st.tuples(steps, floats(0, 20), floats(0, 360), floats(0, 0.01)).map(build)


@given(reports())
def test_hours_are_uniform_and_wind_is_complete(weather: Weather) -> None:
    hourly = resample_hourly(weather)
    assert (np.diff(hourly.time) == HOUR).all()
    assert np.isfinite(hourly.wind_speed).all()
    assert (np.isnan(hourly.wind_direction) == (hourly.wind_speed == 0)).all()
    assert hourly.wind_speed.max() <= weather.wind_speed.max() + 1e-12
    check_weather(hourly)


@given(reports())
def test_at_the_times_of_reports_hourly_wind_is_the_report(weather: Weather) -> None:
    hourly = resample_hourly(weather)
    at = np.searchsorted(hourly.time, weather.time)
    np.testing.assert_allclose(hourly.wind_speed[at], weather.wind_speed)
    np.testing.assert_array_equal(hourly.wind_direction[at], weather.wind_direction)


@given(reports())
def test_hourly_rain_sums_to_the_rain_reported(weather: Weather) -> None:
    regular = replace(weather, time=np.arange(len(weather), dtype=np.int64) * 3 * HOUR)
    reported = float((regular.precipitation[1:] * 3 * HOUR).sum())
    hourly = resample_hourly(regular)
    np.testing.assert_allclose(hourly.precipitation[1:].sum() * HOUR, reported, atol=1e-12)


def test_rain_of_a_row_after_a_gap_is_not_spread_over_the_gap() -> None:
    gappy = series([0, 1, 2, 6, 7], precipitation=[0.0, 0.0, 0.0, 1e-3, 0.0])
    hourly = resample_hourly(gappy)
    assert np.isnan(hourly.precipitation[3:6]).all()
    assert hourly.precipitation[6] == pytest.approx(1e-3)
    assert step_lengths(gappy.time).tolist() == [HOUR] * 5


def test_unknown_rain_stays_unknown() -> None:
    hourly = resample_hourly(series([0, 3, 6], precipitation=[0.0, np.nan, 2e-4]))
    assert np.isnan(hourly.precipitation[1:4]).all()
    assert np.isfinite(hourly.precipitation[4:]).all()


def test_turning_wind_keeps_its_speed() -> None:
    hourly = resample_hourly(series([0, 4], wind_speed=5.0, wind_direction=[350.0, 80.0]))
    np.testing.assert_allclose(hourly.wind_speed, 5.0)
    assert hourly.wind_direction[2] == pytest.approx(35.0)


def test_opposite_winds_turn_without_a_calm_or_a_nan() -> None:
    hourly = resample_hourly(series([0, 2], wind_speed=5.0, wind_direction=[0.0, 180.0]))
    np.testing.assert_allclose(hourly.wind_speed, 5.0)
    assert np.isfinite(hourly.wind_direction).all()


def test_variable_wind_takes_the_direction_of_its_neighbours() -> None:
    hourly = resample_hourly(series([0, 1, 2], wind_speed=2.0, wind_direction=[80.0, np.nan, 100.0]))
    assert hourly.wind_direction[1] == pytest.approx(90.0)


def test_an_hourly_series_comes_back_the_same() -> None:
    weather = series(range(24), wind_direction=np.arange(24) * 15.0, temperature=280 + np.arange(24.0))
    hourly = resample_hourly(weather)
    for name in LIMITS:
        np.testing.assert_array_equal(getattr(hourly, name), getattr(weather, name))


def test_scalars_are_not_bridged_across_more_than_the_permitted_gap() -> None:
    temperature = np.full(20, np.nan)
    temperature[[0, 4, 15]] = 280.0, 284.0, 290.0
    hourly = resample_hourly(series(range(20), temperature=temperature))
    assert hourly.temperature[2] == pytest.approx(282.0)
    assert np.isnan(hourly.temperature[11])


def test_a_gap_longer_than_permitted_is_not_bridged() -> None:
    with pytest.raises(WeatherRefused, match=r"gap of 8\.0 h after 1970-01-01T01:00Z"):
        resample_hourly(series([0, 1, 9]))


def test_hours_outside_the_series_are_refused() -> None:
    with pytest.raises(WeatherRefused, match="asked are"):
        resample_hourly(series(range(6)), start=0, end=9 * HOUR)


def test_one_report_is_held_steady_only_if_told_for_how_long() -> None:
    single = series([12], wind_direction=40.0)
    check_weather(single)
    with pytest.raises(WeatherRefused, match="holds the single time"):
        resample_hourly(single)
    steady = resample_hourly(single, hold_hours=48)
    assert len(steady) == 49
    assert (steady.wind_direction == 40.0).all()
    assert "held steady for 48 h" in steady.attrs["held_steady"]
