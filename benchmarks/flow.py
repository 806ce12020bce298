"""How fast are fields laid out for particles, and how much memory does it take?

    python -m benchmarks.flow [--hours 25] [--repeats 5] [--quick]

Fields of 81 x 121 columns and 25 levels that lie at another height in each column, as hybrid levels do; beside them the
same by NumPy, level after level, as one would write it, which must give the same numbers.  Prints one JSON line last:
columns_per_cpu_s (columns of the air and hours a CPU-second), ratio_to_numpy, flow_mib, and peak_mib: the most that a
process held beyond the fields.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.linalg import solveh_banded
from validation.door import Words, answering, whole_number

from benchmarks.machine import load, machine
from oberih.dispersion.kernels.particles.continuity import REACH
from oberih.dispersion.particles.flow_of_fields import BENT, FIRST, LEVELS, flow_of_fields
from oberih.weather.fields import Fields

ROWS, COLUMNS, DEEP = 81, 121, 25

Array = npt.NDArray[np.float64]


def fields(hours: int, rng: np.random.Generator, *, rows: int = ROWS, columns: int = COLUMNS) -> Fields:
    """Fields in which every number is another."""
    volume, ground = (hours, DEEP, rows, columns), (hours, rows, columns)
    height = 10.0 + np.cumsum(rng.uniform(20.0, 800.0, volume), axis=1)
    return Fields(
        time=np.arange(hours) * 3600, x=np.linspace(20.0, 50.0, columns), y=np.linspace(40.0, 60.0, rows),
        geographic=True, crs="", height=height, east=rng.normal(5.0, 3.0, volume), north=rng.normal(0.0, 3.0, volume),
        up=rng.normal(0.0, 0.02, volume), temperature=np.full(volume, 280.0),
        mixing_height=rng.uniform(100.0, 1500.0, ground), friction_velocity=rng.uniform(0.1, 0.6, ground),
        inverse_obukhov_length=rng.normal(0.0, 0.01, ground), convective_velocity=rng.uniform(0.0, 2.0, ground),
        precipitation=rng.uniform(0.0, 1e-4, ground), roughness_length=0.1, label="made", source="made",
    )  # fmt: skip


def by_numpy(air: Fields, t: int) -> Array:
    """Wind of one time at the heights of the flow, made to add up as there, shape (y, x, levels, 3)."""
    heights = FIRST * np.arange(LEVELS) + BENT * np.arange(LEVELS) ** 2.0
    height, z0 = air.height[t], air.roughness_length
    dx, dy = air.metres_a_cell()
    out = np.zeros((*height.shape[1:], LEVELS, 3))
    for k, z in enumerate(heights[1:], start=1):
        upper = np.clip((height < z).sum(axis=0), 1, len(height) - 1)[None]
        low, high = (np.take_along_axis(height, i, axis=0)[0] for i in (upper - 1, upper))
        share = np.clip((z - low) / np.maximum(high - low, 1e-3), 0.0, 1.0)
        fall = np.clip(np.log(z / z0) / np.log(np.maximum(height[0] / z0, 2.0)), 0.0, 1.0)
        fall = np.where(z < height[0], fall, 1.0)
        rise = np.clip(z / height[0], 0.0, 1.0)
        for c, (field, scale) in enumerate((
            (air.east[t], fall / dx[:, None]), (air.north[t], fall / dy), (air.up[t], rise)
        )):  # fmt: skip
            a, b = (np.take_along_axis(field, i, axis=0)[0] for i in (upper - 1, upper))
            out[..., k, c] = (a + share * (b - a)) * scale
    ground = max(1.0 - 2.0 / np.log(heights[1] / z0), 0.0)
    out[..., 0, :2] = ground * out[..., 1, :2]
    out[..., 2] += adding_up(out, air.density[t] * (dx / dx.max())[:, None], heights)
    return out


def adding_up(wind: Array, weight: Array, heights: Array, *, lapse: float = 1e-4, reach: float = REACH) -> Array:
    """What is to be added to the vertical wind, by banded solvers: what flows apart is projected onto the grid."""
    flux = weight[..., None, None] * wind[..., :2]
    flux = 0.5 * (flux[:, :, 1:] + flux[:, :, :-1])
    lack = _projected(flux[..., 0], 1) + _projected(flux[..., 1], 0)
    thick = np.diff(heights)
    layers = np.arange(len(thick))
    rising = np.zeros((len(thick), len(heights)))  # from the levels' flux to what flows apart upward in each layer
    rising[layers, layers], rising[layers, layers + 1] = -1.0 / thick - 0.5 * lapse, 1.0 / thick - 0.5 * lapse
    lack += (weight[..., None] * wind[..., 2]) @ rising.T
    depth = np.append(0.5 * (thick[1:] + thick[:-1]), 0.5 * thick[-1])
    free = rising[:, 1:]
    matrix = free.T @ (thick[:, None] * free) + np.diag(depth / reach**2)
    found = np.linalg.solve(matrix, -((lack * thick) @ free).reshape(-1, len(thick)).T).T
    out = np.zeros(wind.shape[:3])
    out[..., 1:] = found.reshape(lack.shape) / weight[..., None]
    return out


def _projected(flux: Array, axis: int) -> Array:
    """Gradient of what is linear between points, projected onto what is linear between points."""
    flux = np.moveaxis(flux, axis, 0)
    n, steps = len(flux), np.diff(flux, axis=0)
    load = 0.5 * (np.concatenate([steps, 0 * steps[:1]]) + np.concatenate([0 * steps[:1], steps]))
    bands = np.array([np.full(n, 1 / 6), np.full(n, 2 / 3)])
    bands[1, [0, -1]] = 1 / 3
    return np.moveaxis(solveh_banded(bands, load.reshape(n, -1)).reshape(flux.shape), 0, axis)


_MEMORY = """
import sys
from pathlib import Path
import numpy as np
from benchmarks.flow import fields, flow_of_fields
from benchmarks.machine import held
flow_of_fields(fields(1, np.random.default_rng(1), rows=4, columns=4))
air = fields(int(sys.argv[1]), np.random.default_rng(1))
Path("/proc/self/clear_refs").write_text("5")  # what was most is forgotten
before = held("VmRSS")
flow = flow_of_fields(air)
print(held("VmHWM") - before, (flow.wind.nbytes + flow.surface.nbytes) / 2**20)
"""


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = Words("benchmarks.flow", __doc__)
    parser.add_argument("--hours", type=whole_number, default=25)
    parser.add_argument("--repeats", type=whole_number, default=5)
    parser.add_argument("--quick", action="store_true", help="two hours, once, to see that it runs")
    given = parser.parse_args(arguments)
    hours, repeats = (2, 1) if given.quick else (given.hours, given.repeats)
    air = fields(hours, np.random.default_rng(20220304))
    flow_of_fields(fields(1, np.random.default_rng(1), rows=4, columns=4))  # compiles
    ours, plain = [], []
    apart = 0.0
    for _ in range(repeats):
        begin = time.process_time()
        flow = flow_of_fields(air)
        ours.append(time.process_time() - begin)
        begin = time.process_time()
        wind = by_numpy(air, hours - 1)
        plain.append((time.process_time() - begin) * hours)
        scale = np.abs(wind).max(axis=(0, 1, 2))
        apart = max(apart, float((np.abs(wind - flow.wind[-1, ..., :3]) / scale).max()))
    done = subprocess.run([sys.executable, "-c", _MEMORY, str(hours)], capture_output=True, text=True, check=True)
    peak, held = (float(x) for x in done.stdout.split())
    print(json.dumps({
        "columns_per_cpu_s": round(hours * ROWS * COLUMNS / min(ours)), "seconds": round(min(ours), 3),
        "ratio_to_numpy": round(min(plain) / min(ours), 2), "apart": apart, "flow_mib": round(held, 1),
        "peak_mib": round(peak, 1), "hours": hours, "load": load(), "machine": machine(),
    }))  # fmt: skip
    return 0 if apart < 1e-6 else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
