"""How is an atlas filled?

Each task computes one block of release hours at one height and seals it.  What is sealed is
not computed again, so a build that was killed goes on where it stopped, to the same bytes.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt

from oberih.atlas import particle_block
from oberih.atlas.layout import AtlasPlan, engine_digest
from oberih.atlas.schedule import Scheduler, Serial
from oberih.atlas.store import Atlas, create, open_atlas, write_block
from oberih.atlas.work import atlas_to_work_on, is_sealed
from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import PuffSettings, gamma_mixture, mesh_of, settings_vector, workspace
from oberih.earth.grid import Grid
from oberih.evidence.alone import alone

Floats = npt.NDArray[np.float64]
Told = Callable[[int, int], None]
"""Called with the number of tasks done and their total."""


def build(path: Path, plan: AtlasPlan, *, scheduler: Scheduler | None = None, told: Told | None = None) -> Atlas:
    """Build an atlas, or finish one that was begun; if another build is at work on it, wait for it first.

    Parameters
    ----------
    path : Path
        Folder of the store.
    plan : AtlasPlan
    scheduler : Scheduler, optional
        Who does the work; this process by default.
    told : callable, optional
        Told how far the work is.

    Raises
    ------
    InputError, StoreError
        As `create` and `write_block`.
    """
    atlas = create(path, plan)
    with alone(path):
        todo = [(os.fspath(path.absolute()), b, h) for b, h in atlas.missing()]
        total = len(plan.tasks)
        done = total - len(todo)
        if told:
            told(done, total)
        if todo:
            compile_for(plan)
            for _ in (scheduler or Serial()).run(compute_block, todo, finished=is_sealed):
                done += 1
                if told:
                    told(done, total)
    return open_atlas(path)


def compute_block(path: str, block: int, height: int) -> None:
    """Compute and seal one block at one height; the task that workers run."""
    if is_sealed((path, block, height)):
        return
    atlas, work = _opened(path)
    sums, balance = (particle_block.computed(atlas, block, height) if "particles" in atlas.facts else _puffs(
        atlas, work, block, height
    ))  # fmt: skip
    write_block(atlas, block, height, sums, balance)


def _puffs(atlas: Atlas, work: puff.Work, block: int, height: int) -> tuple[Floats, Floats]:
    """Sums and balance of a block of puffs."""
    facts = atlas.facts
    settings = PuffSettings(**facts["settings"])
    first = block * atlas.block_hours
    hours = range(first, first + atlas.hours_in(block))
    air_facts = facts["air"]
    place = SimpleNamespace(**{name: air_facts[name] for name in ("roughness_length", "wind_height", "latitude")})
    vector = settings_vector(place, settings, atlas.heights[height])
    sums = np.empty((len(hours), atlas.grid.cells, puff.SUMS))
    balance = np.empty((len(hours), 4, puff.BALANCE))
    mesh, gamma, air, cyclic = mesh_of(atlas.grid), gamma_mixture(), atlas.air, bool(facts["air"]["cyclic"])
    for i, hour in enumerate(hours):
        puff.disperse_hour(mesh, work, gamma, vector, air, cyclic, hour, atlas.heights[height], settings.puffs_per_hour)
        sums[i] = work.sums
        balance[i] = work.balance
    return sums, balance


def compile_for(plan: AtlasPlan) -> None:
    """Compile what a plan needs before workers start: they find the result on disk and do not all compile at once."""
    if plan.particles:
        particle_block.compile_kernels()
    else:
        compile_kernels()


def compile_kernels() -> None:
    """Compile the kernels of puffs."""
    grid = Grid(rings=2, sectors=8, outer_radius=1000.0)
    air = np.zeros((2, puff.AIR_COLUMNS))
    air[:, [puff.EAST, puff.FRICTION]] = 5.0, 0.3
    air[:, [puff.MIXING, puff.CLOUD_BASE]] = 500.0, 1000.0
    vector = np.array([0.1, 10.0, 1.0, 3600.0, 900.0, 60.0, 1.0, 1.0])
    puff.disperse_hour(mesh_of(grid), workspace(grid), gamma_mixture(), vector, air, True, 0, 30.0, 1)


_OWN = threading.local()


def _opened(path: str) -> tuple[Atlas, puff.Work]:
    """One open atlas and one workspace a thread; opened again if it was laid out anew since."""
    metadata = Path(path) / "zarr.json"
    key = (path, metadata.stat().st_mtime_ns if metadata.is_file() else 0)
    if getattr(_OWN, "key", None) != key:
        atlas = atlas_to_work_on(Path(path), engine=engine_digest(particles=_by_particles(metadata)))
        _OWN.opened, _OWN.key = (atlas, workspace(atlas.grid)), key
    opened: tuple[Atlas, puff.Work] = _OWN.opened
    return opened


def _by_particles(metadata: Path) -> bool:
    """Whether an atlas is one of particles; one that cannot be read is refused by whoever opens it."""
    try:
        return "particles" in json.loads(metadata.read_text(encoding="utf-8"))["attributes"]["facts"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
