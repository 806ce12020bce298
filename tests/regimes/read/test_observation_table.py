"""A table of observations is read exactly, or refused with row and column."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.regimes.observation import CHANNELS, Observation
from oberih.regimes.read.observation_table import COLUMNS, read_observations, shipped_observations

HEADER = "id,indicator,subject,date,value,given,channel,source,verified,known_on,longitude,latitude,credibility,claims"
ROW = "o1,tubs,A,2023-03-01,800,yes,press,who,yes,2023-03,34.5,47.5,2,A: said so | B: denies it"


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "table.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def with_cell(column: str, cell: str) -> str:
    cells = ROW.split(",")
    cells[HEADER.split(",").index(column)] = cell
    return ",".join(cells)


def test_a_row_becomes_an_observation(tmp_path: Path) -> None:
    (o,) = read_observations(table(tmp_path, ROW))
    assert (o.id, o.value, o.date, o.end, o.given, o.verified) == ("o1", 800.0, date(2023, 3, 1), None, True, True)
    assert (o.known_on, o.credibility, o.longitude) == (date(2023, 3, 31), 2, 34.5)
    assert o.claims == (("A", "said so"), ("B", "denies it"))


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [("2023", "2023-01-01", "2023-12-31"), ("2024-02", "2024-02-01", "2024-02-29"),
     ("2023-12", "2023-12-01", "2023-12-31")],
)  # fmt: skip
def test_a_month_is_never_taken_for_its_first_day(tmp_path: Path, cell: str, first: str, last: str) -> None:
    (o,) = read_observations(table(tmp_path, with_cell("date", cell)))
    assert (o.date.isoformat(), o.last.isoformat()) == (first, last)


def test_asked_and_not_given_is_a_row_with_no_value(tmp_path: Path) -> None:
    (o,) = read_observations(table(tmp_path, ROW.replace(",800,yes,", ",,no,")))
    assert (o.value, o.given) == (None, False)


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("date", "0000-01-01", "no year"), ("date", "2023-02-30", "no day"), ("date", "1.3.2023", "not a date"),
        ("date", "", "is empty"), ("date", "2023-13", "no day"), ("date", "٢٠٢٣", "not a date"),
        ("known_on", "yesterday", "not a date"), ("value", "NaN", "not a finite"), ("value", "-inf", "not a finite"),
        ("value", "1e400", "2^53"), ("value", "9007199254740993e9", "2^53"), ("channel", "rumour", "not known"),
        ("channel", "", "is empty"), ("given", "maybe", "not known"), ("given", "no", "stands beside"),
        ("verified", "", "is empty"), ("longitude", "234", "between -180 and 180"), ("longitude", "34,5", "cells"),
        ("longitude", "east", "not a number"), ("longitude", "nan", "not a number"), ("latitude", "", "is missing"),
        ("latitude", "97", "between -90 and 90"), ("credibility", "7", "not known"), ("claims", "said so", "by whom"),
        ("id", "", "is empty"), ("id", "../etc", "not an id"), ("id", "a b", "not an id"), ("subject", "", "is empty"),
        ("source", "", "is empty"), ("source", "x" * 10_000_000, "10000000 characters"), ("indicator", "", "is empty"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_right_is_named(tmp_path: Path, column: str, cell: str, message: str) -> None:
    with pytest.raises(InputError) as found:
        read_observations(table(tmp_path, ROW.replace("o1", "o0"), with_cell(column, cell)))
    said = str(found.value)
    assert "table.csv, row 3" in said
    assert message in said
    assert len(said) < 1000
    assert message == "cells" or found.value.field == ("value" if message == "stands beside" else column)


def test_an_id_given_twice_names_both_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"row 3: id = 'o1': is given already in row 2"):
        read_observations(table(tmp_path, ROW, ROW))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"), (b"id;indicator;subject;date;value\n", "semicolons"),
        (b"id\tindicator\tsubject\tdate\n", "tabs"),
        (b"id,indicator\n", "no such column"), (b"id,id\n", "there twice"), (b"id,colour\n", "no such column"),
        ((HEADER + "\n").encode("utf-16"), "UTF-16"), (HEADER.encode() + b"\no\xff1\n", "row 2: is not UTF-8"),
        (HEADER.encode() + b"\no\x001,\n", "row 2: holds a NUL"), (HEADER.encode() + b'\n"o1,tubs\n', "is not CSV"),
        (HEADER.encode() + b"\na,b\n", "has 2 cells, the header 14"),
    ],
)  # fmt: skip
def test_what_is_no_such_table_is_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        read_observations(path)


def test_a_byte_order_mark_and_blank_lines_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n\r\n{ROW}\r\n,,,,,,,,,,,,,\r\n".encode())
    assert len(read_observations(path)) == 1


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_observations(tmp_path / "nothing.csv")


def test_what_ships_is_read_and_every_row_has_its_source() -> None:
    shipped = shipped_observations()
    assert len(shipped) > 100
    assert all(o.source and o.channel in CHANNELS for o in shipped)


words = st.text(st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="|;:"), min_size=1, max_size=20)
clean = words.map(str.strip).filter(bool)


@st.composite
def observation(draw: st.DrawFn) -> Observation:
    first = draw(st.dates(date(1900, 1, 1), date(2199, 1, 1)))
    place = draw(st.one_of(st.none(), st.tuples(st.floats(-180, 180), st.floats(-90, 90))))
    value = draw(st.one_of(st.none(), st.floats(-1e9, 1e9), st.sampled_from(["lost", "in force"])))
    return Observation(
        draw(st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)), draw(clean), draw(clean), first, value,
        given=value is not None or draw(st.booleans()),
        end=draw(st.one_of(st.none(), st.dates(first, date(2200, 1, 1)).filter(lambda d: d != first))),
        known_on=draw(st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2200, 1, 1)))), text=draw(words).strip(),
        channel=draw(st.sampled_from(CHANNELS)), source=draw(clean),
        reliability=draw(st.one_of(st.none(), st.sampled_from("ABCDEF"))),
        credibility=draw(st.one_of(st.none(), st.integers(1, 6))),
        affirmed_by=tuple(draw(st.lists(clean, max_size=2))),
        claims=tuple(draw(st.lists(st.tuples(clean, clean), max_size=2))),
        longitude=place[0] if place else None, latitude=place[1] if place else None,
        uncertainty=draw(st.floats(0, 1e6)), verified=draw(st.booleans()),
    )  # fmt: skip


def row(o: Observation) -> list[str]:
    yes = {True: "yes", False: "no"}
    cells = (
        o.id, o.indicator, o.subject, o.date, o.end, o.value, yes[o.given], o.known_on, o.text, o.channel, o.source,
        o.reliability, o.credibility, ";".join(o.affirmed_by), " | ".join(f"{b}: {s}" for b, s in o.claims),
        o.longitude, o.latitude, o.uncertainty, yes[o.verified],
    )  # fmt: skip
    return ["" if c is None else str(c) for c in cells]


@settings(deadline=None)
@given(st.lists(observation(), max_size=4, unique_by=lambda o: o.id))
def test_what_is_written_is_read_back(tmp_path_factory: pytest.TempPathFactory, given_: list[Observation]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(row(o) for o in given_)
    path = tmp_path_factory.getbasetemp() / "round.csv"
    path.write_bytes(out.getvalue().encode())
    assert read_observations(path) == tuple(given_)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(HEADER.encode() + b"\n" + data)
    try:
        read_observations(path)
    except InputError as error:
        assert "any.csv" in str(error)
