"""What does an event come to, before anybody does anything?

Defines the nouns `Event` (an hour's weather and where it would carry a unit release) and `Run` (one release in it:
doses of every hour, zones, when the plume comes and is past).  Neither knows what people do: that is weighed
afterwards, in milliseconds, by `oberih.dose.course`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oberih.atlas.build import build
from oberih.atlas.by_hour import HourlyField, hourly_field
from oberih.atlas.layout import AtlasPlan
from oberih.atlas.packed import Packed, pack
from oberih.atlas.store import Atlas
from oberih.case.reach.doses import Question, ask, computable, question
from oberih.case.reach.ground import HEIGHTS, settings_of
from oberih.case.reach.outcome import Found, found_all
from oberih.case.reach.response_weather import FOLLOWED, AirTold, EventAir, EventRoom, digest_of, event_air
from oberih.case.reach.sources import Released, released
from oberih.constants import SECONDS_PER_HOUR
from oberih.dose.by_hour import AIR, Strand, hourly_source, strand_of, strands_of
from oberih.dose.course import UNPROTECTED, Course, dose_under, dose_until
from oberih.dose.quantity import Quantity
from oberih.earth.grid import Grid
from oberih.earth.places import Place
from oberih.earth.projection import LocalProjection
from oberih.release import Scenario
from oberih.zone.criterion import CriteriaSet

__all__ = ["Event", "Run", "event_of", "run_of"]

Floats = npt.NDArray[np.float64]

A_DAY = 24
"""Release hours are computed by whole days, so that most releases share an atlas [h]."""

KEPT = 8
"""Atlases of events that stay on the disk."""

ARRIVED, PAST = 0.01, 0.99
"""Share of the dose from the air at which the plume is said to have come, and to be past [1]."""


@dataclass(frozen=True)
class Event:
    """An hour's weather and where it would carry a unit release.

    Parameters
    ----------
    air : EventAir
    plan : AtlasPlan
    atlas : Atlas
    packed : Packed
        All of the atlas.
    aloft : float array, shape (release hours,)
        Share of the aerosol of each release hour that is in the air when the weather ends or it is given up [1].
    """

    air: EventAir
    plan: AtlasPlan
    atlas: Atlas
    packed: Packed
    aloft: Floats


@dataclass(frozen=True)
class Run:
    """One release in an event.

    Parameters
    ----------
    event : Event
    question : Question
    strands : tuple of Strand
    hourly : HourlyField
    found : tuple of Found
        Zones, criterion by criterion, as `oberih.case.reach.assess` finds them.
    held, held_around : dict
        What was summed before.
    """

    event: Event
    question: Question
    strands: tuple[Strand, ...]
    hourly: HourlyField
    found: tuple[Found, ...]
    held: dict[Quantity, Floats] = field(default_factory=dict, repr=False, compare=False)
    held_around: dict[tuple[Quantity, int], tuple[Floats, Floats]] = field(
        default_factory=dict, repr=False, compare=False
    )

    clock = True

    @property
    def grid(self) -> Grid:
        """The cells."""
        return self.hourly.grid

    @property
    def cells(self) -> npt.NDArray[np.int64]:
        """Flat indices of the cells touched, rising."""
        return self.hourly.cells

    @property
    def hours(self) -> int:
        """Hours that are told apart."""
        return self.hourly.hours

    @property
    def told(self) -> AirTold:
        """What is said of the weather."""
        return self.event.air.told

    @property
    def inputs(self) -> dict[str, str]:
        """Digests of what it stands on."""
        air = self.event.air
        given = {f"weather {i['name']}": i["sha256"] for i in air.weather.attrs.get("inputs", ())}
        return {"atlas": self.event.plan.digest, "air": digest_of(air), **given}

    @cached_property
    def main(self) -> Quantity:
        """The first effective dose asked for, without the criterion's own factors."""
        return self.question.main

    @property
    def released(self) -> Released:
        """What leaves."""
        return self.question.released

    def dose(self, quantity: Quantity, course: Course) -> Floats:
        """Dose in each touched cell [Sv or Gy]."""
        return dose_under(self.hourly, self.strands, quantity, course)

    def under(self, quantity: Quantity, course: Course) -> Floats:
        """Whole dose on the whole grid under a course [Sv or Gy], shape (rings, sectors)."""
        return self.hourly.whole(self.dose(quantity, course))

    def passes(self, cell: tuple[int, int]) -> tuple[float | None, float | None]:
        """When the plume comes to a cell and is past it, hours since the release began; None where it does not come."""
        slot = int(self.slots.reshape(self.grid.rings, -1)[cell])
        if slot < 0 or np.isnan(self.comes[slot]):
            return None, None
        return float(self.comes[slot]), float(self.past[slot])

    def until(self, quantity: Quantity, course: Course) -> Floats:
        """Dose in each touched cell until the end of each hour [Sv or Gy]; the last is that of the window."""
        return dose_until(self.hourly, self.strands, quantity, course)

    def open(self, quantity: Quantity) -> Floats:
        """Whole dose in the open on the whole grid [Sv or Gy], shape (rings, sectors)."""
        if quantity not in self.held:
            self.held[quantity] = self.hourly.whole(self.dose(quantity, UNPROTECTED))
        return self.held[quantity]

    def around(self, quantity: Quantity, turned: int) -> tuple[Floats, Floats]:
        """Least and greatest dose in the open within so many sectors to either side, on the whole grid."""
        key = (quantity, turned)
        if key not in self.held_around:
            rolled = [np.roll(self.open(quantity), by, axis=1) for by in range(-turned, turned + 1)]
            self.held_around[key] = np.minimum.reduce(rolled), np.maximum.reduce(rolled)
        return self.held_around[key]

    @cached_property
    def passing(self) -> Floats:
        """Effective dose from the air in each hour, outdoors [Sv], shape (cells, hours)."""
        lanes = [self.strands.index(strand_of(self.main, p)) for p in self.main.pathways if p in AIR]
        return np.asarray(self.hourly.values[lanes, :, :-1].sum(axis=0), dtype=float)

    @cached_property
    def comes(self) -> Floats:
        """When the plume reaches each touched cell, hours since the release began; NaN where it does not."""
        return _reached(self.passing, ARRIVED)

    @cached_property
    def past(self) -> Floats:
        """When it is past there."""
        return _reached(self.passing, PAST)

    @cached_property
    def slots(self) -> npt.NDArray[np.int64]:
        """Place among the touched cells of every cell of the grid; -1 where nothing comes."""
        out = np.full(self.hourly.grid.cells, -1, dtype=np.int64)
        out[self.hourly.cells] = np.arange(len(self.hourly.cells))
        return out

    @cached_property
    def last(self) -> int:
        """Hours after which nothing passes any more within the grid; at least one."""
        some = np.flatnonzero(self.passing.sum(axis=0) > 1e-6 * self.passing.sum())
        return int(some.max(initial=0)) + 1


