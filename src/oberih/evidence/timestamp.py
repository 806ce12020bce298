"""Since when did this exist, as an authority outside says?

Time stamps of RFC 3161: an authority signs a digest together with its own time.  What existed then cannot
have been made later, whoever holds the log's keys.

Defines the nouns `Timestamp` (what a reply says) and `Stamped` (what of it was proven), and the verbs in the
order of their use: `request`, `ask`, `read_reply`, `load_reply`, `verify`.  A reply may be a whole answer
(TimeStampResp) or the bare token out of one (TimeStampToken); it is kept as it came.

Invariants: reading proves nothing; `verify` proves signature, digest and purpose always, and the authority
only against roots that the caller trusts, saying so where there are none; no clock is asked: certificates
must have been valid when the stamp was made, not today.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from oberih.errors import InputError, SourceUnavailable
from oberih.evidence import der
from oberih.evidence.authority import REFUSALS, may_stamp, name_of, root_above, verify_signed
from oberih.evidence.der import Fields
from oberih.evidence.stamp_token import (
    LARGEST_REPLY,
    TST_INFO,
    SignedParts,
    Timestamp,
    algorithm_of,
    hash_name,
    take_apart,
    what_it_says,
)
from oberih.far.deadline import Deadline, TooLate, present
from oberih.far.names import shown

if TYPE_CHECKING:
    import httpx

__all__ = ["LARGEST_REPLY", "Stamped", "Timestamp", "ask", "load_reply", "read_reply", "request", "verify"]

_SHA256 = "2.16.840.1.101.3.4.2.1"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_SIGNED_WITH, _SIGNED_WITH_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"


@dataclass(frozen=True)
class Stamped:
    """What a reply proves.

    Parameters
    ----------
    timestamp : Timestamp
    root : str or None
        Name of the trusted root above the authority; None where no roots were given.
    """

    timestamp: Timestamp
    root: str | None

    @property
    def time(self) -> datetime:
        """When it was stamped, UTC."""
        return self.timestamp.time

    @property
    def authority(self) -> str:
        """Who stamped it."""
        return self.timestamp.authority

    @property
    def checked(self) -> bool:
        """Whether the authority stands under a root that is trusted."""
        return self.root is not None

    @property
    def statement(self) -> str:
        """In words, who vouches for the time."""
        under = f"under {self.root}" if self.root is not None else "authority not checked"
        return f"signed by {self.authority}, {under}"


def request(digest: bytes, nonce: int | None) -> bytes:
    """Write the question to an authority (RFC 3161 § 2.4.1), asking for its certificate too.

    Parameters
    ----------
    digest : bytes
        SHA-256 of what is to be stamped.
    nonce : int or None
        A number not used before, at random; it ties the answer to this question.

    Raises
    ------
    InputError
        If the digest does not have 32 bytes, or the number is none.
    """
    if len(digest) != 32:
        raise InputError("is not a SHA-256 digest", field="digest", value=digest.hex()[:80])
    if nonce is not None and not 0 <= nonce < 2**160:
        raise InputError("is not a number of up to 160 bits", field="nonce", value=nonce)
    algorithm = der.sequence(der.object_id(_SHA256), b"\x05\x00")
    number = der.integer(nonce) if nonce is not None else b""
    return der.sequence(der.integer(1), der.sequence(algorithm, der.octets(digest)), number, b"\x01\x01\xff")


def ask(url: str, question: bytes, *, client_timeout: float, transport: httpx.BaseTransport | None = None) -> bytes:
    """Send a question to an authority (RFC 3161 § 3.4) and take its answer, as it came.

    Parameters
    ----------
    url : str
        Of the authority, ``https://`` or ``http://``.
    question : bytes
        As `request` writes it.
    client_timeout : float
        After which it is given up as a whole [s].
    transport : httpx.BaseTransport, optional
        How to reach it, where not as usual.

    Raises
    ------
    InputError
        If the URL is none.
    SourceUnavailable
        If there is no answer, a late one, an error, or something else than a reply.
    """
    import httpx  # here because it takes a tenth of a second to load, and most runs need no network

    from oberih.far.transport import Transport

    told = shown(url)
    if not url.startswith(("https://", "http://")):
        raise InputError("is not the URL of an authority", field="url", value=told, cure="as https://host/path")
    headers = {
        "Content-Type": "application/timestamp-query",
        "Accept": "application/timestamp-reply",
        "Accept-Encoding": "identity",
    }
    try:
        with (
            Deadline.within(client_timeout).held(),
            httpx.Client(transport=transport or Transport(at_once=1), timeout=client_timeout) as client,
            client.stream("POST", url, content=question, headers=headers) as answer,
        ):
            return _answered(told, answer)
    except (httpx.InvalidURL, UnicodeError) as error:
        raise InputError("is not a URL", field="url", value=told) from error
    except (httpx.TimeoutException, TooLate) as error:
        raise SourceUnavailable(f"{told}: no answer within {client_timeout:g} s; nothing was stored") from error
    except httpx.HTTPError as error:
        reason = str(error) or type(error).__name__
        raise SourceUnavailable(
            f"{told}: cannot be reached ({' '.join(reason.split())}); nothing was stored"
        ) from error


def _answered(url: str, answer: httpx.Response) -> bytes:
    if answer.status_code != 200:
        raise SourceUnavailable(f"{url}: answered {answer.status_code}, not with a timestamp; nothing was stored")
    kind = answer.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/timestamp-reply":
        raise SourceUnavailable(f"{url}: answered with {kind or 'no type'}, not a timestamp reply; nothing was stored")
    data = b""
    for part in answer.iter_raw():  # unpacked by nobody: a reply is small
        data += part
        if len(data) > LARGEST_REPLY:
            raise SourceUnavailable(f"{url}: answered with more than {LARGEST_REPLY} bytes; nothing was stored")
        present().left()
    return data


def load_reply(path: Path) -> bytes:
    """Read a reply that was brought in as a file, and make sure that it is one.

    Raises
    ------
    InputError
        If the file cannot be read, or as `read_reply`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_REPLY + 1)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error
    read_reply(data, file=path)
    return data


