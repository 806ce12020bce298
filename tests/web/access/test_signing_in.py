"""Who comes in, how, and for how long."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from oberih.web.access import backoff, signing_in
from oberih.web.access.passwords import Passwords
from tests.web.access.people import PASSWORD, Clock, House, enrolled, house, sign_in

ME = "/api/v1/account/me"


def test_the_right_password_begins_a_session(people: House) -> None:
    me = people.signed_in("custodian").get(ME).json()
    assert (me["name"], me["permissions"]) == ("custodian", ["read", "compute", "record"])


@pytest.mark.parametrize("name", ["reader", "nobody", "READER ", "'; drop table account; --", "Ольга", "a" * 200])
def test_whatever_does_not_fit_is_answered_alike(people: House, name: str) -> None:
    answer = sign_in(people.stranger(), name, "not this one at all")
    assert answer.status_code == 403
    assert answer.json()["detail"] == "Name, password or code do not fit."
    assert "set-cookie" not in answer.headers


def test_a_missing_code_is_answered_like_a_wrong_password(people: House) -> None:
    enrolled(people.signed_in("reader"), people.clock)
    without, wrong = sign_in(people.stranger(), "reader"), sign_in(people.stranger(), "reader", "not this one at all")
    assert (without.status_code, without.text) == (wrong.status_code, wrong.text)


def test_a_name_that_nobody_has_takes_as_long() -> None:
    passwords = Passwords()  # of the real costs
    kept = passwords.hash(PASSWORD)

    def spent(hashed: str | None) -> float:
        began = time.process_time()  # of the processor, which a busy machine does not lengthen
        assert not passwords.fit(hashed, "not this one at all")
        return time.process_time() - began

    pairs = [(spent(None), spent(kept)) for _ in range(5)]
    assert 0.5 < min(nobodys for nobodys, _ in pairs) / min(somebodys for _, somebodys in pairs) < 2.0


def test_over_plain_http_on_this_machine_cookies_are_strict_and_out_of_reach_of_scripts(people: House) -> None:
    cookies = sign_in(people.stranger(), "reader").headers.get_list("set-cookie")
    session, word, browser = (next(c for c in cookies if c.startswith(f"{n}=")) for n in
                              ("oberih", "oberih-csrf", "oberih-browser"))  # fmt: skip
    assert all("samesite=strict" in c.lower() and "Path=/" in c and "Domain" not in c for c in cookies)
    assert "HttpOnly" in session and "HttpOnly" in browser and "HttpOnly" not in word
    assert "Max-Age" not in session


def test_over_tls_cookies_are_secure_and_of_this_host_alone(people: House) -> None:
    cookies = sign_in(people.stranger("https://127.0.0.1"), "reader").headers.get_list("set-cookie")
    assert {c.split("=")[0] for c in cookies} == {"__Host-oberih", "oberih-csrf", "__Host-oberih-browser"}
    assert all("; Secure" in c for c in cookies)


def test_a_session_of_plain_http_is_none_over_tls(people: House) -> None:
    plain = people.signed_in("reader")
    secured = people.stranger("https://127.0.0.1", cookies={"oberih": plain.cookies["oberih"]})
    assert secured.get(ME).json()["name"] is None


@pytest.mark.parametrize(("client", "headers"), [("192.0.2.7", {}), ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"})])
def test_a_password_is_not_taken_over_an_open_way(people: House, client: str, headers: dict[str, str]) -> None:
    stranger = people.stranger(client=client, headers=headers)
    answer = sign_in(stranger, "reader")
    assert answer.status_code == 403 and "TLS" in answer.json()["detail"]
    assert stranger.get(ME).json()["safe_way"] is False


def test_a_session_that_somebody_planted_is_not_taken_over(people: House) -> None:
    victim = people.stranger(cookies={"oberih": "A" * 43})
    sign_in(victim, "reader")
    assert {c.value for c in victim.cookies.jar if c.name == "oberih"} != {"A" * 43}
    assert people.stranger(cookies={"oberih": "A" * 43}).get(ME).json()["name"] is None


def test_signing_in_again_ends_the_session_before(people: House) -> None:
    client = people.signed_in("reader")
    former = client.cookies["oberih"]
    sign_in(client, "reader")
    assert client.cookies["oberih"] != former
    assert people.stranger(cookies={"oberih": former}).get(ME).json()["name"] is None


def test_a_session_ends_when_nothing_is_asked(people: House) -> None:
    client = people.signed_in("reader")
    for _ in range(3):
        people.clock.on(minutes=119)
        assert client.get(ME).json()["name"] == "reader"
    people.clock.on(minutes=121)
    assert client.get(ME).json()["name"] is None
    assert client.get("/api/v1/account/sessions").status_code == 401


def test_a_session_ends_whatever_is_asked(people: House) -> None:
    client = people.signed_in("reader")
    for _ in range(12):
        people.clock.on(minutes=59)
        assert client.get(ME).json()["name"] == "reader"
    people.clock.on(minutes=13)
    assert client.get(ME).json()["name"] is None


def test_a_session_outlives_a_restart(people: House) -> None:
    cookies = {"oberih": people.signed_in("reader").cookies["oberih"]}
    assert people.again().stranger(cookies=cookies).get(ME).json()["name"] == "reader"


def test_signing_out_ends_it_on_the_server(people: House) -> None:
    client = people.signed_in("reader")
    kept = client.cookies["oberih"]
    assert client.post("/api/v1/account/sign-out", json={}).status_code == 204
    assert people.stranger(cookies={"oberih": kept}).get(ME).json()["name"] is None


def test_sessions_are_listed_and_ended_by_their_owner_alone(people: House) -> None:
    here, there, other = (people.signed_in(name) for name in ("reader", "reader", "analyst"))
    listed = here.get("/api/v1/account/sessions").json()
    assert len(listed) == 2 and [one["current"] for one in listed].count(True) == 1
    name = next(one["id"] for one in listed if not one["current"])
    assert other.delete(f"/api/v1/account/sessions/{name}").status_code == 422
    assert here.delete(f"/api/v1/account/sessions/{name}").status_code == 204
    assert there.get(ME).json()["name"] is None and here.get(ME).json()["name"] == "reader"


def test_a_changed_password_ends_every_other_session_and_turns_the_cookie(people: House) -> None:
    here, there = people.signed_in("reader"), people.signed_in("reader")
    former = here.cookies["oberih"]
    given = {"old": PASSWORD, "new": "quite another four words"}
    assert here.post("/api/v1/account/password", json=given).status_code == 204
    assert here.cookies["oberih"] != former and here.get(ME).json()["name"] == "reader"
    assert there.get(ME).json()["name"] is None
    assert sign_in(people.stranger(), "reader").status_code == 403
    assert sign_in(people.stranger(), "reader", "quite another four words").status_code == 204


@pytest.mark.parametrize(
    "new", ["short", "aaaaaaaaaaaaaaaa", "password1234", "reader-reader-reader", PASSWORD, "x" * 300]
)
def test_a_password_that_would_be_guessed_is_refused(people: House, new: str) -> None:
    answer = people.signed_in("reader").post("/api/v1/account/password", json={"old": PASSWORD, "new": new})
    assert answer.status_code == 422
    assert new not in answer.text


def test_a_code_is_taken_once(people: House) -> None:
    device, _ = enrolled(people.signed_in("reader"), people.clock)
    enrolling = device.at(people.clock())
    assert sign_in(people.stranger(), "reader", code=enrolling).status_code == 403
    people.clock.on(seconds=30)
    code = device.at(people.clock())
    assert sign_in(people.stranger(), "reader", code=code).status_code == 204
    assert sign_in(people.stranger(), "reader", code=code).status_code == 403


def test_an_older_code_is_refused_once_a_newer_was_taken(people: House) -> None:
    device, _ = enrolled(people.signed_in("reader"), people.clock)
    people.clock.on(seconds=60)
    newer, older = device.at(people.clock()), device.at(people.clock() - timedelta(seconds=30))
    assert sign_in(people.stranger(), "reader", code=newer).status_code == 204
    assert sign_in(people.stranger(), "reader", code=older).status_code == 403


def test_a_wrong_password_does_not_use_up_a_code(people: House) -> None:
    device, _ = enrolled(people.signed_in("reader"), people.clock)
    people.clock.on(seconds=30)
    code = device.at(people.clock())
    assert sign_in(people.stranger(), "reader", "not this one at all", code).status_code == 403
    assert sign_in(people.stranger(), "reader", code=code).status_code == 204


def test_a_recovery_code_is_taken_once(people: House) -> None:
    client = people.signed_in("reader")
    _, codes = enrolled(client, people.clock)
    assert len(set(codes)) == 10
    assert sign_in(people.stranger(), "reader", code=codes[3].lower().replace("-", " ")).status_code == 204
    assert sign_in(people.stranger(), "reader", code=codes[3]).status_code == 403
    assert client.get(ME).json()["recovery_codes_left"] == 9


def test_of_those_who_send_one_code_at_once_one_comes_in(people: House) -> None:
    device, _ = enrolled(people.signed_in("reader"), people.clock)
    people.clock.on(seconds=30)
    code = device.at(people.clock())

    def comes_in(_: int) -> bool:
        try:
            signing_in.sign_in(people.porter, name="reader", password=PASSWORD, code=code)
        except signing_in.DoesNotFit:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(comes_in, range(4))) == 1


@pytest.mark.parametrize("name", ["reader", "nobody"])
def test_after_too_many_guesses_one_waits_longer_and_longer(people: House, name: str) -> None:
    for _ in range(backoff.FREE):
        assert sign_in(people.stranger(), name, "not this one at all").status_code == 403
    waits = []
    for _ in range(12):
        refused = sign_in(people.stranger(), name, "not this one at all")
        assert refused.status_code == 429
        waits.append(int(refused.headers["retry-after"]))
        people.clock.on(seconds=waits[-1])
        assert sign_in(people.stranger(), name, "not this one at all").status_code == 403
    assert waits == sorted(waits) and waits[0] < 10 and max(waits) == backoff.LONGEST_WAIT


def test_while_one_waits_even_the_right_password_is_not_tried(people: House) -> None:
    for _ in range(backoff.FREE):
        sign_in(people.stranger(), "reader", "not this one at all")
    assert sign_in(people.stranger(), "reader").status_code == 429
    people.clock.on(seconds=backoff.LONGEST_WAIT)
    assert sign_in(people.stranger(), "reader").status_code == 204


def test_strangers_who_guess_do_not_shut_out_a_browser_that_is_known(people: House) -> None:
    known = people.signed_in("reader")
    for number in range(40):
        people.clock.on(seconds=20)
        sign_in(people.stranger(client=f"127.0.1.{number}"), "reader", "not this one at all")
    assert sign_in(people.stranger(), "reader").status_code == 429
    assert sign_in(known, "reader").status_code == 204


def test_a_known_browser_has_no_more_guesses_than_a_stranger(people: House) -> None:
    known = people.signed_in("reader")
    answers = [sign_in(known, "reader", "not this one at all").status_code for _ in range(backoff.FREE + 1)]
    assert answers[-1] == 429


def test_what_is_refused_while_one_waits_does_not_lengthen_the_wait(people: House) -> None:
    for _ in range(backoff.FREE + 30):
        sign_in(people.stranger(), "reader", "not this one at all")
    people.clock.on(seconds=5)
    assert sign_in(people.stranger(), "reader").status_code == 204


def test_an_account_that_is_shut_is_out_at_once(people: House) -> None:
    client, administrator = people.signed_in("reader"), people.signed_in("administrator")
    assert administrator.patch("/api/v1/accounts/reader", json={"disabled": True}).status_code == 200
    assert client.get(ME).json()["name"] is None
    assert sign_in(people.stranger(), "reader").status_code == 403


def test_a_password_that_somebody_else_made_has_to_be_changed_first(people: House) -> None:
    administrator = people.signed_in("administrator")
    made = administrator.post("/api/v1/accounts", json={"name": "new-one", "role": "reader"}).json()["password"]
    client = people.signed_in("new-one", made)
    assert client.get("/").headers["location"] == "/account"
    assert client.get("/api/v1/situation").status_code == 403
    answer = client.post("/api/v1/account/password", json={"old": made, "new": PASSWORD})
    assert answer.status_code == 204
    assert client.get("/").status_code == 200


def test_the_file_holds_no_password_no_session_and_no_token(people: House) -> None:
    client = people.signed_in("analyst")
    made = client.post("/api/v1/account/tokens", json={
        "name": "t", "scopes": ["read"], "days": 1, "password": PASSWORD}).json()["token"]  # fmt: skip
    _, codes = enrolled(client, people.clock)
    path = Path(people.folder / "accounts.sqlite")
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = path.read_bytes()
    secrets = [PASSWORD, made, codes[0], client.cookies["oberih"], client.cookies["oberih-browser"]]
    assert [s for s in secrets if s.encode() in data] == []


def test_two_servers_share_one_file(tmp_path: Path) -> None:
    clock = Clock()
    one = house(tmp_path, clock)
    other = one.again()
    client = one.signed_in("reader")
    assert other.stranger(cookies={"oberih": client.cookies["oberih"]}).get(ME).json()["name"] == "reader"
