"""What do the stations read, by files that the user gives?

Defines the nouns `Reading` and `Given`, and reads them from CSV and from GeoJSON.  Both are strict: the columns (or
properties) are ``station``, ``latitude``, ``longitude``, ``time`` (ISO 8601 with its zone), ``value``, ``unit`` and, if
there, ``uncertainty`` and ``source``; nothing else.  The quantity is the ambient dose equivalent rate H*(10).

What cannot be read is told with file and line and is no reading.  What can be read and cannot be believed as it stands
(a time to come, a value that no open air has, the same station and time twice) stays a reading, with its `doubts`.

Invariants: rates in Sv/s; times in UTC; no row disappears: it is a reading or a defect.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError

__all__ = ["AHEAD", "COLUMNS", "DOUBTS", "UNITS", "Given", "Reading", "as_csv", "doubted", "read_readings"]

COLUMNS = ("station", "latitude", "longitude", "time", "value", "unit", "uncertainty", "source")
"""The last two may be absent."""

_NEEDED = COLUMNS[:6]

UNITS = {
    "Sv/s": 1.0, "Sv/h": 1.0 / 3600.0, "mSv/h": 1e-3 / 3600.0, "µSv/h": 1e-6 / 3600.0, "μSv/h": 1e-6 / 3600.0,
    "uSv/h": 1e-6 / 3600.0, "nSv/h": 1e-9 / 3600.0, "мкЗв/год": 1e-6 / 3600.0, "нЗв/год": 1e-9 / 3600.0,
    "мЗв/год": 1e-3 / 3600.0,
}  # fmt: skip
"""What one of each unit is [Sv/s].  Both signs for micro; the Ukrainian ``год`` is an hour."""

DOUBTS = ("future", "negative", "too-low", "too-high", "twice", "contradicted")
"""Why a reading cannot be believed as it stands: its time is to come; below zero; below what the sky alone gives; above
what probes measure; the same station, time and value twice; the same station and time with another value."""

LEAST, MOST = 10e-9 / SECONDS_PER_HOUR, 10.0 / SECONDS_PER_HOUR
"""Below 10 nSv/h and above 10 Sv/h nobody reads open air [Sv/s].  Judged, not from a text: cosmic rays alone give about
30 nSv/h at sea level, and field probes end at 10 Sv/h."""

AHEAD = timedelta(minutes=5)
"""A clock may go before ours by so much."""

_LARGEST = 50_000_000
_MOST_ROWS = 200_000
_DEFECTS_TOLD = 200


@dataclass(frozen=True)
class Reading:
    """One reading of one station.

    Parameters
    ----------
    station : str
    latitude, longitude : float
        WGS 84 [°].
    time : datetime
        UTC.
    rate : float
        Ambient dose equivalent rate [Sv/s].
    uncertainty : float or None
        As given, one standard deviation where its source says no other [Sv/s].
    source : str
        Who measured; empty where not said.
    where : str
        File and line.
    doubts : tuple of str
        Of `DOUBTS`.
    """

    station: str
    latitude: float
    longitude: float
    time: datetime
    rate: float
    uncertainty: float | None = None
    source: str = ""
    where: str = ""
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Given:
    """What a file holds.

    Parameters
    ----------
    file : str
        Its name.
    readings : tuple of Reading
        By station, then time.
    defects : tuple of str
        One line for each row that could not be read: file and line, what stood there, what to do.
    more_defects : int
        How many more there are than are told.
    """

    file: str
    readings: tuple[Reading, ...]
    defects: tuple[str, ...] = ()
    more_defects: int = 0

    @property
    def newest(self) -> datetime | None:
        """Time of the newest reading that is not to come."""
        return max((r.time for r in self.readings if "future" not in r.doubts), default=None)


def read_readings(path: Path, *, now: datetime) -> Given:
    """Read a file of readings: GeoJSON by its ending (``.geojson``, ``.json``), else CSV.

    Parameters
    ----------
    path : Path
    now : datetime
        UTC; a reading more than five minutes later is doubted.

    Raises
    ------
    InputError
        If the file cannot be opened, is too large, or is not of the form at all.
    """
    text = _text_of(path)
    rows = _of_geojson(text, path.name) if path.suffix.lower() in (".geojson", ".json") else _of_csv(text, path.name)
    found: list[Reading] = []
    defects: list[str] = []
    for number, (where, fields) in enumerate(rows):
        if number >= _MOST_ROWS:
            raise InputError(f"holds more than {_MOST_ROWS} rows", file=path.name, cure="give the latest days only")
        try:
            found.append(_reading(fields, where))
        except InputError as error:
            defects.append(str(error))
    found.sort(key=lambda r: (r.station, r.time, r.where))
    return Given(path.name, doubted(found, now=now), tuple(defects[:_DEFECTS_TOLD]), len(defects[_DEFECTS_TOLD:]))


def doubted(readings: Iterable[Reading], *, now: datetime) -> tuple[Reading, ...]:
    """Say of each reading why it cannot be believed as it stands.

    Parameters
    ----------
    readings : iterable of Reading
        All that are shown together: a repetition is seen across files.
    now : datetime
        UTC.
    """
    everything = tuple(readings)
    same = Counter((r.station, r.time) for r in everything)
    alike = Counter((r.station, r.time, r.rate) for r in everything)
    found = ((r, tuple(_doubts(r, same, alike, now))) for r in everything)
    return tuple(r if r.doubts == doubts else replace(r, doubts=doubts) for r, doubts in found)


def _doubts(r: Reading, same: Mapping[Any, int], alike: Mapping[Any, int], now: datetime) -> Iterator[str]:
    if r.time > now + AHEAD:
        yield "future"
    if r.rate < 0.0:
        yield "negative"
    elif r.rate < LEAST:
        yield "too-low"
    if r.rate > MOST:
        yield "too-high"
    if alike[r.station, r.time, r.rate] > 1:
        yield "twice"
    if same[r.station, r.time] > alike[r.station, r.time, r.rate]:
        yield "contradicted"


def as_csv(readings: Iterable[Reading]) -> str:
    """Write readings in the form that `read_readings` reads, in Sv/s: the same readings come back."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for r in readings:
        uncertainty = "" if r.uncertainty is None else repr(r.uncertainty)
        when = r.time.astimezone(UTC).isoformat().replace("+00:00", "Z")
        table.writerow(
            (r.station, repr(r.latitude), repr(r.longitude), when, repr(r.rate), "Sv/s", uncertainty, r.source)
        )
    return text.getvalue()


