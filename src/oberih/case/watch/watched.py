"""Does this source still answer, and what did it say last?

Defines the nouns `Watched` (a source that is looked at again and again) and `Health` (how it stands).  A source that
breaks keeps its last good value; its health says since when it is broken and why.

Invariants: a value is replaced only by a newer one that could be read; nothing is read again while its mark (times
and sizes of files) is the same, but after ``again`` seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from oberih.errors import OberihError

__all__ = ["Health", "Watched", "mark_of"]

T = TypeVar("T")


@dataclass(frozen=True)
class Health:
    """How a source stands.

    Parameters
    ----------
    name : str
        As ``readings.csv``.
    kind : str
        ``record``, ``in-force``, ``readings``, ``regimes``, ``forecast``, ``ready`` or ``atlas``.
    state : str
        ``good``, ``stale`` (what it says is older than it should be), ``broken``, ``absent`` (there is nothing), or
        ``reading`` (it is read for the first time).
    last_good : datetime or None
        When it could last be read, UTC.
    newest : datetime or None
        Time of the newest thing that it says, UTC.
    stale_after : float or None
        Age of ``newest`` from which it counts as stale [s]; None where it has no rhythm.
    broken_since : datetime or None
    error : str
        One line; empty while it is not broken.
    """

    name: str
    kind: str
    state: str
    last_good: datetime | None = None
    newest: datetime | None = None
    stale_after: float | None = None
    broken_since: datetime | None = None
    error: str = ""


class Watched(Generic[T]):
    """A source with its last good value.

    Parameters
    ----------
    name, kind : str
        As in `Health`.
    read : callable
        Given the time, reads it; None says that there is nothing.
    mark : callable
        What tells quickly whether it changed.
    newest : callable
        Of a value: the time of the newest thing that it says.
    stale_after : float, optional
        [s]
    again : float
        Read again after so long even if the mark is the same [s].
    """

    def __init__(
        self, name: str, kind: str, *, read: Callable[[datetime], T | None], mark: Callable[[], object],
        newest: Callable[[T], datetime | None] = lambda _: None, stale_after: float | None = None,
        again: float = float("inf"),
    ) -> None:  # fmt: skip
        self.name, self.kind = name, kind
        self._read, self._mark, self._newest = read, mark, newest
        self._stale_after, self._again = stale_after, again
        self.value: T | None = None
        self.error = ""
        self.broken_since: datetime | None = None
        self.last_good: datetime | None = None
        self._seen: object = self  # no mark is this
        self._read_at: datetime | None = None

    def look(self, now: datetime) -> str | None:
        """Read it if it may have changed; say ``down`` when it broke, ``back`` when it answers again, else None."""
        mark = self._mark()
        waited = self._read_at is None or (now - self._read_at).total_seconds() >= self._again
        if mark == self._seen and not waited:
            if not self.error:
                self.last_good = now
            return None
        self._seen, self._read_at = mark, now
        was_broken = bool(self.error)
        try:
            self.value = self._read(now)
        except (OberihError, OSError) as error:
            self.error = " ".join(str(error).split())[:1000] or type(error).__name__
            if not was_broken:
                self.broken_since = now
            return None if was_broken else "down"
        self.error, self.broken_since, self.last_good = "", None, now
        return "back" if was_broken else None

    def health(self, now: datetime) -> Health:
        """Say how it stands."""
        newest = None if self.value is None else self._newest(self.value)
        late = newest is not None and self._stale_after is not None
        stale = late and newest is not None and (now - newest).total_seconds() > (self._stale_after or 0.0)
        nothing = "reading" if self.last_good is None else "absent"
        state = "broken" if self.error else nothing if self.value is None else "stale" if stale else "good"
        return Health(
            self.name, self.kind, state, self.last_good, newest, self._stale_after, self.broken_since, self.error
        )


def mark_of(*paths: Path) -> tuple[tuple[int, int] | str, ...]:
    """Tell quickly whether files changed: time of change and size of each, or why it cannot be told."""
    found: list[tuple[int, int] | str] = []
    for path in paths:
        try:
            about = path.stat()
            found.append((about.st_mtime_ns, about.st_size))
        except OSError as error:
            found.append(error.strerror or "cannot be looked at")
    return tuple(found)
