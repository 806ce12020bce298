"""New START, judged day by day."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from validation import new_start, registry

from oberih.evidence.digest import sha256_of_value
from oberih.regimes.finding import Finding
from oberih.regimes.judge import judge, timeline
from oberih.regimes.read.observation_table import shipped_observations
from oberih.regimes.read.regime_file import load_regime
from tests.conftest import SHARED, needs_shared

FOLDER = SHARED / "data" / "new_start"


def finding(day: str, party: str, obligation: str, known_by: str | None = None) -> Finding:
    found = judge(
        load_regime("new-start"), shipped_observations(), as_of=date.fromisoformat(day),
        known_by=date.fromisoformat(known_by) if known_by else None, digest=sha256_of_value,
    )  # fmt: skip
    return next(f for f in found if (f.subject, f.obligation) == (party, obligation))


def test_values_above_the_limits_before_their_day_are_no_breach() -> None:
    eve, day = finding("2018-02-04", "US", "NS-1c"), finding("2018-02-05", "US", "NS-1c")
    assert (eve.applicability, eve.status) == ("not-yet", None)
    assert (day.applicability, day.status, day.contested_by) == ("in-force", "at-risk", ("RU",))


def test_the_first_report_was_due_on_22_march_2011() -> None:
    assert finding("2011-03-21", "US", "NS-D1").applicability == "not-yet"
    assert finding("2011-03-22", "US", "NS-D1").status == "holds"


def test_the_treaty_ended_on_5_february_2026_whoever_suspended_it_before() -> None:
    assert finding("2026-02-04", "RU", "NS-1a").applicability == "suspension-claimed"
    assert finding("2026-02-05", "RU", "NS-1a").applicability == "ended"


def test_what_was_published_in_may_was_not_known_in_april() -> None:
    assert finding("2023-04-15", "US", "NS-1a", known_by="2023-04-15").status == "unknown"
    assert finding("2023-04-15", "US", "NS-1a").status == "holds"


def test_voluntary_publication_is_no_treaty_exchange() -> None:
    f = finding("2023-04-15", "US", "NS-D1")
    assert (f.status, f.why) == ("compromised", "asked for 2023-03-01, not provided")


@pytest.mark.parametrize("own_evidence", [True, False])
@needs_shared
def test_the_findings_equal_the_expected_ones_but_for_those_argued(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], own_evidence: bool
) -> None:
    shutil.copy(FOLDER / "expected_findings.csv", tmp_path)
    assert new_start.main([str(tmp_path)] if own_evidence else [str(FOLDER)]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["n"], said["agree"], said["argued"]) == (369, 367, 2)
    assert said["why_equal"] == said["why_given"]


def test_a_table_that_expects_something_else_does_not_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "expected_findings.csv").write_text(
        "as_of,party,obligation,applicability,status,contested_by,why\n2019-04-15,US,NS-1c,in-force,compromised,RU,\n"
    )
    assert new_start.main([str(tmp_path)]) == 1
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["agree"] == 0


def test_a_folder_without_a_table_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new_start.main([str(tmp_path)]) == 2
    assert registry.main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("no such file") == 2


@needs_shared
def test_every_known_defect_of_a_registry_is_found_and_none_in_the_corrected(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert registry.main([]) == 0
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["n"], said["found"], said["false_alarms"]) == (7, 7, 0)


def test_a_timeline_of_every_quarter_is_one_sweep() -> None:
    dates = [date(year, month, 15) for year in range(2011, 2027) for month in (1, 4, 7, 10)]
    rules = load_regime("new-start")
    found = timeline(rules, shipped_observations(), dates=dates, digest=sha256_of_value)
    assert len(found) == len(dates) * len(rules.subjects) * len(rules.obligations)
