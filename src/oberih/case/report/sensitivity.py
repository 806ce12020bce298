"""What moves the distance most?

Takes the criterion that decides the zone and changes one thing at a time: the share of starts covered, the age of the
one protected, the season and the hours in which it begins.  Also the other way round: how often would a smaller circle
suffice?  All from the starts that the plan summed; only other ages are summed anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.case.reach.doses import ask, question
from oberih.case.reach.outcome import Found
from oberih.case.reach.plan import Planned
from oberih.constants import AGES
from oberih.zone.distance import distances, times_of_year
from oberih.zone.exceedance import Exceedance

__all__ = ["CIRCLES", "PERCENTILES", "SEASONS", "moved", "sensitivity"]

PERCENTILES = (50.0, 75.0, 90.0, 95.0, 99.0)
"""Shares of starts to cover [%]."""

SEASONS = {"winter": (12, 1, 2), "spring": (3, 4, 5), "summer": (6, 7, 8), "autumn": (9, 10, 11)}
"""Months of each."""

DAY = (8, 19)
"""First and last hour of the day, local solar time; the rest is night."""

CIRCLES = (3e3, 5e3, 10e3, 15e3, 20e3, 30e3, 50e3)
"""Radii that are asked how often they suffice [m]."""

FEWEST = 200
"""Starts in a season or in hours from which on a percentile is told."""

YEAR = 8000
"""Hours of weather from which on its seasons are told apart [h]."""


def sensitivity(planned: Planned) -> dict[str, Any] | None:
    """What moves the radius of a plan's first part, one thing at a time; other ages are summed over the whole atlas.

    Returns
    -------
    dict or None
        As `moved`, with ``ages``; None where no part was found.
    """
    if not planned.parts:
        return None
    zone, request = planned.parts[0].zone, planned.request
    found = next(
        f for f in planned.found
        if f.criterion.key == zone.criterion.key and f.question.released.scenario.name == zone.scenario
    )  # fmt: skip
    told = moved(
        found, percentile=request.percentile, seed=request.seed, longitude=planned.site.longitude,
        hours=len(planned.ground.air),
    )  # fmt: skip
    return {**told, "ages": _ages(found, planned, request.percentile / 100.0)}


def moved(found: Found, *, percentile: float, seed: int, longitude: float, hours: int) -> dict[str, Any]:
    """What moves the radius of one criterion, from the starts that were summed for it.

    Parameters
    ----------
    found : Found
    percentile : float
        Asked for [%].
    seed : int
        Of the bands.
    longitude : float
        Of the site, for its solar time [°].
    hours : int
        Of weather; of less than `YEAR` no season is told.

    Returns
    -------
    dict
        Criterion, scenario, and rows of ``value``, ``distance``, ``low``, ``high`` [m]; plain values.
    """
    exceedance = found.exceedance
    seasons = _times(exceedance, longitude, percentile / 100.0, seed) if hours >= YEAR else []
    return {
        "criterion": found.criterion.key, "scenario": found.question.released.scenario.name,
        "starts": found.distances.starts, "percentiles": _percentiles(exceedance, percentile, seed),
        "circles": _circles(exceedance, found.distances.at(percentile / 100.0).distance), "seasons": seasons,
        "ages": [],
    }  # fmt: skip


def _row(
    value: float | str, exceedance: Exceedance, percentile: float, seed: int,
    subset: npt.NDArray[np.bool_] | None = None,
) -> dict[str, Any]:  # fmt: skip
    rng = np.random.default_rng(seed)
    at = distances(exceedance, rng=rng, percentiles=(percentile,), subset=subset).at(percentile)
    return {"value": value, "distance": at.distance, "low": at.low, "high": at.high}


def _percentiles(exceedance: Exceedance, asked: float, seed: int) -> list[dict[str, Any]]:
    wanted = sorted({*PERCENTILES, asked})
    rng = np.random.default_rng(seed)
    far = distances(exceedance, rng=rng, percentiles=tuple(p / 100.0 for p in wanted))
    found = [(p, far.at(p / 100.0)) for p in wanted]
    return [{"value": p, "distance": r.distance, "low": r.low, "high": r.high} for p, r in found]


def _circles(exceedance: Exceedance, radius: float) -> list[dict[str, float]]:
    """Share of starts in which nobody outside a circle needs the action; circles smaller than the answer."""
    farthest = exceedance.reach.max(axis=1)
    asked: Sequence[float] = [r for r in CIRCLES if r < 0.95 * radius]
    return [{"radius": r, "share": float((farthest <= r * (1.0 + 1e-6)).mean())} for r in asked]


def _times(exceedance: Exceedance, longitude: float, percentile: float, seed: int) -> list[dict[str, Any]]:
    starts = exceedance.starts
    asked = {name: times_of_year(starts, months=months, longitude=longitude) for name, months in SEASONS.items()}
    day = times_of_year(starts, first_hour=DAY[0], last_hour=DAY[1], longitude=longitude)
    asked |= {"day": day, "night": ~day}
    return [
        _row(name, exceedance, percentile, seed, subset) | {"starts": int(subset.sum())}
        for name, subset in asked.items() if subset.sum() >= FEWEST
    ]  # fmt: skip


def _ages(found: Found, planned: Planned, percentile: float) -> list[dict[str, Any]]:
    criteria = [found.criterion.for_age(age) for age in AGES]
    asked = question(found.question.released, criteria)
    exceeded = ask(planned.atlas, [asked], kept=planned.request.cache / "exceedances")[0]
    return [
        _row(age, exceedance, percentile, planned.request.seed)
        for age, exceedance in zip(AGES, exceeded, strict=True)
    ]  # fmt: skip
