"""Which forecast stands ready, and what must a duty officer know of it?

Defines the nouns `Standing` (an atlas of coming hours that stands ready), `BegunNow` (one that is being built) and
`ReadyNow` (both, with what is alarming about them).  Nothing here computes: it is what ``oberih forecast`` keeps on
this machine, looked at.

Invariant: what is told stands there whole; a pointer that cannot be read, or names what is not whole, is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from oberih.case.reach.forecast_state import ReadyAtlas, begun_of, entries_of, is_whole, keeper_of
from oberih.case.reach.response_weather import RUN_OLD
from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import CorruptStore

__all__ = ["ENDS_SOON", "MARKS", "RUN_OLD_AFTER", "BegunNow", "Kept", "ReadyNow", "Standing", "kept_at", "ready_now"]

RUN_OLD_AFTER = timedelta(seconds=RUN_OLD)
"""From this age on a run counts as old."""

ENDS_SOON = timedelta(hours=12)
"""With fewer hours of release left to answer for, that is said."""

MARKS = ("old", "ended", "ends-soon", "unkept")
"""What may be alarming: the run is old, no hour of release is left or few are, nobody looks for a newer run."""


@dataclass(frozen=True)
class Standing:
    """An atlas of coming hours that stands ready.

    Parameters
    ----------
    source, title : str
        Whose forecast it is, in an option and for people.
    run, made_at : datetime
        Of the forecast; when the atlas was published, UTC.
    first, last : datetime
        Releases that begin from the first until before the last are answered, UTC.
    until : datetime
        To which plumes are followed, UTC.
    lacks, derived : tuple of str
        What it does not hold; what the run did not give and was derived.
    particles : int
        A release hour and height.
    courses, courses_wanted : int
        Courses of the weather that stand, the weather as forecast first among them; how many were asked for.
    missing : tuple of str
        Which of them could not be had when last tried, and why.
    """

    source: str
    title: str
    run: datetime
    made_at: datetime
    first: datetime
    last: datetime
    until: datetime
    lacks: tuple[str, ...]
    derived: tuple[str, ...]
    particles: int
    courses: int
    courses_wanted: int
    missing: tuple[str, ...]

    @classmethod
    def of(cls, entry: ReadyAtlas) -> Standing:
        """Make it of what the pointer names."""
        e = entry
        return cls(
            e.source, e.title, _utc(e.run), _utc(e.made_at), _utc(e.first), _utc(e.last + SECONDS_PER_HOUR),
            _utc(e.until), e.lacks, e.derived, e.particles, 1 + len(e.courses),
            1 + max(len(e.courses), len(e.wanted)), e.missing,
        )  # fmt: skip


@dataclass(frozen=True)
class BegunNow:
    """An atlas that is being built, or was when its process ended: source, run, since when; UTC."""

    source: str
    run: datetime
    since: datetime


@dataclass(frozen=True)
class Kept:
    """What lies in the folder of a site's forecast.

    Parameters
    ----------
    entries : tuple of ReadyAtlas
        Newest first; the first is whole.
    begun : BegunNow or None
    kept : bool
        Whether a process keeps it.
    """

    entries: tuple[ReadyAtlas, ...]
    begun: BegunNow | None
    kept: bool


@dataclass(frozen=True)
class ReadyNow:
    """The forecast that stands ready, as it is now.

    Parameters
    ----------
    standing : Standing or None
    begun : BegunNow or None
    kept : bool
        Whether a process keeps it.
    marks : tuple of str
        Of `MARKS`.
    old_after_s : float
        Age of the run from which it counts as old [s].
    command : str
        What makes one.
    """

    standing: Standing | None
    begun: BegunNow | None
    kept: bool
    marks: tuple[str, ...]
    old_after_s: float
    command: str


def kept_at(folder: Path) -> Kept:
    """Look at what ``oberih forecast`` keeps.

    Parameters
    ----------
    folder : Path
        As `oberih.case.reach.forecast_state.folder_of` gives it.

    Raises
    ------
    CorruptStore
        If there is a pointer, and what it names is not there whole.
    """
    entries = tuple(entries_of(folder))
    if not entries and (folder / "ready.json").is_file():
        raise CorruptStore("ready.json: cannot be read; run 'oberih forecast' again")
    whole = next((i for i, e in enumerate(entries) if is_whole(e)), None)
    if entries and whole is None:
        raise CorruptStore("ready.json: what it names is not there whole; run 'oberih forecast' again")
    begun = begun_of(folder)
    under_way = None if begun is None else BegunNow(begun.source, _utc(begun.run), _utc(begun.since))
    return Kept(entries[whole or 0 :], under_way, keeper_of(folder) is not None)


def ready_now(kept: Kept | None, *, now: datetime, command: str) -> ReadyNow:
    """Say how it stands.

    Parameters
    ----------
    kept : Kept or None
        None where it could never be read.
    now : datetime
        UTC.
    command : str
        What makes one.
    """
    entry = kept.entries[0] if kept is not None and kept.entries else None
    if kept is None or entry is None:
        begun, by = (None, False) if kept is None else (kept.begun, kept.kept)
        return ReadyNow(None, begun, by, (), RUN_OLD_AFTER.total_seconds(), command)
    standing = Standing.of(entry)
    left = standing.last - now
    found = {
        "old": now - standing.run > RUN_OLD_AFTER, "ended": left <= timedelta(0),
        "ends-soon": timedelta(0) < left < ENDS_SOON, "unkept": not kept.kept,
    }  # fmt: skip
    marks = tuple(name for name in MARKS if found[name])
    return ReadyNow(standing, kept.begun, kept.kept, marks, RUN_OLD_AFTER.total_seconds(), command)


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
