"""Laws of an event in fields of the air: from files to doses, the plume, and how far apart its courses are."""

from __future__ import annotations

import calendar
import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("netCDF4")

import xarray as xr

from oberih.atlas.store import open_atlas
from oberih.case.progress import Silent
from oberih.case.reach.answer import Answer
from oberih.case.reach.assess import assess
from oberih.case.reach.forecast_state import ReadyAtlas, publish
from oberih.case.reach.request import AssessRequest
from oberih.dispersion.kernels import puff
from oberih.errors import InputError
from tests.weather import passing_low

AT = calendar.timegm((2025, 5, 1, 9, 0, 0))
SCENARIO = "cask-breach"


@pytest.fixture(scope="module")
def weather(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return passing_low.write(tmp_path_factory.mktemp("weather") / "low.nc", half=(2.0, 2.5), hours=22)


@pytest.fixture(scope="module")
def request_of(weather: Path, tmp_path_factory: pytest.TempPathFactory) -> AssessRequest:
    return AssessRequest(
        "zaporizhzhia", AT, str(weather), hours=3, engine="particles", particles=512, scenarios=(SCENARIO,),
        cache=tmp_path_factory.mktemp("cache"), workers=1,
    )  # fmt: skip


@pytest.fixture(scope="module")
def out(request_of: AssessRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    assess(dataclasses.replace(request_of, out=folder), progress=Silent())
    return folder


@pytest.fixture(scope="module")
def perturbed(request_of: AssessRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Answer, Path]:
    folder = tmp_path_factory.mktemp("perturbed")
    asked = dataclasses.replace(request_of, out=folder, perturbed=4, particles=128)
    return assess(asked, progress=Silent()), folder


def result(folder: Path) -> dict:
    return json.loads((folder / "result.json").read_text(encoding="utf-8"))["result"]


def only_atlas(request: AssessRequest) -> Path:
    return next(
        p for p in (request.cache / "events").glob("*.zarr") if open_atlas(p).facts["particles"]["particles"] == 512
    )


def test_plain_xarray_opens_each_group_of_the_plume(out: Path) -> None:
    with xr.open_dataset(out / "plume.nc", group="near") as near, xr.open_dataset(out / "plume.nc", group="far") as far:
        assert near["concentration"].dims == ("nuclide", "time", "ring", "sector")
        assert far["concentration"].dims == ("nuclide", "time", "lat", "lon")
        for group in (near, far):
            assert group["concentration"].attrs["units"] == "Bq m-3" and group["deposition"].attrs["units"] == "Bq m-2"
            assert (group["time"].values == near["time"].values).all()
            assert (np.diff(group["time_bounds"].values, axis=1).ravel() == np.timedelta64(3600, "s")).all()
            assert "Cs-137" in group["nuclide"].values
            assert not np.isnan(group["concentration"].values).any()
        assert near["time_bounds"].values[0, 0] == np.datetime64("2025-05-01T09:00")
        assert (far["lat_bounds"][:, 0] <= far["lat"]).all() and (far["lat"] <= far["lat_bounds"][:, 1]).all()
        inside = (near["lon_bounds"].min("corner") <= near["lon"]) & (near["lon"] <= near["lon_bounds"].max("corner"))
        assert bool(inside.all())


def test_hours_of_the_plume_add_up_to_the_atlas(out: Path, request_of: AssessRequest) -> None:
    """Mass and pattern: what decays little is in both, but for the atlas's rounding and its faintest cells."""
    atlas = open_atlas(only_atlas(request_of))
    released = result(out)["releases"][0]
    with xr.open_dataset(out / "plume.nc", group="near") as near:
        caesium = near.sel(nuclide="Cs-137")
        tic = 3600.0 * caesium["concentration"].sum("time").values
        laid = caesium["deposition"][-1].values
    data = atlas.dataset(range(atlas.releases), height=0)
    assert len(atlas.heights) == 1
    rings = tic.shape[0]
    from oberih.case.reach.sources import released as released_of
    from oberih.case.reach.sources import scenarios_of
    from oberih.earth.site import load_site

    site = load_site("zaporizhzhia")
    term = released_of(scenarios_of((SCENARIO,), site)[0], site, at=AT).source_term
    amount = term.activity[:, term.nuclides.index("Cs-137"), 1]
    assert amount.sum() == pytest.approx(released["total_Bq"]["Cs-137"], rel=1e-3)
    kept = np.tensordot(amount, data["tic"].values[..., 1], axes=(0, 0))[:rings]
    ground = np.tensordot(amount, (data["dry"] + data["wet"]).values[..., 1], axes=(0, 0))[:rings]
    areas = atlas.grid.areas[:rings, None]
    assert (tic * areas).sum() == pytest.approx((kept * areas).sum(), rel=5e-3)
    assert (laid * areas).sum() == pytest.approx((ground * areas).sum(), rel=5e-3)
    dense = kept > 0.1 * kept.max(axis=1, keepdims=True)
    assert np.allclose(tic[dense], kept[dense], rtol=1e-2)


def test_what_came_down_is_on_the_far_grid_too(out: Path, request_of: AssessRequest) -> None:
    atlas = open_atlas(only_atlas(request_of))
    total = result(out)["releases"][0]["total_Bq"]["Cs-137"]
    fates = atlas.balance[:, 0, 1].mean(axis=0)
    assert fates[puff.DRY_IN :].sum() == pytest.approx(1.0, abs=1e-5)
    with xr.open_dataset(out / "plume.nc", group="far") as far:
        ground = float((far["deposition"].sel(nuclide="Cs-137")[-1] * far["cell_area"]).sum())
    low, high = (f(atlas.balance[:, 0, 1, puff.DRY_IN : puff.ON_SITE + 1].sum(axis=1)) for f in (np.min, np.max))
    assert 0.98 * low * total <= ground <= 1.02 * high * total


def test_the_dose_in_the_file_is_the_dose_told(out: Path) -> None:
    told = result(out)["places"]
    with xr.open_dataset(out / "plume.nc", group="doses") as doses:
        first = doses["dose"][0].values
        assert doses["quantity"].values[0] == "effective-adult-7d" or first.max() > 0.0
        lane = list(doses["quantity"].values).index("effective-adult-7d")
        values = 1e3 * doses["dose"][lane].values
        distance = doses["distance"].values
        ring = [int(np.argmin(np.abs(np.log(distance / p["distance_m"])))) for p in told]
    for p, r in zip(told, ring, strict=True):
        assert np.isclose(values[r], p["dose_mSv"], rtol=1e-4).any()


def test_the_answer_says_what_it_rests_on(out: Path, weather: Path) -> None:
    kept = json.loads((out / "result.json").read_text(encoding="utf-8"))
    inputs = kept["provenance"]["inputs"]
    from oberih.evidence.digest import sha256_of_file

    assert inputs["fields 1: low.nc"] == sha256_of_file(weather)
    assert {"atlas", "site", "criteria"} <= set(inputs)
    assert kept["provenance"]["parameters"]["engine"] == "particles"
    assert set(kept["products"]) == {
        "far.png", "map.html", "map.png", "plume.nc", "plume.png", "plume.svg", "zones.geojson",
    }  # fmt: skip
    noise = kept["result"]["noise_by_distance_m"]
    assert noise and all(0.0 < v < 0.5 for v in noise.values())


def test_fields_too_small_and_mass_in_the_air_are_said(request_of: AssessRequest) -> None:
    answer = assess(request_of, progress=Silent())
    covered = answer.data["result"]["weather"]["covered_m"]
    assert 100e3 < covered < 300e3
    assert any("least values" in n and f"{covered / 1e3:.0f} km" in n for n in answer.notes)
    assert any("still in the air" in n for n in answer.notes)
    assert not any("fields end at" in n for n in answer.notes)


def test_hours_that_the_fields_do_not_hold_and_noise_that_is_not_known_are_said(request_of: AssessRequest) -> None:
    answer = assess(dataclasses.replace(request_of, hours=24, particles=64), progress=Silent())
    said = [n for n in answer.notes if "fields end at 2025-05-01T22:00Z" in n]
    assert said and "least values" in said[0]
    assert answer.data["result"]["noise_by_distance_m"] == {}  # one part is no measure; never 0 %
    assert any("noise of so few particles is not known" in n for n in answer.notes)


@pytest.mark.slow
def test_processes_change_no_digit(request_of: AssessRequest, out: Path, tmp_path: Path) -> None:
    asked = dataclasses.replace(request_of, workers=2, cache=tmp_path)
    assert assess(asked, progress=Silent()).data["result"]["places"] == result(out)["places"]


def test_bands_hold_their_median_and_zones_their_half(perturbed: tuple[Answer, Path]) -> None:
    answer, folder = perturbed
    kept = result(folder)
    assert [c["name"] for c in kept["courses"]] == ["as given", "perturbed 1", "perturbed 2", "perturbed 3"]
    assert any(b["high_m"] > b["low_m"] > 0.0 for b in kept["bands"])
    for band, reach in zip(kept["bands"], answer.reaches, strict=True):
        assert band["low_m"] <= band["median_m"] <= band["high_m"]
        assert (reach.low, reach.distance, reach.high) == (band["low_m"], band["median_m"], band["high_m"])
        assert band["share"] * 4 == pytest.approx(round(band["share"] * 4))
        assert band["people_low"] <= band["people_high"]
    zones = json.loads((folder / "zones.geojson").read_text(encoding="utf-8"))["features"]
    assert {z["properties"]["percentile"] for z in zones} == {50.0, 100.0} or {
        z["properties"]["percentile"] for z in zones
    } == {0.5, 1.0}
    assert any("no forecast ensemble" in n for n in answer.notes)


def test_shares_in_the_file_are_counts_of_courses(perturbed: tuple[Answer, Path]) -> None:
    with xr.open_dataset(perturbed[1] / "plume.nc", group="doses") as doses:
        share = doses["share"].values
        assert doses.attrs["courses_of_the_weather"] == 4
        assert set(np.unique(share).round(6).tolist()) <= {0.0, 0.25, 0.5, 0.75, 1.0}
        assert share.max() > 0.0


def test_a_steeper_choice_of_heights_is_not_made_than_needed(request_of: AssessRequest) -> None:
    atlas = open_atlas(only_atlas(request_of))
    assert atlas.heights == (3.0,)  # a cask: one height, the release's own, in place of rungs around it


def test_one_time_of_the_fields_is_held_still_and_said(request_of: AssessRequest, tmp_path: Path) -> None:
    still = passing_low.write(tmp_path / "still.nc", half=(2.0, 2.0), steady=True)
    asked = dataclasses.replace(request_of, weather=str(still), particles=64)
    answer = assess(asked, progress=Silent())
    assert any("held still" in n for n in answer.notes)


def test_members_of_an_ensemble_are_courses(request_of: AssessRequest, tmp_path: Path) -> None:
    path = passing_low.write(tmp_path / "members.nc", half=(2.0, 2.0), hours=21, members=3)
    asked = dataclasses.replace(request_of, weather=str(path), members="0,2", particles=64)
    kept = assess(asked, progress=Silent()).data["result"]
    assert [c["name"] for c in kept["courses"]] == ["member 0", "member 2"]
    towards = [b for b in kept["bands"] if b["median_m"] > 0.0]
    assert towards


def test_the_forecast_that_stands_ready_answers_as_its_fields_do(
    request_of: AssessRequest, out: Path, tmp_path: Path
) -> None:
    atlas = open_atlas(only_atlas(request_of))
    folder = request_of.cache / "forecast" / "zaporizhzhia"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / atlas.path.name
    if not place.exists():
        place.symlink_to(atlas.path)
    times = [int(t) for t in atlas.times]
    publish(folder, ReadyAtlas(place, atlas.digest, "gfs", "GFS", times[0], times[0], times[-1], times[-1] + 7200,
                               times[0], ("nothing of note",), 512, "ab" * 32))  # fmt: skip
    asked = dataclasses.replace(request_of, weather="forecast")
    answer = assess(asked, progress=Silent())
    assert answer.weather_label == "given fields"  # as the atlas says of its fields
    assert answer.data["result"]["places"] == result(out)["places"]
    assert any("nothing of note" in n for n in answer.notes)
    with pytest.raises(InputError, match=r"no forecast stands ready .* holds releases from 2025-05-01T09:00Z to"):
        assess(dataclasses.replace(asked, at=AT + 30 * 3600), progress=Silent())
