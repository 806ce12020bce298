"""A small atlas whose hours differ: made by hand from a seed, built in a second."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oberih.atlas.kernels.superpose import LANES, TERMS
from oberih.atlas.layout import AtlasPlan
from oberih.atlas.superpose import Source
from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid
from oberih.evidence.digest import sha256_of_file
from oberih.weather.air import Air
from tests.dispersion.airs import NEUTRAL, steady

GRID = Grid(rings=20, sectors=24, outer_radius=30e3)
HEIGHTS = (10.0, 100.0)
RELEASES = 400
TABLE_AGES = 40


def changing_air(*, hours: int, seed: int = 11, cyclic: bool = True) -> Air:
    """Hours whose wind turns, whose layer breathes with the day, and in which it rains now and then."""
    rng = np.random.default_rng(seed)
    clock = np.arange(hours)
    towards = np.cumsum(rng.normal(0.0, 0.4, hours))
    speed = 1.0 + rng.gamma(2.0, 1.5, hours)
    day = np.sin(2.0 * np.pi * (clock - 8.0) / 24.0)
    inverse = -0.02 * day * rng.uniform(0.2, 1.0, hours)
    mixing = 150.0 + 1200.0 * np.clip(day, 0.0, None) * rng.uniform(0.6, 1.0, hours)
    friction = 0.06 * speed
    return dataclasses.replace(
        steady(**NEUTRAL, hours=hours, cyclic=cyclic),
        start=1_500_000_400 // 3600 * 3600, east=speed * np.sin(towards), north=speed * np.cos(towards),
        friction_velocity=friction, inverse_obukhov_length=inverse, mixing_height=mixing,
        convective_velocity=friction * np.cbrt(np.clip(-mixing * inverse / 0.4, 0.0, None)),
        precipitation=np.where(rng.random(hours) < 0.1, rng.uniform(0.1, 3.0, hours) / 3600.0, 0.0),
        cloud_base=rng.uniform(300.0, 3000.0, hours),
    )  # fmt: skip


def plan(*, releases: int = RELEASES, heights: tuple[float, ...] = HEIGHTS, seed: int = 11) -> AtlasPlan:
    """What the small atlas is built from."""
    settings = PuffSettings(puffs_per_hour=2, oldest=24 * 3600.0)
    return AtlasPlan("test", changing_air(hours=releases, seed=seed), GRID, heights, settings, releases)


def source(
    *, hours: int = 3, terms: tuple[int, ...] = tuple(t for t in range(TERMS) if t != 8), seed: int = 5,
    height: float = 30.0, heat: float = 0.0,
) -> Source:  # fmt: skip
    """A release whose tables differ in every hour, age, term and lane."""
    tables = np.zeros((hours, TABLE_AGES, TERMS, LANES), dtype=np.float32)
    tables[:, :, list(terms)] = np.random.default_rng(seed).uniform(0.5, 2.0, (hours, TABLE_AGES, len(terms), LANES))
    return Source(tables, np.full(hours, height), np.full(hours, heat))


def digests(folder: Path) -> dict[str, str]:
    """Every file of a folder by its SHA-256."""
    return {f.relative_to(folder).as_posix(): sha256_of_file(f) for f in sorted(folder.rglob("*")) if f.is_file()}


Floats = npt.NDArray[np.float64]
