"""What can go wrong, and what should the reader do about it?

The tree, whole::

    OberihError
    ├── InputError            what a person gave cannot be used       exit 2
    │   ├── UnknownName       no such site, nuclide, scenario …       exit 2
    │   ├── BadRows           rows of an import (evidence.read.row)   exit 2
    │   └── WeatherRefused    a weather series that must not be used  exit 2
    ├── StoreError            a store cannot be read or written       exit 3
    │   ├── CorruptStore      what is there is not what was written   exit 3
    │   └── StoreFull         no room, or no right, to write          exit 3
    ├── SourceUnavailable     a live source did not answer            exit 4
    └── OutOfRange            a formula was asked beyond its range    exit 2

Every message is one line: what was found where, what was expected, what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "CorruptStore",
    "InputError",
    "OberihError",
    "OutOfRange",
    "SourceUnavailable",
    "StoreError",
    "StoreFull",
    "UnknownName",
    "WeatherRefused",
]


class OberihError(Exception):
    """Root of every error that Oberih raises on purpose."""

    exit_code = 1


class InputError(OberihError):
    """What a person gave cannot be used.

    Parameters
    ----------
    message : str
        What is wrong and what was expected instead.
    file : str, optional
        Where it was found: a path, a URL or ``command line``.
    field : str, optional
        The field, column, key or option.
    value : object, optional
        What stood there.
    cure : str, optional
        What to do.

    Examples
    --------
    >>> print(InputError("must not be negative", file="leak.toml", field="activity", value=-1.0,
    ...                  cure="give the activity released, in Bq"))
    leak.toml: activity = -1.0: must not be negative; give the activity released, in Bq
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        file: object = None,
        field: str | None = None,
        value: object = None,
        cure: str | None = None,
    ) -> None:
        self.message, self.file, self.field, self.value, self.cure = message, file, field, value, cure
        where = f"{file}: " if file is not None else ""
        if field is not None:
            shown = f" = {_quoted(value)}" if value is not None else ""
            where += f"{field if len(field) <= 200 else field[:197] + '...'}{shown}: "
        elif value is not None:
            where += f"{_quoted(value)}: "
        line = where + message + (f"; {cure}" if cure else "")
        super().__init__(" ".join(line.split()))


def _quoted(value: object) -> str:
    """A value as it may stand in one line, however long or deep it is."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested without end; a whole number of thousands of digits
        return f"<{type(value).__name__}>"
    return text if len(text) <= 200 else f"{text[:197]}..."


class UnknownName(InputError):
    """No such thing under that name; the nearest names are given.

    Examples
    --------
    >>> print(UnknownName("site", "zaporizhia", known=["zaporizhzhia", "rivne"]))
    site = 'zaporizhia': no such site; did you mean zaporizhzhia?
    """

    def __init__(
        self, kind: str, name: str, *, known: Iterable[str], file: object = None, where: str | None = None
    ) -> None:
        names = sorted(known)
        near = (
            difflib.get_close_matches(name.lower(), names, n=3, cutoff=0.5)
            or [n for n in names if name.lower() in n.lower()][:3]
        )
        if not near:
            folded = {n.lower(): n for n in names}
            near = [folded[n] for n in difflib.get_close_matches(name.lower(), list(folded), n=3, cutoff=0.4)]
        cure = f"did you mean {', '.join(near)}?" if near else f"known: {', '.join(names[:12])}"
        super().__init__(f"no such {kind}", file=file, field=where or kind, value=name, cure=cure)


class WeatherRefused(InputError):
    """A weather series that must not be used, with the reason."""


class StoreError(OberihError):
    """A store cannot be read or written."""

    exit_code = 3


class CorruptStore(StoreError):
    """What is in the store is not what was written there."""


class StoreFull(StoreError):
    """There is no room, or no right, to write."""


class SourceUnavailable(OberihError):
    """A live source did not answer, or not with what was asked."""

    exit_code = 4


class OutOfRange(InputError):
    """A formula was asked for an answer outside its valid range."""
