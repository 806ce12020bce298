"""How high is the sun?

One function: the sine of the geometric solar elevation from time and place, by the low-precision
formulas of the Astronomical Almanac as given by Michalsky (1988).  No refraction, no terrain.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_J2000 = 946728000.0
"""2000-01-01T12:00Z in seconds since 1970."""


def sine_solar_elevation(time: npt.NDArray[np.int64], *, latitude: float, longitude: float) -> Floats:
    """Sine of the sun's elevation above the horizon [1]; negative by night.

    Parameters
    ----------
    time : int64 array, shape (n,)
        Seconds since 1970-01-01T00:00Z.
    latitude, longitude : float
        [degrees north, east]

    Returns
    -------
    float array, shape (n,)

    Notes
    -----
    sin h = sin φ sin δ + cos φ cos δ cos(hour angle).  Valid 1950 to 2050, error 0.01 degrees.

    Source: Michalsky (1988), Solar Energy 40, 227-235, doi 10.1016/0038-092X(88)90045-X.

    Examples
    --------
    The sun stands in the zenith of the tropic near noon on the June solstice:

    >>> noon = np.array([1718884920])  # 2024-06-20T12:02Z
    >>> round(float(sine_solar_elevation(noon, latitude=23.44, longitude=0.0)[0]), 4)
    1.0
    """
    days = (np.asarray(time, dtype=np.float64) - _J2000) / 86400.0
    mean_longitude = np.radians(np.mod(280.460 + 0.9856474 * days, 360.0))
    anomaly = np.radians(np.mod(357.528 + 0.9856003 * days, 360.0))
    ecliptic = mean_longitude + np.radians(1.915 * np.sin(anomaly) + 0.020 * np.sin(2.0 * anomaly))
    obliquity = np.radians(23.439 - 4.0e-7 * days)
    right_ascension = np.arctan2(np.cos(obliquity) * np.sin(ecliptic), np.cos(ecliptic))
    sine_declination = np.sin(obliquity) * np.sin(ecliptic)
    cosine_declination = np.sqrt(1.0 - sine_declination**2)
    sidereal = np.radians(np.mod(280.46062 + 360.98564737 * days + longitude, 360.0))
    phi = np.radians(latitude)
    hour_angle = np.cos(sidereal - right_ascension)
    return np.asarray(np.sin(phi) * sine_declination + np.cos(phi) * cosine_declination * hour_angle)
