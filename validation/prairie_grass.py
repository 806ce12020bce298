"""Does the product's growth agree with Project Prairie Grass?

    python -m validation.prairie_grass [FOLDER]

FOLDER holds ``runs.csv`` and ``arc_summary.csv``; by default the shared data.  Arc maxima are
raw: no loss factor of the tracer is applied, and both figures are printed.  The headline uses
the measured deviation of the wind's azimuth where a run has it; what routine data alone would
give stands beside it.  The last line is JSON.

The two lateral constants of the product and the share of convection were chosen on the runs at
hand, all together, so that the figures for these are no independent test; other runs are.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from validation.briggs import briggs_plume
from validation.door import Words, answering, existing_folder
from validation.experiment import Arc, Experiment, Run, read_experiment
from validation.plume import CONVECTIVE_SHARE, Predicted, follow_plume, measured_turbulence, routine_turbulence
from validation.score import HEADER, Score, bootstrap, score
from validation.shelf import shared_data

TOLERANCE = {"fac2": 0.86, "fb": 0.10, "nmse": 0.25}  # fac2 at least; |fb| and nmse at most
QUOTED = {
    "Briggs plume, quoted, all runs": (0.83, -0.02, 0.55),
    "similarity plume of thirty lines, quoted, all runs": (0.84, 0.06, 0.22),
}
CLASSES: tuple[tuple[str, Callable[[float], bool]], ...] = (
    ("very unstable  -15 < L < 0", lambda i: i <= -1 / 15),
    ("unstable     -100 < L <= -15", lambda i: -1 / 15 < i <= -1 / 100),
    ("near neutral    |L| >= 100", lambda i: -1 / 100 < i <= 1 / 100),
    ("stable         25 < L < 100", lambda i: 1 / 100 < i < 1 / 25),
    ("very stable     0 < L <= 25", lambda i: i >= 1 / 25),
)
Model = Callable[[Run, Sequence[float]], list[Predicted]]


@dataclass(frozen=True)
class Pair:
    """One arc as measured and as predicted."""

    run: Run
    arc: Arc
    predicted: Predicted


def with_measured(run: Run, distances: Sequence[float], *, share: float = CONVECTIVE_SHARE) -> list[Predicted]:
    """The product's plume in measured turbulence, in the assumed one where it was not measured."""
    if math.isnan(run.sigma_azimuth):
        return with_routine(run, distances)
    return follow_plume(run, distances, measured_turbulence(run, convective_share=share))


def with_routine(run: Run, distances: Sequence[float]) -> list[Predicted]:
    """The product's plume as it is without turbulence measurements."""
    return follow_plume(run, distances, routine_turbulence(run))


def predict(experiment: Experiment, model: Model) -> list[Pair]:
    """Every arc with its prediction."""
    pairs = []
    for run in experiment.runs.values():
        arcs = sorted((a for a in experiment.arcs if a.run == run.name), key=lambda a: a.distance)
        plume = model(run, [a.distance for a in arcs])
        pairs += [Pair(run, arc, predicted) for arc, predicted in zip(arcs, plume, strict=True)]
    return pairs


def of_maxima(pairs: list[Pair], *, power: int = 0) -> Score:
    """Score of arc maxima; observations times the tracer's loss factor to the ``power``."""
    observed = [p.arc.maximum * p.arc.loss_factor**power for p in pairs]
    return score(observed, [p.predicted.maximum for p in pairs])


def of_integrals(pairs: list[Pair]) -> Score | None:
    """Score of crosswind integrals where they were measured."""
    known = [p for p in pairs if math.isfinite(p.arc.integral)]
    return score([p.arc.integral for p in known], [p.predicted.integral for p in known]) if known else None


def stability_table(pairs: list[Pair]) -> str:
    """Observed over predicted, geometric mean (and count), by stability and arc."""
    distances = sorted({p.arc.distance for p in pairs})
    lines = [f"{'':30s}" + "".join(f"{d:>12.0f} m" for d in distances)]
    for name, belongs in CLASSES:
        cells = []
        for distance in distances:
            here = [p for p in pairs if p.arc.distance == distance and belongs(p.run.inverse_length)]
            ratio = [math.log(p.arc.maximum / p.predicted.maximum) for p in here]
            cells.append(f"{math.exp(float(np.mean(ratio))):8.2f} ({len(here):2d})" if here else f"{'-':>13s}")
        lines.append(f"{name:30s}" + " ".join(["", *cells]))
    return "\n".join(lines)


