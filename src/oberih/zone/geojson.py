"""How does a zone leave Oberih, so that any map can show it?

GeoJSON after RFC 7946 as plain dicts: longitude before latitude, WGS 84, exterior rings
counterclockwise and holes clockwise (section 3.1.6), geometries cut at the antimeridian by
whoever made them (section 3.1.9), coordinates rounded to 6 decimals (a tenth of a metre).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely

__all__ = ["collection_geojson", "feature_geojson", "to_geojson"]

_DECIMALS = 6


def to_geojson(geometry: Any) -> dict[str, Any]:
    """A (multi)polygon in longitude and latitude as a GeoJSON geometry.

    Parameters
    ----------
    geometry : shapely Polygon or MultiPolygon
        [°]

    Returns
    -------
    dict
        A Polygon if it has one part, else a MultiPolygon (without parts where empty).
    """
    parts = [rings for part in shapely.get_parts(geometry) if (rings := _rings(part))]
    if len(parts) == 1:
        return {"type": "Polygon", "coordinates": parts[0]}
    return {"type": "MultiPolygon", "coordinates": parts}


def feature_geojson(geometry: Any, properties: Mapping[str, Any]) -> dict[str, Any]:
    """A geometry with its properties as a GeoJSON feature; an empty geometry becomes null (section 3.2)."""
    shape = None if geometry is None or geometry.is_empty else to_geojson(geometry)
    return {
        "type": "Feature",
        "geometry": shape,
        "properties": {key: _plain(value) for key, value in properties.items()},
    }


def collection_geojson(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Features as one GeoJSON document."""
    return {"type": "FeatureCollection", "features": list(features)}


def _rings(polygon: Any) -> list[list[list[float]]]:
    """Exterior first, holes after; rings that rounding made flat are dropped."""
    if polygon.is_empty or shapely.get_dimensions(polygon) != 2:
        return []
    outer = _ring(polygon.exterior, counterclockwise=True)
    if not outer:
        return []
    return [outer, *(ring for hole in polygon.interiors if (ring := _ring(hole, counterclockwise=False)))]


def _ring(ring: Any, *, counterclockwise: bool) -> list[list[float]]:
    points = np.round(shapely.get_coordinates(ring), _DECIMALS) + 0.0  # no negative zero
    keep = np.concatenate([[True], (np.diff(points, axis=0) != 0.0).any(axis=1)])
    points = points[keep]
    if len(points) < 4:
        return []
    x, y = (points - points[0]).T
    area = float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1]))
    if area == 0.0:
        return []
    return list((points if (area > 0.0) == counterclockwise else points[::-1]).tolist())


def _plain(value: Any) -> Any:
    """A value that JSON knows; what is not finite becomes null."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value
