"""What would the product's particles have given at the stations?

Fields of the air, the release, particles as `oberih disperse` follows them, and the mean over each sample at its
station: hours in proportion to how far a sample lies in them, cells in proportion to their nearness.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from oberih.dispersion.particles.flow_of_fields import flow_of_fields
from oberih.dispersion.particles.follow import Cells, Release, Trail, follow
from oberih.errors import InputError
from oberih.weather.fields import Fields
from oberih.weather.read.volume import volume_of
from oberih.weather.volume import cut, fields_of_volume
from validation.etex_data import PICOGRAMS_PER_KILOGRAM, Experiment, Measured

__all__ = ["LAYER", "at_stations", "predicted", "weather_files"]

Floats = npt.NDArray[np.float64]

HOUR = 3600
ENDINGS = frozenset({".nc", ".nc4", ".grib", ".grb", ".grib2", ".grb2"})
LAYER = 100.0
"""Depth of the layer whose concentration stands for that at a sampler near the ground [m]."""


@dataclass(frozen=True)
class Prediction:
    """PMCH in each sample [pg/m3], mean and by seed, mass left in the fields [1], and what they are."""

    values: Floats
    by_seed: tuple[Floats, ...]
    air: float
    gone: float
    weather: str
    derived: tuple[str, ...]


def weather_files(path: Path) -> tuple[Path, ...]:
    """Give the files of a folder that may be fields, or the file itself.

    Raises
    ------
    InputError
        If there is none.
    """
    if path.is_dir():
        found = sorted(
            p for p in path.iterdir() if p.suffix.lower() in {".nc", ".nc4", ".grib", ".grb", ".grib2", ".grb2"}
        )
        if not found:
            raise InputError("holds no netCDF or GRIB file", file=path)
        return tuple(found)
    if not path.exists():
        raise InputError("no such file or folder", file=path)
    return (path,)


def predicted(
    experiment: Experiment, files: tuple[Path, ...], *, particles: int, seeds: int = 1, threads: int = 2,
    told: Callable[[int, int], None] | None = None,
) -> Prediction:  # fmt: skip
    """Follow the tracer and sample it.

    Raises
    ------
    WeatherRefused
        If the fields cannot be used or do not cover the experiment.
    """
    release, measured = experiment.release, experiment.measured
    raw = volume_of(files)
    hours = -(-(int(measured.end.max()) - release.start) // HOUR)
    cut(raw, start=release.start, end=release.start + hours * HOUR)
    fields = fields_of_volume(raw)
    x, y = fields.place(longitude=release.longitude, latitude=release.latitude)
    cells = Cells(len(fields.y) - 1, len(fields.x) - 1, 1.0, 0.0, 1.0, 0.0, LAYER)
    flow, scale = flow_of_fields(fields), release.mass * PICOGRAMS_PER_KILOGRAM
    trails, values = [], []
    for seed in range(1, seeds + 1):
        length = float(release.end - release.start)
        out = Release(release.start, length, x, y, release.low, release.high, particles, 0.0, seed)
        trails.append(follow(flow, out, cells, hours=hours, threads=threads, told=told))
        values.append(at_stations(trails[-1], fields, cells, measured) * scale)
    air, gone = (float(np.mean(v)) for v in ([t.air[0] for t in trails], [t.gone[0] for t in trails]))
    return Prediction(np.mean(values, axis=0), tuple(values), air, gone, fields.source, fields.derived)


def at_stations(trail: Trail, fields: Fields, cells: Cells, measured: Measured) -> Floats:
    """Mean over each sample at its station, of a release of 1 [1/m3]; 0 before the release."""
    dx, dy = fields.metres_a_cell()
    middle = np.arange(cells.rows) + 0.5
    area = np.interp(middle, np.arange(len(dx)), dx) * dy
    air = trail.seconds[:, 0].astype(float) / (HOUR * cells.depth * area[None, :, None])
    out = np.zeros(len(measured.value))
    for i in range(len(out)):
        x, y = fields.place(longitude=float(measured.longitude[i]), latitude=float(measured.latitude[i]))
        hourly = _between(air, x - 0.5, y - 0.5)
        begins = trail.start + HOUR * np.arange(len(hourly))
        shared = np.clip(np.minimum(measured.end[i], begins + HOUR) - np.maximum(measured.start[i], begins), 0, None)
        out[i] = float((hourly * shared).sum()) / float(measured.end[i] - measured.start[i])
    return out


def _between(air: Floats, column: float, row: float) -> Floats:
    """Every hour between the middles of the four cells around a place."""
    last_row, last_column = air.shape[1] - 1, air.shape[2] - 1
    r, c = min(max(row, 0.0), last_row - 1e-9), min(max(column, 0.0), last_column - 1e-9)
    j, i = int(r), int(c)
    fy, fx = r - j, c - i
    low = (1.0 - fx) * air[:, j, i] + fx * air[:, j, i + 1]
    high = (1.0 - fx) * air[:, j + 1, i] + fx * air[:, j + 1, i + 1]
    return np.asarray((1.0 - fy) * low + fy * high)
