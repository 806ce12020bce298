"""Which keys may sign where: as the log itself says, and not a record longer."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from validation.tamper_scene import BEGIN, FIRST, SECOND, STRANGER, signer, statement

from oberih.errors import InputError
from oberih.evidence.entry import read_entry, sign_entries
from oberih.evidence.keyring import Keyring, Tenure, key_record, revocation_record
from oberih.evidence.keys import keyid_of, public_key
from oberih.evidence.log import Log
from oberih.evidence.record import Record
from oberih.evidence.verify import verify_log

KEYS = [signer(f"key {n}") for n in range(5)]


def held(added: int, revoked: int | None = None) -> Keyring:
    return Keyring({FIRST.keyid: Tenure(FIRST.name, FIRST.public, added, revoked)})


def added(who: object) -> Record:
    return key_record(name=who.name, public=who.public)  # type: ignore[attr-defined]


def revoked(who: object) -> Record:
    return revocation_record(keyid=who.keyid, name=who.name, reason="lost")  # type: ignore[attr-defined]


def test_the_first_key_signs_the_record_that_names_it_and_all_that_follow() -> None:
    keyring = held(0)
    assert [keyring.refusal(FIRST.keyid, seq=n) for n in (0, 1, 1000)] == [None, None, None]
    assert "does not know" in str(keyring.refusal(STRANGER.keyid, seq=1))


def test_a_later_key_signs_nothing_up_to_the_record_that_adds_it() -> None:
    keyring = held(5)
    assert [keyring.refusal(FIRST.keyid, seq=n) is None for n in (4, 5, 6)] == [False, False, True]


def test_a_revoked_key_signs_nothing_behind_its_revocation() -> None:
    keyring = held(0, 7)
    assert [keyring.refusal(FIRST.keyid, seq=n) is None for n in (6, 7, 8)] == [True, True, False]


def test_a_checkpoint_is_closed_by_a_key_in_force_at_its_end() -> None:
    keyring = held(3, 7)
    assert [keyring.may_close(FIRST.keyid, size=n) is None for n in (3, 4, 7, 8)] == [False, True, True, False]


BAD: dict[str, Record] = {
    "no key": Record("x", "key", "x", data={}),
    "no base64": Record("x", "key", "x", data={"public": "?"}),
    "too short": Record("x", "key", "x", data={"public": "AAAA"}),
    "of another kind": Record("x", "key", "x", data={"public": 5}),
    "of small order": Record("x", "key", "x", data={"public": base64.b64encode(bytes(32)).decode()}),
    "there already": added(FIRST),
    "a revocation of nobody": Record("x", "revocation", "x", data={}),
    "a revocation of a number": Record("x", "revocation", "x", data={"keyid": 5}),
    "a revocation of a stranger": revoked(STRANGER),
}


@pytest.mark.parametrize("what", BAD)
def test_what_says_of_keys_what_cannot_be_is_refused(what: str) -> None:
    keyring = held(0)
    with pytest.raises(InputError):
        keyring.read(BAD[what], seq=4, keyid=FIRST.keyid)
    assert keyring == held(0)


def test_no_key_is_revoked_twice() -> None:
    with pytest.raises(InputError, match="no key in force"):
        held(0, 3).read(revoked(FIRST), seq=5, keyid=FIRST.keyid)


def test_the_first_record_is_signed_by_the_key_it_names() -> None:
    with pytest.raises(InputError, match="first record"):
        Keyring().read(added(FIRST), seq=0, keyid=SECOND.keyid)


@pytest.mark.parametrize("sign", [0, 0x80])
@pytest.mark.parametrize(
    "start", ["00", "01", "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "ecff", "edff", "eeff"]
)
def test_a_key_under_which_anybody_can_sign_is_none(start: str, sign: int) -> None:
    raw = bytearray(bytes.fromhex(start).ljust(32, b"\xff" if start.endswith("ff") else b"\x00"))
    raw[31] = (0x7F if start.endswith("ff") else raw[31]) | sign
    with pytest.raises(InputError, match="anybody can sign"):
        public_key(bytes(raw))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), max_size=30))
def test_a_key_is_in_force_exactly_from_its_record_to_its_revocation(deeds: list[tuple[bool, int]]) -> None:
    keyring, tenures = Keyring(), dict[int, list[int | None]]()
    for seq, (adds, n) in enumerate(deeds, start=1):
        record = added(KEYS[n]) if adds else revoked(KEYS[n])
        may = n not in tenures if adds else n in tenures and tenures[n][1] is None
        try:
            keyring.read(record, seq=seq, keyid=FIRST.keyid)
        except InputError:
            assert not may
            continue
        assert may
        tenures.setdefault(n, [seq, None])[1] = None if adds else seq
    for n, (begin, end) in tenures.items():
        for seq in range(1, len(deeds) + 3):
            inside = begin is not None and begin < seq and (end is None or seq <= end)
            assert (keyring.refusal(KEYS[n].keyid, seq=seq) is None) == inside


@pytest.mark.parametrize("words", ["", "  ", "a\nb", "a\x1b[2J", "a\u202eb", "x" * 2000, "\ud800"])
def test_what_the_log_could_not_read_again_is_never_said_of_keys(words: str) -> None:
    with pytest.raises(InputError, match="cannot stand in the record"):
        key_record(name=words, public=FIRST.public)
    with pytest.raises(InputError, match="cannot stand in the record"):
        revocation_record(keyid=FIRST.keyid, name="x", reason=words)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=80))
def test_what_is_said_of_keys_is_read_again(name: str) -> None:
    try:
        record = key_record(name=name, public=SECOND.public)
    except InputError:
        return
    (entry,) = sign_entries([record], first=3, recorded_at=BEGIN, signer=FIRST)
    assert read_entry(entry.data).record == record


def test_a_log_passes_from_key_to_key_and_each_signs_only_its_time(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "r.sqlite"), create=True)
    now = BEGIN + timedelta(days=9)
    log.append([statement(0), added(SECOND)], signer=FIRST, now=now)
    with pytest.raises(InputError, match="after its own revocation"):
        log.append([revoked(FIRST)], signer=FIRST, now=now)
    log.append([revoked(FIRST)], signer=SECOND, now=now)
    before = log.size
    for who in (FIRST, STRANGER):
        with pytest.raises(InputError, match="key"):
            log.append([statement(1)], signer=who, now=now)
    assert log.size == before
    log.append([statement(1)], signer=SECOND, now=now)
    report = verify_log(log)
    log.close()
    assert report.holds
    assert [(k, a, r) for _, k, a, r in report.keys] == [(FIRST.keyid, 0, 3), (SECOND.keyid, 2, None)]


def test_what_was_later_than_the_time_of_writing_is_not_written(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "r.sqlite"), create=True)
    with pytest.raises(InputError, match="after the time of writing"):
        log.append([statement(5)], signer=FIRST, now=BEGIN)  # a clock that was put back: nobody could read it again
    assert log.size == 0
    log.close()


def test_a_key_is_known_by_the_hash_of_its_32_bytes() -> None:
    assert FIRST.keyid == keyid_of(FIRST.public) and len(FIRST.public) == 32
    assert "private" not in repr(FIRST)
