"""Which annex row does a figure come from?

Defines `Book`: the facts in one language, with the numbering of annex rows.  Annexes are written first, each row under
a key that says what it holds; a figure of the two pages then names its row by that key.  A figure without a row is an
error, so none can stand there without its source.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from oberih.case.report.facts import Facts, Part, Reached
from oberih.case.report.words import Speech
from oberih.earth.places import Place
from oberih.picture.report import Row, Run, Text, clean
from oberih.release import Scenario

__all__ = ["LETTERS", "NAME_LIMIT", "Book", "Cell", "text"]

LETTERS = {"en": "ABCDEFGH", "uk": "АБВГДЕЖИ"}
"""Of the annexes; the Ukrainian ones as the state standard has them."""

NAME_LIMIT = 60
"""Letters of a stranger's name that the two pages show."""

Cell = str | Run | Text


def text(cell: Cell) -> Text:
    """Make runs of whatever stands in a cell."""
    if isinstance(cell, str):
        return (Run(cell),) if cell else ()
    return (cell,) if isinstance(cell, Run) else cell


@dataclass
class Book:
    """The facts in one language.

    Parameters
    ----------
    facts : Facts
    speech : Speech
    rows : dict
        Annex row by key.
    """

    facts: Facts
    speech: Speech
    rows: dict[tuple[object, ...], str] = field(default_factory=dict)
    counted: dict[int, int] = field(default_factory=dict)

    @property
    def letters(self) -> str:
        """Of the annexes."""
        return LETTERS[self.speech.language]

    def row(self, annex: int, key: tuple[object, ...], *cells: Cell, faint: bool = False) -> Row:
        """Number a row of an annex and remember what it holds; its number is its first cell."""
        self.counted[annex] = self.counted.get(annex, 0) + 1
        name = f"{self.letters[annex]}{self.counted[annex]}"
        self.rows[key] = name
        return Row((text(name), *(text(c) for c in cells)), id=name, faint=faint)

    def figure(self, said: str, *key: object) -> Run:
        """Give a figure with the row it comes from.

        Raises
        ------
        KeyError
            If no annex row holds it.
        """
        return Run(said, "figure", self.rows[key])

    def mark(self, verified: bool) -> str:
        """Mark what was not checked against its source."""
        return "" if verified else "†"

    @property
    def site(self) -> str:
        """The site's name."""
        s = self.facts.site
        return clean(s.name if self.speech.language == "en" else s.name_uk, NAME_LIMIT)

    def scenario(self, scenario: Scenario) -> str:
        """The title of a release."""
        titles = scenario.title
        return clean(titles.get(self.speech.language) or titles.get("en") or scenario.name, 2 * NAME_LIMIT)

    def part(self, part: Part) -> str:
        """The name of a part of the zone."""
        return part.rule.title if self.speech.language == "en" else part.rule.title_uk

    def place(self, place: Place) -> str:
        """The name of a place; GeoNames' own where no Ukrainian one is known."""
        return clean(self.facts.names_uk.get(place.id, place.name) if self.speech.language == "uk" else place.name, 80)

    def reached(self, r: Reached) -> str:
        """A radius with its band, in kilometres, as tables have it."""
        if r.distance <= 0.0:
            return f"0{self.mark(r.verified)}"
        more = ">\u00a0" if r.beyond else ""
        band = "" if r.beyond else self.speech.band(r.low, r.high)
        return f"{more}{self.speech.km(r.distance)}{self.mark(r.verified)}" + (f" ({band})" if band else "")

    def people(self, count: int | None) -> str:
        """How many people, told as well as they are known."""
        if count is None:
            return self.speech.word("unknown")
        return self.speech.people(count) if count else "0"
