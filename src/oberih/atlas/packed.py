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
    offsets, places = _places(atlas, index, spans)
    cells = np.empty(int(offsets[-1, -1]), dtype=np.uint16)
    values = np.zeros((len(cells), COLUMNS), dtype=np.float32)

    def read(task: tuple[int, int]) -> None:
        first, last = places[task]
        _read_block(atlas, *task, forms, cells[first:last], values[first:last])
        if told:
            told()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(read, places))
    first = spans[0] * BLOCK_HOURS if len(spans) else 0
    return Packed(
        atlas.grid, atlas.times[first : first + offsets.shape[1] - 1], wanted, offsets, cells, values, first
    )  # fmt: skip


def _places(
    atlas: Atlas, index: list[int], spans: range
) -> tuple[npt.NDArray[np.int64], dict[tuple[int, int], tuple[int, int]]]:
    """Offsets by height and hour, and for each block and height the entries that are its own."""
    rows, places, end = [], {}, 0
    for height in index:
        row = [np.array([end], dtype=np.int64)]
        for block in spans:
            own = atlas.offsets[block, height, 1 : atlas.hours_in(block) + 1].astype(np.int64)
            row.append(end + own)
            places[block, height] = (end, end + int(own[-1]))
            end += int(own[-1])
        rows.append(np.concatenate(row))
    return np.stack(rows), places


def _read_block(
    atlas: Atlas, block: int, height: int, forms: tuple[int, ...], cells: npt.NDArray[np.uint16],
    values: npt.NDArray[np.float32],
) -> None:  # fmt: skip
    """Read one block into its place; of forms not wanted nothing is read."""
    cells[:] = atlas.column("cell", block, height)
    tic, wet = atlas.column("tic", block, height), atlas.column("wet", block, height)
    values[:, TIC] = tic
    values[:, GAMMA] = atlas.column("gamma", block, height)
    values[:, AGE] = atlas.column("age", block, height)
    for f in forms:
        name = FORMS[f + 1]
        depletion = atlas.column(f"depletion_{name}", block, height)
        values[:, DEPLETION + f] = depletion
        deposit = atlas.column(f"velocity_{name}", block, height)
        deposit *= tic
        deposit *= depletion
        deposit += wet * atlas.column(f"wet_ratio_{name}", block, height) if f else wet
        values[:, DEPOSIT + f] = deposit
