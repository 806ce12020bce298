"""What follows from the rule and what is known?

Defines the nouns `Verdict` (what one test says) and `Finding` (what an obligation comes to): three
axes, never fewer.  *Applicability* says whether the rule speaks at all; *status* whether what it
asks for holds, as far as can be known; *contested by* who disputes it.

Invariants: status is None exactly where the rule does not apply.  Unknown is never averaged into
holds: the worst of the parts decides, and unknown is worse than holds.  A finding names every
observation that counted and each that did not, with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

__all__ = ["APPLICABILITIES", "STATUSES", "Finding", "Verdict", "worst"]

APPLICABILITIES = ("not-yet", "in-force", "suspension-claimed", "ended", "excluded")
"""Whether the rule speaks; ``excluded``: its own text leaves this case to other law."""

STATUSES = ("holds", "unknown", "at-risk", "compromised")
"""From the best to the worst."""


def worst(statuses: Sequence[str]) -> str:
    """Return the worst of several statuses; of none, unknown.

    Examples
    --------
    >>> worst(["holds", "unknown"]), worst(["at-risk", "unknown"]), worst([])
    ('unknown', 'at-risk', 'unknown')
    """
    return max(statuses, key=STATUSES.index, default="unknown")


@dataclass(frozen=True)
class Verdict:
    """What one test says of the observations it was given.

    Parameters
    ----------
    status : str
        Of `STATUSES`.
    why : str
        One line.
    counted : tuple of str
        Ids of the observations it rests on.
    set_aside : tuple of (str, str)
        Ids of the others and the reason.
    """

    status: str
    why: str
    counted: tuple[str, ...] = ()
    set_aside: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Finding:
    """What one obligation comes to for one subject on one day.

    Parameters
    ----------
    regime, obligation, subject : str
    as_of : date
        The day judged.
    known_by : date or None
        Only what was known by then counted; None: all that is known now.
    applicability : str
        Of `APPLICABILITIES`.
    status : str or None
        Of `STATUSES`; None where the rule does not apply.
    contested_by : tuple of str
    why : str
        One line.
    parts : tuple of (str, Verdict)
        By name; empty where the rule does not apply.
    unknown_parts : int
        How many of them are unknown, said beside the status.
    counted : tuple of str
        Ids of all observations that it rests on.
    set_aside : tuple of (str, str)
        Ids and reasons of those that were looked at and did not count.
    unverified : tuple of str
        Ids of what counted without having been checked against its text; the rule's own id too.
    rule : str
        Regime and version, and the SHA-256 of its file.
    inputs_sha256 : str
        Of rule, dates and observations: the same inputs give the same finding to the byte.
    """

    regime: str
    obligation: str
    subject: str
    as_of: date
    known_by: date | None
    applicability: str
    status: str | None
    contested_by: tuple[str, ...]
    why: str
    parts: tuple[tuple[str, Verdict], ...] = ()
    unknown_parts: int = 0
    counted: tuple[str, ...] = ()
    set_aside: tuple[tuple[str, str], ...] = ()
    unverified: tuple[str, ...] = ()
    rule: str = ""
    inputs_sha256: str = ""
