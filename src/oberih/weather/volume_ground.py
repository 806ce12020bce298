"""What does the ground of a volume do to the air: stirring, heat, rain?

What the files give is used; what is not there is derived from wind, temperature and stability of the column, and said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.constants import GAS_CONSTANT_DRY_AIR, GRAVITY, SPECIFIC_HEAT_AIR, VON_KARMAN
from oberih.weather.kernels import column
from oberih.weather.kernels.mixing_height import convective_velocity
from oberih.weather.kernels.profile import profile_factor
from oberih.weather.kernels.surface_layer import obukhov_inverse
from oberih.weather.read.raw_volume import RawVolume

__all__ = ["Ground", "Layer", "ground_layer", "rain_of"]

Array = npt.NDArray[np.float64]

LEAST_FRICTION, LEAST_LENGTH = 0.05, 5.0
"""u* [m/s] and |L| [m] are not let below these: turbulence that comes and goes keeps some mixing."""

ROUNDS = 12
"""Of the search for u* and L that go together: the last changes u* by less than a hundredth."""

STANDARD_PRESSURE = 1.0e5
"""For the density where the pressure at the ground is not known [Pa]."""


@dataclass(frozen=True)
class Ground:
    """What the ground layer is derived from; shapes (t, levels, y, x) and (t, y, x).

    Parameters
    ----------
    height, theta, east, north : float array
        Above ground, rising [m]; virtual potential temperature [K]; wind [m/s]; all levels above ground.
    temperature, pressure : float array
        Near the ground [K]; at the ground [Pa].
    roughness_length : float
        [m]
    """

    height: Array
    theta: Array
    east: Array
    north: Array
    temperature: Array
    pressure: Array | None
    roughness_length: float


@dataclass(frozen=True)
class Layer:
    """The boundary layer: u* [m/s], 1/L [1/m], depth [m], w* [m/s], each of shape (t, y, x)."""

    friction: Array
    inverse_length: Array
    depth: Array
    convective: Array


def given(raw: RawVolume, name: str, said: list[str]) -> Array | None:
    """A field at the ground, if it is there without a gap."""
    values = raw.surface.get(name)
    if values is None:
        return None
    if not np.isfinite(values).all():
        said.append(f"{name}: has gaps, so it is not used")
        return None
    return values.astype(np.float64)


def ground_layer(raw: RawVolume, ground: Ground, said: list[str]) -> Layer:
    """Stirring, stability and depth of the boundary layer."""
    friction, inverse, flux = _surface_layer(raw, ground, said)
    depth = given(raw, "mixing_height", said)
    if depth is None:
        depth = column.stirred_depth(ground.height, ground.theta, ground.east, ground.north, friction)
        said.append("mixing height: bulk Richardson number of the column")
    depth = np.maximum(depth, column.LEAST_LAYER)
    return Layer(friction, inverse, depth, convective_velocity(flux, depth, ground.temperature))


def _surface_layer(raw: RawVolume, ground: Ground, said: list[str]) -> tuple[Array, Array, Array]:
    """u* [m/s], 1/L [1/m] and the kinematic heat flux upward [K m/s]."""
    pressure = np.full_like(ground.temperature, STANDARD_PRESSURE) if ground.pressure is None else ground.pressure
    density = pressure / (GAS_CONSTANT_DRY_AIR * ground.temperature)
    first = np.argmax(ground.height > 5.0, axis=1)[:, None]
    z, t, u, v = (
        np.take_along_axis(a, first, axis=1)[:, 0] for a in (ground.height, ground.theta, ground.east, ground.north)
    )
    wind_height = z
    if "east_10m" in raw.surface and "north_10m" in raw.surface:
        u, v = (raw.surface[n].astype(np.float64) for n in ("east_10m", "north_10m"))
        wind_height = np.full_like(z, 10.0)
    else:
        said.append("wind near the ground: that of the lowest level")
    stress = _friction_given(raw, density, said)
    heat = given(raw, "heat_flux_down", said)
    if heat is not None:
        flux = -heat / (density * SPECIFIC_HEAT_AIR)
        friction = stress
        if friction is None:
            speed = np.maximum(np.hypot(u, v), 0.5)
            friction = _friction_of_wind(speed, wind_height, flux, ground.temperature, ground.roughness_length)
        friction = np.maximum(friction, LEAST_FRICTION)
        inverse = obukhov_inverse(friction, flux, ground.temperature)
    else:
        friction, inverse = _by_richardson(raw, ground, first, (z, t, u, v), pressure, said)
        friction = np.maximum(friction if stress is None else stress, LEAST_FRICTION)
        flux = -inverse * ground.temperature * friction**3 / (VON_KARMAN * GRAVITY)
    if stress is None:
        said.append("friction velocity: from the wind near the ground")
    return friction, np.clip(inverse, -1.0 / LEAST_LENGTH, 1.0 / LEAST_LENGTH), flux


def _friction_of_wind(speed: Array, height: Array, flux: Array, temperature: Array, roughness: float) -> Array:
    """u* [m/s] of the profile that has this speed at a height, with the stability that the flux gives it."""
    z = np.maximum(height, 3.0 * roughness)
    friction = VON_KARMAN * speed / np.log(z / roughness)
    for _ in range(ROUNDS):
        inverse = obukhov_inverse(np.maximum(friction, LEAST_FRICTION), flux, temperature)
        inverse = np.clip(inverse, -1.0 / LEAST_LENGTH, 1.0 / LEAST_LENGTH)
        found = VON_KARMAN * speed / profile_factor(z, inverse, roughness_length=roughness)
        friction = 0.5 * (friction + found)
    return friction


def _friction_given(raw: RawVolume, density: Array, said: list[str]) -> Array | None:
    friction = given(raw, "friction_velocity", said)
    if friction is not None:
        return friction
    east, north = given(raw, "stress_east", said), given(raw, "stress_north", said)
    return None if east is None or north is None else np.asarray(np.sqrt(np.hypot(east, north) / density))


def _by_richardson(
    raw: RawVolume, ground: Ground, first: npt.NDArray[np.intp], low: tuple[Array, Array, Array, Array],
    pressure: Array, said: list[str],
) -> tuple[Array, Array]:  # fmt: skip
    """u* and 1/L by the Richardson number of the lowest layer that two temperatures enclose."""
    z, t, u, v = low
    near = ground.temperature * (1e5 / pressure) ** column.KAPPA_AIR
    if "temperature_2m" not in raw.surface:
        second = np.minimum(first + 1, ground.height.shape[1] - 1)
        near, t = t, np.take_along_axis(ground.theta, second, axis=1)[:, 0]
        z = np.take_along_axis(ground.height, second, axis=1)[:, 0] - z
        said.append("stability: Richardson number of the two lowest levels")
    else:
        said.append("stability: Richardson number between 2 m and the lowest level")
    return column.stability_of_layer(
        np.hypot(u, v), t - near, ground.temperature, height=np.maximum(z, 5.0),
        roughness_length=ground.roughness_length,
    )  # fmt: skip


PARTS = ("large_scale_rain", "convective_rain", "large_scale_snow", "convective_snow")


def rain_of(raw: RawVolume, said: list[str]) -> Array:
    """Rain and snow [kg/(m2 s)]; NaN where unknown."""
    total = raw.surface.get("precipitation")
    if total is None and {"large_scale_rain", "convective_rain"} <= set(raw.surface):
        parts = [raw.surface[name] for name in PARTS if name in raw.surface]
        total = np.sum(parts, axis=0)
        said.append("rain: large-scale and convective together")
    if total is None:
        said.append("rain: not given, so unknown; wet deposit is not computed and the ground gets a least value")
        return np.full((len(raw.time), len(raw.y), len(raw.x)), np.nan)
    if np.isnan(total).any():
        said.append(f"rain: unknown in {100 * np.mean(np.isnan(total)):.1f} % of the cells and times")
    return np.maximum(total.astype(np.float64), 0.0)
