"""On which machine, with which versions?"""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks.plain_c import compiler

PACKAGES = ("oberih", "numpy", "numba", "llvmlite", "scipy", "zarr", "shapely")


def machine() -> str:
    """Processor, cores in use and system, in one line."""
    model = platform.processor() or platform.machine()
    known = Path("/proc/cpuinfo")
    if known.is_file():
        names = [line.partition(":")[2].strip() for line in known.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {cores} cores, {platform.system()} {platform.machine()}"


def load() -> float | None:
    """Processes that wanted to run over the last minute: 0 on a quiet machine; None where unknown."""
    try:
        return round(os.getloadavg()[0], 2)
    except OSError:
        return None


def held(name: str) -> float:
    """What this process holds (``VmRSS``) or held at most (``VmHWM``) [MiB], as Linux counts it since it was started.

    Not ``ru_maxrss``, which a process takes over from the one that started it.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024.0


def versions() -> dict[str, str]:
    """What did the work."""
    found = {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}
    gcc = compiler()
    if gcc:
        said = subprocess.run([gcc, "--version"], capture_output=True, text=True, check=True).stdout
        found["gcc"] = said.splitlines()[0].rpartition(" ")[2]
    return found
