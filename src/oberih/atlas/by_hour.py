"""When does a release reach each cell, and what does every hour give there?

The room's arithmetic told apart by hours: tables of a release in, doses by strand, cell and hour out.  An atlas has no
clock, so the puffs of the release hours are followed once more (`oberih.atlas.kernels.by_hour`); taking the mean age of
the plume for the hour instead would be hours off in light winds (``validation/event_timing.py``).

Defines the nouns `HourlySource` (what is asked) and `HourlyField` (the answer).
Invariant: the hours of a strand add up to the dose that `oberih.atlas.superpose.dose_field` gives for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt

from oberih.atlas.kernels import by_hour as kernel
from oberih.atlas.packed import ALL_TERMS, TABLE_STEP, Packed, padded
from oberih.atlas.store import Atlas
from oberih.atlas.superpose import Source, height_weights
from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import PuffSettings, gamma_mixture, mesh_of, settings_vector, workspace
from oberih.earth.grid import Grid
from oberih.errors import OutOfRange

__all__ = ["HourlyField", "HourlySource", "hourly_field"]

Floats = npt.NDArray[np.float64]

OLDEST = 72.0 * SECONDS_PER_HOUR
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
    clock = _Clock(atlas)
    for j, h in zip(*np.nonzero(weights[kind, np.arange(release_hours)]), strict=True):
        used = clock.book(int(j), atlas.heights[h])
        kernel.add_hour(
            values, slots, packed.cells, packed.terms, packed.ages, packed.offsets[h, j], packed.offsets[h, j + 1], j,
            clock.booked, used, TABLE_STEP / SECONDS_PER_HOUR, uppers, shares, weights[kind[j], j, h], source.air[:, j],
            source.ground[:, j],
        )  # fmt: skip
    return HourlyField(atlas.grid, int(atlas.times[0]), cells, values)


class _Clock:
    """Follows the puffs of an atlas's release hours by the clock."""

    def __init__(self, atlas: Atlas) -> None:
        facts = atlas.facts
        self.settings = PuffSettings(**facts["settings"])
        self.place = SimpleNamespace(**{n: facts["air"][n] for n in ("roughness_length", "wind_height", "latitude")})
        self.air, self.cyclic = atlas.air, bool(facts["air"]["cyclic"])
        self.mesh, self.work = mesh_of(atlas.grid), workspace(atlas.grid)
        hours = int(self.settings.oldest / SECONDS_PER_HOUR) + 2
        self.booked = np.zeros((hours, atlas.grid.cells, puff.SUMS))

    def book(self, hour: int, height: float) -> int:
        """Book a release hour; returns the hours written to.  `kernel.add_hour` clears them."""
        vector = settings_vector(self.place, self.settings, height)
        return int(kernel.book(
            self.mesh, self.work, self.booked, gamma_mixture(), vector, self.air, self.cyclic, hour, height,
            self.settings.puffs_per_hour,
        ))  # fmt: skip
