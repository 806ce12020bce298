"""What is asked of a forecast that stands ready?

Defines the noun `ForecastRequest`, before anything is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from oberih.case.reach.request import DEFAULT_CACHE, DEFAULT_SEED

__all__ = ["ForecastRequest"]


@dataclass(frozen=True)
class ForecastRequest:
    """An atlas of the coming hours, to be kept ready.

    Parameters
    ----------
    site : str
        A known site's name, or the path of a site file.
    source : str
        Of `oberih.weather.live.SOURCES`.
    server : str or None
        Another server with the same folders.
    every : int
        A newer run is taken up after so many hours [h].
    hours : int
        Releases that are answered, from now on [h].
    follow : int
        How long each is followed, if the forecast reaches so far [h].
    particles : int
        A release hour.
    workers : int or None
        Processes; None for one a core.
    scheduler : str or None
        Address of a Dask scheduler in place of processes.
    cache : Path
    seed : int
    perturbed : int or None
        Courses of the weather, the one as forecast among them, drawn around it; None for that one only.
    members : str or None
        Of the source's ensemble, beside the single forecast: ``all``, or numbers such as ``1-10``; None for none.
    course_particles : int or None
        A release hour and height of a further course; None for as many as of the first.
    """

    site: str
    source: str = "gfs"
    server: str | None = None
    every: int = 6
    hours: int = 72
    follow: int = 48
    particles: int = 3840
    workers: int | None = None
    scheduler: str | None = None
    cache: Path = DEFAULT_CACHE
    seed: int = DEFAULT_SEED
    perturbed: int | None = None
    members: str | None = None
    course_particles: int | None = None
