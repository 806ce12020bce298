"""How fast are particles, beside the same physics in plain C, on one core and on two?

    python -m benchmarks.particles [--particles 1000000] [--repeats 5] [--quick]

One job: fields of 121 x 81 x 40 that vary in space, a convective layer, rain over half of them, clouds that stir over a
third, three forms that deposit and settle, sampling into cells.  Old blocks (displacement by Metropolis, steps of
150 s) and young ones (turbulent velocity, steps of 5 s) take the same number of steps; `c/particles.c` is a plain loop
over particles with the C library's functions, compiled with -O3 -march=native -ffast-math, and is given the same
particles, fields and random generators.
No ratio is given unless both leave the same sums, within sampling noise: their single-precision rounding differs, so
single particles part ways.

Prints one JSON line last: steps_per_cpu_s (both kinds together), ratio_to_c (C's CPU time over ours), scaling_2 (wall
time of one thread over that of two, the best of each, run in turn), peak_mib (the most that a process ever held that
followed so many particles for an hour), and the parts they are made of; ``scaled.alone_1`` and ``alone_2`` are 1 where
nobody else ran on the cores, and scaling_2 says nothing where they are not.
"""

from __future__ import annotations

import ctypes
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from validation.door import Words, answering, whole_number

from benchmarks.machine import load, machine
from benchmarks.plain_c import FLAGS, FOLDER, compiler, library_of
from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.kernels.particles.advance import COLUMNS, LONGEST, YOUNG_STEP, advance
from oberih.dispersion.kernels.particles.lanes import GENERATORS, LANES

ROWS, COLUMNS_X, LEVELS = 81, 121, 40
A, B, TOP, CELL = 10.0, 10.0, 100.0, 10e3
SETTLING = 1e-3
"""Of particles of 5 µm and the density of water [m/s]."""

SHARES = 24
"""Of the particles, whose spread tells the sampling deviation of a sum."""

TOLERANCE = 5.0
"""Largest difference of a sum beside C's, in its own sampling deviation."""

Array = npt.NDArray[np.float32]


@dataclass
class Cloud:
    """Particles, their generators and clocks."""

    blocks: Array
    states: npt.NDArray[np.uint32]
    ages: npt.NDArray[np.float64]
    before: npt.NDArray[np.float64]

    def copy(self) -> Cloud:
        """The same once more."""
        return Cloud(self.blocks.copy(), self.states.copy(), self.ages.copy(), self.before.copy())

    def shares(self, count: int) -> list[Cloud]:
        """So many clouds that together are this one."""
        parts = np.array_split(np.arange(len(self.blocks)), count)
        return [Cloud(self.blocks[p], self.states[p], self.ages[p], self.before[p]) for p in parts if len(p)]


class Fields(ctypes.Structure):
    """As `c/particles.c` takes them."""

    _fields_ = [
        ("nx", ctypes.c_int), ("ny", ctypes.c_int), ("nz", ctypes.c_int), ("wind", ctypes.c_void_p),
        ("surface", ctypes.c_void_p), ("a", ctypes.c_float), ("b", ctypes.c_float),
    ]  # fmt: skip


def fields(rng: np.random.Generator) -> tuple[Array, Array]:
    """Wind and surface that vary from cell to cell."""
    wind = np.zeros((ROWS, COLUMNS_X, LEVELS, 4), dtype=np.float32)
    wind[..., 0] = (
        (3.0 + 4.0 * rng.random((ROWS, COLUMNS_X, LEVELS))) / CELL * np.sign(np.arange(ROWS) - 40)[:, None, None]
    )
    wind[..., 1] = rng.normal(0.0, 2.0, (ROWS, COLUMNS_X, LEVELS)) / CELL
    wind[:, :, 1:, 2] = rng.normal(0.0, 0.01, (ROWS, COLUMNS_X, LEVELS - 1))
    stirred = np.arange(COLUMNS_X) % 3 == 0
    wind[:, stirred, ::2, 3], wind[:, stirred, 1::2, 3] = 1e-4, 3000.0
    surface = np.zeros((ROWS, COLUMNS_X, kernel.SURFACE), dtype=np.float32)
    surface[..., :4] = (1000.0, 0.3, -0.01, 2.0)
    surface[..., 0] += 200.0 * rng.random((ROWS, COLUMNS_X))
    surface[..., kernel.DRY : kernel.DRY + 3] = (0.001, 0.01, 0.0001)
    wet = np.arange(COLUMNS_X) % 2 == 0
    surface[:, wet, kernel.BELOW : kernel.BELOW + 3] = 1e-5
    surface[:, wet, kernel.IN_CLOUD : kernel.IN_CLOUD + 3] = 3e-5
    surface[..., kernel.BASE], surface[..., kernel.TOP], surface[..., kernel.CELLS_X] = 800.0, 3000.0, 1.0 / CELL
    return wind, surface


