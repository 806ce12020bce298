"""What does an event look like over HTTP?

Times are ISO 8601; hours count from the beginning of the release; doses carry their unit in their names.  Fields are
packed: the cells that are touched, and a byte a cell and hour on a logarithmic scale.
"""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, Field

from oberih.case.reach.outcome import Found
from oberih.case.reach.response import EventAnswer
from oberih.case.reach.response_export import drawn
from oberih.case.reach.response_places import PlaceRow
from oberih.case.reach.response_ready import ReadyRun
from oberih.case.reach.response_run import Run
from oberih.case.report.words import Speech
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.language.catalogue import LANGUAGES
from oberih.picture.palette import class_colours
from oberih.units import millisieverts

__all__ = ["EventView", "FieldView", "event_view", "field_view"]

MOST_PLACES = 250
"""Settlements in one answer; the export has all."""

LOWEST, STEP = -6.0, 0.045
"""Of the packed scale: decimal logarithm of the dose [mSv] of code 1, and between codes; within 5 %."""

PASSING_LEVELS = (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0, 100.0)
TOTAL_LEVELS = (0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
"""Classes of the map [mSv in an hour], [mSv]."""


class WeatherView(BaseModel):
    """Which weather it was."""

    name: str
    label: str
    source: str
    start: str = Field(description="Of the weather used, from the event's hour on.")
    end: str
    written: str | None = Field(description="When its file, or its atlas, was written.")
    age_hours: float | None = Field(description="Since then [h].")
    run: str | None = Field(description="Time of the forecast's run, of weather `ready`.")
    exercise: bool = Field(description="True if it is no weather of any day.")
    steady: bool = Field(description="True if a single report is held steady.")


class ReleaseView(BaseModel):
    """What leaves."""

    scenario: str
    title: dict[str, str]
    fuel: dict[str, str] = Field(description="Which fuel, by language.")
    hours: int
    verified: bool
    total_Bq: dict[str, float] = Field(description="The ten largest.")
    dominant: dict[str, float] = Field(
        description="Nuclides that make the dose an hour's travel away, and their share."
    )


class ActionView(BaseModel):
    """A criterion and its zone, doses in the open."""

    key: str
    action: str
    title: str
    title_uk: str
    tier: str
    basis: str
    level_mSv: float
    unit: str
    organ: str
    age: str
    window_s: float
    distance_m: float = Field(description="Farthest at which it is met; 0 for nowhere.")
    azimuth_deg: float | None
    people: int | None
    beyond: bool = Field(description="True if it runs out of the grid: the distance is then a least value.")
    verified: bool


class NeededView(BaseModel):
    """A criterion that is met at a settlement."""

    key: str
    action: str
    tier: str
    level_mSv: float
    dose_mSv: float
    averted_mSv: float | None = Field(description="What the action saves of it, as asked.")
    worth_it: bool = Field(description="False if, by a criterion of averted dose, it now saves less than that asks.")
    verified: bool


class AdviceView(BaseModel):
    """A line of what to do: the message `event.advice-<key>`."""

    key: str
    hour: float | None = Field(description="Hours since the release began that it speaks of.")


class PlaceView(BaseModel):
    """A settlement."""

    id: int
    name: str
    name_uk: str = Field(description="The Ukrainian name where it is known, else the same.")
    country: str
    latitude: float
    longitude: float
    people: int | None
    distance_m: float
    azimuth_deg: float
    comes_h: float | None = Field(description="When the plume comes, hours since the release began.")
    past_h: float | None
    outdoors_mSv: float
    low_mSv: float = Field(description="If the wind is ten degrees other than told, at least.")
    high_mSv: float = Field(description="If the wind is ten degrees other than told, at most.")
    sheltered_mSv: float
    evacuated_mSv: float | None
    protected_mSv: float
    averted_mSv: float
    thyroid_mSv: float | None
    thyroid_tablet_mSv: float | None
    rank: int = Field(description="0 gravest, 9 where no criterion is met.")
    needed: list[NeededView]
    perhaps: list[str] = Field(description="Actions that only a wind ten degrees other would call for.")
    advice: list[AdviceView]


class NoteView(BaseModel):
    """What the reader must know: the message `event.note-<key>`."""

    key: str
    values: dict[str, str | int | float]


class EventView(BaseModel):
    """What an event comes to, and what is to be done where."""

    start: str = Field(description="Beginning of the release.")
    now: str
    engine: Literal["puffs", "particles"] = Field(description="What carried it; particles of weather `ready`.")
    clock: bool = Field(description="False where no hours are told: then neither field nor story goes by the hour.")
    reach_m: float = Field(description="How far doses are computed.")
    hours: int = Field(description="That are told apart; 0 where none are.")
    last_hour: int = Field(description="After which nothing passes any more; 0 where no hours are told.")
    dose: str = Field(description="Which effective dose the settlements' doses are, as `effective-adult-7d`.")
    weather: WeatherView
    release: ReleaseView
    criteria: str
    actions: list[ActionView]
    zones: dict[str, Any] = Field(description="GeoJSON of one zone an action.")
    places: list[PlaceView]
    left_out: int = Field(description="Settlements touched that are not in the list.")
    notes: list[NoteView]
    provenance: str
    verified: bool


class FieldView(BaseModel):
    """A packed field.

    The dose of code v > 0 is 10 to the power of (low + (v - 1) * step) millisievert; 0 is none.
    """

    start: str
    frames: int = Field(description="Hours, or 1.")
    cells: str = Field(description="Flat cell indices, ring * sectors + sector: base64 of unsigned 16-bit, little end.")
    values: str = Field(description="Codes by frame and cell: base64 of deflated (zlib) bytes.")
    low: float
    step: float
    levels_mSv: list[float] = Field(description="Lower ends of the classes.")
    colours: list[str]


class GridView(BaseModel):
    """Where the cells lie."""

    rings: int
    sectors: int
    corners: str = Field(description="Longitude and latitude of corner [ring edge, sector]: base64 of 32-bit floats.")


def event_view(answer: EventAnswer, *, now: int, ukrainian: Mapping[int, str]) -> EventView:
    """An answer as it is sent."""
    run, air = answer.run, answer.run.told
    age = None if air.written is None else max(0.0, (now - air.written) / SECONDS_PER_HOUR)
    total = sorted(run.released.source_term.total().items(), key=lambda item: -item[1])[:10]
    return EventView(
        start=stamp(answer.request.at), now=stamp(now), hours=run.hours, last_hour=run.last, dose=run.main.name,
        engine="puffs" if run.clock else "particles", clock=run.clock, reach_m=run.grid.outer_radius,
        weather=WeatherView(
            name=air.name, label=air.label, source=air.source, start=stamp(air.start), end=stamp(air.end),
            written=None if air.written is None else stamp(air.written), age_hours=age, exercise=air.exercise,
            steady=air.steady, run=None if air.run is None else stamp(air.run),
        ),
        release=ReleaseView(
            scenario=answer.request.scenario, title=dict(answer.scenario.title),
            fuel={lang: Speech(lang).fuel(run.released.fuel).text for lang in LANGUAGES},
            hours=run.released.source_term.hours, verified=run.released.verified,
            total_Bq={n: float(f"{a:.3g}") for n, a in total if a > 0.0}, dominant=dict(answer.dominant),
        ),
        criteria=answer.request.criteria, actions=[_action(f) for f in answer.zones],
        zones={"type": "FeatureCollection", "features": drawn(answer)},
        places=[_place(r, ukrainian) for r in answer.rows[:MOST_PLACES]],
        left_out=max(0, len(answer.rows) - MOST_PLACES),
        notes=[NoteView(key=key, values=_told(values)) for key, values in answer.notes],
        provenance=answer.provenance.digest, verified=answer.verified,
    )  # fmt: skip


def field_view(run: Run | ReadyRun, doses: npt.NDArray[np.float64], *, hourly: bool, start: str) -> FieldView:
    """A field as it is sent; ``doses`` in Sv, shape (cells, frames)."""
    with np.errstate(divide="ignore"):
        code = np.rint((np.log10(millisieverts(1.0) * np.maximum(doses, 0.0)) - LOWEST) / STEP) + 1.0
    packed = np.clip(np.nan_to_num(code, neginf=0.0), 0.0, 255.0).astype(np.uint8)
    kept = packed.any(axis=1)
    levels = PASSING_LEVELS if hourly else TOTAL_LEVELS
    return FieldView(
        start=start, frames=packed.shape[1], low=LOWEST, step=STEP, levels_mSv=list(levels),
        cells=base64.b64encode(run.cells[kept].astype("<u2").tobytes()).decode(),
        values=base64.b64encode(zlib.compress(np.ascontiguousarray(packed[kept].T).tobytes(), 6)).decode(),
        colours=list(class_colours(len(levels))),
    )  # fmt: skip


def _told(values: dict[str, Any]) -> dict[str, str | int | float]:
    return {name: stamp(value) if name == "until" else value for name, value in values.items()}


def _action(found: Found) -> ActionView:
    c, at, direction = found.criterion, found.distances.at(0.5), found.distances.direction
    people = found.zone.people
    return ActionView(
        key=c.key, action=c.action, title=c.title, title_uk=c.title_uk, tier=c.tier, basis=c.basis,
        level_mSv=millisieverts(c.level), unit=c.unit, organ=c.organ, age=c.age, window_s=c.window,
        distance_m=float(at.distance), people=None if people is None else people.total, verified=c.verified,
        azimuth_deg=None if direction is None or at.distance <= 0.0 else math.degrees(direction.azimuth),
        beyond=bool(at.distance >= 0.999 * found.exceedance.grid.outer_radius),
    )  # fmt: skip


def _place(row: PlaceRow, ukrainian: Mapping[int, str]) -> PlaceView:
    p = row.place
    optional = {"evacuated": row.evacuated, "thyroid": row.thyroid, "thyroid_tablet": row.thyroid_tablet}
    doses = {f"{n}_mSv": None if v is None else millisieverts(v) for n, v in optional.items()}
    needed = [
        NeededView(
            key=n.criterion.key, action=n.criterion.action, tier=n.criterion.tier, verified=n.criterion.verified,
            level_mSv=millisieverts(n.criterion.level), dose_mSv=millisieverts(n.dose), worth_it=n.worth_it,
            averted_mSv=None if n.averted is None else millisieverts(n.averted),
        )
        for n in row.needed
    ]  # fmt: skip
    return PlaceView(
        id=p.id, name=p.name, name_uk=ukrainian.get(p.id, p.name),
        country=p.country, latitude=p.latitude, longitude=p.longitude, people=p.population,
        distance_m=p.distance, azimuth_deg=math.degrees(p.azimuth), comes_h=row.comes, past_h=row.past,
        outdoors_mSv=millisieverts(row.outdoors), low_mSv=millisieverts(row.low), high_mSv=millisieverts(row.high),
        sheltered_mSv=millisieverts(row.sheltered), protected_mSv=millisieverts(row.protected),
        averted_mSv=millisieverts(row.averted), rank=row.rank, needed=needed, perhaps=list(row.perhaps),
        advice=[AdviceView(key=a.key, hour=a.hour) for a in row.advice], **doses,
    )  # fmt: skip
