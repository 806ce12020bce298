"""How do facts become a report in one language?

Annexes first, so that every row has its number; then the two pages, whose figures name those rows.
"""

from __future__ import annotations

from oberih.case.report.annexes import distances_annex, releases_annex, site_annex
from oberih.case.report.book import Book
from oberih.case.report.facts import Facts
from oberih.case.report.first import first_page
from oberih.case.report.second import second_page
from oberih.case.report.texts import criteria_annex, method_annex, places_annex, provenance_annex, weather_annex
from oberih.case.report.words import Speech
from oberih.picture.report import Report

__all__ = ["laid_out"]


def laid_out(facts: Facts, language: str) -> Report:
    """Lay a report out.

    Parameters
    ----------
    facts : Facts
    language : str
        Of `oberih.language.catalogue.LANGUAGES`.

    Raises
    ------
    UnknownName
        If there is no such language.
    """
    book = Book(facts, Speech(language))
    annexes = (
        distances_annex(book), site_annex(book), releases_annex(book), weather_annex(book), criteria_annex(book),
        method_annex(book), places_annex(book), provenance_annex(book),
    )  # fmt: skip
    word = book.speech.word
    foot = word(
        "foot", version=str(facts.provenance["software"].get("oberih", "–")), digest=facts.digest[:16],
        example=f"{book.letters[0]}1",
    )  # fmt: skip
    return Report(
        language=language, title=word("title", site=book.site), question=word("question"), first=first_page(book),
        second=second_page(book), second_title=word("second"), annexes=annexes, annex_word=word("annex"),
        page_word=word("page"), of_word=word("of"), foot=foot,
    )  # fmt: skip