def read_reply(data: bytes, *, file: object = None) -> Timestamp:
    """Read what a reply says; nothing is proven by that.

    Parameters
    ----------
    data : bytes
        A whole answer or a bare token, DER.
    file : optional
        Named when it is refused.

    Raises
    ------
    InputError
        If it is none, or the authority refused.
    """
    try:
        signed = take_apart(data)
        signer = _signer(signed, _certificates(signed.certificates))
        return what_it_says(signed, _authority(signed, signer))
    except REFUSALS as error:
        raise _refusal(error, file) from error


def verify(
    reply: bytes, digest: bytes, *, roots: Sequence[bytes] = (), nonce: int | None = None, file: object = None
) -> Stamped:  # fmt: skip
    """Make sure that a reply is an authority's stamp on this digest.

    Parameters
    ----------
    reply : bytes
        A whole answer or a bare token, DER.
    digest : bytes
        SHA-256 of what was stamped.
    roots : sequence of bytes
        Certificates that are trusted, PEM, one or more in each; without any, it is not checked whose
        certificate signed.
    nonce : int or None
        That of the request; None where it is not known any more.
    file : optional
        Named when it is refused.

    Returns
    -------
    Stamped

    Raises
    ------
    InputError
        If it is not, with the reason.

    Notes
    -----
    RFC 3161 § 2.4.2 and appendix B, RFC 5652 § 5.4 (the signature covers attributes that hold the content's
    digest and type), RFC 5816 (the attributes name the certificate by its hash).
    """
    trusted = _read_roots(roots)
    try:
        signed = take_apart(reply)
        known = _certificates(signed.certificates)
        signer = _signer(signed, [*known, *trusted])
        stamp = what_it_says(signed, _authority(signed, signer))
        _check_asked(stamp, digest, nonce)
        if signer is None:
            raise ValueError("the certificate that signed it is not in it; add it to the given roots")
        _check_signature(signed, signer)
        may_stamp(signer, stamp.time)
        root = root_above(signer, known=known, roots=trusted, at=stamp.time) if trusted else None
    except REFUSALS as error:
        raise _refusal(error, file) from error
    return Stamped(stamp, name_of(root.subject) if root is not None else None)


