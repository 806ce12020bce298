"""What is attacked: a record as an institute would have it, made anew and always the same.

123 records in appends of eight, two keys (the first is revoked on the way), files, a correction, a
witness.  `Scene` is a folder that can be copied, so that every attack has its own; `replace_rows` is
what a careful attacker does after the deed: leaf hashes, inner nodes and what is searched are made
to fit.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from oberih.errors import InputError
from oberih.evidence.attachments import AttachmentStore
from oberih.evidence.database import node_number
from oberih.evidence.entry import Entry, read_entry, sign_entries
from oberih.evidence.envelope import Envelope, write_envelope
from oberih.evidence.keyring import key_record, revocation_record
from oberih.evidence.keys import Signer
from oberih.evidence.log import Log
from oberih.evidence.note import COSIGNATURE, Checkpoint, checkpoint_text, cosign, read_note, sign_note, vkey
from oberih.evidence.record import Record, read_record
from oberih.evidence.searched import searched
from oberih.evidence.tree import Frontier, leaf_hash

BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
ORIGIN = "oberih/record"
STEP = 8
COSIGNED = 64
"""Size of the checkpoint that the witness saw."""


def signer(name: str) -> Signer:
    """The same key for the same name, every time."""
    return Signer(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()), name)


FIRST, SECOND, STRANGER, WITNESS = (signer(n) for n in ("first custodian", "second custodian", "stranger", "witness"))


@dataclass(frozen=True)
class Scene:
    """One record, in a folder of its own."""

    folder: Path

    @property
    def store(self) -> Path:
        """The SQLite file."""
        return self.folder / "record.sqlite"

    @property
    def attachments(self) -> AttachmentStore:
        """The files."""
        return AttachmentStore(self.folder / "attachments")

    def log(self) -> Log:
        """Open it."""
        return Log(str(self.store))

    def copy(self, folder: Path) -> Scene:
        """The same again, elsewhere."""
        shutil.copytree(self.folder, folder)
        return Scene(folder)

    def sql(self) -> sqlite3.Connection:
        """As an attacker opens it."""
        return sqlite3.connect(self.store)

    def entries(self) -> list[Entry]:
        """As they stand."""
        log = self.log()
        try:
            return list(log.entries())
        finally:
            log.close()


def statement(n: int, attachments: Sequence[object] = (), corrects: str | None = None) -> Record:
    """What record ``n`` says."""
    day = (BEGIN + timedelta(days=n)).date().isoformat()
    fields = {
        "id": f"e{n:03d}", "kind": "event", "text": f"On day {n} a line was out of service for {n % 7 + 1} hours.",
        "happened": {"from": day}, "place": {"name": "gate", "latitude": 47.5 + n / 1e4, "longitude": 34.6},
        "source": {"who": "shift office", "channel": "declared"}, "tags": ["P4"], "attachments": list(attachments),
        "corrects": corrects,
    }  # fmt: skip
    return read_record(fields, now=BEGIN + timedelta(days=1000))


def build(folder: Path) -> Scene:
    """Make the record."""
    scene = Scene(folder)
    folder.mkdir(parents=True)
    for name in ("photo", "letter"):
        (folder / f"{name}.txt").write_bytes(f"{name} as it was taken\n".encode() * 50)
    photo, letter = (scene.attachments.take_in(folder / f"{n}.txt") for n in ("photo", "letter"))
    log = Log(str(scene.store), create=True, origin=ORIGIN)
    records = [
        statement(n, [photo] if n == 20 else [letter] if n == 71 else [], "e030" if n == 90 else None)
        for n in range(120)
    ]
    now, by, at = BEGIN + timedelta(days=1000), FIRST, 0
    while at < len(records):
        batch = records[at : at + STEP]
        at += STEP
        if at == 48:
            batch.append(key_record(name=SECOND.name, public=SECOND.public))
        if at == 80:
            by = SECOND
            batch.append(revocation_record(keyid=FIRST.keyid, name=FIRST.name, reason="the laptop was lost"))
        log.append(batch, signer=by, now=now)
        now += timedelta(hours=1)
        if log.size >= COSIGNED and not log.cosignatures():
            _countersign(log)
    log.close()
    return scene


def _countersign(log: Log) -> None:
    size, note = log.last_checkpoint()
    line = cosign(read_note(note).text, "witness.example.org", WITNESS.private, 1_700_000_000)
    log.add_cosignature(size, line, vkey("witness.example.org", WITNESS.public, COSIGNATURE))


def changed_text(data: bytes) -> bytes:
    """The entry with another word in what it says, under the old signature."""
    envelope = read_entry(data).envelope
    payload = envelope.payload.replace(b"out of service", b"out of serVice")
    return write_envelope(Envelope(payload, envelope.keyid, envelope.signature))


def changed_signature(data: bytes) -> bytes:
    """The entry with one bit of its signature turned."""
    envelope = read_entry(data).envelope
    signature = bytes([envelope.signature[0] ^ 1]) + envelope.signature[1:]
    return write_envelope(Envelope(envelope.payload, envelope.keyid, signature))


def signed_anew(record: Record, *, seq: int, at: datetime, by: Signer) -> bytes:
    """An entry as the holder of a key can make one."""
    return sign_entries([record], first=seq, recorded_at=at, signer=by)[0].data


def checkpoint_over(leaves: Sequence[bytes], *, by: Signer) -> bytes:
    """A checkpoint over these entries, signed."""
    frontier = Frontier()
    for data in leaves:
        frontier.append(leaf_hash(data))
    return sign_note(checkpoint_text(Checkpoint(ORIGIN, frontier.size, frontier.root())), ORIGIN, by.private)


def replace_rows(scene: Scene, rows: Sequence[bytes]) -> None:
    """Put these entries into the store in this order, everything beside them made to fit."""
    frontier, nodes, kept = Frontier(), [], []
    ids: set[object] = set()
    for number, data in enumerate(rows):
        nodes += [(node_number(v, p), h) for v, p, h in frontier.append(leaf_hash(data))]
        name, *others = _copied(data, number)
        kept.append((number, leaf_hash(data), data, f"{name}-again" if name in ids else name, *others))
        ids.add(name)
    with scene.sql() as sql:
        sql.execute("DELETE FROM oberih_entry")
        sql.execute("DELETE FROM oberih_node")
        sql.executemany(f"INSERT INTO oberih_entry VALUES ({','.join('?' * 13)})", kept)
        sql.executemany("INSERT INTO oberih_node VALUES (?, ?)", nodes)
    sql.close()


def _copied(data: bytes, number: int) -> tuple[object, ...]:
    """What is searched, as the log would copy it; a made-up id where two would be alike or it cannot be read."""
    names = ("id", "kind", "recorded_at", "folded", "who", "begins", "ends", "longitude", "latitude", "corrects")
    try:
        copied = searched(read_entry(data))
    except InputError:
        copied = dict.fromkeys(names, "") | {"id": f"unreadable-{number}"}
    return tuple(copied[n] for n in names)
