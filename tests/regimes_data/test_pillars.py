"""The pillars answer to the rows of the chronology, and to nothing else."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from validation import pillars
from validation.chronology import load_coding, read_chronology, row_of

from oberih.errors import InputError
from oberih.regimes.observation import Observation
from oberih.regimes.read.observation_table import shipped_observations
from tests.conftest import SHARED, needs_shared

FOLDER = SHARED / "data" / "znpp_chronology"
COLUMNS = (
    "event_id", "date", "time_local", "end", "site", "category", "what", "reported_by", "attribution_claims",
    "iaea_attributes", "pillars", "principles", "certainty", "citation_url", "note",
)  # fmt: skip
FIRST, SECOND = date(2022, 9, 2), date(2024, 6, 3)

Row = dict[str, str]


def shared_rows() -> list[Row]:
    with (FOLDER / pillars.FILE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row(name: str, day: str, category: str, what: str, names: str = "", certainty: str = "IAEA", **more: str) -> Row:
    made = dict.fromkeys(COLUMNS, "")
    made.update(event_id=name, date=day, site="ZNPP", category=category, what=what, pillars=names, certainty=certainty)
    return {**made, **more}


def judged(folder: Path, rows: list[Row], day: date) -> dict[str, dict[str, Any]]:
    with (folder / pillars.FILE).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    evidence = pillars.load_evidence(folder)
    return {name: pillars.plain(f) for name, f in pillars.findings(evidence, as_of=day).items()}


def without(rows: list[Row], *names: str) -> list[Row]:
    return [r for r in rows if r["event_id"] not in names]


def changed(rows: list[Row], name: str, **cells: str) -> list[Row]:
    return [{**r, **cells} if r["event_id"] == name else r for r in rows]


# --- the real chronology


@needs_shared
def test_the_chronology_is_read_whole_and_judgements_are_no_evidence() -> None:
    events, observations = read_chronology(FOLDER / pillars.FILE, load_coding())
    assert len(events) == 54
    left_out = {e.row["event_id"] for e in events} - {row_of(o.id) for o in observations}
    assert left_out == {"E017", "E019", "E021", "E032", "E044"}


@needs_shared
def test_findings_of_both_days_stand_beside_the_agencys_with_every_difference_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert pillars.main([str(FOLDER)]) == 0
    said = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert said["contradictions"] == 0
    first, second = said["as_of"]["2022-09-02"], said["as_of"]["2024-06-03"]
    assert {p: f["status"] for p, f in first.items()} == {
        "P1": "compromised", "P2": "at-risk", "P3": "at-risk", "P4": "at-risk", "P5": "unknown", "P6": "unknown",
        "P7": "unknown",
    }  # fmt: skip
    assert {p: f["status"] for p, f in second.items()} == {
        "P1": "compromised", "P2": "at-risk", "P3": "compromised", "P4": "at-risk", "P5": "unknown", "P6": "unknown",
        "P7": "compromised",
    }  # fmt: skip
    assert all(f["agrees"] or f["difference"] for day in said["as_of"].values() for f in day.values())
    assert "E047 of 2024-12-10" in second["P5"]["difference"]


@needs_shared
def test_changing_or_removing_the_agencys_judgement_changes_nothing(tmp_path: Path) -> None:
    rows = shared_rows()
    for day in (FIRST, SECOND):
        as_it_is = judged(tmp_path, rows, day)
        assert judged(tmp_path, without(rows, "E017", "E044"), day) == as_it_is
        holds = changed(rows, "E044", what="All seven pillars hold", date="2024-06-01")
        assert judged(tmp_path, holds, day) == as_it_is


@needs_shared
@pytest.mark.parametrize(
    ("name", "pillar", "day"),
    [
        ("E040", "P1", SECOND),
        ("E039", "P3", SECOND),
        ("E042", "P7", SECOND),
        ("E015", "P4", FIRST),
        ("E014", "P2", FIRST),
    ],
)
def test_a_row_that_is_removed_is_rested_on_no_more(tmp_path: Path, name: str, pillar: str, day: date) -> None:
    rows = shared_rows()
    assert name in judged(tmp_path, rows, day)[pillar]["rests_on"]
    less = judged(tmp_path, without(rows, name), day)[pillar]
    assert name not in less["rests_on"]
    assert name not in less["counted"]


@needs_shared
def test_without_the_rows_behind_it_a_pillar_is_unknown(tmp_path: Path) -> None:
    rows = [r for r in shared_rows() if "P4" not in r["pillars"]]
    assert judged(tmp_path, rows, FIRST)["P4"]["status"] == "unknown"
    nothing = [r for r in shared_rows() if r["category"] == "assessment"]
    for day in (FIRST, SECOND):
        assert {f["status"] for f in judged(tmp_path, nothing, day).values()} == {"unknown"}


@needs_shared
def test_a_row_moved_past_the_day_counts_no_more_and_one_moved_before_it_counts(tmp_path: Path) -> None:
    rows = shared_rows()
    later = judged(tmp_path, changed(rows, "E040", date="2024-06-04"), SECOND)["P1"]
    assert "E040" not in later["counted"]
    convoy = judged(tmp_path, changed(rows, "E047", date="2024-05-20"), SECOND)["P5"]
    assert (convoy["status"], convoy["rests_on"]) == ("compromised", ["E047"])
    moved = judged(tmp_path, changed(rows, "E040", date="2024-05-01"), SECOND)["P1"]
    assert (moved["status"], moved["rests_on"]) == ("compromised", ["E040"])


@needs_shared
def test_a_row_that_says_something_else_is_not_read_as_what_it_said_before(tmp_path: Path) -> None:
    quiet = changed(shared_rows(), "E039", what="Staff were interviewed", category="personnel")
    assert "E039" not in judged(tmp_path, quiet, SECOND)["P3"]["rests_on"]


@needs_shared
def test_a_row_whose_certainty_falls_to_one_party_is_a_claim(tmp_path: Path) -> None:
    rows = without(shared_rows(), "E042", "E041")
    claimed = changed(rows, "E040", certainty="one party")
    assert judged(tmp_path, claimed, SECOND)["P1"]["status"] == "at-risk"


@needs_shared
def test_rows_of_another_site_do_not_bear_on_the_plant(tmp_path: Path) -> None:
    rows = shared_rows()
    as_it_is = judged(tmp_path, rows, SECOND)
    for site in ("Chornobyl", "Rivne"):
        more = row("X1", "2024-05-30", "strike", "Direct hits on a reactor building", "P1;P4;P5;P6", site=site)
        assert judged(tmp_path, [*rows, more], SECOND) == as_it_is


@needs_shared
def test_the_shipped_observations_say_the_same_as_the_chronology_but_where_they_know_more() -> None:
    """Damage the agency saw in September 2022, the regulator's word of June 2023, days on which power came back."""
    evidence, shipped = pillars.load_evidence(FOLDER), pillars.Evidence(shipped_observations(), 0, "")
    differ = {
        (str(day), pillar): (str(f.status), str(pillars.findings(shipped, as_of=day)[pillar].status))
        for day in (FIRST, SECOND, date(2022, 9, 10), date(2022, 10, 25), date(2023, 8, 1), date(2025, 10, 20))
        for pillar, f in pillars.findings(evidence, as_of=day).items()
        if f.status != pillars.findings(shipped, as_of=day)[pillar].status
    }
    assert differ == {
        ("2022-10-25", "P4"): ("compromised", "at-risk"),
        ("2023-08-01", "P1"): ("unknown", "compromised"),
        ("2023-08-01", "P6"): ("unknown", "at-risk"),
        ("2024-06-03", "P6"): ("unknown", "at-risk"),
        ("2025-10-20", "P6"): ("unknown", "at-risk"),
    }


