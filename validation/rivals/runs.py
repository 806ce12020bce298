"""How does each model follow the common job, and how long does it take?

Oberih is asked from its command line, like any other program.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oberih.cli.main import main as oberih
from oberih.errors import InputError
from validation.rivals.air import Air
from validation.rivals.flexpart_binary import read_flexpart_binary
from validation.rivals.flexpart_run import Job, Turbulence, run_flexpart
from validation.rivals.gridded import Gridded
from validation.rivals.oberih_file import read_oberih

PLAIN = Turbulence(ctl=-5.0, ifine=4, sync=300)
"""As FLEXPART's own examples and global runs have it: one step a synchronisation interval."""
FINE = Turbulence(ctl=10.0, ifine=10, sync=300)
"""Steps of a tenth of the Lagrangian time, vertical ones ten times shorter: for the boundary layer."""


@dataclass(frozen=True)
class Told:
    """An answer, where it lies and the processor time it took [s]."""

    answer: Gridded
    place: Path
    seconds: float


def of_oberih(
    fields: Path, job: Job, folder: Path, *, name: str = "oberih", seed: int = 1, finer: int = 2, depth: float = 0.0,
    threads: int = 2,
) -> Told:  # fmt: skip
    """Run ``oberih disperse``.

    Raises
    ------
    InputError
        If it does not end well.
    """
    out = folder / f"{name}.nc"
    at = np.datetime64(job.start, "s").item().strftime("%Y-%m-%dT%H:%MZ")
    given = {
        "latitude": job.latitude, "longitude": job.longitude, "at": at, "release-hours": job.release_hours,
        "hours": job.hours, "low": job.low, "high": job.high, "amount": job.amount, "particles": job.particles,
        "form": "aerosol" if job.aerosol else "noble_gas", "depth": depth or job.depth, "finer": finer, "seed": seed,
        "threads": threads, "out": out,
    }  # fmt: skip
    before = os.times()
    code = oberih(["disperse", str(fields), *(w for k, v in given.items() for w in (f"--{k}", str(v))), "--quiet"])
    after = os.times()
    if code:
        raise InputError("oberih disperse did not end well", file=fields, value=code)
    return Told(read_oberih(out), out, after.user + after.system - before.user - before.system)


def of_flexpart(
    air: Air, job: Job, folder: Path, *, turbulence: Turbulence = PLAIN, name: str = "flexpart", dump: bool = True
) -> Told:
    """Run FLEXPART; ``dump`` writes every particle's place each hour.

    Raises
    ------
    InputError
        If it is not there or does not end well.
    """
    place, seconds = run_flexpart(air, job, folder / name, turbulence=turbulence, dump=dump)
    return Told(read_flexpart_binary(place), place, seconds)
