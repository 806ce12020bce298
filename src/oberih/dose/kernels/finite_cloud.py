"""How much less does a finite cloud shine than a semi-infinite one?

The gamma kernel of air is a sum of isotropic Gaussians of unit integral (weights and widths are
fitted by ``scripts/fit_gamma_mixture.py``); its convolution with a Gaussian plume is closed.  The
dispersion engine does the same puff by puff; these closed forms are what it is tested against.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import erf

__all__ = ["layer_ratio", "plume_exposure"]

Floats = npt.NDArray[np.float64]


def plume_exposure(
    *, sigma_y: float, sigma_z: float, height: float, offset: float, weights: Floats, widths: Floats
) -> float:
    """Semi-infinite-equivalent exposure at the ground under a straight plume of unit strength.

    Parameters
    ----------
    sigma_y, sigma_z : float
        Widths of the plume [m].
    height, offset : float
        Of the axis above ground and of the receptor from it, crosswind [m].
    weights, widths : float array, shape (k,)
        Of the gamma kernel [1], [m]; ``weights`` sum to 1.  Weights [1] and widths [0] give the
        concentration itself.

    Returns
    -------
    float
        Times release over wind speed: [1/m2].

    Notes
    -----
    ``sum_k w_k exp(-y²/2(σy²+s_k²) - h²/2(σz²+s_k²)) / (π sqrt((σy²+s_k²)(σz²+s_k²)))``
    """
    vy, vz = sigma_y**2 + widths**2, sigma_z**2 + widths**2
    return float(np.sum(weights * np.exp(-0.5 * (offset**2 / vy + height**2 / vz)) / (np.pi * np.sqrt(vy * vz))))


def layer_ratio(depth: Floats | float, *, weights: Floats, widths: Floats) -> Floats:
    """Exposure under a wide cloud that fills a layer on the ground, over the semi-infinite one.

    Parameters
    ----------
    depth : float or float array
        Of the mixed layer [m].
    weights, widths : float array, shape (k,)
        Of the gamma kernel [1], [m].

    Returns
    -------
    float array
        [1]; nearly 1 from 600 m, as NUREG-1887 section 4.9.3 takes it.
    """
    h = np.asarray(depth, dtype=np.float64)[..., None]
    return np.asarray(np.sum(weights * erf(h / (np.sqrt(2.0) * widths)), axis=-1))
