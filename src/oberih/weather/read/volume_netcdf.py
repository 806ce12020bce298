"""What does a netCDF file say in a volume?  Needs the extra ``fields``.

Reads wind, temperature and heights on pressure or hybrid levels, and what there is of the ground, into SI units and one
order: time, level from below, y northward, x eastward.  Nothing is derived here (`oberih.weather.volume`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from oberih.errors import InputError
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.read.volume_names import LEVEL_FIELDS, SURFACE_FIELDS, VERTICAL

__all__ = ["RawVolume", "volume_of_netcdf"]

Array = npt.NDArray[np.float64]

TIMES, LATITUDES, LONGITUDES = ("valid_time", "time"), ("latitude", "lat", "y"), ("longitude", "lon", "x")
DAMAGE = (OSError, ValueError, RuntimeError, KeyError, IndexError, TypeError, AttributeError, OverflowError)
MOST_VALUES = 400_000_000
"""Values that are read at most: 3 GB in double precision."""


def volume_of_netcdf(paths: Sequence[Path]) -> RawVolume:
    """Read one file, or several that continue each other in time or hold the ground of the same grid.

    Raises
    ------
    InputError
        If a file is damaged, too large, or has no grid, level or time; if the files do not fit together.
    """
    parts = [_read(path) for path in paths]
    first, *others = sorted(parts, key=lambda p: (not p.levels, int(p.time[0]) if len(p.time) else 0))
    if not first.levels:
        raise InputError("no file has wind on levels", file=first.files[0], field="u, v",
                         cure="give a file of pressure or model levels")  # fmt: skip
    for other in others:
        first = _joined(first, other)
    return first


def _read(path: Path) -> RawVolume:
    try:
        dataset = xr.open_dataset(path, engine="netcdf4", decode_timedelta=False)
    except FileNotFoundError as error:
        raise InputError("no such file", file=path) from error
    except DAMAGE as error:
        raise InputError("is damaged, or not netCDF", file=path, cure="download it again") from error
    with dataset:
        try:
            return _raw(dataset, path)
        except InputError:
            raise
        except DAMAGE as error:
            raise InputError("is damaged netCDF", file=path, cure="download it again") from error


def _raw(dataset: Any, path: Path) -> RawVolume:
    if "expver" in dataset.dims:
        dataset = dataset.bfill("expver").isel(expver=0) if dataset.sizes["expver"] > 1 else dataset.isel(expver=0)
    time, x, y = (_axis(dataset, names, path) for names in (TIMES, LONGITUDES, LATITUDES))
    vertical = next((n for n in VERTICAL if n in dataset.dims), None)
    stamps = _stamps(dataset[time], path)
    pressure, hybrid, order = _levels(dataset, vertical, path)
    size = int(np.prod([dataset.sizes[d] for d in dataset.sizes]))
    if size > MOST_VALUES:
        raise InputError(
            "is too large to be read whole", file=path, value=size, cure="cut out the area and hours needed"
        )
    columns, west = _turned(np.asarray(dataset[x].values, dtype=float), plane=dataset[x].dims == ("x",))
    rows = np.argsort(np.asarray(dataset[y].values, dtype=float))

    def array(name: str, dims: tuple[str, ...]) -> Array:
        values = np.asarray(dataset[name].transpose(*dims).values, dtype=np.float64)
        values = values[..., rows, :][..., columns]
        return values[:, order] if len(dims) == 4 else values

    levels = {} if vertical is None else {
        meaning: array(name, (time, vertical, y, x))
        for meaning, names in LEVEL_FIELDS.items()
        if (name := _named(dataset, names, {time, vertical, y, x})) is not None
    }  # fmt: skip
    surface = {
        meaning: array(name, (time, y, x)) for meaning, names in SURFACE_FIELDS.items()
        if (name := _named(dataset, names, {time, y, x})) is not None
    }  # fmt: skip
    volume = RawVolume(
        stamps, west, np.sort(np.asarray(dataset[y].values, dtype=float)), _crs(dataset, x), pressure, hybrid, levels,
        surface, (path.name,),
    )  # fmt: skip
    _settle_rain(volume, dataset)
    return volume


def _axis(dataset: Any, names: tuple[str, ...], path: Path) -> str:
    for name in names:
        if name in dataset.dims:
            return name
    raise InputError(f"has no {names[0]}", file=path, field="dimensions", value=", ".join(map(str, dataset.dims)),
                     cure="give fields on a grid, with time")  # fmt: skip


def _stamps(axis: Any, path: Path) -> npt.NDArray[np.int64]:
    raw = np.asarray(axis.values).ravel()
    if not np.issubdtype(raw.dtype, np.datetime64) or np.isnat(raw).any():
        raise InputError("is not a time in the standard calendar", file=path, field=str(axis.name))
    stamps = ((raw.astype("datetime64[ns]").astype(np.int64) + 500_000_000) // 1_000_000_000).astype(np.int64)
    if (np.diff(stamps) <= 0).any():
        raise InputError("times must increase", file=path, field=str(axis.name))
    return stamps


def _levels(
    dataset: Any, vertical: str | None, path: Path
) -> tuple[Array | None, tuple[Array, Array] | None, npt.NDArray[np.intp] | slice]:
    """Pressures or hybrid coefficients from below, and the order that puts the file's levels so."""
    if vertical is None:
        return None, None, slice(None)
    if vertical not in dataset.variables:
        raise InputError("has levels without values", file=path, field=vertical)
    axis = dataset[vertical]
    values, unit = np.asarray(axis.values, dtype=float), str(axis.attrs.get("units", "")).lower()
    if "hyam" in dataset.variables and "hybm" in dataset.variables:
        a, b = (np.asarray(dataset[n].values, dtype=float) for n in ("hyam", "hybm"))
        order = np.argsort(-(a + b * 1e5))
        return None, (a[order], b[order]), order
    if unit in ("pa", "hpa", "millibars", "mbar", "mb"):
        pressure = values * (1.0 if unit == "pa" else 100.0)
        order = np.argsort(-pressure)
        return pressure[order], None, order
    if any(n in dataset.variables for n in LEVEL_FIELDS["height"] + LEVEL_FIELDS["pressure"]):
        return None, None, np.argsort(-values)
    raise InputError("are levels of which nothing says the pressure", file=path, field=vertical, value=unit,
                     cure="give pressure levels, or hybrid levels with hyam and hybm")  # fmt: skip


