"""When would the plume come to these places?

Defines the noun `Watched`: cells that somebody cares about, with the age of every release hour's plume over them.  The
arrival that follows is approximate: the mean age is that of the middle of a plume, and a plume of an hour is an hour
long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.atlas.kernels import arrival
from oberih.atlas.packed import TABLE_STEP, Packed
from oberih.atlas.store import Atlas
from oberih.atlas.superpose import Asked, height_weights
from oberih.constants import SECONDS_PER_HOUR

__all__ = ["Watched", "arrivals", "watch"]


@dataclass(frozen=True)
class Watched:
    """Cells that are watched.

    Parameters
    ----------
    cells : int64 array, shape (watched,)
        Flat indices, rising.
    ages : uint16 array, shape (heights, hours, watched)
        Of the plume of each release hour over them, in steps of `TABLE_STEP`.
    """

    cells: npt.NDArray[np.int64]
    ages: npt.NDArray[np.uint16]


def watch(packed: Packed, cells: npt.NDArray[np.int64]) -> Watched:
    """Watch cells of a whole atlas in memory.

    Parameters
    ----------
    packed : Packed
        All heights and hours.
    cells : int array, shape (n,)
        Flat indices, in any order.
    """
    wanted = np.unique(np.asarray(cells, dtype=np.int64))
    column = np.full(packed.grid.cells, -1, dtype=np.int32)
    column[wanted] = np.arange(len(wanted))
    ages = np.full((len(packed.heights), packed.hours, len(wanted)), arrival.NEVER, dtype=np.uint16)
    arrival.ages_over(packed.offsets, packed.cells, packed.ages, column, ages)
    return Watched(wanted, ages)


def arrivals(atlas: Atlas, watched: Watched, asked: Asked) -> npt.NDArray[np.float32]:
    """Time from the beginning of the release to the plume's coming, for every start asked.

    Parameters
    ----------
    atlas : Atlas
    watched : Watched
    asked : Asked

    Returns
    -------
    float32 array, shape (starts, watched)
        [s]; NaN where it never comes.
    """
    source = asked.source
    kind, weights = height_weights(atlas, source)
    starts = asked.starts(0, atlas.releases - source.hours + 1)
    steps = np.empty((len(starts), len(watched.cells)), dtype=np.uint16)
    releasing = source.tables.any(axis=(1, 2, 3))
    an_hour = round(SECONDS_PER_HOUR / TABLE_STEP)
    arrival.first_arrivals(starts, releasing, an_hour, watched.ages, kind, weights, steps)
    found = steps.astype(np.float32) * np.float32(TABLE_STEP)
    found[steps == arrival.NEVER] = np.nan
    return found
