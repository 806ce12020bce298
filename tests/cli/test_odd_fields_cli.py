"""Fields that cannot be used end every command in one line and exit code 2, and nothing stands half-written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("netCDF4")

import netCDF4
import xarray as xr

from oberih.cli.main import main
from tests.weather.volumes import kept, write

COMMANDS = {
    "disperse": ("disperse", "a.nc", "--latitude", "48.1", "--longitude", "34.3", "--out", "out.nc"),
    "trace": ("trace", "a.nc", "--station", "48.1,35.0", "--from", "2025-05-01T02:00Z", "--to", "2025-05-01T03:00Z",
              "--out", "out"),
    "atlas build": ("atlas", "build", "zaporizhzhia", "--engine", "particles", "--weather", "a.nc", "--cache", "cache"),
    "assess": ("assess", "zaporizhzhia", "--engine", "particles", "--weather", "a.nc", "--at", "2025-05-01T01:00Z",
               "--out", "out"),
}  # fmt: skip


def cut_off(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20_000])


def unpacked_by_nothing(path: Path) -> None:
    with netCDF4.Dataset(path, "a") as file:
        file["u"].scale_factor = np.nan


@pytest.mark.parametrize("spoil", [cut_off, unpacked_by_nothing])
@pytest.mark.parametrize("command", COMMANDS)
def test_fields_that_cannot_be_used_leave_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str,
    spoil: Callable[[Path], None],
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    spoil(write(tmp_path / "a.nc"))
    assert main([*COMMANDS[command]]) == 2
    said = [line for line in capsys.readouterr().err.splitlines() if "a.nc" in line]
    assert len(said) == 1 and ("damaged" in said[0] or "scale_factor of u" in said[0])
    left = [p.name for p in tmp_path.rglob("*") if p.is_file()]
    assert [name for name in left if not name.startswith("places-")] == ["a.nc"]  # a table of places may be kept


@pytest.mark.parametrize("command", ["disperse", "trace"])
def test_fields_whose_grids_overlap_in_part_are_taken_where_they_do_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with xr.open_dataset(write(tmp_path / "whole.nc")) as made:
        kept(made.load().isel(time=slice(0, 2), longitude=slice(0, 8)), tmp_path / "a.nc")
        kept(made.isel(time=slice(2, 4), longitude=slice(1, 9)), tmp_path / "b.nc")
    verb, *words = COMMANDS[command]
    assert main([verb, "b.nc", *words, "--particles", "1000", "--json"]) == 0
    assert "grids overlap in part: cut to the 7 x 8 cells that all files have" in capsys.readouterr().out
