"""Which hidden Gaussian process lies behind observed classes?  Correlations and autoregression for `fit_climate`."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from oberih.weather.climate import COMPONENTS
from oberih.weather.kernels.copula import normal_quantile

Floats = npt.NDArray[np.float64]


def class_scores(index: Floats, values: list[float], probabilities: Floats) -> tuple[Floats, Floats]:
    """Departure of each observed class's value from its mean, and its Hermite coefficients (mean over time).

    Mehler: Cov(m(x), m'(y)) = Σ_k c_k c'_k ρ^k for normal x, y of correlation ρ.
    """
    edges = np.cumsum(probabilities, axis=1)
    edges = normal_quantile(np.concatenate([np.zeros((len(edges), 1)), edges], axis=1))
    edges[:, 0], edges[:, -1] = -9.0, 9.0
    density = np.exp(-0.5 * edges**2) / math.sqrt(2.0 * math.pi)
    departure = np.array(values) - (probabilities @ np.array(values))[:, None]
    hermite, previous, coefficients = np.ones_like(edges), np.zeros_like(edges), []
    for k in range(1, 16):
        piece = density[:, :-1] * hermite[:, :-1] - density[:, 1:] * hermite[:, 1:]
        coefficients.append(float(np.mean(np.sum(departure * piece, axis=1)) / math.sqrt(math.factorial(k))))
        hermite, previous = edges * hermite - (k - 1) * previous, hermite
    chosen = np.where(np.isnan(index), 0, index).astype(int)
    scores = np.where(np.isnan(index), np.nan, departure[np.arange(len(index)), chosen])
    return scores, np.array(coefficients)


def hidden_correlation(covariance: float, one: Floats, other: Floats) -> float:
    """The correlation of the hidden normal numbers behind a covariance of scores."""
    candidates = np.linspace(-0.995, 0.995, 3981)
    powers = candidates[:, None] ** np.arange(1, 16)
    return float(candidates[np.argmin(np.abs(powers @ (one * other) - covariance))])


def lagged(one: Floats, other: Floats, lag: int) -> float:
    """Mean of one(t + lag) other(t), NaN left out."""
    late, early = one[lag:], other[: len(other) - lag]
    return float(np.nanmean(late * early))


def hidden_correlations(scores: dict[str, Floats], hermite: dict[str, Floats], lags: int) -> Floats:
    """Correlation matrices of the hidden numbers, R[l, i, j] = corr(z_i(t + l), z_j(t))."""
    names = list(scores)
    result = np.empty((lags + 1, len(names), len(names)))
    for lag in range(lags + 1):
        for i, one in enumerate(names):
            for j, other in enumerate(names):
                covariance = lagged(scores[one], scores[other], lag)
                same = one == other and lag == 0
                result[lag, i, j] = 1.0 if same else hidden_correlation(covariance, hermite[one], hermite[other])
    result[0] = 0.5 * (result[0] + result[0].T)
    return result


def uncouple(correlations: Floats, share: Floats) -> Floats:
    """Correlations of x = (z - β g) / sqrt(1 - β²); g is the last component, taken away."""
    size = len(share)
    transform = np.zeros((size, size + 1))
    transform[:, :size] = np.diag(1.0 / np.sqrt(1.0 - share**2))
    transform[:, size] = -share / np.sqrt(1.0 - share**2)
    result = np.stack([transform @ r @ transform.T for r in correlations])
    spread = np.sqrt(np.diag(result[0]))
    return np.asarray(result / spread[:, None] / spread[None, :])


def yule_walker(correlations: Floats) -> tuple[Floats, Floats]:
    """Coefficients and innovation factor of the autoregression, scaled to unit variances."""
    size = correlations.shape[1]
    order = len(correlations) - 1
    lags = range(order + 1)
    whole = np.block([[correlations[j - i] if j >= i else correlations[i - j].T for j in lags] for i in lags])
    value, vector = np.linalg.eigh(0.5 * (whole + whole.T))
    print(f"least eigenvalue of the correlations {value[0]:.4f} (raised to 0.002)")
    whole = (vector * np.maximum(value, 0.002)) @ vector.T
    past, cross = whole[size:, size:], whole[:size, size:]
    solution = np.linalg.solve(past, cross.T).T
    innovation = whole[:size, :size] - solution @ cross.T
    coefficients = np.stack([solution[:, k * size : (k + 1) * size] for k in range(order)])
    return rescale(coefficients, np.linalg.cholesky(0.5 * (innovation + innovation.T)))


def rescale(coefficients: Floats, innovation: Floats) -> tuple[Floats, Floats]:
    """Scale the process so that every component has unit variance."""
    order, size, _ = coefficients.shape
    companion = np.zeros((order * size, order * size))
    companion[:size] = np.concatenate(list(coefficients), axis=1)
    companion[size:, :-size] = np.eye((order - 1) * size)
    radius = float(np.max(np.abs(np.linalg.eigvals(companion))))
    print(f"spectral radius {radius:.4f}")
    if radius >= 0.999:
        raise SystemExit("the fitted process is not stationary")
    noise = np.zeros_like(companion)
    noise[:size, :size] = innovation @ innovation.T
    variance, power = noise.copy(), companion.copy()
    for _ in range(14):  # doubling: sums 2^14 terms of C^k Q C'^k
        variance = variance + power @ variance @ power.T
        power = power @ power
    spread = np.sqrt(np.diag(variance)[:size])
    scaled = coefficients / spread[None, :, None] * spread[None, None, :]
    return scaled, innovation / spread[:, None]


def hourly_correlation(correlations: Floats) -> Floats:
    """Correlations at 1, 2 and 3 h: 1 - ρ goes as τ^h, h from 3 and 6 h (assumption within 0.5 to 1.2)."""
    three, six = np.diagonal(correlations[1]), np.diagonal(correlations[2])
    power = np.clip(np.log2((1.0 - six) / (1.0 - three)), 0.5, 1.2)
    print("power of the structure function", dict(zip(COMPONENTS, power.round(2), strict=True)))
    return np.stack([1.0 - (1.0 - three) * (hours / 3.0) ** power for hours in (1.0, 2.0, 3.0)])
