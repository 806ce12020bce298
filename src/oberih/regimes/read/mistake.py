"""What is wrong on which line, and what should the writer do?

Defines the noun `Mistake`, and how a TOML file is opened so that every mistake can name its line.  `from_model` turns
what pydantic found into mistakes with a cure; rules across fields add their own with `Sheet.mistake`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from oberih.errors import InputError
from oberih.regimes.read.locate import lines_of, locate

__all__ = ["LARGEST_FILE", "Mistake", "Sheet", "from_model", "in_order", "nearest", "open_sheet"]

LARGEST_FILE = 5_000_000
"""Bytes; what people write by hand is shorter."""


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake in a file.

    Parameters
    ----------
    line : int
        From 1.
    field : str
        Path, as ``obligation[2].part[0].limit``; "" for the whole file.
    value : str
        What stands there, shortened; "" where nothing does.
    message : str
    cure : str
    """

    line: int
    field: str
    value: str
    message: str
    cure: str

    def as_error(self, file: object) -> InputError:
        """Return it as the error that refuses the file."""
        return InputError(
            self.message, file=f"{file}, line {self.line}", field=self.field or None, value=self.value or None,
            cure=self.cure or None,
        )  # fmt: skip


@dataclass
class Sheet:
    """A TOML file with its lines and the mistakes found so far."""

    table: dict[str, Any]
    lines: Mapping[tuple[str | int, ...], int]
    mistakes: list[Mistake] = field(default_factory=list)

    def mistake(self, path: Iterable[str | int], message: str, cure: str = "", *, value: object = None) -> None:
        """Note a mistake at a path."""
        where = tuple(path)
        shown = "" if value is None else _short(value)
        self.mistakes.append(Mistake(locate(self.lines, where), _dotted(where), shown, message, cure))


def open_sheet(path: Path) -> Sheet:
    """Open a TOML file; where it is none, its one mistake says so.

    Raises
    ------
    InputError
        If there is no such file, it cannot be read, or it is too large.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise InputError(f"is larger than {LARGEST_FILE} bytes", file=path, cure="give a TOML file written by hand")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"cannot be read ({error.strerror})", file=path, cure="give the path of a TOML file"
        ) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Sheet({}, {}, [Mistake(line, "", "", f"is not UTF-8 (byte {error.start})", "save it as UTF-8")])
    return _parsed(text)


def _parsed(text: str) -> Sheet:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found.group(1)) if found else max(1, text.rstrip("\n").count("\n") + 1)
        said = re.sub(r"\s*\(at .*\)$", "", str(error))
        return Sheet({}, {}, [Mistake(line, "", "", f"is not TOML: {said}", "see toml.io, or the files that ship")])
    except RecursionError:
        return Sheet({}, {}, [Mistake(1, "", "", "is nested too deeply", "brackets within brackets are not needed")])
    return Sheet(table, lines_of(text))


def from_model(sheet: Sheet, model: type[BaseModel], tags: Iterable[str] = ()) -> BaseModel | None:
    """Check a sheet against a model, note every mistake, and return what was read or None.

    Parameters
    ----------
    sheet : Sheet
    model : type of pydantic model
    tags : iterable of str
        Names of alternatives that pydantic puts into its paths and a file does not have.
    """
    known = frozenset(tags)
    try:
        return model.model_validate(sheet.table)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            _translate(sheet, found, known, model)
    return None


def _translate(sheet: Sheet, found: Any, tags: frozenset[str], model: type[BaseModel]) -> None:
    """One of pydantic's errors in our words."""
    path = _path(found["loc"], tags, sheet.table)
    kind, value, said = found["type"], found["input"], found.get("ctx", {})
    if kind == "missing":
        sheet.mistake(path, "is missing", _wanted(str(path[-1])))
    elif kind == "extra_forbidden":
        names = _siblings(model, found["loc"])
        sheet.mistake(path, "no such key", nearest(str(path[-1]), names), value=value)
    elif kind in {"union_tag_invalid", "union_tag_not_found"}:
        tests = re.findall(r"'([^']+)'", said.get("expected_tags", "")) or sorted(tags)
        given = value.get("test") if isinstance(value, Mapping) else None
        message = "no such test" if kind == "union_tag_invalid" else "is missing"
        sheet.mistake((*path, "test"), message, nearest(str(given or ""), tests), value=given)
    elif kind == "literal_error":
        choices = re.findall(r"'([^']+)'", said.get("expected", ""))
        sheet.mistake(path, "is not known", nearest(str(value), choices), value=value)
    elif kind == "value_error":
        message, _, cure = str(said.get("error", found["msg"])).partition("; ")
        sheet.mistake(path, message, cure)
    else:
        message, cure = _MESSAGES.get(kind, (_lower(found["msg"]), "see docs/schema/regime.schema.json"))
        sheet.mistake(path, message.format(**said), cure.format(**said), value=value)


