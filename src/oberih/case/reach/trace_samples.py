"""Which samples stand in a table?

A CSV file with a heading line and the columns ``latitude``, ``longitude``, ``from``, ``to``; ``value`` and ``limit``
[Bq/m3] and ``name`` where they are known.  Times are ISO 8601 with their time zone.  Every fault is refused in one line
that names the line of the file.
"""

from __future__ import annotations

import csv
import io
import math
from datetime import datetime
from pathlib import Path

from oberih.case.reach.trace_request import Sample
from oberih.case.wording import stamp
from oberih.errors import InputError

__all__ = ["checked", "read_samples"]

MOST_SAMPLES = 500
"""In one run."""

NEEDED = ("latitude", "longitude", "from", "to")
MOST_BYTES = 4 * 1024**2
"""Of a table."""

MOST_FIELD = 1000
"""Characters of a field."""

LONGEST = 31 * 86400
"""Of a sampling [s]."""


def read_samples(path: Path) -> tuple[Sample, ...]:
    """Read the samples of a table.

    Raises
    ------
    InputError
        If the file cannot be read, lacks a column, or a line makes no sense.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MOST_BYTES + 1).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise InputError("no such file", file=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("cannot be read as text", file=path, cure="give a CSV file in UTF-8") from error
    if len(text) > MOST_BYTES:
        raise InputError(f"is larger than {MOST_BYTES // 2**20} MiB", file=path, cure=f"give {MOST_SAMPLES} samples")
    try:
        return _samples(csv.DictReader(io.StringIO(text, newline="")), path)
    except csv.Error as error:
        raise InputError(f"is no table ({error})", file=path, cure="give a CSV file") from error


def _samples(rows: csv.DictReader[str], path: Path) -> tuple[Sample, ...]:
    missing = [name for name in NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise InputError(f"lacks {', '.join(missing)}", file=path, field="heading", cure=f"columns: {', '.join(NEEDED)}"
                         ", and value, limit, name where known")  # fmt: skip
    found = tuple(_sample(row, f"{path}:{rows.line_num}", i) for i, row in enumerate(rows, 1))
    if not 1 <= len(found) <= MOST_SAMPLES:
        raise InputError(f"holds {len(found)} samples, not 1 to {MOST_SAMPLES}", file=path)
    return found


def _sample(row: dict[str, str], where: str, number: int) -> Sample:
    if any(len(str(field)) > MOST_FIELD for field in row.values()):
        raise InputError(f"is no table: a field is longer than {MOST_FIELD} characters", file=where)
    name = (row.get("name") or "").strip() or f"sample {number}"
    if not name.isprintable():
        raise InputError("holds characters that cannot be shown", file=where, field="name", value=name)
    sample = Sample(
        name, _number(row, "latitude", where, needed=True) or 0.0,
        _number(row, "longitude", where, needed=True) or 0.0, _moment(row, "from", where), _moment(row, "to", where),
        _number(row, "value", where), _number(row, "limit", where),
    )  # fmt: skip
    return checked(sample, where=where)


def checked(sample: Sample, *, where: str = "command line") -> Sample:
    """Give a sample back if it makes sense.

    Raises
    ------
    InputError
        If it lies off the Earth, ends before it begins, is too long, or a value is negative.
    """
    for name, value, most in (("latitude", sample.latitude, 85.0), ("longitude", sample.longitude, 360.0)):
        if not abs(value) <= most:
            raise InputError(f"must lie within ±{most:g}", file=where, field=name, value=value)
    if not 0 < sample.end - sample.start <= LONGEST:
        raise InputError("must end after it begins, within 31 days", file=where, field="from, to",
                         value=f"{stamp(sample.start)}, {stamp(sample.end)}")  # fmt: skip
    for name, amount in (("value", sample.value), ("limit", sample.limit)):
        if amount is not None and not 0.0 <= amount < math.inf:
            raise InputError("must be a number of Bq/m3, not below 0", file=where, field=name, value=amount)
    return sample


def _number(row: dict[str, str], name: str, where: str, *, needed: bool = False) -> float | None:
    text = (row.get(name) or "").strip()
    if not text and not needed:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise InputError("is not a number", file=where, field=name, value=text) from error
    if not math.isfinite(value):
        raise InputError("is not a finite number", file=where, field=name, value=text)
    return value


def _moment(row: dict[str, str], name: str, where: str) -> int:
    text = (row.get(name) or "").strip()
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("is not a time", file=where, field=name, value=text,
                         cure="write it as 2018-11-20T12:00Z") from error  # fmt: skip
    if read.tzinfo is None:
        raise InputError("time zone missing", file=where, field=name, value=text,
                         cure="write Z for UTC, or an offset such as +02:00")  # fmt: skip
    return round(read.timestamp())
