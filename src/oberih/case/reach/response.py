"""It has released, or may any hour: where is the plume when, what does it do, and what is to be done where?

The story of an event.  Weather, an atlas of its hours, the doses of every hour, and what remains of them for those who
shelter, take a tablet or leave: ``event_of``, ``run_of``, ``place_rows``.  What is slow is done once and held
(`Responder`); what people do is weighed anew each time.

Defines the nouns `EventRequest` and `EventAnswer`.
"""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from oberih.case.reach.forecast_state import opened
from oberih.case.reach.ground import FAR_WEATHER
from oberih.case.reach.outcome import Found, dominant
from oberih.case.reach.products import provenance_of
from oberih.case.reach.response_places import PlaceRow, cell_of, place_rows
from oberih.case.reach.response_ready import (
    NO_CLOCK,
    ReadyRun,
    grid_of,
    ready_entry,
    ready_notes,
    ready_run,
    refuse_hours,
)
from oberih.case.reach.response_run import Event, Run, event_of, run_of
from oberih.case.reach.response_weather import READY, EventRoom, Offer, key_of, offers
from oberih.case.reach.uploads import scenario_named
from oberih.constants import AGES, SECONDS_PER_HOUR
from oberih.dose.course import UNPROTECTED, Course
from oberih.dose.protection import measures
from oberih.earth.grid import Grid
from oberih.earth.place_names import ukrainian_names
from oberih.earth.places import Place, places_near
from oberih.earth.site import Site
from oberih.errors import InputError, UnknownName
from oberih.evidence.provenance import Provenance
from oberih.release import Scenario
from oberih.units import kilometres
from oberih.zone.criteria import list_criteria, load_criteria
from oberih.zone.criterion import CriteriaSet

__all__ = ["DEFAULT_SCENARIO", "SHOWN", "EventAnswer", "EventRequest", "Responder", "Story"]

Floats = npt.NDArray[np.float64]
Kept = TypeVar("Kept")

DEFAULT_SCENARIO = "core-melt-early-failure"
"""What an event assumes where nothing is known of the release."""

SHOWN = ("passing", "until", "outdoors", "protected", "averted")
"""What the map may show: what passes in an hour, what has come until an hour; in all, outdoors or protected; saved."""

EVENTS, RUNS = 3, 6
"""Events and runs that are held at once; about 20 MB each."""

OLD = 12 * SECONDS_PER_HOUR
"""A forecast written longer ago is told loudly [s]: centres publish every six or twelve hours."""


@dataclass(frozen=True)
class EventRequest:
    """What is asked of an event.

    Parameters
    ----------
    at : int
        Whole hour at which the release begins, seconds since 1970.
    weather : str
        ``forecast``, ``served``, ``ready`` (particles in the forecast that stands ready), ``exercise`` or
        ``upload:<id>``.
    scenario : str
        One that ships, or ``upload:<id>``.
    criteria : str
        Of `oberih.zone.criteria.list_criteria`.
    age : str or None
        Of `AGES`; None for what each criterion names.
    height : float or None
        Of the release, in place of the scenario's [m].
    course : Course
        What people do.
    """

    at: int
    weather: str = "forecast"
    scenario: str = DEFAULT_SCENARIO
    criteria: str = "iaea"
    age: str | None = None
    height: float | None = None
    course: Course = field(default_factory=Course)


@dataclass(frozen=True)
class EventAnswer:
    """What an event comes to.

    Parameters
    ----------
    request : EventRequest
    run : Run or ReadyRun
    criteria : CriteriaSet
    scenario : Scenario
    rows : list of PlaceRow
        Most urgent first.
    notes : tuple of (str, dict)
        What the reader must know: keys of the catalogue, ``event.note-…``, with values.
    provenance : Provenance
    verified : bool
    """

    request: EventRequest
    run: Run | ReadyRun
    criteria: CriteriaSet
    scenario: Scenario
    rows: list[PlaceRow]
    notes: tuple[tuple[str, dict[str, Any]], ...]
    provenance: Provenance
    verified: bool

    @property
    def zones(self) -> tuple[Found, ...]:
        """The zone of each criterion, doses in the open."""
        return self.run.found

    @property
    def dominant(self) -> tuple[tuple[str, float], ...]:
        """The nuclides that make the dose, with their share [1]."""
        return dominant(self.run.question)


