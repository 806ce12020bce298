"""Which records does a whole file give, or why is it refused?

All or nothing: every row is read and checked before the first record is handed out; where rows are bad, `BadRows`
tells each of them.  An id may stand once in a file; a row without one takes it from its content, so that two
rows that say the same are found as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from oberih.errors import InputError, UnknownName
from oberih.evidence.read.lines import rows_of_json
from oberih.evidence.read.mapping import Mapping, Rule, load_mapping
from oberih.evidence.read.row import LARGEST_FILE, BadRows, Row, short, text_of
from oberih.evidence.read.rule import fields_of
from oberih.evidence.read.table import rows_of_table
from oberih.evidence.record import Record, read_record

__all__ = ["read_records"]

Found = Row | tuple[int, InputError]


def read_records(file: Path | BinaryIO, mapping: Mapping | str | Path, *, now: datetime) -> Iterator[Record]:
    """Read the records of a CSV or JSON file.

    Parameters
    ----------
    file : Path or binary stream
        CSV with a header, JSON lines, a JSON array, or GeoJSON points; told apart by the first character where the
        mapping does not say which.
    mapping : Mapping, str or Path
        Itself, or its name or file.
    now : datetime
        The present, in UTC: nothing can have happened later.

    Returns
    -------
    iterator of Record
        In the order of the file.

    Raises
    ------
    InputError
        If the file or the mapping cannot be read.
    BadRows
        If rows are bad: the line names the first, ``problems`` holds up to twenty.
    """
    mapping = mapping if isinstance(mapping, Mapping) else load_mapping(mapping)
    data, name = _bytes(file)
    text = text_of(data, file=name, encoding=mapping.encoding)
    del data
    return iter(_records(_rows(text, mapping, name), mapping, name, now=now))


def _bytes(file: Path | BinaryIO) -> tuple[bytes, str]:
    if isinstance(file, Path):
        try:
            with file.open("rb") as stream:
                return stream.read(LARGEST_FILE + 1), str(file)
        except OSError as error:
            said = f"cannot be read ({error.strerror or error})"
            raise InputError(said, file=file, cure="give the path of a CSV or JSON file") from error
        except ValueError as error:
            raise InputError("is no path", file=short(str(file)), cure="give the path of a file") from error
    data = file.read(LARGEST_FILE + 1)
    return data, str(getattr(file, "name", "standard input"))


def _rows(text: str, mapping: Mapping, name: str) -> Iterator[Found]:
    form = mapping.form or ("json" if text.lstrip()[:1] in {"{", "["} else "csv")
    if form == "json":
        return rows_of_json(text, file=name)
    return rows_of_table(text, file=name, delimiter=mapping.delimiter)


def _records(rows: Iterator[Found], mapping: Mapping, name: str, *, now: datetime) -> list[Record]:
    out: list[Record] = []
    bad: list[tuple[int, InputError]] = []
    seen: dict[str, int] = {}
    columns: set[str] = set()
    unread = False
    for found in rows:
        if not isinstance(found, Row):
            bad.append(found)
            unread = True
            continue
        if not columns and found.cells is found.whole:  # a table: its first row has every column
            _refuse_missing(set(found.cells), mapping, f"{name}, row 1")
        columns |= set(found.cells)
        try:
            record = _record(found, mapping, now=now)
            _refuse_twice(record, seen, found)
            out.append(record)
        except InputError as error:
            bad.append((found.number, error))
    if columns and not unread:
        _refuse_missing(columns, mapping, name)
    if bad:
        raise BadRows([error for _, error in bad], [number for number, _ in bad])
    if not out:
        raise InputError("holds no row", file=name, cure="give at least one")
    return out


def _refuse_missing(columns: set[str], mapping: Mapping, where: str) -> None:
    """A column that a rule reads and no row has."""
    for rule in mapping.field:
        for column in () if rule.optional else rule.reads:
            if column not in columns:
                raise UnknownName("column", column, known=columns, file=where, where=f"mapping {mapping.id}")


def _record(row: Row, mapping: Mapping, *, now: datetime) -> Record:
    fields = fields_of(row, mapping)
    try:
        return read_record(fields, now=now, file=row.where)
    except InputError as error:
        raise InputError(
            error.message,
            file=row.where,
            field=_column(error.field, mapping),
            value=_shown(error.value),
            cure=error.cure,
        ) from error


def _column(field: str | None, mapping: Mapping) -> str | None:
    """The column behind a field, so that its owner finds it."""
    rules: list[Rule] = [rule for rule in mapping.field if rule.to == field]
    names = [name for rule in rules for name in rule.reads]
    return f"{'+'.join(dict.fromkeys(names))} ({field})" if names and names != [field] else field


def _shown(value: Any) -> Any:
    return None if value is None else short(value)


def _refuse_twice(record: Record, seen: dict[str, int], row: Row) -> None:
    if record.id in seen:
        raise InputError(
            f"stands already in row {seen[record.id]}", file=row.where, field="id", value=record.id,
            cure="give each row its own id; rows without one must differ",
        )  # fmt: skip
    seen[record.id] = row.number
