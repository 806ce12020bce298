"""Which mistakes are in this file, on which lines, and how is each cured?

One door for everything that people write about rules: a regime, a registry of instruments, a table of
observations, a register of participation.  Which it is, a TOML file says by its key ``schema``, a CSV table by its
columns; a folder is a register of participation.  `Mistake` is defined in `oberih.regimes.read.mistake`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from oberih.errors import InputError
from oberih.regimes.read.instrument_table import INSTRUMENTS_SCHEMA, mistakes_in_registry
from oberih.regimes.read.mistake import Mistake, Sheet, nearest, open_sheet
from oberih.regimes.read.model import REGIME_SCHEMA
from oberih.regimes.read.observation_table import refusals
from oberih.regimes.read.participation_tables import COLUMNS as PARTICIPATION
from oberih.regimes.read.participation_tables import lint_participation
from oberih.regimes.read.regime_file import mistakes_in_regime

__all__ = ["LINTERS", "TABLES", "Mistake", "lint", "lint_any", "mistake_of"]

Linter = Callable[[Path], tuple[Mistake, ...]]


def mistake_of(error: InputError) -> Mistake:
    """Return a refusal as a mistake; its line is that which its file names, as ``table.csv, row 3``.

    Examples
    --------
    >>> mistake_of(InputError("is empty", file="t.csv, row 3", field="id", cure="fill the cell")).line
    3
    """
    found = re.search(r"(?:row|line) (\d+)$", str(error.file or ""))
    value = "" if error.value is None else str(error.value)
    return Mistake(int(found[1]) if found else 1, error.field or "", value, error.message, error.cure or "")


def _mistakes_in_participation(path: Path) -> tuple[Mistake, ...]:
    """Mistakes of a folder of tables, each field with its table; or of one table, read with those beside it."""
    folder = path if path.is_dir() else path.parent
    out = []
    for error in lint_participation(folder):
        table = Path(re.sub(r", (?:row|line) \d+$", "", str(error.file or folder)))
        found = mistake_of(error)
        if path.is_dir():
            out.append(replace(found, field=f"{table.name}: {found.field}".rstrip(": ")))
        elif table.name == path.name:
            out.append(found)
    return tuple(out)


def _mistakes_in_observations(path: Path) -> tuple[Mistake, ...]:
    return tuple(map(mistake_of, refusals(path)))


LINTERS: dict[str, Linter] = {REGIME_SCHEMA: mistakes_in_regime, INSTRUMENTS_SCHEMA: mistakes_in_registry}
"""Of TOML files, by ``schema``; another kind of file adds its own here (``LINTERS[schema] = lint``)."""

TABLES: dict[str, Linter] = {"indicator": _mistakes_in_observations}
"""Of CSV tables, by a column that no other table has; another kind of table adds its own here."""


def lint(path: Path) -> tuple[Mistake, ...]:
    """Return every mistake of a regime file, by line; none if it is right.

    Raises
    ------
    InputError
        If the file cannot be opened.
    """
    return mistakes_in_regime(path)


def lint_any(path: Path) -> tuple[Mistake, ...]:
    """Return every mistake of a file, by line, whatever it is about.

    Raises
    ------
    InputError
        If the file cannot be opened.
    """
    if path.is_dir():
        return _mistakes_in_participation(path)
    return _lint_table(path) if path.suffix.casefold() == ".csv" else _lint_toml(path)


def _lint_toml(path: Path) -> tuple[Mistake, ...]:
    sheet = open_sheet(path)
    if sheet.mistakes:
        return tuple(sheet.mistakes)
    schema = sheet.table.get("schema")
    if isinstance(schema, str) and schema in LINTERS:
        return LINTERS[schema](path)
    return (_no_schema(sheet, schema),)


def _lint_table(path: Path) -> tuple[Mistake, ...]:
    """A table is known by its columns; one that nobody knows is read as observations, so that it says what lacks."""
    try:
        with path.open("rb") as file:
            head = file.readline(100_000).decode("utf-8-sig", errors="replace")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path, cure="give the path of a table") from error
    columns = {name.strip().strip('"') for name in re.split("[,;\t]", head)}
    known = next((run for column, run in TABLES.items() if column in columns), None)
    if known is None and path.stem in PARTICIPATION:
        known = _mistakes_in_participation
    return (known or _mistakes_in_observations)(path)


def _no_schema(sheet: Sheet, schema: object) -> Mistake:
    if schema is None:
        sheet.mistake(("schema",), "is missing", f"begin with schema = one of {', '.join(sorted(LINTERS))}")
    else:
        sheet.mistake(("schema",), "is not a schema known here", nearest(str(schema), LINTERS), value=schema)
    return sheet.mistakes[0]
