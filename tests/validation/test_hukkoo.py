"""Published dilution factors are met, and a wrong one would be noticed."""

from __future__ import annotations

from pathlib import Path

import pytest
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


@needs_shared
def test_a_blank_says_nothing_and_a_table_of_blanks_is_refused(tmp_path: Path) -> None:
    first, *rows = FILE.read_text(encoding="utf-8").splitlines()
    columns = first.count(",")
    blank = tmp_path / "blank.csv"
    blank.write_text("\n".join([first, rows[0].split(",")[0] + "," * columns, *rows[1:]]), encoding="utf-8")
    n, worst, _ = hukkoo.compare(blank)
    assert n == 48 and worst <= 1e-6
    blank.write_text("\n".join([first, rows[0].split(",")[0] + "," * columns]), encoding="utf-8")
    assert hukkoo.main([str(blank)]) == 2
