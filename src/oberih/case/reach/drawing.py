"""How is an answer laid out as a picture?

Fills a `MapScene` from zones and an answer: which zones are drawn, in which colours, what the
title, the tables and the caveats say.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
import shapely

from oberih.case.reach.answer import Answer, Reach
from oberih.case.reach.outcome import Found, quantity_text
from oberih.case.wording import compass, km
from oberih.earth.places import Place, places_source
from oberih.earth.projection import LocalProjection
from oberih.earth.site import Site
from oberih.picture.scene import Field, MapScene, Rose, SceneZone, Table, extent_for
from oberih.picture.table import distance_text, people_text, places_table, sector_table
from oberih.units import kilometres, millisieverts
from oberih.zone.distance import Distances
from oberih.zone.parts import ZonePart
from oberih.zone.polygon import Outline
from oberih.zone.zone_map import ZoneMap

COLOURS = {"protection": "protection", "PAZ": "paz", "UPZ": "upz", "EPD": "epd", "ICPD": "icpd"}
DRAWN_WITHIN = 3.0
"""Zones drawn more than this many times as far as the first are shown in the overview, not fitted on the map."""

CITY = 200_000
"""People from which on a place is named in the overview."""

_AS_TABLE = "Dose at settlements"
"""Of a note that the picture tells as a table."""

DOWNLOADS = (
    ("map.png", "the map as a picture"), ("zones.geojson", "the zones for a map program"),
    ("distances.csv", "distances by direction with their bands"), ("result.json", "all results with their provenance"),
)  # fmt: skip


def scene_of_plan(
    site: Site, answer: Answer, parts: Sequence[ZonePart], places: Sequence[Place], *, percentile: float, footer: str
) -> MapScene:
    """The picture of a plan: named parts, the rose of the first one, every table."""
    first = next((p for p in parts if not p.zone.outline.is_empty), None)
    reaches = [_drawn_reach(p.zone.outline) for p in parts if not p.zone.outline.is_empty]
    near = [r for r in reaches if r <= DRAWN_WITHIN * max(reaches[0], 10e3)]
    far = max(reaches, default=0.0)
    extent = extent_for(max(near, default=0.0))
    overview = extent_for(far, least=2.0 * extent) if far > extent else 0.0
    told = {c.text for p in parts for c in p.literature}
    return MapScene(
        site_name=site.name, site_name_uk=site.name_uk, latitude=site.latitude, longitude=site.longitude,
        title=answer.title, subtitle=_subtitle(answer, percentile), headline=answer.headline,
        weather_label=answer.weather_label, zones=tuple(_scene_zone(p, percentile, p is first) for p in parts),
        extent=extent, overview=overview, places=_shown_places(places, extent, overview),
        rose=_rose(first, percentile),
        tables=(reach_table(answer), *_rose_table(first, percentile), *_place_table(first), *_literature(parts)),
        warnings=_warnings(answer, told), sureness=_sureness(answer, first, percentile), downloads=DOWNLOADS,
        sources=(answer.weather_source, places_source(), f"criteria: {answer.criteria}"), footer=footer,
    )  # fmt: skip


def scene_of_event(
    site: Site, answer: Answer, zones: tuple[SceneZone, ...], field: Field, places: Sequence[Place], *, reach: float,
    footer: str, sureness: tuple[str, ...] | None = None,
) -> MapScene:  # fmt: skip
    """The picture of one event: the dose field and the zones of its criteria, as far as ``reach`` [m]."""
    single = (
        "One release in one course of the weather: no band is stated. What is released is assumed, and moves the "
        "distances most; after it the wind: a direction that is 25° off moves the plume to other towns."
    )
    extent = extent_for(reach)
    far = max((_farthest(site, z) for z in zones), default=0.0)
    overview = extent_for(far, least=2.0 * extent) if far > extent else 0.0
    return MapScene(
        site_name=site.name, site_name_uk=site.name_uk, latitude=site.latitude, longitude=site.longitude,
        title=answer.title, subtitle=f"{answer.criteria}; weather: {answer.weather_source}", headline=answer.headline,
        weather_label=answer.weather_label, zones=zones, extent=extent, overview=overview,
        places=_shown_places(places, extent, overview), field=field,
        tables=(*_dose_table(answer), reach_table(answer)), warnings=_warnings(answer, set()),
        sureness=(*((single,) if sureness is None else sureness), *_unverified(answer)),
        downloads=tuple(d for d in DOWNLOADS if d[0] != "distances.csv"),
        sources=(answer.weather_source, places_source(), f"criteria: {answer.criteria}"), footer=footer,
    )  # fmt: skip


def event_zone(found: Found, *, colour: str) -> SceneZone:
    """A zone of one event for the map."""
    zone = found.zone
    farthest = float(zone.outline.farthest.max(initial=0.0))
    return SceneZone(
        name=zone.criterion.title, name_uk=zone.criterion.title_uk, action=_level(found.zone.criterion),
        geometry=zone.geometry, colour=colour, people_text=_inside(zone), verified=zone.verified,
        distance_text=(">\u202f" if zone.outline.reaches_edge else "") + distance_text(farthest),
        nowhere=zone.outline.is_empty,
    )  # fmt: skip


def reach_table(answer: Answer) -> Table:
    """Every action under every scenario, in rows; a section for each scenario, which says what fuel it is."""
    yearly = answer.percentile is not None
    fuel = fuel_of(answer)
    sections = []
    at = 0
    for scenario, reaches in groupby(answer.reaches, key=lambda r: r.scenario):
        sections.append((at, scenario + (f" – {fuel[scenario]}" if scenario in fuel else "")))
        at += len(list(reaches))
    columns = ("Action", "Level", "Dose", "Reach (band)" if yearly else "Reach", "Towards")
    return Table(
        "How far, by scenario and action",
        (*columns, *(("Starts that need it",) if yearly else ()), "People inside"),
        tuple(_reach_row(r, yearly=yearly) for r in answer.reaches),
        numeric=(3, 5, 6) if yearly else (3, 5),
        note="Bands cover the sampling of weather only: not the release, the model or the doses." if yearly else "",
        sections=tuple(sections),
        faint=tuple(i for i, r in enumerate(answer.reaches) if r.distance <= 0.0),
    )


def fuel_of(answer: Answer) -> dict[str, str]:
    """What fuel each scenario releases from, by the scenario's title."""
    result = answer.data.get("result", answer.data)
    return {r["title"]["en"]: r["fuel"] for r in result.get("releases", ()) if r.get("fuel")}


