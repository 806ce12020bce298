"""What is asked of a story?

Defines the nouns `PlanRequest` and `AssessRequest`: a question as it was put, in names and
SI units, before anything is read.  Times are seconds since 1970-01-01T00:00Z.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

__all__ = [
    "DEFAULT_CACHE", "DEFAULT_PARTICLES", "DEFAULT_SEED", "ENGINES", "FIELD_NAMES", "PLANNING_DAY", "AssessRequest",
    "PlanRequest",
]  # fmt: skip

DEFAULT_CACHE = Path(".oberih")
"""Where atlases and fetched weather are kept, relative to the working folder."""

PLANNING_DAY = 1767225600
"""To which fuel is decayed where a plan names no day: 2026-01-01T00:00Z, so that a plan repeats."""

ENGINES = ("puffs", "particles")
"""What can carry an event: Gaussian puffs in the weather of a place, particles in fields."""

FIELD_NAMES = ("gfs", "nomads", "ecmwf", "icon", "era5", "forecast")
"""What fields of the air can be called in place of files."""

DEFAULT_PARTICLES = 3840
"""For each hour of release, at each height [1]: as `ParticleSettings` has it, the noise of 20,000 that are counted."""

DEFAULT_SEED = 20220304
"""Of the stochastic year and the bootstrap: any number would do, and a fixed one repeats."""


@dataclass(frozen=True)
class PlanRequest:
    """How far must the zone reach, over the weather of years?

    Parameters
    ----------
    site : str
        A known site's name, or the path of a site file.
    scenarios : tuple of str
        Names or files; empty for those that the site proposes.
    criteria : str
        A set's name or file.
    weather : str
        ``climate`` (the embedded statistics), a file, a folder, or ``open-meteo:2019-2023``.
    mapping : Path or None
        How to read a plain CSV of weather.
    server : str or None
        Another server of Open-Meteo's protocol.
    percentile : float
        Share of starts that the zone must cover [%].
    age : str or None
        Of `oberih.constants.AGES`; None for what each criterion names.
    protection : tuple of str
        Measures that people are taken to be under, of `oberih.dose.protection.measures`; none for
        what each criterion assumes.
    population : Path or None
        A GeoTIFF of people per cell, to count in place of listed places.
    at : int or None
        Day for which inventories are decayed; None for `PLANNING_DAY`.
    height : float or None
        Release height in place of the scenario's [m].
    out : Path or None
        Folder for the products; None to keep none.
    cache : Path
        Folder of atlases and fetched weather.
    workers : int or None
        Processes; None for one a core.
    scheduler : str or None
        A Dask scheduler, ``tcp://host:port``; None for local processes.
    seed : int
        Of everything random.
    """

    site: str
    scenarios: tuple[str, ...] = ()
    criteria: str = "iaea"
    weather: str = "climate"
    mapping: Path | None = None
    server: str | None = None
    percentile: float = 95.0
    age: str | None = None
    protection: tuple[str, ...] = ()
    population: Path | None = None
    at: int | None = None
    height: float | None = None
    out: Path | None = None
    cache: Path = field(default=DEFAULT_CACHE)
    workers: int | None = None
    scheduler: str | None = None
    seed: int = DEFAULT_SEED


@dataclass(frozen=True)
class AssessRequest:
    """Who must do what, where, if it released at this hour in this weather?

    Parameters
    ----------
    site, mapping, server, scenarios, criteria, age, protection, population, height, out, cache, seed
        As in `PlanRequest`.
    at : int
        Start of the release.
    weather : str or tuple of str
        A file, or ``open-meteo``; for particles files or a folder of fields on levels, or a name of
        `FIELD_NAMES`.
    hours : int
        How long the plume is followed [h].
    engine : str
        Of `ENGINES`.
    particles : int
        For each hour of release, each height and each course of the weather.
    members : str or None
        Of an ensemble in the fields: ``all``, or numbers such as ``1-10`` or ``0,3,7``; None for one course only.
    perturbed : int or None
        Courses of the weather, the given one among them, drawn around it; None for the given one only.
    workers : int or None
        Threads; None for one a core.  They change no bit.
    """

    site: str
    at: int
    weather: str | tuple[str, ...]
    hours: int = 48
    engine: str = "puffs"
    particles: int = DEFAULT_PARTICLES
    members: str | None = None
    perturbed: int | None = None
    workers: int | None = None
    mapping: Path | None = None
    server: str | None = None
    scenarios: tuple[str, ...] = ()
    criteria: str = "iaea"
    age: str | None = None
    protection: tuple[str, ...] = ()
    population: Path | None = None
    height: float | None = None
    out: Path | None = None
    cache: Path = field(default=DEFAULT_CACHE)
    seed: int = DEFAULT_SEED
