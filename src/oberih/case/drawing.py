"""How is an answer laid out as a picture?

Fills a `MapScene` from zones and an answer: which zones are drawn, in which colours, what the
title and the tables say.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from oberih.case.answer import Answer
from oberih.case.outcome import Found, quantity_text
from oberih.case.wording import compass, km
from oberih.earth.places import Place, places_source
from oberih.earth.site import Site
from oberih.picture.scene import Field, MapScene, Rose, SceneZone, Table, extent_for
from oberih.picture.table import distance_text, people_text, places_table, sector_table
from oberih.units import millisieverts
from oberih.zone.distance import Distances
from oberih.zone.parts import ZonePart

COLOURS = {"protection": "protection", "PAZ": "paz", "UPZ": "upz", "EPD": "epd", "ICPD": "icpd"}
DRAWN_WITHIN = 3.0
"""Zones reaching more than this many times the protection zone are told in the legend, not fitted on the map."""


def scene_of_plan(
    site: Site, answer: Answer, parts: Sequence[ZonePart], places: Sequence[Place], *, percentile: float, footer: str
) -> MapScene:
    """The picture of a plan: named parts, the rose of the first one, every table."""
    first = parts[0] if parts else None
    reach = first.zone.reach.distance if first else 0.0
    shown = max(
        [p.zone.reach.distance for p in parts if p.zone.reach.distance <= DRAWN_WITHIN * max(reach, 10e3)], default=10e3
    )
    return MapScene(
        site_name=site.name, site_name_uk=site.name_uk, latitude=site.latitude, longitude=site.longitude,
        title=answer.title, subtitle=_subtitle(answer, percentile), headline=answer.headline,
        weather_label=answer.weather_label, zones=tuple(_scene_zone(p, percentile) for p in parts),
        extent=extent_for(shown), places=_shown_places(places, shown), rose=_rose(first, percentile),
        tables=(reach_table(answer), *_rose_table(first, percentile), *_place_table(first), _literature(parts)),
        warnings=answer.notes, sources=(answer.weather_source, places_source(), f"criteria: {answer.criteria}"),
        footer=footer,
    )  # fmt: skip


def scene_of_event(
    site: Site, answer: Answer, zones: tuple[SceneZone, ...], field: Field, places: Sequence[Place], *, reach: float,
    footer: str,
) -> MapScene:  # fmt: skip
    """The picture of one event: the dose field and the zones of its criteria."""
    extent = extent_for(reach)
    return MapScene(
        site_name=site.name, site_name_uk=site.name_uk, latitude=site.latitude, longitude=site.longitude,
        title=answer.title, subtitle=f"{answer.criteria}; weather: {answer.weather_source}", headline=answer.headline,
        weather_label=answer.weather_label, zones=zones, extent=extent, places=_shown_places(places, extent),
        field=field, tables=(reach_table(answer),), warnings=answer.notes,
        sources=(answer.weather_source, places_source(), f"criteria: {answer.criteria}"), footer=footer,
    )  # fmt: skip


def reach_table(answer: Answer) -> Table:
    """Every action under every scenario, in rows."""
    rows = tuple(
        (
            r.scenario, r.action, f"{millisieverts(r.level):g} m{r.unit}{'' if r.verified else ' (not verified)'}",
            r.quantity, (">" if r.beyond else "") + distance_text(
                r.distance, lower=np.nan if r.low is None else r.low, upper=np.nan if r.high is None else r.high),
            "–" if r.azimuth is None else compass(r.azimuth),
            "–" if r.share is None else f"{100 * r.share:.3g} %",
            people_text(np.nan if r.people is None else float(r.people)),
        )
        for r in answer.reaches
    )  # fmt: skip
    return Table(
        "How far, by scenario and action",
        ("Scenario", "Action", "Level", "Dose", "Reach (band)", "Towards", "Starts that need it", "People inside"),
        rows, numeric=(4, 6, 7),
        note="Bands cover the sampling of weather only: not the release, the model or the doses.",
    )  # fmt: skip


def _subtitle(answer: Answer, percentile: float) -> str:
    return f"{percentile:g} % of all starts of a release stay inside; criteria: {answer.criteria}"


def _scene_zone(part: ZonePart, percentile: float) -> SceneZone:
    zone, reach = part.zone, part.zone.reach
    band = {"lower": np.nan if reach.low is None else reach.low, "upper": np.nan if reach.high is None else reach.high}
    inside = "" if zone.people is None else f"{people_text(float(zone.people.total))} people"
    return SceneZone(
        name=part.rule.title, name_uk=part.rule.title_uk, action=zone.criterion.title, geometry=zone.geometry,
        colour=COLOURS.get(part.name, "reference"), percentile=percentile,
        distance_text=(">" if zone.outline.reaches_edge else "") + distance_text(reach.distance, **band),
        people_text=inside, verified=part.verified,
    )  # fmt: skip


def _shown_places(places: Sequence[Place], extent: float) -> tuple[Place, ...]:
    return tuple(p for p in places if p.distance <= 1.5 * extent)


def _rose(part: ZonePart | None, percentile: float) -> Rose | None:
    if part is None or part.zone.reach.distance <= 0.0:
        return None
    d: Distances = part.zone.distances
    i = d.percentiles.index(next(p for p in d.percentiles if abs(p - percentile / 100.0) < 1e-9))
    high = d.sector[i]
    low_band = high if d.sector_low is None else d.sector_low[i]
    high_band = high if d.sector_high is None else d.sector_high[i]
    return Rose(
        azimuths=d.azimuths, median=d.by_sector(0.5), high=high, lower=low_band, upper=high_band,
        label=f"{part.zone.criterion.title}, {quantity_text(part.zone.criterion)}", percentile=percentile,
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
    return (places_table(rows),)


def _literature(parts: Sequence[ZonePart]) -> Table:
    rows = tuple(
        (p.rule.title, f"{km(c.computed)} km", c.size.label, c.verdict, c.text) for p in parts for c in p.literature
    )
    return Table("Beside the planning sizes of the literature", ("Part", "Here", "Size", "Verdict", "In words"), rows)


def event_zone(found: Found, *, colour: str) -> SceneZone:
    """A zone of one event for the map."""
    zone = found.zone
    farthest = float(zone.outline.farthest.max(initial=0.0))
    inside = "" if zone.people is None else f"{people_text(float(zone.people.total))} people"
    return SceneZone(
        name=zone.criterion.title, name_uk=zone.criterion.title_uk, action=zone.criterion.title,
        geometry=zone.geometry, colour=colour, distance_text=distance_text(farthest), people_text=inside,
        verified=zone.verified,
    )  # fmt: skip
