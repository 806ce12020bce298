"""What is the situation, at a glance?

Defines the nouns of the first page: `SiteNow`, `ReadingNow`, `FileNow`, `ReadingsNow`, `Change`, `SourceNow`, and
`Situation`, which holds them all with the version of each part.  What they are made from is `oberih.case.watch.desk`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from oberih.case.hold.regime_states import RegimeState
from oberih.case.reach.response_plume import Plume
from oberih.case.watch.given import AHEAD, Given, Reading, doubted
from oberih.case.watch.in_force import InForce
from oberih.case.watch.incidents import DAY, Incident, Recent
from oberih.case.watch.standing import Kept, ReadyNow
from oberih.case.watch.watched import Health
from oberih.earth.site import Site

__all__ = [
    "OLD_AFTER",
    "PARTS",
    "Change",
    "FileNow",
    "PlumeNow",
    "ReadingNow",
    "ReadingsNow",
    "SiteNow",
    "Situation",
    "SourceNow",
    "UnitNow",
    "readings_now",
    "ready_changes",
    "record_changes",
    "regime_changes",
    "site_now",
]  # fmt: skip

PARTS = ("site", "in_force", "readings", "incidents", "regimes", "changes", "sources", "plume", "ready")
"""Of a situation; each has a version of its own."""

OLD_AFTER = timedelta(hours=3)
"""From this age on a reading is called old: networks report every hour, and two may be lost."""

_MOST_STATIONS = 2000


@dataclass(frozen=True)
class UnitNow:
    """A reactor: since when it is shut down (None: it operates), and what of it was not checked."""

    id: str
    type: str
    thermal_power_w: float
    shutdown: datetime | None
    unverified: tuple[str, ...]


@dataclass(frozen=True)
class SiteNow:
    """The site and its units."""

    id: str
    name: str
    name_uk: str
    latitude: float
    longitude: float
    timezone: str
    units: tuple[UnitNow, ...]
    note: str


@dataclass(frozen=True)
class ReadingNow:
    """The newest reading of a station; rate and uncertainty in Sv/s."""

    station: str
    latitude: float
    longitude: float
    time: datetime
    rate_sv_per_s: float
    uncertainty_sv_per_s: float | None
    source: str
    where: str
    doubts: tuple[str, ...]
    earlier: int


@dataclass(frozen=True)
class FileNow:
    """A file of readings: how many it holds, and what in it could not be read."""

    name: str
    readings: int
    last_day: int
    newest: datetime | None
    defects: tuple[str, ...]
    more_defects: int
    doubtful: int


@dataclass(frozen=True)
class ReadingsNow:
    """The newest of every station, and the files that they come from."""

    stations: tuple[ReadingNow, ...]
    more_stations: int
    old_after_s: float
    files: tuple[FileNow, ...]


@dataclass(frozen=True)
class Change:
    """Something that changed in the last 24 hours.

    Parameters
    ----------
    at : datetime
        UTC.
    kind : str
        ``record``, ``correction``, ``readings``, ``regime``, ``atlas``, ``ready``, ``source-down`` or ``source-back``.
    name : str
        Of the record, file, regime or source.
    text : str
        What the record or the error says.
    before, now : str
        Of a regime's obligation: yesterday's status and today's.
    count : int
        Of readings, or of records that are not listed one by one.
    """

    at: datetime
    kind: str
    name: str
    text: str = ""
    who: str = ""
    before: str = ""
    now: str = ""
    count: int = 0


@dataclass(frozen=True)
class SourceNow:
    """How a source stands; as `oberih.case.watch.watched.Health`."""

    name: str
    kind: str
    state: str
    last_good: datetime | None
    newest: datetime | None
    stale_after_s: float | None
    broken_since: datetime | None
    error: str

    @classmethod
    def of(cls, health: Health) -> SourceNow:
        """Make it of a source's health."""
        h = health
        return cls(h.name, h.kind, h.state, h.last_good, h.newest, h.stale_after, h.broken_since, h.error)


@dataclass(frozen=True)
class PlumeNow:
    """Where it would go if it released now: what was assumed, never what is.

    Parameters
    ----------
    start, until : datetime
        Hour of the assumed release; until when the weather is known, UTC.
    scenario : dict of str to str
        What was assumed, by language.
    levels_sv : tuple of float
        Lower ends of the classes, effective dose in the open [Sv].
    colours : tuple of str
        Of each class.
    """

    start: datetime
    until: datetime
    scenario: dict[str, str]
    levels_sv: tuple[float, ...]
    colours: tuple[str, ...]

    @classmethod
    def of(cls, plume: Plume | None) -> PlumeNow | None:
        """Make it of a plume, without its cells."""
        if plume is None:
            return None
        start, until = (datetime.fromtimestamp(t, UTC) for t in (plume.start, plume.until))
        return cls(start, until, plume.scenario, tuple(v / 1e3 for v in plume.levels), plume.colours)


