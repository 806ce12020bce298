"""Is this message the one that was wanted, and what does it say near the site?

Every message is compared with what was asked for before anything of it is kept: its frame, the time of its run, its
step, its field, its level, its member.  A server that gives the wrong bytes gives nothing.  Not for threads, and for a
process of its own: see `oberih.weather.live.message_apart`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.weather.live.wanted import ON_LEVELS, Wanted
from oberih.weather.read.document import Document
from oberih.weather.read.grib_framing import messages

__all__ = ["Area", "Fault", "Message", "read_message"]

Area = tuple[float, float, float, float]
"""West, south, east, north [degrees]."""

Axis = npt.NDArray[Any]


class Fault(Exception):
    """A message is not what was wanted: why."""


@dataclass(frozen=True)
class Message:
    """What a message says of an area.

    Parameters
    ----------
    values : float32 array, shape (y, x)
    x, y : float array
        Longitude eastward from the area's west, latitude northward [degrees].
    begin, end : int
        The span that it speaks of, seconds since the run; equal for a moment.
    """

    values: npt.NDArray[np.float32]
    x: Axis
    y: Axis
    begin: int
    end: int


def read_message(
    data: bytes, wanted: Wanted, *, run: int, area: Area, thinned: int = 1, member: int | None = None
) -> Message:
    """Check a message and cut the area out of it.

    Parameters
    ----------
    data : bytes
        One message, whole.
    wanted : Wanted
    run : int
        Time of the run, seconds since 1970.
    area : Area
    thinned : int
        Every so many points of the grid one is kept.
    member : int, optional
        Of an ensemble.

    Raises
    ------
    Fault
        If it is not the message that was wanted, or is damaged.
    InputError
        If the extra ``grib`` is not installed.
    """
    if not data.startswith(b"GRIB") or not data.endswith(b"7777"):
        raise Fault("is cut off, or is no GRIB")
    try:
        (framed,) = list(messages(Document("message", "", data)))
    except InputError as error:
        raise Fault(error.message) from error
    except ValueError as error:
        raise Fault("holds more than one message") from error
    if len(framed[1]) != len(data):
        raise Fault("has bytes behind its end")
    eccodes = _eccodes()
    try:
        handle = eccodes.codes_new_from_message(data)
    except eccodes.CodesInternalError as error:
        raise Fault(f"cannot be read ({error})") from error
    try:
        begin, end = _identity(eccodes, handle, wanted, run, member)
        return Message(*_cut(eccodes, handle, wanted, area, thinned), begin, end)
    except eccodes.CodesInternalError as error:
        raise Fault(f"cannot be decoded ({error})") from error
    finally:
        eccodes.codes_release(handle)


def _eccodes() -> ModuleType:
    try:
        import eccodes  # the extra ``grib``
    except ImportError as error:
        raise InputError("live sources need the extra 'grib'", cure="install oberih[grib]") from error
    return eccodes  # type: ignore[no-any-return]


def _identity(eccodes: Any, handle: int, wanted: Wanted, run: int, member: int | None) -> tuple[int, int]:
    """Compare a message with what was wanted; the span it speaks of [s]."""

    def number(key: str) -> int:
        return int(eccodes.codes_get_long(handle, key))

    field = wanted.field
    date, clock = number("dataDate"), number("dataTime")
    base = _seconds(date, clock)
    if base != run:
        raise Fault(f"is of another run, {date} {clock:04d}")
    code = tuple(number(key) for key in ("discipline", "parameterCategory", "parameterNumber"))
    if code not in field.codes and str(eccodes.codes_get(handle, "shortName")) not in field.short_names:
        raise Fault(f"is another field, {code}")
    if number("typeOfFirstFixedSurface") != field.surface:
        raise Fault("is of another kind of level")
    level = float(eccodes.codes_get_double(handle, "level"))
    expected = float(wanted.level or 0) if field.surface == ON_LEVELS else field.height
    if abs(level - expected) > 1e-6:
        raise Fault(f"is of another level, {level:g}")
    if member is not None and number("perturbationNumber") != member:
        raise Fault(f"is of another member, {number('perturbationNumber')}")
    eccodes.codes_set(handle, "stepUnits", "s")
    begin, end = number("startStep"), number("endStep")
    if end != wanted.step * SECONDS_PER_HOUR and not field.once:
        raise Fault(f"is of another step, +{end / SECONDS_PER_HOUR:g} h")
    if (field.statistic == "instant") != (begin == end):
        raise Fault(f"is a {'moment' if begin == end else 'span'}, not a {field.statistic}")
    return begin, end


def _seconds(date: int, clock: int) -> int:
    try:
        day = datetime(date // 10000, date // 100 % 100, date % 100, clock // 100, clock % 100, tzinfo=UTC)
    except ValueError as error:
        raise Fault(f"has no date, {date} {clock}") from error
    return int(day.timestamp())


def _cut(
    eccodes: Any, handle: int, wanted: Wanted, area: Area, thinned: int
) -> tuple[npt.NDArray[np.float32], Axis, Axis]:
    """Values of the area in the unit kept, and its axes."""
    kind = str(eccodes.codes_get(handle, "gridType"))
    if kind != "regular_ll" or eccodes.codes_get_long(handle, "iScansNegatively"):
        raise Fault(f"is on a grid that is not read here, {kind}")
    columns, rows = (int(eccodes.codes_get_long(handle, key)) for key in ("Ni", "Nj"))
    values = np.asarray(eccodes.codes_get_values(handle), dtype=np.float64)
    if columns < 2 or rows < 2 or len(values) != columns * rows:
        raise Fault("has fewer values than its grid")
    place = {k: float(eccodes.codes_get_double(handle, k)) for k in (
        "latitudeOfFirstGridPointInDegrees", "longitudeOfFirstGridPointInDegrees", "iDirectionIncrementInDegrees",
        "jDirectionIncrementInDegrees", "missingValue",
    )}  # fmt: skip
    up = 1.0 if eccodes.codes_get_long(handle, "jScansPositively") else -1.0
    south_north = place["latitudeOfFirstGridPointInDegrees"] + up * place["jDirectionIncrementInDegrees"] * np.arange(
        rows
    )
    east = place["longitudeOfFirstGridPointInDegrees"] + place["iDirectionIncrementInDegrees"] * np.arange(columns)
    own_rows, y = _part(south_north, area[1], area[3], thinned)
    own_columns, x = _turned_part(east, area[0], area[2], thinned)
    if len(y) < 3 or len(x) < 3:
        raise Fault("does not cover the area")
    out = values.reshape(rows, columns)[np.ix_(own_rows, own_columns)]
    lost = out == place["missingValue"]
    if lost.any() or not np.isfinite(out).all():
        raise Fault(f"lacks {int(lost.sum())} values in the area")
    return (out * (_to_kept_unit(eccodes, handle, wanted))).astype(np.float32), x, y


def _to_kept_unit(eccodes: Any, handle: int, wanted: Wanted) -> float:
    """What the values are multiplied with; an amount of rain in metres becomes kg/m2."""
    if wanted.field.unit != "kg m-2 s-1":
        return wanted.field.factor
    unit = str(eccodes.codes_get(handle, "units"))
    amounts = {"m": 1000.0, "kg m**-2": 1.0} if wanted.field.statistic == "sum" else {"kg m**-2 s**-1": 1.0}
    if unit not in amounts:
        raise Fault(f"is in {unit}, not in {' or '.join(amounts)}")
    return wanted.field.factor * amounts[unit]


def _part(axis: Axis, low: float, high: float, thinned: int) -> tuple[npt.NDArray[np.intp], Axis]:
    """Rows within bounds from the lowest on, and where they lie."""
    order = np.argsort(axis)
    order = order[(axis[order] >= low - 1e-6) & (axis[order] <= high + 1e-6)][::thinned]
    return order, np.round(axis[order], 6)


def _turned_part(axis: Axis, west: float, east: float, thinned: int) -> tuple[npt.NDArray[np.intp], Axis]:
    """Columns within bounds from west to east, whatever the longitude of the grid's edge, and where they lie."""
    offset = np.round((axis - west) % 360.0, 6) % 360.0
    width = min((east - west) % 360.0 or 360.0, 360.0 - 1e-6)
    order = np.argsort(offset, kind="stable")
    order = order[offset[order] <= width + 1e-6][::thinned]
    return order, np.round(west + offset[order], 6)
