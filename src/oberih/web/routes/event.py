"""What has this hour's release done, and what is to be done where?

Every question is one flat query, so that the address of the page is the link that is shared.  What is slow (weather,
the atlas of the hours) is done once for an hour's weather and held; what people do is weighed anew in milliseconds.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from oberih.case.reach.response import DEFAULT_SCENARIO, EventRequest
from oberih.case.reach.response_choices import choices, course_of
from oberih.case.reach.response_export import settlements_csv, zones_geojson
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.projection import LocalProjection
from oberih.errors import InputError
from oberih.units import millisieverts
from oberih.web.access.may import may
from oberih.web.event_views import EventView, FieldView, GridView, event_view, field_view
from oberih.web.problem import refusals
from oberih.web.state import Shared, State

router = APIRouter(prefix="/api/v1", tags=["event"])

_REFUSED = refusals(401, 403, 404, 422, 503)
_AT_ONCE = asyncio.Semaphore(2)
_WAITING: set[object] = set()
QUEUE = 24
"""Questions that may be at work or waiting."""

Done = TypeVar("Done")


def _text(most: int, told: str) -> Any:
    return Query(max_length=most, description=told)


def _hours(told: str) -> Any:
    return Query(ge=0.0, le=168.0, description=f"{told} [h since the release began].")


def asked(
    state: Shared,
    at: Annotated[str | None, _text(40, "Hour at which the release begins; now if left out.")] = None,
    weather: Annotated[
        str,
        _text(
            40,
            "forecast, served, exercise, upload:<id>, or ready: particles in the forecast that stands ready, doses out "
            "to 1,000 km; it holds no hours: who shelters does so all the time, and no hour of leaving is answered.",
        ),
    ] = "forecast",
    scenario: Annotated[str, _text(80, "One that ships, or upload:<id>.")] = DEFAULT_SCENARIO,
    criteria: Annotated[str, _text(40, "Name of a criteria set.")] = "iaea",
    age: Annotated[str | None, _text(20, "Age group; as each criterion has it if left out.")] = None,
    height: Annotated[float | None, Query(ge=0.0, le=1000.0, description="Of the release [m].")] = None,
    shelter: Annotated[str | None, _text(40, "Where people shelter.")] = None,
    shelter_from: Annotated[float, _hours("When they begin to")] = 0.0,
    shelter_until: Annotated[float | None, _hours("When they end; after two days if left out")] = None,
    iodine: Annotated[str | None, _text(40, "When stable iodine is taken.")] = None,
    evacuate_at: Annotated[float | None, _hours("When people are gone")] = None,
) -> EventRequest:
    """Understand the query."""
    course = course_of(
        shelter=shelter or None, shelter_from=shelter_from, shelter_until=shelter_until, iodine=iodine or None,
        leave=evacuate_at,
    )  # fmt: skip
    hour = _whole(_moment(at) if at else state.clock().timestamp())
    return EventRequest(hour, weather, scenario, criteria, age or None, height, course)


Asked = Annotated[EventRequest, Depends(asked)]


class OfferView(BaseModel):
    """A weather that may be chosen."""

    name: str
    label: str
    source: str
    start: str | None
    end: str | None
    written: str | None
    trouble: str = Field(description="Why it cannot be used; empty if it can.")


class ChoicesView(BaseModel):
    """What may be chosen."""

    site: str
    site_id: str
    latitude: float
    longitude: float
    now: str
    weathers: list[OfferView]
    scenarios: list[dict[str, Any]] = Field(description="name, title by language, hours.")
    scenario: str = Field(description="The proposed one.")
    criteria: list[dict[str, str]] = Field(description="name, title, title_uk.")
    ages: list[str]
    shelters: dict[str, bool] = Field(description="Name, and whether its factors are verified.")
    tablets: dict[str, bool]


class StoryView(BaseModel):
    """Dose over time at one settlement; hour k is the end of the k-th hour."""

    id: int
    name: str
    start: str
    outdoors_mSv: list[float] = Field(description="Received until the end of each hour; the last is the whole window.")
    protected_mSv: list[float]
    passing_mSv: list[float] = Field(description="From the air in each hour, outdoors.")


@router.get("/event/choices", dependencies=[may("read")], responses=refusals(401, 403))
async def event_choices(state: Shared) -> ChoicesView:
    """Say what may be chosen for an event: weather, scenarios, criteria, what people do."""
    room = state.events.room
    found = await _done(lambda: choices(state.events))
    return ChoicesView(
        site=room.site.name, site_id=room.site.id, latitude=room.site.latitude, longitude=room.site.longitude,
        now=_now(state)[1],
        weathers=[
            OfferView(name=o.name, label=o.label, source=o.source, trouble=o.trouble, **_times(o))
            for o in found.weathers
        ],
        scenarios=[{"name": s.name, "title": dict(s.title), "hours": s.hours} for s in found.scenarios],
        scenario=found.scenario, ages=list(found.ages),
        criteria=[{"name": c.name, "title": c.title, "title_uk": c.title_uk} for c in found.criteria],
        shelters={n: all(r.verified for r in rows) for n, rows in found.shelters.items()},
        tablets={n: all(r.verified for r in rows) for n, rows in found.tablets.items()},
    )  # fmt: skip


@router.get("/event", dependencies=[may("compute")], responses=_REFUSED)
async def event(request: Asked, state: Shared) -> EventView:
    """Say what an event comes to, and what is to be done where; settlements come most urgent first."""
    now, _ = _now(state)
    return await _done(
        lambda: event_view(state.events.answer(request, now=now), now=now, ukrainian=state.events.ukrainian)
    )


@router.get("/event/field", dependencies=[may("compute")], responses=_REFUSED)
async def event_field(
    request: Asked,
    state: Shared,
    show: Annotated[
        Literal["passing", "until", "outdoors", "protected", "averted"],
        Query(description="Of weather ready: outdoors, protected or averted."),
    ] = "passing",
) -> FieldView:
    """Give doses for the map: what passes in each hour, has come until each hour, or comes in all."""

    def work() -> FieldView:
        run, doses = state.events.shown(request, show)
        return field_view(run, doses, hourly=show == "passing", start=stamp(request.at))

    return await _done(work)


@router.get("/event/grid", dependencies=[may("read")], responses=refusals(401, 403, 422))
def event_grid(
    state: Shared, response: Response,
    weather: Annotated[str, _text(40, "ready for the forecast that stands ready; else the cells of puffs.")] = "",
) -> GridView:  # fmt: skip
    """Say where the cells of a field lie."""
    grid, site = state.events.grid(weather), state.events.room.site
    corners = LocalProjection(site.latitude, site.longitude).cell_corners(grid).astype("<f4")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return GridView(rings=grid.rings, sectors=grid.sectors, corners=base64.b64encode(corners.tobytes()).decode())


@router.get("/event/places/{place}", dependencies=[may("compute")], responses=_REFUSED)
async def event_place(
    place: Annotated[int, Path(ge=1, le=2**53, description="GeoNames number.")], request: Asked, state: Shared
) -> StoryView:
    """Tell the dose over time at a settlement, in the open and under what was asked."""
    run, story = await _done(lambda: state.events.story(request, place))
    curves = {n: (millisieverts(1.0) * getattr(story, n)).tolist() for n in ("outdoors", "protected", "passing")}
    return StoryView(
        id=story.place.id, name=story.place.name, start=stamp(run.hourly.start), outdoors_mSv=curves["outdoors"],
        protected_mSv=curves["protected"], passing_mSv=curves["passing"],
    )  # fmt: skip


@router.get("/event/settlements.csv", dependencies=[may("compute")], responses=_REFUSED, response_class=Response)
async def event_settlements_csv(request: Asked, state: Shared) -> Response:
    """Export every settlement that is touched as a table (CSV)."""
    data = await _done(lambda: settlements_csv(state.events.answer(request, now=_now(state)[0])))
    return _file(data, "text/csv; charset=utf-8", f"event-{state.events.room.site.id}-{_short(request)}.csv")


@router.get("/event/zones.geojson", dependencies=[may("compute")], responses=_REFUSED, response_class=Response)
async def event_zones_geojson(request: Asked, state: Shared) -> Response:
    """Export the zones and the settlements as GeoJSON."""
    data = await _done(lambda: zones_geojson(state.events.answer(request, now=_now(state)[0])))
    return _file(data, "application/geo+json", f"event-{state.events.room.site.id}-{_short(request)}.geojson")


async def _done(work: Callable[[], Done]) -> Done:
    """Do it beside the loop, two at once; who would wait long is told to come back."""
    if len(_WAITING) >= QUEUE:
        raise HTTPException(503, "Too many questions are waiting; ask again in a moment.", {"Retry-After": "3"})
    ticket = object()
    _WAITING.add(ticket)
    try:
        async with _AT_ONCE:
            return await run_in_threadpool(work)
    finally:
        _WAITING.discard(ticket)


def _now(state: State) -> tuple[int, str]:
    now = int(state.clock().timestamp())
    return now, stamp(now)


def _times(offer: Any) -> dict[str, str | None]:
    return {n: None if (t := getattr(offer, n)) is None else stamp(t) for n in ("start", "end", "written")}


def _moment(text: str) -> float:
    """A time from ISO 8601; UTC where no zone stands."""
    try:
        moment = datetime.fromisoformat(text)
        if not 1950 <= moment.year <= 2100:
            raise ValueError
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise InputError("is no time", field="at", value=text, cure="write 2026-03-04T03:00Z") from None


def _whole(seconds: float) -> int:
    """The hour that a moment is in."""
    return int(seconds // SECONDS_PER_HOUR * SECONDS_PER_HOUR)


def _short(request: EventRequest) -> str:
    return stamp(request.at).replace(":", "").replace("-", "")


def _file(data: bytes, kind: str, name: str) -> Response:
    return Response(data, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
