"""How well does a plume agree with samples over a continent?

The statistics of ATMES-II and of Draxler's rank, over samples paired in space and time.  Defines the noun `Verdict`.

Definitions, with M measured and P predicted:

- FMS, figure of merit in space [%]: ``100 |A_M ∩ A_P| / |A_M ∪ A_P|``, where A are the samples at or above a level.
- FAC2, FAC5 [%]: pairs in which P lies within a factor of two, of five, of M, ends included.
- FB, fractional bias: ``2 (P̄ - M̄)/(P̄ + M̄)``: positive when too much is predicted, as in ATMES-II (not as in
  `validation.score`).
- NMSE: ``mean (P - M)² / (P̄ M̄)``.
- PCC: Pearson's correlation.
- KSP [%]: ``100 max_k |C(M_k) - C(P_k)|`` of the cumulative distributions.
- RANK: ``PCC² + (1 - |FB|/2) + FMS/100 + (1 - KSP/100)``, 0 to 4, where 4 is perfect.

Pairs in which neither holds anything are left out everywhere, as DATEM does; the FMS does not see them anyway.

Sources: Mosca, Graziani, Klug, Bellasio & Bianconi (1998), Atmos. Environ. 32, 4307; Draxler, Heffter & Rolph (2001),
DATEM; Draxler (2006), Atmos. Environ. 40, 2970; US EPA (2012), EPA-454/R-12-003, equations 2-2 to 2-13.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["LEVEL", "Verdict", "cumulative_distance", "figure_of_merit", "rank", "verdict"]

Floats = npt.NDArray[np.float64]
Values = Sequence[float] | Floats

LEVEL = 10.0
"""At or above which a sample holds the tracer [pg/m3]: the step in which ETEX-1 was reported."""


@dataclass(frozen=True)
class Verdict:
    """The figures, as above; NaN where there is nothing to compute one from."""

    pairs: int
    fms: float
    fac2: float
    fac5: float
    fb: float
    nmse: float
    pcc: float
    ksp: float
    rank: float

    def rounded(self, digits: int = 4) -> dict[str, float | None]:
        """For a JSON line, which knows no NaN."""
        return {k: (None if math.isnan(v) else round(v, digits)) for k, v in asdict(self).items()}


def verdict(
    measured: Sequence[float] | Floats, predicted: Sequence[float] | Floats, *, level: float = LEVEL
) -> Verdict:
    """Score predictions against samples.

    Parameters
    ----------
    measured, predicted : sequence of float
        Of the same samples, in one unit, not negative.
    level : float
        Below which a value counts as nothing, in that unit.

    Raises
    ------
    ValueError
        If they do not pair, or one is negative or not finite.
    """
    m, p = _pairs(measured, predicted, level)
    fms = figure_of_merit(m, p)
    if not len(m):
        return Verdict(0, *([math.nan] * 8))
    both = m.mean() + p.mean()
    fb = float(2.0 * (p.mean() - m.mean()) / both)
    product = float(p.mean() * m.mean())
    nmse = float(((p - m) ** 2).mean() / product) if product > 0.0 else math.nan
    pcc = float(np.corrcoef(m, p)[0, 1]) if len(m) > 1 and m.std() > 0.0 and p.std() > 0.0 else math.nan
    ksp = cumulative_distance(m, p)
    return Verdict(len(m), fms, _within(m, p, 2.0), _within(m, p, 5.0), fb, nmse, pcc, ksp, rank(pcc, fb, fms, ksp))


def _pairs(
    measured: Sequence[float] | Floats, predicted: Sequence[float] | Floats, level: float
) -> tuple[Floats, Floats]:
    m, p = np.asarray(measured, dtype=float), np.asarray(predicted, dtype=float)
    if m.ndim != 1 or m.shape != p.shape:
        raise ValueError(f"expected pairs, got {m.shape} measured and {p.shape} predicted")
    if not (np.isfinite(m) & np.isfinite(p) & (m >= 0.0) & (p >= 0.0)).all():
        raise ValueError("every value must be finite and not negative")
    m, p = np.where(m >= level, m, 0.0), np.where(p >= level, p, 0.0)
    kept = (m > 0.0) | (p > 0.0)
    return m[kept], p[kept]


def figure_of_merit(measured: Floats, predicted: Floats) -> float:
    """FMS [%] of values of which those that hold nothing are 0; NaN where neither holds anything.

    Examples
    --------
    >>> figure_of_merit(np.array([1.0, 1.0, 0.0]), np.array([0.0, 5.0, 5.0]))
    33.33333333333333
    """
    either = np.count_nonzero((measured > 0.0) | (predicted > 0.0))
    both = np.count_nonzero((measured > 0.0) & (predicted > 0.0))
    return 100.0 * (both / either) if either else math.nan


def _within(m: Floats, p: Floats, factor: float) -> float:
    """Share [%] of pairs within a factor; a pair of which one is 0 is not."""
    return 100.0 * float(np.mean((m > 0.0) & (p > 0.0) & (p <= factor * m) & (factor * p >= m)))


def cumulative_distance(m: Floats, p: Floats) -> float:
    """KSP [%]: greatest distance between two cumulative distributions.

    Examples
    --------
    >>> cumulative_distance(np.array([1.0, 2.0]), np.array([2.0, 3.0]))
    50.0
    """
    levels = np.union1d(m, p)
    of = [np.searchsorted(np.sort(a), levels, side="right") / len(a) for a in (m, p)]
    return 100.0 * float(np.abs(of[0] - of[1]).max())


def rank(pcc: float, fb: float, fms: float, ksp: float) -> float:
    """Draxler's rank; a correlation that cannot be computed counts as 0.

    Examples
    --------
    >>> rank(1.0, 0.0, 100.0, 0.0)
    4.0
    """
    return (0.0 if math.isnan(pcc) else pcc * pcc) + (1.0 - abs(fb) / 2.0) + fms / 100.0 + (1.0 - ksp / 100.0)
