"""Do METAR lines say what an observer meant?"""

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
from tests.weather.corruption import damage, read_or_refused

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
PLACE = {"latitude": 48.36, "longitude": 35.1}
NOVEMBER = {"month": "2018-11"}


def read(tmp_path: Path, lines: str, **asked: Any) -> Any:
    path = tmp_path / "metar.txt"
    path.write_text(lines, encoding="utf-8")
    return read_weather(path, **{**PLACE, "mapping": NOVEMBER, **asked})


def one(tmp_path: Path, groups: str) -> Any:
    return read(tmp_path, f"METAR UKDD 201200Z {groups}=\nMETAR UKDD 201300Z 01003MPS 9999 OVC010 01/00 Q1020=\n")


@pytest.mark.parametrize(
    ("group", "speed", "direction"),
    [
        ("04006MPS", 6.0, 40.0),
        ("36010KT", 10 * 1852 / 3600, 360.0),
        ("27018G30KT", 18 * 1852 / 3600, 270.0),
        ("09036KMH", 10.0, 90.0),
        ("180102KT", 102 * 1852 / 3600, 180.0),
        ("00000KT", 0.0, np.nan),
        ("VRB02KT", 2 * 1852 / 3600, np.nan),
    ],
)
def test_wind_groups(tmp_path: Path, group: str, speed: float, direction: float) -> None:
    weather = one(tmp_path, f"{group} 9999 SCT020 02/M01 Q1020")
    assert weather.wind_speed[0] == pytest.approx(speed)
    np.testing.assert_equal(weather.wind_direction[0], direction)


@pytest.mark.parametrize(
    ("groups", "cover", "base"),
    [
        ("FEW015 BKN030", 0.75, 30 * 30.48),
        ("SCT008 SCT020CB", 3.5 / 8, 8 * 30.48),
        ("OVC004", 1.0, 4 * 30.48),
        ("VV001", 1.0, 30.48),
        ("CAVOK", 0.0, np.nan),
        ("NSC", 0.0, np.nan),
        ("BKN///", 0.75, np.nan),
        ("", np.nan, np.nan),
    ],
)
def test_cloud_groups(tmp_path: Path, groups: str, cover: float, base: float) -> None:
    weather = one(tmp_path, f"04006MPS 9999 {groups} 02/M01 Q1020")
    np.testing.assert_allclose([weather.cloud_cover[0], weather.cloud_base[0]], [cover, base])


@pytest.mark.parametrize(
    ("group", "celsius"), [("M05/M07", -5), ("05/M01", 5), ("M00/M00", 0), ("12///", 12), ("/////", np.nan)]
)
def test_temperature_groups(tmp_path: Path, group: str, celsius: float) -> None:
    np.testing.assert_allclose(one(tmp_path, f"04006MPS 9999 OVC010 {group} Q1020").temperature[0], celsius + 273.15)


@pytest.mark.parametrize(
    ("group", "wet"),
    [("-RA", True), ("+SHRA", True), ("SN", True), ("-FZDZ", True), ("RASN", True), ("TSRA", True),
     ("BR", False), ("FG", False), ("VCSH", False), ("BLSN", False), ("DRSN", False), ("", False)],
)  # fmt: skip
def test_weather_groups_tell_wet_from_dry(tmp_path: Path, group: str, wet: bool) -> None:
    rate = one(tmp_path, f"04006MPS 4000 {group} OVC010 02/M01 Q1020").precipitation[0]
    assert bool(rate > 0) is wet
    assert np.isfinite(rate)


def test_heavier_words_mean_more_rain(tmp_path: Path) -> None:
    light, plain, heavy = (
        one(tmp_path, f"04006MPS 4000 {g} OVC010 02/01 Q1020").precipitation[0] for g in ("-RA", "RA", "+RA")
    )
    assert 0 < light < plain < heavy


def test_a_trend_or_remark_is_not_an_observation(tmp_path: Path) -> None:
    weather = one(tmp_path, "04006MPS 9999 SCT020 02/M01 Q1020 TEMPO 09020MPS +SHRA OVC003 RMK 99999KT")
    assert (weather.wind_speed[0], weather.precipitation[0]) == (6.0, 0.0)
    assert weather.cloud_cover[0] < 0.5