def _reach_row(r: Reach, *, yearly: bool) -> tuple[str, ...]:
    share = ("–" if r.share is None else f"{100 * r.share:.3g}\u202f%",) if yearly else ()
    nobody = r.distance <= 0.0
    return (
        r.action, f"{millisieverts(r.level):g} m{r.unit}{'' if r.verified else ' (not verified)'}", r.quantity,
        _reach_text(r.distance, r.low, r.high, beyond=r.beyond), "–" if r.azimuth is None else compass(r.azimuth),
        *share, "–" if nobody else people_text(np.nan if r.people is None else float(r.people)),
    )  # fmt: skip


def _reach_text(distance: float, low: float | None, high: float | None, *, beyond: bool) -> str:
    """Tell a distance with its band; one that leaves the grid as a least value."""
    if not beyond:
        return distance_text(distance, lower=np.nan if low is None else low, upper=np.nan if high is None else high)
    band = "" if low is None or low > 0.99 * distance else f" ({kilometres(low):.0f} or more)"
    return f">\u202f{distance_text(distance)}{band}"


def _subtitle(answer: Answer, percentile: float) -> str:
    return f"{percentile:g} % of all starts of a release stay inside; criteria: {answer.criteria}"


def _warnings(answer: Answer, literature: set[str]) -> tuple[str, ...]:
    """What matters before anything is believed; what is said elsewhere is not said again."""
    fuel = fuel_of(answer)
    result = answer.data.get("result", answer.data)
    decayed = []
    if fuel:
        on = f"Fuel decayed to {result['day']}: " if "day" in result else "Fuel: "
        decayed = [on + "; ".join(dict.fromkeys(fuel.values())) + "."]
    elsewhere = {answer.headline, *literature}
    rest = [n for n in answer.notes if n not in elsewhere and not _tells(n, fuel) and not n.startswith(_AS_TABLE)]
    return (*decayed, *rest)


