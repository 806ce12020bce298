"""What of an atlas is worth holding in memory?

Defines the noun `Packed`: the entries of the heights asked for, hour by hour, as the terms that a
release is summed over.  Terms that a release does not have (iodine of a plant long shut down) are
neither read nor held.

A term is tic (0 to 3), gamma (4 to 7) or deposit (8 to 11) of a form, forms in the order of
`oberih.constants.FORMS`; -1 is padding.  The cloud of a form is that of the noble gas times what
depletion has left of the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from oberih.atlas.kernels.superpose import GROUP, TERMS, largest_by_ring
from oberih.atlas.store import Atlas
from oberih.constants import FORMS
from oberih.earth.grid import Grid

TABLE_STEP = 600.0
"""Between the ages of a response table [s]; the nearest is taken, so that a plume's age counts to 5 minutes."""

ALL_TERMS = tuple(t for t in range(TERMS) if t != 8)
"""Every term but the deposit of the noble gas, which has none."""


@dataclass(frozen=True)
class Packed:
    """Entries of an atlas as terms.

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
        Flat cell index, rising within an hour.
    ages : uint16 array, shape (entries,)
        Mean age of the plume, in steps of `TABLE_STEP`.
    terms : float32 array, shape (entries, n)
        tic and gamma [s/m3], deposit [1/m2].
    active : tuple of int
        Which terms these are, padded with -1 to whole groups.
    first : int
        Index in the atlas of the first release hour.
    """

    grid: Grid
    times: npt.NDArray[np.int64]
    heights: tuple[float, ...]
    offsets: npt.NDArray[np.int64]
    cells: npt.NDArray[np.uint16]
    ages: npt.NDArray[np.uint16]
    terms: npt.NDArray[np.float32]
    active: tuple[int, ...]
    first: int = 0

    @property
    def hours(self) -> int:
        """Number of release hours."""
        return len(self.times)

    @cached_property
    def largest(self) -> npt.NDArray[np.float32]:
        """Largest value of each term in each ring, shape (rings, n)."""
        return np.asarray(largest_by_ring(self.cells, self.terms, self.grid.sectors, self.grid.rings))


def padded(terms: Iterable[int]) -> tuple[int, ...]:
    """Terms in order, padded with -1 to whole groups.

    Examples
    --------
    >>> padded([9, 1, 4, 5, 0])
    (0, 1, 4, 5, 9, -1, -1, -1)
    """
    found = tuple(sorted(set(terms)))
    return found + (-1,) * (-len(found) % GROUP if found else GROUP)


def pack(
    atlas: Atlas,
    *,
    heights: Iterable[float] | None = None,
    blocks: range | None = None,
    terms: Iterable[int] = ALL_TERMS,
    threads: int = 2,
    told: Callable[[], None] | None = None,
) -> Packed:
    """Read entries of an atlas into memory.

    Parameters
    ----------
    atlas : Atlas
    heights : iterable of float, optional
        Heights wanted [m], of the atlas's own; all by default.
    blocks : range, optional
        Blocks wanted; all by default.
    terms : iterable of int
        Terms wanted.
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
    spans = blocks if blocks is not None else range(atlas.blocks)
    offsets, places = _places(atlas, index, spans)
    active = padded(terms)
    entries = int(offsets[-1, -1])
    cells, ages = np.empty(entries, dtype=np.uint16), np.empty(entries, dtype=np.uint16)
    values = np.empty((entries, len(active)), dtype=np.float32)

    def read(task: tuple[int, int]) -> None:
        own = slice(*places[task])
        cells[own] = atlas.column("cell", *task)
        ages[own] = np.rint(atlas.column("age", *task) / np.float32(TABLE_STEP)).astype(np.uint16)
        _read_terms(atlas, *task, active, values[own])
        if told:
            told()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(read, places))
    first = spans[0] * atlas.block_hours if len(spans) else 0
    times = atlas.times[first : first + offsets.shape[1] - 1]
    return Packed(atlas.grid, times, wanted, offsets, cells, ages, values, active, first)


def _places(
    atlas: Atlas, index: list[int], spans: range
) -> tuple[npt.NDArray[np.int64], dict[tuple[int, int], tuple[int, int]]]:
    """Offsets by height and hour, and for each block and height the entries that are its own."""
    rows: list[npt.NDArray[np.int64]] = []
    places: dict[tuple[int, int], tuple[int, int]] = {}
    end = 0
    for height in index:
        row = [np.array([end], dtype=np.int64)]
        for block in spans:
            own = atlas.offsets[block, height, 1 : atlas.hours_in(block) + 1].astype(np.int64)
            row.append(end + own)
            places[block, height] = (end, end + int(own[-1]))
            end += int(own[-1])
        rows.append(np.concatenate(row))
    return np.stack(rows), places


def _read_terms(atlas: Atlas, block: int, height: int, active: tuple[int, ...], out: npt.NDArray[np.float32]) -> None:
    """The terms of one block; of forms and quantities not wanted nothing is read."""
    known: dict[str, npt.NDArray[np.float32]] = {}

    def column(name: str) -> npt.NDArray[np.float32]:
        if name not in known:
            known[name] = atlas.column(name, block, height)
        return known[name]

    for i, term in enumerate(active):
        kind, form = divmod(term, len(FORMS))
        if term < 0 or term == 8:
            out[:, i] = 0.0
        elif kind == 2:
            tic = column("tic") * column(f"depletion_{FORMS[form]}")
            wet = column("wet") if form == 1 else column("wet") * column(f"wet_ratio_{FORMS[form]}")
            out[:, i] = column(f"velocity_{FORMS[form]}") * tic + wet
        else:
            there = column("gamma" if kind else "tic")
            out[:, i] = there if form == 0 else there * column(f"depletion_{FORMS[form]}")
