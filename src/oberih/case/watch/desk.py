"""What lies on the duty officer's desk, and what of it is new?

Defines the noun `Desk`: the sources of a situation, looked at again and again.  A part of the situation gets a new
version when what it says changed.  A source that breaks keeps its last good value on the desk.

Invariants: versions only grow; two looks at the same files and the same day give the same versions; one look at a time.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from oberih.case.hold.regime_states import RegimeState, regime_states
from oberih.case.prove.keeping import Keeping
from oberih.case.prove.record_data import named
from oberih.case.reach.forecast_state import folder_of
from oberih.case.reach.request import DEFAULT_CACHE
from oberih.case.reach.response_plume import Plume
from oberih.case.watch.given import Given, read_readings
from oberih.case.watch.in_force import ZONES, InForce, zones_in_force
from oberih.case.watch.incidents import DAY, Recent, recent_records
from oberih.case.watch.situation import (
    OLD_AFTER,
    Change,
    PlumeNow,
    ReadingsNow,
    Situation,
    SourceNow,
    readings_now,
    ready_changes,
    record_changes,
    regime_changes,
    site_now,
)  # fmt: skip
from oberih.case.watch.standing import RUN_OLD_AFTER, Kept, kept_at, ready_now
from oberih.case.watch.watched import Watched, mark_of
from oberih.earth.site import load_site
from oberih.evidence.database import is_url
from oberih.evidence.keep import RESULT

__all__ = ["Desk", "OnDesk"]

_AGAIN = 60.0
"""The record and the files are read again after so long even unchanged: the last 24 hours move on [s]."""

FORECAST_OLD_AFTER = timedelta(hours=12)
"""From this age on a forecast counts as old: weather services give two to four a day."""

_MOST_EVENTS = 200


@dataclass(frozen=True)
class OnDesk:
    """What is named to be shown.

    Parameters
    ----------
    site : str
    keeping : Keeping
    readings : tuple of Path
    in_force, forecast : Path or None
    cache : Path
        In which ``oberih forecast`` keeps what stands ready.
    """

    site: str
    keeping: Keeping
    readings: tuple[Path, ...] = ()
    in_force: Path | None = None
    forecast: Path | None = None
    cache: Path = DEFAULT_CACHE


class Desk:
    """The sources of a situation, with their last good values.

    Parameters
    ----------
    on : OnDesk
    plume : callable, optional
        Given the time [s since 1970], computes the forecast's plume; takes seconds in a new hour.

    Raises
    ------
    InputError
        If the site is not known.
    """

    def __init__(self, on: OnDesk, *, plume: Callable[[int], Plume | None] | None = None) -> None:
        self.on = on
        self.site = site_now(load_site(on.site))
        self.record: Watched[Recent] = _record(on.keeping)
        self.regimes: Watched[tuple[RegimeState, ...]] = _regimes(on.keeping)
        self.in_force: Watched[InForce] | None = _in_force(on)
        self.readings = [_readings(path) for path in on.readings]
        self.forecast: Watched[Plume] | None = _forecast(on.forecast, plume)
        self.ready: Watched[Kept] = _ready(folder_of(on.cache, self.site.id))
        self._command = f"oberih forecast {Path(on.site).name} --once"
        self._atlas = ""
        self._events: deque[Change] = deque(maxlen=_MOST_EVENTS)
        self._digests: dict[str, bytes] = {}
        self._versions: dict[str, int] = {}
        self._version = 0
        self._latest: Situation | None = None
        self._read_for: object = None
        self._readings_now = readings_now((), now=datetime.min)
        self._turn = threading.Lock()

    def look(self, now: datetime) -> Situation:
        """Look at every source that may have changed, and say how things stand.

        Parameters
        ----------
        now : datetime
            UTC.
        """
        with self._turn:
            for source in self._quick():
                self._note(source, source.look(now), now)
            self._latest = self._gathered(now)
            return self._latest

    def look_ahead(self, now: datetime) -> None:
        """Compute the forecast's plume anew where the hour or the forecast is another; takes seconds.

        Parameters
        ----------
        now : datetime
            UTC.
        """
        if self.forecast is not None:
            self._note(self.forecast, self.forecast.look(now), now)

    def atlas_became(self, state: str, now: datetime, why: str = "") -> None:
        """Note how the atlas stands; that it became ready, or why it failed, is a change."""
        if state != self._atlas and state in ("ready", "failed"):
            self._events.append(Change(now, "atlas", state, why))
        self._atlas = state

    def latest(self, now: datetime, *, within: float) -> Situation:
        """Give the last look if it is at most ``within`` seconds old or one is under way, else look again."""
        found = self._latest
        if found is not None and self._turn.locked():
            return found
        if found is not None and 0.0 <= (now - found.at).total_seconds() <= within:
            return found
        return self.look(now)

    def _quick(self) -> list[Watched[Any]]:
        """What is looked at every time: all but the forecast."""
        in_force = [] if self.in_force is None else [self.in_force]
        return [self.record, self.regimes, *in_force, *self.readings, self.ready]

    def _sources(self) -> Iterable[Watched[Any]]:
        """Those of which anything is told: that no forecast ever stood ready is no fault of a source."""
        never = self.ready.value is not None and not self.ready.value.entries and not self.ready.error
        quick = [s for s in self._quick() if s is not self.ready or not never]
        return [*quick, *([] if self.forecast is None else [self.forecast])]

    def _note(self, source: Watched[Any], what: str | None, now: datetime) -> None:
        if what is not None:
            self._events.append(Change(now, f"source-{what}", source.name, source.error))

    def _gathered(self, now: datetime) -> Situation:
        readings, recent, states = self._read(now), self.record.value, self.regimes.value or ()
        found = Situation(
            at=now, version=0, versions={}, site=self.site, in_force=self.in_force.value if self.in_force else None,
            in_force_named=self.in_force is not None, readings=readings, incidents=recent.incidents if recent else (),
            regimes=states, changes=self._changes(now, recent, states),
            sources=tuple(SourceNow.of(s.health(now)) for s in self._sources()),
            record_size=recent.size if recent else None,
            plume=PlumeNow.of(self.forecast.value) if self.forecast else None,
            ready=ready_now(self.ready.value, now=now, command=self._command),
        )  # fmt: skip
        return self._numbered(found)

    def _read(self, now: datetime) -> ReadingsNow:
        """The newest readings; made anew when a file was read again, and each minute, since the time moves on."""
        files = [s.value for s in self.readings if s.value is not None]
        key = (tuple(id(f) for f in files), now.replace(second=0, microsecond=0))
        if key != self._read_for:
            self._read_for, self._readings_now = key, readings_now(files, now=now)
        return self._readings_now

    def _changes(
        self, now: datetime, recent: Recent | None, states: tuple[RegimeState, ...]
    ) -> tuple[Change, ...]:  # fmt: skip
        came = [Change(f.newest, "readings", f.name, count=f.last_day) for f in self._readings_now.files
                if f.newest is not None and f.last_day]  # fmt: skip
        events = [e for e in (*self._events, *ready_changes(self.ready.value)) if now - e.at < DAY]
        found = [*record_changes(recent), *regime_changes(states, now=now), *came, *events]
        return tuple(sorted(found, key=lambda c: c.at, reverse=True))

    def _numbered(self, found: Situation) -> Situation:
        changed = []
        for part, said in _parts(found).items():
            digest = orjson.dumps(said, option=orjson.OPT_SORT_KEYS, default=str)
            if self._digests.get(part) != digest:
                self._digests[part] = digest
                changed.append(part)
        if changed:
            self._version += 1
            self._versions.update(dict.fromkeys(changed, self._version))
        return replace(found, version=self._version, versions=dict(self._versions))


def _parts(s: Situation) -> dict[str, Any]:
    """What counts as a change of each part: all that it says but the time of the last look."""
    sources = [(h.name, h.kind, h.state, h.newest, h.broken_since, h.error) for h in s.sources]
    return {
        "site": s.site, "in_force": s.in_force and replace(s.in_force, zones={}), "readings": s.readings,
        "incidents": s.incidents, "regimes": s.regimes, "changes": s.changes, "sources": (sources, s.record_size),
        "plume": s.plume, "ready": s.ready,
    }  # fmt: skip


def _record_mark(keeping: Keeping) -> object:
    """Whether the record may have changed; of a database by URL only asking tells."""
    if is_url(keeping.store):
        return None
    return mark_of(Path(keeping.store), Path(f"{keeping.store}-wal"))


def _record(keeping: Keeping) -> Watched[Recent]:
    again = 10.0 if is_url(keeping.store) else _AGAIN
    return Watched(
        named(keeping), "record", read=lambda now: recent_records(keeping, now=now),
        mark=lambda: _record_mark(keeping), newest=lambda r: r.last_written, again=again,
    )  # fmt: skip


def _regimes(keeping: Keeping) -> Watched[tuple[RegimeState, ...]]:
    """Judged again on a new day (the mark cannot know it, so now and then) and when the record changed."""
    return Watched(
        "regimes", "regimes", read=lambda now: regime_states(keeping, today=now.date()),
        mark=lambda: _record_mark(keeping), newest=lambda states: None, again=_AGAIN,
    )  # fmt: skip


def _in_force(on: OnDesk) -> Watched[InForce] | None:
    folder = on.in_force
    if folder is None:
        return None
    return Watched(
        folder.resolve().name, "in-force", read=lambda now: zones_in_force(folder, on.keeping),
        mark=lambda: (mark_of(folder / RESULT, folder / ZONES), _record_mark(on.keeping)), again=10 * _AGAIN,
    )  # fmt: skip


def _readings(path: Path) -> Watched[Given]:
    return Watched(
        path.name, "readings", read=lambda now: read_readings(path, now=now), mark=lambda: mark_of(path),
        newest=lambda given: given.newest, stale_after=OLD_AFTER.total_seconds(),
    )  # fmt: skip


def _forecast(path: Path | None, plume: Callable[[int], Plume | None] | None) -> Watched[Plume] | None:
    """The forecast's plume: another one each hour, and when the file changed."""
    if path is None or plume is None:
        return None
    return Watched(
        path.name, "forecast", read=lambda now: plume(int(now.timestamp())), mark=lambda: mark_of(path),
        newest=lambda p: None if p.written is None else datetime.fromtimestamp(p.written, UTC),
        stale_after=FORECAST_OLD_AFTER.total_seconds(), again=10 * _AGAIN,
    )  # fmt: skip


def _ready(folder: Path) -> Watched[Kept]:
    """The forecast that stands ready: another one when its pointer is another."""
    return Watched(
        "oberih forecast", "ready", read=lambda now: kept_at(folder),
        mark=lambda: mark_of(folder / "ready.json", folder / "begun.json"),
        newest=lambda kept: datetime.fromtimestamp(kept.entries[0].run, UTC) if kept.entries else None,
        stale_after=RUN_OLD_AFTER.total_seconds(), again=_AGAIN,
    )  # fmt: skip
