"""What does a page of facts hold?

Defines the noun `Sheet`: a title, facts, one table, notes; text throughout, in units for
people.  Cases that list and describe return it, and a face shows it as table or JSON.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Sheet"]


@dataclass(frozen=True)
class Sheet:
    """A page of facts.

    Parameters
    ----------
    title : str
    facts : tuple of (str, str)
        What and its value.
    columns : tuple of str
        Heads of the table, units in them.
    rows : tuple of tuple of str
        Each as long as ``columns``.
    notes : tuple of str
        What the reader must know.
    """

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
