"""What does a GRIB file say at one place?  Needs the extra ``grib``.

Messages say themselves over which hours a sum runs, so nothing is guessed: a sum since the
start of the forecast is differenced with the message before it of the same forecast.  Of
several forecasts for one time the youngest is taken.

Run in a process of its own by `gridded_apart`, which see for why.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import eccodes
import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.weather.read.decoding import Talk
from oberih.weather.read.document import Document
from oberih.weather.read.grib_framing import messages, single_fields
from oberih.weather.read.gridded_apart import told_of_values
from oberih.weather.read.gridded_names import NAMES, NORTH, Name
from oberih.weather.read.nearest import distance
from oberih.weather.read.point_values import PointValues, corners
from oberih.weather.read.unit_words import amount_to_si, is_amount, to_si_linear

__all__ = ["point_values_of_grib", "reply"]

Floats = npt.NDArray[np.float64]

LEVELS = frozenset({"isobaricInhPa", "isobaricInPa", "hybrid", "theta", "pv", "depthBelowLandLayer"})
"""Kinds of level that hold no surface value."""


@dataclass(frozen=True)
class _Message:
    name: str
    base: int
    begin: int
    end: int
    value: float
    unit: str


def point_values_of_grib(
    document: Document, *, latitude: float | None, longitude: float | None, method: str
) -> PointValues:
    """Read every known surface field at one place.

    Raises
    ------
    InputError
        If a message is damaged or on no latitude-longitude grid, or the place is outside.
    """
    held: set[str] = set()
    found: list[_Message] = []
    where: dict[str, tuple[Floats, list[tuple[int, float]]]] = {}
    for handle in _handles(document):
        try:
            held.add(str(eccodes.codes_get(handle, "shortName")))
            if _wanted(handle):
                found.append(_message(handle, where, document, latitude=latitude, longitude=longitude, method=method))
        except eccodes.CodesInternalError as error:
            raise InputError("is damaged GRIB", file=document.name, cure="download it again") from error
        finally:
            eccodes.codes_release(handle)
    time, fields = _series(found, document)
    forecast = any(message.end > message.base for message in found if message.name in _WIND)
    here = next(iter(where.values()))[0] if where else np.array([np.nan, np.nan])
    lat, lon = (float(v) if np.isfinite(v) else None for v in here)
    notes: dict[str, Any] = {"fields": sorted({m.name for m in found}), "accumulation": "as each message says"}
    return PointValues(
        time, fields, lat, lon, "forecast" if forecast else "reanalysis", f"GRIB {document.name}", sorted(held), notes
    )


_WIND = tuple(spelling for spelling, name in NAMES.items() if name.field == NORTH)


def _handles(document: Document) -> Iterator[int]:
    for position, field in ((at, one) for at, whole in messages(document) for one in single_fields(whole)):
        try:
            yield eccodes.codes_new_from_message(field)
        except eccodes.CodesInternalError as error:
            raise InputError(
                "is damaged GRIB", file=document.name, field=f"byte {position}", cure="download it again"
            ) from error


def _wanted(handle: int) -> bool:
    return eccodes.codes_get(handle, "shortName") in NAMES and eccodes.codes_get(handle, "typeOfLevel") not in LEVELS


def _message(
    handle: int,
    where: dict[str, tuple[Floats, list[tuple[int, float]]]],
    document: Document,
    *,
    latitude: float | None,
    longitude: float | None,
    method: str,
) -> _Message:
    grid = str(eccodes.codes_get(handle, "md5GridSection"))
    if grid not in where:
        where[grid] = _place(handle, document, latitude=latitude, longitude=longitude, method=method)
    values = eccodes.codes_get_values(handle)
    missing = float(eccodes.codes_get(handle, "missingValue"))
    taken = [(float(values[i]), weight) for i, weight in where[grid][1]]
    value = float("nan") if any(v == missing for v, _ in taken) else sum(v * w for v, w in taken)
    date, clock = int(eccodes.codes_get(handle, "dataDate")), int(eccodes.codes_get(handle, "dataTime"))
    try:
        day = datetime(date // 10000, date // 100 % 100, date % 100, clock // 100, clock % 100, tzinfo=UTC)
    except ValueError as error:
        raise InputError("is not a date", file=document.name, field="dataDate", value=date) from error
    base = int(day.timestamp())
    name, unit = (str(eccodes.codes_get(handle, key)) for key in ("shortName", "units"))
    begin, end = _span(handle, base, is_amount(unit, dimension=NAMES[name].dimension))
    return _Message(name, base, begin, end, value, unit)


def _span(handle: int, base: int, amount: bool) -> tuple[int, int]:
    """First and last second that a message speaks of.

    Some sums are coded as if they were of one moment: those of ERA5 run over the hour before,
    those of other ECMWF forecasts since the start.
    """
    eccodes.codes_set(handle, "stepUnits", "s")
    begin, end = (base + int(eccodes.codes_get_long(handle, key)) for key in ("startStep", "endStep"))
    if not amount or begin < end:
        return begin, end
    era5 = eccodes.codes_is_defined(handle, "class") and str(eccodes.codes_get(handle, "class")) == "ea"
    return (end - SECONDS_PER_HOUR if era5 else base), end


def _place(
    handle: int, document: Document, *, latitude: float | None, longitude: float | None, method: str
) -> tuple[Floats, list[tuple[int, float]]]:
    """Position of the point taken, and (index, weight) of the values to take."""
    lats, lons = (np.asarray(eccodes.codes_get_array(handle, key)) for key in ("latitudes", "longitudes"))
    if str(eccodes.codes_get(handle, "gridType")) == "regular_ll":
        columns = int(eccodes.codes_get(handle, "Ni"))
        if columns < 1 or not len(lats) or len(lats) % columns or not np.isfinite(lats + lons).all():
            raise InputError("has a damaged grid", file=document.name, field="Ni", value=columns)
        points = corners(lats[::columns], lons[:columns], latitude, longitude, method=method, file=document.name)
        at = np.array([sum(lats[i * columns] * w for i, _, w in points), lons[points[0][1]]])
        if len(points) > 1 and longitude is not None:
            at[1] = longitude
        return at, [(i * columns + j, w) for i, j, w in points]
    if method != "nearest" or latitude is None or longitude is None:
        raise InputError(
            "is on an irregular grid", file=document.name, cure="give latitude and longitude, method nearest"
        )
    away = distance(latitude, longitude, lats, lons)
    index = int(np.argmin(away))
    if away[index] > 300e3:
        raise InputError(
            f"{latitude} {longitude} is outside the grid", file=document.name, cure="give a file that covers it"
        )
    return np.array([lats[index], lons[index]]), [(index, 1.0)]


def _series(found: list[_Message], document: Document) -> tuple[npt.NDArray[np.int64], dict[str, Floats]]:
    times = np.array(sorted({m.end for m in found if NAMES[m.name].field.startswith("wind_")}), dtype=np.int64)
    row = {int(second): i for i, second in enumerate(times)}
    fields: dict[str, Floats] = {}
    for spelling, meaning in NAMES.items():
        own = [m for m in found if m.name == spelling]
        if not own or meaning.field in fields:
            continue
        series = np.full(len(times), np.nan)
        for message in sorted(own, key=lambda m: m.base):  # the youngest forecast comes last and stays
            if message.end in row:
                series[row[message.end]] = _in_si(message, own, meaning, document)
        fields[meaning.field] = series
    return times, fields


def _in_si(message: _Message, own: list[_Message], meaning: Name, document: Document) -> float:
    if not is_amount(message.unit, dimension=meaning.dimension):
        scale, offset = to_si_linear(message.unit, dimension=meaning.dimension, file=document.name, field=message.name)
        return meaning.sign * (message.value * scale + offset)
    before = [m for m in own if m.base == message.base and m.begin == message.begin and m.end < message.end]
    begin, done = message.begin, 0.0
    if before:
        last = max(before, key=lambda m: m.end)
        begin, done = last.end, last.value
    if message.end <= begin:
        return float("nan")  # the sum at the start of a forecast is empty
    return (
        meaning.sign
        * (message.value - done)
        * amount_to_si(message.unit, dimension=meaning.dimension)
        / (message.end - begin)
    )


def reply(question: dict[str, Any], talk: Talk) -> dict[str, Any]:
    """What the other process says: the values of the file that it was handed.

    Parameters
    ----------
    question : dict
        ``name`` of the file, ``latitude``, ``longitude`` and ``method``.
    talk : Talk

    Raises
    ------
    InputError
        As `point_values_of_grib`.
    """
    with os.fdopen(talk.handed, "rb", closefd=False) as file:
        file.seek(0)
        document = Document(question.pop("name"), "", file.read())
    return told_of_values(point_values_of_grib(document, **question))