_MESSAGES: dict[str, tuple[str, str]] = {
    "date_type": ("is not a date", "write a day without quotes, as 2011-02-05"),
    "string_type": ("must be text", "put it in quotes"),
    "bool_type": ("must be true or false", "write true or false without quotes"),
    "float_type": ("must be a number", "write a number without quotes"),
    "int_type": ("must be a whole number", "write a whole number without quotes"),
    "finite_number": ("must be a finite number", "give a number"),
    "list_type": ("must be a list", "write it in [ ]; a table of several begins with [[ ]]"),
    "model_type": ("must be a table", "write it in {{ }} or under a header"),
    "model_attributes_type": ("must be a table", "write it under a [[ ]] header"),
    "less_than_equal": ("must be at most {le}", "correct the number"),
    "greater_than_equal": ("must be at least {ge}", "correct the number"),
    "greater_than": ("must be more than {gt}", "correct the number"),
    "string_too_short": ("is empty", "fill it"),
    "string_too_long": ("has more than {max_length} characters", "shorten it"),
    "too_short": ("has too few entries ({min_length} at least)", "add what is missing"),
    "too_long": ("has too many entries ({max_length} at most)", "remove what is too much"),
    "string_pattern_mismatch": ("does not have the form that is asked for", "it must match {pattern}"),
}

_WANTED = {
    "source": "say where it can be read: every value has a source",
    "verified": "say whether it was checked against its text: true or false",
    "uk": "give the Ukrainian text too",
    "en": "give the English text too",
    "schema": "give the schema's name",
    "force": "say the legal or other force of the text",
    "addressee": "say whom the text names, or 'not named in the text'",
}


def _wanted(name: str) -> str:
    return _WANTED.get(name, f"give {name}")


def nearest(name: str, known: Iterable[str]) -> str:
    """Write a cure that names what was probably meant, else what there is.

    Examples
    --------
    >>> nearest("sorce", ["source", "verified"]), nearest("x", ["source", "verified"])
    ('did you mean source?', 'known: source, verified')
    """
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    near = near or [n for n in names if name and n.casefold().startswith(name.casefold())][:1]
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(names[:20])}" if names else ""


def in_order(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    """Sort by line, each once."""
    return tuple(sorted(set(mistakes)))


def _path(loc: tuple[str | int, ...], tags: frozenset[str], table: Any) -> tuple[str | int, ...]:
    """Pydantic's path without the names of alternatives, which no table of the file has."""
    out: list[str | int] = []
    here = table
    for i, step in enumerate(loc):
        is_tag = (
            step in tags and i > 0 and isinstance(loc[i - 1], int) and not (isinstance(here, dict) and step in here)
        )
        if is_tag and i < len(loc):
            continue
        out.append(step)
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
    return tuple(out)


def _siblings(model: Any, loc: tuple[str | int, ...]) -> list[str]:
    """Keys that the table may have in which an unknown one was found."""
    here: Any = model.model_json_schema(by_alias=True)
    definitions = here.get("$defs", {})
    for step in loc[:-1]:
        here = _resolve(here, definitions)
        mapping = here.get("discriminator", {}).get("mapping", {})
        if isinstance(step, int):
            here = here.get("items", here)
        elif step in mapping:
            here = {"$ref": mapping[step]}
        else:
            here = here.get("properties", {}).get(step, {})
    return list(_resolve(here, definitions).get("properties", {}))


def _resolve(here: Any, definitions: Any) -> Any:
    for choice in here.get("anyOf", ()):
        if choice.get("type") != "null":
            here = choice
            break
    if "$ref" in here:
        return definitions[here["$ref"].rsplit("/", 1)[-1]]
    return here


def _dotted(path: tuple[str | int, ...]) -> str:
    out = ""
    for step in path:
        out += f"[{step}]" if isinstance(step, int) else f".{step}" if out else step
    return out


def _short(value: object) -> str:
    text = str(value) if not isinstance(value, Mapping) else "{…}"
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:59] + "…"


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
