"""Where does the order statistic of a resampled year lie?

Counts of starts are whole numbers, exact in single precision up to 2^24, so that any order of summing gives the same.
Counts rise with the bin, so that the bin is found by bisection, and no resampled year is ever written down.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def counted(bin_of, block, blocks, bins):
    """Number of starts at or below each bin, block by block.

    Parameters
    ----------
    bin_of : int32 array, shape (starts, columns)
    block : int64 array, shape (starts,)
    blocks, bins : int

    Returns
    -------
    float32 array, shape (columns, bins, blocks)
    """
    columns = bin_of.shape[1]
    below = np.zeros((columns, bins, blocks), dtype=np.float32)
    for s in range(bin_of.shape[0]):
        for c in range(columns):
            below[c, bin_of[s, c], block[s]] += 1.0
    for c in range(columns):
        for b in range(1, bins):
            for k in range(blocks):
                below[c, b, k] += below[c, b - 1, k]
    return below


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def weighted(weights, counts):
    """Sum of the counts of the blocks that a resampled year holds."""
    total = np.float32(0.0)
    for k in range(len(weights)):
        total += weights[k] * counts[k]
    return total


@njit(cache=True, nogil=True)
def held(weights, below):
    """Number of starts at or below each bin in each resampled year, for one column.

    Parameters
    ----------
    weights : float32 array, shape (replicates, blocks)
    below : float32 array, shape (bins, blocks)

    Returns
    -------
    float64 array, shape (replicates, bins)
    """
    found = np.empty((weights.shape[0], below.shape[0]))
    for r in range(weights.shape[0]):
        for b in range(below.shape[0]):
            found[r, b] = weighted(weights[r], below[b])
    return found


@njit(cache=True, nogil=True)
def first_bin(weights, below, rank, guess):
    """First bin at which ``rank`` starts of a resampled year lie at or below it, looked for around a guess."""
    bins = len(below)
    low, high, step = 0, bins, 1
    if guess < bins and weighted(weights, below[guess]) >= rank:
        high = guess
        while high > low and step <= high and weighted(weights, below[high - step]) >= rank:
            high -= step
            step *= 2
        low = max(high - step + 1, 0) if step <= high else 0
    else:
        low = min(guess + 1, bins)
        while low + step <= bins and weighted(weights, below[low + step - 1]) < rank:
            low += step
            step *= 2
        high = min(low + step - 1, bins) if low + step <= bins else bins
    while low < high:
        middle = (low + high) // 2
        if weighted(weights, below[middle]) < rank:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def first_bins(weights, below, ranks):
    """First bin at which so many starts of a resampled year lie at or below it.

    Parameters
    ----------
    weights : float32 array, shape (replicates, blocks)
        How often each block occurs.
    below : float32 array, shape (columns, bins, blocks)
        Of `counted`.
    ranks : float32 array, shape (levels, replicates)

    Returns
    -------
    int64 array, shape (levels, replicates, columns)
        The number of bins where there is none.
    """
    levels, replicates = ranks.shape
    columns = below.shape[0]
    found = np.empty((levels, replicates, columns), dtype=np.int64)
    for c in range(columns):  # a column's counts stay in the cache
        for i in range(levels):
            guess = below.shape[1] // 2
            for r in range(replicates):  # one resampled year resembles the next
                guess = first_bin(weights[r], below[c], ranks[i, r], guess)
                found[i, r, c] = guess
    return found
