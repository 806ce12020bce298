"""Where does a smooth line through a field of cells run?

Arithmetic on the log-polar grid, before there is any polygon.  A field of probabilities
becomes a signed margin ``log(P / q)``, cut at ± log 2 so that a far cell does not pull; a
Gaussian kernel carries it to nodes at the thirds of every cell, periodic in azimuth.  The
line where the smoothed margin is zero runs along the edge between cells where a field ends
abruptly, and where the probability crosses ``q`` where it declines gently.  The margin is then
lowered until the wanted share of the raw cells, weighted by probability and area, lies inside.

Invariants: every step keeps order, so a larger field gives a larger area inside; turning
the field by a sector turns the result by a sector; the margin is only ever lowered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from oberih.earth.grid import Grid
from oberih.zone.kernels.smooth import carried

__all__ = ["Margin", "nodes_xy", "smooth_margin"]

Floats = npt.NDArray[np.float64]

_PER_CELL = 3
"""Nodes along a cell; odd, so that nodes sit at the cell's centre and at its thirds."""
_PAD = 3
"""Rings added inward (as the innermost) and outward (outside) before smoothing."""
_WIDTH = 0.75
"""Standard deviation of the kernel [cells]."""
_CUT = float(np.log(2.0))
"""Greatest margin that counts."""
_TIE = 1e-6
"""Lifts a cell that stands exactly at the wanted probability inside."""


@dataclass(frozen=True)
class Margin:
    """A smoothed margin on nodes.

    Parameters
    ----------
    value : float array, shape (radial nodes, azimuthal nodes)
        Inside where >= 0; the last azimuthal node repeats the first.
    radius : float array, shape (radial nodes,)
        [m], rising.
    azimuth : float array, shape (azimuthal nodes,)
        [rad], 0 to 2π, clockwise from north.
    inside : bool array, shape (rings, sectors)
        The raw cells that belong to the zone.
    weight : float array, shape (rings, sectors)
        Probability times area of the raw cells [m2].
    threshold : float
        Probability from which on a cell belongs to the zone [1].
    lowered : float
        By how much the margin was lowered so that it covers enough, in units of log P.
    """

    value: Floats
    radius: Floats
    azimuth: Floats
    inside: npt.NDArray[np.bool_]
    weight: Floats
    threshold: float
    lowered: float

    def cell_nodes(self) -> npt.NDArray[np.bool_]:
        """Which nodes of each cell lie inside, shape (rings, sectors, 3, 3)."""
        return _nodes_of_cells(self.value, self.inside.shape) >= 0.0


def smooth_margin(
    grid: Grid, probability: Floats, *, threshold: float, coverage: float, above: Margin | None = None
) -> Margin:
    """Smooth the margin of a field over a threshold until it covers enough of the raw cells.

    Parameters
    ----------
    grid : Grid
    probability : float array, shape (rings, sectors)
        [1]
    threshold : float
        Probability from which on a cell belongs to the zone [1], > 0.
    coverage : float
        Share of the raw cells, weighted by probability and area, that must lie inside [1].
    above : Margin, optional
        Of a higher threshold: the result is nowhere below it, so that zones nest.

    Returns
    -------
    Margin
    """
    ratio = np.log(np.maximum(probability, 1e-300) / threshold) + _TIE
    inside = ratio >= 0.0
    value = _to_nodes(grid, np.clip(ratio, -_CUT, _CUT))
    weight = probability * grid.areas[:, None]
    lowered = _shortfall(value, inside, weight, coverage)
    value = value + lowered
    if above is not None:
        value = np.maximum(value, above.value)
    return Margin(value, _node_radii(grid), _node_azimuths(grid), inside, weight, threshold, lowered)


def nodes_xy(margin: Margin, *, last: int) -> tuple[Floats, Floats]:
    """Nodes east and north of the site [m], out to radial node ``last``."""
    turn = margin.azimuth.copy()
    turn[-1] = turn[0]  # the seam closes exactly
    radius = margin.radius[:last, None]
    return radius * np.sin(turn)[None, :], radius * np.cos(turn)[None, :]


def _to_nodes(grid: Grid, field: Floats) -> Floats:
    """Carry a field of cells to the nodes by a Gaussian kernel along each axis."""
    inward = np.repeat(field[:1], _PAD, axis=0)
    outward = np.full((_PAD, grid.sectors), -_CUT)
    padded = np.concatenate([inward, field, outward])
    radial, around = _carriers(grid)
    return np.asarray(carried(radial, padded, around))


@lru_cache(maxsize=8)
def _carriers(grid: Grid) -> tuple[Floats, Floats]:
    """Weights of the cells for the nodes along each axis."""
    radial = _kernel(_node_rings(grid)[:, None] - np.arange(-_PAD, grid.rings + _PAD)[None, :])
    turn = _node_sectors(grid)[:, None] - np.arange(grid.sectors)[None, :]
    around = _kernel((turn + grid.sectors / 2.0) % grid.sectors - grid.sectors / 2.0)
    return radial, around


def _kernel(offset: Floats) -> Floats:
    """Weights of the cells for each node; rows sum to 1."""
    weights = np.exp(-0.5 * (offset / _WIDTH) ** 2)
    weights[np.abs(offset) > _PAD - 0.4] = 0.0
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _shortfall(value: Floats, inside: npt.NDArray[np.bool_], weight: Floats, coverage: float) -> float:
    """How far the margin must be lifted so that enough of the raw cells lies inside."""
    if not inside.any():
        return 0.0
    nodes = _nodes_of_cells(value, inside.shape)[inside].reshape(-1, _PER_CELL**2)
    heavy = np.repeat(weight[inside], _PER_CELL**2)
    order = np.argsort(-nodes.ravel())
    held = np.cumsum(heavy[order])
    last = int(np.searchsorted(held, coverage * held[-1] * (1.0 - 1e-12)))
    return max(0.0, float(-nodes.ravel()[order[min(last, len(order) - 1)]]) + 1e-9)


def _nodes_of_cells(value: Floats, shape: tuple[int, ...]) -> Floats:
    """Nodes of each cell, shape (rings, sectors, 3, 3), as the cell's thirds."""
    rings, sectors = shape
    radial = _PER_CELL * (np.arange(rings)[:, None] + 1) + np.arange(-1, 2)[None, :]
    around = (_PER_CELL * np.arange(sectors)[:, None] + np.arange(-1, 2)[None, :]) % (_PER_CELL * sectors)
    return np.asarray(value[radial[:, None, :, None], around[None, :, None, :]])


def _node_rings(grid: Grid) -> Floats:
    """Radial nodes in units of rings: from one ring inside the grid to one outside."""
    return np.asarray(-1.0 + np.arange(_PER_CELL * (grid.rings + 1) + 1) / _PER_CELL)


def _node_sectors(grid: Grid) -> Floats:
    return np.asarray(np.arange(_PER_CELL * grid.sectors + 1) / _PER_CELL)


def _node_radii(grid: Grid) -> Floats:
    return np.asarray(grid.radii[0] * grid.ratio ** _node_rings(grid))


def _node_azimuths(grid: Grid) -> Floats:
    return np.asarray(_node_sectors(grid) * (2.0 * np.pi / grid.sectors))
