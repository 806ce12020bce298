"""What is known about one thing, on one day, and through whom?

Defines the noun `Observation`: one value of one indicator for one subject.  That something was
asked for and not given is an observation too (``given=False``), and is evidence; that nobody
noted anything is the absence of a row, and means unknown.

Invariants: an observation has a date (when it was so) and may have another on which it became
known; it says through which channel it came and how far to trust it.  It never says who is guilty:
attributions stand in ``claims``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

__all__ = ["CHANNELS", "INDEPENDENT", "Observation"]

CHANNELS = (
    "treaty exchange", "declared", "inspected", "measured", "published voluntarily", "press", "satellite", "other",
)  # fmt: skip
"""How it came to be known; the same words as those of a record."""

INDEPENDENT = frozenset({"treaty exchange", "inspected", "measured"})
"""Channels in which somebody other than the party concerned saw it, or both are bound by it."""


@dataclass(frozen=True)
class Observation:
    """One value of one indicator.

    Parameters
    ----------
    id : str
        Under which it is cited: the id of its row, or of the record in the log.
    indicator : str
        What was observed, as a regime's tests name it (``offsite-lines``, ``deployed_warheads``).
    subject : str
        For whom or what: a party (``US``), a site (``zaporizhzhia``), an organisation.
    date : datetime.date
        The day it was so, or the first day of a span.
    value : float, str or None
        A number in the indicator's unit, or a word that its tests know; None where ``given`` is False.
    given : bool
        False: it was asked for and not given.
    end : datetime.date or None
        Last day of a span; None for a day.
    known_on : datetime.date or None
        The day it became known; None where nobody noted it.
    text : str
        In words.
    channel : str
        Of `CHANNELS`.
    source : str
        Who, and where to read it.
    reliability : str or None
        Of the source, A to F (Admiralty scale).
    credibility : int or None
        Of the content, 1 to 6.
    affirmed_by : tuple of str
        Who states the fact itself; two opposed parties that agree on it confirm it.
    claims : tuple of (str, str)
        By whom and what: attributions, which no test reads.
    longitude, latitude : float or None
        Where [°, WGS 84].
    uncertainty : float
        Of the position [m].
    verified : bool
        Whether the row was checked against its text.
    corrected_by : str or None
        Id of the record that replaces it; then it no longer counts.
    """

    id: str
    indicator: str
    subject: str
    date: dt.date
    value: float | str | None = None
    given: bool = True
    end: dt.date | None = None
    known_on: dt.date | None = None
    text: str = ""
    channel: str = "other"
    source: str = ""
    reliability: str | None = None
    credibility: int | None = None
    affirmed_by: tuple[str, ...] = ()
    claims: tuple[tuple[str, str], ...] = ()
    longitude: float | None = None
    latitude: float | None = None
    uncertainty: float = 0.0
    verified: bool = True
    corrected_by: str | None = None

    @property
    def last(self) -> dt.date:
        """The last day on which it was so."""
        return self.end or self.date

    @property
    def confirmed(self) -> bool:
        """Whether more than one party alone stands behind the fact.

        So it is where an independent channel carried it, where others confirmed it (credibility 1),
        or where it is probably true (2), or two name it.  A claim by one party is not confirmed,
        however often it is repeated.
        """
        if self.credibility is not None:
            return self.credibility <= 2
        return self.channel in INDEPENDENT or len(set(self.affirmed_by)) >= 2
