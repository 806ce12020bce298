"""How does a record become an entry of the log, and back?

Defines the noun `Entry`: a record with its number in the log, the time it was written and the
envelope that signs all three.  The number is signed, so a record that was taken out, put in or
moved betrays itself; the time is signed and never runs backwards, so a back-dated one does too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from oberih.errors import InputError
from oberih.evidence.canonical import canonical_json, levelled, written_alike
from oberih.evidence.envelope import Envelope, pre_authentication, read_envelope, write_envelope
from oberih.evidence.keys import Signer
from oberih.evidence.moment import instant, utc_text
from oberih.evidence.record import FIELDS, Record, read_record, record_fields
from oberih.evidence.tree import leaf_hash

__all__ = ["SCHEMA", "Entry", "read_entry", "sign_entries"]

SCHEMA = "oberih/record/1"
"""Form of a payload: the fields of a record, ``schema``, ``seq`` and ``recorded_at``."""

_OWN = {"schema", "seq", "recorded_at"}
_MANY = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as the log holds it.

    Parameters
    ----------
    seq : int
        Its number, from 0.
    recorded_at : str
        UTC, as ``2026-11-25T18:52:00Z``.
    record : Record
    envelope : Envelope
    data : bytes
        The envelope as written: the leaf of the tree.
    leaf : bytes
        Its hash (RFC 9162 § 2.1.1).
    """

    seq: int
    recorded_at: str
    record: Record
    envelope: Envelope
    data: bytes
    leaf: bytes

    @property
    def keyid(self) -> str:
        """The key that signed it."""
        return self.envelope.keyid


def sign_entries(records: Sequence[Record], *, first: int, recorded_at: datetime, signer: Signer) -> list[Entry]:
    """Sign records as the entries from number ``first`` on."""
    when, keyid = utc_text(recorded_at), signer.keyid
    payloads = [_payload_of(record, seq, when) for seq, record in enumerate(records, start=first)]
    signatures = _signatures([pre_authentication(p) for p in payloads], signer.private.sign)
    entries = []
    for seq, (record, payload, signature) in enumerate(zip(records, payloads, signatures, strict=True), start=first):
        envelope = Envelope(payload, keyid, signature)
        data = write_envelope(envelope)
        entries.append(Entry(seq, when, record, envelope, data, leaf_hash(data)))
    return entries


def _signatures(messages: Sequence[bytes], sign: Callable[[bytes], bytes]) -> list[bytes]:
    """Sign each; of many, a second thread signs half, since the library lets both run at once."""
    if len(messages) < _MANY:
        return [sign(m) for m in messages]
    half = len(messages) // 2
    with ThreadPoolExecutor(1) as second:
        later = second.submit(lambda: [sign(m) for m in messages[half:]])
        return [sign(m) for m in messages[:half]] + later.result()


def _payload_of(record: Record, seq: int, when: str) -> bytes:
    """What is signed: canonical JSON.  Only two fields can hold what needs the slow writer."""
    fields = record_fields(record)
    fields["schema"], fields["seq"], fields["recorded_at"] = SCHEMA, seq, when
    return _written(fields)


def _written(fields: dict[str, Any]) -> bytes:
    for name in ("place", "data"):
        part = fields.get(name)
        if part and not written_alike(part):
            fields[name] = levelled(part)
            if not written_alike(fields[name]):
                return canonical_json(fields)
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def read_entry(data: bytes, *, file: object = None) -> Entry:
    """Read an entry, strictly; its signature is not looked at here.

    Raises
    ------
    InputError
        If it is no envelope, its payload not canonical, or its record one that the log would refuse.
    """
    envelope = read_envelope(data, file=file)
    payload = _payload(envelope.payload, file)
    seq, when = payload["seq"], payload["recorded_at"]
    if type(seq) is not int or seq < 0 or payload["schema"] != SCHEMA or not isinstance(when, str):
        raise InputError(f"is not of the form {SCHEMA}", file=file, field="schema")
    fields = {k: v for k, v in payload.items() if k not in _OWN}
    record = read_record(fields, now=instant(when), file=file)
    return Entry(seq, when, record, envelope, data, leaf_hash(data))


def _payload(data: bytes, file: object) -> dict[str, Any]:
    try:
        payload: dict[str, Any] = orjson.loads(data)  # a key that stands twice is lost, and then the bytes differ
        sound = isinstance(payload, dict) and payload.keys() >= _OWN and _written(payload) == data
    except (ValueError, TypeError, RecursionError) as error:  # nested deeper than it can be written: TypeError
        raise InputError("is not JSON", file=file, field="payload", cure="it was changed") from error
    if not sound or not payload.keys() <= _OWN | set(FIELDS):
        raise InputError("is not a canonical record (RFC 8785)", file=file, field="payload", cure="it was changed")
    return payload
