"""Does a table in a data file hold what it should, and nothing else?

Defines `Table`, one table of a TOML file with its place in it.  Every value is taken by
name and by kind; what is left over at the end is refused with the nearest known name, so
that a misspelt key never passes for an absent one.

Invariants: numbers that come out are finite; a truth value is never taken for a number.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from oberih.errors import InputError, UnknownName
from oberih.units import to_si

__all__ = ["Table", "packaged", "read_toml"]


class Table:
    """One table of a data file.

    Parameters
    ----------
    values : Mapping
        As the TOML reader delivers it.
    file : object
        Where it stands, for messages.
    where : str
        Its name in the file, such as ``criterion[2]``; empty for the file itself.
    """

    def __init__(self, values: object, *, file: object, where: str = "") -> None:
        if not isinstance(values, Mapping):
            raise InputError(
                "must be a table", file=file, field=where or None, value=values, cure="write [name] above it"
            )
        self.file, self.where = file, where
        self._values: Mapping[str, Any] = values
        self._taken: set[str] = set()

    def field(self, key: str) -> str:
        """Full name of a key, for messages."""
        return f"{self.where}.{key}" if self.where else key

    def refuse(self, key: str, message: str, *, cure: str) -> InputError:
        """The error that names this file, this key and its value; to be raised by the caller."""
        return InputError(message, file=self.file, field=self.field(key), value=self._values.get(key), cure=cure)

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """A line of text; without a default it must be there and not be empty."""
        value = self._take(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.refuse(key, "must be a line of text", cure='write it between quotes, key = "…"')
        return " ".join(value.split())

    def number(self, key: str, default: float | None = None) -> float:
        """A finite number."""
        value = self._take(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.refuse(key, "must be a finite number", cure="write digits without quotes")
        return float(value)

    def measured(self, key: str, *, unit_key: str, dimension: str) -> float:
        """A number beside the key of its unit, in SI."""
        value, unit = self.number(key), self.text(unit_key)
        return to_si(value, unit, dimension=dimension, file=self.file, field=self.field(unit_key))

    def flag(self, key: str, default: bool | None = None) -> bool:
        """True or false."""
        value = self._take(key, default)
        if not isinstance(value, bool):
            raise self.refuse(key, "must be true or false", cure="write true or false without quotes")
        return value

    def choice(self, key: str, known: Iterable[str], default: str | None = None) -> str:
        """One of the known names."""
        names = tuple(known)
        value = self.text(key, default)
        if value != default and value not in names:
            raise UnknownName(key, value, known=names, file=self.file, where=self.field(key))
        return value

    def choices(
        self, key: str, known: Iterable[str], default: Iterable[str] | None = None, *, empty: bool = False
    ) -> tuple[str, ...]:
        """A list of known names, without repetition; not empty unless that is allowed."""
        names = tuple(known)
        values = self._take(key, None if default is None else list(default))
        if not isinstance(values, list) or not (values or empty) or not all(isinstance(v, str) for v in values):
            raise self.refuse(key, "must be a list of names", cure=f"use some of {', '.join(names)}")
        for value in values:
            if value not in names:
                raise UnknownName(key, value, known=names, file=self.file, where=self.field(key))
        if len(set(values)) != len(values):
            raise self.refuse(key, "names something twice", cure="name each once")
        return tuple(values)

    def tables(self, key: str) -> list[Table]:
        """The array of tables under a key; none if it is absent."""
        rows = self._take(key, [])
        if not isinstance(rows, list):
            raise self.refuse(key, "must be a list of tables", cure=f"write [[{key}]] above each")
        return [Table(row, file=self.file, where=f"{key}[{i}]") for i, row in enumerate(rows)]

    def table(self, key: str, *, optional: bool = False) -> Table:
        """The table under a key."""
        return Table(self._take(key, {} if optional else None), file=self.file, where=self.field(key))

    @property
    def keys(self) -> tuple[str, ...]:
        """Names in the table."""
        return tuple(self._values)

    def finish(self) -> None:
        """Refuse what was not asked for.

        Raises
        ------
        UnknownName
            With the nearest of the known names.
        """
        for key in self._values:
            if key not in self._taken:
                raise UnknownName("key", key, known=self._taken, file=self.file, where=self.where or "file")

    def _take(self, key: str, default: object) -> Any:
        self._taken.add(key)
        if key in self._values:
            return self._values[key]
        if default is None:
            near = [k for k in self._values if k not in self._taken]
            hint = f"add {key} = …" + (f" (found instead: {', '.join(near[:4])})" if near else "")
            raise InputError("is missing", file=self.file, field=self.field(key), cure=hint)
        return default


def packaged(*path: str) -> Traversable:
    """A data file or folder that ships with this room."""
    return resources.files("oberih.zone").joinpath("data", *path)


def read_toml(source: Traversable | Path, *, name: object) -> Table:
    """Read a TOML file as one table.

    Parameters
    ----------
    source : path or packaged file
    name : object
        How messages shall call it.

    Raises
    ------
    InputError
        If it cannot be read, is not UTF-8 or is not TOML.
    """
    try:
        text = source.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", file=name, cure="give the path of a TOML file"
        ) from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", file=name, cure="save it as UTF-8") from error
    try:
        return Table(tomllib.loads(text), file=name)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"is not TOML: {error}", file=name, cure="mend that line") from error
