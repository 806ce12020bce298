"""How does a report become a PDF?

Hands the report as data to typst, with a template of ours that takes none of it for markup.  Fonts are those that
typst and matplotlib carry, never the machine's; no date is put in; so the same report gives the same bytes everywhere.
The PDF is tagged, has a language and a title (PDF/UA-1), for readers who hear it.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import matplotlib
import typst

from oberih.errors import OutOfRange
from oberih.picture.report import (
    Block,
    Box,
    Columns,
    Fields,
    Heading,
    Paragraph,
    Picture,
    Points,
    Report,
    Table,
    Text,
)

__all__ = ["as_data", "draw_pdf", "draw_pictures", "typst_version"]

_LONG = re.compile(r"[^\s\u00a0/\-–]{26,}")
"""Letters in a row that no line of a narrow column holds."""

_SPAN = re.compile(r"(?<=\d)–(?=\d)")


def draw_pdf(report: Report) -> bytes:
    """Draw a report as a PDF.

    Raises
    ------
    OutOfRange
        If it cannot be set.
    """
    return _compiled(report, "pdf", pdf_standards="ua-1")[0]


def draw_pictures(report: Report, *, ppi: float = 110.0) -> list[bytes]:
    """Draw the pages of a report as PNG, as the PDF has them."""
    return _compiled(report, "png", ppi=ppi)


def typst_version() -> str:
    """Give the version of the typesetter, which belongs to what a report was made with."""
    return version("typst")


def _compiled(report: Report, form: Literal["pdf", "svg", "png"], **options: Any) -> list[bytes]:
    data = json.dumps(as_data(report), ensure_ascii=True, sort_keys=True)
    source = (files("oberih.picture") / "data" / "report.typ").read_bytes()
    try:
        made = typst.compile(
            source, format=form, sys_inputs={"report": data}, font_paths=_fonts(), **options,
        )  # fmt: skip
    except typst.TypstError as error:
        raise OutOfRange(f"the report cannot be set: {error.message}") from error
    return list(made) if isinstance(made, list) else [made]


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """Faces that come with typst, and DejaVu that comes with matplotlib; none of the machine's."""
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder)])


def as_data(report: Report) -> dict[str, Any]:
    """Give a report as plain values, as the template takes it."""
    return {
        "language": report.language, "title": report.title, "question": report.question,
        "second_title": report.second_title, "foot": report.foot,
        "annex_word": report.annex_word, "page_word": report.page_word, "of_word": report.of_word,
        "first": [_block(b) for b in report.first], "second": [_block(b) for b in report.second],
        "annexes": [
            {"letter": a.letter, "title": a.title, "blocks": [_block(b) for b in a.blocks]} for a in report.annexes
        ],
    }  # fmt: skip


def _text(text: Text) -> list[dict[str, str]]:
    return [{"text": _breakable(r.text), "kind": r.kind, "ref": r.ref} for r in text]


def _breakable(text: str) -> str:
    """Allow a line to end within a very long word, and not within a span of numbers."""
    spans = _SPAN.sub("\u2060–\u2060", text)
    return _LONG.sub(lambda m: "\u200b".join(re.findall(".{1,16}", m[0])), spans)


def _block(block: Block) -> dict[str, Any]:
    match block:
        case Heading(text):
            return {"is": "heading", "text": _text(text)}
        case Paragraph(text, style):
            return {"is": "paragraph", "text": _text(text), "style": style}
        case Points(items, numbered, style):
            return {"is": "points", "items": [_text(t) for t in items], "numbered": numbered, "style": style}
        case Picture(svg, alt, width):
            return {"is": "picture", "svg": svg, "alt": alt, "width": width}
        case Fields(rows):
            return {"is": "fields", "rows": [[name, _text(value)] for name, value in rows]}
        case Columns(left, right, share):
            sides = {"left": [_block(b) for b in left], "right": [_block(b) for b in right]}
            return {"is": "columns", "share": share, **sides}
        case Box(blocks, style):
            return {"is": "box", "blocks": [_block(b) for b in blocks], "style": style}
        case Table():
            return _table(block)


def _table(table: Table) -> dict[str, Any]:
    rows = [
        {"cells": [_text(c) for c in r.cells], "id": r.id, "faint": r.faint, "section": r.section} for r in table.rows
    ]
    return {
        "is": "table", "title": table.title, "heads": [_breakable(h) for h in table.heads], "rows": rows,
        "widths": list(table.widths), "numeric": list(table.numeric),
    }  # fmt: skip
