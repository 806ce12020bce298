"""Does what is well mixed stay well mixed, in each model?

Particles fill the layer below the mixing height of uniform, steady air; from the third to the sixth hour it is
counted how many are within the lowest 20 m and 50 m, over what is due of those still in the layer were they mixed in
proportion to the air's density. 1 is perfect; below 1 particles are missing where people breathe. Both models are
given the mixing height that FLEXPART derives. What left through the lid is told apart: FLEXPART reflects there,
Oberih lets a diffusivity of 1 m2/s act above it.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from validation.rivals.air import write_netcdf
from validation.rivals.flexpart_binary import read_particles
from validation.rivals.flexpart_run import Job
from validation.rivals.runs import FINE, PLAIN, of_flexpart, of_oberih
from validation.rivals.uniform_air import uniform

SCALE_HEIGHT = 8500.0
"""Of the air's density near the ground [m]."""
DEPTHS = (20.0, 50.0)
FIRST = 2
"""Hours that are left out."""


def due(depth: float, lid: float) -> float:
    """Share of what is mixed below a lid that is below a depth."""
    return float(np.expm1(-depth / SCALE_HEIGHT) / np.expm1(-lid / SCALE_HEIGHT))


def mixing(kind: str, folder: Path, *, particles: int, fine: int) -> dict[str, Any]:
    """Compare in one air; ``fine`` particles for FLEXPART's small steps, none for 0."""
    air = uniform(kind)
    job = Job(50.0, 22.0, int(air.hours[0]), 0, 6, 0.0, 50.0, 1e12, 500, 20.0, 47.0, 48, 24, 0.25)
    lid = float(_dumps(of_flexpart(air, job, _fresh(folder / kind), turbulence=PLAIN).place)[0][:, 3].mean())
    job = replace(job, high=lid, particles=particles)
    found: dict[str, Any] = {"lid_m": round(lid)}
    for name, turbulence, number in (("flexpart", PLAIN, particles), ("flexpart_fine", FINE, fine)):
        if number:
            told = of_flexpart(air, replace(job, particles=number), _fresh(folder / kind), turbulence=turbulence)
            z = np.concatenate([d[:, 2] for d in _dumps(told.place)[FIRST:]])
            below = float((z < lid).mean())
            found[name] = {f"{d:g}m": round(float((z < d).mean()) / below / due(d, lid), 3) for d in DEPTHS} | {
                "below_lid": round(below, 3), "cpu_s": round(told.seconds, 1)
            }  # fmt: skip
    air.ground["blh"] = np.full_like(air.ground["sp"], lid)
    fields = write_netcdf(air, folder / f"{kind}.nc")
    shares = {}
    for depth in (*DEPTHS, lid):
        told = of_oberih(fields, job, folder, depth=depth)
        shares[depth] = float(told.answer.amount()[0, FIRST:].mean()) / job.amount
    found["oberih"] = {f"{d:g}m": round(shares[d] / shares[lid] / due(d, lid), 3) for d in DEPTHS} | {
        "below_lid": round(shares[lid], 3), "cpu_s": round(told.seconds, 1)
    }  # fmt: skip
    return found


def _dumps(place: Path) -> list[Any]:
    return [read_particles(p) for p in sorted(place.glob("partposit_[0-9]*"))]


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
