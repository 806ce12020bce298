"""What weather is usual, when no real year is at hand?

One verb: `climate_year` draws a stochastic, seeded, periodic year whose joint statistics of wind,
cloud, rain and temperature, with season, hour of day and persistence, were fitted by
``scripts/fit_climate.py`` to a station's real observations.  Only the fitted table ships.  It is
not weather of any date, and every product made from it says "climate-statistics weather".

Model: a Gaussian copula.  Six numbers (two for the wind, one each for cloud, cloud base,
temperature and rain) run as a vector autoregression of three-hour steps, bridged to hours; tables
by season and local solar hour turn them into values.  Cloud, cloud base, temperature and rain also
depend on the wind's speed.  Assumed, not observed: the variation from hour to hour, which continues
the power law of the differences over three and six hours.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import EARTH_RADIUS, KELVIN_OFFSET, SECONDS_PER_HOUR
from oberih.errors import InputError, UnknownName
from oberih.weather.kernels.copula import (
    Slots,
    at_seasons,
    at_slots,
    class_of,
    direction_of,
    excess_rank,
    normal_quantile,
    place_in_table,
    sector_quantiles,
    value_at,
)
from oberih.weather.kernels.latent import bridge_hours, periodic_autoregression
from oberih.weather.series import Weather

Floats = npt.NDArray[np.float64]

NOMINAL_START = 1672531200
"""2023-01-01T00:00Z: the nominal beginning of a year that never was."""
DEFAULT_TABLE = "kharkiv_34300_2016"
COMPONENTS = ("wind_a", "wind_b", "cloud", "cloud_base", "temperature", "rain")
"""Order of the hidden components."""
CALM_BELOW = 0.5
"""A wind that would be reported as 0 m/s [m/s]."""
LEAST_CIRCLE = 480
"""Shortest circle of three-hour steps: sixty days, far above the correlation time."""


@dataclass(frozen=True)
class ClimateTable:
    """A fitted table: its content as written by ``scripts/fit_climate.py`` and its hash.

    Parameters
    ----------
    name : str
    sha256 : str
        Of the file's bytes.
    content : dict
        See the file's own ``reading``.
    """

    name: str
    sha256: str
    content: dict[str, Any]


def load_table(name: str = DEFAULT_TABLE) -> ClimateTable:
    """Load a fitted table that ships with the package.

    Raises
    ------
    UnknownName
        If there is none of that name.
    """
    folder = files("oberih.weather") / "data"
    known = sorted(f.name.removesuffix(".json") for f in folder.iterdir() if f.name.endswith(".json"))
    if name not in known:
        raise UnknownName("climate table", name, known=known)
    raw = (folder / f"{name}.json").read_bytes()
    return ClimateTable(name, hashlib.sha256(raw).hexdigest(), json.loads(raw))


def climate_year(
    *,
    site_latitude: float,
    site_longitude: float,
    seed: int,
    table: ClimateTable | None = None,
    hours: int = 8760,
    start: int = NOMINAL_START,
) -> Weather:
    """Draw a stochastic year of hourly weather.

    Parameters
    ----------
    site_latitude, site_longitude : float
        Where it is to be used [degrees north, east]; only the local solar hour is adapted to it.
    seed : int
        Same seed, same bytes; >= 0.
    table : ClimateTable, optional
        The default is Kharkiv 2016.
    hours : int
        Length [h], default a year; the series is periodic if it is a multiple of 3 from 1440 h on.
    start : int
        Nominal time of the first value, seconds since 1970; the season follows from it.

    Returns
    -------
    Weather
        Label "climate-statistics weather"; direction NaN when calm; radiation, pressure, mixing
        height and fluxes NaN (to be derived).

    Raises
    ------
    InputError
        If the place, the seed or the length is impossible.
    """
    _check(site_latitude, site_longitude, seed, hours)
    table = load_table() if table is None else table
    time = start + np.arange(hours, dtype=np.int64) * SECONDS_PER_HOUR
    slots = _slots(table.content, time, longitude=site_longitude)
    latent = _latent(table.content["process"], hours=hours, seed=seed)
    speed, direction, score = _wind(table.content["wind"], latent, slots)
    coupled = _couple(table.content["coupling_to_speed"], latent, score, slots)
    cloud, base = _cloud(table.content, coupled, slots)
    temperature = _temperature(table.content["temperature"], coupled["temperature"], time, slots, site_longitude)
    calm = speed < CALM_BELOW
    unknown = np.full(hours, np.nan)
    return Weather(
        time=time,
        wind_speed=np.where(calm, 0.0, np.round(speed, 2)),
        wind_direction=np.where(calm, np.nan, np.mod(np.round(direction, 1), 360.0)),
        temperature=np.round(temperature, 2),
        cloud_cover=cloud,
        solar_radiation=unknown,
        precipitation=_rain(table.content["rain"], coupled["rain"], slots) / SECONDS_PER_HOUR,
        boundary_layer_height=unknown,
        pressure=unknown,
        cloud_base=base,
        friction_velocity=unknown,
        sensible_heat_flux=unknown,
        latitude=site_latitude,
        longitude=site_longitude,
        wind_height=float(table.content["station"]["wind_height_m"]),
        label="climate-statistics weather",
        source=_source(table, site_latitude, site_longitude),
        attrs={
            "inputs": [{"name": f"{table.name}.json", "sha256": table.sha256}],
            "seed": seed,
            "climate_table": table.name,
            "climate_table_sha256": table.sha256,
        },
    )


def _check(latitude: float, longitude: float, seed: int, hours: int) -> None:
    """Refuse impossible arguments."""
    if not -90.0 <= latitude <= 90.0:
        raise InputError("must lie between -90 and 90 degrees", field="site_latitude", value=latitude)
    if not -180.0 <= longitude <= 360.0:
        raise InputError("must lie between -180 and 360 degrees", field="site_longitude", value=longitude)
    if seed < 0:
        raise InputError("must not be negative", field="seed", value=seed)
    if not 2 <= hours <= 1_000_000:
        raise InputError("must lie between 2 and 1,000,000", field="hours", value=hours)


def _calendar(time: npt.NDArray[np.int64], longitude: float) -> tuple[Floats, Floats]:
    """Day of the year [d] and mean local solar hour [h] of each time."""
    moment = time.astype("datetime64[s]")
    day = (moment - moment.astype("datetime64[Y]")).astype(np.float64) / 86400.0
    return day, np.mod(time / SECONDS_PER_HOUR + longitude / 15.0, 24.0)


def _slots(content: dict[str, Any], time: npt.NDArray[np.int64], *, longitude: float) -> Slots:
    """Where each time lies in the tables."""
    day, hour = _calendar(time, longitude)
    centres = content["slots"]
    return place_in_table(
        day,
        hour,
        season_centres=np.array(centres["season_centre_day"]),
        hour_centres=np.array(centres["local_solar_hour"]),
    )


def _latent(process: dict[str, Any], *, hours: int, seed: int) -> dict[str, Floats]:
    """The hidden components, each of shape (hours,)."""
    count = max(-(-hours // 3), LEAST_CIRCLE)
    generator = np.random.Generator(np.random.PCG64(seed))
    size = len(COMPONENTS)
    innovation = np.array(process["innovation"])
    steps = periodic_autoregression(
        np.array(process["coefficients"]), innovation, generator.standard_normal((count, size))
    )
    hourly = bridge_hours(
        steps,
        np.array(process["hourly_correlation"]),
        innovation / np.linalg.norm(innovation, axis=1, keepdims=True),
        generator.standard_normal((count, 2, size)),
    )
    return dict(zip(COMPONENTS, hourly[:hours].T, strict=True))


def _wind(table: dict[str, Any], latent: dict[str, Floats], slots: Slots) -> tuple[Floats, Floats, Floats]:
    """Speed [m/s], direction [degrees], and the speed's normal score within its hour and sector."""
    a, b = latent["wind_a"], latent["wind_b"]
    phase = np.mod(np.arctan2(a, b) / (2.0 * np.pi), 1.0)
    rank = -np.expm1(-0.5 * (a * a + b * b))
    direction = direction_of(phase, at_seasons(np.array(table["rose"]), slots))
    quantiles = sector_quantiles(direction, np.array(table["speed_quantiles"]))
    relative = value_at(rank, np.array(table["speed_levels"]), quantiles)
    return relative * at_slots(np.array(table["speed_scale_m_s"]), slots), direction, normal_quantile(rank)


