"""How do amounts that pile up over a forecast become rates at the times of the levels?

Each amount says from when to when it came together.  Those that share a beginning (since the start of the forecast,
since the last full six hours) are differenced; the rate of the step that ends at a time is the mean over it; a value at
a time is then the mean of the steps before and after it, so that rain interpolated between times falls when and as much
as it did.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.weather.read.volume_part import Sum

__all__ = ["at_times", "mean_rates"]

Array = npt.NDArray[np.float64]

COVERED, LEAST = 0.99, 0.3
"""A step is known where sums speak of this share of it [1]; of less than the second share it is unknown."""


def mean_rates(sums: Sequence[Sum], times: npt.NDArray[np.int64]) -> tuple[Array, float]:
    """Mean rate over the step that ends at each time; NaN where no sum speaks of it.

    Parameters
    ----------
    sums : sequence of Sum
        None empty.
    times : int64 array, shape (t,)

    Returns
    -------
    rates : float array, shape (t, y, x)
    covered : float
        Least share of a known step that sums speak of [1].
    """
    pieces = _pieces(sums)
    steps = np.diff(times)
    begins = np.concatenate([[times[0] - (int(steps[0]) if len(steps) else SECONDS_PER_HOUR)], times[:-1]])
    out, least = np.full((len(times), *sums[0].amount.shape), np.nan), 1.0
    bases = sorted({p.base for p in pieces}, reverse=True)
    for i, (begin, end) in enumerate(zip(begins.tolist(), times.tolist(), strict=True)):
        best = 0.0
        for base in bases:  # the youngest forecast that covers the step, else the one that covers most
            covered, rate = _mean(begin, end, [p for p in pieces if p.base == base and p.end > begin and p.begin < end])
            if covered > max(best, LEAST):
                out[i], best = rate, covered
            if best >= COVERED:
                break
        least = min(least, best or 1.0)
    return out, least


def _pieces(sums: Sequence[Sum]) -> list[Sum]:
    """Amounts of stretches that do not overlap: each less the one before it with the same beginning."""
    pieces: list[Sum] = []
    ordered = sorted(sums, key=lambda s: (s.base, s.begin, s.end))
    for _, group in itertools.groupby(ordered, key=lambda s: (s.base, s.begin)):
        before: Sum | None = None
        for one in group:
            start = one.begin if before is None else before.end
            if one.end > start:
                amount = one.amount if before is None else one.amount - before.amount
                pieces.append(Sum(one.base, start, one.end, amount))
                before = one
    return pieces


def _mean(begin: int, end: int, pieces: list[Sum]) -> tuple[float, Array]:
    """Share of a step that the pieces of one forecast cover, and the mean over it; short pieces before long ones."""
    total: Array = np.zeros(pieces[0].amount.shape if pieces else ())
    stretches: list[tuple[int, int]] = []
    for piece in sorted(pieces, key=lambda p: p.end - p.begin):
        low, high = max(begin, piece.begin), min(end, piece.end)
        if any(low < b and a < high for a, b in stretches):
            continue
        stretches.append((low, high))
        total += piece.amount * ((high - low) / (piece.end - piece.begin))
    known = sum(b - a for a, b in stretches)
    return known / (end - begin), total / max(known, 1)


def at_times(rates: Array) -> Array:
    """Means of steps that end at times as values at the times; a step that is not known is left out.

    Examples
    --------
    >>> at_times(np.array([np.nan, 2.0, 4.0, 0.0])).tolist()
    [2.0, 3.0, 2.0, 0.0]
    """
    after = np.concatenate([rates[1:], np.full_like(rates[:1], np.nan)])
    known = np.isfinite(rates).astype(float) + np.isfinite(after)
    total = np.where(np.isfinite(rates), rates, 0.0) + np.where(np.isfinite(after), after, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(known > 0, total / known, np.nan))
