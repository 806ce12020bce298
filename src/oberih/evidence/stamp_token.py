"""What does a reply of a time-stamping authority consist of?

Takes an answer (TimeStampResp) or the bare token out of one (TimeStampToken) apart: RFC 3161 § 2.4.2, and
RFC 5652 § 5 for the signed data around it.  Defines the nouns `Timestamp` (what it says) and `SignedParts` (what
its signature is made of).

Invariants: nothing here is proven, that is `oberih.evidence.timestamp`'s; bytes that are signed are handed on as
they stood; the order of certificates in a token is free, as authorities write it; whatever is wrong is a
``ValueError`` that says what was expected.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from oberih.evidence import der
from oberih.evidence.der import Element, Fields

__all__ = [
    "LARGEST_REPLY",
    "TST_INFO",
    "SignedParts",
    "Timestamp",
    "algorithm_of",
    "hash_name",
    "take_apart",
    "what_it_says",
]

LARGEST_REPLY = 1_000_000
"""Bytes of a reply; openssl's have 700 to 2,500, by key and certificates."""

TST_INFO = "1.2.840.113549.1.9.16.1.4"
"""Content type of a token: it signs a time (RFC 3161 § 2.4.2)."""

_MOST_CERTIFICATES = 32
_SHA256 = "2.16.840.1.101.3.4.2.1"
_HASHES = {_SHA256: "sha256", "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512",
           "1.3.14.3.2.26": "sha1"}  # fmt: skip
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_STATUS = ("granted", "granted with changes", "rejection", "waiting", "revocation warning", "revocation notification")
_FAILURES = {0: "the algorithm is not accepted", 2: "the request is not accepted", 5: "the request was not understood",
             14: "its clock is not available", 15: "the policy is not accepted", 16: "an extension is not accepted",
             17: "further information is not available", 25: "its system failed"}  # fmt: skip


@dataclass(frozen=True)
class Timestamp:
    """What a reply says, unproven.

    Parameters
    ----------
    time : datetime
        When it was stamped, UTC.
    digest : bytes
        Of what was stamped.
    digest_algorithm : str
        As ``sha256``; an object identifier where it is another.
    authority : str
        Name on the certificate that signed, or what names that certificate where the reply does not hold it.
    serial : int
        Of the stamp.
    policy : str
        Object identifier of the authority's rules.
    accuracy : float or None
        How far off its time may be [s]; None where it does not say.
    nonce : int or None
        The request's number, sent back.
    """

    time: datetime
    digest: bytes
    digest_algorithm: str
    authority: str
    serial: int
    policy: str
    accuracy: float | None
    nonce: int | None


@dataclass(frozen=True)
class SignedParts:
    """The parts of a token that its signature is made of.

    Parameters
    ----------
    content : bytes
        TSTInfo: what was signed.
    attributes : bytes
        The signed attributes, as the set that was signed.
    values : dict
        Those that have one value, by type.
    digest : str
        Name of the hash over the content; an object identifier where it is another than the usual.
    algorithm : str
        Of the signature, as object identifier.
    pss_hash : str or None
        Name of the hash where that is RSASSA-PSS.
    signature : bytes
    named : (bytes, int) or bytes
        The certificate that signed: its issuer's name (DER) and its number, or its key's identifier.
    certificates : tuple of bytes
        Those that the token holds, DER.
    """

    content: bytes
    attributes: bytes
    values: dict[str, Element]
    digest: str
    algorithm: str
    pss_hash: str | None
    signature: bytes
    named: tuple[bytes, int] | bytes
    certificates: tuple[bytes, ...] = field(repr=False)


def take_apart(data: bytes) -> SignedParts:
    """Take an answer or a bare token apart.

    Raises
    ------
    ValueError
        If it is none, is larger than one may be, or the authority refused.
    """
    if len(data) > LARGEST_REPLY:
        raise ValueError(f"it is larger than {LARGEST_REPLY} bytes")
    outer = Fields(der.only(data, der.SEQUENCE, "a reply").body)
    if outer.peek() == der.SEQUENCE:
        _check_granted(outer.next())
        token = outer.take(der.SEQUENCE, "the token")
        outer.end("the reply")
        outer = Fields(token.body)
    _expect(outer, _SIGNED_DATA, "it is not signed data")
    signed = Fields(_explicit(outer, 0xA0, "the signed data").take(der.SEQUENCE, "the signed data").body)
    outer.end("the token")
    der.number(signed.take(der.INTEGER, "the version"))
    signed.take(der.SET, "the list of digests")
    inner = Fields(signed.take(der.SEQUENCE, "what is signed").body)
    _expect(inner, TST_INFO, "it signs something else than a time")
    content = _explicit(inner, 0xA0, "what is signed").take(der.OCTET_STRING, "what is signed").body
    certificates = signed.maybe(0xA0)
    signed.maybe(0xA1)  # lists of revoked certificates, not used
    signers = Fields(signed.take(der.SET, "the list of signers").body).all()
    if len(signers) != 1 or signers[0].tag != der.SEQUENCE:
        raise ValueError(f"it has {len(signers)} signers, not one")
    inside = [e.whole for e in Fields(certificates.body).all() if e.tag == der.SEQUENCE] if certificates else []
    if len(inside) > _MOST_CERTIFICATES:
        raise ValueError(f"it has more than {_MOST_CERTIFICATES} certificates")
    return _signer_info(Fields(signers[0].body), content, tuple(inside))


