"""What happened, by the record, and what was written into it lately?

Defines the nouns `Incident`, `Line` (a record in one line) and `Recent`.  An incident is a record of kind ``event`` as
it stands now: where a later record corrects it, that one is shown.  Who blames whom stays a claim, with who says so.
What the server notes of itself (tag ``access``) is counted and not shown as an incident.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from oberih.case.prove.keeping import Keeping
from oberih.case.prove.record_data import opened
from oberih.evidence.entry import Entry
from oberih.evidence.log import Log
from oberih.evidence.moment import instant

__all__ = ["DAY", "MOST_INCIDENTS", "Incident", "Line", "Recent", "recent_records"]

MOST_INCIDENTS = 100
"""Shown at once, the latest written."""

DAY = timedelta(hours=24)
_MOST_LINES = 60
_PAGE = 200
_LOOKED_AT = 4000
_OWN_TAG = "access"


@dataclass(frozen=True)
class Incident:
    """Something that happened, as somebody says.

    Parameters
    ----------
    id : str
    number : int
    text : str
    first, last : str
        When, ISO 8601 as exactly as it is known; empty where not said.
    recorded_at : str
        UTC.
    place : str
    latitude, longitude : float or None
        [°]
    uncertainty : float or None
        Of the place [m].
    who, channel : str
        Who says so, and how it came to be known.
    reliability : str or None
        Of the source, A to F (Admiralty scale).
    credibility : int or None
        Of the content, 1 to 6.
    claims : tuple of (str, str)
        By whom, what.
    corrects : str or None
        Id of the record that this one replaces.
    """

    id: str
    number: int
    text: str
    first: str
    last: str
    recorded_at: str
    place: str
    latitude: float | None
    longitude: float | None
    uncertainty: float | None
    who: str
    channel: str
    reliability: str | None
    credibility: int | None
    claims: tuple[tuple[str, str], ...]
    corrects: str | None = None


@dataclass(frozen=True)
class Line:
    """A record in one line."""

    id: str
    number: int
    kind: str
    text: str
    recorded_at: str
    who: str
    corrects: str | None


@dataclass(frozen=True)
class Recent:
    """What the record says of now.

    Parameters
    ----------
    size : int
    incidents : tuple of Incident
        The latest written first.
    lines : tuple of Line
        Records of the last 24 hours, the newest first, without what the server notes of itself.
    count, own : int
        How many there are of them; how many the server noted of itself.
    more : bool
        Whether only the newest were counted.
    last_written : datetime or None
    """

    size: int
    incidents: tuple[Incident, ...]
    lines: tuple[Line, ...]
    count: int
    own: int
    more: bool
    last_written: datetime | None


def recent_records(keeping: Keeping, *, now: datetime) -> Recent | None:
    """Read what the record says of now; None where no record is kept.

    Raises
    ------
    StoreError
        If it cannot be read, or what is there is not what was written.
    """
    if not keeping.exists:
        return None
    with opened(keeping) as log:
        size = log.size
        fresh, own, count, more = _fresh(log, now)
        newest = log.find(newest=True, limit=1)
        last = instant(newest[0].recorded_at) if newest else None
        return Recent(size, tuple(_incidents(log)), fresh, count, own, more, last)


def _backwards(log: Log, kind: str | None = None) -> Iterator[Entry]:
    """Entries, the newest first, a page at a time."""
    below: int | None = None
    looked = 0
    while looked < _LOOKED_AT:
        part = log.find(kind=kind, newest=True, below=below, limit=_PAGE)
        yield from part
        if len(part) < _PAGE:
            return
        below, looked = part[-1].seq, looked + len(part)


def _fresh(log: Log, now: datetime) -> tuple[tuple[Line, ...], int, int, bool]:
    lines: list[Line] = []
    own = count = 0
    for entry in _backwards(log):
        if instant(entry.recorded_at) < now - DAY:
            return tuple(lines), own, count, False
        if _OWN_TAG in entry.record.tags:
            own += 1
            continue
        count += 1
        if len(lines) < _MOST_LINES:
            lines.append(_line(entry))
    return tuple(lines), own, count, own + count >= _LOOKED_AT


def _line(entry: Entry) -> Line:
    r = entry.record
    return Line(r.id, entry.seq, r.kind, r.text[:400], entry.recorded_at, str(r.source.get("who", "")), r.corrects)


def _incidents(log: Log) -> Iterator[Incident]:
    corrected, found = log.corrections(), 0
    for entry in _backwards(log, "event"):
        if _OWN_TAG in entry.record.tags:
            continue
        final = _final(entry.record.id, corrected)
        yield _incident(entry if final == entry.record.id else log.entry(final))
        found += 1
        if found == MOST_INCIDENTS:
            return


def _final(name: str, corrected: Mapping[str, str]) -> str:
    seen = {name}
    while name in corrected and corrected[name] not in seen:
        name = corrected[name]
        seen.add(name)
    return name


def _incident(entry: Entry) -> Incident:
    r = entry.record
    return Incident(
        id=r.id, number=entry.seq, text=r.text[:2000], first=str(r.happened.get("from", "")),
        last=str(r.happened.get("to", "")), recorded_at=entry.recorded_at, place=str(r.place.get("name", "")),
        latitude=r.place.get("latitude"), longitude=r.place.get("longitude"),
        uncertainty=r.place.get("uncertainty_m"), who=str(r.source.get("who", "")),
        channel=str(r.source.get("channel", "")), reliability=r.reliability, credibility=r.credibility,
        claims=tuple((c["by"], c["says"]) for c in r.claims), corrects=r.corrects,
    )  # fmt: skip
