"""What do many release hours add up to?

A response table turns one entry of an atlas into doses; a release is a sum over its hours.
Doses of up to eight quantities lie side by side, so that one entry costs a few products of
vectors of eight.  Terms that a source does not have (iodine of a plant long shut down) are
left out beforehand, and so are rings so far out that no level can be reached there.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from oberih.atlas.kernels.lanes import LANES as LANES
from oberih.atlas.kernels.lanes import add_products

TERMS = 12
"""Per entry: tic, gamma and deposit of four forms (the noble gas deposits nothing)."""

GROUP = 4
"""Terms are taken four at a time; what is missing to four is zero."""


@njit(cache=True, nogil=True)
def largest_by_ring(cells, terms, sectors, rings):
    """Largest value of each term in each ring, shape (rings, terms)."""
    largest = np.zeros((rings, terms.shape[1]), dtype=np.float32)
    for e in range(len(cells)):
        ring = cells[e] // sectors
        for i in range(terms.shape[1]):
            if terms[e, i] > largest[ring, i]:
                largest[ring, i] = terms[e, i]
    return largest


@njit(cache=True, nogil=True)
def ends_before(offsets, cells, limit):
    """End of each hour's entries with a cell below ``limit``; entries of an hour are in order of cells."""
    ends = np.empty((offsets.shape[0], offsets.shape[1] - 1), dtype=np.int64)
    for h in range(ends.shape[0]):
        for t in range(ends.shape[1]):
            low, high = offsets[h, t], offsets[h, t + 1]
            while low < high:
                middle = (low + high) // 2
                if cells[middle] < limit:
                    low = middle + 1
                else:
                    high = middle
            ends[h, t] = low
    return ends


@njit(cache=True, nogil=True)
def add_hour(field, cells, terms, ages, begin, end, table, weight):
    """Add one release hour's entries to a dose field.

    Parameters
    ----------
    field : float32 array, shape (cells, LANES)
    terms, ages : arrays
        Of `oberih.atlas.packed.Packed`.
    begin, end : int
        Entries of the hour.
    table : float32 array, shape (ages, terms, LANES)
        Dose per unit of each term.
    weight : float32
        Share of this release height [1].
    """
    last_age = table.shape[0] - 1  # an older plume counts as old as the table's last row
    for e in range(begin, end):
        age = min(int(ages[e]), last_age)
        for first in range(0, terms.shape[1], GROUP):
            add_products(
                field, cells[e], table, age, first, weight * terms[e, first], weight * terms[e, first + 1],
                weight * terms[e, first + 2], weight * terms[e, first + 3],
            )  # fmt: skip


@njit(cache=True, nogil=True)
def add_release(field, start, offsets, ends, cells, terms, ages, tables, kind, weights):
    """Add a whole release that begins at packed hour ``start`` to a dose field.

    Parameters
    ----------
    offsets : int64 array, shape (heights, hours + 1)
    ends : int64 array, shape (heights, hours)
    tables : float32 array, shape (release hours, ages, terms, LANES)
    kind : int array, shape (release hours,)
        Which row of ``weights`` an hour of the release follows.
    weights : float32 array, shape (kinds, hours, heights)
        Share of each release height at each hour of the air; plume rise has gone into it.
    """
    for j in range(tables.shape[0]):
        t = start + j
        for h in range(offsets.shape[0]):
            weight = weights[kind[j], t, h]
            if weight > 0.0:
                add_hour(field, cells, terms, ages, offsets[h, t], ends[h, t], tables[j], weight)


@njit(cache=True, nogil=True)
def farthest(field, lane, level, sector, ring, rings, sectors, radii, ratio):
    """Distance [m] at which ``level`` is crossed beyond the outermost ring that reaches it, by a power law."""
    here = field[ring * sectors + sector, lane]
    if ring == rings - 1:
        return radii[ring] * math.sqrt(ratio)
    beyond = field[(ring + 1) * sectors + sector, lane]
    if beyond <= 0.0 or here <= level:
        return radii[ring] * (math.sqrt(ratio) if beyond <= 0.0 else 1.0)
    share = math.log(here / level) / math.log(here / beyond)
    return radii[ring] * ratio**share


@njit(cache=True, nogil=True)
def judge(field, lanes, levels, used, sectors, radii, ratio, outermost, counts, reach):
    """Count the cells of one start and measure how far each level is reached; parameters as of `exceedances`.

    Parameters
    ----------
    outermost : int64 array, shape (criteria, sectors)
        Scratch: the outermost ring that reaches a level.
    reach : float32 array, shape (criteria, sectors)
        Written.
    """
    rings = counts.shape[1] // sectors
    outermost[:] = -1
    for ring in range(used.max()):  # a ring's doses stay in the cache for all levels
        first = ring * sectors
        for i in range(len(levels)):
            if ring < used[i]:
                lane, level = lanes[i], levels[i]
                for s in range(sectors):
                    if field[first + s, lane] >= level:
                        counts[i, first + s] += 1
                        outermost[i, s] = ring
    for i in range(len(levels)):
        for s in range(sectors):
            ring = outermost[i, s]
            reach[i, s] = 0.0
            if ring >= 0:
                reach[i, s] = farthest(field, lanes[i], levels[i], s, ring, rings, sectors, radii, ratio)


@njit(cache=True, nogil=True)
def exceedances(
    starts, offsets, ends, cells, terms, ages, tables, kind, weights, lanes, levels, used, radii, ratio, watched,
    lanes_watched, counts, reach, doses,
):  # fmt: skip
    """Count cells, measure reach and note doses at watched cells for every start.

    Parameters
    ----------
    starts : int array, shape (starts,)
        Packed hours at which the release begins.
    ends : int64 array, shape (heights, hours)
        End of each hour's entries that count: of `ends_before` the outermost ring that anybody asks for.
    lanes, levels : arrays, shape (criteria,)
        Quantity and level [Sv] of each criterion.
    used : int array, shape (criteria,)
        Rings that each level can reach, whatever the hour.
    watched : int array, shape (watched,)
        Cells whose doses are noted.
    lanes_watched : int array, shape (quantities,)
        Which quantities are noted there.
    counts : int32 array, shape (criteria, cells)
        Added to.
    reach : float32 array, shape (criteria, starts, sectors)
        Written, one row a start.
    doses : float32 array, shape (quantities, starts, watched)
        Written.
    """
    sectors = reach.shape[2]
    field = np.zeros((counts.shape[1], LANES), dtype=np.float32)
    outermost = np.empty((len(levels), sectors), dtype=np.int64)
    for row in range(len(starts)):
        field[:, :] = 0.0
        add_release(field, starts[row], offsets, ends, cells, terms, ages, tables, kind, weights)
        judge(field, lanes, levels, used, sectors, radii, ratio, outermost, counts, reach[:, row])
        for k in range(len(lanes_watched)):
            for w in range(len(watched)):
                doses[k, row, w] = field[watched[w], lanes_watched[k]]
