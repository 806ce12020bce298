"""How does a designed zone leave as tables?

Comma-separated after RFC 4180 in UTF-8: a table a file, a head line, SI.  The whole is a ZIP archive of the tables
with a README that says what each column means.  Text that a spreadsheet would run as a formula is given an
apostrophe in front, as spreadsheets themselves do to keep a text a text.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from typing import Any

from oberih.picture.export.content import ExportContent
from oberih.picture.export.plain_text import cell_text, xml_text
from oberih.picture.export.rows import COLUMNS, Row, about_rows, table

__all__ = ["archive_of", "table_of"]

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Of a ZIP archive: a time of writing would make the same tables another file."""


def table_of(content: ExportContent, name: str) -> bytes:
    """Give one table.

    Parameters
    ----------
    content : ExportContent
    name : str
        ``zones``, ``sectors`` or ``places``.

    Raises
    ------
    InputError
        If there is no such table.
    """
    return _written(table(content, name), tuple(COLUMNS.get(name, ())))


def archive_of(content: ExportContent) -> bytes:
    """Give all tables, and what they rest on, as a ZIP archive."""
    files = {f"{name}.csv": table_of(content, name) for name in COLUMNS}
    files["about.csv"] = _written([{"name": k, "value": v} for k, v in about_rows(content)], ("name", "value"))
    files["README.txt"] = _readme(content).encode("utf-8", "replace")
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return stream.getvalue()


def _written(rows: Sequence[Row], columns: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[c]) for c in columns] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return cell_text(value) if isinstance(value, str) else f"{value!r}"


def _readme(content: ExportContent) -> str:
    lines = [
        xml_text(content.title), "", xml_text(content.headline), "",
        "Comma-separated, UTF-8, numbers with a decimal point, SI unless a column names its unit; empty means unknown.",
        "A text that begins like a formula has an apostrophe in front, so that no spreadsheet runs it.", "",
    ]  # fmt: skip
    for name, columns in COLUMNS.items():
        lines += [f"{name}.csv", *(f"  {column}: {text}" for column, text in columns.items()), ""]
    lines += ["about.csv", "  what the whole rests on: question, release, weather, notes, software, inputs", ""]
    lines.append(f"provenance {content.digest}")
    return "\n".join(lines) + "\n"
