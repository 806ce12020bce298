"""How does a Gaussian number become a weather value?

The marginal side of the stochastic year: tables by season and hour of the local solar day are
interpolated to each time, and a standard normal number is turned into a class, a speed or a
direction whose frequencies are those of the table.  `latent` makes the numbers.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

_GRID = np.linspace(-7.0, 7.0, 14001)
_NORMAL = np.array([0.5 * math.erfc(-z / math.sqrt(2.0)) for z in _GRID])


class Slots(NamedTuple):
    """Where times lie in a table of seasons × hours: neighbours and the weight of the later one."""

    season: Integers
    next_season: Integers
    season_weight: Floats
    hour: Integers
    next_hour: Integers
    hour_weight: Floats


def normal_probability(z: Floats) -> Floats:
    """Standard normal distribution function [1], by a table of erfc, error below 1e-7."""
    return np.asarray(np.interp(z, _GRID, _NORMAL))


def normal_quantile(probability: Floats) -> Floats:
    """Standard normal quantile [1] of probabilities, clipped to 1e-9 .. 1 - 1e-9."""
    return np.asarray(np.interp(np.clip(probability, 1e-9, 1.0 - 1e-9), _NORMAL, _GRID))


def _neighbours(position: Floats, centres: Floats, period: float) -> tuple[Integers, Integers, Floats]:
    """Cyclic neighbours of positions among increasing centres, and the weight of the later one."""
    count = len(centres)
    later = np.searchsorted(centres, np.mod(position, period), side="right")
    earlier = np.mod(later - 1, count)
    later = np.mod(later, count)
    width = np.mod(centres[later] - centres[earlier], period)
    weight = np.mod(position - centres[earlier], period) / np.where(width > 0.0, width, period)
    return earlier.astype(np.int64), later.astype(np.int64), np.asarray(weight)


def place_in_table(day_of_year: Floats, solar_hour: Floats, *, season_centres: Floats, hour_centres: Floats) -> Slots:
    """Neighbouring seasons and hours of each time.

    Parameters
    ----------
    day_of_year : float array, shape (n,)
        0 at the beginning of 1 January [d].
    solar_hour : float array, shape (n,)
        Mean local solar time [h].
    season_centres, hour_centres : float array
        Of the table's rows [d] and columns [h], increasing.
    """
    return Slots(*_neighbours(day_of_year, season_centres, 365.25), *_neighbours(solar_hour, hour_centres, 24.0))


def at_slots(table: Floats, slots: Slots) -> Floats:
    """A table of shape (seasons, hours, …) interpolated linearly to each time, shape (n, …)."""
    shape = (-1,) + (1,) * (table.ndim - 2)
    by_season, by_hour = slots.season_weight.reshape(shape), slots.hour_weight.reshape(shape)
    early = (1.0 - by_hour) * table[slots.season, slots.hour] + by_hour * table[slots.season, slots.next_hour]
    late = (1.0 - by_hour) * table[slots.next_season, slots.hour] + by_hour * table[slots.next_season, slots.next_hour]
    return np.asarray((1.0 - by_season) * early + by_season * late)


def at_seasons(table: Floats, slots: Slots) -> Floats:
    """A table of shape (seasons, …) interpolated linearly to each time, shape (n, …)."""
    weight = slots.season_weight.reshape((-1,) + (1,) * (table.ndim - 1))
    return np.asarray((1.0 - weight) * table[slots.season] + weight * table[slots.next_season])


def class_of(latent: Floats, probabilities: Floats) -> Integers:
    """Index of the class that a normal number falls into.

    Parameters
    ----------
    latent : float array, shape (n,)
    probabilities : float array, shape (n, classes)
        Of the ordered classes, each row summing to 1.
    """
    edges = np.cumsum(probabilities, axis=1)[:, :-1]
    return np.asarray(np.sum(normal_probability(latent)[:, None] > edges, axis=1))


def direction_of(phase: Floats, rose: Floats) -> Floats:
    """Direction [degrees] of a uniform phase, so that sectors come as often as the rose says.

    Parameters
    ----------
    phase : float array, shape (n,)
        0 to 1.
    rose : float array, shape (n, sectors)
        Share of each sector, sector 0 centred on north, each row summing to 1.
    """
    sectors = rose.shape[1]
    ends = np.cumsum(rose, axis=1)
    sector = np.minimum(np.sum(phase[:, None] >= ends, axis=1), sectors - 1)
    row = np.arange(len(phase))
    inside = 1.0 + (phase - ends[row, sector]) / np.maximum(rose[row, sector], 1e-12)
    return np.asarray(np.mod((sector + np.clip(inside, 0.0, 1.0) - 0.5) * 360.0 / sectors, 360.0))


def phase_of(direction: Floats, rose: Floats) -> Floats:
    """The inverse of `direction_of`."""
    sectors = rose.shape[1]
    place = np.mod(direction / 360.0 * sectors + 0.5, sectors)
    sector = np.minimum(place.astype(np.int64), sectors - 1)
    row = np.arange(len(direction))
    return np.asarray(np.cumsum(rose, axis=1)[row, sector] - rose[row, sector] * (1.0 - (place - sector)))


def sector_quantiles(direction: Floats, quantiles: Floats) -> Floats:
    """Quantiles of shape (sectors, levels) interpolated to each direction [degrees], shape (n, levels)."""
    sectors = len(quantiles)
    place = np.mod(direction / 360.0 * sectors, sectors)
    sector = np.minimum(place.astype(np.int64), sectors - 1)
    weight = (place - sector)[:, None]
    return np.asarray((1.0 - weight) * quantiles[sector] + weight * quantiles[(sector + 1) % sectors])


def value_at(probability: Floats, levels: Floats, quantiles: Floats) -> Floats:
    """Value of a piecewise linear quantile function, one row each.

    Parameters
    ----------
    probability : float array, shape (n,)
    levels : float array, shape (k,)
        Increasing from 0 to 1.
    quantiles : float array, shape (n, k)
    """
    cell = np.clip(np.searchsorted(levels, probability, side="right") - 1, 0, len(levels) - 2)
    row = np.arange(len(probability))
    share = (probability - levels[cell]) / (levels[cell + 1] - levels[cell])
    return np.asarray(quantiles[row, cell] * (1.0 - share) + quantiles[row, cell + 1] * share)


def probability_at(value: Floats, levels: Floats, quantiles: Floats) -> Floats:
    """The inverse of `value_at`, clipped to the table's range."""
    cell = np.clip(np.sum(quantiles <= value[:, None], axis=1) - 1, 0, len(levels) - 2)
    row = np.arange(len(value))
    width = np.maximum(quantiles[row, cell + 1] - quantiles[row, cell], 1e-12)
    share = np.clip((value - quantiles[row, cell]) / width, 0.0, 1.0)
    return np.asarray(levels[cell] + share * (levels[cell + 1] - levels[cell]))


def excess_rank(latent: Floats, wet_probability: Floats) -> Floats:
    """Rank [1] of a wet hour among wet hours, 0 to 1; below 0 when the hour is dry."""
    return np.asarray((normal_probability(latent) - 1.0 + wet_probability) / np.maximum(wet_probability, 1e-9))
