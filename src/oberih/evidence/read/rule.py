"""Which fields does one row give, by the rules of a mapping?

Each rule takes its cell, or cells, and turns it into what the record needs: text, number, date, list, claim.  What it
cannot turn is refused with the column's name.  `fields_of` does no more than the mapping says; whether the
fields make a record is for `oberih.evidence.record.read_record`.
"""

from __future__ import annotations

import math
import re
from typing import Any

from oberih.errors import InputError
from oberih.evidence.canonical import LARGEST_WHOLE
from oberih.evidence.read.attributions import claims_in
from oberih.evidence.read.mapping import LISTS, Mapping, Rule
from oberih.evidence.read.moments import moment_from
from oberih.evidence.read.row import Row, short

__all__ = ["fields_of"]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_PIECE = re.compile(r"\{([^{}:]+)(?::0(\d{1,2}))?\}")
_NUMBERS = frozenset({"place.longitude", "place.latitude", "place.uncertainty_m", "credibility"})


def fields_of(row: Row, mapping: Mapping) -> dict[str, Any]:
    """Turn a row into the fields of a record.

    Raises
    ------
    InputError
        If a cell cannot be what its rule says.
    """
    if mapping.direct:
        return dict(row.whole)
    flat: dict[str, Any] = {}
    for rule in mapping.field:
        if rule.to in flat and rule.to not in LISTS:
            continue
        found = _applied(rule, row, mapping)
        if found is None:
            continue
        flat[rule.to] = [*flat.get(rule.to, ()), *found] if rule.to in LISTS else found
    fields = _nested(flat)
    data = _kept(row, mapping) | fields.get("data", {})
    return {**fields, "data": data} if data else fields


def _applied(rule: Rule, row: Row, mapping: Mapping) -> Any:
    """What a rule finds in a row; None where there is nothing."""
    try:
        found = _raw(rule, row, mapping) if _speaks(rule, row) else None
        if found is None:
            if rule.needed and rule.when is None:
                raise InputError("is empty", cure="fill it")
            return None
        return _made(rule, found, row, mapping)
    except InputError as error:
        name = rule.column or "+".join(dict.fromkeys(rule.reads)) or rule.to
        raise InputError(
            error.message, file=row.where, field=name, value=short(error.value) if error.value is not None else None,
            cure=error.cure,
        ) from error  # fmt: skip


def _speaks(rule: Rule, row: Row) -> bool:
    if rule.when is None:
        return True
    cell = _text(row.cells.get(rule.when.column))
    return cell in rule.when.equals or any(word in cell for word in rule.when.holds)


def _raw(rule: Rule, row: Row, mapping: Mapping) -> Any:
    """The cell itself, before it becomes anything."""
    nulls = {"", *mapping.null, *rule.null}
    if rule.value is not None:
        return rule.value
    if rule.template is not None:
        return filled(rule.template, row, nulls)
    if rule.columns is not None:
        sides = [_number(_cell(row, name, nulls)) for name in rule.columns if _cell(row, name, nulls) is not None]
        if len(sides) < len(rule.columns):
            return None
        return math.hypot(*sides) / 2.0 if rule.combine == "half-diagonal" else max(sides)
    return _cell(row, rule.column or "", nulls)


def _cell(row: Row, name: str, nulls: set[str]) -> Any:
    value = row.cells.get(name)
    value = value.strip() if isinstance(value, str) else value
    return None if value is None or (isinstance(value, str) and value in nulls) else value


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < LARGEST_WHOLE:
        return str(int(value))
    if isinstance(value, list | dict):
        raise InputError("holds several things where one is wanted", value=short(value), cure="give one value")
    return str(value)


