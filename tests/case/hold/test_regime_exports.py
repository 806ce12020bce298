"""Whoever holds an export can use it, and find the same."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oberih.case.hold.findings_export import (
    CSV_COLUMNS,
    as_csv,
    as_json,
    csv_bytes,
    observations_as_csv,
    recompute,
    recompute_export,
    sheets_as_markdown,
)
from oberih.case.hold.judgement import Judgement
from oberih.case.hold.regime import Asked, check, judge_regime
from oberih.case.hold.regime_explain import only
from oberih.case.sheet import Sheet
from oberih.errors import InputError
from oberih.regimes.read.observation_table import read_observations
from oberih.regimes.read.regime_file import list_regimes
from tests.case.regime_material import write_material

DAY = date(2022, 8, 1)

DERIVED = """
[[obligation]]
id = "E"
text = {en = "All of it.", uk = "Усе."}
article = "5"
addressee = "each party"
force = "agreement"
source = "own words, for the test"
verified = true
[[obligation.part]]
name = "all"
test = "derived"
from = ["A", "B"]

"""

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
)


@pytest.fixture
def paths(tmp_path: Path) -> tuple[Path, Path]:
    return write_material(tmp_path)


@pytest.fixture
def judgement(paths: tuple[Path, Path]) -> Judgement:
    return judge_regime(Asked(str(paths[0]), DAY, tables=(paths[1],)))


def test_the_same_inputs_give_the_same_bytes(paths: tuple[Path, Path], judgement: Judgement, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    regime, table = write_material(elsewhere)
    again = judge_regime(Asked(str(regime), DAY, tables=(table,)))
    assert as_json(again) == as_json(judgement)
    assert as_csv(again) == as_csv(judgement)


def test_the_order_of_the_observations_does_not_matter(judgement: Judgement) -> None:
    turned = dataclasses.replace(judgement, observations=judgement.observations[::-1])
    assert as_json(turned) == as_json(judgement)


def test_somebody_else_recomputes_each_finding_to_the_byte(paths: tuple[Path, Path], judgement: Judgement) -> None:
    for finding in json.loads(as_json(judgement))["findings"]:
        assert recompute(finding, paths[0], read_observations(paths[1]))


@pytest.mark.parametrize("known_by", [None, date(2022, 7, 1)])
def test_an_export_holds_all_that_is_needed_to_recompute_it(paths: tuple[Path, Path], known_by: date | None) -> None:
    told = judge_regime(Asked(str(paths[0]), DAY, known_by=known_by, tables=(paths[1],)))
    assert recompute_export(as_json(told), paths[0]) == (7, 7)
    assert recompute_export(as_json(only(told, "A")), paths[0]) == (2, 2)


@pytest.mark.parametrize("known_by", [None, date(2023, 1, 15)])
@pytest.mark.parametrize("day", [date(2019, 6, 1), date(2022, 9, 2), date(2023, 4, 15), date(2026, 6, 1)])
def test_every_regime_that_ships_is_recomputed_from_its_export(day: date, known_by: date | None) -> None:
    for regime in list_regimes():
        told = judge_regime(Asked(regime.id, day, known_by=known_by))
        assert recompute_export(as_json(told), regime.id) == (len(told.findings), len(told.findings))
        for obligation in regime.obligations:
            one = only(told, obligation.id)
            assert recompute_export(as_json(one), regime.id) == (len(one.findings), len(one.findings)), obligation.id


def test_a_finding_that_derives_from_others_is_recomputed_alone(paths: tuple[Path, Path]) -> None:
    text = paths[0].read_text(encoding="utf-8")
    paths[0].write_text(text.replace("[[contest]]", DERIVED + "[[contest]]"), encoding="utf-8")
    told = judge_regime(Asked(str(paths[0]), DAY, tables=(paths[1],)))
    assert recompute_export(as_json(only(told, "E")), paths[0]) == (2, 2)


def test_a_changed_finding_or_observation_does_not_come_out_again(
    paths: tuple[Path, Path], judgement: Judgement
) -> None:
    export = json.loads(as_json(judgement))
    export["findings"][0]["status"] = "holds"
    assert recompute_export(json.dumps(export).encode(), paths[0]) == (6, 7)
    export = json.loads(as_json(judgement))
    next(o for o in export["observations"] if o["id"] == "a3")["value"] = 90
    assert recompute_export(json.dumps(export).encode(), paths[0]) == (6, 7)


def test_another_version_of_the_rule_does_not_give_the_same(paths: tuple[Path, Path], judgement: Judgement) -> None:
    paths[0].write_text(paths[0].read_text(encoding="utf-8") + "# a word more\n", encoding="utf-8")
    assert recompute_export(as_json(judgement), paths[0]) == (0, 7)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"[]", b"\xff\xfe", b'{"schema": "oberih/findings/1"}', b'{"schema": "other"}', b"[" * 100_000,
     b'{"schema": "oberih/findings/1", "findings": [{}], "observations": []}',
     b'{"schema": "oberih/findings/1", "findings": [], "observations": [{"id": 1}]}'],
)  # fmt: skip
def test_what_is_no_export_is_refused_in_one_line(data: bytes, paths: tuple[Path, Path]) -> None:
    with pytest.raises(InputError) as refused:
        recompute_export(data, paths[0], file="e.json")
    assert "\n" not in str(refused.value)


@given(ANY_JSON)
@settings(max_examples=60, deadline=None)
def test_no_json_whatever_gets_past_as_an_export(value: object) -> None:
    wrapped = {"schema": "oberih/findings/1", "findings": [value], "observations": [value]}
    for data in (json.dumps(value).encode(), json.dumps(wrapped).encode()):
        with pytest.raises(InputError):
            recompute_export(data, "new-start")


def test_the_table_has_its_columns_and_a_row_a_finding(judgement: Judgement) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(judgement).decode())))
    assert tuple(rows[0]) == CSV_COLUMNS
    assert [(r["obligation"], r["subject"], r["status"]) for r in rows] == [
        (f.obligation, f.subject, f.status or "") for f in judgement.findings
    ]


def test_the_table_of_observations_says_of_each_whether_it_counted(judgement: Judgement) -> None:
    rows = list(csv.DictReader(io.StringIO(observations_as_csv(only(judgement, "A")).decode())))
    told = {(r["subject"], r["observation"]): (r["counted"], r["why_not"]) for r in rows}
    assert told["north", "a3"] == ("yes", "")
    assert told["north", "a1"] == ("no", "2021-08-01 is later")
    assert next(r for r in rows if r["observation"] == "a3")["text"] == 'a hundred and twenty, "some say"'


@pytest.mark.parametrize("cell", ["=1+1", "+SUM(A1)", "-2", "@cmd"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert csv_bytes(("a",), [(cell,)]).decode().splitlines()[1].startswith("'")


def test_a_page_becomes_markdown_in_which_nothing_is_markup(judgement: Judgement) -> None:
    text = sheets_as_markdown([check(judgement)]).decode()
    assert text.startswith("# A small pact\n")
    assert "| A | north | in force | compromised | 0/1 | south | 120 \\> 100 |" in text
    hostile = sheets_as_markdown([Sheet("t", columns=("c",), rows=(("a|b\n<script>*x*",),))]).decode()
    assert r"| a\|b \<script\>\*x\* |" in hostile
