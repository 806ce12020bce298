"""Which of these points is nearest, and how far away is it?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import EARTH_RADIUS

__all__ = ["distance", "nearest"]

Floats = npt.NDArray[np.float64]


def distance(
    latitude: float | Floats,
    longitude: float | Floats,
    to_latitude: float | Floats,
    to_longitude: float | Floats,
) -> Floats:
    """Great-circle distance between points [m], on the sphere of mean radius.

    Parameters
    ----------
    latitude, longitude, to_latitude, to_longitude : float or array
        [degrees]; longitudes may be 0 to 360 or -180 to 180.

    Notes
    -----
    Haversine formula: ``2 R asin sqrt(sin²(Δφ/2) + cos φ1 cos φ2 sin²(Δλ/2))``.

    Examples
    --------
    >>> round(float(distance(0.0, 359.5, 0.0, 0.5)))
    111195
    """
    phi, to_phi = np.radians(latitude), np.radians(to_latitude)
    half = np.sin((to_phi - phi) / 2.0) ** 2
    half = half + np.cos(phi) * np.cos(to_phi) * np.sin(np.radians(np.subtract(to_longitude, longitude)) / 2.0) ** 2
    return np.asarray(2.0 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def nearest(latitude: float, longitude: float, latitudes: Floats, longitudes: Floats) -> tuple[int, float]:
    """Index of the nearest of some points and its distance [m].

    Examples
    --------
    >>> nearest(47.51, 34.59, np.array([47.88, 48.36]), np.array([35.08, 35.09]))[0]
    0
    """
    away = distance(latitude, longitude, latitudes, longitudes)
    index = int(np.argmin(away))
    return index, float(away[index])