def filled(template: str, row: Row, nulls: set[str]) -> str | None:
    """Fill a template; None where a column outside brackets says nothing."""

    def fill(text: str) -> str | None:
        cells = {name: _cell(row, name, nulls) for name, _ in _PIECE.findall(text)}
        if any(value is None for value in cells.values()):
            return None
        return _PIECE.sub(lambda m: _text(cells[m[1]]).zfill(int(m[2] or 0)), text)

    # Optional parts first; what a cell holds is never read as a bracket of the template.
    pieces = [fill(p) if i % 2 == 0 else fill(p) or "" for i, p in enumerate(_OPTIONAL.split(template))]
    return None if None in pieces else "".join(p or "" for p in pieces)


def _made(rule: Rule, found: Any, row: Row, mapping: Mapping) -> Any:
    """The cell as what the record needs."""
    if rule.to == "claims":
        by = filled(rule.by or "", row, {"", *mapping.null}) or "not said by whom"
        said = _text(found)
        return claims_in(said, reported_by=by) if rule.attributions else ({"by": by, "says": said},)
    if rule.split is not None or rule.to in LISTS:
        return _several(rule, found)
    return _single(rule, found)


def _several(rule: Rule, found: Any) -> list[Any] | None:
    parts = found if isinstance(found, list) else _text(found).split(rule.split) if rule.split else [found]
    parts = [p.strip() if isinstance(p, str) else p for p in parts]
    return [_single(rule, p) for p in parts if p != ""] or None


def _single(rule: Rule, found: Any) -> Any:
    if rule.translate is not None or rule.bands is not None:
        found = _translated(rule, found)
    if rule.date is not None:
        return moment_from(_text(found), tuple(rule.date), zone=rule.zone, cut=rule.cut)
    if rule.number or rule.scale is not None or rule.to in _NUMBERS or rule.columns:
        return _measured(rule, found)
    if rule.to.startswith("data.") and not isinstance(found, str):
        return found
    return found if rule.value is not None and rule.to.startswith("data.") else _text(found)


def _translated(rule: Rule, found: Any) -> Any:
    word = _text(found)
    if rule.translate is not None and word in rule.translate:
        return rule.translate[word]
    if rule.bands is not None and _NUMBER.fullmatch(word):
        below = [value for least, value in rule.bands if least <= float(word)]
        if below:
            return below[-1]
    if rule.otherwise is not None:
        return rule.otherwise
    known = ", ".join(rule.translate or {}) or "numbers from " + ", ".join(f"{b[0]:g}" for b in rule.bands or ())
    raise InputError("is not in the mapping's table", value=word, cure=f"known: {short(known, 200)}")


def _measured(rule: Rule, found: Any) -> int | float:
    number = _number(found)
    if rule.scale is not None:
        number = number * rule.scale
    if rule.number == "whole" or rule.to == "credibility":
        if not float(number).is_integer():
            raise InputError("is not a whole number", value=found, cure="correct it")
        return int(number)
    return number


def _number(found: Any) -> int | float:
    if isinstance(found, int | float) and not isinstance(found, bool):
        return found
    text = _text(found)
    if not _NUMBER.fullmatch(text) or not text.isascii():
        comma = re.fullmatch(r"[+-]?\d+,\d+", text)
        raise InputError("is not a number", value=text,
                         cure="write it with a point, as 47.51" if comma else "correct it")  # fmt: skip
    number = float(text)
    if not math.isfinite(number) or abs(number) > LARGEST_WHOLE:
        raise InputError("is beyond the numbers that are kept exactly (2^53)", value=text, cure="keep it as text")
    return int(text) if re.fullmatch(r"[+-]?\d+", text) else number


def _kept(row: Row, mapping: Mapping) -> dict[str, Any]:
    """Columns that go into ``data`` as they stand."""
    nulls = {"", *mapping.null}
    out = {}
    for name in row.cells:
        if mapping.keep == "all" or name in mapping.asked or (mapping.keep == "rest" and name not in mapping.read):
            value = _cell(row, name, nulls)
            if value is not None:
                out[name] = value
    return out


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    """Dotted names as parts of their field."""
    out: dict[str, Any] = {}
    for name, value in flat.items():
        field, _, part = name.partition(".")
        if part:
            out.setdefault(field, {})[part] = value
        else:
            out[field] = value
    return out