def _couple(coupling: dict[str, Any], latent: dict[str, Floats], score: Floats, slots: Slots) -> dict[str, Floats]:
    """Components as they depend on the wind's speed; still standard normal."""
    result = {}
    for name, table in coupling.items():
        share = at_slots(np.array(table), slots)
        result[name] = share * score + np.sqrt(1.0 - share**2) * latent[name]
    return result


def _cloud(content: dict[str, Any], coupled: dict[str, Floats], slots: Slots) -> tuple[Floats, Floats]:
    """Cloud cover [1] and cloud base [m]; the base is NaN under a clear sky."""
    cover_table, base_table = content["cloud"], content["cloud_base"]
    cover = np.array(cover_table["values"])[
        class_of(coupled["cloud"], at_slots(np.array(cover_table["probabilities"]), slots))
    ]
    base = np.array(base_table["values_m"])[
        class_of(coupled["cloud_base"], at_slots(np.array(base_table["probabilities"]), slots))
    ]
    return cover, np.where(cover > 0.0, base, np.nan)


def temperature_terms(day: Floats, hour: Floats) -> Floats:
    """Harmonics of the mean temperature, shape (n, 25): two of the year times two of the day."""
    year, daily = 2.0 * np.pi * day / 365.25, 2.0 * np.pi * hour / 24.0
    of_year = [np.ones_like(day), np.cos(year), np.sin(year), np.cos(2 * year), np.sin(2 * year)]
    of_day = [np.ones_like(day), np.cos(daily), np.sin(daily), np.cos(2 * daily), np.sin(2 * daily)]
    return np.stack([y * d for y in of_year for d in of_day], axis=1)


