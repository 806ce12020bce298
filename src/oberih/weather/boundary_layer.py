"""What boundary layer goes with this weather?

One verb: `air_from_weather` turns a uniform `Weather` series into the complete `Air` that
dispersion reads.  What the source gives (friction velocity, heat flux, mixing height, radiation)
is used; the rest is derived from wind, sun, cloud and temperature by the formulas of `kernels`.
Every value filled or bounded is counted in ``attrs["quality"]``; which formula made which
variable stands in ``attrs["derivation"]``.

It does not read, resample or judge weather: see `oberih.weather.quality`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR, SPECIFIC_HEAT_AIR
from oberih.errors import OutOfRange, WeatherRefused
from oberih.weather.air import Air
from oberih.weather.kernels.gaps import bridge_direction, hold
from oberih.weather.kernels.heat_flux import STANDARD_PRESSURE, air_density, energy_budget
from oberih.weather.kernels.mixing_height import convective_velocity, coriolis_parameter, evolve_mixing_height
from oberih.weather.kernels.radiation import cloud_from_insolation, insolation, net_radiation
from oberih.weather.kernels.sun import sine_solar_elevation
from oberih.weather.kernels.surface_layer import (
    LARGEST_DOWNWARD_FLUX,
    SurfaceLayer,
    nocturnal_temperature_scale,
    obukhov_inverse,
    stable_layer,
    unstable_layer,
)
from oberih.weather.series import Weather

Floats = npt.NDArray[np.float64]

CLOUD_HELD_HOURS = 12
"""Longest time that a cloud cover is held [h]; older is replaced by the series' mean (our choice)."""
CLOUD_DEFAULT = 0.6
"""Cloud cover [1] where a series has none at all: near the mean over European land (our choice)."""
CLOUD_BASE_DEFAULT = 1500.0
"""Base of raining cloud [m] where not reported: low and middle cloud's usual bound (our choice)."""
TEMPERATURE_DEFAULT = 283.15
"""[K] where a series has none at all."""
LEAST_STABLE_LENGTH = 5.0
"""Least L > 0 [m]: open country; urban models use 30-100 m (our choice within Hanna & Chang 1992)."""
LEAST_UNSTABLE_LENGTH = 1.0
"""Least -L [m]: nearer free convection u* has no meaning (AERMET's bound)."""
LAPSE_ABOVE = 0.005
"""Potential temperature gradient above the mixed layer [K/m]: US Standard Atmosphere 1976 has 0.0033,
morning soundings 0.003 to 0.010; a choice in between."""
MIXING_FLOOR, MIXING_CEILING = 50.0, 3000.0
"""Bounds of the mixing height [m] (our choice)."""
EVENING_MEMORY = 3600.0
"""Time constant of the collapse after sunset [s]: of the order of Nieuwstadt & Brost's (1986) decay
of convective turbulence, some h/w*."""
FIXED_PARAMETERS = {
    "least_stable_length": LEAST_STABLE_LENGTH,
    "least_unstable_length": LEAST_UNSTABLE_LENGTH,
    "mixing_height_bounds": [MIXING_FLOOR, MIXING_CEILING],
    "evening_memory": EVENING_MEMORY,
}
"""What every product of this file repeats in its attributes, beside the arguments."""
HEAT_FLUX_FORMULA = "Holtslag & van Ulden 1983 by day, van Ulden & Holtslag 1985 by night"
FRICTION_FORMULA = "log law with Paulson 1970 and Beljaars & Holtslag 1991"
SOLAR_FORMULA = "Kasten & Czeplak 1980 from cloud and sun"
MIXING_FORMULA = "Zilitinkevich et al. 2007 mechanical; Batchvarova & Gryning 1991 convective growth"
CYCLIC_LABELS = ("typical year", "climate-statistics weather")
"""Kinds of weather that may be continued from their own beginning."""


@dataclass(frozen=True)
class _Filled:
    """The weather without gaps, and how many hours were filled in which way."""

    speed: Floats
    direction: Floats
    temperature: Floats
    cloud: Floats
    solar: Floats
    precipitation: Floats
    cloud_base: Floats
    pressure: Floats
    counts: dict[str, int]


