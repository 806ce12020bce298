"""Do the checkpoints close what stands here, and who else saw them?

A checkpoint is a promise: so many records, this root.  It must be signed by a key that the log
knew by then, and its root must come out of the records.  Where it does not, the records between
the last checkpoint that agrees and the first that does not are not those that were signed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from oberih.errors import InputError, OberihError
from oberih.evidence.keyring import Keyring
from oberih.evidence.moment import utc_text
from oberih.evidence.note import (
    COSIGNATURE,
    Checkpoint,
    Note,
    read_checkpoint,
    read_note,
    read_signature,
    read_vkey,
    verify_signature,
)
from oberih.evidence.report import Fault
from oberih.evidence.timestamp import verify as verify_timestamp

__all__ = ["Closed", "by_size", "check_cosignatures", "check_roots", "check_timestamps", "read_closed"]

_LATEST = 253_402_300_799
"""The end of the year 9999 [s since 1970-01-01 UTC]."""


@dataclass(frozen=True)
class Closed:
    """A checkpoint as read.

    Parameters
    ----------
    label : str
        What to call it in a fault.
    checkpoint : Checkpoint
    note : Note
    """

    label: str
    checkpoint: Checkpoint
    note: Note


def read_closed(
    notes: Iterable[tuple[int | None, bytes]], *, origin: str, label: str = "checkpoint"
) -> tuple[list[Closed], list[Fault]]:
    """Read checkpoints, in order of their sizes.

    Parameters
    ----------
    notes : iterable of (int or None, bytes)
        The size under which it is kept, where it is kept under one, and the note.
    origin : str
        The log's name, which each must bear.
    label : str
    """
    closed, faults = [], []
    for size, data in notes:
        called = f"{label} of {size} records" if size is not None else label
        try:
            note = read_note(data)
            checkpoint = read_checkpoint(note.text)
        except InputError as error:
            faults.append(Fault(called, f"cannot be read: {error.message}"))
            continue
        called = f"{label} of {checkpoint.size} records"
        if size is not None and checkpoint.size != size:
            faults.append(Fault(called, f"is kept as one of {size}"))
        elif checkpoint.origin != origin:
            faults.append(Fault(called, f"is of another log ({checkpoint.origin}, not {origin})"))
        else:
            closed.append(Closed(called, checkpoint, note))
    return by_size(closed), faults


def by_size(closed: Iterable[Closed]) -> list[Closed]:
    """Put checkpoints in order of their sizes."""
    return sorted(closed, key=lambda c: c.checkpoint.size)


def check_signature(closed: Closed, keyring: Keyring) -> Fault | None:
    """Whether a checkpoint is signed by a key that might."""
    size, refusal = closed.checkpoint.size, None
    for keyid, held in keyring.tenures.items():
        if verify_signature(closed.note, closed.checkpoint.origin, held.public).holds:
            refusal = keyring.may_close(keyid, size=size)
            if refusal is None:
                return None
    what = f"is {refusal}" if refusal else "is signed by no key that the log knows, or was changed"
    return Fault(closed.label, what)


def check_roots(closed: Sequence[Closed], keyring: Keyring, *, roots: dict[int, bytes], reached: int) -> list[Fault]:
    """Whether the records give each checkpoint's root, and none is missing behind them.

    Parameters
    ----------
    closed : sequence of Closed
        In order of their sizes.
    keyring : Keyring
    roots : mapping of int to bytes
        Root after so many records, as they stand here.
    reached : int
        One more than the highest number of a record here: what is missing below it was taken out, what is missing
        from it on was cut off.
    """
    faults: list[Fault] = []
    signed: list[Closed] = []
    for one in closed:
        wrong = check_signature(one, keyring)
        if wrong is not None:
            faults.append(wrong)  # and what it says binds nobody
        else:
            signed.append(one)
    here = [c for c in signed if c.checkpoint.size <= reached]
    wrong_roots = [c for c in here if roots.get(c.checkpoint.size) != c.checkpoint.root]
    if wrong_roots:
        faults.append(_forked(here, wrong_roots))
    said = signed or list(closed)  # where not even the keys are here, what nobody can check tells at least how many
    if said and said[-1].checkpoint.size > reached:
        last = said[-1]
        first, end = reached, last.checkpoint.size - 1
        what = f"spoken of by the {last.label}, missing here: the end was cut off"
        faults.append(Fault(_records(first, end), what, first, end))
    return faults


def _forked(here: Sequence[Closed], wrong: Sequence[Closed]) -> Fault:
    """The stretch after the last checkpoint that agrees, up to the first that does not."""
    end = wrong[0].checkpoint.size
    agreed = max((c.checkpoint.size for c in here if c not in wrong and c.checkpoint.size < end), default=0)
    more = f" ({len(wrong) - 1} later ones neither)" if len(wrong) > 1 else ""
    what = f"not those over which the {wrong[0].label} was signed{more}: the log was forked or rewritten there"
    return Fault(_records(agreed, end - 1), what, agreed, end - 1)


def _records(first: int, last: int) -> str:
    return f"record {first}" if first == last else f"records {first} to {last}"


def check_cosignatures(
    cosignatures: Iterable[tuple[int, str, str]], closed: Sequence[Closed]
) -> tuple[list[str], list[Fault]]:
    """Who countersigned which checkpoint; a line that does not fit is a fault."""
    by_size = {c.checkpoint.size: c for c in closed}
    said, faults = [], []
    for size, line, vkey in cosignatures:
        where = f"cosignature on the checkpoint of {size} records"
        if size not in by_size:
            faults.append(Fault(where, "the checkpoint is not here"))
            continue
        try:
            key = read_vkey(vkey)
            signed = Note(by_size[size].note.text, (read_signature(line),))
            found = verify_signature(signed, key.name, key.public, key.kind)
        except InputError as error:
            faults.append(Fault(where, f"cannot be read ({error})"))
            continue
        if not found.holds or key.kind != COSIGNATURE or found.at is None:
            faults.append(Fault(where, f"does not fit the key {vkey}"))
            continue
        if found.at > _LATEST:
            faults.append(Fault(where, f"says that it was made {found.at} seconds after 1970, which nobody can know"))
            continue
        when = utc_text(datetime.fromtimestamp(found.at, UTC))
        said.append(f"{key.name} saw {size} records at {when} (key {vkey})")
    return said, faults


def check_timestamps(
    timestamps: Iterable[tuple[int, bytes]], closed: Sequence[Closed], *, roots: Sequence[bytes]
) -> tuple[list[str], list[Fault]]:
    """Which authority saw which checkpoint; a reply that does not fit is a fault."""
    by_size = {c.checkpoint.size: c for c in closed}
    said, faults = [], []
    for size, reply in timestamps:
        where = f"timestamp on the checkpoint of {size} records"
        if size not in by_size:
            faults.append(Fault(where, "the checkpoint is not here"))
            continue
        try:
            found = verify_timestamp(reply, digest_of_note(by_size[size].note), roots=list(roots), nonce=None)
        except OberihError as error:
            faults.append(Fault(where, f"does not fit ({error})"))
            continue
        trust = "" if roots else "; its certificate was not checked against any root (--roots)"
        said.append(f"{found.authority} saw {size} records at {utc_text(found.time)}{trust}")
    return said, faults


def digest_of_note(note: Note) -> bytes:
    """SHA-256 of a note's text: what a timestamp authority is asked to sign."""
    return hashlib.sha256(note.text.encode()).digest()
