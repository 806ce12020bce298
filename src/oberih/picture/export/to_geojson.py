"""How does a designed zone leave as GeoJSON?

One FeatureCollection after RFC 7946: zones, the site and the places, each with all its properties; what the whole
rests on stands beside the features, as foreign members (section 6.1).
"""

from __future__ import annotations

import json
from typing import Any

from oberih.picture.export.content import ExportContent
from oberih.picture.export.rows import about_rows, place_rows, zone_properties
from oberih.zone.geojson import collection_geojson, feature_geojson

__all__ = ["geojson_of"]


def geojson_of(content: ExportContent) -> bytes:
    """Give the zones, the site and the places as GeoJSON.

    Parameters
    ----------
    content : ExportContent

    Returns
    -------
    bytes
        UTF-8, keys in the order of the alphabet.
    """
    zones = [
        feature_geojson(z.zone.geometry, zone_properties(i, z, content.digest))
        for i, z in enumerate(content.zones, start=1)
    ]
    site = _point(
        content.longitude, content.latitude,
        {"kind": "site", "id": content.site_id, "name": content.site_name, "name_uk": content.site_name_uk,
         "country": content.country, "provenance": content.digest},
    )  # fmt: skip
    places = [_point(r["longitude_deg"], r["latitude_deg"], {"kind": "place", **r}) for r in place_rows(content)]
    whole = {
        **collection_geojson([*zones, site, *places]), "title": content.title, "headline": content.headline,
        "about": dict(about_rows(content)), "provenance": content.digest,
    }  # fmt: skip
    return (json.dumps(whole, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n").encode("utf-8", "replace")


def _point(longitude: float, latitude: float, properties: dict[str, Any]) -> dict[str, Any]:
    feature = feature_geojson(None, properties)
    feature["geometry"] = {"type": "Point", "coordinates": [round(longitude, 6), round(latitude, 6)]}
    return feature
