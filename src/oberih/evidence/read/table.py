"""Which rows does a CSV table have?

RFC 4180 with one header line.  Rows are counted as a spreadsheet counts them: the header is row 1.  A row with too few
or too many cells is handed on as an error, so that all of them can be told; a file that is no CSV at all, or whose
quotes never end, is refused at once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from oberih.errors import InputError
from oberih.evidence.read.row import LARGEST_FILE, Row, printable

__all__ = ["rows_of_table"]

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}


def rows_of_table(text: str, *, file: object, delimiter: str = ",") -> Iterator[Row | tuple[int, InputError]]:
    """Read the rows of a table, blank ones left out.

    Parameters
    ----------
    text : str
    file : object
        Named when something is refused.
    delimiter : str
        One character between cells.

    Yields
    ------
    Row, or (int, InputError)
        The number of a row that has not the header's number of cells, and why it is refused.

    Raises
    ------
    InputError
        If it is empty, no CSV, or its header names a column twice or not at all.
    """
    csv.field_size_limit(LARGEST_FILE)  # cells are measured where they are used, with a message of their own
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    number, line = 1, 1
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, file=file, delimiter=delimiter)
        while True:
            number, line = number + 1, reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return
            if not any(cell.strip() for cell in cells):
                continue
            where = f"{file}, row {number}" + (f" (line {line})" if line != number else "")
            if len(cells) != len(header):
                yield number, _ragged(len(cells), len(header), where)
                continue
            found = dict(zip(header, (cell.strip() for cell in cells), strict=True))
            yield Row(number, where, found, found)
    except csv.Error as error:
        said, cure = _said(str(error))
        raise InputError(said, file=f"{file}, row {number} (line {line})", cure=cure) from error


def _check_header(header: list[str], *, file: object, delimiter: str) -> None:
    where = f"{file}, row 1"
    if not any(header):
        raise InputError("is empty", file=file, cure="its first line must name the columns")
    other = next((d for d in _DELIMITERS if d != delimiter and d in header[0]), None)
    if len(header) == 1 and other:
        declared = _DELIMITERS.get(delimiter, repr(delimiter))
        said = f"is separated by {_DELIMITERS[other]}, the mapping says {declared}"
        cure = f"declare delimiter = {other!r} in the mapping, or save it with {declared}"
        raise InputError(said, file=where, cure=cure)
    if "" in header:
        raise InputError(f"column {header.index('') + 1} has no name", file=where, cure="name it, or remove it")
    steering = next((name for name in header if printable(name) != name), None)
    if steering:
        raise InputError("holds a control character", file=where, field=printable(steering), cure="rename the column")
    twice = next((name for name in header if header.count(name) > 1), None)
    if twice:
        raise InputError("stands twice in the header", file=where, field=twice, cure="rename one of the two")


def _ragged(n: int, expected: int, where: str) -> InputError:
    cure = "put text that holds the separator into quotes" if n > expected else "give every cell, empty ones too"
    return InputError(f"has {n} cells, the header {expected}", file=where, cure=cure)


def _said(error: str) -> tuple[str, str]:
    """What the parser found, in our words."""
    if "unexpected end of data" in error:
        return "a quote is opened in this row and never closed", 'close it; a quote within quotes is written ""'
    if "expected after" in error:
        return "text follows a closing quote", 'a quote within quotes is written ""'
    if "new-line character" in error:
        return "a lone carriage return ends a line", "save it with the line ends of Unix or Windows"
    return f"is not CSV ({error})", "save it as CSV"
