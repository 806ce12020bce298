"""How do columns become a `Weather`?

Defines `Columns`, what every reader fills: SI values, row by row, NaN where not reported.
`weather_from_columns` makes the noun of it, with the rules that all readers share:

- a row without wind is no weather: it is left out and counted, and `oberih.weather.quality`
  judges the gap it leaves; a series that never tells the wind is refused;
- a calm has speed 0 and no direction; a variable wind has a speed and no direction;
- the wind is the mean at the stated height; rain and radiation are means over the step that
  **ends** at their time;
- what the series rests on stands in ``attrs["inputs"]`` by name and SHA-256.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.errors import InputError, WeatherRefused
from oberih.weather.read.document import Document
from oberih.weather.read.nearest import distance
from oberih.weather.series import LABELS, Weather

__all__ = ["SERIES_FIELDS", "Columns", "crop", "weather_from_columns"]

Floats = npt.NDArray[np.float64]

SERIES_FIELDS = (
    "wind_speed",
    "wind_direction",
    "temperature",
    "cloud_cover",
    "solar_radiation",
    "precipitation",
    "boundary_layer_height",
    "pressure",
    "cloud_base",
    "friction_velocity",
    "sensible_heat_flux",
)
"""The value arrays of a `Weather`, in its order."""


@dataclass
class Columns:
    """What a reader found, SI, before it is a `Weather`.

    Parameters
    ----------
    time : sequence of int
        Seconds since 1970-01-01T00:00Z.
    wind_speed, wind_direction : sequence of float
        [m/s], [degrees, where it blows from]; NaN speed = not reported.
    others : sequence of float, optional
        As in `Weather`; absent = never reported.
    """

    time: Sequence[int] | npt.NDArray[np.int64]
    wind_speed: Sequence[float] | Floats
    wind_direction: Sequence[float] | Floats
    temperature: Sequence[float] | Floats | None = None
    cloud_cover: Sequence[float] | Floats | None = None
    solar_radiation: Sequence[float] | Floats | None = None
    precipitation: Sequence[float] | Floats | None = None
    boundary_layer_height: Sequence[float] | Floats | None = None
    pressure: Sequence[float] | Floats | None = None
    cloud_base: Sequence[float] | Floats | None = None
    friction_velocity: Sequence[float] | Floats | None = None
    sensible_heat_flux: Sequence[float] | Floats | None = None
    notes: dict[str, Any] = field(default_factory=dict)


def weather_from_columns(
    columns: Columns,
    document: Document,
    *,
    latitude: float | None,
    longitude: float | None,
    asked: tuple[float | None, float | None] = (None, None),
    label: str,
    source: str,
    wind_height: float = 10.0,
    attrs: Mapping[str, Any] | None = None,
) -> Weather:
    """Make the noun, in the order of the file.

    Parameters
    ----------
    columns : Columns
    document : Document
        Where they were read.
    latitude, longitude : float or None
        Where the values hold [degrees]; None: the file does not say, ``asked`` is taken.
    asked : tuple of float or None
        Where the caller wanted them; the distance is recorded in ``attrs["distance"]`` [m].
    label, source, wind_height, attrs
        As in `Weather`.

    Raises
    ------
    InputError
        If the position is unknown or impossible.
    WeatherRefused
        If no row tells the wind.
    """
    here = _position(latitude, longitude, asked, file=document.name)
    facts: dict[str, Any] = {"inputs": [document.reference], **columns.notes, **(attrs or {})}
    if latitude is None:
        facts["position"] = "as asked: the file holds none"
    elif asked[0] is not None and asked[1] is not None:
        facts["distance"] = round(float(distance(asked[0], asked[1], *here)), 1)
    if label not in LABELS:
        raise InputError(
            "is not a kind of weather",
            file=document.name,
            field="label",
            value=label,
            cure=f"use one of {', '.join(LABELS)}",
        )
    time, values, left_out = _rows_with_wind(columns, document)
    if left_out:
        facts["rows_without_wind_left_out"] = left_out
    return Weather(
        time,
        **values,
        latitude=here[0],
        longitude=here[1],
        wind_height=float(wind_height),
        label=label,
        source=source,
        attrs=facts,
    )


def _position(
    latitude: float | None, longitude: float | None, asked: tuple[float | None, float | None], *, file: str
) -> tuple[float, float]:
    lat, lon = (latitude, longitude) if latitude is not None and longitude is not None else asked
    if lat is None or lon is None:
        raise InputError("does not say where it was taken", file=file, cure="give latitude and longitude")
    for name, value, limit in (("latitude", lat, 90.0), ("longitude", lon, 360.0)):
        if not math.isfinite(value) or abs(value) > limit:
            raise InputError("is not on the Earth", file=file, field=name, value=value, cure="give degrees north, east")
    return float(lat), float((lon + 180.0) % 360.0 - 180.0) if abs(lon) > 180.0 else float(lon)


def _rows_with_wind(columns: Columns, document: Document) -> tuple[npt.NDArray[np.int64], dict[str, Floats], int]:
    time = np.asarray(columns.time, dtype=np.int64)
    known = {f.name for f in fields(columns)}
    values = {
        name: _filled(getattr(columns, name) if name in known else None, len(time), name, document)
        for name in SERIES_FIELDS
    }
    speed, direction = values["wind_speed"], values["wind_direction"]
    keep = np.isfinite(speed)
    if not keep.any():
        raise WeatherRefused(
            "no row tells the wind",
            file=document.name,
            field="wind_speed",
            cure="give a file with wind speed and direction",
        )
    if not (np.isfinite(direction) | (speed == 0.0))[keep].any():
        raise WeatherRefused(
            "no row tells where the wind blows from", file=document.name, field="wind_direction",
            cure="give a file with wind speed and direction",
        )  # fmt: skip
    values["wind_direction"] = np.where(speed == 0.0, np.nan, direction)
    return time[keep], {name: array[keep] for name, array in values.items()}, int((~keep).sum())


def _filled(values: Sequence[float] | Floats | None, length: int, name: str, document: Document) -> Floats:
    if values is None:
        return np.full(length, np.nan)
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (length,):
        raise InputError(
            f"has {array.size} values for {length} times", file=document.name, field=name, cure="download it again"
        )
    if np.isinf(array).any():
        raise InputError("is not finite", file=document.name, field=name, value="inf")
    return array


def crop(weather: Weather, *, start: int | None, end: int | None) -> Weather:
    """Keep the rows from ``start`` to ``end`` [s since 1970 UTC], both included.

    Raises
    ------
    WeatherRefused
        If nothing is left.
    """
    if start is None and end is None:
        return weather
    keep = np.ones(len(weather), dtype=bool)
    if start is not None:
        keep &= weather.time >= start
    if end is not None:
        keep &= weather.time <= end
    if not keep.any():
        name = weather.attrs.get("inputs", [{}])[0].get("name")
        held = f"{np.datetime64(int(weather.time.min()), 's')}Z to {np.datetime64(int(weather.time.max()), 's')}Z"
        raise WeatherRefused(
            f"holds {held}, nothing of what was asked",
            file=name,
            field="time",
            cure="ask for another period or give another file",
        )
    return Weather(
        weather.time[keep],
        **{name: getattr(weather, name)[keep] for name in SERIES_FIELDS},
        latitude=weather.latitude,
        longitude=weather.longitude,
        wind_height=weather.wind_height,
        label=weather.label,
        source=weather.source,
        attrs=dict(weather.attrs),
    )
