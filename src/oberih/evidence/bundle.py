"""How does the record travel, so that a stranger can check it alone?

A bundle is one ZIP file: signed envelopes, checkpoints, proofs, keys, what witnesses and timestamp
authorities said, and the attachments or their hashes.  It is *complete* (every record from the
first: the tree is built anew from the leaves) or a *selection* (some records, each with its
proof of inclusion, and proofs that each checkpoint extends the one before).

The same log gives the same bytes: no time of making, members in a fixed order.  ``HOW-TO-VERIFY.txt``
in it says how to check it without Oberih.
"""

from __future__ import annotations

import base64
import contextlib
import itertools
import os
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from oberih.errors import CorruptStore, InputError
from oberih.evidence.attachments import AttachmentStore
from oberih.evidence.canonical import canonical_json
from oberih.evidence.digest import sha256_of_bytes
from oberih.evidence.entry import Entry, read_entry
from oberih.evidence.keep import force_folder, refuse_precious, store_error
from oberih.evidence.log import Log
from oberih.evidence.note import read_checkpoint, read_note
from oberih.evidence.tree import Frontier, consistency_proof, leaf_hash

__all__ = ["MEMBERS", "SCHEMA", "words_for_people", "write_bundle"]

SCHEMA = "oberih/bundle/1"

MEMBERS = (
    "manifest.json", "HOW-TO-VERIFY.txt", "keys.json", "checkpoints.jsonl", "cosignatures.jsonl", "timestamps.jsonl",
    "consistency.jsonl", "records.jsonl", "proofs.jsonl",
)  # fmt: skip
"""Names in a bundle, in order; ``attachments/SHA256`` follow."""

_HOW = """\
How to verify this bundle without Oberih
========================================

records.jsonl      one DSSE envelope a line.  Undo the base64 of "payload"; the Ed25519 signature is over
                   "DSSEv1 LEN(payloadType) payloadType LEN(payload) payload" (lengths in decimal).
keys.json          public keys by id (SHA-256 of the 32 bytes).  Record 0 names the first key; records of
                   kind "key" and "revocation" change them.  Trust begins with the first key: compare its id
                   with one that you got another way.
tree               RFC 9162 over SHA-256.  A leaf is the line of records.jsonl without its line feed.
checkpoints.jsonl  C2SP tlog-checkpoint notes.  In a complete bundle, the root over the first "size" lines is
                   the note's root.  In a selection, proofs.jsonl leads from each record to the last checkpoint
                   and consistency.jsonl from each checkpoint to the next.
cosignatures.jsonl lines by witnesses (C2SP cosignature/v1) on those notes.
timestamps.jsonl   RFC 3161 replies (DER, base64) over SHA-256 of the note's text, up to and with the line feed
                   before the blank line.
attachments/       files by their SHA-256, where they are included.

With Oberih:  oberih evidence verify THIS-FILE
"""


_EARLIER: frozenset[str] = frozenset()
"""SHA-256 of the words for people that earlier versions wrote."""


def words_for_people(text: bytes) -> bool:
    """Whether this is how Oberih, or an earlier one, tells people to verify."""
    return text == _HOW.encode() or sha256_of_bytes(text) in _EARLIER


def write_bundle(
    path: Path, log: Log, *, ids: Sequence[str] | None = None, attachments: AttachmentStore | None = None
) -> dict[str, Any]:
    """Write a bundle, whole or not at all.

    Parameters
    ----------
    path : Path
    log : Log
    ids : sequence of str, optional
        Of a selection; None for the whole record.
    attachments : AttachmentStore, optional
        From which to include the files; None to carry their hashes alone.

    Returns
    -------
    dict
        The manifest.

    Raises
    ------
    InputError
        If the log is empty, an id is not in it, an attachment is missing, or as `refuse_precious`.
    CorruptStore
        If the records are not those that the last checkpoint closes.
    StoreFull, StoreError
        If it cannot be written; what stood there before still stands.
    """
    refuse_precious(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "w+b") as file:
                os.chmod(beside, 0o644)
                manifest = _write(file, log, ids, attachments)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
            force_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(beside)
    except OSError as error:
        raise store_error(path, error) from error
    return manifest


