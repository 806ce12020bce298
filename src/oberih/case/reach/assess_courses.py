"""What does each course of the weather give, and how far apart are they?

Defines the nouns `Run` (one course of the weather: where each criterion's dose is reached, the dose everywhere, what
became of the release) and `Band` (one criterion over all courses: the share of them that needs the action, and where;
distances and people from the least to the most).

A band says what the courses say and no more: that of perturbed inputs knows nothing of how the atmosphere errs, that of
an ensemble is as good as its members.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.case.reach.assess_fields import Course
from oberih.case.reach.doses import Question
from oberih.case.reach.outcome import Found, zone_under
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.grid import Grid
from oberih.earth.places import Place
from oberih.earth.population import PopulationRaster
from oberih.earth.projection import LocalProjection
from oberih.zone.criterion import Criterion
from oberih.zone.distance import distances
from oberih.zone.exceedance import Exceedance
from oberih.zone.map_zones import map_zones
from oberih.zone.zone_map import ZoneMap

__all__ = ["Band", "Run", "bands_of", "found_of", "shares_of", "together", "turned"]

HALF, ANY = 0.5, 1.0
"""Percentiles of the courses whose zones are drawn: where half of them need the action, and where any does."""


@dataclass(frozen=True)
class Run:
    """What one course of the weather gives.

    Parameters
    ----------
    course : Course
    exceeded : list of lists of Exceedance
        By question, in the order of its criteria; one start.
    doses : list of float32 array, shape (lanes, rings, sectors)
        By question [Sv].
    fate : dict of str to float
        What became of the aerosol, as shares: of `oberih.atlas.store.FATES`.
    """

    course: Course
    exceeded: list[list[Exceedance]]
    doses: list[npt.NDArray[np.float32]]
    fate: dict[str, float]


@dataclass(frozen=True)
class Band:
    """One criterion under one scenario over all courses.

    Parameters
    ----------
    question : Question
    criterion : Criterion
    exceedance : Exceedance
        Of all courses.
    farthest : float array, shape (courses,)
        Distance to which the action is needed [m]; 0 for nowhere.
    half, any : ZoneMap
        Where half of the courses, and where any, need the action.
    people : tuple of int
        Within each course's own zone.
    """

    question: Question
    criterion: Criterion
    exceedance: Exceedance
    farthest: npt.NDArray[np.float64]
    half: ZoneMap
    any: ZoneMap
    people: tuple[int, ...]

    @property
    def low(self) -> float:
        """Least distance [m]."""
        return float(self.farthest.min())

    @property
    def high(self) -> float:
        """Greatest distance [m]."""
        return float(self.farthest.max())

    @property
    def median(self) -> float:
        """Half of the courses stay within this distance [m]: the smallest that is not exceeded in half of them."""
        return float(np.sort(self.farthest)[int(np.ceil(HALF * len(self.farthest))) - 1])

    @property
    def share(self) -> float:
        """Of the courses in which the action is needed anywhere off the site [1]."""
        return float((self.farthest > 0.0).mean())

    def as_data(self) -> dict[str, Any]:
        """As plain values, SI."""
        return {
            "scenario": self.question.released.scenario.name, "criterion": self.criterion.key,
            "action": self.criterion.action, "low_m": self.low, "median_m": self.median, "high_m": self.high,
            "share": self.share, "people_low": min(self.people), "people_high": max(self.people),
            "distance_by_course_m": [float(d) for d in self.farthest],
        }  # fmt: skip


def turned(run_exceeded: Exceedance, sectors: int) -> Exceedance:
    """The same, turned clockwise about the site by so many sectors."""
    grid = run_exceeded.grid
    counts = np.roll(run_exceeded.counts.reshape(grid.rings, grid.sectors), sectors, axis=1).ravel()
    return Exceedance(
        grid, run_exceeded.starts, counts, np.roll(run_exceeded.reach, sectors, axis=1), run_exceeded.level
    )


def together(exceedances: Sequence[Exceedance]) -> Exceedance:
    """The exceedances of several courses as if each were a start of its own."""
    first = exceedances[0]
    starts = first.starts[0] + SECONDS_PER_HOUR * np.arange(len(exceedances), dtype=np.int64)
    counts = np.stack([e.counts for e in exceedances]).sum(axis=0, dtype=np.int32)
    return Exceedance(first.grid, starts, counts, np.concatenate([e.reach for e in exceedances]), first.level)


def bands_of(
    questions: Sequence[Question], runs: Sequence[Run], *, projection: LocalProjection, places: Sequence[Place],
    seed: int, raster: PopulationRaster | None = None,
) -> list[Band]:  # fmt: skip
    """Every criterion under every scenario over all courses.

    Criteria of one dose and level share their zones.
    """
    found = []
    for i, question in enumerate(questions):
        known: dict[Any, Band] = {}
        for k, criterion in enumerate(question.criteria):
            same = (criterion.quantity, criterion.level)
            if same not in known:
                own = [run.exceeded[i][k] for run in runs]
                known[same] = _band(question, criterion, own, projection, places, seed, raster)
            band = known[same]
            found.append(
                Band(question, criterion, band.exceedance, band.farthest, zone_under(band.half, criterion),
                     zone_under(band.any, criterion), band.people)
            )  # fmt: skip
    return found


def found_of(band: Band, *, seed: int) -> Found:
    """A band as one finding: distances over the courses, the zone that half of them need."""
    far = distances(band.exceedance, rng=np.random.default_rng(seed), percentiles=(HALF, ANY))
    return Found(band.question, band.criterion, band.exceedance, far, band.half)


def shares_of(bands: Sequence[Band], grid: Grid) -> npt.NDArray[np.float64]:
    """Share of the courses in which each criterion's dose is reached, shape (bands, rings, sectors) [1]."""
    return np.stack([b.exceedance.probability for b in bands]).reshape(len(bands), grid.rings, grid.sectors)


def _band(
    question: Question, criterion: Criterion, own: list[Exceedance], projection: LocalProjection,
    places: Sequence[Place], seed: int, raster: PopulationRaster | None,
) -> Band:  # fmt: skip
    scenario = question.released.scenario.name

    def zones(exceedance: Exceedance, percentiles: tuple[float, ...]) -> list[ZoneMap]:
        return map_zones(
            exceedance, criterion, projection=projection, rng=np.random.default_rng(seed), scenario=scenario,
            percentiles=percentiles, rule="cell", places=places, raster=raster,
        )  # fmt: skip

    whole = together(own)
    half, most = zones(whole, (HALF, ANY))
    people = []
    for exceedance in own:
        if not exceedance.counts.any():
            people.append(0)
            continue
        inside = zones(exceedance, (ANY,))[0].people
        people.append(0 if inside is None else inside.total)
    return Band(question, criterion, whole, whole.reach.max(axis=1).astype(float), half, most, tuple(people))
