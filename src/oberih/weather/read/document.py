"""What did the stranger hand us?

Defines the noun `Document`: the bytes of one file with its name and hash, read once, so that
what is parsed is what was hashed.  Also the small steps every text reader begins with:
decode, cut a table into rows, turn one cell into a number, one text into a time.  Each
refuses in one line naming file, field and value.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from oberih.errors import InputError

__all__ = ["Document", "cut_table", "epoch_seconds", "number", "read_document"]

LARGEST_TEXT = 512 * 1024 * 1024
"""A text table larger than this [bytes] is no weather series; guards against a gzip bomb."""

BLANK = frozenset({"", "-", "--", "///", "////", "/////", "na", "n/a", "null", "none", "missing"})
"""Cells, in lower case, that say "not reported"."""


@dataclass(frozen=True)
class Document:
    """One file as it was read.

    Parameters
    ----------
    name : str
        File name without its folder: what products cite.
    sha256 : str
        Hash of the bytes on disk (before any unpacking), hexadecimal.
    data : bytes
        Content, unpacked if it was gzip.
    """

    name: str
    sha256: str
    data: bytes

    @property
    def reference(self) -> dict[str, str]:
        """How products name this input."""
        return {"name": self.name, "sha256": self.sha256}

    def text(self) -> str:
        """Content as text.

        Raises
        ------
        InputError
            If it is not UTF-8.
        """
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(
                f"is not UTF-8 text (byte {error.start})", file=self.name, cure="save it as UTF-8"
            ) from error


def read_document(path: Path | str) -> Document:
    """Read a file whole, unpacking gzip.

    Raises
    ------
    InputError
        If it cannot be read, is a folder, is empty or is damaged gzip.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise InputError(reason, file=path, cure="give the path of a readable weather file") from error
    except ValueError as error:
        raise InputError("is not a path", value=str(path)) from error
    if not raw:
        raise InputError("is empty", file=path.name, cure="download it again")
    return Document(path.name, hashlib.sha256(raw).hexdigest(), _unpacked(raw, path.name))


def _unpacked(raw: bytes, name: str) -> bytes:
    if raw[:2] != b"\x1f\x8b":
        return raw
    try:
        with gzip.open(io.BytesIO(raw)) as stream:
            data = stream.read(LARGEST_TEXT + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError("is damaged gzip", file=name, cure="download it again") from error
    if len(data) > LARGEST_TEXT:
        raise InputError(f"unpacks to more than {LARGEST_TEXT} bytes", file=name, cure="give a shorter period")
    return data


def cut_table(document: Document, *, delimiter: str = ",") -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a table with one header line, as (line number, column → cell).

    Raises
    ------
    InputError
        If there is no header, a column name comes twice, or a row has another number of cells.
    """
    rows = csv.reader(io.StringIO(document.text(), newline=""), delimiter=delimiter)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        if len(set(header)) != len(header):
            twice = sorted({name for name in header if header.count(name) > 1})
            raise InputError("column names must differ", file=document.name, field="header", value=twice[0])
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                raise InputError(
                    f"has {len(cells)} cells where the header has {len(header)}",
                    file=document.name,
                    field=f"line {rows.line_num}",
                )
            yield rows.line_num, {k: v.strip() for k, v in zip(header, cells, strict=True)}
    except csv.Error as error:
        raise InputError(f"is not a table ({error})", file=document.name, field=f"line {rows.line_num}") from error


def number(cell: str, *, file: str, field: str) -> float:
    """One cell as a number; NaN if it says "not reported".

    Raises
    ------
    InputError
        If it is neither blank nor a finite number; a literal NaN is refused.
    """
    text = cell.strip()
    if text.lower() in BLANK:
        return math.nan
    try:
        value = float(text)
    except ValueError as error:
        raise InputError("is not a number", file=file, field=field, value=text) from error
    if not math.isfinite(value):
        raise InputError("is not a finite number", file=file, field=field, value=text, cure="leave it blank if unknown")
    return value


def epoch_seconds(moment: datetime, zone: tzinfo | None, *, file: str, field: str) -> int:
    """Seconds since 1970-01-01T00:00Z of a moment, whose own offset wins over ``zone``.

    Raises
    ------
    InputError
        If neither the moment nor ``zone`` tells the time zone, or the year is absurd.
    """
    if moment.tzinfo is None and zone is None:
        raise InputError(
            "has no time zone",
            file=file,
            field=field,
            value=moment.isoformat(),
            cure="state the time zone, such as UTC",
        )
    if not 1850 <= moment.year <= 2200:
        raise InputError("is not a plausible year", file=file, field=field, value=moment.year)
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    return int(aware.astimezone(UTC).timestamp())
