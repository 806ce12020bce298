"""Tokens of machines: what they may, until when, and what they never may."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.access.people import PASSWORD, House

ME = "/api/v1/account/me"


def make(client: TestClient, scopes: list[str], days: int = 30, **given: Any) -> Any:
    body = {"name": "wall display", "scopes": scopes, "days": days, "password": PASSWORD, **given}
    return client.post("/api/v1/account/tokens", json=body)


def bearer(people: House, token: str, **given: Any) -> TestClient:
    return people.stranger(headers={"Authorization": f"Bearer {token}"}, **given)


def test_a_token_may_what_it_was_made_for_and_no_more(people: House) -> None:
    token = make(people.signed_in("custodian"), ["read"]).json()["token"]
    machine = bearer(people, token)
    assert machine.get(ME).json()["permissions"] == ["read"]
    assert machine.get("/api/v1/evidence").status_code not in (401, 403)
    assert machine.get("/api/v1/design").status_code == 403
    assert machine.post("/api/v1/evidence/records", json={"kind": "event", "text": "x"}).status_code == 403


def test_a_token_that_may_record_needs_no_word_against_forged_requests(people: House) -> None:
    machine = bearer(people, make(people.signed_in("custodian"), ["record"]).json()["token"])
    answer = machine.post("/api/v1/evidence/records", json={"kind": "event", "text": "a siren was heard"})
    assert answer.status_code == 201, answer.text


def test_a_token_is_over_when_its_days_are(people: House) -> None:
    machine = bearer(people, make(people.signed_in("reader"), ["read"], days=2).json()["token"])
    people.clock.on(days=1, hours=23)
    assert machine.get("/api/v1/evidence").status_code not in (401, 403)
    people.clock.on(hours=2)
    assert machine.get("/api/v1/evidence").status_code == 401
    assert machine.get(ME).status_code == 401


@pytest.mark.parametrize(("role", "scopes"), [("reader", ["compute"]), ("analyst", ["read", "record"]),
                                              ("administrator", ["compute"])])  # fmt: skip
def test_nobody_gives_a_machine_more_than_they_have(people: House, role: str, scopes: list[str]) -> None:
    assert make(people.signed_in(role), scopes).status_code == 422


def test_a_token_never_looks_after_accounts(people: House) -> None:
    administrator = people.signed_in("administrator")
    assert make(administrator, ["accounts"]).status_code == 422
    machine = bearer(people, make(administrator, ["read"]).json()["token"])
    assert machine.get("/api/v1/accounts").status_code == 403


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "tokens"), ("POST", "tokens"), ("GET", "sessions"), ("POST", "factor"), ("POST", "password"),
])  # fmt: skip
def test_a_token_does_nothing_to_its_owners_account(people: House, method: str, path: str) -> None:
    machine = bearer(people, make(people.signed_in("custodian"), ["read", "record"]).json()["token"])
    assert machine.request(method, f"/api/v1/account/{path}", json={} if method == "POST" else None).status_code == 403


def test_a_role_that_is_taken_away_is_taken_from_its_tokens(people: House) -> None:
    machine = bearer(people, make(people.signed_in("custodian"), ["read", "record"]).json()["token"])
    people.signed_in("administrator").patch("/api/v1/accounts/custodian", json={"role": "reader"})
    assert machine.post("/api/v1/evidence/records", json={"kind": "event", "text": "x"}).status_code == 403
    assert machine.get(ME).json()["permissions"] == ["read"]


def test_a_token_that_was_ended_is_over_at_once(people: House) -> None:
    client = people.signed_in("reader")
    made = make(client, ["read"]).json()
    assert client.delete(f"/api/v1/account/tokens/{made['id']}").status_code == 204
    assert bearer(people, made["token"]).get(ME).status_code == 401


def test_nobody_ends_anothers_token(people: House) -> None:
    made = make(people.signed_in("reader"), ["read"]).json()
    assert people.signed_in("analyst").delete(f"/api/v1/account/tokens/{made['id']}").status_code == 422
    assert bearer(people, made["token"]).get(ME).status_code == 200


def test_a_token_is_made_with_the_password_alone_that_is_right(people: House) -> None:
    answer = make(people.signed_in("reader"), ["read"], password="not this one at all")
    assert answer.status_code == 403 and "token" not in answer.json()


def test_a_token_is_not_taken_over_an_open_way(people: House) -> None:
    token = make(people.signed_in("reader"), ["read"]).json()["token"]
    answer = bearer(people, token, client="192.0.2.7").get("/api/v1/evidence")
    assert answer.status_code == 401 and "TLS" in answer.json()["detail"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Basic cmVhZGVyOng=", "Bearer oberih_" + "A" * 43,
                                    "bearer\t" + "ї" * 50, "Bearer " + "A" * 20000])  # fmt: skip
def test_what_is_no_token_lets_nobody_in_not_even_beside_a_session(people: House, header: str) -> None:
    client = people.signed_in("reader")
    for one in (client, people.stranger()):
        assert one.get("/api/v1/evidence", headers={"Authorization": header.encode()}).status_code == 401


def test_who_tries_token_after_token_has_to_wait(people: House) -> None:
    machine = bearer(people, "oberih_" + "A" * 43)
    answers = [machine.get("/api/v1/evidence") for _ in range(61)]
    assert {one.status_code for one in answers[:60]} == {401}
    assert answers[60].status_code == 429 and 1 <= int(answers[60].headers["retry-after"]) <= 60


def test_the_use_of_a_token_is_noted_beside_it(people: House) -> None:
    client = people.signed_in("reader")
    machine = bearer(people, make(client, ["read"]).json()["token"])
    assert client.get("/api/v1/account/tokens").json()[0]["seen_at"] is None
    machine.get(ME)
    assert client.get("/api/v1/account/tokens").json()[0]["seen_at"] == int(people.clock().timestamp())
