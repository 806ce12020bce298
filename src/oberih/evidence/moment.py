"""When was it, as exactly as anybody knows?

Dates and times as ISO 8601 text of any precision: ``2022``, ``2022-03``, ``2022-03-04``,
``2022-03-04T13:31Z``.  A time carries its zone.  Text is kept as it was given; `span` says which
stretch of time it stands for, so that a month is never taken for its first day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from oberih.errors import InputError

__all__ = ["EARLIEST_YEAR", "check_moment", "covered", "first_day", "instant", "last_day", "span", "utc_text"]

EARLIEST_YEAR = 1895
"""Nothing that Oberih records is older: radioactivity was discovered in 1896."""

_FORM = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2})"
    r"(?:T(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,6})?)?(?P<zone>Z|[+-]\d{2}:\d{2}))?)?)?"
)
_CURE = "write 2022, 2022-03, 2022-03-04 or 2022-03-04T13:31Z"


@lru_cache(maxsize=8192)
def covered(first: str, last: str) -> tuple[str, str]:
    """First moment of one text and first after another, as `utc_text` writes them."""
    return utc_text(span(first)[0]), utc_text(span(last)[1])


@lru_cache(maxsize=8192)
def span(text: str, *, field: str = "date", file: object = None) -> tuple[datetime, datetime]:
    """Return the first moment, and the first after, of what the text stands for.

    Parameters
    ----------
    text : str
        ISO 8601 of any precision from a year to a second; a time needs its zone.
    field, file : optional
        Named when it is refused.

    Returns
    -------
    (datetime, datetime)
        In UTC; a time without seconds lasts a minute.

    Raises
    ------
    InputError
        If it is no such text, or no day of the calendar.

    Examples
    --------
    >>> [t.isoformat() for t in span("2023-12")]
    ['2023-12-01T00:00:00+00:00', '2024-01-01T00:00:00+00:00']
    """
    match = _FORM.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise InputError("is not a date or time", file=file, field=field, value=text, cure=_CURE)
    try:
        return _span(match, text)
    except (ValueError, OverflowError) as error:
        raise InputError("is no day of the calendar", file=file, field=field, value=text, cure=_CURE) from error


def _span(match: re.Match[str], text: str) -> tuple[datetime, datetime]:
    year = int(match["year"])
    if match["month"] is None:
        return datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    month = int(match["month"])
    if match["day"] is None:
        later = (year + 1, 1) if month == 12 else (year, month + 1)
        return datetime(year, month, 1, tzinfo=UTC), datetime(*later, 1, tzinfo=UTC)
    if match["hour"] is None:
        first = datetime(year, month, int(match["day"]), tzinfo=UTC)
        return first, first + timedelta(days=1)
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return moment, moment + timedelta(minutes=1 if match["second"] is None else 1 / 60)


def first_day(text: str) -> date:
    """Return the first day (UTC) of what the text stands for."""
    return span(text)[0].date()


def last_day(text: str) -> date:
    """Return the last day (UTC) of what the text stands for."""
    return (span(text)[1] - timedelta(microseconds=1)).date()


def check_moment(text: str, *, now: datetime, field: str, file: object = None) -> str:
    """Refuse a moment that cannot be: before anything was known, or later than now.

    A day counts as begun where it has begun anywhere on Earth (14 hours before UTC).

    Raises
    ------
    InputError
        If it is no date, earlier than `EARLIEST_YEAR`, or in the future.
    """
    if not isinstance(text, str) or len(text) > 40:
        raise InputError("is not a date or time", file=file, field=field, value=text, cure=_CURE)
    first, _ = span(text, field=field, file=file)
    if first.year < EARLIEST_YEAR:
        raise InputError(f"lies before {EARLIEST_YEAR}", file=file, field=field, value=text, cure="correct the year")
    if first > now + timedelta(hours=14):
        raise InputError(
            f"lies in the future (it is {utc_text(now)})", file=file, field=field, value=text,
            cure="correct the year; what is only planned goes into 'data'",
        )  # fmt: skip
    return text


def instant(text: str) -> datetime:
    """Read a full time in UTC as written by `utc_text`.

    Raises
    ------
    InputError
        If it is not of that form.
    """
    if not (len(text) >= 20 and text.endswith("Z")):
        raise InputError("is not a time in UTC", field="recorded_at", value=text)
    return span(text, field="recorded_at")[0]


def utc_text(moment: datetime) -> str:
    """Write a time to the second, in UTC.

    Examples
    --------
    >>> utc_text(datetime(2022, 3, 4, 1, 2, 3, tzinfo=UTC))
    '2022-03-04T01:02:03Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
