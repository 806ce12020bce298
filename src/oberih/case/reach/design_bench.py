"""What lies on the designer's bench?

Defines the noun `Bench`: an atlas held in memory, with the settlements around the site and all else that a question
needs and that no slider moves.  It is made once; every question of the designer is then arithmetic on it.
"""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import numpy as np

from oberih.atlas.build import build
from oberih.atlas.packed import ALL_TERMS, Packed, pack
from oberih.atlas.store import Atlas
from oberih.atlas.watch import Watched, watch
from oberih.case.progress import Progress
from oberih.case.reach.ground import Ground, atlas_of, ground_of, weather_notes
from oberih.case.reach.request import PLANNING_DAY, PlanRequest
from oberih.case.reach.sources import released
from oberih.case.wording import stamp
from oberih.dose.quantity import Quantity
from oberih.dose.response import responses
from oberih.dose.superposition import source_for
from oberih.earth.place_names import ukrainian_names
from oberih.earth.places import Place, places_near
from oberih.earth.projection import LocalProjection
from oberih.earth.site import Site, load_site
from oberih.errors import InputError
from oberih.release import list_scenarios, load_scenario
from oberih.weather.air import Air

__all__ = ["Bench", "bench_of", "open_bench", "open_forecast", "refuse_what_is_over", "terms_of_site", "widened"]

TRAVEL = 24
"""Last hours of a forecast, in which nothing is released: its last plumes need them to travel [h]."""

FORECASTS_KEPT = 4
"""Atlases of forecasts that stay on the disk; a new forecast comes every few hours."""


@dataclass(frozen=True)
class Bench:
    """An atlas in memory, and what stands around its site.

    Parameters
    ----------
    site : Site
    air : Air
    atlas : Atlas
    packed : Packed
        All release hours and heights, of the terms that were wanted.
    places : tuple of Place
        Settlements within the grid, nearest first.
    watched : Watched
        Their cells.
    projection : LocalProjection
    names_uk : mapping of int to str
        Ukrainian names of places by GeoNames number; not all have one.
    weather_notes : tuple of str
        What the reader must know of the weather, in English.
    inputs : mapping of str to str
        SHA-256 of weather, air and atlas.
    kept : Path or None
        Folder of what was found before in full detail.
    """

    site: Site
    air: Air
    atlas: Atlas
    packed: Packed
    places: tuple[Place, ...]
    watched: Watched
    projection: LocalProjection
    names_uk: Mapping[int, str]
    weather_notes: tuple[str, ...]
    inputs: Mapping[str, str]
    kept: Path | None = None

    @property
    def bytes(self) -> int:
        """What the arrays hold in memory [B]."""
        packed = self.packed
        arrays = (packed.offsets, packed.cells, packed.ages, packed.terms, self.watched.ages)
        return sum(a.nbytes for a in arrays)

    @cached_property
    def columns(self) -> tuple[tuple[Place, int], ...]:
        """Places off the site, each with the watched cell that it lies in."""
        cells = [(p, _cell(self.atlas, p)) for p in self.places]
        return tuple((p, int(np.searchsorted(self.watched.cells, c))) for p, c in cells if c >= 0)


def open_bench(
    request: PlanRequest, *, progress: Progress, terms: Iterable[int] | None = None, threads: int = 2
) -> Bench:
    """Open or build the atlas that a plan would stand on, and take it into memory.

    Parameters
    ----------
    request : PlanRequest
        Site, weather, mapping, cache, workers and seed count.
    progress : Progress
    terms : iterable of int, optional
        To hold; by default those of what the site's own fuel can release today, see `terms_of_site`.
    threads : int
        Readers at once.

    Raises
    ------
    InputError, WeatherRefused
        If the weather cannot be used.
    StoreError
        If the atlas cannot be built or read.
    """
    site = load_site(request.site)
    progress.stage("weather")
    ground = ground_of(request, site, progress=progress)
    atlas = atlas_of(ground, request, progress=progress)
    return bench_of(ground, atlas, site, cache=request.cache, progress=progress, terms=terms, threads=threads)