@needs_shared
def test_what_the_rules_read_from_words_alone_hardly_differs_from_what_was_read_by_hand() -> None:
    """The general rules are no copy of our readings; where they differ, the status differs in one cell of fourteen."""
    coding = load_coding()
    by_rule = type(coding)({**coding.table, "event": []})
    _, observations = read_chronology(FOLDER / pillars.FILE, by_rule)
    evidence, by_hand = pillars.Evidence(observations, 0, ""), pillars.load_evidence(FOLDER)
    differ = [
        (str(day), p)
        for day in (FIRST, SECOND)
        for p, f in pillars.findings(evidence, as_of=day).items()
        if f.status != pillars.findings(by_hand, as_of=day)[p].status
    ]
    assert differ == [("2024-06-03", "P7")]


@needs_shared
def test_halved_and_doubled_windows_change_no_status_on_the_two_days() -> None:
    assert pillars.sensitivity(pillars.load_evidence(FOLDER)) == []


# --- rows that nobody has read before


Changes = list[tuple[Row, str, str]]
ADDED: Mapping[str, tuple[list[Row], str, str]] = {
    "all power lost": ([row("N1", "2024-05-30", "offsite_power", "All off-site power lost; diesels run", "P4")],
                       "P4", "compromised"),
    "all power lost, says one party": (
        [row("N1", "2024-05-30", "offsite_power", "All off-site power lost; diesels run", "P4", "one party")],
        "P4", "at-risk"),
    "power lost and back": (
        [row("N1", "2024-05-28", "offsite_power", "Complete loss of off-site power", "P4"),
         row("N2", "2024-05-30", "offsite_power", "Off-site power restored through one line", "P4")],
        "P4", "at-risk"),
    "several lines back": (
        [row("N2", "2024-05-30", "offsite_power", "Two lines restored after repair", "P4")], "P4", "at-risk"),
    "a blackout of last year": (
        [row("N1", "2023-05-30", "offsite_power", "All off-site power lost", "P4")], "P4", "unknown"),
    "a shell on the ground": ([row("N1", "2024-05-30", "shelling", "Shells hit the plant's ground", "P1")],
                              "P1", "compromised"),
    "a blast outside the fence": (
        [row("N1", "2024-05-30", "strike", "A drone exploded near the plant", "P1")], "P1", "unknown"),
    "a dome damaged years ago": (
        [row("N1", "2022-05-30", "strike", "A containment dome was damaged by a direct hit", "P1")],
        "P1", "compromised"),
    "a hit of years ago": ([row("N1", "2022-05-30", "strike", "A hit on a warehouse", "P1")], "P1", "unknown"),
    "staff detained": ([row("N1", "2024-05-30", "personnel_detained", "Two engineers detained", "P3")],
                       "P3", "compromised"),
    "staff detained and released": (
        [row("N1", "2024-05-20", "personnel_detained", "Two engineers detained", "P3"),
         row("N2", "2024-05-30", "personnel_detained", "The engineers were released", "P3")], "P3", "unknown"),
    "stores out of reach": (
        [row("N1", "2024-05-30", "supply", "The diesel store is not accessible", "P5")], "P5", "compromised"),
    "monitoring silent": (
        [row("N1", "2024-05-30", "monitoring", "Monitoring stations fell silent", "P6")], "P6", "compromised"),
    "monitoring back": (
        [row("N1", "2024-05-20", "monitoring", "Monitoring stations fell silent", "P6"),
         row("N2", "2024-05-30", "monitoring", "Monitoring stations restored", "P6")], "P6", "unknown"),
    "access refused": (
        [row("N1", "2024-05-30", "access", "Inspectors had no access to the turbine hall", "P7")],
        "P7", "compromised"),
    "access refused, then granted": (
        [row("N1", "2024-05-20", "access", "No access to the turbine hall", "P7"),
         row("N2", "2024-05-30", "access", "Access to the turbine hall was granted", "P7")], "P7", "unknown"),
    "the regulator cut off": (
        [row("N1", "2024-05-30", "communication", "Contact with the regulator was lost", "P7")], "P7", "compromised"),
    "a category unheard of": (
        [row("N1", "2024-05-30", "rail", "The line for deliveries was interrupted and blocked", "P5")],
        "P5", "compromised"),
    "power never lost": (
        [row("N1", "2024-05-30", "offsite_power", "Heavy strikes, but no loss of off-site power", "P4")],
        "P4", "unknown"),
    "every line in service": (
        [row("N1", "2024-05-30", "offsite_power", "All four lines in service", "P4")], "P4", "holds"),
    "a walkdown without damage": (
        [row("N1", "2024-05-30", "access", "The team walked the reactor buildings and saw no damage", "P1")],
        "P1", "holds"),
    "a walkdown of one party": (
        [row("N1", "2024-05-30", "access", "The team walked the reactor buildings and saw no damage", "P1",
             "one party")], "P1", "unknown"),
    "an unconfirmed hit": (
        [row("N1", "2024-05-30", "strike", "A hit on the plant", "P1", "unconfirmed")], "P1", "at-risk"),
    "an assessment": ([row("N1", "2024-05-30", "assessment", "P1 red: direct hits, all power lost", "P1;P4")],
                      "P1", "unknown"),
}  # fmt: skip


