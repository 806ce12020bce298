"""What does a release do in the forecast that stands ready?

Answered from an atlas of particles that ``oberih forecast`` built before anybody asked, out to 1,000 km, without a
particle being moved.  Defines the noun `ReadyRun`: one release in it, doses everywhere and zones.

An atlas has no clock, and particles are not followed once more here: when the plume comes, what an hour gives, and what
leaving or sheltering at an hour would spare is not known, and is refused rather than guessed.  What is known: doses in
the open, of those who stay indoors all the time, and with a tablet.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.atlas.kernels.superpose import LANES
from oberih.atlas.packed import pack
from oberih.atlas.particle_block import flow_folder
from oberih.atlas.store import FATES, Atlas, open_atlas
from oberih.atlas.superpose import dose_field
from oberih.case.reach.assess_fields import REACH, covered_of
from oberih.case.reach.doses import OLDEST, Question, ask, computable, question
from oberih.case.reach.forecast_state import ReadyAtlas, opened, ready
from oberih.case.reach.outcome import Found, found_all
from oberih.case.reach.plume import axes_of_flow
from oberih.case.reach.response_weather import READY, RUN_OLD, AirTold, EventRoom, standing_entry
from oberih.case.reach.sources import Released, released
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.particles.flow_file import open_flow
from oberih.dose.by_hour import Strand, radioiodine, strand_of, strands_of
from oberih.dose.course import SHELTERED_FOR, UNPROTECTED, Course
from oberih.dose.protection import factors
from oberih.dose.quantity import Quantity
from oberih.dose.response import responses
from oberih.dose.superposition import source_for
from oberih.earth.grid import Grid
from oberih.earth.places import Place
from oberih.earth.projection import LocalProjection
from oberih.errors import InputError, OberihError
from oberih.release import Scenario
from oberih.zone.criterion import CriteriaSet

__all__ = ["ReadyRun", "grid_of", "ready_entry", "ready_notes", "ready_run", "refuse_hours"]

Floats = npt.NDArray[np.float64]

COUNTED_OUT = 0.01
"""Share of the aerosol in the air at the end, or out of the fields, that is told [1]."""

NO_CLOCK = "the forecast that stands ready holds no hours by the clock"


@dataclass(frozen=True)
class ReadyRun:
    """One release in the forecast that stands ready.

    Parameters
    ----------
    entry : ReadyAtlas
    at : int
        When the release begins, seconds since 1970.
    grid : Grid
    question : Question
    strands : tuple of Strand
    doses : float array, shape (strands, rings, sectors)
        In the open [Sv].
    found : tuple of Found
        Zones, criterion by criterion.
    fate : dict of str to float
        What became of the aerosol, as shares: of `oberih.atlas.store.FATES`.
    covered : float
        How far the fields reach in every direction [m]; NaN where they are kept no more.
    followed : float
        How long each release hour is followed, where the fields reach so far [s].
    """

    entry: ReadyAtlas
    at: int
    grid: Grid
    question: Question
    strands: tuple[Strand, ...]
    doses: Floats
    found: tuple[Found, ...]
    fate: dict[str, float]
    covered: float
    followed: float
    held: dict[tuple[Quantity, Course], Floats] = field(default_factory=dict, repr=False, compare=False)

    clock = False
    hours = last = 0

    @cached_property
    def main(self) -> Quantity:
        """The first effective dose asked for, without the criterion's own factors."""
        return self.question.main

    @property
    def released(self) -> Released:
        """What leaves."""
        return self.question.released

    @cached_property
    def cells(self) -> npt.NDArray[np.int64]:
        """Flat indices of the cells that anything reaches, rising."""
        return np.flatnonzero(self.doses.any(axis=0))

    @property
    def told(self) -> AirTold:
        """Which weather it is."""
        e = self.entry
        return AirTold(READY, "forecast", f"{e.title}, run of {stamp(e.run)}", self.at, e.until, e.made_at, run=e.run)

    @property
    def inputs(self) -> dict[str, str]:
        """Digests of what it stands on."""
        return {"atlas": self.entry.digest, "messages of the forecast": self.entry.run_digest}

    def open(self, quantity: Quantity) -> Floats:
        """Whole dose in the open on the whole grid [Sv or Gy], shape (rings, sectors)."""
        return self.under(quantity, UNPROTECTED)

    def under(self, quantity: Quantity, course: Course) -> Floats:
        """Whole dose on the whole grid under a course [Sv or Gy]: who shelters does so all the time.

        Raises
        ------
        InputError
            If the course turns on hours by the clock.
        """
        refuse_hours(course)
        if (quantity, course) not in self.held:
            self.held[quantity, course] = self._summed(quantity, course)
        return self.held[quantity, course]

    def around(self, quantity: Quantity, turned: int) -> tuple[Floats, Floats]:
        """Least and greatest dose in the open within so many sectors to either side, on the whole grid."""
        rolled = [np.roll(self.open(quantity), by, axis=1) for by in range(-turned, turned + 1)]
        return np.minimum.reduce(rolled), np.maximum.reduce(rolled)

    def passes(self, cell: tuple[int, int]) -> tuple[None, None]:
        """When the plume comes to a cell and is past it: not known."""
        return None, None

    def _summed(self, quantity: Quantity, course: Course) -> Floats:
        total = np.zeros((self.grid.rings, self.grid.sectors))
        if course.leave <= 0.0:
            return total
        own = dict(quantity.factors)
        walls = dict(factors([course.shelter] if course.shelter else [], organ=quantity.organ))
        tablet = dict(factors([course.iodine] if course.iodine else [], organ=quantity.organ))
        for pathway in quantity.pathways:
            strand, left = strand_of(quantity, pathway), own.get(pathway, 1.0) * walls.get(pathway, 1.0)
            total += left * self._of(strand)
            spared = 1.0 - tablet.get(pathway, 1.0)
            if spared > 0.0:  # of radioiodine only, as `oberih.dose.course` has it
                total -= spared * left * self._of(radioiodine(strand))
        return np.maximum(total, 0.0)

    def _of(self, strand: Strand) -> Floats:
        return np.asarray(self.doses[self.strands.index(strand)])


