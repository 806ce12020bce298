"""Which treaties, conventions and resolutions are there, and since when?

Defines the noun `Instrument`: one text with its dates, each value with its own source.  What is
wrong with a registry of them is found by `oberih.regimes.read.instrument_rules`.

Invariants: one instrument is one record; a value that has no source is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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
    adopted, opened_for_signature, in_force_from, ended : date or None
    depositary : str
    parties : int or None
        How many; None where nobody is counted.
    party_ids : tuple of str
        Which, where the registry lists them.
    parties_note : str
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
    adopted: date | None = None
    opened_for_signature: date | None = None
    in_force_from: date | None = None
    ended: date | None = None
    depositary: str = ""
    parties: int | None = None
    party_ids: tuple[str, ...] = ()
    parties_note: str = ""
    note: str = ""
    verified: bool = False
