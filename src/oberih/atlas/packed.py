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

from oberih.atlas.kernels.superpose import AGE, COLUMNS, DEPLETION, DEPOSIT, GAMMA, TIC
from oberih.atlas.layout import BLOCK_HOURS
from oberih.atlas.store import Atlas
from oberih.constants import FORMS
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
    forms: tuple[int, ...] = (0, 1, 2),
    threads: int = 1,
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
    forms : tuple of int
        Of aerosol, elemental and organic iodine (0, 1, 2) those wanted.
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
        part = _pack_block(atlas, block, height, forms)
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
    atlas: Atlas, block: int, height: int, forms: tuple[int, ...]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16], npt.NDArray[np.float32]]:
    """Entries of one block: counts by hour, cells, values; of forms not wanted nothing is read."""
    counts = np.diff(atlas.offsets[block, height])[: atlas.hours_in(block)].astype(np.int64)
    cells = atlas.column("cell", block, height)
    values = np.zeros((len(cells), COLUMNS), dtype=np.float32)
    tic, wet = atlas.column("tic", block, height), atlas.column("wet", block, height)
    values[:, TIC] = tic
    values[:, GAMMA] = atlas.column("gamma", block, height)
    values[:, AGE] = atlas.column("age", block, height)
    for f in forms:
        name = FORMS[f + 1]
        depletion = atlas.column(f"depletion_{name}", block, height)
        values[:, DEPLETION + f] = depletion
        ratio = atlas.column(f"wet_ratio_{name}", block, height) if f else np.float32(1.0)
        values[:, DEPOSIT + f] = atlas.column(f"velocity_{name}", block, height) * tic * depletion + wet * ratio
    return counts, cells, values
