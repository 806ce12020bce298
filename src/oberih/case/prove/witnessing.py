"""Who else has seen it?

Stories: `witness` (another key countersigns the last checkpoint here), `cosign_file` and `take_line` (the same across a
distance), `stamp` (an RFC 3161 authority says when a checkpoint was there).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.proving import small_file, verify
from oberih.case.sheet import Sheet
from oberih.errors import InputError
from oberih.evidence import timestamp as rfc3161
from oberih.evidence.closing import digest_of_note
from oberih.evidence.keep import write_atomically
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

__all__ = ["cosign_file", "stamp", "take_line", "witness"]


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
        size, note = report.size, dict(log.checkpoints()).get(report.size, b"")  # what was verified, nothing later
        text = read_note(note, file=keeping.store).text
        if read_checkpoint(text).root.hex() != report.root:
            raise InputError("was changed while it was verified; nothing was countersigned", file=keeping.store)
        line = cosign(text, name, signer.private, int(now.timestamp()))
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
    note = read_note(small_file(path), file=path)
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
    pems = [small_file(p) for p in roots]
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
            der = small_file(reply) if reply is not None else b""
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
