"""Who else has seen it: witnesses, authorities, and keys that come and go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from oberih.case.prove import proving, record_keys, witnessing
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.recording import attach, correct, record_one
from oberih.errors import CorruptStore, InputError, SourceUnavailable
from oberih.evidence.keys import load_signer
from oberih.evidence.note import COSIGNATURE, vkey
from tests.evidence.tsa_simulator import Authority, needs_openssl, served

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture
def keeping(tmp_path: Path) -> Keeping:
    kept = Keeping(str(tmp_path / "record.sqlite"), key=tmp_path / "key.pem", environment={})
    for n in range(5):
        say(kept, f"event {n}", n)
    return kept


def say(keeping: Keeping, text: str, minutes: int = 0) -> None:
    record_one(
        keeping, {"kind": "event", "text": text, "id": text.replace(" ", "-")}, now=NOW + timedelta(minutes=minutes)
    )


def other(keeping: Keeping, path: Path) -> Keeping:
    return Keeping(keeping.store, key=path, name="successor", environment={})


def test_a_witness_countersigns_what_it_has_verified(keeping: Keeping, tmp_path: Path) -> None:
    own = other(keeping, tmp_path / "witness.pem")
    witnessing.witness(keeping, name="inspector.example.org", witness_key=own, now=NOW)
    report = proving.verify(keeping, None)
    assert report.holds
    assert report.witnesses[0].startswith("inspector.example.org saw 6 records at 2026-11-25T12:00:00Z")
    proving.export(keeping, tmp_path / "b.zip")
    assert proving.verify(keeping, str(tmp_path / "b.zip")).witnesses == report.witnesses


def test_the_custodian_cannot_be_the_witness(keeping: Keeping) -> None:
    with pytest.raises(InputError, match="key of this record itself"):
        witnessing.witness(keeping, name="x.example.org", witness_key=keeping, now=NOW)


def test_a_witness_elsewhere_signs_a_checkpoint_that_travels(keeping: Keeping, tmp_path: Path) -> None:
    proving.checkpoint(keeping, tmp_path / "checkpoint.txt")
    away = other(keeping, tmp_path / "witness.pem")
    line = witnessing.cosign_file(tmp_path / "checkpoint.txt", name="far.example.org", witness_key=away, now=NOW)
    key = vkey("far.example.org", load_signer(away.key_file, name="", passphrase=None).public, COSIGNATURE)
    say(keeping, "meanwhile")
    assert "6 records" in witnessing.take_line(keeping, line=line, verifier=key).title
    assert proving.verify(keeping, None).witnesses
    stranger = vkey(
        "far.example.org",
        bytes.fromhex("1a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d6"),
        COSIGNATURE,
    )
    with pytest.raises(InputError, match="fits no checkpoint"):
        witnessing.take_line(keeping, line=line, verifier=stranger)


def test_a_new_key_signs_after_it_was_added_and_an_old_one_not_after_it_was_revoked(
    keeping: Keeping, tmp_path: Path
) -> None:
    second = other(keeping, tmp_path / "second.pem")
    with pytest.raises(InputError, match="is not there"):  # a key is made for an empty record only
        say(second, "no key")
    record_keys.new_key(second)
    with pytest.raises(InputError, match="does not know"):
        say(second, "too early")
    made = record_keys.new_key(other(keeping, tmp_path / "third.pem"))
    facts = dict(made.facts)
    third = other(keeping, tmp_path / "third.pem")
    record_keys.add_key(keeping, facts["public"], name="successor", now=NOW)
    say(third, "by the successor")
    first = load_signer(keeping.key_file, name="", passphrase=None).keyid
    with pytest.raises(InputError, match="own revocation"):
        record_keys.revoke_key(keeping, first[:12], reason="it revokes itself", now=NOW)
    record_keys.revoke_key(third, first[:12], reason="the laptop was lost", now=NOW)
    with pytest.raises(InputError, match="revoked"):
        say(keeping, "too late")
    say(third, "afterwards")
    assert proving.verify(keeping, None).holds


def test_the_last_key_in_force_cannot_be_revoked(keeping: Keeping) -> None:
    first = load_signer(keeping.key_file, name="", passphrase=None).keyid
    with pytest.raises(InputError, match="last key in force"):
        record_keys.revoke_key(keeping, first[:12], reason="a slip", now=NOW)
    assert proving.verify(keeping, None).records == 6


@needs_openssl
def test_an_authority_says_when_a_checkpoint_was_there(keeping: Keeping, tmp_path: Path) -> None:
    (tmp_path / "authority").mkdir()
    authority = Authority(tmp_path / "authority")
    root = tmp_path / "root.pem"
    root.write_bytes(authority.root.pem)
    with served(authority) as running:
        witnessing.stamp(keeping, authority=running.url, roots=[root], nonce=77)
        running.mode = "500"
        with pytest.raises(SourceUnavailable):
            witnessing.stamp(keeping, authority=running.url, nonce=78)
    report = proving.verify(keeping, None, roots=[root])
    assert report.holds
    assert len(report.timestamps) == 1
    assert "not checked" in proving.verify(keeping, None).timestamps[0]


@needs_openssl
def test_a_reply_carried_by_hand_finds_its_checkpoint_later(keeping: Keeping, tmp_path: Path) -> None:
    (tmp_path / "authority").mkdir()
    authority = Authority(tmp_path / "authority")
    witnessing.stamp(keeping, request_out=tmp_path / "ask.tsq")
    say(keeping, "meanwhile")
    (tmp_path / "answer.tsr").write_bytes(authority.answer((tmp_path / "ask.tsq").read_bytes()))
    assert "6 records" in witnessing.stamp(keeping, reply=tmp_path / "answer.tsr").title
    elsewhere = Keeping(str(tmp_path / "other.sqlite"), key=tmp_path / "key.pem", environment={})
    say(elsewhere, "another record")
    with pytest.raises(InputError, match="over no checkpoint"):
        witnessing.stamp(elsewhere, reply=tmp_path / "answer.tsr")


def test_a_selection_carries_what_its_records_correct_and_verifies_alone(keeping: Keeping, tmp_path: Path) -> None:
    correct(keeping, "event-3", {"text": "event three"}, now=NOW)
    newest = proving.found_ids(keeping, "three")
    manifest = proving.export(keeping, tmp_path / "s.zip", ids=newest)
    assert manifest["records"] == 3  # the correction, what it corrects, and the key
    report = proving.verify(keeping, str(tmp_path / "s.zip"))
    assert (report.holds, report.kind, report.records, report.size) == (True, "selection", 3, 7)


def test_attached_files_travel_where_they_are_asked_for(keeping: Keeping, tmp_path: Path) -> None:
    (tmp_path / "photo.txt").write_text("what was seen")
    attach(keeping, "event-1", [tmp_path / "photo.txt"], now=NOW)
    proving.export(keeping, tmp_path / "with.zip", attachments=True)
    proving.export(keeping, tmp_path / "without.zip")
    with_files, without = (proving.verify(keeping, str(tmp_path / f"{n}.zip")) for n in ("with", "without"))
    assert (with_files.holds, with_files.attachments, with_files.absent_attachments) == (True, 1, 0)
    assert (without.holds, without.attachments, without.absent_attachments) == (True, 0, 1)


def test_a_log_rewritten_by_its_own_key_is_found_by_a_checkpoint_kept_elsewhere(
    keeping: Keeping, tmp_path: Path
) -> None:
    proving.checkpoint(keeping, tmp_path / "kept.txt")
    forged = Keeping(str(tmp_path / "forged.sqlite"), key=keeping.key, environment={})
    for n in range(6):
        say(forged, f"event {n}" if n != 2 else "nothing happened", n)
    assert proving.verify(forged, None).holds  # by itself nobody can tell, and it says so
    assert any("nobody outside" in note for note in proving.verify(forged, None).notes)
    report = proving.verify(forged, None, against=[tmp_path / "kept.txt"])
    assert not report.holds
    assert "forked or rewritten" in str(report.faults[0])


def test_what_is_given_to_verify_against_must_be_what_it_is_called(keeping: Keeping, tmp_path: Path) -> None:
    (tmp_path / "noise.txt").write_text("no checkpoint, no certificate")
    with pytest.raises(InputError, match=r"noise\.txt"):
        proving.verify(keeping, None, against=[tmp_path / "noise.txt"])
    with pytest.raises(InputError, match="no certificate"):
        proving.verify(keeping, None, roots=[tmp_path / "noise.txt"])


def test_a_record_that_is_gone_is_not_one_that_was_never_begun(keeping: Keeping) -> None:
    for path in Path(keeping.store).parent.glob("record.sqlite*"):
        if not path.name.endswith(".head"):
            path.unlink()
    with pytest.raises(CorruptStore, match="is gone"):
        proving.verify(keeping, None)
