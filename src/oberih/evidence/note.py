"""Who put their name to this state of the log?

Signed notes and checkpoints as the ecosystem of transparency logs writes them, so that witnesses that
exist already can countersign: C2SP ``signed-note``, ``tlog-checkpoint``, ``tlog-cosignature``
(https://c2sp.org, v1.0.0).

Defines, in this order: `Checkpoint` (how many records, under which root), `Signature` (a line of a
note), `Note` (a text and the lines below it) and `VerifierKey` (a public key with a name, as
people pass it on).  A signature is plain (`ED25519`) or a witness's, which carries its time
(`COSIGNATURE`).

Invariants: a note is read strictly and in one spelling, so that ``note_bytes(read_note(data)) == data``;
lines of unknown keys are kept and prove nothing; what names a key is its name and key hash together.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from oberih.errors import InputError
from oberih.evidence.keys import public_key

__all__ = ["COSIGNATURE", "ED25519", "LARGEST_NOTE", "MOST_SIGNATURES", "Checkpoint", "Note", "Signature",
           "SignatureCheck", "VerifierKey", "checkpoint_text", "cosign", "key_hash", "note_bytes", "read_checkpoint",
           "read_note", "read_signature", "read_vkey", "sign_note", "verify_signature", "vkey"]  # fmt: skip

ED25519 = 0x01
"""Signature type: Ed25519 over the text (signed-note, "Signature types")."""

COSIGNATURE = 0x04
"""Signature type: Ed25519 with a time, by a witness (tlog-cosignature, "Format")."""

MOST_SIGNATURES = 100
"""Lines of signatures in a note; the standard asks for 16 at least, Go's reader takes as many as this."""

LARGEST_NOTE = 1_000_000
"""Bytes of a note."""

_LARGEST_NUMBER = 2**63 - 1
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DASH = "— "


@dataclass(frozen=True)
class Checkpoint:
    """A state of a log.

    Parameters
    ----------
    origin : str
        Name of the log.
    size : int
        Records in it.
    root : bytes
        Of the tree over them, 32 bytes.
    extensions : tuple of str
        Further lines that a log may write; signed, without meaning here.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Signature:
    """A line below a note.

    Parameters
    ----------
    name : str
        Of the key.
    key_hash : bytes
        4 bytes: which key of that name, and which type of signature.
    blob : bytes
        What was signed with it; its form depends on the type.
    """

    name: str
    key_hash: bytes
    blob: bytes

    @property
    def line(self) -> str:
        """As it stands in a note, with its newline."""
        return f"{_DASH}{self.name} {base64.b64encode(self.key_hash + self.blob).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text and who signed it, unproven.

    Parameters
    ----------
    text : str
        With its last newline.
    signatures : tuple of Signature
    """

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class VerifierKey:
    """A public key as people pass it on.

    Parameters
    ----------
    name : str
    public : bytes
        Ed25519, 32 bytes.
    kind : int
        `ED25519` or `COSIGNATURE`.
    """

    name: str
    public: bytes
    kind: int


@dataclass(frozen=True)
class SignatureCheck:
    """What came of looking for a key's signature.

    Parameters
    ----------
    status : str
        ``holds``; ``does not hold``: one by this key is there and proves nothing; ``is not there``.
    at : int or None
        When a witness signed [s since 1970-01-01 UTC], the earliest where there are several.
    """

    status: Literal["holds", "does not hold", "is not there"]
    at: int | None = None

    @property
    def holds(self) -> bool:
        """Whether the key signed the note."""
        return self.status == "holds"


# checkpoints


def checkpoint_text(checkpoint: Checkpoint) -> str:
    r"""Write a checkpoint as the text of a note.

    Raises
    ------
    InputError
        If it cannot be written so that it is read back the same.

    Examples
    --------
    >>> print(checkpoint_text(Checkpoint("oberih/record", 2, bytes(32))), end="")
    oberih/record
    2
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
    """
    root = base64.b64encode(checkpoint.root).decode()
    text = "\n".join((checkpoint.origin, str(checkpoint.size), root, *checkpoint.extensions)) + "\n"
    _check_text(text, file=None)
    if read_checkpoint(text) != checkpoint:
        raise InputError("must be one line each", field="origin and extensions", value=checkpoint.origin)
    return text


