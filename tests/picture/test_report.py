"""Does a report stand on two pages, whatever is written in it, and can nothing in it act?"""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser

import pytest

from oberih.picture.report import (
    Box,
    Columns,
    Fields,
    Heading,
    Paragraph,
    Picture,
    Points,
    Report,
    Row,
    Run,
    Section,
    Table,
    Text,
    clean,
)
from oberih.picture.report_charts import Bar, Petal, bars_svg, petals_svg
from oberih.picture.report_html import draw_report_html, report_policy
from oberih.picture.report_pdf import draw_pdf
from tests.case.report_material import pages_of_pdf, words_of_html

HOSTILE = [
    '#eval("panic()") #panic() *bold* _it_ $x^2$ `raw` @A1 <A1> \\ [[ ]] // /* */',
    "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><style>*{display:none}</style>&amp;&lt;",
    "\u202eevil\u2066 \u200f\x00\x07\x1b[31m \ud800 \ufeff",
    "]]> <!-- --> <?xml ?> </article></main></body></html>",
    "Ї" * 10_000,
    "дуже довга назва " * 700,
]


def said(text: str, ref: str = "") -> Text:
    return (Run(text, "figure" if ref else "", ref),)


def small(name: str = "Plant", language: str = "en") -> Report:
    """Every kind of block, with a stranger's name in each."""
    name = clean(name, 60)
    rows = (Row((said("A1"), said(f"{name}: 23.4 km"), said("1 200")), id="A1"), Row((said(name),), section=True))
    table = Table(name, ("Row", "What", name), rows, widths=(0.1, 0.6, 0.3), numeric=(2,))
    shown = Table(name, ("What", "km"), (Row((said(name), said("23.4", "A1"))),), widths=(0.6, 0.4), numeric=(1,))
    rose = petals_svg(
        [Petal(a, 1e3, 5e3, 4e3, 6e3) for a in range(0, 360, 10)], names=[name[:8]] * 8, unit="km", say=str
    )
    bars = bars_svg([Bar(name, 1e3, 9e3)], mark=5e3, unit="km", say=str, colour="#D55E00")
    first = (
        Paragraph(said(name), "kicker"), Paragraph((*said("Circle of "), *said("23.4 km", "A1")), "answer"),
        Box((Paragraph(said(name)),), "warning"), Columns((Picture(rose, name),), (shown,), 0.5),
        Heading(said(name)), Points((said(name), said("17 of 19")), numbered=True),
    )  # fmt: skip
    second = (Picture(bars, name), Points((said(name),), style="note"),
              Box((Heading(said(name)), Fields(((name, said("0.1.0")), ("blank", ())))), "sign"))  # fmt: skip
    foreign = Points(((Run(name, "foreign"),), (Run("ab" * 32, "code"),)))
    return Report(language, name, name, first, second, name, (Section("A", name, (table, foreign)),), "Annex", "page",
                  "of", "foot")  # fmt: skip


