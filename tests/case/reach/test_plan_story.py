"""Does the whole story hold, from real weather to zones?"""

from __future__ import annotations

import calendar
import hashlib
import itertools
import json
from pathlib import Path

import numpy as np
import pytest

from oberih.case.progress import Silent
from oberih.case.reach import ground
from oberih.case.reach.assess import assess
from oberih.case.reach.plan import plan
from oberih.case.reach.request import AssessRequest, PlanRequest
from oberih.errors import InputError, WeatherRefused
from tests.conftest import SHARED, needs_shared

KHARKIV = SHARED / "data/wx_synop_kharkiv_2016/kharkiv_34300_2016_3hourly.csv"
EUROPE = SHARED / "data/wx_synop_europe_20181120/synop.csv"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five weeks of hourly weather in Open-Meteo's documented form."""
    hours = 35 * 24
    rng = np.random.default_rng(3)
    turn = np.cumsum(rng.normal(0.0, 12.0, hours))
    start = np.datetime64("2023-05-01T00:00")
    answer = {
        "latitude": 47.5, "longitude": 34.6, "utc_offset_seconds": 0, "timezone": "GMT",
        "hourly_units": {"time": "iso8601", "wind_speed_10m": "m/s", "wind_direction_10m": "°", "temperature_2m": "°C",
                         "cloud_cover": "%", "precipitation": "mm", "shortwave_radiation": "W/m²"},
        "hourly": {
            "time": [str(start + np.timedelta64(i, "h")) for i in range(hours)],
            "wind_speed_10m": [round(float(v), 2) for v in 4.0 + 2.0 * np.sin(np.arange(hours) / 9.0)],
            "wind_direction_10m": [round(float(v), 1) for v in (200.0 + turn) % 360.0],
            "temperature_2m": [15.0] * hours,
            "cloud_cover": [50.0] * hours,
            "precipitation": [0.4 if i % 50 < 4 else 0.0 for i in range(hours)],
            "shortwave_radiation": [max(0.0, 600.0 * float(np.sin((i % 24 - 6) / 12 * np.pi))) for i in range(hours)],
        },
    }  # fmt: skip
    path = tmp_path_factory.mktemp("weather") / "may.json"
    path.write_text(json.dumps(answer), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def one_height(monkeypatch: pytest.MonkeyPatch) -> None:
    """One release height is enough for the story, and three times as quick."""
    monkeypatch.setattr(ground, "HEIGHTS", (30.0,))


def asked(month: Path, cache: Path, **changes: object) -> PlanRequest:
    return PlanRequest(
        **{"site": "zaporizhzhia", "scenarios": ("core-melt-early-failure",), "weather": str(month), "cache": cache,
           "workers": 1, **changes}  # type: ignore[arg-type]
    )  # fmt: skip


def digests(folder: Path) -> dict[str, str]:
    return {f.name: hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.iterdir())}


def test_the_same_inputs_give_the_same_bytes(month: Path, cache: Path, tmp_path: Path) -> None:
    plan(asked(month, cache, out=tmp_path / "a"), progress=Silent())
    plan(asked(month, cache, out=tmp_path / "b"), progress=Silent())
    assert digests(tmp_path / "a") == digests(tmp_path / "b")
    assert {"map.png", "map.html", "zones.geojson", "result.json", "distances.csv"} <= set(digests(tmp_path / "a"))


def test_result_names_every_input_by_digest(month: Path, cache: Path, tmp_path: Path) -> None:
    answer = plan(asked(month, cache, out=tmp_path), progress=Silent())
    kept = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    inputs = kept["provenance"]["inputs"]
    assert inputs["weather may.json"] == hashlib.sha256(month.read_bytes()).hexdigest()
    assert {"site", "criteria", "air", "atlas", "release core-melt-early-failure"} <= set(inputs)
    for name, facts in kept["products"].items():
        assert facts["sha256"] == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()
    assert answer.data["result"]["headline"] == kept["result"]["headline"]


def test_higher_percentile_reaches_no_less(month: Path, cache: Path) -> None:
    far = {}
    for p in (50.0, 90.0, 99.0):
        answer = plan(asked(month, cache, percentile=p), progress=Silent())
        far[p] = max(r.distance for r in answer.reaches if r.action == "Evacuation")
    assert 0.0 < far[50.0] <= far[90.0] <= far[99.0]


def test_longer_shutdown_never_reaches_farther(month: Path, cache: Path) -> None:
    far = []
    for year in (2021, 2022, 2026, 2050):
        answer = plan(asked(month, cache, at=calendar.timegm((year, 12, 1, 0, 0, 0))), progress=Silent())
        far.append(max(r.distance for r in answer.reaches if r.action == "Evacuation"))
    assert all(later <= earlier * 1.001 for earlier, later in itertools.pairwise(far))


def test_iodine_of_the_shut_down_plant_bounds_no_zone(month: Path, cache: Path) -> None:
    now = plan(asked(month, cache, at=calendar.timegm((2026, 11, 23, 0, 0, 0))), progress=Silent())
    then = plan(asked(month, cache, at=calendar.timegm((2021, 11, 23, 0, 0, 0))), progress=Silent())
    thyroid = {name: [r for r in a.reaches if "thyroid" in r.quantity] for name, a in (("now", now), ("then", then))}
    assert all(r.distance == 0.0 for r in thyroid["now"])
    assert max(r.distance for r in thyroid["then"]) > 20e3
    assert dict(now.dominant)["Core melt, containment fails early"][0][0] in ("Cs-137", "Sr-90", "Cs-134")


