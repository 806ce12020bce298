"""Every mistake in a table is found with its row, and natural persons are not stored."""

from __future__ import annotations

import csv
import shutil
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.regimes.read.participation_tables import COLUMNS, lint_participation, read_participation
from tests.conftest import SHARED, needs_shared

SHIPPED = Path(str(files("oberih.regimes"))) / "data" / "participation"
Rows = list[dict[str, str]]


def table(path: Path, rows: Rows, *, name: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS[name], restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def sound() -> dict[str, Rows]:
    """A small register without a mistake."""
    row = {"source": "https://example.org", "verified": "yes"}
    event = {"series": "iaea-tso", "title_en": "a conference", "city": "Kyiv"} | row
    known = {"known_on": "2024-05-20"} | row
    vote = {"date": "2024-05-20", "body": "iaea-bog", "instrument": "GOV/X", "form": "vote", "event": "A"} | known
    return {
        "events": [{"id": "A"} | event, {"id": "B"} | event],
        "schedules": [
            {"event": "A", "version": "1", "status": "planned", "start": "2024-05-20", "known_on": "2024-01-01"} | row,
            {"event": "A", "version": "2", "status": "held", "start": "2024-05-20", "end": "2024-05-24"} | known,
            {"event": "B", "version": "1", "status": "planned", "start": "2025-spring"} | known,
        ],
        "roles": [{"event": "A", "state": "UA", "role": "host state"} | known],
        "figures": [{"event": "A", "what": "states", "value": "54", "bound": "exactly", "by": "iaea"} | known],
        "positions": [{"id": "P", "in_favour": "26", "against": "2", "abstain": "5", "absent": "2"} | vote],
        "votes": [{"position": "P", "state": s, "vote": "against"} | row for s in ("RU", "CN")],
        "claims": [
            {"id": "C", "claimant": "sstc-nrs", "date": "2024", "text": "it was so", "evidence": "letter",
             "kind": "testable"} | known
        ],
    }  # fmt: skip


def write(folder: Path, tables: dict[str, Rows]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        table(folder / f"{name}.csv", rows, name=name)
    return folder


def test_a_sound_folder_has_no_mistake(tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", sound())
    assert lint_participation(folder) == ()
    assert set(read_participation(folder).events) == {"A", "B"}


@pytest.mark.parametrize(
    ("name", "row", "change", "said"),
    [
        ("events", 1, {"id": "A"}, "events.csv, row 3: id = 'A': stands already in row 2"),
        ("schedules", 2, {"start": "2024-05-20"}, "events.csv, row 3: id = 'B': is the same event as A"),
        ("events", 0, {"series": "iaea-tsoo"}, "events.csv, row 2: series = 'iaea-tsoo': is defined in no table"),
        ("events", 0, {"verified": "perhaps"}, "verified = 'perhaps': is not known; use one of yes, no"),
        ("events", 0, {"source": ""}, "events.csv, row 2: source: is empty"),
        ("events", 0, {"title_en": ""}, "title_en: is empty"),
        ("schedules", 0, {"status": "delayed"}, "schedules.csv, row 2: status = 'delayed': is not known"),
        ("schedules", 0, {"start": "2024-13-01"}, "start = '2024-13-01': is no day of the calendar"),
        ("schedules", 0, {"start": "May 2024"}, "is not a date; write 2018-10-15"),
        ("schedules", 1, {"end": "2024-05-19"}, "row 3: end = '2024-05-19': lies before the start"),
        ("schedules", 1, {"version": "3"}, "row 3: version = 3: breaks the count"),
        ("schedules", 1, {"known_on": "2024-04-01"}, "known_on = '2024-04-01': was known before the event began"),
        ("schedules", 1, {"known_on": "2023-12-01"}, "was announced before version 1"),
        ("schedules", 0, {"status": "cancelled"}, "follows a version that is cancelled"),
        ("schedules", 0, {"announced_on": "2024-02-01"}, "'2024-02-01': lies after the day it became known"),
        ("schedules", 2, {"event": "Z"}, "events.csv, row 3: id = 'B': has no schedule"),
        ("roles", 0, {"state": "UK"}, "roles.csv, row 2: state = 'UK': is no state's code"),
        ("roles", 0, {"state": "ua"}, "is no state's code; write UA"),
        ("roles", 0, {"state": "Ukraine"}, "is no state's code; write UA"),
        ("roles", 0, {"organisation": "iaea"}, "stands beside an organisation; give one"),
        ("roles", 0, {"state": ""}, "give one"),
        ("roles", 0, {"role": "host organisation"}, "is a state, and the role is host organisation"),
        ("roles", 0, {"event": "Z"}, "roles.csv, row 2: event = 'Z': is defined in no table"),
        ("figures", 0, {"value": "54+"}, "value = '54+': is not a whole number"),
        ("figures", 0, {"by": "nobody"}, "by = 'nobody': is defined in no table"),
        ("positions", 0, {"abstain": "6"}, "in_favour: 26 + 2 + 6 + 2 = 36, and iaea-bog has 35 seats"),
        ("positions", 0, {"in_favour": "20"}, "= 29, and iaea-bog has 35 seats"),
        ("positions", 0, {"against": "1", "abstain": "6"}, "against: is 1, and 2 are listed"),
        ("positions", 0, {"against": "3", "abstain": "4"}, "against: is 3, and 2 are listed; list the others"),
        ("positions", 0, {"form": "statement"}, "a statement is joined, not voted on"),
        ("positions", 0, {"sponsors": "CA;Poland"}, "sponsors = 'Poland': is no state's code; write PL"),
        ("positions", 0, {"partial": "maybe"}, "partial = 'maybe': is no vote"),
        ("votes", 1, {"state": "RU"}, "votes.csv, row 3: vote = 'RU': stands twice"),
        ("votes", 1, {"state": "RU", "vote": "abstain"}, "vote = 'RU': is also listed as against"),
        ("votes", 1, {"vote": "no"}, "vote = 'no': is not known"),
        ("claims", 0, {"claimant": "somebody"}, "claimant = 'somebody': is defined in no table"),
        ("claims", 0, {"kind": "true"}, "kind = 'true': is not known; use one of testable, normative"),
        ("claims", 0, {"text": "signed by Mr Smith"}, "names a natural person, who is not stored"),
        ("events", 0, {"note": "x" * 5000}, "has 5000 characters"),
        ("events", 0, {"id": "../A"}, "is not an id"),
    ],
)  # fmt: skip
def test_a_mistake_is_found_in_its_row(name: str, row: int, change: dict[str, str], said: str, tmp_path: Path) -> None:
    tables = sound()
    tables[name][row] |= change
    folder = write(tmp_path / "mine", tables)
    lines = [str(mistake) for mistake in lint_participation(folder)]
    assert any(said in line for line in lines), lines
    assert all("\n" not in line for line in lines)
    with pytest.raises(InputError) as refused:
        read_participation(folder)
    assert refused.value.exit_code == 2


def test_many_mistakes_are_all_told_and_counted_where_one_line_is_due(tmp_path: Path) -> None:
    tables = sound()
    tables["roles"][0] |= {"state": "XX", "role": "king"}
    tables["claims"][0] |= {"kind": "true"}
    folder = write(tmp_path / "mine", tables)
    assert len(lint_participation(folder)) == 3
    with pytest.raises(InputError, match="2 more mistakes"):
        read_participation(folder)


@pytest.mark.parametrize(
    "column", ["delegate", "chairperson", "signed_by", "head_of_delegation", "speaker", "email", "name", "full_name"]
)
def test_a_column_for_persons_is_refused(column: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "mine", sound())
    path = folder / "roles.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([f"{head},{column}", *(f"{row},X" for row in rows)]) + "\n")
    with pytest.raises(InputError, match="would hold natural persons, who are not stored"):
        read_participation(folder)


@pytest.mark.parametrize(
    "text",
    [
        "signed by Mr Smith", "H.E. Jane Doe spoke", "Dr. Ivanenko attended", "Director General Novak opened it",
        "chaired by Maria Kowalska", "Ambassador Tremblay delivered it", "пан Шевченко виступив", "Minister Olsen",
    ],
)  # fmt: skip
def test_a_person_in_a_text_is_refused(text: str, tmp_path: Path) -> None:
    tables = sound()
    tables["events"][0] |= {"note": text}
    lines = [str(m) for m in lint_participation(write(tmp_path / "mine", tables))]
    assert len(lines) == 1 and "names a natural person" in lines[0]


@pytest.mark.parametrize(
    "text",
    [
        "opened by the Director General of the Agency", "the Minister of Energy", "signed by Costa Rica and others",
        "President of the conference: Belgium", "held in St Petersburg", "Bel V hosts", "delivered by Canada",
    ],
)  # fmt: skip
def test_an_office_or_a_state_is_no_person(text: str, tmp_path: Path) -> None:
    tables = sound()
    tables["events"][0] |= {"note": text}
    assert lint_participation(write(tmp_path / "mine", tables)) == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"\xff\xfei\0", "is not UTF-8"),
        (b"id;series;title_en\n", "is separated by semicolons"),
        (b"id,series,colour\n", "colour: no such column"),
        (b"id,id\n", "is there twice"),
        (b"id,series\n", "the table has no such column"),
        (b"id,series,title_en,source,verified\nA,b\n", "row 2: has 2 cells, the header 5"),
        (b'id,series,title_en,source,verified\nA,"b\n', "is not CSV"),
        (b"id,series,title_en,source,verified\n\0\n", "NUL"),
    ],
)
def test_a_table_that_is_none_is_told(data: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_bytes(data)
    lines = [str(m) for m in lint_participation(tmp_path)]
    assert any(said in line for line in lines), lines


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    for folder, said in ((tmp_path, "holds neither"), (tmp_path / "none", "is no folder")):
        with pytest.raises(InputError, match=said):
            lint_participation(folder)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300), name=st.sampled_from(sorted(COLUMNS)))
