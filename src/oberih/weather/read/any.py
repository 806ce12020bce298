"""Which format is it, and what does it say?

Recognises a weather file by its content, never by its name, and hands it to the one reader
of that format.  A file that fits none is refused with the list of what can be read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oberih.errors import InputError
from oberih.weather.read.assembly import crop
from oberih.weather.read.csv_mapped import load_mapping, read_csv_mapped
from oberih.weather.read.document import Document, read_document
from oberih.weather.read.epw import is_epw, read_epw
from oberih.weather.read.gridded_point import is_grib, is_netcdf, read_gridded_point
from oberih.weather.read.metar import is_metar, read_metar
from oberih.weather.read.open_meteo import is_open_meteo, read_open_meteo
from oberih.weather.read.synop_hour import is_synop_hour, read_synop_hour
from oberih.weather.read.synop_table import is_synop_table, read_synop_table
from oberih.weather.series import Weather

__all__ = ["read_weather"]


def read_weather(
    path: Path | str,
    *,
    latitude: float | None = None,
    longitude: float | None = None,
    start: int | None = None,
    end: int | None = None,
    mapping: Mapping[str, Any] | Path | str | None = None,
) -> Weather:
    """Read a weather file of any known format.

    Parameters
    ----------
    path : path
        Open-Meteo JSON, netCDF or GRIB (ERA5, ECMWF, GFS), SYNOP table, METAR lines, EPW, or
        a plain CSV with ``mapping``; text may be gzipped.
    latitude, longitude : float, optional
        Where the weather is wanted [degrees]; needed where a file holds many places or none.
    start, end : int, optional
        Keep only this period [seconds since 1970 UTC, both included]; METAR lines take the
        year and month from ``start``.
    mapping : mapping or path of a TOML file, optional
        How to read a plain CSV (see `oberih.weather.read.csv_mapped`).  For METAR lines,
        ``{"month": "2018-11"}``.

    Returns
    -------
    Weather
        As the file has it; `oberih.weather.quality` judges it.

    Raises
    ------
    InputError
        One line naming file, field and value.

    Examples
    --------
    >>> read_weather("no/such/file.nc")
    Traceback (most recent call last):
    oberih.errors.InputError: no/such/file.nc: no such file or directory; give the path of a readable weather file
    """
    document = read_document(path)
    rules = load_mapping(mapping)
    weather = _read(document, Path(path), rules, latitude=latitude, longitude=longitude, start=start)
    return crop(weather, start=start, end=end)


def _read(
    document: Document,
    path: Path,
    rules: Mapping[str, Any] | None,
    *,
    latitude: float | None,
    longitude: float | None,
    start: int | None,
) -> Weather:
    where: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
    if is_netcdf(document) or is_grib(document):
        return read_gridded_point(document, path, **where)
    if is_open_meteo(document):
        return read_open_meteo(document, **where)
    if is_epw(document):
        return read_epw(document, **where)
    if rules is not None and "columns" in rules:
        return read_csv_mapped(document, rules, **where)
    if is_synop_table(document):
        return read_synop_table(document, **where)
    if is_synop_hour(document):
        return read_synop_hour(document, **where)
    if is_metar(document):
        return read_metar(document, **where, month=(rules or {}).get("month"), start=start)
    raise InputError(
        "is in no format that can be recognised",
        file=document.name,
        cure="give Open-Meteo JSON, netCDF, GRIB, EPW, a SYNOP table, METAR lines, or a CSV with a mapping",
    )
