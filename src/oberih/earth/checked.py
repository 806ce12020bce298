"""Is what stands in a person's file usable?

`Fields` takes the keys of one TOML table one by one, each with its kind and its limits, and at
the end refuses what was not asked for, naming the nearest key it knows.  Every refusal is one
line: file, field, value, cure.  It knows no noun and reads no file.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from oberih.errors import InputError

__all__ = ["Fields"]


class Fields:
    """The keys of one table, taken out one by one.

    Parameters
    ----------
    table : Mapping
        As parsed from TOML.
    file : str
        Where it comes from, for messages.
    path : str
        Where in the file, such as ``unit[2].``.

    Examples
    --------
    >>> fields = Fields({"latitude": 475.1}, file="mine.toml")
    >>> fields.number("latitude", low=-90, high=90)
    Traceback (most recent call last):
        ...
    oberih.errors.InputError: mine.toml: latitude = 475.1: must lie in -90..90; correct it
    """

    def __init__(self, table: Mapping[str, Any], *, file: object, path: str = "") -> None:
        self._table, self.file, self._path = table, file, path
        self._known: set[str] = set()

    def refuse(self, key: str, message: str, *, cure: str = "correct it") -> InputError:
        """Make the error that names this file, this field and its value."""
        return InputError(message, file=self.file, field=self._path + key, value=self._table.get(key), cure=cure)

    def number(self, key: str, *, low: float, high: float, default: float | None = None, cure: str = "") -> float:
        """Take a finite number within ``low..high``, in the unit the key says."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.refuse(key, "not a number", cure=cure or f"give a number in {low:g}..{high:g}")
        if not low <= value <= high:
            raise self.refuse(key, f"must lie in {low:g}..{high:g}", cure=cure or "correct it")
        return float(value)

    def count(self, key: str, *, low: int, high: int, default: int | None = None) -> int:
        """Take a whole number within ``low..high``."""
        value = self.number(key, low=low, high=high, default=default)
        if value != int(value):
            raise self.refuse(key, "not a whole number")
        return int(value)

    def text(self, key: str, *, default: str | None = None) -> str:
        """Take a text that is not empty (unless the default is)."""
        value = self._take(key, default)
        if not isinstance(value, str) or (not value.strip() and value != default):
            raise self.refuse(key, "not a text", cure="give a text in quotes")
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts, empty where the key is absent."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.refuse(key, "not a list of texts", cure='give it as ["…", "…"]')
        return tuple(value)

    def truth(self, key: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.refuse(key, "neither true nor false")
        return value

    def time(self, key: str) -> int:
        """Take a moment with its time zone, as whole seconds since 1970, UTC."""
        value = self._take(key, None)
        if not isinstance(value, datetime):
            raise self.refuse(key, "not a date and time", cure="write it as 2022-09-11T00:41:00Z, without quotes")
        if value.tzinfo is None:
            raise self.refuse(key, "has no time zone", cure=f"write {value.isoformat()}Z, or +03:00 instead of Z")
        return int(value.astimezone(UTC).timestamp())

    def table(self, key: str) -> Fields | None:
        """Take a table inside this one, None where it is absent."""
        value = self._take(key, {}) or None
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.refuse(key, "not a table", cure=f"write it as [{self._path}{key}]")
        return Fields(value, file=self.file, path=f"{self._path}{key}.")

    def tables(self, key: str) -> list[Fields]:
        """Take a list of tables, empty where the key is absent."""
        value = self._take(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise self.refuse(key, "not a list of tables", cure=f"write each as [[{self._path}{key}]]")
        return [Fields(v, file=self.file, path=f"{self._path}{key}[{i}].") for i, v in enumerate(value, start=1)]

    def has(self, key: str) -> bool:
        """Say whether the key is there."""
        return key in self._table

    def unverified(self, *fields: str) -> tuple[str, ...]:
        """Take ``unverified``: the names of fields whose value was not checked against its source."""
        named = self.texts("unverified")
        for name in named:
            if name not in fields:
                raise self.refuse("unverified", f"names no field that can be unverified: {name}",
                                  cure=f"use some of {', '.join(fields)}")  # fmt: skip
        return named

    def finish(self) -> None:
        """Refuse the keys that nobody took."""
        for key in self._table:
            if key not in self._known:
                near = difflib.get_close_matches(str(key), sorted(self._known), n=1, cutoff=0.5)
                cure = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(self._known))}"
                raise self.refuse(key, "unknown key", cure=cure)

    def _take(self, key: str, default: Any) -> Any:
        self._known.add(key)
        if key in self._table:
            return self._table[key]
        if default is None:
            near = difflib.get_close_matches(key, [str(k) for k in self._table], n=1, cutoff=0.8)
            hint = f"; {near[0]} stands there: is that it?" if near and near[0] not in self._known else ""
            raise InputError(f"is missing{hint}", file=self.file, field=self._path + key, cure="add it")
        return default
