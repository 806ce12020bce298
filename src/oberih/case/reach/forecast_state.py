"""Which forecast stands ready, and for which hours does it answer?

Defines the noun `ReadyAtlas`.  One small file, ``ready.json``, names what stands ready, newest first; it is written
beside and renamed, after the atlas that it names is whole, so that whoever reads it finds all of one run or all of
another.  Further courses of the weather (`oberih.case.reach.forecast_course`) are named under the atlas of their run,
one more each time that one is whole.  ``begun.json`` names what is being built, so that a build that was killed is
gone on with; ``course.json`` names the course at work.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from oberih.atlas.store import Atlas, open_atlas
from oberih.case.reach.forecast_course import LATEST, UNSEEN, ReadyCourse, courses_among, plain_course
from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import CorruptStore, InputError, OberihError, StoreError
from oberih.evidence.keep import store_error, write_atomically

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

__all__ = [
    "AT_WORK", "Begun", "ReadyAtlas", "alone_at", "begun_of", "clear_away", "entries_of", "folder_of", "is_whole",
    "keep_begun", "keeper_of", "opened", "publish", "publish_courses", "ready", "refuse_short", "standing",
]  # fmt: skip

FORMAT = "oberih/forecast/1"

BEGUN, AT_WORK = "begun.json", "course.json"
"""Names the atlas, and the further course, that is being built."""

KEPT = 2
"""Atlases that stand: the one just published, and the one before, which somebody may be reading."""


@dataclass(frozen=True)
class ReadyAtlas:
    """An atlas of coming hours that stands ready.

    Parameters
    ----------
    path : Path
        Of the atlas.
    digest : str
        That its plan gave it.
    source, title : str
        Whose forecast it is, in an option and for people.
    run : int
        Time of the forecast's run, seconds since 1970, UTC.
    first, last : int
        Beginning of the first and of the last release hour, seconds since 1970.
    until : int
        End of the weather: no plume is followed beyond it, seconds since 1970.
    made_at : int
        When it was published, seconds since 1970.
    lacks : tuple of str
        What it does not hold, in words.
    particles : int
        A release hour.
    run_digest : str
        Of the messages that it was made from.
    asked : str
        What was asked for, whole: another question is another atlas.
    derived : tuple of str
        What the run did not give and was derived, and how.
    fields : tuple of str
        Files of the run that it was made from, which `oberih.weather.read.volume.volume_of` reads; they are kept a
        little longer than the atlas.
    flow : str
        Name of the folder beside the atlas that holds the fields as particles met them.
    courses : tuple of ReadyCourse
        Further courses of the weather of the same run, whole when they were named; this atlas is the first course.
    wanted : tuple of str
        Names of all further courses that were asked for, whether they stand or not.
    missing : tuple of str
        Which of them could not be had when last tried, and why, in words.
    """

    path: Path
    digest: str
    source: str
    title: str
    run: int
    first: int
    last: int
    until: int
    made_at: int
    lacks: tuple[str, ...]
    particles: int
    run_digest: str
    asked: str = ""
    derived: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    flow: str = ""
    courses: tuple[ReadyCourse, ...] = ()
    wanted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def answers(self, at: int, hours: int = 1) -> bool:
        """Whether a release that begins then is in it and is followed so long."""
        return self.first <= at < self.last + SECONDS_PER_HOUR and at + SECONDS_PER_HOUR * hours <= self.until

    def holds(self, at: int, hours: int) -> bool:
        """Whether it has every hour of a release that begins then and lasts so long."""
        return at + SECONDS_PER_HOUR * hours <= self.last + SECONDS_PER_HOUR


@dataclass(frozen=True)
class Begun:
    """A build that is under way.

    Parameters
    ----------
    source : str
    run : int
    first : int
        First release hour, seconds since 1970.
    asked : str
        As of `ReadyAtlas`; of a further course its name.
    since : int
        Seconds since 1970.
    """

    source: str
    run: int
    first: int
    asked: str
    since: int


def folder_of(cache: Path, site: str) -> Path:
    """Where the forecast of a site is kept."""
    return cache / "forecast" / site


def ready(cache: Path, site: str, at: int, hours: int = 1) -> ReadyAtlas | None:
    """The newest atlas that answers for a release, or None.

    Parameters
    ----------
    cache : Path
    site : str
        Identifier of the site.
    at : int
        When the release begins, seconds since 1970.
    hours : int
        How long it is to be followed [h].

    Returns
    -------
    ReadyAtlas or None
        Whole, as far as a look at its seals says; ``oberih atlas verify`` compares every byte.
    """
    for entry in entries_of(folder_of(cache, site)):
        if entry.answers(at, hours) and is_whole(entry):
            return entry
    return None


def is_whole(entry: ReadyAtlas) -> bool:
    """Whether an entry's atlas is there, and is what the entry says."""
    try:
        opened(entry)
    except OberihError:
        return False
    return True


def opened(entry: ReadyAtlas) -> Atlas:
    """The atlas of an entry, which is what the entry says.

    Raises
    ------
    StoreError, InputError
        If it is not whole.
    CorruptStore
        If it is another one, or of other hours: the pointer was written by somebody else.
    """
    return _opened(entry, entry)


def standing(entry: ReadyAtlas) -> list[tuple[ReadyCourse, Atlas]]:
    """The further courses of an entry that are whole and of its hours, with their atlases; others are left out."""
    found = []
    for course in entry.courses:
        with contextlib.suppress(OberihError):
            found.append((course, _opened(entry, course)))
    return found


