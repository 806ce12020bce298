"""How is one meaning always written as the same bytes?

Canonical JSON after RFC 8785 (JSON Canonicalization Scheme): sorted keys, no blanks, UTF-8,
numbers as ECMAScript prints them.  ``json.dumps`` is not that: it writes ``1.0`` where the
standard wants ``1`` and ``1e-07`` where it wants ``1e-7``.  Where a value holds
nothing that the two write differently, ``orjson`` writes it, for speed; whatever
else there is goes through ``rfc8785``.  A property test holds the two to the same bytes.

Numbers that JSON cannot hold (NaN, infinity, whole numbers beyond 2⁵³) are refused with the
path to them, never written as null or text.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import numpy as np
import orjson
import rfc8785

from oberih.errors import InputError

__all__ = ["canonical_json", "levelled", "plain", "written_alike"]

LARGEST_WHOLE = 2**53 - 1
"""Largest whole number that every JSON reader keeps exactly; RFC 8785 § 3.2.2.3, RFC 7493 § 2.2."""


def canonical_json(value: object) -> bytes:
    """Write a value as canonical JSON.

    Parameters
    ----------
    value : object
        Mappings with text keys, sequences, text, numbers, truth values, None; also NumPy
        scalars and arrays, paths and dataclasses, which become their plain equivalents.

    Returns
    -------
    bytes
        UTF-8, without a final line feed.

    Raises
    ------
    InputError
        If a number is not finite or too large, a key is not text, or a type has no JSON form.

    Notes
    -----
    Source: RFC 8785.

    Examples
    --------
    >>> canonical_json({"b": 1.0, "a": [1e-7, -0.0], "є": None}).decode()
    '{"a":[1e-7,0],"b":1,"є":null}'
    """
    alike = written_alike(value)
    even = value if alike else levelled(value)
    if alike or written_alike(even):
        try:
            return orjson.dumps(even, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:
            pass  # a lone surrogate: `plain` says where
    return rfc8785.dumps(plain(value))


_PLAIN = frozenset({str, bool, type(None)})


def written_alike(value: Any) -> bool:
    """Whether ``orjson`` writes this value as RFC 8785 wants it.

    Keys sort alike below U+D800 (code points against UTF-16 units); numbers are alike where they
    are plain decimal fractions and no whole numbers.
    """
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind is dict:
        for key, inner in value.items():
            if type(key) is not str or not (key.isascii() or max(key) < "\ud800"):
                return False
            if type(inner) not in _PLAIN and not written_alike(inner):
                return False
        return True
    if kind is list or kind is tuple:
        return all(map(written_alike, value))
    if kind is int:
        return bool(-LARGEST_WHOLE <= value <= LARGEST_WHOLE)
    return bool(kind is float and 1e-4 <= abs(value) < 1e15 and not value.is_integer())


def levelled(value: Any) -> Any:
    """Give numbers such as 500.0 and -0.0 as the integers as which the standard writes them."""
    kind = type(value)
    if kind is float:
        return int(value) if value.is_integer() and abs(value) <= LARGEST_WHOLE else value
    if kind is dict:
        return {key: inner if type(inner) in _PLAIN else levelled(inner) for key, inner in value.items()}
    return [levelled(inner) for inner in value] if kind is list or kind is tuple else value


def plain(value: object, *, where: str = "") -> Any:
    """Reduce a value to what JSON knows: dict, list, str, int, float, bool, None.

    Parameters
    ----------
    value : object
        As for `canonical_json`.
    where : str, optional
        Path to the value, named when it is refused.

    Raises
    ------
    InputError
        As for `canonical_json`.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, where)
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist(), where=where)
    if isinstance(value, int | float):
        return _number(value, where)
    if isinstance(value, PurePath):
        return value.as_posix()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name), where=f"{where}.{f.name}") for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {_key(k, where): plain(v, where=f"{where}.{k}") for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v, where=f"{where}[{i}]") for i, v in enumerate(value)]
    raise InputError("has no JSON form", field=_name(where), value=type(value).__name__)


def _number(value: int | float, where: str) -> int | float:
    if isinstance(value, int) and abs(value) > LARGEST_WHOLE:
        raise InputError("is beyond the whole numbers that JSON keeps exactly (2^53)", field=_name(where), value=value)
    if not math.isfinite(value):
        raise InputError("is not a finite number", field=_name(where), value=value)
    return value


def _text(value: str, where: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InputError("is not Unicode text (a lone surrogate)", field=_name(where), value=value) from error
    return value


def _key(key: object, where: str) -> str:
    if not isinstance(key, str):
        raise InputError("a key must be text", field=_name(where), value=key)
    return _text(key, where)


def _name(where: str) -> str:
    return where.lstrip(".") or "value"
