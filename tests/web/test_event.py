"""The event over HTTP: what is answered, what is refused, what is packed."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from fastapi.testclient import TestClient

from oberih.case.reach.response import EventRequest
from oberih.language.catalogue import catalogue
from tests.case.event_material import AT, room


@pytest.fixture
def client(served: Callable[..., TestClient], tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A server with a forecast; its atlases of events are shared by the tests."""
    here = room(tmp_path_factory.getbasetemp() / "event-room")
    return served(forecast=here.forecast, mapping=here.mapping, cache=here.cache)


def got(client: TestClient, address: str, status: int = 200, **query: object) -> dict:  # type: ignore[type-arg]
    answer = client.get(f"/api/v1/event{address}", params=query)
    assert answer.status_code == status, answer.text
    return answer.json()  # type: ignore[no-any-return]


def test_an_event_of_now_says_what_to_do_where(client: TestClient) -> None:
    event = got(client, "")
    assert event["start"] == "2026-03-04T03:00Z" and event["weather"]["name"] == "forecast"
    assert event["places"] and event["places"][0]["advice"]
    ranks = [p["rank"] for p in event["places"]]
    assert ranks == sorted(ranks)
    assert {f["properties"]["action"] for f in event["zones"]["features"]} <= {a["action"] for a in event["actions"]}


def test_every_word_of_an_answer_is_in_the_catalogue(client: TestClient) -> None:
    known = catalogue("uk")
    for criteria in ("iaea", "ukraine", "germany"):
        for weather, leave in (("forecast", 30.0), ("exercise", 2.0)):
            event = got(client, "", criteria=criteria, weather=weather, evacuate_at=leave, shelter="house")
            keys = {f"note-{n['key']}" for n in event["notes"]}
            keys |= {f"action-{a['action']}" for a in event["actions"]} | {
                f"unit-{a['unit']}" for a in event["actions"]
            }
            keys |= {f"organ-{a['organ']}" for a in event["actions"]}
            keys |= {f"tier-{a['tier']}" for a in event["actions"] if a["tier"]}
            keys |= {f"advice-{a['key']}" for p in event["places"] for a in p["advice"]}
            assert {k for k in keys if f"event.{k}" not in known} == set()
    choices = got(client, "/choices")
    for measure in (*choices["shelters"], *choices["tablets"]):
        assert f"design.measure-{measure.replace(' ', '-')}" in known
    for age in choices["ages"]:
        assert f"design.age-{age}" in known


def test_the_same_question_has_the_same_answer_and_another_course_the_same_zones(client: TestClient) -> None:
    first, again = got(client, "", at="2026-03-04T05:30Z"), got(client, "", at="2026-03-04T05:00Z")
    assert first == again
    left = got(client, "", at="2026-03-04T05:00Z", evacuate_at=3, shelter="basement", iodine="iodine in time")
    assert left["zones"] == first["zones"] and left["provenance"] != first["provenance"]
    assert any(p["averted_mSv"] > 0.0 for p in left["places"])


def test_a_packed_field_holds_what_was_computed(client: TestClient) -> None:
    for show in ("passing", "until", "outdoors"):
        field = got(client, "/field", show=show)
        cells = np.frombuffer(base64.b64decode(field["cells"]), dtype="<u2")
        codes = np.frombuffer(zlib.decompress(base64.b64decode(field["values"])), dtype=np.uint8)
        codes = codes.reshape(field["frames"], len(cells)).astype(int)
        held = client.app.state.held.events  # type: ignore[attr-defined]
        run, doses = held.shown(EventRequest(AT), show)
        known = 1e3 * doses[np.searchsorted(run.hourly.cells, cells)].T
        told = np.where(codes > 0, 10.0 ** (field["low"] + (codes - 1) * field["step"]), 0.0)
        seen = known > 2e-6
        assert told[seen] == pytest.approx(known[seen], rel=0.06)