def air_from_weather(
    weather: Weather,
    *,
    roughness_length: float,
    albedo: float = 0.2,
    moisture: float = 0.8,
    minimum_speed: float = 0.5,
    lapse_above: float = LAPSE_ABOVE,
    cyclic: bool | None = None,
) -> Air:
    """Derive the boundary layer from a uniform weather series.

    Parameters
    ----------
    weather : Weather
        Uniform in time, at most an hour a step is meant; wind speed complete; direction may be NaN
        (calm), cloud, rain and the rest too.  Values are taken as those at their times.
    roughness_length : float
        z0 of the country around the anemometer [m]; the wind height must be above 3 z0.
    albedo : float
        Of the ground [1], default 0.2 (crops and grass; snow is not modelled).
    moisture : float
        Priestley-Taylor α [1]: 1 well-watered, 0.5 dry grass; default 0.8, rain-fed farmland.
    minimum_speed : float
        A slower wind is given this speed [m/s]; its direction is kept, or if unknown taken along
        the shorter arc between its known neighbours.
    lapse_above : float
        Potential temperature gradient above the mixed layer [K/m].
    cyclic : bool, optional
        Whether the series may be continued from its beginning; by default only for the labels
        in `CYCLIC_LABELS`.

    Returns
    -------
    Air
        With ``attrs`` keys ``derivation``, ``quality``, ``parameters`` and the weather's own.

    Raises
    ------
    WeatherRefused
        If the series is not uniform, the wind speed has gaps, or no direction is known at all.
    OutOfRange
        If a parameter lies outside its physical range.

    Notes
    -----
    By day (heat flux upward): `energy_budget` and `unstable_layer`; otherwise `stable_layer` with
    θ* = 0.09 (1 - 0.5 N²), the heat flux limited to what the energy budget can give, so that the
    change of sign is continuous.  Mixing height: `evolve_mixing_height`.  Unknown rain counts as
    none, and is counted.

    Source: Holtslag & van Ulden (1983); van Ulden & Holtslag (1985); Beljaars & Holtslag (1991);
    Zilitinkevich, Esau & Baklanov (2007); Batchvarova & Gryning (1991).
    """
    _check_parameters(weather, roughness_length, albedo, moisture, minimum_speed, lapse_above)
    parameters = {
        "roughness_length": roughness_length,
        "albedo": albedo,
        "moisture": moisture,
        "minimum_speed": minimum_speed,
        "lapse_above": lapse_above,
        **FIXED_PARAMETERS,
    }
    step = _uniform_step(weather)
    sun = sine_solar_elevation(weather.time, latitude=weather.latitude, longitude=weather.longitude)
    filled = _fill(weather, sun, step=step, minimum_speed=minimum_speed)
    layer, derivation = _surface_layer(
        weather, filled, roughness_length=roughness_length, albedo=albedo, moisture=moisture
    )
    cyclic = weather.label in CYCLIC_LABELS if cyclic is None else cyclic
    depth = _mixing_height(weather, filled, layer, step=step, lapse=lapse_above, cyclic=cyclic)
    given_depth = int(np.isfinite(weather.boundary_layer_height).sum())
    derivation["mixing_height"] = _method(given_depth, len(weather), MIXING_FORMULA)
    bearing = np.radians(filled.direction)
    return Air(
        start=int(weather.time[0]),
        step=step,
        east=-filled.speed * np.sin(bearing),
        north=-filled.speed * np.cos(bearing),
        friction_velocity=layer.friction_velocity,
        inverse_obukhov_length=layer.inverse_length,
        mixing_height=depth,
        convective_velocity=convective_velocity(layer.heat_flux, depth, filled.temperature),
        precipitation=filled.precipitation,
        temperature=filled.temperature,
        cloud_base=filled.cloud_base,
        roughness_length=roughness_length,
        wind_height=weather.wind_height,
        latitude=weather.latitude,
        cyclic=cyclic,
        label=weather.label,
        source=weather.source,
        attrs={
            **weather.attrs,
            "derivation": derivation,
            "quality": {"hours": len(weather), **filled.counts, **_bounded(layer)},
            "parameters": parameters,
        },
    )


def _check_parameters(
    weather: Weather, roughness_length: float, albedo: float, moisture: float, minimum_speed: float, lapse: float
) -> None:
    """Refuse parameters outside their physical range."""
    highest = weather.wind_height / 3.0
    bounds = {
        "roughness_length": (roughness_length, 1e-5, highest, "between 1e-5 m and a third of the wind's height"),
        "albedo": (albedo, 0.0, 1.0, "between 0 and 1"),
        "moisture": (moisture, 0.0, 1.3, "between 0 (dry) and 1.3 (open water)"),
        "minimum_speed": (minimum_speed, 0.05, 3.0, "between 0.05 and 3 m/s"),
        "lapse_above": (lapse, 0.0005, 0.05, "between 0.0005 and 0.05 K/m"),
    }  # fmt: skip
    for name, (value, least, most, wanted) in bounds.items():
        if not least <= value <= most:
            raise OutOfRange(f"must lie {wanted}", field=name, value=value)


