"""Requests that another site's page makes a browser send, and names that are not ours."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from oberih.web.access.hosts import Hosts
from oberih.web.app import create_app
from oberih.web.settings import ServeSettings
from tests.web.access.people import ADDRESS, Clock, House, sign_in

ADD = "/api/v1/accounts"
GIVEN = {"name": "forged", "role": "custodian"}


@pytest.fixture
def administrator(people: House) -> TestClient:
    return people.signed_in("administrator")


@pytest.fixture
def alone() -> TestClient:
    """A client of a server without accounts."""
    app = create_app(ServeSettings(), clock=Clock())
    return TestClient(app, base_url=ADDRESS, raise_server_exceptions=False, follow_redirects=False)


def _is_added(client: TestClient) -> bool:
    return "forged" in {one["name"] for one in client.get(ADD).json()}


def test_what_our_own_page_sends_is_done(administrator: TestClient) -> None:
    headers = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin"}
    assert administrator.post(ADD, json=GIVEN, headers=headers).status_code == 201


@pytest.mark.parametrize("word", ["", "0" * 64, "ї" * 10])
def test_without_the_sessions_own_word_nothing_is_done(administrator: TestClient, word: str) -> None:
    headers = {"X-CSRF-Token": word.encode("utf-8")}
    assert administrator.post(ADD, json=GIVEN, headers=headers).status_code == 403
    assert not _is_added(administrator)


def test_a_word_that_a_neighbour_planted_in_the_cookie_too_does_not_fit(administrator: TestClient) -> None:
    administrator.cookies.delete("oberih-csrf")
    administrator.cookies.set("oberih-csrf", "planted", domain="127.0.0.1", path="/")
    assert administrator.post(ADD, json=GIVEN, headers={"X-CSRF-Token": "planted"}).status_code == 403


def test_the_word_of_another_session_does_not_fit(people: House, administrator: TestClient) -> None:
    other = people.signed_in("reader").cookies["oberih-csrf"]
    assert administrator.post(ADD, json=GIVEN, headers={"X-CSRF-Token": other}).status_code == 403


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9999"}, {"Origin": "http://["},
    {"Origin": "https://127.0.0.1:8460"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
])  # fmt: skip
def test_what_another_site_sends_is_refused_even_with_the_word(
    administrator: TestClient, headers: dict[str, str]
) -> None:
    assert administrator.post(ADD, json=GIVEN, headers=headers).status_code == 403
    assert not _is_added(administrator)


def test_nobody_is_signed_in_by_another_site(people: House) -> None:
    stranger = people.stranger(headers={"Sec-Fetch-Site": "cross-site"})
    assert sign_in(stranger, "reader").status_code == 403
    assert "set-cookie" not in sign_in(stranger, "reader").headers


def test_a_form_of_another_site_cannot_speak_json(people: House) -> None:
    body = '{"name": "reader", "password": "four words nobody expects"}'
    answer = people.stranger().post("/api/v1/account/sign-in", content=body, headers={"content-type": "text/plain"})
    assert answer.status_code == 415


def test_another_sites_page_cannot_make_this_machine_compute(alone: TestClient) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert alone.get("/api/v1/words/en", headers=foreign).status_code == 403
    evil = {"Origin": "https://evil.example", "Content-Type": "text/csv"}
    assert alone.post("/api/v1/uploads/weather", content=b"x", headers=evil).status_code == 403


def test_a_link_that_a_person_follows_is_answered(alone: TestClient) -> None:
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert alone.get("/designer?unit=1", headers=followed).status_code == 200


@pytest.mark.parametrize("host", [
    "evil.example", "evil.example:8460", "127.0.0.1.evil.example", "", "a b", "127.0.0.1@x", "0.0.0.0", "192.0.2.1",
    "[::1", "127.0.0.1:99999999",
])  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/openapi.json", "/static/js/ask.js", "/api/v1/words/en"])
def test_asked_by_another_name_this_machine_says_nothing(alone: TestClient, host: str, path: str) -> None:
    assert alone.get(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8460", "[::1]:8460", "LOCALHOST", "127.0.0.2"])
def test_loopback_names_are_ours(alone: TestClient, host: str) -> None:
    assert alone.get("/", headers={"Host": host}).status_code == 200


def test_a_network_is_served_under_addresses_and_names_that_were_allowed(people: House) -> None:
    settings = ServeSettings(host="0.0.0.0", users=people.settings.users, hosts=("plant.example",))
    hosts = Hosts(people.app, settings=settings)
    known = ("plant.example", "Plant.Example:443", "192.0.2.1:8460", "[2001:db8::1]", "localhost")
    assert all(hosts.knows(one) for one in known)
    assert not any(hosts.knows(one) for one in ("evil.example", "plant.example.evil.example", "xplant.example"))


@pytest.mark.parametrize(
    "asked", ["//evil.example", "https://evil.example/", "/\\evil.example", "/%0d%0aSet-Cookie:x=1"]
)
def test_nobody_is_led_elsewhere(people: House, asked: str) -> None:
    answer = people.stranger().get(f"/?next={asked}")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/account?next=/%3F") and "\n" not in answer.headers["location"]
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["//evil.example", "/\\evil.example", "//evil.example/%2e%2e"])
def test_an_address_that_begins_like_another_host_is_no_page(people: House, path: str) -> None:
    answer = people.stranger().request("GET", f"{ADDRESS}{path}")
    assert answer.status_code == 401 and "location" not in answer.headers
