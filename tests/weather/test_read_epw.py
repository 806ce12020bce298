"""Does a typical year keep its hours, its codes for "missing" and its time zone?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.weather.quality import check_weather
from oberih.weather.read import read_weather
from tests.conftest import SHARED, needs_shared
from tests.weather.corruption import damage, read_or_refused

QUICK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def row(day: int, hour: int, **cells: Any) -> str:
    """An hour of January of some year; ``c21=...`` sets the cell at position 21."""
    values = [""] * 35
    fixed = {
        0: 2004 + day, 1: 1, 2: day, 3: hour, 4: 60, 5: "?9", 6: 7.0, 7: 6.0, 8: 93, 9: 100869, 13: 100, 20: 270,
        21: 3.1, 22: 9, 23: 9, 25: 1200, 32: 0.2, 33: 0.0, 34: 1.0,
    }  # fmt: skip
    for position, value in {**fixed, **{int(name[1:]): value for name, value in cells.items()}}.items():
        values[position] = str(value)
    return ",".join(values)


def epw(rows: list[str], zone: Any = 2.0) -> str:
    head = [f"LOCATION,Somewhere,ZP,UKR,TMY,346010,47.88,35.08,{zone},79.0"]
    return "\n".join([*head, *(f"COMMENTS {i}" for i in range(7)), *rows]) + "\n"


def read(tmp_path: Path, rows: list[str], zone: Any = 2.0) -> Any:
    path = tmp_path / "typical.epw"
    path.write_text(epw(rows, zone))
    return read_weather(path)


def test_hours_end_where_they_say_and_are_brought_to_utc(tmp_path: Path) -> None:
    weather = read(tmp_path, [row(1, hour) for hour in range(1, 25)])
    assert weather.time[0] == np.datetime64("2000-12-31T23", "s").astype(int)  # 01:00 at two hours east
    assert weather.time[-1] == np.datetime64("2001-01-01T22", "s").astype(int)
    assert (np.diff(weather.time) == 3600).all()
    assert weather.label == "typical year"
    assert weather.attrs["nominal_year"] == 2001


def test_months_of_different_years_stand_in_one_year(tmp_path: Path) -> None:
    weather = read(tmp_path, [row(day, hour) for day in (1, 2) for hour in range(1, 25)])
    assert (np.diff(weather.time) == 3600).all()
    assert weather.attrs["years"] == [2005, 2006]


def test_values_become_si(tmp_path: Path) -> None:
    weather = read(tmp_path, [row(1, 1, c33=1.8), row(1, 2)])
    assert weather.temperature[0] == pytest.approx(280.15)
    assert (weather.pressure[0], weather.solar_radiation[0], weather.cloud_base[0]) == (100869.0, 100.0, 1200.0)
    assert weather.cloud_cover[0] == pytest.approx(0.9)
    assert weather.precipitation[0] == pytest.approx(1.8 / 3600)
    assert (weather.latitude, weather.longitude) == (47.88, 35.08)


@pytest.mark.parametrize(
    ("position", "code", "field"),
    [(6, 99.9, "temperature"), (9, 999999, "pressure"), (13, 9999, "solar_radiation"), (22, 99, "cloud_cover"),
     (25, 77777, "cloud_base"), (25, 88888, "cloud_base"), (25, 99999, "cloud_base"), (33, 999, "precipitation")],
)  # fmt: skip
def test_codes_for_missing_are_unknown(tmp_path: Path, position: int, code: float, field: str) -> None:
    weather = read(tmp_path, [row(1, 1, **{f"c{position}": code}), row(1, 2)])
    assert np.isnan(getattr(weather, field)[0])
    assert np.isfinite(getattr(weather, field)[1])


def test_a_missing_wind_leaves_the_hour_out_and_a_calm_has_no_direction(tmp_path: Path) -> None:
    weather = read(tmp_path, [row(1, 1, c21=999), row(1, 2, c21=0.0, c20=0), row(1, 3)])
    assert weather.wind_speed.tolist() == [0.0, 3.1]
    assert np.isnan(weather.wind_direction[0])
    assert weather.attrs["rows_without_wind_left_out"] == 1


@pytest.mark.parametrize("zone", ["", "99", "east"])
def test_a_missing_time_zone_is_refused(tmp_path: Path, zone: str) -> None:
    with pytest.raises(InputError, match="time zone"):
        read(tmp_path, [row(1, 1)], zone)


@pytest.mark.parametrize("hour", [0, 25])
def test_an_hour_beyond_the_day_is_refused(tmp_path: Path, hour: int) -> None:
    with pytest.raises(InputError, match="hours run from 1 to 24"):
        read(tmp_path, [row(1, hour)])


def test_hours_out_of_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="do not follow one another"):
        read(tmp_path, [row(1, 2), row(1, 1)])


hours = st.tuples(
    st.floats(0.1, 40).map(lambda v: round(v, 1)), st.integers(0, 360), st.floats(-40, 45), st.integers(0, 10)
)


@QUICK
@given(st.lists(hours, min_size=1, max_size=24))
def test_any_possible_day_survives(tmp_path: Path, day: list[tuple[float, int, float, int]]) -> None:
    rows = [row(1, i + 1, c21=v, c20=d, c6=round(t, 1), c22=n) for i, (v, d, t, n) in enumerate(day)]
    weather = read(tmp_path, rows)
    np.testing.assert_allclose(weather.wind_speed, [v for v, *_ in day])
    np.testing.assert_allclose(weather.wind_direction, [d for _, d, *_ in day])
    np.testing.assert_allclose(weather.cloud_cover, [n / 10 for *_, n in day])
    check_weather(weather)


@QUICK
@given(damage())
def test_any_damage_is_refused_or_harmless(tmp_path: Path, spoil: Any) -> None:
    data = epw([row(1, hour) for hour in range(1, 7)]).encode()
    read_or_refused(read_weather, tmp_path / "typical.epw", spoil(data))


@needs_shared
def test_a_real_typical_year_passes() -> None:
    (path,) = (SHARED / "data/wx_epw_bologna").glob("*.epw")
    weather = read_weather(path)
    _, report = check_weather(weather)
    assert (len(weather), report.calms, report.longest_gap) == (8760, 113, 0.0)
    noon = weather.solar_radiation[(weather.time // 3600) % 24 == 11].mean()
    midnight = weather.solar_radiation[(weather.time // 3600) % 24 == 23].mean()
    assert noon > 350 > 1 > midnight