def read_checkpoint(text: str, *, file: object = None) -> Checkpoint:
    """Read the text of a note as a checkpoint.

    Raises
    ------
    InputError
        If it is none.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise InputError("a checkpoint has three lines or more, none of them empty", file=file, field="checkpoint")
    origin, size, root, *extensions = lines[:-1]
    if not _NUMBER.fullmatch(size) or int(size) > _LARGEST_NUMBER:
        raise InputError("is not a number of records", file=file, field="size", value=size[:40])
    digest = _from_base64(root, field="root", file=file)
    if len(digest) != 32:
        raise InputError("is not a SHA-256 digest in base64", file=file, field="root", value=root[:60])
    return Checkpoint(origin, int(size), digest, tuple(extensions))


# keys


def key_hash(name: str, public: bytes, kind: int = ED25519) -> bytes:
    r"""First four bytes of SHA-256(name || "\n" || type || public key) (signed-note, "Signatures")."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def vkey(name: str, public: bytes, kind: int = ED25519) -> str:
    """Write a public key as people pass it on: name, key hash and key.

    Raises
    ------
    InputError
        If the name, the key or the type is none.

    Examples
    --------
    >>> vkey("PeterNeumann", bytes.fromhex("1a5cd907143c384c41e830c5bce12aa8817ec5649aaabf2c31388b35b2d744d6"))
    'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
    """
    _check_name(name, file=None)
    public_key(public)
    if kind not in (ED25519, COSIGNATURE):
        raise InputError("is no known type of signature", field="kind", value=kind)
    key = base64.b64encode(bytes([kind]) + public).decode()
    return f"{name}+{key_hash(name, public, kind).hex()}+{key}"


def read_vkey(text: str, *, file: object = None) -> VerifierKey:
    """Read a public key as people pass it on.

    Raises
    ------
    InputError
        If it is none, of an unknown type, or its key hash is another's.
    """
    cure = "as NAME+HASH+KEY, copied whole"
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise InputError("is not a verifier key", file=file, field="key", value=text[:80], cure=cure)
    name, short, key = parts
    _check_name(name, file=file)
    raw = _from_base64(key, field="key", file=file)
    if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE):
        raise InputError("is not an Ed25519 key (type 1 or 4)", file=file, field="key", value=text[:80], cure=cure)
    if key_hash(name, raw[1:], raw[0]).hex() != short:
        raise InputError("does not have the key hash it names", file=file, field="key", value=text[:80], cure=cure)
    public_key(raw[1:], file=file)
    return VerifierKey(name, raw[1:], raw[0])


# signing


def sign_note(text: str, name: str, private_key: Ed25519PrivateKey) -> bytes:
    """Sign a text; the note as it is kept and sent.

    Parameters
    ----------
    text : str
        With its last newline.
    name : str
        Of the key.
    private_key : Ed25519PrivateKey

    Raises
    ------
    InputError
        If the text or the name cannot stand in a note.
    """
    _check_name(name, file=None)
    data = _check_text(text, file=None)
    public = private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    signature = Signature(name, key_hash(name, public), private_key.sign(data))
    return data + b"\n" + signature.line.encode()


def cosign(text: str, name: str, private_key: Ed25519PrivateKey, at: int) -> str:
    """Countersign a checkpoint as a witness; the line, with its newline, to be put below the note.

    Parameters
    ----------
    text : str
        Of the checkpoint, without signatures.
    name : str
        Of the witness.
    private_key : Ed25519PrivateKey
    at : int
        Time of signing [s since 1970-01-01 UTC].

    Raises
    ------
    InputError
        If the text is no checkpoint, or the name or the time is none.
    """
    _check_name(name, file=None)
    _check_text(text, file=None)
    read_checkpoint(text)
    if not 0 <= at <= _LARGEST_NUMBER:
        raise InputError("is not a time in seconds since 1970", field="at", value=at)
    public = private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    blob = at.to_bytes(8, "big") + private_key.sign(_cosigned(text, at))
    return Signature(name, key_hash(name, public, COSIGNATURE), blob).line


