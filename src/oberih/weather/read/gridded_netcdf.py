"""What does a netCDF file say at one place?  Needs the extra ``fields``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import numpy.typing as npt
import xarray as xr

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError
from oberih.weather.read.accumulation import piles_up, rate_from_sum
from oberih.weather.read.document import Document
from oberih.weather.read.gridded_names import NAMES
from oberih.weather.read.point_values import PointValues, corners
from oberih.weather.read.unit_words import amount_to_si, is_amount, to_si_linear

__all__ = ["point_values_of_netcdf"]

Floats = npt.NDArray[np.float64]

TIMES = ("valid_time", "time", "step")
LATITUDES = ("latitude", "lat")
LONGITUDES = ("longitude", "lon")

DAMAGE = (OSError, ValueError, RuntimeError, KeyError, IndexError, TypeError, AttributeError, OverflowError)
"""What the libraries raise on a damaged file."""


def point_values_of_netcdf(
    document: Document, path: Path, *, latitude: float | None, longitude: float | None, method: str
) -> PointValues:
    """Read every known surface field at one place.

    Raises
    ------
    InputError
        If the file is damaged, has no time, or its grid has no latitude and longitude.
    """
    try:
        _refuse_absurd_size(document, path)
        dataset = xr.open_dataset(path, engine="netcdf4", decode_timedelta=False)
    except DAMAGE as error:
        raise InputError("is damaged netCDF", file=document.name, cure="download it again") from error
    with dataset:
        return _read(dataset, document, latitude=latitude, longitude=longitude, method=method)


def _refuse_absurd_size(document: Document, path: Path) -> None:
    """A damaged length can claim billions of values, which would be read for hours."""
    with netCDF4.Dataset(path) as raw:
        for name, dimension in raw.dimensions.items():
            if dimension.size > max(len(document.data), 1_000_000):
                raise InputError(
                    "is damaged netCDF", file=document.name, field=f"dimension {name}", value=dimension.size
                )


def _read(
    dataset: Any, document: Document, *, latitude: float | None, longitude: float | None, method: str
) -> PointValues:
    name, time = _time(dataset, document)
    lats, lons = (_axis(dataset, names, document) for names in (LATITUDES, LONGITUDES))
    points = corners(lats, lons, latitude, longitude, method=method, file=document.name)
    order = np.argsort(time, kind="stable")
    time = time[order]
    fields: dict[str, Floats] = {}
    sums: dict[str, str] = {}
    used = []
    for spelling, meaning in NAMES.items():
        if spelling in dataset.data_vars and meaning.field not in fields:
            series = _series(dataset[spelling], name, points, document)
            if series is not None:
                unit = str(dataset[spelling].attrs.get("units", ""))
                rate = _in_si(series[order], unit, meaning.dimension, time, spelling, sums, document)
                fields[meaning.field] = meaning.sign * rate
                used.append(spelling)
    lat = sum(float(lats[i]) * w for i, _, w in points)
    lon = float(lons[points[0][1]]) if len(points) == 1 or longitude is None else longitude
    forecast = any(word in dataset.variables for word in ("forecast_time", "forecast_reference_time", "step"))
    notes: dict[str, Any] = {"fields": used, "accumulation": sums}
    if not forecast:
        notes["label_assumed"] = "no forecast time in the file"
    title = dataset.attrs.get("title") or dataset.attrs.get("institution") or "gridded fields"
    return PointValues(
        time,
        fields,
        lat,
        lon,
        "forecast" if forecast else "reanalysis",
        f"{title} ({document.name})",
        [str(v) for v in dataset.data_vars],
        notes,
    )


def _time(dataset: Any, document: Document) -> tuple[str, npt.NDArray[np.int64]]:
    found = [name for name in TIMES if name in dataset.dims]
    long = [name for name in found if dataset.sizes[name] > 1]
    if not found or len(long) > 1:
        raise InputError(
            "needs exactly one time axis",
            file=document.name,
            field="dimensions",
            value=", ".join(map(str, dataset.dims)),
            cure="give a file with time or valid_time",
        )
    name = (long or found)[0]
    label = (
        "valid_time"
        if "valid_time" in dataset.variables and dataset["valid_time"].size == dataset.sizes[name]
        else name
    )
    try:
        raw = np.asarray(dataset[label].values).ravel()
        stamps = raw.astype("datetime64[ns]") if np.issubdtype(raw.dtype, np.datetime64) else None
    except DAMAGE as error:
        raise InputError("is damaged netCDF", file=document.name, field=label) from error
    if stamps is None or np.isnat(stamps).any() or not len(stamps):
        raise InputError("is not a time in the standard calendar", file=document.name, field=label)
    return name, ((stamps.astype(np.int64) + 500_000_000) // 1_000_000_000).astype(np.int64)


def _axis(dataset: Any, names: tuple[str, ...], document: Document) -> Floats:
    for name in names:
        if name in dataset.variables and dataset[name].ndim <= 1:
            return np.atleast_1d(np.asarray(dataset[name].values, dtype=np.float64))
    raise InputError(
        f"the grid has no {names[0]}",
        file=document.name,
        field="dimensions",
        value=", ".join(map(str, dataset.dims)),
        cure="give fields on a latitude-longitude grid, not on a projected one",
    )


def _series(variable: Any, time: str, points: list[tuple[int, int, float]], document: Document) -> Floats | None:
    """The weighted series, or None if the variable is not a surface field of this grid."""
    try:
        if "expver" in variable.dims:  # final and preliminary ERA5 side by side: the first that is there
            variable = (
                variable.bfill("expver").isel(expver=0) if variable.sizes["expver"] > 1 else variable.isel(expver=0)
            )
        axes = {name: next((d for d in names if d in variable.dims), None)
                for name, names in (("lat", LATITUDES), ("lon", LONGITUDES))}  # fmt: skip
        spare = [d for d in variable.dims if d not in (time, *axes.values())]
        if time not in variable.dims or any(variable.sizes[d] != 1 for d in spare):
            return None
        variable = variable.isel(dict.fromkeys(spare, 0))
        total = np.zeros(variable.sizes[time])
        for row, column, weight in points:
            where = {axis: i for axis, i in ((axes["lat"], row), (axes["lon"], column)) if axis is not None}
            total = total + weight * np.asarray(variable.isel(where).values, dtype=np.float64)
        return total
    except DAMAGE as error:
        raise InputError(
            "is damaged netCDF", file=document.name, field=str(variable.name), cure="download it again"
        ) from error


def _in_si(
    series: Floats,
    unit: str,
    dimension: str,
    time: npt.NDArray[np.int64],
    name: str,
    sums: dict[str, str],
    document: Document,
) -> Floats:
    if not is_amount(unit, dimension=dimension):
        scale, offset = to_si_linear(unit, dimension=dimension, file=document.name, field=name)
        return np.asarray(series * scale + offset)
    gaps = np.diff(time).astype(np.float64)
    if (gaps <= 0.0).any():
        raise InputError("times must differ", file=document.name, field="time")
    usual = float(np.median(gaps)) if len(gaps) else float(SECONDS_PER_HOUR)
    since_start = piles_up(series)
    step = np.concatenate([[usual], gaps]) if since_start else np.full(len(time), float(SECONDS_PER_HOUR))
    sums[name] = "sum since a start, differenced" if since_start else "sum of the preceding hour"
    rate = rate_from_sum(series * amount_to_si(unit, dimension=dimension), step, since_start=since_start)
    if dimension == "flux" and np.nanmax(np.abs(rate), initial=0.0) > 2000.0:
        raise InputError(
            "is more than the sun gives: sums over another period?",
            file=document.name,
            field=name,
            value=round(float(np.nanmax(np.abs(rate)))),
            cure="give hourly sums, or sums since the start",
        )
    return rate
