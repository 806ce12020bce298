"""What does a particle meet, wherever it is?

Defines the noun `Flow`: the air between the ground and a height, on one grid, at equal steps of time, laid out as the
kernels want it.

Invariants: float32, C order; at most `PLACES` numbers in one time of a field; the wind counts cells of the grid a
second eastward and northward and metres a second upward; level ``k`` lies at ``a k + b k²`` above ground; the columns
of ``surface`` are those of `oberih.dispersion.kernels.particles.step`.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from oberih.errors import OutOfRange

__all__ = ["Flow"]

PLACES = 2**32
"""Most numbers of one time, each of which has a place that the kernels count with 32 bits."""

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
        Eastward and northward [cells/s], upward [m/s]; then, at even levels, the rate at which clouds that the grid
        does not resolve stir the column [1/s], at odd ones up to where [m].
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
            if math.prod(field.shape[1:]) > PLACES:
                raise OutOfRange("has more numbers than a place can count", field=name, value=field.shape)
        for name, field in (("wind", wind), ("surface", surface)):
            plain = field.dtype == np.float32 and field.flags.c_contiguous
            if not plain or not all(np.isfinite(each).all() for each in field):
                raise OutOfRange("must be finite single-precision numbers in C order", field=name, value=field.dtype)
        if (surface[..., 0] <= 0.0).any() or (surface[..., 1] <= 0.0).any():
            raise OutOfRange("mixing height and friction velocity must be above 0", field="surface")

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything that a particle meets, as hexadecimal digits; two flows with one digest are one air."""
        numbers = (self.step, self.a, self.b, self.cells_y, self.lapse)
        digest = hashlib.sha256(repr((self.start, *map(float, numbers))).encode())
        for field in (self.wind, self.surface):
            digest.update(repr(field.shape).encode())
            for each in field:
                digest.update(np.ascontiguousarray(each).data)
        return digest.hexdigest()

    def reversed(self) -> Flow:
        """The same air run backwards: wind negated, time mirrored at 1970.

        What happens at a time t here happens at -t there; to follow a release in it gives the adjoint.  Turbulence,
        deposition, rain and convection are as they are: a random walk that keeps what is mixed mixed is its own adjoint
        (Thomson 1987; Flesch et al. 1995).  Large particles rise in it: give ``settling`` with a minus.

        Source: Flesch, Wilson & Yee (1995), J. Appl. Meteorol. 34, 1320.
        """
        wind = np.negative(self.wind[::-1])
        wind[..., 3] *= -1.0  # the fourth number is no wind
        start = -self.start if self.times == 1 else -round(self.end)
        surface = np.ascontiguousarray(self.surface[::-1])
        return Flow(start, self.step, wind, surface, self.a, self.b, self.cells_y, self.lapse)

    @property
    def times(self) -> int:
        """Number of fields; a single one is steady air."""
        return len(self.wind)

    @property
    def end(self) -> float:
        """Time of the last field; infinite for steady air."""
        return np.inf if self.times == 1 else self.start + (self.times - 1) * self.step

    @property
    def top(self) -> float:
        """Height of the uppermost level [m]."""
        last = float(self.wind.shape[3] - 1)
        return self.a * last + self.b * last * last

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
