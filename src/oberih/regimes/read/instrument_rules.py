"""What is wrong with a registry of instruments?

Rules between the fields and the records: dates in the order in which things happen, a status that its
dates allow, a source for every value, one record for one instrument and one instrument for one record, ids that stay,
counts that agree with lists.  A date known to the month breaks a rule only if every day of that month does.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from oberih.regimes.instruments import STATUSES
from oberih.regimes.read.instrument_names import same_instrument, several_instruments
from oberih.regimes.read.mistake import Sheet

__all__ = ["DATES", "SOURCED", "check_registry"]

DATES = ("adopted", "opened_for_signature", "in_force_from", "ended")
"""In the order in which they can happen."""

SOURCED = ("title", "status", *DATES, "depositary", "parties", "party_ids")
"""Values that need a source each."""

Row = dict[str, Any]
Span = tuple[date, date]

_TEXT = {
    "adopted": "adopted", "opened_for_signature": "opened for signature", "in_force_from": "in force", "ended": "ended",
}  # fmt: skip


def check_registry(sheet: Sheet) -> None:
    """Note every mistake between the fields and the records of a registry."""
    as_of = sheet.table.get("as_of")
    seen: dict[str, int] = {}
    for i, row in _rows(sheet):
        path = ("instrument", i)
        days = {name: span for name in DATES if (span := _span(row.get(name))) is not None}
        _order(sheet, path, days, row)
        _status(sheet, path, days, row)
        if type(as_of) is date:
            _future(sheet, path, days, row, as_of)
        _sources(sheet, path, row)
        _counts(sheet, path, row)
        if isinstance(row.get("id"), str):
            if row["id"] in seen:
                sheet.mistake((*path, "id"), "is given twice", "give each instrument its own", value=row["id"])
            seen.setdefault(row["id"], i)
    _names(sheet)


def _rows(sheet: Sheet) -> Iterator[tuple[int, Row]]:
    rows = sheet.table.get("instrument")
    return ((i, row) for i, row in enumerate(rows if isinstance(rows, list) else []) if isinstance(row, dict))


def _span(value: Any) -> Span | None:
    """First and last day that a date can stand for; None where it is none (the model says so)."""
    if type(value) is date:
        return value, value
    match = re.fullmatch(r"(\d{4})(?:-(0[1-9]|1[0-2]))?", value) if isinstance(value, str) else None
    if match is None or match[1] == "0000":
        return None
    year, month = int(match[1]), match[2]
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    return date(year, int(month), 1), date(year, int(month), calendar.monthrange(year, int(month))[1])


def _order(sheet: Sheet, path: tuple[str | int, ...], days: dict[str, Span], row: Row) -> None:
    """Nothing is in force before it is adopted, open for signature before it is adopted, ended before it began."""
    for first, then in (
        ("adopted", "opened_for_signature"), ("adopted", "in_force_from"), ("opened_for_signature", "in_force_from"),
        ("in_force_from", "ended"), ("adopted", "ended"),
    ):  # fmt: skip
        if first in days and then in days and days[then][1] < days[first][0]:
            message = f"lies before it was {_TEXT[first]} ({row[first]})".replace("was in force", "came into force")
            sheet.mistake((*path, then), message, f"are {first} and {then} exchanged, or one wrong?", value=row[then])
    exact = [n for n in ("adopted", "in_force_from") if n in days and days[n][0] == days[n][1]]
    if len(exact) == 2 and days["adopted"] == days["in_force_from"] and row.get("in_force_on_adoption") is not True:
        cure = "give the day of adoption; if it is meant, state in_force_on_adoption = true"
        sheet.mistake((*path, "adopted"), "is the day of entry into force too", cure, value=row["adopted"])
    if "ended" in days and days["ended"] == days.get("in_force_from"):
        sheet.mistake((*path, "ended"), "is the day of entry into force", "correct one of the two", value=row["ended"])
    if row.get("in_force_on_adoption") is True and len(exact) == 2 and days["adopted"] != days["in_force_from"]:
        cure = "leave it out, or correct the dates"
        sheet.mistake((*path, "in_force_on_adoption"), "is stated, but the dates differ", cure)


def _status(sheet: Sheet, path: tuple[str | int, ...], days: dict[str, Span], row: Row) -> None:
    """The status is one that the dates allow."""
    status = row.get("status")
    if status not in STATUSES:
        return
    began, over = "in_force_from" in days, "ended" in days
    wrong = {
        "in force": ("" if began else "has no date of entry into force") or ("has ended" if over else ""),
        "ended": "" if over else "has no date on which it ended",
        "never in force": "has a date of entry into force" if began else "",
        "adopted": ("came into force" if began else "has ended" if over else "")
        or ("" if "adopted" in days else "has no date of adoption"),
        "open for signature": ("came into force" if began else "has ended" if over else "")
        or ("" if "opened_for_signature" in days else "has no date of opening for signature"),
        "proposal": next((f"is {_TEXT[name]}" for name in DATES if name in days), ""),
    }[status]
    if wrong:
        known = ", ".join(f"{_TEXT[name]} {row[name]}" for name in DATES if name in days) or "no dates"
        cure = f"correct the status or the dates ({known})"
        sheet.mistake((*path, "status"), f"does not fit: it {wrong}", cure, value=status)


def _future(sheet: Sheet, path: tuple[str | int, ...], days: dict[str, Span], row: Row, as_of: date) -> None:
    for name, (first, _) in days.items():
        if first > as_of:
            cure = "correct the year; what is only planned goes into 'note'"
            sheet.mistake((*path, name), f"lies after the day of the registry ({as_of})", cure, value=row[name])
        if first.year < 1800:
            sheet.mistake((*path, name), "is no year of such a text", "correct the year", value=row[name])


def _sources(sheet: Sheet, path: tuple[str | int, ...], row: Row) -> None:
    """Every value has its source, and every source its value."""
    sources = row.get("sources")
    if not isinstance(sources, dict):
        return
    for name in SOURCED:
        held = row.get(name) not in (None, "", [])
        said = sources.get(name)
        if held and not (isinstance(said, str) and said.strip()):
            cure = f"add {name} = 'where it can be read' to its sources"
            sheet.mistake((*path, name), "has no source", cure, value=row[name])
    for name in sources:
        if name not in SOURCED and name not in {"aliases", "kind", "parties_note", "note"}:
            sheet.mistake((*path, "sources", name), "is the source of no field", f"fields: {', '.join(SOURCED)}")
        elif row.get(name) in (None, "", []):
            sheet.mistake(
                (*path, "sources", name), "is the source of a value that is not given", "give it, or leave both"
            )


def _counts(sheet: Sheet, path: tuple[str | int, ...], row: Row) -> None:
    count, names = row.get("parties"), row.get("party_ids")
    if isinstance(names, list):
        twice = sorted({str(n) for n in names if names.count(n) > 1})
        if twice:
            sheet.mistake((*path, "party_ids"), "names a party twice", "name it once", value=twice[0])
        if isinstance(count, int) and names and count != len(names):
            sheet.mistake(
                (*path, "parties"), f"is not the number of party_ids ({len(names)})", "count again", value=count
            )
    if isinstance(count, int) and count == 0 and row.get("status") == "in force":
        sheet.mistake((*path, "parties"), "is none, but it is in force", "correct the count or the status", value=count)


def _names(sheet: Sheet) -> None:
    """One record an instrument, one instrument a record."""
    rows = list(_rows(sheet))
    for i, row in rows:
        for name in _all_names(row):
            found = several_instruments(name)
            if found:
                cure = "give each its own record, with its own dates"
                sheet.mistake(("instrument", i, "title"), f"names several: {', '.join(found)}", cure, value=name)
                break
    for at, (i, row) in enumerate(rows):
        for j, earlier in rows[:at]:
            why = same_instrument(_all_names(earlier), _all_names(row), same_dates=_same_dates(earlier, row))
            if why:
                cure = "keep one record, and give the other name among its aliases"
                message = f"is the instrument of record {j} ({earlier.get('title', '?')}): {why}"
                sheet.mistake(("instrument", i, "title"), message, cure, value=row.get("title"))


def _all_names(row: Row) -> list[str]:
    aliases = row.get("aliases")
    names = [row.get("title"), *(aliases if isinstance(aliases, list) else [])]
    return [n for n in names if isinstance(n, str) and n.strip()]


def _same_dates(one: Row, other: Row) -> bool:
    """Whether they share a day, and no date contradicts it."""
    both = [n for n in DATES if _span(one.get(n)) and _span(other.get(n))]
    return bool(both) and all(_span(one[n]) == _span(other[n]) for n in both)