def bench_of(
    ground: Ground, atlas: Atlas, site: Site, *, cache: Path, progress: Progress, terms: Iterable[int] | None = None,
    threads: int = 2,
) -> Bench:  # fmt: skip
    """Take an open atlas into memory, with the settlements around its site; see `open_bench`."""
    progress.stage("the atlas into memory", total=atlas.blocks * len(atlas.heights))
    wanted = terms_of_site(site) if terms is None else tuple(terms)
    packed = pack(atlas, terms=wanted, threads=threads, told=progress.advance)
    progress.stage("settlements")
    places = tuple(places_near(site.latitude, site.longitude, within=atlas.grid.outer_radius, cache=cache))
    cells = np.array([c for p in places if (c := _cell(atlas, p)) >= 0], dtype=np.int64)
    inputs = {"air": ground.plan.facts()["air"]["sha256"], "atlas": ground.plan.digest}
    inputs |= {f"weather {i['name']}": i["sha256"] for i in ground.weather.attrs.get("inputs", ())}
    bench = Bench(
        site, ground.air, atlas, packed, places, watch(packed, cells), LocalProjection(site.latitude, site.longitude),
        ukrainian_names(cache), tuple(weather_notes(ground.weather, ground.air, site)), inputs, cache / "exceedances",
    )  # fmt: skip
    packed.largest  # noqa: B018  kept by the noun itself; found now, so that the first question need not
    progress.done()
    return bench


def open_forecast(request: PlanRequest, *, progress: Progress) -> Bench:
    """Take the atlas of a forecast onto the bench, all of its terms; built beside those of years if need be.

    Parameters
    ----------
    request : PlanRequest
        Site, weather (the file), mapping and cache count.
    progress : Progress

    Raises
    ------
    InputError, WeatherRefused
        If the forecast cannot be used, or holds less than a day beyond the `TRAVEL` hours.
    StoreError
        If the atlas cannot be built or read.
    """
    site = load_site(request.site)
    ground = ground_of(request, site, progress=progress, fewest=24, travel=TRAVEL)
    folder = request.cache / "forecasts"
    atlas = build(folder / f"{ground.plan.digest[:16]}.zarr", ground.plan)
    for old in sorted(folder.glob("*.zarr"), key=lambda p: p.stat().st_mtime)[:-FORECASTS_KEPT]:
        if old != atlas.path:
            shutil.rmtree(old, ignore_errors=True)
    return bench_of(ground, atlas, site, cache=request.cache, progress=progress, terms=ALL_TERMS)


def widened(bench: Bench, *, told: Callable[[], None] | None = None, threads: int = 2) -> Bench:
    """The same bench, holding all terms: those of iodine too, for a core that ran until today or a release of old."""
    packed = pack(bench.atlas, terms=ALL_TERMS, threads=threads, told=told)
    packed.largest  # noqa: B018  as above
    return dataclasses.replace(bench, packed=packed)


def terms_of_site(site: Site, *, day: int = PLANNING_DAY) -> tuple[int, ...]:
    """Terms of an atlas that any release of the site's own fuel has, as the fuel is on a day.

    Parameters
    ----------
    site : Site
    day : int
        Seconds since 1970.

    Notes
    -----
    Of a plant that has been shut down for years the iodine is gone, and with it two thirds of an atlas.
    """
    found: set[int] = set()
    for name in list_scenarios():
        scenario = load_scenario(name)
        try:
            if scenario.needs != "nothing":
                term = released(scenario, site, at=day).source_term
                found |= set(source_for(term, responses(term, _QUANTITIES)).active)
        except InputError:  # the site has no such fuel
            continue
    return tuple(sorted(found)) or ALL_TERMS


_QUANTITIES = tuple(Quantity(organ, "adult", 7 * 86400.0) for organ in ("effective", "thyroid", "red_marrow"))


def _cell(atlas: Atlas, place: Place) -> int:
    """The flat index of a place's cell; -1 on the site or outside."""
    grid = atlas.grid
    ring = int(np.searchsorted(grid.edges, place.distance)) - 1
    sector = round(place.azimuth / (2.0 * np.pi) * grid.sectors) % grid.sectors
    return ring * grid.sectors + sector if 0 <= ring < grid.rings else -1


def refuse_what_is_over(air: Air, *, now: datetime) -> None:
    """Refuse a forecast whose last hour has gone by: what it says of today it does not know.

    Parameters
    ----------
    air : Air
        Of the forecast.
    now : datetime
        UTC.

    Raises
    ------
    InputError
        If it ended before.
    """
    end = air.start + (len(air) - 1) * air.step
    if end < now.timestamp():
        raise InputError(f"the forecast ended at {stamp(int(end))}, which is past", field="weather", value="forecast",
                         cure="give a newer forecast, or ask for the year")  # fmt: skip