def _text_of(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > _LARGEST:
            raise InputError(f"is larger than {_LARGEST // 10**6} MB", file=path.name, cure="give the latest days only")
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path.name, cure="check the path") from error
    except UnicodeDecodeError as error:
        raise InputError("is not UTF-8 text", file=path.name, cure="save it as UTF-8") from error


def _of_csv(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        head = [column.strip() for column in next(lines, [])]
        _refuse_columns(head, f"{name}:1")
        for row in lines:
            if row:
                where = f"{name}:{lines.line_num}"
                more = {} if len(row) == len(head) else {"": f"{len(row)} cells under {len(head)} columns"}
                yield where, dict(zip(head, row, strict=False)) | more
    except csv.Error as error:
        raise InputError(f"is not CSV ({error})", file=f"{name}:{lines.line_num}", cure='quote with ""') from error


def _refuse_columns(head: list[str], where: str) -> None:
    cure = f"write the columns {', '.join(_NEEDED)} and, if known, uncertainty, source; split by commas"
    for column in _NEEDED:
        if column not in head:
            raise InputError("the column is missing", file=where, field=column, cure=cure)
    for column in head:
        if column not in COLUMNS or head.count(column) > 1:
            reason = "comes twice" if head.count(column) > 1 else "no such column"
            raise InputError(reason, file=where, field=column or "(empty)", cure=cure)


def _of_geojson(text: str, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise InputError("is not JSON", file=f"{name}:{line}", cure="give a GeoJSON FeatureCollection") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise InputError("is not a GeoJSON FeatureCollection", file=f"{name}:1", cure="see the page on the situation")
    for i, feature in enumerate(features, start=1):
        yield f"{name}:feature {i}", _of_feature(feature)


def _of_feature(feature: Any) -> Mapping[str, Any]:
    """A feature's fields; what is no point with properties says so in its fields."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") != "Point" or not isinstance(properties, dict):
        return {"": "a feature that is no Point with properties"}
    at = geometry.get("coordinates")
    if not isinstance(at, list) or len(at) not in (2, 3):
        return {"": "coordinates that are not [longitude, latitude]"}
    strange = [str(k) for k in properties if k not in COLUMNS or k in ("latitude", "longitude")]
    more = {"": f"a property that is not known: {strange[0][:100]}"} if strange else {}
    return {**properties, "longitude": at[0], "latitude": at[1], **more}


def _reading(fields: Mapping[str, Any], where: str) -> Reading:
    if "" in fields:
        raise InputError(f"holds {fields['']}", file=where)
    unit = _words(fields, "unit", where)
    if unit not in UNITS:
        cure = f"use one of {', '.join(u for u in UNITS if u != 'μSv/h')}"
        raise InputError("is not a unit of dose equivalent rate", file=where, field="unit", value=unit, cure=cure)
    uncertainty = None
    if fields.get("uncertainty") not in (None, ""):
        uncertainty = _number(fields, "uncertainty", where, low=0.0, high=1e12) * UNITS[unit]
    return Reading(
        station=_words(fields, "station", where), latitude=_number(fields, "latitude", where, low=-90.0, high=90.0),
        longitude=_number(fields, "longitude", where, low=-180.0, high=180.0), time=_time(fields, where),
        rate=_number(fields, "value", where, low=-1e12, high=1e12) * UNITS[unit], uncertainty=uncertainty,
        source=_words(fields, "source", where, needed=False), where=where,
    )  # fmt: skip


def _words(fields: Mapping[str, Any], name: str, where: str, *, needed: bool = True) -> str:
    value = fields.get(name)
    text = value.strip() if isinstance(value, str) else "" if value is None else value
    if text == "" and not needed:
        return ""
    if not isinstance(text, str) or not text or len(text) > 200 or not text.isprintable():
        raise InputError("must be one line of 1 to 200 characters", file=where, field=name, value=value)
    return text


def _number(fields: Mapping[str, Any], name: str, where: str, *, low: float, high: float) -> float:
    value = fields.get(name)
    try:
        if isinstance(value, str):
            number = float(value) if value.isascii() and "_" not in value else math.nan
        else:
            number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        number = math.nan
    if not low <= number <= high:
        cure = "write a decimal point, no spaces and no sign of thousands"
        raise InputError(
            f"must be a number from {low:g} to {high:g}", file=where, field=name, value=value, cure=cure
        )  # fmt: skip
    return number


def _time(fields: Mapping[str, Any], where: str) -> datetime:
    value, cure = fields.get("time"), "write ISO 8601 with its zone, as 2026-11-25T18:30:00Z or …+02:00"
    try:
        time = datetime.fromisoformat(value.strip()) if isinstance(value, str) and len(value) < 64 else None
        if time is None or time.tzinfo is None:
            reason = "is not a time" if time is None else "has no zone"
            raise InputError(reason, file=where, field="time", value=value, cure=cure)
        time = time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError("is not a time", file=where, field="time", value=value, cure=cure) from error
    if not 1945 <= time.year <= 9998:
        raise InputError("is no time of a reading", file=where, field="time", value=value, cure=cure)
    return time