def _tells(note: str, fuel: dict[str, str]) -> bool:
    """Whether a note lists the fuel of every scenario."""
    return bool(fuel) and all(f in note for f in fuel.values())


def _farthest(site: Site, zone: SceneZone) -> float:
    """How far a zone reaches from the site [m]; 0 for an empty one."""
    corners = shapely.get_coordinates(zone.geometry)
    here = LocalProjection(site.latitude, site.longitude)
    return float(np.hypot(*here.to_local(corners[:, 0], corners[:, 1])).max(initial=0.0))


def _drawn_reach(outline: Outline) -> float:
    """How far a zone reaches as drawn, in any direction [m]."""
    return max(float(outline.farthest.max()), *(abs(float(edge)) for edge in outline.polygon.bounds))


def _scene_zone(part: ZonePart, percentile: float, first: bool) -> SceneZone:
    zone, reach = part.zone, part.zone.reach
    beyond = zone.outline.reaches_edge
    near, far = float(zone.outline.farthest.min(initial=np.inf)), float(zone.outline.farthest.max(initial=0.0))
    more = ">\u202f" if beyond else ""
    spread = f"as drawn {_whole(near)} to {more}{_whole(far)} km"
    return SceneZone(
        name=part.rule.title, name_uk=part.rule.title_uk, action=zone.criterion.title, geometry=zone.geometry,
        colour=COLOURS.get(part.name, "reference"), percentile=percentile, people_text=_inside(zone),
        verified=part.verified, distance_text=_reach_text(reach.distance, reach.low, reach.high, beyond=beyond),
        drawn_text="" if zone.outline.is_empty else spread, nowhere=zone.outline.is_empty,
        circle=reach.distance if first and not beyond else 0.0,
    )  # fmt: skip


def _inside(zone: ZoneMap) -> str:
    """Who lives in a zone."""
    if zone.people is None or zone.outline.is_empty:
        return ""
    return f"{people_text(float(zone.people.total))} people"


def _whole(metres: float) -> str:
    return f"{kilometres(metres):.0f}" if metres >= 9950.0 else f"{kilometres(metres):.1f}"


def _level(criterion: Any) -> str:
    return f"{millisieverts(criterion.level):g} m{criterion.unit}, {quantity_text(criterion)}"


def _shown_places(places: Sequence[Place], extent: float, overview: float) -> tuple[Place, ...]:
    """Those on the map, and the cities of the overview."""
    cities = {p.id for p in places if (p.population or 0) >= CITY and p.distance <= 1.5 * overview}
    return tuple(p for p in places if p.distance <= 1.5 * extent or p.id in cities)


def _rose(part: ZonePart | None, percentile: float) -> Rose | None:
    if part is None:
        return None
    d: Distances = part.zone.distances
    i = d.percentiles.index(next(p for p in d.percentiles if abs(p - percentile / 100.0) < 1e-9))
    high = d.sector[i]
    return Rose(
        azimuths=d.azimuths, median=d.by_sector(0.5), high=high,
        lower=high if d.sector_low is None else d.sector_low[i],
        upper=high if d.sector_high is None else d.sector_high[i],
        label=f"{part.zone.criterion.title}, {quantity_text(part.zone.criterion)}", percentile=percentile,
        drawn=part.zone.outline.farthest,
    )  # fmt: skip


def _rose_table(part: ZonePart | None, percentile: float) -> tuple[Table, ...]:
    rose = _rose(part, percentile)
    return () if rose is None else (sector_table(rose),)


def _place_table(part: ZonePart | None) -> tuple[Table, ...]:
    if part is None or part.zone.people is None or not part.zone.people.places:
        return ()
    rows = [
        (p.name, p.distance, p.azimuth, np.nan if p.population is None else float(p.population))
        for p in part.zone.people.places[:12]
    ]
    return (dataclasses.replace(places_table(rows), note=part.zone.people.note),)


