"""What exactly was asked?

The choices behind an answer, in words: the usual ones, and those that somebody set by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from oberih.case.reach.sources import AT_POWER
from oberih.case.report.book import Book
from oberih.picture.report import clean

__all__ = ["Asked", "asked_rows"]


@dataclass(frozen=True)
class Asked:
    """One choice: its key, what it is, its value, and whether it is other than usual."""

    key: str
    what: str
    value: str
    by_hand: bool = False


def asked_rows(book: Book) -> Iterator[Asked]:
    """Tell every choice behind the answer."""
    s, word, chosen = book.speech, book.speech.word, book.facts.parameters

    def row(key: str, value: str, by_hand: bool = False) -> Asked:
        return Asked(key, word(f"report-annex.asked-{key}"), value, by_hand)

    yield row("percentile", s.percent(book.facts.percentile / 100.0))
    yield row("day", s.day(book.facts.at))
    age = chosen.get("age")
    yield row("age", word(f"age-{age}") if age else word("report-annex.not-given"), bool(age))
    measures = ", ".join(_measure(book, str(m)) for m in chosen.get("protection") or ())
    yield row("protection", measures or word("report-annex.outdoors"), bool(measures))
    height = chosen.get("height")
    at = word("report-annex.as-scenario") if height is None else f"{s.number(height)}\u00a0{word('m')}"
    yield row("height", at, height is not None)
    yield row("rule", word(f"report-annex.rule-{chosen.get('rule', 'anywhere')}"))
    yield from _of_a_design(book)


def _measure(book: Book, name: str) -> str:
    """What people are taken to be under; its own name where the catalogue has none."""
    try:
        return book.speech.word(f"design.measure-{name.replace(' ', '-')}")
    except KeyError:
        return clean(name, 60)


def _of_a_design(book: Book) -> Iterator[Asked]:
    """What only the designer asks."""
    s, word, chosen = book.speech, book.speech.word, book.facts.parameters
    if chosen.get("unit"):
        yield Asked("unit", word("report-annex.asked-unit"), clean(str(chosen["unit"]), 40), True)
    shutdown = chosen.get("shutdown")
    if shutdown is not None:
        said = word("report-annex.at-power") if shutdown == AT_POWER else s.day(int(shutdown))
        yield Asked("shutdown", word("report-annex.asked-shutdown"), said, True)
    if "months" in chosen:
        first, last = int(chosen["first_hour"]), int(chosen["last_hour"])
        some = len(chosen["months"]) < 12 or (last - first) % 24 != 23
        months = ", ".join(str(m) for m in chosen["months"])
        times = word("report-annex.times", months=months, first=str(first), last=str(last))
        yield Asked("times", word("report-annex.asked-times"), times, some)
