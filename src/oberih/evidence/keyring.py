"""Which keys may sign at which place of the log?

Defines the noun `Keyring`: the history of keys as the log itself tells it.  Record 0 is of kind
``key``, names the first key and is signed by it.  A further key is added by a record of kind
``key``, and an old one withdrawn by one of kind ``revocation``, signed by a key in force there.

Invariants: a key signs records after the one that added it, and none after the one that revoked it.  A
checkpoint over n records is signed by a key that the first n records put in force and did not
revoke; so a key's revocation is signed by another, its successor.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from oberih.errors import InputError
from oberih.evidence.keys import keyid_of, public_key
from oberih.evidence.record import Record, read_record, record_fields
from oberih.evidence.report import one_line

__all__ = ["TELLS", "Keyring", "Tenure", "key_record", "revocation_record"]

TELLS = frozenset({"key", "revocation"})
"""Kinds of record that say which keys may sign."""

_LONGEST = 1000


@dataclass(frozen=True)
class Tenure:
    """From where to where a key may sign.

    Parameters
    ----------
    name : str
    public : bytes
        32 bytes.
    added : int
        Number of the record that added it.
    revoked : int or None
        Number of the record that revoked it.
    """

    name: str
    public: bytes
    added: int
    revoked: int | None = None


@dataclass
class Keyring:
    """Keys by id, built by reading the log's own records in order."""

    tenures: dict[str, Tenure] = field(default_factory=dict)

    def read(self, record: Record, *, seq: int, keyid: str) -> None:
        """Take in what record number ``seq``, signed by ``keyid``, says of keys.

        Raises
        ------
        InputError
            If it names no sound key, adds one twice or revokes one that is not in force.
        """
        if record.kind == "key":
            public = _public(record.data)
            added = keyid_of(public)
            if added in self.tenures:
                raise InputError("the key is in the log already", field="data.public", value=added[:12])
            if seq == 0 and added != keyid:
                raise InputError("the first record must be signed by the key it names", field="keyid", value=keyid[:12])
            self.tenures[added] = Tenure(str(record.data.get("name", "")), public, seq)
        elif record.kind == "revocation":
            revoked = record.data.get("keyid")
            held = self.tenures.get(revoked) if isinstance(revoked, str) else None
            if held is None or held.revoked is not None:
                raise InputError("names no key in force", field="data.keyid", value=str(revoked)[:12])
            self.tenures[str(revoked)] = Tenure(held.name, held.public, held.added, seq)

    def refusal(self, keyid: str, *, seq: int) -> str | None:
        """Why the key may not sign record number ``seq``; None where it may."""
        held = self.tenures.get(keyid)
        if held is None or (held.added >= seq and not held.added == seq == 0):
            return f"signed by a key that the log does not know there ({keyid[:12]})"
        if held.revoked is not None and held.revoked < seq:
            return f"signed by a key ({held.name}, {keyid[:12]}) that record {held.revoked} had revoked"
        return None

    def may_close(self, keyid: str, *, size: int) -> str | None:
        """Why the key may not sign a checkpoint over ``size`` records; None where it may."""
        held = self.tenures.get(keyid)
        if held is None or held.added >= size:
            return f"signed by a key that the log does not know ({keyid[:12]})"
        if held.revoked is not None and held.revoked < size:
            return f"signed by a key ({held.name}, {keyid[:12]}) that record {held.revoked} had revoked"
        return None


def key_record(*, name: str, public: bytes) -> Record:
    """Say that a key may sign from now on.

    Raises
    ------
    InputError
        If the name cannot stand in a record.
    """
    keyid = keyid_of(public)
    text = f"The key of {name}, {keyid[:12]}, may sign."
    data = {"algorithm": "Ed25519", "name": name, "public": base64.b64encode(public).decode()}
    return _sound(Record(f"key-{keyid[:20]}", "key", text, data=data), name=name)


def revocation_record(*, keyid: str, name: str, reason: str) -> Record:
    """Say that a key may sign no longer.

    Raises
    ------
    InputError
        If the reason cannot stand in a record.
    """
    text = f"The key of {name}, {keyid[:12]}, may sign no longer: {reason}"
    record = Record(f"revocation-{keyid[:20]}", "revocation", text, data={"keyid": keyid, "reason": reason})
    return _sound(record, reason=reason)


def _sound(record: Record, **words: str) -> Record:
    """The record, if the log can read it again: one about keys that it cannot would close it for good."""
    for field_, text in words.items():
        if not text.strip() or len(text) > _LONGEST or one_line(text) != text:
            cure = f"one line of at most {_LONGEST} characters"
            raise InputError("cannot stand in the record", field=field_, value=text, cure=cure)
    return read_record(record_fields(record), now=datetime.max.replace(tzinfo=UTC))


def _public(data: Any) -> bytes:
    try:
        raw = base64.b64decode(data["public"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise InputError("holds no public key in base64", field="data.public") from error
    public_key(raw)
    return raw
