"""What does a plain table say, once its owner has told what its columns mean?

The mapping is a dict, or a TOML file::

    label = "observed"            # or reanalysis, forecast, typical year
    source = "mast at the gate"
    latitude = 47.51
    longitude = 34.59
    wind_height = 10.0            # [m]; 10 if left out
    delimiter = ";"               # "," if left out
    missing = ["-999"]            # cells that say "not reported", beside a blank

    [time]
    column = "date"               # or columns = ["date", "hour"], joined by a blank
    format = "iso"                # or "unix", or a strptime pattern such as "%d.%m.%Y %H:%M"
    zone = "Europe/Kyiv"          # or "UTC", "+02:00"; no zone, no reading

    [columns.wind_speed]          # and wind_direction; or wind_east and wind_north
    column = "ff"
    unit = "m/s"

    [columns.precipitation]
    column = "rr"
    unit = "mm"                   # an amount needs the period it fell in [s]
    period = 3600

Every column needs its unit.  Nothing is guessed: a missing time zone is refused.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from oberih.errors import InputError, UnknownName, WeatherRefused
from oberih.weather.read.assembly import SERIES_FIELDS, Columns, weather_from_columns
from oberih.weather.read.document import Document, cut_table, epoch_seconds, number
from oberih.weather.read.unit_words import amount_to_si, is_amount, to_si_linear
from oberih.weather.read.wind_vector import speed_and_direction
from oberih.weather.series import Weather

__all__ = ["load_mapping", "read_csv_mapped"]

Floats = npt.NDArray[np.float64]

DIMENSION = {
    "wind_speed": "wind_speed", "wind_direction": "angle", "wind_east": "wind_speed", "wind_north": "wind_speed",
    "temperature": "temperature", "cloud_cover": "fraction", "solar_radiation": "flux", "precipitation": "rain_rate",
    "boundary_layer_height": "length", "pressure": "pressure", "cloud_base": "length", "friction_velocity": "speed",
    "sensible_heat_flux": "flux",
}  # fmt: skip
"""Field that a mapping may name → dimension of its unit."""


def load_mapping(mapping: Mapping[str, Any] | Path | str | None) -> Mapping[str, Any] | None:
    """The mapping itself, read from TOML if a path was given.

    Raises
    ------
    InputError
        If the file cannot be read or is not TOML.
    """
    if mapping is None or isinstance(mapping, Mapping):
        return mapping
    path = Path(mapping)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            (error.strerror or "cannot be read").lower(), file=path, cure="give the path of the mapping"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not TOML ({error})", file=path.name) from error


def read_csv_mapped(
    document: Document,
    mapping: Mapping[str, Any],
    *,
    latitude: float | None = None,
    longitude: float | None = None,
) -> Weather:
    """Read a table by its mapping.

    Parameters
    ----------
    document : Document
    mapping : mapping
        As in the module's first lines.
    latitude, longitude : float, optional
        Used if the mapping tells none [degrees].

    Raises
    ------
    InputError
        If the mapping lacks time zone, unit or period, or a cell is not what it says.
    WeatherRefused
        If wind is not mapped, or no row tells it.
    """
    columns = _table(mapping, "columns", document)
    for name in columns:
        if name not in DIMENSION:
            raise UnknownName("weather field", str(name), known=DIMENSION, file=document.name, where="mapping.columns")
    _has_wind(columns, document)
    blank = frozenset(str(word) for word in _list(mapping.get("missing", []), document))
    delimiter = mapping.get("delimiter", ",")
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '\r\n"':
        raise InputError("must be one character", file=document.name, field="mapping.delimiter", value=delimiter)
    rows = list(cut_table(document, delimiter=delimiter))
    if not rows:
        raise InputError("has no rows", file=document.name)
    time = _times(rows, _table(mapping, "time", document), document)
    values = {str(name): _values(rows, str(name), rule, blank, document) for name, rule in columns.items()}
    if "wind_east" in values:
        values["wind_speed"], values["wind_direction"] = speed_and_direction(
            values.pop("wind_east"), values.pop("wind_north")
        )
    known: dict[str, Any] = {name: values[name] for name in SERIES_FIELDS if name in values}
    lat, lon, height = (_figure(mapping, name, document) for name in ("latitude", "longitude", "wind_height"))
    return weather_from_columns(
        Columns(time, **known),
        document,
        latitude=lat,
        longitude=lon,
        asked=(latitude, longitude),
        label=str(mapping.get("label", "observed")),
        source=str(mapping.get("source", document.name)),
        wind_height=10.0 if height is None else height,
    )


Rows = list[tuple[int, dict[str, str]]]


def _table(mapping: Mapping[str, Any], name: str, document: Document) -> Mapping[str, Any]:
    value = mapping.get(name)
    if not isinstance(value, Mapping):
        raise InputError("the mapping needs this table", file=document.name, field=f"mapping.{name}", value=value)
    return value


def _list(value: Any, document: Document) -> Iterable[Any]:
    if not isinstance(value, list | tuple):
        raise InputError("must be a list", file=document.name, field="mapping.missing", value=value)
    return value


def _figure(mapping: Mapping[str, Any], name: str, document: Document) -> float | None:
    value = mapping.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or (
        name == "wind_height" and not 0.5 <= value <= 500.0
    ):  # fmt: skip
        raise InputError("is not a plausible number", file=document.name, field=f"mapping.{name}", value=value)
    return float(value)


def _has_wind(columns: Mapping[str, Any], document: Document) -> None:
    if {"wind_speed", "wind_direction"} <= set(columns) or {"wind_east", "wind_north"} <= set(columns):
        return
    raise WeatherRefused(
        "wind is missing",
        file=document.name,
        field="mapping.columns",
        value=", ".join(map(str, columns)),
        cure="map wind_speed and wind_direction, or wind_east and wind_north",
    )


def _times(rows: Rows, rule: Mapping[str, Any], document: Document) -> list[int]:
    names = rule.get("columns", [rule.get("column")])
    if not isinstance(names, list | tuple) or not names or not all(isinstance(name, str) for name in names):
        raise InputError("names no column", file=document.name, field="mapping.time.column", value=names)
    pattern = rule.get("format", "iso")
    if not isinstance(pattern, str):
        raise InputError(
            "must be iso, unix or a pattern", file=document.name, field="mapping.time.format", value=pattern
        )
    zone = _zone(rule.get("zone"), document) if pattern != "unix" else UTC
    seconds: list[int] = []
    for line, row in rows:
        cell = " ".join(_cell(row, name, document) for name in names)
        seconds.append(_moment(cell, pattern, zone, seconds[-1] if seconds else None, line, document))
    return seconds


def _zone(word: object, document: Document) -> tzinfo | None:
    field = "mapping.time.zone"
    if word is None:
        return None
    if not isinstance(word, str):
        raise InputError("is not a time zone", file=document.name, field=field, value=word)
    offset = re.fullmatch(r"(?:UTC)?([+-])(\d{1,2}):?(\d{2})?", word, re.ASCII)
    if offset and int(offset[2]) <= 14 and int(offset[3] or 0) < 60:
        sign = -1 if offset[1] == "-" else 1
        return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0)))
    try:
        return UTC if word in ("UTC", "GMT", "Z") else ZoneInfo(word)
    except (KeyError, ValueError, OSError) as error:  # ZoneInfoNotFoundError is a KeyError
        raise InputError("is not a time zone", file=document.name, field=field, value=word,
                         cure="write UTC, +02:00 or a name such as Europe/Kyiv") from error  # fmt: skip


def _moment(cell: str, pattern: str, zone: tzinfo | None, before: int | None, line: int, document: Document) -> int:
    field = f"time, line {line}"
    try:
        if pattern == "unix":
            return epoch_seconds(datetime.fromtimestamp(float(cell), tz=UTC), UTC, file=document.name, field=field)
        moment = datetime.fromisoformat(cell) if pattern == "iso" else datetime.strptime(cell, pattern)
    except (ValueError, OverflowError, OSError, re.error) as error:
        raise InputError(f"does not fit the format {pattern}", file=document.name, field=field, value=cell) from error
    seconds = epoch_seconds(moment, zone, file=document.name, field=field)
    if before is not None and seconds <= before:  # the hour that summer time repeats
        later = epoch_seconds(moment.replace(fold=1), zone, file=document.name, field=field)
        return later if later > before else seconds
    return seconds


def _cell(row: Mapping[str, str], name: object, document: Document) -> str:
    if not isinstance(name, str) or name not in row:
        raise UnknownName("column", str(name), known=row, file=document.name, where="mapping")
    return row[name]


def _values(rows: Rows, name: str, rule: Any, blank: frozenset[str], document: Document) -> Floats:
    field = f"mapping.columns.{name}"
    if not isinstance(rule, Mapping) or not isinstance(rule.get("unit"), str):
        raise InputError(
            "needs column and unit",
            file=document.name,
            field=field,
            value=rule,
            cure='write column = "...", unit = "..."',
        )
    cells = []
    for line, row in rows:
        cell = _cell(row, rule.get("column"), document)
        cells.append(math.nan if cell in blank else number(cell, file=document.name, field=f"{name}, line {line}"))
    values = np.array(cells, dtype=np.float64)
    unit, dimension = rule["unit"], DIMENSION[name]
    if is_amount(unit, dimension=dimension):
        period = rule.get("period")
        if isinstance(period, bool) or not isinstance(period, int | float) or not 0.0 < period <= 86400.0:
            raise InputError(
                "an amount needs its period [s]", file=document.name, field=f"{field}.period", value=period
            )
        return np.asarray(values * (amount_to_si(unit, dimension=dimension) / period))
    scale, offset = to_si_linear(unit, dimension=dimension, file=document.name, field=field)
    return np.asarray(values * scale + offset)
