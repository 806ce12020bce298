"""Who signed these bytes, and as what?

DSSE, the Dead Simple Signing Envelope (protocol v1.0.2): the signature covers the payload's type
and the payload, each with its length, so that nothing can be read as something else.  One Ed25519
signature an envelope.

An envelope is written in one form only (canonical JSON, standard base64), and read strictly back:
an envelope whose bytes are another spelling of the same content is refused, since its hash would
be another one.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from oberih.errors import InputError

__all__ = ["PAYLOAD_TYPE", "Envelope", "pre_authentication", "read_envelope", "write_envelope"]

PAYLOAD_TYPE = "application/vnd.oberih.record+json"
"""Of a record: canonical JSON (RFC 8785)."""

_FORM = re.compile(
    rb'\{"payload":"(?P<payload>[A-Za-z0-9+/]+={0,2})","payloadType":"application/vnd\.oberih\.record\+json",'
    rb'"signatures":\[\{"keyid":"(?P<keyid>[0-9a-f]{64})","sig":"(?P<sig>[A-Za-z0-9+/]+={0,2})"\}\]\}'
)
_HEAD = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} ".encode()


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload and its signature.

    Parameters
    ----------
    payload : bytes
    keyid : str
        SHA-256 of the public key, hexadecimal: a hint which key to try, no proof of anything.
    signature : bytes
        Ed25519 over `pre_authentication` of the payload.
    """

    payload: bytes
    keyid: str
    signature: bytes


def pre_authentication(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """Return the bytes that are signed.

    Notes
    -----
    PAE(type, body) = "DSSEv1" SP LEN(type) SP type SP LEN(body) SP body; DSSE protocol, "Signature Definition".

    Examples
    --------
    >>> pre_authentication(b"hello world", "http://example.com/HelloWorld")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    if payload_type == PAYLOAD_TYPE:
        return b"%b%d %b" % (_HEAD, len(payload), payload)
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def write_envelope(envelope: Envelope) -> bytes:
    """Write an envelope as canonical JSON: its own bytes, and the leaf of the log."""
    payload, signature = binascii.b2a_base64(envelope.payload, newline=False), base64.b64encode(envelope.signature)
    return (
        b'{"payload":"%b","payloadType":"application/vnd.oberih.record+json",'
        b'"signatures":[{"keyid":"%b","sig":"%b"}]}' % (payload, envelope.keyid.encode(), signature)
    )


def read_envelope(data: bytes, *, file: object = None) -> Envelope:
    """Read an envelope, in the one form that `write_envelope` gives it.

    Raises
    ------
    InputError
        If it is no envelope, of another type, or another spelling of one.
    """
    match = _FORM.fullmatch(data)
    if match is None:
        raise InputError(
            "is not a signed envelope", file=file, field="envelope", cure="it was changed, or is no record"
        )
    try:
        found = Envelope(
            base64.b64decode(match["payload"], validate=True), match["keyid"].decode(),
            base64.b64decode(match["sig"], validate=True),
        )  # fmt: skip
    except binascii.Error as error:
        raise InputError("is not base64", file=file, field="envelope", cure="it was changed") from error
    if write_envelope(found) != data:
        raise InputError("is not spelt as the log writes it", file=file, field="envelope", cure="it was changed")
    return found
