"""What would reach each settlement, and how soon?

Takes the doses that superposition noted at the settlements' cells, start by start.  A settlement is a point with all
its people, and its dose is that of its cell.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.atlas.superpose import Exceeded
from oberih.atlas.watch import arrivals
from oberih.case.reach.design_answer import PlaceFound
from oberih.case.reach.design_bench import Bench
from oberih.case.reach.doses import Question
from oberih.case.reach.outcome import Found

__all__ = ["places_found"]

Floats = npt.NDArray[np.float32]


def places_found(
    bench: Bench, question: Question, drawn: Found, result: Exceeded, *, share: float
) -> tuple[PlaceFound, ...]:
    """What would reach each settlement around the site, nearest first.

    Parameters
    ----------
    bench : Bench
    question : Question
        That watched the bench's cells, and the quantity that is drawn.
    drawn : Found
    result : Exceeded
    share : float
        Of starts whose dose is not exceeded, beside their half [1].
    """
    lane = question.quantities.index(drawn.criterion.quantity)
    doses = result.doses[question.asked.lanes_watched.tolist().index(lane)]
    half, high = _not_exceeded(doses, (0.5, share))
    needed = doses >= drawn.criterion.level
    coming = arrivals(bench.atlas, bench.watched, question.asked)
    above, touched = needed.mean(axis=0), np.isfinite(coming).mean(axis=0)
    first, typical = _early_and_middle(np.where(needed | (above == 0.0), coming, np.nan))
    inside = set() if drawn.zone.people is None else {p.id for p in drawn.zone.people.places}
    return tuple(
        PlaceFound(
            place, bench.names_uk.get(place.id, place.name), place.id in inside, float(half[c]), float(high[c]),
            float(above[c]), float(touched[c]), _or_none(first[c]), _or_none(typical[c]),
            None if not np.isfinite(first[c]) else "level" if above[c] else "plume",
        )
        for place, c in bench.columns
    )  # fmt: skip


def _not_exceeded(doses: Floats, shares: tuple[float, ...]) -> list[Floats]:
    """Dose that a share of the starts does not exceed, cell by cell: an order statistic, as of distances."""
    n = len(doses)
    ranks = [min(max(int(np.ceil(p * n - 1e-6)) - 1, 0), n - 1) for p in shares]
    ordered = np.partition(np.ascontiguousarray(doses.T), sorted(set(ranks)), axis=1)
    return [ordered[:, rank] for rank in ranks]


def _early_and_middle(times: Floats) -> tuple[Floats, Floats]:
    """Earliest and median of each cell's times [s]; NaN where there is none."""
    ordered = np.sort(times.T, axis=1)  # NaN comes last
    count = np.isfinite(ordered).sum(axis=1)
    middle = np.maximum(-(-count // 2) - 1, 0)
    return ordered[:, 0], ordered[np.arange(len(ordered)), middle]


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
