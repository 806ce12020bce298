"""What does an Open-Meteo answer say?  Archive and forecast, one place, hour by hour.

Reads the documented JSON: ``hourly.time`` in ISO 8601 local time with
``utc_offset_seconds``, or unix time (always UTC); units from ``hourly_units``, else the
documented defaults (km/h, °C, mm, %, W/m2, hPa, m), which is noted.  Precipitation and
short-wave radiation belong to the preceding hour.  A list of answers (several places) needs a
position, and the nearest is taken.  The file that `oberih.weather.fetch` keeps is the same
answer in an envelope with its query, and is read too.

Source: https://open-meteo.com/en/docs and .../historical-weather-api (the public API description).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError, WeatherRefused
from oberih.weather.read.assembly import Columns, weather_from_columns
from oberih.weather.read.document import Document, epoch_seconds
from oberih.weather.read.nearest import nearest
from oberih.weather.read.unit_words import amount_to_si, is_amount, to_si_linear
from oberih.weather.series import Weather

__all__ = ["HOURLY", "is_open_meteo", "read_open_meteo"]

Floats = npt.NDArray[np.float64]

HOURLY: dict[str, tuple[tuple[str, ...], str, str]] = {
    "wind_speed": (("wind_speed_10m", "windspeed_10m"), "wind_speed", "km/h"),
    "wind_direction": (("wind_direction_10m", "winddirection_10m"), "angle", "°"),
    "temperature": (("temperature_2m",), "temperature", "°C"),
    "cloud_cover": (("cloud_cover", "cloudcover"), "fraction", "%"),
    "solar_radiation": (("shortwave_radiation",), "flux", "W/m²"),
    "precipitation": (("precipitation",), "rain_rate", "mm"),
    "boundary_layer_height": (("boundary_layer_height",), "length", "m"),
    "pressure": (("surface_pressure",), "pressure", "hPa"),
}
"""Field of `Weather` → names in the answer (new, old), dimension, documented default unit."""

PERIOD = float(SECONDS_PER_HOUR)
"""Precipitation is the sum of the preceding hour [s]."""

LONGEST_FORECAST_DAYS = 110.0
"""A forecast answer holds at most 92 past and 16 coming days; a longer one is the archive's."""


def is_open_meteo(document: Document) -> bool:
    """Whether the content looks like JSON at all (the reader tells what is wrong with it)."""
    return document.data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def read_open_meteo(
    document: Document,
    *,
    latitude: float | None = None,
    longitude: float | None = None,
    label: str | None = None,
) -> Weather:
    """Read one answer.

    Parameters
    ----------
    document : Document
    latitude, longitude : float, optional
        Where the weather is wanted; needed if the answer holds several places, or none.
    label : str, optional
        ``reanalysis`` or ``forecast``; by default told by the envelope, else by the length.

    Returns
    -------
    Weather
        Label ``reanalysis`` or ``forecast``.

    Raises
    ------
    InputError
        If it is not such an answer, is cut off, or lacks the time zone.
    WeatherRefused
        If there is no wind.
    """
    answer = _parsed(document)
    facts: dict[str, Any] = {}
    if isinstance(answer, dict) and "oberih_cache" in answer:
        facts["query"] = answer.get("query")
        label = label or answer.get("label")
        answer = answer.get("answer")
    answer = _one_place(answer, document, latitude=latitude, longitude=longitude)
    hourly = answer.get("hourly")
    if not isinstance(hourly, dict) or "time" not in hourly:
        raise InputError(
            "has no hourly series",
            file=document.name,
            field="hourly",
            cure="ask Open-Meteo with hourly=wind_speed_10m,wind_direction_10m,...",
        )
    time = _times(hourly["time"], answer, document)
    columns = Columns(time, **_fields(hourly, answer.get("hourly_units"), facts, len(time), document))
    if label is None:
        label = "reanalysis" if np.ptp(time) > LONGEST_FORECAST_DAYS * 86400 else "forecast"
        facts["label_assumed_from_length"] = True
    facts["radiation_and_rain_belong_to"] = "the preceding hour"
    facts["licence"] = "CC BY 4.0, weather data by Open-Meteo.com"
    return weather_from_columns(
        columns,
        document,
        latitude=_degrees(answer, "latitude", document),
        longitude=_degrees(answer, "longitude", document),
        asked=(latitude, longitude),
        label=str(label),
        source="Open-Meteo",
        attrs=facts,
    )


def _parsed(document: Document) -> Any:
    def refuse(word: str) -> float:
        raise InputError(
            "is not a finite number", file=document.name, field="JSON", value=word, cure="use null if unknown"
        )

    try:
        return json.loads(document.text(), parse_constant=refuse)
    except (json.JSONDecodeError, RecursionError) as error:
        where = f"line {error.lineno} column {error.colno}" if isinstance(error, json.JSONDecodeError) else "nesting"
        raise InputError("is not whole JSON", file=document.name, field=where, cure="download it again") from error
    except ValueError as error:  # an integer of thousands of digits
        raise InputError("holds a number that cannot be read", file=document.name) from error


