"""When did a finding change, and why?

Changes are found exactly, not on a grid: a finding can only change on days that dates of the evidence and of
the rule name (`days_of_change`: an observation begins, ends, becomes known or grows stale; a span, a suspension, a
contest or a year begins or ends), so those days are judged and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from oberih.case.hold.judgement import readable
from oberih.case.hold.regime import Asked, Evidence, evidence_for
from oberih.case.progress import Progress
from oberih.errors import InputError
from oberih.evidence.digest import sha256_of_value
from oberih.regimes import judge as rules
from oberih.regimes.finding import Finding
from oberih.regimes.observation import Observation
from oberih.regimes.read.regime_file import load_regime
from oberih.regimes.regime import Contest, Obligation, Regime, Span, Suspension

__all__ = ["Change", "History", "days_of_change", "history"]

_BATCH = 25
"""Days judged between two signs of progress."""


@dataclass(frozen=True)
class Change:
    """A day on which a finding became another.

    Parameters
    ----------
    day : date
    before : Finding or None
        None on the first day of the history.
    after : Finding
    """

    day: date
    before: Finding | None
    after: Finding


@dataclass(frozen=True)
class History:
    """How the findings of a regime changed.

    Parameters
    ----------
    regime : Regime
    start, end : date
        First and last day.
    known_by : date or None
    rolling : bool
        Whether each day is judged by what was known on it.
    changes : tuple of Change
        By day, then in the order of the regime; the first day of each finding is among them.
    rests_on : tuple of (str, str, int)
        As in `Judgement`.
    """

    regime: Regime
    start: date
    end: date
    known_by: date | None
    rolling: bool
    changes: tuple[Change, ...]
    rests_on: tuple[tuple[str, str, int], ...]


def history(
    asked: Asked, *, start: date | None, progress: Progress, rolling: bool = False, evidence: Evidence | None = None,
    most: int | None = None,
) -> History:  # fmt: skip
    """Find every change of every finding up to ``asked.as_of``.

    Parameters
    ----------
    asked : Asked
        ``as_of`` is the last day.
    start : date or None
        The first day; None: the year in which what is known of it begins.
    progress : Progress
    rolling : bool
        Judge each day by what was known on it.
    evidence : Evidence, optional
        In place of what `asked` names.
    most : int, optional
        Days that may be judged.

    Raises
    ------
    UnknownName, InputError
        As for `oberih.case.hold.regime.judge_regime`, if ``start`` is later than the last day, or more days
        would have to be judged than may be.
    """
    regime = load_regime(asked.name)
    given = evidence or evidence_for(asked)
    relevant = readable(regime, regime.obligations, given.observations)
    end = asked.as_of
    first = start or _beginning(regime, relevant, end)
    if first > end:
        raise InputError("is later than the last day", field="--from", value=first.isoformat(), cure=f"last day: {end}")
    days = [d for d in days_of_change(regime, relevant, rolling=rolling) if first < d <= end]
    if most is not None and len(days) >= most:
        what = f"needs {len(days) + 1} days judged, {most} at most are here"
        raise InputError(what, field="--from, --to", value=f"{first} – {end}", cure="choose a shorter time")
    changes = tuple(_changes(_judged(regime, relevant, [first, *days], asked.known_by, rolling, progress)))
    return History(regime, first, end, asked.known_by, rolling, changes, given.rests_on)


def _beginning(regime: Regime, observations: Sequence[Observation], end: date) -> date:
    """The year of the first observation; of a rule of which nothing was observed, the year in which it begins."""
    starts = [s.start for s in regime.spans if s.start is not None]
    begins = min((o.date for o in observations), default=min(starts, default=end))
    return min(date(begins.year, 1, 1), end)


def days_of_change(regime: Regime, observations: Sequence[Observation], *, rolling: bool = False) -> list[date]:
    """Return every day on which some finding may differ from the day before.

    Parameters
    ----------
    regime : Regime
    observations : sequence of Observation
    rolling : bool
        Whether each day is judged by what was known on it.

    Notes
    -----
    A test asks of an observation only whether it has begun, whether it lasts, which is the latest,
    and whether its age exceeds a number of days of its parameters; each of these can change only
    where its first or last day, or that age after its last, is reached or passed.
    """
    ages = {0, *_ages(p.parameters for o in regime.obligations for p in o.parts)}
    days: set[date] = set()
    for o in observations:
        days.add(o.date)
        days |= {day for age in ages for past in (0, 1) for day in _shifted(o.last, age + past)}
        days |= {o.known_on} if rolling and o.known_on else set()
    things: list[Span | Suspension | Contest | Obligation] = [
        *regime.spans, *regime.suspensions, *regime.contests, *regime.obligations,
    ]  # fmt: skip
    days |= {day for thing in things for day in (thing.start, thing.end) if day is not None}
    years = range(min(days).year, max(days).year + 1) if days else range(0)
    starts = {p.parameters["year_starts"] for o in regime.obligations for p in o.parts if "year_starts" in p.parameters}
    starts |= {"01-01"} if any(p.test == "count_in_year" for o in regime.obligations for p in o.parts) else set()
    days |= {date(year, int(text[:2]), int(text[3:])) for text in starts for year in years}
    return sorted(days)


def _shifted(day: date, days: int) -> list[date]:
    """The day so many days later; none past the end of the calendar."""
    return [day + timedelta(days)] if (date.max - day).days >= days else []


def _ages(parameters: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    """Numbers of days that tests compare ages with."""
    for one in parameters:
        for name in ("stale_after", "days", "window"):
            if isinstance(one.get(name), int):
                yield one[name]


def _judged(
    regime: Regime, observations: Sequence[Observation], days: Sequence[date], known_by: date | None, rolling: bool,
    progress: Progress,
) -> Iterator[tuple[date, tuple[Finding, ...]]]:  # fmt: skip
    """Every day with its findings."""
    progress.stage(f"judging {len(days)} days", len(days))
    size = 1 if rolling else _BATCH
    for at in range(0, len(days), size):
        some = days[at : at + size]
        known = (min(some[0], known_by) if known_by else some[0]) if rolling else known_by
        found = rules.timeline(regime, observations, dates=some, known_by=known, digest=sha256_of_value)
        each = len(found) // len(some)
        yield from ((day, found[i * each : (i + 1) * each]) for i, day in enumerate(some))
        progress.advance(len(some))
    progress.done()


def _changes(judged: Iterable[tuple[date, tuple[Finding, ...]]]) -> Iterator[Change]:
    before: dict[tuple[str, str], Finding] = {}
    for day, findings in judged:
        for finding in findings:
            key = (finding.obligation, finding.subject)
            if key not in before or _axes(before[key]) != _axes(finding):
                yield Change(day, before.get(key), finding)
            before[key] = finding


def _axes(f: Finding) -> tuple[str, str | None, tuple[str, ...]]:
    return f.applicability, f.status, f.contested_by