def event_of(room: EventRoom, weather: str, *, at: int, hours: int) -> Event:
    """Weather, and an atlas of the hours of the event.

    Parameters
    ----------
    room : EventRoom
    weather : str
        As `oberih.case.reach.response_weather.event_air` takes it.
    at : int
        Whole hour, seconds since 1970.
    hours : int
        That the release lasts [h]; the atlas holds whole days, as far as the weather covers.

    Raises
    ------
    InputError, WeatherRefused, StoreError
        If the weather cannot serve, or the atlas cannot be built.
    """
    air = event_air(room, weather, at=at, hours=hours)
    settings = dataclasses.replace(settings_of(room.site), oldest=float(FOLLOWED * SECONDS_PER_HOUR))
    plan = AtlasPlan(
        room.site.id, air.air, Grid(), HEIGHTS, settings, min(-(-hours // A_DAY) * A_DAY, len(air.air) - 1)
    )
    path = room.cache / "events" / f"{plan.digest[:16]}.zarr"
    atlas = build(path, plan)
    _make_room(path)
    aloft = np.asarray(atlas.balance[:, :, 1, 6], dtype=float).mean(axis=1)
    return Event(air, plan, atlas, pack(atlas), aloft)


def _make_room(newest: Path) -> None:
    """Keep the latest atlases of events; the others can be built again in a second."""
    with contextlib.suppress(OSError):  # somebody else makes room too
        os.utime(newest)
        kept = sorted(newest.parent.glob("*.zarr"), key=lambda f: -f.stat().st_mtime)
        for folder in kept[KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)


def run_of(
    event: Event, room: EventRoom, scenario: Scenario, criteria: CriteriaSet, *, age: str | None, height: float | None,
    places: list[Place], seed: int,
) -> Run:  # fmt: skip
    """One release in an event: doses of every hour, and zones.

    Raises
    ------
    InputError, UnknownName
        If the site has no such fuel, or the criteria have nothing that can be computed.
    """
    what = released(scenario, room.site, at=event.air.air.start, height=height)
    chosen = computable(criteria, age=age)
    asked = question(what, chosen, stride=event.plan.releases + 1)  # the first start only
    plain = [dataclasses.replace(q, factors=()) for q in asked.quantities]
    strands = strands_of(plain)
    source = hourly_source(what.source_term, strands, hours=what.source_term.hours + FOLLOWED)
    hourly = hourly_field(event.atlas, source, packed=event.packed)
    found = found_all(
        [asked], ask(event.atlas, [asked], packed=event.packed), projection=LocalProjection(room.site.latitude,
        room.site.longitude), places=places, percentile=0.5, seed=seed,
    )  # fmt: skip
    return Run(event, asked, strands, hourly, tuple(found))


def _reached(by_hour: Floats, share: float) -> Floats:
    """Hour at which so much of a row's sum has come, evenly within an hour; NaN for a row of nothing."""
    total = by_hour.sum(axis=1)
    so_far = np.cumsum(by_hour, axis=1)
    wanted = share * total
    hour = np.argmax(so_far >= wanted[:, None], axis=1)
    rows = np.arange(len(by_hour))
    before = np.where(hour > 0, so_far[rows, hour - 1], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = (wanted - before) / by_hour[rows, hour]
    return np.where(total > 0.0, hour + np.clip(part, 0.0, 1.0), np.nan)
