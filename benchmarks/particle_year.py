"""What does a year of hourly starts on three-dimensional fields cost, at the noise of 20,000 plain particles a start?

    python -m benchmarks.particle_year [--particles 2048] [--seeds 6] [--reference 1000000] [--quick]

One job: hourly fields of 121 x 81 x 40 (`moving_air`), a release each hour from 30 m, followed for 24 h over the cells
of an atlas to 1,000 km, with everything on: four forms, dry and wet deposition, cloud gamma, ages, fates.  CPU time is
that of a whole day of starts in one pass, compiled before; a year is 365 times that.

Noise is the relative standard deviation over seeds, root mean square over the cells above a tenth of their ring's
largest, by distance; of the concentration and of the deposit of elemental iodine.  Plain particles are counted, one by
one, in the lowest 100 m of the cell that they are in, in steps of up to 150 s.  Bias is that of a band's sum over all
cells, against plain particles as many as ``--reference`` for each of two starts, counted in the lowest 20 m and, within
3 km, in the lowest 2 m: there a plume from 30 m has just reached the ground, and what is in the lowest 20 m is up to a
third more than what is at the ground.  The bias of counting in the lowest 100 m stands beside it.

Prints one JSON line last: cpu_hours_year, cpu_s_start, equal_particles (plain particles whose noise, over all bands, is
that of ours: the larger of concentration and deposit decides), and per band the noise and bias of both.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from validation.door import Words, answering, whole_number

from benchmarks.machine import load, machine
from benchmarks.moving_air import SITE, moving_air
from oberih.atlas.particle_block import compile_kernels
from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.kernels import puff
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.unit import ParticleSettings, UnitReleases, unit_releases
from oberih.earth.grid import Grid

GRID = Grid(rings=94, sectors=72, outer_radius=1000e3)
BANDS = ((300.0, 1e3), (1e3, 3e3), (3e3, 10e3), (10e3, 30e3), (30e3, 100e3), (100e3, 300e3))
FOLLOWED = 24 * SECONDS_PER_HOUR
NEAR, NEAR_FOLLOWED = 3e3, SECONDS_PER_HOUR
DEPTHS = (2.0, 20.0)
"""Of the layer in which the truth is counted, within NEAR [m] and beyond [m]."""
PLAIN = 20_000
HEIGHT = 30.0
QUANTITIES = {"tic": puff.TIC, "dry_iodine": puff.DRY_SUM + 1}

Array = npt.NDArray[np.float64]


def released(flow: Flow, starts: Sequence[int], settings: ParticleSettings, part: int) -> UnitReleases:
    """Releases from the site."""
    return unit_releases(
        flow, GRID, x=SITE[0] / part, y=SITE[1] / part, latitude=47.5, longitude=34.6, starts=starts, height=HEIGHT,
        settings=settings,
    )  # fmt: skip


def plain(particles: int, *, depth: float, seed: int = 1, followed: float = FOLLOWED) -> ParticleSettings:
    """Plain cell counting."""
    return ParticleSettings(particles, followed, "cells", depth=depth, span=150.0, longest=150.0, seed=seed)


def ours(particles: int, *, seed: int = 1) -> ParticleSettings:
    """As atlases are built."""
    return ParticleSettings(particles, FOLLOWED, seed=seed)


def cost(flow: Flow, particles: int, hours: int, part: int) -> tuple[float, int]:
    """CPU time [s] of the starts of some hours in one pass, and particle-steps."""
    begin = time.process_time()
    found = released(flow, [SECONDS_PER_HOUR * k for k in range(hours)], ours(particles), part)
    return time.process_time() - begin, found.steps


def sums_of(flow: Flow, starts: Sequence[int], all_settings: Sequence[ParticleSettings], part: int) -> Array:
    """Sums of every setting and start, shape (settings, starts, rings, sectors, 12)."""
    found = [released(flow, starts, settings, part).sums for settings in all_settings]
    return np.array(found).reshape(len(found), len(starts), GRID.rings, GRID.sectors, -1)


def noises(sums: Array, mean: Array, column: int) -> list[float]:
    """Relative standard deviation over settings, by band."""
    out = []
    for low, high in BANDS:
        rings = (GRID.radii >= low) & (GRID.radii < high)
        there = mean[:, rings][..., column]
        spread = sums[:, :, rings][..., column].std(axis=0, ddof=1)
        seen = there > 0.1 * np.maximum(there.max(axis=-1, keepdims=True), 1e-30)
        out.append(float(np.sqrt(np.mean((spread[seen] / there[seen]) ** 2))) if seen.any() else float("nan"))
    return out


def biases(mean: Array, truth: Array, column: int) -> list[float]:
    """Relative difference of a band's sum."""
    areas, out = GRID.areas[:, None], []
    for low, high in BANDS:
        rings = (GRID.radii >= low) & (GRID.radii < high)
        one, other = ((s[:, rings][..., column] * areas[rings]).sum() for s in (mean, truth))
        out.append(float(one / other - 1.0))
    return out


