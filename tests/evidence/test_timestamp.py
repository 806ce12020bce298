"""A stamp holds only for what it stamps, by whom it says, in the time of its certificates."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import InputError, SourceUnavailable
from oberih.evidence import der
from oberih.evidence.timestamp import LARGEST_REPLY, ask, load_reply, read_reply, request, verify
from tests.evidence.tsa_simulator import (
    AGES_AGO,
    Authority,
    Forger,
    _Server,
    issue,
    needs_openssl,
    refused,
    served,
    stamping,
)

DIGEST = hashlib.sha256(b"a checkpoint\n").digest()
NONCE = 7
ROOT = issue("Root", by=None, ca=True)
SIGNER = stamping("Authority", by=ROOT)
GOOD = Forger(SIGNER, DIGEST).token()
TIME = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[_Server]:
    with served(authority) as running:
        yield running


def asked(server: _Server, mode: str, *, client_timeout: float = 10.0) -> bytes:
    server.mode = mode
    return ask(server.url, request(DIGEST, NONCE), client_timeout=client_timeout)


# With a real authority.


@needs_openssl
def test_openssl_reads_the_request_as_it_was_meant(authority: Authority) -> None:
    said = authority.reads(request(DIGEST, 0x80FF))
    assert "Version: 1" in said and "Hash Algorithm: sha256" in said
    assert "Nonce: 0x80FF" in said and "Certificate required: yes" in said
    assert "Nonce: unspecified" in authority.reads(request(DIGEST, None))


@needs_openssl
def test_an_authority_is_asked_as_the_standard_says_and_its_stamp_holds(server: _Server, authority: Authority) -> None:
    reply = asked(server, "good")
    assert server.asked[-1] == ("application/timestamp-query", request(DIGEST, NONCE))
    found = verify(reply, DIGEST, roots=[authority.root.pem], nonce=NONCE)
    stamp = found.timestamp
    assert found.statement == "signed by CN=Oberih test authority, under CN=Oberih test root"
    assert (stamp.digest, stamp.policy, stamp.nonce) == (DIGEST, "1.3.6.1.4.1.99999.1", NONCE)
    assert stamp.accuracy == pytest.approx(1.5001)
    assert abs(found.time - datetime.now(UTC)) < timedelta(minutes=5)
    assert authority.confirms(reply, DIGEST)


@needs_openssl
def test_a_reply_with_two_certificates_holds(server: _Server, authority: Authority) -> None:
    # rfc3161-client 1.0.9 refuses it: openssl does not sort the certificates (decisions/0017)
    reply = asked(server, "two certificates")
    found = verify(reply, DIGEST, roots=[authority.root.pem], nonce=NONCE)
    assert found.root == "CN=Oberih test root" and found.authority == "CN=Oberih test authority below"
    assert authority.confirms(reply, DIGEST)


@needs_openssl
def test_without_roots_it_is_said_that_the_authority_was_not_checked(server: _Server) -> None:
    found = verify(asked(server, "good"), DIGEST)
    assert not found.checked
    assert found.statement == "signed by CN=Oberih test authority, authority not checked"


@needs_openssl
def test_a_root_of_somebody_else_does_not_vouch(server: _Server, authority: Authority) -> None:
    with pytest.raises(InputError, match="no given root"):
        verify(asked(server, "good"), DIGEST, roots=[authority.stranger.pem])
    both = authority.stranger.pem + authority.root.pem
    assert verify(asked(server, "good"), DIGEST, roots=[both]).checked


@needs_openssl
@pytest.mark.parametrize("ess", ["sha1", "sha256", "sha384", "sha512"])
def test_the_certificate_may_be_named_by_any_hash_that_openssl_uses(authority: Authority, ess: str) -> None:
    reply = authority.answer(request(DIGEST, NONCE), ess=ess)
    assert verify(reply, DIGEST, roots=[authority.root.pem], nonce=NONCE).checked


@needs_openssl
def test_a_bare_token_and_a_whole_answer_say_the_same(authority: Authority, tmp_path: Path) -> None:
    whole = authority.answer(request(DIGEST, NONCE), below=True)
    bare = authority.bare(whole)
    assert len(bare) < len(whole)
    assert read_reply(bare) == read_reply(whole)
    assert verify(bare, DIGEST, roots=[authority.root.pem]) == verify(whole, DIGEST, roots=[authority.root.pem])
    for name, data in (("whole.tsr", whole), ("bare.tst", bare)):
        (tmp_path / name).write_bytes(data)
        assert load_reply(tmp_path / name) == data


@needs_openssl
@pytest.mark.parametrize(
    ("mode", "reason"),
    [("wrong imprint", "something else"), ("wrong nonce", "another request"), ("rejected", "the authority refused"),
     ("truncated", "ends too early"), ("html as a reply", "not where it belongs"), ("empty", "not where it belongs")],
)  # fmt: skip
def test_an_answer_that_is_no_stamp_on_this_is_refused(
    server: _Server, authority: Authority, mode: str, reason: str
) -> None:  # fmt: skip
    with pytest.raises(InputError, match=reason) as caught:
        verify(asked(server, mode), DIGEST, roots=[authority.root.pem], nonce=NONCE, file="reply.tsr")
    assert str(caught.value).startswith("reply.tsr: timestamp: ") and "\n" not in str(caught.value)


@needs_openssl
def test_a_rejection_says_why(server: _Server) -> None:
    with pytest.raises(InputError, match=r"rejection.*algorithm is not accepted"):
        read_reply(asked(server, "rejected"))


# An authority that does not answer with a reply.


@pytest.mark.parametrize(
    ("mode", "reason"), [("html", "text/html"), ("500", "answered 500"), ("302", "answered 302"), ("huge", "more than")]
)
def test_something_else_than_a_reply_is_no_answer(server: _Server, mode: str, reason: str) -> None:
    with pytest.raises(SourceUnavailable, match=reason):
        asked(server, mode)


@pytest.mark.parametrize("mode", ["slow", "dripping"])
def test_a_slow_authority_is_given_up(server: _Server, mode: str) -> None:
    with pytest.raises(SourceUnavailable, match=r"no answer within|in time"):
        asked(server, mode, client_timeout=0.3)


def test_an_authority_that_is_not_there_is_said_to_be_so_without_its_password() -> None:
    with pytest.raises(SourceUnavailable, match="cannot be reached") as caught:
        ask("http://me:secret@127.0.0.1:1/", request(DIGEST, NONCE), client_timeout=2.0)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["ftp://example.org/", "example.org", "file:///etc/passwd", "", "http://[/", "http://"])
def test_what_is_no_url_of_an_authority_is_refused(url: str) -> None:
    with pytest.raises((InputError, SourceUnavailable)):
        ask(url, request(DIGEST, NONCE), client_timeout=1.0)


# Stamps in every way that is allowed.

RSA_KEY = rsa.generate_private_key(65537, 2048)


@pytest.mark.parametrize(
    ("key", "others"),
    [
        (ec.generate_private_key(ec.SECP384R1()), {"hash_name": "sha384"}), (ed25519.Ed25519PrivateKey.generate(), {}),
        (RSA_KEY, {}), (RSA_KEY, {"hash_name": "sha512"}), (RSA_KEY, {"pss": True}), (None, {"ess": "v1"}),
        (None, {"ess": "v2 sha512"}), (None, {"by_key": True}), (None, {"fraction": ".25"}),
    ],
)  # fmt: skip
def test_every_accepted_kind_of_signature_holds(key: Any, others: dict[str, Any]) -> None:
    signer = stamping("Authority", by=ROOT, key=key)
    found = verify(Forger(signer, DIGEST, **others).token(), DIGEST, roots=[ROOT.pem])
    fraction = timedelta(seconds=0.25) if "fraction" in others else timedelta()
    assert (found.time, found.timestamp.accuracy, found.timestamp.serial) == (TIME + fraction, 2.005, 77)


def test_the_certificate_may_come_with_the_roots_instead() -> None:
    token = Forger(SIGNER, DIGEST, inside=()).token()
    assert verify(token, DIGEST, roots=[SIGNER.pem]).root == "CN=Authority"
    with pytest.raises(InputError, match="add it to the given roots"):
        verify(token, DIGEST)
    assert read_reply(token).authority == f"certificate {SIGNER.certificate.serial_number:x}"


def test_certificates_are_found_in_any_order() -> None:
    between = issue("Between", by=ROOT, ca=True)
    signer = stamping("Below", by=between)
    pieces = [between.der, signer.der, ROOT.der]
    for turn in range(3):
        token = Forger(signer, DIGEST, inside=tuple(pieces[turn:] + pieces[:turn])).token()
        assert verify(token, DIGEST, roots=[ROOT.pem]).root == "CN=Root"


# Stamps that must not hold.


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ({"digest": hashlib.sha256(b"other").digest()}, "something else"), ({"version": 2}, "version"),
        ({"signed_digest": bytes(32)}, "not what was signed"),
        ({"content_type": "1.2.840.113549.1.7.1"}, "signs a time"),
        ({"ess": "none"}, "does not name the certificate"), ({"named": ROOT.der}, "names another certificate"),
        ({"named": ROOT.der, "ess": "v1"}, "names another certificate"), ({"hash_name": "sha1"}, "hash"),
        ({"hash_name": "md5"}, "hash"), ({"twice": True}, "twice"), ({"fraction": ".50"}, "a time is not"),
        ({"other_key": ec.generate_private_key(ec.SECP256R1())}, "not that of the certificate"),
        ({"other_key": RSA_KEY}, "not known here"), ({"extensions": b"\xa1\x00"}, "extensions"),
    ],
)  # fmt: skip
def test_a_token_with_a_wrong_field_does_not_hold(others: dict[str, Any], reason: str) -> None:
    fields = {"signer": SIGNER, "digest": DIGEST, **others}
    with pytest.raises(InputError, match=reason):
        verify(Forger(**fields).token(), DIGEST, roots=[ROOT.pem])
    with pytest.raises(InputError):
        verify(Forger(**fields).token(), DIGEST)


@needs_openssl
@pytest.mark.parametrize(
    "others",
    [{}, {"ess": "v1"}, {"ess": "v2 sha512"}, {"fraction": ".25"}, {"signed_digest": bytes(32)}, {"named": ROOT.der},
     {"ess": "none"}, {"digest": bytes(32)}, {"version": 2}, {"inside": ()},
     {"other_key": ec.generate_private_key(ec.SECP256R1())}],
)  # fmt: skip
def test_openssl_is_of_the_same_opinion(authority: Authority, others: dict[str, Any]) -> None:
    token = Forger(**{"signer": SIGNER, "digest": DIGEST, **others}).token()
    try:
        ours = verify(token, DIGEST, roots=[ROOT.pem]).checked
    except InputError:
        ours = False
    assert authority.confirms(token, DIGEST, root=ROOT, bare=True) == ours


@needs_openssl
@pytest.mark.parametrize(
    "others",
    [{}, {"purposes": [ExtendedKeyUsageOID.SERVER_AUTH]}, {"purposes": [ExtendedKeyUsageOID.TIME_STAMPING]},
     {"purposes": [ExtendedKeyUsageOID.TIME_STAMPING], "critical": False},
     {"purposes": [ExtendedKeyUsageOID.TIME_STAMPING], "valid": AGES_AGO}],
)  # fmt: skip
def test_openssl_judges_certificates_alike(authority: Authority, others: dict[str, Any]) -> None:
    signer = issue("Somebody", by=ROOT, **others)
    token = Forger(signer, DIGEST).token()
    try:
        ours = verify(token, DIGEST, roots=[ROOT.pem]).checked
    except InputError:
        ours = False
    assert authority.confirms(token, DIGEST, root=ROOT, bare=True) == ours


def test_a_token_has_one_signer() -> None:
    with pytest.raises(InputError, match="2 signers"):
        verify(Forger(SIGNER, DIGEST).token(signers=2), DIGEST)


@pytest.mark.parametrize(
    ("others", "reason"),
    [
        ({}, "names no purpose"), ({"purposes": [ExtendedKeyUsageOID.SERVER_AUTH]}, "for time stamps alone"),
        ({"purposes": [ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING]}, "for time stamps alone"),
        ({"purposes": [ExtendedKeyUsageOID.TIME_STAMPING], "critical": False}, "for time stamps alone"),
        ({"purposes": [ExtendedKeyUsageOID.TIME_STAMPING], "valid": AGES_AGO}, "was not valid at 2026-03-04"),
    ],
)  # fmt: skip
def test_a_certificate_that_is_not_for_stamping_then_proves_nothing(others: dict[str, Any], reason: str) -> None:
    signer = issue("Not for stamping", by=ROOT, **others)
    for roots in ([], [ROOT.pem], [signer.pem]):
        with pytest.raises(InputError, match=reason):
            verify(Forger(signer, DIGEST).token(), DIGEST, roots=roots)


@pytest.mark.parametrize(
    ("issuer", "reason"),
    [
        ({"ca": False}, "may not issue"), ({"ca": True, "valid": AGES_AGO}, "not valid at"),
        ({"ca": True, "purposes": [ExtendedKeyUsageOID.SERVER_AUTH]}, "for time stamps"),
        ({"ca": True, "strange": True}, "not understood"),
    ],
)  # fmt: skip
def test_an_issuer_that_may_not_issue_vouches_for_nobody(issuer: dict[str, Any], reason: str) -> None:
    between = issue("Between", by=ROOT, **issuer)
    signer = stamping("Below", by=between)
    token = Forger(signer, DIGEST, inside=(signer.der, between.der)).token()
    with pytest.raises(InputError, match=reason):
        verify(token, DIGEST, roots=[ROOT.pem])
    assert not verify(token, DIGEST).checked


def test_a_chain_longer_than_its_issuer_allows_vouches_for_nobody() -> None:
    upper = issue("Upper", by=ROOT, ca=True, path_length=0)
    lower = issue("Lower", by=upper, ca=True)
    signer = stamping("Below", by=lower)
    with pytest.raises(InputError, match="so far above"):
        verify(Forger(signer, DIGEST, inside=(signer.der, lower.der, upper.der)).token(), DIGEST, roots=[ROOT.pem])


def test_a_certificate_that_only_claims_its_issuer_stands_under_no_root() -> None:
    impostor = issue("Root", by=None, ca=True)  # the name of the root, another key
    signer = stamping("Authority", by=impostor)
    with pytest.raises(InputError, match="timestamp"):
        verify(Forger(signer, DIGEST, inside=(signer.der, impostor.der)).token(), DIGEST, roots=[ROOT.pem])


def test_certificates_that_issue_each_other_lead_nowhere() -> None:
    one = issue("One", by=None, ca=True)
    two = issue("Two", by=one, ca=True)
    back = issue("One", by=two, ca=True, key=one.key)
    signer = stamping("Below", by=back)
    with pytest.raises(InputError, match="no given root"):
        verify(Forger(signer, DIGEST, inside=(signer.der, back.der, two.der)).token(), DIGEST, roots=[ROOT.pem])


@pytest.mark.parametrize(("status", "words"), [(2, "too busy"), (3, ""), (9, "x\ny")])
def test_an_authority_that_refuses_is_quoted(status: int, words: str) -> None:
    with pytest.raises(InputError, match="the authority refused") as caught:
        read_reply(refused(status, words, b"\x00\x80"))
    assert "\n" not in str(caught.value) and "algorithm is not accepted" in str(caught.value)


# Whatever comes.


def holds_or_is_refused(data: bytes) -> None:
    for roots in ([], [ROOT.pem]):
        try:
            found = verify(data, DIGEST, roots=roots)
        except InputError as error:
            assert "\n" not in str(error)
        else:
            assert (found.time, found.timestamp.digest) == (TIME, DIGEST)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_no_changed_byte_changes_what_a_stamp_says() -> None:
    for i in range(len(GOOD)):
        holds_or_is_refused(GOOD[:i] + bytes([GOOD[i] ^ 0x01]) + GOOD[i + 1 :])
        holds_or_is_refused(GOOD[:i] + bytes([GOOD[i] ^ 0x80]) + GOOD[i + 1 :])


def test_no_piece_of_a_stamp_is_one() -> None:
    for i in range(len(GOOD)):
        for piece in (GOOD[:i], GOOD[i + 1 :]):
            with pytest.raises(InputError):
                read_reply(piece)
    with pytest.raises(InputError, match="more than it may"):
        read_reply(GOOD + b"\x00")


@given(st.binary(max_size=200) | st.binary(max_size=60).map(lambda b: b"\x30\x80" + b) | st.binary(max_size=99).map(
    lambda b: der.sequence(b)))  # fmt: skip
def test_arbitrary_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_reply(data)


@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.binary(max_size=12))
def test_a_stamp_with_a_piece_exchanged_holds_or_is_refused(at: int, gone: int, instead: bytes) -> None:
    holds_or_is_refused(GOOD[:at] + instead + GOOD[at + gone :])


@given(st.binary(min_size=32, max_size=32), st.none() | st.integers(0, 2**160 - 1))
def test_every_request_is_read_back(digest: bytes, nonce: int | None) -> None:
    fields = der.Fields(der.only(request(digest, nonce), der.SEQUENCE, "the request").body)
    parts = fields.all()
    assert parts[1].whole.endswith(der.octets(digest))
    assert ([der.number(parts[2])] if nonce is not None else []) == ([nonce] if nonce is not None else [])
    assert parts[-1].whole == b"\x01\x01\xff"


@given(st.integers(0, 2), st.integers(0, 39), st.lists(st.integers(0, 2**40), max_size=6))
def test_object_identifiers_are_read_back(first: int, second: int, rest: list[int]) -> None:
    dotted = ".".join(map(str, (first, second, *rest)))
    assert der.oid(der.only(der.object_id(dotted), der.OID, "it")) == dotted


@pytest.mark.parametrize(
    "data",
    [
        "3080",
        "0000",
        "30",
        "3081",
        "308100",
        "30810101",
        "3082000101",
        "3f0101",
        "308500000000010000",
        "30840100000000",
    ],
)
def test_lengths_are_those_of_der(data: str) -> None:
    with pytest.raises(ValueError, match=r"DER|early|belongs"):
        der.only(bytes.fromhex(data), der.SEQUENCE, "it")


@pytest.mark.parametrize("text", ["20260230050607Z", "20260304050607", "20260304050607.Z", "20260304050607.10Z", "x",
                                  "20260304050660Z", "00000304050607Z", "2026030405060٣Z"])  # fmt: skip
def test_a_time_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        der.moment(der.Element(0x18, text.encode(), b""))


def test_what_cannot_be_asked_is_refused() -> None:
    for digest, nonce in ((b"", 1), (bytes(20), 1), (bytes(32), -1), (bytes(32), 2**160)):
        with pytest.raises(InputError):
            request(digest, nonce)


def test_files_that_are_no_reply_are_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "big.tsr").write_bytes(GOOD + bytes(LARGEST_REPLY))
    (tmp_path / "text.tsr").write_text("not a reply", encoding="utf-8")
    for name in ("big.tsr", "text.tsr", "missing.tsr", "."):
        with pytest.raises(InputError, match=r"tsr|test_files") as caught:
            load_reply(tmp_path / name)
        assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize("pem", [b"", b"no certificate", GOOD, ROOT.pem[:-40]])
def test_roots_that_are_no_certificates_are_refused(pem: bytes) -> None:
    with pytest.raises(InputError, match="PEM"):
        verify(GOOD, DIGEST, roots=[pem])