def test_weather_of_days_is_refused_for_a_plan(month: Path, cache: Path, tmp_path: Path) -> None:
    short = json.loads(month.read_text(encoding="utf-8"))
    short["hourly"] = {k: v[:200] for k, v in short["hourly"].items()}
    path = tmp_path / "short.json"
    path.write_text(json.dumps(short), encoding="utf-8")
    with pytest.raises((InputError, WeatherRefused), match=r"short\.json.*too few"):
        plan(asked(path, cache), progress=Silent())


def test_nothing_is_written_when_a_name_is_wrong(month: Path, cache: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean"):
        plan(asked(month, cache, scenarios=("core-melt-erly-failure",), out=tmp_path / "no"), progress=Silent())
    assert not (tmp_path / "no").exists()


@needs_shared
def test_a_real_hour_of_europe_becomes_zones_downwind(cache: Path, tmp_path: Path) -> None:
    at = calendar.timegm((2018, 11, 20, 12, 0, 0))
    request = AssessRequest("zaporizhzhia", at, str(EUROPE), cache=cache, out=tmp_path)
    answer = assess(request, progress=Silent())
    evacuate = next(r for r in answer.reaches if r.action == "Evacuation")
    assert answer.weather_label == "observed"
    assert evacuate.distance > 10e3
    assert evacuate.azimuth is not None
    assert 200.0 <= evacuate.azimuth <= 270.0  # the wind at Zaporizhzhia (34601) came from 50 degrees
    assert any("held steady" in note for note in answer.notes)


@needs_shared
def test_event_outside_its_weather_is_refused(cache: Path) -> None:
    at = calendar.timegm((2019, 1, 1, 0, 0, 0))
    with pytest.raises(InputError, match="does not cover"):
        assess(AssessRequest("zaporizhzhia", at, str(EUROPE), cache=cache), progress=Silent())


@needs_shared
@pytest.mark.slow
def test_the_real_year_of_kharkiv_becomes_zones(tmp_path: Path) -> None:
    """Real input first: 2,935 three-hourly reports, to zones with people in them."""
    request = PlanRequest(
        "zaporizhzhia", weather=str(KHARKIV), cache=tmp_path / "cache", out=tmp_path / "out", workers=2
    )
    answer = plan(request, progress=Silent())
    assert answer.weather_label == "observed"
    assert "34300" in answer.weather_source
    early = [r for r in answer.reaches if "fails early" in r.scenario and r.action == "Evacuation"]
    assert 5e3 < early[0].distance < 100e3
    assert early[0].low is not None
    assert early[0].low <= early[0].distance
    assert early[0].people is not None
    assert early[0].people > 50_000
    zones = json.loads((tmp_path / "out/zones.geojson").read_text(encoding="utf-8"))
    assert any(f["properties"].get("part") == "protection" for f in zones["features"])


def test_shelter_never_widens_a_zone(month: Path, cache: Path) -> None:
    open_air = plan(asked(month, cache), progress=Silent())
    indoors = plan(asked(month, cache, protection=("large building",)), progress=Silent())
    for outside, inside in zip(open_air.reaches, indoors.reaches, strict=True):
        assert inside.distance <= outside.distance
    assert any(b.distance < a.distance for a, b in zip(open_air.reaches, indoors.reaches, strict=True))


def test_a_population_raster_is_counted_in_place_of_places(month: Path, cache: Path, tmp_path: Path) -> None:
    rasterio = pytest.importorskip("rasterio")
    from rasterio.transform import from_origin

    path = tmp_path / "people.tif"
    with rasterio.open(path, "w", driver="GTiff", width=160, height=120, count=1, dtype="float32", crs="EPSG:4326",
                       transform=from_origin(30.5, 50.5, 0.05, 0.05)) as raster:  # fmt: skip
        raster.write(np.full((1, 120, 160), 100.0, dtype="float32"))
    answer = plan(asked(month, cache, population=path, criteria="germany"), progress=Silent())
    evacuate = next(r for r in answer.reaches if r.action == "Evacuation")
    assert evacuate.people is not None
    assert evacuate.people > 0
    assert evacuate.people % 1 == 0


def test_what_was_found_before_is_the_same_and_a_spoilt_file_is_as_if_absent(month: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = plan(asked(month, cache, out=tmp_path / "a"), progress=Silent())
    kept = list((cache / "exceedances").glob("*.npz"))
    assert len(kept) == 1
    plan(asked(month, cache, out=tmp_path / "b"), progress=Silent())
    kept[0].write_bytes(kept[0].read_bytes()[:-100])
    third = plan(asked(month, cache, out=tmp_path / "c"), progress=Silent())
    assert digests(tmp_path / "a") == digests(tmp_path / "b") == digests(tmp_path / "c")
    assert first.reaches == third.reaches


def test_another_percentile_needs_no_new_sum(month: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for percentile in (50.0, 90.0, 99.0):
        plan(asked(month, cache, percentile=percentile), progress=Silent())
    assert len(list((cache / "exceedances").glob("*.npz"))) == 1
