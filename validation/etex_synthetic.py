"""What stands in for the weather of October 1994 where nobody has it?

A steady wind over Europe, made up, in the names and units of ERA5 on pressure levels: enough to run the whole case to
its door, and nothing that a verdict could rest on.
"""

from __future__ import annotations

from pathlib import Path

import dask
import numpy as np
import xarray as xr

__all__ = ["AREA", "write_synthetic"]

AREA = (-11.0, 41.0, 31.0, 62.0)
"""West, south, east, north [°]: all stations and the release, with room."""

PRESSURE = np.array([300.0, 500.0, 700.0, 850.0, 925.0, 975.0, 1000.0])
SURFACE, COLUMN_TEMPERATURE = 101325.0, 283.0


def write_synthetic(path: Path, *, spacing: float = 1.0, east: float = 8.0, north: float = 1.5) -> Path:
    """Write one time of steady air.

    Parameters
    ----------
    path : Path
    spacing : float
        [°]
    east, north : float
        Wind at 850 hPa [m/s]; half as much at the ground, twice as much at 300 hPa.
    """
    west, south, right, top = AREA
    lat, lon = np.arange(top, south - 1e-9, -spacing), np.arange(west, right + 1e-9, spacing)
    shape = (1, len(PRESSURE), len(lat), len(lon))
    share = np.interp(np.log(PRESSURE), np.log([300.0, 850.0, 1000.0]), [2.0, 1.0, 0.5])[None, :, None, None]
    height = 287.05 * COLUMN_TEMPERATURE * np.log(SURFACE / (PRESSURE * 100.0))[None, :, None, None]
    levels, flat = ("time", "level", "latitude", "longitude"), ("time", "latitude", "longitude")
    size = (1, len(lat), len(lon))
    data = {
        "z": (levels, np.broadcast_to(height, shape), {"units": "m**2 s**-2"}),
        "u": (levels, np.broadcast_to(east * share, shape), {"units": "m s**-1"}),
        "v": (levels, np.broadcast_to(north * share, shape), {"units": "m s**-1"}),
        "t": (levels, np.full(shape, COLUMN_TEMPERATURE), {"units": "K"}),
        "sp": (flat, np.full(size, SURFACE), {"units": "Pa"}),
        "u10": (flat, np.full(size, 0.5 * east), {"units": "m s**-1"}),
        "v10": (flat, np.full(size, 0.5 * north), {"units": "m s**-1"}),
        "t2m": (flat, np.full(size, COLUMN_TEMPERATURE), {"units": "K"}),
        "blh": (flat, np.full(size, 800.0), {"units": "m"}),
    }
    coords = {
        "time": np.array(["1994-10-23T12:00"], dtype="datetime64[ns]"),
        "level": ("level", PRESSURE, {"units": "hPa"}), "latitude": lat, "longitude": lon,
    }  # fmt: skip
    made = xr.Dataset(data, coords, attrs={"title": "SYNTHETIC: made up, no weather that was ever observed"})
    with dask.config.set(scheduler="synchronous"):
        made.to_netcdf(path)
    return path
