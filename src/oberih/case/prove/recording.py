"""How does something come into the record, and how is it put right?

Stories: `record_all` (new records), `correct` (a record that names the one it replaces), `attach` (a
record that brings files to another).  Each is whole or not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from oberih.case.progress import Progress, Silent
from oberih.case.prove.keeping import Keeping
from oberih.errors import InputError, OberihError
from oberih.evidence.attachments import describe
from oberih.evidence.keys import Signer
from oberih.evidence.log import BATCH, Appended, Log
from oberih.evidence.record import Attachment, Record, read_record, record_fields

__all__ = ["Written", "attach", "correct", "record_all", "record_one"]


@dataclass(frozen=True)
class Written:
    """What was written.

    Parameters
    ----------
    records : tuple of (int, str)
        Number and id of each new record; the log's first key record is not among them.
    known : tuple of str
        Ids of those that were there already.
    size : int
        Records in the log afterwards.
    store : str
    notes : tuple of str
        What the reader must know, as that a key was made.
    """

    records: tuple[tuple[int, str], ...]
    known: tuple[str, ...]
    size: int
    store: str
    notes: tuple[str, ...] = ()


def record_one(
    keeping: Keeping, fields: Mapping[str, Any], *, files: Sequence[Path] = (), now: datetime, origin: str | None = None
) -> Written:
    """Record one statement, with its files.

    Parameters
    ----------
    keeping : Keeping
    fields : mapping
        As `oberih.evidence.record.FIELDS`.
    files : sequence of Path
        To attach.
    now : datetime
        UTC.
    origin : str, optional
        Where the fields come from, named when one is refused.

    Raises
    ------
    InputError
        If a field or file is refused; nothing was stored.
    StoreError
        If it cannot be written.
    """
    record = read_record(fields, now=now, file=origin)
    if files:
        described = _with_files(record, [describe(f) for f in files], fresh_id="id" not in fields, now=now)
        _refuse_early(keeping, described)
        taken = [keeping.attachments.take_in(f) for f in files]
        record = _with_files(record, taken, fresh_id="id" not in fields, now=now)
    return record_all(keeping, [record], now=now)


def _refuse_early(keeping: Keeping, record: Record) -> None:
    """Refuse what the log would refuse, before any file is copied."""
    if not keeping.exists:
        if keeping.environment.get("OBERIH_KEY") or keeping.key_file.is_file():
            keeping.signer()
        return
    log = keeping.log(create=True)
    try:
        if log.size:
            log.refuse_conflicts([record])
            log.refuse_signer(keeping.signer()[0])
    finally:
        log.close()


def record_all(
    keeping: Keeping, records: Iterable[Record], *, now: datetime, progress: Progress | None = None
) -> Written:
    """Record many, a batch at a time.

    Every record is read before the first is written, so a bad one refuses all; a kill between
    batches leaves whole batches, and the same command takes up the rest.

    Raises
    ------
    InputError, StoreError
        As `oberih.evidence.log.Log.append`.
    """
    wanted = list(records)
    if not wanted:
        raise InputError("holds no record", field="input", cure="give at least one")
    _refuse_absent_files(keeping, wanted)
    told = progress or Silent()
    log, signer, notes = _opened(keeping)
    written: list[tuple[int, str]] = []
    known: list[str] = []
    size = 0
    try:
        if len(wanted) > BATCH:
            told.stage("comparing with what is there")
            log.refuse_conflicts(wanted)
        told.stage("recording", total=len(wanted))
        for at in range(0, len(wanted), BATCH):
            batch = wanted[at : at + BATCH]
            done: Appended = log.append(batch, signer=signer, now=now)
            ids = {r.id for r in batch}
            written += [(e.seq, e.record.id) for e in done.entries if e.record.id in ids]
            known += done.known
            size = done.size
            told.advance(len(batch))
        told.done()
    finally:
        log.close()
    return Written(tuple(written), tuple(known), size, keeping.store, tuple(notes))


def _refuse_absent_files(keeping: Keeping, records: Sequence[Record]) -> None:
    """Refuse a record that names a file nobody brought: it could never be verified."""
    for record in records:
        for attachment in record.attachments:
            if not keeping.attachments.path(attachment.sha256).is_file():
                cure = "bring the file itself with --attach, or say its hash in rests_on"
                raise InputError(
                    "is not in the store",
                    file=f"record {record.id}",
                    field="attachments",
                    value=attachment.name,
                    cure=cure,
                )


def _opened(keeping: Keeping) -> tuple[Log, Signer, list[str]]:
    """The log and the key; both are made where nothing was recorded yet, and only there."""
    if keeping.exists:
        log = keeping.log(create=True)
        try:
            signer, made = keeping.signer(create=log.size == 0)
        except OberihError:
            log.close()
            raise
    else:
        signer, made = keeping.signer(create=True)
        log = keeping.log(create=True)
    return log, signer, _about_key(keeping, signer) if made else []


def correct(
    keeping: Keeping, name: str, changes: Mapping[str, Any], *, files: Sequence[Path] = (), now: datetime
) -> Written:
    """Record what replaces an older record, which stays.

    Parameters
    ----------
    name : str
        Id or number of the old one.
    changes : mapping
        Fields that differ; all others are taken over, and so are the other parts of a field that has parts.

    Raises
    ------
    InputError
        If there is no such record, it is corrected already, or nothing changes.
    """
    with closing(keeping.log()) as log:
        old = log.entry(name).record
        newer = log.corrections().get(old.id)
    if newer is not None:
        raise InputError("is corrected already", field="id", value=old.id, cure=f"correct its successor, {newer}")
    if old.kind in {"key", "revocation"}:
        raise InputError(
            "tells of keys and cannot be corrected", field="id", value=old.id, cure="see: oberih evidence key"
        )
    merged = _merged(record_fields(old), changes)
    fields = {**record_fields(old), **merged, "corrects": old.id}
    if "id" not in changes:
        del fields["id"]
    if not files and all(record_fields(old).get(k) == v for k, v in merged.items()):
        raise InputError("changes nothing", field="id", value=old.id, cure="give the fields that are to differ")
    return record_one(keeping, fields, files=files, now=now)


def _merged(old: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Each changed field; of one that has parts (``data``, ``place`` …) the parts that are not named stay."""
    return {
        k: {**old[k], **v} if isinstance(v, Mapping) and isinstance(old.get(k), Mapping) else v
        for k, v in changes.items()
    }


