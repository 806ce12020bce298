"""How do weather's hidden numbers run through time?

A vector autoregression at the observations' step, made exactly periodic by filtering white noise
in the frequency domain, and a Gaussian bridge that fills the hours between.  Every component is
standard normal at every hour.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def periodic_autoregression(coefficients: Floats, innovation: Floats, noise: Floats) -> Floats:
    """A stationary vector autoregression that ends where it begins.

    Parameters
    ----------
    coefficients : float array, shape (order, k, k)
        A_j of z_t = Σ_j A_j z_(t-j) + B ε_t.
    innovation : float array, shape (k, k)
        B.
    noise : float array, shape (n, k)
        ε, independent standard normal; n far above the correlation time.

    Returns
    -------
    float array, shape (n, k)

    Notes
    -----
    The recursion on a circle of n steps, solved as z(ω) = (1 - Σ A_j exp(-iωj))⁻¹ B ε(ω).

    Source: Lütkepohl (2005), New Introduction to Multiple Time Series Analysis, sect. 2.1; the
    circle is the discrete Fourier transform's own.
    """
    count, size = noise.shape
    spectrum = np.fft.rfft(noise @ innovation.T, axis=0)
    angle = 2.0 * np.pi * np.arange(len(spectrum)) / count
    lags = np.arange(1, len(coefficients) + 1)
    turn = np.exp(-1j * angle[:, None] * lags[None, :])
    operator = np.eye(size) - np.einsum("fj,jab->fab", turn, coefficients)
    filtered = np.linalg.solve(operator, spectrum[:, :, None])[:, :, 0]
    return np.asarray(np.fft.irfft(filtered, n=count, axis=0))


def bridge_hours(every_third: Floats, correlations: Floats, mixing: Floats, noise: Floats) -> Floats:
    """Hourly values through three-hourly ones.

    Parameters
    ----------
    every_third : float array, shape (n, k)
        Periodic.
    correlations : float array, shape (3, k)
        Of each component with itself 1, 2 and 3 hours later.
    mixing : float array, shape (k, k)
        Lower triangle that makes the components' bridge noises correlated; rows of unit length.
    noise : float array, shape (n, 2, k)
        Independent standard normal.

    Returns
    -------
    float array, shape (3 n, k)

    Notes
    -----
    The two hours between, given both ends, are normal with mean C D⁻¹ (z_0, z_3) and covariance
    E - C D⁻¹ Cᵀ, where C, D, E hold the correlations: exact in each component.
    """
    one, two, three = correlations
    determinant = 1.0 - three**2
    near, far = (one - two * three) / determinant, (two - one * three) / determinant
    variance = np.maximum(1.0 - near * one - far * two, 0.0)
    together = one - near * two - far * one
    first = np.sqrt(variance)
    shared = np.where(first > 0.0, together / np.maximum(first, 1e-12), 0.0)
    second = np.sqrt(np.maximum(variance - shared**2, 0.0))
    after = np.roll(every_third, -1, axis=0)
    white = noise @ mixing.T
    hourly = np.empty((len(every_third), 3, every_third.shape[1]))
    hourly[:, 0] = every_third
    hourly[:, 1] = near * every_third + far * after + first * white[:, 0]
    hourly[:, 2] = far * every_third + near * after + shared * white[:, 0] + second * white[:, 1]
    return hourly.reshape(-1, every_third.shape[1])
