"""ERA5 by command: what it costs, the files themselves, and the request that somebody else can send."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("netCDF4")

from oberih.cli.main import main
from oberih.weather.live.era5_request import cds_bytes
from oberih.weather.live.era5_wish import Wish
from tests.weather.live.arco_simulator import build, serving

WORDS = ("weather", "era5", "--area=-10,40,30,65", "--from", "1994-10-23T12:00Z", "--to", "1994-10-23T14:00Z")
SCRIPT = Path(__file__).parents[2] / "scripts" / "fetch_era5.py"


def test_the_cost_is_said_then_the_files_come(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build(tmp_path / "web", model=False)
    out = tmp_path / "era5"
    with serving(tmp_path / "web") as server:
        given = ("--out", str(out), "--server", server.url)
        assert main([*WORDS, *given, "--estimate", "--json"]) == 0
        told = dict(json.loads(capsys.readouterr().out)["facts"])
        assert told["out of ARCO-ERA5"].startswith("3 times of ERA5: about") and not out.exists()
        assert "GB" in told["by the Climate Data Store instead"]
        assert main([*WORDS, *given, "--quiet"]) == 0
    assert len(list(out.glob("*.nc"))) == 3
    words = ["disperse", *map(str, sorted(out.glob("*.nc"))), "--latitude", "50", "--longitude", "5", "--hours", "2"]
    assert main([*words, "--particles", "640", "--quiet", "--out", str(tmp_path / "cloud.nc")]) == 0


@pytest.mark.parametrize("levels", ["pressure", "model"])
def test_the_request_is_a_program_for_the_hours_and_area(levels: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*WORDS, "--cds", "--levels", levels, "--out", "here"]) == 0
    program = capsys.readouterr().out
    calls = [n for n in ast.walk(ast.parse(program)) if isinstance(n, ast.Call) and n.args and len(n.args) == 3]
    asked = {ast.literal_eval(c.args[0]): ast.literal_eval(c.args[1]) for c in calls}
    ground = asked["reanalysis-era5-single-levels"]
    assert ground["day"] == ["23"] and ground["time"] == ["12:00", "13:00", "14:00"]
    assert ground["area"] == [65.0, -10.0, 40.0, 30.0] and "surface_pressure" in ground["variable"]
    if levels == "pressure":
        above = asked["reanalysis-era5-pressure-levels"]
        assert "1000" in above["pressure_level"] and "vertical_velocity" in above["variable"]
    else:
        above = asked["reanalysis-era5-complete"]
        assert above["levelist"].endswith("/to/137") and above["param"].split("/")[:2] == ["131", "132"]
    assert all(ast.literal_eval(c.args[2]).startswith("here/") for c in calls)


def test_a_day_that_changes_is_two_requests(capsys: pytest.CaptureFixture[str]) -> None:
    words = [*WORDS[:4], "1994-10-23T23:00Z", "--to", "1994-10-24T01:00Z", "--cds"]
    assert main(words) == 0
    assert capsys.readouterr().out.count("client.retrieve(") == 4


def test_bytes_are_points_times_levels_times_two() -> None:
    wish = Wish((0.0, 50.0, 1.0, 51.0), 0, 1)
    assert cds_bytes(wish) == 2 * 25 * 2 * (23 * 5 + 9)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--area=1,2,3", *WORDS[3:]), "four numbers"), (WORDS[3:], "either --area or --site"),
        ((WORDS[2], "--from", "1994-10-24T00:00Z", "--to", "1994-10-23T00:00Z"), "lies before"),
        (("--area=0,60,10,50", *WORDS[3:]), "no area"), (("--site", "nowhere", *WORDS[3:]), "no such site"),
    ],
)  # fmt: skip
def test_a_wish_that_makes_no_sense_is_one_line(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["weather", "era5", *words, "--cds"]) == 2
    told = capsys.readouterr().err
    assert said in told and len(told.strip().splitlines()) == 1


def test_the_script_knows_area_and_hours_of_the_experiment() -> None:
    words = [sys.executable, str(SCRIPT), "--etex", "--cds", "--out", "etex-weather"]
    program = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    assert "'etex-weather/era5-19941023-levels.grib'" in program and "era5-19941027-ground.grib" in program
    assert "[62.0, -11.0, 41.0, 31.0]" in program
