"""What does a particle meet, wherever it is?

Defines the noun `Flow`: the air between the ground and a height, on one grid, at equal steps of time, laid out as the
kernels want it.

Invariants: float32, C order; the wind counts cells of the grid a second eastward and northward and metres a second
upward; level ``k`` lies at ``a k + b k²`` above ground; the columns of ``surface`` are those of
`oberih.dispersion.kernels.particles.step`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.errors import OutOfRange

__all__ = ["Flow"]

Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Flow:
    """The air, as particles meet it.

    Parameters
    ----------
    start : int
        Of the first field, seconds since 1970, UTC.
    step : float
        Between fields [s].
    wind : float32 array, shape (times, rows, columns, levels, 4)
        Eastward and northward [cells/s], upward [m/s], and nothing.
    surface : float32 array, shape (times, rows, columns, 16)
        Mixing height [m], u* [m/s], 1/L [1/m], w*² [m2/s2], three dry deposition velocities [m/s], three scavenging
        coefficients [1/s] below and three in cloud, base and top of the cloud that rains [m], cells a metre eastward.
    a, b : float
        Height of level k: a k + b k² [m].
    cells_y : float
        Cells a metre northward.
    lapse : float
        -d ln(density)/dz [1/m]; 0 keeps concentration uniform, 1e-4 mixing ratio.
    """

    start: int
    step: float
    wind: Singles
    surface: Singles
    a: float
    b: float
    cells_y: float
    lapse: float = 0.0

    def __post_init__(self) -> None:
        wind, surface = self.wind, self.surface
        if wind.ndim != 5 or wind.shape[-1] != 4 or surface.shape != (*wind.shape[:3], 16):
            raise OutOfRange("does not fit the surface fields", field="wind", value=wind.shape)
        if min(wind.shape[1:4]) < 2:
            raise OutOfRange("has fewer than two rows, columns or levels", field="wind", value=wind.shape)
        for name, field in (("wind", wind), ("surface", surface)):
            if field.dtype != np.float32 or not field.flags.c_contiguous or not np.isfinite(field).all():
                raise OutOfRange("must be finite single-precision numbers in C order", field=name, value=field.dtype)
        if (surface[..., 0] <= 0.0).any() or (surface[..., 1] <= 0.0).any():
            raise OutOfRange("mixing height and friction velocity must be above 0", field="surface")

    @property
    def times(self) -> int:
        """Number of fields; a single one is steady air."""
        return len(self.wind)

    @property
    def end(self) -> float:
        """Time of the last field; infinite for steady air."""
        return np.inf if self.times == 1 else self.start + (self.times - 1) * self.step

    def between(self, time: float) -> tuple[int, int, float]:
        """Which fields enclose a time, and how far it lies between them [1].

        Raises
        ------
        OutOfRange
            If the fields do not reach that time.
        """
        if self.times == 1:
            return 0, 0, 0.0
        if not self.start <= time <= self.end:
            raise OutOfRange("is not covered by the fields", field="time", value=time, cure="give more hours")
        place = (time - self.start) / self.step
        first = min(int(place), self.times - 2)
        return first, first + 1, place - first
