"""Which mistakes are in this file, on which lines, and how is each cured?

One door for everything that people write about rules: a regime, a registry of instruments, a register of
participation.  Which it is, its first key ``schema`` says.  `Mistake` is defined in `oberih.regimes.read.mistake`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from oberih.regimes.read.instrument_table import INSTRUMENTS_SCHEMA, mistakes_in_registry
from oberih.regimes.read.mistake import Mistake, Sheet, nearest, open_sheet
from oberih.regimes.read.model import REGIME_SCHEMA
from oberih.regimes.read.regime_file import mistakes_in_regime

__all__ = ["LINTERS", "Mistake", "lint", "lint_any"]

Linter = Callable[[Path], tuple[Mistake, ...]]

LINTERS: dict[str, Linter] = {REGIME_SCHEMA: mistakes_in_regime, INSTRUMENTS_SCHEMA: mistakes_in_registry}
"""By the file's ``schema``; another room of files adds its own here (``LINTERS[schema] = lint``)."""


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
    sheet = open_sheet(path)
    if sheet.mistakes:
        return tuple(sheet.mistakes)
    schema = sheet.table.get("schema")
    if isinstance(schema, str) and schema in LINTERS:
        return LINTERS[schema](path)
    return (_no_schema(sheet, schema),)


def _no_schema(sheet: Sheet, schema: object) -> Mistake:
    if schema is None:
        sheet.mistake(("schema",), "is missing", f"begin with schema = one of {', '.join(sorted(LINTERS))}")
    else:
        sheet.mistake(("schema",), "is not a schema known here", nearest(str(schema), LINTERS), value=schema)
    return sheet.mistakes[0]
