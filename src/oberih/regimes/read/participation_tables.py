"""What do the tables of a participation register say?

Reads ``series.csv``, ``organisations.csv``, ``events.csv``, ``schedules.csv``, ``roles.csv``, ``figures.csv``,
``positions.csv``, ``votes.csv`` and ``claims.csv`` of one folder into `Register`.  A folder of one's own needs
``events.csv`` or ``positions.csv`` alone; series and organisations of the register that ships are known to it as well.
`lint_participation` tells every mistake, `read_participation` refuses the folder for the first.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from oberih.errors import InputError
from oberih.regimes.participation import Register
from oberih.regimes.read.participation_cells import refuse_person_column
from oberih.regimes.read.participation_rows import register_of
from oberih.regimes.read.participation_rules import check_register

__all__ = ["COLUMNS", "lint_participation", "read_participation", "shipped_participation"]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "series": ("id", "title_en", "title_uk", "source", "verified"),
    "organisations": ("id", "name_en", "name_uk", "state", "seats", "source", "verified"),
    "events": ("id", "series", "title_en", "title_uk", "city", "source", "verified", "note"),
    "schedules": (
        "event", "version", "status", "start", "end", "announced_on", "known_on", "source", "verified", "note",
    ),
    "roles": ("event", "state", "organisation", "role", "known_on", "source", "verified", "note"),
    "figures": ("event", "what", "value", "bound", "by", "known_on", "source", "verified", "note"),
    "positions": (
        "id", "date", "body", "event", "instrument", "form", "in_favour", "against", "abstain", "absent", "joined",
        "sponsors", "partial", "known_on", "source", "verified", "note",
    ),
    "votes": ("position", "state", "organisation", "vote", "source", "verified"),
    "claims": (
        "id", "claimant", "date", "state", "organisation", "event", "text", "evidence", "kind", "known_on", "source",
        "verified", "note",
    ),
}  # fmt: skip
"""Of each table, in the order in which they are written."""

LARGEST_TABLE = 20_000_000
"""Bytes."""

Rows = list[tuple[str, dict[str, str]]]
Tell = Callable[[InputError], None]


def shipped_participation() -> Register:
    """Return the register that comes with Oberih.

    Raises
    ------
    InputError
        If a table has a mistake.
    """
    return _shipped(Path(str(files("oberih.regimes"))) / "data" / "participation")


@lru_cache(maxsize=2)
def _shipped(folder: Path) -> Register:
    return _whole(folder, Register())


def read_participation(folder: Path | None = None) -> Register:
    """Read a folder of tables, or the register that ships.

    Raises
    ------
    InputError
        If there are none, or one has a mistake: the first, with how many there are.
    """
    return shipped_participation() if folder is None else _whole(folder, shipped_participation())


def lint_participation(folder: Path) -> tuple[InputError, ...]:
    """Tell every mistake in a folder of tables, in the order of tables and rows.

    Raises
    ------
    InputError
        If there is no such folder, or no table in it.
    """
    shipped = Path(str(files("oberih.regimes"))) / "data" / "participation"
    known = Register() if folder.resolve() == shipped.resolve() else shipped_participation()
    return _read(folder, known)[1]


def _whole(folder: Path, known: Register) -> Register:
    register, mistakes = _read(folder, known)
    if mistakes:
        first, others = mistakes[0], len(mistakes) - 1
        more = f"; {others} more mistake{'s' if others > 1 else ''}" if others else ""
        raise InputError(
            first.message,
            file=first.file,
            field=first.field,
            value=first.value,
            cure=(first.cure or "correct it") + more,
        )
    return register


def _read(folder: Path, known: Register) -> tuple[Register, tuple[InputError, ...]]:
    """The register, and every mistake; a row with one stands in it with what could be read."""
    mistakes: list[InputError] = []
    if not folder.is_dir():
        raise InputError("is no folder", file=folder, cure="give a folder with events.csv or positions.csv")
    if not any((folder / f"{name}.csv").is_file() for name in ("events", "positions")):
        raise InputError("holds neither events.csv nor positions.csv", file=folder, cure="give a folder of tables")
    tables = {name: _rows(folder / f"{name}.csv", name, mistakes.append) for name in COLUMNS}
    register, places = register_of(tables, known, mistakes.append)
    check_register(register, places, mistakes.append)
    return register, tuple(mistakes)


def _rows(path: Path, name: str, tell: Tell) -> Rows:
    """Rows with where they stand; a table that is not there has none."""
    if not path.exists():
        return []
    out: Rows = []
    try:
        reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header, name, path)
        for number, cells in enumerate(reader, 2):
            where = f"{path}, row {number}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                said = f"has {len(cells)} cells, the header {len(header)}"
                tell(InputError(said, file=where, cure="put text with commas into quotes"))
                continue
            out.append((where, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    except csv.Error as error:
        tell(InputError(f"is not CSV ({error})", file=f"{path}, row {len(out) + 2}", cure="close every quote"))
    except InputError as error:
        tell(error)
    return out


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_TABLE + 1)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path, cure="give a CSV table") from error
    if len(data) > LARGEST_TABLE:
        raise InputError(f"is larger than {LARGEST_TABLE} bytes", file=path, cure="split the table")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError("is not UTF-8", file=f"{path}, line {line}", cure="save it as UTF-8") from error
    if "\0" in text:
        raise InputError("holds a NUL byte", file=path, cure="save it as CSV in UTF-8")
    return text


def _check_header(header: list[str], name: str, path: Path) -> None:
    where, columns = f"{path}, row 1", COLUMNS[name]
    if not any(header):
        raise InputError("is empty", file=path, cure=f"the first line names the columns: {','.join(columns)}")
    if len(header) == 1 and any(d in header[0] for d in ";\t"):
        used = "semicolons" if ";" in header[0] else "tabs"
        raise InputError(f"is separated by {used}", file=where, cure="save it with commas between the cells")
    for column in header:
        if column not in columns:
            refuse_person_column(column, where)
            raise InputError(
                "no such column", file=where, field=column or "(no name)", cure=f"known: {', '.join(columns)}"
            )
        if header.count(column) > 1:
            raise InputError("is there twice", file=where, field=column, cure="keep one of the two")
    optional = {"note", "title_uk", "name_uk", "end", "announced_on", "partial", "city", "joined", "seats"}
    missing = [c for c in columns if c not in header and c not in optional]
    if missing:
        raise InputError("the table has no such column", file=where, field=missing[0], cure="add it")
