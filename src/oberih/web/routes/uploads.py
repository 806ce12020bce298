"""How does a user hand in weather, a mapping or a source term?

The body is the file itself.  Its own reader must find it sound, in a process of its own where strangers' bytes meet
somebody else's C code; only then is it kept.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from oberih.case.reach.uploads import MOST_BYTES, Upload, Uploads
from oberih.case.wording import stamp
from oberih.earth.site import load_site
from oberih.web.access.may import may
from oberih.web.problem import refusals
from oberih.web.state import Shared

router = APIRouter(prefix="/api/v1", tags=["uploads"], dependencies=[may("compute")])

Kind = Literal["weather", "mapping", "source-term"]
Id = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="As it was answered when the file was handed in.")]

TYPES = (
    "application/octet-stream", "text/csv", "text/plain", "application/json", "application/toml", "application/gzip",
    "application/x-netcdf",
)  # fmt: skip
"""Types of a body; the content is recognised by itself, never by its type."""

_AT_ONCE = asyncio.Semaphore(2)


class Handed(BaseModel):
    """What was handed in, as its reader found it."""

    id: str = Field(description="Name it as `upload:<id>` where a weather or a scenario is asked for.")
    kind: Kind
    name: str
    recognised: str = Field(description="The format that it was found to be.")
    size: int = Field(description="[bytes]")
    sha256: str
    start: str | None = Field(description="Of weather: its first time.")
    end: str | None = Field(description="Of weather: its last time.")
    hours: int | None = Field(description="Of a source term: its length [h].")
    facts: list[str]
    oddities: list[str] = Field(description="What a person should look at before using it.")
    mapping: str | None


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in TYPES},
    }
}


@router.post("/uploads/{kind}", status_code=201, responses=refusals(401, 403, 404, 413, 415, 422, 503),
             openapi_extra=_BODY)  # fmt: skip
async def hand_in(
    kind: Kind,
    request: Request,
    state: Shared,
    name: Annotated[str, Query(max_length=200, description="What to call it; for messages.")] = "",
    mapping: Annotated[
        str | None, Query(pattern="^[0-9a-f]{16}$", description="How to read a plain table of weather.")
    ] = None,
) -> Handed:
    """Hand in a file: it is read at once, and kept for a while if it can be used."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() not in TYPES:
        raise HTTPException(415, f"Send the file itself, as one of: {', '.join(TYPES)}.")
    data = await _body(request, most=MOST_BYTES[kind])
    store = Uploads(state.settings.cache)
    site = load_site(state.settings.site)
    async with _AT_ONCE:
        return _told(await run_in_threadpool(store.take, kind, data, site=site, name=name, mapping=mapping))


@router.get("/uploads/{id}", responses=refusals(401, 403, 404, 422))
def handed_in(id: Id, state: Shared) -> Handed:
    """Give what is known of a file that was handed in."""
    return _told(Uploads(state.settings.cache).get(id))


async def _body(request: Request, *, most: int) -> bytes:
    """The body, refused as soon as it is too long."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise HTTPException(413, f"The file is larger than the {most} bytes that are read.")
        parts.append(part)
    return b"".join(parts)


def _told(upload: Upload) -> Handed:
    told = {name: getattr(upload, name) for name in Handed.model_fields}
    for name in ("start", "end"):
        told[name] = None if told[name] is None else stamp(told[name])
    return Handed.model_validate(told)
