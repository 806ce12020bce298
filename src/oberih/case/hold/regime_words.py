"""How are findings said to people, in English and Ukrainian?

One table of words for every face, so that a status is called the same on a terminal, in a table and in a
picture.  What a rule found (``why``) stays as the rule said it.
"""

from __future__ import annotations

import dataclasses
import unicodedata
from collections.abc import Mapping

from oberih.case.sheet import Sheet

__all__ = ["LANGUAGES", "WORDS", "harmless", "in_language", "printable", "say"]

LANGUAGES = ("en", "uk")

WORDS: dict[str, tuple[str, str]] = {
    # statuses and applicability
    "holds": ("holds", "дотримано"),
    "unknown": ("unknown", "невідомо"),
    "at-risk": ("at risk", "під загрозою"),
    "compromised": ("compromised", "порушено"),
    "not-yet": ("not yet in force", "ще не чинне"),
    "in-force": ("in force", "чинне"),
    "suspension-claimed": ("suspension claimed", "заявлено про призупинення"),
    "ended": ("ended", "втратило чинність"),
    "excluded": ("outside its scope", "поза сферою дії"),
    # heads of tables
    "obligation": ("obligation", "зобов'язання"),
    "subject": ("subject", "щодо кого"),
    "applicability": ("applicability", "застосовність"),
    "status": ("status", "стан"),
    "contested by": ("contested by", "оспорює"),
    "unknown parts": ("unknown parts", "невідомих частин"),
    "why": ("why", "чому"),
    "date": ("date", "дата"),
    "from": ("from", "було"),
    "to": ("to", "стало"),
    "part": ("part", "частина"),
    "test": ("test", "перевірка"),
    "id": ("id", "код"),
    "known on": ("known on", "відомо з"),
    "channel": ("channel", "канал"),
    "weight": ("weight", "вага"),
    "value": ("value", "значення"),
    "text": ("text", "текст"),
    "source": ("source", "джерело"),
    "claims": ("claims", "твердження"),
    "why not": ("why it did not count", "чому не враховано"),
    "regime": ("regime", "режим"),
    "title": ("title", "назва"),
    "obligations": ("obligations", "зобов'язань"),
    "subjects": ("subjects", "щодо кого"),
    "in force": ("in force", "чинність"),
    "version": ("version", "версія"),
    # facts
    "summary": ("summary", "підсумок"),
    "as of": ("as of", "станом на"),
    "known by": ("known by", "відомо на"),
    "all known now": ("all that is known now", "усе, що відомо тепер"),
    "rests on": ("rests on", "спирається на"),
    "looked at": ("of these the rules read", "з них правила читають"),
    "force": ("force", "сила"),
    "addressee": ("addressee", "адресат"),
    "article": ("article", "стаття"),
    "supports": ("supports", "підтверджує"),
    "compromises": ("compromises", "порушує"),
    "insufficient": ("says nothing by itself", "саме по собі нічого не доводить"),
    "note": ("note", "примітка"),
    "applies only while": ("applies only while", "діє лише поки"),
    "does not reach": ("does not reach the case while", "не поширюється, поки"),
    "contest": ("contested", "оспорено"),
    "rule": ("rule", "правило"),
    "inputs": ("inputs (SHA-256)", "вхідні дані (SHA-256)"),
    "recompute": ("recompute", "перевірити самому"),
    "what counted": ("What counted", "Що враховано"),
    "what did not count": ("What did not count, and why", "Що не враховано і чому"),
    "nothing counted": ("nothing counted", "нічого не враховано"),
    "not given": ("asked for, not given", "запитано, не надано"),
    "findings": ("Findings", "Висновки"),
    "worst": ("worst", "найгірше"),
    "does not apply": ("does not apply", "не застосовується"),
    "contested": ("contested", "оспорюється"),
    "says": ("says", "твердить"),
    "changes": ("changes", "змін"),
    "no change": ("nothing changed in this time", "за цей час нічого не змінилося"),
    "start": ("start", "початок"),
    "findings over time": ("findings over time", "висновки в часі"),
    "as known on each day": ("each day judged by what was known on it", "кожен день — за тим, що було тоді відомо"),
    "unverified": ("† rests on something not checked against its text", "† спирається на не звірене з текстом"),
    "claims stay claims": (
        "claims are recorded as claims; no rule reads them", "твердження записано як твердження; правила їх не читають",
    ),
    "shipped tables": ("shipped tables", "таблиці з комплекту"),
    "own table": ("own table", "власна таблиця"),
    "own record": ("own record", "власний запис"),
    "observations": ("observations", "спостережень"),
    "no own record": ("no record of your own", "без власних записів"),
    "step note": (
        "a column stands for {step} d and shows the worst of its days; the table has the exact dates",
        "стовпчик — {step} діб, показано найгіршу; точні дати — в таблиці",
    ),
}  # fmt: skip
"""By key: English, Ukrainian."""


def say(key: str, language: str = "en") -> str:
    """Say a word in a language; a key that has none is its own word.

    Examples
    --------
    >>> say("at-risk"), say("at-risk", "uk"), say("US")
    ('at risk', 'під загрозою', 'US')
    """
    return WORDS[key][LANGUAGES.index(language)] if key in WORDS else key


def in_language(texts: Mapping[str, str], language: str) -> str:
    """Choose a text by language: the one asked for, else English, else whichever there is.

    Examples
    --------
    >>> in_language({"en": "seven pillars"}, "uk")
    'seven pillars'
    """
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")


def printable(text: str) -> str:
    r"""Show control characters of strangers' text as �, so that none reaches a terminal or breaks an XML file.

    Marks that turn the direction of writing are such characters too.

    Examples
    --------
    >>> printable("red\x1b[31m"), printable("два\nрядки")
    ('red�[31m', 'два\nрядки')
    """
    if text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(c) in _UNSEEN and c not in "\n\t" else c for c in text)


_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def harmless(sheet: Sheet) -> Sheet:
    """Return a page with every text made printable."""
    return dataclasses.replace(
        sheet, title=printable(sheet.title), facts=tuple((printable(a), printable(b)) for a, b in sheet.facts),
        rows=tuple(tuple(map(printable, row)) for row in sheet.rows), notes=tuple(map(printable, sheet.notes)),
    )  # fmt: skip
