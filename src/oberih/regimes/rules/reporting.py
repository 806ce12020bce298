"""Was it reported in time, and how often?

`reported_within`: is there a report of the last so many days?  It is compromised only where somebody noted that it was
asked for and not provided; that nobody noted anything is unknown.  `count_in_year`: how much
happened in the regime's own year, which need not begin in January.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import Field, model_validator

from oberih.regimes.finding import Verdict
from oberih.regimes.observation import Observation
from oberih.regimes.rules.rule import Days, Name, Number, Place, Rule, age, by_channel, figure

__all__ = ["CountInYear", "ReportedWithin", "count_in_year", "reported_within"]


class ReportedWithin(Rule):
    """A value must have been reported within the last ``days``."""

    test: Literal["reported_within"]
    indicator: Name
    days: Days


class CountInYear(Rule):
    """The sum over the regime's current year, from ``year_starts`` (MM-DD), keeps to ``at_most`` or ``at_least``."""

    test: Literal["count_in_year"]
    indicator: Name
    at_most: Number | None = None
    at_least: Number | None = None
    year_starts: Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])$")] = "01-01"

    @model_validator(mode="after")
    def _has_a_limit(self) -> CountInYear:
        if self.at_most is None and self.at_least is None:
            raise ValueError("has no limit; give at_most or at_least")
        return self


def reported_within(
    observations: Sequence[Observation], rule: ReportedWithin, *, as_of: date, place: Place | None = None
) -> Verdict:
    """Judge whether there was a report in time.

    Examples
    --------
    >>> rule = ReportedWithin(name="exchange", test="reported_within", indicator="warheads", days=215)
    >>> asked = [Observation("o1", "warheads", "RU", date(2023, 3, 1), given=False)]
    >>> reported_within(asked, rule, as_of=date(2023, 4, 15))
    Verdict(status='compromised', why='asked for 2023-03-01, not provided', counted=('o1',), set_aside=())
    """
    kept, aside = by_channel(observations, rule)
    in_time = [o for o in kept if age(o, as_of) <= rule.days]
    given = [o for o in in_time if o.given]
    refused = [o for o in in_time if not o.given and (not given or o.last > given[-1].last)]
    if given:
        since = f"; asked for {refused[-1].date}, not provided" if refused else ""
        counted = [given[-1], *refused[-1:]]
        verdict = "holds", f"{age(given[-1], as_of)} d since report{since}"
    elif refused:
        counted = refused[-1:]
        verdict = "compromised", f"asked for {refused[-1].date}, not provided"
    else:
        counted = kept[-1:]
        verdict = "unknown", f"no observation since {kept[-1].date}" if kept else "no observation"
    aside += [(o.id, f"{counted[0].date} is nearer") for o in kept if o not in counted]
    return Verdict(*verdict, tuple(o.id for o in counted), tuple(aside))


def count_in_year(
    observations: Sequence[Observation], rule: CountInYear, *, as_of: date, place: Place | None = None
) -> Verdict:
    """Judge the sum of the regime's current year; a value that is no number counts as one."""
    kept, aside = by_channel(observations, rule)
    first, last = _year_of(as_of, rule.year_starts)
    aside += [(o.id, f"lies outside {first} to {last}") for o in kept if not first <= o.date <= last]
    aside += [(o.id, f"is a total to {o.last}, after {as_of}") for o in kept if first <= o.date <= as_of < o.last]
    kept = [o for o in kept if first <= o.date <= last and o.last <= as_of]
    ids = tuple(o.id for o in kept)
    if not kept:
        return Verdict("unknown", f"no observation since {first}", (), tuple(aside))
    total = sum(float(o.value) if isinstance(o.value, int | float) else 1.0 for o in kept if o.given)
    status, why = _against(total, rule, over=as_of >= last, silent=any(not o.given for o in kept))
    return Verdict(status, f"{why} since {first}", ids, tuple(aside))


def _against(total: float, rule: CountInYear, *, over: bool, silent: bool) -> tuple[str, str]:
    """Status and reason; too few is a breach only when the year is over, and none where a number was withheld."""
    if rule.at_most is not None and total > rule.at_most:
        return "compromised", f"{figure(total)} > {figure(rule.at_most)}"
    if silent:
        return "unknown", f"{figure(total)}, and a number not given,"
    if rule.at_least is not None and total < rule.at_least:
        return ("compromised" if over else "unknown"), f"{figure(total)} of {figure(rule.at_least)}"
    bound = f"<= {figure(rule.at_most)}" if rule.at_most is not None else f">= {figure(rule.at_least or 0.0)}"
    return "holds", f"{figure(total)} {bound}"


def _year_of(as_of: date, starts: str) -> tuple[date, date]:
    """First and last day of the regime's year that holds the day."""
    month, day = (int(part) for part in starts.split("-"))
    year = as_of.year if (as_of.month, as_of.day) >= (month, day) else as_of.year - 1
    return date(year, month, day), date(year + 1, month, day) - timedelta(days=1)
