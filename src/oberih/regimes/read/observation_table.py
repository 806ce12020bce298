"""What does a table of observations say, row by row?

Reads CSV (UTF-8, comma, one header line) into the noun `Observation`.  A date may be a day, a month or a year: the
whole of it is then the span.  Every cell that cannot be right is refused with its row and column; nothing is
guessed.  The tables that come with Oberih lie in ``regimes/data/observations``.
"""

from __future__ import annotations

import calendar
import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import NoReturn

from oberih.errors import InputError
from oberih.regimes.observation import CHANNELS, Observation

__all__ = ["COLUMNS", "LONGEST_CELL", "read_observations", "refusals", "shipped_observations"]

COLUMNS = (
    "id", "indicator", "subject", "date", "end", "value", "given", "known_on", "text", "channel", "source",
    "reliability", "credibility", "affirmed_by", "claims", "longitude", "latitude", "uncertainty_m", "verified",
)  # fmt: skip
"""In the order in which they are written."""

NEEDED = ("id", "indicator", "subject", "date", "value", "channel", "source", "verified")
"""Without these columns a table is not read."""

LONGEST_CELL = 20_000
"""Characters."""

LARGEST_TABLE = 200_000_000
"""Bytes."""

EARLIEST, LATEST = 1895, 2200
"""Years that a date can have at all; whether it lies in the future is for the caller, who knows the day."""

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+@-]{0,199}")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_NO_NUMBER = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)

Row = Mapping[str, str]


def shipped_observations() -> tuple[Observation, ...]:
    """Return every observation that comes with Oberih, all tables joined.

    Raises
    ------
    InputError
        If two tables use one id.
    """
    return _shipped(Path(str(files("oberih.regimes"))) / "data" / "observations")


@lru_cache(maxsize=4)
def _shipped(folder: Path) -> tuple[Observation, ...]:
    seen: dict[str, Path] = {}
    out: list[Observation] = []
    for path in sorted(folder.glob("*.csv")):
        for observation in read_observations(path):
            if observation.id in seen:
                raise InputError(f"is used in {seen[observation.id].name} too", file=path, field="id",
                                 value=observation.id, cure="give each observation its own")  # fmt: skip
            seen[observation.id] = path
            out.append(observation)
    return tuple(out)


def read_observations(path: Path) -> tuple[Observation, ...]:
    """Read a table of observations.

    Raises
    ------
    InputError
        If the file is not such a table, or a cell cannot be right: with row (line) and column.
    """
    out: list[Observation] = []
    for read in _each(path):
        if isinstance(read, InputError):
            raise read
        out.append(read)
    return tuple(out)


def refusals(path: Path) -> tuple[InputError, ...]:
    """Return why each row that cannot be right is refused, or the one reason why there is no table."""
    found: list[InputError] = []
    try:
        found += [read for read in _each(path) if isinstance(read, InputError)]
    except InputError as error:
        found.append(error)
    return tuple(found)


def _each(path: Path) -> Iterator[Observation | InputError]:
    """Every row, as what it says or as why it is refused; what ends the table is raised."""
    rows: dict[str, str] = {}
    for where, row in _rows(path):
        try:
            observation = _observation(row, where)
        except InputError as error:
            yield error
            continue
        if observation.id in rows:
            yield InputError(f"is given already in {rows[observation.id]}", file=where, field="id",
                             value=observation.id, cure="give each row its own id")  # fmt: skip
            continue
        rows[observation.id] = where.rsplit(", ", 1)[-1]
        yield observation


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_TABLE:
            raise InputError(f"is larger than {LARGEST_TABLE} bytes", file=path, cure="split the table")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", file=path, cure="give the path of a CSV table"
        ) from error
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise InputError("is UTF-16", file=path, cure="save it as UTF-8")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise InputError("holds a NUL byte", file=f"{path}, row {line}", cure="save the table as CSV in UTF-8")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("is not UTF-8", file=f"{path}, row {line}", cure="save it as UTF-8") from error


def _rows(path: Path) -> Iterator[tuple[str, Row]]:
    """Every row with where it stands, its cells stripped."""
    text = _text(path)
    csv.field_size_limit(LARGEST_TABLE)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, path)
        for cells in reader:
            where = f"{path}, row {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise InputError(f"has {len(cells)} cells, the header {len(header)}", file=where,
                                 cure="put text with commas into quotes")  # fmt: skip
            for name, cell in zip(header, cells, strict=True):
                if len(cell) > LONGEST_CELL:
                    raise InputError(f"has {len(cell)} characters, {LONGEST_CELL} at most", file=where, field=name,
                                     cure="shorten it; a document is attached, not pasted")  # fmt: skip
            yield where, dict(zip(header, (cell.strip() for cell in cells), strict=True))
    except csv.Error as error:
        raise InputError(f"is not CSV: {error}", file=f"{path}, row {max(1, reader.line_num)}",
                         cure="put text with quotes or line breaks into quotes") from error  # fmt: skip


def _check_header(header: list[str], path: Path) -> None:
    where = f"{path}, row 1"
    if not any(header):
        raise InputError("is empty", file=path, cure=f"the first line names the columns: {','.join(COLUMNS)}")
    if len(header) == 1 and header[0].count(";") + header[0].count("\t") >= 3:
        used = "semicolons" if ";" in header[0] else "tabs"
        raise InputError(f"is separated by {used}", file=where, cure="save it with commas between the cells")
    unknown = [name for name in header if name not in COLUMNS]
    if unknown:
        raise InputError("no such column", file=where, field=unknown[0] or "(no name)",
                         cure=f"known: {', '.join(COLUMNS)}")  # fmt: skip
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise InputError("is there twice", file=where, field=twice[0], cure="keep one of the two")
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise InputError("the table has no such column", file=where, field=missing[0], cure="add it")


