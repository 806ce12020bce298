"""What the record's addresses give, to whom, and what they never give."""

from __future__ import annotations

import base64
import json
import zipfile
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from oberih.case.prove import record_proofs
from oberih.case.prove.keeping import Keeping
from oberih.evidence.note import read_checkpoint, read_note
from oberih.evidence.tree import leaf_hash, verify_consistency, verify_inclusion
from oberih.evidence.verify_bundle import verify_bundle
from oberih.web.app import create_app
from oberih.web.settings import ServeSettings
from tests.web.access.people import Clock, House, house
from tests.web.browser.record import fill, furnish, keeping

BASE = "/api/v1/evidence"
NOW = datetime(2026, 3, 5, 3, 0, tzinfo=UTC)


def client_of(kept: Keeping) -> TestClient:
    app = create_app(ServeSettings(keeping=kept), clock=lambda: NOW)
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Keeping:
    return furnish(tmp_path_factory.mktemp("secret-folder") / "a")


@pytest.fixture(scope="module")
def asked(kept: Keeping) -> TestClient:
    return client_of(kept)


def test_the_proofs_that_are_given_hold_by_themselves(asked: TestClient) -> None:
    said = asked.get(BASE).json()
    last = read_checkpoint(read_note(said["checkpoint"].encode()).text)
    assert last.size == said["size"] == 15
    for number in range(last.size):
        leaf = leaf_hash(asked.get(f"{BASE}/records/{number}").json()["envelope"].encode())
        proof = [base64.b64decode(h) for h in asked.get(f"{BASE}/proof/{number}").json()["proof"]]
        assert verify_inclusion(leaf, number, last.size, proof, last.root)


def test_every_earlier_checkpoint_is_led_to_the_last(asked: TestClient, kept: Keeping) -> None:
    log = kept.log()
    roots = {s: read_checkpoint(read_note(n).text).root for s, n in log.checkpoints()}
    log.close()
    for size, root in roots.items():
        said = asked.get(f"{BASE}/consistency?first={size}").json()
        proof = [base64.b64decode(h) for h in said["proof"]]
        assert verify_consistency(size, 15, proof, root, roots[15])


def test_pages_follow_one_another_by_number_and_hold_every_record_once(asked: TestClient) -> None:
    seen, below = [], ""
    while True:
        page = asked.get(f"{BASE}/records?limit=4{below}").json()
        seen += [r["number"] for r in page["records"]]
        if page["below"] is None:
            break
        below = f"&below={page['below']}"
    assert seen == list(range(14, -1, -1))


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("tag=P4&until=2025-01-05", ["E003", "E001"]), ("text=thing%203", ["E003"]), ("kind=document", None),
        ("source=mission&since=2025-01-11", ["E011", "E010"]), ("tag=P", []), ("text=nowhere", []), ("kind=key", None),
    ],
)  # fmt: skip
def test_records_are_found_by_words_kind_tag_source_and_time(
    asked: TestClient, query: str, ids: list[str] | None
) -> None:
    found = [r["id"] for r in asked.get(f"{BASE}/records?{query}").json()["records"]]
    found = [i for i in found if not i.startswith("r-")] if ids is not None else found
    assert found == ids if ids is not None else len(found) == 1


def test_a_tag_is_found_page_by_page_as_well(asked: TestClient) -> None:
    first = asked.get(f"{BASE}/records?tag=P5&limit=3").json()
    rest = asked.get(f"{BASE}/records?tag=P5&limit=50&below={first['below']}").json()
    ids = [r["id"] for r in [*first["records"], *rest["records"]]]
    assert ids == sorted((i for i in ids), reverse=True) and len(ids) == 6 and rest["below"] is None


def test_corrections_are_told_on_both_sides(asked: TestClient) -> None:
    old = asked.get(f"{BASE}/record?id=E003").json()
    new = asked.get(f"{BASE}/records/{old['corrected_by'][0]['number']}").json()
    assert new["corrects"] == [{"number": 4, "id": "E003"}]
    assert new["fields"]["text"] == "thing 3 happened twice"


def test_a_file_is_only_ever_kept_and_never_shown(asked: TestClient) -> None:
    said = asked.get(f"{BASE}/records/14").json()
    file = said["fields"]["attachments"][0]
    answer = asked.get(f"{BASE}/records/14/attachments/{file['sha256']}")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert asked.get(f"{BASE}/records/5/attachments/{file['sha256']}").status_code == 404
    assert asked.get(f"{BASE}/records/14/attachments/{'0' * 64}").status_code == 404
    assert asked.get(f"{BASE}/records/14/attachments/..%2f..%2fkey.pem").status_code in (404, 422)