def _dose_table(answer: Answer) -> tuple[Table, ...]:
    """The dose at settlements, of one event."""
    rows = tuple(
        (p["name"], distance_text(p["distance_m"]), f"{p['dose_mSv']:.3g}",
         people_text(np.nan if p["people"] is None else float(p["people"])))
        for p in answer.data.get("places", ()) if p["dose_mSv"] > 0.0
    )  # fmt: skip
    if not rows:
        return ()
    return (Table("Dose at settlements", ("Place", "Distance", "Dose [mSv]", "People"), rows, numeric=(1, 2, 3)),)


def _literature(parts: Sequence[ZonePart]) -> tuple[Table, ...]:
    """Computed distances beside the planning sizes of others, a section for each part."""
    rows: list[tuple[str, ...]] = []
    sections = []
    for part in parts:
        if part.literature:
            sections.append((len(rows), f"{part.rule.title}: {_reach_text(**_reach_of(part))} here"))
        for c in part.literature:
            span = km(c.size.near) + (f"–{km(c.size.far)}" if c.size.far > c.size.near else "") + " km"
            mark = "" if c.size.verified else " (not verified)"
            rows.append(
                (c.size.label[:1].upper() + c.size.label[1:], span + mark, c.size.authority, f"here {c.verdict}")
            )
    if not rows:
        return ()
    return (
        Table(
            "Beside the planning sizes of others", ("Their zone", "Their distance", "Whose", "Verdict"), tuple(rows),
            note="Within: the distance here, or its band, touches theirs. Theirs are judgements for typical reactors "
            "at power; neither overrules the other.", sections=tuple(sections),
        ),
    )  # fmt: skip


def _reach_of(part: ZonePart) -> dict[str, Any]:
    r = part.zone.reach
    return {"distance": r.distance, "low": r.low, "high": r.high, "beyond": part.zone.outline.reaches_edge}


def _sureness(answer: Answer, part: ZonePart | None, percentile: float) -> tuple[str, ...]:
    """How sure is the first zone: what its band holds, and what no band holds."""
    if part is None:
        return _unverified(answer)
    zone, d = part.zone, part.zone.distances
    said = []
    if zone.reach.low is not None and zone.reach.high is not None:
        said.append(
            f"{km(zone.reach.distance)} km rests on {d.starts:,} starts of the release. Another year of the same "
            f"climate would give between {km(zone.reach.low)} and {km(zone.reach.high)} km "
            f"({100 * float(d.attrs.get('confidence', 0.9)):.0f} % band).".replace(",", "\u202f", 1)
        )
    if d.direction is not None and d.direction.share is not None:
        said.append(
            f"Taking each direction by itself, {d.direction.compass} is reached farthest; that is so in "
            f"{100 * d.direction.share:.0f} % of resampled years."
        )
    said.append(
        f"At {100 * zone.outline.outside:.2g} % of the starts the action would be needed somewhere outside the zone as "
        f"drawn; {100 - percentile:.3g} % are accepted. Its smooth outline covers {100 * zone.outline.coverage:.1f} % "
        "of the cells computed."
    )
    return (*said, *_between_scenarios(answer, part), *_unverified(answer))


def _between_scenarios(answer: Answer, part: ZonePart) -> tuple[str, ...]:
    """What the choice of the release makes of the distance: more than any band."""
    text = quantity_text(part.zone.criterion)
    alike = [
        r for r in answer.reaches
        if r.quantity == text and r.level == part.zone.criterion.level and r.unit == part.zone.criterion.unit
    ]  # fmt: skip
    if len({r.scenario for r in alike}) < 2:
        return ()
    least, most = min(r.distance for r in alike), max(r.distance for r in alike)
    low = "nowhere" if least <= 0.0 else f"{km(least)} km"
    return (
        f"Most depends on what is released: under the scenarios here the same action reaches from {low} to "
        f"{km(most)} km. The band does not hold this, nor the errors of the dispersion model and of the doses.",
    )


def _unverified(answer: Answer) -> tuple[str, ...]:
    count = sum(not r.verified for r in answer.reaches)
    if count == 0:
        return ()
    return (f"{count} of {len(answer.reaches)} distances rest on a number not checked against the text of its source.",)