def _turned(longitudes: Array, *, plane: bool) -> tuple[npt.NDArray[np.intp], Array]:
    """Columns from west to east without a jump, and where they lie."""
    if plane:
        order = np.argsort(longitudes)
        return order, longitudes[order]
    turned = np.sort(longitudes % 360.0)
    gaps = np.diff(np.concatenate([turned, turned[:1] + 360.0]))
    first = (int(np.argmax(gaps)) + 1) % len(turned)  # begin after the widest gap
    start = turned[first]
    eastward = (longitudes - start) % 360.0
    order = np.argsort(eastward)
    west = start - 360.0 if start > 180.0 else start
    return order, west + eastward[order]


def _named(dataset: Any, names: tuple[str, ...], dims: set[str]) -> str | None:
    """The first spelling that stands on just these axes."""
    return next((n for n in names if n in dataset.data_vars and set(dataset[n].dims) == dims), None)


def _crs(dataset: Any, x: str) -> str:
    """The plane of a projected grid: its well-known text, or UTM as the grid mapping says."""
    if x != "x":
        return ""
    for name, variable in dataset.variables.items():
        for key in ("crs_wkt", "spatial_ref", "proj4", "proj4text"):
            if key in variable.attrs:
                return str(variable.attrs[key])
        if variable.attrs.get("grid_mapping_name") == "transverse_mercator" or str(name).upper().startswith("UTM"):
            zone = "".join(c for c in str(name) if c.isdigit())
            if zone:
                return f"+proj=utm +zone={zone} +datum=WGS84"
    raise InputError("has a plane grid, and nothing says which", field="grid_mapping",
                     cure="give a latitude-longitude grid, or a grid mapping with crs_wkt")  # fmt: skip


def _settle_rain(volume: RawVolume, dataset: Any) -> None:
    """Rain as a rate [kg/(m2 s)]: an amount a time step becomes one."""
    if "precipitation" not in volume.surface:
        return
    name = next(n for n in SURFACE_FIELDS["precipitation"] if n in dataset.data_vars)
    unit = str(dataset[name].attrs.get("units", "")).strip()
    if unit in ("m", "m of water equivalent"):
        volume.surface["precipitation"] = volume.surface["precipitation"] * 1000.0 / 3600.0
        volume.notes.append(f"{name}: taken as the sum of the preceding hour, as ERA5 has it")
    elif unit not in ("kg m**-2 s**-1", "kg m-2 s-1", "mm s-1", "mm/s"):
        volume.surface.pop("precipitation")
        volume.notes.append(f"{name}: unit {unit or 'missing'} is not known; rain counts as unknown")


def _joined(first: RawVolume, other: RawVolume) -> RawVolume:
    """Another file's times appended, or its ground added."""
    same = first.x.shape == other.x.shape and first.y.shape == other.y.shape
    if not same or not (np.allclose(first.x, other.x) and np.allclose(first.y, other.y)):
        raise InputError("has another grid", file=other.files[0], cure=f"give files on the grid of {first.files[0]}")
    if not other.levels:
        shared = np.isin(other.time, first.time)
        if not np.isin(first.time, other.time).all():
            raise InputError("does not cover the times of the levels", file=other.files[0], field="time")
        first.surface |= {k: v[shared] for k, v in other.surface.items() if k not in first.surface}
        first.notes += other.notes
    else:
        if set(other.levels) != set(first.levels) or other.time[0] <= first.time[-1]:
            raise InputError("does not continue the file before", file=other.files[0], field="time, fields",
                             cure="give files in turn, with the same fields, none twice")  # fmt: skip
        first.levels = {k: np.concatenate([v, other.levels[k]]) for k, v in first.levels.items()}
        first.surface = {
            k: np.concatenate([v, other.surface[k]]) for k, v in first.surface.items() if k in other.surface
        }
        first.time = np.concatenate([first.time, other.time])
    first.files += other.files
    return first
