"""``oberih participation`` shows what its case found, as table, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import click
import pytest

from oberih.case.hold.participation import list_events, open_register, show_event, votes, who
from oberih.cli.participation import participation
from oberih.errors import InputError

Capture = pytest.CaptureFixture[str]


def run(*words: str) -> None:
    participation.main(args=list(words), prog_name="oberih participation", standalone_mode=False)


def answer(capsys: Capture, *words: str) -> dict[str, list[list[str]]]:
    run(*words, "--json")
    found: dict[str, list[list[str]]] = json.loads(capsys.readouterr().out)
    return found


def test_every_command_answers_as_table_json_and_csv(capsys: Capture) -> None:
    for words in (["list"], ["show", "TSO-2018"], ["who", "UA"], ["votes"], ["votes", "GOV/2022/17"], ["claims"]):
        run(*words)
        assert capsys.readouterr().out.strip()
        rows = answer(capsys, *words)["rows"]
        run(*words, "--csv")
        header, *table = csv.reader(io.StringIO(capsys.readouterr().out))
        assert table == rows and len(header) == len(rows[0]) and rows


def test_conflicting_figures_are_shown_side_by_side(capsys: Capture) -> None:
    run("show", "tso-2018")
    shown = capsys.readouterr().out
    assert "220 participants" in shown and "290 participants" in shown
    assert "sources differ on participants: 220 (iaea) · 290 (eimv)" in shown
    assert "255" not in shown  # their mean is nobody's figure


def test_as_of_shows_only_what_was_public(capsys: Capture) -> None:
    before = {row[0] for row in answer(capsys, "list", "--as-of", "2023-03-06")["rows"]}
    after = {row[0] for row in answer(capsys, "list", "--as-of", "2023-03-07")["rows"]}
    assert after - before == {"TSO-RU"}
    assert "TSO-RU" not in {row[4] for row in answer(capsys, "claims", "--as-of", "2023-03-06")["rows"]}
    assert answer(capsys, "claims", "--as-of", "2018-01-01")["rows"] == []
    with pytest.raises(InputError, match="no such event"):
        run("show", "TSO-RU", "--as-of", "2023-03-06")


def test_a_season_and_a_date_not_named_are_said_as_such(capsys: Capture) -> None:
    (row,) = [r for r in answer(capsys, "list", "--series", "iaea-tso")["rows"] if r[0] == "TSO-RU"]
    assert "not named (before: 2022-spring)" in row and "planned" in row


def test_who_shows_roles_votes_and_claims_of_a_state_and_of_an_organisation(capsys: Capture) -> None:
    russia = answer(capsys, "who", "RU")["rows"]
    assert {row[0] for row in russia} == {"role", "position", "claimed about"}
    assert [row[3] for row in russia if row[2] == "GOV/2022/17"] == ["against"]
    assert answer(capsys, "who", "Russia")["rows"] == russia
    sstc = answer(capsys, "who", "sstc-nrs")["rows"]
    assert {row[0] for row in sstc} == {"claims"}
    assert any("normative: recorded, not scored" in row[3] for row in sstc)
    assert any(row[3].startswith("as the body") for row in answer(capsys, "who", "iaea-bog")["rows"])


def test_a_state_the_register_does_not_know_of_is_no_mistake(capsys: Capture) -> None:
    found = answer(capsys, "who", "TV")
    assert found["rows"] == [] and "no statement about it" in str(found["notes"])


def test_a_list_shorter_than_its_count_is_said(capsys: Capture) -> None:
    assert "absent: 2 counted, 0 named by the sources" in str(answer(capsys, "votes", "GOV-2022-71")["notes"])


def test_what_was_not_checked_is_marked(capsys: Capture) -> None:
    found = answer(capsys, "votes")
    assert any("†" in row[-1] for row in found["rows"]) and "† not checked against its source" in found["notes"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["show", "TSO-2019"], "no such event"),
        (["who", "Atlantis"], "no such state or organisation"),
        (["votes", "GOV/1"], "no such instrument"),
        (["list", "--series", "tso"], "no such series"),
        (["list", "--as-of", "yesterday"], "is no day"),
        (["list", "--as-of", "2023-02-30"], "is no day"),
        (["list", "--as-of", "20230307"], "is no day"),
        (["list", "--folder", "/nowhere"], "is no folder"),
        (["list", "--json", "--csv"], "choose one"),
    ],
)
def test_bad_input_is_refused_in_one_line(words: list[str], said: str) -> None:
    with pytest.raises(InputError) as refused:
        run(*words)
    assert said in str(refused.value) and "\n" not in str(refused.value) and refused.value.exit_code == 2


def test_an_unknown_word_is_refused() -> None:
    with pytest.raises(click.UsageError, match="did you mean votes"):
        run("vote")


def test_own_tables_are_read_and_linted(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "events.csv").write_text(
        "id,series,title_en,source,verified\nMY-1,iaea-tso,my workshop,https://example.org,no\n"
    )
    (tmp_path / "schedules.csv").write_text(
        "event,version,status,start,known_on,source,verified\nMY-1,1,planned,2027-Q1,2026-11,https://example.org,no\n"
    )
    run("lint", str(tmp_path))
    assert "no mistake" in capsys.readouterr().out
    (row,) = answer(capsys, "list", "--folder", str(tmp_path))["rows"]
    assert row[0] == "MY-1 †" and row[4] == "2027-Q1"
    (tmp_path / "schedules.csv").write_text("event,version\n")
    with pytest.raises(InputError, match="2 mistakes"):
        run("lint", str(tmp_path))
    assert "the table has no such column" in capsys.readouterr().out


def test_the_stories_serve_a_program_as_well() -> None:
    register = open_register()
    assert len(list_events(register).rows) == len(register.events)
    assert all(show_event(register, name).rows for name in register.events)
    assert all(votes(register, p.id).facts for p in register.positions)
    assert all(who(register, o).title for o in register.organisations)
