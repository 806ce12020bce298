"""Whatever is written, and whoever comes in, is noted in the record; secrets never are, in record and log alike."""

from __future__ import annotations

import logging
import os
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from oberih.case.prove.auditing import AUDIT_TAG
from oberih.web.access.notebook import FAILURES_AN_HOUR
from tests.web.access.people import PASSWORD, House, enrolled, sign_in


def deeds(people: House) -> list[dict[str, Any]]:
    """What is noted, in order."""
    with closing(people.settings.keeping.log()) as log:
        return [dict(e.record.data) for e in log.entries() if AUDIT_TAG in e.record.tags]


def test_a_server_with_accounts_notes_that_it_serves(people: House) -> None:
    assert deeds(people)[0] == {"action": "serve with accounts", "actor": "oberih serve", "role": "server",
                                "outcome": "done"}  # fmt: skip


def test_a_write_into_the_record_is_noted_with_role_and_outcome_and_without_the_name(people: House) -> None:
    client = people.signed_in("custodian")
    said = {"kind": "event", "text": "a siren was heard"}
    assert client.post("/api/v1/evidence/records", json=said).status_code == 201
    refused = client.post("/api/v1/evidence/records", json={"kind": "no such kind", "text": "x"})
    assert refused.status_code == 422
    done, not_done = deeds(people)[-2:]
    assert (done["action"], done["role"], done["outcome"]) == ("post /api/v1/evidence/records", "custodian", "done")
    assert (not_done["outcome"], not_done["status"]) == ("refused", 422)
    assert done["actor"].startswith("a-") and "custodian" not in done["actor"]


def test_a_deed_carries_the_word_that_the_file_of_accounts_turns_into_a_name(people: House) -> None:
    people.signed_in("reader")
    known = {one["person"]: one["name"] for one in people.signed_in("administrator").get("/api/v1/accounts").json()}
    came_in = [known[deed["actor"]] for deed in deeds(people) if deed["action"] == "sign in"]
    assert came_in == ["reader", "administrator"]


def test_every_change_of_an_account_is_noted(people: House) -> None:
    administrator = people.signed_in("administrator")
    administrator.post("/api/v1/accounts", json={"name": "new-one", "role": "reader"})
    administrator.patch("/api/v1/accounts/new-one", json={"role": "analyst"})
    administrator.patch("/api/v1/accounts/new-one", json={"disabled": True})
    administrator.post("/api/v1/accounts/new-one/password")
    administrator.post("/api/v1/accounts/new-one/unlocking")
    administrator.delete("/api/v1/accounts/new-one/factor")
    administrator.delete("/api/v1/accounts/new-one/sessions")
    noted = [(d["action"], d["role"]) for d in deeds(people)[2:]]
    actions = ("add account", "change account", "change account", "give password", "unlock account",
               "remove second factor", "end sessions")  # fmt: skip
    assert noted == [(action, "administrator") for action in actions]
    assert deeds(people)[3]["account_role"] == "analyst" and deeds(people)[4]["account_disabled"] is True


def test_what_cannot_be_noted_is_not_done(people: House, monkeypatch: pytest.MonkeyPatch) -> None:
    administrator = people.signed_in("administrator")
    store = Path(people.settings.keeping.store)
    store.rename(store.with_suffix(".away"))
    store.mkdir()  # the record is gone, and none can be made in its place
    answer = administrator.post("/api/v1/accounts", json={"name": "new-one", "role": "custodian"})
    assert answer.status_code in (422, 503)
    assert "new-one" not in {one["name"] for one in administrator.get("/api/v1/accounts").json()}


def test_a_record_that_cannot_be_written_keeps_nobody_out_and_is_told_afterwards(
    people: House, caplog: pytest.LogCaptureFixture
) -> None:
    store = Path(people.settings.keeping.store)
    away = store.with_suffix(".away")
    store.rename(away)
    store.mkdir()
    assert sign_in(people.stranger(), "reader").status_code == 204
    assert "the record could not be written, and lacks: sign in" in caplog.text
    store.rmdir()
    away.rename(store)
    assert sign_in(people.stranger(), "reader").status_code == 204
    assert [(d["action"], d.get("deeds")) for d in deeds(people)[-2:]] == [("not noted in time", 1), ("sign in", None)]


def test_whoever_guesses_does_not_fill_the_record(people: House) -> None:
    before = len(deeds(people))
    for number in range(FAILURES_AN_HOUR + 9):
        people.clock.on(seconds=40)
        sign_in(people.stranger(client=f"127.0.0.{number + 1}"), f"nobody-{number}", "not this one at all")
    assert len(deeds(people)) == before + FAILURES_AN_HOUR
    people.signed_in("reader")
    assert deeds(people)[-2]["attempts"] == 9


def test_a_name_that_nobody_has_does_not_get_into_the_record(people: House) -> None:
    sign_in(people.stranger(), "my password by mistake", "x" * 20)
    assert deeds(people)[-1]["actor"] == "nobody known"
    assert b"my password by mistake" not in Path(people.settings.keeping.store).read_bytes()


def test_no_secret_of_a_whole_day_is_in_a_log_or_the_record(people: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client, administrator = people.signed_in("analyst"), people.signed_in("administrator")
    device, codes = enrolled(client, people.clock)
    people.clock.on(seconds=30)
    given = {"name": "t", "scopes": ["read"], "days": 1, "password": PASSWORD, "code": device.at(people.clock())}
    token = client.post("/api/v1/account/tokens", json=given).json()["token"]
    once = administrator.post("/api/v1/accounts", json={"name": "new-one", "role": "reader"}).json()["password"]
    sign_in(people.stranger(), "reader", "a wrong one, yet a secret")
    sign_in(people.stranger(), "reader", code=12345678)  # type: ignore[arg-type]  # refused for its type
    people.stranger(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/evidence?nonsense=1")
    client.post("/api/v1/account/password", content=b'{"old": "half a secret')
    secrets = [
        PASSWORD, "a wrong one, yet a secret", "half a secret", "12345678", once, token, device.secret, *codes,
        *(c.value for one in (client, administrator) for c in one.cookies.jar if c.name != "oberih-language"),
    ]  # fmt: skip
    kept = [f.read_bytes() for f in people.folder.rglob("record*") if f.is_file()]
    assert kept and len(secrets) > 16
    log = "\n".join(record.getMessage() for record in caplog.records) + caplog.text
    assert [s for s in secrets if s and (s in log or any(s.encode() in data for data in kept))] == []


def test_what_is_written_down_of_a_browser_cannot_break_a_line(people: House, caplog: pytest.LogCaptureFixture) -> None:
    hostile = "Mozilla\x1b[31m\u202eevil"
    client = people.stranger(headers={"User-Agent": hostile.encode("latin-1", "replace")})
    sign_in(client, "reader")
    listed = people.signed_in("reader").get("/api/v1/account/sessions").json()
    assert all(c.isprintable() for one in listed for c in one["browser"])
    assert os.linesep + "FORGED" not in caplog.text
