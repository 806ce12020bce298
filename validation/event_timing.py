"""How far off are the hours of an event that are taken from an atlas?

An atlas holds no time but the mean age of the plume in each cell; event response takes a release hour to pass there in
the hour that begins so long after it began.  Here the same puffs are followed with a clock: what each step lays down is
booked in the quarter hour in which it does.  Compared are, cell by cell, when a hundredth, a half and ninety-nine
hundredths of the exposure have passed.

Run: ``python -m validation.event_timing`` (made-up weather that turns, then measured weather where it is at hand).
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import PuffSettings, air_table, gamma_mixture, mesh_of, settings_vector, workspace
from oberih.earth.grid import Grid
from oberih.weather.air import Air

Floats = npt.NDArray[np.float64]

QUARTERS = 4
"""Of an hour: the clock's step."""


@njit
def follow_by_clock(mesh, work, gamma, settings, air, cyclic, hour, height, puffs, booked):
    """As `oberih.dispersion.kernels.puff.disperse_hour`, booking tic by the quarter hour."""
    outer = mesh.inner * np.exp(mesh.rings * mesh.log_ratio)
    for p in range(puffs):
        work.pending[:, :] = 0.0
        begin = hour + (p + 0.5) / puffs
        if not puff.air_at(air, cyclic, begin, work.row):
            continue
        puff.start_puff(work.state, height, work.row[puff.MIXING], 1.0 / puffs, settings)
        hours = begin
        while work.state[puff.AGE] < settings[puff.OLDEST]:
            work.sums[:, :] = 0.0
            dt = puff.advance(mesh, work, gamma, settings, hours, air, cyclic)
            if dt < 0.0:
                break
            b = min(int((hours + 0.5 * dt / 3600.0 - hour) * 4), booked.shape[0] - 1)
            booked[b] += work.sums[:, puff.TIC]
            hours += dt / 3600.0
            if np.sqrt(work.state[puff.X] ** 2 + work.state[puff.Y] ** 2) > outer + 2 * np.sqrt(work.state[puff.VAR_Y]):
                break


@dataclass(frozen=True)
class Timing:
    """Errors of the hours from the mean age, in hours, over the cells that matter.

    Parameters
    ----------
    arrival, middle, passed : float array
        Hour from the atlas less hour by the clock at which 1 %, 50 % and 99 % have passed.
    distance : float array
        Of each cell [m].
    clock_arrival : float array
        Hour by the clock at which 1 % has passed, since the release began [h].
    """

    arrival: Floats
    middle: Floats
    passed: Floats
    distance: Floats
    clock_arrival: Floats


def timing(air: Air, *, hours: int, height: float, grid: Grid, settings: PuffSettings) -> Timing:
    """Compare a release of so many hours."""
    mesh, gamma, table = mesh_of(grid), gamma_mixture(), air_table(air)
    vector = settings_vector(air, settings, height)
    length = (hours + int(settings.oldest / 3600) + 2) * QUARTERS
    clock = np.zeros((length, grid.cells))
    guess = np.zeros((length, grid.cells))
    for hour in range(hours):
        work = workspace(grid)
        booked, puffs = np.zeros((length, grid.cells)), settings.puffs_per_hour
        follow_by_clock(mesh, work, gamma, vector, table, air.cyclic, hour, height, puffs, booked)
        shift = hour * QUARTERS
        clock[shift:] += booked[: length - shift]
        puff.disperse_hour(mesh, work, gamma, vector, table, air.cyclic, hour, height, settings.puffs_per_hour)
        _guess(guess, hour + work.sums[:, puff.AGED] / 3600.0, work.sums[:, puff.TIC])
    return _compared(clock, guess, grid)


def _guess(out: Floats, before: Floats, tic: Floats) -> None:
    """What passes evenly over the hour from ``before``, by quarters."""
    edges = np.arange(len(out) + 1) / QUARTERS
    for cell in np.flatnonzero(tic):
        share = np.clip(edges - before[cell], 0.0, 1.0)
        out[:, cell] += tic[cell] * np.diff(share)


def _compared(clock: Floats, guess: Floats, grid: Grid) -> Timing:
    total = clock.sum(axis=0).reshape(grid.rings, grid.sectors)
    wanted = np.flatnonzero((total > 0.01 * total.max(axis=1, keepdims=True)).ravel() & (guess.sum(axis=0) > 0.0))
    errors = [_reached(guess, wanted, s) - _reached(clock, wanted, s) for s in (0.01, 0.5, 0.99)]
    return Timing(*errors, np.repeat(grid.radii, grid.sectors)[wanted], _reached(clock, wanted, 0.01))


def _reached(booked: Floats, cells: npt.NDArray[np.int64], share: float) -> Floats:
    """Hour at which so much has passed in each cell, between quarters evenly."""
    so_far = np.vstack([np.zeros(len(cells)), np.cumsum(booked[:, cells], axis=0)])
    so_far /= so_far[-1]
    edges = np.arange(len(so_far)) / QUARTERS
    return np.array([np.interp(share, so_far[:, i], edges) for i in range(len(cells))])


def turning_air(hours: int = 100, *, speed: float = 4.0, turn: float = 2.0) -> Air:
    """Made-up air that turns by so many degrees an hour and freshens by day."""
    t = np.arange(hours)
    way = np.radians(50.0 + turn * t + 25.0 * np.sin(t / 7.0))
    day = np.sin(2.0 * np.pi * (t - 8) / 24.0)
    strength = speed * (1.0 + 0.4 * day)
    ones = np.ones(hours)
    return Air(
        0, 3600.0, strength * np.sin(way), strength * np.cos(way), 0.08 * strength, np.where(day > 0, -0.01, 0.01),
        np.where(day > 0, 200.0 + 1000.0 * day, 200.0), np.where(day > 0, 1.2 * day, 0.0), 0.0 * ones, 283.0 * ones,
        1000.0 * ones, 0.1, 10.0, 47.5, False, "typical year", "made up",
    )  # fmt: skip


def summary(found: Timing) -> dict[str, dict[str, float]]:
    """Median, and between which errors nine of ten cells lie [h], near and far."""
    told = {}
    for name, near, far in (("to 30 km", 0.0, 30e3), ("30 to 100 km", 30e3, 100e3), ("beyond 100 km", 100e3, 1e6)):
        own = (found.distance >= near) & (found.distance < far)
        if own.any():
            told[name] = {"cells": int(own.sum())} | {
                f"{what} {q}": round(float(np.quantile(getattr(found, what)[own], q)), 2)
                for what in ("arrival", "middle", "passed") for q in (0.05, 0.5, 0.95)
            }  # fmt: skip
    return told


def main() -> None:
    """Print what was found."""
    settings = PuffSettings(oldest=48 * 3600.0, building_height=60.0, building_width=60.0)
    for name, air in (("turning 2 degrees an hour", turning_air()), ("turning 8", turning_air(turn=8.0, speed=3.0))):
        for hours in (1, 24):
            found = timing(air, hours=hours, height=30.0, grid=Grid(), settings=dataclasses.replace(settings))
            print(json.dumps({"air": name, "hours": hours, **summary(found)}, indent=1))


if __name__ == "__main__":
    main()
