"""What was observed, analysed or forecast at one place, hour by hour?

Defines the noun `Weather`: a point series in SI units as a reader delivers it, before
anything is derived.  A value that was not reported is NaN, never zero: unknown rain is
unknown, not dry.  `Weather` does not know where it came from beyond its attributes.

Invariants (checked by `oberih.weather.quality`): times strictly increase, UTC; all arrays
have the length of ``time``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

LABELS = ("observed", "reanalysis", "forecast", "typical year", "climate-statistics weather")
"""What kind of weather a series is; every product made from it repeats the label."""


@dataclass(frozen=True)
class Weather:
    """A weather series at one point.

    Parameters
    ----------
    time : int64 array, shape (n,)
        Seconds since 1970-01-01T00:00Z, increasing.
    wind_speed : float array, shape (n,)
        [m/s] at ``wind_height``.
    wind_direction : float array, shape (n,)
        Where the wind blows from [degrees clockwise from north]; NaN when calm.
    temperature : float array, shape (n,)
        Air temperature near 2 m [K].
    cloud_cover : float array, shape (n,)
        Total cloud cover [1], 0 to 1; NaN where not reported.
    solar_radiation : float array, shape (n,)
        Global short-wave radiation on a horizontal plane [W/m2]; NaN where not reported.
    precipitation : float array, shape (n,)
        Mean rate of liquid-equivalent precipitation over the step [kg/(m2 s)]; NaN unknown.
    boundary_layer_height : float array, shape (n,)
        Mixing height if the source gives one [m], else NaN.
    pressure : float array, shape (n,)
        At the station [Pa], NaN where not reported.
    cloud_base : float array, shape (n,)
        Height of the cloud base above ground [m], NaN where not reported.
    friction_velocity, sensible_heat_flux : float array, shape (n,)
        If the source gives them [m/s], [W/m2, upward positive], else NaN.
    latitude, longitude : float
        [degrees north, east]
    wind_height : float
        Height of the wind above ground [m].
    label : str
        One of `LABELS`.
    source : str
        Who to name: station, model, service.
    attrs : dict
        Further facts: input hashes, query, licence, seed.
    """

    time: npt.NDArray[np.int64]
    wind_speed: Floats
    wind_direction: Floats
    temperature: Floats
    cloud_cover: Floats
    solar_radiation: Floats
    precipitation: Floats
    boundary_layer_height: Floats
    pressure: Floats
    cloud_base: Floats
    friction_velocity: Floats
    sensible_heat_flux: Floats
    latitude: float
    longitude: float
    wind_height: float
    label: str
    source: str
    attrs: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.time)
