"""The event in the forecast that stands ready over HTTP: what is answered, what is refused in one line."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

pytest.importorskip("eccodes")
pytest.importorskip("netCDF4")

from oberih.case.reach.response import EventRequest
from oberih.language.catalogue import catalogue
from tests.case.event_material import AT
from tests.case.ready_material import forecast_for
from tests.web.test_event import got


@pytest.fixture
def client(served: Callable[..., TestClient], tmp_path: Path) -> TestClient:
    """A server with a forecast that stands ready and no other."""
    return served(cache=forecast_for(AT, tmp_path / "cache"))


def test_an_event_is_answered_out_of_what_stands_ready(client: TestClient) -> None:
    event = got(client, "", weather="ready")
    assert (event["engine"], event["clock"], event["reach_m"]) == ("particles", False, 1e6)
    assert event["weather"]["run"].startswith("2026-03-0") and event["weather"]["name"] == "ready"
    assert event["places"] and {p["comes_h"] for p in event["places"]} == {None}
    assert event["zones"]["type"] == "FeatureCollection"
    known = catalogue("uk")
    assert {n["key"] for n in event["notes"] if f"event.note-{n['key']}" not in known} == set()
    for place in event["places"]:
        for advice in place["advice"]:
            bare = advice["key"] in ("iodine", "leave-before", "shelter")
            assert f"event.advice-{advice['key']}{'-untimed' if bare else ''}" in known


def test_puffs_say_that_they_are_puffs(client: TestClient) -> None:
    event = got(client, "", weather="exercise")
    assert (event["engine"], event["clock"], event["weather"]["run"]) == ("puffs", True, None)


def test_a_field_lies_on_the_cells_of_what_stands_ready(client: TestClient) -> None:
    grid = got(client, "/grid", weather="ready")
    corners = np.frombuffer(base64.b64decode(grid["corners"]), dtype="<f4")
    corners = corners.reshape(grid["rings"] + 1, grid["sectors"], 2)
    assert corners[-1, :, 1].max() == pytest.approx(47.51 + 1000 / 111.2, abs=0.1)
    field = got(client, "/field", weather="ready", show="outdoors")
    cells = np.frombuffer(base64.b64decode(field["cells"]), dtype="<u2")
    codes = np.frombuffer(zlib.decompress(base64.b64decode(field["values"])), dtype=np.uint8).astype(int)
    assert field["frames"] == 1 and cells.max() < grid["rings"] * grid["sectors"]
    held = client.app.state.held.events  # type: ignore[attr-defined]
    run, doses = held.shown(EventRequest(AT, weather="ready"), "outdoors")
    known = 1e3 * doses[np.searchsorted(run.cells, cells), 0]
    told = np.where(codes > 0, 10.0 ** (field["low"] + (codes - 1) * field["step"]), 0.0)
    seen = known > 2e-6
    assert seen.any() and told[seen] == pytest.approx(known[seen], rel=0.06)


def test_it_is_among_the_choices_with_its_hours(client: TestClient) -> None:
    offers = {w["name"]: w for w in got(client, "/choices")["weathers"]}
    assert list(offers) == ["ready", "exercise"]
    assert offers["ready"]["start"] <= "2026-03-04T03:00Z" < offers["ready"]["end"]


def test_exports_are_files(client: TestClient) -> None:
    table = client.get("/api/v1/event/settlements.csv", params={"weather": "ready"})
    assert table.status_code == 200 and "# weather: NOAA GFS" in table.text
    zones = client.get("/api/v1/event/zones.geojson", params={"weather": "ready", "shelter": "house"})
    assert zones.json()["type"] == "FeatureCollection"


@pytest.mark.parametrize(
    ("address", "query", "field"),
    [
        ("", {"evacuate_at": 4}, "evacuate_at"), ("", {"shelter": "house", "shelter_until": 12}, "shelter_until"),
        ("", {"shelter": "house", "shelter_from": 1}, "shelter_from"), ("", {"at": "2026-03-20T00:00Z"}, "at"),
        ("/field", {"show": "passing"}, "show"), ("/field", {}, "show"), ("/places/706448", {}, "weather"),
    ],
)  # fmt: skip
def test_what_it_does_not_hold_is_refused_in_one_line(
    client: TestClient, address: str, query: dict[str, object], field: str
) -> None:
    told = got(client, address, 422, weather="ready", **query)
    assert told["field"] == field
    assert "\n" not in told["detail"] and "/tmp" not in told["detail"]


def test_without_one_the_server_says_what_makes_one(served: Callable[..., TestClient]) -> None:
    bare = served()
    for address in ("", "/grid"):
        told = got(bare, address, 422, weather="ready")
        assert told["field"] == "weather" and "oberih forecast zaporizhzhia --once" in told["detail"]


def test_the_situation_tells_what_stands_ready(client: TestClient, served: Callable[..., TestClient]) -> None:
    found = client.get("/api/v1/situation").json()["ready"]
    assert found["standing"]["title"].startswith("NOAA GFS") and found["kept"] is False
    assert served(cache=Path("nowhere")).get("/api/v1/situation").json()["ready"]["standing"] is None


def test_the_parameter_is_described(client: TestClient) -> None:
    parameters = client.get("/openapi.json").json()["paths"]["/api/v1/event"]["get"]["parameters"]
    (weather,) = [p for p in parameters if p["name"] == "weather"]
    assert "ready" in weather["description"]
