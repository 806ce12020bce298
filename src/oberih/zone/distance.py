"""How far, in which direction, and how sure?

Reads distances off an `Exceedance`: by sector and in any direction, at percentiles of the
starts, each with a band; the chance that the level is reached beyond a distance; and the
direction in which a zone must reach farthest.

Two distances are kept apart, because they differ by much.  *By sector*: with probability
p the level is not reached beyond it in that sector, whatever happens elsewhere.  *In any
direction*: with probability p it is not reached beyond it anywhere; this is the radius of a
circle that holds.

The bands come from `oberih.zone.resample` and say how far another year of the same climate
could move the figure; they hold nothing of the spread of source terms or of the model.

Defines `Reach`, `Distances`, `BeyondCurve` and `Direction`.

Invariants: distances in m and never falling with the percentile; a band holds its estimate;
a band is None where there are too few blocks of weather for one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.earth.grid import Grid
from oberih.errors import InputError
from oberih.zone.exceedance import Exceedance
from oberih.zone.spread import FEWEST_BLOCKS, Spread

__all__ = ["COMPASS", "BeyondCurve", "Direction", "Distances", "Reach", "compass_name", "distances", "times_of_year"]

Floats = npt.NDArray[np.float64]

COMPASS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
"""The sixteen points of the compass, clockwise."""

PERCENTILES = (0.5, 0.75, 0.9, 0.95, 0.99)
"""Percentiles that are computed if none are asked for."""

_NEARBY = np.radians(22.5)
"""One point of the compass [rad]: directions closer than this count as the same."""


@dataclass(frozen=True)
class Reach:
    """One distance with its band.

    Parameters
    ----------
    percentile : float
        Share of starts at which the level is not reached beyond it [1].
    distance : float
        [m]; 0 where the level is reached nowhere at that percentile.
    low, high : float or None
        Band [m]; None where none can be stated.
    """

    percentile: float
    distance: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class BeyondCurve:
    """Chance that the level is reached somewhere beyond a distance.

    Parameters
    ----------
    distance : float array, shape (rings + 1,)
        [m], increasing.
    probability : float array, shape (rings + 1,)
        Share of starts [1], never rising.
    low, high : float array or None
        Band of the probability [1].
    """

    distance: Floats
    probability: Floats
    low: Floats | None
    high: Floats | None


@dataclass(frozen=True)
class Direction:
    """Where a zone must reach farthest.

    Parameters
    ----------
    sector : int
    azimuth : float
        Of the sector's centre [rad], clockwise from north.
    compass : str
        Of `COMPASS`.
    percentile : float
        At which the sectors are compared [1].
    distance : float
        [m]
    share : float or None
        Share of resampled years in which the farthest direction is the same within one
        point of the compass [1].
    """

    sector: int
    azimuth: float
    compass: str
    percentile: float
    distance: float
    share: float | None


@dataclass(frozen=True)
class Distances:
    """How far a level was reached, over many starts.

    Parameters
    ----------
    percentiles : tuple of float
        Rising [1].
    azimuths : float array, shape (sectors,)
        Of the sectors' centres [rad], clockwise from north.
    sector : float array, shape (percentiles, sectors)
        Distance by sector [m].
    sector_low, sector_high : float array or None
        Its band [m].
    anywhere : float array, shape (percentiles,)
        Distance in any direction [m].
    anywhere_low, anywhere_high : float array or None
        Its band [m].
    beyond : BeyondCurve
    direction : Direction or None
        None where the level is reached nowhere at the percentiles asked.
    starts : int
        Number of starts counted.
    reaches_edge : bool
        Whether a distance stands at the edge of the grid, so that the truth may be farther.
    attrs : dict
        Method, block length, replicates, confidence, units.
    """

    percentiles: tuple[float, ...]
    azimuths: Floats
    sector: Floats
    sector_low: Floats | None
    sector_high: Floats | None
    anywhere: Floats
    anywhere_low: Floats | None
    anywhere_high: Floats | None
    beyond: BeyondCurve
    direction: Direction | None
    starts: int
    reaches_edge: bool
    attrs: dict[str, Any] = field(default_factory=dict)

    def at(self, percentile: float) -> Reach:
        """The distance in any direction at one of the percentiles computed.

        Raises
        ------
        InputError
            If that percentile was not computed.
        """
        i = self._index(percentile)
        return Reach(percentile, float(self.anywhere[i]), _one(self.anywhere_low, i), _one(self.anywhere_high, i))

    def by_sector(self, percentile: float) -> Floats:
        """Distances by sector at one of the percentiles computed [m], shape (sectors,)."""
        return np.asarray(self.sector[self._index(percentile)])

    def _index(self, percentile: float) -> int:
        for i, known in enumerate(self.percentiles):
            if abs(known - percentile) < 1e-9:
                return i
        raise InputError(
            "was not computed", field="percentile", value=percentile, cure=f"use one of {self.percentiles}"
        )


def distances(
    exceedance: Exceedance,
    *,
    rng: np.random.Generator,
    percentiles: tuple[float, ...] = PERCENTILES,
    block_days: float = 6.0,
    replicates: int = 200,
    confidence: float = 0.9,
    subset: npt.NDArray[np.bool_] | None = None,
) -> Distances:
    """Distances by sector and in any direction, with bootstrap bands.

    Parameters
    ----------
    exceedance : Exceedance
    rng : numpy Generator
        Seeded by the caller; the same state gives the same bands.
    percentiles : tuple of float
        Between 0 and 1 [1].
    block_days : float
        Length of the blocks of weather that are resampled whole [d].
    replicates : int
        Number of resampled years.
    confidence : float
        Of the bands [1].
    subset : bool array, shape (n,), optional
        Starts that count, such as from `times_of_year`.

    Returns
    -------
    Distances

    Raises
    ------
    InputError
        If there is no start to count, or a percentile or the block length makes no sense.

    Notes
    -----
    A percentile is an order statistic: the smallest distance not exceeded at ``ceil(p n)``
    of ``n`` starts.  Non-overlapping blocks of consecutive starts are drawn with
    replacement (Carlstein 1986), since the weather of one hour resembles that of the next.
    """
    reach, starts = _chosen(exceedance, subset)
    levels = _percentiles(percentiles)
    if not (np.isfinite(block_days) and block_days > 0.0 and replicates > 0 and 0.0 < confidence < 1.0):
        raise InputError("makes no sense", field="block_days, replicates, confidence", cure="give positive numbers")
    grid = exceedance.grid
    farthest = reach.max(axis=1)
    sector = _order_statistics(reach, levels)
    anywhere = _order_statistics(farthest[:, None], levels)[:, 0]
    spread = Spread.draw(
        grid,
        reach,
        farthest,
        starts,
        levels,
        rng=rng,
        block_days=block_days,
        replicates=replicates,
        confidence=confidence,
    )
    return Distances(
        percentiles=levels, azimuths=grid.azimuths, sector=sector, anywhere=anywhere,
        sector_low=spread.below(spread.sector, sector), sector_high=spread.above(spread.sector, sector),
        anywhere_low=spread.below(spread.anywhere, anywhere), anywhere_high=spread.above(spread.anywhere, anywhere),
        beyond=_beyond(grid, farthest, spread), direction=_direction(grid, levels, sector, spread),
        starts=len(starts), reaches_edge=bool(anywhere.size and anywhere[-1] >= grid.radii[-1]),
        attrs={
            "units": "m", "method": "order statistics of starts; block bootstrap", "level": exceedance.level,
            "block_days": block_days, "blocks": spread.blocks, "replicates": replicates, "confidence": confidence,
            "band": "weather only" if spread.blocks >= FEWEST_BLOCKS else "none: too few blocks of weather",
        },
    )  # fmt: skip


def times_of_year(
    starts: npt.NDArray[np.int64],
    *,
    months: tuple[int, ...] = tuple(range(1, 13)),
    first_hour: int = 0,
    last_hour: int = 23,
    longitude: float = 0.0,
) -> npt.NDArray[np.bool_]:
    """Which starts lie in these months and hours of local solar time?

    Parameters
    ----------
    starts : int64 array, shape (n,)
        Seconds since 1970, UTC.
    months : tuple of int
        1 to 12.
    first_hour, last_hour : int
        Both included, 0 to 23; a span such as 20 to 5 goes through midnight.
    longitude : float
        Of the site [°]; 15° make an hour.

    Returns
    -------
    bool array, shape (n,)
    """
    local = starts + round(longitude * 240.0)
    hour = (local // SECONDS_PER_HOUR) % 24
    month = local.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    inside = (hour >= first_hour) & (hour <= last_hour)
    if first_hour > last_hour:
        inside = (hour >= first_hour) | (hour <= last_hour)
    return np.asarray(inside & np.isin(month, months))


def compass_name(azimuth: float) -> str:
    """The nearest of sixteen compass points.

    Examples
    --------
    >>> compass_name(0.0), compass_name(3.5), compass_name(6.2)
    ('N', 'SSW', 'N')
    """
    return COMPASS[round(azimuth / (2.0 * np.pi / 16.0)) % 16]


def _chosen(
    exceedance: Exceedance, subset: npt.NDArray[np.bool_] | None
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    reach, starts = exceedance.reach, exceedance.starts
    if subset is not None:
        reach, starts = reach[subset], starts[subset]
    if len(starts) == 0:
        raise InputError("there is no start to count", field="starts", cure="give at least one start")
    if not np.isfinite(reach).all() or (reach < 0.0).any():
        raise InputError(
            "holds a distance that is negative or not a number", field="reach", cure="rebuild the exceedance"
        )
    return reach, starts


def _percentiles(percentiles: tuple[float, ...]) -> tuple[float, ...]:
    for p in percentiles:
        if not 0.0 < p <= 1.0:
            raise InputError("is not a percentile", field="percentile", value=p, cure="give a share such as 0.95")
    return tuple(sorted(set(percentiles)))


def _order_statistics(values: npt.NDArray[np.float32], levels: tuple[float, ...]) -> Floats:
    """Distance not exceeded at each level, shape (levels, columns)."""
    n = len(values)
    ranks = [min(max(int(np.ceil(p * n - 1e-6)) - 1, 0), n - 1) for p in levels]
    ordered = np.partition(np.ascontiguousarray(values.T), sorted(set(ranks)), axis=1)
    return ordered[:, ranks].T.astype(np.float64)


def _beyond(grid: Grid, farthest: npt.NDArray[np.float32], spread: Spread) -> BeyondCurve:
    """Chance that any direction is reached beyond each ring edge."""
    ordered = np.sort(farthest)
    limits = grid.edges * (1.0 + 1e-6)  # a distance that stands on an edge is not beyond it
    share = 1.0 - np.searchsorted(ordered, limits, side="right") / len(ordered)
    if spread.beyond is None:
        return BeyondCurve(grid.edges, share, None, None)
    at = spread.bins.index(limits.astype(np.float32))
    curves = spread.beyond[:, np.minimum(at, spread.bins.count - 1)].T
    return BeyondCurve(grid.edges, share, spread.below(curves, share), spread.above(curves, share))


def _direction(grid: Grid, levels: tuple[float, ...], sector: Floats, spread: Spread) -> Direction | None:
    """The farthest sector at 95 %, or at the next percentile at which any is reached."""
    order = sorted(range(len(levels)), key=lambda i: (levels[i] < 0.95 - 1e-9, abs(levels[i] - 0.95)))
    for i in order:
        if sector[i].max() > 0.0:
            break
    else:
        return None
    best = int(np.argmax(sector[i]))
    share = None
    if spread.sector is not None:
        turn = np.abs((grid.azimuths - grid.azimuths[best] + np.pi) % (2.0 * np.pi) - np.pi)
        years = spread.sector[i]
        winners = (years == years.max(axis=1, keepdims=True)) & (years > 0.0)
        credit = (winners & (turn <= _NEARBY + 1e-9)).sum(axis=1) / np.maximum(winners.sum(axis=1), 1)
        share = float(credit.mean())
    azimuth = float(grid.azimuths[best])
    return Direction(best, azimuth, compass_name(azimuth), levels[i], float(sector[i, best]), share)


def _one(values: Floats | None, i: int) -> float | None:
    return None if values is None else float(values[i])
