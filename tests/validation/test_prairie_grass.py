"""The comparison reads what it is given, says what it left out, and is within its tolerance."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from validation import prairie_grass
from validation.experiment import Run, default_mixing_height, read_experiment
from validation.plume import follow_plume, measured_turbulence, routine_turbulence

from tests.conftest import SHARED, needs_shared

RUN = {
    "run": "1", "release_height_m": "0.46", "sampler_height_m": "1.5", "L_m": "-30", "mixing_height_m": "900",
    "sigma_azimuth_deg": "11", "wind_speed_m_s": "5",
}  # fmt: skip
ARC = {"run": "1", "arc_m": "50", "max_conc_over_Q_s_m3": "0.003", "cwi_over_Q_s_m2": "0.05", "so2_loss_factor": "0.9"}


def write(folder: Path, runs: list[dict[str, str]], arcs: list[dict[str, str]]) -> Path:
    for name, rows in (("runs.csv", runs), ("arc_summary.csv", arcs)):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def last_line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert isinstance(found, dict)
    return found


@needs_shared
def test_prairie_grass_is_within_its_tolerance(capsys: pytest.CaptureFixture[str]) -> None:
    code = prairie_grass.main([str(SHARED / "data" / "tracer_prairie_grass")])
    found = last_line(capsys)
    assert code == 0
    assert found["n"] == 5 * found["runs"] >= 100
    assert found["fac2"] >= 0.86
    assert abs(found["fb"]) <= 0.10
    assert found["nmse"] <= 0.25
    assert found["nmse"] < found["briggs_same_cases"]["nmse"]
    assert found["routine_only"]["fac2"] > found["briggs_same_cases"]["fac2"]


def test_a_run_that_cannot_be_used_is_left_out_with_its_reason(tmp_path: Path) -> None:
    runs = [
        RUN,
        {**RUN, "run": "2", "L_m": ""},
        {**RUN, "run": "3", "wind_speed_m_s": "-999"},
        {**RUN, "run": "4", "L_m": "0"},
        {**RUN, "run": "5"},
        {**RUN, "run": "6", "release_height_m": ""},
    ]
    arcs = [{**ARC, "run": r} for r in ("1", "2", "3", "4", "6", "7")]
    found = read_experiment(write(tmp_path, runs, arcs))
    assert list(found.runs) == ["1"]
    assert set(found.skipped) == {"2", "3", "4", "5", "6", "7"}
    assert all(found.skipped.values())


def test_any_number_of_arcs_and_blanks_are_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bare = {**RUN, "run": "2", "L_m": "40", "mixing_height_m": "", "sigma_azimuth_deg": "", "sampler_height_m": ""}
    arcs = [
        ARC,
        {**ARC, "arc_m": "1600", "max_conc_over_Q_s_m3": "2e-6", "cwi_over_Q_s_m2": ""},
        {**ARC, "arc_m": "100", "max_conc_over_Q_s_m3": ""},
        {**ARC, "run": "2", "so2_loss_factor": ""},
    ]
    prairie_grass.main([str(write(tmp_path, [RUN, bare], arcs))])
    found = last_line(capsys)
    assert found["n"] == 3
    assert found["runs"] == 2
    assert found["runs_with_measured_turbulence"] == 1
    assert found["crosswind_integral"]["n"] == 2
    assert all(math.isfinite(found[k]) for k in ("fac2", "fb", "nmse", "mg", "vg"))


@pytest.mark.parametrize("what", ["folder", "file", "column", "word", "nothing left", "two folders"])
def test_what_cannot_be_read_is_refused_in_one_line(
    what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = {**RUN, "L_m": "minus thirty"} if what == "word" else {**RUN, "L_m": ""} if what == "nothing left" else RUN
    write(tmp_path, [run], [{k: v for k, v in ARC.items() if what != "column" or k != "arc_m"}])
    if what == "file":
        (tmp_path / "arc_summary.csv").unlink()
    arguments = [str(tmp_path / "absent" if what == "folder" else tmp_path)]
    assert prairie_grass.main(arguments * 2 if what == "two folders" else arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def run_of(*, inverse_length: float, friction: float = 0.3, sigma: float = 0.15) -> Run:
    mixing = 1000.0 if inverse_length < 0.0 else default_mixing_height(friction=friction, inverse_length=inverse_length)
    return Run("x", 0.46, 1.5, inverse_length, friction, mixing, 4.0, sigma)


@pytest.mark.parametrize("inverse_length", [-0.1, -0.01, 0.01, 0.1])
def test_a_plume_thins_and_widens_with_distance(inverse_length: float) -> None:
    run = run_of(inverse_length=inverse_length)
    for lateral in (measured_turbulence(run), routine_turbulence(run)):
        plume = follow_plume(run, [50.0, 100.0, 200.0, 400.0, 800.0], lateral)
        assert np.all(np.diff([p.maximum for p in plume]) < 0.0)
        assert np.all(np.diff([p.sigma_y for p in plume]) > 0.0)
        assert np.all(np.diff([p.sigma_z for p in plume]) > 0.0)


@pytest.mark.parametrize("inverse_length", [-0.05, 0.02])
def test_more_measured_turbulence_widens_the_plume_and_leaves_its_integral(inverse_length: float) -> None:
    calm, rough = (run_of(inverse_length=inverse_length, sigma=s) for s in (0.1, 0.3))
    narrow, wide = (follow_plume(r, [200.0], measured_turbulence(r))[0] for r in (calm, rough))
    assert wide.sigma_y > narrow.sigma_y
    assert wide.integral == pytest.approx(narrow.integral, rel=1e-12)


def test_stops_on_the_way_change_nothing() -> None:
    run = run_of(inverse_length=-0.02)
    lateral = routine_turbulence(run)
    direct, stopping = (follow_plume(run, d, lateral)[-1] for d in ([800.0], [50.0, 333.0, 800.0]))
    assert stopping.maximum == pytest.approx(direct.maximum, rel=5e-3)
