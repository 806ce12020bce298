"""ETEX-1 up to its door: the data's traps, statistics with known answers, and the whole case in a made-up wind."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("netCDF4")

from scripts import fetch_era5
from validation import etex
from validation.etex_data import Measured, datem_seconds, read_experiment
from validation.etex_run import at_stations, weather_files
from validation.etex_score import LEVEL, cumulative_distance, figure_of_merit, rank, verdict
from validation.etex_synthetic import write_synthetic
from validation.shelf import shared_data

from oberih.dispersion.particles.follow import Cells
from oberih.errors import InputError
from oberih.weather.fields import Fields
from tests.weather.live.arco_simulator import build, serving

FOLDER = shared_data("tracer_etex1")
AREA = "--area=-15,35,35,70"
"""On the coarse grid of the server that stands for the public one."""

there = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the samples of ETEX-1 are not at {FOLDER}")


# Statistics: hand-made cases


def test_a_perfect_prediction_has_rank_four() -> None:
    values = np.array([10.0, 0.0, 250.0, 12570.0, 30.0])
    found = verdict(values, values)
    assert (found.fms, found.fac2, found.fac5, found.fb, found.nmse, found.ksp) == (100.0, 100.0, 100.0, 0.0, 0.0, 0.0)
    assert found.pcc == pytest.approx(1.0) and found.rank == pytest.approx(4.0)
    assert found.pairs == 4  # the pair without tracer on either side is none


def test_twice_too_much_is_known_in_every_figure() -> None:
    m = np.array([10.0, 20.0, 40.0, 80.0])
    found = verdict(m, 2.0 * m)
    assert found.fms == 100.0 and found.fac2 == 100.0
    assert found.fb == pytest.approx(2.0 / 3.0)  # 2 (2 - 1)/(2 + 1)
    assert found.nmse == pytest.approx((m**2).mean() / (2.0 * m.mean() ** 2))
    assert found.pcc == pytest.approx(1.0)
    assert found.ksp == pytest.approx(25.0)  # 10 20 40 80 against 20 40 80 160: one step of four
    assert found.rank == pytest.approx(1.0 + (1.0 - 1.0 / 3.0) + 1.0 + 0.75)


def test_a_little_beyond_a_factor_is_beyond_it() -> None:
    m = np.full(4, 100.0)
    found = verdict(m, np.array([50.0, 200.0, 200.1, 499.0]))
    assert found.fac2 == 50.0 and found.fac5 == 100.0


def test_a_plume_beside_the_measured_one_shares_nothing() -> None:
    m, p = np.array([50.0, 50.0, 0.0, 0.0, 0.0]), np.array([0.0, 0.0, 50.0, 50.0, 0.0])
    found = verdict(m, p)
    assert found.fms == 0.0 and found.fac2 == 0.0 and found.fb == 0.0
    assert found.pcc == pytest.approx(-1.0)
    assert found.ksp == 0.0  # the distributions are the same: it is blind to place
    assert found.rank == pytest.approx(1.0 + 1.0 + 0.0 + 1.0)  # the square makes of -1 a 1: Draxler's rank is so


def test_the_figure_of_merit_counts_samples_of_either_and_both() -> None:
    m, p = np.array([1.0, 1.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0, 1.0])
    assert figure_of_merit(m, p) == 25.0
    assert math.isnan(figure_of_merit(np.zeros(3), np.zeros(3)))


def test_what_lies_below_the_level_is_nothing() -> None:
    found = verdict([LEVEL, 0.0], [0.99 * LEVEL, 0.99 * LEVEL])
    assert found.pairs == 1 and found.fms == 0.0


def test_the_distance_of_distributions_is_that_of_the_library() -> None:
    from scipy.stats import ks_2samp

    rng = np.random.default_rng(3)
    m, p = rng.lognormal(3.0, 1.0, 200), rng.lognormal(3.4, 1.3, 200)
    assert cumulative_distance(m, p) == pytest.approx(100.0 * ks_2samp(m, p).statistic)


def test_nothing_predicted_is_the_worst_bias_and_no_correlation() -> None:
    found = verdict([100.0, 200.0], [0.0, 0.0])
    assert found.fb == -2.0 and math.isnan(found.pcc) and math.isnan(found.nmse) and found.fms == 0.0
    assert found.rank == pytest.approx(0.0)
    assert found.rounded()["pcc"] is None


positive = st.lists(st.floats(LEVEL, 1e5), min_size=2, max_size=40)


@settings(deadline=None)
@given(positive, st.data())
def test_the_rank_lies_between_nought_and_four(m: list[float], data: st.DataObject) -> None:
    p = data.draw(st.lists(st.floats(0.0, 1e5), min_size=len(m), max_size=len(m)))
    found = verdict(m, p)
    assert -1e-9 <= found.rank <= 4.0 + 1e-9
    assert 0.0 <= found.fms <= 100.0 and -2.0 <= found.fb <= 2.0 and found.fac2 <= found.fac5
    assert rank(found.pcc, found.fb, found.fms, found.ksp) == found.rank


@settings(deadline=None)
@given(positive)
def test_measured_and_predicted_change_places_without_harm_but_to_the_bias(m: list[float]) -> None:
    p = list(reversed(m))
    there_, back = verdict(m, p), verdict(p, m)
    assert there_.fms == back.fms and there_.fac2 == back.fac2 and there_.fb == pytest.approx(-back.fb)
    assert there_.ksp == pytest.approx(back.ksp)


@pytest.mark.parametrize("wrong", [([1.0], [1.0, 2.0]), ([math.nan], [1.0]), ([-1.0], [1.0])])
def test_pairs_that_make_no_sense_are_refused(wrong: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError):
        verdict(*wrong)


# The data and their traps


def test_a_datem_duration_is_hours_and_minutes() -> None:
    assert datem_seconds("0300") == 3 * 3600 and datem_seconds("300") == 3 * 3600 and datem_seconds("0045") == 2700
    with pytest.raises(InputError):
        datem_seconds("0375")


@there
def test_the_experiment_is_what_its_description_says() -> None:
    experiment = read_experiment(FOLDER)
    measured, release = experiment.measured, experiment.release
    assert len(measured.value) == 3105 and len(experiment.stations) == 168 and len(experiment.silent) == 9
    assert (measured.end - measured.start == 3 * 3600).all()
    assert (release.low, release.high, release.mass) == (5.0, 15.0, 340.0)
    assert release.end - release.start == 42_000  # 11 h 40 min
    assert measured.value.max() == 12570.0 and (measured.value > 0.0).sum() == 941
    assert experiment.checked_against_raw


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    if not FOLDER.is_dir():
        pytest.skip(f"the samples of ETEX-1 are not at {FOLDER}")
    for name in ("measurements.csv", "stations.csv", "release.csv"):
        shutil.copyfile(FOLDER / name, tmp_path / name)
    return tmp_path


def test_three_hundred_minutes_for_three_hours_are_refused(copied: Path) -> None:
    table = copied / "measurements.csv"
    text = table.read_text().replace("T15:00:00,1994-10-23T18:00:00,3.0", "T15:00:00,1994-10-23T18:00:00,5.0", 1)
    table.write_text(text)
    with pytest.raises(InputError, match="HHMM"):
        read_experiment(copied)


def test_a_table_that_differs_from_the_original_is_refused(copied: Path) -> None:
    (copied / "raw").mkdir()
    original = (FOLDER / "raw" / "meas-t1.txt").read_text()
    (copied / "raw" / "meas-t1.txt").write_text(original.replace("   30.0    8002", "   40.0    8002", 1))
    with pytest.raises(InputError, match="8002"):
        read_experiment(copied)


@pytest.mark.parametrize("name", ["measurements.csv", "stations.csv", "release.csv"])
def test_a_file_that_is_missing_is_one_line(copied: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (copied / name).unlink()
    assert etex.main([str(copied)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and name in said.err and len(said.err.strip().splitlines()) == 1


# The case


def test_a_sample_is_the_mean_of_its_hours_at_its_station() -> None:
    x, y = 10.0 + np.arange(5.0), 50.0 + np.arange(4.0)
    flat = np.ones((1, 4, 5))
    deep = np.ones((1, 2, 4, 5))
    fields = Fields(
        np.array([0]), x, y, True, "", deep, deep, deep, deep, deep, flat, flat, flat, flat, flat, 0.1, "", ""
    )  # fmt: skip
    cells = Cells(3, 4, 1.0, 0.0, 1.0, 0.0, 100.0)
    seconds = np.zeros((3, 4, 3, 4), dtype=np.float32)
    seconds[:, 0] = 3600.0 * np.arange(1.0, 4.0)[:, None, None]  # 1, 2, 3 particles' worth in every cell
    trail = SimpleNamespace(start=7200, seconds=seconds)
    start, end = np.array([0, 7200, 9000]), np.array([10800, 18000, 12600])
    measured = Measured(("a", "b", "c"), np.full(3, 51.5), np.full(3, 12.0), start, end, np.zeros(3))
    found = at_stations(trail, fields, cells, measured)
    dx, dy = fields.metres_a_cell()
    one = 1.0 / (100.0 * dy * 0.5 * (dx[1] + dx[2]))
    # two hours before the release and its first; its three hours; half of the first and half of the second
    assert found / one == pytest.approx([1.0 / 3.0, 2.0, 1.5], rel=1e-3)


@there
def test_without_weather_it_says_what_fetches_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert etex.main([str(FOLDER)]) == 2
    out = capsys.readouterr().out
    said = json.loads(out.strip().splitlines()[-1])
    assert said["weather"] is None and "1994" in said["missing"] and said["rank_of_a_perfect_prediction"] == 4.0
    assert said["fetch"] in out and said["cds"] in out and said["then"] in out


@there
def test_the_whole_case_runs_in_a_made_up_wind_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--synthetic", "--particles", "2048", "--spacing", "4"]
    assert etex.main([str(FOLDER), *words]) == 0
    out = capsys.readouterr().out
    said = json.loads(out.strip().splitlines()[-1])
    assert "SYNTHETIC" in out and said["synthetic"] and not said["is_a_verdict"]
    assert set(said["overall"]) == {"pairs", "fms", "fac2", "fac5", "fb", "nmse", "pcc", "ksp", "rank"}
    assert len(said["fms_by_time"]) == 30 and said["predicted_highest_pg_m3"] > 100.0
    assert said["fms_by_time"]["1994-10-23T18:00"] is not None


@pytest.mark.slow
@there
def test_what_the_script_fetches_is_what_the_case_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # the whole way of a user: the public store (a loopback server in its layout), the script's area and hours, the case
    build(tmp_path / "web", held=96, begin=np.datetime64("1994-10-23T12"), only=6, model=False)
    with serving(tmp_path / "web") as server:
        words = ["--etex", "--every", "6", "--out", str(tmp_path / "weather"), "--quiet", "--server", server.url]
        assert fetch_era5.main([*words, "--from", "1994-10-23T12:00Z", "--to", "1994-10-27T12:00Z", AREA]) == 0
    assert len(list((tmp_path / "weather").glob("*.nc"))) == 17
    assert etex.main([str(FOLDER), "--weather", str(tmp_path / "weather"), "--particles", "2048", "--seeds", "1"]) == 0
    said = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert (
        "17 files" in said["weather"] and said["overall"]["rank"] is not None and said["predicted_highest_pg_m3"] > 0.0
    )


@there
def test_weather_of_another_time_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import xarray as xr

    path = write_synthetic(tmp_path / "a.nc", spacing=4.0)
    with xr.open_dataset(path) as one:
        later = xr.concat([one, one.assign_coords(time=one.time + np.timedelta64(1, "h"))], "time").load()
    later.to_netcdf(tmp_path / "b.nc", encoding={"time": {"units": "hours since 1994-10-01"}})
    assert etex.main([str(FOLDER), "--weather", str(tmp_path / "b.nc")]) == 2
    assert "does not cover" in capsys.readouterr().err


def test_a_folder_without_fields_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no netCDF or GRIB"):
        weather_files(tmp_path)
    with pytest.raises(InputError, match="no such"):
        weather_files(tmp_path / "x")