def _one_place(answer: Any, document: Document, *, latitude: float | None, longitude: float | None) -> dict[str, Any]:
    if isinstance(answer, dict):
        if answer.get("error"):
            raise InputError(
                "is an error answer, not weather",
                file=document.name,
                field="reason",
                value=str(answer.get("reason")),
                cure="ask again",
            )
        return answer
    if not isinstance(answer, list) or not answer or not all(isinstance(place, dict) for place in answer):
        raise InputError("is not an Open-Meteo answer", file=document.name)
    if len(answer) == 1:
        return _one_place(answer[0], document, latitude=latitude, longitude=longitude)
    if latitude is None or longitude is None:
        raise InputError(
            "holds several places", file=document.name, value=len(answer), cure="give latitude and longitude"
        )
    where = [[_degrees(place, name, document) for place in answer] for name in ("latitude", "longitude")]
    if any(value is None for row in where for value in row):
        raise InputError("holds a place without position", file=document.name, field="latitude")
    index, _ = nearest(latitude, longitude, np.array(where[0], dtype=float), np.array(where[1], dtype=float))
    return _one_place(answer[index], document, latitude=latitude, longitude=longitude)


def _degrees(answer: Mapping[str, Any], name: str, document: Document) -> float | None:
    value = answer.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= 360:
        raise InputError("is not degrees", file=document.name, field=name, value=value)
    return float(value)


def _times(raw: Any, answer: Mapping[str, Any], document: Document) -> npt.NDArray[np.int64]:
    if not isinstance(raw, list) or not raw:
        raise InputError("holds no times", file=document.name, field="hourly.time")
    if all(isinstance(value, int) and not isinstance(value, bool) for value in raw):
        if not all(-4_000_000_000 < value < 8_000_000_000 for value in raw):
            raise InputError("is not unix time in seconds", file=document.name, field="hourly.time", value=raw[0])
        return np.array(raw, dtype=np.int64)
    zone = _zone(answer, document)
    seconds = []
    for value in raw:
        try:
            moment = datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise InputError("is not an ISO 8601 time", file=document.name, field="hourly.time", value=value) from error
        seconds.append(epoch_seconds(moment, zone, file=document.name, field="hourly.time"))
    return np.array(seconds, dtype=np.int64)


def _zone(answer: Mapping[str, Any], document: Document) -> tzinfo | None:
    offset = answer.get("utc_offset_seconds")
    if isinstance(offset, int | float) and abs(offset) <= 64800:
        return timezone(timedelta(seconds=float(offset)))
    if offset is not None:
        raise InputError("is not an offset in seconds", file=document.name, field="utc_offset_seconds", value=offset)
    if answer.get("timezone") in ("GMT", "UTC"):
        return timezone.utc  # noqa: UP017 (the same object as datetime.UTC, next to its class)
    raise InputError(
        "time zone is missing",
        file=document.name,
        field="utc_offset_seconds",
        cure="keep utc_offset_seconds of the answer, or ask with timezone=GMT",
    )


def _fields(
    hourly: Mapping[str, Any], units: Any, facts: dict[str, Any], length: int, document: Document
) -> dict[str, Any]:
    if units is not None and not isinstance(units, dict):
        raise InputError("is not a table of units", file=document.name, field="hourly_units", value=units)
    assumed = []
    found: dict[str, Any] = {}
    for name, (spellings, dimension, default) in HOURLY.items():
        key = next((k for k in spellings if k in hourly), None)
        if key is None:
            continue
        unit = (units or {}).get(key)
        if unit is None:
            unit = default
            assumed.append(f"{key} {default}")
        found[name] = _in_si(hourly[key], str(unit), dimension, key, length, document)
    missing = [HOURLY[name][0][0] for name in ("wind_speed", "wind_direction") if name not in found]
    if missing:
        raise WeatherRefused(
            "wind is missing",
            file=document.name,
            field="hourly",
            value=", ".join(missing),
            cure="ask Open-Meteo for it too",
        )
    if assumed:
        facts["units_assumed"] = assumed
    return found


def _in_si(raw: Any, unit: str, dimension: str, key: str, length: int, document: Document) -> Floats:
    if not isinstance(raw, list) or len(raw) != length:
        count = len(raw) if isinstance(raw, list) else 0
        raise InputError(
            f"has {count} values for {length} times",
            file=document.name,
            field=f"hourly.{key}",
            cure="download it again",
        )
    for value in raw:
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e12):
            raise InputError("is not a number", file=document.name, field=f"hourly.{key}", value=value)
    values = np.array([math.nan if value is None else value for value in raw], dtype=np.float64)
    if is_amount(unit, dimension=dimension):
        return values * (amount_to_si(unit, dimension=dimension) / PERIOD)
    scale, offset = to_si_linear(unit, dimension=dimension, file=document.name, field=key)
    return values * scale + offset
