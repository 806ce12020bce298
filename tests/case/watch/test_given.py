"""Laws of files of readings: every file is accepted or refused, no row disappears, and what was written is read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.case.watch.given import COLUMNS, DOUBTS, UNITS, Reading, as_csv, read_readings
from oberih.errors import InputError

Folders = pytest.TempPathFactory
NOW = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
HEAD = "station,latitude,longitude,time,value,unit\n"
ROW = "Nikopol,47.57,34.40,2026-11-25T17:30:00Z,98,nSv/h\n"

_names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)
_readings = st.builds(
    Reading, station=_names, latitude=st.floats(-90, 90), longitude=st.floats(-180, 180),
    time=st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    rate=st.floats(-1e6, 1e6), uncertainty=st.none() | st.floats(0, 1e6), source=st.just("") | _names,
)  # fmt: skip


def written(folder: Path, text: str | bytes, name: str = "readings.csv") -> Path:
    file = folder / name
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def told(reading: Reading) -> tuple[object, ...]:
    r = reading
    return (r.station, r.latitude, r.longitude, r.time, r.rate, r.uncertainty, r.source)


@given(st.lists(_readings, max_size=8))
@settings(deadline=None, max_examples=60)
def test_what_is_written_is_read_again_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, some: list[Reading]
) -> None:
    found = read_readings(written(tmp_path_factory.mktemp("r"), as_csv(some)), now=NOW)
    assert not found.defects
    assert sorted(map(told, found.readings), key=repr) == sorted(map(told, some), key=repr)


@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda t: (HEAD + t).encode("utf-8", "replace")),
       st.sampled_from(["r.csv", "r.geojson"]))  # fmt: skip
@settings(deadline=None, max_examples=150)
def test_every_file_is_accepted_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    file = written(tmp_path_factory.mktemp("r"), data, name)
    try:
        found = read_readings(file, now=NOW)
    except InputError as error:
        assert "\n" not in str(error)
        assert str(error).startswith(name)
    else:
        assert all("\n" not in line and line.startswith(name) for line in found.defects)


_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*COLUMNS, "type", "geometry", "properties", "coordinates"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(_json, max_size=4))
@settings(deadline=None, max_examples=150)
def test_every_feature_is_a_reading_or_a_defect(
    tmp_path_factory: pytest.TempPathFactory, features: list[object]
) -> None:
    text = json.dumps({"type": "FeatureCollection", "features": features})
    found = read_readings(written(tmp_path_factory.mktemp("r"), text, "r.geojson"), now=NOW)
    assert len(found.readings) + len(found.defects) == len(features)


@pytest.mark.parametrize("unit", UNITS)
def test_units_come_to_the_same_rate(tmp_path: Path, unit: str) -> None:
    value = repr(98e-9 / 3600.0 / UNITS[unit])
    file = written(tmp_path, HEAD + ROW.replace("98,nSv/h", f"{value},{unit}"))
    assert read_readings(file, now=NOW).readings[0].rate == pytest.approx(98e-9 / 3600.0)


def test_geojson_says_the_same_as_csv(tmp_path: Path) -> None:
    feature = {
        "type": "Feature", "geometry": {"type": "Point", "coordinates": [34.40, 47.57]},
        "properties": {"station": "Nikopol", "time": "2026-11-25T19:30:00+02:00", "value": 98, "unit": "nSv/h"},
    }  # fmt: skip
    text = json.dumps({"type": "FeatureCollection", "features": [feature]})
    of_json = read_readings(written(tmp_path, text, "r.geojson"), now=NOW).readings
    of_csv = read_readings(written(tmp_path, HEAD + ROW), now=NOW).readings
    assert [told(r) for r in of_json] == [told(r) for r in of_csv]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("Nikopol,97,34.4,2026-11-25T17:30:00Z,98,nSv/h", "latitude"),
        ("Nikopol,47,34.4,2026-11-25T17:30:00,98,nSv/h", "has no zone"),
        ("Nikopol,47,34.4,2026-11-25T17:30:00Z,98,cpm", "is not a unit"),
        ("Nikopol,47,34.4,2026-11-25T17:30:00Z,98,nGy/h", "is not a unit"),
        ('Nikopol,47,34.4,2026-11-25T17:30:00Z,"0,098",µSv/h', "decimal point"),
        ("Nikopol,47,34.4,2026-11-25T17:30:00Z,nan,nSv/h", "value"),
        (",47,34.4,2026-11-25T17:30:00Z,98,nSv/h", "station"),
        ("Nikopol,47,34.4,2026-11-25T17:30:00Z,98", "5 cells under 6 columns"),
    ],
)
def test_a_row_that_cannot_be_read_is_told_with_file_and_line(tmp_path: Path, row: str, says: str) -> None:
    found = read_readings(written(tmp_path, HEAD + ROW + row + "\n"), now=NOW)
    assert len(found.readings) == 1
    assert len(found.defects) == 1
    assert found.defects[0].startswith("readings.csv:3: ")
    assert says in found.defects[0]


def test_a_column_that_is_missing_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"readings.csv:1: unit: the column is missing"):
        read_readings(written(tmp_path, HEAD.replace(",unit", "")), now=NOW)


@pytest.mark.parametrize(
    ("changed", "doubt"),
    [
        (ROW.replace("17:30", "19:30"), "future"), (ROW.replace(",98,", ",-1,"), "negative"),
        (ROW.replace(",98,", ",3,"), "too-low"), (ROW.replace("98,nSv/h", "20,Sv/h"), "too-high"),
        (ROW + ROW, "twice"), (ROW + ROW.replace(",98,", ",99,"), "contradicted"),
    ],
)  # fmt: skip
def test_what_cannot_be_believed_is_told_and_not_hidden(tmp_path: Path, changed: str, doubt: str) -> None:
    found = read_readings(written(tmp_path, HEAD + changed), now=NOW)
    assert not found.defects
    assert len(found.readings) == changed.count("\n")
    assert all(doubt in r.doubts for r in found.readings)
    assert doubt in DOUBTS


def test_an_ordinary_reading_is_not_doubted(tmp_path: Path) -> None:
    found = read_readings(written(tmp_path, HEAD + ROW), now=NOW)
    assert found.readings[0].doubts == ()
    assert found.newest == NOW - timedelta(minutes=30)
