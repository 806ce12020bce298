"""How does another program read an event: the plume hour by hour, doses, and how sure they are?

One netCDF file after CF 1.8 with three groups, each complete in itself, so that plain xarray opens any of them:

``near``
    concentration and deposit on rings and sectors around the site;
``far``
    the same on longitude and latitude (or a plane's x and y) out to 1,000 km;
``doses``
    the dose of each quantity on rings and sectors out to 1,000 km and, where several courses of the weather were
    computed, the share of them in which each criterion's dose is reached.

Needs the extra ``fields``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

import oberih
from oberih.case.reach.cf import axis, hours_axis, variable, words
from oberih.case.reach.plume import Plume
from oberih.earth.grid import Grid
from oberih.earth.projection import LocalProjection

__all__ = ["DoseMaps", "plume_file"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DoseMaps:
    """Doses and shares on rings and sectors.

    Parameters
    ----------
    quantities : tuple of str
    dose : float array, shape (quantities, rings, sectors)
        [Sv], or [Gy] where the quantity's name says so.
    criteria : tuple of str
    share : float array, shape (criteria, rings, sectors), or None
        Of the courses of the weather in which the criterion's dose is reached [1]; None for a single course.
    courses : int
    """

    quantities: tuple[str, ...]
    dose: npt.NDArray[Any]
    criteria: tuple[str, ...] = ()
    share: Floats | None = None
    courses: int = 1


def plume_file(plume: Plume, maps: DoseMaps, projection: LocalProjection, *, attrs: Mapping[str, Any]) -> bytes:
    """The file's bytes.

    Parameters
    ----------
    plume : Plume
    maps : DoseMaps
    projection : LocalProjection
        Of the site.
    attrs : mapping
        What the file says of itself: title, weather, provenance.
    """
    import netCDF4  # an extra

    file = netCDF4.Dataset("plume.nc", "w", format="NETCDF4", memory=1 << 20)
    file.setncatts({"Conventions": "CF-1.8", "source": f"oberih {oberih.__version__}", **attrs})
    _near(file.createGroup("near"), plume, projection)
    _far(file.createGroup("far"), plume)
    _doses(file.createGroup("doses"), plume.grid, maps, projection)
    return bytes(file.close())


def _near(group: Any, plume: Plume, projection: LocalProjection) -> None:
    group.setncatts({"title": "near the site, on rings and sectors"})
    _polar(group, plume.grid, plume.rings, projection)
    _hours(group, plume)
    _courses(group, plume, plume.near_air, plume.near_ground, ("ring", "sector"), {"coordinates": "lat lon"})


def _far(group: Any, plume: Plume) -> None:
    far = plume.far
    plane = bool(far.crs)
    names = ("y", "x") if plane else ("lat", "lon")
    group.setncatts({"title": "out to 1,000 km, as far as the fields go"})
    for name, edges, kind, unit, letter in (
        (names[0], far.y, "projection_y_coordinate" if plane else "latitude", "m" if plane else "degrees_north", "Y"),
        (names[1], far.x, "projection_x_coordinate" if plane else "longitude", "m" if plane else "degrees_east", "X"),
    ):  # fmt: skip
        axis(group, name, edges, standard_name=kind, units=unit, axis=letter)
    extra = {}
    if plane:
        group.createVariable("crs", "i4").setncatts({"proj4text": far.crs, "crs_wkt": far.crs})
        _places(group, far.x, far.y, far.crs)
        extra = {"grid_mapping": "crs", "coordinates": "lat lon"}
    variable(group, "cell_area", names, np.broadcast_to(far.areas, (len(far.y) - 1, len(far.x) - 1)),
              units="m2", standard_name="cell_area", long_name="area of the cell")  # fmt: skip
    _hours(group, plume)
    _courses(group, plume, plume.far_air, plume.far_ground, names, extra)


def _doses(group: Any, grid: Grid, maps: DoseMaps, projection: LocalProjection) -> None:
    group.setncatts({"title": "doses on rings and sectors out to 1,000 km", "courses_of_the_weather": maps.courses})
    _polar(group, grid, grid.rings, projection)
    where = ("ring", "sector")
    words(group, "quantity", maps.quantities, "which dose")
    variable(group, "dose", ("quantity", *where), maps.dose, units="Sv", coordinates="lat lon",
              long_name="dose of the first course of the weather")  # fmt: skip
    if maps.share is not None:
        words(group, "criterion", maps.criteria, "key of the criterion")
        variable(group, "share", ("criterion", *where), maps.share, units="1", coordinates="lat lon",
                  long_name="share of the courses of the weather in which the criterion's dose is reached")  # fmt: skip


def _polar(group: Any, grid: Grid, rings: int, projection: LocalProjection) -> None:
    """Rings and sectors with their middles, corners and areas."""
    group.createDimension("corner", 4)
    for name, size in (("ring", rings), ("sector", grid.sectors)):
        group.createDimension(name, size)
    variable(group, "distance", ("ring",), grid.radii[:rings], units="m", long_name="of the ring's middle")
    variable(group, "azimuth", ("sector",), np.degrees(grid.azimuths), units="degree",
              long_name="of the sector's middle, clockwise from north")  # fmt: skip
    lon, lat = projection.to_lonlat(grid.xy[:rings, :, 0], grid.xy[:rings, :, 1])
    corners = projection.cell_corners(grid)[: rings + 1]
    after = np.roll(corners, -1, axis=1)
    square = np.stack([corners[:-1], corners[1:], after[1:], after[:-1]], axis=2)  # (rings, sectors, 4, lon and lat)
    where = ("ring", "sector")
    for name, middle, bounds, unit, kind in (
        ("lat", lat, square[..., 1], "degrees_north", "latitude"),
        ("lon", lon, square[..., 0], "degrees_east", "longitude"),
    ):
        variable(group, name, where, middle, kind="f8", units=unit, standard_name=kind, bounds=f"{name}_bounds")
        variable(group, f"{name}_bounds", (*where, "corner"), bounds, kind="f8")
    variable(group, "cell_area", where, np.repeat(grid.areas[:rings, None], grid.sectors, axis=1), units="m2",
              standard_name="cell_area", long_name="area of the cell")  # fmt: skip


def _hours(group: Any, plume: Plume) -> None:
    """The hours and the nuclides."""
    hours_axis(group, plume.start, plume.hours)
    words(group, "nuclide", plume.nuclides, "nuclide")


def _courses(group: Any, plume: Plume, air: Any, ground: Any, where: tuple[str, str], extra: Mapping[str, str]) -> None:
    note = "decayed since the release; progeny that grow in are not counted"
    dims = ("nuclide", "time", *where)
    variable(group, "concentration", dims, air, units="Bq m-3", cell_methods="time: mean", comment=note,
              long_name="activity concentration in the air near the ground, mean over the hour",
              cell_measures="area: cell_area", **extra)  # fmt: skip
    variable(group, "deposition", dims, ground, units="Bq m-2", cell_methods="time: point", comment=note,
              long_name="activity on the ground at the end of the hour, laid down dry and wet since the start",
              cell_measures="area: cell_area", **extra)  # fmt: skip


def _places(group: Any, x: Floats, y: Floats, crs: str) -> None:
    """Longitude and latitude of a plane's cells."""
    east, north = np.meshgrid(0.5 * (x[1:] + x[:-1]), 0.5 * (y[1:] + y[:-1]))
    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(east, north)
    variable(group, "lat", ("y", "x"), lat, kind="f8", units="degrees_north", standard_name="latitude")
    variable(group, "lon", ("y", "x"), lon, kind="f8", units="degrees_east", standard_name="longitude")
