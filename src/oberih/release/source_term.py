"""What left the plant, hour by hour?

Defines the noun `SourceTerm`.  Activity is that at the moment of leaving: decay before it
is done, decay after it is not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import FORMS

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SourceTerm:
    """A release to the atmosphere.

    Parameters
    ----------
    name, title : str
        Identifier and one line for people.
    nuclides : tuple of str
        As ``Cs-137``, ``Ba-137m``.
    activity : float array, shape (hours, nuclides, forms)
        Released during each hour [Bq], forms as in `oberih.constants.FORMS`; a noble gas
        stands under ``noble_gas``, all but iodine under ``aerosol``.
    height : float array, shape (hours,)
        Of the opening above ground [m], before plume rise.
    heat : float array, shape (hours,)
        Sensible heat in the release [W].
    exit_velocity, exit_diameter : float
        Vertical momentum of a stack or vent [m/s], [m]; 0 where there is none.
    verified : bool
        False if any number it rests on was not checked against its text.
    attrs : dict
        Sources, parameters, notes, inventory's date, burn-up …
    """

    name: str
    title: str
    nuclides: tuple[str, ...]
    activity: Floats
    height: Floats
    heat: Floats
    exit_velocity: float = 0.0
    exit_diameter: float = 0.0
    verified: bool = False
    attrs: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.activity.shape != (len(self.height), len(self.nuclides), len(FORMS)):
            raise ValueError(f"activity has shape {self.activity.shape}, not (hours, nuclides, forms)")

    @property
    def hours(self) -> int:
        """Number of hours of release."""
        return len(self.height)

    def total(self) -> dict[str, float]:
        """Total released of each nuclide [Bq]."""
        return {n: float(a) for n, a in zip(self.nuclides, self.activity.sum(axis=(0, 2)), strict=True)}
