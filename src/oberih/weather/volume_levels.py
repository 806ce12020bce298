"""Where are the levels of a volume, and what holds on them?

Pressures, heights above ground, humidity, and values for levels that lie under the ground: what each can be derived
from, and what is missing for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.constants import GAS_CONSTANT_DRY_AIR, GRAVITY
from oberih.weather.kernels import column
from oberih.weather.kernels.humidity import saturation_pressure, specific_humidity
from oberih.weather.read.raw_volume import RawVolume

__all__ = ["Column", "column_of", "ground_height", "grounded", "lower", "missing_of", "surface_pressure", "upward"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STANDARD_SCALE = 8434.0
"""Height over which pressure falls to 1/e [m]: 288.15 K; US Standard Atmosphere 1976."""

SEA_LEVEL = 101_325.0
"""[Pa]; US Standard Atmosphere 1976."""

THINNEST = 4000.0
"""Levels of less pressure, some 22 km high, are set aside [Pa]."""

OPTIONAL = frozenset({
    "precipitation", "convective_rain", "convective_snow", "large_scale_rain", "large_scale_snow", "cape", "cloud_base",
    "humidity_2m", "dewpoint_2m", "mixing_height", "friction_velocity", "stress_east", "stress_north", "heat_flux_down",
})  # fmt: skip
"""Fields at the ground that may hold gaps: they count as not given, or as unknown rain."""


POSSIBLE = {
    **dict.fromkeys(("east", "north"), (-200.0, 200.0, "m/s")),
    **dict.fromkeys(("east_10m", "north_10m"), (-100.0, 100.0, "m/s")),
    "temperature": (120.0, 350.0, "K"),
    "temperature_2m": (180.0, 340.0, "K"),
    "surface_pressure": (30_000.0, 115_000.0, "Pa"),
    "log_pressure": (10.3, 11.7, ""),
    "pressure": (0.0, 115_000.0, "Pa"),
    "omega": (-150.0, 150.0, "Pa/s"),
    "vertical": (-100.0, 100.0, "m/s"),
    "humidity": (-0.01, 0.1, "kg/kg"),
    "precipitation": (-1e-3, 0.2, "kg/(m2 s)"),
    "orography": (-1000.0, 9500.0, "m"),
}
"""Between which values of real air lie; a unit that was mistaken lies outside."""


@dataclass(frozen=True)
class Column:
    """Levels with their pressures and heights.

    Parameters
    ----------
    pressure, height : float array, shape (t, levels, y, x)
        [Pa]; above ground [m], below it where negative.
    temperature, virtual : float array, shape (t, levels, y, x)
        [K]
    humidity : float array or None
        [kg/kg]
    surface_pressure : float array, shape (t, y, x), or None
    """

    pressure: Array
    height: Array
    temperature: Array
    virtual: Array
    humidity: Array | None
    surface_pressure: Array | None


def _doubles(values: npt.NDArray[np.float32]) -> Array:
    return values.astype(np.float64)


def missing_of(raw: RawVolume) -> list[str]:
    """Everything that is needed, is not there and cannot be derived."""
    levels, surface = raw.levels, raw.surface
    found = [name for name in ("east", "north", "temperature") if name not in levels]
    placed = {"height", "altitude"} & set(levels)
    over = {"orography", "surface_geopotential"} & set(surface)
    ground = {"surface_pressure", "log_pressure"} & set(surface)
    if raw.pressure is None and raw.hybrid is None and "pressure" not in levels and not placed:
        found.append("pressure of the levels")
    if raw.hybrid is not None and not ground:
        found.append("surface pressure, or its logarithm, for hybrid levels")
    elif not ground and "height" not in levels:
        if not (over and ({"geopotential", "geopotential_height", "altitude"} & set(levels))):
            found.append("the ground: surface pressure, or geopotential of levels and of the surface")
    elif "altitude" in levels and not over and "height" not in levels:
        found.append("height of the ground, for levels that count from the sea")
    for name, values in (*levels.items(), *surface.items()):
        if name not in OPTIONAL and not np.isfinite(values).all():
            found.append(f"values of {name} in {100 * np.mean(~np.isfinite(values)):.2g} % of the cells")
        elif name in POSSIBLE and values.size:
            least, most = float(np.nanmin(values)), float(np.nanmax(values))
            low, high, unit = POSSIBLE[name]
            if least < low or most > high:
                found.append(f"possible values of {name}: {least:.4g} to {most:.4g} {unit} (is its unit right?)")
    return found


def upward(raw: RawVolume) -> None:
    """Turn the levels over where they do not rise: a file's numbers of levels may run either way."""
    for name, sign in (("height", 1.0), ("altitude", 1.0), ("geopotential", 1.0), ("pressure", -1.0)):
        if name in raw.levels and raw.pressure is None and raw.hybrid is None:
            values = raw.levels[name]
            if sign * float(np.nanmean(values[:, -1]) - np.nanmean(values[:, 0])) < 0.0:
                raw.levels = {k: v[:, ::-1] for k, v in raw.levels.items()}
            return


