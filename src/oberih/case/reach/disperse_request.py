"""What is asked of particles in one's own fields?

Defines the noun `DisperseRequest`, in SI units but for degrees and hours, before anything is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from oberih.weather.volume import ROUGHNESS

__all__ = ["DisperseRequest"]


@dataclass(frozen=True)
class DisperseRequest:
    """A release in fields.

    Parameters
    ----------
    fields : tuple of Path
        Files, netCDF or GRIB, of wind on levels, and of the ground.
    latitude, longitude : float
        [°]
    start : int or None
        Seconds since 1970, UTC; the first time of the fields where None.
    release_hours : float
        How long it is released [h].
    hours : int or None
        How long it is followed [h]; where None as long as the fields last, at most 72, in steady air 24.
    low, high : float
        Between which heights above ground [m].
    amount : float
        [Bq]
    form : str
        Of `oberih.constants.FORMS`.
    particles : int
    depth : float
        Of the layer whose concentration is given [m].
    finer : int
        Cells of the output to a cell of the fields, each way.
    settling : float
        Fall of heavy particles [m/s].
    roughness_length : float
        [m]
    seed, threads : int
    half_life : float or None
        [s]; None for what does not decay.
    member : int or None
        Of an ensemble in the files.
    area : (float, float, float, float) or None
        West, south, east, north to cut out at reading [°].
    out : Path
        The NetCDF file to write.
    """

    fields: tuple[Path, ...]
    latitude: float
    longitude: float
    out: Path
    start: int | None = None
    release_hours: float = 1.0
    hours: int | None = None
    low: float = 10.0
    high: float = 100.0
    amount: float = 1.0
    form: str = "aerosol"
    particles: int = 100_000
    depth: float = 100.0
    finer: int = 2
    settling: float = 0.0
    roughness_length: float = ROUGHNESS
    seed: int = 1
    threads: int = 2
    half_life: float | None = None
    member: int | None = None
    area: tuple[float, float, float, float] | None = None
