"""What is handed in: read before it is kept, bounded, and never a way into this machine."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from oberih.web.app import create_app
from oberih.web.settings import ServeSettings
from tests.web.browser.material import MAPPING, hourly

NOW = datetime(2026, 3, 4, 3, 0, tzinfo=UTC)
TABLE = "hour,nuclide,activity_TBq\n0,Cs-137,10\n1,Cs-137,5\n"


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    app = create_app(ServeSettings(cache=tmp_path / "cache"), clock=lambda: NOW)
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


def handed(client: TestClient, kind: str, content: str | bytes, type: str = "text/csv", **query: str):  # type: ignore[no-untyped-def]
    return client.post(f"/api/v1/uploads/{kind}", content=content, headers={"content-type": type}, params=query)


def kept(tmp_path: Path) -> list[str]:
    folder = tmp_path / "cache" / "uploads"
    return sorted(f.name for f in folder.iterdir()) if folder.exists() else []


def test_weather_with_its_mapping_is_read_and_kept(client: TestClient) -> None:
    mapping = handed(client, "mapping", MAPPING, "application/toml", name="mast.toml").json()
    answer = handed(client, "weather", hourly(NOW, 72), name="a folder/mast.csv", mapping=mapping["id"])
    assert answer.status_code == 201
    told = answer.json()
    assert (told["name"], told["recognised"]) == ("mast.csv", "table (CSV) by its mapping")
    assert (told["start"], told["end"]) == ("2026-03-04T03:00Z", "2026-03-07T02:00Z")
    assert client.get(f"/api/v1/uploads/{told['id']}").json() == told


def test_the_same_content_has_the_same_id(client: TestClient, tmp_path: Path) -> None:
    first, again = (handed(client, "source-term", TABLE).json() for _ in range(2))
    assert first == again and kept(tmp_path) == [first["id"]]
    assert handed(client, "source-term", TABLE + "2,Cs-137,1\n").json()["id"] != first["id"]


@pytest.mark.parametrize(
    ("kind", "content", "field"),
    [
        ("weather", "time,speed\n2026-03-04,3\n", None),
        ("weather", b"GRIB" + b"\x00" * 400, None),
        ("weather", b"CDF\x01" + b"\xff" * 400, None),
        ("weather", b"\x1f\x8b" + b"\x00" * 40, None),
        ("mapping", "[time]\ncolumn = 'x'\n", "mapping"),
        ("mapping", "a = [" + "[" * 20000, None),
        ("source-term", "hour,nuclide,activity_TBq\n0,Cs-137,10\n1,Xx-137,5\n", "line 3, nuclide"),
        ("source-term", "hour,nuclide,activity_TBq\n0,Cs-137,-1\n", "line 2, activity_TBq"),
        ("source-term", b"\xff\xfe\x00", None),
        ("source-term", "a = " + "[" * 20000, None),
        ("source-term", "hours = " + "9" * 5000, None),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place_and_not_kept(
    client: TestClient, tmp_path: Path, kind: str, content: str | bytes, field: str | None
) -> None:
    answer = handed(client, kind, content, name="given.dat")
    assert answer.status_code == 422, answer.text
    assert "given.dat" in answer.json()["detail"]
    assert field is None or answer.json()["field"] == field
    assert kept(tmp_path) == []
    assert client.get("/openapi.json").status_code == 200


def test_a_scenario_that_names_a_file_of_this_machine_is_refused(client: TestClient, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("password,hunter2\n")
    answer = handed(client, "source-term", f'name = "x"\ntable = "{secret}"\n', "application/toml")
    assert answer.status_code == 422 and "hunter2" not in answer.text


def test_too_large_a_body_and_a_wrong_type_are_told_as_such(client: TestClient, tmp_path: Path) -> None:
    assert handed(client, "mapping", "#" * 70_000, "application/toml").status_code == 413
    assert handed(client, "mapping", "<p>", "text/html").status_code == 415
    assert kept(tmp_path) == []


@pytest.mark.parametrize("id", ["0" * 16, "..%2f..%2fetc", "zz"])
def test_what_was_never_handed_in_is_not_found(client: TestClient, id: str) -> None:
    assert client.get(f"/api/v1/uploads/{id}").status_code in (404, 422)
