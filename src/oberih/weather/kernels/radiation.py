"""How much radiation does the ground receive and keep?

Insolation from the sun's elevation and cloud, its inverse, and net radiation from insolation,
temperature and cloud: the parametrisations of Kasten & Czeplak (1980) and Holtslag & van Ulden
(1983).  Hourly values at mid-latitudes, land without snow; typical error 50 W/m2 by day.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.constants import STEFAN_BOLTZMANN

Floats = npt.NDArray[np.float64]

CLEAR_SKY_GAIN = 990.0
"""a1 [W/m2]: clear-sky insolation per sine of elevation; Holtslag & van Ulden (1983)."""
CLEAR_SKY_OFFSET = -30.0
"""a2 [W/m2]; Holtslag & van Ulden (1983)."""
CLOUD_FACTOR = 0.75
"""-b1 [1]: share of insolation that overcast takes; Kasten & Czeplak (1980)."""
CLOUD_EXPONENT = 3.4
"""b2 [1]; Kasten & Czeplak (1980)."""
AIR_EMISSION = 5.31e-13
"""c1 [W/(m2 K6)]: Swinbank's (1963) long-wave radiation of the clear sky; Holtslag & van Ulden (1983)."""
CLOUD_EMISSION = 60.0
"""c2 [W/m2]: long-wave radiation added by overcast; Holtslag & van Ulden (1983)."""
SURFACE_WARMING = 0.12
"""c3 [1]: correction for the surface being warmer than the air by day; Holtslag & van Ulden (1983)."""


def clear_sky_insolation(sine_elevation: Floats) -> Floats:
    """Global radiation under a cloudless sky [W/m2], 0 when the sun is down.

    Notes
    -----
    K0 = a1 sin h + a2.

    Source: Holtslag & van Ulden (1983), J. Climate Appl. Meteorol. 22, 517-529; turbidity of
    north-west Europe.
    """
    return np.asarray(np.maximum(CLEAR_SKY_GAIN * sine_elevation + CLEAR_SKY_OFFSET, 0.0))


def insolation(sine_elevation: Floats, cloud_cover: Floats) -> Floats:
    """Global radiation under a cloudy sky [W/m2].

    Notes
    -----
    K = K0 (1 - 0.75 N^3.4), N the total cloud cover 0 to 1.

    Source: Kasten & Czeplak (1980), Solar Energy 24, 177-189, doi 10.1016/0038-092X(80)90391-6.
    """
    return np.asarray(clear_sky_insolation(sine_elevation) * (1.0 - CLOUD_FACTOR * cloud_cover**CLOUD_EXPONENT))


def cloud_from_insolation(sine_elevation: Floats, solar_radiation: Floats) -> Floats:
    """Cloud cover [1] that would explain the measured global radiation; NaN when the sun is below 10 degrees.

    Notes
    -----
    The inverse of `insolation`, clipped to 0 .. 1.
    """
    clear = clear_sky_insolation(sine_elevation)
    usable = (sine_elevation > np.sin(np.radians(10.0))) & np.isfinite(solar_radiation)
    share = np.where(usable, solar_radiation, np.nan) / np.where(usable, clear, 1.0)
    cover: Floats = np.clip((1.0 - share) / CLOUD_FACTOR, 0.0, 1.0) ** (1.0 / CLOUD_EXPONENT)
    return cover


def net_radiation(solar_radiation: Floats, temperature: Floats, cloud_cover: Floats, *, albedo: float) -> Floats:
    """Net all-wave radiation of the ground [W/m2], downward positive.

    Parameters
    ----------
    solar_radiation : float array
        Global [W/m2].
    temperature : float array
        Of the air [K].
    cloud_cover : float array
        [1]
    albedo : float
        [1]

    Notes
    -----
    Q = ((1 - r) K + c1 T^6 - σ T^4 + c2 N) / (1 + c3).

    Source: Holtslag & van Ulden (1983); valid for land, about 260 < T < 310 K.
    """
    longwave = AIR_EMISSION * temperature**6 - STEFAN_BOLTZMANN * temperature**4 + CLOUD_EMISSION * cloud_cover
    return np.asarray(((1.0 - albedo) * solar_radiation + longwave) / (1.0 + SURFACE_WARMING))
