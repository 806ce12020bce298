"""How far must the zone reach, if the sliders stand like this?

The designer's story: one scenario, one criterion drawn, over the starts of a year that lie in the months and hours
asked for.  A *draft* counts fewer starts than a plan and says how many; in full detail the arithmetic is that of
`oberih.case.reach.plan`, to the same figures.

Nouns: `DesignRequest`, `Bench`, `Design`, and `Put` (a request put so that an atlas can answer it).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.atlas.kernels.superpose import GROUP
from oberih.atlas.packed import padded
from oberih.atlas.superpose import Exceeded, height_weights
from oberih.case.reach.design_answer import Design, PartFound, Starts
from oberih.case.reach.design_bench import Bench, open_bench, open_forecast, widened
from oberih.case.reach.design_places import places_found
from oberih.case.reach.design_request import DesignRequest
from oberih.case.reach.design_words import notes_of
from oberih.case.reach.doses import Question, by_criterion, computable, question, summed
from oberih.case.reach.outcome import RULE, Found, dominant, found_all
from oberih.case.reach.products import provenance_of
from oberih.case.reach.sources import Released, released
from oberih.case.reach.uploads import Uploads, scenario_named
from oberih.errors import InputError, OutOfRange, UnknownName
from oberih.evidence.provenance import Provenance
from oberih.release import Scenario, load_scenario
from oberih.zone.criteria import load_criteria
from oberih.zone.criterion import CriteriaSet, Criterion
from oberih.zone.distance import times_of_year
from oberih.zone.parts import governing, part_rules

__all__ = [
    "Bench", "Design", "DesignRequest", "Put", "Sums", "answered", "design", "open_bench", "open_forecast", "put",
    "sums_of", "widened",
]  # fmt: skip

MOST_STARTS = 700
"""Starts that a draft counts at most."""

START_HOURS = 17_000
"""Work of all its starts together, see `_work_of_a_start`: 700 starts of a release of a day from a height of the atlas,
half as many from between two, a third of those with iodine."""

FEWEST_STARTS = 200
"""Starts that a draft counts at least, if there are so many: fewer would say little of one start in twenty."""

Hours = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Put:
    """A request, put so that an atlas can answer it.

    Parameters
    ----------
    request : DesignRequest
    criteria : CriteriaSet
    released : Released
    question : Question
    starts : Starts
    """

    request: DesignRequest
    criteria: CriteriaSet
    released: Released
    question: Question
    starts: Starts

    @property
    def terms(self) -> tuple[int, ...]:
        """Terms that the bench must hold to answer."""
        return self.question.asked.source.active


@dataclass(frozen=True)
class Sums:
    """What superposition found for a request, whatever its percentile.

    Parameters
    ----------
    put : Put
    result : Exceeded
    """

    put: Put
    result: Exceeded


def design(request: DesignRequest, *, bench: Bench, uploads: Uploads | None = None, threads: int = 2) -> Design:
    """How far must the zone reach, if the sliders stand like this?

    Parameters
    ----------
    request : DesignRequest
    bench : Bench
    uploads : Uploads, optional
        Where source terms that the user gave lie.
    threads : int
        That sum at once.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        If the site has no such fuel, the criteria cannot be computed, or nothing of the year is asked for.
    UnknownName
        If there is no such unit, criterion or upload.
    OutOfRange
        If the bench does not hold the terms of the release (see `widened`), or the release outlasts the atlas.
    """
    asked = put(request, bench=bench, uploads=uploads)
    return answered(request, sums_of(asked, bench=bench, threads=threads), bench=bench, threads=threads)


def put(request: DesignRequest, *, bench: Bench, uploads: Uploads | None = None) -> Put:
    """Put a request so that an atlas can answer it; errors as of `design`."""
    criteria = load_criteria(request.criteria)
    chosen = computable(criteria, age=request.age, protection=request.protection)
    scenario = _scenario(request, uploads)
    release = released(
        scenario, bench.site, at=request.day, height=request.height, unit=request.unit, shutdown=request.shutdown
    )
    asked = question(release, chosen)
    lanes = sorted({asked.quantities.index(c.quantity) for c in _drawable(request, criteria, chosen)})
    hours, starts = _starts(request, bench, asked)
    watching = dataclasses.replace(
        asked.asked, hours=hours, watched=bench.watched.cells, lanes_watched=np.array(lanes, dtype=np.int64)
    )
    return Put(request, criteria, release, dataclasses.replace(asked, asked=watching), starts)


def sums_of(asked: Put, *, bench: Bench, threads: int = 2) -> Sums:
    """Sum what was put over the starts; see `design`."""
    kept = bench.kept if asked.request.full else None
    return Sums(asked, summed(bench.atlas, [asked.question], packed=bench.packed, kept=kept, threads=threads)[0])


def answered(request: DesignRequest, sums: Sums, *, bench: Bench, threads: int = 2) -> Design:
    """Answer a request from the sums of one that differs from it in no more than percentile and seed."""
    asked, share = dataclasses.replace(sums.put, request=request), request.percentile / 100.0
    question = asked.question
    found = found_all(
        [question], [by_criterion(bench.atlas, question, sums.result)], projection=bench.projection,
        places=bench.places, percentile=share, seed=request.seed, threads=threads,
    )  # fmt: skip
    parts = _parts(found, share)
    drawn = _drawn(request, asked.criteria, found, parts)
    return _told(asked, bench, found, drawn, parts, sums.result)


def _told(
    asked: Put, bench: Bench, found: Sequence[Found], drawn: Found, parts: tuple[PartFound, ...], result: Exceeded
) -> Design:
    request, air = asked.request, bench.air
    return Design(
        request=request, site=bench.site, criteria=asked.criteria, released=asked.released, starts=asked.starts,
        found=tuple(found), drawn=drawn, parts=parts,
        places=places_found(bench, asked.question, drawn, result, share=request.percentile / 100.0),
        dominant=dominant(asked.question), weather_label=air.label, weather_source=air.source, weather_from=air.start,
        weather_to=air.start + int((len(air) - 1) * air.step),
        notes=notes_of(request, asked.released, asked.starts, drawn, bench),
        provenance=_provenance(asked, bench),
    )  # fmt: skip


def _scenario(request: DesignRequest, uploads: Uploads | None) -> Scenario:
    """The scenario named; never a path, which `load_scenario` would read."""
    if uploads is not None:
        return scenario_named(request.scenario, uploads)
    if request.upload is not None:
        raise UnknownName("upload", request.upload, known=())
    return load_scenario(request.scenario)


def _starts(request: DesignRequest, bench: Bench, asked: Question) -> tuple[Hours, Starts]:
    """Release hours of the starts that count: all that a plan takes within the times asked, or some of them."""
    atlas, hours = bench.atlas, asked.asked.source.hours
    if atlas.releases < hours:
        raise OutOfRange(
            f"outlasts the {atlas.releases} release hours of the weather", field="scenario", value=f"{hours} h",
            cure="give more weather",
        )  # fmt: skip
    last = atlas.releases - hours
    full = _within(request, bench, np.arange(0, last + 1, asked.asked.stride))
    if not len(full):
        raise InputError("leave no start of the weather", field="months, hours", cure="ask for more of the year")
    stride, taken = asked.asked.stride, full
    most = min(MOST_STARTS, max(FEWEST_STARTS, int(START_HOURS / _work_of_a_start(bench, asked))))
    while not request.full and len(taken) > most:
        stride = _next_stride(max(stride, math.floor(stride * len(taken) / most) - 1))
        taken = _within(request, bench, np.arange(0, last + 1, stride))
    return taken, Starts(len(taken), len(full), stride)


def _work_of_a_start(bench: Bench, asked: Question) -> float:
    """Hours of the release, times the heights that stand for its plume, times the groups of terms it has."""
    source = asked.asked.source
    _, weights = height_weights(bench.atlas, source)
    groups = len(padded(source.active)) // GROUP
    return source.hours * groups * float((weights > 0.0).sum(axis=2).mean())


def _within(request: DesignRequest, bench: Bench, starts: Hours) -> Hours:
    """Those starts that lie in the months and hours asked for."""
    inside = times_of_year(
        bench.atlas.times[starts], months=request.months, first_hour=request.first_hour, last_hour=request.last_hour,
        longitude=bench.site.longitude,
    )  # fmt: skip
    return starts[inside]


def _next_stride(stride: int) -> int:
    """The next longer stride at which in turn every hour of the day is a start.

    Examples
    --------
    >>> [_next_stride(s) for s in (1, 5, 17)]
    [5, 7, 19]
    """
    step = stride + 1
    while math.gcd(step, 24) != 1:
        step += 1
    return step


def _drawable(request: DesignRequest, criteria: CriteriaSet, chosen: Sequence[Criterion]) -> list[Criterion]:
    """The criterion that is named; else those of which one bounds the protection zone; else the first."""
    if request.action is not None:
        name = criteria.criterion(request.action).name
        named = [c for c in chosen if c.name == name]
        if not named:
            raise InputError("counts a pathway that is not computed", field="action", value=request.action)
        return named
    rule = part_rules()[0]
    return [c for c in chosen if c.action in rule.actions] or list(chosen[:1])


def _parts(found: Sequence[Found], percentile: float) -> tuple[PartFound, ...]:
    """Named parts of this one scenario."""
    outcomes = [f.outcome for f in found]
    parts = []
    for rule in part_rules():
        top = governing(rule, outcomes, percentile=percentile)
        if top is not None:
            at = next(i for i, outcome in enumerate(outcomes) if outcome is top[0])
            parts.append(PartFound(rule, found[at], top[1]))
    return tuple(parts)


def _drawn(request: DesignRequest, criteria: CriteriaSet, found: Sequence[Found], parts: Sequence[PartFound]) -> Found:
    """What is drawn, of those that `_drawable` names."""
    if request.action is None and parts and parts[0].rule is part_rules()[0]:
        return parts[0].found
    name = _drawable(request, criteria, [f.criterion for f in found])[0].name
    return next(f for f in found if f.criterion.name == name)


def _provenance(asked: Put, bench: Bench) -> Provenance:
    return provenance_of(
        "design", site=bench.site, criteria=asked.criteria, released=[asked.released], inputs=bench.inputs,
        parameters={**asked.request.parameters(), "rule": RULE, "starts": asked.starts.counted},
        seed=asked.request.seed,
    )  # fmt: skip
