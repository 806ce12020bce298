"""What does a gridded file say at one place?  ERA5, ECMWF and GFS surface fields, netCDF or GRIB.

Takes the nearest grid point (or, if asked, weights the four around) and gives its time
series.  Sums of radiation and rain become means over the step that ends.  A file without
wind at 10 m is refused with what it holds instead: winds on pressure or model levels are for
the gridded engine, not for a point series.

The optional extras ``fields`` (netCDF) and ``grib`` bring the libraries; they are imported
when such a file is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, NoReturn

import numpy as np
import numpy.typing as npt

from oberih.errors import InputError, WeatherRefused
from oberih.weather.read.assembly import SERIES_FIELDS, Columns, weather_from_columns
from oberih.weather.read.document import Document
from oberih.weather.read.gridded_apart import point_values_apart
from oberih.weather.read.gridded_names import EAST, NORTH
from oberih.weather.read.point_values import PointValues
from oberih.weather.read.wind_vector import speed_and_direction
from oberih.weather.series import Weather

__all__ = ["is_grib", "is_netcdf", "read_gridded_point"]

Floats = npt.NDArray[np.float64]
Method = Literal["nearest", "bilinear"]


def is_netcdf(document: Document) -> bool:
    """Whether it begins as netCDF 3 or HDF5 do."""
    return document.data[:3] == b"CDF" or document.data[:8] == b"\x89HDF\r\n\x1a\n"


def is_grib(document: Document) -> bool:
    """Whether it begins as GRIB does, a bulletin header allowed."""
    return b"GRIB" in document.data[:64]


def read_gridded_point(
    document: Document,
    path: Path,
    *,
    latitude: float | None = None,
    longitude: float | None = None,
    method: Method = "nearest",
) -> Weather:
    """Read the series of one place.

    Parameters
    ----------
    document : Document
        What was hashed.
    path : Path
        The same file, for the libraries that want a path.
    latitude, longitude : float, optional
        The place [degrees]; may be left out if the file holds one point.
    method : {"nearest", "bilinear"}
        One grid point, or the four around weighted (regular grids only).

    Returns
    -------
    Weather
        Label ``reanalysis`` or ``forecast``; ``attrs`` has ``distance`` [m], ``accumulation``
        (how sums were understood) and ``fields`` (the names read).

    Raises
    ------
    InputError
        If the file is damaged, the place is outside it, or an extra is not installed.
    WeatherRefused
        If it holds no 10 m wind, or holds NaN there.
    """
    if method not in ("nearest", "bilinear"):
        raise InputError("is not a method", field="method", value=method, cure="use nearest or bilinear")
    values = _open(document, path, latitude=latitude, longitude=longitude, method=method)
    if EAST not in values.fields or NORTH not in values.fields:
        _refuse_windless(values, document)
    east, north = values.fields[EAST], values.fields[NORTH]
    if np.isnan(east + north).any():
        count = int(np.isnan(east + north).sum())
        raise WeatherRefused(
            f"wind is NaN at {count} of {len(values.time)} times",
            file=document.name,
            field="10 m wind",
            cure="choose a place that the model covers, or a complete file",
        )
    speed, direction = speed_and_direction(east, north)
    known: dict[str, Any] = {name: array for name, array in values.fields.items() if name in SERIES_FIELDS}
    if "cloud_cover" in known:
        known["cloud_cover"] = _rounding_removed(known["cloud_cover"], 1.0)
    for name in ("precipitation", "solar_radiation"):
        if name in known:
            known[name] = _rounding_removed(known[name], np.inf)
    columns = Columns(values.time, speed, direction, **known)
    columns.notes.update(values.notes, method=method)
    return weather_from_columns(
        columns,
        document,
        latitude=values.latitude,
        longitude=values.longitude,
        asked=(latitude, longitude),
        label=values.label,
        source=values.source,
    )


def _open(
    document: Document, path: Path, *, latitude: float | None, longitude: float | None, method: Method
) -> PointValues:
    """Import xarray only here: it takes a second to load, and is an optional extra."""
    where: dict[str, Any] = {"latitude": latitude, "longitude": longitude, "method": method}
    try:
        if is_grib(document):
            return point_values_apart(document, **where)
        from oberih.weather.read.gridded_netcdf import point_values_of_netcdf

        return point_values_of_netcdf(document, path, **where)
    except ImportError as error:
        extra = "grib" if is_grib(document) else "fields"
        raise InputError(
            f"needs the extra '{extra}'", file=document.name, cure=f"pip install 'oberih[{extra}]'"
        ) from error


def _refuse_windless(values: PointValues, document: Document) -> NoReturn:
    missing = [spelling for spelling, name in (("u10", EAST), ("v10", NORTH)) if name not in values.fields]
    raise WeatherRefused(
        f"wind at 10 m is missing ({', '.join(missing)}); the file holds {_listed(values.held)}",
        file=document.name,
        field="10 m wind",
        cure="give a surface file with u10 and v10",
    )


def _listed(names: Sequence[str]) -> str:
    return " ".join(sorted(names)[:20]) or "nothing at one level"


def _rounding_removed(values: Floats, upper: float) -> Floats:
    """Packing leaves -1e-9 where 0 is meant: a thousandth of the range is brought back to the bound."""
    largest = float(np.nanmax(np.abs(values), initial=0.0))
    slack = 1e-3 * (largest if np.isinf(upper) else upper)
    low = np.where((values < 0.0) & (values >= -slack), 0.0, values)
    return np.asarray(np.where((low > upper) & (low <= upper + slack), upper, low))
