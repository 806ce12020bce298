"""Which weather does an event have, from when to when, and how old is it?

Defines the nouns `EventRoom` (what event response has at hand), `Offer` (one weather that may be chosen), `EventAir`
(the air of an event from its hour on) and `AirTold` (what is said of either engine's weather).  Weather comes from the
forecast of the server, a file handed in, the file of the year, or, for an exercise and told so, from the embedded
climate statistics; or it was carried before, in the forecast that stands ready (`oberih.case.reach.response_ready`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from oberih.case.reach.forecast_state import ReadyAtlas, entries_of, folder_of, is_whole
from oberih.case.reach.request import DEFAULT_CACHE, DEFAULT_SEED
from oberih.case.reach.uploads import MARK, Uploads
from oberih.case.wording import stamp
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.projection import distance_and_azimuth
from oberih.earth.site import Site
from oberih.errors import InputError, OberihError, UnknownName
from oberih.evidence.digest import sha256_of_array
from oberih.weather.air import Air
from oberih.weather.boundary_layer import air_from_weather
from oberih.weather.climate import climate_year
from oberih.weather.quality import check_weather, resample_hourly
from oberih.weather.read import read_weather
from oberih.weather.series import Weather

__all__ = [
    "FOLLOWED", "LONGEST", "READY", "RUN_OLD", "AirTold", "EventAir", "EventRoom", "Offer", "event_air", "offers",
    "standing_entry",
]  # fmt: skip

FOLLOWED = 48
"""How long the plume of each release hour is followed [h], as `oberih.case.reach.request.AssessRequest.hours`."""

LONGEST = 72
"""Release hours that an event's atlas holds at most, the longest release there is [h]."""

FORECAST, SERVED, EXERCISE, READY = "forecast", "served", "exercise", "ready"

RUN_OLD = 18 * SECONDS_PER_HOUR
"""From this age on the run of a forecast that stands ready counts as old [s]: a centre's run is there after 5 to 8 h
and the next six hours later, so that a run of this age was followed by one that was missed.  Judged, from no text."""


@dataclass(frozen=True)
class EventRoom:
    """What event response has at hand.

    Parameters
    ----------
    site : Site
    forecast : Path or None
        Weather of now and the coming days.
    weather : str
        Of the year, as the server was told: a file, or a name.
    mapping : Path or None
        How to read a plain CSV, of both.
    cache : Path
    seed : int
        Of the embedded statistics.
    """

    site: Site
    forecast: Path | None = None
    weather: str = "climate"
    mapping: Path | None = None
    cache: Path = DEFAULT_CACHE
    seed: int = DEFAULT_SEED

    @property
    def uploads(self) -> Uploads:
        """What was handed in."""
        return Uploads(self.cache)


@dataclass(frozen=True)
class Offer:
    """A weather that may be chosen.

    Parameters
    ----------
    name : str
        ``forecast``, ``served``, ``ready``, ``exercise`` or ``upload:<id>``.
    label, source : str
        As in `Weather`; empty where it cannot be read.
    start, end : int or None
        What it covers, seconds since 1970; of ``ready`` the hours of release that it answers for.
    written : int or None
        When its file was written.
    trouble : str
        Why it cannot be used; empty if it can.
    """

    name: str
    label: str = ""
    source: str = ""
    start: int | None = None
    end: int | None = None
    written: int | None = None
    trouble: str = ""


@dataclass(frozen=True)
class AirTold:
    """What is said of an event's weather.

    Parameters
    ----------
    name, label, source : str
        As in `Offer`.
    start, end : int
        Of the event; where the weather ends, seconds since 1970.
    written : int or None
        When its file, or its atlas, was written.
    exercise, steady : bool
        Whether it is no weather of any day; a single report, held steady.
    run : int or None
        Time of the forecast's run, where it is known.
    """

    name: str
    label: str
    source: str
    start: int
    end: int
    written: int | None
    exercise: bool = False
    steady: bool = False
    run: int | None = None


@dataclass(frozen=True)
class EventAir:
    """The air of an event.

    Parameters
    ----------
    air : Air
        From the hour of the event on.
    weather : Weather
        What it was derived from.
    name : str
        As chosen.
    written : int or None
        When its file was written, seconds since 1970.
    steady : bool
        Whether it is a single report, held steady.
    """

    air: Air
    weather: Weather
    name: str
    written: int | None
    steady: bool

    @property
    def end(self) -> int:
        """Last hour that it covers, seconds since 1970."""
        return int(self.air.start + (len(self.air) - 1) * self.air.step)

    def away(self, site: Site) -> float:
        """How far from the site the weather was taken [m]."""
        there, _ = distance_and_azimuth(
            site.latitude, site.longitude, to_latitude=[self.weather.latitude], to_longitude=[self.weather.longitude]
        )
        return max(float(there[0]), float(self.weather.attrs.get("distance", 0.0)))

    @property
    def told(self) -> AirTold:
        """What is said of it."""
        a = self.air
        return AirTold(self.name, a.label, a.source, int(a.start), self.end, self.written, self.exercise, self.steady)

    @property
    def exercise(self) -> bool:
        """Whether it is no weather of any day."""
        return self.name == EXERCISE


