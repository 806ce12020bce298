"""What is malformed is refused in one line that names row and column, and nothing is taken."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.evidence.read.mapping import Mapping, load_mapping
from oberih.evidence.read.records import read_records
from oberih.evidence.read.row import BadRows
from oberih.evidence.record import KINDS, Record, read_record, record_fields

NOW = datetime(2026, 11, 25, tzinfo=UTC)

PLAIN = Mapping.model_validate({
    "schema": "oberih/mapping/1", "id": "plain", "title": "plain",
    "field": [
        {"to": "id", "column": "id"},
        {"to": "kind", "value": "event"},
        {"to": "text", "column": "what", "needed": True},
        {"to": "happened.from", "column": "date", "date": ["iso"]},
        {"to": "place.latitude", "column": "latitude", "optional": True},
        {"to": "place.longitude", "column": "longitude", "optional": True},
        {"to": "data.count", "column": "count", "number": "whole", "optional": True},
    ],
})  # fmt: skip

HEAD = "id,what,date,latitude,longitude,count\n"
GOOD = "e{},a siren,2022-03-04,47.5,34.6,1\n"


def refused(data: bytes | str, mapping: Mapping | str = PLAIN) -> str:
    with pytest.raises(InputError) as caught:
        list(read_records(io.BytesIO(data.encode() if isinstance(data, str) else data), mapping, now=NOW))
    line = str(caught.value)
    assert "\n" not in line and caught.value.exit_code == 2 and len(line) < 700
    return line


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("e1,,2022-03-04,,,\n", "row 3: what: is empty"),
        ("e1,a,0000-03-04,,,\n", "row 3: date (happened.from) = '0000-03-04'"),
        ("e1,a,2044-01-01,,,\n", "lies in the future"),
        ("e1,a,1066-01-01,,,\n", "lies before 1895"),
        ("e1,a,2022-02-30,,,\n", "no day of the calendar"),
        ("e1,a,04.03.2022,,,\n", "row 3: date = '04.03.2022': is not a date of the form iso"),
        ("e1,a,2022-03-04,95,34,\n", "row 3: latitude (place.latitude) = 95"),
        ("e1,a,2022-03-04,47.5,,\n", "place.longitude): is missing"),
        ('e1,a,2022-03-04,"47,5",34,\n', "row 3: latitude = '47,5': is not a number; write it with a point"),
        ("e1,a,2022-03-04,NaN,34,\n", "latitude = 'NaN': is not a number"),
        ("e1,a,2022-03-04,inf,34,\n", "latitude = 'inf': is not a number"),
        ("e1,a,2022-03-04,1e999,34,\n", "2^53"),
        ("e1,a,2022-03-04,٤٧,34,\n", "is not a number"),
        ("e1,a,2022-03-04,,,9007199254740993\n", "row 3: count = '9007199254740993': is beyond the numbers"),
        ("e1,a,2022-03-04,,,1.5\n", "is not a whole number"),
        ("e1,a,2022-03-04\n", "row 3: has 3 cells, the header 6"),
        ("e1,a,b,2022-03-04,,,\n", "row 3: has 7 cells, the header 6; put text"),
        ("e0,another,2022-03-05,,,\n", "row 3: id = 'e0': stands already in row 2"),
        ("../x,a,2022-03-04,,,\n", "row 3: id = '../x': is not an id"),
        ("e1,a\x07b,2022-03-04,,,\n", "control character (U+0007)"),
        ('e1,"a,2022-03-04,,,\n', "row 3 (line 3): a quote is opened in this row and never closed"),
        ('e1,"a"b,2022-03-04,,,\n', "row 3 (line 3): text follows a closing quote"),
        (f"e1,{'x' * 200_000},2022-03-04,,,\n", "has 200000 characters, 100000 at most; attach it"),
        (f"e1,{'x' * 10_000_000},2022-03-04,,,\n", "row 3: what (text): has 10000000 characters"),
    ],
)
def test_a_bad_row_is_named_with_its_column(row: str, said: str) -> None:
    assert said in refused(HEAD + GOOD.format(0) + row)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (HEAD.encode(), "holds no row"),
        (HEAD.encode("utf-16"), "is UTF-16; save it as UTF-8"),
        (HEAD.encode("utf-16-le"), "it looks like UTF-16"),
        (HEAD.encode() + b"e1,caf\xe9,2022-03-04,,,\n", "line 2: is not UTF-8"),
        (HEAD.encode() + b"e1,a\0b,2022-03-04,,,\n", "line 2: holds a NUL byte"),
        (HEAD.replace(",", ";").encode(), "is separated by semicolons, the mapping says commas; declare"),
        (HEAD.replace(",", "\t").encode(), "is separated by tabs"),
        (b"id,wat,date\n1,2,3\n", "'what': no such column; did you mean wat"),
        (b"id,what,date,date\n1,2,3,4\n", "row 1: date: stands twice in the header"),
        (b"id,what,,date\n1,2,3,4\n", "row 1: column 3 has no name"),
        (b"id,what,date\r1,2,3\r", "is not a date"),
        (b"PK\x03\x04\0\0", "NUL byte"),
        (b"id,what\x1b[31m,date\n1,2,3\n", "what?[31m: holds a control character"),
    ],
)
def test_a_file_that_is_no_table_is_refused(data: bytes, said: str) -> None:
    assert said in refused(data)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"id":"a","what":"x","date":"2022"}\n{"id":"b",\n', "line 2: is not JSON"),
        ('{"id":"a","what":"x","date":"2022","count":NaN}\n', "line 1: 'NaN': is no number that JSON knows"),
        ('{"id":"a","what":"x","date":"2022","count":-Infinity}\n{"id":"b"}', "'-Infinity'"),
        ('{"id":"a","what":"x","date":"2022","count":9007199254740993}\n{"id":"b"}', "2^53"),
        ('{"id":"a","what":"x","date":"2022","count":' + "9" * 5000 + "}\n", "2^53"),
        ('{"id":"a","what":"x","date":"2022","count":1e999}\n', "beyond the numbers that JSON keeps"),
        ('{"id":"a","id":"b","what":"x","date":"2022"}\n', "id: stands twice in one object"),
        ('{"id":"a","what":"\\ud800","date":"2022"}\n', "lone surrogate"),
        ('{"id":"a","what":"x","date":"2022","\\ud800":1}\n', "lone surrogate"),
        ('{"id":"a","what":["x"],"date":"2022"}\n', "what = ['x']: holds several things"),
        ('{"id":"a","what":"x","date":2044}\n', "lies in the future"),
        ('{"\\u001b[31m":1}\n', "?[31m: holds a control character in its name"),
        ('{"\\u001b[31m":1,"\\u001b[31m":1}\n', "?[31m: stands twice"),
        ('[{"id":"a","what":"x","date":"2022"}, 7]', "item 2: 'int': is not an object"),
        ("[]", "holds no row"),
        ("[1,2", "is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"id":"a","what":"x","date":"2022","deep":' + "[" * 150 + "]" * 150 + "}", "nested deeper than 100"),
        ('{"id":"a","what":"x","date":"2022","deep":' + '{"a":' * 500 + "1" + "}" * 501, "nested deeper than 100"),
        ('{"type":"FeatureCollection","features":7}', "has no list of features"),
        ('{"type":"FeatureCollection","features":[]}', "holds no row"),
        ('{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon"},"properties":{}}]}',
         "geometry = 'Polygon': is not a point"),
        ('{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":["a",1]},'
         '"properties":{}}]}', "geometry.coordinates: are not two numbers"),
    ],
)  # fmt: skip
def test_json_that_is_not_what_it_should_be_is_refused(text: str, said: str) -> None:
    assert said in refused(text)


def test_every_bad_row_is_told_up_to_twenty_and_the_rest_counted() -> None:
    rows = "".join(GOOD.format(i) if i % 2 else f"e{i},a,2044-01-01,,,\n" for i in range(60))
    with pytest.raises(BadRows) as caught:
        list(read_records(io.BytesIO((HEAD + rows).encode()), PLAIN, now=NOW))
    assert len(caught.value.rows) == 30 and len(caught.value.problems) == 20
    assert "row 2:" in caught.value.problems[0] and "row 4:" in caught.value.problems[1]
    assert "29 more bad rows (4, 6, 8," in str(caught.value) and "nothing was taken" in str(caught.value)


def test_a_row_is_counted_as_a_spreadsheet_counts_it() -> None:
    rows = 'e1,"two\nlines",2022-03-04,,,\ne2,a,2044-01-01,,,\n'
    assert "row 3 (line 4): date" in refused(HEAD + rows)


def test_two_rows_that_say_the_same_without_an_id_are_found() -> None:
    row = ",a siren,2022-03-04,,,\n"
    assert "stands already in row 2" in refused(HEAD + row + row)


def test_a_word_outside_the_declared_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text(
        'schema = "oberih/mapping/1"\nid = "m"\ntitle = "m"\n'
        '[[field]]\nto = "kind"\ncolumn = "kind"\ntranslate = {raid = "event"}\n'
        '[[field]]\nto = "text"\ncolumn = "what"\n'
    )
    assert "kind = 'party': is not in the mapping's table; known: raid" in refused(
        "kind,what\nparty,x\n", load_mapping(path)
    )


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault() -> None:
    data = b"\xef\xbb\xbf" + (HEAD + GOOD.format(0)).replace("\n", "\r\n").encode()
    assert [r.id for r in read_records(io.BytesIO(data), PLAIN, now=NOW)] == ["e0"]


def test_another_separator_and_encoding_are_read_when_declared() -> None:
    mapping = PLAIN.model_copy(update={"delimiter": ";", "encoding": "cp1251"})
    text = "id;what;date\ne1;сирена;2022-03-04\n"
    (record,) = read_records(io.BytesIO(text.encode("cp1251")), mapping, now=NOW)
    assert record.text == "сирена"


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_records(path, PLAIN, now=NOW)


ANY_MAPPING = st.sampled_from(["acled", "firms", "chronology", "record", PLAIN])


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=400), mapping=ANY_MAPPING)
def test_no_bytes_whatever_do_more_than_be_refused(data: bytes, mapping: Mapping | str) -> None:
    with pytest.raises(InputError):
        list(read_records(io.BytesIO(data), mapping, now=NOW))


SOUND = (HEAD + GOOD.format(0) + 'e1,"two, three",2022-03,,,\n').encode()


@settings(max_examples=300, deadline=None)
@given(at=st.integers(0, len(SOUND)), put=st.binary(max_size=3), taken=st.integers(0, 3))
def test_a_damaged_table_is_read_or_refused(at: int, put: bytes, taken: int) -> None:
    try:
        found = list(read_records(io.BytesIO(SOUND[:at] + put + SOUND[at + taken :]), PLAIN, now=NOW))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert all(r.text for r in found)


def json_values() -> st.SearchStrategy[Any]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner), max_leaves=4
    )


NAMES = st.sampled_from(
    ["id", "what", "date", "latitude", "longitude", "count", "kind", "text", "happened", "data", "tags"]
)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    rows=st.lists(st.dictionaries(NAMES | st.text(max_size=5), json_values(), max_size=8), max_size=4),
    mapping=st.sampled_from(["record", PLAIN]),
    joined=st.sampled_from([json.dumps, lambda rows: "\n".join(map(json.dumps, rows))]),
)
def test_json_of_any_shape_is_read_or_refused(
    rows: list[Any], mapping: Mapping | str, joined: Callable[[Any], str]
) -> None:
    try:
        records = list(read_records(io.BytesIO(joined(rows).encode()), mapping, now=NOW))
    except InputError as error:
        assert "\n" not in str(error)
    else:
        assert len(records) == len(rows)


@settings(max_examples=200, deadline=None)
@given(cells=st.lists(st.lists(st.text(max_size=12), min_size=6, max_size=6), max_size=4))
def test_a_table_of_any_cells_is_read_or_refused(cells: list[list[str]]) -> None:
    import csv

    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEAD.strip().split(","), *cells])
    try:
        list(read_records(io.BytesIO(out.getvalue().encode("utf-8", "surrogatepass")), PLAIN, now=NOW))
    except InputError as error:
        assert "\n" not in str(error)


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).filter(str.strip)
NAMED = TEXTS.filter(lambda t: not any("\u202a" <= c <= "\u202e" or "\u2066" <= c <= "\u2069" for c in t))
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)


@st.composite
def records(draw: st.DrawFn) -> Record:
    fields: dict[str, Any] = {"kind": draw(st.sampled_from(KINDS)), "text": draw(TEXTS)}
    if draw(st.booleans()):
        fields["happened"] = {"from": draw(st.dates(date(1900, 1, 1), date(2026, 1, 1)).map(str))}
    if draw(st.booleans()):
        fields["place"] = {"longitude": draw(st.floats(-180, 180)), "latitude": draw(st.floats(-90, 90))}
    fields["claims"] = draw(st.lists(st.fixed_dictionaries({"by": TEXTS, "says": TEXTS}), max_size=2))
    fields["tags"] = draw(st.lists(TEXTS, max_size=3))
    fields["data"] = draw(st.dictionaries(NAMED, WHOLE | TEXTS | st.booleans(), max_size=3))
    return read_record(fields, now=NOW)


@settings(max_examples=150, deadline=None)
@given(st.lists(records(), min_size=1, max_size=5, unique_by=lambda r: r.id))
def test_records_written_as_json_lines_come_back_as_they_were(written: list[Record]) -> None:
    lines = "\n".join(json.dumps(record_fields(r), ensure_ascii=False) for r in written)
    assert list(read_records(io.BytesIO(lines.encode()), "record", now=NOW)) == written


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(TEXTS.filter(lambda t: t == t.strip()), st.floats(-90, 90), st.floats(-180, 180), WHOLE),
        min_size=1, max_size=5,
    )
)  # fmt: skip
def test_what_is_written_into_a_table_comes_back(rows: list[tuple[str, float, float, int]]) -> None:
    import csv

    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["id", "what", "date", "latitude", "longitude", "count"])
    for i, (text, latitude, longitude, count) in enumerate(rows):
        writer.writerow([f"e{i}", text, "2022-03-04", latitude, longitude, count])
    found = list(read_records(io.BytesIO(out.getvalue().encode()), PLAIN, now=NOW))
    assert [(r.text, r.place["latitude"], r.place["longitude"], r.data["count"]) for r in found] == rows
