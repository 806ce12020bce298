"""From what files say of a volume to what dispersion needs, or a refusal that lists what is missing.

Takes a `RawVolume`, gives `Fields`.  What can follow from other fields is derived, and said; what cannot (wind,
heights) is refused, everything missing at once.  Rain that was not given stays unknown.  Times are taken a few at a
time, so that what lies between costs little memory.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import GAS_CONSTANT_DRY_AIR, GRAVITY, SECONDS_PER_HOUR
from oberih.errors import WeatherRefused
from oberih.weather.fields import Fields, minute
from oberih.weather.kernels import column as kernel
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.volume_cloud import cloud_of, convection_of
from oberih.weather.volume_ground import Ground, ground_layer, rain_of
from oberih.weather.volume_levels import (
    Column,
    column_of,
    ground_height,
    grounded,
    lower,
    missing_of,
    surface_pressure,
    upward,
)

__all__ = ["ROUGHNESS", "cut", "fields_of_volume"]

Array = npt.NDArray[np.float64]

ROUGHNESS = 0.1
"""Roughness length where none is given [m]: farmland with hedges."""

NEAR = 10.0
"""Height of the lowest level, of the 10 m wind, where that is given [m]."""

UNDER = (2.0, 12.0)
"""Levels below this count as under the ground [m]: without, and with a wind at 10 m."""

LEAST_REACH = 1500.0
"""Height that the levels must reach [m above ground]: the boundary layer of a summer's day."""

AT_ONCE = 3_000_000
"""Cells of a level field that are derived at once."""


