"""Which cells lie around the site?

Defines the noun `Grid`: a log-polar grid whose cells stay nearly square, so that the
relative resolution is the same at 300 m and at 300 km.  Later code asks the grid
for centres, edges, areas and corners and never for its shape.

Invariants: ring edges grow by the same ratio ``exp(2π / sectors)``; sector 0 is
centred on north and sectors count clockwise; a cell's flat index is
``ring * sectors + sector``; x points east, y north, azimuth is ``atan2(x, y)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """A log-polar grid.

    Parameters
    ----------
    rings, sectors : int
        Number of rings outward and of sectors around.
    outer_radius : float
        Radius of the outermost edge [m].

    Examples
    --------
    >>> grid = Grid()
    >>> grid.cells, round(grid.inner_radius)
    (5760, 279)
    """

    rings: int = 80
    sectors: int = 72
    outer_radius: float = 300e3

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.rings * self.sectors

    @property
    def ratio(self) -> float:
        """Outer over inner radius of every ring [1]."""
        return float(np.exp(2.0 * np.pi / self.sectors))

    @property
    def inner_radius(self) -> float:
        """Radius of the innermost edge [m]; what lies inside is on the site."""
        return float(self.outer_radius * np.exp(-2.0 * np.pi * self.rings / self.sectors))

    @cached_property
    def edges(self) -> Floats:
        """Radii of the ring edges [m], shape (rings + 1,)."""
        return np.asarray(self.inner_radius * self.ratio ** np.arange(self.rings + 1))

    @cached_property
    def radii(self) -> Floats:
        """Radii of the ring centres [m] (geometric mean of the edges), shape (rings,)."""
        return np.sqrt(self.edges[1:] * self.edges[:-1])

    @cached_property
    def azimuths(self) -> Floats:
        """Azimuths of the sector centres [rad], clockwise from north, shape (sectors,)."""
        return np.asarray(2.0 * np.pi * np.arange(self.sectors) / self.sectors)

    @cached_property
    def areas(self) -> Floats:
        """Area of one cell of each ring [m2], shape (rings,)."""
        return np.pi / self.sectors * (self.edges[1:] ** 2 - self.edges[:-1] ** 2)

    @cached_property
    def xy(self) -> Floats:
        """Cell centres east and north of the site [m], shape (rings, sectors, 2)."""
        east = self.radii[:, None] * np.sin(self.azimuths)[None, :]
        north = self.radii[:, None] * np.cos(self.azimuths)[None, :]
        return np.stack([east, north], axis=-1)
