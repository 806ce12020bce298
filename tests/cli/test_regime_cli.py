"""`oberih regime` shows what its stories found, and adds nothing."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oberih.case.hold.findings_export import recompute_export
from oberih.cli import regime as face
from oberih.cli.clock import today
from oberih.cli.main import main
from oberih.regimes.read.regime_file import list_regimes
from tests.case.regime_material import REGIME, write_material

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    """Regime and evidence as words of the command line."""
    regime, table = write_material(tmp_path)
    return [str(regime), "--observations", str(table), "--as-of", "2022-08-01"]


@contextmanager
def refused(capsys: Capture, *parts: str) -> Iterator[None]:
    yield
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert [p for p in parts if p not in told.err] == []


def test_every_listed_regime_can_be_checked_today(capsys: Capture) -> None:
    assert main(["regime", "list"]) == 0
    listed = capsys.readouterr().out
    for regime in list_regimes():
        assert regime.id in listed
        assert main(["regime", "check", regime.id]) == 0
        out = capsys.readouterr().out
        assert today().isoformat() in out
        assert "unknown" in out


@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_check_says_worst_dates_evidence_and_marks(words: list[str], capsys: Capture, language: str) -> None:
    assert main(["regime", "check", *words, "--lang", language]) == 0
    out = capsys.readouterr().out
    wanted = {
        "en": ["worst: compromised; compromised 2, unknown 5", "2022-08-01", "own table small.csv", "†", "120 > 100"],
        "uk": ["найгірше: порушено; порушено 2, невідомо 5", "власна таблиця small.csv", "†", "Невеликий пакт"],
    }[language]
    assert [w for w in wanted if w not in out] == []


@pytest.mark.parametrize("form", ["json", "csv", "md", "oscal"])
def test_an_export_is_the_same_on_stdout_and_in_a_file(
    form: str, words: list[str], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert main(["regime", "check", *words, "--format", form]) == 0
    out = capfdbinary.readouterr().out
    assert main(["regime", "check", *words, "--format", form, "--out", str(tmp_path / "x")]) == 0
    assert (tmp_path / "x").read_bytes() == out != b""
    assert capfdbinary.readouterr().out == b""


def test_the_suffix_chooses_the_form(words: list[str], tmp_path: Path, capsys: Capture) -> None:
    out = tmp_path / "e.json"
    assert main(["regime", "explain", words[0], "A", *words[1:], "--out", str(out)]) == 0
    assert recompute_export(out.read_bytes(), words[0]) == (2, 2)
    assert main(["regime", "recompute", str(out), "--regime", words[0]]) == 0
    out.write_bytes(out.read_bytes().replace(b"120 > 100", b"120 < 100"))
    assert main(["regime", "recompute", str(out), "--regime", words[0]]) == 3
    assert "1 of 2 findings come out the same" in capsys.readouterr().out


def test_a_table_is_not_written_into_a_file(words: list[str], tmp_path: Path, capsys: Capture) -> None:
    with refused(capsys, "--out", "choose --format"):
        assert main(["regime", "check", *words, "--out", str(tmp_path / "x.txt")]) == 2
    assert not (tmp_path / "x.txt").exists()


def test_oscal_says_on_stderr_how_many_went_out_as_observations(words: list[str], capsys: Capture) -> None:
    assert main(["regime", "check", *words, "--format", "oscal"]) == 0
    told = capsys.readouterr()
    assert "0 as findings, 7 as observations" in told.err
    assert json.loads(told.out)["assessment-results"]["metadata"]["oscal-version"] == "1.1.3"


@pytest.mark.parametrize(
    ("day", "fail_on", "code"),
    [("2022-08-01", "compromised", face.AS_BAD), ("2022-08-01", "unknown", face.AS_BAD), ("2023-12-01", "at-risk", 0),
     ("2023-12-01", "unknown", face.AS_BAD), ("2024-06-01", "unknown", 0)],
)  # fmt: skip
def test_a_breach_is_no_failure_unless_asked(words: list[str], day: str, fail_on: str, code: int) -> None:
    asked = [*words[:-1], day]
    assert main(["regime", "check", *asked]) == 0
    assert main(["regime", "check", *asked, "--fail-on", fail_on]) == code


def test_an_explanation_shows_what_counted_and_what_did_not(words: list[str], capsys: Capture) -> None:
    assert main(["regime", "explain", words[0], "A", *words[1:]]) == 0
    out = capsys.readouterr().out
    told = ["At most a hundred boats.", "each party", "south says: they hide more", "2021-08-01 is later",
            "sha256", "oberih regime check"]  # fmt: skip
    assert [t for t in told if t not in out] == []


def test_a_timeline_shows_changes_and_writes_a_picture_that_can_be_verified(
    words: list[str], tmp_path: Path, capsys: Capture
) -> None:
    asked = ["regime", "timeline", *words[:3], "--from", "2021-01-01", "--to", "2022-08-01"]
    assert main([*asked, "--out", str(tmp_path / "out"), "--step", "7"]) == 0
    assert "2022-02-20" in capsys.readouterr().out
    assert (tmp_path / "out" / "timeline.png").read_bytes().startswith(b"\x89PNG")
    assert main(["verify", str(tmp_path / "out")]) == 0


@pytest.mark.parametrize(
    ("value", "why"),
    [("2022-13-01", "calendar"), ("2022-02-30", "calendar"), ("0000-01-01", "calendar"), ("2044-01-01", "future"),
     ("1800-01-01", "1895"), ("yesterday", "not a date"), ("20220801", "not a date"), ("٢٠٢٢-٠٨-٠١", "not a date")],
)  # fmt: skip
def test_no_day_is_refused_in_one_line(value: str, why: str, capsys: Capture) -> None:
    for option in ("--as-of", "--known-by"):
        with refused(capsys, option, why):
            assert main(["regime", "check", "new-start", option, value]) == 2


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [(["check", "new-strat"], ["no such regime", "new-start"]), (["explain", "new-start", "NS-1x"], ["NS-1"]),
     (["check", "none.toml"], ["none.toml"]), (["check", "new-start", "--observations", "none.csv"], ["none.csv"]),
     (["check", "new-start", "--evidence", "none.sqlite"], ["none.sqlite"]), (["lint", "none.toml"], ["none.toml"]),
     (["recompute", "none.json", "--regime", "new-start"], ["none.json"]), (["chekc"], ["did you mean check"]),
     (["timeline", "new-start", "--from", "2022-01-02", "--to", "2022-01-01"], ["--from", "later"])],
)  # fmt: skip
def test_what_is_not_there_is_refused_in_one_line(arguments: list[str], parts: list[str], capsys: Capture) -> None:
    quiet = ["--quiet"] if arguments[0] == "timeline" else []
    with refused(capsys, *parts):
        assert main(["regime", *arguments, *quiet]) == 2


def test_lint_tells_every_mistake_with_its_line_and_leaves_with_two(tmp_path: Path, capsys: Capture) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(REGIME.replace("limit = 100\n", "").replace('channel = "x"', ""), encoding="utf-8")
    assert main(["regime", "lint", str(wrong)]) == 2
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith(f"{wrong}:") and "limit" in line and ";" in line
    right = tmp_path / "right.toml"
    right.write_text(REGIME, encoding="utf-8")
    assert main(["regime", "lint", str(right)]) == 0
    assert capsys.readouterr().out == f"{right}: no mistakes found\n"


def test_the_schema_is_one_and_takes_a_regime_that_the_reader_takes(capsys: Capture) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    assert main(["regime", "schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    regime = json.loads(json.dumps(tomllib.loads(REGIME), default=str))
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(regime)) == []
    regime["obligation"][0]["force"] = "wish"
    assert len(list(jsonschema.Draft202012Validator(schema).iter_errors(regime))) == 1