def test_no_bytes_whatever_break_the_lint(data: bytes, name: str, tmp_path: Path) -> None:
    folder = tmp_path / "fuzzed"
    if not folder.exists():
        write(folder, sound())
    (folder / f"{name}.csv").write_bytes(data)
    assert all("\n" not in str(m) for m in lint_participation(folder))
    shutil.rmtree(folder)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_cell_is_read_or_told(data: st.DataObject, tmp_path: Path) -> None:
    tables = sound()
    name = data.draw(st.sampled_from(sorted(tables)))
    row = data.draw(st.integers(0, len(tables[name]) - 1))
    column = data.draw(st.sampled_from(COLUMNS[name]))
    tables[name][row] |= {column: data.draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=12))}
    assert all("\n" not in str(m) for m in lint_participation(write(tmp_path / "cells", tables)))


@needs_shared
def test_what_the_project_s_own_data_holds_is_in_the_register() -> None:
    with (SHARED / "data" / "participation_register" / "events.csv").open(encoding="utf-8", newline="") as file:
        events = {row["event_id"]: row for row in csv.DictReader(file)}
    register = read_participation()
    assert set(events) - {"TSO-2018-b"} <= set(register.events)
    for name in ("TSO-2018", "TSO-2018-b"):
        for what, column in (("participants", "participants"), ("states", "states_represented")):
            values = [f.value for f in register.figures if f.event == "TSO-2018" and f.what == what]
            assert int(events[name][column]) in values
    with (SHARED / "data" / "participation_register" / "positions.csv").open(encoding="utf-8", newline="") as file:
        positions = {row["instrument"]: row for row in csv.DictReader(file) if row["instrument"].startswith("GOV")}
    told = {p.instrument: p for p in register.positions}
    for instrument, row in positions.items():
        for column, vote in (
            ("in_favour", "in favour"),
            ("against", "against"),
            ("abstain", "abstain"),
            ("absent", "absent"),
        ):
            assert (row[column] or None) == (str(n) if (n := told[instrument].counts.get(vote)) is not None else None)
        for column in ("against", "abstain", "absent"):
            listed = {v.actor for v in register.votes if v.position == told[instrument].id and v.vote == column}
            named = row[f"{column}_list"]
            assert listed == ({*named.split(";")} - {""} if named != "not named" else set())
