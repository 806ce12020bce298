"""Which rows does a JSON file have?

JSON lines (one object a line), a JSON array of objects, one object, or a GeoJSON FeatureCollection of points, whose
``properties`` become columns beside ``longitude`` and ``latitude``.  What RFC 8259 leaves open is refused (RFC 7493):
a name twice in an object, NaN and infinity, whole numbers that not every reader keeps.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from oberih.errors import InputError
from oberih.evidence.canonical import LARGEST_WHOLE
from oberih.evidence.read.row import Row, printable

__all__ = ["rows_of_json"]

_DEEPEST = 100
"""Brackets within brackets."""


def rows_of_json(text: str, *, file: object) -> Iterator[Row | tuple[int, InputError]]:
    """Read the rows of a JSON file.

    Parameters
    ----------
    text : str
    file : object
        Named when something is refused.

    Yields
    ------
    Row, or (int, InputError)
        Of JSON lines a row is a line; else it is the place in the array, from 1.

    Raises
    ------
    InputError
        If it is empty or, not being JSON lines, no JSON.
    """
    if not text.strip():
        raise InputError("is empty", file=file, cure="one JSON object a line, or an array of objects")
    lines = [(i, line) for i, line in enumerate(text.split("\n"), 1) if line.strip()]
    if _is_lines(lines):
        for number, line in lines:
            where = f"{file}, line {number}"
            try:
                yield _row(number, where, _value(line, where, single=True))
            except InputError as error:
                yield number, error
        return
    for number, item in enumerate(_items(_value(text, str(file), single=False), file), 1):
        where = f"{file}, item {number}"
        try:
            yield _row(number, where, item)
        except InputError as error:
            yield number, error


def _is_lines(lines: list[tuple[int, str]]) -> bool:
    first = lines[0][1].strip()
    if not first.startswith("{"):
        return False
    if len(lines) == 1:
        return '"FeatureCollection"' not in first
    return lines[1][1].startswith("{") or first.endswith("}")


def _value(text: str, where: str, *, single: bool) -> Any:
    """One JSON text, strictly."""
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_whole, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        place = f"column {error.colno}" if single else f"line {error.lineno}"
        raise InputError(f"is not JSON ({error.msg}, {place})", file=where, cure="correct it") from error
    except RecursionError as error:
        raise InputError("is nested too deeply", file=where, cure="flatten it") from error
    except _NotInteroperable as error:
        raise InputError(error.message, file=where, field=error.name, value=error.value, cure=error.cure) from error


class _NotInteroperable(ValueError):
    def __init__(self, message: str, *, name: str | None = None, value: str | None = None, cure: str) -> None:
        super().__init__(message)
        self.message, self.name, self.value, self.cure = message, name, value, cure


def _refuse_deep(value: Any, where: str) -> None:
    """Walk down without a stack of calls, so that no depth can break it."""
    level, depth = [value], 0
    while level:
        if (depth := depth + 1) > _DEEPEST:
            raise InputError(f"is nested deeper than {_DEEPEST}", file=where, cure="flatten it")
        inner: list[Any] = []
        for one in level:
            inside = one.values() if isinstance(one, dict) else one
            inner += [x for x in inside if isinstance(x, dict | list)]
        level = inner


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _NotInteroperable("stands twice in one object", name=printable(twice)[:60], cure="keep one of the two")
    return found


def _no_constant(word: str) -> Any:
    raise _NotInteroperable("is no number that JSON knows", value=word, cure="write null where there is none")


def _whole(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > LARGEST_WHOLE:
        shown = digits if len(digits) <= 30 else f"{digits[:29]}…"
        said = "is beyond the whole numbers that JSON keeps exactly (2^53)"
        raise _NotInteroperable(said, value=shown, cure="write it as text, in quotes")
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _NotInteroperable("is beyond the numbers that JSON keeps", value=digits[:30], cure="correct it")
    return number


def _items(value: Any, file: object) -> list[Any]:
    """Every row of a whole document."""
    if isinstance(value, dict) and value.get("type") == "FeatureCollection":
        features = value.get("features")
        if not isinstance(features, list):
            raise InputError("has no list of features", file=file, field="features", cure="give a FeatureCollection")
        return features
    if isinstance(value, dict):
        return [value]
    if not isinstance(value, list):
        raise InputError("holds no objects", file=file, cure="one JSON object a line, or an array of objects")
    if not value:
        raise InputError("holds no row", file=file, cure="give at least one object")
    return value


def _row(number: int, where: str, value: Any) -> Row:
    if not isinstance(value, dict):
        raise InputError("is not an object", file=where, value=type(value).__name__, cure='write {"column": value, …}')
    _refuse_deep(value, where)
    if value.get("type") == "Feature" and "geometry" in value:
        value = _feature(value, where)
    cells = dict(_flat(value))
    steering = next((name for name in cells if printable(name) != name), None)
    if steering is not None:
        said = "holds a control character in its name"
        raise InputError(said, file=where, field=printable(steering)[:60], cure="rename it")
    return Row(number, where, cells, value)


def _feature(value: Mapping[str, Any], where: str) -> dict[str, Any]:
    """A point's properties with its place."""
    properties, geometry = value.get("properties") or {}, value["geometry"]
    if not isinstance(properties, dict):
        raise InputError("is not an object", file=where, field="properties", cure="give names and values")
    found = {**properties} if "id" not in value else {"id": value["id"], **properties}
    if geometry is None:
        return found
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        kind = geometry.get("type") if isinstance(geometry, dict) else type(geometry).__name__
        raise InputError("is not a point", file=where, field="geometry", value=kind, cure="give each feature a Point")
    place = geometry.get("coordinates")
    if not isinstance(place, list) or len(place) not in {2, 3} or not all(_is_number(x) for x in place):
        raise InputError("are not two numbers", file=where, field="geometry.coordinates",
                         cure="write [longitude, latitude] in degrees")  # fmt: skip
    return {**found, "longitude": place[0], "latitude": place[1]}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _flat(value: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Objects within objects under dotted names."""
    for name, inner in value.items():
        if isinstance(inner, dict) and inner:
            yield from _flat(inner, f"{before}{name}.")
        else:
            yield f"{before}{name}", inner
