"""What was so by that day, and known by then?

An observation counts on a day if it had begun by then; one known only to the month or the year counts when that is
over, since it may have been later.  Asked what was *known by* a day, it counts only if it is
recorded when it became known, and that was not later.  A corrected one counts no more, unless its correction became
known only after.  Everything else is set aside with the reason, and named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date, timedelta
from typing import Any

from oberih.errors import InputError
from oberih.regimes.observation import Observation
from oberih.regimes.rules.rule import order

__all__ = ["Archive", "Known", "plain_observation", "why_not"]

Digest = Callable[[object], str]


def why_not(observation: Observation, *, as_of: date, known_by: date | None, others: Mapping[str, Observation]) -> str:
    """Return why an observation does not count on a day; "" if it does.

    Parameters
    ----------
    observation : Observation
    as_of : date
        The day judged.
    known_by : date or None
        Only what was known by then counts; None: all that is known.
    others : mapping of str to Observation
        By id, to see when a correction became known.
    """
    if observation.date > as_of:
        return f"is dated {observation.date}, after {as_of}"
    if observation.last > as_of and _whole_calendar(observation.date, observation.last):
        return f"is known only as between {observation.date} and {observation.last}, perhaps after {as_of}"
    if known_by is not None and observation.known_on is None:
        return "when it became known is not recorded"
    if known_by is not None and observation.known_on is not None and observation.known_on > known_by:
        return f"became known on {observation.known_on}, after {known_by}"
    if observation.corrected_by is not None:
        correction = others.get(observation.corrected_by)
        later = correction is not None and correction.known_on is not None and known_by is not None
        if not (later and correction and correction.known_on and known_by and correction.known_on > known_by):
            return f"is corrected by {observation.corrected_by}"
    return ""


def _whole_calendar(first: date, last: date) -> bool:
    """Whether a span is exactly a calendar month or year: then it is how exactly the day is known, and no duration."""
    whole_months = first.day == 1 and (last + timedelta(days=1)).day == 1
    return whole_months and ((first.year, first.month) == (last.year, last.month) or _is_year(first, last))


def _is_year(first: date, last: date) -> bool:
    return first.month == 1 and last.month == 12 and first.year == last.year


def plain_observation(observation: Observation) -> dict[str, Any]:
    """Return an observation as text, numbers and lists, for its digest."""
    return {f.name: _plain(getattr(observation, f.name)) for f in fields(observation)}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return [_plain(v) for v in value] if isinstance(value, tuple) else value


class Archive:
    """All observations of one question, by subject and indicator; their digests are made once.

    Parameters
    ----------
    observations : iterable of Observation
        In any order.
    digest : callable
        From plain values to a hexadecimal digest.

    Raises
    ------
    InputError
        If two different observations have one id.
    """

    def __init__(self, observations: Iterable[Observation], digest: Digest) -> None:
        self._digest = digest
        self._digests: dict[int, str] = {}
        self.by_id: dict[str, Observation] = {}
        self._shelves: dict[tuple[str, str], list[Observation]] = {}
        for observation in sorted(observations, key=lambda o: (o.date, o.id)):
            if observation.id in self.by_id:
                self._refuse_another(observation)
                continue
            self.by_id[observation.id] = observation
            self._shelves.setdefault((observation.subject, observation.indicator), []).append(observation)

    def _refuse_another(self, observation: Observation) -> None:
        """The same observation twice is one; two under one id cannot be told apart when they are cited."""
        if observation != self.by_id[observation.id]:
            cure = "give each its own id, or correct one by the other"
            raise InputError("two observations have one id", field="id", value=observation.id, cure=cure)

    def shelf(self, subject: str, indicator: str) -> list[Observation]:
        """Return the observations of one indicator for one subject."""
        return self._shelves.get((subject, indicator), [])

    def digest_of(self, observation: Observation) -> str:
        """Return the digest of one observation."""
        found = self._digests.get(id(observation))
        if found is None:
            found = self._digests[id(observation)] = self._digest(plain_observation(observation))
        return found


class Known:
    """What of an archive counts on one day.

    Parameters
    ----------
    archive : Archive
    as_of : date
    known_by : date or None
    """

    def __init__(self, archive: Archive, *, as_of: date, known_by: date | None) -> None:
        self.archive, self.as_of, self.known_by = archive, as_of, known_by
        self._cache: dict[tuple[str, str], tuple[list[Observation], list[tuple[str, str]]]] = {}

    def of(self, subject: str, indicator: str) -> tuple[list[Observation], list[tuple[str, str]]]:
        """Return what counts, the latest last, and what does not with the reason."""
        key = (subject, indicator)
        if key not in self._cache:
            usable: list[Observation] = []
            aside: list[tuple[str, str]] = []
            for o in self.archive.shelf(subject, indicator):
                reason = why_not(o, as_of=self.as_of, known_by=self.known_by, others=self.archive.by_id)
                if reason:
                    aside.append((o.id, reason))
                else:
                    usable.append(o)
            usable.sort(key=lambda o: order(o, self.as_of))
            self._cache[key] = usable, aside
        return self._cache[key]

    def of_all(self, subject: str, indicators: Iterable[str]) -> tuple[list[Observation], list[tuple[str, str]]]:
        """Return the same for several indicators together."""
        parts = [self.of(subject, indicator) for indicator in dict.fromkeys(indicators)]
        if len(parts) == 1:
            return parts[0]
        usable = sorted((o for kept, _ in parts for o in kept), key=lambda o: order(o, self.as_of))
        return usable, [pair for _, aside in parts for pair in aside]
