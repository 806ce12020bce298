"""Whatever a person gives that cannot be used is answered in one line, naming it, with exit code 2."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from oberih.cli.main import main

PLAN = "plan zaporizhzhia "
ASSESS = "assess zaporizhzhia --weather x.csv "

# words on the command line, and what the line must name: field, value, and where there is one the nearest name
BAD = [
    ("paln zaporizhzhia", ["paln", "plan"]),
    ("atlas biuld zaporizhzhia", ["biuld", "build"]),
    ("weather fetch zaporizhzhia", ["fetch", "get"]),
    ("plan", ["SITE"]),
    (PLAN + "--percentle 90", ["--percentle", "--percentile"]),
    (PLAN + "--percentile many", ["--percentile", "many"]),
    (PLAN + "--percentile 100", ["--percentile", "100"]),
    (PLAN + "--percentile nan", ["--percentile", "nan"]),
    (PLAN + "--height -5", ["--height", "-5"]),
    (PLAN + "--height inf", ["--height", "inf"]),
    (PLAN + "--age teenager", ["--age", "teenager", "15y"]),
    (PLAN + "--workers 0", ["--workers", "0"]),
    (PLAN + "--seed -1", ["--seed", "-1"]),
    (PLAN + "--scheduler somewhere", ["--scheduler", "somewhere", "tcp://"]),
    (PLAN + "--at yesterday", ["--at", "yesterday"]),
    (PLAN + "--at 2026-01-01T12:00", ["--at", "2026-01-01T12:00", "time zone missing"]),
    (ASSESS, ["--at"]),
    (ASSESS + "--at 2018-11-20", ["--at", "2018-11-20", "time zone missing"]),
    (ASSESS + "--at 2018-13-40T12:00Z", ["--at", "2018-13-40T12:00Z"]),
    (ASSESS + "--at 2018-11-20T12:00Z --hours 0", ["--hours", "0"]),
    ("assess zaporizhzhia --at 2018-11-20T12:00Z", ["--weather"]),
    ("sites zaporizhia", ["site", "zaporizhia", "zaporizhzhia"]),
    ("sites ./gone.toml", ["gone.toml"]),
    ("scenarios chernobil", ["scenario", "chernobil", "chernobyl"]),
    ("criteria germny", ["germny", "germany"]),
    ("weather get zaporizhzhia --years 20-25", ["--years", "20-25"]),
    ("weather get zaporizhzhia --years 2023-2019", ["--years", "2023-2019"]),
    ("weather check ./gone.nc", ["gone.nc"]),
    ("verify ./gone", ["gone", "result.json"]),
]


@pytest.mark.parametrize(("words", "named"), BAD, ids=[words for words, _ in BAD])
def test_bad_input_is_refused_in_one_line_that_names_it(
    words: str, named: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = main(words.split())
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("oberih: error: ")
    assert [word for word in named if word not in err] == []
    assert list(tmp_path.iterdir()) == []


# what only the story itself can refuse
BAD_STORIES = [
    ("plan zaporizhia", ["site", "zaporizhia", "zaporizhzhia"]),
    (PLAN + "--scenario core-melt-bypas", ["scenario", "core-melt-bypas", "core-melt-bypass"]),
    (PLAN + "--scenario ./gone.csv", ["gone.csv"]),
    (PLAN + "--criteria germny", ["germny", "germany"]),
    (PLAN + "--weather ./gone.nc", ["gone.nc"]),
    ("assess zaporizhia --at 2018-11-20T12:00Z --weather x.csv", ["site", "zaporizhia", "zaporizhzhia"]),
    (ASSESS + "--at 2018-11-20T12:00Z", ["x.csv"]),
    ("atlas build zaporizhia", ["site", "zaporizhia", "zaporizhzhia"]),
]


@pytest.mark.parametrize(("words", "named"), BAD_STORIES, ids=[words for words, _ in BAD_STORIES])
def test_a_story_refuses_bad_input_in_one_line_too(
    words: str, named: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = {"plan": "plan", "assess": "assess", "atlas": "atlas_store"}[words.split()[0]]
    if importlib.util.find_spec(f"oberih.case.{story}") is None:
        pytest.skip(f"oberih.case.{story} is not written yet")
    monkeypatch.chdir(tmp_path)
    code = main([*words.split(), "--quiet"])
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert [word for word in named if word not in err] == []
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("field", "value", "cure"),
    [
        ("latitude", "95.0", "degrees north"),
        ("longitude", "nan", ""),
        ("timezone", '"Europe/Kiew"', "Europe/Kiev"),
        ("burnup_MWd_t", "-1.0", ""),
        ("thermal_power_MW", '"3 GW"', ""),
    ],
)
def test_a_site_file_is_refused_by_file_field_and_value(
    field: str, value: str, cure: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = {"latitude": "47.5", "longitude": "34.6", "timezone": '"Europe/Kyiv"'}
    unit = {"burnup_MWd_t": "30000.0", "thermal_power_MW": "3000.0"}
    good.update({field: value} if field in good else {})
    unit.update({field: value} if field in unit else {})
    lines = ['id = "mine"', 'name = "Mine"', 'country = "UA"', "roughness_length = 0.1", "building_height = 50.0"]
    lines += [
        "building_width = 50.0",
        *(f"{k} = {v}" for k, v in good.items()),
        "[[unit]]",
        'id = "1"',
        'type = "VVER"',
    ]
    lines += ["electric_power_MW = 950.0", "operating = true", *(f"{k} = {v}" for k, v in unit.items())]
    file = tmp_path / "mine.toml"
    file.write_text("\n".join(lines))
    assert main(["sites", str(file)]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert [word for word in ("mine.toml", field.split("_")[0], value.strip('"'), cure) if word not in err] == []


def test_the_whole_program_leaves_with_the_same_code() -> None:
    done = subprocess.run([sys.executable, "-m", "oberih", "paln"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean plan?" in done.stderr
