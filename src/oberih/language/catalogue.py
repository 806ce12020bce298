"""How is a message said in English and in Ukrainian?

The catalogue is data: a TOML file a subject in ``language/data``, a table a message with both languages side by
side, so that a missing translation is seen where it is missing.  A page, a report and a program find a message by
its key, ``subject.name``.  Values go in where the text says ``{name}``.

Invariants: every message has every language, and the same names in each.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from oberih.errors import InputError, UnknownName

__all__ = ["LANGUAGES", "accepted", "catalogue", "message", "placeholders"]

LANGUAGES = ("en", "uk")
"""Of every message; the first stands where nothing is asked for."""


@lru_cache(maxsize=1)
def _messages() -> Mapping[str, Mapping[str, str]]:
    """Every message by its key, then by language."""
    found: dict[str, dict[str, str]] = {}
    for file in sorted((files("oberih.language") / "data").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            subject = file.name.removesuffix(".toml")
            for name, texts in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found[f"{subject}.{name}"] = _checked(f"{subject}.{name}", texts)
    return found


def _checked(key: str, texts: Mapping[str, str]) -> dict[str, str]:
    if set(texts) != set(LANGUAGES):
        raise InputError("lacks a language, or has one too many", field=key, value=", ".join(texts))
    if len({placeholders(text) for text in texts.values()}) > 1:
        raise InputError("does not name the same values in each language", field=key)
    return dict(texts)


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces.

    Examples
    --------
    >>> sorted(placeholders("{n} km towards {where}"))
    ['n', 'where']
    """
    return frozenset(re.findall(r"\{(\w+)\}", text))


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> Mapping[str, str]:
    """Return every message of a language by its key.

    Raises
    ------
    UnknownName
        If there is no such language.
    """
    if language not in LANGUAGES:
        raise UnknownName("language", language, known=LANGUAGES)
    return {key: texts[language] for key, texts in _messages().items()}


def message(key: str, language: str = "en", **values: object) -> str:
    """Say a message.

    Parameters
    ----------
    key : str
        ``subject.name``.
    language : str
    **values
        What stands where the text says ``{name}``.

    Raises
    ------
    UnknownName
        If there is no such message or language.

    Examples
    --------
    >>> message("shell.title"), message("shell.nav-situation", "uk")
    ('Oberih', 'Обстановка')
    """
    known = catalogue(language)
    if key not in known:
        raise UnknownName("message", key, known=known)
    return re.sub(r"\{(\w+)\}", lambda m: str(values.get(m[1], m[0])), known[key])


def accepted(header: str | None, default: str = "en") -> str:
    """Choose a language by what a browser accepts (RFC 9110, 12.5.4).

    Examples
    --------
    >>> accepted("de;q=0.9, uk-UA;q=0.8, en;q=0.7"), accepted("*"), accepted(None, "uk")
    ('uk', 'en', 'uk')
    """
    wanted: list[tuple[float, int, str]] = []
    for at, part in enumerate((header or "")[:1000].split(",")):
        tag, _, weight = part.strip().partition(";")
        number = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight)
        quality = float(number[1]) if number else (0.0 if weight else 1.0)
        if quality > 0.0 and (primary := tag.split("-")[0].strip().lower()) in LANGUAGES:
            wanted.append((-quality, at, primary))
    return min(wanted)[2] if wanted else default
