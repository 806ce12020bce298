"""Published dilution factors are met, and a wrong one would be noticed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from validation import __main__ as all_of_it
from validation import hukkoo

from tests.conftest import SHARED, needs_shared

FILE = SHARED / "data" / "test_vectors" / "hukkoo_single_plume_100m_stack.csv"


@needs_shared
def test_the_54_dilution_factors_are_met_to_a_millionth() -> None:
    n, worst, _ = hukkoo.compare(FILE)
    assert n == 54
    assert worst <= 1e-6


@needs_shared
def test_a_value_that_is_off_by_a_hundred_thousandth_is_noticed(tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8").replace("4.64985088543347e-07", "4.64989738394233e-07")
    changed = tmp_path / "changed.csv"
    changed.write_text(text, encoding="utf-8")
    assert hukkoo.compare(changed)[1] == pytest.approx(1e-5, rel=0.01)
    assert hukkoo.main([str(changed)]) == 1


def test_an_absent_table_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hukkoo.main([str(tmp_path / "absent.csv")]) == 2
    assert "no such file" in capsys.readouterr().err


LONG = {"api_fuzz", "volumes", "particles", "reciprocity"}
"""Those that take minutes; each has a test of its own that runs it, shorter."""


@pytest.fixture
def without_the_long(monkeypatch: pytest.MonkeyPatch) -> None:
    every = all_of_it.comparisons
    monkeypatch.setattr(all_of_it, "comparisons", lambda folder: [c for c in every(folder) if c[0] not in LONG])


@needs_shared
@pytest.mark.usefixtures("without_the_long")
def test_all_comparisons_close_with_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert all_of_it.main([str(SHARED / "data" / "tracer_prairie_grass")]) == 0
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines[-1] == "6 passed, 0 failed"
    assert len([line for line in lines if line.startswith("{") and json.loads(line).get("passed", True)]) == 6


@needs_shared
@pytest.mark.usefixtures("without_the_long")
def test_a_comparison_that_cannot_be_made_is_not_passed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert all_of_it.main([str(tmp_path / "absent")]) == 2
    assert capsys.readouterr().out.strip().splitlines()[-1] == "5 passed, 1 failed"
