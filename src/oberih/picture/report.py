"""What does a report say, before anybody prints it?

Defines the noun `Report` and its blocks: two pages for the one who decides, annexes for the one who must defend it.
PDF and HTML are drawn from the same report (`oberih.picture.report_pdf`, `oberih.picture.report_html`), so that they
cannot say different things.

Text is a tuple of `Run`: what is a figure carries the annex row that it comes from; what exists in English only is
marked.  Text is text: whoever draws it escapes it.  `clean` takes out what could turn a line around or break it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Block", "Box", "Columns", "Fields", "Heading", "Paragraph", "Picture", "Points", "Report", "Row", "Run", "Section",
    "Table", "Text", "blocks_of", "clean", "plain", "texts_of",
]  # fmt: skip

_STEERING = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF)))
"""Characters that turn the direction of a line, or are not seen."""


@dataclass(frozen=True)
class Run:
    """A piece of text in one style.

    Parameters
    ----------
    text : str
    kind : str
        ``""``, ``strong``, ``foreign`` (exists in English only), ``code``, or ``figure``.
    ref : str
        The annex row that a figure comes from, such as ``A3``.
    """

    text: str
    kind: Literal["", "strong", "foreign", "code", "figure"] = ""
    ref: str = ""


Text = tuple[Run, ...]


@dataclass(frozen=True)
class Heading:
    """A heading within a page or an annex."""

    text: Text
    level: int = 2


@dataclass(frozen=True)
class Paragraph:
    """Sentences; ``style`` is ``""``, ``lead``, ``answer``, ``note`` or ``kicker``."""

    text: Text
    style: Literal["", "lead", "answer", "note", "kicker"] = ""


@dataclass(frozen=True)
class Points:
    """A list of sentences, numbered or not."""

    items: tuple[Text, ...]
    numbered: bool = False
    style: Literal["", "note"] = ""


@dataclass(frozen=True)
class Row:
    """A row of a table.

    Parameters
    ----------
    cells : tuple of Text
    id : str
        What a figure's ``ref`` names; empty where nothing refers to it.
    faint : bool
        Whether it says that nothing is needed.
    section : bool
        Whether its one cell is a heading among the rows.
    """

    cells: tuple[Text, ...]
    id: str = ""
    faint: bool = False
    section: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under heads.

    Parameters
    ----------
    title : str
        Tells what it holds; read aloud and printed above it.
    heads : tuple of str
    rows : tuple of Row
    widths : tuple of float
        Share of each column; empty for as wide as needed.
    numeric : tuple of int
        Columns to align at the right.
    small : bool
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[float, ...] = ()
    numeric: tuple[int, ...] = ()
    small: bool = True


@dataclass(frozen=True)
class Picture:
    """A drawing (SVG) with its words for those who do not see it; ``width`` is a share of the column."""

    svg: str
    alt: str
    width: float = 1.0


@dataclass(frozen=True)
class Fields:
    """Lines to be signed: a name, and what stands there or a blank."""

    rows: tuple[tuple[str, Text], ...]


@dataclass(frozen=True)
class Columns:
    """Two columns side by side; ``share`` is the width of the left one."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]
    share: float = 0.5


@dataclass(frozen=True)
class Box:
    """Blocks in a frame: ``warning`` or ``sign``."""

    blocks: tuple[Block, ...]
    style: Literal["warning", "sign"] = "warning"


Block = Heading | Paragraph | Points | Table | Picture | Fields | Columns | Box


@dataclass(frozen=True)
class Section:
    """An annex: its letter, its title and what it holds."""

    letter: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """Two pages and annexes.

    Parameters
    ----------
    language : str
    title : str
        Of the document.
    question : str
        The heading of page 1.
    first, second : tuple of Block
        The two pages for the one who decides.
    second_title : str
    annexes : tuple of Section
    annex_word, page_word, of_word : str
        Words that a renderer needs.
    foot : str
        At the foot of each page: what it was made from and with.
    """

    language: str
    title: str
    question: str
    first: tuple[Block, ...]
    second: tuple[Block, ...]
    second_title: str
    annexes: tuple[Section, ...]
    annex_word: str
    page_word: str
    of_word: str
    foot: str


def clean(text: str, limit: int = 300) -> str:
    r"""Give a stranger's text in one line, without what steers a reader's program, cut at ``limit``.

    Examples
    --------
    >>> clean("a\u202eb\nc"), clean("abcdef", 4)
    ('a�b c', 'abc…')
    """
    line = " ".join(text.encode("utf-8", "replace").decode("utf-8").split())
    safe = "".join("\ufffd" if c in _STEERING or c < " " or "\x7f" <= c <= "\x9f" else c for c in line)
    return safe if len(safe) <= limit else safe[: limit - 1].rstrip() + "…"


def plain(text: Text) -> str:
    """Give a text without its styles and references."""
    return "".join(run.text for run in text)


def blocks_of(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Go through blocks and what they hold, in the order of reading."""
    for block in blocks:
        yield block
        if isinstance(block, Columns):
            yield from blocks_of(block.left)
            yield from blocks_of(block.right)
        elif isinstance(block, Box):
            yield from blocks_of(block.blocks)


def texts_of(block: Block) -> Iterator[Text]:
    """Give the texts of one block itself, in the order of reading."""
    match block:
        case Heading() | Paragraph():
            yield block.text
        case Points():
            yield from block.items
        case Table():
            for row in block.rows:
                yield from row.cells
        case Fields():
            yield from (text for _, text in block.rows)
        case _:
            return
