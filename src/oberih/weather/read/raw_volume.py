"""What do files say of a volume of air, before anything is derived?

Defines the noun `RawVolume`: fields on levels and at the ground as they were given, in SI units and one order: time,
level from below, y northward, x eastward.  Readers make it, `oberih.weather.volume` takes it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["RawVolume"]

Array = npt.NDArray[np.float64]


@dataclass
class RawVolume:
    """Fields of a volume as they were given.

    Parameters
    ----------
    time : int64 array
    x, y : float array
        Degrees, or metres of ``crs``.
    crs : str
        Empty where geographic.
    pressure : float array, shape (levels,), or None
        Of pressure levels [Pa], falling.
    hybrid : (float array, float array) or None
        a [Pa] and b [1] of hybrid levels, from below.
    levels : dict of float array, shape (t, levels, y, x)
    surface : dict of float array, shape (t, y, x)
    files : tuple of str
    notes : list of str
    """

    time: npt.NDArray[np.int64]
    x: Array
    y: Array
    crs: str
    pressure: Array | None
    hybrid: tuple[Array, Array] | None
    levels: dict[str, Array]
    surface: dict[str, Array]
    files: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
