"""How does a block of an atlas of particles come about?

All its release hours are carried in one pass over the fields.  The fields are a kept flow, found beside the atlas or
where the plan said; a flow with another digest is refused.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oberih.atlas.store import Atlas, open_atlas
from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_file import digest_of, open_flow
from oberih.dispersion.particles.unit import ParticleSettings, unit_releases
from oberih.earth.grid import Grid
from oberih.errors import CorruptStore, InputError, StoreError

__all__ = ["compile_kernels", "computed", "flow_folder", "flow_name"]

Floats = npt.NDArray[np.float64]


def computed(atlas: Atlas, block: int, height: int) -> tuple[Floats, Floats]:
    """Sums and balance of one block at one height.

    Returns
    -------
    sums : float array, shape (hours, cells, 12)
    balance : float array, shape (hours, forms, 7)

    Raises
    ------
    StoreError
        If the atlas's flow is not to be found.
    """
    where = atlas.facts["flow"]
    first = block * atlas.block_hours
    flow = _flow(str(flow_folder(atlas.path)))
    found = unit_releases(
        flow, atlas.grid, x=where["x"], y=where["y"], latitude=where["latitude"], longitude=where["longitude"],
        starts=[int(t) for t in atlas.times[first : first + atlas.hours_in(block)]], height=atlas.heights[height],
        settings=ParticleSettings(**atlas.facts["particles"]),
    )  # fmt: skip
    return found.sums, found.balance


def flow_name(digest: str) -> str:
    """Name of the folder beside an atlas that holds the flow of a digest."""
    return f"flow-{digest[:16]}"


def flow_folder(path: Path) -> Path:
    """Where the flow of an atlas lies: ``flow-`` and the beginning of its digest beside the atlas, or as planned.

    Raises
    ------
    StoreError
        If neither holds the flow that the atlas is built from.
    """
    atlas = open_atlas(path, complete=False)
    digest = str(atlas.facts["flow"]["digest"])
    planned = Path(str(atlas.group.attrs.get("flow_folder", "")))
    for folder in (path.parent / flow_name(digest), planned):
        try:
            if digest_of(folder) == digest:
                return folder
        except InputError:
            continue
    raise StoreError(f"{path}: the fields it is built from are neither beside it nor in {planned}; give them again")


@lru_cache(maxsize=2)
def _flow(folder: str) -> Flow:
    """One open flow a process, read through once; its pages are shared."""
    try:
        return open_flow(Path(folder))
    except InputError as error:
        raise CorruptStore(f"{folder}: not the fields that were kept; give them again, that mends it") from error


def compile_kernels() -> None:
    """Compile before workers start: young and old steps, both ways of sampling, fields that change."""
    wind = np.zeros((2, 3, 3, 4, 4), dtype=np.float32)
    surface = np.zeros((2, 3, 3, kernel.SURFACE), dtype=np.float32)
    surface[..., kernel.MIXING], surface[..., kernel.FRICTION], surface[..., kernel.CELLS_X] = 500.0, 0.3, 1e-4
    flow = Flow(0, 3600.0, wind, surface, 10.0, 10.0, 1e-4)
    for sampling in ("kernel", "cells"):
        settings = ParticleSettings(particles=1, oldest=2400.0, sampling=sampling)
        unit_releases(flow, Grid(2, 8, 1000.0), x=1.0, y=1.0, latitude=50.0, longitude=30.0, starts=[0], height=10.0,
                      settings=settings)  # fmt: skip
