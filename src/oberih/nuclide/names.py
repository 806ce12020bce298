"""Which nuclide is meant, and which elements behave like it?

The canonical name is ``Cs-137``, ``Ba-137m``: symbol, hyphen, mass number, ``m`` for an
isomer.  `nuclide_name` reads what people write; `element_group` gives the group of elements
that a melting core releases alike (NUREG-1465).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from oberih.errors import UnknownName
from oberih.nuclide.table import half_lives

__all__ = ["GROUPS", "element_group", "element_groups", "is_iodine", "is_noble_gas", "nuclide_name", "symbol"]

GROUPS = (
    "noble gases",
    "halogens",
    "alkali metals",
    "tellurium group",
    "barium and strontium",
    "noble metals",
    "cerium group",
    "lanthanides",
)
"""Element groups in the order of NUREG-1465 Table 3.13."""

_SYMBOL_FIRST = re.compile(r"([A-Za-z]{1,2})[\s_-]*(\d{1,3})([mMnN]?)")
_MASS_FIRST = re.compile(r"(\d{1,3})([mM]?)[\s_-]*([A-Za-z]{1,2})")


def _tidy(text: str) -> str:
    text = text.strip()
    if match := _SYMBOL_FIRST.fullmatch(text):
        element, mass, isomer = match.groups()
    elif match := _MASS_FIRST.fullmatch(text):
        mass, isomer, element = match.groups()
    else:
        return text
    return f"{element.capitalize()}-{int(mass)}{isomer.lower()}"


def nuclide_name(text: str, *, file: object = None, field: str | None = None) -> str:
    """Read a nuclide as people write it and return its canonical name.

    Parameters
    ----------
    text : str
        ``Cs-137``, ``cs137``, ``I 131``, ``137Cs``, ``Ba-137M`` …
    file, field : optional
        Where it stood, for the error message.

    Raises
    ------
    UnknownName
        If no such nuclide is in the decay table; names the nearest.

    Examples
    --------
    >>> nuclide_name("cs137"), nuclide_name("137m-Ba"), nuclide_name("I131")
    ('Cs-137', 'Ba-137m', 'I-131')
    """
    name = _tidy(text)
    if name not in half_lives():
        raise UnknownName("nuclide", name, known=half_lives(), file=file, where=field)
    return name


def symbol(nuclide: str) -> str:
    """Chemical symbol of a canonical name: ``Cs`` of ``Cs-137``."""
    return nuclide.split("-", 1)[0]


def is_noble_gas(nuclide: str) -> bool:
    """Whether a canonical name is that of a noble gas."""
    return symbol(nuclide) in {"He", "Ne", "Ar", "Kr", "Xe", "Rn"}


def is_iodine(nuclide: str) -> bool:
    """Whether a canonical name is that of an iodine."""
    return symbol(nuclide) == "I"


@cache
def element_groups() -> Mapping[str, str]:
    """Group of each element, by symbol.

    Source: NUREG-1465 Table 3.13 as printed in NUREG-1887 Table 1.4; uranium is our own
    assignment (unverified).
    """
    text = (files("oberih.nuclide") / "data" / "groups.csv").read_text(encoding="utf-8")
    return MappingProxyType({row["element"]: row["group"] for row in csv.DictReader(text.splitlines())})


def element_group(nuclide: str) -> str:
    """Release group of a nuclide, one of `GROUPS`.

    Raises
    ------
    UnknownName
        If its element belongs to no group of NUREG-1465.

    Examples
    --------
    >>> element_group("Cs-137"), element_group("Te-132"), element_group("Cm-244")
    ('alkali metals', 'tellurium group', 'lanthanides')
    """
    groups = element_groups()
    if symbol(nuclide) not in groups:
        raise UnknownName("element of a release group", symbol(nuclide), known=groups)
    return groups[symbol(nuclide)]
