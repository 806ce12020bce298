"""Volumes of air that are made here, written as files of the kinds that are read."""

from __future__ import annotations

from pathlib import Path

import dask
import numpy as np
import xarray as xr

START = "2025-05-01T00:00"


def still_column(pressure: np.ndarray, *, surface: float = 101325.0, temperature: float = 288.15) -> np.ndarray:
    """Geopotential of an isothermal air [m2/s2]."""
    return 287.05 * temperature * np.log(surface / pressure)


def write(path: Path, *, times: int = 4, level_unit: str = "hPa", ground: bool = True, turn: bool = False) -> Path:
    """Pressure levels over 9 x 7 cells of a quarter degree, wind from the west that grows with height."""
    pressure = np.array([300.0, 500.0, 700.0, 850.0, 925.0, 975.0, 1000.0])
    lat, lon = np.arange(49.0, 47.24, -0.25), 34.0 + 0.25 * np.arange(9)
    if turn:
        lon = lon % 360.0 - 35.0
        lon = lon % 360.0
    time = np.datetime64(START) + np.arange(times) * np.timedelta64(1, "h")
    shape = (times, len(pressure), len(lat), len(lon))
    values = still_column(pressure * 100.0)[None, :, None, None]
    speed = 5.0 + 10.0 * (1000.0 - pressure)[None, :, None, None] / 700.0
    dims = ("time", "level", "latitude", "longitude")
    data = {
        "z": (dims, np.broadcast_to(values, shape), {"units": "m**2 s**-2"}),
        "u": (dims, np.broadcast_to(speed, shape), {"units": "m s**-1"}),
        "v": (dims, np.zeros(shape), {"units": "m s**-1"}),
        "t": (dims, np.full(shape, 288.15), {"units": "K"}),
    }
    flat = ("time", "latitude", "longitude")
    if ground:
        size = (times, len(lat), len(lon))
        data |= {
            "sp": (flat, np.full(size, 101325.0), {"units": "Pa"}),
            "u10": (flat, np.full(size, 4.0), {"units": "m s**-1"}),
            "v10": (flat, np.zeros(size), {"units": "m s**-1"}),
            "t2m": (flat, np.full(size, 288.15), {"units": "K"}),
            "blh": (flat, np.full(size, 800.0), {"units": "m"}),
            "tp": (flat, np.full(size, 0.001), {"units": "m"}),
        }
    levels = pressure if level_unit == "hPa" else pressure * 100.0
    coords = {"time": time, "level": ("level", levels, {"units": level_unit}), "latitude": lat, "longitude": lon}
    kept(xr.Dataset(data, coords), path)
    return path


def kept(dataset: xr.Dataset, path: Path) -> None:
    """Write a dataset, whichever scheduler another test has left behind."""
    with dask.config.set(scheduler="synchronous"):
        dataset.to_netcdf(path)
