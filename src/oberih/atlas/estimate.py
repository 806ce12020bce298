"""What would an atlas cost, before it is built?

A few of its tasks, spread over its hours and heights, are really computed on this machine into a
folder that is thrown away; processor time and bytes of a release hour are taken from them and
counted up.  How long N workers take is a model, not a measurement: see `Cost.wall`.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oberih.atlas import seal
from oberih.atlas.build import Told, compile_for, compute_block
from oberih.atlas.layout import AtlasPlan
from oberih.atlas.store import create

__all__ = ["Cost", "cost_of"]

BUDGET = 30.0
"""No further task is measured once so much has been spent [s]."""

HAND_OUT = 0.01
"""What the scheduler needs for one task, one after the other [s]; 7 ms measured for Dask, see docs/cluster.md."""

START = 5.0
"""Until the first worker has the code in memory and the layout at hand [s]; measured, see docs/cluster.md."""


@dataclass(frozen=True)
class Cost:
    """What an atlas costs.

    Parameters
    ----------
    tasks : int
        Blocks at heights.
    releases : int
        Release hours at one height.
    heights : int
    seconds : tuple of float
        Processor time of each task measured, for as many release hours as a whole block has [s].
    disk : tuple of float
        What each wrote [bytes], scaled likewise.
    files : tuple of float
        How many files that were.
    layout : int
        Metadata, coordinates and air [bytes].
    block_hours : int
        Release hours of a whole block.
    """

    tasks: int
    releases: int
    heights: int
    seconds: tuple[float, ...]
    disk: tuple[float, ...]
    files: tuple[float, ...]
    layout: int
    block_hours: int

    @property
    def task(self) -> float:
        """Processor time of a task [s], the mean of those measured."""
        return float(np.mean(self.seconds))

    @property
    def processor_seconds(self) -> float:
        """Processor time of the whole [s]."""
        return self._whole_blocks * self.task

    @property
    def bytes(self) -> float:
        """Of the whole on the disk or in the store."""
        return self._whole_blocks * float(np.mean(self.disk)) + self.layout

    @property
    def all_files(self) -> int:
        """Files of the whole, without its layout."""
        return round(self.tasks * float(np.mean(self.files)))

    def wall(self, workers: int) -> float:
        """Time that so many workers would take [s].

        Notes
        -----
        ``START + max(ceil(tasks / N) · task, tasks · HAND_OUT)``: tasks of equal length, each worker alone on a
        core like this one, a store that is not slower than the workers.
        """
        return START + max(-(-self.tasks // workers) * self.task, self.tasks * HAND_OUT)

    @property
    def _whole_blocks(self) -> float:
        return self.releases * self.heights / self.block_hours


def cost_of(plan: AtlasPlan, *, most: int = 4, budget: float = BUDGET, told: Told | None = None) -> Cost:
    """Measure a few tasks of a plan on this machine; nothing of it is kept.

    Parameters
    ----------
    plan : AtlasPlan
    most : int
        Tasks to measure at most; one is measured in any case.
    budget : float
        Time after which no further one is begun [s].
    told : callable, optional
        Told how many are measured.

    Raises
    ------
    StoreError, StoreFull
        If the folder for it cannot be written.
    """
    chosen = _spread(plan, most)
    seconds, disk, counts = [], [], []
    compile_for(plan)
    with tempfile.TemporaryDirectory(prefix="oberih-estimate-") as folder:
        path = Path(folder) / "sample.zarr"
        create(path, plan)
        layout = _size(path)
        until = time.monotonic() + budget
        for block, height in chosen:
            share = plan.block_hours / len(plan.hours_of(block))
            begin = time.process_time()
            compute_block(os.fspath(path), block, height)
            seconds.append((time.process_time() - begin) * share)
            files = [*seal.chunk_files(path, block, height), seal.seal_of(path, block, height)]
            disk.append(sum(f.stat().st_size for f in files) * share)
            counts.append(float(len(files)))
            if told:
                told(len(seconds), len(chosen))
            if time.monotonic() > until:
                break
    return Cost(
        len(plan.tasks),
        plan.releases,
        len(plan.heights),
        tuple(seconds),
        tuple(disk),
        tuple(counts),
        layout,
        plan.block_hours,
    )


def _spread(plan: AtlasPlan, most: int) -> list[tuple[int, int]]:
    """Tasks at evenly spread blocks, the heights in turn; not the last block, which may be short, if possible."""
    whole = max(plan.blocks - 1, 1)
    count = min(most, whole * len(plan.heights))
    blocks = [int((i + 0.5) / count * whole) for i in range(count)]
    return list(dict.fromkeys((block, i % len(plan.heights)) for i, block in enumerate(blocks)))


def _size(path: Path) -> int:
    return sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
