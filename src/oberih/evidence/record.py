"""What does a record say?

Defines the noun `Record`, one statement about the world as somebody made it: what, when it was,
when it became known, where, who says so, how far to trust the source and the content (Admiralty
scale, each alone), who claims what about it, and what it rests on.  `read_record` makes one
from strangers' fields and refuses what cannot be one, naming the field.

Invariants: a record never changes and names no writer's opinion as a fact: who blames whom stands in
``claims``.  A correction is another record that names the old one in ``corrects``.  Place in the
log (``seq``) and time of writing (``recorded_at``) are not part of it: the log adds them when
it signs (`oberih.evidence.entry`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from oberih.errors import InputError
from oberih.evidence.canonical import canonical_json, plain
from oberih.evidence.digest import sha256_of_value
from oberih.evidence.moment import check_moment, span
from oberih.evidence.report import one_line

__all__ = ["CHANNELS", "FIELDS", "KINDS", "LONGEST_TEXT", "Attachment", "Record", "read_record", "record_fields"]

KINDS = (
    "event", "observation", "measurement", "statement", "claim", "document", "finding", "schedule", "position",
    "correction", "key", "revocation",
)  # fmt: skip
"""Of a record.  ``key`` and ``revocation`` say which keys may sign; the log reads them."""

CHANNELS = (
    "treaty exchange", "declared", "inspected", "measured", "published voluntarily", "press", "satellite", "other",
)  # fmt: skip
"""How it came to be known."""

LONGEST_TEXT = 100_000
"""Characters of one text; what is longer is a document, to be attached."""

LARGEST_DATA = 1_000_000
"""Bytes of ``data`` as canonical JSON."""

DEEPEST_DATA = 100
"""Levels of ``data``, itself among them."""

FIELDS = (
    "id", "kind", "text", "happened", "known_on", "place", "source", "reliability", "credibility", "claims", "tags",
    "data", "rests_on", "attachments", "corrects",
)  # fmt: skip
"""Names that a record may have, in the order they are shown."""

_PARTS: dict[str, tuple[str, ...]] = {
    "happened": ("from", "to", "note"),
    "place": ("name", "longitude", "latitude", "uncertainty_m"),
    "source": ("who", "url", "channel"),
}
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+@-]{0,199}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Attachment:
    """A file that a record rests on, known by its content.

    Parameters
    ----------
    name : str
        A plain file name.
    sha256 : str
        Of the content, hexadecimal.
    size : int
        [bytes]
    media_type : str
    """

    name: str
    sha256: str
    size: int
    media_type: str = "application/octet-stream"


@dataclass(frozen=True)
class Record:
    """One statement.

    Parameters
    ----------
    id : str
        Under which it is cited; unique within a log.
    kind : str
        Of `KINDS`.
    text : str
        What is said, in words.
    happened : mapping
        ``from`` and optionally ``to`` (ISO 8601 of any precision), ``note``; empty where no time is said.
    known_on : str or None
        When it became known to the public or to the recorder (ISO 8601); None where nobody noted it.
    place : mapping
        ``name``, ``longitude``, ``latitude`` [°, WGS 84], ``uncertainty_m`` [m]; empty where none is said.
    source : mapping
        ``who`` says so, ``url``, ``channel`` (of `CHANNELS`).
    reliability : str or None
        Of the source, A (completely reliable) to E (unreliable), F (cannot be judged).
    credibility : int or None
        Of the content, 1 (confirmed by others) to 5 (improbable), 6 (cannot be judged).
    claims : tuple of mapping
        ``by`` and ``says``: attributions, kept as claims.
    tags : tuple of str
        Words to find it by, as ids of obligations.
    data : mapping
        Anything further that JSON can hold.
    rests_on : tuple of str
        Ids of records, or SHA-256 of contents.
    attachments : tuple of Attachment
    corrects : str or None
        Id of the record that this one replaces.
    """

    id: str
    kind: str
    text: str
    happened: Mapping[str, Any] = field(default_factory=dict)
    known_on: str | None = None
    place: Mapping[str, Any] = field(default_factory=dict)
    source: Mapping[str, Any] = field(default_factory=dict)
    reliability: str | None = None
    credibility: int | None = None
    claims: tuple[Mapping[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    rests_on: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    corrects: str | None = None


def record_fields(record: Record) -> dict[str, Any]:
    """Return a record as plain fields, those that say nothing left out.

    Examples
    --------
    >>> record_fields(Record("r1", "event", "a siren was heard"))
    {'id': 'r1', 'kind': 'event', 'text': 'a siren was heard'}
    """
    found: dict[str, Any] = {}
    for name in FIELDS:
        value = getattr(record, name)
        if value:
            found[name] = list(value) if type(value) is tuple else value
    if record.attachments:
        found["attachments"] = [
            {"name": a.name, "sha256": a.sha256, "size": a.size, "media_type": a.media_type} for a in record.attachments
        ]
    return found


def read_record(fields: Mapping[str, Any], *, now: datetime, file: object = None) -> Record:
    """Make a record from fields as a person or a file gives them.

    Parameters
    ----------
    fields : mapping
        As `FIELDS`; ``id`` may be missing and is then taken from the content, so that the same
        statement has the same id.
    now : datetime
        The present, in UTC: nothing can have happened later.
    file : object, optional
        Where the fields stand, named when they are refused (as ``events.csv, row 17``).

    Raises
    ------
    InputError
        If a field is unknown, missing, of a wrong type, too long, or cannot be true.

    Examples
    --------
    >>> from datetime import UTC
    >>> r = read_record({"kind": "event", "text": "a siren", "happened": {"from": "2022-03-04"}},
    ...                 now=datetime(2026, 1, 1, tzinfo=UTC))
    >>> r.id
    'r-6f79edd924929a68d0a5'
    """
    if not isinstance(fields, Mapping):
        raise InputError("a record is a set of fields", file=file, value=type(fields).__name__)
    unknown = sorted(str(k) for k in fields if k not in FIELDS)
    if unknown:
        raise InputError("no such field", file=file, field=unknown[0], cure=f"known: {', '.join(FIELDS)}")
    given = {k: v for k, v in fields.items() if v is not None}
    checked = _checked(given, now=now, file=file)
    if "id" not in checked:
        checked["id"] = f"r-{sha256_of_value(record_fields(Record(id='', **checked)))[:20]}"
    return Record(**checked)


def _checked(given: Mapping[str, Any], *, now: datetime, file: object) -> dict[str, Any]:
    """Every field with its own check."""
    out: dict[str, Any] = {
        "kind": _choice(given, "kind", KINDS, file),
        "text": _text(given.get("text", ""), "text", file),
    }
    if not out["text"].strip():
        raise InputError("is missing", file=file, field="text", cure="say what happened, in words")
    if "id" in given:
        out["id"] = _identifier(given["id"], "id", file)
    if "corrects" in given:
        out["corrects"] = _identifier(given["corrects"], "corrects", file)
    if "happened" in given:
        out["happened"] = _happened(_part(given, "happened", file), now=now, file=file)
    if "known_on" in given:
        out["known_on"] = check_moment(given["known_on"], now=now, field="known_on", file=file)
    if "place" in given:
        out["place"] = _place(_part(given, "place", file), file)
    if "source" in given:
        out["source"] = _source(_part(given, "source", file), file)
    if "reliability" in given:
        out["reliability"] = _choice(given, "reliability", tuple("ABCDEF"), file)
    if "credibility" in given:
        out["credibility"] = _choice(given, "credibility", (1, 2, 3, 4, 5, 6), file)
    out.update(_lists(given, file))
    if "data" in given:
        out["data"] = _data(given["data"], file)
    return out


def _lists(given: Mapping[str, Any], file: object) -> dict[str, Any]:
    """The fields that hold several."""
    out: dict[str, Any] = {}
    if "claims" in given:
        out["claims"] = tuple(_claim(c, i, file) for i, c in enumerate(_sequence(given, "claims", file)))
    if "tags" in given:
        out["tags"] = tuple(_short(t, "tags", file) for t in _sequence(given, "tags", file))
    if "rests_on" in given:
        out["rests_on"] = tuple(_identifier(t, "rests_on", file) for t in _sequence(given, "rests_on", file))
    if "attachments" in given:
        out["attachments"] = tuple(_attachment(a, file) for a in _sequence(given, "attachments", file))
    return out


def _text(value: Any, name: str, file: object, *, longest: int = LONGEST_TEXT) -> str:
    if not isinstance(value, str):
        raise InputError("must be text", file=file, field=name, value=_shown(value))
    if len(value) > longest:
        raise InputError(
            f"has {len(value)} characters, {longest} at most", file=file, field=name,
            cure="attach it as a file" if longest == LONGEST_TEXT else "shorten it",
        )  # fmt: skip
    bad = _NOT_TEXT.search(value)
    if bad is not None:
        what = "a lone surrogate" if bad[0] >= "\ud800" else "a control character"
        raise InputError(f"holds {what} (U+{ord(bad[0]):04X})", file=file, field=name, cure="remove it")
    return value


def _short(value: Any, name: str, file: object) -> str:
    text = _text(value, name, file, longest=1000)
    if not text.strip():
        raise InputError("is empty", file=file, field=name, cure="leave it out, or fill it")
    return text


def _identifier(value: Any, name: str, file: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value) or ".." in value:
        cure = "use letters, digits and . _ : / + @ -, at most 200, starting with a letter or digit"
        raise InputError("is not an id", file=file, field=name, value=_shown(value), cure=cure)
    return value


def _choice(given: Mapping[str, Any], name: str, known: tuple[Any, ...], file: object) -> Any:
    value = given.get(name)
    if value is None or isinstance(value, bool) or value not in known:
        cure = f"use one of {', '.join(map(str, known))}"
        message = "is missing" if value is None else "is not known"
        raise InputError(message, file=file, field=name, value=_shown(value), cure=cure)
    return value


def _part(given: Mapping[str, Any], name: str, file: object) -> dict[str, Any]:
    value = given[name]
    if not isinstance(value, Mapping):
        raise InputError(f"must have the parts {', '.join(_PARTS[name])}", file=file, field=name, value=_shown(value))
    unknown = sorted(str(k) for k in value if k not in _PARTS[name])
    if unknown:
        cure = f"known: {', '.join(_PARTS[name])}"
        raise InputError("no such part", file=file, field=f"{name}.{unknown[0]}", cure=cure)
    return {k: v for k, v in value.items() if v is not None}


def _happened(part: dict[str, Any], *, now: datetime, file: object) -> dict[str, Any]:
    if "from" not in part:
        raise InputError("is missing", file=file, field="happened.from", cure="give the date, as 2022-03-04")
    first = check_moment(part["from"], now=now, field="happened.from", file=file)
    if "to" in part:
        last = check_moment(part["to"], now=now, field="happened.to", file=file)
        if span(last)[1] <= span(first)[0]:
            raise InputError(f"ends before it begins ({first})", file=file, field="happened.to", value=last)
    if "note" in part:
        _short(part["note"], "happened.note", file)
    return part


def _place(part: dict[str, Any], file: object) -> dict[str, Any]:
    if "name" in part:
        _short(part["name"], "place.name", file)
    for name, least, most in (("longitude", -180.0, 180.0), ("latitude", -90.0, 90.0), ("uncertainty_m", 0.0, 2.1e7)):
        if name in part:
            part[name] = _within(part[name], least, most, name=f"place.{name}", file=file)
    if ("longitude" in part) != ("latitude" in part):
        missing = "latitude" if "longitude" in part else "longitude"
        raise InputError("is missing", file=file, field=f"place.{missing}", cure="give both, in degrees")
    return part


def _within(value: Any, least: float, most: float, *, name: str, file: object) -> float:
    if type(value) is not int and (type(value) is not float or not math.isfinite(value)):
        raise InputError("is not a number", file=file, field=name, value=_shown(value))
    if not least <= value <= most:
        raise InputError(f"must lie between {least:g} and {most:g}", file=file, field=name, value=_shown(value))
    return float(value)


def _source(part: dict[str, Any], file: object) -> dict[str, Any]:
    for name in ("who", "url"):
        if name in part:
            _text(part[name], f"source.{name}", file, longest=2000)
    if "channel" in part:
        _choice({"source.channel": part["channel"]}, "source.channel", CHANNELS, file)
    return part


def _sequence(given: Mapping[str, Any], name: str, file: object) -> list[Any]:
    value = given[name]
    if not isinstance(value, list | tuple) or len(value) > 1000:
        raise InputError("must be a list of at most 1000", file=file, field=name, value=_shown(value))
    return list(value)


def _claim(value: Any, i: int, file: object) -> dict[str, str]:
    name = f"claims[{i}]"
    if not isinstance(value, Mapping) or set(value) != {"by", "says"}:
        raise InputError("must have the parts by, says", file=file, field=name, value=_shown(value))
    return {"by": _short(value["by"], f"{name}.by", file), "says": _text(value["says"], f"{name}.says", file)}


def _attachment(value: Any, file: object) -> Attachment:
    if isinstance(value, Attachment):
        return value
    if not isinstance(value, Mapping) or not {"name", "sha256", "size"} <= set(value) <= {
        "name", "sha256", "size", "media_type",
    }:  # fmt: skip
        raise InputError("must have the parts name, sha256, size, media_type", file=file, field="attachments")
    name = _short(value["name"], "attachments.name", file)
    if name in {".", ".."} or "/" in name or "\\" in name or one_line(name) != name or name != name.strip():
        raise InputError("is not a plain file name", file=file, field="attachments.name", value=name)
    if not isinstance(value["sha256"], str) or not _SHA256.fullmatch(value["sha256"]):
        raise InputError("is not a SHA-256 in hexadecimal", file=file, field="attachments.sha256")
    size = value["size"]
    if isinstance(size, bool) or not isinstance(size, int) or not 0 <= size < 2**53:
        raise InputError("is not a size in bytes", file=file, field="attachments.size", value=_shown(size))
    media = _short(value.get("media_type", "application/octet-stream"), "attachments.media_type", file)
    return Attachment(name, value["sha256"], size, media)


def _data(value: Any, file: object) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError("must be a set of fields", file=file, field="data", value=_shown(value))
    try:
        found: dict[str, Any] = plain(value, where="data")
        written = canonical_json(found)
    except InputError as error:
        raise InputError(error.message, file=file, field=error.field, value=error.value, cure=error.cure) from error
    except RecursionError as error:
        raise InputError("is nested too deeply", file=file, field="data") from error
    if len(written) > LARGEST_DATA:
        raise InputError(
            f"has {len(written)} bytes, {LARGEST_DATA} at most", file=file, field="data", cure="attach it as a file"
        )
    if written.count(b"[") + written.count(b"{") > DEEPEST_DATA and _depth(found) > DEEPEST_DATA:
        raise InputError(
            f"is nested more than {DEEPEST_DATA} deep", file=file, field="data", cure="attach it as a file"
        )
    return found


def _depth(value: Any) -> int:
    """How many lists and objects stand in one another."""
    deepest, within = 0, [value]
    while within := [v for v in within if isinstance(v, dict | list)]:
        deepest += 1
        within = [inner for v in within for inner in (v.values() if isinstance(v, dict) else v)]
    return deepest


def _shown(value: Any) -> Any:
    """A value short enough for one line."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested without end; a whole number of thousands of digits
        return f"<{type(value).__name__}>"
    return value if len(text) <= 80 else f"{text[:77]}..."
