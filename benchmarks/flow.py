"""How fast are fields laid out for particles, and how much memory does it take?

    python -m benchmarks.flow [--hours 25] [--repeats 5] [--quick]

Fields of 81 x 121 columns and 25 levels that lie at another height in each column, as hybrid levels do; beside them the
same by NumPy, level after level, as one would write it, which must give the same numbers.  Prints one JSON line last:
columns_per_cpu_s (columns of the air and hours a CPU-second), ratio_to_numpy, flow_mib, and peak_mib: the most that a
process held beyond the fields.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.machine import load, machine
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
    """Wind of one time at the heights of the flow, shape (y, x, levels, 3); level 0 is left at zero."""
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
    return out


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


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=int, default=25)
    parser.add_argument("--repeats", type=int, default=5)
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
        apart = max(apart, float((np.abs(wind - flow.wind[-1, ..., :3])[:, :, 1:] / scale).max()))
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
