"""Field files as a stranger makes them: plain netCDF4 and the definitions of ECMWF and CF, nothing of Oberih's.

Air at rest in the vertical, with the same wind everywhere unless said otherwise, over flat ground at sea level.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

R_DRY, G = 287.05, 9.80665
SEA = 101325.0

Wind = Callable[[Any, Any, Any, Any], tuple[Any, Any]]

HALF = np.array([0.0, 3e3, 1e4, 2e4, 3.5e4, 5e4, 6e4, 7e4, 7.7e4, 8.2e4, 8.7e4, 9.1e4, 9.4e4, 9.6e4, 9.8e4, 9.9e4,
                 9.96e4, 1.0e5, 1.004e5, 1.0075e5, 1.0105e5, SEA])  # fmt: skip
"""Half-level pressures over sea level [Pa], from above."""
PRESSURES = np.array([1000, 975, 950, 925, 900, 875, 850, 800, 750, 700, 600, 500, 400, 300, 200], dtype=float)
"""[hPa]"""


def steady(east: float, north: float) -> Wind:
    return lambda t, z, lat, lon: (np.full_like(z, east), np.full_like(z, north))


def write_fields(
    path: Path, *, kind: str = "hybrid", wind: Wind | None = None, hours: int = 7, first: str = "2026-03-01 00:00:00",
    south: float = 46.0, west: float = 30.0, size: tuple[int, int] = (21, 33), step: float = 0.25,
    northward: bool = False, to_360: bool = False, from_below: bool = False, unit: str = "hPa", mixing: float = 800.0,
    heat: float = 0.0, stress: float = 0.15, rain: float | None = 0.0, ground: float = SEA, leave_out: str = "",
    spell: dict[str, str] | None = None,
) -> Path:  # fmt: skip
    """Write a file: wind of a function of (hour, height [m], latitude, longitude), isothermal air of 280 K."""
    import netCDF4

    lat, lon = south + step * np.arange(size[0]), west + step * np.arange(size[1])
    if not northward:
        lat = lat[::-1]
    shown = lon % 360.0 if to_360 else lon
    name = {"u": "u", "v": "v", "t": "t", "q": "q", "w": "w", "z": "z", "sp": "sp"} | (spell or {})
    with netCDF4.Dataset(path, "w") as file:
        file.Conventions = "CF-1.7"
        levels, pressure = _levels(file, kind, from_below, unit)
        for dim, values, units in (("latitude", lat, "degrees_north"), ("longitude", shown, "degrees_east")):
            file.createDimension(dim, len(values))
            axis = file.createVariable(dim, "f8", (dim,))
            axis.units, axis[:] = units, values
        file.createDimension("time", hours)
        time = file.createVariable("time", "i8", ("time",))
        time.units, time.calendar, time[:] = f"hours since {first}", "standard", np.arange(hours)
        grid = np.meshgrid(np.arange(hours), np.zeros(len(pressure)), lat, lon, indexing="ij")
        height = R_DRY * 280.0 / G * np.log(ground / pressure)[None, :, None, None] + grid[1]
        east, north = (wind or steady(5.0, 0.0))(grid[0], height, grid[2], grid[3])
        whole, flat = ("time", levels, "latitude", "longitude"), ("time", "latitude", "longitude")
        above = {"u": (east, "m s-1"), "v": (north, "m s-1"), "t": (280.0 + 0 * height, "K"),
                 "q": (0 * height, "kg kg-1"), "w": (0 * height, "Pa s-1")}  # fmt: skip
        if kind == "pressure":
            above["z"] = (height * G, "m2 s-2")
        for key, (values, units) in above.items():
            _put(file, name[key], whole, values, units, leave_out)
        near = (wind or steady(5.0, 0.0))(grid[0][:, :1], 10.0 + 0 * height[:, :1], grid[2][:, :1], grid[3][:, :1])
        at_ground = {
            "sp": (ground, "Pa"), "u10": (near[0][:, 0], "m s-1"), "v10": (near[1][:, 0], "m s-1"), "t2m": (280.0, "K"),
            "blh": (mixing, "m"), "zust": (np.sqrt(stress / 1.25), "m s-1"), "ishf": (-heat, "W m-2"),
            "surface_altitude": (0.0, "m"),
        }  # fmt: skip
        if rain is not None:
            at_ground["tprate"] = (rain, "kg m-2 s-1")
        for key, (values, units) in at_ground.items():
            _put(file, name.get(key, key), flat, np.broadcast_to(values, (hours, *grid[0].shape[2:])), units, leave_out)
    return path


def _levels(file: Any, kind: str, from_below: bool, unit: str) -> tuple[str, Any]:
    if kind == "pressure":
        pressure = (PRESSURES if from_below else PRESSURES[::-1]) * 100.0
        file.createDimension("level", len(pressure))
        axis = file.createVariable("level", "f8", ("level",))
        axis.units, axis[:] = unit, pressure / (1.0 if unit == "Pa" else 100.0)
        return "level", pressure
    b = np.clip((HALF / SEA - 0.2) / 0.8, 0.0, 1.0) ** 1.5
    a = HALF - b * SEA
    a, b = 0.5 * (a[1:] + a[:-1]), 0.5 * (b[1:] + b[:-1])
    if from_below:
        a, b = a[::-1], b[::-1]
    file.createDimension("hybrid", len(a))
    axis = file.createVariable("hybrid", "f8", ("hybrid",))
    axis.standard_name, axis[:] = "atmosphere_hybrid_sigma_pressure_coordinate", np.arange(len(a)) + 1.0
    for key, values, units in (("hyam", a, "Pa"), ("hybm", b, "1")):
        variable = file.createVariable(key, "f8", ("hybrid",))
        variable.units, variable[:] = units, values
    return "hybrid", a + b * SEA


def _put(file: Any, name: str, dims: tuple[str, ...], values: Any, unit: str, leave_out: str) -> None:
    if name == leave_out:
        return
    variable = file.createVariable(name, "f4", dims, zlib=True)
    variable.units, variable[:] = unit, values
