"""With which key is it signed, and where does the key come from?

Defines the noun `Signer`: an Ed25519 private key (RFC 8032) and the name of its public half.  The
private key comes from a PKCS#8 file, encrypted with a passphrase or not, or from PKCS#8 text in
the environment; it is never logged, shown or put into a record.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from oberih.errors import InputError
from oberih.evidence.keep import force_folder, store_error

__all__ = ["Signer", "keyid_of", "load_signer", "new_key_file", "public_key", "read_signer"]

_RAW = serialization.Encoding.Raw
_LONGEST_KEY_FILE = 65536
_OF_SMALL_ORDER = {
    bytes.fromhex(y)
    for y in (
        "00" * 32, "01" + "00" * 31, "ec" + "ff" * 30 + "7f", "ed" + "ff" * 30 + "7f", "ee" + "ff" * 30 + "7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    )
}  # fmt: skip
"""Encodings, without the sign, of the eight points of edwards25519 whose order divides 8 (RFC 8032 § 5.1.7 leaves
them in)."""


def keyid_of(public: bytes) -> str:
    """Name of a public key: SHA-256 of its 32 bytes, hexadecimal.

    Examples
    --------
    >>> keyid_of(bytes(32))[:12]
    '66687aadf862'
    """
    return hashlib.sha256(public).hexdigest()


def public_key(raw: bytes, *, file: object = None) -> Ed25519PublicKey:
    """Read a public key from its 32 bytes.

    Raises
    ------
    InputError
        If they are no Ed25519 public key, or one under which anybody can sign.
    """
    if raw[:31] + bytes(b & 0x7F for b in raw[31:]) in _OF_SMALL_ORDER:
        raise InputError(
            "is a key under which anybody can sign (a point of small order)", file=file, field="public key"
        )
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except ValueError as error:
        raise InputError("is not an Ed25519 public key (32 bytes)", file=file, field="public key") from error


@dataclass(frozen=True)
class Signer:
    """Somebody's key.

    Parameters
    ----------
    private : Ed25519PrivateKey
        Not shown by ``repr``.
    name : str
        Of its holder or role, as it stands in the log.
    """

    private: Ed25519PrivateKey = field(repr=False)
    name: str

    @property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self.private.public_key().public_bytes(_RAW, serialization.PublicFormat.Raw)

    @property
    def keyid(self) -> str:
        """Name of the public key."""
        return keyid_of(self.public)


def read_signer(pem: bytes, *, name: str, passphrase: bytes | None, file: object) -> Signer:
    """Read a private key from PKCS#8 in PEM.

    Raises
    ------
    InputError
        If it is no such key, not Ed25519, or the passphrase is missing or wrong.
    """
    try:
        key = serialization.load_pem_private_key(pem, password=passphrase)
    except TypeError as error:
        if passphrase is None:
            cure = "give it in OBERIH_KEY_PASSPHRASE, or a file that holds it in OBERIH_KEY_PASSPHRASE_FILE"
            raise InputError("is encrypted and the passphrase is missing", file=file, field="key", cure=cure) from error
        key = serialization.load_pem_private_key(pem, password=None)  # a passphrase for a key that has none
    except ValueError as error:
        reason = "cannot be read" + (" with this passphrase" if b"ENCRYPTED" in pem else " as PKCS#8 in PEM")
        raise InputError(reason, file=file, field="key", cure="check the passphrase and the file") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError("is not an Ed25519 key", file=file, field="key", value=type(key).__name__)
    return Signer(key, name)


def load_signer(path: Path, *, name: str, passphrase: bytes | None) -> Signer:
    """Read a private key from a file.

    Raises
    ------
    InputError
        If the file cannot be read, or as `read_signer`.
    """
    try:
        with path.open("rb") as file:
            pem = file.read(_LONGEST_KEY_FILE)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path, field="key") from error
    return read_signer(pem, name=name, passphrase=passphrase, file=path)


def new_key_file(path: Path, *, name: str, passphrase: bytes | None) -> Signer:
    """Make a key and keep it in a file that its owner alone can read.

    Where another process makes the same file at the same moment, the first one's key is taken by both.

    Parameters
    ----------
    path : Path
    name : str
        Of the holder or role.
    passphrase : bytes or None
        With which the file is encrypted; None leaves it to the file's rights.

    Raises
    ------
    StoreFull, StoreError
        If it cannot be written.
    InputError
        As `load_signer`, where a file is there already.
    """
    private = Ed25519PrivateKey.generate()
    scheme: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        scheme = serialization.BestAvailableEncryption(passphrase)
    pem = private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, scheme)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=".key.", dir=path.parent)  # readable by its owner only
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            os.link(beside, path)  # fails where one is there: a key is never overwritten
            force_folder(path.parent)
        finally:
            os.unlink(beside)
    except FileExistsError:
        return load_signer(path, name=name, passphrase=passphrase)
    except OSError as error:
        raise store_error(path, error) from error
    return Signer(private, name)
