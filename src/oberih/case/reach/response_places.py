"""What to do where: what does each settlement face, how soon, and what would spare it how much?

Defines the nouns `Needed` (a criterion that is met), `Advice` (a line of what to do, as a key and its values) and
`PlaceRow` (a settlement); `Carried` is what either engine has to tell.  Rows come in the order of urgency: the gravest
action first, among equals where the plume comes soonest.  What is advised follows the criteria and the hours; it is
advice, never an order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt

from oberih.case.reach.doses import Question
from oberih.dose.course import UNPROTECTED, Course
from oberih.dose.quantity import Quantity
from oberih.earth.grid import Grid
from oberih.earth.places import Place
from oberih.zone.criterion import Criterion

__all__ = ["URGENCY", "Advice", "Needed", "PlaceRow", "place_rows"]

Floats = npt.NDArray[np.float64]

URGENCY = {
    "severe": 0, "evacuate": 1, "iodine": 2, "shelter": 2, "limit_outdoors": 3, "relocate": 3, "resettle": 3,
    "monitoring": 3, "food": 4, "food_precaution": 4,
}  # fmt: skip
"""Rank of an action: what must be done before the plume comes stands before what can wait for measurements."""

NOTHING = 9
"""Rank of a place where no criterion is met."""

TURNED = 2
"""Sectors to either side that tell what ten degrees of another wind would bring; a sector is five degrees."""

LEAST = 1e-6
"""Least outdoor dose of a place that is told where no criterion is met [Sv]: below a microsievert nobody acts."""


class Carried(Protocol):
    """What a row needs of a release, whichever engine carried it."""

    @property
    def question(self) -> Question:
        """What is asked."""
        ...

    @property
    def grid(self) -> Grid:
        """The cells."""
        ...

    @property
    def main(self) -> Quantity:
        """The effective dose that is told."""
        ...

    def open(self, quantity: Quantity) -> Floats:
        """Whole dose in the open on the grid [Sv or Gy]."""
        ...

    def around(self, quantity: Quantity, turned: int) -> tuple[Floats, Floats]:
        """Least and greatest of it within so many sectors to either side."""
        ...

    def under(self, quantity: Quantity, course: Course) -> Floats:
        """Whole dose on the grid under a course [Sv or Gy]."""
        ...

    def passes(self, cell: tuple[int, int]) -> tuple[float | None, float | None]:
        """When the plume comes and is past, hours since the release began; None where that is not known."""
        ...


@dataclass(frozen=True)
class Needed:
    """A criterion that is met at a place.

    Parameters
    ----------
    criterion : Criterion
    dose : float
        By the criterion's own quantity [Sv or Gy].
    averted : float or None
        What the action would save of it, as the course asked has it [Sv or Gy]; None where that is not computed.
    """

    criterion: Criterion
    dose: float
    averted: float | None

    @property
    def worth_it(self) -> bool:
        """Whether, by a criterion of averted dose, the action still saves as much as it asks."""
        return self.criterion.basis != "averted" or self.averted is None or self.averted >= self.criterion.level


@dataclass(frozen=True)
class Advice:
    """A line of what to do.

    Parameters
    ----------
    key : str
        Of the catalogue, ``event.advice-…``.
    hour : float or None
        Hours since the release began that the line speaks of [h].
    """

    key: str
    hour: float | None = None


@dataclass(frozen=True)
class PlaceRow:
    """A settlement.

    Parameters
    ----------
    place : Place
    comes, past : float or None
        When the plume comes and is past, hours since the release began; None where it does not come.  By the
        clock it comes up to 0.8 h later and is past up to 0.7 h earlier (``validation/event_timing.py``).
    outdoors, sheltered, protected : float
        Effective dose in the open, in the shelter alone, and under all that was asked [Sv].
    evacuated : float or None
        Under an evacuation at the hour asked; None where none was.
    low, high : float
        Least and greatest outdoor dose if the wind is ten degrees other than told [Sv].
    thyroid, thyroid_tablet : float or None
        To the thyroid in the open, and with the tablet [Sv]; None where the criteria ask for none.
    needed : tuple of Needed
        The strictest of each action, gravest first.
    perhaps : tuple of str
        Actions that only a wind ten degrees other would call for.
    advice : tuple of Advice
    """

    place: Place
    comes: float | None
    past: float | None
    outdoors: float
    sheltered: float
    protected: float
    evacuated: float | None
    low: float
    high: float
    thyroid: float | None
    thyroid_tablet: float | None
    needed: tuple[Needed, ...]
    perhaps: tuple[str, ...]
    advice: tuple[Advice, ...]

    @property
    def averted(self) -> float:
        """What all that was asked saves of the effective dose [Sv]."""
        return self.outdoors - self.protected

    @property
    def rank(self) -> int:
        """Of `URGENCY`."""
        return min((URGENCY[n.criterion.action] for n in self.needed if n.worth_it), default=NOTHING)


def place_rows(run: Carried, places: list[Place], course: Course, *, elapsed: float = 0.0) -> list[PlaceRow]:
    """Every settlement that is touched, most urgent first.

    Parameters
    ----------
    run : Carried
    places : list of Place
    course : Course
        What people are asked to do; its shelter and tablet also stand alone in the rows, by default a house and a
        tablet in time.
    elapsed : float
        Hours since the release began, now: nobody is advised to be gone by an hour that has gone by [h].
    """
    sums = _Sums(run, course)
    touched = sums.touched
    cells = [(place, cell) for place in places if (cell := cell_of(run, place)) is not None and touched[cell]]
    rows = [_row(run, sums, place, cell, course, elapsed) for place, cell in cells]
    return sorted(rows, key=lambda r: (r.rank, math.inf if r.comes is None else r.comes, -r.outdoors))


def cell_of(run: Carried, place: Place) -> tuple[int, int] | None:
    """Ring and sector of a place; None outside the grid."""
    grid = run.grid
    ring = int(np.searchsorted(grid.edges, place.distance) - 1)
    if not 0 <= ring < grid.rings:
        return None
    return ring, round(place.azimuth / (2.0 * np.pi) * grid.sectors) % grid.sectors


@dataclass(frozen=True)
class _Met:
    """A criterion with its grids: dose in the open, the greatest with another wind, what its action leaves."""

    criterion: Criterion
    open: Floats
    high: Floats
    left: Floats | None


class _Sums:
    """Doses on the grid under each course that a row tells, each summed once."""

    def __init__(self, run: Carried, course: Course) -> None:
        indoors = replace(course, shelter=course.shelter or "house", iodine=None, leave=math.inf)
        gone = Course(leave=course.leave if math.isfinite(course.leave) else 0.0)
        tablet = Course(iodine=course.iodine or "iodine in time")
        by_action = {"shelter": indoors, "evacuate": gone, "severe": gone, "iodine": tablet}
        known: dict[tuple[Quantity, Course], Floats] = {}

        def grid(quantity: Quantity, under: Course) -> Floats:
            if under == UNPROTECTED:
                return run.open(quantity)
            if (quantity, under) not in known:
                known[quantity, under] = run.under(quantity, under)
            return known[quantity, under]

        self.open, self.sheltered, self.protected, self.evacuated = (
            grid(run.main, c) for c in (UNPROTECTED, indoors, course, replace(course, iodine=None))
        )
        self.low, self.high = run.around(run.main, TURNED)
        thyroid = next((q for q in run.question.quantities if q.organ == "thyroid"), None)
        self.thyroid = None if thyroid is None else (grid(thyroid, UNPROTECTED), grid(thyroid, tablet))
        self.criteria: list[_Met] = []
        for c in run.question.criteria:
            action, quantity = by_action.get(c.action), c.quantity
            left = None if action is None else grid(quantity, action)
            self.criteria.append(_Met(c, run.open(quantity), run.around(quantity, TURNED)[1], left))

    @property
    def touched(self) -> npt.NDArray[np.bool_]:
        """Cells worth telling of: a criterion is met there, or would be with another wind, or there is some dose."""
        found = [self.high >= LEAST, *(m.high >= m.criterion.level for m in self.criteria)]
        return np.asarray(np.logical_or.reduce(found))


def _row(run: Carried, sums: _Sums, place: Place, cell: tuple[int, int], course: Course, elapsed: float) -> PlaceRow:
    needed = _needed(sums, cell)
    sure = {n.criterion.action for n in needed}
    might = {m.criterion.action for m in sums.criteria if m.high[cell] >= m.criterion.level} - sure
    perhaps = tuple(sorted(might, key=lambda action: (URGENCY[action], action)))
    comes, past = run.passes(cell)
    thyroid, with_tablet = (None, None) if sums.thyroid is None else (float(g[cell]) for g in sums.thyroid)
    return PlaceRow(
        place, comes, past, float(sums.open[cell]), float(sums.sheltered[cell]), float(sums.protected[cell]),
        float(sums.evacuated[cell]) if math.isfinite(course.leave) else None, float(sums.low[cell]),
        float(sums.high[cell]), thyroid, with_tablet, needed, perhaps,
        _advice(needed, perhaps, comes, past, course.leave, elapsed),
    )  # fmt: skip


def _needed(sums: _Sums, cell: tuple[int, int]) -> tuple[Needed, ...]:
    """Of each action the strictest criterion met by which it is still worth it; else the strictest met."""
    met: dict[str, Needed] = {}
    for m in sums.criteria:
        dose = float(m.open[cell])
        if dose < m.criterion.level:
            continue
        new = Needed(m.criterion, dose, None if m.left is None else dose - float(m.left[cell]))
        before = met.get(m.criterion.action)
        if before is None or _weight(new) > _weight(before):
            met[m.criterion.action] = new
    return tuple(sorted(met.values(), key=lambda n: URGENCY[n.criterion.action]))


def _weight(needed: Needed) -> tuple[bool, bool]:
    return needed.worth_it, needed.criterion.tier == "upper"


def _advice(
    met: tuple[Needed, ...], perhaps: tuple[str, ...], comes: float | None, past: float | None, leave: float,
    elapsed: float,
) -> tuple[Advice, ...]:  # fmt: skip
    """What to do, in the order of doing it."""
    needed = {n.criterion.action for n in met if n.worth_it}
    lines: list[Advice] = []
    if "iodine" in needed:
        lines.append(Advice("iodine" if comes is None or elapsed <= comes else "iodine-late", comes))
    if needed & {"severe", "evacuate"}:
        lines += _leaving(comes, past, leave, elapsed)
    elif "shelter" in needed:
        lines.append(Advice("shelter" if past is None or elapsed < past else "shelter-past", past))
    if "limit_outdoors" in needed:
        lines.append(Advice("limit-outdoors"))
    if needed & {"relocate", "resettle"} and not needed & {"severe", "evacuate"}:
        lines.append(Advice("relocate"))
    if needed & {"food", "food_precaution"}:
        lines.append(Advice("food"))
    if needed & {"monitoring"}:
        lines.append(Advice("monitoring"))
    if perhaps and URGENCY[perhaps[0]] <= 2:
        lines.append(Advice("ready"))
    return tuple(lines) or (Advice("nothing"),)


def _leaving(comes: float | None, past: float | None, leave: float, elapsed: float) -> list[Advice]:
    """Leave before the plume comes; who cannot, waits behind walls until it is past.  No hour gone by is advised."""
    if comes is None or past is None:
        return [Advice("leave-before", comes)]
    if elapsed >= past:
        return [Advice("leave-after", leave) if elapsed < leave < math.inf else Advice("leave-past", past)]
    if past <= leave < math.inf:
        return [Advice("shelter", past), Advice("leave-after", leave)]
    if elapsed > comes:
        return [Advice("overhead", past)]
    if leave <= comes:
        return [Advice("leave-before", comes)]
    if not math.isfinite(leave):
        return [Advice("leave-before", comes), Advice("else-after", past)]
    return [Advice("not-through", past)]
