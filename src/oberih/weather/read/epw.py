"""What is a typical year like?  EnergyPlus weather files.

A typical year joins months of different years, so its rows are laid on one nominal year
(2001, or 2000 if it holds 29 February) and the real years are named in ``attrs``.  Hours
count 1 to 24 in **local standard time** and name their end; the time zone stands in the
header.  Radiation and precipitation belong to the hour that ends.

Source: EnergyPlus Auxiliary Programs, "EnergyPlus Weather File (EPW) Data Dictionary".
"""

from __future__ import annotations

import csv
import io
import math
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from oberih.constants import KELVIN_OFFSET, SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.weather.read.assembly import Columns, weather_from_columns
from oberih.weather.read.document import Document, number
from oberih.weather.read.precipitation_totals import rates_from_totals
from oberih.weather.series import Weather

__all__ = ["is_epw", "read_epw"]

Floats = npt.NDArray[np.float64]

FIELDS: dict[str, tuple[int, float, float, float]] = {
    "temperature": (6, 99.9, 1.0, KELVIN_OFFSET),
    "pressure": (9, 999999.0, 1.0, 0.0),
    "solar_radiation": (13, 9999.0, 1.0, 0.0),
    "wind_direction": (20, 999.0, 1.0, 0.0),
    "wind_speed": (21, 999.0, 1.0, 0.0),
    "cloud_cover": (22, 99.0, 0.1, 0.0),
    "cloud_base": (25, 77777.0, 1.0, 0.0),
    "precipitation": (33, 999.0, 1.0, 0.0),
}
"""Field → position in the row, first code for "missing" or "none" (any value from there on), scale, offset to SI."""

CELLS = 32
"""A row has at least so many cells; the four last fields came later to the format."""


def is_epw(document: Document) -> bool:
    """Whether it begins with the header word."""
    return document.data.lstrip(b"\xef\xbb\xbf")[:9].upper() == b"LOCATION,"


def read_epw(document: Document, *, latitude: float | None = None, longitude: float | None = None) -> Weather:
    """Read a typical year.

    Returns
    -------
    Weather
        Label ``typical year``, on a nominal year in UTC.

    Raises
    ------
    InputError
        If the header or a row is not what the format says, or the time zone is missing.
    WeatherRefused
        If no row tells the wind.
    """
    lines = _rows(document)
    header, rows = lines[0], [row for row in lines if len(row) >= CELLS and row[0].isdecimal()]
    if len(header) < 9:
        raise InputError("has a short header", file=document.name, field="LOCATION")
    here = [
        number(header[i], file=document.name, field=f"LOCATION, {name}")
        for i, name in ((6, "latitude"), (7, "longitude"), (8, "time zone"))
    ]
    if not math.isfinite(here[2]) or abs(here[2]) > 14:
        raise InputError(
            "time zone is missing",
            file=document.name,
            field="LOCATION, time zone",
            value=header[8],
            cure="write hours east of UTC",
        )
    if not rows:
        raise InputError("has no rows", file=document.name, cure="download it again")
    leap = any((row[1].strip(), row[2].strip()) == ("2", "29") for row in rows)
    nominal = 2000 if leap else 2001
    time = np.array([_time(row, nominal, here[2], document) for row in rows], dtype=np.int64)
    if (np.diff(time) <= 0).any():
        row = rows[int(np.argmax(np.diff(time) <= 0)) + 1]
        raise InputError("hours do not follow one another", file=document.name, field="date", value=",".join(row[:5]))
    values = {name: _field(rows, name, document) for name in FIELDS}
    values["precipitation"] = rates_from_totals(
        time, values["precipitation"], _rain_period(rows, document), falling=np.zeros(len(time), dtype=bool)
    )
    columns = Columns(time, **values)  # type: ignore[arg-type]
    columns.notes.update(
        nominal_year=nominal,
        years=sorted({int(number(row[0], file=document.name, field="year")) for row in rows}),
        utc_offset_hours=here[2],
        radiation_and_rain_belong_to="the preceding hour",
    )
    lat, lon = (None if math.isnan(value) else value for value in here[:2])
    return weather_from_columns(
        columns,
        document,
        latitude=lat,
        longitude=lon,
        asked=(latitude, longitude),
        label="typical year",
        source=f"EPW {header[1].strip()}",
    )


def _rows(document: Document) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(document.text(), newline="")))
    except csv.Error as error:
        raise InputError(f"is not a table ({error})", file=document.name) from error
    for position, row in enumerate(rows[8:], start=9):
        if row and (len(row) < CELLS or not row[0].isdecimal()):
            raise InputError(
                "is not an hour of weather", file=document.name, field=f"line {position}", value=",".join(row)[:40]
            )
    return rows


def _time(row: list[str], nominal: int, zone: float, document: Document) -> int:
    month, day, hour, minute = (number(row[i], file=document.name, field="month to minute") for i in (1, 2, 3, 4))
    shown = ",".join(row[:5])
    try:
        midnight = datetime(nominal, int(month), int(day), tzinfo=UTC)
        into = (int(hour) - 1) * SECONDS_PER_HOUR + (int(minute) or 60) * 60
    except (ValueError, OverflowError) as error:
        raise InputError("is not a date", file=document.name, field="date", value=shown) from error
    if not 1 <= hour <= 24 or not 0 <= minute <= 60:
        raise InputError("hours run from 1 to 24", file=document.name, field="hour", value=shown)
    return int(midnight.timestamp()) + into - round(zone * SECONDS_PER_HOUR)


def _field(rows: list[list[str]], name: str, document: Document) -> Floats:
    position, missing, scale, offset = FIELDS[name]
    cells = [row[position] if position < len(row) else "" for row in rows]
    values = np.array([number(cell, file=document.name, field=name) for cell in cells], dtype=np.float64)
    values[values >= missing] = np.nan
    return np.asarray(values * scale + offset)


def _rain_period(rows: list[list[str]], document: Document) -> Floats:
    """Hours over which the depth fell [s]; many files write 0 and mean one."""
    cells = [row[34] if len(row) > 34 else "" for row in rows]
    hours = np.array(
        [number(cell, file=document.name, field="precipitation hours") for cell in cells], dtype=np.float64
    )
    return np.where((hours >= 1.0) & (hours < 99.0), hours, 1.0) * SECONDS_PER_HOUR