def _observation(row: Row, where: str) -> Observation:
    cell = _Cells(row, where)
    first, last = cell.day("date")
    end = cell.day("end")[1] if row.get("end") else last
    if end < first:
        cell.refuse("end", f"lies before the date ({first})", "correct one of the two")
    given = cell.yes_or_no("given", default=True)
    if not given and row["value"]:
        cell.refuse("value", "stands beside given = no", "leave the value empty, or write yes")
    longitude, latitude = cell.number("longitude", -180.0, 180.0), cell.number("latitude", -90.0, 90.0)
    if (longitude is None) != (latitude is None):
        cell.refuse("longitude" if longitude is None else "latitude", "is missing", "give both, or neither")
    return Observation(
        id=cell.identifier("id"), indicator=cell.filled("indicator"), subject=cell.filled("subject"), date=first,
        value=cell.value(), given=given, end=end if end != first else None,
        known_on=cell.day("known_on")[1] if row.get("known_on") else None, text=row.get("text", ""),
        channel=cell.choice("channel", CHANNELS), source=cell.filled("source"),
        reliability=cell.choice("reliability", tuple("ABCDEF")) if row.get("reliability") else None,
        credibility=int(cell.choice("credibility", tuple("123456"))) if row.get("credibility") else None,
        affirmed_by=tuple(n.strip() for n in row.get("affirmed_by", "").split(";") if n.strip()),
        claims=cell.claims(), longitude=longitude, latitude=latitude,
        uncertainty=cell.number("uncertainty_m", 0.0, 2.1e7) or 0.0, verified=cell.yes_or_no("verified"),
    )  # fmt: skip


class _Cells:
    """One row's cells, each read with its own check."""

    def __init__(self, row: Row, where: str) -> None:
        self.row, self.where = row, where

    def refuse(self, name: str, message: str, cure: str) -> NoReturn:
        value = self.row.get(name) or None
        shown = value if value is None or len(value) <= 60 else value[:59] + "…"
        raise InputError(message, file=self.where, field=name, value=shown, cure=cure)

    def filled(self, name: str) -> str:
        if not self.row[name]:
            self.refuse(name, "is empty", "fill the cell")
        return self.row[name]

    def identifier(self, name: str) -> str:
        text = self.filled(name)
        if not _ID.fullmatch(text) or ".." in text:
            self.refuse(name, "is not an id", "use letters, digits and . _ : / + @ -, at most 200")
        return text

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        if self.row[name] not in known:
            self.refuse(name, "is not known" if self.row[name] else "is empty", f"use one of {', '.join(known)}")
        return self.row[name]

    def yes_or_no(self, name: str, *, default: bool | None = None) -> bool:
        text = self.row.get(name, "")
        if not text and default is not None:
            return default
        return self.choice(name, ("yes", "no")) == "yes"

    def day(self, name: str) -> tuple[date, date]:
        """First and last day of a date of any precision."""
        text, cure = self.filled(name), "write 2022-03-04, 2022-03 or 2022"
        match = _DATE.fullmatch(text)
        if match is None or not text.isascii():
            self.refuse(name, "is not a date", cure)
        year = int(match[1])
        if not EARLIEST <= year <= LATEST:
            self.refuse(name, f"is no year from {EARLIEST} to {LATEST}", "correct the year")
        try:
            if match[2] is None:
                return date(year, 1, 1), date(year, 12, 31)
            month = int(match[2])
            if match[3] is None:
                return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
            return (day := date(year, month, int(match[3]))), day
        except ValueError:
            self.refuse(name, "is no day of the calendar", cure)

    def number(self, name: str, least: float, most: float) -> float | None:
        text = self.row.get(name, "")
        if not text:
            return None
        if not _NUMBER.fullmatch(text) or not text.isascii():
            self.refuse(name, "is not a number", "write it with a point, as 34.59")
        if not least <= float(text) <= most:
            self.refuse(name, f"must lie between {least:g} and {most:g}", "correct it")
        return float(text)

    def value(self) -> float | str | None:
        """A number where it is one, else a word; None where there is none."""
        text = self.row["value"]
        if not text:
            return None
        if _NO_NUMBER.fullmatch(text):
            self.refuse("value", "is not a finite number", "leave it empty with given = no, or give the number")
        if not (_NUMBER.fullmatch(text) and text.isascii()):
            return text
        if not math.isfinite(float(text)) or abs(float(text)) > 2**53:
            self.refuse("value", "is beyond the numbers that are kept exactly (2^53)", "give it in another unit")
        return float(text)

    def claims(self) -> tuple[tuple[str, str], ...]:
        """``by: says`` joined by `` | ``."""
        out: list[tuple[str, str]] = []
        for claim in filter(None, (c.strip() for c in self.row.get("claims", "").split(" | "))):
            by, colon, says = claim.partition(":")
            if not (colon and by.strip() and says.strip()):
                self.refuse("claims", "does not say by whom", "write 'who: what they say', joined by ' | '")
            out.append((by.strip(), says.strip()))
        return tuple(out)
