"""Does Oberih agree with an independent open model on the same fields, and which is faster?

    python -m validation.rivals [FOLDER] [--particles N] [--fine N] [--work FOLDER] [--quick]

Writes the fields for both models, runs FLEXPART 9.02 (Debian's package) and ``oberih disperse``, and compares
trajectories, vertical mixing, clouds and speed. FOLDER is that of the ECMWF forecast (nwp_ecmwf_ml_europe_20181115
of the shared data); without it that part says null. Without FLEXPART everything says null and how to get it. The
last line is JSON. See docs/rivals.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.door import Words, answering, existing_folder, whole_number
from validation.rivals.agreement import apart, middle
from validation.rivals.air import Air, waves, write_netcdf
from validation.rivals.clouds import compare, europe_case, waves_case
from validation.rivals.flexpart_binary import read_particles
from validation.rivals.flexpart_run import INSTALL, Job, program
from validation.rivals.mixing import mixing
from validation.rivals.parcels_run import parcels_places
from validation.rivals.runs import PLAIN, of_flexpart, of_oberih
from validation.rivals.trajectory import Winds, carried, hourly_means
from validation.rivals.uniform_air import KINDS
from validation.shelf import shared_data

FORECAST = "forecast_ml.grib"
STARTS = ((50.0, 21.0, 2500.0), (52.0, 21.0, 2000.0), (49.0, 20.5, 2200.0), (51.0, 20.5, 1900.0))
"""Latitude, longitude [°] and height [m] of the trajectories: above the mixed layer, and never above 4 km."""


def trajectories(air: Air, folder: Path, *, hours: int = 24, particles: int = 2000) -> list[dict[str, Any]]:
    """How far the middles of both models' particles are from the reference [km]."""
    winds, fields, rows = Winds(air), write_netcdf(air, folder / "waves.nc"), []
    other = parcels_places(winds, int(air.hours[0]) + 2 * 3600, STARTS, folder, hours=hours)
    for n, (latitude, longitude, height) in enumerate(STARTS):
        start = int(air.hours[0]) + 2 * 3600
        job = Job(latitude, longitude, start, 0, hours, height, height, 1e12, particles, 18.0, 44.0, 96, 48, 0.25,
                  depth=5000.0)  # fmt: skip
        way = carried(winds, start, np.array([[latitude, longitude, height]]), hours=hours)
        ours = middle(of_oberih(fields, job, folder, finer=8).answer)
        dumps = sorted(of_flexpart(air, job, folder / f"way{n}", turbulence=PLAIN).place.glob("partposit_[0-9]*"))
        for hour in (h for h in (12, 24) if h <= hours):
            far = float(apart(way[1 : 60 * hour + 1, 0, :2], way[: 60 * hour, 0, :2]).sum())
            theirs = read_particles(dumps[hour - 1])[:, [1, 0]].mean(axis=0)
            rows.append({
                "from": [latitude, longitude, height], "hour": hour, "way_km": round(far),
                "oberih_km": round(float(apart(ours[hour - 1], hourly_means(way)[hour - 1, 0, :2])), 2),
                "flexpart_km": round(float(apart(theirs, way[60 * hour, 0, :2])), 2),
                "parcels_km": other and round(float(apart(other[0][hour - 1, n, :2], way[60 * hour, 0, :2])), 2),
            })  # fmt: skip
    return rows


def speed(air: Air, folder: Path, *, particles: int) -> dict[str, Any]:
    """Processor seconds of one common job, one thread, and of a particle more: the slope between two numbers."""
    case = waves_case(air, particles=particles)
    fields, told = write_netcdf(air, folder / "speed.nc"), dict[str, Any]()
    for name in ("oberih", "flexpart"):
        took = []
        for part, number in (("few", particles // 4), ("many", particles)):
            job = replace(case.job, particles=number)
            took.append(
                of_oberih(fields, job, folder, threads=1).seconds if name == "oberih" else
                of_flexpart(air, job, folder / f"{name}{part}", turbulence=PLAIN, dump=False).seconds
            )  # fmt: skip
        hours = 0.75 * particles * (case.job.hours - 0.5 * case.job.release_hours)
        told[name] = {
            "cpu_s": round(took[1], 2),
            "particle_hours_per_cpu_s": round(hours / max(took[1] - took[0], 1e-3)),
        }
    told["particles"] = particles
    told["times_faster"] = round(
        told["oberih"]["particle_hours_per_cpu_s"] / told["flexpart"]["particle_hours_per_cpu_s"], 1
    )
    return told


def run(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """All comparisons."""
    air, found = waves(), dict[str, Any]()
    particles = 5000 if given.quick else given.particles
    found["trajectories"] = trajectories(air, folder / "ways", particles=500 if given.quick else 2000)
    for row in found["trajectories"]:
        print(f"trajectory {row}")
    kinds = ("neutral",) if given.quick else tuple(KINDS)
    found["mixing"] = {
        k: mixing(k, folder / "mixing", particles=particles, fine=0 if given.quick else given.fine) for k in kinds
    }
    for kind, told in found["mixing"].items():
        print(f"mixing, {kind}: {told}")
    fine = 0 if given.quick else given.fine
    case = waves_case(air, particles=particles)
    found["clouds"] = {"waves": compare(case, folder / "waves", fine=fine), "europe": None}
    file = (given.folder or shared_data("nwp_ecmwf_ml_europe_20181115")) / FORECAST
    if file.is_file():
        from validation.rivals.europe_air import europe

        case = europe_case(europe(file), particles=particles)
        found["clouds"]["europe"] = compare(case, folder / "europe", fine=fine)
    for name, told in found["clouds"].items():
        for row in (told or {}).get("hours", ()):
            print(f"cloud, {name}: {row}")
    found["speed"] = speed(air, folder, particles=particles)
    print(f"speed: {found['speed']}")
    return found


@answering
def main(arguments: Sequence[str]) -> int:
    """Compare, print figures, one JSON line last."""
    parser = Words("validation.rivals", __doc__)
    parser.add_argument("folder", nargs="?", type=existing_folder)
    parser.add_argument("--particles", type=whole_number, default=100_000)
    parser.add_argument("--fine", type=int, default=10_000, help="particles for FLEXPART's small steps; 0 for none")
    parser.add_argument("--work", default="", help="folder that keeps inputs and outputs")
    parser.add_argument("--quick", action="store_true", help="few particles, neutral air only")
    given = parser.parse_args(arguments)
    nothing = {"flexpart": None, "trajectories": None, "mixing": None, "clouds": None, "speed": None}
    if given.folder and not (given.folder / FORECAST).is_file():
        raise InputError("no such file", file=given.folder / FORECAST, cure="give the folder that holds the forecast")
    if program() is None:
        print(f"FLEXPART is not here: {INSTALL}")
        print(json.dumps(nothing))
        return 0
    with tempfile.TemporaryDirectory(prefix="rivals-") as temporary:
        folder = Path(given.work or temporary)
        for part in ("ways", "mixing"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        found = run(given, folder)
    print(json.dumps({"flexpart": "9.02, Debian", "load": round(os.getloadavg()[0], 1), **found}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
