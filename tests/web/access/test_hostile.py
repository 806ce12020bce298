"""Addresses and texts that are meant to do harm, at every place that takes one."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from tests.web.access.people import Clock, House, house
from tests.web.access.rights import RIGHTS
from tests.web.hostile import HOSTILE

UP = (
    "../" * 8, "..%2f" * 8, "%2e%2e/" * 8, "..\\" * 8, "..%5c" * 8, "....//" * 8, "%252e%252e%252f" * 8,
    "/" + "../" * 8,
)  # fmt: skip
BAD = (
    "' OR 1=1 --", "\"; DROP TABLE account; --", "%00", "%0d%0aX-Injected: 1", "..%2f..%2fetc%2fpasswd", "-1",
    "1e999", "9" * 400, "%F0%9F%92%A3", "{{7*7}}", "${jndi:ldap://x}", "<script>alert(1)</script>", "%c0%ae", "null",
)  # fmt: skip


@pytest.fixture(scope="module")
def all_may(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TestClient]:
    served = house(tmp_path_factory.mktemp("hostile"), Clock())
    return {role: served.signed_in(role) for role in ("custodian", "administrator")}


@pytest.mark.parametrize("up", UP)
@pytest.mark.parametrize("start", ["/static/", "/vendor/", "/static/js/", "/vendor/maplibre-gl.js/"])
@pytest.mark.parametrize("target", ["etc/passwd", "app.py", "pyproject.toml", "web/app.py"])
def test_no_file_outside_its_folder_is_given(people_once: TestClient, start: str, up: str, target: str) -> None:
    answer = people_once.request("GET", f"http://127.0.0.1:8460{start}{up}{target}")
    assert answer.status_code in (303, 400, 401, 404)
    assert "root:" not in answer.text and "create_app" not in answer.text


@pytest.fixture(scope="module")
def people_once(all_may: dict[str, TestClient]) -> TestClient:
    return all_may["custodian"]


PLACES = sorted(name for name in RIGHTS if "{" in name and RIGHTS[name] != "compute")


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("name", PLACES)
def test_every_place_in_an_address_refuses_what_it_cannot_use(
    all_may: dict[str, TestClient], name: str, bad: str
) -> None:
    method, path = name.split()
    client = all_may["administrator" if RIGHTS[name] == "accounts" else "custodian"]
    kind = "application/octet-stream" if path.endswith("/attachments") else "application/json"
    given = {"content": b"{}", "headers": {"content-type": kind}} if method in ("POST", "PATCH") else {}
    answer = client.request(method, re.sub(r"\{\w+\}", lambda _: bad, path), **given)  # type: ignore[arg-type]
    assert 400 <= answer.status_code < 500, answer.text
    assert "x-injected" not in answer.headers
    assert "Traceback" not in answer.text and "sqlite" not in answer.text.lower()


def test_nothing_was_lost_to_them(all_may: dict[str, TestClient]) -> None:
    names = {one["name"] for one in all_may["administrator"].get("/api/v1/accounts").json()}
    assert names >= {"reader", "analyst", "custodian", "administrator"}


@pytest.mark.parametrize("text", HOSTILE)
def test_an_accounts_name_holds_nothing_but_plain_letters(people: House, text: str) -> None:
    answer = people.signed_in("administrator").post("/api/v1/accounts", json={"name": text[:40], "role": "reader"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [
    "[]", "null", "{", '{"name": {"$ne": 1}, "password": "x"}', '{"name": "reader"}', '"x"', "[" * 60000,
    '{"name": ["reader"], "password": "x"}', '{"a":1}' * 9, "\x00", '{"name": "reader", "password": "\\ud800"}',
    '{"name": "r", "password": 1e999}', '{"name": "reader", "password": "x", "role": "administrator"}',
])  # fmt: skip
def test_whatever_is_sent_in_place_of_a_name_and_password_is_refused(people: House, body: str) -> None:
    headers = {"content-type": "application/json"}
    answer = people.stranger().post("/api/v1/account/sign-in", content=body.encode(), headers=headers)
    assert answer.status_code in (400, 403, 422)
    assert "set-cookie" not in answer.headers
