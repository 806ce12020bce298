"""On what does the answer rest, and what moves it?

Page 2: distances by action and release, places inside, directions, what moves the distance most, what is not said, and
the lines to be signed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from oberih.case.report.book import Book
from oberih.case.report.facts import Part, Reached, Towards
from oberih.picture.palette import zone_style
from oberih.picture.report import (
    Block,
    Box,
    Columns,
    Fields,
    Heading,
    Paragraph,
    Picture,
    Points,
    Row,
    Run,
    Table,
    Text,
    clean,
)
from oberih.picture.report_charts import Bar, Petal, bars_svg, petals_svg

__all__ = ["MOST_ACTIONS", "MOST_PLACES", "MOST_RELEASES", "second_page"]

MOST_RELEASES = 6
"""Releases in columns on page 2."""

MOST_ACTIONS = 8
"""Actions in rows on page 2."""

MOST_PLACES = 10
"""Places named on page 2."""


def second_page(book: Book) -> tuple[Block, ...]:
    """Lay out page 2."""
    say, part = book.speech.say, book.facts.first
    shown = None if part is None or part.empty else part
    return (
        *_matrix(book),
        Columns(
            (*_places(book, shown), *_moves(book, part), *_regimes(book)),
            (*_rose(book, part), Heading(say("silent")), Points(_silent(book), style="note")), share=0.57,
        ),
        Box(_sign(book), "sign"),
    )  # fmt: skip


def _matrix(book: Book) -> tuple[Block, ...]:
    """Actions in rows, releases in columns: circles that hold, with their bands."""
    word, facts = book.speech.word, book.facts
    by = {r.key: r for r in facts.reached}
    releases = facts.releases[:MOST_RELEASES]
    criteria = list(dict.fromkeys(r.criterion for r in facts.reached))
    shown = criteria[:MOST_ACTIONS]
    rows = []
    for criterion in shown:
        found = [by[(release.scenario.name, criterion.key)] for release in releases]
        level = f"{book.speech.level(criterion.level, criterion.unit)}{book.mark(criterion.verified)}"
        name = book.figure(f"{book.speech.action(criterion)}, {level}", "criterion", criterion.key)
        cells = ((name,), *((_cell(book, r),) for r in found))
        rows.append(Row(cells, faint=all(r.distance <= 0.0 for r in found)))
    first = 0.30
    widths = (first, *((1.0 - first) / len(releases) for _ in releases))
    title = word("matrix", percentile=book.speech.percent(facts.percentile / 100.0))
    heads = (
        word("col-action"),
        *(clean(book.scenario(r.scenario), 70 if len(releases) > 3 else 120) for r in releases),
    )
    table = Table(title, heads, tuple(rows), widths=widths, numeric=tuple(range(1, len(heads))))
    left = len(facts.reached) - len(shown) * len(releases)
    return (table, *((Paragraph(book.speech.say("more-rows", count=str(left)), "note"),) if left else ()))


def _cell(book: Book, r: Reached) -> Run:
    return book.figure(book.reached(r), "reached", *r.key)


def _places(book: Book, part: Part | None) -> tuple[Block, ...]:
    say, word = book.speech.say, book.speech.word
    if part is None or not part.places:
        return (Heading(say("places-title")), Paragraph(say("places-none"), "note"))
    rows = []
    for place in part.places[:MOST_PLACES]:
        key = ("place", part.rule.name, place.id)
        living = "–" if place.population is None else book.people(place.population)
        degrees = math.degrees(place.azimuth)
        away = book.figure(book.speech.km(place.distance), *key)
        towards = Run(book.speech.compass(degrees))
        rows.append(Row(((Run(book.place(place)),), (book.figure(living, *key),), (away,), (towards,))))
    heads = (word("col-place"), word("col-people"), word("col-distance"), word("col-towards"))
    table = Table(word("places-title"), heads, tuple(rows), widths=(0.42, 0.25, 0.15, 0.18), numeric=(1, 2))
    people = book.figure(book.people(part.reached.people), "people", part.rule.name)
    if part.method == "raster":
        return (table, Paragraph(say("places-raster", people=people), "note"))
    total = say("places-total", people=people, count=str(len(part.places)), unknown=str(part.unknown))
    return (table, Paragraph(total, "note"))


def _rose(book: Book, part: Part | None) -> tuple[Block, ...]:
    """How far by direction; a picture, and its ends in words."""
    say = book.speech.say
    towards = () if part is None else book.facts.towards.get(part.reached.key, ())
    title = Heading(say("rose-title"))
    if part is None or not towards or max(t.distance for t in towards) <= 0.0:
        return (title, Paragraph(say("rose-none"), "note"))
    far, near = max(towards, key=lambda t: t.distance), min(towards, key=lambda t: t.distance)

    def named(t: Towards) -> dict[str, Run]:
        key = ("towards", t.azimuth)
        return {
            "towards": book.figure(book.speech.compass(t.azimuth), *key),
            "far": book.figure(book.speech.distance(t.distance), *key),
        }

    one, other = named(far), named(near)
    percentile = book.speech.percent(book.facts.percentile / 100.0)
    ends: dict[str, str | Run | Text] = {**one, "other": other["towards"], "near": other["far"]}
    told = {name: value.text for name, value in ends.items() if isinstance(value, Run)}
    petals = [
        Petal(t.azimuth, t.median, t.distance, t.distance if t.low is None else t.low,
              t.distance if t.high is None else t.high) for t in towards
    ]  # fmt: skip
    picture = Picture(
        petals_svg(petals, names=book.speech.word("compass").split()[::2], unit=book.speech.word("km"),
                   say=lambda metres: book.speech.km(metres)), book.speech.word("rose-alt", **told),
    )  # fmt: skip
    words = Paragraph(say("rose-text", percentile=percentile, **ends), "note")
    return (title, picture, words)


def _moves(book: Book, part: Part | None) -> tuple[Block, ...]:
    """Spans of the distance when one thing is changed at a time, the widest first."""
    say, word = book.speech.say, book.speech.word
    if part is None:
        return ()
    spans = []
    alike = [r for r in book.facts.reached if r.criterion.key == part.reached.criterion.key]
    if len(alike) > 1:
        ends = sorted(alike, key=lambda r: r.distance)
        low, high = ends[0], ends[-1]
        spans.append(_Span(
            word("moves-scenario"), low.distance, high.distance,
            book.figure(book.speech.km(low.distance), "reached", *low.key),
            book.figure(book.speech.km(high.distance), "reached", *high.key),
        ))  # fmt: skip
    spans += _asked(book)
    if not spans:
        return (Heading(say("moves")), Paragraph(say("moves-unasked"), "note"))
    if max(s.high for s in spans) <= 0.0:
        return (Heading(say("moves")), Paragraph(say("moves-none"), "note"))
    spans.sort(key=lambda s: s.low - s.high)
    bars = [Bar(s.name, s.low, s.high) for s in spans]
    chart = Picture(
        bars_svg(bars, mark=part.reached.distance, unit=word("km"), say=lambda metres: book.speech.km(metres),
                 colour=zone_style("protection").colour), word("moves-alt"),
    )  # fmt: skip
    rows = tuple(Row(((Run(s.name),), (s.first, Run(s.ends[0]), Run(" – "), s.last, Run(s.ends[1])))) for s in spans)
    table = Table(word("moves"), (word("col-changed"), word("col-span")), rows, widths=(0.40, 0.60))
    more = () if book.facts.sensitivity else (Paragraph(say("moves-unasked"), "note"),)
    return (table, chart, *more)


class _Span:
    """One thing changed: its name, and the least and the greatest distance [m] with what gives them."""

    def __init__(
        self, name: str, low: float, high: float, first: Run, last: Run, ends: tuple[str, str] = ("", "")
    ) -> None:
        self.name, self.low, self.high, self.first, self.last, self.ends = name, low, high, first, last, ends


def _asked(book: Book) -> list[_Span]:
    found = book.facts.sensitivity or {}
    seasons = [r for r in found.get("seasons", ()) if r["value"] not in ("day", "night")]
    hours = [r for r in found.get("seasons", ()) if r["value"] in ("day", "night")]
    percentiles = [r for r in found.get("percentiles", ()) if r["value"] >= 50.0]
    groups = (
        ("moves-percentile", "percentiles", percentiles), ("moves-age", "ages", found.get("ages", ())),
        ("moves-season", "seasons", seasons), ("moves-hours", "seasons", hours),
    )  # fmt: skip
    return [_span(book, name, kind, list(rows)) for name, kind, rows in groups if len(rows) > 1]


def _span(book: Book, name: str, kind: str, rows: list[Mapping[str, Any]]) -> _Span:
    ordered = sorted(rows, key=lambda r: r["distance"])
    low, high = ordered[0], ordered[-1]

    def figure(row: Mapping[str, Any]) -> Run:
        return book.figure(book.speech.km(row["distance"]), "sensitivity", kind, row["value"])

    ends = (f" ({changed(book, kind, low['value'])})", f" ({changed(book, kind, high['value'])})")
    return _Span(book.speech.word(name), low["distance"], high["distance"], figure(low), figure(high), ends)


def changed(book: Book, kind: str, value: Any) -> str:
    """Name what a row of the sensitivity was changed to."""
    if kind == "percentiles":
        return book.speech.percent(float(value) / 100.0)
    return book.speech.word(f"age-{value}" if kind == "ages" else f"season-{value}")


def _regimes(book: Book) -> tuple[Block, ...]:
    """In which state the rules are that touch the zone, where somebody asked."""
    found, word, language = book.facts.regimes, book.speech.word, book.speech.language
    if not found:
        return ()
    rows = []
    for one in found["rows"]:
        state = word(f"status-{one['worst'] or 'none'}")
        said = book.figure(state + book.mark(not one["unverified"]), "regime", one["regime"])
        rows.append(Row(((Run(clean(one["title"].get(language) or one["title"]["en"], 90)),), (said,))))
    title = word("regimes", day=day_said(book))
    heads = (word("col-regime"), word("col-worst"))
    return (Table(title, heads, tuple(rows), widths=(0.68, 0.32)), Paragraph(book.speech.say("regimes-note"), "note"))


def day_said(book: Book) -> str:
    """Say the day as of which regimes were judged."""
    assert book.facts.regimes is not None
    at = datetime.fromisoformat(book.facts.regimes["as_of"]).replace(tzinfo=UTC)
    return book.speech.day(at.timestamp())


def _silent(book: Book) -> tuple[Text, ...]:
    """What it does not say."""
    say = book.speech.say
    names = ["silent-happens", "silent-one", "silent-safe", "silent-model"]
    if any(r.missing for r in book.facts.releases):
        names.append("silent-missing")
    return tuple(say(name) for name in [*names, "silent-fighting"])


def _sign(book: Book) -> tuple[Block, ...]:
    facts, say, word = book.facts, book.speech.say, book.speech.word
    software = facts.provenance["software"]

    def version(name: str) -> Run:
        return book.figure(str(software[name]), "software", name) if name in software else Run("–")

    seed = book.figure(str(facts.provenance["seed"]), "seed")
    made = say(
        "sign-with-value", version=version("oberih"), python=version("python"), numpy=version("numpy"), seed=seed
    )
    digest = Run(facts.digest, "code", book.rows[("digest",)])
    return (
        Heading(say("sign")),
        Fields((
            (word("sign-from"), (digest,)), (word("sign-with"), made),
            (word("sign-prepared"), ()), (word("sign-checked"), ()), (word("sign-approved"), ()),
        )),
    )  # fmt: skip
