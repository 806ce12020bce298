"""How far off are the hours that an event tells, and why is the mean age of the plume not enough?

    python -m validation.event_timing [WEATHER LATITUDE LONGITUDE]

An atlas holds no time but the mean age of the plume in each cell.  Event response follows the puffs once more and books
what they lay down by the hour (`oberih.atlas.kernels.by_hour`).  Here the same puffs are followed with a finer clock, a
quarter of an hour, written anew; compared are, cell by cell, when a hundredth, a half and ninety-nine hundredths of the
exposure have passed: by the clock, by the hours that are served, and by the mean age, which was the plainer way.  In
made-up weather that turns, or in ten events of a file of weather.  What is served is held to `TOLERANCE` in 90 of 100
cells of each band of distance.  The last line is JSON.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from oberih.atlas.kernels import by_hour
from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import PuffSettings, air_table, gamma_mixture, mesh_of, settings_vector, workspace
from oberih.earth.grid import Grid
from oberih.errors import InputError
from oberih.weather.air import Air
from oberih.weather.boundary_layer import air_from_weather
from oberih.weather.quality import check_weather, resample_hourly
from oberih.weather.read import read_weather
from validation.door import Words, answering, existing_file

Floats = npt.NDArray[np.float64]

QUARTERS = 4
"""Of an hour: the clock's step."""

BANDS = {"to 30 km": (0.0, 30e3), "30 to 100 km": (30e3, 100e3), "beyond 100 km": (100e3, 1e6)}
"""Distances that are told apart [m]."""

TOLERANCE = {"comes": (-0.9, 0.1), "middle": (-0.4, 0.4), "past": (-0.3, 0.8)}
"""Served less the clock [h]: told early rather than late, past late rather than early, by less than an hour."""

MATTERS = 0.01
"""Of a ring's largest exposure: cells that are compared [1]."""


@njit(cache=True)
def follow_by_clock(mesh, work, gamma, settings, air, cyclic, hour, height, puffs, booked):  # type: ignore[no-untyped-def]  # Numba types it
    """As `oberih.dispersion.kernels.puff.disperse_hour`, booking tic by the quarter hour."""
    outer = mesh.inner * np.exp(mesh.rings * mesh.log_ratio)
    for p in range(puffs):
        work.pending[:, :] = 0.0
        hours = hour + (p + 0.5) / puffs
        if not puff.air_at(air, cyclic, hours, work.row):
            continue
        puff.start_puff(work.state, height, work.row[puff.MIXING], 1.0 / puffs, settings)
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
    """Hours at which 1 %, 50 % and 99 % have passed, over the cells that matter; shape (3, cells) [h].

    Parameters
    ----------
    clock, served, by_age : float array
        By the fine clock, as event response has them, and from the mean age.
    distance : float array, shape (cells,)
        Of each cell [m].
    """

    clock: Floats
    served: Floats
    by_age: Floats
    distance: Floats


def timing(air: Air, *, hours: int, height: float, grid: Grid, settings: PuffSettings) -> Timing:
    """Compare a release of so many hours."""
    mesh, gamma, table = mesh_of(grid), gamma_mixture(), air_table(air)
    work, vector, puffs = workspace(grid), settings_vector(air, settings, height), settings.puffs_per_hour
    span = int(settings.oldest / 3600) + 2
    clock, served, by_age = (np.zeros(((hours + span) * QUARTERS, grid.cells)) for _ in range(3))
    for hour in range(hours):
        fine, own = np.zeros((span * QUARTERS, grid.cells)), slice(hour * QUARTERS, (hour + span) * QUARTERS)
        follow_by_clock(mesh, work, gamma, vector, table, air.cyclic, hour, height, puffs, fine)
        clock[own] += fine
        booked = np.zeros((span, grid.cells, puff.SUMS))
        by_hour.book(mesh, work, booked, gamma, vector, table, air.cyclic, hour, height, puffs)
        served[own] += np.repeat(booked[:, :, puff.TIC] / QUARTERS, QUARTERS, axis=0)
        puff.disperse_hour(mesh, work, gamma, vector, table, air.cyclic, hour, height, puffs)
        _passing(by_age, hour + work.sums[:, puff.AGED] / 3600.0, work.sums[:, puff.TIC])
    return _compared(clock, served, by_age, grid)


def _passing(out: Floats, before: Floats, tic: Floats) -> None:
    """What passes evenly over the hour from ``before``, by quarters."""
    edges = np.arange(len(out) + 1) / QUARTERS
    for cell in np.flatnonzero(tic):
        out[:, cell] += tic[cell] * np.diff(np.clip(edges - before[cell], 0.0, 1.0))


