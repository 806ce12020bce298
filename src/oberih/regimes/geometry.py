"""Does a point lie within the zone?

Distances are geodesic on WGS 84: a zone given by a radius is asked by the geodesic from its site; a polygon, whose
edges are geodesics too, is projected about the point itself, where distances from it are exact, so that
neither the antimeridian nor a pole is a seam.  A position with an uncertainty is certainly inside, possibly inside or
outside.

Invariants: ``distance`` is negative inside; a polygon that crosses itself, is not closed or leaves
the globe is refused (`polygon_mistake`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import shapely
from pyproj import Geod

from oberih.earth.projection import LocalProjection
from oberih.earth.site import load_site
from oberih.errors import InputError
from oberih.regimes.observation import Observation
from oberih.regimes.regime import ZoneArea

__all__ = ["Placement", "place_in", "placement", "polygon_mistake"]

_GEOD = Geod(ellps="WGS84")
_STEP = 5.0e3
"""Longest piece of a polygon's edge before it is projected [m]."""

Polygon = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Placement:
    """Where a point lies about an area.

    Parameters
    ----------
    area : str
    side : str
        ``inside``, ``possibly inside`` or ``outside``.
    distance : float
        Geodesic, from the edge [m]; negative inside.
    uncertainty : float
        Of the position [m].
    """

    area: str
    side: str
    distance: float
    uncertainty: float = 0.0

    @property
    def words(self) -> str:
        """In words, as ``1250 m outside zone``."""
        if self.side == "possibly inside":
            off = f"{self.distance:+.0f} m from its edge, known to {self.uncertainty:.0f} m"
            return f"possibly inside {self.area} ({off})"
        return f"{abs(self.distance):.0f} m {self.side} {self.area}"


def placement(area: ZoneArea, *, longitude: float, latitude: float, uncertainty: float = 0.0) -> Placement:
    """Say on which side of an area's edge a point lies.

    Parameters
    ----------
    area : ZoneArea
    longitude, latitude : float
        [°, WGS 84]
    uncertainty : float
        Of the position [m].

    Raises
    ------
    InputError
        If the point is not on the globe, or the area has no valid geometry.

    Examples
    --------
    >>> zone = ZoneArea("zone", "zaporizhzhia", 30e3, (), "", False)
    >>> placement(zone, longitude=34.59, latitude=47.5).side
    'inside'
    """
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        raise InputError("is not a number", field="position", value=(longitude, latitude))
    here = LocalProjection(latitude, longitude)
    distance = _from_polygon(area, here) if area.polygon else _from_circle(area, here)
    side = "inside" if distance + uncertainty <= 0.0 else "possibly inside" if distance <= uncertainty else "outside"
    return Placement(area.name, side, distance, uncertainty)


def place_in(areas: Mapping[str, ZoneArea], name: str, observation: Observation) -> Placement:
    """Say where an observation with a position lies about the area of that name.

    Raises
    ------
    InputError
        If there is no such area, or the observation has no position.
    """
    if name not in areas:
        raise InputError("no such area", field="area", value=name, cure=f"known: {', '.join(sorted(areas)) or 'none'}")
    if observation.longitude is None or observation.latitude is None:
        raise InputError("has no position", field="observation", value=observation.id)
    return placement(
        areas[name], longitude=observation.longitude, latitude=observation.latitude,
        uncertainty=observation.uncertainty,
    )  # fmt: skip


def _from_circle(area: ZoneArea, here: LocalProjection) -> float:
    if area.radius is None:
        raise InputError("has neither a radius nor a polygon", field=f"area.{area.name}")
    site = load_site(area.site)
    return float(here.distance(site.longitude, site.latitude)) - area.radius


def _from_polygon(area: ZoneArea, here: LocalProjection) -> float:
    lon, lat = _edge(tuple(area.polygon), area.name)
    x, y = here.to_local(lon, lat)
    ring = shapely.linearrings(np.stack([x, y], axis=-1))
    origin = shapely.Point(0.0, 0.0)
    distance = float(shapely.distance(ring, origin))
    return -distance if shapely.covers(shapely.polygons(ring), origin) else distance


@lru_cache(maxsize=64)
def _edge(polygon: tuple[tuple[float, float], ...], name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Points along the geodesics between the corners, at most `_STEP` apart."""
    mistake = polygon_mistake(polygon)
    if mistake is not None:
        raise InputError(mistake[0], field=f"area.{name}.polygon", cure=mistake[1])
    lon: list[float] = []
    lat: list[float] = []
    for (lon0, lat0), (lon1, lat1) in pairwise(polygon):
        length = _GEOD.inv(lon0, lat0, lon1, lat1)[2]
        between = _GEOD.npts(lon0, lat0, lon1, lat1, int(length // _STEP)) if length > _STEP else []
        lon += [lon0, *(p[0] for p in between)]
        lat += [lat0, *(p[1] for p in between)]
    return (*lon, polygon[-1][0]), (*lat, polygon[-1][1])


def polygon_mistake(polygon: Polygon) -> tuple[str, str] | None:
    """Say what is wrong with a polygon and what to do, or None.

    Parameters
    ----------
    polygon : sequence of (float, float)
        Longitude and latitude [°].

    Examples
    --------
    >>> polygon_mistake([(34.0, 47.0), (35.0, 47.0), (35.0, 48.0)])[0]
    'is not closed'
    """
    for lon, lat in polygon:
        if not (math.isfinite(lon) and -180.0 <= lon <= 180.0):
            return f"longitude {lon:g} is not within -180 to 180", "give [longitude, latitude] in degrees"
        if not (math.isfinite(lat) and -90.0 <= lat <= 90.0):
            return f"latitude {lat:g} is not within -90 to 90", "give [longitude, latitude] in degrees, in this order"
    if len(polygon) < 3 or len(set(map(tuple, polygon))) < 3:
        return "has fewer than three corners", "give at least three, and the first again at the end"
    if tuple(polygon[0]) != tuple(polygon[-1]):
        return "is not closed", "repeat the first corner at the end"
    turned = np.degrees(np.unwrap(np.radians([p[0] for p in polygon])))
    if abs(turned[-1] - turned[0]) > 1.0:
        return "goes once around a pole", "cut it into parts that do not"
    turned[-1] = turned[0]
    flat = shapely.polygons(np.stack([turned, [p[1] for p in polygon]], axis=-1))
    if not shapely.is_valid(flat):
        return f"crosses itself or is empty ({shapely.is_valid_reason(flat)})", "give the corners in order around it"
    return None
