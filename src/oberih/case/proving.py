"""Can anyone check it, and who else has seen it?

Stories: `export`, `verify`, `checkpoint`, `witness`, `stamp` (RFC 3161), and the keys: `keys`,
`add_key`, `revoke_key`.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from oberih.case.keeping import Keeping
from oberih.case.progress import Progress, Silent
from oberih.case.recording import Written, record_all
from oberih.case.sheet import Sheet
from oberih.errors import InputError
from oberih.evidence import timestamp as rfc3161
from oberih.evidence.bundle import write_bundle
from oberih.evidence.closing import digest_of_note
from oberih.evidence.database import is_url
from oberih.evidence.keep import write_atomically
from oberih.evidence.keyring import key_record, revocation_record
from oberih.evidence.keys import new_key_file
from oberih.evidence.moment import utc_text
from oberih.evidence.note import (
    COSIGNATURE,
    Note,
    cosign,
    read_checkpoint,
    read_note,
    read_signature,
    read_vkey,
    verify_signature,
    vkey,
)
from oberih.evidence.report import Report
from oberih.evidence.verify import read_trust, verify_log
from oberih.evidence.verify_bundle import verify_bundle

__all__ = ["add_key", "checkpoint", "cosign_file", "export", "found_ids", "keys", "new_key", "revoke_key", "stamp",
           "take_line", "verify", "witness"]  # fmt: skip

_LARGEST_SMALL_FILE = 1 << 20


def export(
    keeping: Keeping, out: Path, *, ids: Sequence[str] | None = None, attachments: bool = False
) -> dict[str, Any]:
    """Write the record, or some of it, as a bundle.

    Parameters
    ----------
    out : Path
    ids : sequence of str, optional
        Of a selection.
    attachments : bool
        Whether to include the files; their hashes are in it always.

    Raises
    ------
    InputError, StoreError
        As `oberih.evidence.bundle.write_bundle`.
    """
    if ids is not None and not ids:
        raise InputError("holds no record", field="selection", cure="widen the search; nothing was written")
    with closing(keeping.log()) as log:
        return write_bundle(out, log, ids=ids, attachments=keeping.attachments if attachments else None)


def found_ids(keeping: Keeping, words: str) -> list[str]:
    """Ids of the records that hold all these words.

    Raises
    ------
    InputError
        If no record is kept.
    """
    with closing(keeping.log()) as log:
        return [e.record.id for e in log.find(text=words)]


def verify(
    keeping: Keeping, what: str | None, *, against: Sequence[Path] = (), trusted: str | None = None,
    roots: Sequence[Path] = (), progress: Progress | None = None,
) -> Report:  # fmt: skip
    """Verify a bundle, or the live record where none is named.

    Parameters
    ----------
    what : str or None
        Path of a bundle or of a store, or a URL.
    against : sequence of Path
        Checkpoints kept elsewhere.
    trusted : str, optional
        Id of the key that must have begun the log.
    roots : sequence of Path
        Certificates (PEM) of timestamp authorities.

    Raises
    ------
    InputError
        If it is no bundle and no record, or a file cannot be read.
    """
    told = progress or Silent()
    notes = [(f"checkpoint in {p}", _small(p)) for p in against]
    pems = [_small(p) for p in roots]
    trust = None if trusted is None else read_trust(trusted)
    told.stage("verifying")
    if what is not None and not is_url(what) and not _is_sqlite(Path(what)):
        report = verify_bundle(Path(what), against=notes, trusted=trust, roots=pems, advance=told.advance)
        told.done()
        return report
    kept = keeping if what is None else Keeping(what, keeping.files, keeping.key, keeping.name, keeping.environment)
    log = kept.log()
    try:
        files = None if kept.files is None and is_url(kept.store) else kept.attachments
        return verify_log(log, attachments=files, against=notes, trusted=trust, roots=pems, advance=told.advance)
    finally:
        told.done()
        log.close()


def checkpoint(keeping: Keeping, out: Path | None = None) -> str:
    """Give the last checkpoint as a signed note, to be kept elsewhere or given to a witness.

    Raises
    ------
    InputError
        If nothing is recorded yet.
    """
    with closing(keeping.log()) as log:
        size, note = log.last_checkpoint()
        lines = "".join(line for s, line, _ in log.cosignatures() if s == size)
    whole = note + lines.encode()
    if out is not None:
        write_atomically(out, whole)
    return whole.decode()


def witness(keeping: Keeping, *, name: str, witness_key: Keeping, now: datetime) -> Sheet:
    """Verify the record, then countersign its last checkpoint with another key.

    Parameters
    ----------
    name : str
        Of the witness, as ``inspector.example.org``.
    witness_key : Keeping
        From which the witness's own key is taken.

    Raises
    ------
    InputError
        If the record does not verify, or the key is one of the record's own.
    """
    report = verify(keeping, None)
    if not report.holds:
        cure = "see: oberih evidence verify; nothing was countersigned"
        raise InputError(f"does not verify ({report.faults[0]})", file=keeping.store, cure=cure)
    signer, made = witness_key.signer(create=True)
    if signer.keyid in {k for _, k, _, _ in report.keys}:
        cure = "a witness is somebody else: name another key with --witness-key"
        raise InputError("is a key of this record itself", field="--witness-key", value=signer.keyid[:12], cure=cure)
    with closing(keeping.log()) as log:
        size, note = log.last_checkpoint()
        line = cosign(read_note(note).text, name, signer.private, int(now.timestamp()))
        verifier = vkey(name, signer.public, COSIGNATURE)
        log.add_cosignature(size, line, verifier)
    facts = (("checkpoint", f"{size} records, root {report.root}"), ("verifier key", verifier), ("line", line.strip()))
    notes = (f"a key was made: {witness_key.key_file}",) if made else ()
    return Sheet(f"{name} countersigned {size} records at {utc_text(now)}", facts=facts, notes=notes)


def cosign_file(path: Path, *, name: str, witness_key: Keeping, now: datetime) -> str:
    """Countersign a checkpoint brought as a file; the line to send back.

    The witness sees a signed note and no records: it vouches that this checkpoint was there at this time.

    Raises
    ------
    InputError
        If it is no checkpoint.
    """
    note = read_note(_small(path), file=path)
    read_checkpoint(note.text, file=path)
    signer, _ = witness_key.signer(create=True)
    return cosign(note.text, name, signer.private, int(now.timestamp()))


def take_line(keeping: Keeping, *, line: str, verifier: str) -> Sheet:
    """Keep a line that a witness sent back, after checking it.

    Parameters
    ----------
    line : str
        As a signature line of a note.
    verifier : str
        The witness's verifier key, got another way.

    Raises
    ------
    InputError
        If it fits no checkpoint of this record.
    """
    key = read_vkey(verifier.strip())
    signature = read_signature(line)
    with closing(keeping.log()) as log:
        for size, note in reversed(log.checkpoints()):
            signed = Note(read_note(note).text, (signature,))
            if verify_signature(signed, key.name, key.public, key.kind).holds and key.kind == COSIGNATURE:
                log.add_cosignature(size, signature.line, verifier.strip())
                return Sheet(f"{key.name} countersigned the checkpoint of {size} records", facts=(("key", verifier),))
    raise InputError("fits no checkpoint of this record with this key", field="--line", value=line[:60])


def stamp(
    keeping: Keeping, *, authority: str | None = None, reply: Path | None = None, request_out: Path | None = None,
    roots: Sequence[Path] = (), nonce: int | None = None, wait: float = 30.0,
) -> Sheet:  # fmt: skip
    """Have an authority say when the last checkpoint was there (RFC 3161).

    Parameters
    ----------
    authority : str, optional
        URL to ask.
    reply : Path, optional
        An authority's reply brought by hand.
    request_out : Path, optional
        Where to write the request, to be carried to an authority by hand.
    roots : sequence of Path
        Certificates (PEM) that are trusted.
    nonce : int, optional
        Against a replayed reply.
    wait : float
        For the answer [s].

    Raises
    ------
    InputError
        If the reply is not over a checkpoint of this record, or does not verify.
    SourceUnavailable
        If the authority does not answer, or not with a timestamp.
    """
    if (authority is None) + (reply is None) + (request_out is None) != 2:
        raise InputError("give one of --authority, --reply, --request", field="timestamp")
    pems = [_small(p) for p in roots]
    with closing(keeping.log()) as log:
        size, note = log.last_checkpoint()
        digest = digest_of_note(read_note(note))
        if request_out is not None:
            write_atomically(request_out, rfc3161.request(digest, None))
            what = f"request over the checkpoint of {size} records"
            return Sheet(what, facts=(("written", str(request_out)), ("SHA-256", digest.hex())))
        if authority is not None:
            der = rfc3161.ask(authority, rfc3161.request(digest, nonce), client_timeout=wait)
            found = rfc3161.verify(der, digest, roots=pems, nonce=nonce)
        else:
            der = _small(reply) if reply is not None else b""
            size, digest = _stamped_checkpoint(log.checkpoints(), der, reply)
            found = rfc3161.verify(der, digest, roots=pems, nonce=None)
        log.add_timestamp(size, der)
    trust = "against the given roots" if pems else "not against any root: give --roots to check the authority"
    facts = (("authority", found.authority), ("at", utc_text(found.time)), ("certificate checked", trust))
    return Sheet(f"the checkpoint of {size} records was timestamped", facts=facts)


def _stamped_checkpoint(checkpoints: Sequence[tuple[int, bytes]], der: bytes, file: Path | None) -> tuple[int, bytes]:
    """Which checkpoint a reply is over."""
    wanted = rfc3161.read_reply(der, file=file).digest
    for size, note in reversed(checkpoints):
        digest = digest_of_note(read_note(note))
        if digest == wanted:
            return size, digest
    raise InputError(
        "is over no checkpoint of this record", file=file, field="message imprint", value=wanted.hex()[:16]
    )


def keys(keeping: Keeping) -> Sheet:
    """List the keys that the log knows.

    Raises
    ------
    InputError
        If no record is kept.
    """
    with closing(keeping.log()) as log:
        tenures = log.keyring().tenures
    rows = tuple(
        (t.name, k, f"record {t.added}", "–" if t.revoked is None else f"record {t.revoked}")
        for k, t in tenures.items()
    )
    return Sheet(f"{keeping.store}: keys", columns=("holder", "key", "may sign from", "revoked by"), rows=rows)


def new_key(keeping: Keeping) -> Sheet:
    """Make a key file, and say what to give to the custodian of a record.

    Raises
    ------
    InputError
        If one is there already.
    """
    path = keeping.key_file
    if path.exists():
        raise InputError(
            "is there already; a key is never overwritten", file=path, field="key", cure="name another --key"
        )
    signer = new_key_file(path, name=keeping.name, passphrase=keeping.passphrase())
    facts = (("file", str(path)), ("id", signer.keyid), ("public", base64.b64encode(signer.public).decode()))
    safe = (
        "it is encrypted with your passphrase"
        if keeping.passphrase()
        else "it is not encrypted: set OBERIH_KEY_PASSPHRASE"
    )
    return Sheet("a key was made", facts=facts, notes=(safe,))


def add_key(keeping: Keeping, public: str, *, name: str, now: datetime) -> Written:
    """Let another key sign from now on: a record signed by a key in force.

    Parameters
    ----------
    public : str
        32 bytes in base64, as `new_key` shows.
    name : str
        Of its holder: a role or organisation.

    Raises
    ------
    InputError
        If it is no key, or is there already.
    """
    try:
        raw = base64.b64decode(public.strip(), validate=True)
    except ValueError as error:
        raise InputError("is not base64", field="PUBLIC", value=public[:60], cure="as shown by key new") from error
    if len(raw) != 32:
        raise InputError("is not an Ed25519 public key (32 bytes)", field="PUBLIC", value=public[:60])
    return record_all(keeping, [key_record(name=name, public=raw)], now=now)


def revoke_key(keeping: Keeping, keyid: str, *, reason: str, now: datetime) -> Written:
    """Let a key sign no longer.

    Parameters
    ----------
    keyid : str
        Or its beginning.

    Raises
    ------
    InputError
        If no key, or more than one, begins so, it is revoked already, or it is the last one in force.
    """
    with closing(keeping.log()) as log:
        tenures = log.keyring().tenures
    found = [k for k in tenures if k.startswith(keyid.lower())]
    if len(found) != 1 or len(keyid) < 6:
        cure = "give at least its first 6 digits; see: oberih evidence key list"
        raise InputError("names no single key of this record", field="KEY", value=keyid, cure=cure)
    if tenures[found[0]].revoked is not None:
        raise InputError("is revoked already", field="KEY", value=keyid)
    if sum(t.revoked is None for t in tenures.values()) == 1:
        cure = "add its successor first: oberih evidence key add; nothing was stored"
        raise InputError("is the last key in force: nobody could write any more", field="KEY", value=keyid, cure=cure)
    record = revocation_record(keyid=found[0], name=tenures[found[0]].name, reason=reason)
    return record_all(keeping, [record], now=now)


def _is_sqlite(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except OSError as error:
        cure = "name a bundle or a record's store"
        raise InputError(f"cannot be read ({error.strerror})", file=path, cure=cure) from error


def _small(path: Path | None) -> bytes:
    """A small file's content."""
    if path is None:
        return b""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_SMALL_FILE + 1)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error
    if len(data) > _LARGEST_SMALL_FILE:
        raise InputError(f"is larger than {_LARGEST_SMALL_FILE} bytes", file=path)
    return data
