"""Which kernels do many tests need?  Compiles them once, ahead of the tests.

    python -m tests.warm

`./start test` runs it beside ruff and mypy, which keep one core busy for minutes and no more: else each of the workers
that run tests would compile the same kernels for itself, at the same time.  What is compiled lies in Numba's cache.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from oberih.atlas import build, particle_block
from oberih.atlas.kernels import by_hour
from oberih.dispersion.kernels import puff
from oberih.dispersion.particles.backward import Receptor, backward, reversed_flow
from oberih.dispersion.particles.follow import Cells, Release, follow
from oberih.dispersion.puffs import PuffSettings, air_table, gamma_mixture, mesh_of, settings_vector, workspace
from oberih.earth.grid import Grid
from tests.dispersion.airs import NEUTRAL, steady
from tests.dispersion.particles.flows import flow

__all__ = ["KERNELS", "main"]


def _followed() -> None:
    """Particles forward and backward, with deposition, young and old."""
    air, cells = flow("neutral", size=9, times=3), Cells(8, 8, 1.0, 0.0, 1.0, 0.0)
    follow(air, Release(0, 600.0, 4.5, 4.5, 0.0, 100.0, 64), cells, hours=1)
    backward(reversed_flow(air), Receptor(3600, 7200, 4.5, 4.5, 0.0, 100.0), cells, hours=1, form=1, particles=64,
             batches=2)  # fmt: skip


def _booked() -> None:
    """Puffs booked by the hour."""
    grid, settings, air = Grid(rings=8, sectors=8, outer_radius=20e3), PuffSettings(oldest=3600.0), steady(**NEUTRAL)
    work, sums = workspace(grid), np.zeros((3, grid.cells, puff.SUMS))
    vector, table = settings_vector(air, settings, 30.0), air_table(air)
    by_hour.book(mesh_of(grid), work, sums, gamma_mixture(), vector, table, air.cyclic, 0, 30.0, 1)


KERNELS: tuple[Callable[[], None], ...] = (build.compile_kernels, particle_block.compile_kernels, _followed, _booked)


def main() -> None:
    """Compile them."""
    for compiled in KERNELS:
        compiled()


if __name__ == "__main__":
    main()