def result(experiment: Experiment) -> tuple[dict[str, Any], str]:
    """Everything for the JSON line, and the text that goes before it."""
    headline, routine = predict(experiment, with_measured), predict(experiment, with_routine)
    peer = predict(experiment, briggs_plume)
    whole = predict(experiment, lambda run, distances: with_measured(run, distances, share=1.0))
    best, integrals = of_maxima(headline), of_integrals(headline)
    bands = {name: _band(pairs) for name, pairs in (("measured", headline), ("routine", routine), ("briggs", peer))}
    rows = [
        ("this product, measured turbulence", best),
        ("this product, routine data only", of_maxima(routine)),
        ("plain Briggs plume, same cases (routine data)", of_maxima(peer)),
        ("as the first, all measured convection spreads", of_maxima(whole)),
        ("as the first, observed times SO2 loss factor", of_maxima(headline, power=1)),
        ("as the first, observed over SO2 loss factor", of_maxima(headline, power=-1)),
    ]
    found: dict[str, Any] = {
        **best.rounded(),
        "runs": len(experiment.runs),
        "runs_with_measured_turbulence": sum(math.isfinite(r.sigma_azimuth) for r in experiment.runs.values()),
        "skipped": experiment.skipped,
        "band_5_95": bands["measured"],
        "crosswind_integral": integrals.rounded() if integrals else None,
        "routine_only": {**rows[1][1].rounded(), "band_5_95": bands["routine"]},
        "briggs_same_cases": {**rows[2][1].rounded(), "band_5_95": bands["briggs"]},
        "all_convection_spreads": rows[3][1].rounded(),
        "loss_factor_multiplied": rows[4][1].rounded(),
        "loss_factor_divided": rows[5][1].rounded(),
        "quoted_peers": {k: dict(zip(("fac2", "fb", "nmse"), v, strict=True)) for k, v in QUOTED.items()},
        "tolerance": TOLERANCE,
        "passed": passes(best),
    }
    return found, _text(experiment, headline, rows, integrals, bands)


def passes(found: Score) -> bool:
    """Whether a score is within the written tolerance."""
    return found.fac2 >= TOLERANCE["fac2"] and abs(found.fb) <= TOLERANCE["fb"] and found.nmse <= TOLERANCE["nmse"]


def _band(pairs: list[Pair]) -> dict[str, list[float]]:
    drawn = bootstrap([p.arc.maximum for p in pairs], [p.predicted.maximum for p in pairs], [p.run.name for p in pairs])
    return {k: [round(low, 3), round(high, 3)] for k, (low, high) in drawn.items()}


def _text(
    experiment: Experiment, headline: list[Pair], rows: list[tuple[str, Score]], integrals: Score | None,
    bands: dict[str, dict[str, list[float]]],
) -> str:  # fmt: skip
    """The report for a reader."""
    reasons: dict[str, list[str]] = {}
    for name, why in experiment.skipped.items():
        reasons.setdefault(why, []).append(name)
    measured = sum(math.isfinite(r.sigma_azimuth) for r in experiment.runs.values())
    counts = f"{len(experiment.runs)} runs, {measured} with measured turbulence, {len(headline)} arcs"
    lines = [
        f"Project Prairie Grass: {counts}",
        *(f"  left out, {why}: {', '.join(names)}" for why, names in reasons.items()),
        "",
        "Arc maxima, observed over predicted (geometric mean, arcs), measured turbulence",
        stability_table(headline),
        "",
        f"{'Arc maxima':52s}{HEADER}",
        *(f"{name:52s}{found.line()}" for name, found in rows),
        *(f"{name:52s}{'':6s}{f:6.2f} {b:+7.2f} {m:6.2f}" for name, (f, b, m) in QUOTED.items()),
        *([f"{'crosswind integrals, measured turbulence':52s}{integrals.line()}"] if integrals else []),
        "",
        "5th to 95th percentile when whole runs are drawn anew",
        *(
            f"  {name:10s}" + "  ".join(f"{k.upper()} {low:.3f} to {high:.3f}" for k, (low, high) in band.items())
            for name, band in bands.items()
        ),
        "The quoted peers are on all runs, of which these may be a part. The product's headline uses the measured",
        "azimuth, which the Briggs plume cannot: the fair comparison with it is the line of routine data.",
        "",
    ]
    return "\n".join(lines)


@answering
def main(arguments: Sequence[str]) -> int:
    """Print the report and the JSON line; 0 within tolerance, 1 outside, 2 when there is nothing to compare."""
    words = Words("validation.prairie_grass", __doc__)
    words.add_argument(
        "folder", nargs="?", type=existing_folder, metavar="FOLDER", default=shared_data("tracer_prairie_grass")
    )
    found, text = result(read_experiment(words.parse_args(arguments).folder))
    print(text)
    print(json.dumps(found))
    return 0 if found["passed"] else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
