"""Which treaties, conventions and resolutions are there, and since when?

Defines the noun `Instrument`: one text with its dates, each value with its own source.  What is
wrong with a registry of them is found by `oberih.regimes.read.instrument_rules`.

Invariants: one instrument is one record; a value that has no source is not kept; a date is as exact as its source:
``1993-01`` is the month and never its first day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["STATUSES", "Instrument"]

STATUSES = ("in force", "ended", "never in force", "adopted", "open for signature", "proposal")
"""Of an instrument."""


@dataclass(frozen=True)
class Instrument:
    """One text.

    Parameters
    ----------
    id : str
        Stable; regimes name it.
    title : str
    aliases : tuple of str
        Other names of the same text.
    kind : str
        As ``treaty``, ``resolution``.
    status : str
        Of `STATUSES`.
    sources : mapping of str to str
        Where each value can be read, by field.
    adopted, opened_for_signature, in_force_from, ended : str or None
        ISO 8601 day, month or year.
    in_force_on_adoption : bool
        That it was in force from the very day of its adoption is meant, and no slip.
    depositary : str
    parties : int or None
        How many; None where nobody is counted.
    party_ids : tuple of str
        Which, where the registry lists them.
    parties_note : str
        As of when, and what was counted.
    note : str
    verified : bool
        Whether the record was checked against its sources.
    """

    id: str
    title: str
    aliases: tuple[str, ...]
    kind: str
    status: str
    sources: Mapping[str, str]
    adopted: str | None = None
    opened_for_signature: str | None = None
    in_force_from: str | None = None
    ended: str | None = None
    in_force_on_adoption: bool = False
    depositary: str = ""
    parties: int | None = None
    party_ids: tuple[str, ...] = ()
    parties_note: str = ""
    note: str = ""
    verified: bool = False