@dataclass(frozen=True)
class Story:
    """Dose over time at one place.

    Parameters
    ----------
    place : Place
    outdoors, protected : float array, shape (hours + 1,)
        Received until the end of each hour [Sv]; the last is that of the window.
    passing : float array, shape (hours,)
        From the air, in each hour, outdoors [Sv].
    """

    place: Place
    outdoors: Floats
    protected: Floats
    passing: Floats


class Responder:
    """Answers what is asked of events at one site.

    Parameters
    ----------
    room : EventRoom
    """

    def __init__(self, room: EventRoom) -> None:
        self.room = room
        self._lock = threading.Lock()
        self._events: OrderedDict[Hashable, Event] = OrderedDict()
        self._runs: OrderedDict[Hashable, Run] = OrderedDict()
        self._ready: OrderedDict[Hashable, ReadyRun] = OrderedDict()
        self._places: dict[float, list[Place]] = {}
        self._offers: tuple[Hashable, list[Offer]] | None = None

    @property
    def places(self) -> list[Place]:
        """Settlements within the reach of an atlas of puffs, nearest first."""
        return self.places_within(Grid().outer_radius)

    def places_within(self, reach: float) -> list[Place]:
        """Settlements within a distance [m], nearest first."""
        if reach not in self._places:
            site = self.room.site
            self._places[reach] = places_near(site.latitude, site.longitude, within=reach, cache=self.room.cache)
        return self._places[reach]

    def grid(self, weather: str) -> Grid:
        """The cells of a weather's fields.

        Raises
        ------
        InputError
            If it is to be the forecast that stands ready, and none does.
        """
        return grid_of(self.room) if weather == READY else Grid()

    def offers(self) -> list[Offer]:
        """What weather may be chosen; a file is read again when it was written anew."""
        state = tuple(key_of(self.room, name) for name in ("forecast", "served", READY))
        held = self._offers
        if held is None or held[0] != state:
            held = self._offers = (state, offers(self.room))
        return held[1]

    @property
    def ukrainian(self) -> Mapping[int, str]:
        """Ukrainian names of settlements by GeoNames number, where they are known."""
        return ukrainian_names(self.room.cache)

    def answer(self, request: EventRequest, *, now: int) -> EventAnswer:
        """What an event comes to, and what is to be done where.

        Parameters
        ----------
        request : EventRequest
        now : int
            Seconds since 1970.

        Raises
        ------
        InputError, UnknownName, WeatherRefused
            If anything asked for is unknown, or the weather does not cover the event.
        StoreError
            If the atlas cannot be kept.
        """
        run, scenario, criteria = self._found(request)
        places = self.places_within(run.grid.outer_radius)
        rows = place_rows(run, places, request.course, elapsed=_elapsed(request, run, now))
        verified = bool(run.released.verified and all(c.verified for c in run.question.criteria) and all(
            r.verified for r in run.question.responses) and _sound(request.course))  # fmt: skip
        origin = self._origin(request, run, criteria)
        notes = _notes(request, run, self.room.site, now)
        return EventAnswer(request, run, criteria, scenario, rows, notes, origin, verified)

    def shown(self, request: EventRequest, what: str) -> tuple[Run | ReadyRun, Floats]:
        """Doses for the map [Sv]: shape (cells, hours) by the hour, (cells, 1) in all.

        Raises
        ------
        UnknownName
            If it is not of `SHOWN`.
        InputError
            If it is by the hour, and the weather has no hours.
        """
        run, _, _ = self._found(request)
        if isinstance(run, ReadyRun):
            return run, _shown_ready(run, request, what)
        match what:
            case "passing":
                return run, run.passing
            case "until":
                return run, run.until(run.main, UNPROTECTED)[:, :-1]
            case "outdoors":
                return run, run.dose(run.main, UNPROTECTED)[:, None]
            case "protected":
                return run, run.dose(run.main, request.course)[:, None]
            case "averted":
                return run, (run.dose(run.main, UNPROTECTED) - run.dose(run.main, request.course))[:, None]
        raise UnknownName("field", what, known=SHOWN)

    def story(self, request: EventRequest, place_id: int) -> tuple[Run, Story]:
        """Dose over time at a settlement.

        Raises
        ------
        UnknownName
            If there is no such settlement within reach.
        """
        run, _, _ = self._found(request)
        if isinstance(run, ReadyRun):
            raise InputError(NO_CLOCK, field="weather", value=READY, cure="ask for another weather, whose plume is "
                             "followed by the hour; the whole dose stands with the settlements")  # fmt: skip
        place = next((p for p in self.places if p.id == place_id), None)
        cell = None if place is None else cell_of(run, place)
        if place is None or cell is None:
            raise UnknownName("settlement", str(place_id), known=())
        slot = int(run.slots.reshape(run.hourly.grid.rings, -1)[cell])
        if slot < 0:
            none = np.zeros(run.hourly.hours + 1)
            return run, Story(place, none, none, none[:-1])
        curves = [run.until(run.main, c)[slot] for c in (UNPROTECTED, request.course)]
        return run, Story(place, curves[0], curves[1], run.passing[slot])

    def _found(self, request: EventRequest) -> tuple[Run | ReadyRun, Scenario, CriteriaSet]:
        if request.criteria not in list_criteria():
            raise UnknownName("criteria set", request.criteria, known=list_criteria())
        if request.age is not None and request.age not in AGES:
            raise UnknownName("age", request.age, known=AGES)
        scenario, criteria = scenario_named(request.scenario, self.room.uploads), load_criteria(request.criteria)
        found = self._in_ready if request.weather == READY else self._run
        return found(request, scenario, criteria), scenario, criteria

    def _in_ready(self, request: EventRequest, scenario: Scenario, criteria: CriteriaSet) -> ReadyRun:
        refuse_hours(request.course)
        entry = ready_entry(self.room, at=request.at, hours=scenario.hours)
        key = (entry.digest, request.at, request.scenario, request.criteria, request.age, request.height)
        with self._lock:
            run = self._held(
                self._ready, key,
                lambda: ready_run(entry, self.room, scenario, criteria, at=request.at, age=request.age,
                                  height=request.height, places=self.places_within(opened(entry).grid.outer_radius)),
                RUNS,
            )  # fmt: skip
        return run if run.entry == entry else dataclasses.replace(run, entry=entry)  # more courses stand beside it now

    def _run(self, request: EventRequest, scenario: Scenario, criteria: CriteriaSet) -> Run:
        weather = (key_of(self.room, request.weather), request.at)
        with self._lock:
            event = self._held(
                self._events, (weather, _enough(self._events, weather, scenario.hours)),
                lambda: event_of(self.room, request.weather, at=request.at, hours=scenario.hours), EVENTS,
            )  # fmt: skip
            key = (id(event), request.scenario, request.criteria, request.age, request.height)
            return self._held(
                self._runs, key,
                lambda: run_of(event, self.room, scenario, criteria, age=request.age, height=request.height,
                               places=self.places, seed=self.room.seed), RUNS,
            )  # fmt: skip

    @staticmethod
    def _held(held: OrderedDict[Hashable, Kept], key: Hashable, make: Callable[[], Kept], most: int) -> Kept:
        """What is held under a key, made if it is not; the longest unused goes."""
        if key not in held:
            held[key] = make()
        held.move_to_end(key)
        while len(held) > most:
            held.popitem(last=False)
        return held[key]

    def _origin(self, request: EventRequest, run: Run | ReadyRun, criteria: CriteriaSet) -> Provenance:
        course = {k: (None if v == np.inf else v) for k, v in dataclasses.asdict(request.course).items()}
        return provenance_of(
            "event", site=self.room.site, criteria=criteria, released=[run.released],
            inputs=run.inputs,
            parameters={"at": request.at, "weather": request.weather, "scenario": request.scenario,
                        "criteria": request.criteria, "age": request.age, "height": request.height, "course": course},
            seed=self.room.seed,
        )  # fmt: skip


