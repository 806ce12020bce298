"""How much faster is an atlas with one and two workers of a Dask cluster, and what would more take?

Real processes of this machine: a scheduler, then one and then two workers with one thread each,
building the same small atlas (the benchmark's job, weeks of release hours at one height) from
nothing to the last seal.  Also what the scheduler needs for a task that does nothing, and how long
workers take from their start until they are warm.  Beyond two workers nothing is measured: the times
are those of the model that `oberih.atlas.estimate.Cost.wall` states, with the figures measured here,
and how far the model is from the two measured times is told too.

    python -m benchmarks.cluster            about two minutes on two quiet cores
    python -m benchmarks.cluster --quick    to see that it runs

The last line is JSON: ``tasks, task_cpu_s, hand_out_s, start_s, measured_s, modelled_s, scaling_2,
five_years_s, load``.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from validation.door import Words, answering, whole_number

from benchmarks.job import atlas_plan
from benchmarks.machine import load, machine
from oberih.atlas.build import build, compile_for
from oberih.atlas.estimate import Cost, cost_of
from oberih.atlas.layout import AtlasPlan
from oberih.atlas.schedule import Dask

BEYOND = (4, 8, 16, 32, 64)
FIVE_YEARS = 24 * (5 * 365 + 1) - 48
"""Release hours of 2019 to 2023, of which the last two days are for travel."""

HEIGHTS = 4
EMPTY = 300
"""Tasks that do nothing."""


def nothing(number: int) -> None:
    """Do no work."""


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """A scheduler and so many workers of one thread each, as processes.

    Yields
    ------
    str
        The scheduler's address; workers may still be on their way.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    scheduler = ["dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-show"]
    worker = ["dask_worker", address, "--nthreads", "1", "--no-nanny", "--local-directory", os.fspath(folder)]
    running = [_started(scheduler)]
    try:
        running += [_started(worker) for _ in range(workers)]
        yield address
    finally:
        for process in running:
            process.kill()
            process.wait()


def _started(words: Sequence[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{words[0]}", *words[1:], "--no-dashboard"]
    environment = {**os.environ, "NUMBA_NUM_THREADS": "1", "PYTHONPATH": os.fspath(Path(__file__).parents[1])}
    return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def seconds_with(workers: int, plan: AtlasPlan) -> tuple[float, float]:
    """Wall time of a build on workers that are there and warm, and how long they took to be there [s]."""
    from distributed import Client  # the extra ``cluster``

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begin = time.perf_counter()
        with cluster(folder, workers) as address:
            with Client(address, timeout=60, set_as_default=False) as client:
                client.wait_for_workers(workers, timeout=120)
                client.run(compile_for, plan)  # imports, and takes what is compiled from the disk
            there = time.perf_counter() - begin
            begin = time.perf_counter()
            build(folder / "atlas.zarr", plan, scheduler=Dask(address))
            return time.perf_counter() - begin, there


def seconds_to_hand_out(tasks: int = EMPTY) -> float:
    """What one task that does nothing takes on one worker [s]."""
    from distributed import Client  # as above

    with tempfile.TemporaryDirectory() as name, cluster(Path(name), 1) as address:
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=120)
        begin = time.perf_counter()
        for _ in Dask(address).run(nothing, [(n,) for n in range(tasks)]):
            pass
        return (time.perf_counter() - begin) / tasks


def modelled(cost: Cost, workers: int, *, hand_out: float) -> float:
    """As `Cost.wall`, for workers that are there, with what was measured here [s]."""
    return max(-(-cost.tasks // workers) * cost.task, cost.tasks * hand_out)


def measure(weeks: int) -> dict[str, object]:
    """All figures."""
    plan = atlas_plan(168 * weeks)
    compile_for(plan)
    cost = cost_of(plan, most=min(weeks, 8))
    hand_out = seconds_to_hand_out()
    (one, _), (two, there) = seconds_with(1, plan), seconds_with(2, plan)
    five = replace(cost, tasks=-(-FIVE_YEARS // 168) * HEIGHTS, releases=FIVE_YEARS, heights=HEIGHTS)
    model = {str(n): round(modelled(cost, n, hand_out=hand_out), 1) for n in (1, 2, *BEYOND)}
    years = {str(n): round(there + modelled(five, n, hand_out=hand_out), 1) for n in (1, 2, *BEYOND)}
    return {
        "tasks": cost.tasks, "task_cpu_s": round(cost.task, 3), "hand_out_s": round(hand_out, 4),
        "start_s": round(there, 2), "measured_s": {"1": round(one, 2), "2": round(two, 2)}, "modelled_s": model,
        "model_off": {"1": round(model["1"] / one - 1.0, 3), "2": round(model["2"] / two - 1.0, 3)},
        "scaling_2": round(one / two, 3), "five_years_tasks": five.tasks,
        "five_years_cpu_h": round(five.processor_seconds / 3600, 3), "five_years_mib": round(five.bytes / 2**20),
        "five_years_s": years, "load": load(), "machine": machine(),
    }  # fmt: skip


@answering
def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    parser = Words("benchmarks.cluster", __doc__)
    parser.add_argument("--weeks", type=whole_number, default=48, help="blocks of the small atlas")
    parser.add_argument("--quick", action="store_true", help="four blocks, to see that it runs")
    given = parser.parse_args(arguments)
    print(json.dumps(measure(4 if given.quick else given.weeks)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
