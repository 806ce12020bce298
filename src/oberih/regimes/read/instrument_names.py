"""Do two names mean one instrument, or one name two?

Names are compared by their words, without small words and case.  Beyond that a short committed table
(``data/instrument_names.toml``) says which names are known for one instrument: no rule of words can know
that CPPNM and the Nuclear Material Convention are the same.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

__all__ = ["known_as", "same_instrument", "several_instruments", "words_of"]

_SMALL = frozenset((
    "the", "a", "an", "of", "on", "for", "and", "or", "to", "in", "its", "their", "with", "at", "by", "concerning",
    "relating", "regarding", "respect", "between", "against", "from", "including", "certain",
))  # fmt: skip
_HEADS = frozenset((
    "treaty", "convention", "protocol", "agreement", "arrangement", "group", "committee", "regime", "code",
    "initiative", "resolution", "memorandum", "accord", "pact", "statute",
))  # fmt: skip
_JOINS = re.compile(r"\s+and\s+|\s*&\s*|\s*;\s*|\s+/\s+|\s*\+\s*|\s+und\s+|\s+та\s+", re.IGNORECASE)


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name that matter.

    Examples
    --------
    >>> sorted(words_of("Convention on the Physical Protection of Nuclear Material"))
    ['convention', 'material', 'nuclear', 'physical', 'protection']
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    found = re.findall(r"[^\W_]+", plain.casefold())
    kept = [w for w in found if w not in _SMALL]
    return frozenset(w[:-1] if len(w) > 4 and w.endswith("s") and not w.endswith("ss") else w for w in kept)


@lru_cache(maxsize=1)
def _table() -> dict[frozenset[str], str]:
    text = (files("oberih.regimes.read") / "instrument_names.toml").read_text(encoding="utf-8")
    return {words_of(name): id for id, names in tomllib.loads(text)["names"].items() for name in names}


def known_as(name: str) -> str | None:
    """Return the instrument that the table knows under this name.

    Examples
    --------
    >>> known_as("the nuclear material convention"), known_as("CPPNM"), known_as("something else")
    ('cppnm', 'cppnm', None)
    """
    return _table().get(words_of(name))


def several_instruments(name: str) -> tuple[str, ...]:
    """Return the parts of a name that are instruments of their own; none where it is one.

    Examples
    --------
    >>> several_instruments("NSG and Zangger Committee")
    ('NSG', 'Zangger Committee')
    >>> several_instruments("Convention on the Prohibition of Bacteriological and Toxin Weapons")
    ()
    """
    if known_as(name) is not None:
        return ()
    parts = [p.strip(" ,.") for p in _JOINS.split(name) if p.strip(" ,.")]
    if len(parts) < 2 or not all(_stands_alone(p) for p in parts):
        return ()
    found = [known_as(p) or " ".join(sorted(words_of(p))) for p in parts]
    return tuple(parts) if len(set(found)) > 1 else ()


def _stands_alone(part: str) -> bool:
    """Whether a part of a name is a name itself: known, or short and ending in what such things are called."""
    words = re.findall(r"[^\W_]+", part.casefold())
    return known_as(part) is not None or (2 <= len(words) <= 5 and words[-1] in _HEADS)


def same_instrument(one: Sequence[str], other: Sequence[str], *, same_dates: bool) -> str:
    """Return why two sets of names mean one instrument; "" if they do not.

    Parameters
    ----------
    one, other : sequence of str
        Title and aliases of two records.
    same_dates : bool
        Whether the records share a date and none contradicts it.

    Examples
    --------
    >>> same_instrument(["CPPNM"], ["Nuclear Material Convention"], same_dates=False)
    'both are known as cppnm'
    >>> same_instrument(["Convention on Nuclear Safety"], ["Joint Convention"], same_dates=False)
    ''
    """
    ours, theirs = {words_of(n): n for n in one}, {words_of(n): n for n in other}
    shared = [n for w, n in ours.items() if w and w in theirs]
    if shared:
        return f"both are called {shared[0]}"
    known = {known_as(n) for n in one} & {known_as(n) for n in other} - {None}
    if known:
        return f"both are known as {sorted(filter(None, known))[0]}"
    short = [a for a, b in ((a, b) for a in one for b in other) if _initials(a, b) or _initials(b, a)]
    if short and same_dates:
        return "one is the other's initials"
    within = any(len(a & b) >= 2 and (a <= b or b <= a) for a in ours for b in theirs)
    return "the words and the dates of one are the other's" if within and same_dates else ""


def _initials(short: str, long: str) -> bool:
    letters = re.sub(r"\W", "", short)
    words = [w for w in re.findall(r"[^\W_]+", long.casefold()) if w not in _SMALL]
    return letters.isupper() and len(letters) >= 3 and letters.casefold() == "".join(w[0] for w in words)
