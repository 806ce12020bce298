"""How long does a volume of real size take to read and derive, and with how much memory?

    python -m benchmarks.volumes [--size 81] [--levels 25] [--times 25] [--quick]

Fields of a smooth low on 81 x 81 cells, 25 pressure levels and 25 times, seven variables on levels and eight at the
ground, as netCDF (single precision) and as GRIB edition 2 (24 bits): read by `volume_of`, made `Fields`, laid out as
`Flow`.  Each in a process of its own, whose peak memory is taken beyond what the interpreter and its libraries take;
GRIB is decoded by one more process, whose peak counts apart.

Prints one JSON line last: seconds of wall and of processor time and MiB of every step, messages a second of the latter.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import eccodes
import netCDF4
import numpy as np
import numpy.typing as npt
from validation.door import Words, answering, whole_number

from benchmarks.machine import load, machine

Array = npt.NDArray[np.float32]

START = np.datetime64("2025-05-01T00", "s")
TOP, BOTTOM = 200.0, 1000.0
ON_LEVELS = {
    "u": (0, 2, 2),
    "v": (0, 2, 3),
    "t": (0, 0, 0),
    "q": (0, 1, 0),
    "w": (0, 2, 8),
    "z": (0, 3, 4),
    "r": (0, 1, 1),
}
GROUND = {
    "sp": ((0, 3, 0), 1, 0, "Pa"), "u10": ((0, 2, 2), 103, 10, "m s-1"), "v10": ((0, 2, 3), 103, 10, "m s-1"),
    "t2m": ((0, 0, 0), 103, 2, "K"), "blh": ((0, 3, 18), 1, 0, "m"), "orog": ((0, 3, 5), 1, 0, "m"),
    "ishf": ((0, 0, 11), 1, 0, "W m-2"), "prate": ((0, 1, 7), 1, 0, "kg m-2 s-1"),
}  # fmt: skip
UNITS = {"u": "m s-1", "v": "m s-1", "t": "K", "q": "kg kg-1", "w": "Pa s-1", "z": "m2 s-2", "r": "%"}


def fields(size: int, levels: int, hour: float) -> tuple[dict[str, Array], dict[str, Array], Array]:
    """What stands on levels and at the ground at an hour, rows from the north, and the pressures [hPa]."""
    pressure = np.linspace(BOTTOM, TOP, levels)
    y, x = np.meshgrid(np.linspace(1.0, -1.0, size), np.linspace(-1.0, 1.0, size), indexing="ij")
    swirl = np.exp(-3.0 * ((x - 0.05 * hour) ** 2 + y**2))
    height = 7600.0 * np.log(1013.25 / pressure)[:, None, None]
    shear = 0.5 + height / 6000.0
    t = 290.0 - 6.5e-3 * height + 2.0 * swirl
    data = {
        "u": shear * (8.0 - 9.0 * y * swirl), "v": shear * (2.0 + 9.0 * x * swirl), "t": t + 0.0 * shear,
        "q": 0.008 * np.exp(-height / 2500.0) * (0.6 + 0.4 * swirl), "w": 0.2 * swirl * np.sin(np.pi * height / 12e3),
        "z": 9.80665 * height + 0.0 * swirl, "r": 50.0 + 45.0 * swirl + 0.0 * height,
    }  # fmt: skip
    one = np.ones_like(x)
    flat = {
        "sp": 101_000.0 * one, "u10": 0.7 * data["u"][0], "v10": 0.7 * data["v"][0], "t2m": t[0] + 0.5,
        "blh": 500.0 + 400.0 * swirl, "orog": 100.0 * one, "ishf": -80.0 * one, "prate": 2e-4 * swirl,
    }  # fmt: skip
    singles = {k: v.astype(np.float32) for k, v in data.items()}
    return singles, {k: v.astype(np.float32) for k, v in flat.items()}, pressure.astype(np.float32)


def write_netcdf(path: Path, size: int, levels: int, times: int) -> None:
    """A file of all times."""
    with netCDF4.Dataset(path, "w") as file:
        for name, length in (("time", times), ("level", levels), ("latitude", size), ("longitude", size)):
            file.createDimension(name, length)
        axes: dict[str, tuple[npt.NDArray[np.generic], str]] = {
            "time": (np.arange(times), "hours since 2025-05-01"), "level": (fields(2, levels, 0.0)[2], "hPa"),
            "latitude": (57.5 - 0.25 * np.arange(size), "degrees_north"),
            "longitude": (24.5 + 0.25 * np.arange(size), "degrees_east"),
        }  # fmt: skip
        for name, (values, unit) in axes.items():
            file.createVariable(name, "f8", (name,))[:] = values
            file[name].units = unit
        for name, unit in UNITS.items():
            file.createVariable(name, "f4", ("time", "level", "latitude", "longitude")).units = unit
        for name, (_, _, _, unit) in GROUND.items():
            file.createVariable(name, "f4", ("time", "latitude", "longitude")).units = unit
        for i in range(times):
            for part in fields(size, levels, float(i))[:2]:
                for name, values in part.items():
                    file[name][i] = values


def write_grib(path: Path, size: int, levels: int, times: int) -> int:
    """The same as messages; how many."""
    handle = eccodes.codes_grib_new_from_samples("regular_ll_sfc_grib2")
    place = {
        "Ni": size, "Nj": size, "latitudeOfFirstGridPointInDegrees": 57.5,
        "latitudeOfLastGridPointInDegrees": 57.5 - 0.25 * (size - 1), "longitudeOfFirstGridPointInDegrees": 24.5,
        "longitudeOfLastGridPointInDegrees": 24.5 + 0.25 * (size - 1), "iDirectionIncrementInDegrees": 0.25,
        "jDirectionIncrementInDegrees": 0.25, "bitsPerValue": 24, "dataDate": 20250501, "dataTime": 0,
    }  # fmt: skip
    for key, value in place.items():
        eccodes.codes_set(handle, key, value)
    count = 0
    with path.open("wb") as file:
        for hour in range(times):
            data, flat, pressure = fields(size, levels, float(hour))
            messages = [(ON_LEVELS[n], 100, 100.0 * p, v[k]) for n, v in data.items() for k, p in enumerate(pressure)]
            messages += [(GROUND[n][0], GROUND[n][1], GROUND[n][2], v) for n, v in flat.items()]
            for numbers, surface, level, values in messages:
                for key, number in zip(("discipline", "parameterCategory", "parameterNumber"), numbers, strict=True):
                    eccodes.codes_set(handle, key, number)
                eccodes.codes_set(handle, "typeOfFirstFixedSurface", surface)
                eccodes.codes_set(handle, "scaleFactorOfFirstFixedSurface", 0)
                eccodes.codes_set(handle, "scaledValueOfFirstFixedSurface", round(level))
                eccodes.codes_set(handle, "forecastTime", hour)
                eccodes.codes_set_values(handle, values.astype(float).ravel())
                eccodes.codes_write(handle, file)
                count += 1
    eccodes.codes_release(handle)
    return count


READ = """
import json, resource, sys, time
from pathlib import Path
from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
def peak(who): return resource.getrusage(who).ru_maxrss / 1024
def cpu():
    both = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in both)
