"""Which kernels do many tests need?  Compiles them once, ahead of the tests.

    python -m tests.warm

`./start test` runs it beside ruff and mypy, which keep one core busy for minutes and no more: else each of the workers
that run tests would compile the same kernels for itself, at the same time.  What is compiled lies in Numba's cache.
"""

from __future__ import annotations

from collections.abc import Callable

from validation import event_timing

from oberih.atlas import build, particle_block
from oberih.dispersion.particles.backward import Receptor, backward, reversed_flow
from oberih.dispersion.particles.follow import Cells, Release, follow
from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid
from tests.dispersion.particles.flows import flow

__all__ = ["KERNELS", "main"]


def _followed() -> None:
    """Particles forward and backward, with deposition, young and old."""
    air, cells = flow("neutral", size=9, times=3), Cells(8, 8, 1.0, 0.0, 1.0, 0.0)
    follow(air, Release(0, 600.0, 4.5, 4.5, 0.0, 100.0, 64), cells, hours=1)
    backward(reversed_flow(air), Receptor(3600, 7200, 4.5, 4.5, 0.0, 100.0), cells, hours=1, form=1, particles=64,
             batches=2)  # fmt: skip


def _timed() -> None:
    """Puffs booked by the hour, and by the quarter of an hour."""
    grid, settings = Grid(rings=8, sectors=8, outer_radius=20e3), PuffSettings(oldest=3600.0)
    event_timing.timing(event_timing.turning_air(12), hours=1, height=30.0, grid=grid, settings=settings)


KERNELS: tuple[Callable[[], None], ...] = (build.compile_kernels, particle_block.compile_kernels, _followed, _timed)


def main() -> None:
    """Compile them."""
    for compiled in KERNELS:
        compiled()


if __name__ == "__main__":
    main()
