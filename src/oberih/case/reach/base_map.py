"""What lies around the site, for a map in a browser?

The land of `oberih.earth.basemap` and the places of GeoNames as one GeoJSON document; names in the language asked
for where that name is known.  The drained Kakhovka reservoir is a layer of its own, with its name and date.
"""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely

from oberih.earth.basemap import basemap_within
from oberih.earth.place_names import ukrainian_names
from oberih.earth.places import Place, places_near, places_source
from oberih.errors import InputError

__all__ = ["MOST_PLACES", "WIDEST", "base_map", "warm"]

WIDEST = 40.0
"""Longest side of a box [°]."""

MOST_PLACES = 220
"""Places in one answer; the largest come first."""

_DECIMALS = 0.001
"""Grid to which geometries are rounded [°], about 100 m: as fine as the source."""


@lru_cache(maxsize=64)
def base_map(
    *, west: float, south: float, east: float, north: float, language: str = "en", cache: Path | None = None
) -> dict[str, Any]:
    """Gather the land and the places within a box.

    Parameters
    ----------
    west, south, east, north : float
        Edges of the box [°].
    language : str
        Of the names; ``uk`` gives a Ukrainian name where it is known.
    cache : Path, optional
        Folder of the tables of places; the user's where none is given.

    Returns
    -------
    dict
        A GeoJSON FeatureCollection with ``bounds``, ``source``, ``places_source``, ``corrections`` and ``detailed``.
        A feature's ``layer`` is one of `oberih.earth.basemap.LAYERS` or ``place``.

    Raises
    ------
    InputError
        If the box is empty or too wide.
    """
    if not (west < east and south < north and east - west <= WIDEST and north - south <= WIDEST):
        cure = f"west < east, south < north, at most {WIDEST:g}° wide and high"
        raise InputError("is no box", field="west, south, east, north", value=(west, south, east, north), cure=cure)
    land = basemap_within(west=west, south=south, east=east, north=north)
    features = [_layer(name, shape) for name, shape in land.layers.items()]
    features += _places(west, south, east, north, language, cache)
    return {
        "type": "FeatureCollection", "features": features, "bounds": [west, south, east, north],
        "source": land.source, "places_source": places_source(), "corrections": list(land.corrections),
        "detailed": land.detailed,
    }  # fmt: skip


def warm(latitude: float, longitude: float) -> None:
    """Read the land and the names around a place, so that the first who asks does not wait for the tables."""
    for language in ("en", "uk"):
        base_map(west=longitude - 1, south=latitude - 1, east=longitude + 1, north=latitude + 1, language=language)


def _layer(name: str, shape: Any) -> dict[str, Any]:
    properties: dict[str, Any] = {"layer": name}
    if name == "former_reservoir":
        properties |= {"name": "Kakhovka reservoir", "name_uk": "Каховське водосховище", "drained": "2023-06-06"}
    geometry = shapely.geometry.mapping(shapely.set_precision(shape, _DECIMALS, mode="pointwise"))
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _places(
    west: float, south: float, east: float, north: float, language: str, cache: Path | None
) -> list[dict[str, Any]]:
    """The largest places of the box, the largest first."""
    latitude, longitude = (south + north) / 2, (west + east) / 2
    across = math.hypot((east - west) * math.cos(math.radians(latitude)), north - south) * 111.3e3 / 2 * 1.1
    found = places_near(latitude, longitude, within=max(across, 1e3), cache=cache)
    inside = [p for p in found if west <= p.longitude <= east and south <= p.latitude <= north]
    inside.sort(key=lambda p: (-(p.population or 0), p.id))
    names = ukrainian_names(cache) if language == "uk" else {}
    return [_place(p, names.get(p.id, p.name)) for p in inside[:MOST_PLACES]]


def _place(place: Place, name: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"layer": "place", "name": name, "population": place.population, "id": place.id},
        "geometry": {"type": "Point", "coordinates": [round(place.longitude, 4), round(place.latitude, 4)]},
    }
