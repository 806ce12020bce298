"""How does somebody far from the machine write into the record?

Stories: `add`, `put_right`, `bring`: those of `oberih.case.prove.recording`, with the writer's role in the
record's ``data``.  The record is signed by the key of the machine that keeps it.  Keys come and go on that machine
alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.record_data import without_place
from oberih.case.prove.recording import Written, attach, correct, record_one
from oberih.errors import InputError
from oberih.evidence.keyring import TELLS
from oberih.evidence.record import read_record

__all__ = ["LARGEST_FILE", "ROLE", "TYPES", "add", "bring", "put_right"]

ROLE = "entered_by_role"
"""Name in a record's ``data`` of the role in which somebody wrote it."""

LARGEST_FILE = 32 * 2**20
"""Bytes of a file brought over a network."""

TYPES = {
    ".csv", ".docx", ".eml", ".geojson", ".gif", ".gz", ".jpeg", ".jpg", ".json", ".kml", ".mp3", ".mp4", ".odt",
    ".ods", ".pdf", ".png", ".tif", ".tiff", ".txt", ".webp", ".xlsx", ".xml", ".zip",
}  # fmt: skip
"""Ends of the names of files that are taken; none that a machine runs."""


def add(keeping: Keeping, fields: Mapping[str, Any], *, role: str, now: datetime) -> Written:
    """Record one statement.

    Parameters
    ----------
    keeping : Keeping
    fields : mapping
        As `oberih.evidence.record.FIELDS`.
    role : str
        Of the one who writes.
    now : datetime
        UTC.

    Raises
    ------
    InputError, StoreError
        As `oberih.case.prove.recording.record_one`; or if it is about keys or names files.
    """
    _refuse_reserved(fields)
    with without_place(keeping):
        plain = read_record({"kind": "statement", **fields}, now=now)  # the role is put into sound data only
        whole = {"kind": "statement", **fields, "data": {**plain.data, ROLE: role}}
        return record_one(keeping, whole, now=now)


def put_right(keeping: Keeping, name: str, changes: Mapping[str, Any], *, role: str, now: datetime) -> Written:
    """Record what replaces an older record, which stays.

    Raises
    ------
    InputError, StoreError
        As `oberih.case.prove.recording.correct`; or if it is about keys or names files.
    """
    _refuse_reserved(changes)
    if not changes:
        raise InputError("changes nothing", field="fields", cure="give the fields that are to differ")
    given = changes.get("data", {})
    if not isinstance(given, Mapping):
        raise InputError("must be a set of fields", field="data", value=type(given).__name__)
    with without_place(keeping):
        return correct(keeping, name, {**changes, "data": {**given, ROLE: role}}, now=now)


def bring(keeping: Keeping, name: str, file: Path, *, text: str, role: str, now: datetime) -> Written:
    """Bring a file to a record.

    Raises
    ------
    InputError, StoreError
        As `oberih.case.prove.recording.attach`; or if the file is too large or of no type in `TYPES`.
    """
    if file.suffix.lower() not in TYPES:
        cure = f"bring one of {', '.join(sorted(TYPES))}"
        raise InputError("is of a type that is not taken", field="name", value=file.name, cure=cure)
    if file.stat().st_size > LARGEST_FILE:
        raise InputError(f"has more than {LARGEST_FILE} bytes", field="file", cure="use: oberih evidence attach")
    with without_place(keeping):
        return attach(keeping, name, [file], text=text, data={ROLE: role}, now=now)


def _refuse_reserved(fields: Mapping[str, Any]) -> None:
    if str(fields.get("kind")) in TELLS:
        cure = "on the machine that keeps the record: oberih evidence key"
        raise InputError("keys are not changed over the network", field="kind", value=fields["kind"], cure=cure)
    for name in ("attachments", "corrects"):
        if name in fields:
            cure = "bring the file to the record that is written" if name == "attachments" else "correct that record"
            raise InputError("is not given here", field=name, cure=cure)
