"""May this certificate speak for a time-stamping authority, and did it sign this?

What `oberih.evidence.timestamp` needs of certificates (X.509, RFC 5280): whether one may stamp time
(RFC 3161 § 2.3), whether a chain leads from it to a root that somebody trusts, and whether a
signature is its own.  `cryptography` reads the certificates and does the arithmetic.

Does not ask whether a certificate was revoked: that needs the network, and what was signed before
a revocation stands.  Signatures with SHA-1 or MD5 are refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

__all__ = ["REFUSALS", "may_stamp", "name_of", "root_above", "verify_signed"]

REFUSALS = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension,
            x509.UnsupportedGeneralNameType, x509.ExtensionNotFound, OverflowError)  # fmt: skip
"""What `cryptography` raises over certificates that are none, or hold what it does not know."""

LONGEST_CHAIN = 8
"""Certificates between a stamp and its root."""

_UNDERSTOOD = {ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE,
               ExtensionOID.CERTIFICATE_POLICIES}  # fmt: skip

_RSA, _RSA_PSS, _EC, _ED25519 = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.10045.2.1", "1.3.101.112"
_WITH_HASH: dict[str, tuple[str, type[hashes.HashAlgorithm]]] = {
    "1.2.840.113549.1.1.11": (_RSA, hashes.SHA256), "1.2.840.113549.1.1.12": (_RSA, hashes.SHA384),
    "1.2.840.113549.1.1.13": (_RSA, hashes.SHA512), "1.2.840.10045.4.3.2": (_EC, hashes.SHA256),
    "1.2.840.10045.4.3.3": (_EC, hashes.SHA384), "1.2.840.10045.4.3.4": (_EC, hashes.SHA512),
}  # fmt: skip
"""Signature algorithms that name their hash (RFC 8017, RFC 5758)."""

_E = TypeVar("_E", bound=x509.ExtensionType)

_HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512,
}  # fmt: skip


def name_of(name: x509.Name) -> str:
    """Write the name on a certificate as one line.

    Examples
    --------
    >>> name_of(x509.Name.from_rfc4514_string("CN=Stamp,O=Authority"))
    'CN=Stamp,O=Authority'
    """
    return " ".join(name.rfc4514_string().split())[:400]


def may_stamp(certificate: x509.Certificate, at: datetime) -> None:
    """Make sure that a certificate was made for stamping time, and was valid then.

    Parameters
    ----------
    certificate : x509.Certificate
    at : datetime
        UTC.

    Raises
    ------
    ValueError
        If it was not: its purpose must be critical and no other (RFC 3161 § 2.3).
    """
    try:
        purpose = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound as error:
        raise ValueError("the certificate that signed it is not one for time stamps (it names no purpose)") from error
    if not purpose.critical or list(purpose.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise ValueError("the certificate that signed it is not one for time stamps alone")
    usage = _extension(certificate, x509.KeyUsage)
    if usage is not None and not (usage.digital_signature or usage.content_commitment):
        raise ValueError("the certificate that signed it may not sign")
    _check_valid(certificate, at)


def root_above(
    certificate: x509.Certificate, *, known: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], at: datetime
) -> x509.Certificate:  # fmt: skip
    """Find a root under which a certificate stands.

    Parameters
    ----------
    certificate : x509.Certificate
    known : sequence of x509.Certificate
        That may stand between; trusted by nobody.
    roots : sequence of x509.Certificate
        Trusted; one of them may be the certificate itself.
    at : datetime
        When all must have been valid, UTC.

    Raises
    ------
    ValueError
        If there is none, with the reason where an issuer was found and refused.
    """
    reasons: list[str] = []
    chain = [certificate]
    found = _climb(chain, known=known, roots=roots, at=at, reasons=reasons)
    if found is None:
        raise ValueError(reasons[0] if reasons else f"no given root stands above {name_of(certificate.subject)}")
    return found


def _climb(
    chain: list[x509.Certificate], *, known: Sequence[x509.Certificate], roots: Sequence[x509.Certificate],
    at: datetime, reasons: list[str],
) -> x509.Certificate | None:  # fmt: skip
    last = chain[-1]
    if last in roots:
        return last
    if len(chain) >= LONGEST_CHAIN:
        return None
    for issuer in [*roots, *(c for c in known if c not in roots)]:
        if issuer.subject != last.issuer or issuer in chain:
            continue
        try:
            last.verify_directly_issued_by(issuer)
            _check_issuer(issuer, below=len(chain) - 1, at=at)
        except REFUSALS as error:
            reasons.append(str(error) or f"{name_of(issuer.subject)} did not sign {name_of(last.subject)}")
            continue
        found = _climb([*chain, issuer], known=known, roots=roots, at=at, reasons=reasons)
        if found is not None:
            return found
    return None


def _check_issuer(issuer: x509.Certificate, *, below: int, at: datetime) -> None:
    """Refuse what may not issue certificates (RFC 5280 § 6.1.4); ``below``: issuers between it and the stamp."""
    name = name_of(issuer.subject)
    limits, usage = _extension(issuer, x509.BasicConstraints), _extension(issuer, x509.KeyUsage)
    purposes = _extension(issuer, x509.ExtendedKeyUsage)
    if limits is None or not limits.ca or (usage is not None and not usage.key_cert_sign):
        raise ValueError(f"{name} may not issue certificates")
    if limits.path_length is not None and limits.path_length < below:
        raise ValueError(f"{name} may not stand so far above")
    if purposes is not None and not {ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE} & {
        *purposes
    }:
        raise ValueError(f"{name} may not issue certificates for time stamps")
    strange = [e.oid.dotted_string for e in issuer.extensions if e.critical and e.oid not in _UNDERSTOOD]
    if strange:
        raise ValueError(f"{name} asks for a limit that is not understood here ({strange[0]})")
    _check_valid(issuer, at)


def _check_valid(certificate: x509.Certificate, at: datetime) -> None:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if not begin <= at <= end:
        raise ValueError(
            f"the certificate of {name_of(certificate.subject)} was not valid at {at:%Y-%m-%dT%H:%M:%SZ}"
            f" (from {begin:%Y-%m-%d} to {end:%Y-%m-%d})"
        )


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def verify_signed(
    certificate: x509.Certificate, signature: bytes, data: bytes, *, algorithm: str, digest: str, pss_hash: str | None
) -> None:  # fmt: skip
    """Make sure that a certificate's key signed these bytes.

    Parameters
    ----------
    certificate : x509.Certificate
    signature, data : bytes
    algorithm : str
        Of the signature, as object identifier.
    digest : str
        Name of the hash where the algorithm names none: ``sha256``, ``sha384`` or ``sha512``.
    pss_hash : str or None
        Name of the hash where the algorithm is RSASSA-PSS.

    Raises
    ------
    ValueError
        If it did not, or with an algorithm that is not known here.
    """
    family, known = _WITH_HASH.get(algorithm, (algorithm, _HASHES.get(pss_hash or digest)))
    key = certificate.public_key()
    try:
        if family == _ED25519 and isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, data)
        elif known is None:
            raise ValueError(f"it is signed with a hash that is not accepted ({digest})")
        elif family == _RSA and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), known())
        elif family == _RSA_PSS and isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PSS(padding.MGF1(known()), padding.PSS.AUTO), known())
        elif family == _EC and isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(known()))
        else:
            raise ValueError(f"it is signed in a way that is not known here ({algorithm})")
    except InvalidSignature as error:
        raise ValueError("its signature is not that of the certificate: it was changed, or is another's") from error
