"""What remains of a dose for those who shelter for a while and leave at an hour?

Defines the noun `Course`: what people do from the beginning of the release on.  A course weighs the hours of an
`oberih.atlas.by_hour.HourlyField`; hours in which something begins or ends count in their parts.

Invariants: who leaves before the plume comes gets nothing; who leaves later never gets less; behind walls nobody gets
more; a tablet changes the thyroid only, and of its dose only what radioiodine makes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.atlas.by_hour import HourlyField
from oberih.dose.by_hour import Strand, radioiodine, strand_of
from oberih.dose.protection import factors
from oberih.dose.quantity import Quantity
from oberih.errors import InputError

__all__ = ["SHELTERED_FOR", "UNPROTECTED", "Course", "dose_under", "dose_until", "hour_weights"]

Floats = npt.NDArray[np.float64]

SHELTERED_FOR = 48.0
"""How long people are taken to stay indoors where nothing else is asked [h]; a usual planning value, about two days
(IAEA GSR Part 7 and ICRP 109 call sheltering a matter of a day or two; not checked against the text)."""


@dataclass(frozen=True)
class Course:
    """What people do.

    Parameters
    ----------
    shelter : str or None
        A measure of `oberih.dose.protection`, such as ``house``; None for outdoors.
    shelter_from, shelter_until : float
        Hours since the release began [h].
    iodine : str or None
        A measure such as ``iodine in time``.
    leave : float
        Hour at which they are gone [h]; infinite for never.

    Raises
    ------
    InputError
        If an hour is negative or no number, or sheltering ends before it begins.
    """

    shelter: str | None = None
    shelter_from: float = 0.0
    shelter_until: float = SHELTERED_FOR
    iodine: str | None = None
    leave: float = math.inf

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        for name in ("shelter_from", "shelter_until", "leave"):
            value = getattr(self, name)
            if math.isnan(value) or value < 0.0:
                raise InputError("must be a number of hours, not negative", field=name, value=value)
        if self.shelter_until < self.shelter_from:
            raise InputError("ends before it begins", field="shelter_until", value=self.shelter_until)


UNPROTECTED = Course()
"""Outdoors, all the time."""


def hour_weights(hours: int, course: Course, *, factor: float) -> Floats:
    """What of each hour's dose counts, shape (hours + 1,); the last is for all later.

    Parameters
    ----------
    hours : int
    course : Course
    factor : float
        What the shelter leaves of the pathway [1].

    Examples
    --------
    >>> hour_weights(4, Course("house", shelter_from=1.0, shelter_until=9.0, leave=2.5), factor=0.5).tolist()
    [1.0, 0.5, 0.25, 0.0, 0.0]
    """
    begin = np.arange(hours, dtype=float)
    stay = np.clip(course.leave - begin, 0.0, 1.0)
    within = np.zeros(hours)
    if course.shelter is not None:
        end = np.minimum(min(course.shelter_until, course.leave), begin + 1.0)
        within = np.clip(end - np.maximum(course.shelter_from, begin), 0.0, 1.0)
    always = course.shelter is not None and math.isinf(course.shelter_until)
    later = 0.0 if math.isfinite(course.leave) else (factor if always else 1.0)
    return np.append(stay - (1.0 - factor) * within, later)


def dose_under(field: HourlyField, strands: Sequence[Strand], quantity: Quantity, course: Course) -> Floats:
    """Dose of each touched cell under a course [Sv or Gy], shape (cells,).

    Parameters
    ----------
    field : HourlyField
    strands : sequence of Strand
        Of the field, in its order.
    quantity : Quantity
        Its own factors count too.
    course : Course

    Raises
    ------
    UnknownName
        For a measure that is not known.
    """
    total = np.zeros(len(field.cells))
    for lane, weights in _lanes(field, strands, quantity, course):
        total += field.values[lane] @ weights
    return total


def dose_until(field: HourlyField, strands: Sequence[Strand], quantity: Quantity, course: Course) -> Floats:
    """Dose received until the end of each hour [Sv or Gy], shape (cells, hours + 1); the last is that of the window."""
    total = np.zeros(field.values.shape[1:])
    for lane, weights in _lanes(field, strands, quantity, course):
        total += field.values[lane] * weights
    return np.cumsum(total, axis=1)


def _lanes(
    field: HourlyField, strands: Sequence[Strand], quantity: Quantity, course: Course
) -> list[tuple[int, npt.NDArray[np.float32]]]:
    """Rows of the field that a quantity counts, with the weights of their hours."""
    shelter = dict(factors([course.shelter] if course.shelter else [], organ=quantity.organ))
    tablet = dict(factors([course.iodine] if course.iodine else [], organ=quantity.organ))
    own = dict(quantity.factors)
    found = []
    for pathway in quantity.pathways:
        weights = own.get(pathway, 1.0) * hour_weights(field.hours, course, factor=shelter.get(pathway, 1.0))
        strand = strand_of(quantity, pathway)
        found.append((strands.index(strand), weights.astype(np.float32)))
        spared = 1.0 - tablet.get(pathway, 1.0)
        if spared > 0.0:  # of radioiodine only: a tablet does nothing against what else the thyroid receives
            found.append((strands.index(radioiodine(strand)), (-spared * weights).astype(np.float32)))
    return found