def true_sums(flow: Flow, starts: Sequence[int], reference: int, part: int) -> Array:
    """Sums by counting many plain particles in a layer thin beside the plume, shape (starts, rings, sectors, 12)."""
    near = plain(reference, depth=DEPTHS[0], seed=98, followed=NEAR_FOLLOWED)
    out: Array = sums_of(flow, starts, [plain(reference, depth=DEPTHS[1], seed=99)], part)[0]
    within = GRID.radii < NEAR
    out[:, within] = sums_of(flow, starts, [near], part)[0][:, within]
    return out


def judged(flow: Flow, particles: int, *, seeds: int, reference: int, part: int) -> dict[str, Any]:
    """Noise and bias of both ways to sample."""
    starts = [0, 12 * SECONDS_PER_HOUR]
    own = sums_of(flow, starts, [ours(particles, seed=s) for s in range(1, seeds + 1)], part)
    other = sums_of(flow, starts, [plain(PLAIN, depth=100.0, seed=s) for s in range(1, seeds + 1)], part)
    truth = true_sums(flow, starts, reference, part)
    out: dict[str, Any] = {"bands_km": [[low / 1e3, high / 1e3] for low, high in BANDS]}
    equal = []
    for name, column in QUANTITIES.items():
        a, b = noises(own, own.mean(axis=0), column), noises(other, other.mean(axis=0), column)
        ratio = np.nanmean(np.square(a)) / np.nanmean(np.square(b))
        equal.append(PLAIN / float(ratio))
        out[name] = {
            "noise": _short(a), "noise_plain": _short(b), "bias": _short(biases(own.mean(axis=0), truth, column)),
            "bias_plain_100m": _short(biases(other.mean(axis=0), truth, column)), "equal_particles": round(equal[-1]),
        }  # fmt: skip
    return {"equal_particles": round(min(equal)), **out}


def _short(values: Sequence[float]) -> list[float]:
    return [round(v, 4) for v in values]


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = Words("benchmarks.particle_year", __doc__)
    parser.add_argument("--particles", type=whole_number, default=ParticleSettings().particles)
    parser.add_argument("--seeds", type=whole_number, default=6)
    parser.add_argument(
        "--reference", type=whole_number, default=1_000_000, help="plain particles of each of two starts"
    )
    parser.add_argument("--quick", action="store_true", help="smaller fields, fewer particles: to see that it runs")
    given = parser.parse_args(arguments)
    part = 3 if given.quick else 1
    particles, reference = (given.particles // 8, 2000) if given.quick else (given.particles, given.reference)
    compile_kernels()
    flow = moving_air(48, part=part)
    hours = 3 if given.quick else 24
    seconds, steps = min(cost(flow, particles, hours, part) for _ in range(3))  # the machine may be shared
    found = judged(flow, particles, seeds=2 if given.quick else given.seeds, reference=reference, part=part)
    figures = {
        "cpu_hours_year": round(seconds / hours * 8760 / 3600.0, 3), "cpu_s_start": round(seconds / hours, 4),
        "steps_per_cpu_s": round(steps / seconds), "particles": particles, "plain_particles": PLAIN,
        "reference_particles": 2 * reference, "fields": list(flow.wind.shape[:4]), **found, "quick": given.quick,
        "load": load(), "machine": machine(),
    }  # fmt: skip
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
