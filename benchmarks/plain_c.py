"""How fast is the engine beside the same arithmetic in plain C?

`c/puff.c` is the engine written once more.  It is compiled into a folder that goes away, run on
the same sampled hours as the Numba kernels, turn and turn about in one thread, and no ratio is
given unless both left the same in every cell.
"""

from __future__ import annotations

import ctypes
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.job import HEIGHT, Job
from oberih.constants import VON_KARMAN
from oberih.dispersion.kernels import profile, puff, stamp, turbulence, vertical

FOLDER = Path(__file__).parent / "c"
FLAGS = ("-O3", "-march=native", "-ffast-math")
STRICT = ("-O3",)
"""What a C programmer gets who allows no rearrangement of sums and no newer instructions."""

TOLERANCE = {FLAGS: 1e-6, STRICT: 1e-9}
"""Largest disagreement [1], of a cell beside the largest of its field."""

NAMED = {
    profile: {"PROFILE_A": "_A", "PROFILE_B": "_B", "PROFILE_C": "_C", "PROFILE_D": "_D"},
    turbulence: ("LATERAL_OVER_FRICTION", "LATERAL_TIME_SCALE", "CONVECTIVE_LATERAL", "MEANDER_SPEED", "MEANDER_TIME"),
    stamp: ("CUT", "INNER_VIRTUAL"),
    puff: ("HALF_WIDTH", "ALOFT_DIFFUSIVITY", "SPACING", "GAMMA_SPACING"),
}
"""Numbers that are taken from the kernels, so that tuning one tunes both."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """Both engines on the same hours.

    Parameters
    ----------
    ratio : float
        C's time over Numba's [1]: 1 is as fast, 0.5 half as fast.
    numba_s, c_s : float
        An hour of release, fastest of the repeats [s].
    spread : float
        Largest over smallest ratio of the repeats [1].
    difference : float
        Largest disagreement of a cell or of the account, beside the largest of its field [1].
    flags : tuple of str
    """

    ratio: float
    numba_s: float
    c_s: float
    spread: float
    difference: float
    flags: tuple[str, ...]


class Disagreement(Exception):
    """The two engines did not compute the same, so their times cannot be compared."""


def compiler() -> str | None:
    """Where the C compiler is, or None."""
    return shutil.which("gcc")


def constants() -> dict[str, str]:
    """The kernels' own numbers as C text."""
    found = {"VON_KARMAN": repr(VON_KARMAN)}
    for module, names in NAMED.items():
        pairs = names.items() if isinstance(names, dict) else ((n, n) for n in names)
        found |= {in_c: repr(getattr(module, in_python)) for in_c, in_python in pairs}
    tables = {
        "TURN_INVERSE_LENGTH": profile._TURN_INVERSE_LENGTH,
        "TURN_DEGREES": profile._TURN_DEGREES,
        "SHAPE_A": vertical._A,
    }
    return found | {name: ",".join(repr(float(v)) for v in values) for name, values in tables.items()}


def compiled(folder: Path, flags: Sequence[str]) -> ctypes.CDLL:
    """The C engine as a library in ``folder``.

    Raises
    ------
    subprocess.CalledProcessError
        If it does not compile; the compiler's words are in ``stderr``.
    """
    defines = [f"-D{name}={value}" for name, value in constants().items()]
    return library_of(FOLDER / "puff.c", folder / f"puff{len(list(folder.iterdir()))}.so", flags, *defines)


def library_of(source: Path, library: Path, flags: Sequence[str], *words: str) -> ctypes.CDLL:
    """Compile C and load it.

    Linked without -ffast-math: with it, a library that is loaded switches numbers below 1e-308 off for all that its
    process does later.

    Raises
    ------
    subprocess.CalledProcessError
        If it does not compile; the compiler's words are in ``stderr``.
    """
    gcc, part = compiler() or "gcc", library.with_suffix(".o")
    for command in (
        [gcc, *flags, "-std=c11", "-fPIC", "-c", *words, str(source), "-o", str(part)],
        [gcc, "-shared", str(part), "-o", str(library), "-lm"],
    ):
        subprocess.run(command, check=True, capture_output=True, text=True)
    return ctypes.CDLL(str(library))


def c_runner(library: ctypes.CDLL, job: Job) -> tuple[Callable[[int], None], Floats, Floats]:
    """One release hour in C, and the sums and the account that it leaves."""
    mesh, gamma = job.mesh, job.gamma
    sums, balance = np.zeros_like(job.work.sums), np.zeros_like(job.work.balance)
    cells, weights = np.zeros(len(job.work.cells), dtype=np.int32), np.zeros(len(job.work.weights))
    number, whole, long = ctypes.c_double, ctypes.c_int, ctypes.c_long
    kept = [mesh.east, mesh.north, mesh.areas, gamma.weights, gamma.sigmas, job.settings, job.table]
    east, north, areas, shares, sigmas, settings, air = (ctypes.c_void_p(a.ctypes.data) for a in kept)
    before = (
        whole(mesh.rings), whole(mesh.sectors), whole(len(mesh.areas)), number(mesh.inner), number(mesh.log_ratio),
        east, north, areas, whole(len(gamma.weights)), shares, sigmas, settings, air, long(len(job.table)),
        whole(job.cyclic),
    )  # fmt: skip
    after = (
        number(HEIGHT), whole(job.puffs), *(ctypes.c_void_p(a.ctypes.data) for a in (sums, balance, cells, weights))
    )  # fmt: skip

    def run(hour: int, _keep_alive: object = (kept, sums, balance, cells, weights)) -> None:
        library.disperse_hour(*before, long(hour), *after)

    return run, sums, balance


def difference(job: Job, run: Callable[[int], None], sums: Floats, balance: Floats, hours: Sequence[int]) -> float:
    """Largest disagreement over the hours, beside the largest of its field [1]."""
    worst = 0.0
    for hour in hours:
        job.run(hour)
        run(hour)
        largest = np.maximum(np.abs(job.work.sums).max(axis=0), 1e-300)
        worst = max(worst, float((np.abs(sums - job.work.sums) / largest).max()))
        totals = job.work.sums.sum(axis=0)
        worst = max(worst, float((np.abs(sums.sum(axis=0) - totals) / np.maximum(np.abs(totals), 1e-300)).max()))
        worst = max(worst, float(np.abs(balance - job.work.balance).max()))
    return worst


def seconds(run: Callable[[int], None], hours: Sequence[int]) -> float:
    """Processor time of a pass over the hours [s]; what others do on the machine counts less so."""
    begin = time.process_time()
    for hour in hours:
        run(hour)
    return time.process_time() - begin


def compare(
    job: Job, folder: Path, *, hours: Sequence[int], repeats: int, flags: tuple[str, ...] = FLAGS
) -> Comparison:
    """Time both engines, turn and turn about.

    Raises
    ------
    Disagreement
        If they do not leave the same.
    """
    run, sums, balance = c_runner(compiled(folder, flags), job)
    found = difference(job, run, sums, balance, hours)
    if not found <= TOLERANCE[flags]:
        raise Disagreement(f"C and Numba differ by {found:.1e}, more than {TOLERANCE[flags]:.0e}: no ratio is given")
    pairs = [(seconds(run, hours), seconds(job.run, hours)) for _ in range(repeats)]
    ratios = [c / n for c, n in pairs]
    return Comparison(
        statistics.median(ratios), min(n for _, n in pairs) / len(hours), min(c for c, _ in pairs) / len(hours),
        max(ratios) / min(ratios), found, flags,
    )  # fmt: skip
