"""What is the situation, and how does a page hear that it changed?"""

from __future__ import annotations

import gzip
import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException

from oberih.case.watch.given import as_csv
from oberih.case.watch.situation import Situation
from oberih.web.access.may import may
from oberih.web.live import LOOK
from oberih.web.problem import refusals
from oberih.web.routes.map import GeoJson
from oberih.web.state import Shared

router = APIRouter(prefix="/api/v1", tags=["situation"])


_PACKED: dict[int | str, dict[str, Any]] = {200: {"model": Situation, "description": "The situation."}}


@router.get("/situation", dependencies=[may("read")], responses={**_PACKED, **refusals(401, 403)},
            response_model=Situation)  # fmt: skip
def situation(request: Request, state: Shared) -> Response:
    """Give everything on the first page: site, zones in force, readings, incidents, regimes, changes, sources.

    Where a source is broken its last good values stand here, and ``sources`` says since when and why.
    """
    plain, packed = _written(state.live.desk.latest(state.clock(), within=LOOK))
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(packed, media_type="application/json", headers={"Content-Encoding": "gzip", **_VARIES})
    return Response(plain, media_type="application/json", headers=_VARIES)


_VARIES = {"Vary": "Accept-Encoding, Cookie"}
_SITUATION = TypeAdapter(Situation)
_last: tuple[Situation, tuple[bytes, bytes]] | None = None


def _written(found: Situation) -> tuple[bytes, bytes]:
    """Write a situation once for all who ask for it."""
    global _last
    kept = _last
    if kept is None or kept[0] is not found:
        plain = _SITUATION.dump_json(found)
        kept = _last = (found, (plain, gzip.compress(plain, 5, mtime=0)))
    return kept[1]


_CELLS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Cells with their colour.",
          "content": {"application/geo+json": {"schema": {"type": "object"}}}},
}  # fmt: skip


@router.get("/situation/plume", dependencies=[may("read")], responses={**_CELLS, **refusals(401, 403, 404)},
            response_class=GeoJson)  # fmt: skip
def plume(state: Shared) -> Response:
    """Give the cells of the forecast plume: what would be if the assumed release began this hour."""
    forecast = state.live.desk.forecast
    if forecast is None or forecast.value is None:
        raise HTTPException(404, "There is no forecast plume; name a forecast: oberih serve --forecast FILE")
    return GeoJson(json.dumps(forecast.value.cells, separators=(",", ":")))


_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A table.", "content": {"text/csv; charset=utf-8": {"schema": {"type": "string"}}}},
}


class Csv(Response):
    """A table of comma-separated values."""

    media_type = "text/csv; charset=utf-8"


@router.get("/situation/readings.csv", dependencies=[may("read")], responses={**_TABLE, **refusals(401, 403)},
            response_class=Csv)  # fmt: skip
def readings_csv(state: Shared) -> Response:
    """Give every reading of every file in one form (CSV, Sv/s), as `oberih serve --readings` reads it."""
    state.live.desk.latest(state.clock(), within=LOOK)
    text = as_csv(r for source in state.live.desk.readings if source.value is not None for r in source.value.readings)
    return Csv(text)


_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "Events, until the client leaves.",
          "content": {"text/event-stream": {"schema": {"type": "string"}}}},
}  # fmt: skip


@router.get("/live", dependencies=[may("read")], responses={**_STREAM, **refusals(401, 403, 503)},
            response_class=StreamingResponse)  # fmt: skip
async def live(
    state: Shared, last_event_id: Annotated[str | None, Header(max_length=64)] = None,
) -> StreamingResponse:  # fmt: skip
    """Tell which parts of the situation have a new version, as server-sent events, without an end.

    ``parts`` comes at once and with every change, ``engine`` when the atlas changes its state, ``beat`` every 15
    seconds.  A client that comes back with ``Last-Event-ID`` is told what changed meanwhile.
    """
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(await state.live.stream(last_event_id), media_type="text/event-stream", headers=headers)
