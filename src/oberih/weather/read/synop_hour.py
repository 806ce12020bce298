"""What did the nearest of many stations report at one hour?  A decoded SYNOP bulletin.

One row a station, columns named after the BUFR keys: ``year, month, day, hour, minute,
latitude, longitude, windDirectionAt10M, windSpeedAt10M`` and, optional,
``airTemperatureAt2M, nonCoordinatePressure, cloudCoverTotal, presentWeather`` with
``blockNumber, stationNumber``.  Values are SI, cloud in per cent; times are UTC, as bulletins
are.  The nearest station that tells the wind is taken, and its distance recorded; it may
have reported several times.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

import numpy as np

from oberih.errors import InputError, WeatherRefused
from oberih.weather.read.assembly import Columns, weather_from_columns
from oberih.weather.read.document import Document, cut_table, epoch_seconds, number
from oberih.weather.read.nearest import nearest
from oberih.weather.read.present_weather import NOTE, rate_of_code
from oberih.weather.series import Weather

__all__ = ["is_synop_hour", "read_synop_hour"]

CLOCK = ("year", "month", "day", "hour", "minute")
REQUIRED = {*CLOCK, "latitude", "longitude", "windDirectionAt10M", "windSpeedAt10M"}


def is_synop_hour(document: Document) -> bool:
    """Whether the header has the columns of a decoded bulletin."""
    header = document.data[:4096].lstrip(b"\xef\xbb\xbf").split(b"\n", 1)[0].decode("utf-8", "replace")
    return {name.strip() for name in header.split(",")} >= REQUIRED


def read_synop_hour(document: Document, *, latitude: float | None = None, longitude: float | None = None) -> Weather:
    """Read the reports of the station nearest to a place.

    Parameters
    ----------
    document : Document
    latitude, longitude : float
        The place [degrees].

    Returns
    -------
    Weather
        Label ``observed``; ``attrs`` has ``station``, ``distance`` [m] and ``stations`` (how many had wind).

    Raises
    ------
    InputError
        If no place is given or a cell is not a number.
    WeatherRefused
        If no station tells the wind.
    """
    if latitude is None or longitude is None:
        raise InputError("holds many stations", file=document.name, cure="give latitude and longitude")
    stations = [row for line, row in cut_table(document) if _tells_wind(row, line, document)]
    if not stations:
        raise WeatherRefused("no station tells the wind", file=document.name, field="windSpeedAt10M")
    where = np.array([[_value(row, name, document) for name in ("latitude", "longitude")] for row in stations])
    if not (np.abs(where) <= [90.0, 360.0]).all():
        raise InputError("a station is not on the Earth", file=document.name, field="latitude")
    index, _ = nearest(latitude, longitude, where[:, 0], where[:, 1])
    name = _station(stations[index])
    here = where[index]
    rows = sorted(
        (row for row, at in zip(stations, where, strict=True) if (at == here).all() and _station(row) == name),
        key=lambda row: _time(row, document),
    )
    rates = [rate_of_code(_value(row, "presentWeather", document)) for row in rows]
    notes = {"station": name, "stations": len({_station(row) for row in stations}), "precipitation": NOTE}
    columns = Columns(
        [_time(row, document) for row in rows],
        [_value(row, "windSpeedAt10M", document) for row in rows],
        [_value(row, "windDirectionAt10M", document) for row in rows],
        temperature=[_value(row, "airTemperatureAt2M", document) for row in rows],
        pressure=[_value(row, "nonCoordinatePressure", document) for row in rows],
        cloud_cover=[_value(row, "cloudCoverTotal", document) / 100.0 for row in rows],
        precipitation=rates,
        notes=notes,
    )
    return weather_from_columns(
        columns,
        document,
        latitude=float(here[0]),
        longitude=float(here[1]),
        asked=(latitude, longitude),
        label="observed",
        source=f"SYNOP {name}",
    )


def _value(row: dict[str, str], name: str, document: Document) -> float:
    return number(row.get(name, ""), file=document.name, field=name)


def _tells_wind(row: dict[str, str], line: int, document: Document) -> bool:
    cells = [
        number(row[name], file=document.name, field=f"{name}, line {line}") for name in sorted(REQUIRED - set(CLOCK))
    ]
    return all(math.isfinite(cell) for cell in cells)


def _station(row: dict[str, str]) -> str:
    """WMO number of five digits, or the position."""
    block, station = row.get("blockNumber", ""), row.get("stationNumber", "")
    if block.isdigit() and station.isdigit():
        return f"{int(block):02d}{int(station):03d}"
    return f"{row['latitude']} {row['longitude']}"


def _time(row: dict[str, str], document: Document) -> int:
    clock = [_value(row, name, document) for name in CLOCK]
    try:
        moment = datetime(*(int(part) for part in clock), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError as error:
        shown = " ".join(row[name] for name in CLOCK)
        raise InputError("is not a date", file=document.name, field="year to minute", value=shown) from error
    return epoch_seconds(moment, UTC, file=document.name, field="year")