@pytest.mark.parametrize("name", ADDED)
def test_a_row_nobody_read_before_is_read_by_its_category_and_its_words(tmp_path: Path, name: str) -> None:
    rows, pillar, status = ADDED[name]
    found = judged(tmp_path, rows, SECOND)[pillar]
    assert found["status"] == status, found
    if status in {"compromised", "at-risk"}:
        assert set(found["rests_on"]) <= {r["event_id"] for r in rows}
        assert found["rests_on"]


def test_each_side_accusing_the_other_confirms_that_it_happened(tmp_path: Path) -> None:
    said = row("N1", "2024-05-30", "shelling", "Shelling of the plant", "P1", "one party")
    assert judged(tmp_path, [said], SECOND)["P1"]["status"] == "at-risk"
    both = {**said, "attribution_claims": "each side accuses the other"}
    assert judged(tmp_path, [both], SECOND)["P1"]["status"] == "compromised"


def test_a_row_is_never_read_beyond_the_pillars_that_it_names(tmp_path: Path) -> None:
    said = row("N1", "2024-05-30", "strike", "A drone hit a vehicle of the agency on the road", "P5")
    found = judged(tmp_path, [said], SECOND)
    assert (found["P5"]["status"], found["P7"]["status"], found["P1"]["status"]) == (
        "compromised",
        "unknown",
        "unknown",
    )


