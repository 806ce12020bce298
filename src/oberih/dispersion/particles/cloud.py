"""What does the ground see of a cloud that is still narrower than the way of its photons?

Particles leave, near the site, what each Gaussian of the photon kernel sees of them in their own column of cells; here
it is spread sideways by the same Gaussian.  Beyond `NEAR` the cells are wider than the kernel and nothing is spread.

Rings of the grid are alike but for their size and sectors are evenly spaced, so that each ring is spread around by a
product of Fourier series.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from oberih.dispersion.kernels.particles.sample import COMPONENTS
from oberih.dispersion.kernels.stamp import INNER_VIRTUAL, footprint
from oberih.dispersion.puffs import gamma_mixture, mesh_of
from oberih.earth.grid import Grid

__all__ = ["NEAR", "SITE_RINGS", "spread_cloud", "with_site"]

NEAR = 15e3
"""Rings that begin within it are spread [m]: there a cell is 1.3 km wide, the widest Gaussian 0.2 km."""

SITE_RINGS = 12
"""Rings inside the innermost edge, on the site: what is there is seen, and spread, from there."""

Floats = npt.NDArray[np.float64]
Complex = npt.NDArray[np.complex128]


def with_site(grid: Grid) -> Grid:
    """The grid continued inward by `SITE_RINGS`."""
    return Grid(grid.rings + SITE_RINGS, grid.sectors, grid.outer_radius)


def spread_cloud(grid: Grid, near: Floats) -> tuple[Floats, Floats]:
    """Spread what was seen near the site.

    Parameters
    ----------
    grid : Grid
        Continued inward (`with_site`).
    near : float array, shape (near rings, sectors, 2 * COMPONENTS)
        By Gaussian what is seen of the cloud [s/m] and the same times age [s2/m], as
        `oberih.dispersion.kernels.particles.scatter` leaves it.

    Returns
    -------
    gamma, aged : float array, shape (cells,)
        Of the whole cell [s/m], [s2/m].
    """
    gamma, aged = np.zeros(grid.cells), np.zeros(grid.cells)
    if near.size == 0 or not near.any():
        return gamma, aged
    around = np.fft.rfft(near, axis=1).transpose(2, 1, 0)  # what, wave, ring
    spread = _spreads(grid, len(near))
    rings = spread.shape[-1]
    for first, out in ((0, gamma), (COMPONENTS, aged)):
        waves = np.matmul(around[first : first + COMPONENTS, :, None, :], spread)[:, :, 0].sum(axis=0)
        cells = np.fft.irfft(waves.T, n=grid.sectors, axis=1)
        out[: rings * grid.sectors] = (np.maximum(cells, 0.0) * grid.areas[:rings, None]).ravel()
    return gamma, aged


@lru_cache(maxsize=4)
def _spreads(grid: Grid, sources: int) -> Complex:
    """Fourier series, around, of what each ring gives each other, shape (COMPONENTS, waves, sources, rings) [1/m2]."""
    mesh, mixture = mesh_of(grid), gamma_mixture()
    cells, weights = np.zeros(mesh.east.size, dtype=np.int64), np.zeros(mesh.east.size)
    rings = min(sources, grid.rings)
    out = np.zeros((COMPONENTS, grid.sectors, sources, grid.rings))
    for source in range(sources):
        north = float(mesh.north[source + INNER_VIRTUAL, 0])
        width = north * mesh.log_ratio
        for k, sigma in enumerate(mixture.sigmas):
            count, *_ = footprint(0.0, north, sigma**2 + width**2 / 12.0, mesh, cells, weights)
            ring, sector = np.divmod(cells[:count], grid.sectors)
            out[k, sector, source, ring] = weights[:count]
            rings = max(rings, int(ring.max(initial=0)) + 1)
    return np.fft.rfft(out[..., :rings], axis=1)
