"""What was promised, by whom, to whom, with what force, from when to when?

Defines the nouns `Regime`, `Obligation`, `Part`, `Span`, `Suspension`, `Contest`, `Condition`.
They are data: read from one file each (`oberih.regimes.read.regime_file`), and hold no rule beyond
the name of a test and its parameters.

Invariants: every obligation says its force, its addressee and its source; what was not checked
against its text says ``verified=False``.  A date ``to`` is the first day on which a thing is no
longer in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

__all__ = ["FORCES", "Condition", "Contest", "Obligation", "Part", "Regime", "Span", "Suspension", "ZoneArea"]

FORCES = (
    "treaty", "custom", "resolution", "agreement", "political", "proposal", "standard", "working document",
)  # fmt: skip
"""Legal or other force of a text, from the strongest kind to the weakest."""


@dataclass(frozen=True)
class Span:
    """From when to when a regime is in force; ``start`` None: from the beginning, ``end`` None: still."""

    start: date | None
    end: date | None
    source: str
    verified: bool


@dataclass(frozen=True)
class Suspension:
    """A subject says that it suspends the regime; who disputes it stands beside it."""

    subject: str
    start: date
    end: date | None
    disputed_by: tuple[str, ...]
    source: str
    verified: bool


@dataclass(frozen=True)
class Contest:
    """Somebody contests how an obligation is met, or the facts behind it."""

    obligation: str
    subject: str
    by: str
    start: date
    end: date | None
    claim: str
    source: str
    verified: bool


@dataclass(frozen=True)
class Condition:
    """An obligation applies only while (or, as an exclusion, not while) an indicator has one of these values."""

    indicator: str
    values: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Part:
    """One test of an obligation, with its parameters.

    Parameters
    ----------
    name : str
        What this part looks at, in words.
    test : str
        A name in `oberih.regimes.rules.TESTS`.
    parameters : mapping
        As that test declares them.
    """

    name: str
    test: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Obligation:
    """One thing that must hold.

    Parameters
    ----------
    id : str
    text : mapping
        One sentence of our own, by language (``en``, ``uk``).
    article : str
        Where it stands in its instrument.
    addressee : str
        Whom the text names; "not named in the text" where it names nobody.
    force : str
        Of `FORCES`.
    parts : tuple of Part
        Their worst is the obligation's status.
    start, end : date or None
        Where it applies for a shorter time than its regime.
    subjects : tuple of str
        For whom it is judged; empty for all of the regime's.
    requires : Condition or None
        It is not in force until this is met.
    excluded_while : Condition or None
        It does not reach the case while this is so.
    supports, compromises, insufficient : tuple of str
        In words: what would show that it holds, that it does not, and what says nothing.
    source : str
    verified : bool
    note : str
    """

    id: str
    text: Mapping[str, str]
    article: str
    addressee: str
    force: str
    parts: tuple[Part, ...]
    start: date | None = None
    end: date | None = None
    subjects: tuple[str, ...] = ()
    requires: Condition | None = None
    excluded_while: Condition | None = None
    supports: tuple[str, ...] = ()
    compromises: tuple[str, ...] = ()
    insufficient: tuple[str, ...] = ()
    source: str = ""
    verified: bool = False
    note: str = ""


@dataclass(frozen=True)
class ZoneArea:
    """Where a zone lies: a radius about a site, or a polygon (longitude, latitude pairs, closed)."""

    name: str
    site: str
    radius: float | None
    polygon: tuple[tuple[float, float], ...]
    source: str
    verified: bool


@dataclass(frozen=True)
class Regime:
    """A set of obligations with one history.

    Parameters
    ----------
    id : str
    version : str
        Of the file; every finding names it.
    title, text : mapping
        By language.
    subjects : tuple of str
        Parties, sites or organisations for which obligations are judged.
    instruments : tuple of str
        Ids in the registry of instruments.
    spans : tuple of Span
    suspensions : tuple of Suspension
    obligations : tuple of Obligation
    contests : tuple of Contest
    areas : mapping of str to ZoneArea
        By name, for tests that ask where.
    sha256 : str
        Of the file, so that a finding names the rule it came from.
    """

    id: str
    version: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    subjects: tuple[str, ...]
    instruments: tuple[str, ...]
    spans: tuple[Span, ...]
    suspensions: tuple[Suspension, ...]
    obligations: tuple[Obligation, ...]
    contests: tuple[Contest, ...]
    areas: Mapping[str, ZoneArea] = field(default_factory=dict)
    sha256: str = ""
