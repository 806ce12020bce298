"""What does one file, or one pool of messages, hold of a volume?

Defines the nouns `Part` (fields by the time for which they hold, in SI units, on one grid), `Vertical` (what its levels
are) and `Sum` (an amount between two times).  Readers make parts; `volume_join` makes a `RawVolume` of them.

Invariants: levels from below; rows northward, columns eastward without a jump; times are seconds since 1970, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

__all__ = ["Part", "Sum", "Vertical"]

Array = npt.NDArray[np.float64]
Values = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Vertical:
    """What levels are.

    Parameters
    ----------
    pressure : float array or None
        Of pressure levels [Pa], falling.
    hybrid : (float array, float array) or None
        a [Pa] and b [1] of hybrid levels, from below.
    height : float array or None
        Of levels at constant heights [m], rising.
    over_sea : bool
        Whether ``height`` counts from the sea, not from the ground.
    """

    pressure: Array | None = None
    hybrid: tuple[Array, Array] | None = None
    height: Array | None = None
    over_sea: bool = False

    def same(self, other: Vertical) -> bool:
        """Whether both speak of the same levels."""
        pairs = [(self.pressure, other.pressure), (self.height, other.height)]
        pairs += [(x and x[i], y and y[i]) for x, y in ((self.hybrid, other.hybrid),) for i in (0, 1)]
        return all(
            (a is None and b is None) or (a is not None and b is not None and a.shape == b.shape and np.allclose(a, b))
            for a, b in pairs
        )


@dataclass(frozen=True)
class Sum:
    """An amount that came together between two times.

    Parameters
    ----------
    base : int
        Start of the forecast that says so.
    begin, end : int
    amount : float array, shape (y, x)
        In units of the rate times seconds.
    """

    base: int
    begin: int
    end: int
    amount: Values


@dataclass
class Part:
    """Fields on one grid.

    Parameters
    ----------
    file : str
        What messages call it.
    x, y : float array
        Degrees, or metres of ``crs``.
    crs : str
        Empty where geographic.
    vertical : Vertical
    levels : dict
        Meaning, time, then a float array of shape (levels, y, x).
    surface : dict
        Meaning, time, then a float array of shape (y, x).
    fixed : dict of float array, shape (y, x)
        Without a time.
    sums : dict of list of Sum
        By meaning.
    notes : list of str
    forecast : bool
        Whether fields on levels are of a time after the start of their forecast.
    """

    file: str
    x: Array
    y: Array
    crs: str = ""
    vertical: Vertical = field(default_factory=Vertical)
    levels: dict[str, dict[int, Values]] = field(default_factory=dict)
    surface: dict[str, dict[int, Values]] = field(default_factory=dict)
    fixed: dict[str, Values] = field(default_factory=dict)
    sums: dict[str, list[Sum]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    forecast: bool = False
