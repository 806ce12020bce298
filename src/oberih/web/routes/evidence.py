"""What is in the record, and with which hashes can a reader check it alone?

Everything that a browser, or a program of the reader's, needs to verify: envelopes as they were signed, proofs, the
checkpoint, the bundle.  What this server says of itself proves nothing; ``static/js/verify`` checks it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from fastapi.responses import FileResponse, PlainTextResponse, Response
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException

from oberih.case.prove import record_data, record_proofs
from oberih.case.prove.proving import found_ids
from oberih.case.prove.record_sheets import near as box_about
from oberih.web.access.may import may
from oberih.web.problem import refusals
from oberih.web.routes.evidence_models import (
    ConsistencyProof,
    FullRecord,
    InclusionProof,
    RecordPage,
    RecordStanding,
)
from oberih.web.state import Shared

router = APIRouter(prefix="/api/v1/evidence", tags=["evidence"], dependencies=[may("read")])

Number = Annotated[int, InPath(ge=0, lt=2**53, description="Of the record, from 0.")]
Size = Annotated[int | None, Query(ge=1, lt=2**53, description="Of the log; the last checkpoint's if not given.")]
Word = Annotated[str, Query(max_length=1000)]
Moment = Annotated[str, Query(max_length=40, description="ISO 8601 of any precision.")]

_BUNDLES = BoundedSemaphore(2)
"""Bundles made at the same time; who comes meanwhile is asked to come again."""

KINDS = Literal[
    "", "event", "observation", "measurement", "statement", "claim", "document", "finding", "schedule", "position",
    "correction", "key", "revocation",
]  # fmt: skip


@router.get("", responses=refusals(401, 403, 422, 503))
def evidence(state: Shared) -> RecordStanding:
    """How the record stands: its last checkpoint, its keys, who else has seen it."""
    return RecordStanding.of(record_data.standing(state.settings.keeping))


@router.get("/records", responses=refusals(401, 403, 422, 503))
def evidence_records(
    state: Shared, text: Word = "", kind: KINDS = "", tag: Word = "", source: Word = "", since: Moment = "",
    until: Moment = "",
    near: Annotated[str, Query(max_length=80, description="Latitude, longitude, kilometres: 47.51,34.59,10.")] = "",
    below: Annotated[int | None, Query(ge=0, lt=2**53, description="Only records with a smaller number.")] = None,
    limit: Annotated[int, Query(ge=1, le=record_data.MOST)] = 50,
) -> RecordPage:  # fmt: skip
    """Records that hold all these words, of this kind, tag, source, time and place; the newest first."""
    keeping = state.settings.keeping
    if not record_data.standing(keeping).exists:
        return RecordPage(records=[], size=0, below=None)
    box = box_about(near) if near else None
    asked = record_data.Asked(text, kind, tag, source, since, until, box, below, limit)
    return RecordPage.of(record_data.found(keeping, asked))


@router.get("/record", responses=refusals(401, 403, 404, 422, 503))
def evidence_record_by_id(state: Shared, id: Annotated[str, Query(min_length=1, max_length=200)]) -> FullRecord:
    """One record by its id."""
    return FullRecord.of(record_data.one(state.settings.keeping, id))


@router.get("/records/{number}", responses=refusals(401, 403, 404, 422, 503))
def evidence_record(state: Shared, number: Number) -> FullRecord:
    """One record as it was signed: the envelope to the byte, every field, what corrects it."""
    return FullRecord.of(record_data.one(state.settings.keeping, number))


@router.get("/proof/{number}", responses=refusals(401, 403, 404, 422, 503))
def evidence_proof(state: Shared, number: Number, size: Size = None) -> InclusionProof:
    """Proof that a record is in the log of so many records (RFC 9162, 2.1.3)."""
    return InclusionProof.of(record_proofs.inclusion(state.settings.keeping, number, size))


@router.get("/consistency", responses=refusals(401, 403, 422, 503))
def evidence_consistency(
    state: Shared, first: Annotated[int, Query(ge=1, lt=2**53)], second: Size = None
) -> ConsistencyProof:
    """Proof that the log of ``second`` records begins with that of ``first`` (RFC 9162, 2.1.4)."""
    return ConsistencyProof.of(record_proofs.consistency(state.settings.keeping, first, second))


@router.get("/checkpoint", responses=refusals(401, 403, 404, 503), response_class=PlainTextResponse)
def evidence_checkpoint(state: Shared) -> PlainTextResponse:
    """The last checkpoint as a signed note, to be kept elsewhere: with it a later log can be compared."""
    found = record_data.standing(state.settings.keeping)
    if not found.exists:
        raise HTTPException(404, "Nothing was recorded yet.")
    given = {"Content-Disposition": f'attachment; filename="checkpoint-{found.size}.txt"'}
    return PlainTextResponse(found.checkpoint, headers=given)


@router.get(
    "/records/{number}/attachments/{sha256}", responses=refusals(401, 403, 404, 422, 503), response_class=Response
)
def evidence_attachment(
    state: Shared, number: Number, sha256: Annotated[str, InPath(pattern="^[0-9a-f]{64}$")]
) -> FileResponse:
    """A file that a record rests on, after its content was held against its hash; always to be kept, never shown."""
    path, attachment = record_data.attached(state.settings.keeping, number, sha256)
    return FileResponse(path, media_type="application/octet-stream", headers=_to_keep(attachment.name))


def _to_keep(name: str) -> dict[str, str]:
    """Headers with which no browser opens what a stranger brought (RFC 6266)."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)[:100] or "file"
    return {
        "Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "private, no-cache",
    }  # fmt: skip


@router.get("/bundle", responses=refusals(401, 403, 404, 422, 503), response_class=Response)
def evidence_bundle(
    state: Shared,
    number: Annotated[list[int] | None, Query(max_length=200, description="Only these records, with proofs.")] = None,
    text: Word = "",
    attachments: bool = False,
) -> FileResponse:
    """The record, or some of it, as one file that anyone can verify without this server (`oberih evidence verify`)."""
    keeping = state.settings.keeping
    if not record_data.standing(keeping).exists:
        raise HTTPException(404, "Nothing was recorded yet.")
    ids = None
    if number is not None or text:
        ids = [str(record_data.one(keeping, n).fields["id"]) for n in number or ()]
        ids += found_ids(keeping, text) if text else []
    if not _BUNDLES.acquire(blocking=False):
        raise HTTPException(503, "Others are fetching bundles; try again in a minute.", headers={"Retry-After": "60"})
    try:
        folder = tempfile.TemporaryDirectory(prefix="oberih-bundle-")
        path = Path(folder.name) / "record.oberih.zip"
        manifest = record_proofs.bundle_for(keeping, path, ids=ids, attachments=attachments)
    finally:
        _BUNDLES.release()
    kind = "record" if manifest["complete"] else "selection"
    name = f"oberih-{kind}-{manifest['size']}.zip"
    given = {"Content-Disposition": f'attachment; filename="{name}"'}
    return FileResponse(path, media_type="application/zip", headers=given, background=BackgroundTask(folder.cleanup))
