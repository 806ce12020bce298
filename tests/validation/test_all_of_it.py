"""All comparisons close with a count and one line of JSON; a folder of others is put to what it holds cases for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from validation import __main__ as all_of_it

from tests.conftest import SHARED, needs_shared

LONG = {"api_fuzz", "volumes", "particles", "reciprocity", "tamper"}
"""Those that take long; each has a test of its own that runs it, shorter."""


@pytest.fixture(autouse=True)
def without_the_long(monkeypatch: pytest.MonkeyPatch) -> None:
    every = all_of_it.comparisons
    monkeypatch.setattr(all_of_it, "comparisons", lambda: [c for c in every() if c.name not in LONG])


def said(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], dict[str, object]]:
    lines = capsys.readouterr().out.strip().splitlines()
    return lines, json.loads(lines[-1])


@needs_shared
def test_all_comparisons_close_with_a_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert all_of_it.main([str(SHARED / "data" / "tracer_prairie_grass")]) == 0
    lines, told = said(capsys)
    assert lines[-2] == "5 passed, 0 failed"
    assert (told["passed"], told["failed"], told["could_not_run"]) == (5, 0, 0)
    assert all(told[name] for name in ("prairie_grass", "hukkoo", "new_start", "registry", "pillars"))


@needs_shared
def test_a_folder_of_others_is_put_to_what_it_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "test_vectors").symlink_to(SHARED / "data" / "test_vectors")
    assert all_of_it.main([str(tmp_path)]) == 0
    lines, told = said(capsys)
    assert lines[-2] == "1 passed, 0 failed" and told["registry"] is None
    assert sum("no case of it here" in line for line in lines) == 4


def test_a_comparison_that_cannot_be_made_is_not_passed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "tracer_prairie_grass").mkdir()
    assert all_of_it.main([str(tmp_path)]) == 2
    lines, told = said(capsys)
    assert lines[-2] == "0 passed, 1 failed"
    assert (told["could_not_run"], told["prairie_grass"]) == (1, None)
