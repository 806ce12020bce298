"""The first page over HTTP: what it says, what it says when something is broken, and what a map stands on."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from oberih.case.hold.regime_states import NOT_IN_FORCE
from oberih.case.watch.given import DOUBTS, read_readings
from oberih.evidence.record import CHANNELS
from oberih.regimes.finding import STATUSES
from tests.web.conftest import NOW

HEAD = "station,latitude,longitude,time,value,unit\n"


def row(station: str, value: str, minutes: int = 10) -> str:
    return f"{station},47.57,34.40,{NOW - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ},{value},nSv/h\n"


def test_an_empty_server_says_what_there_is_not(client: TestClient) -> None:
    found = client.get("/api/v1/situation").json()
    assert found["in_force"] is None
    assert found["in_force_named"] is False
    assert found["record_size"] is None
    assert found["readings"]["files"] == []
    assert len(found["regimes"]) == 9
    assert found["site"]["units"][5]["shutdown"] == "2022-09-11T00:41:00Z"


def test_readings_are_told_with_their_defects(served: Callable[..., TestClient], tmp_path: Path) -> None:
    file = tmp_path / "readings.csv"
    file.write_text(HEAD + row("Nikopol", "410") + row("Bad", "cold") + row("Low", "3"))
    found = served(readings=(file,)).get("/api/v1/situation").json()["readings"]
    assert [(s["station"], s["doubts"]) for s in found["stations"]] == [("Nikopol", []), ("Low", ["too-low"])]
    assert found["stations"][0]["rate_sv_per_s"] == pytest.approx(410e-9 / 3600)
    assert found["files"][0]["defects"][0].startswith("readings.csv:3: value = 'cold'")


def test_a_broken_file_is_told_and_nothing_fails(served: Callable[..., TestClient], tmp_path: Path) -> None:
    found = served(readings=(tmp_path / "gone.csv",), in_force=tmp_path / "nowhere").get("/api/v1/situation")
    assert found.status_code == 200
    broken = {s["name"]: s["error"] for s in found.json()["sources"] if s["state"] == "broken"}
    assert set(broken) == {"gone.csv", "nowhere"}
    assert str(tmp_path) not in found.text


def test_the_readings_come_back_as_a_file_that_can_be_given_again(
    served: Callable[..., TestClient], tmp_path: Path
) -> None:
    file, copy = tmp_path / "readings.csv", tmp_path / "copy.csv"
    file.write_text(HEAD + row("Nikopol", "410") + row("Enerhodar", "98"))
    answer = served(readings=(file,)).get("/api/v1/situation/readings.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    copy.write_text(answer.text)
    assert [r.rate for r in read_readings(copy, now=NOW).readings] == [
        r.rate for r in read_readings(file, now=NOW).readings
    ]


def test_without_a_forecast_there_is_no_plume(client: TestClient) -> None:
    assert client.get("/api/v1/situation").json()["plume"] is None
    assert client.get("/api/v1/situation/plume").status_code == 404


def test_the_land_is_packed_for_who_can_unpack_it(client: TestClient) -> None:
    box = "/api/v1/basemap?west=33.5&south=46.5&east=36&north=48.5&lang=uk"
    packed = client.get(box, headers={"Accept-Encoding": "gzip"})
    plain = client.get(box, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert plain.headers["content-type"] == "application/geo+json"


@pytest.mark.parametrize(
    "query",
    [
        "", "west=1", "west=nan&south=1&east=2&north=3", "west=2&south=1&east=1&north=3",
        "west=-180&south=-85&east=180&north=85", "west=1&south=1&east=2&north=3&lang=xx",
    ],
)  # fmt: skip
def test_what_is_no_box_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"/api/v1/basemap?{query}").status_code == 422


def test_every_word_of_the_page_is_in_the_catalogue(client: TestClient) -> None:
    known = client.get("/api/v1/words/uk").json()
    folder = Path(__file__).parents[2] / "src" / "oberih" / "web" / "static" / "js"
    for name in ("situation.js", "situation-parts.js", "situation-points.js", "frame.js", "map.js", "still.js"):
        said = re.findall(r"""say\(["'`]([a-z]+\.[a-z_-]+)["'`]""", (folder / name).read_text())
        assert said or name == "situation-points.js"
        assert [key for key in said if key not in known] == [], name


@pytest.mark.parametrize("language", ["en", "uk"])
def test_every_status_doubt_channel_and_kind_has_its_word(client: TestClient, language: str) -> None:
    known = client.get(f"/api/v1/words/{language}").json()
    said = [f"doubt-{d}" for d in DOUBTS] + [f"status-{s}" for s in (*STATUSES, NOT_IN_FORCE, "contested")]
    said += [f"channel-{c.replace(' ', '-')}" for c in ("", *CHANNELS)]
    said += [f"source-{s}" for s in ("good", "stale", "broken", "absent")]
    said += [f"kind-{k}" for k in ("record", "in-force", "readings", "regimes", "forecast")]
    said += [
        f"change-{k}" for k in ("record", "correction", "readings", "regime", "atlas", "source-down", "source-back")
    ]
    assert [key for key in said if f"situation.{key}" not in known] == []


def test_files_are_packed_once_and_not_sent_again(client: TestClient) -> None:
    first = client.get("/static/js/map.js", headers={"Accept-Encoding": "gzip"})
    again = client.get("/static/js/map.js", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["etag"]})
    plain = client.get("/static/js/map.js", headers={"Accept-Encoding": "identity"})
    assert (first.status_code, first.headers["content-encoding"]) == (200, "gzip")
    assert again.status_code == 304
    assert first.text == plain.text
    assert int(first.headers["content-length"]) == len(gzip.compress(plain.content, 6, mtime=0))


def test_the_words_travel_packed_and_once(client: TestClient) -> None:
    first = client.get("/api/v1/words/uk", headers={"Accept-Encoding": "gzip"})
    plain = client.get("/api/v1/words/uk", headers={"Accept-Encoding": "identity"})
    again = client.get("/api/v1/words/uk", headers={"If-None-Match": first.headers["etag"]})
    assert first.headers["content-encoding"] == "gzip"
    assert first.json() == plain.json()
    assert (again.status_code, again.content) == (304, b"")
