"""Which longitude and latitude has a point so far east and north of the site, and back?

Defines `LocalProjection`, the azimuthal equidistant projection about a site on the WGS 84
ellipsoid: a point keeps its true geodesic distance and azimuth from the site, so a grid of
rings and sectors around the site is exact in it.  It is computed straight from geodesics
(Karney's algorithms in pyproj), so no projection database is read.

Polygons that cross the antimeridian or hold a pole are cut so that every part is valid in
longitude -180..180 and latitude -90..90.  This module loads pyproj and Shapely: light modules
(`earth.site`, the command line) do not import it.

Invariants: ``to_local(*to_lonlat(x, y)) == (x, y)``; ``hypot(x, y)`` is the geodesic distance
and ``atan2(x, y)`` the azimuth.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

from oberih.earth.grid import Grid
from oberih.errors import InputError, OutOfRange

__all__ = ["FARTHEST", "LocalProjection", "distance_and_azimuth"]

Floats = npt.NDArray[np.float64]

FARTHEST = 5.0e6
"""Farthest distance from the site that is projected [m]; beyond, a zone has no meaning."""

_GEOD = Geod(ellps="WGS84")
_SEGMENT = 10e3
"""Longest edge of a polygon before it is projected [m]: the sagitta at 60° stays below 10 m."""


def distance_and_azimuth(
    latitude: float, longitude: float, *, to_latitude: npt.ArrayLike, to_longitude: npt.ArrayLike
) -> tuple[Floats, Floats]:
    """Geodesic distance and azimuth from one point to many.

    Parameters
    ----------
    latitude, longitude : float
        From where [°].
    to_latitude, to_longitude : array
        To where [°], shape (n,).

    Returns
    -------
    distance : float array, shape (n,)
        [m] on WGS 84.
    azimuth : float array, shape (n,)
        [rad], clockwise from north, 0..2π.

    Examples
    --------
    >>> d, a = distance_and_azimuth(47.51, 34.59, to_latitude=[47.49048], to_longitude=[34.66199])
    >>> round(float(d[0])), round(float(np.degrees(a[0])))
    (5842, 112)
    """
    lat = np.atleast_1d(np.asarray(to_latitude, dtype=np.float64))
    lon = np.atleast_1d(np.asarray(to_longitude, dtype=np.float64))
    forward, _, distance = _GEOD.inv(np.full(lon.shape, longitude), np.full(lat.shape, latitude), lon, lat)
    return np.asarray(distance), np.radians(np.asarray(forward)) % (2.0 * np.pi)


@dataclass(frozen=True)
class LocalProjection:
    """Azimuthal equidistant projection about a site (WGS 84).

    Parameters
    ----------
    latitude, longitude : float
        The site [°].

    Raises
    ------
    InputError
        If the site is not on the globe.

    Examples
    --------
    >>> here = LocalProjection(47.51, 34.59)
    >>> lon, lat = here.to_lonlat(0.0, 10e3)
    >>> round(float(lon), 5), round(float(lat), 5)
    (34.59, 47.59994)
    """

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        """Refuse a site that is not on the globe."""
        if not -90.0 <= self.latitude <= 90.0:
            raise InputError("not a latitude", field="latitude", value=self.latitude, cure="give -90 to 90 degrees")
        if not -180.0 <= self.longitude <= 180.0:
            raise InputError(
                "not a longitude", field="longitude", value=self.longitude, cure="give -180 to 180 degrees"
            )

    def to_lonlat(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Longitude and latitude [°] of points ``x`` east and ``y`` north of the site [m].

        Raises
        ------
        OutOfRange
            Beyond `FARTHEST`, or where a coordinate is not a number.
        """
        east, north = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
        distance = np.hypot(east, north)
        if not np.all(distance <= FARTHEST):
            raise OutOfRange(
                f"farther than {FARTHEST / 1e3:.0f} km from the site, or not a number",
                field="x, y",
                cure="project only what lies around the site",
            )
        azimuth = np.degrees(np.arctan2(east, north))
        flat = [a.ravel() for a in (azimuth, distance)]
        lon, lat, _ = _GEOD.fwd(
            np.full(flat[0].shape, self.longitude), np.full(flat[0].shape, self.latitude), flat[0], flat[1]
        )
        return np.asarray(lon).reshape(east.shape), np.asarray(lat).reshape(east.shape)

    def to_local(self, longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Metres east and north of the site of points at ``longitude`` and ``latitude`` [°]."""
        lon, lat = np.broadcast_arrays(np.asarray(longitude, dtype=np.float64), np.asarray(latitude, dtype=np.float64))
        distance, azimuth = distance_and_azimuth(
            self.latitude, self.longitude, to_latitude=lat.ravel(), to_longitude=lon.ravel()
        )
        x, y = distance * np.sin(azimuth), distance * np.cos(azimuth)
        return x.reshape(lon.shape), y.reshape(lon.shape)

    def distance(self, longitude: npt.ArrayLike, latitude: npt.ArrayLike) -> Floats:
        """Geodesic distance from the site [m]."""
        return np.hypot(*self.to_local(longitude, latitude))

    def cell_corners(self, grid: Grid) -> Floats:
        """Longitude and latitude of the grid's corners [°], shape (rings + 1, sectors, 2).

        Corner ``[i, j]`` is on ring edge ``i`` and on the border between sectors ``j - 1`` and ``j``.
        """
        azimuth = grid.azimuths - np.pi / grid.sectors
        x = grid.edges[:, None] * np.sin(azimuth)[None, :]
        y = grid.edges[:, None] * np.cos(azimuth)[None, :]
        return np.stack(self.to_lonlat(x, y), axis=-1)

    def cell_polygon(self, grid: Grid, *, ring: int, sector: int) -> Any:
        """One cell as a geometry in longitude and latitude [°]."""
        half = np.pi / grid.sectors
        azimuth = grid.azimuths[sector] + np.linspace(-half, half, 5)
        inner, outer = grid.edges[ring], grid.edges[ring + 1]
        x = np.concatenate([inner * np.sin(azimuth), outer * np.sin(azimuth[::-1])])
        y = np.concatenate([inner * np.cos(azimuth), outer * np.cos(azimuth[::-1])])
        return self.polygon_to_lonlat(shapely.polygons(np.stack([x, y], axis=-1)))

    def circle(self, radius: float, *, points: int = 180) -> Any:
        """The circle of ``radius`` [m] about the site as a geometry in longitude and latitude [°]."""
        azimuth = np.linspace(0.0, 2.0 * np.pi, points, endpoint=False)
        ring = np.stack([radius * np.sin(azimuth), radius * np.cos(azimuth)], axis=-1)
        return self.polygon_to_lonlat(shapely.polygons(ring))

    def polygon_to_lonlat(self, polygon: Any) -> Any:
        """Carry a (multi)polygon in local metres over to valid longitude and latitude [°].

        Parameters
        ----------
        polygon : shapely Polygon or MultiPolygon
            In metres east and north of the site.

        Returns
        -------
        shapely Polygon or MultiPolygon
            Valid; cut at the antimeridian and closed over a pole where needed.
        """
        parts = [self._carry(part) for part in shapely.get_parts(polygon) if not part.is_empty]
        if not parts:
            return shapely.from_wkt("POLYGON EMPTY")
        return parts[0] if len(parts) == 1 else shapely.union_all(parts)

    def _carry(self, polygon: Any) -> Any:
        """One polygon, its holes carried over by themselves."""
        outside = self._carry_ring(polygon.exterior)
        holes = [self._carry_ring(hole) for hole in polygon.interiors]
        return shapely.difference(outside, shapely.union_all(holes)) if holes else outside

    def _carry_ring(self, ring: Any) -> Any:
        """One ring as a valid area in longitude and latitude."""
        local = shapely.get_coordinates(shapely.segmentize(ring, _SEGMENT))
        lon, lat = self.to_lonlat(local[:, 0], local[:, 1])
        lon = np.degrees(np.unwrap(np.radians(lon)))
        points = np.stack([lon, lat], axis=-1)
        turn = float(lon[-1] - lon[0])
        if abs(turn) > 180.0:  # it goes once round the globe: it holds a pole
            pole = 90.0 if self.latitude >= 0.0 else -90.0
            points = np.concatenate([points, [[lon[-1], pole], [lon[0], pole]]])
        area = shapely.polygons(points)
        return _within_globe(area if shapely.is_valid(area) else shapely.make_valid(area))


def _within_globe(area: Any) -> Any:
    """Cut an area with unwrapped longitudes at the antimeridian and bring each part home."""
    west, _, east, _ = shapely.bounds(area)
    first, last = int(np.floor((west + 180.0) / 360.0)), int(np.ceil((east + 180.0) / 360.0)) - 1
    if first == last == 0:
        return area
    parts: list[Any] = []
    for turn in range(first, last + 1):
        cut = shapely.intersection(area, shapely.box(-180.0 + 360.0 * turn, -90.0, 180.0 + 360.0 * turn, 90.0))
        parts.extend(
            shapely.transform(part, lambda p, shift=360.0 * turn: p - [shift, 0.0])
            for part in shapely.get_parts(cut)
            if shapely.area(part) > 0.0
        )
    return shapely.union_all(parts)
