"""Which fields of ERA5 does dispersion need, and what are they called where?

In the stores of ARCO-ERA5 and in requests to the Climate Data Store the long names are the same; files bear the short
ones.  Model levels are the lowest of 137; their coefficients are those of ECMWF's definition.

Source: github.com/google-research/arco-era5 (README, tables of variables); ECMWF parameter database; ECMWF, L137 model
level definitions, as the GRIB messages of the integrated forecasting system carry them.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

__all__ = [
    "ARCO", "GROUND", "LEVELS", "LOWEST_PRESSURE", "MODEL_STORE", "PRESSURES", "PRESSURE_STORE", "SPARED",
    "hybrid_coefficients", "model_levels",
]  # fmt: skip

Floats = npt.NDArray[np.float64]

ARCO = "https://storage.googleapis.com/gcp-public-data-arco-era5"
"""Google's public bucket, over HTTP and without an account."""

PRESSURE_STORE = "ar/full_37-1h-0p25deg-chunk-1.zarr-v3"
"""37 pressure levels and the ground, hourly, 0.25°: one chunk an hour and variable."""

MODEL_STORE = "ar/model-level-1h-0p25deg.zarr-v1"
"""137 model levels, hourly, 0.25°: chunks of 18 levels."""

LEVELS = {
    "u": ("u_component_of_wind", "m s**-1", 150.0), "v": ("v_component_of_wind", "m s**-1", 150.0),
    "t": ("temperature", "K", 350.0), "q": ("specific_humidity", "kg kg**-1", 0.1),
    "w": ("vertical_velocity", "Pa s**-1", 50.0),
}  # fmt: skip
"""On levels: long name, unit, and above which size no value is weather."""

GROUND = {
    "sp": ("surface_pressure", "Pa", 1.2e5),
    "u10": ("10m_u_component_of_wind", "m s**-1", 100.0), "v10": ("10m_v_component_of_wind", "m s**-1", 100.0),
    "t2m": ("2m_temperature", "K", 350.0), "blh": ("boundary_layer_height", "m", 2e4),
    "zust": ("friction_velocity", "m s**-1", 20.0),
    "ishf": ("instantaneous_surface_sensible_heat_flux", "W m**-2", 5e3),
    "tp": ("total_precipitation", "m", 1.0), "cp": ("convective_precipitation", "m", 1.0),
}  # fmt: skip
"""At the ground, as above; rain is the sum of the hour before."""

SPARED = frozenset({"zust", "ishf", "cp", "w"})
"""Fields that can be derived where a store lacks them."""

PRESSURES = (200, 225, 250, 300, 350, 400, 450, 500, 550, 600, 650, 700, 750, 775, 800, 825, 850, 875, 900, 925, 950,
             975, 1000)  # fmt: skip
"""Levels asked for [hPa], of 37: up to 12 km."""

LOWEST_PRESSURE = 19_500.0
"""Model levels whose pressure over the sea is above this are asked for [Pa]."""


@lru_cache(maxsize=1)
def _table() -> tuple[Floats, Floats]:
    text = (files("oberih.weather.live") / "data" / "l137.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    return np.array([float(r["a_Pa"]) for r in rows]), np.array([float(r["b"]) for r in rows])


def hybrid_coefficients(levels: tuple[int, ...]) -> tuple[Floats, Floats]:
    """A [Pa] and b [1] of the middle of model levels, counted from 1 at the top to 137 at the ground."""
    a, b = _table()
    at = np.array(levels)
    return 0.5 * (a[at - 1] + a[at]), 0.5 * (b[at - 1] + b[at])


def model_levels() -> tuple[int, ...]:
    """Model levels that are asked for."""
    everything = tuple(range(1, 138))
    a, b = hybrid_coefficients(everything)
    return tuple(int(n) for n in np.array(everything)[a + b * 101_325.0 > LOWEST_PRESSURE])
