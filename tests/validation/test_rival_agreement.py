"""Agreement is told as its definitions say; the comparison runs, or says what it lacks."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("netCDF4")

from validation.rivals import __main__ as rivals
from validation.rivals import beside
from validation.rivals.agreement import agreement, apart, middle, on_cells
from validation.rivals.air import motion_of, waves
from validation.rivals.beside import lowest, onto
from validation.rivals.flexpart_run import program
from validation.rivals.gridded import areas
from validation.rivals.trajectory import Winds, carried

from oberih.errors import InputError
from tests.validation import rival_files as files

fields = st.lists(st.floats(1e-3, 1e6), min_size=4, max_size=30).map(np.array)


@given(fields, st.floats(0.1, 10.0))
def test_a_field_agrees_with_itself_and_a_multiple_is_known_by_its_bias(field: np.ndarray, times: float) -> None:
    itself = agreement(field, field, np.ones_like(field), threshold=1e-3)
    assert itself.fms == itself.fac2 == 1.0 and itself.fb == 0.0 and itself.cells == len(field)
    other = agreement(times * field, field, np.ones_like(field), threshold=1e-9)
    assert other.fb == pytest.approx(2.0 * (times - 1.0) / (times + 1.0), abs=1e-9)
    if abs(times - 2.0) > 1e-6 and abs(times - 0.5) > 1e-6:
        assert other.fac2 == float(0.5 <= times <= 2.0)


def test_what_overlaps_by_a_third_has_a_merit_of_a_third() -> None:
    one, other = np.array([1.0, 1.0, 0.0]), np.array([0.0, 1.0, 1.0])
    assert agreement(one, other, np.ones(3), threshold=0.5).fms == pytest.approx(1 / 3)
    assert agreement(one, other, np.array([1.0, 2.0, 1.0]), threshold=0.5).fms == pytest.approx(0.5)
    with pytest.raises(InputError, match="threshold"):
        agreement(one, other, np.ones(3), threshold=9.0)


def test_a_quarter_of_a_meridian_is_ten_thousand_kilometres() -> None:
    assert apart(np.array([0.0, 0.0]), np.array([90.0, 0.0])) == pytest.approx(10_007.5, abs=0.1)


def test_other_cells_are_not_compared() -> None:
    answer = files.made(np.random.default_rng(0))
    cut = on_cells(answer, 20.5, 45.0, 0.5, 3, 2)
    assert (cut == answer.air[..., :2, 1:4]).all()
    for wrong in ((20.6, 45.0, 0.5, 3, 2), (20.5, 45.0, 0.25, 3, 2), (20.5, 45.0, 0.5, 30, 2)):
        with pytest.raises(InputError, match="cells"):
            on_cells(answer, *wrong)


def test_the_middle_of_one_cell_is_that_cell() -> None:
    answer = files.made(np.random.default_rng(0))
    answer.air[:] = 0.0
    answer.air[0, 1, 0, 2, 3] = 5.0
    assert middle(answer)[1] == pytest.approx([answer.lat[2], answer.lon[3]])


def test_the_common_air_conserves_mass() -> None:
    """Nothing goes through the ground; where the wind has no divergence nothing rises."""
    air = waves(hours=2, step=2.0)
    assert np.abs(air.motion[:, -1]).max() < 1e-12 and np.abs(air.motion[:, 0]).max() == 0.0
    even = np.ones_like(air.east)
    still = motion_of(air.a_half, air.b_half, air.ground["sp"], 7.0 * even, 0.0 * even, air.lat, air.lon)
    assert np.abs(still).max() < 1e-12


def test_the_reference_trajectory_is_that_of_a_known_wind() -> None:
    air = waves(hours=3, step=2.0)
    air.east[:], air.north[:], air.motion[:] = 10.0, 0.0, 0.0
    way = carried(Winds(air), float(air.hours[0]), np.array([[50.0, 24.0, 500.0]]), hours=2)
    due = 24.0 + np.degrees(10.0 * 7200.0 / (6.371e6 * np.cos(np.radians(50.0))))
    assert way[-1, 0] == pytest.approx([50.0, due, 500.0], rel=1e-9)


def test_without_the_rival_it_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OBERIH_FLEXPART", "/nowhere")
    assert program() is None
    assert rivals.main([]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "apt-get" in said[0] and set(json.loads(said[-1]).values()) == {None}


@pytest.mark.slow
@pytest.mark.skipif(program() is None, reason="FLEXPART is not here (set OBERIH_FLEXPART)")
def test_with_the_rival_the_models_agree_about_the_way(tmp_path: Path) -> None:
    rows = rivals.trajectories(waves(), tmp_path, hours=12, particles=500)
    assert all(row["flexpart_km"] < 0.02 * row["way_km"] and row["oberih_km"] < 0.02 * row["way_km"] for row in rows)


@given(st.integers(0, 2**32 - 1), st.sampled_from([0.1, 0.3, 0.5, 0.7, 1.0]))
def test_other_cells_hold_the_same_amount(seed: int, cell: float) -> None:
    answer = files.made(np.random.default_rng(seed), rows=5, columns=6)
    lat, lon = (
        np.arange(a[0] - 2.0, a[-1] + 2.0, cell) + 0.37 * cell for a in (answer.lat, answer.lon)
    )  # fmt: skip
    field = lowest(answer, 100.0)
    put = onto(field, answer, lat, lon)
    due = (field * answer.area).sum(axis=(1, 2))
    assert (put * areas(lat, lon)).sum(axis=(1, 2)) == pytest.approx(due, rel=1e-6)
    same = onto(field, answer, answer.lat, answer.lon)
    assert np.allclose(same, field, rtol=1e-9)


def test_two_files_of_different_models_are_laid_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = files.made(np.random.default_rng(4), rows=8, columns=8, sparse=0.9)
    one = files.write_flexpart_netcdf(tmp_path / "flexpart.nc", answer)
    other = files.write_cdump(tmp_path / "cdump", answer)
    turned = files.write_snap(tmp_path / "snap.nc", answer, turned=0.0)
    for pair in ((one, other), (other, turned)):
        assert beside.main([*map(str, pair), "--layer", "30", "--cell", "1.0"]) == 0
        rows = json.loads(capsys.readouterr().out.splitlines()[-1])["intervals"]
        assert len(rows) == 3
        assert all(row["fms"] == row["fac2"] == 1.0 and abs(row["fb"]) < 1e-3 for row in rows)
    assert beside.main([str(one), str(tmp_path / "none")]) == 2
    late = files.write_cdump(tmp_path / "late", replace(answer, start=answer.start + 1800, end=answer.end + 1800))
    assert beside.main([str(one), str(late)]) == 2
    assert "no common interval" in capsys.readouterr().err