@dataclass(frozen=True)
class Situation:
    """Everything on the first page.

    Parameters
    ----------
    at : datetime
        When it was gathered, UTC.
    version : int
        Grows with every change of any part.
    versions : dict of str to int
        Of each of `PARTS`: the version at which it last changed.
    in_force : InForce or None
        None: no zone is declared.
    in_force_named : bool
        Whether a plan was named at the start at all.
    record_size : int or None
        Records kept; None where no record was begun.
    plume : PlumeNow or None
        The forecast plume, where there is one; its cells are asked for apart.
    ready : ReadyNow or None
        The forecast that stands ready, or that none does.
    """

    at: datetime
    version: int
    versions: dict[str, int]
    site: SiteNow
    in_force: InForce | None
    in_force_named: bool
    readings: ReadingsNow
    incidents: tuple[Incident, ...]
    regimes: tuple[RegimeState, ...]
    changes: tuple[Change, ...]
    sources: tuple[SourceNow, ...]
    record_size: int | None
    plume: PlumeNow | None = None
    ready: ReadyNow | None = None


def site_now(site: Site) -> SiteNow:
    """Say what stands at a site."""
    units = tuple(
        UnitNow(u.id, u.type, u.thermal_power, None if u.shutdown is None else datetime.fromtimestamp(u.shutdown, UTC),
                u.unverified)
        for u in site.units
    )  # fmt: skip
    return SiteNow(
        site.id, site.name, site.name_uk, site.latitude, site.longitude, site.timezone, units, site.note
    )  # fmt: skip


def readings_now(files: Iterable[Given], *, now: datetime) -> ReadingsNow:
    """Take the newest reading of every station; one that is to come only where there is no other."""
    files = tuple(files)
    count: Counter[tuple[str, float, float]] = Counter()
    newest: dict[tuple[str, float, float], Reading] = {}
    for r in (r for f in files for r in f.readings):
        key = (r.station, r.latitude, r.longitude)
        count[key] += 1
        if key not in newest or _rank(r, now) > _rank(newest[key], now):
            newest[key] = r
    moments = {(r.station, r.time) for r in newest.values()}
    beside = [r for f in files for r in f.readings if (r.station, r.time) in moments]
    doubts = {id(r): seen.doubts for r, seen in zip(beside, doubted(beside, now=now), strict=True)}
    shown = [(replace(r, doubts=doubts[id(r)]), count[key]) for key, r in newest.items()]
    shown.sort(key=lambda pair: (-pair[0].rate, pair[0].station))
    stations = tuple(
        ReadingNow(r.station, r.latitude, r.longitude, r.time, r.rate, r.uncertainty, r.source, r.where, r.doubts,
                   given - 1)
        for r, given in shown[:_MOST_STATIONS]
    )  # fmt: skip
    return ReadingsNow(
        stations, len(shown[_MOST_STATIONS:]), OLD_AFTER.total_seconds(), tuple(_file(f, now) for f in files)
    )


def _rank(r: Reading, now: datetime) -> tuple[bool, datetime]:
    """What has been comes before what is to come."""
    return (r.time <= now + AHEAD, r.time)


def _file(given: Given, now: datetime) -> FileNow:
    day = sum(now - DAY < r.time <= now for r in given.readings)
    doubtful = sum(bool(r.doubts) for r in given.readings)
    return FileNow(
        given.file, len(given.readings), day, given.newest, given.defects, given.more_defects, doubtful
    )  # fmt: skip


def record_changes(recent: Recent | None) -> list[Change]:
    """Say what was written into the record in the last 24 hours, each in one line."""
    if recent is None:
        return []
    lines = [
        Change(datetime.fromisoformat(e.recorded_at), "correction" if e.corrects else "record", e.id, e.text, e.who,
               before=e.corrects or "", now=e.kind)
        for e in recent.lines
    ]  # fmt: skip
    if recent.count > len(recent.lines) and lines:
        lines.append(Change(lines[-1].at, "record", "", count=recent.count - len(recent.lines)))
    return lines


def regime_changes(states: Iterable[RegimeState], *, now: datetime) -> list[Change]:
    """Say which findings are not those of yesterday."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        Change(midnight, "regime", s.id, f"{obligation} {subject}", before=before, now=after)
        for s in states for obligation, subject, before, after in s.changes
    ]  # fmt: skip


def ready_changes(kept: Kept | None) -> list[Change]:
    """Say which forecasts came to stand ready."""
    entries = () if kept is None else kept.entries
    return [
        Change(datetime.fromtimestamp(e.made_at, UTC), "ready", e.title,
               now=datetime.fromtimestamp(e.run, UTC).isoformat())
        for e in entries
    ]  # fmt: skip
