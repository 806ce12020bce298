"""In real fields too the way back agrees with the way there; a difference that is made is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("netCDF4")

from validation.reciprocity import TOLERANCE, Case, agreement, alpine, case_in
from validation.shelf import shared_data

from oberih.weather.read.volume import volume_of
from tests.weather.passing_low import write

FOLDER = shared_data("nwp_era5_utm32_2025")


@pytest.fixture(scope="module")
def cases() -> dict[str, Case]:
    if not FOLDER.is_dir():
        pytest.skip(f"the fields of ERA5 are not at {FOLDER}")
    return alpine(FOLDER)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["ERA5 over the Alps, as it is", "ERA5, dry and wet deposition"])
def test_forward_and_backward_agree_in_real_fields(cases: dict[str, Case], name: str) -> None:
    found = agreement(cases[name], particles=16_384, across=4)
    assert found.there > 8.0 * found.error and found.back > 8.0 * found.noise
    assert found.distance < TOLERANCE


@pytest.mark.parametrize(("form", "released"), [(1, 2), pytest.param(0, 9, marks=pytest.mark.slow)])
def test_they_agree_through_a_low_with_its_rain_by_night_and_by_day(tmp_path: Path, form: int, released: int) -> None:
    write(tmp_path / "low.nc", hours=16, spacing=0.5)
    case = case_in(
        volume_of([tmp_path / "low.nc"]), latitude=47.5, longitude=32.6, apart=4, form=form, released=released
    )
    found = agreement(case, particles=16_384, across=3)
    assert found.there > 8.0 * found.error and found.back > 8.0 * found.noise
    assert found.distance < TOLERANCE


@pytest.mark.slow
def test_a_site_a_cell_away_gives_another_answer(cases: dict[str, Case]) -> None:
    case = cases["ERA5 over the Alps, as it is"]
    away = replace(case, site=(case.site[0] - 2, case.site[1] - 2))
    there = agreement(case, particles=8192, across=4)
    elsewhere = agreement(away, particles=8192, across=4)
    assert abs(there.back - elsewhere.there) > TOLERANCE * (there.noise + elsewhere.error)