def test_a_file_whose_content_was_changed_is_not_given_out(tmp_path: Path) -> None:
    kept = furnish(tmp_path / "a")
    asked = client_of(kept)
    sha256 = asked.get(f"{BASE}/records/14").json()["fields"]["attachments"][0]["sha256"]
    path = kept.attachments.path(sha256)
    path.chmod(0o644)
    path.write_bytes(b"<script>alert(2)</script>")
    answer = asked.get(f"{BASE}/records/14/attachments/{sha256}")
    assert answer.status_code == 503 and "alert" not in answer.text


@pytest.mark.parametrize("query", ["", "?attachments=true", "?number=5&number=9", "?text=thing%207"])
def test_a_bundle_that_is_fetched_verifies_anywhere(asked: TestClient, tmp_path: Path, query: str) -> None:
    answer = asked.get(f"{BASE}/bundle{query}")
    assert answer.headers["content-disposition"].startswith("attachment;")
    (tmp_path / "b.zip").write_bytes(answer.content)
    report = verify_bundle(tmp_path / "b.zip")
    assert report.holds and report.size == 15
    assert zipfile.ZipFile(BytesIO(answer.content)).testzip() is None


def test_a_bundle_beyond_the_limits_is_refused_with_the_way_that_has_none(
    asked: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_proofs, "MOST_RECORDS", 3)
    answer = asked.get(f"{BASE}/bundle")
    assert answer.status_code == 422 and "oberih evidence export" in answer.json()["detail"]
    monkeypatch.setattr(record_proofs, "LARGEST_ATTACHED", 3)
    assert asked.get(f"{BASE}/bundle?number=14&attachments=true").status_code == 422
    assert asked.get(f"{BASE}/bundle?number=14").status_code == 200


def test_an_empty_store_says_so_and_makes_no_record(tmp_path: Path) -> None:
    asked = client_of(Keeping(str(tmp_path / "none.sqlite"), environment={}))
    assert asked.get(BASE).json()["exists"] is False
    assert asked.get(f"{BASE}/records").json() == {"records": [], "size": 0, "below": None}
    for path in ("/checkpoint", "/bundle"):
        assert asked.get(BASE + path).status_code == 404
    for path in ("/records/0", "/proof/0", "/consistency?first=1"):
        assert asked.get(BASE + path).status_code in (404, 422)
    assert list(tmp_path.iterdir()) == []


