"""Which dose is asked for, and what does one becquerel released contribute to it?

Defines the nouns `Quantity` (what is asked) and `Response` (the answer per unit of what an
atlas holds).  A response makes the dose a plain sum over an atlas: for a release hour j and
a plume of age a::

    D = Σ_form  inhalation[j, form](a) · tic[form]
              + cloud[j, form](a)      · gamma[form]
              + deposit[j, form](a)    · deposition[form]

with decay and ingrowth inside the tables, interpolated linearly in ``age``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR

Floats = npt.NDArray[np.float64]

PATHWAYS = ("cloud", "inhalation", "ground", "resuspension")
ORGANS = ("effective", "thyroid", "red_marrow")


@dataclass(frozen=True)
class Quantity:
    """A dose as a criterion defines it.

    Parameters
    ----------
    organ : str
        One of `ORGANS`: effective dose [Sv], committed equivalent dose to the thyroid [Sv],
        absorbed dose to the red marrow [Gy] by external radiation.
    age : str
        One of `oberih.constants.AGES`.
    window : float
        Time over which external dose and intake are counted, from the arrival of the plume [s].
    pathways : tuple of str
        Those that count, of `PATHWAYS`.
    nuclides : str
        ``all``, or ``radioiodine`` where the criterion counts inhaled radioiodine only.
    factors : tuple of (str, float)
        What remains of a pathway after sheltering or iodine tablets [1]; 1 where not named.
    """

    organ: str
    age: str
    window: float
    pathways: tuple[str, ...] = PATHWAYS
    nuclides: str = "all"
    factors: tuple[tuple[str, float], ...] = ()

    @property
    def name(self) -> str:
        """A short identifier, such as ``effective-adult-7d``."""
        days = self.window / 86400.0
        span = f"{days:g}d" if days >= 1 else f"{self.window / SECONDS_PER_HOUR:g}h"
        return f"{self.organ}-{self.age}-{span}" + ("" if self.nuclides == "all" else f"-{self.nuclides}")


@dataclass(frozen=True)
class Response:
    """Dose per unit of atlas, as tables over the plume's age.

    Parameters
    ----------
    quantity : Quantity
    ages : float array, shape (k,)
        Plume ages of the tables [s], increasing from 0.
    inhalation : float array, shape (hours, forms, k)
        [Sv per (s/m3) of time-integrated concentration of a unit release]
    cloud : float array, shape (hours, forms, k)
        [Sv per (s/m3) of semi-infinite-equivalent cloud]
    deposit : float array, shape (hours, forms, k)
        [Sv per (1/m2) deposited of a unit release]
    verified : bool
    attrs : dict
        Coefficient sets, weathering, breathing rate, factors with their sources.
    """

    quantity: Quantity
    ages: Floats
    inhalation: Floats
    cloud: Floats
    deposit: Floats
    verified: bool
    attrs: dict[str, Any] = field(default_factory=dict)
