"""How good is a prediction, and how sure is that?

Defines the noun `Score`.  The metrics of Chang & Hanna (2004), Meteorol. Atmos. Phys. 87,
167, and their spread when the runs of an experiment are drawn anew (the arcs of one run
are not independent, so whole runs are drawn).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SEED = 19560706  # the first day of the experiment with meteorology
DRAWS = 4000


@dataclass(frozen=True)
class Score:
    """Metrics of predictions against observations.

    Parameters
    ----------
    n : int
        Pairs.
    fac2 : float
        Share of predictions within a factor of two [1].
    fb : float
        Fractional bias ``2 (ō - p̄)/(ō + p̄)``: positive when too little is predicted [1].
    nmse : float
        Normalised mean square error ``mean (o - p)² / (ō p̄)`` [1].
    mg, vg : float
        Geometric mean bias ``exp mean ln(o/p)`` and variance ``exp mean ln²(o/p)`` [1].
    """

    n: int
    fac2: float
    fb: float
    nmse: float
    mg: float
    vg: float

    def rounded(self, digits: int = 4) -> dict[str, float]:
        """For a JSON line."""
        return {name: round(value, digits) for name, value in asdict(self).items()}

    def line(self) -> str:
        """For a table."""
        return f"{self.n:4d}  {self.fac2:6.3f} {self.fb:+7.3f} {self.nmse:6.3f} {self.mg:6.3f} {self.vg:6.3f}"


HEADER = "   n    FAC2      FB   NMSE     MG     VG"


def _terms(observed: Floats, predicted: Floats) -> Floats:
    """What the metrics are sums of, shape (pairs, 7)."""
    ratio = predicted / observed
    log = -np.log(ratio)
    within = ((ratio >= 0.5) & (ratio <= 2.0)).astype(float)
    one = np.ones_like(observed)
    return np.stack([one, within, observed, predicted, (observed - predicted) ** 2, log, log * log], axis=1)


def _metrics(sums: Floats) -> Floats:
    """Metrics fac2, fb, nmse, mg, vg of sums of terms, shape (..., 7) → (..., 5)."""
    n, within, o, p, square, log, log2 = np.moveaxis(sums, -1, 0)
    return np.stack([within / n, 2.0 * (o - p) / (o + p), square * n / (o * p), np.exp(log / n), np.exp(log2 / n)], -1)


def score(observed: Sequence[float] | Floats, predicted: Sequence[float] | Floats) -> Score:
    """Metrics of pairs, all positive and in the same unit.

    Raises
    ------
    ValueError
        If there are no pairs, or one is not positive and finite: a metric would be silently wrong.
    """
    o, p = np.asarray(observed, dtype=float), np.asarray(predicted, dtype=float)
    if o.size == 0 or o.shape != p.shape:
        raise ValueError(f"expected pairs, got {o.size} observed and {p.size} predicted")
    if not (np.all(np.isfinite(o) & np.isfinite(p)) and np.all((o > 0.0) & (p > 0.0))):
        raise ValueError("every observation and prediction must be positive and finite")
    return Score(len(o), *(float(v) for v in _metrics(_terms(o, p).sum(axis=0))))


def bootstrap(
    observed: Sequence[float], predicted: Sequence[float], groups: Sequence[str], *, seed: int = SEED,
    draws: int = DRAWS,
) -> dict[str, tuple[float, float]]:  # fmt: skip
    """Band from the 5th to the 95th percentile of each metric when whole groups are drawn anew.

    Parameters
    ----------
    observed, predicted : sequence of float
        Positive.
    groups : sequence of str
        To which run each pair belongs.
    """
    terms = _terms(np.asarray(observed, dtype=float), np.asarray(predicted, dtype=float))
    names, which = np.unique(np.asarray(groups), return_inverse=True)
    by_group = np.zeros((len(names), terms.shape[1]))
    np.add.at(by_group, which, terms)
    times = np.random.default_rng(seed).multinomial(len(names), np.full(len(names), 1.0 / len(names)), size=draws)
    low, high = np.percentile(_metrics(times @ by_group), [5.0, 95.0], axis=0)
    keys = [f.name for f in fields(Score)][1:]
    return {k: (float(a), float(b)) for k, a, b in zip(keys, low, high, strict=True)}