def refuse_hours(course: Course) -> None:
    """Refuse a course that turns on hours by the clock.

    Raises
    ------
    InputError
        If people leave at an hour, or shelter from or until one.
    """
    cure = "leave it out, or ask for another weather, whose plume is followed by the hour"
    if 0.0 < course.leave < math.inf:
        raise InputError(NO_CLOCK, field="evacuate_at", value=course.leave, cure=cure)
    if course.shelter_from > 0.0:
        raise InputError(NO_CLOCK, field="shelter_from", value=course.shelter_from, cure=cure)
    if course.shelter_until not in (SHELTERED_FOR, math.inf):
        raise InputError(NO_CLOCK, field="shelter_until", value=course.shelter_until, cure=cure)


def ready_entry(room: EventRoom, *, at: int, hours: int) -> ReadyAtlas:
    """The newest forecast that stands ready for a release.

    Raises
    ------
    InputError
        If none does.
    """
    found = ready(room.cache, room.site.id, at, hours)
    if found is not None and found.holds(at, hours):
        return found
    kept = standing_entry(room)
    if kept is None:
        raise _none(room)
    raise InputError(
        f"no forecast stands ready for {hours} h of release from then on; what stands answers for releases from "
        f"{stamp(kept.first)} to {stamp(kept.last + SECONDS_PER_HOUR)}", field="at", value=stamp(at),
        cure="ask for an hour within, a shorter release, or another weather",
    )  # fmt: skip


def grid_of(room: EventRoom) -> Grid:
    """The cells of the forecast that stands ready.

    Raises
    ------
    InputError
        If none does.
    """
    entry = standing_entry(room)
    if entry is None:
        raise _none(room)
    return opened(entry).grid


def _none(room: EventRoom) -> InputError:
    return InputError("no forecast stands ready", field="weather", value=READY,
                      cure=f"run 'oberih forecast {room.site.id} --once' with the cache of this server")  # fmt: skip