flow_of_fields(fields_of_volume(volume_of([Path(sys.argv[2])])))  # compiles, imports
base, t0, c0 = peak(resource.RUSAGE_SELF), time.monotonic(), cpu()
raw = volume_of([Path(sys.argv[1])])
t1, m1, c1 = time.monotonic(), peak(resource.RUSAGE_SELF), cpu()
fields = fields_of_volume(raw)
del raw
t2, m2, c2 = time.monotonic(), peak(resource.RUSAGE_SELF), cpu()
flow_of_fields(fields)
t3, m3 = time.monotonic(), peak(resource.RUSAGE_SELF)
print(json.dumps({
    "read_s": t1 - t0, "fields_s": t2 - t1, "flow_s": t3 - t2, "read_cpu_s": c1 - c0, "fields_cpu_s": c2 - c1,
    "read_mib": m1 - base, "fields_mib": m2 - base, "flow_mib": m3 - base,
    "decoder_mib": peak(resource.RUSAGE_CHILDREN),
}))
"""


def measured(path: Path, small: Path) -> dict[str, float]:
    """Seconds and MiB of each step, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path), str(small)], capture_output=True, text=True, check=True
    )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {name: round(value, 2 if name.endswith("_s") else 0) for name, value in told.items()}


@answering
def main(arguments: Sequence[str]) -> int:
    """Write the files, read them, print what it took."""
    parser = Words("benchmarks.volumes", __doc__)
    for name, usual in (("size", 81), ("levels", 25), ("times", 25)):
        parser.add_argument(f"--{name}", type=whole_number, default=usual)
    parser.add_argument("--quick", action="store_true", help="a small volume, to see that it runs")
    given = parser.parse_args(arguments)
    size, levels, times = (13, 6, 3) if given.quick else (given.size, given.levels, given.times)
    told: dict[str, object] = {"machine": machine(), "load": load(), "size": [times, levels, size, size]}
    with tempfile.TemporaryDirectory(prefix="oberih-volumes-") as name:
        folder = Path(name)
        write_netcdf(folder / "small.nc", 7, 6, 2)
        write_grib(folder / "small.grib2", 7, 6, 2)
        write_netcdf(folder / "a.nc", size, levels, times)
        begun = time.monotonic()
        count = write_grib(folder / "a.grib2", size, levels, times)
        print(f"{count} messages written in {time.monotonic() - begun:.1f} s", file=sys.stderr)
        for kind in ("nc", "grib2"):
            found = measured(folder / f"a.{kind}", folder / f"small.{kind}")
            print(f"{kind}: {found}", file=sys.stderr)
            told[kind] = {**found, "file_mib": round((folder / f"a.{kind}").stat().st_size / 2**20)}
            if kind == "grib2":
                told["messages"], told["messages_per_cpu_s"] = count, round(count / max(found["read_cpu_s"], 1e-9))
    told["writer_peak_mib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
