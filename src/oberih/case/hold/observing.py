"""Which of our own records are observations that a rule can read?

A record of kind ``observation`` says in its ``data`` which ``indicator`` of which ``subject`` had which
``value``, or ``given = false``: asked for and not given; it may say who affirms the fact (``affirmed_by``) and
that it was not checked against its text (``verified = false``).  When it was so, when it became known, where, through
which channel and how credible stands in the record's own fields.

Invariants: a correction replaces what it names from the day on which it became known, and a record without a
day of becoming known was known on the day it was written: the log proves no more.  What cannot be
read is refused with the record's id, unless a later record corrects it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Protocol

from oberih.errors import InputError
from oberih.evidence.moment import first_day, last_day
from oberih.evidence.record import Record
from oberih.regimes.observation import Observation

__all__ = ["READ_KINDS", "Written", "observation_of", "observations_in"]

READ_KINDS = ("observation", "correction")
"""Of the records that are read here; a correction only where it has an indicator."""


class Written(Protocol):
    """What the log says of a record: the record, and when it was written."""

    @property
    def record(self) -> Record:
        """The record."""

    @property
    def recorded_at(self) -> str:
        """Time of writing, in UTC."""


def observations_in(entries: Iterable[Written], *, known_by: date | None = None) -> tuple[Observation, ...]:
    """Return the observations of a log, corrected ones with the id of what replaces them.

    Parameters
    ----------
    entries : iterable of Written
        In the order of the log.
    known_by : date, optional
        A correction that became known later does not count yet.

    Raises
    ------
    InputError
        If a record of kind ``observation`` cannot be one; the message names it.
    """
    written = list(entries)
    replaced = {one.record.corrects: one.record.id for one in written if one.record.corrects and _known(one, known_by)}
    return tuple(_read(written, replaced))


def _known(one: Written, known_by: date | None) -> bool:
    return known_by is None or _known_on(one.record, first_day(one.recorded_at)) <= known_by


def _read(written: list[Written], replaced: Mapping[str, str]) -> Iterator[Observation]:
    for one in written:
        record = one.record
        if record.kind not in READ_KINDS or "indicator" not in record.data:
            continue  # said in words for people; no rule can read it
        by = replaced.get(record.id)
        try:
            observation = observation_of(record, written_on=first_day(one.recorded_at))
        except InputError:
            if by is None:
                raise
        else:
            yield dataclasses.replace(observation, corrected_by=by)


def observation_of(record: Record, *, written_on: date | None = None) -> Observation:
    """Make the observation that a record states.

    Parameters
    ----------
    record : Record
    written_on : date, optional
        When it came into the log; taken for the day it became known where the record says none.

    Raises
    ------
    InputError
        If it lacks an indicator, a subject, a value or a date, or they are of a wrong kind.
    """
    data, where = record.data, f"record {record.id}"
    given = _truth(data, "given", where, default=True)
    first, end = _days(record, where)
    place = record.place
    return Observation(
        id=record.id, indicator=_word(data, "indicator", where), subject=_word(data, "subject", where), date=first,
        end=end, value=_value(data, given, where), given=given, known_on=_known_on(record, written_on),
        text=record.text, channel=record.source.get("channel", "other"), source=_source(record.source),
        reliability=record.reliability, credibility=record.credibility, affirmed_by=_names(data, where),
        claims=tuple((c["by"], c["says"]) for c in record.claims), longitude=place.get("longitude"),
        latitude=place.get("latitude"), uncertainty=float(place.get("uncertainty_m", 0.0)),
        verified=_truth(data, "verified", where, default=True),
    )  # fmt: skip


def _known_on(record: Record, written_on: date | None) -> Any:
    return last_day(record.known_on) if record.known_on else written_on


def _days(record: Record, where: str) -> tuple[date, date | None]:
    """First and last day; of a month or a year, all its days."""
    if "from" not in record.happened:
        raise InputError("is missing", file=where, field="happened.from", cure="say when it was so, as 2022-03-04")
    first = first_day(record.happened["from"])
    last = last_day(record.happened.get("to", record.happened["from"]))
    return first, last if last > first else None


def _word(data: Mapping[str, Any], name: str, where: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip():
        message = "is missing" if value is None else "must be a word"
        cure = f"give data.{name} as the regime's file has it"
        raise InputError(message, file=where, field=f"data.{name}", value=value, cure=cure)
    return value


def _value(data: Mapping[str, Any], given: bool, where: str) -> float | str | None:
    value = data.get("value")
    if not given:
        if value is not None:
            raise InputError("stands beside given = false", file=where, field="data.value", value=value,
                             cure="leave one of them out")  # fmt: skip
        return None
    if isinstance(value, str) and value.strip():
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise InputError("must be a number or a word", file=where, field="data.value", value=value,
                         cure="or write given = false for what was asked for and not given")  # fmt: skip
    return float(value)


def _truth(data: Mapping[str, Any], name: str, where: str, *, default: bool) -> bool:
    value = data.get(name, default)
    if not isinstance(value, bool):
        raise InputError("must be true or false", file=where, field=f"data.{name}", value=value)
    return value


def _names(data: Mapping[str, Any], where: str) -> tuple[str, ...]:
    value = data.get("affirmed_by", [])
    if not isinstance(value, list | tuple) or not all(isinstance(n, str) and n.strip() for n in value):
        raise InputError("must be a list of names", file=where, field="data.affirmed_by", value=value)
    return tuple(value)


def _source(source: Mapping[str, Any]) -> str:
    return ", ".join(str(source[k]) for k in ("who", "url") if source.get(k))
