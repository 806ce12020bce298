"""How long does an atlas take, and does twice the weather take twice as long?"""

from __future__ import annotations

import time
from pathlib import Path

from benchmarks.job import YEAR, air_of, atlas_plan
from oberih.atlas.build import build, compile_kernels
from oberih.atlas.layout import AtlasPlan
from oberih.atlas.schedule import Processes, Serial
from oberih.atlas.store import Atlas, open_atlas
from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid

WORKERS = 2
COARSE = Grid(rings=40, sectors=36)
"""For the years side by side, with one puff an hour: an atlas of 1/24 of the work."""


def seconds_to_build(path: Path, plan: AtlasPlan, *, workers: int = WORKERS) -> float:
    """Wall time to build an atlas from nothing to the last seal, after compilation [s]."""
    compile_kernels()
    begin = time.perf_counter()
    build(path, plan, scheduler=Processes(workers) if workers > 1 else Serial())
    return time.perf_counter() - begin


def year_atlas(folder: Path, *, hours: int = YEAR) -> tuple[float, Atlas]:
    """Time of the whole job, and the atlas."""
    path = folder / "year.zarr"
    air_of()
    took = seconds_to_build(path, atlas_plan(hours))
    return took, open_atlas(path)


def years(folder: Path, *, counts: tuple[int, ...] = (1, 2, 4), hours: int = YEAR) -> dict[int, float]:
    """Time of atlases of several years of weather, coarse, in this one process [s].

    Parameters
    ----------
    hours : int
        That stand for a year.
    """
    return {n: seconds_to_build(folder / f"years{n}.zarr", _coarse(n * hours), workers=1) for n in counts}


def _coarse(hours: int) -> AtlasPlan:
    plan = atlas_plan(hours, air=air_of(hours), grid=COARSE)
    return AtlasPlan(plan.site, plan.air, plan.grid, plan.heights, PuffSettings(puffs_per_hour=1), plan.releases)


def size_mib(path: Path) -> float:
    """What a store takes on the disk [MiB]."""
    return sum(f.stat().st_blocks * 512 for f in path.rglob("*") if f.is_file()) / 2**20
