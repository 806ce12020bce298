"""In which hour does each entry of an atlas give its dose?

An entry says what a release hour leaves in a cell and how old the plume is there on the mean.  It is taken to pass in
the hour that begins so long after the release hour began: what left evenly over an hour passes evenly over an hour.
What it deposits counts from the middle of that hour on.
"""

from __future__ import annotations

from numba import njit

FORMS = 4
"""Terms of an entry as packed: tic of four forms, gamma of four, deposit of three, padding."""


@njit(cache=True, nogil=True)
def add_passing(row, before, value):
    """Add ``value`` that passes evenly over the hour from ``before`` [h]; the last place is for all later."""
    last = len(row) - 1
    b = min(int(before), last)
    share = before - b if b < last else 0.0
    row[b] += value * (1.0 - share)
    row[min(b + 1, last)] += value * share


@njit(cache=True, nogil=True)
def add_lying(row, arrival, until):
    """Add a dose by its sums ``until`` each whole hour after ``arrival`` [h]; the last of them is that of the window.

    Between whole hours the sum grows evenly; the last place of ``row`` is for all later.
    """
    last = len(row) - 1
    before = 0.0
    for hour in range(int(arrival), last):
        since = hour + 1.0 - arrival
        k = int(since)
        now = until[k] + (since - k) * (until[k + 1] - until[k]) if k < last else until[k]
        row[hour] += now - before
        before = now
    row[last] += until[len(until) - 1] - before


@njit(cache=True, nogil=True)
def add_entry(values, slot, term, before, upper, share, weight, air, ground, until):
    """Add one entry to the rows of a cell, strand by strand."""
    for lane in range(air.shape[0]):
        dose = 0.0
        for i in range(2 * FORMS):
            dose += term[i] * ((1.0 - share) * air[lane, upper - 1, i] + share * air[lane, upper, i])
        if dose > 0.0:
            add_passing(values[lane, slot], before, weight * dose)
    for lane in range(ground.shape[0]):
        until[:] = 0.0
        for f in range(FORMS - 1):
            deposit = weight * term[2 * FORMS + f]
            if deposit > 0.0:
                low, high = deposit * (1.0 - share), deposit * share
                for s in range(len(until)):
                    until[s] += low * ground[lane, upper - 1, f, s] + high * ground[lane, upper, f, s]
        if until[len(until) - 1] > 0.0:
            add_lying(values[air.shape[0] + lane, slot], before + 0.5, until)


@njit(cache=True, nogil=True)
def add_release(values, slots, offsets, cells, terms, ages, hours_of_age, uppers, shares, air, ground, kind, weights,
                until):  # fmt: skip
    """Add a release that begins at packed hour 0 to the doses of every hour.

    Parameters
    ----------
    values : float32 array, shape (strands, slots, hours + 1)
        Those of the air first; added to.
    slots : int array, shape (cells,)
        Place of a cell among those touched.
    hours_of_age, uppers, shares : array, shape (ages,)
        Of an age index: the age [h], and where it lies between the ages of the tables.
    air : float32 array, shape (strands, release hours, ages, 8)
    ground : float32 array, shape (strands, release hours, ages, 3, hours + 2)
    kind, weights : arrays
        As in `oberih.atlas.kernels.superpose.add_release`.
    until : float array, shape (hours + 2,)
        To work in.
    """
    oldest = len(hours_of_age) - 1
    for j in range(len(kind)):
        for h in range(offsets.shape[0]):
            weight = weights[kind[j], j, h]
            if weight <= 0.0:
                continue
            for e in range(offsets[h, j], offsets[h, j + 1]):
                a = int(ages[e])
                row = min(a, oldest)
                before = j + a * hours_of_age[1]
                add_entry(values, slots[cells[e]], terms[e], before, uppers[row], shares[row], weight, air[:, j],
                          ground[:, j], until)  # fmt: skip
