"""May more be put behind what stands here?

A new checkpoint vouches for everything before it.  So nothing is put behind an end that was cut, nor behind
records that are not those which the last checkpoint closed: that would sign for what somebody else did.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from oberih.errors import CorruptStore, InputError
from oberih.evidence.closing import Closed, check_signature
from oberih.evidence.keyring import Keyring
from oberih.evidence.moment import covered, utc_text
from oberih.evidence.note import Checkpoint, read_checkpoint, read_note
from oberih.evidence.record import Record
from oberih.evidence.tree import Frontier

__all__ = ["head_of", "refuse_later", "refuse_other_end", "refuse_shortened"]


def head_of(path: Path | None) -> Checkpoint | None:
    """Return the checkpoint kept beside the database; None where there is none that can be read."""
    try:
        return read_checkpoint(read_note(path.read_bytes()).text) if path is not None else None
    except (OSError, InputError):
        return None


def refuse_shortened(size: int, head: Path | None, *, where: str) -> None:
    """Put nothing behind an end that was cut: it would hide that.

    Raises
    ------
    CorruptStore
        If the checkpoint beside the database covers more than is there.
    """
    kept = head_of(head)
    if kept is not None and kept.size > size:
        raise CorruptStore(
            f"{where}: holds {size} records, the checkpoint in {head} covers {kept.size}: its end was lost or "
            "an older copy put here; nothing was written; bring the newer one back, or move that file away"
        )


def refuse_later(records: Sequence[Record], moment: datetime) -> None:
    """Write nothing before it was: it could not be read again.

    Raises
    ------
    InputError
        If something happened, or was known, after the time of writing (a clock that was put back).
    """
    limit = utc_text(moment + timedelta(hours=14))
    for record in records:
        for text in (record.happened.get("from"), record.happened.get("to"), record.known_on):
            if text and covered(text, text)[0] > limit:
                cure = "put the clock right; nothing was written"
                what = f"lies after the time of writing ({utc_text(moment)})"
                raise InputError(what, field=f"record {record.id}", value=text, cure=cure)


def refuse_other_end(
    frontier: Frontier, note: bytes | None, head: Path | None, keyring: Keyring, *, where: str
) -> None:
    """Put nothing behind records that the last checkpoint does not close.

    Parameters
    ----------
    frontier : Frontier
        Right edge of the tree as it is stored.
    note : bytes or None
        The last checkpoint in the database.
    head : Path or None
        The one beside it.
    keyring : Keyring

    Raises
    ------
    CorruptStore
        If there is none, it is signed by no key that might, or the stored tree has another root.
    """
    try:
        wrong = _wrong(frontier, note, keyring)
    except InputError as error:
        wrong = f"the last checkpoint cannot be read ({error.message})"
    beside = head_of(head)
    if wrong is None and beside is not None and beside.size == frontier.size and beside.root != frontier.root():
        wrong = f"the checkpoint in {head} has another root"
    if wrong is not None:
        raise CorruptStore(
            f"{where}: the {frontier.size} records that stand here are not those that were signed: {wrong}; "
            "nothing was written; run: oberih evidence verify"
        )


def _wrong(frontier: Frontier, note: bytes | None, keyring: Keyring) -> str | None:
    if note is None:
        return "no checkpoint covers them"
    read = read_note(note)
    last = read_checkpoint(read.text)
    if last.size != frontier.size:
        return f"the last checkpoint covers {last.size}"
    if last.root != frontier.root():
        return "the last checkpoint has another root"
    fault = check_signature(Closed("last checkpoint", last, read), keyring)
    return str(fault) if fault is not None else None