def _uniform_step(weather: Weather) -> float:
    """Time between values [s]; refuse what is not uniform or has no wind."""
    if len(weather) < 2:
        raise WeatherRefused(
            "too short to derive a boundary layer", field="time", value=len(weather), cure="give two hours or more"
        )
    steps = np.diff(weather.time)
    if steps[0] <= 0 or np.any(steps != steps[0]):
        odd = int(np.flatnonzero((steps != steps[0]) | (steps <= 0))[0])
        raise WeatherRefused(
            f"not uniform in time (step {odd + 1} differs)",
            field="time",
            value=int(steps[odd]),
            cure="resample it hourly",
        )
    bad = ~(np.isfinite(weather.wind_speed) & (weather.wind_speed >= 0.0))
    if bad.any():
        raise WeatherRefused(
            f"{int(bad.sum())} hours without a usable wind speed",
            field="wind_speed",
            value=float(weather.wind_speed[bad][0]),
            cure="fill or cut the gaps first",
        )
    if not np.isfinite(weather.wind_direction).any():
        raise WeatherRefused("no wind direction is known", field="wind_direction", cure="give one hour at least")
    return float(steps[0])


def _fill(weather: Weather, sun: Floats, *, step: float, minimum_speed: float) -> _Filled:
    """Fill what dispersion cannot do without, counting it."""
    undirected = np.isnan(weather.wind_direction)
    slow = weather.wind_speed < minimum_speed
    cloud, cloud_counts = _fill_cloud(weather, sun, step=step)
    unknown_rain = np.isnan(weather.precipitation)
    unknown_solar = np.isnan(weather.solar_radiation)
    cold = np.isnan(weather.temperature)
    unknown_base = np.isnan(weather.cloud_base)
    counts = {
        "calm_given_minimum_speed": int(slow.sum()),
        "calm_direction_bridged": int((undirected & slow).sum()),
        "direction_missing_with_wind_bridged": int((undirected & ~slow).sum()),
        **cloud_counts,
        "rain_unknown_taken_as_none": int(unknown_rain.sum()),
        "temperature_filled": int(cold.sum()),
        "cloud_base_default": int(unknown_base.sum()),
    }
    return _Filled(
        speed=np.maximum(weather.wind_speed, minimum_speed),
        direction=bridge_direction(weather.wind_direction),
        temperature=_fill_temperature(weather.temperature, cold),
        cloud=cloud,
        solar=np.where(unknown_solar, insolation(sun, cloud), weather.solar_radiation),
        precipitation=np.where(unknown_rain, 0.0, weather.precipitation),
        cloud_base=np.where(unknown_base, CLOUD_BASE_DEFAULT, weather.cloud_base),
        pressure=np.where(np.isfinite(weather.pressure), weather.pressure, STANDARD_PRESSURE),
        counts=counts,
    )


def _fill_cloud(weather: Weather, sun: Floats, *, step: float) -> tuple[Floats, dict[str, int]]:
    """Cloud as reported, else from radiation, else held 12 h, else the mean."""
    reported = weather.cloud_cover
    inferred = np.where(np.isnan(reported), cloud_from_insolation(sun, weather.solar_radiation), reported)
    held = hold(inferred, at_most=int(CLOUD_HELD_HOURS * SECONDS_PER_HOUR / step))
    known = inferred[np.isfinite(inferred)]
    mean = float(known.mean()) if len(known) else CLOUD_DEFAULT
    unknown = [int(np.isnan(stage).sum()) for stage in (reported, inferred, held)]
    return np.where(np.isnan(held), mean, held), {
        "cloud_from_radiation": unknown[0] - unknown[1],
        "cloud_held": unknown[1] - unknown[2],
        "cloud_mean": unknown[2],
    }


def _fill_temperature(temperature: Floats, missing: npt.NDArray[np.bool_]) -> Floats:
    """Temperature [K] interpolated in time, or the default where there is none at all."""
    if not missing.any():
        return temperature
    if missing.all():
        return np.full(len(temperature), TEMPERATURE_DEFAULT)
    index = np.arange(len(temperature))
    return np.asarray(np.interp(index, index[~missing], temperature[~missing]))


