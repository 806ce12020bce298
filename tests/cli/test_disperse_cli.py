"""A release in one's own fields: what comes out is what a person's other tools read."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("netCDF4")

import xarray as xr

from oberih.cli.main import main
from tests.weather.volumes import write

PLACE = ("--latitude", "48.1", "--longitude", "34.3")


def run(tmp_path: Path, *words: str) -> int:
    return main(["disperse", str(tmp_path / "a.nc"), *PLACE, "--quiet", *words])


@pytest.fixture
def air(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path / "a.nc")


def test_what_was_released_is_in_the_air_on_the_ground_or_gone(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--hours", "3", "--particles", "6400", "--amount", "1e12", "--out", "cloud.nc", "--depth", "5000")
    assert run(air.parent, *words) == 0
    with xr.open_dataset("cloud.nc") as cloud:
        a_degree = 6_371_008.8 * np.pi / 180.0
        area = (0.125 * a_degree) ** 2 * np.cos(np.radians(cloud["lat"]))
        ground = float((cloud["deposition"][-1] * area).sum())
        assert ground > 0.0
        total = ground + 1e12 * (cloud.attrs["in_the_air_at_the_end"] + cloud.attrs["left_the_fields"])
        assert total == pytest.approx(1e12, rel=2e-3)  # the area of a row is interpolated between those of the fields
        aloft = float((cloud["concentration"][0] * area).sum() * 5000.0)
        assert 0.4e12 < aloft < 0.6e12  # let out evenly over the first hour


def test_the_cloud_goes_with_the_wind(air: Path) -> None:
    run(air.parent, "--hours", "3", "--particles", "6400", "--out", "cloud.nc", "--depth", "5000")
    with xr.open_dataset("cloud.nc") as cloud:
        east = [(c * cloud["lon"]).sum() / c.sum() for c in cloud["concentration"]]
        assert float(east[0]) > 34.3 and float(east[2]) > float(east[0]) + 0.1
        assert cloud["concentration"].attrs["units"] == "Bq m-3" and cloud["deposition"].attrs["units"] == "Bq m-2"
        assert cloud.attrs["Conventions"] == "CF-1.8"


def test_the_same_seed_gives_the_same_numbers_on_any_number_of_threads(air: Path) -> None:
    for name, threads in (("one.nc", "1"), ("two.nc", "2")):
        run(air.parent, "--hours", "2", "--particles", "2000", "--out", name, "--threads", threads)
    with xr.open_dataset("one.nc") as one, xr.open_dataset("two.nc") as two:
        assert (one["concentration"].values == two["concentration"].values).all()


def test_the_summary_says_what_was_derived(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["disperse", str(air), *PLACE, "--hours", "1", "--particles", "64", "--quiet", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert any("hypsometric" in note for note in told["notes"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--hours", "9"), "does not cover"), (("--latitude", "60"), "outside the fields"),
        (("--low", "500", "--high", "100"), "lies above --high = 100"), (("--finer", "100"), "--finer"),
        (("--at", "2025-05-02T00:00Z", "--hours", "1"), "does not cover"), (("--member", "3"), "holds no ensemble"),
        (("--half-life", "foo"), "such as 8.02d"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_one_line_and_writes_nothing(
    air: Path, words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oberih.case.reach.disperse.MOST_CELLS", 100_000)
    assert run(air.parent, "--out", "cloud.nc", *words) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1
    assert [f.name for f in air.parent.iterdir()] == ["a.nc"]


def test_the_fields_are_never_overwritten(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = air.read_bytes()
    assert run(air.parent, "--out", "../" + air.parent.name + "/a.nc", "--hours", "1", "--particles", "64") == 2
    told = capsys.readouterr().err
    assert "overwrite" in told and told.count("\n") == 1
    assert air.read_bytes() == before


def test_a_folder_is_refused_with_the_cure(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["disperse", str(air.parent), *PLACE, "--quiet"]) == 2
    assert "folder/*.nc" in capsys.readouterr().err


def test_what_cannot_be_written_is_refused_before_the_work(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(air.parent, "--out", "a.nc/cloud.nc", "--hours", "1", "--particles", "64") == 2
    assert "no folder that can be written" in capsys.readouterr().err


def test_what_could_not_be_written_at_the_end_is_kept_elsewhere(
    air: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    replaced = os.replace

    def full(source: Path, target: Path) -> None:
        if Path(target).name == "cloud.nc" and "temporary" not in str(target):  # not the caches of the compiler
            raise OSError(errno.ENOSPC, "No space left on device")
        replaced(source, target)

    monkeypatch.setattr(os, "replace", full)
    assert run(air.parent, "--out", "cloud.nc", "--hours", "1", "--particles", "64") == 3
    told = capsys.readouterr().err
    kept = Path(told.strip().rpartition("kept in ")[2])
    assert "No space left" in told and told.count("\n") == 1 and kept.is_relative_to(tmp_path / "temporary")
    with xr.open_dataset(kept) as found:
        assert float(found["concentration"].sum()) > 0.0
    assert sorted(p.name for p in air.parent.iterdir()) == ["a.nc", "temporary"]


def test_a_key_or_a_link_in_the_place_of_the_file_stays(air: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (air.parent / "key.pem").write_text("-----BEGIN PRIVATE KEY-----")
    assert run(air.parent, "--out", "key.pem", "--hours", "1", "--particles", "64") == 2
    assert "never overwritten" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("--amount", "0"), ("--amount", "1e300"), ("--release-hours", "2")])
def test_a_release_of_nothing_or_one_that_never_ends_is_refused(
    air: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(air.parent, "--out", "cloud.nc", "--hours", "1", "--particles", "64", *words) == 2
    assert words[0] in capsys.readouterr().err
    assert [f.name for f in air.parent.iterdir()] == ["a.nc"]
