"""Is a stranger's file what it must be, field by field?

Defines the reader's noun `Fields`: a table of a TOML file that is asked for one field after
the other and refuses, in one line with file, field, value and cure, what is missing, of the
wrong kind, not a number, out of range, or not asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError, UnknownName

__all__ = ["Fields", "checked_number"]


def checked_number(value: object, *, low: float, high: float, unit: str, file: object, field: str) -> float:
    """Return a number within its range.

    Raises
    ------
    InputError
        If it is no number, not finite, or outside.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise InputError("not a number", file=file, field=field, value=value, cure=f"give a number in {unit}")
    if value < 0 <= low:
        raise InputError("must not be negative", file=file, field=field, value=value, cure=f"give it in {unit}")
    if not low <= value <= high:
        raise InputError(
            f"outside {low:g} to {high:g} {unit}", file=file, field=field, value=value, cure=f"give it in {unit}"
        )
    return float(value)


class Fields:
    """One table of a file, read strictly.

    Parameters
    ----------
    table : mapping
        As the TOML reader gave it.
    file : object
        Its name, for messages.
    path : str
        Where the table stands in the file, such as ``fuel.`` or ``compartment[0].``.
    """

    def __init__(self, table: object, *, file: object, path: str = "") -> None:
        if not isinstance(table, Mapping):
            raise InputError("not a table", file=file, field=path.rstrip("."), value=table, cure="write key = value")
        self.table: Mapping[str, Any] = table
        self.file, self.path = file, path
        self.asked: set[str] = set()

    def has(self, key: str) -> bool:
        """Whether the field is there."""
        self.asked.add(key)
        return key in self.table

    def raw(self, key: str) -> object:
        """Return a field as it stands, which must be there."""
        if not self.has(key):
            raise InputError("missing", file=self.file, field=self.path + key, cure="every scenario needs it")
        return self.table[key]

    def number(self, key: str, *, unit: str, low: float = 0.0, high: float, default: float | None = None) -> float:
        """Return a finite number from ``low`` to ``high``."""
        if default is not None and not self.has(key):
            return default
        return checked_number(self.raw(key), low=low, high=high, unit=unit, file=self.file, field=self.path + key)

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        value = self.raw(key)
        if not isinstance(value, str) or not value.strip():
            raise InputError("not a text", file=self.file, field=self.path + key, value=value, cure='write "…"')
        return value

    def choice(self, key: str, known: Sequence[str]) -> str:
        """Return one of the known words."""
        value = self.text(key)
        if value not in known:
            raise UnknownName(key, value, known=known, file=self.file, where=self.path + key)
        return value

    def truth(self, key: str) -> bool:
        """Return true or false."""
        value = self.raw(key)
        if not isinstance(value, bool):
            raise InputError("not true or false", file=self.file, field=self.path + key, value=value)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty if the field is not there."""
        value = self.raw(key) if self.has(key) else []
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise InputError("not a list of texts", file=self.file, field=self.path + key, value=value)
        return tuple(value)

    def sub(self, key: str) -> Fields:
        """Return a table within this one."""
        return Fields(self.raw(key), file=self.file, path=f"{self.path}{key}.")

    def subs(self, key: str) -> list[Fields]:
        """Return a list of tables within this one, at least one."""
        value = self.raw(key)
        if not isinstance(value, list) or not value:
            raise InputError("not a list of tables", file=self.file, field=self.path + key, cure=f"write [[{key}]]")
        return [Fields(v, file=self.file, path=f"{self.path}{key}[{i}].") for i, v in enumerate(value)]

    def schedule(
        self, key: str, *, unit: str, high: float, scale: float = 1.0, default: float | None = None
    ) -> tuple[tuple[float, float], ...]:
        """Return a number that holds throughout, or steps [[from_h, number], …] from 0 on, in seconds."""
        if default is not None and not self.has(key):
            return ((0.0, default * scale),)
        value = self.raw(key)
        steps = value if isinstance(value, list) else [[0, value]]
        read = []
        for i, step in enumerate(steps):
            if not isinstance(step, list) or len(step) != 2:
                raise InputError("not [from_h, value]", file=self.file, field=f"{self.path}{key}[{i}]", value=step)
            where = {"file": self.file, "field": f"{self.path}{key}[{i}]"}
            start = checked_number(step[0], low=0.0, high=1e4, unit="hours", **where)  # type: ignore[arg-type]
            level = checked_number(step[1], low=0.0, high=high, unit=unit, **where)  # type: ignore[arg-type]
            read.append((start * SECONDS_PER_HOUR, level * scale))
        starts = [s for s, _ in read]
        if not starts or starts[0] != 0.0 or any(b <= a for a, b in pairwise(starts)):
            raise InputError(
                "steps must start at hour 0 and increase", file=self.file, field=self.path + key, value=value
            )
        return tuple(read)

    def done(self) -> None:
        """Refuse fields that nobody asked for.

        Raises
        ------
        UnknownName
            With the nearest field names.
        """
        for key in self.table:
            if key not in self.asked:
                raise UnknownName("field", key, known=self.asked, file=self.file, where=self.path + key)