def _refusal(error: Exception, file: object) -> InputError:
    reason = str(error) if isinstance(error, ValueError) and str(error) else "its certificates cannot be read"
    return InputError(f"is not a timestamp that holds: {reason}", file=file, field="timestamp")


# proving


def _read_roots(roots: Sequence[bytes]) -> list[x509.Certificate]:
    found = []
    for pem in roots:
        try:
            found += x509.load_pem_x509_certificates(pem)
        except REFUSALS as error:
            raise InputError(
                "is not a certificate in PEM", field="roots", cure="as the authority publishes it"
            ) from error
    return found


def _certificates(inside: Sequence[bytes]) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(data) for data in inside]


def _signer(signed: SignedParts, certificates: Sequence[x509.Certificate]) -> x509.Certificate | None:
    """The certificate that the signer's name points to."""
    for certificate in certificates:
        if isinstance(signed.named, tuple):
            if (certificate.issuer.public_bytes(), certificate.serial_number) == signed.named:
                return certificate
        else:
            keys = [e.value for e in certificate.extensions if isinstance(e.value, x509.SubjectKeyIdentifier)]
            if any(key.digest == signed.named for key in keys):
                return certificate
    return None


def _authority(signed: SignedParts, signer: x509.Certificate | None) -> str:
    if signer is not None:
        return name_of(signer.subject)
    named = signed.named
    return f"certificate {named[1]:x}" if isinstance(named, tuple) else f"key {named.hex()[:80]}"


def _check_asked(stamp: Timestamp, digest: bytes, nonce: int | None) -> None:
    if stamp.digest_algorithm != "sha256" or not compare_digest(stamp.digest, digest):
        raise ValueError(f"it stamps something else ({stamp.digest_algorithm} {stamp.digest.hex()[:16]}…)")
    if nonce is not None and stamp.nonce != nonce:
        raise ValueError("it answers another request (the nonce is not the one that was sent)")


def _check_signature(signed: SignedParts, signer: x509.Certificate) -> None:
    """Content → attributes → signature → certificate, each tied to the next."""
    kind, digest = signed.values.get(_CONTENT_TYPE), signed.values.get(_MESSAGE_DIGEST)
    if kind is None or kind.tag != der.OID or der.oid(kind) != TST_INFO:
        raise ValueError("its signature does not say that it signs a time")
    if signed.digest not in ("sha256", "sha384", "sha512"):
        raise ValueError(f"it is signed with a hash that is not accepted ({signed.digest})")
    made = hashlib.new(signed.digest, signed.content).digest()
    if digest is None or digest.tag != der.OCTET_STRING or not compare_digest(digest.body, made):
        raise ValueError("what it says is not what was signed")
    _check_named(signed, signer)
    verify_signed(
        signer, signed.signature, signed.attributes, algorithm=signed.algorithm, digest=signed.digest,
        pss_hash=signed.pss_hash,
    )  # fmt: skip


def _check_named(signed: SignedParts, signer: x509.Certificate) -> None:
    """Make sure that the signed attributes name the certificate by its hash (RFC 2634 § 5.4, RFC 5816)."""
    whole, checked = signer.public_bytes(Encoding.DER), 0
    for attribute, default in ((_SIGNED_WITH, "sha1"), (_SIGNED_WITH_V2, "sha256")):
        value = signed.values.get(attribute)
        if value is None:
            continue
        listed = Fields(Fields(value.body).take(der.SEQUENCE, "the certificate's hash").body)
        first = Fields(listed.take(der.SEQUENCE, "the certificate's hash").body)
        if attribute == _SIGNED_WITH_V2 and first.peek() == der.SEQUENCE:
            name, _ = algorithm_of(first, "the hash")
            default = hash_name(name)
        if default not in ("sha1", "sha256", "sha384", "sha512"):
            raise ValueError(f"it names its certificate by a hash that is not known here ({default})")
        said = first.take(der.OCTET_STRING, "the certificate's hash").body
        if not compare_digest(said, hashlib.new(default, whole).digest()):
            raise ValueError("it names another certificate than the one that signed")
        checked += 1
    if not checked:
        raise ValueError("its signature does not name the certificate that made it")
