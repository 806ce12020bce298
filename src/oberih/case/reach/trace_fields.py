"""How strongly would each cell and hour have acted on a sample?

Turns the time that backward particles spent near the ground into the mean concentration over the sample of one
becquerel let out there within an hour [1/m3], on one axis of clock hours for all samples.

Defines the noun `Sensitivity`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from oberih.case.reach.trace_request import Sample
from oberih.constants import GAS_CONSTANT_DRY_AIR, SECONDS_PER_HOUR
from oberih.dispersion.particles.backward import Footprint
from oberih.dispersion.particles.follow import Cells
from oberih.weather.fields import Fields
from oberih.weather.read.raw_volume import RawVolume

__all__ = ["Sensitivity", "cell_areas", "clock_hours", "ground_density", "named", "on_the_clock", "sensitivity_of"]
Array = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Sensitivity:
    """What one becquerel let out in a cell and an hour would give as the mean over a sample.

    Parameters
    ----------
    sample : Sample
    starts : int64 array, shape (hours,)
        Of each hour, seconds since 1970, UTC.
    values, noise : float32 array, shape (hours, rows, columns)
        [1/m3], and standard error of the sampling.
    known : bool array, shape (hours,)
        Whether the hour was looked at for this sample; others are 0 without saying anything.
    kept, gone : float
        Shares of the sampled air at the earliest hour: in the fields, and out of them [1].
    """

    sample: Sample
    starts: npt.NDArray[np.int64]
    values: Singles
    noise: Singles
    known: npt.NDArray[np.bool_]
    kept: float
    gone: float


def clock_hours(samples: tuple[Sample, ...], *, back: int, first: int | None) -> npt.NDArray[np.int64]:
    """Starts of the hours from ``back`` hours before the first sampling to the end of the last [s].

    Parameters
    ----------
    first : int or None
        Before which there is no weather [s since 1970].
    """
    earliest = min(s.start for s in samples) - back * SECONDS_PER_HOUR
    if first is not None:
        earliest = max(earliest, -(-first // SECONDS_PER_HOUR) * SECONDS_PER_HOUR)
    latest = max(s.end for s in samples)
    return np.arange(earliest // SECONDS_PER_HOUR * SECONDS_PER_HOUR, latest, SECONDS_PER_HOUR, dtype=np.int64)


def on_the_clock(values: Singles, *, end: int, starts: npt.NDArray[np.int64]) -> Singles:
    """Clock hours counted back from an hour's end, put where they belong among others; those before them fall off."""
    out = np.zeros((len(starts), *values.shape[1:]), dtype=np.float32)
    for k, hour in enumerate(values):
        place = (end - (k + 1) * SECONDS_PER_HOUR - int(starts[0])) // SECONDS_PER_HOUR
        if 0 <= place < len(starts):
            out[place] = hour
    return out


def named(source: str) -> str:
    """Say which files fields are from: all, or the first and the last of many."""
    names = source.split(", ")
    return source if len(names) <= 3 else f"{names[0]} to {names[-1]} ({len(names)} files)"


def cell_areas(fields: Fields, cells: Cells) -> Array:
    """Area of each row's cells [m2], shape (rows, 1)."""
    dx, dy = fields.metres_a_cell()
    middle = (np.arange(cells.rows) + 0.5) / cells.scale_y
    return np.asarray((np.interp(middle, np.arange(len(dx)), dx) / cells.scale_x * dy / cells.scale_y)[:, None])


def ground_density(raw: RawVolume, fields: Fields) -> Array | None:
    """Density of the air at the ground [kg/m3], shape (t, y, x); None where nothing says the pressure there."""
    pressure = raw.surface.get("surface_pressure")
    if pressure is None and "log_pressure" in raw.surface:
        pressure = np.exp(raw.surface["log_pressure"])
    if pressure is None or pressure.shape != fields.temperature[:, 0].shape:
        return None
    return np.asarray(pressure / (GAS_CONSTANT_DRY_AIR * fields.temperature[:, 0]))


def sensitivity_of(
    sample: Sample, found: Footprint, fields: Fields, cells: Cells, *, starts: npt.NDArray[np.int64],
    density: Array | None, place: tuple[float, float], thinner: float,
) -> Sensitivity:  # fmt: skip
    """Put a footprint into units of a release.

    Parameters
    ----------
    density : array or None
        As `ground_density` gives it.
    place : (float, float)
        Of the station, in cells of the fields.
    thinner : float
        Density at the height of the sample over that in the layer of the release [1].
    """
    factor = np.ones((len(starts), 1, 1)) * thinner / (SECONDS_PER_HOUR * cells.depth * cell_areas(fields, cells))
    if density is not None:
        factor = factor * _density_ratio(density, fields, cells, starts, sample, place)
    covered = on_the_clock(np.ones((len(found.seconds), 1, 1), dtype=np.float32), end=found.end, starts=starts)
    seconds, noise = (on_the_clock(a, end=found.end, starts=starts) for a in (found.seconds, found.noise))
    single = np.float32
    return Sensitivity(
        sample, starts, (seconds * factor).astype(single), (noise * factor).astype(single), covered[:, 0, 0] > 0.0,
        found.kept, found.gone,
    )  # fmt: skip


def _density_ratio(
    density: Array, fields: Fields, cells: Cells, starts: npt.NDArray[np.int64], sample: Sample,
    place: tuple[float, float],
) -> Array:  # fmt: skip
    """Density at the station over that of each cell and hour [1]."""
    y = np.clip(np.round((np.arange(cells.rows) + 0.5) / cells.scale_y).astype(int), 0, len(fields.y) - 1)
    x = np.clip(np.round((np.arange(cells.columns) + 0.5) / cells.scale_x).astype(int), 0, len(fields.x) - 1)
    there = density[_nearest(fields, starts + SECONDS_PER_HOUR // 2)][:, y][:, :, x]
    here = density[_nearest(fields, np.array([(sample.start + sample.end) // 2])), round(place[1]), round(place[0])]
    return np.asarray(here / there)


def _nearest(fields: Fields, times: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
    return np.asarray(np.abs(fields.time[None, :] - times[:, None]).argmin(axis=1))