def test_the_grid_says_where_the_cells_lie(client: TestClient) -> None:
    grid = got(client, "/grid")
    corners = np.frombuffer(base64.b64decode(grid["corners"]), dtype="<f4").reshape(
        grid["rings"] + 1, grid["sectors"], 2
    )
    assert corners[0].mean(axis=0) == pytest.approx([34.59, 47.51], abs=0.01)
    assert corners[-1, :, 1].max() == pytest.approx(47.51 + 300 / 111.2, abs=0.05)


def test_a_settlement_tells_its_dose_over_time(client: TestClient) -> None:
    place = got(client, "")["places"][0]
    story = got(client, f"/places/{place['id']}", evacuate_at=4)
    assert story["outdoors_mSv"][-1] == pytest.approx(place["outdoors_mSv"], rel=1e-4)
    assert story["outdoors_mSv"] == sorted(story["outdoors_mSv"])
    assert story["protected_mSv"][-1] == pytest.approx(story["protected_mSv"][4]), "nothing after leaving"
    got(client, "/places/1", 404)


def test_exports_are_files(client: TestClient) -> None:
    table = client.get("/api/v1/event/settlements.csv")
    assert table.headers["content-disposition"] == 'attachment; filename="event-zaporizhzhia-20260304T0300Z.csv"'
    assert table.text.startswith("# release begins: 2026-03-04T03:00Z")
    assert client.get("/api/v1/event/zones.geojson").json()["type"] == "FeatureCollection"


@pytest.mark.parametrize(
    ("query", "status", "field"),
    [
        ({"at": "x"}, 422, "at"), ({"at": "0001-01-01"}, 422, "at"), ({"at": "2031-01-01T00:00Z"}, 422, None),
        ({"weather": "../x"}, 404, "weather"), ({"weather": "upload:../../etc"}, 404, "upload"),
        ({"weather": "served"}, 422, "weather"), ({"scenario": "/etc/passwd"}, 404, "scenario"),
        ({"criteria": "zz"}, 404, "criteria set"), ({"age": "old"}, 404, "age"),
        ({"shelter": "iodine in time"}, 404, "shelter"),
        ({"evacuate_at": -1}, 422, "evacuate_at"), ({"evacuate_at": "nan"}, 422, "evacuate_at"),
        ({"shelter": "house", "shelter_from": 9, "shelter_until": 2}, 422, "shelter_until"),
        ({"height": 1e9}, 422, "height"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(
    client: TestClient, query: dict[str, object], status: int, field: str | None
) -> None:
    told = got(client, "", status, **query)
    assert "\n" not in told["detail"] and "Traceback" not in told["detail"]
    assert field is None or told["field"] == field


def test_without_a_forecast_the_server_says_so(served: Callable[..., TestClient]) -> None:
    bare = served()
    assert [w["name"] for w in got(bare, "/choices")["weathers"]] == ["exercise"]
    told = got(bare, "", 422)
    assert "--forecast" in told["detail"]


def test_a_forecast_that_is_no_weather_is_told_where_it_is_chosen(
    served: Callable[..., TestClient], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.csv"
    broken.write_text("not weather\n")
    client = served(forecast=broken)
    assert got(client, "/choices")["weathers"][0]["trouble"].startswith("broken.csv")
    assert "broken.csv" in got(client, "", 422)["detail"]


def test_weather_and_a_release_that_were_handed_in_can_be_used(client: TestClient, tmp_path: Path) -> None:
    here = room(tmp_path)

    def hand_in(kind: str, content: bytes, **query: str) -> str:
        answer = client.post(
            f"/api/v1/uploads/{kind}", content=content, params=query, headers={"content-type": "text/csv"}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    mapping = hand_in("mapping", here.mapping.read_bytes())  # type: ignore[union-attr]
    weather = hand_in("weather", here.forecast.read_bytes(), mapping=mapping, name="mine.csv")  # type: ignore[union-attr]
    source = hand_in("source-term", b"hour,nuclide,activity_TBq\n0,Cs-137,500\n", name="leak.csv")
    event = got(client, "", weather=f"upload:{weather}", scenario=f"upload:{source}")
    assert event["release"]["title"]["en"] == "leak.csv" and event["release"]["hours"] == 1
    assert event["release"]["total_Bq"]["Cs-137"] == 5e14
