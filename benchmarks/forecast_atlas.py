"""How long does the atlas of a 72 h forecast take on one worker, on two, and on many?

    python -m benchmarks.forecast_atlas [--particles 20000] [--heights 1] [--block-hours 6] [--quick]

One job: hourly fields of 121 x 81 x 40 (`moving_air`) for 72 h, kept and memory-mapped; a release in each of the 72
hours, each followed to the end of the forecast, over cells to 1,000 km, written as an atlas by worker processes.  Also
with as many particles as atlases are built with, whose noise is that of 20,000 plain ones (`particle_year`).

Measured for one and two worker processes.  Beyond, modelled: what one worker needs for the tasks is shared among N, the
last round is waited for, and what no worker shortens (the layout, the start of the workers) stays: `wall = fixed +
ceil(tasks / N) x task`.  The model's error at N = 2 is stated; a cluster's network is not in it.

Prints one JSON line last: wall_s by number of workers, atlas_mib, modelled wall_s and the model's error.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from validation.door import Words, answering, whole_number

from benchmarks.atlas_year import size_mib
from benchmarks.machine import load, machine
from benchmarks.moving_air import SITE, moving_air
from oberih.atlas.build import build
from oberih.atlas.layout import AtlasPlan, FlowAt
from oberih.atlas.particle_block import compile_kernels
from oberih.atlas.schedule import Processes
from oberih.dispersion.particles.flow import Flow
from oberih.dispersion.particles.flow_file import save_flow
from oberih.dispersion.particles.unit import ParticleSettings
from oberih.dispersion.puffs import PuffSettings
from oberih.earth.grid import Grid
from oberih.weather.air import Air

HEIGHTS = (30.0, 5.0, 100.0, 250.0)
MANY = (4, 8, 16, 32)


def air_of(hours: int) -> Air:
    """A plain series for the plan; nothing of it is measured."""
    one = np.ones(hours)
    return Air(
        start=0, step=3600.0, east=5.0 * one, north=one, friction_velocity=0.3 * one, inverse_obukhov_length=0.0 * one,
        mixing_height=800.0 * one, convective_velocity=0.0 * one, precipitation=0.0 * one, temperature=285.0 * one,
        cloud_base=1000.0 * one, roughness_length=0.1, wind_height=10.0, latitude=47.5, cyclic=False,
        label="made for a benchmark", source="benchmarks.moving_air",
    )  # fmt: skip


def plan_of(flow: Flow, folder: Path, *, particles: int, heights: int, hours: int, block: int, part: int) -> AtlasPlan:
    """The atlas."""
    where = FlowAt(flow.digest, SITE[0] / part, SITE[1] / part, 47.5, 34.6, str(folder))
    grid = Grid(rings=94, sectors=72, outer_radius=1000e3)
    return AtlasPlan(
        "zaporizhzhia", air_of(hours), grid, tuple(sorted(HEIGHTS[:heights])), PuffSettings(), hours,
        ParticleSettings(particles), where, block,
    )  # fmt: skip


def timed(plan: AtlasPlan, place: Path, workers: int) -> dict[str, float]:
    """Wall time of a build [s], when its first task ended, and size [MiB]."""
    ended: list[float] = []
    begin = time.perf_counter()
    build(place, plan, scheduler=Processes(workers), told=lambda done, total: ended.append(time.perf_counter() - begin))
    return {"wall_s": time.perf_counter() - begin, "first_s": ended[1], "mib": size_mib(place)}


def model(one: dict[str, float], two: dict[str, float], tasks: int) -> dict[str, Any]:
    """What N workers take, from one; and how far that is off at two."""
    task = (one["wall_s"] - one["first_s"]) / max(tasks - 1, 1)
    fixed = max(one["first_s"] - task, 0.0)
    walls = {n: fixed + math.ceil(tasks / n) * task for n in (2, *MANY) if n <= tasks or n == 2}
    return {
        "task_s": round(task, 2), "fixed_s": round(fixed, 2),
        "modelled_s": {str(n): round(w, 1) for n, w in walls.items()},
        "off_at_2": round(walls[2] / two["wall_s"] - 1.0, 3),
    }  # fmt: skip


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = Words("benchmarks.forecast_atlas", __doc__)
    parser.add_argument("--particles", type=whole_number, default=20_000)
    parser.add_argument("--heights", type=whole_number, default=1, choices=range(1, 5))
    parser.add_argument("--block-hours", type=whole_number, default=6)
    parser.add_argument("--quick", action="store_true", help="smaller fields, fewer hours: to see that it runs")
    given = parser.parse_args(arguments)
    part, hours = (3, 6) if given.quick else (1, 72)
    compile_kernels()
    figures: dict[str, Any] = {"hours": hours, "heights": given.heights, "block_hours": given.block_hours}
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        flow = moving_air(hours, part=part)
        kept = save_flow(place / "flow", flow)
        for particles in dict.fromkeys([given.particles // (40 if given.quick else 1), ParticleSettings().particles]):
            plan = plan_of(flow, kept, particles=particles, heights=given.heights, hours=hours,
                           block=given.block_hours, part=part)  # fmt: skip
            found = {n: timed(plan, place / f"{particles}-{n}.zarr", n) for n in (1, 2)}
            figures[f"particles_{particles}"] = {
                "wall_s": {str(n): round(f["wall_s"], 1) for n, f in found.items()},
                "scaling_2": round(found[1]["wall_s"] / found[2]["wall_s"], 3), "tasks": len(plan.tasks),
                "atlas_mib": round(found[1]["mib"], 2), **model(found[1], found[2], len(plan.tasks)),
            }  # fmt: skip
        figures |= {"fields": list(flow.wind.shape[:4]), "quick": given.quick, "load": load(), "machine": machine()}
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
