"""What becomes of every gridded file at hand: is it read, or refused, and rightly?

    python -m validation.volumes [FOLDER]

FOLDER holds folders ``nwp_*`` of netCDF and GRIB files, as the shared data do.  Every file is tried alone, then all
files of a folder together.  What is read must be possible air (heights that rise, bounds of wind, stirring and mixing),
keep a release's mass for two hours, and give an `Air` at its middle; what is refused must say why.  Of the files that
are known the verdict and the reason are known too; those of others are only told.  The last line is JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pyproj import Transformer

from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.dispersion.particles.follow import Cells, Release, follow
from oberih.errors import InputError, OberihError
from oberih.weather.fields import Fields
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import fields_of_volume
from oberih.weather.volume_air import air_of_fields
from validation.door import Words, answering, existing_folder
from validation.shelf import shared_data

SUFFIXES = frozenset({".nc", ".nc4", ".grib", ".grib2", ".grb", ".grb2"})

READ = "read"
KNOWN = {
    "ecmwf_mace-head_20190517.nc": READ,
    "ecmwf_munich_20211120.nc": READ,
    "forecast_ml.grib": READ,
    "PLEV_202001.nc": "the ground",
    "SURF_202001.nc": "no file has wind on levels",
    "finse_SURF_201810.nc": "no file has wind on levels",
    "bella_lui_weather_data_ERA5.nc": "equal steps",
    "euroc_2022_all_windows.nc": "equal steps",
    "euroc_2023_all_windows.nc": "equal steps",
    "hedy_euroc_2025_weather_data.nc": "the ground",
    "ifs_pl_global_10deg_20240603-04.grib": "the ground",
    "era5_utm32_2025_05_01_00.nc": READ,
    "era5_utm32_2025_05_01_01.nc": READ,
    "era5_utm32_2025_05_01_02.nc": READ,
    "nwp_column_cloudnet": "grid",
    "nwp_era5_davos_202001": "grid",
    "nwp_era5_pl_small_areas": "grid",
    "nwp_era5_utm32_2025": READ,
    "PLEV_202001.nc + SURF_202001.nc": READ,
}
"""Of files and folders that are known: read, or words of the reason why not."""

PAIRS = (("PLEV_202001.nc", "SURF_202001.nc"),)
"""Files that belong together in a folder that holds more."""

BOUNDS = {
    "height": (0.0, 90_000.0), "east": (-180.0, 180.0), "north": (-180.0, 180.0), "up": (-8.0, 8.0),
    "temperature": (160.0, 330.0), "mixing_height": (49.9, 6000.0), "friction_velocity": (0.04, 4.0),
    "inverse_obukhov_length": (-0.21, 0.21), "convective_velocity": (0.0, 5.0), "cloud_base": (0.0, 15_000.0),
    "cloud_top": (100.0, 20_000.0), "convective_rate": (0.0, 1.2e-3), "convective_top": (0.0, 20_000.0),
    "precipitation": (0.0, 0.1),
}  # fmt: skip
"""Between which every value must lie."""

PARTICLES, HOURS = 640, 2
BALANCE = 1.0e-4
"""Of a becquerel, what may be missing after two hours [1]."""


@dataclass(frozen=True)
class Verdict:
    """What became of a set of files: what was said, whether it was refused, and what was wrong with that."""

    name: str
    said: str
    refused: bool
    wrong: str


def sets_of(folder: Path) -> list[tuple[str, list[Path]]]:
    """Names and files of every set that is tried.

    Raises
    ------
    InputError
        If the folder holds no gridded files.
    """
    inside = folder / "data" if (folder / "data").is_dir() else folder
    found: list[tuple[str, list[Path]]] = []
    for shelf in sorted(p for p in inside.glob("nwp_*") if p.is_dir()):
        files = sorted(p for p in shelf.iterdir() if p.suffix.lower() in SUFFIXES)
        found += [(p.name, [p]) for p in files]
        found += [
            (" + ".join(pair), [shelf / n for n in pair]) for pair in PAIRS if all((shelf / n).exists() for n in pair)
        ]
        if len(files) > 1:
            found.append((shelf.name, files))
    if not found:
        cure = "give the folder as the argument, or set OBERIH_SHARED to the folder that holds data/"
        raise InputError("holds no folders nwp_* with netCDF or GRIB files", file=folder, cure=cure)
    return found


def judged(name: str, files: Sequence[Path]) -> Verdict:
    """Read a set, and see whether it is what it should be."""
    expected = KNOWN.get(name)
    try:
        fields = fields_of_volume(volume_of(files))
    except OberihError as refused:
        right = expected is None or (expected != READ and expected in str(refused))
        return Verdict(name, str(refused), True, "" if right else f"expected: {expected}")
    t, k, y, x = fields.east.shape
    told = f"{t} times, {k} levels, {y} x {x} cells; " + "; ".join(fields.derived)
    wrong = _impossible(fields) or _lost(fields) or ("" if expected in (None, READ) else f"expected: {expected}")
    return Verdict(name, told, False, wrong)


def _impossible(fields: Fields) -> str:
    for name, (low, high) in BOUNDS.items():
        values = getattr(fields, name)
        known = values[np.isfinite(values)] if name == "precipitation" else values
        if known.size and not (low <= known.min() and known.max() <= high):
            return f"{name} runs from {known.min():.4g} to {known.max():.4g}"
    if not (np.diff(fields.height, axis=1) > 0.0).all():
        return "heights do not rise with the level"
    return "" if (fields.cloud_top > fields.cloud_base).all() else "a cloud has no depth"


def _lost(fields: Fields) -> str:
    """Whether a release from the middle keeps its mass, and the air there is whole."""
    middle_x, middle_y = float(fields.x[len(fields.x) // 2]), float(fields.y[len(fields.y) // 2])
    longitude, latitude = middle_x, middle_y
    if not fields.geographic:
        longitude, latitude = Transformer.from_crs(fields.crs, "EPSG:4326", always_xy=True).transform(
            middle_x, middle_y
        )
    air = air_of_fields(fields, latitude=latitude, longitude=longitude)
    if not all(np.isfinite(getattr(air, n)).all() for n in ("east", "north", "temperature", "mixing_height")):
        return "the air at the middle is not whole"
    x, y = fields.place(longitude=longitude, latitude=latitude)
    hours = HOURS if len(fields.time) == 1 else min(HOURS, int(fields.time[-1] - fields.time[0]) // 3600)
    if hours < 1:
        return ""
    release = Release(int(fields.time[0]), 600.0, x, y, 10.0, 50.0, PARTICLES)
    cells = Cells(len(fields.y) - 1, len(fields.x) - 1, 1.0, 0.0, 1.0, 0.0)
    trail = follow(flow_of_fields(fields), release, cells, hours=hours, threads=1)
    ground = np.concatenate([[0.0], trail.deposit.sum(axis=(0, 2, 3))])
    missing = np.abs(trail.air + trail.gone + trail.decayed + ground - 1.0).max()
    return "" if missing <= BALANCE else f"{missing:.1e} of a release is missing"


@answering
def main(arguments: Sequence[str]) -> int:
    """Try every set of files and print what happened; exit code 1 if one is wrong, 2 if there is none."""
    words = Words("validation.volumes", __doc__)
    words.add_argument("folder", nargs="?", type=existing_folder, default=shared_data(""))
    sets = sets_of(words.parse_args(arguments).folder)
    begun, verdicts = time.monotonic(), []
    for name, files in sets:
        verdict = judged(name, files)
        verdicts.append(verdict)
        print(f"{'refused' if verdict.refused else 'read'}: {name}: {verdict.said}")
        if verdict.wrong:
            print(f"WRONG: {name}: {verdict.wrong}")
    wrong, refused = sum(bool(v.wrong) for v in verdicts), sum(v.refused for v in verdicts)
    print(json.dumps({
        "sets": len(verdicts), "read": len(verdicts) - refused, "refused": refused,
        "known": sum(v.name in KNOWN for v in verdicts), "wrong": wrong, "seconds": round(time.monotonic() - begun, 1),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }))  # fmt: skip
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
