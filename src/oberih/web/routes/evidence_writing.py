"""How does a custodian write into the record from a page?

Only with accounts and the right to record.  The server's key signs; the record says in which role it was written, and
the gate notes who did (`oberih.web.access`).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from oberih.case.prove import record_writing
from oberih.errors import InputError
from oberih.web.access.may import Who, may
from oberih.web.problem import refusals
from oberih.web.routes.evidence_models import WrittenRecord
from oberih.web.state import Shared

router = APIRouter(prefix="/api/v1/evidence", tags=["evidence"])

Custodian = Annotated[Who, may("record")]
Number = Annotated[int, InPath(ge=0, lt=2**53)]
Fields = Annotated[
    dict[str, Any],
    Body(
        description="kind, text, happened, known_on, place, source, reliability, credibility, claims, tags, data, "
        "rests_on; as `oberih evidence add`.",
        examples=[{"kind": "event", "text": "A siren was heard", "happened": {"from": "2026-11-25"}}],
    ),
]


@router.post("/records", status_code=201, responses=refusals(401, 403, 422, 503))
def evidence_add(state: Shared, who: Custodian, fields: Fields) -> WrittenRecord:
    """Record one statement; signed by this server's key, with the writer's role in it."""
    _refuse_untidy(fields)
    return WrittenRecord.of(record_writing.add(state.settings.keeping, fields, role=who.role, now=state.clock()))


@router.post("/records/{number}/corrections", status_code=201, responses=refusals(401, 403, 404, 422, 503))
def evidence_correct(state: Shared, who: Custodian, number: Number, fields: Fields) -> WrittenRecord:
    """Record what replaces a record, which stays; fields that are not named are taken over."""
    _refuse_untidy(fields)
    written = record_writing.put_right(state.settings.keeping, str(number), fields, role=who.role, now=state.clock())
    return WrittenRecord.of(written)


@router.post(
    "/records/{number}/attachments", status_code=201, responses=refusals(401, 403, 404, 413, 422, 503),
    openapi_extra={"requestBody": {"required": True, "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)  # fmt: skip
async def evidence_attach(
    request: Request, state: Shared, who: Custodian, number: Number,
    name: Annotated[str, Query(min_length=1, max_length=120, description="Of the file, with its ending.")],
    text: Annotated[str, Query(max_length=2000, description="What it is.")] = "",
) -> WrittenRecord:  # fmt: skip
    """Bring a file to a record: the body as it is; kept by its SHA-256, and recorded as a document."""
    if name in {".", ".."} or any(c in name for c in "/\\\x00") or not name.isprintable() or name != name.strip():
        raise InputError("is not a plain file name", field="name", value=name)
    if len(name.encode(errors="replace")) > 200:
        raise InputError("is too long", field="name", value=name)
    with tempfile.TemporaryDirectory(prefix="oberih-attach-") as folder:
        path = Path(folder) / name
        await _received(request, path)
        written = await run_in_threadpool(
            record_writing.bring, state.settings.keeping, str(number), path, text=text, role=who.role, now=state.clock()
        )
    return WrittenRecord.of(written)


async def _received(request: Request, path: Path) -> None:
    """Write the body to a file, no more of it than is taken."""
    size = 0
    with path.open("wb") as file:
        async for block in request.stream():
            size += len(block)
            if size > record_writing.LARGEST_FILE:
                raise HTTPException(413, f"A file has at most {record_writing.LARGEST_FILE} bytes.")
            file.write(block)
    if size == 0:
        raise InputError("is empty", field="file", cure="send the file as the body")


def _refuse_untidy(fields: dict[str, Any]) -> None:
    if len(fields) > 50:
        raise InputError("are too many", field="fields", value=len(fields))
