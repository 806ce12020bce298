"""How does an event leave the page: the settlements as a table, the zones as GeoJSON?"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from oberih.case.reach.response import EventAnswer
from oberih.case.reach.response_places import PlaceRow
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.units import kilometres, millisieverts
from oberih.zone.geojson import collection_geojson

__all__ = ["drawn", "settlements_csv", "zones_geojson"]

_HEADS = (
    "settlement", "country", "geonames", "latitude_deg", "longitude_deg", "people", "distance_km", "azimuth_deg",
    "plume_comes", "plume_past", "outdoors_mSv", "outdoors_wind_10deg_other_low_mSv",
    "outdoors_wind_10deg_other_high_mSv", "sheltered_mSv", "evacuated_mSv", "protected_mSv", "averted_mSv",
    "thyroid_mSv", "thyroid_with_tablet_mSv", "criteria_met", "perhaps", "advice",
)  # fmt: skip


def settlements_csv(answer: EventAnswer) -> bytes:
    """Write the settlements, most urgent first; what the table rests on stands in its first lines."""
    text = io.StringIO()
    for name, value in (
        ("release begins", stamp(answer.request.at)), ("scenario", answer.request.scenario),
        ("weather", answer.run.told.source), ("criteria", answer.request.criteria),
        ("dose", answer.run.main.name), ("provenance", answer.provenance.digest),
        ("advice", "this advises; it is not an order"),
    ):  # fmt: skip
        text.write(f"# {name}: {' '.join(str(value).split())}\n")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADS)
    writer.writerows(_cells(answer, row) for row in answer.rows)
    return text.getvalue().encode()


def zones_geojson(answer: EventAnswer) -> bytes:
    """Write the zone of every criterion and the settlements as GeoJSON (RFC 7946)."""
    features = [f.zone.geojson() for f in answer.zones if not f.zone.outline.is_empty]
    told = {**collection_geojson([*features, *(_point(answer, r) for r in answer.rows)]),
            "provenance": answer.provenance.digest}  # fmt: skip
    return (json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n").encode()


def drawn(answer: EventAnswer) -> list[dict[str, Any]]:
    """Zones to draw: of each action the unconditional level where there are two."""
    best: dict[str, Any] = {}
    for found in answer.zones:
        if found.zone.outline.is_empty:
            continue
        action = found.criterion.action
        if action not in best or (found.criterion.tier == "upper" and best[action].criterion.tier != "upper"):
            best[action] = found
    return [found.zone.geojson() for found in best.values()]


def _cells(answer: EventAnswer, row: PlaceRow) -> list[object]:
    p = row.place
    doses = (row.outdoors, row.low, row.high, row.sheltered, row.evacuated, row.protected, row.averted, row.thyroid,
             row.thyroid_tablet)  # fmt: skip
    return [
        _plain(p.name), p.country, p.id, f"{p.latitude:.5f}", f"{p.longitude:.5f}", p.population,
        f"{kilometres(p.distance):.1f}", f"{p.azimuth * 57.29577951308232:.0f}", _time(answer, row.comes),
        _time(answer, row.past), *("" if d is None else f"{millisieverts(d):.4g}" for d in doses),
        " ".join(n.criterion.key for n in row.needed), " ".join(row.perhaps), " ".join(a.key for a in row.advice),
    ]  # fmt: skip


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t" else text


def _time(answer: EventAnswer, hours: float | None) -> str:
    return "" if hours is None else stamp(answer.request.at + round(hours * SECONDS_PER_HOUR))


def _point(answer: EventAnswer, row: PlaceRow) -> dict[str, Any]:
    cells = {
        k: v for k, v in zip(_HEADS, _cells(answer, row), strict=True) if k not in ("latitude_deg", "longitude_deg")
    }
    geometry = {"type": "Point", "coordinates": [round(row.place.longitude, 6), round(row.place.latitude, 6)]}
    return {"type": "Feature", "geometry": geometry, "properties": cells}
