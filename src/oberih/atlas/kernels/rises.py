"""How high does the plume rise, hour by hour?"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from oberih.dispersion.kernels.profile import wind_ratio
from oberih.dispersion.kernels.puff import EAST, FRICTION, INVERSE_LENGTH, MIXING, NORTH
from oberih.dispersion.kernels.rise import plume_rise

_TEMPERATURE = 288.15
"""Of the air [K]: the standard atmosphere's at the ground; the rise depends on it weakly."""


@njit(cache=True, nogil=True)
def rises(air, wind_height, roughness_length, heat, exit_velocity, exit_diameter, height):
    """Rise above the opening in the air of every hour [m].

    Parameters
    ----------
    air : float array, shape (hours, columns)
        Columns as of `oberih.dispersion.kernels.puff`.
    wind_height, roughness_length : float
        [m]
    heat, exit_velocity, exit_diameter : float
        [W], [m/s], [m]
    height : float
        Of the opening [m].
    """
    found = np.empty(len(air))
    for t in range(len(air)):
        row = air[t]
        top = max(min(height, row[MIXING]), wind_height)
        ratio = wind_ratio(top, wind_height, roughness_length, row[INVERSE_LENGTH])
        speed = math.hypot(row[EAST], row[NORTH]) * ratio
        found[t] = plume_rise(
            heat, exit_velocity, exit_diameter, speed, row[FRICTION], row[INVERSE_LENGTH], row[MIXING], _TEMPERATURE,
            height,
        )  # fmt: skip
    return found
