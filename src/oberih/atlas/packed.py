"""What of an atlas is worth holding in memory?

Defines the noun `Packed`: only the touched cells of the heights asked for, hour by hour, in
single precision, deposit dry and wet together: what superposition reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.atlas.kernels.pack import COLUMNS, count_touched, fill_touched
from oberih.atlas.layout import BLOCK_HOURS
from oberih.atlas.store import Atlas
from oberih.earth.grid import Grid


@dataclass(frozen=True)
class Packed:
    """The touched cells of an atlas.

    Parameters
    ----------
    grid : Grid
    times : int64 array, shape (hours,)
        Beginning of each release hour.
    heights : tuple of float
        [m]
    offsets : int64 array, shape (heights, hours + 1)
        Entries of hour t at height h are ``offsets[h, t]`` to ``offsets[h, t + 1]``.
    cells : uint16 array, shape (entries,)
        Flat cell index.
    values : float32 array, shape (entries, 9)
        tic [s/m3] and gamma [s/m3] of the noble gas, age [s], depletion of three forms [1],
        deposit of three forms [1/m2].
    first : int
        Index in the atlas of the first release hour.
    """

    grid: Grid
    times: npt.NDArray[np.int64]
    heights: tuple[float, ...]
    offsets: npt.NDArray[np.int64]
    cells: npt.NDArray[np.uint16]
    values: npt.NDArray[np.float32]
    first: int = 0

    @property
    def hours(self) -> int:
        """Number of release hours."""
        return len(self.times)


def pack(
    atlas: Atlas,
    *,
    heights: Iterable[float] | None = None,
    blocks: range | None = None,
    threads: int = 2,
    told: Callable[[], None] | None = None,
) -> Packed:
    """Read the touched cells of an atlas into memory.

    Parameters
    ----------
    atlas : Atlas
    heights : iterable of float, optional
        Heights wanted [m], of the atlas's own; all by default.
    blocks : range, optional
        Blocks wanted; all by default.
    threads : int
        Readers at once.
    told : callable, optional
        Called after each block.

    Raises
    ------
    CorruptStore
        If a chunk cannot be decoded.
    """
    wanted = tuple(atlas.heights) if heights is None else tuple(heights)
    index = [atlas.heights.index(h) for h in wanted]
    spans = blocks if blocks is not None else range(-(-atlas.releases // BLOCK_HOURS))

    def read(task: tuple[int, int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16], npt.NDArray[np.float32]]:
        block, height = task
        part = _pack_block(atlas, block, height)
        if told:
            told()
        return part

    with ThreadPoolExecutor(threads) as pool:
        parts = list(pool.map(read, [(b, h) for h in index for b in spans]))
    counts = np.concatenate([p[0] for p in parts])
    hours = len(counts) // len(index)
    ends = np.concatenate([[0], np.cumsum(counts)])
    offsets = np.stack([ends[i * hours : (i + 1) * hours + 1] for i in range(len(index))])
    first = spans[0] * BLOCK_HOURS if len(spans) else 0
    return Packed(
        atlas.grid, atlas.times[first : first + hours], wanted, offsets,
        np.concatenate([p[1] for p in parts]), np.concatenate([p[2] for p in parts]), first,
    )  # fmt: skip


def _pack_block(
    atlas: Atlas, block: int, height: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16], npt.NDArray[np.float32]]:
    """Entries of one block: counts by hour, cells, values."""
    layers = {name: atlas.layer(name, block, height) for name in ("tic", "wet", "gamma", "age")}
    carried = [atlas.layer("depletion", block, height, f) for f in range(3)]
    speeds = [atlas.layer("deposition_velocity", block, height, f) for f in range(3)]
    ratios = [atlas.layer("wet_ratio", block, height, f) for f in range(2)]
    counts = count_touched(layers["tic"], layers["wet"], layers["gamma"])
    cells = np.empty(int(counts.sum()), dtype=np.uint16)
    values = np.empty((len(cells), COLUMNS), dtype=np.float32)
    fill_touched(
        layers["tic"], *carried, *speeds, layers["wet"], *ratios, layers["gamma"], layers["age"], cells, values
    )
    return counts, cells, values