def fields_of_volume(raw: RawVolume, *, roughness_length: float = ROUGHNESS, label: str | None = None) -> Fields:
    """Derive what dispersion needs.

    Parameters
    ----------
    raw : RawVolume
        Its edges are cut off where values are missing.
    roughness_length : float
        [m]
    label : str, optional
        Of `oberih.weather.series.LABELS`; what the files say otherwise.

    Raises
    ------
    WeatherRefused
        If times are not at equal steps, or a field that cannot be derived is missing; lists all of them.
    """
    _trim(raw)
    upward(raw)
    lower(raw)
    missing = [*_gaps(raw), *missing_of(raw)]
    if missing:
        raise WeatherRefused(
            "cannot be used: missing " + "; ".join(missing), file=_few(raw), field="fields",
            cure="add them to the request, or give another file of the same grid and times that holds them",
        )  # fmt: skip
    size = max(1, AT_ONCE // max(1, raw.levels["east"][0].size))
    said: list[str] = []
    parts = [_derived(_times(raw, slice(i, i + size)), roughness_length, label or raw.label, said)
             for i in range(0, len(raw.time), size)]  # fmt: skip
    _refuse_shallow(parts, raw)
    told = tuple(dict.fromkeys([*raw.notes, *said]))
    if len(parts) == 1:
        return replace(parts[0], derived=told)
    whole: dict[str, Any] = {
        name: np.concatenate([getattr(p, name) for p in parts]) for name in ("time", *LEVELS, *FLAT)
    }
    return replace(parts[0], derived=told, **whole)


LEVELS = ("height", "east", "north", "up", "temperature")
FLAT = (
    "mixing_height", "friction_velocity", "inverse_obukhov_length", "convective_velocity", "precipitation",
    "cloud_base", "cloud_top", "convective_rate", "convective_top", "density",
)  # fmt: skip


def _times(raw: RawVolume, kept: slice) -> RawVolume:
    return replace(
        raw, time=raw.time[kept], levels={k: v[kept] for k, v in raw.levels.items()},
        surface={k: v[kept] for k, v in raw.surface.items()},
    )  # fmt: skip


def _derived(raw: RawVolume, roughness_length: float, label: str, said: list[str]) -> Fields:
    column = column_of(raw, said)
    ten = "east_10m" in raw.surface and "north_10m" in raw.surface
    under = UNDER[1] if ten else UNDER[0]
    below = column.height < under
    east, north = (grounded(raw.levels[n].astype(np.float64), below) for n in ("east", "north"))
    theta = grounded(column.virtual * (1e5 / column.pressure) ** kernel.KAPPA_AIR, below)
    temperature = grounded(column.temperature, below)
    held = np.maximum(column.height, under + 1e-3 * np.arange(column.height.shape[1])[None, :, None, None])
    near = raw.surface["temperature_2m"].astype(np.float64) if "temperature_2m" in raw.surface else temperature[:, 0]
    moist = grounded(column.virtual / column.temperature, below)[:, 0]
    ground = Ground(held, theta, east, north, near, moist, column.surface_pressure, roughness_length)
    layer = ground_layer(raw, ground, said)
    rain = rain_of(raw, said)
    base, top = cloud_of(raw, column, rain, said)
    above = Column(
        column.pressure, held, temperature, column.virtual,
        None if column.humidity is None else grounded(column.humidity, below), column.surface_pressure,
    )  # fmt: skip
    rate, reach, _ = convection_of(raw, above, layer.depth, said)
    metres = Fields(
        raw.time, raw.x, raw.y, not raw.crs, raw.crs, held, east, north, np.zeros_like(east), temperature, layer.depth,
        layer.friction, layer.inverse_length, layer.convective, rain, roughness_length, label, ", ".join(raw.files),
        cloud_base=base, cloud_top=top, convective_rate=rate, convective_top=reach,
    )  # fmt: skip
    whole = replace(metres, up=np.where(below, 0.0, _rise(raw, metres, column, said)))
    return _with_density(raw, _with_ten(raw, whole, below, near, said) if ten else whole)


def _with_density(raw: RawVolume, fields: Fields) -> Fields:
    """The same with the density of the air at the ground, where its pressure was given."""
    pressure = surface_pressure(raw)
    if pressure is None:
        return fields
    return replace(fields, density=pressure / (GAS_CONSTANT_DRY_AIR * fields.temperature[:, 0]))


def _with_ten(
    raw: RawVolume, fields: Fields, below: npt.NDArray[np.bool_], near: Array, said: list[str]
) -> Fields:  # fmt: skip
    """The same with the wind at 10 m as the lowest level, and at levels under the ground."""
    said.append("lowest level: wind at 10 m")
    count = below.shape[1]
    held = np.where(below, NEAR + 1e-3 * (1.0 + np.arange(count))[None, :, None, None], fields.height)
    first = np.full_like(near, NEAR)
    levels: dict[str, Any] = {"height": np.concatenate([first[:, None], held], axis=1)}
    values = {
        "east": raw.surface["east_10m"].astype(np.float64), "north": raw.surface["north_10m"].astype(np.float64),
        "temperature": near, "up": np.zeros_like(near),
    }  # fmt: skip
    for name, value in values.items():
        above = np.where(below, value[:, None], getattr(fields, name))
        levels[name] = np.concatenate([value[:, None], above], axis=1)
    return replace(fields, **levels)


def _refuse_shallow(parts: list[Fields], raw: RawVolume) -> None:
    """Winds near the ground say nothing of where a plume goes."""
    reach = min(float(np.median(part.height[:, -1])) for part in parts)
    if reach < LEAST_REACH:
        raise WeatherRefused(
            f"reaches {reach:.0f} m above ground, and {LEAST_REACH:.0f} m are needed", file=_few(raw),
            field="levels", value=len(raw.levels["east"][0]), cure="give more levels",
        )  # fmt: skip


def _gaps(raw: RawVolume) -> list[str]:
    steps = np.diff(raw.time)
    if not len(steps) or (steps == steps[0]).all():
        return []
    first = int(np.argmax(steps != steps[0]))
    when = minute(raw.time[first])
    usual, then = steps[0] / SECONDS_PER_HOUR, steps[first] / SECONDS_PER_HOUR
    gap = f"times at equal steps ({then:g} h follow {usual:g} h at {when}"
    return [gap + ": cut out one stretch without a gap)"]


def _trim(raw: RawVolume) -> None:
    """Cut off edges where values are missing, as of a grid that was turned into another projection.

    A hole that touches no edge stays, and is refused.
    """
    known = [raw.levels[n].sum(axis=(0, 1)) for n in ("east", "north", "temperature") if n in raw.levels]
    if not known:
        return
    holes = ~np.isfinite(np.sum(known, axis=0))
    if not holes.any():
        return
    rows, columns = [0, holes.shape[0]], [0, holes.shape[1]]
    while holes[slice(*rows), slice(*columns)].any() and rows[1] - rows[0] > 3 and columns[1] - columns[0] > 3:
        part = holes[slice(*rows), slice(*columns)]
        shares = [part[0].mean(), part[-1].mean(), part[:, 0].mean(), part[:, -1].mean()]
        worst = int(np.argmax(shares))
        if not shares[worst] > 0.0:
            break
        edge, step = (rows, columns)[worst // 2], (1, -1)[worst % 2]
        edge[worst % 2] += step
    if (rows, columns) == ([0, holes.shape[0]], [0, holes.shape[1]]):
        return
    area = (slice(*rows), slice(*columns))
    raw.notes.append(
        f"values are missing at the edge: cut from {holes.shape[1]} x {holes.shape[0]} cells to "
        f"{columns[1] - columns[0]} x {rows[1] - rows[0]}"
    )
    raw.y, raw.x = raw.y[area[0]], raw.x[area[1]]
    raw.levels = {k: v[(..., *area)] for k, v in raw.levels.items()}
    raw.surface = {k: v[(..., *area)] for k, v in raw.surface.items()}


def cut(raw: RawVolume, *, start: int, end: int) -> None:
    """Keep the times from the one at or before ``start`` to the one at or after ``end``.

    Raises
    ------
    WeatherRefused
        If the files do not reach that far; a single time is taken as steady air.
    """
    if len(raw.time) == 1:
        return
    first = int(np.searchsorted(raw.time, start, side="right")) - 1
    last = int(np.searchsorted(raw.time, end, side="left"))
    if first < 0 or last >= len(raw.time):
        raise WeatherRefused(
            f"does not cover {minute(start)} to {minute(end)}, the hours asked for", file=_few(raw), field="time",
            value=f"{minute(raw.time[0])} to {minute(raw.time[-1])}", cure="give more times, or another start",
        )  # fmt: skip
    kept = slice(first, last + 1)
    raw.time = raw.time[kept]
    raw.levels = {k: v[kept] for k, v in raw.levels.items()}
    raw.surface = {k: v[kept] for k, v in raw.surface.items()}


def _few(raw: RawVolume) -> str:
    """The first files, and how many there are besides."""
    more = len(raw.files) - 3
    return ", ".join(raw.files[:3]) + (f" and {more} more" if more > 0 else "")


def _ground_under(raw: RawVolume, column: Column) -> Array | None:
    """Height of the ground [m] as that of a level over the sea less that over the ground."""
    over = raw.levels.get("geopotential_height")
    if over is None and "geopotential" in raw.levels:
        over = raw.levels["geopotential"] / np.float32(GRAVITY)
    middle = column.height.shape[1] // 2
    return None if over is None else np.asarray(over[:, middle] - column.height[:, middle])


def _rise(raw: RawVolume, fields: Fields, column: Column, said: list[str]) -> Array:
    """Vertical wind relative to levels of constant height above ground, which follow the terrain [m/s]."""
    dx, dy = fields.metres_a_cell()
    levels, ground = raw.levels, ground_height(raw)
    if "vertical" in levels or "omega" in levels:
        if "vertical" in levels:
            up = levels["vertical"].astype(np.float64)
        else:
            up = kernel.rise_from_omega(levels["omega"].astype(np.float64), column.pressure, column.virtual)
        if ground is None:
            ground = _ground_under(raw, column)
        if ground is None:
            said.append("vertical wind: height of the ground not given, taken as level")
            return up
        slope_x = np.gradient(ground, axis=-1) / dx[:, None]
        slope_y = np.gradient(ground, axis=-2) / dy
        return np.asarray(up - (fields.east * slope_x[:, None] + fields.north * slope_y[:, None]))
    said.append("vertical wind: from continuity of the horizontal wind")
    return kernel.rise_from_continuity(fields.east, fields.north, fields.height, dx=dx, dy=dy)
