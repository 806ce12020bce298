"""What does the air of a volume do at one place, hour by hour?

Takes `Fields`, gives an `Air`: what plume rise, labels and an atlas's `air` need of a site.  Bilinear in space, linear
in time between the fields; nothing is derived anew.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.weather.air import Air
from oberih.weather.fields import Fields
from oberih.weather.kernels.profile import profile_factor

__all__ = ["WIND_HEIGHT", "air_of_fields"]

Array = npt.NDArray[np.float64]

WIND_HEIGHT = 10.0
"""Height of the wind of the result [m]."""

LEAST_SPEED = 0.5
"""A slower wind is given this speed [m/s], as in `oberih.weather.boundary_layer`."""


def air_of_fields(fields: Fields, *, latitude: float, longitude: float) -> Air:
    """Hourly air at a place.

    Parameters
    ----------
    fields : Fields
        A single time is steady air: one value, ``cyclic``.
    latitude, longitude : float
        [degrees]

    Raises
    ------
    InputError
        If the place lies outside the grid.

    Notes
    -----
    Wind at 10 m: between levels linear; below the lowest by the logarithmic profile with stability.  Unknown rain
    counts as none, and ``attrs`` says so.
    """
    column, row = fields.place(longitude=longitude, latitude=latitude)
    flat = {
        name: _at(getattr(fields, name), column, row) for name in (
            "mixing_height", "friction_velocity", "inverse_obukhov_length", "convective_velocity", "cloud_base",
        )
    }  # fmt: skip
    rain = _at(fields.precipitation, column, row)
    height, east, north, temperature = (
        _at(getattr(fields, n), column, row) for n in ("height", "east", "north", "temperature")
    )
    roughness = fields.roughness_length
    inverse = flat["inverse_obukhov_length"]
    east, north = (_near(a, height, inverse, roughness) for a in (east, north))
    series = flat | {"east": east, "north": north, "temperature": temperature[:, 0], "rain": np.nan_to_num(rain)}
    hours, hourly = _hourly(fields, series)
    east, north = _moving(hourly.pop("east"), hourly.pop("north"))
    return Air(
        start=int(hours[0]), step=float(SECONDS_PER_HOUR), east=east, north=north, precipitation=hourly.pop("rain"),
        **hourly, roughness_length=roughness, wind_height=WIND_HEIGHT, latitude=latitude, cyclic=len(fields.time) == 1,
        label=fields.label, source=fields.source,
        attrs={"derivation": list(fields.derived), "rain_unknown": bool(np.isnan(rain).any()),
               "longitude": longitude, "fields_step": fields.step},
    )  # fmt: skip


def _at(values: Array, column: float, row: float) -> Array:
    """Bilinear in the last two axes; cells are counted from the first."""
    i, j = int(row), int(column)
    a, b = row - i, column - j
    low = (1.0 - b) * values[..., i, j] + b * values[..., i, j + 1]
    high = (1.0 - b) * values[..., i + 1, j] + b * values[..., i + 1, j + 1]
    return np.asarray((1.0 - a) * low + a * high)


def _near(values: Array, height: Array, inverse: Array, roughness: float) -> Array:
    """A component of the wind at `WIND_HEIGHT` [m/s], from levels of shape (t, levels)."""
    lowest = np.maximum(height[:, 0], 3.0 * roughness)
    fall = profile_factor(max(WIND_HEIGHT, 3.0 * roughness), inverse, roughness_length=roughness) / profile_factor(
        lowest, inverse, roughness_length=roughness
    )
    between = np.array([np.interp(WIND_HEIGHT, h, v) for h, v in zip(height, values, strict=True)])
    return np.where(lowest > WIND_HEIGHT, values[:, 0] * np.clip(fall, 0.0, 1.0), between)


def _hourly(fields: Fields, series: dict[str, Array]) -> tuple[npt.NDArray[np.int64], dict[str, Array]]:
    hours = np.arange(fields.time[0], fields.time[-1] + 1, SECONDS_PER_HOUR, dtype=np.int64)
    return hours, {name: np.interp(hours, fields.time, values) for name, values in series.items()}


def _moving(east: Array, north: Array) -> tuple[Array, Array]:
    """The wind, with a calm given the least speed; a dead calm blows to the east."""
    speed = np.hypot(east, north)
    scale = np.maximum(LEAST_SPEED / np.maximum(speed, 1e-9), 1.0)
    dead = speed < 1e-9
    return np.where(dead, LEAST_SPEED, east * scale), np.where(dead, 0.0, north * scale)
