"""Where does the measured and published data lie, and is it what it should be?

Reads small CSV tables of strangers: blanks are blanks, a missing file or column and a word
where a number belongs are refused in one line.
"""

from __future__ import annotations

import csv
import math
import os
from pathlib import Path

from oberih.errors import InputError

Row = dict[str, str]

ABSENT = frozenset({"", "-", "na", "nan", "none", "null"})
SENTINELS = frozenset({-9.0, -99.0, -999.0, -9999.0})  # what the experiment's files write for "missing"


def shared_data(name: str) -> Path:
    """Folder ``name`` of the shared data: under ``OBERIH_SHARED``, else beside the repository."""
    root = os.environ.get("OBERIH_SHARED")
    shared = Path(root) if root else Path(__file__).resolve().parents[2] / "shared"
    return shared / "data" / name


def fields_in(folder: Path) -> list[Path]:
    """The netCDF files of a folder.

    Raises
    ------
    InputError
        If it holds none.
    """
    found = sorted(folder.glob("*.nc"))
    if not found:
        raise InputError("holds no netCDF file (*.nc)", file=folder)
    return found


def read_table(file: Path, *, needs: tuple[str, ...]) -> list[Row]:
    """Rows of a CSV table as text.

    Raises
    ------
    InputError
        If the file is not there, cannot be read, or lacks a column of ``needs``.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        cure = "give the folder as the argument, or set OBERIH_SHARED to the folder that holds data/"
        raise InputError("no such file", file=file, cure=cure) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", file=file) from error
    reader = csv.DictReader(text.splitlines())
    names = reader.fieldnames or []
    for name in needs:
        if name not in names:
            raise InputError("the table has no such column", file=file, field=name, cure=f"it has {', '.join(names)}")
    return [{k: (v or "").strip() for k, v in row.items() if isinstance(k, str)} for row in reader]


def number(row: Row, field: str, *, file: Path) -> float:
    """A number of a row; NaN where it is blank, absent or a sentinel for "missing".

    Raises
    ------
    InputError
        If there is a word where a number belongs.
    """
    text = row.get(field, "")
    if text.lower() in ABSENT:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        raise InputError("not a number", file=file, field=field, value=text) from None
    return math.nan if value in SENTINELS or not math.isfinite(value) else value
