"""What do many release hours add up to?

A response table turns one entry of an atlas into doses; a release is a sum over its hours.
Doses of up to eight quantities lie side by side, so that one entry costs twelve
multiplications of a vector of eight.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from oberih.atlas.kernels.pack import AGE, DEPLETION, DEPOSIT, GAMMA, TIC

LANES = 8
"""Quantities side by side."""

TERMS = 12
"""Per entry: tic, gamma and deposit of four forms (the noble gas deposits nothing)."""


@njit(cache=True, nogil=True)
def add_hour(field, cells, values, begin, end, table, step, weight):
    """Add one release hour's entries to a dose field.

    Parameters
    ----------
    field : float32 array, shape (cells, LANES)
    cells, values : arrays
        Of `oberih.atlas.packed.Packed`.
    begin, end : int
        Entries of the hour.
    table : float32 array, shape (ages, TERMS, LANES)
        Dose per unit, at ages 0, ``step``, 2 ``step`` … [s].
    weight : float
        Share of this release height [1].
    """
    last = table.shape[0] - 1
    terms = np.zeros(TERMS, dtype=np.float32)
    dose = np.zeros(LANES, dtype=np.float32)
    scale = np.float32(1.0 / step)
    for e in range(begin, end):  # bound by the table's rows, read from the second-level cache
        row = values[e]
        tic = row[TIC] * weight
        gamma = row[GAMMA] * weight
        terms[0] = tic
        terms[4] = gamma
        for f in range(3):
            terms[1 + f] = tic * row[DEPLETION + f]
            terms[5 + f] = gamma * row[DEPLETION + f]
            terms[9 + f] = row[DEPOSIT + f] * weight
        place = row[AGE] * scale
        k = min(int(place), last - 1)
        w = min(place - np.float32(k), np.float32(1.0))
        for q in range(LANES):
            dose[q] = 0.0
        low = table[k]
        high = table[k + 1]
        for i in range(TERMS):
            a = terms[i] * (np.float32(1.0) - w)
            b = terms[i] * w
            for q in range(LANES):
                dose[q] += a * low[i, q] + b * high[i, q]
        cell = field[cells[e]]
        for q in range(LANES):
            cell[q] += dose[q]


@njit(cache=True, nogil=True)
def add_release(field, start, offsets, cells, values, tables, step, kind, weights):
    """Add a whole release that begins at packed hour ``start`` to a dose field.

    Parameters
    ----------
    offsets : int64 array, shape (heights, hours + 1)
    tables : float32 array, shape (release hours, ages, TERMS, LANES)
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
                add_hour(field, cells, values, offsets[h, t], offsets[h, t + 1], tables[j], step, weight)


@njit(cache=True, nogil=True)
def farthest(field, lane, level, sector, rings, sectors, radii, ratio):
    """Farthest distance [m] in a sector at which ``level`` is reached, between rings by a power law."""
    for ring in range(rings - 1, -1, -1):
        here = field[ring * sectors + sector, lane]
        if here >= level:
            if ring == rings - 1:
                return radii[ring] * math.sqrt(ratio)
            beyond = field[(ring + 1) * sectors + sector, lane]
            if beyond <= 0.0 or here <= level:
                return radii[ring] * (math.sqrt(ratio) if beyond <= 0.0 else 1.0)
            share = math.log(here / level) / math.log(here / beyond)
            return radii[ring] * ratio**share
    return 0.0


@njit(cache=True, nogil=True)
def exceedances(
    first, last, offsets, cells, values, tables, step, kind, weights, lanes, levels, radii, ratio, counts, reach
):
    """Count cells and measure reach for every start from ``first`` to before ``last``.

    Parameters
    ----------
    lanes, levels : arrays, shape (criteria,)
        Quantity and level [Sv] of each criterion.
    counts : int32 array, shape (criteria, cells)
        Added to.
    reach : float32 array, shape (criteria, starts, sectors)
        Written, at starts ``first`` to ``last``.
    """
    cell_count = counts.shape[1]
    sectors = reach.shape[2]
    rings = cell_count // sectors
    field = np.zeros((cell_count, LANES), dtype=np.float32)
    for start in range(first, last):
        field[:, :] = 0.0
        add_release(field, start, offsets, cells, values, tables, step, kind, weights)
        for i in range(len(levels)):
            lane = lanes[i]
            level = levels[i]
            for c in range(cell_count):
                if field[c, lane] >= level:
                    counts[i, c] += 1
            for s in range(sectors):
                reach[i, start, s] = farthest(field, lane, level, s, rings, sectors, radii, ratio)
