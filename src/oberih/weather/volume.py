"""From what files say of a volume to what dispersion needs, or a refusal that lists what is missing.

Takes a `RawVolume`, gives `Fields`.  What can follow from other fields is derived, and said; what cannot (wind,
heights) is refused, everything missing at once.  Rain that was not given stays unknown.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import GAS_CONSTANT_DRY_AIR, GRAVITY, SPECIFIC_HEAT_AIR, VON_KARMAN
from oberih.errors import WeatherRefused
from oberih.weather.fields import Fields
from oberih.weather.kernels import column
from oberih.weather.kernels.mixing_height import convective_velocity
from oberih.weather.kernels.surface_layer import obukhov_inverse
from oberih.weather.read.raw_volume import RawVolume

__all__ = ["ROUGHNESS", "cut", "fields_of_volume"]

Array = npt.NDArray[np.float64]

ROUGHNESS = 0.1
"""Roughness length where none is given [m]: farmland with hedges."""

LEAST_FRICTION, LEAST_LENGTH = 0.05, 5.0
"""u* [m/s] and |L| [m] are not let below these: turbulence that comes and goes keeps some mixing."""


def fields_of_volume(raw: RawVolume, *, roughness_length: float = ROUGHNESS, label: str = "reanalysis") -> Fields:
    """Derive what dispersion needs.

    Parameters
    ----------
    raw : RawVolume
    roughness_length : float
        [m]
    label : str
        Of `oberih.weather.series.LABELS`.

    Raises
    ------
    WeatherRefused
        If times are not at equal steps, or a field that cannot be derived is missing; lists all of them.
    """
    _refuse_gaps(raw)
    _trim(raw)
    missing = _missing(raw)
    if missing:
        raise WeatherRefused(
            "cannot be used: missing " + "; ".join(missing), file=", ".join(raw.files), field="fields",
            cure="add them to the request, or give another file of the same grid and times that holds them",
        )  # fmt: skip
    said: list[str] = list(raw.notes)
    levels = raw.levels
    pressure = _pressures(raw)
    virtual = column.virtual_temperature(levels["temperature"], levels.get("humidity"))
    height = _heights(raw, pressure, virtual, said)
    theta = virtual * (1e5 / pressure) ** column.KAPPA_AIR
    below = height < 2.0
    east, north = _grounded(levels["east"], below), _grounded(levels["north"], below)
    held = np.maximum(height, 2.0 + 1e-3 * np.arange(height.shape[1])[None, :, None, None])
    friction, inverse, flux = _surface_layer(raw, held, theta, east, north, virtual, roughness_length, said)
    depth = raw.surface.get("mixing_height")
    if depth is None:
        depth = column.stirred_depth(held, _grounded(theta, below), east, north, friction)
        said.append("mixing height: bulk Richardson number of the column")
    depth = np.maximum(depth, column.LEAST_LAYER)
    metres = Fields(
        raw.time, raw.x, raw.y, not raw.crs, raw.crs, held, east, north, np.zeros_like(east), levels["temperature"],
        depth, friction, inverse, convective_velocity(flux, depth, levels["temperature"][:, 0]), _rain(raw, said),
        roughness_length, label, ", ".join(raw.files),
    )  # fmt: skip
    up = _rise(raw, metres, pressure, virtual, said)
    return Fields(**{**metres.__dict__, "up": np.where(below, 0.0, up), "derived": tuple(said)})


def _refuse_gaps(raw: RawVolume) -> None:
    steps = np.diff(raw.time)
    if len(steps) and (steps != steps[0]).any():
        first = int(np.argmax(steps != steps[0]))
        raise WeatherRefused(
            f"times are not at equal steps: {steps[first] / 3600:g} h follow {steps[0] / 3600:g} h",
            file=", ".join(raw.files), field="time", value=str(raw.time[first].astype("datetime64[s]")),
            cure="cut out one stretch without a gap",
        )  # fmt: skip


def _trim(raw: RawVolume) -> None:
    """Cut off edges where values are missing, as of a grid that was turned into another projection."""
    holes = ~np.isfinite(
        sum(raw.levels[n].sum(axis=(0, 1)) for n in ("east", "north", "temperature") if n in raw.levels)
    )
    if holes.ndim != 2 or not holes.any():
        return
    rows, columns = [0, holes.shape[0]], [0, holes.shape[1]]
    while holes[slice(*rows), slice(*columns)].any() and rows[1] - rows[0] > 3 and columns[1] - columns[0] > 3:
        part = holes[slice(*rows), slice(*columns)]
        worst = int(np.argmax([part[0].mean(), part[-1].mean(), part[:, 0].mean(), part[:, -1].mean()]))
        edge, step = (rows, columns)[worst // 2], (1, -1)[worst % 2]
        edge[worst % 2] += step
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
        covered = f"{raw.time[0].astype('datetime64[s]')}Z to {raw.time[-1].astype('datetime64[s]')}Z"
        raise WeatherRefused(
            "does not cover the hours asked for", file=", ".join(raw.files), field="time", value=covered,
            cure="give more times, or another start",
        )  # fmt: skip
    kept = slice(first, last + 1)
    raw.time = raw.time[kept]
    raw.levels = {k: v[kept] for k, v in raw.levels.items()}
    raw.surface = {k: v[kept] for k, v in raw.surface.items()}


def _missing(raw: RawVolume) -> list[str]:
    """Everything that is needed, is not there and cannot be derived."""
    levels, surface = raw.levels, raw.surface
    found = [name for name in ("east", "north", "temperature") if name not in levels]
    if raw.pressure is None and raw.hybrid is None and "pressure" not in levels:
        found.append("pressure of the levels")
    ground = {"surface_pressure", "log_pressure"} & set(surface)
    above = {"geopotential", "geopotential_height"} & set(levels) and {"surface_geopotential", "orography"} & set(
        surface
    )
    if raw.hybrid is not None and not ground:
        found.append("surface pressure, or its logarithm, for hybrid levels")
    elif not ground and not above and "height" not in levels:
        found.append("the ground: surface pressure, or geopotential of levels and of the surface")
    for name, values in (*levels.items(), *surface.items()):
        if name != "precipitation" and not np.isfinite(values).all():
            found.append(f"values of {name} in {100 * np.mean(~np.isfinite(values)):.1f} % of the cells")
    return found


def _surface_pressure(raw: RawVolume) -> Array | None:
    if "surface_pressure" in raw.surface:
        return raw.surface["surface_pressure"]
    if "log_pressure" in raw.surface:
        return np.exp(raw.surface["log_pressure"])
    return None


def _pressures(raw: RawVolume) -> Array:
    """Pressure of every level [Pa], shape (t, levels, y, x)."""
    if "pressure" in raw.levels:
        return raw.levels["pressure"]
    shape = raw.levels["east"].shape
    if raw.hybrid is not None:
        a, b = raw.hybrid
        ground = _surface_pressure(raw)
        assert ground is not None  # _missing has refused it
        return a[None, :, None, None] + b[None, :, None, None] * ground[:, None]
    assert raw.pressure is not None
    return np.broadcast_to(raw.pressure[None, :, None, None], shape)


def _heights(raw: RawVolume, pressure: Array, virtual: Array, said: list[str]) -> Array:
    """Heights above ground [m]; negative where a pressure level lies under the ground."""
    levels, surface = raw.levels, raw.surface
    if "height" in levels:
        return levels["height"]
    over = levels.get("geopotential_height")
    if over is None and "geopotential" in levels:
        over = levels["geopotential"] / GRAVITY
    ground = surface.get("orography")
    if ground is None and "surface_geopotential" in surface:
        ground = surface["surface_geopotential"] / GRAVITY
    if over is not None and ground is not None:
        return over - ground[:, None]
    base = _surface_pressure(raw)
    assert base is not None
    said.append("heights: hypsometric equation from surface pressure, temperature and humidity")
    return column.heights_above_ground(pressure, virtual, base)


def _grounded(values: Array, below: npt.NDArray[np.bool_]) -> Array:
    """Values of levels under the ground replaced by those of the lowest level above it."""
    first = np.argmin(below, axis=1)[:, None]
    lowest = np.take_along_axis(values, first, axis=1)
    return np.where(below, lowest, values)


def _surface_layer(
    raw: RawVolume, height: Array, theta: Array, east: Array, north: Array, virtual: Array, roughness: float,
    said: list[str],
) -> tuple[Array, Array, Array]:  # fmt: skip
    """u* [m/s], 1/L [1/m] and the kinematic heat flux upward [K m/s]."""
    surface = raw.surface
    ground = _surface_pressure(raw)
    temperature = surface.get("temperature_2m", virtual[:, 0])
    density = (ground if ground is not None else np.full_like(temperature, 1e5)) / (GAS_CONSTANT_DRY_AIR * temperature)
    first = np.argmax(height > 5.0, axis=1)[:, None]
    z, t, u, v = (np.take_along_axis(a, first, axis=1)[:, 0] for a in (height, theta, east, north))
    if "east_10m" in surface and "north_10m" in surface:
        u, v, wind_height = surface["east_10m"], surface["north_10m"], np.full_like(z, 10.0)
    else:
        wind_height = z
        said.append("wind near the ground: that of the lowest level")
    given = surface.get("friction_velocity")
    if given is None and "stress_east" in surface and "stress_north" in surface:
        given = np.sqrt(np.hypot(surface["stress_east"], surface["stress_north"]) / density)
    heat = surface.get("heat_flux_down")
    if heat is not None:
        flux = -heat / (density * SPECIFIC_HEAT_AIR)
        neutral = VON_KARMAN * np.maximum(np.hypot(u, v), 0.5) / np.log(np.maximum(wind_height / roughness, 3.0))
        friction = np.maximum(given if given is not None else neutral, LEAST_FRICTION)
        inverse = obukhov_inverse(friction, flux, temperature)
    else:
        near = temperature * (1e5 / (ground if ground is not None else 1e5)) ** column.KAPPA_AIR
        if "temperature_2m" not in surface:
            second = np.minimum(first + 1, height.shape[1] - 1)
            near, t = t, np.take_along_axis(theta, second, axis=1)[:, 0]
            z = np.take_along_axis(height, second, axis=1)[:, 0] - z
            said.append("stability: Richardson number of the two lowest levels")
        else:
            said.append("stability: Richardson number between 2 m and the lowest level")
        friction, inverse = column.stability_of_layer(
            np.hypot(u, v), t - near, temperature, height=np.maximum(z, 5.0), roughness_length=roughness
        )
        friction = np.maximum(given if given is not None else friction, LEAST_FRICTION)
        flux = -inverse * temperature * friction**3 / (VON_KARMAN * GRAVITY)
    if given is None:
        said.append("friction velocity: from the wind near the ground")
    return friction, np.clip(inverse, -1.0 / LEAST_LENGTH, 1.0 / LEAST_LENGTH), flux


def _rain(raw: RawVolume, said: list[str]) -> Array:
    given = raw.surface.get("precipitation")
    if given is None:
        said.append("rain: not given, so unknown; wet deposit is not computed and the ground gets a least value")
        return np.full((len(raw.time), len(raw.y), len(raw.x)), np.nan)
    return np.maximum(given, 0.0)


def _rise(raw: RawVolume, fields: Fields, pressure: Array, virtual: Array, said: list[str]) -> Array:
    """Vertical wind relative to the ground [m/s]."""
    dx, dy = fields.metres_a_cell()
    levels, ground = raw.levels, raw.surface.get("orography")
    if ground is None and "surface_geopotential" in raw.surface:
        ground = raw.surface["surface_geopotential"] / GRAVITY
    if "vertical" in levels or "omega" in levels:
        up = levels["vertical"] if "vertical" in levels else column.rise_from_omega(levels["omega"], pressure, virtual)
        if ground is None:
            return up
        slope_x = np.gradient(ground, axis=-1) / dx[:, None]
        slope_y = np.gradient(ground, axis=-2) / dy
        fade = np.exp(-fields.height / 3000.0)  # the surfaces of equal height above ground flatten upward
        return np.asarray(up - fade * (fields.east * slope_x[:, None] + fields.north * slope_y[:, None]))
    said.append("vertical wind: from continuity of the horizontal wind")
    return column.rise_from_continuity(fields.east, fields.north, fields.height, dx=dx, dy=dy)
