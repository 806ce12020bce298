"""Whatever is said in one language is said in the other, with the same values in it."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import oberih
from oberih.errors import UnknownName
from oberih.language.catalogue import LANGUAGES, accepted, catalogue, message, placeholders

SOURCE = Path(oberih.__file__).parent
ENGLISH, UKRAINIAN = catalogue("en"), catalogue("uk")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")

SAME_IN_BOTH = re.compile(r"^[\W\d_]*$|^[A-Z0-9 .,/()+–-]{1,30}$")
"""Signs, numbers and abbreviations that no language changes."""


def test_every_message_is_said_in_every_language() -> None:
    assert set(ENGLISH) == set(UKRAINIAN) and len(ENGLISH) > 20
    assert [k for known in (ENGLISH, UKRAINIAN) for k, text in known.items() if not text.strip()] == []


def test_the_same_values_stand_in_both() -> None:
    assert [k for k in ENGLISH if placeholders(ENGLISH[k]) != placeholders(UKRAINIAN[k])] == []


def words_alone(text: str) -> str:
    """A text without its placeholders, units and names of formats."""
    return re.sub(r"\{\w+\}", "", text)


def test_ukrainian_is_in_ukrainian_and_english_is_not() -> None:
    bare = {
        k for k, text in UKRAINIAN.items()
        if re.search(r"[a-z]{3}", words_alone(ENGLISH[k])) and not CYRILLIC.search(text) and text != ENGLISH[k]
    }  # fmt: skip
    untranslated = {
        k for k, text in UKRAINIAN.items()
        if text == ENGLISH[k] and len(re.findall(r"[a-z]{3,}", words_alone(text))) > 2
    }  # fmt: skip
    assert bare | untranslated == set()
    assert [k for k, text in ENGLISH.items() if CYRILLIC.search(text) and k != "shell.other-language"] == []


def test_letters_of_russian_alone_stand_nowhere() -> None:
    assert [k for k, text in UKRAINIAN.items() if re.search("[ыэъё]", text.lower())] == []


def test_an_unknown_message_or_language_is_refused() -> None:
    with pytest.raises(UnknownName):
        message("shell.nothing-of-the-kind")
    with pytest.raises(UnknownName):
        catalogue("xx")


def test_a_value_is_put_in_as_it_is() -> None:
    assert message("shell.version", version="{title} %s <b>") == "Oberih {title} %s <b>"


@given(st.text(alphabet=string.printable, max_size=200))
def test_whatever_a_browser_sends_a_language_is_chosen(header: str) -> None:
    assert accepted(header) in LANGUAGES


@pytest.mark.parametrize(
    ("header", "chosen"),
    [("uk", "uk"), ("en-GB,uk;q=0.5", "en"), ("de,uk;q=0.3,en;q=0.2", "uk"), ("uk;q=0, en", "en"), ("fr", "en")],
)
def test_the_language_that_is_wanted_most_is_chosen(header: str, chosen: str) -> None:
    assert accepted(header) == chosen


KEY = re.compile(r"""\b(?:say|message)\(\s*["'`]([a-z]+\.[a-z0-9-]+)["'`]\s*[,)]""")


def test_every_message_that_is_asked_for_is_there() -> None:
    files = [f for kind in ("*.py", "*.js", "*.html") for f in SOURCE.rglob(kind)]
    missing = {
        f"{f.relative_to(SOURCE).as_posix()}: {key}"
        for f in files if f.name != "catalogue.py"
        for key in KEY.findall(f.read_text(encoding="utf-8")) if key not in ENGLISH
    }  # fmt: skip
    assert missing == set()