def cloud(particles: int, age: float, rng: np.random.Generator) -> Cloud:
    """Particles all over the fields, of one age [s]."""
    count = -(-particles // LANES)
    rows = np.zeros((count, kernel.ROWS, LANES), dtype=np.float32)
    rows[:, kernel.X] = rng.uniform(10, COLUMNS_X - 10, (count, LANES))
    rows[:, kernel.Y] = rng.uniform(10, ROWS - 10, (count, LANES))
    rows[:, kernel.Z] = rng.uniform(0, 1500, (count, LANES))
    rows[:, kernel.TURN_X : kernel.SLOW_Y + 1] = rng.standard_normal((count, 5, LANES))
    rows[:, kernel.WEIGHT :] = 1.0
    states = rng.integers(1, 2**32, (count, 4 * GENERATORS), dtype=np.uint32)
    return Cloud(rows.reshape(count, -1), states, np.full(count, age), np.zeros(count))


def ours(own: Cloud, wind: Array, surface: Array, *, span: float, threads: int = 1) -> tuple[Array, int]:
    """Run the kernels; gives the sums and the particle-steps."""
    one = np.float32
    shares = [s for s in np.array_split(np.arange(len(own.blocks)), threads) if len(s)]
    outs = [np.zeros((ROWS, COLUMNS_X, COLUMNS), dtype=np.float32) for _ in shares]

    def work(k: int) -> int:
        first, last = int(shares[k][0]), int(shares[k][-1]) + 1
        return int(advance(
            own.blocks, own.states, own.ages, own.before, first, last, span, wind, surface, one(A), one(B), one(1e-4),
            one(1.0 / CELL), one(SETTLING), outs[k], one(1), one(0), one(1), one(0), one(TOP), np.zeros(4),
        ))  # fmt: skip

    if threads == 1:
        return outs[0], work(0) * LANES
    with ThreadPoolExecutor(threads) as pool:
        taken = sum(pool.map(work, range(len(shares))))
    return np.sum(outs, axis=0), taken * LANES


def plain_c(
    library: ctypes.CDLL, own: Cloud, wind: Array, surface: Array, *, steps: int, dt: float, young: bool
) -> Array:
    """Run the plain C loop."""
    out, gone = np.zeros((ROWS, COLUMNS_X, COLUMNS), dtype=np.float32), np.zeros(4)
    given = Fields(COLUMNS_X, ROWS, LEVELS, wind.ctypes.data, surface.ctypes.data, A, B)
    real, pointer = ctypes.c_float, ctypes.c_void_p
    library.step_all(
        pointer(own.blocks.ctypes.data), pointer(own.states.ctypes.data), ctypes.c_long(len(own.blocks)),
        ctypes.c_int(steps), ctypes.byref(given), real(dt), real(0.0), ctypes.c_int(young), real(1e-4),
        real(1.0 / CELL), real(SETTLING), pointer(out.ctypes.data), real(TOP), pointer(gone.ctypes.data),
    )  # fmt: skip
    return out


def compiled(folder: Path) -> ctypes.CDLL:
    """Compile the C loop into a folder."""
    if compiler() is None:
        raise RuntimeError("no gcc: there is nothing to compare with")
    return library_of(FOLDER / "particles.c", folder / "particles.so", FLAGS)


def compared(
    library: ctypes.CDLL, particles: int, *, steps: int, young: bool, repeats: int, rng: np.random.Generator
) -> dict[str, float]:
    """CPU time a particle-step of both, turn and turn about, and the largest difference of their sums."""
    wind, surface = fields(rng)
    dt, age = (YOUNG_STEP, 100.0) if young else (LONGEST, 1e5)
    start = cloud(particles, age, rng)
    ours(cloud(LANES, age, rng), wind, surface, span=dt)  # compiles
    times: dict[str, list[float]] = {"ours": [], "c": []}
    taken = 0
    for _ in range(repeats):
        own = start.copy()
        begin = time.process_time()
        _, taken = ours(own, wind, surface, span=steps * dt)
        times["ours"].append(time.process_time() - begin)
        own = start.copy()
        begin = time.process_time()
        plain_c(library, own, wind, surface, steps=steps, dt=dt, young=young)
        times["c"].append(time.process_time() - begin)
    if taken != steps * len(start.blocks) * LANES:
        raise RuntimeError(f"{taken} particle-steps were taken, not {steps * len(start.blocks) * LANES}")
    totals = np.array([
        [total(ours(share.copy(), wind, surface, span=steps * dt)[0]),
         total(plain_c(library, share, wind, surface, steps=steps, dt=dt, young=young))]
        for share in start.shares(SHARES)
    ])  # fmt: skip
    return {
        "ours_s": min(times["ours"]) / taken, "c_s": min(times["c"]) / taken,
        "ratio": statistics.median(c / o for c, o in zip(times["c"], times["ours"], strict=True)),
        "apart": apart(totals[:, 0], totals[:, 1]),
    }  # fmt: skip


def total(sums: Array) -> npt.NDArray[np.float64]:
    """Of each column over all cells."""
    return np.asarray(sums.sum(axis=(0, 1), dtype=np.float64))


def apart(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> float:
    """Largest difference of the mean of a column over shares of the particles, in its sampling deviation."""
    deviation = np.sqrt((one.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)) / len(one))
    return float((np.abs(one.mean(axis=0) - other.mean(axis=0)) / np.maximum(deviation, 1e-30)).max())


def scaling(particles: int, *, steps: int, repeats: int, rng: np.random.Generator) -> dict[str, float]:
    """Wall time of one thread over that of two: the best of each, run in turn, and how much of a core each had.

    ``alone_1`` and ``alone_2`` are CPU time over wall time and threads of the best runs: 1 where nobody else ran.
    """
    wind, surface = fields(rng)
    start = cloud(particles, 1e5, rng)
    found: dict[int, list[tuple[float, float]]] = {1: [], 2: []}
    for k in range(repeats):
        for threads in ((1, 2), (2, 1))[k % 2]:
            own = start.copy()
            begin, spent = time.perf_counter(), time.process_time()
            ours(own, wind, surface, span=steps * LONGEST, threads=threads)
            found[threads].append((time.perf_counter() - begin, time.process_time() - spent))
    best = {threads: min(runs) for threads, runs in found.items()}
    return {
        "scaling": best[1][0] / best[2][0], "pairs": statistics.median(
            one[0] / two[0] for one, two in zip(found[1], found[2], strict=True)
        ),
        "alone_1": best[1][1] / best[1][0], "alone_2": best[2][1] / best[2][0] / 2.0, "wall_1_s": best[1][0],
    }  # fmt: skip


_MEMORY = """
import sys
import numpy as np
from benchmarks import particles as p
from benchmarks.machine import held
rng = np.random.default_rng(1)
wind, surface = p.fields(rng)
p.ours(p.cloud(64, 1e5, rng), wind, surface, span=p.LONGEST)
import oberih.dispersion.particles.follow as f
from oberih.dispersion.particles.flow import Flow
before = held("VmHWM")
flow = Flow(0, 3600.0, np.stack([wind, wind]), np.stack([surface, surface]), p.A, p.B, 1 / p.CELL)
f.follow(flow, f.Release(0, 600.0, 60.5, 40.5, 10.0, 100.0, int(sys.argv[1])), f.Cells(81, 121, 1, 0, 1, 0), hours=1)
print(held("VmHWM"), before)
"""


def memory(particles: int) -> tuple[float, float]:
    """Most that a process held that followed so many particles for an hour, and what it held before them [MiB]."""
    done = subprocess.run([sys.executable, "-c", _MEMORY, str(particles)], capture_output=True, text=True, check=True)
    peak, before = (float(x) for x in done.stdout.split())
    return peak, before


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = Words("benchmarks.particles", __doc__)
    parser.add_argument("--particles", type=whole_number, default=1_000_000)
    parser.add_argument("--repeats", type=whole_number, default=5)
    parser.add_argument("--quick", action="store_true", help="a hundredth of the particles, to see that it runs")
    given = parser.parse_args(arguments)
    particles = given.particles // 100 if given.quick else given.particles
    rng = np.random.default_rng(20220304)
    steps = 8
    with tempfile.TemporaryDirectory() as folder:
        library = compiled(Path(folder))
        kinds = {
            name: compared(library, particles // 4, steps=steps, young=young, repeats=given.repeats, rng=rng)
            for name, young in (("old", False), ("young", True))
        }
    said: Callable[[str], float] = lambda key: sum(kinds[k][key] for k in kinds)  # noqa: E731  (one line, used twice)
    scaled = scaling(particles, steps=3 * steps, repeats=max(given.repeats, 5), rng=rng)
    peak, before = memory(particles)
    figures = {
        "steps_per_cpu_s": round(2.0 / said("ours_s")), "ratio_to_c": round(said("c_s") / said("ours_s"), 3),
        "scaling_2": round(scaled["scaling"], 3),
        "peak_mib": round(peak, 1), "before_mib": round(before, 1), "particles": particles,
        "old": {k: float(f"{v:.4g}") for k, v in kinds["old"].items()},
        "young": {k: float(f"{v:.4g}") for k, v in kinds["young"].items()},
        "scaled": {k: float(f"{v:.4g}") for k, v in scaled.items()},
        "load": load(), "machine": machine(),
    }  # fmt: skip
    print(json.dumps(figures))
    return 0 if max(kind["apart"] for kind in kinds.values()) < TOLERANCE else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
