"""What a reader's own browser says of a server that lies: each lie is told, an honest server passes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oberih.case.prove.proving import checkpoint, export
from oberih.evidence.canonical import canonical_json
from tests.web.browser.record import (
    Change,
    Liar,
    furnish,
    in_json,
    keeping,
    lying,
    payload_of,
    repayloaded,
    signed_as,
)  # fmt: skip

BASE = "/api/v1/evidence"
RECORD = f"{BASE}/records/5"
DONE = "[data-verdict]:not([data-verdict=checking])"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return furnish(tmp_path_factory.mktemp("honest") / "a")


@pytest.fixture(scope="module")
def running(kept: Any) -> Iterator[Liar]:
    with lying(kept) as liar:
        yield liar


@pytest.fixture
def liar(running: Liar, kept: Any) -> Iterator[Liar]:
    running.show(kept)
    running.change = lambda path, body: body
    yield running


def outcome(page: Any) -> tuple[str, list[str]]:
    """The answer in one word, and what failed."""
    page.wait_for_selector(f".result{DONE}")
    verdict = page.locator(".result").get_attribute("data-verdict")
    return verdict, page.locator(".step.failed").all_inner_texts()


def check_server(page: Any, own: str = "", *, remember: bool = False) -> tuple[str, list[str]]:
    page.wait_for_selector("#check-server")
    page.fill("#own-text", own)
    if remember:
        page.check("#own-remember")
    page.click("#check-server")
    return outcome(page)


def again(page: Any, path: str = "/evidence?view=check") -> None:
    page.goto("/".join(page.url.split("/")[:3]) + path)


# honest


def test_an_honest_record_fits_together_and_nothing_more_is_claimed(visit: Any, liar: Liar) -> None:
    page = visit(liar, "/evidence?record=5")
    assert outcome(page) == ("within", [])
    open_ = page.locator(".step.open").all_inner_texts()
    assert any("You gave no key" in text for text in open_) and any("loaded from this server" in t for t in open_)
    shown = page.inner_text(".result").lower()
    assert "verified" not in shown and "true from" not in shown


@pytest.mark.slow
def test_an_honest_record_fits_what_the_reader_has(visit: Any, liar: Liar, kept: Any) -> None:
    first = json.loads(liar.get(BASE).text)["keys"][0]["keyid"]
    page = visit(liar, "/evidence?view=check")
    assert check_server(page, first) == ("anchored", [])
    assert "begins so" not in page.inner_text(".result")
    assert check_server(page, first[:20].upper()) == ("anchored", [])
    assert "Only 20 digits" in page.inner_text(".result")
    assert check_server(page, checkpoint(kept)) == ("anchored", [])
    assert check_server(page, "0123456789abcdef")[0] == "failed"


@pytest.mark.slow
def test_an_older_checkpoint_is_led_to_the_present_one(visit: Any, liar: Liar, kept: Any) -> None:
    log = kept.log()
    older = dict(log.checkpoints())[7].decode()
    log.close()
    page = visit(liar, "/evidence?view=check")
    assert check_server(page, older) == ("anchored", [])
    assert "begins with exactly the 7 records" in page.inner_text(".result")


@pytest.mark.slow
def test_a_witness_whom_the_reader_knows_is_told_from_one_who_is_only_named(visit: Any, liar: Liar) -> None:
    vkey = json.loads(liar.get(BASE).text)["cosignatures"][0]["vkey"]
    page = visit(liar, "/evidence?view=check")
    assert check_server(page)[0] == "within"
    assert "whose key that is was not checked" in page.inner_text(".result")
    assert check_server(page, vkey) == ("anchored", [])


@pytest.mark.slow
def test_the_whole_record_is_fetched_and_checked(visit: Any, liar: Liar) -> None:
    page = visit(liar, "/evidence?view=check")
    page.wait_for_selector("#check-whole")
    page.click("#check-whole")
    assert outcome(page) == ("within", [])
    assert page.locator("#evidence table tbody tr").count() == 15


# one record that lies


def other_payload(said: dict[str, Any]) -> None:
    payload = payload_of(said["envelope"])
    payload["text"] = "thing 5 never happened"
    said["envelope"] = repayloaded(said["envelope"], canonical_json(payload))


def other_signature(said: dict[str, Any]) -> None:
    envelope = json.loads(said["envelope"])
    raw = bytearray(base64.b64decode(envelope["signatures"][0]["sig"]))
    raw[7] ^= 1
    envelope["signatures"][0]["sig"] = base64.b64encode(raw).decode()
    said["envelope"] = canonical_json(envelope).decode()


def short_proof(said: dict[str, Any]) -> None:
    said["proof"] = said["proof"][:-1]


def long_proof(said: dict[str, Any]) -> None:
    said["proof"] = [*said["proof"], base64.b64encode(bytes(32)).decode()]


def blank_in_envelope(said: dict[str, Any]) -> None:
    said["envelope"] = said["envelope"].replace('","payloadType"', '", "payloadType"')


LIES: dict[str, tuple[Change, str]] = {
    "altered payload": (in_json(RECORD, other_payload), "The signature does not fit"),
    "altered signature": (in_json(RECORD, other_signature), "The signature does not fit"),
    "envelope spelt otherwise": (in_json(RECORD, blank_in_envelope), "not a signed envelope"),
    "truncated proof": (in_json(f"{BASE}/proof/5", short_proof), "does not lead to the root"),
    "lengthened proof": (in_json(f"{BASE}/proof/5", long_proof), "does not lead to the root"),
    "no proof": (lambda path, body: None if path.startswith(f"{BASE}/proof/5") else body, "did not give"),
    "empty proof": (in_json(f"{BASE}/proof/5", lambda said: said.update(proof=[])), "does not lead to the root"),
    "proof that is none": (in_json(f"{BASE}/proof/5", lambda said: said.update(proof="x")), "No proof was given"),
}  # fmt: skip


@pytest.mark.parametrize("lie", sorted(LIES))
def test_a_lie_about_one_record_is_told(visit: Any, liar: Liar, lie: str) -> None:
    liar.change, said = LIES[lie]
    page = visit(liar, "/evidence?record=5", quiet=False)
    verdict, failed = outcome(page)
    assert verdict == "failed" and any(said in text for text in failed), failed
    assert page.inner_text(".verdict").startswith("NO.")


@pytest.mark.slow
def test_another_record_in_the_place_of_the_one_asked_for_is_told(visit: Any, liar: Liar) -> None:
    other = json.loads(liar.get(f"{BASE}/records/6").text)
    liar.change = in_json(RECORD, lambda said: said.update(other))
    verdict, failed = outcome(visit(liar, "/evidence?record=5"))
    assert verdict == "failed" and "what came is signed as number 6" in failed[0]


@pytest.mark.slow
def test_a_record_of_another_id_is_told(visit: Any, liar: Liar) -> None:
    other = json.loads(liar.get(f"{BASE}/records/6").text)
    liar.change = in_json(f"{BASE}/record", lambda said: said.update(other))
    assert outcome(visit(liar, "/evidence?id=E002"))[0] == "failed"


@pytest.mark.slow
def test_a_record_signed_by_a_key_that_the_log_does_not_know_is_told(visit: Any, liar: Liar, tmp_path: Path) -> None:
    stranger = keeping(tmp_path / "s", "stranger.pem").signer(create=True)[0]
    payload = canonical_json(payload_of(json.loads(liar.get(RECORD).text)["envelope"]))
    liar.change = in_json(RECORD, lambda said: said.update(envelope=signed_as(payload, stranger)))
    verdict, failed = outcome(visit(liar, "/evidence?record=5"))
    assert verdict == "failed" and any("does not know there" in text for text in failed)


SPELT_OTHERWISE: dict[str, Callable[[bytes], bytes]] = {
    "a key that stands twice": lambda p: p.replace(b'"text":', b'"text":"something else","text":', 1),
    "a number in another form": lambda p: p.replace(b'"value":0.5', b'"value":5e-1', 1),
    "a number with a tail": lambda p: p.replace(b'"seq":5', b'"seq":5.0', 1),
    "a blank": lambda p: p.replace(b'"seq":5', b'"seq": 5', 1),
    "an escape that is not needed": lambda p: p.replace("є".encode(), b"\\u0454", 1),
    "another order": lambda p: b'{"text":"thing 4 happened",' + p[1:].replace(b',"text":"thing 4 happened"', b"", 1),
    "a field that is none": lambda p: p[:-1] + b',"zeal":1}',
}


@pytest.mark.slow
@pytest.mark.parametrize("how", sorted(SPELT_OTHERWISE))
def test_another_spelling_is_told_even_where_the_custodian_signed_it(
    visit: Any, liar: Liar, kept: Any, how: str
) -> None:
    honest = canonical_json(payload_of(json.loads(liar.get(RECORD).text)["envelope"]))
    spelt = SPELT_OTHERWISE[how](honest)
    assert spelt != honest
    liar.change = in_json(RECORD, lambda said: said.update(envelope=signed_as(spelt, kept.signer()[0])))
    verdict, failed = outcome(visit(liar, "/evidence?record=5"))
    assert verdict == "failed" and failed[0].startswith(("✗", "The record")), failed
    assert any("one form" in text or "not a record" in text for text in failed)


def test_what_is_shown_is_what_was_signed_and_not_what_the_server_says_beside_it(visit: Any, liar: Liar) -> None:
    liar.change = in_json(RECORD, lambda said: said["fields"].update(text="a lie beside the envelope"))
    page = visit(liar, "/evidence?record=5")
    assert outcome(page)[0] == "within"
    assert "thing 4 happened" in page.inner_text(".facts")
    assert "a lie beside" not in page.inner_text("#evidence")


@pytest.mark.slow
@pytest.mark.parametrize("part", ["claims", "attachments", "tags", "source", "data", "rests_on"])
def test_what_is_signed_and_is_no_record_is_not_shown_as_one(visit: Any, liar: Liar, kept: Any, part: str) -> None:
    payload = payload_of(json.loads(liar.get(RECORD).text)["envelope"])
    odd = signed_as(canonical_json({**payload, part: 7}), kept.signer()[0])
    liar.change = in_json(RECORD, lambda said: said.update(envelope=odd))
    page = visit(liar, "/evidence?record=5")
    assert outcome(page)[0] == "failed"


# the log that lies


def other_root(said: dict[str, Any]) -> None:
    lines = said["checkpoint"].split("\n")
    lines[2] = base64.b64encode(bytes(32)).decode()
    said["checkpoint"] = "\n".join(lines)


def more_records(said: dict[str, Any]) -> None:
    lines = said["checkpoint"].split("\n")
    lines[1] = str(int(lines[1]) + 1)
    said["checkpoint"] = "\n".join(lines)


def no_keys(said: dict[str, Any]) -> None:
    said["key_records"] = []


def no_note(said: dict[str, Any]) -> None:
    said["checkpoint"] = "nothing"


def other_witness(said: dict[str, Any]) -> None:
    said["cosignatures"][0]["line"] = said["checkpoint"].split("\n")[4]


@pytest.mark.slow
@pytest.mark.parametrize("lie", [other_root, more_records, no_keys, no_note, other_witness])
def test_a_lie_about_the_log_is_told(visit: Any, liar: Liar, lie: Callable[[dict[str, Any]], None]) -> None:
    liar.change = in_json(BASE, lie)
    page = visit(liar, "/evidence?view=check", quiet=False)
    assert check_server(page)[0] == "failed"


@pytest.fixture
def remembering(visit: Any, liar: Liar) -> Any:
    """A reader who was here before, when the record was honest, and let the browser remember."""
    page = visit(liar, "/evidence?view=check", quiet=False)
    assert check_server(page, remember=True)[0] == "within"
    page.wait_for_selector("#remembered")
    return page


@pytest.mark.slow
def test_a_log_that_did_not_change_fits_what_the_browser_remembered(remembering: Any) -> None:
    again(remembering)
    assert check_server(remembering) == ("anchored", [])


def test_a_log_rewritten_and_signed_with_another_key_is_told_by_what_was_remembered(
    remembering: Any, liar: Liar, tmp_path: Path
) -> None:
    liar.show(furnish(tmp_path / "b" / "rewritten", "another.pem", changed=3))
    again(remembering)
    verdict, failed = check_server(remembering)
    assert verdict == "failed" and len(failed) == 2
    assert any("made anew under another key" in text for text in failed)
    again(remembering, "/evidence?record=5")
    assert outcome(remembering)[0] == "failed"


@pytest.mark.slow
def test_the_same_lie_before_a_reader_who_has_nothing_of_their_own_is_not_called_anything_it_is_not(
    visit: Any, liar: Liar, tmp_path: Path
) -> None:
    liar.show(furnish(tmp_path / "b" / "rewritten", "another.pem", changed=3))
    page = visit(liar, "/evidence?view=check")
    assert check_server(page)[0] == "within"
    assert "could have made all of it" in page.inner_text(".verdict")


@pytest.mark.slow
def test_a_log_rewritten_with_the_same_key_is_told_by_what_was_remembered(
    remembering: Any, liar: Liar, kept: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "c"
    folder.mkdir()
    (folder / "key.pem").write_bytes(kept.key_file.read_bytes())
    liar.show(furnish(folder / "rewritten", changed=3))
    again(remembering)
    verdict, failed = check_server(remembering)
    assert verdict == "failed" and any("two logs" in t or "rewritten" in t for t in failed)


@pytest.mark.slow
def test_a_log_that_lost_its_end_is_told_by_what_was_remembered(
    remembering: Any, liar: Liar, kept: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "key.pem").write_bytes(kept.key_file.read_bytes())
    liar.show(furnish(folder / "short", more=False))
    again(remembering)
    verdict, failed = check_server(remembering)
    assert verdict == "failed" and any("Its end was cut off" in text for text in failed)


@pytest.mark.slow
def test_a_log_that_is_gone_is_told_by_what_was_remembered(remembering: Any, liar: Liar, tmp_path: Path) -> None:
    liar.change = in_json(BASE, lambda said: said.update(exists=False, key_records=[], checkpoint=""))
    again(remembering)
    verdict, failed = check_server(remembering)
    assert verdict == "failed" and "now the server shows none" in failed[0]
    remembering.evaluate("localStorage.clear()")
    again(remembering)
    assert check_server(remembering)[0] == "nothing"


@pytest.mark.slow
def test_nothing_is_remembered_unless_the_reader_says_so_nor_after_a_failure(visit: Any, liar: Liar) -> None:
    page = visit(liar, "/evidence?view=check", quiet=False)
    check_server(page)
    assert page.evaluate("Object.keys(localStorage)") == []
    liar.change = in_json(BASE, other_root)
    check_server(page, remember=True)
    assert page.evaluate("localStorage.getItem('oberih-remembered-checkpoint')") is None


# files


@pytest.mark.slow
def test_a_file_that_is_not_the_one_signed_is_not_handed_on(visit: Any, liar: Liar) -> None:
    page = visit(liar, "/evidence?record=14")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Fetch and check its hash").click()
    assert caught.value.suggested_filename == "page.html"
    liar.change = lambda path, body: body + b"!" if "/attachments/" in path else body
    page.reload()
    page.get_by_role("button", name="Fetch and check its hash").click()
    page.get_by_text("It was not handed to you").wait_for()


def test_a_bundle_is_checked_without_asking_anybody(visit: Any, liar: Liar, kept: Any, tmp_path: Path) -> None:
    export(kept, tmp_path / "whole.zip", attachments=True)
    page = visit(liar, "/evidence?view=check")
    page.wait_for_selector("#bundle-file")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    page.context.set_offline(True)
    page.set_input_files("#bundle-file", tmp_path / "whole.zip")
    assert outcome(page) == ("within", []) and asked == []
    assert "The tree built here from all 15 records" in page.inner_text(".result")


# a browser that cannot


@pytest.mark.slow
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("crypto.subtle.importKey = () => Promise.reject(new Error('no'))", "cannot check Ed25519"),
        ("crypto.subtle.verify = () => Promise.resolve(true)", "cannot check Ed25519"),
        ("Object.defineProperty(crypto, 'subtle', {value: undefined})", "without encryption"),
    ],
)
def test_a_browser_that_cannot_check_says_so_and_claims_nothing(visit: Any, liar: Liar, script: str, said: str) -> None:
    page = visit(liar, "/evidence?view=check")
    page.wait_for_selector("#check-server")
    page.evaluate("() => {" + script + "}")
    page.click("#check-server")
    verdict, failed = outcome(page)
    assert verdict == "failed" and said in failed[0]
    assert page.locator(".step.held").count() == 0
