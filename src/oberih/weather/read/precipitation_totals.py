"""How much fell in each step, when the totals overlap?

Stations report sums over 6 and 12 hours where the longer one contains the shorter.  Taken as
they stand they count rain twice.  Here the shorter windows are settled first, a longer one
then fills only the steps still unknown, with what is left of its total; within a window the
amount goes to the steps in which rain was seen, else evenly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR

__all__ = ["rates_from_totals", "step_lengths"]

Floats = npt.NDArray[np.float64]
Times = npt.NDArray[np.int64]


def step_lengths(time: Times) -> Floats:
    """Time that each row speaks for [s]: since the row before, at most the usual step.

    Examples
    --------
    >>> step_lengths(np.array([0, 3600, 7200, 18000])).tolist()
    [3600.0, 3600.0, 3600.0, 3600.0]
    """
    if len(time) < 2:
        return np.full(len(time), float(SECONDS_PER_HOUR))
    gaps = np.diff(time).astype(np.float64)
    usual = float(np.median(gaps[gaps > 0])) if (gaps > 0).any() else float(SECONDS_PER_HOUR)
    lengths = np.minimum(np.concatenate([[usual], gaps]), usual)
    return np.where(lengths > 0.0, lengths, usual)


def rates_from_totals(time: Times, total: Floats, period: Floats, *, falling: npt.NDArray[np.bool_]) -> Floats:
    """Mean rate over the step ending at each row [kg/(m2 s)]; NaN where no total speaks of it.

    Parameters
    ----------
    time : int64 array, shape (n,)
        Increasing [s].
    total : float array, shape (n,)
        Amount over the ``period`` that ends at the row [kg/m2]; NaN where not reported.
    period : float array, shape (n,)
        [s]
    falling : bool array, shape (n,)
        Whether precipitation was seen in the step.

    Notes
    -----
    A residue below zero (totals are rounded differently) is zero.  A window that begins before
    the series gives it only its share.

    Examples
    --------
    Six hours with 2 mm, and 3 mm in the twelve that contain them:

    >>> hours = np.arange(1, 13) * 3600
    >>> total, period = np.full(12, np.nan), np.full(12, np.nan)
    >>> total[5], period[5], total[11], period[11] = 2.0, 21600.0, 3.0, 43200.0
    >>> rates = rates_from_totals(hours, total, period, falling=np.zeros(12, bool))
    >>> float((rates[:6] * 3600).sum().round(9)), float((rates[6:] * 3600).sum().round(9))
    (2.0, 1.0)
    """
    lengths = step_lengths(time)
    amount = np.full(len(time), np.nan)
    told = np.flatnonzero(np.isfinite(total) & np.isfinite(period) & (period > 0))
    for row in told[np.argsort(period[told], kind="stable")]:
        first = int(np.searchsorted(time, time[row] - period[row], side="right"))
        inside = slice(first, row + 1)
        unknown = np.isnan(amount[inside])
        if not unknown.any():
            continue
        share = _share_inside(time, lengths, first, float(time[row] - period[row]), float(period[row]))
        left = max(0.0, float(total[row]) * share - float(np.nansum(amount[inside])))
        weight = lengths[inside] * unknown
        if (weight * falling[inside]).any():
            weight = weight * falling[inside]
        amount[inside] = np.where(unknown, left * weight / weight.sum(), amount[inside])
    return np.asarray(amount / lengths)


def _share_inside(time: Times, lengths: Floats, first: int, begin: float, period: float) -> float:
    """Part of a window that the series covers: less than 1 only before its first row."""
    if first > 0:
        return 1.0
    return float(np.clip(1.0 - (time[0] - lengths[0] - begin) / period, 0.0, 1.0))