def ready_run(
    entry: ReadyAtlas, room: EventRoom, scenario: Scenario, criteria: CriteriaSet, *, at: int, age: str | None,
    height: float | None, places: Sequence[Place],
) -> ReadyRun:  # fmt: skip
    """Doses and zones of one release in the forecast that stands ready.

    Parameters
    ----------
    entry : ReadyAtlas
        As `ready_entry` found it.
    at : int
        When the release begins, seconds since 1970.
    age : str or None
    height : float or None
        Of the release, in place of the scenario's [m].
    places : sequence of Place
        Within the reach of the atlas.

    Raises
    ------
    InputError, UnknownName
        If the site has no such fuel, or the criteria have nothing that can be computed.
    StoreError
        If what stands there cannot be read.
    """
    site, atlas = room.site, opened(entry)
    what = released(scenario, site, at=at, height=height)
    followed = float(atlas.facts["particles"]["oldest"])
    oldest = max(OLDEST, followed)
    start = int((at - entry.first) // SECONDS_PER_HOUR)
    asked = question(what, computable(criteria, age=age), stride=what.source_term.hours, oldest=oldest).at_hour(start)
    found = found_all(
        [asked], ask(atlas, [asked]), projection=LocalProjection(site.latitude, site.longitude), places=places,
        percentile=0.5, seed=room.seed,
    )  # fmt: skip
    strands = strands_of([dataclasses.replace(q, factors=()) for q in asked.quantities])
    hours = slice(start, start + what.source_term.hours)
    fate = dict(zip(FATES, atlas.balance[hours, :, 1].mean(axis=(0, 1)).tolist(), strict=True))
    return ReadyRun(
        entry, at, atlas.grid, asked, strands, _doses(atlas, what, strands, start=start, oldest=oldest), tuple(found),
        fate, _covered(entry.path), followed,
    )  # fmt: skip


def _doses(atlas: Atlas, what: Released, strands: Sequence[Strand], *, start: int, oldest: float) -> Floats:
    """Dose of each strand in every cell, shape (strands, rings, sectors) [Sv]; the atlas is read once."""
    term = what.source_term
    blocks = range(start // atlas.block_hours, (start + term.hours - 1) // atlas.block_hours + 1)
    packed = pack(atlas, blocks=blocks)
    found = []
    for first in range(0, len(strands), LANES):
        own = strands[first : first + LANES]
        source = source_for(term, responses(term, own), oldest=oldest)
        found.append(dose_field(atlas, source, start=start, packed=packed)[: len(own)])
    return np.concatenate(found).astype(float)


@lru_cache(maxsize=4)
def _covered(path: Path) -> float:
    """How far the fields reach in every direction [m]; NaN where they are kept no more."""
    where = open_atlas(path).facts["flow"]
    here = {"latitude": where["latitude"], "longitude": where["longitude"]}
    try:
        flow = open_flow(flow_folder(path))
    except OberihError:
        return math.nan
    return covered_of(axes_of_flow(flow, x=where["x"], y=where["y"], **here), **here)


def ready_notes(run: ReadyRun, course: Course, *, now: int) -> tuple[tuple[str, dict[str, Any]], ...]:
    """What the reader must know of it: keys of the catalogue, ``event.note-…``, with values."""
    entry, hours = run.entry, run.released.source_term.hours
    old = (now - entry.run) // SECONDS_PER_HOUR
    told: list[tuple[bool, str, dict[str, Any]]] = [
        (True, "no-clock", {}),
        (now - entry.run > RUN_OLD, "ready-old", {"hours": old}),
        (course.shelter is not None, "indoors-throughout", {}),
        (bool(entry.courses), "ready-courses", {"count": 1 + len(entry.courses)}),
        (bool(entry.lacks), "ready-lacks", {"what": "; ".join(entry.lacks)}),
        (run.covered < REACH, "ready-covered", {"km": round(run.covered / 1e3) if run.covered < REACH else 0}),
        (run.at + hours * SECONDS_PER_HOUR + run.followed > entry.until, "ready-ends", {
            "until": entry.until, "hours": max((entry.until - run.at) // SECONDS_PER_HOUR - hours, 0) + 1}),
        (run.fate["aloft"] > COUNTED_OUT, "ready-aloft", {"percent": round(100 * run.fate["aloft"])}),
        (run.fate["left"] > COUNTED_OUT, "ready-left", {"percent": round(100 * run.fate["left"])}),
    ]  # fmt: skip
    followed = round(run.followed / SECONDS_PER_HOUR)
    told.append((True, "ready-particles", {"count": entry.particles, "hours": followed}))
    return tuple((key, values) for so, key, values in told if so)