def _compared(clock: Floats, served: Floats, by_age: Floats, grid: Grid) -> Timing:
    total = clock.sum(axis=0).reshape(grid.rings, grid.sectors)
    matters = (total > MATTERS * total.max(axis=1, keepdims=True)).ravel()
    cells = np.flatnonzero(matters & (served.sum(axis=0) > 0.0) & (by_age.sum(axis=0) > 0.0))
    by_clock, as_served, aged = (
        np.array([_reached(b, cells, s) for s in (0.01, 0.5, 0.99)]) for b in (clock, served, by_age)
    )
    return Timing(by_clock, as_served, aged, np.repeat(grid.radii, grid.sectors)[cells])


def _reached(booked: Floats, cells: npt.NDArray[np.int64], share: float) -> Floats:
    """Hour at which so much has passed in each cell, between quarters evenly."""
    so_far = np.vstack([np.zeros(len(cells)), np.cumsum(booked[:, cells], axis=0)])
    so_far /= so_far[-1]
    edges = np.arange(len(so_far)) / QUARTERS
    return np.array([np.interp(share, so_far[:, i], edges) for i in range(len(cells))])


def turning_air(hours: int = 110, *, speed: float = 4.0, turn: float = 2.0) -> Air:
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


def events_of(path: Path, latitude: float, longitude: float, *, count: int = 10) -> list[Air]:
    """Air of so many events, spread over a file of weather."""
    checked, _ = check_weather(read_weather(path, latitude=latitude, longitude=longitude), largest_gap=86400.0)
    air = air_from_weather(resample_hourly(checked, largest_gap=86400.0), roughness_length=0.1, cyclic=False)
    if len(air) < 164:
        raise InputError("too short for an event", file=path, value=f"{len(air)} hours", cure="give 164 hours or more")
    starts = np.linspace(24, len(air) - 140, count).astype(int)
    return [air.part(np.arange(i, i + 110), start=air.start + int(i) * 3600) for i in starts]


def summary(found: list[Timing]) -> dict[str, dict[str, object]]:
    """Errors of both ways [h]: which 90 of 100 cells stay within (5 % below, 5 % above), near and far."""
    told: dict[str, dict[str, object]] = {}
    distance = np.concatenate([f.distance for f in found])
    for name, (near, far) in BANDS.items():
        own = (distance >= near) & (distance < far)
        told[name] = {"cells": int(own.sum())}
        for way in ("served", "by_age"):
            error = np.concatenate([getattr(f, way) - f.clock for f in found], axis=1)[:, own]
            for what, row in zip(("comes", "middle", "past"), error, strict=True):
                told[name][f"{way} {what}"] = np.quantile(row, [0.05, 0.5, 0.95]).round(2).tolist() if own.any() else []
    return told


def beyond(told: Sequence[dict[str, Any]]) -> list[str]:
    """What is served outside its tolerance, in words."""
    return [
        f"{one['air']}, released over {one['release_hours']} h, {name}: {what} {band[0]:+g} to {band[-1]:+g} h"
        for one in told
        for name in BANDS
        for what, (least, most) in TOLERANCE.items()
        if (band := one[name][f"served {what}"]) and not (least <= band[0] and band[-1] <= most)
    ]


def _asked(arguments: Sequence[str]) -> tuple[Path, float, float] | None:
    words = Words("validation.event_timing", __doc__)
    words.add_argument("weather", nargs="?", type=existing_file)
    words.add_argument("latitude", nargs="?", type=float)
    words.add_argument("longitude", nargs="?", type=float)
    given = words.parse_args(arguments)
    if given.weather and given.longitude is None:
        words.error("a file of weather needs its latitude and longitude")
    return (given.weather, given.latitude, given.longitude) if given.weather else None


@answering
def main(arguments: Sequence[str]) -> int:
    """Print what was found; 0 where what is served keeps its tolerance, else 1."""
    asked = _asked(arguments)
    settings = PuffSettings(oldest=48 * 3600.0, building_height=60.0, building_width=60.0)
    airs = {"turning": [turning_air(), turning_air(turn=8.0, speed=3.0)]}
    if asked:
        airs = {asked[0].name: events_of(*asked)}
    told: list[dict[str, Any]] = []
    for name, events in airs.items():
        for hours in (1, 24):
            found = [timing(air, hours=hours, height=30.0, grid=Grid(), settings=settings) for air in events]
            told.append({"air": name, "release_hours": hours, **summary(found)})
            print(f"{name}, released over {hours} h: {told[-1]}")
    wrong = beyond(told)
    print(json.dumps({"event_timing": told, "tolerance": TOLERANCE, "beyond": wrong, "passed": not wrong}))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