CATEGORIES = (
    "strike", "shelling", "offsite_power", "personnel", "control", "access", "water", "repair", "equipment", "fire",
    "assessment", "rail", "supply", "monitoring",
)  # fmt: skip
rows_of_any_kind = st.lists(
    st.builds(
        row,
        st.uuids().map(str),
        st.dates(date(2021, 1, 1), date(2026, 1, 1)).map(str),
        st.sampled_from(CATEGORIES),
        st.one_of(
            st.sampled_from([r["what"] for rows, _, _ in ADDED.values() for r in rows]),
            st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=40),
        ),
        st.sampled_from(["P1", "P4;P5", "", "P6;P7", "nonsense"]),
        st.sampled_from(["IAEA", "one party", "", "reported by several", "IAEA heard, not seen"]),
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(rows=rows_of_any_kind, day=st.dates(date(2022, 3, 2), date(2026, 1, 1)))
def test_whatever_the_rows_a_finding_rests_on_rows_of_the_day_or_before_and_on_no_judgement(
    tmp_path_factory: pytest.TempPathFactory, rows: list[Row], day: date
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    found = judged(folder, rows, day)
    able = {r["event_id"] for r in rows if r["date"] <= str(day) and r["category"] != "assessment"}
    assert all(set(f["counted"]) <= able for f in found.values())
    assert all(f["rests_on"] for f in found.values() if f["status"] in {"compromised", "at-risk", "holds"})
    assert judged(folder, rows[::-1], day) == found
    confirmed = {r["event_id"] for r in rows if r["certainty"] in {"IAEA", "reported by several"}}
    for f in (f for f in found.values() if f["status"] == "compromised"):
        assert set(f["rests_on"]) & confirmed


# --- what cannot be read


Spoil = Callable[[Row], Row]


@pytest.mark.parametrize(
    ("spoiled", "field"),
    [
        ({"date": "yesterday"}, "date"),
        ({"date": "2022-02-30"}, "date"),
        ({"date": "0000-01-01"}, "date"),
        ({"end": "2022-01-01"}, "end"),
        ({"event_id": ""}, "event_id"),
        ({"event_id": "N1", "what": "again"}, "event_id"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_entry_and_field(
    tmp_path: Path, spoiled: Row, field: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = row("N1", "2024-05-30", "strike", "A hit", "P1")
    bad = {**good, "event_id": "N2", **spoiled}
    with pytest.raises(InputError, match=rf"entry 2: {field}"):
        judged(tmp_path, [good, bad], SECOND)
    assert pillars.main([str(tmp_path)]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("words", [["--as-of"], ["--as-of", "soon"], ["a", "b"], ["--what"], ["/nowhere/at/all"]])
def test_a_call_that_cannot_be_served_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert pillars.main(words) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_one_day_alone_closes_with_a_json_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged(tmp_path, ADDED["all power lost"][0], SECOND)
    for words in (["--as-of", "2024-06-03"], ["--as-of=2024-06-03"]):
        assert pillars.main([str(tmp_path), *words]) == 0
        said = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
        assert said["as_of"] == "2024-06-03"
        assert set(said["pillars"]) == {"P1", "P2", "P3", "P4", "P5", "P6", "P7"}
        assert said["pillars"]["P4"]["rests_on"] == ["N1"]


def test_without_the_shared_data_the_shipped_observations_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OBERIH_SHARED", str(tmp_path))
    assert pillars.main([]) == 0
    assert json.loads(capsys.readouterr().out.strip().splitlines()[-1])["passed"]


def test_a_contradiction_is_no_pass(tmp_path: Path) -> None:
    well = Observation("o1", "offsite-lines", "zaporizhzhia", date(2024, 6, 1), 4.0, channel="inspected")
    fine = Observation("o2", "offsite-power", "zaporizhzhia", date(2024, 6, 1), "secure", channel="inspected")
    _, days = pillars.side_by_side(pillars.Evidence((well, fine), 2, ""))
    assert days["2024-06-03"]["P4"]["status"] == "holds"
    assert pillars.contradictions(days) == 1
    assert "the agency says" in days["2024-06-03"]["P4"]["difference"]
