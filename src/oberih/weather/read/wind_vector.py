"""How fast does it blow and where from, given its components?  And back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["components", "speed_and_direction"]

Floats = npt.NDArray[np.float64]


def speed_and_direction(east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Speed [m/s] and direction it blows from [degrees, 0 to 360] of a wind towards east and north.

    Notes
    -----
    ``direction = atan2(-east, -north)``, clockwise from north; NaN in a calm.

    Examples
    --------
    A wind towards the east is a west wind:

    >>> [float(value[0]) for value in speed_and_direction(np.array([3.0]), np.array([0.0]))]
    [3.0, 270.0]
    """
    speed = np.hypot(east, north)
    direction = np.mod(np.degrees(np.arctan2(-east, -north)), 360.0)
    return speed, np.where(speed > 0.0, direction, np.nan)


def components(speed: Floats, direction: Floats) -> tuple[Floats, Floats]:
    """Components towards east and north [m/s]; zero where the direction is NaN."""
    angle = np.radians(np.where(np.isnan(direction), 0.0, direction))
    known = np.where(np.isnan(direction), 0.0, speed)
    return np.asarray(-known * np.sin(angle)), np.asarray(-known * np.cos(angle))