def offers(room: EventRoom) -> list[Offer]:
    """What weather may be chosen, the best first; what cannot be read says why."""
    found = [_offer(room, FORECAST)] if room.forecast is not None else []
    if Path(room.weather).is_file():
        found.append(_offer(room, SERVED))
    if (entry := standing_entry(room)) is not None:
        found.append(Offer(READY, "forecast", entry.title, entry.first, entry.last + SECONDS_PER_HOUR, entry.made_at))
    return [*found, Offer(EXERCISE, label="climate-statistics weather")]


def standing_entry(room: EventRoom) -> ReadyAtlas | None:
    """The newest forecast that stands ready whole, whatever hours it answers for."""
    return next((entry for entry in entries_of(folder_of(room.cache, room.site.id)) if is_whole(entry)), None)


def event_air(room: EventRoom, name: str, *, at: int, hours: int) -> EventAir:
    """The air of an event that releases for so many hours.

    Parameters
    ----------
    room : EventRoom
    name : str
        ``forecast``, ``served``, ``exercise`` or ``upload:<id>``.
    at : int
        Whole hour at which the release begins, seconds since 1970.
    hours : int
        Of the release [h].

    Raises
    ------
    InputError, WeatherRefused
        If the weather cannot be read, must not be used, or does not cover the release.
    UnknownName
        If there is no weather of that name.
    """
    if name == EXERCISE:
        weather = climate_year(site_latitude=room.site.latitude, site_longitude=room.site.longitude, seed=room.seed)
        return EventAir(_of_the_day(_derived(weather, room.site), at), weather, name, None, False)
    raw, written = _raw(room, name)
    if len(raw) == 1:
        weather = check_weather(resample_hourly(raw, hold_hours=FOLLOWED + LONGEST + 1))[0]
        return EventAir(_from(_derived(weather, room.site), at, hours), weather, name, written, True)
    checked, _ = check_weather(raw, need_start=at, need_end=at + hours * SECONDS_PER_HOUR)
    weather = resample_hourly(checked)
    return EventAir(_from(_derived(weather, room.site), at, hours), weather, name, written, False)


def key_of(room: EventRoom, name: str) -> tuple[Any, ...]:
    """What tells one state of a weather from another without reading it: a file that was written anew is another."""
    ready = folder_of(room.cache, room.site.id) / "ready.json"
    path = {FORECAST: room.forecast, SERVED: Path(room.weather), READY: ready}.get(name)
    if path is None:
        return (name,)
    try:
        facts = path.stat()
    except OSError:
        return (name, None)
    return (name, facts.st_mtime_ns, facts.st_size)


def digest_of(air: EventAir) -> str:
    """SHA-256 of what the event stands on: wind, turbulence and rain of every hour."""
    a = air.air
    return sha256_of_array(np.stack([a.east, a.north, a.friction_velocity, a.mixing_height, a.precipitation]))


def _raw(room: EventRoom, name: str) -> tuple[Weather, int | None]:
    if name.startswith(MARK):
        return room.uploads.weather(name.removeprefix(MARK), room.site), None
    path = {FORECAST: room.forecast, SERVED: Path(room.weather)}.get(name)
    if name not in (FORECAST, SERVED):
        raise UnknownName("weather", name, known=(FORECAST, SERVED, EXERCISE, READY))
    if path is None or not path.is_file():
        raise InputError("there is none", field="weather", value=name, cure="give one with --forecast, or hand it in")
    site = room.site
    found = read_weather(path, latitude=site.latitude, longitude=site.longitude, mapping=room.mapping)
    return found, int(path.stat().st_mtime)


def _offer(room: EventRoom, name: str) -> Offer:
    try:
        raw, written = _raw(room, name)
        checked, report = check_weather(raw)
    except (OberihError, OSError) as error:
        return Offer(name, trouble=str(error))
    return Offer(name, checked.label, checked.source, report.start, report.end, written)


def _derived(weather: Weather, site: Site) -> Air:
    return air_from_weather(weather, roughness_length=site.roughness_length, cyclic=False)


def _from(air: Air, at: int, hours: int) -> Air:
    """The air from the event's hour on.

    Raises
    ------
    InputError
        If it does not cover the release.
    """
    index = int((at - air.start) // SECONDS_PER_HOUR)
    if index < 0 or index + hours + 1 > len(air):
        first, last = air.start, air.start + int((len(air) - 1) * air.step)
        raise InputError(
            f"the weather goes from {stamp(first)} to {stamp(last)} and does not cover {hours} h of release",
            field="at", value=stamp(at), cure="give weather of the event, a shorter release, or another time",
        )  # fmt: skip
    return air.part(slice(index, None), start=air.start + index * SECONDS_PER_HOUR)


def _of_the_day(air: Air, at: int) -> Air:
    """A year's air from the same day of the year and hour on, for as long as an event lasts."""
    begin = datetime(datetime.fromtimestamp(at, UTC).year, 1, 1, tzinfo=UTC).timestamp()
    first = int((at - begin) // SECONDS_PER_HOUR)
    return air.part((first + np.arange(FOLLOWED + LONGEST + 1)) % len(air), start=at)
