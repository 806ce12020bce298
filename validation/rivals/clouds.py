"""How far do the models' clouds agree, hour by hour, and how much of the rest is noise?

The common job on two airs.  Noise is Oberih against itself with another seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from validation.rivals.agreement import agreement, apart, middle, on_cells
from validation.rivals.air import Air, write_netcdf
from validation.rivals.flexpart_run import Job
from validation.rivals.gridded import Gridded
from validation.rivals.runs import FINE, PLAIN, of_flexpart, of_oberih

SHARE = 0.01
"""Of the hour's highest value: the threshold of an area."""
HOURS = (3, 6, 12, 18, 24)


@dataclass(frozen=True)
class Case:
    """A job in an air; ``finer`` makes Oberih's cells those of the job."""

    air: Air
    job: Job
    finer: int


def waves_case(air: Air, *, particles: int) -> Case:
    """Let out from 06 to 09 UTC at 50.1° N, 24.1° E, 10 to 100 m: near the middle of a cell, not at a corner."""
    job = Job(
        50.1, 24.1, int(air.hours[0]) + 6 * 3600, 3, 23, 10.0, 100.0, 1e12, particles, 20.0, 45.0, 80, 40, 0.25,
        aerosol=True,
    )  # fmt: skip
    return Case(air, job, 2)


def europe_case(air: Air, *, particles: int) -> Case:
    """Let out for three hours at Zaporizhzhia, 10 to 200 m."""
    job = Job(
        47.51, 34.585, int(air.hours[0]), 3, 24, 10.0, 200.0, 1e12, particles, 15.0, 37.5, 100, 60, 0.25, aerosol=True
    )
    return Case(air, job, 6)


def compare(case: Case, folder: Path, *, fine: int = 0) -> dict[str, Any]:
    """Run both models and compare; ``fine`` particles for FLEXPART's small steps, none for 0."""
    folder.mkdir(parents=True, exist_ok=True)
    fields, job = write_netcdf(case.air, folder / "air.nc"), case.job
    told = {
        "oberih": of_oberih(fields, job, folder, finer=case.finer),
        "again": of_oberih(fields, job, folder, finer=case.finer, seed=2, name="again"),
        "flexpart": of_flexpart(case.air, job, folder, turbulence=PLAIN),
    }
    if fine:
        small = replace(job, particles=fine)
        told["fine"] = of_flexpart(case.air, small, folder, turbulence=FINE, name="fine", dump=False)
    cut = {n: _lowest(t.answer, job) for n, t in told.items()}
    ours, again, theirs = (cut[n].air[0, :, 0] for n in ("oberih", "again", "flexpart"))
    area = cut["flexpart"].area
    rows = []
    for hour in (h for h in HOURS if h <= job.hours):
        t = hour - 1
        least = SHARE * float(theirs[t].max())
        row: dict[str, Any] = {
            "hour": hour, "with_flexpart": agreement(ours[t], theirs[t], area, threshold=least).rounded(),
            "with_itself": agreement(ours[t], again[t], area, threshold=least).rounded(),
            "middles_apart_km": round(float(apart(middle(cut["oberih"])[t], middle(cut["flexpart"])[t])), 1),
            "from_release_km": round(float(apart(middle(cut["flexpart"])[t], _source(job))), 1),
            "in_lowest_100_m": {n: round(float(c.amount()[0, t]) / job.amount, 4) for n, c in cut.items()},
        }  # fmt: skip
        if fine:
            small_steps = cut["fine"].air[0, t, 0]
            row["with_flexpart_fine"] = agreement(ours[t], small_steps, area, threshold=least).rounded()
            row["flexpart_with_fine"] = agreement(theirs[t], small_steps, area, threshold=least).rounded()
        rows.append(row)
    total, other = ours.sum(axis=0), theirs.sum(axis=0)
    summed = agreement(total, other, area, threshold=SHARE * float(other.max())).rounded()
    ground = {n: round(_laid(told[n].answer) / job.amount, 4) for n in ("oberih", "flexpart")}
    return {"hours": rows, "time_integral": summed, "dry_deposit_share": ground}


def _source(job: Job) -> Any:
    return np.array([job.latitude, job.longitude])


def _lowest(answer: Gridded, job: Job) -> Gridded:
    """Its lowest layer on the job's cells."""
    air = on_cells(answer, job.west, job.south, job.cell, job.columns, job.rows)[:, :, :1]
    lat = job.south + job.cell * (np.arange(job.rows) + 0.5)
    lon = job.west + job.cell * (np.arange(job.columns) + 0.5)
    return replace(
        answer, lat=lat, lon=lon, bottom=answer.bottom[:1], top=answer.top[:1], air=air, dry=None, wet=None, area=None
    )


def _laid(answer: Gridded) -> float:
    return 0.0 if answer.dry is None else float((answer.dry[0, -1] * answer.area).sum())
