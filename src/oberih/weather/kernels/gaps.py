"""What stands in for a value that was not reported?

Interpolation of a direction along the shorter arc, and persistence of limited length.  The
callers count what was filled; nothing is filled silently.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def bridge_direction(direction: Floats) -> Floats:
    """Directions [degrees] with NaN replaced along the shorter arc between the known neighbours.

    Before the first and after the last known value that value is held.  At least one must be known.
    """
    known = np.flatnonzero(np.isfinite(direction))
    turned = np.degrees(np.unwrap(np.radians(direction[known])))
    return np.asarray(np.mod(np.interp(np.arange(len(direction)), known, turned), 360.0))


def hold(values: Floats, *, at_most: int) -> Floats:
    """Values with NaN replaced by the last known one, for gaps up to ``at_most`` steps old."""
    index = np.arange(len(values))
    last = np.maximum.accumulate(np.where(np.isfinite(values), index, -1))
    fresh = (last >= 0) & (index - last <= at_most)
    return np.asarray(np.where(fresh, values[np.maximum(last, 0)], np.nan))
