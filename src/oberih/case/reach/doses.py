"""Which doses do these criteria ask for, and where are they exceeded?

Joins criteria and releases to what superposition reads, and what it found back to criteria.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oberih.atlas.packed import Packed
from oberih.atlas.store import Atlas
from oberih.atlas.superpose import Asked, Exceeded, exceedances
from oberih.case.reach.memory import remember, remembered
from oberih.case.reach.sources import Released
from oberih.constants import SECONDS_PER_HOUR
from oberih.dose.protection import factors
from oberih.dose.quantity import Quantity, Response
from oberih.dose.response import responses
from oberih.dose.superposition import source_for
from oberih.errors import InputError
from oberih.evidence.digest import sha256_of_array, sha256_of_value
from oberih.zone.criterion import CriteriaSet, Criterion
from oberih.zone.exceedance import Exceedance

OLDEST = 72.0 * SECONDS_PER_HOUR
"""Age of a plume up to which decay is told apart, unless it is followed longer [s]."""

STARTS_A_RELEASE = 4
"""Starts taken within the length of a release, about: one of a day begins every fifth hour."""


@dataclass(frozen=True)
class Question:
    """One release and the criteria asked of it.

    Parameters
    ----------
    released : Released
    criteria : tuple of Criterion
    quantities : tuple of Quantity
        Distinct ones, in the order of the lanes.
    responses : tuple of Response
    asked : Asked
    """

    released: Released
    criteria: tuple[Criterion, ...]
    quantities: tuple[Quantity, ...]
    responses: tuple[Response, ...]
    asked: Asked

    @property
    def effective(self) -> int:
        """Lane of the first effective dose asked for; the first lane where there is none."""
        return next((i for i, q in enumerate(self.quantities) if q.organ == "effective"), 0)

    @property
    def main(self) -> Quantity:
        """The first effective dose asked for, without the criterion's own factors."""
        return dataclasses.replace(self.quantities[self.effective], factors=())

    def at_hour(self, start: int) -> Question:
        """The same question of one release, that which begins at an hour of the atlas."""
        asked = dataclasses.replace(self.asked, hours=np.array([start], dtype=np.int64))
        return dataclasses.replace(self, asked=asked)


def computable(criteria: CriteriaSet, *, age: str | None, protection: tuple[str, ...] = ()) -> tuple[Criterion, ...]:
    """The criteria of a set that an atlas can answer, for the age and under the measures asked.

    Raises
    ------
    InputError
        If there is none: the set prescribes distances only.
    UnknownName
        For a measure that is not known.
    """
    found = [c if age is None else c.for_age(age) for c in criteria.criteria if c.computable]
    if not found:
        raise InputError("has no dose criterion that can be computed", field="criteria", value=criteria.name)
    return tuple(dataclasses.replace(c, factors=_together(c, protection)) for c in found)


def _together(criterion: Criterion, protection: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    """What remains by pathway under the criterion's own exposure and the measures."""
    remains = dict(criterion.factors)
    for pathway, factor in factors(protection, organ=criterion.organ, nuclides=criterion.nuclides):
        remains[pathway] = remains.get(pathway, 1.0) * factor
    return tuple(sorted(remains.items()))


def protection_text(protection: tuple[str, ...]) -> str:
    """What people are taken to be under, in one sentence."""
    if not protection:
        return "Doses are those of people outdoors without protection, unless the criterion says otherwise."
    return f"People are taken to be under: {', '.join(protection)} (factors not verified where marked)."


def stride_for(hours: int) -> int:
    """Hours between starts: a quarter of the release, so that in turn every hour of the day is a start.

    Examples
    --------
    >>> [stride_for(h) for h in (1, 8, 24, 48, 72)]
    [1, 1, 5, 11, 17]
    """
    step = max(1, hours // STARTS_A_RELEASE)
    while math.gcd(step, 24) != 1:
        step -= 1
    return step


def question(
    released: Released, criteria: Sequence[Criterion], *, stride: int | None = None, oldest: float = OLDEST
) -> Question:
    """What is asked of one release.

    Parameters
    ----------
    released : Released
    criteria : sequence of Criterion
    stride : int, optional
        Between starts, by default a quarter of the release's length.
    oldest : float
        Age of the plume up to which decay is told apart [s].
    """
    quantities = tuple(dict.fromkeys(c.quantity for c in criteria))
    answers = responses(released.source_term, quantities)
    source = source_for(released.source_term, answers, oldest=oldest)
    lanes = np.array([quantities.index(c.quantity) for c in criteria], dtype=np.int64)
    levels = np.array([c.level for c in criteria])
    step = stride or stride_for(source.hours)
    return Question(released, tuple(criteria), quantities, answers, Asked(source, lanes, levels, step))


def ask(
    atlas: Atlas,
    questions: Sequence[Question],
    *,
    packed: Packed | None = None,
    kept: Path | None = None,
    threads: int = 2,
    told: Callable[[int, int], None] | None = None,
) -> list[list[Exceedance]]:
    """Where each criterion was exceeded: for each question a list in the order of its criteria.

    Parameters
    ----------
    atlas : Atlas
    questions : sequence of Question
    packed : Packed, optional
        All of the atlas, if it is in memory.
    kept : Path, optional
        Folder of what was found before: the same question of the same atlas is not summed again.
    threads : int
    told : callable, optional
        Told the starts done and their total.
    """
    found = summed(atlas, questions, packed=packed, kept=kept, threads=threads, told=told)
    return [by_criterion(atlas, q, result) for q, result in zip(questions, found, strict=True)]


def summed(
    atlas: Atlas, questions: Sequence[Question], *, packed: Packed | None = None, kept: Path | None = None,
    threads: int = 2, told: Callable[[int, int], None] | None = None,
) -> list[Exceeded]:  # fmt: skip
    """What superposition finds for each question, or found before; parameters as of `ask`."""
    names = ["" if kept is None else _name(atlas, q.asked) for q in questions]
    found = [None if kept is None else remembered(kept / f"{name}.npz") for name in names]
    new = [i for i, result in enumerate(found) if result is None]
    if new:
        results = exceedances(atlas, [questions[i].asked for i in new], packed=packed, threads=threads, told=told)
        for i, result in zip(new, results, strict=True):
            found[i] = result
            if kept is not None:
                remember(kept / f"{names[i]}.npz", result)
    return [result for result in found if result is not None]


def by_criterion(atlas: Atlas, question: Question, result: Exceeded) -> list[Exceedance]:
    """What was found, criterion by criterion, in their order."""
    return [
        Exceedance(atlas.grid, result.starts, result.counts[i], result.reach[i], criterion.level)
        for i, criterion in enumerate(question.criteria)
    ]


def _name(atlas: Atlas, asked: Asked) -> str:
    """The name under which what was found is kept: the digest of all that decides it."""
    source = asked.source
    arrays = {n: sha256_of_array(getattr(source, n)) for n in ("tables", "height", "heat")}
    levels: dict[str, object] = {
        "lanes": asked.lanes.tolist(), "levels": asked.levels.tolist(), "stride": asked.stride
    }  # fmt: skip
    if asked.hours is not None:
        levels["hours"] = sha256_of_array(asked.hours)
    if len(asked.watched):
        levels |= {"watched": sha256_of_array(asked.watched), "lanes_watched": asked.lanes_watched.tolist()}
    momentum = {"velocity": source.exit_velocity, "diameter": source.exit_diameter}
    return sha256_of_value({"atlas": atlas.digest, **arrays, **levels, **momentum})[:32]