def attach(
    keeping: Keeping, name: str, files: Sequence[Path], *, text: str = "", data: Mapping[str, Any] | None = None,
    now: datetime,
) -> Written:  # fmt: skip
    """Bring files to a record: a new one of kind ``document`` that rests on it, with further ``data`` if given.

    Raises
    ------
    InputError
        If there is no such record, no file, or one cannot be read.
    """
    if not files:
        raise InputError("is missing", field="FILE", cure="name at least one file")
    with closing(keeping.log()) as log:
        old = log.entry(name).record
    names = ", ".join(f.name for f in files)
    fields = {"kind": "document", "text": text or f"Attached to {old.id}: {names}", "rests_on": [old.id], "data": data}
    return record_one(keeping, fields, files=files, now=now)


def _with_files(record: Record, taken: Sequence[Attachment], *, fresh_id: bool, now: datetime) -> Record:
    """The record with its files; an id made from the content is made anew."""
    whole = replace(record, attachments=record.attachments + tuple(taken))
    fields = {k: v for k, v in record_fields(whole).items() if not (fresh_id and k == "id")}
    return read_record(fields, now=now)


def _about_key(keeping: Keeping, signer: Signer) -> list[str]:
    safe = "encrypted" if keeping.environment.get("OBERIH_KEY_PASSPHRASE") else "protected by the file's rights alone"
    return [f"a key was made ({signer.keyid[:12]}, {safe}): {keeping.key_file}; keep a copy where you keep such things"]
