"""What do all formats tell of zones, sectors, places and cells?

Rows of plain values, SI unless a column's name carries another unit.  Every row names the provenance, so that a row
that was copied elsewhere still says what it rests on.  `COLUMNS` says what each column means.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from oberih.errors import InputError
from oberih.picture.export.content import ExportContent, ExportZone, PlaceDose
from oberih.zone.distance import compass_name

__all__ = ["COLUMNS", "Row", "about_rows", "place_rows", "sector_rows", "table", "zone_properties", "zone_rows"]

Row = dict[str, Any]

COLUMNS = {
    "zones": {
        "zone": "number of the zone; 1 is the one drawn",
        "part": "part of the plan, empty for the zone of a single criterion",
        "title": "English title", "title_uk": "Ukrainian title",
        "criterion": "set and name of the criterion", "action": "protective action", "scenario": "release assumed",
        "level": "dose from which on the action is needed [level_unit]", "level_unit": "Sv or Gy",
        "window_s": "time over which the dose is counted [s]", "age": "age group",
        "percentile": "share of starts of the release that the zone covers [1]",
        "rule": "anywhere: outside it the action is needed nowhere in that share of starts; cell: place by place",
        "area_m2": "area of the outline [m2]",
        "circle_m": "radius of the circle that holds as well [m]",
        "circle_low_m": "lower end of its band [m]; the band holds the sampling of weather only",
        "circle_high_m": "upper end of its band [m]",
        "farthest_m": "farthest outer edge of a cell of the zone [m]",
        "coverage": "share of the computed cells that the smooth outline covers [1]",
        "outside": "share of starts in which the action is needed somewhere outside [1]",
        "reaches_edge": "whether the zone leaves the grid: its distances are then lower bounds",
        "people": "people of listed places inside, undated; empty where unknown",
        "places_unknown": "places inside whose population is unknown",
        "verified": "whether the level was read in the text of its source",
        "provenance": "SHA-256 of inputs, parameters and software",
    },
    "sectors": {
        "zone": "number of the zone in zones", "criterion": "set and name of the criterion",
        "scenario": "release assumed", "percentile": "share of starts [1]",
        "azimuth_deg": "centre of the sector, towards, degrees clockwise from north", "compass": "point of the compass",
        "distance_m": "the level is not reached beyond it in this sector in that share of starts [m]; 0 for nowhere",
        "low_m": "lower end of its band [m]; empty where there is none", "high_m": "upper end of its band [m]",
        "drawn_m": "how far the zone reaches in this sector [m]: farther, since it holds for all directions at once",
        "provenance": "SHA-256 of inputs, parameters and software",
    },
    "places": {
        "geonames_id": "number in GeoNames", "name": "name in GeoNames", "country": "ISO 3166-1 alpha-2",
        "latitude_deg": "degrees north", "longitude_deg": "degrees east",
        "distance_m": "from the site [m]", "azimuth_deg": "from the site, degrees clockwise from north",
        "population": "people, undated; empty where unknown", "inside": "whether it lies in the zone drawn",
        "dose_median": "dose in half of all starts [dose_unit]",
        "dose_percentile": "dose at the percentile of the zone drawn [dose_unit]", "dose_unit": "Sv or Gy",
        "share_above": "share of starts in which the level is reached there [1]",
        "arrival_earliest_s": "earliest arrival of the plume after the release begins [s]",
        "arrival_median_s": "median arrival [s]",
        "arrival_of": "over which starts: level, those in which the level is reached there; plume, those it comes in",
        "provenance": "SHA-256 of inputs, parameters and software",
    },
}  # fmt: skip
"""What each column of each table means."""


def zone_rows(content: ExportContent) -> list[Row]:
    """Give a row a zone."""
    return [_zone(i, z, content.digest) for i, z in enumerate(content.zones, start=1)]


def _zone(number: int, shown: ExportZone, digest: str) -> Row:
    zone, reach, outline = shown.zone, shown.zone.reach, shown.zone.outline
    return {
        "zone": number, "part": shown.part, "title": shown.title, "title_uk": shown.title_uk,
        "criterion": zone.criterion.key, "action": zone.action, "scenario": zone.scenario, "level": zone.level,
        "level_unit": zone.criterion.unit, "window_s": zone.criterion.window, "age": zone.criterion.age,
        "percentile": zone.percentile, "rule": zone.rule, "area_m2": round(zone.area, 1),
        "circle_m": round(reach.distance, 1), "circle_low_m": _rounded(reach.low),
        "circle_high_m": _rounded(reach.high), "farthest_m": round(float(outline.farthest.max(initial=0.0)), 1),
        "coverage": round(outline.coverage, 5), "outside": round(outline.outside, 5),
        "reaches_edge": outline.reaches_edge, "people": None if zone.people is None else zone.people.total,
        "places_unknown": None if zone.people is None else zone.people.unknown, "verified": zone.verified,
        "provenance": digest,
    }  # fmt: skip


def zone_properties(number: int, shown: ExportZone, digest: str) -> Row:
    """Give all that is told of a zone, in SI and in the units of `ZoneMap.properties`."""
    return {"kind": "zone", **shown.zone.properties(), **_zone(number, shown, digest)}


def sector_rows(content: ExportContent, *, drawn_only: bool = False) -> list[Row]:
    """Give a row a zone, percentile and sector."""
    shown = content.zones[:1] if drawn_only else content.zones
    return [row for i, z in enumerate(shown, start=1) for row in _sectors(i, z, content.digest)]


def _sectors(number: int, shown: ExportZone, digest: str) -> list[Row]:
    zone, d = shown.zone, shown.zone.distances
    return [
        {
            "zone": number, "criterion": zone.criterion.key, "scenario": zone.scenario, "percentile": percentile,
            "azimuth_deg": round(float(np.degrees(azimuth)), 3), "compass": compass_name(float(azimuth)),
            "distance_m": round(float(d.sector[i][k]), 1),
            "low_m": None if d.sector_low is None else round(float(d.sector_low[i][k]), 1),
            "high_m": None if d.sector_high is None else round(float(d.sector_high[i][k]), 1),
            "drawn_m": round(float(zone.outline.farthest[k]), 1), "provenance": digest,
        }
        for i, percentile in enumerate(d.percentiles) for k, azimuth in enumerate(d.azimuths)
    ]  # fmt: skip


def place_rows(content: ExportContent) -> list[Row]:
    """Give a row a place, as the content orders them."""
    return [_place(p, content.drawn.zone.criterion.unit, content.digest) for p in content.places]


def _place(known: PlaceDose, unit: str, digest: str) -> Row:
    place = known.place
    return {
        "geonames_id": place.id, "name": place.name, "country": place.country,
        "latitude_deg": round(place.latitude, 6), "longitude_deg": round(place.longitude, 6),
        "distance_m": round(place.distance, 1), "azimuth_deg": round(float(np.degrees(place.azimuth)), 2),
        "population": place.population, "inside": known.inside,
        "dose_median": _digits(known.median), "dose_percentile": _digits(known.high), "dose_unit": unit,
        "share_above": _digits(known.share), "arrival_earliest_s": _rounded(known.earliest),
        "arrival_median_s": _rounded(known.typical), "arrival_of": known.arrival_of, "provenance": digest,
    }  # fmt: skip


def about_rows(content: ExportContent) -> list[tuple[str, str]]:
    """Give what the whole export rests on, as names and text."""
    return [
        ("title", content.title), ("headline", content.headline),
        ("site", f"{content.site_name} ({content.site_id})"),
        ("site_latitude_deg", f"{content.latitude:.6f}"), ("site_longitude_deg", f"{content.longitude:.6f}"),
        ("release", content.fuel if content.source is None else f"{content.source.title}; {content.fuel}"),
        ("starts", content.starts), ("weather", f"{content.weather_label}: {content.weather_source}"),
        ("verified", "yes" if content.verified else "no: it rests on numbers not checked against their source"),
        *((f"note_{i}", note) for i, note in enumerate(content.notes, start=1)),
        *((f"question_{k}", _said(v)) for k, v in sorted(content.parameters.items())),
        *((f"software_{k}", str(v)) for k, v in sorted(dict(content.provenance.get("software", {})).items())),
        *((f"input_{k}", str(v)) for k, v in sorted(dict(content.provenance.get("inputs", {})).items())),
        ("provenance", content.digest),
        ("status", "planning: it advises, and is neither an event nor an order to act"),
    ]  # fmt: skip


def table(content: ExportContent, name: str) -> list[Row]:
    """Give the rows of a table of `COLUMNS`.

    Raises
    ------
    InputError
        If there is no such table.
    """
    makers = {"zones": zone_rows, "sectors": sector_rows, "places": place_rows}
    if name not in makers:
        raise InputError("is no table", field="table", value=name, cure=f"use one of {', '.join(makers)}")
    return makers[name](content)


def _said(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _rounded(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), 1)


def _digits(value: float | None) -> float | None:
    """To six digits: none here is known better."""
    return None if value is None or not np.isfinite(value) else float(f"{value:.6g}")
