"""How do amounts that pile up become rates?

A flux summed since the start of a forecast, or since midnight, is not the flux: taken as an
hourly sum it is many times too large.  Here sums become means over the step that ends.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["piles_up", "rate_from_sum"]

Floats = npt.NDArray[np.float64]

LEVEL = 0.1
"""A value counts only above this part of the largest [1]: packing noise lies below."""

RUN = 3
"""So many equal values in a row betray a sum that stands still."""

FALLS = 0.1
"""A sum falls only when it starts anew: at most in this part of the steps [1]."""


def piles_up(values: Floats) -> bool:
    """Whether the values are sums since some start rather than sums of each step.

    Notes
    -----
    Sunshine since midnight stands still through the evening (three equal large values in a row)
    and falls once a day.  Sums of single steps fall every afternoon and are hardly ever so equal.

    Examples
    --------
    >>> since_midnight, hourly = np.array([0.0, 2.0, 5.0, 5.0, 5.0, 5.0]), np.array([0.0, 2.0, 3.0, 2.0, 0.0, 0.0])
    >>> piles_up(since_midnight), piles_up(hourly)
    (True, False)
    """
    if len(values) < RUN or not np.nanmax(values, initial=0.0) > 0.0:
        return False
    large = values > LEVEL * np.nanmax(values)
    change = np.diff(values)
    still = np.abs(change) <= 1e-6 * np.abs(values[1:])
    both = still & large[1:] & large[:-1]
    grows = bool(((change > 0.0) & ~still).any())
    falls = int(((change < 0.0) & ~still).sum())
    return grows and falls <= FALLS * len(change) and bool(np.any(both[1:] & both[:-1]))


def rate_from_sum(values: Floats, step: Floats, *, since_start: bool) -> Floats:
    """Mean rate over each step, from sums in units of rate × s.

    Parameters
    ----------
    values : float array, shape (n,)
    step : float array, shape (n,)
        Time since the row before [s].
    since_start : bool
        Sums since some start; a fall is a new start.

    Examples
    --------
    >>> rate_from_sum(np.array([1.0, 3.0, 2.0]), np.ones(3), since_start=True).tolist()
    [1.0, 2.0, 2.0]
    """
    if not since_start:
        return np.asarray(values / step)
    before = np.concatenate([[0.0], values[:-1]])
    grown = np.where(values >= before, values - before, values)
    return np.asarray(grown / step)
