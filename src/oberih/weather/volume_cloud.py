"""Which cloud rains, and how does convection stir the column?

The cloud is where condensate is, else where the air is nearly saturated, else `oberih.weather.fields.CLOUD`.
Convection is that of a parcel from near the ground; its rate follows from convective rain where it is known, else
from the parcel's energy.  Both are approximations, and said.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.weather.fields import CLOUD
from oberih.weather.kernels import convection
from oberih.weather.kernels.humidity import relative_humidity
from oberih.weather.kernels.parcel import Ascent, ascent
from oberih.weather.read.raw_volume import RawVolume
from oberih.weather.volume_ground import given
from oberih.weather.volume_levels import Column

__all__ = ["cloud_of", "convection_of"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CONDENSATE = 1.0e-6
"""A level holds cloud from so much water and ice on [kg/kg]; verified = false."""

SATURATED = (0.9, 0.8)
"""Relative humidity of a cloudy level, and where no level of a raining column reaches it [1]; as FLEXPART takes it
(Pisso et al. 2019, Geosci. Model Dev. 12, 4955, section 2.4); verified = false."""

LEAST_DEPTH = 500.0
"""A cloud that rains is so deep at least [m]."""

LOWEST, HIGHEST = 50.0, 15_000.0
"""Nothing below and above is looked at [m]."""

LEAST_SOURCE = 300.0
"""The layer that feeds the clouds is the boundary layer, and so deep at least [m]."""

ABOVE_LAYER = 500.0
"""Convection counts where it reaches so far above the boundary layer [m]."""


def cloud_of(raw: RawVolume, column: Column, rain: Array, said: list[str]) -> tuple[Array, Array]:
    """Base and top of the cloud that rains [m above ground]."""
    height = column.height
    inside = (height > LOWEST) & (height < HIGHEST)
    if {"cloud_water", "cloud_ice"} & set(raw.levels):
        water = sum(raw.levels[n].astype(np.float64) for n in ("cloud_water", "cloud_ice") if n in raw.levels)
        base, top, found = _deepest(inside & (np.asarray(water) > CONDENSATE), height)
        how = "condensate"
    elif column.humidity is not None:
        share = relative_humidity(column.humidity, column.temperature, column.pressure)
        base, top, found = _deepest(inside & (share >= SATURATED[0]), height)
        less = _deepest(inside & (share >= SATURATED[1]), height)
        base, top = (np.where(found, a, b) for a, b in ((base, less[0]), (top, less[1])))
        found = found | less[2]
        how = f"relative humidity of {100 * SATURATED[0]:.0f} %, or {100 * SATURATED[1]:.0f} %"
    else:
        base, top, found = np.zeros_like(rain), np.zeros_like(rain), np.zeros(rain.shape, dtype=bool)
        how = ""
    wet = rain > 0.0
    unknown = np.mean(~found[wet]) if wet.any() else 0.0
    plain = f"{CLOUD[0]:.0f} to {CLOUD[1]:.0f} m"
    if how and wet.any():
        rest = f"; {plain} in the {100 * unknown:.0f} % of raining columns without it" if unknown > 0.0 else ""
        said.append(f"cloud that rains: {how}{rest}")
    elif not how:
        said.append(f"cloud that rains: {plain}, as nothing says where it is")
    base, top = np.where(found, base, CLOUD[0]), np.where(found, top, CLOUD[1])
    lowest = raw.surface.get("cloud_base")
    if lowest is not None:
        known = np.isfinite(lowest) & (lowest >= 0.0) & (lowest < top)
        base = np.where(known, lowest, base)
    base = np.maximum(base, LOWEST)
    return base, np.maximum(top, base + LEAST_DEPTH)


def _deepest(cloudy: Flags, height: Array) -> tuple[Array, Array, Flags]:
    """Base and top of the deepest run of cloudy levels, and whether there is one; a gap of one level is bridged."""
    shape = cloudy[:, 0].shape
    base, top, depth = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    start, last, since = np.zeros(shape), np.zeros(shape), np.full(shape, 2)
    lower = np.concatenate([np.maximum(height[:, :1], 0.0), 0.5 * (height[:, 1:] + height[:, :-1])], axis=1)
    upper = np.concatenate([lower[:, 1:], height[:, -1:]], axis=1)
    for k in range(cloudy.shape[1]):
        here = cloudy[:, k]
        start = np.where(here & (since > 1), np.maximum(lower[:, k], 0.0), start)
        last = np.where(here, upper[:, k], last)
        since = np.where(here, 0, since + 1)
        deeper = here & (last - start > depth)
        base, top = np.where(deeper, start, base), np.where(deeper, last, top)
        depth = np.where(deeper, last - start, depth)
    return base, top, depth > 0.0


def _at(values: Array, height: Array, wanted: Array) -> Array:
    """Values of the level nearest to a height in each column."""
    level = np.abs(height - wanted[:, None]).argmin(axis=1)[:, None]
    return np.asarray(np.take_along_axis(values, level, axis=1)[:, 0])


def convection_of(
    raw: RawVolume, column: Column, depth: Array, said: list[str]
) -> tuple[Array, Array, Ascent | None]:  # fmt: skip
    """Rate [1/s] and top [m above ground] of convection that the grid does not resolve.

    Parameters
    ----------
    raw : RawVolume
    column : Column
        Levels under the ground already replaced.
    depth : float array, shape (t, y, x)
        Of the boundary layer [m].
    said : list of str
    """
    none = np.zeros_like(depth)
    if column.humidity is None:
        said.append("convection: no humidity, so none is taken")
        return none, none, None
    risen = ascent(column.height, column.pressure, column.temperature, column.humidity)
    reaches = risen.top > depth + ABOVE_LAYER
    base = column.surface_pressure if column.surface_pressure is not None else column.pressure[:, 0]
    mass, source = (
        convection.column_mass(base, _at(column.pressure, column.height, z))
        for z in (risen.top, np.maximum(depth, LEAST_SOURCE))
    )
    rain = given(raw, "convective_rain", said)
    if rain is not None:
        snow = given(raw, "convective_snow", said)
        fallen = np.maximum(rain if snow is None else rain + snow, 0.0)
        flux = convection.flux_of_rain(fallen, humidity=risen.humidity, humidity_top=risen.humidity_top)
        said.append("convection: rate from convective rain, top from a parcel's ascent (a budget, not verified)")
    else:
        flux = convection.flux_of_energy(risen.cape, risen.cin, source=source)
        said.append("convection: rate and top from a parcel's energy (not verified)")
    rate = convection.rate_of_flux(flux, source=source, mass=mass)
    rate = np.where(reaches, rate, 0.0)
    return rate, np.where(rate > 0.0, risen.top, 0.0), risen
