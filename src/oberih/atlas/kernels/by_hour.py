"""In which hour does each entry of an atlas give its dose?

An atlas holds sums over all time.  Here the same puffs are followed once more, by the clock: what a step lays down is
booked in the hour in which it does, and each entry of the atlas is then shared among the hours as what was booked in
its cell.  So hours are those of the puffs, and sums those of the atlas.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from oberih.dispersion.kernels import puff

FORMS = 4
"""Terms of an entry as packed: tic of four forms, gamma of four, deposit of three, padding."""


@njit(cache=True, nogil=True)
def book(mesh, work, booked, gamma, settings, air, cyclic, hour, height, puffs):
    """Follow a unit release of the hour that begins at ``hour``, from ``height`` [m], by the clock.

    Parameters
    ----------
    mesh, work, gamma, settings, air, cyclic
        As `oberih.dispersion.kernels.puff.disperse_hour` takes them.
    booked : float array, shape (hours, cells, 12)
        Cleared; gets the sums of each hour since ``hour``; the last hour holds all later.

    Returns
    -------
    int
        Hours that were written to.
    """
    outer = mesh.inner * math.exp(mesh.rings * mesh.log_ratio)
    used = 1
    for p in range(puffs):
        hours = hour + (p + 0.5) / puffs
        work.pending[:, :] = 0.0
        if not puff.air_at(air, cyclic, hours, work.row):
            continue
        puff.start_puff(work.state, height, work.row[puff.MIXING], 1.0 / puffs, settings)
        b = 0
        while work.state[puff.AGE] < settings[puff.OLDEST]:
            b = min(int(hours - hour), booked.shape[0] - 1)
            own = puff.Work(work.state, work.row, work.pending, work.cells, work.weights, booked[b], work.balance)
            dt = puff.advance(mesh, own, gamma, settings, hours, air, cyclic)
            if dt < 0.0:
                break
            used = max(used, b + 1)
            hours += dt / 3600.0
            if math.sqrt(work.state[puff.X] ** 2 + work.state[puff.Y] ** 2) > outer + 2.0 * math.sqrt(
                work.state[puff.VAR_Y]
            ):
                break
        own = puff.Work(work.state, work.row, work.pending, work.cells, work.weights, booked[b], work.balance)
        puff.stamp_gamma(mesh, own, gamma, True)
    return used


@njit(cache=True, nogil=True)
def shares_of(booked, used, cell, first, last, age, shares):
    """Share of each hour in what columns ``first`` to before ``last`` left in a cell.

    Where nothing was booked (an entry that the atlas rounded to be there), all passes in the hour of the mean ``age``.
    """
    total = 0.0
    for b in range(used):
        shares[b] = 0.0
        for column in range(first, last):
            shares[b] += booked[b, cell, column]
        total += shares[b]
    if total > 0.0:
        for b in range(used):
            shares[b] /= total
    else:
        shares[min(int(age), used - 1)] = 1.0


@njit(cache=True, nogil=True)
def add_lying(row, arrival, until, share):
    """Add a ``share`` of a dose by its sums ``until`` each whole hour after ``arrival`` [h].

    The last of the sums is that of the window; between whole hours the sum grows evenly; the last place of ``row`` is
    for all later.
    """
    last = len(row) - 1
    before = 0.0
    for hour in range(int(arrival), last):
        since = hour + 1.0 - arrival
        k = int(since)
        now = until[k] + (since - k) * (until[k + 1] - until[k]) if k < last else until[k]
        row[hour] += share * (now - before)
        before = now
    row[last] += share * (until[len(until) - 1] - before)


@njit(cache=True, nogil=True)
def add_entry(values, slot, term, j, used, passing, lying, upper, share, weight, air, ground, until):
    """Add one entry of release hour ``j`` to the rows of a cell, strand by strand."""
    last = values.shape[2] - 1
    for lane in range(air.shape[0]):
        dose = 0.0
        for i in range(2 * FORMS):
            dose += term[i] * ((1.0 - share) * air[lane, upper - 1, i] + share * air[lane, upper, i])
        if dose > 0.0:
            for b in range(used):
                values[lane, slot, min(j + b, last)] += weight * dose * passing[b]
    for lane in range(ground.shape[0]):
        until[:] = 0.0
        for f in range(FORMS - 1):
            deposit = weight * term[2 * FORMS + f]
            if deposit > 0.0:
                low, high = deposit * (1.0 - share), deposit * share
                for s in range(len(until)):
                    until[s] += low * ground[lane, upper - 1, f, s] + high * ground[lane, upper, f, s]
        if until[len(until) - 1] > 0.0:
            for b in range(used):
                if lying[b] > 0.0:
                    add_lying(values[air.shape[0] + lane, slot], j + b + 0.5, until, lying[b])


@njit(cache=True, nogil=True)
def add_hour(values, slots, cells, terms, ages, begin, end, j, booked, used, step, uppers, shares, weight, air, ground):
    """Add the entries of release hour ``j`` to the doses of every hour, and clear what was booked.

    Parameters
    ----------
    values : float32 array, shape (strands, slots, hours + 1)
        Those of the air first; added to.
    slots : int array, shape (cells,)
        Place of a cell among those touched.
    begin, end : int
        Entries of the hour.
    booked, used
        As `book` leaves them.
    step : float
        Of the age index [h].
    uppers, shares : array, shape (ages,)
        Where an age index lies between the ages of the tables.
    air : float32 array, shape (strands, ages, 8)
    ground : float32 array, shape (strands, ages, 3, hours + 2)
    """
    until = np.zeros(values.shape[2] + 1)
    passing, lying = np.zeros(booked.shape[0]), np.zeros(booked.shape[0])
    for e in range(begin, end):
        cell, age = cells[e], int(ages[e])
        row = min(age, len(uppers) - 1)
        shares_of(booked, used, cell, puff.TIC, puff.TIC + 1, age * step, passing)
        shares_of(booked, used, cell, puff.DRY_SUM, puff.WET_SUM + 3, age * step, lying)
        add_entry(values, slots[cell], terms[e], j, used, passing, lying, uppers[row], shares[row], weight, air, ground,
                  until)  # fmt: skip
    booked[:used] = 0.0
