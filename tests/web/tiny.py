"""A tiny engine: two weeks of climate-statistics weather, one height, a coarse grid; all else is real."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from oberih.atlas.build import build
from oberih.atlas.layout import AtlasPlan
from oberih.case.progress import Silent
from oberih.case.reach.design_bench import Bench, bench_of
from oberih.case.reach.ground import Ground
from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid
from oberih.earth.site import load_site
from oberih.weather.boundary_layer import air_from_weather
from oberih.weather.climate import climate_year
from oberih.weather.quality import check_weather

SITE = "zaporizhzhia"
HOURS = 14 * 24
GRID = Grid(rings=50, sectors=36, outer_radius=150e3)
HEIGHTS = (10.0, 100.0)


def tiny_ground(*, hours: int = HOURS) -> Ground:
    """Two weeks of weather and the plan of their atlas."""
    site = load_site(SITE)
    raw = climate_year(site_latitude=site.latitude, site_longitude=site.longitude, seed=7, hours=hours)
    weather, report = check_weather(raw)
    air = air_from_weather(weather, roughness_length=site.roughness_length)
    settings = PuffSettings(puffs_per_hour=1, oldest=24 * 3600.0)
    return Ground(weather, report.as_dict(), air, AtlasPlan(site.id, air, GRID, HEIGHTS, settings, len(air)))


def tiny_bench(cache: Path) -> Bench:
    """Their atlas, built in a few seconds, on the bench."""
    ground = tiny_ground()
    atlas = build(cache / "atlas" / "tiny.zarr", ground.plan)
    return bench_of(ground, atlas, load_site(SITE), cache=cache, progress=Silent())


def opened(bench: Bench) -> Callable[..., Bench]:
    """What an engine opens in place of a year."""

    def bench_at_hand(request: Any, *, progress: Any) -> Bench:
        progress.stage("the bench that is at hand", total=1)
        progress.advance()
        return bench

    return bench_at_hand
