"""When does a release reach each cell, and what does every hour give there?

The room's arithmetic told apart by hours: tables of a release in, doses by strand, cell and hour out.  The hour in
which something passes is that of its release plus the mean age of the plume, which the atlas holds; how far that is
off is measured in ``validation/event_timing.py``.

Defines the nouns `HourlySource` (what is asked) and `HourlyField` (the answer).
Invariant: the hours of a strand add up to the dose that `oberih.atlas.superpose.dose_field` gives for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.atlas.kernels import by_hour as kernel
from oberih.atlas.packed import ALL_TERMS, TABLE_STEP, Packed, padded
from oberih.atlas.store import Atlas
from oberih.atlas.superpose import Source, height_weights
from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.grid import Grid
from oberih.errors import OutOfRange

__all__ = ["HourlyField", "HourlySource", "hourly_field"]

Floats = npt.NDArray[np.float64]

OLDEST = 72 * 3600.0
"""Age up to which the tables tell ages apart [s], as in `oberih.dose.superposition.source_for`."""


@dataclass(frozen=True)
class HourlySource:
    """What must be known of a release to tell its doses by the hour.

    Parameters
    ----------
    ages : float array, shape (k,)
        Plume ages of the tables, increasing from 0 [s].
    air : float32 array, shape (air strands, release hours, k, 8)
        Dose per unit of tic and of gamma, four forms each.
    ground : float32 array, shape (ground strands, release hours, k, 3, hours + 2)
        Dose per unit of deposit of three forms until each whole hour after arrival; the last is that of the window.
    height, heat : float array, shape (release hours,)
        Of the opening [m], sensible heat [W].
    exit_velocity, exit_diameter : float
        [m/s], [m]
    """

    ages: Floats
    air: npt.NDArray[np.float32]
    ground: npt.NDArray[np.float32]
    height: Floats
    heat: Floats
    exit_velocity: float = 0.0
    exit_diameter: float = 0.0

    @property
    def hours(self) -> int:
        """Hours that are told apart."""
        return int(self.ground.shape[-1]) - 2


@dataclass(frozen=True)
class HourlyField:
    """Doses by strand, cell and hour.

    Parameters
    ----------
    grid : Grid
    start : int
        Beginning of the release, seconds since 1970.
    cells : int array, shape (n,)
        Flat indices of the cells touched, rising.
    values : float32 array, shape (strands, n, hours + 1)
        Dose that each hour gives [Sv]; the last place holds all that comes later.
    """

    grid: Grid
    start: int
    cells: npt.NDArray[np.int64]
    values: npt.NDArray[np.float32]

    @property
    def hours(self) -> int:
        """Hours that are told apart."""
        return int(self.values.shape[-1]) - 1

    def whole(self, of_cells: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Values of the touched cells on the whole grid, shape (rings, sectors); 0 elsewhere."""
        out = np.zeros(self.grid.cells)
        out[self.cells] = of_cells
        return out.reshape(self.grid.rings, self.grid.sectors)


def hourly_field(atlas: Atlas, source: HourlySource, *, packed: Packed) -> HourlyField:
    """Doses of every hour of a release that begins with the atlas.

    Parameters
    ----------
    atlas : Atlas
    source : HourlySource
    packed : Packed
        All of the atlas, with every term.

    Raises
    ------
    OutOfRange
        If the release outlasts the atlas, or ``packed`` lacks something.
    """
    release_hours = len(source.height)
    if release_hours > atlas.releases:
        raise OutOfRange(
            f"longer than the atlas's {atlas.releases} release hours", field="release", value=release_hours
        )
    if packed.active != padded(ALL_TERMS) or packed.first != 0 or packed.heights != tuple(atlas.heights):
        raise OutOfRange("must hold all of the atlas", field="packed")
    none = np.zeros((0, 0, 0, 0), dtype=np.float32)
    kind, weights = height_weights(
        atlas, Source(none, source.height, source.heat, source.exit_velocity, source.exit_diameter)
    )
    ends = packed.offsets[:, release_hours]
    touched = [packed.cells[packed.offsets[h, 0] : ends[h]] for h in range(len(packed.heights))]
    cells = np.unique(np.concatenate(touched)).astype(np.int64)
    slots = np.zeros(atlas.grid.cells, dtype=np.int64)
    slots[cells] = np.arange(len(cells))
    strands = len(source.air) + len(source.ground)
    values = np.zeros((strands, len(cells), source.hours + 1), dtype=np.float32)
    steps = np.arange(0.0, OLDEST + 0.5 * TABLE_STEP, TABLE_STEP)
    uppers = np.clip(np.searchsorted(source.ages, steps), 1, len(source.ages) - 1)
    below, above = source.ages[uppers - 1], source.ages[uppers]
    shares = np.clip((steps - below) / (above - below), 0.0, 1.0)
    kernel.add_release(
        values, slots, packed.offsets, packed.cells, packed.terms, packed.ages, steps / SECONDS_PER_HOUR, uppers,
        shares, source.air, source.ground, kind, weights, np.zeros(source.hours + 2),
    )  # fmt: skip
    return HourlyField(atlas.grid, int(atlas.times[0]), cells, values)