def test_days_run_on_into_the_next_month_and_year(tmp_path: Path) -> None:
    lines = "\n".join(f"UKDD {day:02d}1200Z 04006MPS 9999 OVC010 02/M01" for day in [29, 30, 31, 1, 2])
    weather = read(tmp_path, lines, mapping={"month": "2018-12"})
    assert (np.diff(weather.time) == 86400).all()
    assert weather.time[-1] == np.datetime64("2019-01-02T12", "s").astype(int)


def test_the_start_asked_for_tells_year_and_month(tmp_path: Path) -> None:
    start = int(np.datetime64("2018-12-01T00", "s").astype(int))
    lines = "UKDD 302330Z 04006MPS 9999 02/01\nUKDD 010030Z 05006MPS 9999 02/01\n"
    weather = read(tmp_path, lines, mapping=None, start=start)
    assert weather.time.tolist() == [start + 1800]


def test_a_date_before_the_report_tells_year_and_month(tmp_path: Path) -> None:
    weather = read(tmp_path, "201811201200 METAR UKDD 201200Z 04006MPS 9999 02/01=\n", mapping=None)
    assert weather.time[0] == np.datetime64("2018-11-20T12", "s").astype(int)


def test_no_year_and_month_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="year and month are missing"):
        read(tmp_path, "UKDD 201200Z 04006MPS 9999 02/01\n", mapping=None)


@pytest.mark.parametrize("group", ["321200Z", "202560Z", "000000Z"])
def test_an_impossible_time_is_refused(tmp_path: Path, group: str) -> None:
    with pytest.raises(InputError, match="not a day and time"):
        read(tmp_path, f"UKDD {group} 04006MPS 9999 02/01\n")


def test_a_direction_beyond_the_circle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="beyond 360"):
        one(tmp_path, "37006MPS 9999 02/01")


def test_several_stations_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"UKDD, UKDE.*holds 2 stations"):
        read(tmp_path, "UKDD 201200Z 04006MPS 02/01\nUKDE 201200Z 04006MPS 02/01\n")


def test_a_missing_wind_leaves_the_report_out(tmp_path: Path) -> None:
    weather = one(tmp_path, "/////KT 9999 OVC010 02/01")
    assert weather.attrs["rows_without_wind_left_out"] == 1


winds = st.tuples(
    st.integers(0, 360),
    st.integers(1, 40),
    st.integers(-30, 40),
    st.sampled_from(["", "-RA", "SN", "FG"]),
    st.sampled_from(["FEW010", "OVC005", "CAVOK", "BKN020CB"]),
)


@QUICK
@given(st.lists(winds, min_size=1, max_size=20))
def test_any_possible_reports_survive(tmp_path: Path, reports: list[tuple[int, int, int, str, str]]) -> None:
    lines = [
        f"METAR UKDD 20{hour:02d}00Z {d:03d}{v:02d}MPS 9999 {w} {c} {'M' if t < 0 else ''}{abs(t):02d}/// Q1000="
        for hour, (d, v, t, w, c) in enumerate(reports)
    ]
    weather = read(tmp_path, "\n".join(lines))
    np.testing.assert_allclose(weather.wind_speed, [v for _, v, *_ in reports])
    np.testing.assert_allclose(weather.wind_direction, [d for d, *_ in reports])
    np.testing.assert_allclose(weather.temperature, [t + 273.15 for _, _, t, *_ in reports])
    check_weather(weather)


@QUICK
@given(damage())
def test_any_damage_is_refused_or_harmless(tmp_path: Path, spoil: Any) -> None:
    data = b"METAR UKDD 201200Z 04006MPS 9999 -RA OVC010 02/M01 Q1020=\nUKDD 201230Z VRB02KT 9999 02/01=\n" * 2
    read_or_refused(lambda path: read_weather(path, **PLACE, mapping=NOVEMBER), tmp_path / "metar.txt", spoil(data))