def _write(file: BinaryIO, log: Log, ids: Sequence[str] | None, attachments: AttachmentStore | None) -> dict[str, Any]:
    seqs = None if ids is None else _selected(log, ids)
    size, note = log.last_checkpoint()  # what others write from here on is left out
    checkpoints = [(s, n) for s, n in log.checkpoints() if s < size] + [(size, note)]
    if seqs is not None:
        spoken_of = {s for s, _, _ in log.cosignatures()} | {s for s, _ in log.timestamps()} | {size}
        checkpoints = [(s, n) for s, n in checkpoints if s in spoken_of]
    seqs = None if seqs is None else sorted({*seqs, *(e.seq for e in _about_keys(log) if e.seq < size)})
    tenures = {k: t for k, t in log.keyring().tenures.items() if t.added < size}
    manifest = {
        "schema": SCHEMA, "origin": log.origin, "size": size, "records": size if seqs is None else len(seqs),
        "complete": seqs is None, "attachments": "included" if attachments else "hashes",
        "first_key": min(tenures, key=lambda k: tenures[k].added),
    }  # fmt: skip
    keys = {
        k: {"name": t.name, "public": _b64(t.public), "added": t.added, "revoked": _before(size, t.revoked)}
        for k, t in sorted(tenures.items(), key=lambda kt: kt[1].added)
    }
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as bundle:
        _member(bundle, "manifest.json", [canonical_json(manifest) + b"\n"])
        _member(bundle, "HOW-TO-VERIFY.txt", [_HOW.encode()])
        _member(bundle, "keys.json", [canonical_json(keys) + b"\n"])
        _member(bundle, "checkpoints.jsonl", _lines({"note": n.decode(), "size": s} for s, n in checkpoints))
        cosigned = ({"line": n, "size": s, "vkey": v} for s, n, v in log.cosignatures() if s <= size)
        _member(bundle, "cosignatures.jsonl", _lines(cosigned))
        stamped = ({"reply": _b64(r), "size": s} for s, r in log.timestamps() if s <= size)
        _member(bundle, "timestamps.jsonl", _lines(stamped))
        if seqs is not None:
            _member(bundle, "consistency.jsonl", _lines(_consistency(log, [s for s, _ in checkpoints])))
        wanted: dict[str, str] | None = None if attachments is None else {}
        _member(bundle, "records.jsonl", _records(log, seqs, size, read_checkpoint(read_note(note).text).root, wanted))
        if seqs is not None:
            proofs = ({"proof": [_b64(h) for h in log.proof(s, size)], "seq": s} for s in seqs)
            _member(bundle, "proofs.jsonl", _lines(proofs))
        if attachments is not None and wanted is not None:
            _files(bundle, attachments, wanted)
    return manifest


def _selected(log: Log, ids: Sequence[str]) -> list[int]:
    """Numbers of the records asked for, and of all they correct."""
    seqs = {log.entry(i).seq for i in ids}
    for e in [log.entry(s) for s in sorted(seqs)]:
        old = e.record.corrects
        while old is not None:
            one = log.entry(old)
            seqs.add(one.seq)
            old = one.record.corrects
    return sorted(seqs)


def _about_keys(log: Log) -> list[Entry]:
    return [e for kind in ("key", "revocation") for e in log.find(kind=kind)]


def _before(size: int, number: int | None) -> int | None:
    return number if number is not None and number < size else None


def _records(
    log: Log, seqs: list[int] | None, size: int, root: bytes, wanted: dict[str, str] | None
) -> Iterator[bytes]:
    if seqs is None:
        source: Iterable[tuple[int, bytes]] = log.raw(last=size)
    else:
        source = (pair for s in seqs for pair in log.raw(first=s, last=s + 1))
    frontier = Frontier()
    for seq, data in source:
        frontier.append(leaf_hash(data))
        if wanted is not None:
            wanted.update({a.sha256: a.name for a in read_entry(data, file=f"record {seq}").record.attachments})
        yield data + b"\n"
    if seqs is None and frontier.root() != root:
        raise CorruptStore(
            f"{log.where}: its records are not those that its last checkpoint closes; nothing was written; "
            "run: oberih evidence verify"
        )


def _consistency(log: Log, sizes: list[int]) -> Iterator[dict[str, Any]]:
    for first, second in itertools.pairwise(sizes):
        proof = consistency_proof(first, second, log.nodes)
        yield {"first": first, "second": second, "proof": [_b64(h) for h in proof]}


def _files(bundle: zipfile.ZipFile, store: AttachmentStore, wanted: dict[str, str]) -> None:
    for sha256, name in sorted(wanted.items()):
        path = store.path(sha256)
        if not path.is_file():
            cure = "bring it back with: oberih evidence attach, or export without attachments"
            raise InputError("is missing from the store", file=path, field="attachment", value=name, cure=cure)
        with path.open("rb") as file:
            _member(bundle, f"attachments/{sha256}", iter(lambda: file.read(1 << 20), b""))


def _member(bundle: zipfile.ZipFile, name: str, blocks: Iterable[bytes]) -> None:
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type, info.external_attr, info.create_system = zipfile.ZIP_DEFLATED, 0o644 << 16, 3
    with bundle.open(info, "w", force_zip64=True) as out:
        for block in blocks:
            out.write(block)


def _lines(values: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    return (canonical_json(v) + b"\n" for v in values)


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
