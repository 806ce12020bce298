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
from oberih.weather.kernels.two_levels import stability_between
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
    temperature, moist, pressure : float array
        Near the ground [K]; virtual over actual temperature there [1]; at the ground [Pa].
    roughness_length : float
        [m]
    """

    height: Array
    theta: Array
    east: Array
    north: Array
    temperature: Array
    moist: Array
    pressure: Array | None
    roughness_length: float


@dataclass(frozen=True)
class Layer:
    """The boundary layer: u* [m/s], 1/L [1/m], depth [m], w* [m/s], each of shape (t, y, x)."""

    friction: Array
    inverse_length: Array
    depth: Array
    convective: Array


@dataclass(frozen=True)
class _Lowest:
    """The lowest level above 5 m: which, and what holds there."""

    level: npt.NDArray[np.intp]
    height: Array
    theta: Array
    east: Array
    north: Array

    @staticmethod
    def of(ground: Ground) -> _Lowest:
        level = np.argmax(ground.height > 5.0, axis=1)[:, None]
        fields = (ground.height, ground.theta, ground.east, ground.north)
        return _Lowest(level, *(np.take_along_axis(a, level, axis=1)[:, 0] for a in fields))


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
    low = _Lowest.of(ground)
    speed, wind_height = np.hypot(low.east, low.north), low.height
    if "east_10m" in raw.surface and "north_10m" in raw.surface:
        speed = np.hypot(*(raw.surface[n].astype(np.float64) for n in ("east_10m", "north_10m")))
        wind_height = np.full_like(speed, 10.0)
    else:
        said.append("wind near the ground: that of the lowest level")
    stress = _friction_given(raw, density, said)
    heat = given(raw, "heat_flux_down", said)
    if heat is not None:
        flux = -heat / (density * SPECIFIC_HEAT_AIR)
        friction = stress
        if friction is None:
            speed = np.maximum(speed, 0.5)
            friction = _friction_of_wind(speed, wind_height, flux, ground.temperature, ground.roughness_length)
        friction = np.maximum(friction, LEAST_FRICTION)
        inverse = obukhov_inverse(friction, flux, ground.temperature)
    else:
        friction, inverse = _by_temperatures(raw, ground, low, (speed, wind_height), pressure, said)
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


def _by_temperatures(
    raw: RawVolume, ground: Ground, low: _Lowest, wind: tuple[Array, Array], pressure: Array, said: list[str]
) -> tuple[Array, Array]:  # fmt: skip
    """u* and 1/L from the wind and the potential temperature at two heights."""
    if "temperature_2m" in raw.surface:
        near = ground.temperature * ground.moist * (1e5 / pressure) ** column.KAPPA_AIR
        below, above, difference = np.full_like(near, 2.0), low.height, low.theta - near
        said.append("stability: temperatures at 2 m and at the lowest level")
    else:
        second = np.minimum(low.level + 1, ground.height.shape[1] - 1)
        above, theta = (np.take_along_axis(a, second, axis=1)[:, 0] for a in (ground.height, ground.theta))
        below, difference = low.height, theta - low.theta
        said.append("stability: temperatures at the two lowest levels")
    speed, height = wind
    return stability_between(
        speed, difference, ground.temperature, wind_height=height, low=below, high=above,
        roughness_length=ground.roughness_length, least_length=LEAST_LENGTH,
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
