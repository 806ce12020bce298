"""What a page about a regime must say, whatever the regime."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from oberih.case.hold.regime import Asked, all_regimes, check, evidence_for, judge_regime, mistakes, summary
from oberih.case.hold.regime_explain import explain
from oberih.case.hold.regime_timeline import history
from oberih.case.hold.timeline_pages import history_sheet, scene_of
from oberih.case.progress import Silent
from oberih.errors import InputError, UnknownName
from oberih.regimes.read.regime_file import list_regimes
from tests.case.regime_material import REGIME, write_material

DAY = date(2022, 8, 1)


@pytest.fixture
def asked(tmp_path: Path) -> Asked:
    regime, table = write_material(tmp_path)
    return Asked(str(regime), DAY, tables=(table,))


def test_every_regime_that_ships_is_listed() -> None:
    assert [row[0] for row in all_regimes().rows] == [r.id for r in list_regimes()]


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_regime_that_ships_can_be_judged_on_any_day(language: str) -> None:
    for regime in list_regimes():
        for day in (date(2012, 6, 1), date(2022, 9, 2), date(2026, 6, 1)):
            page = check(judge_regime(Asked(regime.id, day)), language)
            assert len(page.rows) >= len(regime.obligations)


def test_the_worst_comes_first_and_the_unknown_are_counted(asked: Asked) -> None:
    wanted = "worst: compromised; compromised 2, unknown 5; unknown parts 5/7; contested 1"
    assert summary(judge_regime(asked)) == wanted


def test_the_unknown_are_counted_even_where_there_are_none(asked: Asked) -> None:
    ended = judge_regime(Asked(asked.name, date(2024, 6, 1), tables=asked.tables))
    assert summary(ended) == "unknown 0; unknown parts 0/0; does not apply 7; contested 1"


def test_a_page_says_its_dates_and_what_it_rests_on(asked: Asked) -> None:
    facts = dict(check(judge_regime(asked)).facts)
    assert facts["as of"] == "2022-08-01"
    assert facts["known by"] == "all that is known now"
    assert "own table small.csv: 11 observations" in facts["rests on"]
    shipped_only = dict(check(judge_regime(Asked(asked.name, DAY))).facts)
    assert "no record of your own" in shipped_only["rests on"]


def test_what_was_not_checked_is_marked_in_its_row_and_no_other(asked: Asked) -> None:
    page = check(judge_regime(asked))
    marked = {(r[0], r[1]) for r in page.rows if "†" in r[3]}
    assert marked == {("B", "north"), ("A", "south"), ("B", "south"), ("D", "south")}
    assert any("†" in note for note in page.notes)


def test_what_became_known_later_does_not_count(asked: Asked) -> None:
    known_early = Asked(asked.name, DAY, known_by=date(2021, 12, 1), tables=asked.tables)
    by = {(f.obligation, f.subject): f for f in judge_regime(known_early).findings}
    assert by["A", "north"].status == "unknown"
    assert ("a3", "became known on 2022-01-10, after 2021-12-01") in by["A", "north"].set_aside


def test_an_unknown_regime_and_an_unknown_obligation_are_named(asked: Asked) -> None:
    with pytest.raises(UnknownName, match="did you mean new-start"):
        judge_regime(Asked("new-strat", DAY))
    with pytest.raises(UnknownName, match="no such obligation"):
        explain(judge_regime(asked), "Z")


def test_two_observations_of_one_id_are_refused(asked: Asked, tmp_path: Path) -> None:
    twin = tmp_path / "twin.csv"
    shutil.copy(asked.tables[0], twin)
    with pytest.raises(InputError, match=r"twin.csv: id = 'a1': is used in small.csv too"):
        evidence_for(Asked(asked.name, DAY, tables=(asked.tables[0], twin)))


def test_an_explanation_names_every_observation_once_counted_or_not(asked: Asked) -> None:
    judgement = judge_regime(asked)
    for obligation in judgement.regime.obligations:
        pages = explain(judgement, obligation.id)
        for finding in (f for f in judgement.findings if f.obligation == obligation.id):
            about = f"{obligation.id} · {finding.subject}"
            aside = [p for p in pages if p.title.startswith(f"What did not count, and why: {about}")]
            assert {row[0].removesuffix(" †") for p in aside for row in p.rows} == {i for i, _ in finding.set_aside}
            assert all(i in {p.title.removesuffix(" †") for p in pages} for i in finding.counted)


def test_claims_are_told_as_claims_with_who_makes_them(asked: Asked) -> None:
    a3 = next(p for p in explain(judge_regime(asked), "A") if p.title == "a3")
    claims = [value for what, value in a3.facts if what == "claims"]
    assert claims == ["south says: they hide more", "north says: it was a festival"]


def test_an_explanation_gives_text_force_addressee_and_the_contest(asked: Asked) -> None:
    pages = explain(judge_regime(asked), "A", "uk")
    facts = dict(pages[0].facts)
    assert facts["текст"] == "Не більше ста човнів."
    assert facts["адресат"] == "each party"
    assert facts["сила"] == "agreement"
    assert dict(pages[1].facts)["оспорено"].startswith("south твердить: Thirty boats were not counted.")


def test_every_mistake_is_told_with_line_and_cure(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(REGIME.replace('force = "agreement"', 'force = "wish"', 1), encoding="utf-8")
    (line,) = mistakes(wrong)
    number = wrong.read_text(encoding="utf-8").splitlines().index('force = "wish"') + 1
    assert line.startswith(f"{wrong}:{number}: obligation[0].force = wish: ")
    assert ";" in line


def test_no_control_character_of_a_stranger_reaches_a_page_or_a_picture(tmp_path: Path) -> None:
    evil = "\\u001b[2J\\u202e\\u0007"
    regime = tmp_path / "evil.toml"
    text = REGIME.replace("A small pact", f"A small {evil} pact").replace("At most a hundred", f"At most {evil}")
    regime.write_text(text.replace("Thirty boats", f"Thirty {evil} boats"), encoding="utf-8")
    asked = Asked(str(regime), DAY)
    judgement, found = judge_regime(asked), history(asked, start=date(2021, 1, 1), progress=Silent())
    pages = [check(judgement), *explain(judgement, "A"), history_sheet(found)]
    shown = f"{pages} {scene_of(found)}"
    assert "\ufffd[2J" in shown
    escaped = ("\\x1b", "\\u202e", "\\x07")  # as repr shows them
    assert [c for c in escaped if c in shown] == []
