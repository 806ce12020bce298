"""Every gridded file is read, or refused with the right reason, and wrong verdicts are seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("eccodes")
pytest.importorskip("xarray")

from validation import volumes

from tests.conftest import needs_shared
from tests.weather.volumes import write


def last(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])  # type: ignore[no-any-return]


@pytest.mark.slow
@needs_shared
def test_every_shared_file_is_read_or_refused_with_the_right_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert volumes.main([]) == 0
    told = last(capsys)
    assert told["wrong"] == 0 and told["known"] == told["sets"] == len(volumes.KNOWN)


def test_a_folder_of_others_is_told_and_not_judged_by_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "nwp_mine").mkdir()
    write(tmp_path / "nwp_mine" / "good.nc")
    write(tmp_path / "nwp_mine" / "bare.nc", ground=False)
    assert volumes.main([str(tmp_path)]) == 0
    told = last(capsys)
    assert (told["sets"], told["read"], told["refused"], told["known"]) == (3, 2, 1, 0)


def test_a_known_file_that_is_refused_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "nwp_mine").mkdir()
    write(tmp_path / "nwp_mine" / "era5_utm32_2025_05_01_00.nc", ground=False)
    assert volumes.main([str(tmp_path)]) == 1
    assert last(capsys)["wrong"] == 1


def test_impossible_air_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import xarray as xr

    from tests.weather.volumes import kept

    (tmp_path / "nwp_mine").mkdir()
    with xr.open_dataset(write(tmp_path / "a.nc")) as made:
        deep = made.load()
    deep["blh"] = (deep["blh"] * 0.0 + 9000.0).assign_attrs(units="m")
    kept(deep, tmp_path / "nwp_mine" / "deep.nc")
    assert volumes.main([str(tmp_path)]) == 1
    assert "mixing_height runs" in capsys.readouterr().out


def test_no_folder_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert volumes.main([str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
