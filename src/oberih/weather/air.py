"""What does dispersion need to know of the air?

Defines the noun `Air`: the boundary layer at one point on a uniform time axis, complete
(no NaN), in the variables of similarity theory.  `oberih.weather.boundary_layer` makes it
from a `Weather`; dispersion reads it and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Air:
    """The boundary layer, hour by hour.

    Parameters
    ----------
    start : int
        Time of the first value, seconds since 1970-01-01T00:00Z.
    step : float
        Between values [s].
    east, north : float array, shape (n,)
        Components of the wind at ``wind_height``, positive towards east and north [m/s];
        never both zero: a calm has been given its stated minimum speed and a direction.
    friction_velocity : float array, shape (n,)
        u* [m/s], > 0.
    inverse_obukhov_length : float array, shape (n,)
        1/L [1/m]; negative when unstable, 0 neutral.
    mixing_height : float array, shape (n,)
        [m], > 0.
    convective_velocity : float array, shape (n,)
        w* [m/s], 0 when stable.
    precipitation : float array, shape (n,)
        [kg/(m2 s)], >= 0.
    temperature : float array, shape (n,)
        [K]
    cloud_base : float array, shape (n,)
        Base of the cloud that rains [m]; filled with a stated default where unknown.
    roughness_length : float
        z0 [m]
    wind_height : float
        [m]
    latitude : float
        [degrees]
    cyclic : bool
        Whether the series may be continued from its own beginning (a stochastic or typical
        year may, a real one may not).
    label, source : str
        As in `Weather`.
    attrs : dict
        Quality report, derivation, inputs' hashes.
    """

    start: int
    step: float
    east: Floats
    north: Floats
    friction_velocity: Floats
    inverse_obukhov_length: Floats
    mixing_height: Floats
    convective_velocity: Floats
    precipitation: Floats
    temperature: Floats
    cloud_base: Floats
    roughness_length: float
    wind_height: float
    latitude: float
    cyclic: bool
    label: str
    source: str
    attrs: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.east)

    def part(self, rows: slice | npt.NDArray[np.int64], *, start: int) -> Air:
        """Some of its hours as an air of its own.

        Parameters
        ----------
        rows : slice or int array
            Which, in order; one may come twice.
        start : int
            When the first of them shall be, seconds since 1970.
        """
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        series: dict[str, Any] = {
            name: values[rows] for name, values in given.items() if isinstance(values, np.ndarray)
        }
        return replace(self, start=start, **series)
