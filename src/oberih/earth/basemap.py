"""What does the land around the site look like?

Defines the noun `Basemap`: coast, borders, provinces, lakes and rivers within a box, from the
small extracts of Natural Earth (public domain) that ship with Oberih: a detailed one for Ukraine
and 400 km around its sites, and a coarse one for the rest of the world.

What is drawn is not a statement about any border.  The corrections made to Natural Earth are
told in the files and given back in ``corrections``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import shapely

__all__ = ["LAYERS", "Basemap", "basemap_within"]

LAYERS = ("land", "former_reservoir", "rivers", "lakes", "provinces", "borders", "coast")
"""In the order in which they are drawn."""

_DETAILED = (15.0, 40.0, 48.0, 58.0)
"""West, south, east, north of the detailed map [°]; as in scripts/make_basemap.py."""


@dataclass(frozen=True)
class Basemap:
    """Geography within a box.

    Parameters
    ----------
    layers : dict of str to shapely geometry
        In longitude and latitude [°], clipped to the box; a layer that has nothing there is absent.
    detailed : bool
        Whether the detailed map covers the box.
    source : str
    corrections : tuple of str
        What differs from the source, and why.
    """

    layers: dict[str, Any]
    detailed: bool
    source: str
    corrections: tuple[str, ...]


def basemap_within(*, west: float, south: float, east: float, north: float) -> Basemap:
    """Give the geography within a box.

    Parameters
    ----------
    west, south, east, north : float
        Edges of the box [°]; ``east`` may exceed 180 where the box crosses the antimeridian.

    Returns
    -------
    Basemap
        The detailed map where it covers the box whole, else the map of the world.

    Source
    ------
    Natural Earth 1:10m, 1:50m and 1:110m (public domain).
    """
    w, s, e, n = _DETAILED
    detailed = w <= west and s <= south and east <= e and north <= n
    layers, source, corrections = _read("basemap_ukraine.geojson" if detailed else "basemap_world.geojson")
    cut = {name: _clip(shape, west, south, east, north) for name, shape in layers.items()}
    return Basemap(
        layers={name: cut[name] for name in LAYERS if name in cut and not cut[name].is_empty},
        detailed=detailed,
        source=source,
        corrections=corrections,
    )


def _clip(shape: Any, west: float, south: float, east: float, north: float) -> Any:
    """Clip to the box, also where it reaches beyond the antimeridian."""
    pieces = [shapely.clip_by_rect(shape, west, south, east, north)]
    for turn in (-360.0, 360.0):
        if west < -180.0 or east > 180.0:
            there = shapely.clip_by_rect(shape, west + turn, south, east + turn, north)
            pieces.append(shapely.transform(there, lambda p, shift=turn: p - [shift, 0.0]))
    whole = [piece for piece in pieces if not piece.is_empty]
    if len(whole) == 1:
        return whole[0]
    return shapely.geometrycollections([part for piece in whole for part in shapely.get_parts(piece)])


@lru_cache(maxsize=2)
def _read(name: str) -> tuple[dict[str, Any], str, tuple[str, ...]]:
    text = (files("oberih.earth") / "data" / name).read_text(encoding="utf-8")
    collection = json.loads(text)
    shapes = {f["properties"]["layer"]: shapely.geometry.shape(f["geometry"]) for f in collection["features"]}
    return shapes, collection["source"], tuple(collection["corrections"])