def _surface_layer(
    weather: Weather, filled: _Filled, *, roughness_length: float, albedo: float, moisture: float
) -> tuple[SurfaceLayer, dict[str, str]]:
    """Friction velocity, 1/L and heat flux: given where the source has them, else derived."""
    net = net_radiation(filled.solar, filled.temperature, filled.cloud, albedo=albedo)
    budget = energy_budget(net, filled.temperature, filled.pressure, moisture=moisture)
    given = np.isfinite(weather.sensible_heat_flux)
    capacity = air_density(filled.temperature, filled.pressure) * SPECIFIC_HEAT_AIR
    flux = np.where(given, weather.sensible_heat_flux, budget.sensible) / capacity
    up = flux > 0.0
    place = {"height": weather.wind_height, "roughness_length": roughness_length}
    day = unstable_layer(
        filled.speed, np.maximum(flux, 0.0), filled.temperature, least_length=LEAST_UNSTABLE_LENGTH, **place
    )
    limit = np.where(given, -flux, np.minimum(-flux, LARGEST_DOWNWARD_FLUX))
    night = stable_layer(
        filled.speed,
        np.where(given, np.inf, nocturnal_temperature_scale(filled.cloud)),
        np.maximum(limit, 0.0),
        filled.temperature,
        least_length=LEAST_STABLE_LENGTH,
        **place,
    )
    solved = SurfaceLayer(*(np.where(up, d, n) for d, n in zip(day, night, strict=True)))
    hours = len(weather)
    derivation = {
        name: _method(int(np.isfinite(values).sum()), hours, formula)
        for name, values, formula in (
            ("heat_flux", weather.sensible_heat_flux, HEAT_FLUX_FORMULA),
            ("friction_velocity", weather.friction_velocity, FRICTION_FORMULA),
            ("solar_radiation", weather.solar_radiation, SOLAR_FORMULA),
        )
    }
    return _with_given_friction(weather.friction_velocity, solved, filled.temperature), derivation


def _with_given_friction(friction_velocity: Floats, layer: SurfaceLayer, temperature: Floats) -> SurfaceLayer:
    """Put the source's u* [m/s] where it has one, and L from it and the heat flux, within its bounds."""
    given = np.isfinite(friction_velocity) & (friction_velocity > 0.0)
    u_star = np.where(given, friction_velocity, layer.friction_velocity)
    inverse = np.clip(
        obukhov_inverse(u_star, layer.heat_flux, temperature), -1.0 / LEAST_UNSTABLE_LENGTH, 1.0 / LEAST_STABLE_LENGTH
    )
    return SurfaceLayer(u_star, np.where(given, inverse, layer.inverse_length), layer.heat_flux)


def _mixing_height(
    weather: Weather, filled: _Filled, layer: SurfaceLayer, *, step: float, lapse: float, cyclic: bool
) -> Floats:
    """Mixing height [m]: the source's where it has one, else evolved through the days."""
    given = np.isfinite(weather.boundary_layer_height)
    if given.all():
        return np.clip(weather.boundary_layer_height, MIXING_FLOOR, MIXING_CEILING)
    settings: dict[str, Any] = {
        "step": step,
        "coriolis": coriolis_parameter(weather.latitude),
        "lapse": lapse,
        "floor": MIXING_FLOOR,
        "ceiling": MIXING_CEILING,
        "memory": EVENING_MEMORY,
    }
    series = (layer.heat_flux, layer.friction_velocity, layer.inverse_length, filled.temperature)
    lead = int(48.0 * SECONDS_PER_HOUR / step)
    before = evolve_mixing_height(*(s[-lead:] for s in series), **settings)[-1] if cyclic else None
    depth = evolve_mixing_height(*series, **settings, first=None if before is None else float(before))
    return np.where(given, np.clip(weather.boundary_layer_height, MIXING_FLOOR, MIXING_CEILING), depth)


def _bounded(layer: SurfaceLayer) -> dict[str, int]:
    """How many hours stand at the bounds of the Obukhov length."""
    return {
        "stable_length_at_bound": int(np.sum(layer.inverse_length >= (1.0 - 1e-9) / LEAST_STABLE_LENGTH)),
        "unstable_length_at_bound": int(np.sum(layer.inverse_length <= (-1.0 + 1e-9) / LEAST_UNSTABLE_LENGTH)),
    }


def _method(given: int, total: int, formula: str) -> str:
    """Say who made a variable: the source, the formula, or both."""
    if given == total:
        return "given by the source"
    return formula if given == 0 else f"given by the source in {given} of {total} hours, else {formula}"