def _enough(held: OrderedDict[Hashable, Event], weather: Hashable, hours: int) -> int:
    """Release hours under which an event is held: its own, unless one is held that has enough."""
    for key, event in held.items():
        if isinstance(key, tuple) and key[0] == weather and event.plan.releases >= hours:
            return int(key[1])
    return hours


def _sound(course: Course) -> bool:
    """Whether every factor of what people do was checked against its source."""
    known = measures()
    asked = [m for m in (course.shelter, course.iodine) if m is not None]
    return all(row.verified for m in asked for row in known.get(m, ()))


def _elapsed(request: EventRequest, run: Run | ReadyRun, now: int) -> float:
    """Hours since the release began; 0 for an event that is to come, or is long over and played again."""
    hours = (now - request.at) / SECONDS_PER_HOUR
    return hours if 0.0 <= hours <= run.hours else 0.0


def _shown_ready(run: ReadyRun, request: EventRequest, what: str) -> Floats:
    """What the map shows of the forecast that stands ready [Sv], shape (cells, 1)."""
    if what in ("passing", "until"):
        raise InputError(NO_CLOCK, field="show", value=what, cure="show outdoors, protected or averted")
    outdoors, protected = run.open(run.main), run.under(run.main, request.course)
    known = {"outdoors": outdoors, "protected": protected, "averted": outdoors - protected}
    if what not in known:
        raise UnknownName("field", what, known=SHOWN)
    return np.asarray(known[what].ravel()[run.cells, None])


