"""Who does something to an account?"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["By"]


@dataclass(frozen=True)
class By:
    """Who does it.

    Parameters
    ----------
    person : str
        As it stands in the record.
    role : str
    account : int or None
        Of whoever is signed in; None on a terminal.
    """

    person: str = "oberih users"
    role: str = "terminal"
    account: int | None = None
