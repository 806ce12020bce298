"""What is the situation, and how does a page hear that it changed?"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response
from fastapi.responses import PlainTextResponse, StreamingResponse

from oberih.case.given import as_csv
from oberih.case.situation import Situation
from oberih.web.access.may import may
from oberih.web.live import LOOK
from oberih.web.problem import refusals
from oberih.web.state import Shared

router = APIRouter(prefix="/api/v1", tags=["situation"])


@router.get("/situation", dependencies=[may("read")], responses=refusals(401, 403))
def situation(state: Shared) -> Situation:
    """Give everything on the first page: site, zones in force, readings, incidents, regimes, changes, sources.

    Where a source is broken its last good values stand here, and ``sources`` says since when and why.
    """
    return state.live.desk.latest(state.clock(), within=LOOK)


@router.get("/situation/readings.csv", dependencies=[may("read")], responses=refusals(401, 403),
            response_class=PlainTextResponse)  # fmt: skip
def readings_csv(state: Shared) -> Response:
    """Give every reading of every file in one form (CSV, Sv/s), as `oberih serve --readings` reads it."""
    state.live.desk.latest(state.clock(), within=LOOK)
    text = as_csv(r for source in state.live.desk.readings if source.value is not None for r in source.value.readings)
    return Response(text, media_type="text/csv; charset=utf-8")


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