class Tags(HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[tuple[str, str]] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.levels: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        for name, value in attrs:
            self.attributes.add((tag, name))
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.links.append(value or "")
        if re.fullmatch("h[1-6]", tag):
            self.levels.append(int(tag[1]))


def tags_of(page: str) -> Tags:
    reader = Tags()
    reader.feed(page)
    return reader


@pytest.mark.parametrize("language", ["en", "uk"])
@pytest.mark.parametrize("name", HOSTILE, ids=["typst", "html", "bidi", "ends", "long-word", "long-name"])
def test_whatever_a_name_holds_the_main_part_is_two_pages(name: str, language: str) -> None:
    pages = pages_of_pdf(draw_pdf(small(name, language)))
    begins = [i for i, text in enumerate(pages) if "Annex" in text.split("page")[0] and "A." in text]
    assert begins[:1] == [2], [text[:80] for text in pages]


@pytest.mark.parametrize("name", HOSTILE[:4], ids=["typst", "html", "bidi", "ends"])
def test_a_name_is_shown_as_it_is_written_and_does_nothing(name: str) -> None:
    told = small(name)
    shown = re.sub(r"[\s\u200b\u2060\ufffe\ufffd-]", "", clean(name, 60).rstrip("…"))
    paper = re.sub(r"[\s\u200b\u2060\ufffe\ufffd-]", "", " ".join(pages_of_pdf(draw_pdf(told))))
    assert shown.replace("–", "") in paper.replace("–", "")
    page = tags_of(draw_report_html(told))
    plain = tags_of(draw_report_html(small()))
    assert page.tags == plain.tags
    assert page.attributes == plain.attributes


@pytest.mark.parametrize("name", ["Plant", *HOSTILE[:4]])
def test_a_page_runs_nothing_and_asks_for_nothing(name: str) -> None:
    text = draw_report_html(small(name))
    page = tags_of(text)
    assert not {"script", "iframe", "object", "embed", "link", "form", "img"} & set(page.tags)
    assert not [a for _, a in page.attributes if a.startswith("on") or a in ("style", "src")]
    assert all(link.startswith("#") for link in page.links)
    assert "default-src 'none'" in report_policy() and "script-src" not in report_policy()
    assert not set("\u202e\u2066\u200f\x00\x07\x1b") & set(text)


def test_headings_never_skip_a_level_and_every_reference_has_its_row() -> None:
    page = tags_of(draw_report_html(small()))
    assert page.levels[0] == 1
    assert all(b <= a + 1 for a, b in zip(page.levels, page.levels[1:], strict=False))
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links} <= set(page.ids)


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_pdf_is_tagged_has_its_language_and_title_and_no_date(language: str) -> None:
    data = draw_pdf(dataclasses.replace(small("Запорізька АЕС", language), title="Запорізька АЕС"))
    assert b"/StructTreeRoot" in data and b"/MarkInfo" in data
    assert f"/Lang({language})".encode() in data.replace(b"/Lang (", b"/Lang(")
    assert b"pdfuaid" in data
    assert b"CreationDate" not in data and b"ModDate" not in data


def test_every_ukrainian_letter_has_its_glyph() -> None:
    letters = "АаБбВвГгҐґДдЕеЄєЖжЗзИиІіЇїЙйКкЛлМмНнОоПпРрСсТтУуФфХхЦцЧчШшЩщЬьЮюЯя’ʼ–…†«»№·°≥×²⁻⁵"
    told = small("x", "uk")
    shown = dataclasses.replace(told, second=(Paragraph(said(letters)),))
    paper = "".join(pages_of_pdf(draw_pdf(shown))[1].split())
    assert [c for c in letters if c not in paper] == []


def test_the_same_report_gives_the_same_bytes() -> None:
    one, other = small("Plant", "uk"), small("Plant", "uk")
    assert draw_pdf(one) == draw_pdf(other)
    assert draw_report_html(one) == draw_report_html(other)


@pytest.mark.parametrize("language", ["en", "uk"])
def test_paper_and_page_say_the_same_numbers(language: str) -> None:
    told = small("Plant 3", language)
    paper = " ".join(re.sub(r"foot\s+page \d+ of \d+", "", text) for text in pages_of_pdf(draw_pdf(told)))
    number = re.compile(r"\d+(?:[.,]\d+)*")
    on_paper, on_page = (Counter(number.findall(t)) for t in (paper, words_of_html(draw_report_html(told))))
    running = Counter({"3": 3, "1": 1, "2": 1})  # the title at the head of each page; the numbers of a list
    assert on_paper - running == on_page


def test_reports_set_at_once_do_not_disturb_each_other() -> None:
    told = [small(f"Plant {i % 3}", "uk") for i in range(9)]
    alone = {r.title: draw_pdf(r) for r in told[:3]}
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(draw_pdf, told))
    assert together == [alone[r.title] for r in told]
