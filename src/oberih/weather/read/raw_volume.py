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
Values = npt.NDArray[np.float32]


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
        Neither of the two where a field gives the pressure or height of the levels.
    levels : dict of float32 array, shape (t, levels, y, x)
        By meaning, as in `oberih.weather.read.volume_names.LEVEL_FIELDS`; ``altitude`` [m] counts from the sea.
    surface : dict of float32 array, shape (t, y, x)
        By meaning, as in ``SURFACE_FIELDS``; amounts have become rates.
    files : tuple of str
    notes : list of str
    label : str
        Of `oberih.weather.series.LABELS`: a forecast, or a (re)analysis.
    """

    time: npt.NDArray[np.int64]
    x: Array
    y: Array
    crs: str
    pressure: Array | None
    hybrid: tuple[Array, Array] | None
    levels: dict[str, Values]
    surface: dict[str, Values]
    files: tuple[str, ...]
    notes: list[str] = field(default_factory=list)
    label: str = "reanalysis"