def _temperature(
    table: dict[str, Any], latent: Floats, time: npt.NDArray[np.int64], slots: Slots, longitude: float
) -> Floats:
    """Air temperature [K]."""
    day, hour = _calendar(time, longitude)
    mean = temperature_terms(day, hour) @ np.array(table["mean_celsius_harmonics"])
    return np.asarray(mean + at_slots(np.array(table["spread_kelvin"]), slots) * latent + KELVIN_OFFSET)


def _rain(table: dict[str, Any], latent: Floats, slots: Slots) -> Floats:
    """Precipitation of the hour [kg/m2]: Weibull amounts in the hours above the wet threshold."""
    rank = excess_rank(latent, at_slots(np.array(table["wet_probability"]), slots))
    scale = at_seasons(np.array(table["weibull_scale_mm_h"]), slots)
    power = at_seasons(1.0 / np.array(table["weibull_shape"]), slots)
    amount = scale * (-np.log1p(-np.clip(rank, 0.0, 1.0 - 1e-6))) ** power
    return np.where(rank > 0.0, np.maximum(np.round(amount, 3), 0.001), 0.0)


def _source(table: ClimateTable, latitude: float, longitude: float) -> str:
    """Who to name, and how far away it was observed."""
    station = table.content["station"]
    phi, other = np.radians(latitude), np.radians(station["latitude"])
    step = np.radians(longitude - station["longitude"])
    half = np.sin(0.5 * (phi - other)) ** 2 + np.cos(phi) * np.cos(other) * np.sin(0.5 * step) ** 2
    distance = 2.0 * EARTH_RADIUS * np.arcsin(np.sqrt(half)) / 1e3
    return (
        f"statistics of {station['name']} (WMO {station['wmo']}) {station['year']}, {station['credit']}, "
        f"{distance:.0f} km from the site"
    )