def test_a_record_that_is_gone_is_told_from_one_that_was_never_begun(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    kept = fill(keeping(tmp_path / "a"), records=2)
    Path(kept.store).unlink()
    answer = client_of(kept).get(BASE)
    assert answer.status_code == 503 and "is gone" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/records/99", "/record?id=nobody", "/proof/99", "/proof/5?size=99", "/consistency?first=99",
        "/records?since=yesterday", "/records?near=here", "/records?kind=gossip", "/records/-1", "/records/x",
        "/records?limit=100000", "/record?id=%00", "/records?text=%ed%a0%80", "/consistency?first=9&second=3",
        "/bundle?number=99", "/records?text=" + "a" * 1001,
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_a_problem_that_tells_nothing_of_the_machine(asked: TestClient, path: str) -> None:
    answer = asked.get(BASE + path)
    assert answer.status_code in (200, 404, 422), answer.text
    if answer.status_code == 200:
        assert answer.json()["records"] == []
        return
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret-folder" not in answer.text and "Traceback" not in answer.text


def test_a_record_that_was_changed_behind_the_log_s_back_is_not_shown(tmp_path: Path) -> None:
    import sqlite3

    kept = furnish(tmp_path / "secret-folder")
    with sqlite3.connect(kept.store) as db:
        for (name,) in db.execute("select name from sqlite_master where type='trigger'").fetchall():
            db.execute(f'drop trigger "{name}"')
        db.execute("update oberih_entry set data = (select data from oberih_entry where seq = 6) where seq = 5")
    answer = client_of(kept).get(f"{BASE}/records/5")
    assert answer.status_code == 503
    assert "nothing of it is shown" in answer.json()["detail"] and "secret-folder" not in answer.text


# writing


@pytest.fixture
def people(tmp_path: Path) -> House:
    return house(tmp_path, Clock(NOW))


EVENT: dict[str, Any] = {"kind": "event", "text": "a siren", "happened": {"from": "2026-03-01"}, "data": {"n": 1}}


def test_a_custodian_writes_corrects_and_brings_a_file_and_the_record_says_in_which_role(people: House) -> None:
    custodian = people.signed_in("custodian")
    written = custodian.post(f"{BASE}/records", json=EVENT)
    assert written.status_code == 201, written.text
    number = written.json()["records"][0]["number"]
    corrected = custodian.post(f"{BASE}/records/{number}/corrections", json={"text": "two sirens"})
    assert corrected.status_code == 201, corrected.text
    brought = custodian.post(
        f"{BASE}/records/{number}/attachments?name=siren.wav.txt&text=heard", content=b"wee woo",
        headers={"Content-Type": "application/octet-stream"},
    )  # fmt: skip
    assert brought.status_code == 201, brought.text
    old = custodian.get(f"{BASE}/records/{number}").json()
    assert old["fields"]["data"] == {"n": 1, "entered_by_role": "custodian"}
    new = custodian.get(f"{BASE}/records/{old['corrected_by'][0]['number']}").json()
    assert new["fields"]["text"] == "two sirens" and new["fields"]["data"]["entered_by_role"] == "custodian"
    file = custodian.get(f"{BASE}/records/{brought.json()['records'][0]['number']}").json()
    assert file["fields"]["rests_on"] == [old["fields"]["id"]]
    assert file["fields"]["attachments"][0]["name"] == "siren.wav.txt" and len(file["there"]) == 1


@pytest.mark.parametrize("role", ["reader", "analyst", "administrator"])
@pytest.mark.parametrize("path", ["/records", "/records/0/corrections", "/records/0/attachments?name=a.txt"])
def test_nobody_else_writes(people: House, role: str, path: str) -> None:
    given = {"content": b"x", "headers": {"Content-Type": "application/octet-stream"}}
    answer = people.signed_in(role).post(BASE + path, **(given if "attach" in path else {"json": EVENT}))
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "fields",
    [
        {}, {"kind": "key", "text": "x"}, {"kind": ["key"], "text": "x"}, {"kind": "revocation", "text": "x"},
        {"text": "x", "corrects": "y"}, {"text": "x", "attachments": []}, {"text": "x", "data": []}, {"text": 3},
        {"text": "x", "happened": {"from": "2030-01-01"}}, {"text": "x", "nonsense": 1},
        {"text": "x", "data": {"a": 1e400}},
        {"text": "\ud800"}, {"kind": "event", "text": "x" * 100_001},
    ],
)  # fmt: skip
def test_what_is_no_record_is_refused_and_nothing_is_stored(people: House, fields: dict[str, Any]) -> None:
    custodian = people.signed_in("custodian")
    before = custodian.get(BASE).json()["size"]
    answer = custodian.post(f"{BASE}/records", content=json.dumps(fields), headers={"Content-Type": "application/json"})
    assert answer.status_code == 422, answer.text
    kinds = [r["kind"] for r in custodian.get(f"{BASE}/records").json()["records"]]
    assert custodian.get(BASE).json()["size"] >= before and "statement" not in kinds


@pytest.mark.parametrize(
    "name", ["a.exe", "a", "../a.txt", "a/b.txt", "%00.txt", " a.txt", "..", "a.html", "a.svg", "a%0A.txt", "a" * 121]
)
def test_a_file_of_another_type_or_with_a_name_that_is_none_is_refused(people: House, name: str) -> None:
    custodian = people.signed_in("custodian")
    number = custodian.post(f"{BASE}/records", json=EVENT).json()["records"][0]["number"]
    kind = {"Content-Type": "application/octet-stream"}
    answer = custodian.post(f"{BASE}/records/{number}/attachments?name={name}", content=b"x", headers=kind)
    assert answer.status_code == 422, answer.text


def test_an_empty_file_and_one_that_is_too_large_are_refused(people: House) -> None:
    custodian = people.signed_in("custodian")
    number = custodian.post(f"{BASE}/records", json=EVENT).json()["records"][0]["number"]
    path, kind = f"{BASE}/records/{number}/attachments?name=a.txt", {"Content-Type": "application/octet-stream"}
    assert custodian.post(path, content=b"", headers=kind).status_code == 422
    assert custodian.post(path, content=b"x" * (32 * 2**20 + 1), headers=kind).status_code == 413


def test_the_clock_of_the_server_dates_what_is_written(people: House) -> None:
    custodian = people.signed_in("custodian")
    people.clock.on(hours=1)
    number = custodian.post(f"{BASE}/records", json=EVENT).json()["records"][0]["number"]
    written = custodian.get(f"{BASE}/records/{number}").json()["recorded_at"]
    assert written == (NOW + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
