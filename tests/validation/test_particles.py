"""The laws of particles are measured, and a law that is broken is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from validation import particles
from validation.shelf import shared_data

from oberih.dispersion.kernels.particles import step as kernel
from tests.dispersion.particles.flows import flow


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    code = particles.main(arguments)
    return code, json.loads(capsys.readouterr().out.strip().splitlines()[-1])


@pytest.fixture
def no_fields(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OBERIH_SHARED", str(tmp_path))


@pytest.mark.usefixtures("no_fields")
def test_without_fields_their_part_is_left_out_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    code, said = told(capsys, "--blocks", "20")
    assert code == 0 and said["passed"] is True
    assert said["real_fields"] == "left out: no fields"
    assert {"mixed_displaced", "mixed_with_velocity", "puff", "settling", "late"} <= said.keys()


def test_a_folder_without_fields_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert particles.main([str(tmp_path)]) == 2
    assert "no netCDF" in capsys.readouterr().err


def test_fields_that_cannot_be_read_end_it_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.nc").write_bytes(b"CDF\x01 and no more")
    assert particles.main([str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and len(said.err.strip().splitlines()) == 1 and "broken.nc" in said.err


@pytest.mark.usefixtures("no_fields")
def test_a_law_that_is_broken_fails(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("through_days", "settled"):
        monkeypatch.setattr(particles, name, lambda *_, **__: {"worst_deviations": 0.0})
    monkeypatch.setattr(particles, "puffs", lambda _: {"neutral": {"lowest_20_m": [0.35], "noise": [0.01]}})
    code, said = told(capsys)
    assert code == 1 and said["passed"] is False


def test_air_whose_mass_adds_up_lacks_none_and_air_that_flows_apart_does() -> None:
    air = flow(size=9)
    z = air.a * np.arange(20) + air.b * np.arange(20) ** 2.0
    columns = np.arange(9.0) * 1e-5  # 1e-5 1/s more eastward wind, in cells a second, from cell to cell
    air.wind[..., 0] = columns[None, None, :, None]
    apart = particles.lack_of_mass(air, top=1e5)
    assert apart["per_hour_mean"] == pytest.approx(0.036, rel=1e-4)
    air.wind[..., 2] = -1e-5 * z
    made_good = particles.lack_of_mass(air, top=1e5)
    assert made_good["per_hour_rms"] < 1e-6 and made_good["horizontal_per_hour_rms"] == pytest.approx(0.036, rel=1e-4)
    assert (air.surface[..., kernel.MIXING] > 0.0).all()


@pytest.mark.skipif(not shared_data("nwp_era5_utm32_2025").is_dir(), reason="the shared data are not here")
def test_real_fields_lack_no_more_than_what_is_written_down() -> None:
    from oberih.weather.read.volume import volume_of
    from oberih.weather.volume import fields_of_volume

    fields = fields_of_volume(volume_of(sorted(shared_data("nwp_era5_utm32_2025").glob("*.nc"))))
    lack = particles.real_fields(fields)
    for top, whole, within in (("100.0", 0.05, 0.06), ("1000.0", 0.042, 0.052), ("5000.0", 0.031, 0.04)):
        assert lack[top]["per_hour_rms"] < whole and lack[top]["within_per_hour_rms"] < within
        assert abs(lack[top]["per_hour_mean"]) < 0.006