def _cosigned(text: str, at: int) -> bytes:
    """What a witness signs (tlog-cosignature, "Ed25519 signed message")."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


# reading


def note_bytes(note: Note) -> bytes:
    """Write a note as it was read."""
    return (note.text + "\n" + "".join(s.line for s in note.signatures)).encode()


def read_note(data: bytes, *, file: object = None) -> Note:
    """Read a note; nothing it says is proven by that.

    Raises
    ------
    InputError
        If it is none, in another spelling, or larger than a note may be.
    """
    if len(data) > LARGEST_NOTE:
        raise InputError(f"is larger than a note may be ({LARGEST_NOTE} bytes)", file=file, field="note")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8", file=file, field="note") from error
    end = whole.rfind("\n\n")
    if end < 0 or not whole.endswith("\n"):
        raise InputError("has no text with signature lines below an empty one", file=file, field="note")
    text, below = whole[: end + 1], whole[end + 2 :]
    _check_text(text, file=file)
    lines = below.split("\n")[:-1]
    if not 1 <= len(lines) <= MOST_SIGNATURES:
        raise InputError(f"has {len(lines)} signatures, not 1 to {MOST_SIGNATURES}", file=file, field="note")
    return Note(text, tuple(read_signature(line, file=file) for line in lines))


def read_signature(line: str, *, file: object = None) -> Signature:
    """Read the line of a signature, with or without its newline.

    Raises
    ------
    InputError
        If it is none.
    """
    parts = line.removesuffix("\n").split(" ")
    if len(parts) != 3 or parts[0] != _DASH[0]:
        raise InputError("is not a signature line", file=file, field="signature", value=line[:80])
    _check_name(parts[1], file=file)
    raw = _from_base64(parts[2], field="signature", file=file)
    if len(raw) < 5:
        raise InputError("is too short", file=file, field="signature", value=line[:80])
    return Signature(parts[1], raw[:4], raw[4:])


def verify_signature(note: Note, name: str, public: bytes, kind: int = ED25519) -> SignatureCheck:
    """Look for a key's signature below a note, and check it.

    Where several lines name this key, all must hold (signed-note, "Signatures").

    Parameters
    ----------
    note : Note
    name : str
        Of the key, known beforehand.
    public : bytes
        The key, 32 bytes, known beforehand.
    kind : int
        `ED25519` or `COSIGNATURE`.

    Raises
    ------
    InputError
        If the public key is none.
    """
    key, wanted = public_key(public), (name, key_hash(name, public, kind))
    blobs = [s.blob for s in note.signatures if (s.name, s.key_hash) == wanted]
    if not blobs:
        return SignatureCheck("is not there")
    times = []
    for blob in blobs:
        try:
            times.append(_verified(note.text, blob, key, kind))
        except InvalidSignature:
            return SignatureCheck("does not hold")
    return SignatureCheck("holds", min(times) if kind == COSIGNATURE else None)


def _verified(text: str, blob: bytes, key: Ed25519PublicKey, kind: int) -> int:
    """Time at which it was signed, 0 where none is said."""
    if kind == ED25519:
        key.verify(blob, text.encode())
        return 0
    at = int.from_bytes(blob[:8], "big")
    if kind != COSIGNATURE or at > _LARGEST_NUMBER:
        raise InvalidSignature
    key.verify(blob[8:], _cosigned(text, at))
    return at


# within


def _from_base64(text: str, *, field: str, file: object) -> bytes:
    """Decode standard base64 in its one spelling."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError("is not base64", file=file, field=field, value=text[:80]) from error
    if base64.b64encode(raw).decode() != text:
        raise InputError("is not base64 in its one spelling", file=file, field=field, value=text[:80])
    return raw


def _check_name(name: str, *, file: object) -> None:
    if not name or "+" in name or _CONTROL.search(name) or any(c.isspace() for c in name) or not _is_utf8(name):
        cure = "as example.org/log, without spaces or plus signs"
        raise InputError("cannot be the name of a key", file=file, field="name", value=name[:80], cure=cure)


def _check_text(text: str, *, file: object) -> bytes:
    if not text.endswith("\n") or _CONTROL.search(text) or not _is_utf8(text):
        raise InputError("must be UTF-8 lines without control characters", file=file, field="text", value=text[:60])
    return text.encode()


def _is_utf8(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)
