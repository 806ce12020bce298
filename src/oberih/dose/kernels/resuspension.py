"""How much of a deposit is back in the air?

Defines the resuspension factor after NCRP Report 129 as NUREG-1887 section 7.1.3 uses it, and
the nodes and weights with which it is integrated against decay.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_DAY

__all__ = ["FIRST_DAY", "FLOOR", "FLOOR_FROM", "SOURCE", "falling_nodes", "resuspension_factor"]

Floats = npt.NDArray[np.float64]

FIRST_DAY: Final = 1e-6
"""Factor during the first day [1/m]."""
FLOOR: Final = 1e-9
"""Factor beyond `FLOOR_FROM` [1/m]."""
FLOOR_FROM: Final = 1000.0 * SECONDS_PER_DAY
"""[s]"""
SOURCE: Final = "NUREG-1887 section 7.1.3 (NCRP Report 129): 1E-6/m, /t in days, floor 1E-9/m"


def resuspension_factor(time: Floats | float) -> Floats:
    """Concentration in air over activity on the ground.

    Parameters
    ----------
    time : float or float array
        Since the deposition [s], >= 0.

    Returns
    -------
    float array
        [1/m]

    Examples
    --------
    >>> resuspension_factor(10 * 86400.0).item()
    1e-07
    """
    days = np.maximum(np.asarray(time, dtype=np.float64) / SECONDS_PER_DAY, 1.0)
    return np.maximum(FIRST_DAY / days, FLOOR)


def falling_nodes(until: float, *, count: int = 24) -> tuple[Floats, Floats]:
    """Nodes and weights that integrate the falling part of the factor, from day 1 to ``until``.

    Parameters
    ----------
    until : float
        End of the integral [s]; cut at `FLOOR_FROM`.
    count : int
        Number of Gauss-Legendre nodes in the logarithm of time.

    Returns
    -------
    times : float array, shape (count,)
        [s]
    weights : float array, shape (count,)
        Factor included [s/m]: ``sum(weights * f(times))`` is the integral of factor times f.
        Both are empty if ``until`` is not later than day 1.

    Notes
    -----
    In ``u = ln t`` the integrand ``1e-6 (d/t) f(t) dt`` is ``1e-6 d f(exp u) du``, smooth.
    """
    end = min(until, FLOOR_FROM)
    if end <= SECONDS_PER_DAY:
        return np.zeros(0), np.zeros(0)
    node, weight = np.polynomial.legendre.leggauss(count)
    half = 0.5 * np.log(end / SECONDS_PER_DAY)
    times = SECONDS_PER_DAY * np.exp(half * (node + 1.0))
    return times, np.asarray(FIRST_DAY * SECONDS_PER_DAY * half * weight)
