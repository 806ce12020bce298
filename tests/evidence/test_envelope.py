"""What is signed is what is read, in one spelling only."""

from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope as PeerEnvelope
from securesystemslib.signer import SSlibKey
from validation.tamper_scene import FIRST

from oberih.errors import InputError
from oberih.evidence.envelope import PAYLOAD_TYPE, Envelope, pre_authentication, read_envelope, write_envelope

PAYLOAD = b'{"id":"r1","kind":"event"}'
SIGNED = Envelope(PAYLOAD, FIRST.keyid, FIRST.private.sign(pre_authentication(PAYLOAD)))


def test_the_standards_own_example_is_met() -> None:
    """The ECDSA example of the DSSE protocol's test vectors: its bytes, its key, its signature."""
    message = pre_authentication(b"hello world", "http://example.com/HelloWorld")
    assert message == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    x = 46950820868899156662930047687818585632848591499744589407958293238635476079160
    y = 5640078356564379163099075877009565129882514886557779369047442380624545832820
    key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    raw = base64.b64decode("A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==")
    signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(signature, message, ec.ECDSA(hashes.SHA256()))


def test_another_implementation_verifies_our_envelope() -> None:
    key = SSlibKey(FIRST.keyid, "ed25519", "ed25519", {"public": FIRST.public.hex()})
    peer = PeerEnvelope.from_dict(json.loads(write_envelope(SIGNED)))
    assert (peer.payload, peer.payload_type) == (PAYLOAD, PAYLOAD_TYPE)
    assert list(peer.verify([key], threshold=1)) == [FIRST.keyid]


def test_lengths_are_signed_so_that_nothing_is_read_as_something_else() -> None:
    assert pre_authentication(b"b", "a b") != pre_authentication(b"b b", "a")
    assert pre_authentication(b"") == f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} 0 ".encode()


@given(st.binary(min_size=1, max_size=200), st.binary(min_size=64, max_size=64))
def test_an_envelope_is_read_back_the_same(payload: bytes, signature: bytes) -> None:
    envelope = Envelope(payload, FIRST.keyid, signature)
    assert read_envelope(write_envelope(envelope)) == envelope


@given(st.binary(max_size=300))
def test_any_bytes_are_an_envelope_or_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_envelope(data)


GOOD = write_envelope(SIGNED)
SPELLINGS = {
    "a blank": GOOD.replace(b'{"payload"', b'{ "payload"'),
    "a line feed": GOOD + b"\n",
    "another order of keys": json.dumps(dict(reversed(json.loads(GOOD).items())), separators=(",", ":")).encode(),
    "a second signature": GOOD.replace(b"]}", b',{"keyid":"","sig":""}]}'),
    "another type": GOOD.replace(b"record+json", b"other+json"),
    "a key's id in capitals": GOOD.replace(FIRST.keyid.encode(), FIRST.keyid.upper().encode()),
}


@pytest.mark.parametrize("how", [*SPELLINGS, "unused bits of base64"])
def test_another_spelling_of_the_same_is_refused(how: str) -> None:
    if how == "unused bits of base64":
        payload = base64.b64encode(b"1").decode()
        good = write_envelope(Envelope(b"1", FIRST.keyid, bytes(64)))
        changed = good.replace(payload.encode(), b"MR==")
        assert changed != good
    else:
        changed = SPELLINGS[how]
        assert changed != GOOD
    with pytest.raises(InputError):
        read_envelope(changed)