def _opened(entry: ReadyAtlas, one: ReadyAtlas | ReadyCourse) -> Atlas:
    atlas = open_atlas(one.path)
    hours = (int(atlas.times[0]), int(atlas.times[-1]))
    if (atlas.digest, *hours) != (one.digest, entry.first, entry.last):
        raise CorruptStore(f"{one.path}: is not the atlas that the pointer names; run 'oberih forecast' again")
    return atlas


def entries_of(folder: Path) -> list[ReadyAtlas]:
    """What stands ready in a folder, newest first; nothing if the pointer cannot be read."""
    try:
        told = json.loads((folder / "ready.json").read_bytes())
        if told["format"] != FORMAT:
            return []
        listed = ("lacks", "derived", "fields", "wanted", "missing")
        found = [
            ReadyAtlas(
                **e
                | {"path": folder / e["path"], "courses": courses_among(folder, e.get("courses"))}
                | {name: tuple(e[name]) for name in listed if name in e}
            )
            for e in told["entries"]
        ]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []
    return [e for e in found if e.path.parent == folder and e.path.name != ".." and _is_sound(e)]


def _is_sound(said: ReadyAtlas | Begun) -> bool:
    """Whether what a file says is of the kind that it should be, and its times are times."""
    for field in fields(said):
        value, kind = getattr(said, field.name), str(field.type)
        if kind == "int":
            sound = type(value) is int and 0 <= value <= LATEST
        elif field.name == "courses":
            sound = True  # each was judged when it was read
        elif kind.startswith("tuple"):
            sound = all(isinstance(each, str) and not UNSEEN.search(each) for each in value)
        else:
            sound = isinstance(value, Path if kind == "Path" else str) and not UNSEEN.search(str(value))
        if not sound:
            return False
    return True


def publish(folder: Path, entry: ReadyAtlas) -> None:
    """Let an atlas be found, and let go of those that stood before the last.

    Raises
    ------
    StoreError
        If the pointer cannot be written.
    """
    _point_to(folder, [entry, *(e for e in entries_of(folder) if e.path != entry.path)][:KEPT])
    for name in (BEGUN, AT_WORK):
        with contextlib.suppress(OSError):
            (folder / name).unlink(missing_ok=True)


def publish_courses(folder: Path, entry: ReadyAtlas) -> None:
    """Let the further courses of an atlas that stands ready be found; the others stay as they are.

    Raises
    ------
    StoreError
        If the pointer cannot be written.
    """
    _point_to(folder, [entry if e.path == entry.path else e for e in entries_of(folder)])
    with contextlib.suppress(OSError):
        (folder / AT_WORK).unlink(missing_ok=True)


def _point_to(folder: Path, entries: Sequence[ReadyAtlas]) -> None:
    plain = [
        {**asdict(e), "path": e.path.name, "courses": [plain_course(course) for course in e.courses]} for e in entries
    ]
    _written(folder / "ready.json", {"format": FORMAT, "entries": plain})


def keep_begun(folder: Path, begun: Begun, *, name: str = BEGUN) -> None:
    """Say what is being built: an atlas, or with the name `AT_WORK` a further course of the one that stands."""
    _written(folder / name, {"format": FORMAT, **asdict(begun)})


def begun_of(folder: Path, *, name: str = BEGUN) -> Begun | None:
    """What is being built, or was when the process ended."""
    try:
        told = json.loads((folder / name).read_bytes())
        begun = Begun(**{k: v for k, v in told.items() if k != "format"}) if told["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return begun if begun is not None and _is_sound(begun) else None


def clear_away(folder: Path, *, besides: Sequence[Path]) -> None:
    """Remove atlases and fields that nobody needs any more; ``besides`` and what stands ready stay."""
    kept = {p.name for p in besides}
    for entry in entries_of(folder):
        kept |= {entry.path.name, entry.flow, *(course.path.name for course in entry.courses)}
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def alone_at(folder: Path) -> Iterator[None]:
    """Be the only one that keeps this site's forecast.

    Raises
    ------
    StoreError
        If another process is at it, named by its number; or the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise store_error(folder, error) from error
    try:
        if fcntl is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                owner = os.read(handle, 32).decode("ascii", errors="replace").strip()
                raise StoreError(
                    f"{folder}: another 'oberih forecast' keeps it (process {owner or 'unknown'}); "
                    "ask it with --status, or end it first"
                ) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def keeper_of(folder: Path) -> int | None:
    """The process that keeps this site's forecast, or None where nobody does."""
    try:
        handle = os.open(folder / "lock", os.O_RDONLY)
    except OSError:
        return None
    try:
        if fcntl is None:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            number = os.read(handle, 32).decode("ascii", errors="replace").strip()
            return int(number) if number.isdigit() else 0
        return None
    finally:
        os.close(handle)


def _written(path: Path, facts: dict[str, Any]) -> None:
    write_atomically(path, json.dumps(facts, indent=1, ensure_ascii=False, sort_keys=True).encode())


def refuse_short(hours: int, every: int) -> None:
    """Refuse hours that run out before the next run.

    Raises
    ------
    InputError
        If they do.
    """
    if hours < every + 12:
        raise InputError(
            f"ends before the run after the next is there, every {every} h", field="--hours", value=hours,
            cure=f"keep {every + 12} hours at least",
        )  # fmt: skip
