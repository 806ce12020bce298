"""Who lives inside?

Counts the people of named places inside a polygon, and by distance and direction.  A place
is a point with all its people: a town on the edge of a zone counts whole or not at all, and
those who live outside listed places do not count.  So every figure is approximate, holds no
date, and says how many places of unknown population it left out.  Where the user gives a
population raster, the total comes from its cells and only the names from the places.

Defines `PeopleCount` and `PeopleTable`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.earth.places import Place
from oberih.earth.population import PopulationRaster, places_inside
from oberih.errors import InputError

__all__ = ["PeopleCount", "PeopleTable", "people_by_distance", "people_inside"]

Floats = npt.NDArray[np.float64]

_NOTES = {
    "places": "approximate: people of listed places, each counted whole at one point; undated",
    "raster": "cells of the population raster given, those on the border by their share inside",
}


@dataclass(frozen=True)
class PeopleCount:
    """People inside an area.

    Parameters
    ----------
    total : int
        People in places, or cells, of known population.
    places : tuple of Place
        Those inside, most populous first, unknown last.
    unknown : int
        Places, or cells, inside whose population is not known.
    method : str
        ``places`` or ``raster``.
    note : str
        What the figure is and is not.
    """

    total: int
    places: tuple[Place, ...]
    unknown: int
    method: str
    note: str


@dataclass(frozen=True)
class PeopleTable:
    """People by distance and direction.

    Parameters
    ----------
    edges : float array, shape (n + 1,)
        [m], rising from 0.
    sectors : int
        Sector 0 is centred on north; clockwise.
    people : int64 array, shape (n, sectors)
    unknown : int64 array, shape (n, sectors)
        Places of unknown population.
    """

    edges: Floats
    sectors: int
    people: npt.NDArray[np.int64]
    unknown: npt.NDArray[np.int64]

    @property
    def within(self) -> npt.NDArray[np.int64]:
        """People within each edge but the first, in all directions, shape (n,)."""
        return np.cumsum(self.people.sum(axis=1))


def people_inside(polygon: Any, places: Sequence[Place], *, raster: PopulationRaster | None = None) -> PeopleCount:
    """People inside a polygon.

    Parameters
    ----------
    polygon : shapely Polygon or MultiPolygon
        Longitude and latitude [°], cut at the antimeridian.
    places : sequence of Place
    raster : PopulationRaster, optional
        Counted instead of the places where given.

    Returns
    -------
    PeopleCount

    Raises
    ------
    InputError
        If the raster cannot be used, or does not cover the polygon.
    """
    inside = places_inside(places, polygon)
    ordered = tuple(sorted(inside, key=lambda p: (p.population is None, -(p.population or 0), p.distance, p.id)))
    if raster is not None:
        counted = raster.people_within(polygon)
        return PeopleCount(round(counted.count), ordered, counted.unknown, "raster", _NOTES["raster"])
    unknown = sum(p.population is None for p in ordered)
    return PeopleCount(sum(p.population or 0 for p in ordered), ordered, unknown, "places", _NOTES["places"])


def people_by_distance(places: Sequence[Place], *, edges: Sequence[float], sectors: int = 16) -> PeopleTable:
    """People by distance and direction from the site.

    Parameters
    ----------
    places : sequence of Place
        With distance and azimuth from the site.
    edges : sequence of float
        [m], rising; people nearer than the first or beyond the last do not count.
    sectors : int
        Number of directions.

    Raises
    ------
    InputError
        If the edges do not rise, or there is no sector.
    """
    limits = np.asarray(edges, dtype=np.float64)
    if limits.ndim != 1 or len(limits) < 2 or not (np.diff(limits) > 0.0).all():
        raise InputError("must rise", field="edges", value=list(edges), cure="give distances such as 0, 5000, 30000")
    if sectors < 1:
        raise InputError("must be at least 1", field="sectors", value=sectors, cure="give 16")
    people = np.zeros((len(limits) - 1, sectors), dtype=np.int64)
    unknown = np.zeros_like(people)
    distance = np.array([p.distance for p in places], dtype=np.float64)
    ring = np.searchsorted(limits, distance, side="right") - 1
    sector = np.round(np.array([p.azimuth for p in places]) / (2.0 * np.pi / sectors)).astype(np.int64) % sectors
    for place, i, j in zip(places, ring, sector, strict=True):
        if 0 <= i < len(people):
            people[i, j] += place.population or 0
            unknown[i, j] += place.population is None
    return PeopleTable(limits, sectors, people, unknown)
