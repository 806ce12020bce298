"""What stands in one row of a stranger's file?

Defines the nouns `Row` (cells by column, and where they stand) and `BadRows` (a file that is refused, with every
bad row), and `text_of`, which makes text of bytes or says why it cannot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from oberih.errors import InputError

__all__ = ["ENCODINGS", "LARGEST_FILE", "MOST_LISTED", "BadRows", "Row", "printable", "short", "text_of"]

LARGEST_FILE = 256_000_000
"""Bytes of a file to be imported."""

MOST_LISTED = 20
"""Bad rows that are told; the others are counted."""

ENCODINGS = ("utf-8", "utf-16", "cp1251", "cp1252", "latin-1")
"""That a mapping may declare; UTF-8 where it declares none."""


_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of writing."""


@dataclass(frozen=True)
class Row:
    """One row.

    Parameters
    ----------
    number : int
        From 1; of a table with a header the first row of data is 2, as a spreadsheet counts.
    where : str
        File and row, to be named when something in it is refused.
    cells : mapping
        By column: text of a table, any JSON value of a JSON file, objects within objects under dotted names.
    whole : mapping
        As it stood, objects within objects kept.
    """

    number: int
    where: str
    cells: Mapping[str, Any]
    whole: Mapping[str, Any]


class BadRows(InputError):
    """A file is refused for some of its rows; the line names the first and counts the others.

    Parameters
    ----------
    errors : sequence of InputError
        One a row, in order; at least one.
    numbers : sequence of int
        Of those rows.
    """

    def __init__(self, errors: Sequence[InputError], numbers: Sequence[int]) -> None:
        first, others = errors[0], list(numbers[1:])
        cure = first.cure or "correct it"
        if others:
            named = ", ".join(map(str, others[: MOST_LISTED - 1])) + (" …" if len(others) >= MOST_LISTED else "")
            cure += f"; {len(others)} more bad row{'s' if len(others) > 1 else ''} ({named}); nothing was taken"
        super().__init__(first.message, file=first.file, field=first.field, value=first.value, cure=cure)
        self.problems = tuple(str(e) for e in errors[:MOST_LISTED])
        """One line a bad row, `MOST_LISTED` at most."""
        self.rows = tuple(numbers)
        """Numbers of all bad rows."""


def text_of(data: bytes, *, file: object, encoding: str = "utf-8") -> str:
    r"""Make text of a file's bytes; a byte order mark is taken off.

    Raises
    ------
    InputError
        If it is too large, holds NUL, or is written in another encoding.

    Examples
    --------
    >>> text_of(b"\xef\xbb\xbfa,b", file="x.csv")
    'a,b'
    """
    if len(data) > LARGEST_FILE:
        raise InputError(f"is larger than {LARGEST_FILE} bytes", file=file, cure="split it")
    if encoding == "utf-8":
        if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            raise InputError("is UTF-16", file=file, cure='save it as UTF-8, or declare encoding = "utf-16"')
        _refuse_nul(data, file)
    try:
        text = data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        cure = f"save it as UTF-8, or declare its encoding in the mapping ({', '.join(ENCODINGS[1:])})"
        said = f"is not {encoding.upper()} (byte {error.start})"
        raise InputError(said, file=f"{file}, line {line}", cure=cure) from error
    if "\0" in text:
        raise InputError("holds a NUL character", file=f"{file}, line {text.count(chr(10), 0, text.index(chr(0))) + 1}",
                         cure="save it as text")  # fmt: skip
    return text


def _refuse_nul(data: bytes, file: object) -> None:
    at = data.find(b"\0")
    if at >= 0:
        looks = data[:200].count(b"\0") * 3 > len(data[:200])
        cure = "it looks like UTF-16: save it as UTF-8" if looks else "save it as text in UTF-8"
        raise InputError("holds a NUL byte", file=f"{file}, line {data.count(bytes([10]), 0, at) + 1}", cure=cure)


def printable(name: str) -> str:
    """Return a name without what would steer a terminal.

    Examples
    --------
    >>> printable("a" + chr(27) + "[31m"), printable("дата")
    ('a?[31m', 'дата')
    """
    return _STEERING.sub("?", name)


def short(value: object, most: int = 60) -> object:
    """Return a value that fits into a line of an error."""
    text = value if isinstance(value, str) else repr(value)
    return value if len(text) <= most else f"{text[: most - 1]}…"
