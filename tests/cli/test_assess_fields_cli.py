"""An event in fields of the air, from the command line: what cannot be answered is one line and writes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("netCDF4")

from oberih.cli.main import main
from oberih.zone.criteria import load_criteria
from tests.weather import passing_low

EVENT = ("assess", "zaporizhzhia", "--at", "2025-05-01T09:00Z", "--scenario", "cask-breach", "--hours", "2",
         "--particles", "64", "--workers", "1", "--quiet")  # fmt: skip
PARTICLES = ("--engine", "particles")


@pytest.fixture
def air(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return passing_low.write(tmp_path / "low.nc", half=(1.0, 1.5), hours=20, step=2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--weather", "low.nc", "--members", "1-3"), "--engine particles"),
        (("--weather", "low.nc", "--perturbed", "5"), "--engine particles"),
        (("--weather", "gfs"), "--engine particles"),
        (("--weather", "low.nc", "--weather", "more.nc"), "--engine particles"),
        ((*PARTICLES, "--weather", "gone.nc"), "gone.nc"),
        ((*PARTICLES, "--weather", "empty"), "holds no file of fields"),
        ((*PARTICLES, "--weather", "low.nc", "--weather", "low.nc"), "twice"),
        ((*PARTICLES, "--weather", "gfs", "--weather", "low.nc"), "names one source"),
        ((*PARTICLES, "--weather", "open-meteo"), "not fields"),
        ((*PARTICLES, "--weather", "forecast"), "no forecast stands ready"),
        ((*PARTICLES, "--weather", "forecast", "--perturbed", "3"), "no forecast stands ready"),
        ((*PARTICLES, "--weather", "low.nc", "--members", "all"), "hold no ensemble"),
        ((*PARTICLES, "--weather", "low.nc", "--perturbed", "3", "--members", "all"), "two things"),
        ((*PARTICLES, "--weather", "low.nc", "--perturbed", "1"), "--perturbed"),
        ((*PARTICLES, "--weather", "low.nc", "--particles", "3"), "--particles"),
        ((*PARTICLES, "--weather", "low.nc", "--mapping", "m.toml"), "--mapping"),
        ((*PARTICLES, "--weather", "low.nc", "--at", "2025-05-02T00:00Z"), "do not cover"),
        ((*PARTICLES, "--weather", "low.nc", "--at", "2025-04-30T00:00Z"), "do not cover"),
        ((*PARTICLES, "--weather", "text.nc"), "text.nc"),
        ((*PARTICLES, "--weather", "far.nc"), "outside the fields"),
        ((*PARTICLES, "--weather", "far.nc"), "W,S,E,N = 33.5,9,35.5,11 (2025-05-01T"),
        ((*PARTICLES, "--weather", "low.nc", "--out", "text.nc/out"), "text.nc is a file"),
        ((*PARTICLES, "--weather", "low.nc", "--cache", "text.nc/cache"), "--cache"),
        ((*PARTICLES, "--weather", "low.nc", "--population", "text.nc"), "text.nc: cannot be read as a raster"),
        (("--engine", "puff", "--weather", "low.nc"), "puff"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_one_line_and_writes_nothing(
    air: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (air.parent / "empty").mkdir()
    (air.parent / "text.nc").write_text("no netCDF at all")
    if "far.nc" in words:
        passing_low.write(air.parent / "far.nc", latitude=10.0, half=(1.0, 1.0), hours=20, step=2)
    code = main([*EVENT, *words])
    told = capsys.readouterr()
    assert (code, told.out, told.err.count("\n")) == (2, "", 1), told.err
    assert said in told.err
    assert not (air.parent / "out").exists()


def test_members_that_are_not_there_are_named(air: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    passing_low.write(tmp_path / "members.nc", half=(1.0, 1.5), hours=20, step=2, members=3)
    for asked, said in (("1-9", "not 3, 4, 5"), ("some", "1-10")):
        assert main([*EVENT, *PARTICLES, "--weather", "members.nc", "--members", asked]) == 2
        assert said in capsys.readouterr().err


def test_an_event_is_answered_as_json_and_kept(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*EVENT, *PARTICLES, "--weather", "low.nc", "--json", "--out", "kept"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["result"]["engine"] == "particles"
    assert told["result"]["reaches"]
    assert {p.name for p in Path("kept").iterdir()} == {*told["products"], "result.json"}
    assert main(["verify", "kept"]) == 0
    # an action has one name: of its criterion, in the table, in the zones' file and on the page
    named = {r["action"] for r in told["result"]["reaches"]}
    assert named == {c.title for c in load_criteria("iaea").criteria if c.computable}
    zones = json.loads(Path("kept/zones.geojson").read_text())["features"]
    page = Path("kept/map.html").read_text()
    assert {z["properties"]["title"] for z in zones} <= named
    assert all(name in page for name in named) and "effective-adult-7d" not in page


def test_courses_stand_beside_each_other_on_the_terminal(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [w for w in EVENT if w != "--quiet"]
    assert main([*words, *PARTICLES, "--weather", "low.nc", "--perturbed", "2"]) == 0
    out = capsys.readouterr().out
    assert "least to" in out and "courses" in out
    assert "no forecast" in out and "ensemble" in out