def _signer_info(info: Fields, content: bytes, certificates: tuple[bytes, ...]) -> SignedParts:
    """Read who signed it and how (RFC 5652 § 5.3)."""
    der.number(info.take(der.INTEGER, "the signer's version"))
    key = info.maybe(0x80)
    named: tuple[bytes, int] | bytes
    if key is not None:
        named = key.body
    else:
        who = Fields(info.take(der.SEQUENCE, "the signer").body)
        named = who.take(der.SEQUENCE, "the signer's issuer").whole, der.number(who.take(der.INTEGER, "its number"))
    digest, _ = algorithm_of(info, "the digest's algorithm")
    attributes = info.take(0xA0, "the signed attributes")
    algorithm, parameters = algorithm_of(info, "the signature's algorithm")
    signature = info.take(der.OCTET_STRING, "the signature").body
    return SignedParts(
        content=content, attributes=bytes([der.SET]) + attributes.whole[1:], values=_values(attributes.body),
        digest=hash_name(digest), algorithm=algorithm, pss_hash=_pss_hash(parameters), signature=signature,
        named=named, certificates=certificates,
    )  # fmt: skip


def _values(attributes: bytes) -> dict[str, Element]:
    """Attributes that have one value, by type; each may be there once."""
    found: dict[str, Element] = {}
    for attribute in Fields(attributes).all():
        fields = Fields(attribute.body)
        name = der.oid(fields.take(der.OID, "an attribute"))
        values = Fields(fields.take(der.SET, "the attribute's value").body).all()
        if name in found:
            raise ValueError(f"the attribute {name} is there twice")
        if len(values) == 1:
            found[name] = values[0]
    return found


def what_it_says(signed: SignedParts, authority: str) -> Timestamp:
    """Read what was signed: TSTInfo (RFC 3161 § 2.4.2).

    Parameters
    ----------
    signed : SignedParts
    authority : str
        Name of who signed.

    Raises
    ------
    ValueError
        If it is no TSTInfo, or one of another version.
    """
    info = Fields(der.only(signed.content, der.SEQUENCE, "the time").body)
    if der.number(info.take(der.INTEGER, "the version")) != 1:
        raise ValueError("it is of a version that is not known here")
    policy = der.oid(info.take(der.OID, "the policy"))
    imprint = Fields(info.take(der.SEQUENCE, "the digest").body)
    algorithm, _ = algorithm_of(imprint, "the digest's algorithm")
    digest = imprint.take(der.OCTET_STRING, "the digest").body
    serial = der.number(info.take(der.INTEGER, "the number of the stamp"))
    time = der.moment(info.take(der.GENERALIZED_TIME, "the time"))
    accuracy = info.maybe(der.SEQUENCE)
    info.maybe(der.BOOLEAN)  # whether its stamps can be put in order by time alone
    nonce = info.maybe(der.INTEGER)
    info.maybe(0xA0)  # the authority's name, once more
    if info.maybe(0xA1) is not None:
        raise ValueError("it has extensions that are not known here")
    info.end("the time")
    return Timestamp(
        time=time, digest=digest, digest_algorithm=hash_name(algorithm), policy=policy, serial=serial,
        authority=authority,
        accuracy=_seconds(accuracy.body) if accuracy is not None else None,
        nonce=der.number(nonce) if nonce is not None else None,
    )  # fmt: skip


def _seconds(accuracy: bytes) -> float:
    fields, total = Fields(accuracy), 0.0
    for tag, unit in ((der.INTEGER, 1.0), (0x80, 1e-3), (0x81, 1e-6)):
        part = fields.maybe(tag)
        if part is not None:
            total += unit * _bounded(der.number(part))
    fields.end("the accuracy")
    return total


def _bounded(value: int) -> int:
    if not 0 <= value < 2**31:
        raise ValueError("its accuracy is no length of time")
    return value


def _check_granted(status: Element) -> None:
    """Refuse a reply in which the authority says no (RFC 3161 § 2.4.2, PKIStatusInfo)."""
    fields = Fields(status.body)
    number = der.number(fields.take(der.INTEGER, "the status"))
    if number in (0, 1):
        return
    words = [_STATUS[number] if 0 < number < len(_STATUS) else f"status {number}"]
    said = fields.maybe(der.SEQUENCE)
    if said is not None:
        words += [e.body.decode("utf-8", "replace")[:200] for e in Fields(said.body).all()]
    why = fields.maybe(der.BIT_STRING)
    if why is not None:
        bits = [8 * i + bit for i, byte in enumerate(why.body[1:]) for bit in range(8) if byte & 0x80 >> bit]
        words += [_FAILURES.get(bit, f"reason {bit}") for bit in bits]
    raise ValueError(f"the authority refused ({'; '.join(words)})")


def _expect(fields: Fields, wanted: str, otherwise: str) -> None:
    if der.oid(fields.take(der.OID, "the type")) != wanted:
        raise ValueError(otherwise)


def _explicit(fields: Fields, tag: int, what: str) -> Fields:
    inner = fields.take(tag, what)
    der.only(inner.body, inner.body[0] if inner.body else 0, what)
    return Fields(inner.body)


def hash_name(oid: str) -> str:
    """Name of a hash as `hashlib` has it; the object identifier itself where it is not a usual one."""
    return _HASHES.get(oid, oid)


def algorithm_of(fields: Fields, what: str) -> tuple[str, Element | None]:
    """Take the next field, an AlgorithmIdentifier: its object identifier and parameters."""
    inner = Fields(fields.take(der.SEQUENCE, what).body)
    name = der.oid(inner.take(der.OID, what))
    return name, inner.next() if inner.left else None


def _pss_hash(parameters: Element | None) -> str | None:
    """Hash named by the parameters of RSASSA-PSS (RFC 8017, A.2.3); without one it is SHA-1, which is not accepted."""
    if parameters is None or parameters.tag != der.SEQUENCE:
        return None
    fields = Fields(parameters.body)
    if fields.peek() != 0xA0:
        return "sha1"
    name, _ = algorithm_of(Fields(fields.next().body), "the hash")
    return hash_name(name)