def _notes(
    request: EventRequest, run: Run | ReadyRun, site: Site, now: int
) -> tuple[tuple[str, dict[str, Any]], ...]:  # fmt: skip
    """What the reader must know: of the weather, then of the release."""
    released = run.released
    own = (
        ready_notes(run, request.course, now=now) if isinstance(run, ReadyRun) else _air_notes(request, run, site, now)
    )
    notes = list(own)
    if released.missing:
        notes.append(("missing", {"what": released.missing}))
    if not any(n.startswith("I-13") and a > 1e9 for n, a in released.source_term.total().items()):
        notes.append(("no-iodine", {}))
    return tuple(notes)


def _air_notes(
    request: EventRequest, run: Run, site: Site, now: int
) -> tuple[tuple[str, dict[str, Any]], ...]:  # fmt: skip
    air, released = run.event.air, run.released
    notes: list[tuple[str, dict[str, Any]]] = []
    if air.exercise:
        notes.append(("exercise", {}))
    if air.steady:
        notes.append(("steady", {}))
    if air.written is not None and request.weather == "forecast" and now - air.written > OLD:
        notes.append(("old", {"hours": (now - air.written) // SECONDS_PER_HOUR}))
    away = 0.0 if air.exercise else air.away(site)
    if away > FAR_WEATHER:
        notes.append(("far", {"km": round(kilometres(away))}))
    aloft = float(run.event.aloft[: released.source_term.hours].mean())
    if aloft > 0.01:
        notes.append(("aloft", {"percent": round(100 * aloft), "until": air.end}))
    unknown = int(air.air.attrs.get("quality", {}).get("rain_unknown_taken_as_none", 0))
    if unknown:
        notes.append(("rain-unknown", {"percent": round(100.0 * unknown / max(len(air.weather), 1))}))
    return tuple(notes)
