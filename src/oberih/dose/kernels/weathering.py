"""How fast does a deposit fade from sight beyond its decay?

Defines the attenuation of ground gamma as activity migrates into the soil (NUREG-1887 Eq. 7.5
after Anspaugh et al. 2002, based in large part on Chernobyl data): half-times 1.5 and 50 years.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_DAY

__all__ = ["RATES", "SHARES", "SOURCE", "integrated_weathering", "weathering"]

Floats = npt.NDArray[np.float64]

SHARES: Final = (0.4, 0.6)
"""Shares of the fast and the slow term [1]."""
RATES: Final = (1.26e-3 / SECONDS_PER_DAY, 3.8e-5 / SECONDS_PER_DAY)
"""Their rates [1/s]: 1.26E-3 and 3.8E-5 per day."""
SOURCE: Final = "NUREG-1887 Eq. 7.5 (Anspaugh et al. 2002)"


def weathering(time: Floats | float) -> Floats:
    """Share of the initial ground gamma dose rate that weathering has left.

    Parameters
    ----------
    time : float or float array
        Since the deposition [s], >= 0.

    Returns
    -------
    float array
        [1], 1 at time 0.

    Notes
    -----
    ``W(t) = 0.4 exp(-1.26e-3 t/d) + 0.6 exp(-3.8e-5 t/d)``

    Examples
    --------
    >>> round(float(weathering(365 * 86400.0)), 5)
    0.84427
    """
    t = np.asarray(time, dtype=np.float64)
    return np.asarray(SHARES[0] * np.exp(-RATES[0] * t) + SHARES[1] * np.exp(-RATES[1] * t))


def integrated_weathering(time: Floats | float, *, decay_constant: float = 0.0) -> Floats:
    """Integral of weathering times decay from 0 to ``time``.

    Parameters
    ----------
    time : float or float array
        [s], >= 0
    decay_constant : float
        [1/s]

    Returns
    -------
    float array
        Effective exposure time [s].

    Notes
    -----
    ``sum_i c_i (1 - exp(-(r_i + lambda) t)) / (r_i + lambda)``
    """
    t = np.asarray(time, dtype=np.float64)
    total = np.zeros_like(t)
    for share, rate in zip(SHARES, RATES, strict=True):
        total = total - share * np.expm1(-(rate + decay_constant) * t) / (rate + decay_constant)
    return total
