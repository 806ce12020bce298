"""Does a plain table say what its mapping says, and nothing that is guessed?"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError, UnknownName, WeatherRefused
from oberih.weather.quality import check_weather
from oberih.weather.read import read_weather
from oberih.weather.read.unit_words import DIMENSIONS, to_si_linear
from tests.weather.corruption import damage, read_or_refused

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

ROWS = "date,ff,dd,t,rr\n2020-03-01 00:00,10.8,90,5,1.8\n2020-03-01 01:00,-999,,4,\n2020-03-01 02:00,0,0,3,0\n"


def mapping(**changes: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "label": "observed", "source": "mast", "latitude": 47.51, "longitude": 34.59, "missing": ["-999"],
        "time": {"column": "date", "format": "iso", "zone": "Europe/Kyiv"},
        "columns": {
            "wind_speed": {"column": "ff", "unit": "km/h"}, "wind_direction": {"column": "dd", "unit": "deg"},
            "temperature": {"column": "t", "unit": "°C"},
            "precipitation": {"column": "rr", "unit": "mm", "period": 3600},
        },
    }  # fmt: skip
    return {**plain, **changes}


def read(tmp_path: Path, rules: Any, text: str = ROWS) -> Any:
    path = tmp_path / "mast.csv"
    path.write_text(text, encoding="utf-8")
    return read_weather(path, mapping=rules)


def test_columns_units_missing_values_and_zone_are_honoured(tmp_path: Path) -> None:
    weather = read(tmp_path, mapping())
    assert weather.wind_speed.tolist() == pytest.approx([3.0, 0.0])
    assert np.isnan(weather.wind_direction[1])
    assert weather.temperature.tolist() == pytest.approx([278.15, 276.15])
    assert weather.precipitation[0] == pytest.approx(1.8 / 3600)
    assert weather.time[0] == np.datetime64("2020-02-29T22:00", "s").astype(int)
    assert (weather.source, weather.latitude, weather.attrs["rows_without_wind_left_out"]) == ("mast", 47.51, 1)


def test_a_mapping_may_stand_in_a_file_and_the_table_may_be_packed(tmp_path: Path) -> None:
    rules = tmp_path / "mast.toml"
    rules.write_text(
        'latitude = 47.51\nlongitude = 34.59\n[time]\ncolumns = ["day", "hour"]\nformat = "%d.%m.%Y %H"\n'
        'zone = "+02:00"\n'
        '[columns.wind_east]\ncolumn = "u"\nunit = "m/s"\n[columns.wind_north]\ncolumn = "v"\nunit = "m/s"\n'
    )
    path = tmp_path / "mast.csv.gz"
    path.write_bytes(gzip.compress(b"day,hour,u,v\n01.03.2020,3,3.0,4.0\n"))
    weather = read_weather(path, mapping=rules)
    assert weather.wind_speed[0] == pytest.approx(5.0)
    assert weather.wind_direction[0] == pytest.approx(216.87, abs=0.01)
    assert weather.time[0] == np.datetime64("2020-03-01T01", "s").astype(int)


def test_a_missing_time_zone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"mast\.csv: time, line 2 = .*: has no time zone; state the time zone"):
        read(tmp_path, mapping(time={"column": "date"}))


def test_an_offset_in_the_cell_is_a_time_zone(tmp_path: Path) -> None:
    text = ROWS.replace(":00,", ":00+03:00,")
    weather = read(tmp_path, mapping(time={"column": "date"}), text)
    assert weather.time[0] == np.datetime64("2020-02-29T21", "s").astype(int)


def test_the_hour_that_summer_time_repeats_is_kept_apart(tmp_path: Path) -> None:
    hours = ["02:00", "03:00", "03:00", "04:00"]  # 25 October 2020, Kyiv
    text = "date,ff,dd,t,rr\n" + "".join(f"2020-10-25 {hour},{i + 1},90,5,0\n" for i, hour in enumerate(hours))
    weather = read(tmp_path, mapping(), text)
    assert (np.diff(weather.time) == 3600).all()
    check_weather(weather)


def columns(**changes: Any) -> dict[str, Any]:
    return {"columns": {**mapping()["columns"], **changes}}


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"columns": {"wind_speed": {"column": "ff", "unit": "m/s"}}}, WeatherRefused, "wind is missing"),
        (columns(wind_speed={"column": "ff"}), InputError, "needs column and unit"),
        (columns(wnd_speed={}), UnknownName, "wind_speed"),
        (columns(temperature={"column": "tt", "unit": "K"}), UnknownName, "no such column"),
        (columns(temperature={"column": "t", "unit": "hPa"}), InputError, "not a unit of temperature"),
        (columns(precipitation={"column": "rr", "unit": "mm"}), InputError, "needs its period"),
        ({"time": {"column": "date", "zone": "Kiev/Ukraine"}}, InputError, "not a time zone"),
        ({"time": {"column": "date", "zone": "UTC", "format": "%d/%m"}}, InputError, "does not fit the format"),
        ({"time": None}, InputError, "needs this table"),
        ({"delimiter": ";;"}, InputError, "one character"),
        ({"label": "guessed"}, InputError, "not a kind of weather"),
        ({"latitude": 147.0}, InputError, "not on the Earth"),
        ({"wind_height": 0.0}, InputError, "not a plausible number"),
    ],
)
def test_a_bad_mapping_is_refused_by_name(tmp_path: Path, change: Any, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        read(tmp_path, mapping(**change))


@pytest.mark.parametrize("cell", ["NaN", "inf", "-inf", "fast"])
def test_a_cell_that_is_no_number_is_refused_with_its_line(tmp_path: Path, cell: str) -> None:
    with pytest.raises(InputError, match=rf"mast\.csv: wind_speed, line 2 = '{cell}'"):
        read(tmp_path, mapping(), ROWS.replace("10.8", cell))


def test_a_row_with_another_number_of_cells_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 2: has 6 cells where the header has 5"):
        read(tmp_path, mapping(), ROWS.replace("10.8", "10,8"))


def test_a_plain_table_without_mapping_is_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no format that can be recognised"):
        read(tmp_path, None)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b\x08broken", b"\xff\xfea,b\n"])
def test_an_empty_packed_or_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mast.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"mast\.csv"):
        read_weather(path, mapping=mapping())


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(InputError, match="readable weather file"):
            read_weather(path)


@pytest.mark.parametrize(("dimension", "unit"), [(d, u) for d, units in DIMENSIONS.items() for u in units])
def test_every_known_unit_is_an_increasing_straight_line(dimension: str, unit: str) -> None:
    scale, offset = to_si_linear(unit.upper(), dimension=dimension, file="x", field="y")
    assert scale > 0
    assert np.isfinite(offset)


winds = st.tuples(st.floats(0.1, 70), st.floats(0, 360))


@QUICK
@given(
    st.lists(winds, min_size=1, max_size=30),
    st.sampled_from(["m/s", "km/h", "kn", "mph"]),
    st.sampled_from(["UTC", "+05:30", "Europe/Kyiv"]),
)
def test_any_possible_table_survives(tmp_path: Path, rows: list[tuple[float, float]], unit: str, zone: str) -> None:
    scale, _ = to_si_linear(unit, dimension="wind_speed", file="", field="")
    times = np.datetime64("2020-05-01T00", "h") + np.arange(len(rows))
    text = "date,ff,dd\n" + "".join(f"{t},{v / scale!r},{d!r}\n" for t, (v, d) in zip(times, rows, strict=True))
    rules = mapping(time={"column": "date", "zone": zone}, columns={
        "wind_speed": {"column": "ff", "unit": unit}, "wind_direction": {"column": "dd", "unit": "deg"}})  # fmt: skip
    weather = read(tmp_path, rules, text)
    np.testing.assert_allclose(weather.wind_speed, [v for v, _ in rows])
    np.testing.assert_allclose(weather.wind_direction, [d for _, d in rows])
    assert (np.diff(weather.time) == 3600).all()


@QUICK
@given(damage())
def test_any_damage_is_refused_or_harmless(tmp_path: Path, spoil: Any) -> None:
    rules = mapping()
    read_or_refused(lambda path: read_weather(path, mapping=rules), tmp_path / "mast.csv", spoil(ROWS.encode()))


nasty = st.sampled_from([None, True, -1, 1e300, float("nan"), "", "x", [], {}, [None], {"a": 1}, "\n"])


places = st.sampled_from([
    "label", "source", "latitude", "longitude", "missing", "delimiter", "wind_height", "time", "columns",
    "time.column", "time.columns", "time.format", "time.zone", "columns.wind_speed", "columns.temperature",
])  # fmt: skip


@QUICK
@given(places, nasty)
def test_any_nonsense_in_a_mapping_is_refused_or_harmless(tmp_path: Path, where: str, what: Any) -> None:
    rules = mapping()
    table, _, name = where.partition(".")
    if name:
        rules[table] = {**rules[table], name: what}
    else:
        rules[table] = what
    path = tmp_path / "mast.csv"
    read_or_refused(lambda p: read_weather(p, mapping=rules), path, ROWS.encode())


@QUICK
@given(damage())
def test_any_damage_to_a_mapping_file_is_refused_or_harmless(tmp_path: Path, spoil: Any) -> None:
    text = (
        b'latitude = 47.51\nlongitude = 34.59\n[time]\ncolumn = "date"\nzone = "UTC"\n'
        b'[columns]\nwind_speed = {column = "ff", unit = "m/s"}\nwind_direction = {column = "dd", unit = "deg"}\n'
    )
    rules = tmp_path / "rules.toml"
    rules.write_bytes(spoil(text))
    read_or_refused(lambda p: read_weather(p, mapping=rules), tmp_path / "mast.csv", ROWS.replace("-999", "").encode())
