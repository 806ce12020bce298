"""How many people live inside a zone?

Finds the places of GeoNames whose point lies inside (a town is in or out as a whole), and counts
the cells of a raster of people per cell (GeoTIFF) that the user gives; the extra ``raster`` reads it.

Defines the nouns `PopulationRaster` and `People`.  Invariant: a cell without a figure is counted as
unknown, never as nobody.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from oberih.earth.places import Place
from oberih.errors import InputError, OberihError

__all__ = ["People", "PopulationRaster", "places_inside"]


@dataclass(frozen=True)
class People:
    """People inside an area.

    Parameters
    ----------
    count : float
        People, fractions kept.
    unknown : int
        Cells inside, or on the border, without a figure.
    """

    count: float
    unknown: int


def places_inside(places: Iterable[Place], area: Any) -> list[Place]:
    """Give the places whose point lies inside the area or on its border.

    Parameters
    ----------
    places : iterable of Place
    area : shapely geometry
        In longitude and latitude [°].
    """
    among = list(places)
    if not among or area.is_empty:
        return []
    shapely.prepare(area)
    inside = shapely.intersects_xy(area, [p.longitude for p in among], [p.latitude for p in among])
    return [place for place, within in zip(among, inside, strict=True) if within]


@dataclass(frozen=True)
class PopulationRaster:
    """A raster of people per cell, in longitude and latitude (EPSG:4326).

    Parameters
    ----------
    path : Path
        A GeoTIFF of one band, such as WorldPop or GHS-POP in geographic coordinates.
    """

    path: Path

    def people_within(self, area: Any) -> People:
        """Count the people inside an area, a border cell by its share of area inside.

        Parameters
        ----------
        area : shapely geometry
            In longitude and latitude [°].

        Raises
        ------
        InputError
            If the file is no such raster, or the area lies (partly) outside it.
        """
        if area.is_empty:
            return People(count=0.0, unknown=0)
        values, (west, north, step_x, step_y) = self._window(area)
        cells = _overlaps(area, values.shape, west=west, north=north, step_x=step_x, step_y=step_y)
        known = np.isfinite(values)
        if np.any(values[known] < 0.0):
            raise InputError("holds negative people", file=self.path, cure="declare that value as no data")
        count = float(np.sum(np.where(known, values, 0.0) * cells))
        return People(count=count, unknown=int(np.sum(~known & (cells > 0.0))))

    def _window(self, area: Any) -> tuple[Any, tuple[float, float, float, float]]:
        """Read the cells around the area, what has no data as NaN; and their corner and steps [°]."""
        rasterio = _rasterio()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", rasterio.errors.NotGeoreferencedWarning)
                with rasterio.open(self.path) as raster:
                    self._check(raster, area)
                    window = _window_around(area, raster, rasterio.windows.Window)
                    values = raster.read(1, window=window, masked=True).astype(np.float64).filled(np.nan)
                    corner = rasterio.windows.transform(window, raster.transform)
        except rasterio.errors.RasterioIOError as error:
            raise InputError(f"cannot be read as a raster: {error}", file=self.path, cure="give a GeoTIFF") from None
        return values, (corner.c, corner.f, corner.a, -corner.e)

    def _check(self, raster: Any, area: Any) -> None:
        if raster.crs is None or not raster.crs.is_geographic:
            raise InputError("is not in longitude and latitude", file=self.path, field="crs", value=str(raster.crs),
                             cure="warp it to EPSG:4326, keeping the sum")  # fmt: skip
        if raster.transform.b or raster.transform.d or raster.transform.a <= 0 or raster.transform.e >= 0:
            raise InputError("is rotated or upside down", file=self.path, cure="warp it north up")
        west, south, east, north = area.bounds
        b = raster.bounds
        if west < b.left or south < b.bottom or east > b.right or north > b.top:
            raise InputError("does not cover the zone", file=self.path, field="bounds",
                             value=[round(float(v), 3) for v in b], cure="give a larger raster")  # fmt: skip


def _window_around(area: Any, raster: Any, window: Any) -> Any:
    """The cells that the area's box touches."""
    west, south, east, north = area.bounds
    t = raster.transform
    left, right = math.floor((west - t.c) / t.a), math.ceil((east - t.c) / t.a)
    top, bottom = math.floor((north - t.f) / t.e), math.ceil((south - t.f) / t.e)
    left, top = max(left, 0), max(top, 0)
    return window(left, top, min(right, raster.width) - left, min(bottom, raster.height) - top)


def _overlaps(
    area: Any, shape: tuple[int, ...], *, west: float, north: float, step_x: float, step_y: float
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Share of each cell's area that lies inside [1]."""
    x = west + step_x * np.arange(shape[1])
    y = north - step_y * np.arange(1, shape[0] + 1)
    boxes = shapely.box(x[None, :], y[:, None], x[None, :] + step_x, y[:, None] + step_y)
    shapely.prepare(area)
    share = shapely.contains_properly(area, boxes).astype(np.float64)
    border = (share == 0.0) & shapely.intersects(area, boxes)
    share[border] = shapely.area(shapely.intersection(area, boxes[border])) / (step_x * step_y)
    return np.asarray(share)


def _rasterio() -> Any:
    try:  # an optional extra
        import rasterio
        import rasterio.errors
        import rasterio.windows
    except ImportError:
        raise OberihError("a population raster needs the extra: pip install 'oberih[raster]'") from None
    return rasterio
