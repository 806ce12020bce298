"""Does it hold, and if not, which record and why?

Defines the nouns `Fault` and `Report` that every verification gives: a plain yes or no, what was
looked at, and each fault with its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Fault", "Report", "one_line"]

_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def one_line(text: str) -> str:
    """Give a stranger's words without what would steer a terminal, begin a new line, or turn one around."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


@dataclass(frozen=True)
class Fault:
    """Something that is not what was written.

    Parameters
    ----------
    where : str
        ``record 17``, ``records 40 to 59``, ``checkpoint of 60 records``, ``attachment …``.
    what : str
        In words.
    first, last : int or None
        Numbers of the records that it touches, inclusive; None where it touches none.
    """

    where: str
    what: str
    first: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", one_line(self.where))
        object.__setattr__(self, "what", one_line(self.what))

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True)
class Report:
    """The outcome of a verification.

    Parameters
    ----------
    name : str
        What was verified: a path or URL.
    kind : str
        ``live record``, ``bundle`` or ``selection``.
    faults : tuple of Fault
        In the order of their places; empty: it holds.
    records : int
        Looked at.
    size : int
        That the last checkpoint covers.
    root : str
        Of that checkpoint, hexadecimal.
    origin : str
        Name of the log.
    first_key : str
        Id of the key that began it: who trusts this key trusts the log.
    keys : tuple of (str, str, int, int or None)
        Name, id, number of the record that added it, of the one that revoked it.
    checkpoints : int
    first_recorded, last_recorded : str
        Times of writing of the first and last record.
    attachments : int
        Whose content was looked at.
    absent_attachments : int
        Known by hash alone.
    witnesses : tuple of str
        Who countersigned which checkpoint, and when.
    timestamps : tuple of str
        Which authority saw which checkpoint, and when.
    notes : tuple of str
        What the reader must know: what could not be checked here.
    """

    name: str
    kind: str
    faults: tuple[Fault, ...]
    records: int = 0
    size: int = 0
    root: str = ""
    origin: str = ""
    first_key: str = ""
    keys: tuple[tuple[str, str, int, int | None], ...] = ()
    checkpoints: int = 0
    first_recorded: str = ""
    last_recorded: str = ""
    attachments: int = 0
    absent_attachments: int = 0
    witnesses: tuple[str, ...] = ()
    timestamps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("origin", "first_recorded", "last_recorded"):
            object.__setattr__(self, name, one_line(getattr(self, name)))
        for name in ("witnesses", "timestamps"):
            object.__setattr__(self, name, tuple(map(one_line, getattr(self, name))))
        object.__setattr__(self, "keys", tuple((one_line(n), *rest) for n, *rest in self.keys))

    @property
    def holds(self) -> bool:
        """Whether everything is what was written."""
        return not self.faults
