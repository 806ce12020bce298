"""What does the designer's address answer?

Typed models of the API, filled from `oberih.case.reach.design_answer.Design`.  SI, but angles in degrees; every key
carries its unit.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, Field

from oberih.case.reach.answer import Reach
from oberih.case.reach.design_answer import Design, Note, PartFound, PlaceFound
from oberih.case.reach.outcome import Found, reach_of
from oberih.case.wording import stamp
from oberih.zone.distance import compass_name
from oberih.zone.geojson import collection_geojson, feature_geojson

__all__ = ["DesignAnswer"]

MOST_PLACES = 150
"""Settlements told, nearest first."""


class DesignStarts(BaseModel):
    """Which starts were counted."""

    counted: int
    full: int = Field(description="As many a plan counts for the same question.")
    stride_h: int = Field(description="Hours between starts that were looked at.")


class DesignReach(BaseModel):
    """How far one criterion reaches."""

    criterion: str = Field(description="Its name within the set; as action=… it is drawn.")
    action: str = Field(description="Of people's actions, as evacuate; its colour on every map.")
    title: str
    part: str | None = Field(description="Named part of the plan that it governs, if any.")
    level: float = Field(description="Dose from which on it is needed [unit].")
    unit: str = Field(description="Sv or Gy.")
    quantity: str = Field(description="Which dose, in English.")
    age: str
    window_s: float = Field(description="Over which the dose is counted [s].")
    distance_m: float = Field(description="At the percentile, whatever the direction [m]; 0 for nowhere.")
    low_m: float | None = Field(description="Band of the distance [m]: weather's sampling only.")
    high_m: float | None
    median_m: float = Field(description="Half of all starts stay within [m].")
    azimuth_deg: float | None = Field(description="Of the worst sector [° clockwise from north].")
    share: float = Field(description="Of starts in which it is needed anywhere off the site [1].")
    people: int | None
    beyond: bool = Field(description="It runs out of the grid: the distance is a least value.")
    verified: bool


class DesignSector(BaseModel):
    """How far the drawn criterion reaches in one direction."""

    azimuth_deg: float
    compass: str
    median_m: float
    distance_m: float = Field(description="At the percentile in this sector, whatever happens elsewhere [m].")
    low_m: float | None
    high_m: float | None
    outline_m: float = Field(description="To which the zone drawn reaches in this sector [m].")


class DesignBeyond(BaseModel):
    """Chance that the level is reached somewhere beyond a distance."""

    distance_m: float
    probability: float
    low: float | None
    high: float | None


class DesignPeople(BaseModel):
    """Who lives inside the zone drawn."""

    total: int
    unknown: int = Field(description="Settlements inside whose population is not known.")
    method: str
    note: str = Field(description="What the figure is and is not, in English.")
    settlements: int


class DesignPlace(BaseModel):
    """What would reach a settlement."""

    id: int = Field(description="GeoNames number.")
    name: str
    latitude: float
    longitude: float
    distance_m: float
    azimuth_deg: float
    population: int | None
    inside: bool = Field(description="In the zone drawn.")
    dose_median: float = Field(description="Dose that half of all starts do not exceed [unit of the answer].")
    dose_high: float = Field(description="Dose that the percentile of all starts does not exceed [unit of the answer].")
    share: float = Field(description="Of starts in which the level is reached there [1].")
    touched: float = Field(description="Of starts in which the plume comes there at all [1].")
    arrival_earliest_s: float | None = Field(description="From the beginning of the release; approximate [s].")
    arrival_median_s: float | None
    arrival_of: Literal["level", "plume"] | None = Field(
        description="Counted over the starts in which the level is reached there, or, if there is none, in which the "
        "plume comes."
    )


class DesignNuclide(BaseModel):
    """A nuclide that makes the dose."""

    nuclide: str
    share: float


class DesignNote(BaseModel):
    """What the reader must know."""

    key: str = Field(description="Of the message catalogue.")
    text: str
    values: dict[str, Any]


class DesignRelease(BaseModel):
    """What leaves."""

    scenario: str
    title: str
    story: str
    fuel: str = Field(description="Which fuel was taken.")
    hours: int
    heights_m: list[float]
    total_Bq: dict[str, float] = Field(description="Of the twelve nuclides of which most leaves.")
    verified: bool
    unverified: list[str]
    sources: list[str]


class DesignWeather(BaseModel):
    """Whose weather."""

    kind: Literal["year", "forecast"]
    label: str
    source: str
    first: str = Field(description="ISO 8601.")
    last: str


class DesignDrawn(BaseModel):
    """The criterion that is drawn."""

    criterion: str
    action: str
    part: str | None
    title: str
    unit: str
    level: float
    verified: bool


class DesignAnswer(BaseModel):
    """The answer to one setting of the sliders."""

    detail: Literal["draft", "full"]
    percentile: float = Field(description="[%]")
    drawn: DesignDrawn
    starts: DesignStarts
    reaches: list[DesignReach]
    zone: dict[str, Any] = Field(description="The zone drawn: a GeoJSON feature.")
    zones: dict[str, Any] = Field(description="Named parts of the plan, the drawn one first: GeoJSON features.")
    sectors: list[DesignSector]
    beyond: list[DesignBeyond]
    people: DesignPeople | None
    places: list[DesignPlace] = Field(description=f"Settlements, nearest first, at most {MOST_PLACES}.")
    places_all: int = Field(description="Settlements within the grid.")
    dominant: list[DesignNuclide]
    release: DesignRelease
    weather: DesignWeather
    criteria: str
    notes: list[DesignNote]
    provenance: str = Field(description="SHA-256 of all that the answer rests on.")
    verified: bool

    @classmethod
    def of(cls, design: Design, language: str) -> DesignAnswer:
        """Show a design."""
        uk = language == "uk"
        return cls(
            detail="full" if design.starts.counted == design.starts.full else "draft",
            percentile=design.request.percentile, drawn=_drawn(design, uk),
            starts=DesignStarts(counted=design.starts.counted, full=design.starts.full, stride_h=design.starts.stride),
            reaches=[_reach(design, f, uk) for f in design.found], zone=_feature(design, design.drawn, uk),
            zones=collection_geojson([_feature(design, p.found, uk, part=p) for p in design.parts]),
            sectors=_sectors(design), beyond=_beyond(design), people=_people(design),
            places=[_place(p, uk) for p in design.places[:MOST_PLACES]], places_all=len(design.places),
            dominant=[DesignNuclide(nuclide=n, share=s) for n, s in design.dominant],
            release=_release(design, language), weather=_weather(design), criteria=design.criteria.name,
            notes=[_note(n, language) for n in design.notes], provenance=design.provenance.digest,
            verified=design.verified,
        )  # fmt: skip


def _title(found: Found, uk: bool) -> str:
    return found.criterion.title_uk if uk else found.criterion.title


def _drawn(design: Design, uk: bool) -> DesignDrawn:
    c, part = design.drawn.criterion, design.part_of(design.drawn)
    return DesignDrawn(
        criterion=c.name, action=c.action, part=None if part is None else part.name,
        title=_title(design.drawn, uk), unit=c.unit, level=c.level, verified=c.verified,
    )  # fmt: skip


def _reach(design: Design, found: Found, uk: bool) -> DesignReach:
    c, part = found.criterion, design.part_of(found)
    r: Reach = reach_of(found, percentile=design.percentile)
    return DesignReach(
        criterion=c.name, action=c.action, title=_title(found, uk), part=None if part is None else part.name,
        level=c.level, unit=c.unit, quantity=r.quantity, age=c.age, window_s=c.window, distance_m=r.distance,
        low_m=r.low, high_m=r.high, median_m=r.median or 0.0, azimuth_deg=r.azimuth, share=r.share or 0.0,
        people=r.people, beyond=r.beyond, verified=r.verified,
    )  # fmt: skip


def _feature(design: Design, found: Found, uk: bool, *, part: PartFound | None = None) -> dict[str, Any]:
    """A zone as a GeoJSON feature with what a map needs to draw and name it."""
    rule = design.part_of(found) if part is None else part.rule
    named = {} if rule is None else {"part": rule.name, "part_title": rule.title_uk if uk else rule.title}
    title = _title(found, uk)
    both = {"title": named.get("part_title", title), "title_uk": (rule or found.criterion).title_uk}
    shown = {**found.zone.properties(), **both, "criterion_title": title, **named}
    return feature_geojson(found.zone.geometry, shown)


def _sectors(design: Design) -> list[DesignSector]:
    d = design.drawn.distances
    at = next(i for i, p in enumerate(d.percentiles) if abs(p - design.percentile) < 1e-9)
    median, far = d.by_sector(0.5), d.sector[at]
    low = None if d.sector_low is None else d.sector_low[at]
    high = None if d.sector_high is None else d.sector_high[at]
    return [
        DesignSector(
            azimuth_deg=round(float(np.degrees(azimuth)), 3), compass=compass_name(float(azimuth)),
            median_m=float(median[k]), distance_m=float(far[k]), low_m=None if low is None else float(low[k]),
            high_m=None if high is None else float(high[k]), outline_m=float(design.zone.outline.farthest[k]),
        )
        for k, azimuth in enumerate(d.azimuths)
    ]  # fmt: skip


def _beyond(design: Design) -> list[DesignBeyond]:
    b = design.drawn.distances.beyond
    return [
        DesignBeyond(
            distance_m=float(b.distance[i]), probability=float(b.probability[i]),
            low=None if b.low is None else float(b.low[i]), high=None if b.high is None else float(b.high[i]),
        )
        for i in range(len(b.distance))
    ]  # fmt: skip


def _people(design: Design) -> DesignPeople | None:
    p = design.zone.people
    if p is None:
        return None
    return DesignPeople(total=p.total, unknown=p.unknown, method=p.method, note=p.note, settlements=len(p.places))


def _place(p: PlaceFound, uk: bool) -> DesignPlace:
    return DesignPlace(
        id=p.place.id, name=p.name_uk if uk else p.place.name, latitude=p.place.latitude, longitude=p.place.longitude,
        distance_m=p.place.distance, azimuth_deg=float(np.degrees(p.place.azimuth)), population=p.place.population,
        inside=p.inside, dose_median=p.median, dose_high=p.high, share=p.share, touched=p.touched,
        arrival_earliest_s=p.earliest, arrival_median_s=p.typical, arrival_of=p.arrival_of,
    )  # fmt: skip


def _release(design: Design, language: str) -> DesignRelease:
    r = design.released
    most = sorted(r.source_term.total().items(), key=lambda item: -item[1])[:12]
    return DesignRelease(
        scenario=r.scenario.name, title=r.scenario.title[language], story=r.scenario.story[language], 
        fuel=r.fuel_uk if language == "uk" else r.fuel,
        hours=r.source_term.hours, heights_m=sorted({float(h) for h in r.source_term.height}),
        total_Bq={n: float(f"{a:.4g}") for n, a in most if a > 0.0}, verified=r.verified,
        unverified=list(r.scenario.unverified), sources=list(r.scenario.sources),
    )  # fmt: skip


def _weather(design: Design) -> DesignWeather:
    return DesignWeather(
        kind="forecast" if design.request.weather == "forecast" else "year", label=design.weather_label,
        source=design.weather_source, first=stamp(design.weather_from), last=stamp(design.weather_to),
    )  # fmt: skip


def _note(note: Note, language: str) -> DesignNote:
    return DesignNote(key=note.key, text=note.text(language), values=dict(note.said(language)))
