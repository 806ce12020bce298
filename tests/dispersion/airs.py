"""Which airs are the laws tried in?  Made by hand: nothing here is drawn, fetched or fitted."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import (
    PuffSettings,
    UnitRelease,
    air_table,
    gamma_mixture,
    mesh_of,
    settings_vector,
    unit_release,
    workspace,
)
from oberih.earth.grid import Grid
from oberih.weather.air import Air

Floats = npt.NDArray[np.float64]

NEUTRAL: dict[str, Any] = {"friction": 0.4, "inverse_length": 0.0, "mixing": 800.0, "speed": 5.0}
STABLE: dict[str, Any] = {"friction": 0.15, "inverse_length": 1 / 40, "mixing": 120.0, "speed": 3.0}
UNSTABLE: dict[str, Any] = {"friction": 0.35, "inverse_length": -1 / 30, "mixing": 1200.0, "speed": 4.0}
WEATHERS: dict[str, dict[str, Any]] = {"neutral": NEUTRAL, "stable": STABLE, "unstable": UNSTABLE}


def steady(
    *, friction: float, inverse_length: float, mixing: float, speed: float, towards: float = 0.0, hours: int = 3,
    rain: float = 0.0, cyclic: bool = True, latitude: float = 47.5, **changed: Any,
) -> Air:  # fmt: skip
    """Hours that are all alike; ``towards`` in degrees, clockwise from north, ``rain`` in mm/h."""
    one = np.ones(hours)
    convective = friction * max(-mixing * inverse_length / 0.4, 0.0) ** (1.0 / 3.0)
    air = Air(
        start=0, step=3600.0, east=one * speed * math.sin(math.radians(towards)),
        north=one * speed * math.cos(math.radians(towards)), friction_velocity=one * friction,
        inverse_obukhov_length=one * inverse_length, mixing_height=one * mixing,
        convective_velocity=one * convective, precipitation=one * rain / 3600.0, temperature=one * 288.0,
        cloud_base=one * 1.0e9, roughness_length=0.1, wind_height=10.0, latitude=latitude, cyclic=cyclic,
        label="test", source="made by hand",
    )  # fmt: skip
    return dataclasses.replace(air, **changed)


def without_turning(
    air: Air, grid: Grid, *, height: float, settings: PuffSettings | None = None, hour: int = 0
) -> UnitRelease:
    """`disperse` in an air whose wind has the same direction at every height."""
    settings = settings or PuffSettings()
    work = workspace(grid)
    vector = settings_vector(air, settings, height)
    vector[puff.HEMISPHERE] = 0.0
    puff.disperse_hour(
        mesh_of(grid), work, gamma_mixture(), vector, air_table(air), air.cyclic, hour, height, settings.puffs_per_hour
    )
    return unit_release(work)