def lower(raw: RawVolume) -> None:
    """Set levels of the stratosphere aside: nothing that is followed comes there."""
    if raw.hybrid is not None:
        pressure = raw.hybrid[0] + raw.hybrid[1] * SEA_LEVEL
    elif raw.pressure is not None:
        pressure = raw.pressure
    elif "pressure" in raw.levels:
        pressure = np.nanmax(raw.levels["pressure"], axis=(0, 2, 3)).astype(np.float64)
    else:
        return
    count = max(int((pressure >= THINNEST).sum()), 3)
    if count >= len(pressure):
        return
    raw.notes.append(f"levels above {THINNEST / 100:.0f} hPa are set aside: {len(pressure) - count} of {len(pressure)}")
    raw.levels = {k: v[:, :count] for k, v in raw.levels.items()}
    raw.pressure = None if raw.pressure is None else raw.pressure[:count]
    raw.hybrid = None if raw.hybrid is None else (raw.hybrid[0][:count], raw.hybrid[1][:count])


def surface_pressure(raw: RawVolume) -> Array | None:
    """Pressure at the ground [Pa], if it was given."""
    if "surface_pressure" in raw.surface:
        return _doubles(raw.surface["surface_pressure"])
    if "log_pressure" in raw.surface:
        return np.exp(_doubles(raw.surface["log_pressure"]))
    return None


def ground_height(raw: RawVolume) -> Array | None:
    """Height of the ground above the sea [m], if it was given."""
    if "orography" in raw.surface:
        return _doubles(raw.surface["orography"])
    if "surface_geopotential" in raw.surface:
        return _doubles(raw.surface["surface_geopotential"]) / GRAVITY
    return None


def column_of(raw: RawVolume, said: list[str]) -> Column:
    """Pressure, height, temperature and humidity of every level."""
    temperature = _doubles(raw.levels["temperature"])
    base = surface_pressure(raw)
    pressure = _pressure(raw, base)
    if pressure is None:
        height = _given_height(raw)
        assert height is not None  # missing_of has refused it
        if base is None:
            base = SEA_LEVEL * np.exp(-_or_zero(ground_height(raw), height[:, 0]) / STANDARD_SCALE)
            said.append("pressure at the ground: standard atmosphere")
        humidity = None if "humidity" not in raw.levels else _doubles(raw.levels["humidity"])
        virtual = column.virtual_temperature(temperature, humidity)
        pressure = _pressure_of_heights(height, virtual, base)
        said.append("pressure of the levels: hydrostatic, from their heights")
        return Column(pressure, height, temperature, virtual, humidity, base)
    humidity = _humidity(raw, temperature, pressure, said)
    virtual = column.virtual_temperature(temperature, humidity)
    given = _given_height(raw)
    if given is None:
        assert base is not None  # missing_of has refused it
        said.append("heights: hypsometric equation from surface pressure, temperature and humidity")
        given = column.heights_above_ground(pressure, virtual, base)
    return Column(pressure, given, temperature, virtual, humidity, base)


def _or_zero(values: Array | None, like: Array) -> Array:
    return np.zeros_like(like) if values is None else values


def _pressure(raw: RawVolume, base: Array | None) -> Array | None:
    """Pressure of every level [Pa], shape (t, levels, y, x)."""
    if "pressure" in raw.levels:
        return _doubles(raw.levels["pressure"])
    if raw.hybrid is not None:
        a, b = raw.hybrid
        assert base is not None  # missing_of has refused it
        return np.asarray(a[None, :, None, None] + b[None, :, None, None] * base[:, None])
    if raw.pressure is None:
        return None
    return np.broadcast_to(raw.pressure[None, :, None, None], raw.levels["temperature"].shape)


def _given_height(raw: RawVolume) -> Array | None:
    """Heights above ground [m], where the files say them; negative where a level lies under the ground."""
    levels = raw.levels
    if "height" in levels:
        return _doubles(levels["height"])
    ground = ground_height(raw)
    if ground is None:
        return None
    for name, scale in (("altitude", 1.0), ("geopotential_height", 1.0), ("geopotential", 1.0 / GRAVITY)):
        if name in levels:
            return np.asarray(levels[name] * scale - ground[:, None])
    return None


def _pressure_of_heights(height: Array, virtual: Array, base: Array) -> Array:
    """Hydrostatic pressure at heights [Pa]."""
    scale = GRAVITY / GAS_CONSTANT_DRY_AIR
    first = scale * height[:, :1] / virtual[:, :1]
    steps = scale * 2.0 * np.diff(height, axis=1) / (virtual[:, 1:] + virtual[:, :-1])
    return np.asarray(base[:, None] * np.exp(-np.concatenate([first, first + np.cumsum(steps, axis=1)], axis=1)))


def _humidity(raw: RawVolume, temperature: Array, pressure: Array, said: list[str]) -> Array | None:
    if "humidity" in raw.levels:
        return np.maximum(_doubles(raw.levels["humidity"]), 0.0)
    if "relative_humidity" in raw.levels:
        said.append("specific humidity: from the relative one")
        share = np.clip(_doubles(raw.levels["relative_humidity"]), 0.0, 1.2)
        return specific_humidity(share * saturation_pressure(temperature), pressure)
    said.append("humidity: not given, taken as dry for heights")
    return None


def grounded(values: Array, below: Flags) -> Array:
    """Values of levels under the ground replaced by those of the lowest level above it."""
    first = np.argmin(below, axis=1)[:, None]
    lowest = np.take_along_axis(values, first, axis=1)
    return np.where(below, lowest, values)
