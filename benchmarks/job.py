"""Which job is measured?

Defines the noun `Job`: hourly releases of unit amounts from one height, six puffs an hour, four
forms, 80 x 72 cells to 300 km, in a stochastic year at Zaporizhzhia.  Every figure about the
engine is of this job or of a stated part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.atlas.layout import AtlasPlan
from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import PuffSettings, air_table, gamma_mixture, mesh_of, settings_vector, workspace
from oberih.earth.grid import Grid
from oberih.earth.site import load_site
from oberih.weather.air import Air
from oberih.weather.boundary_layer import air_from_weather
from oberih.weather.climate import climate_year

SITE = "zaporizhzhia"
SEED = 20220304
HEIGHT = 30.0  # [m]
YEAR = 8760  # release hours
ROUGHNESS = 0.1  # [m]


@cache
def air_of(hours: int = YEAR, *, cyclic: bool = True) -> Air:
    """Stochastic air at the site; ``cyclic`` is as `climate_year` makes it unless more than a year is asked."""
    site = load_site(SITE)
    weather = climate_year(site_latitude=site.latitude, site_longitude=site.longitude, seed=SEED, hours=hours)
    return air_from_weather(weather, roughness_length=ROUGHNESS)


@dataclass(frozen=True)
class Job:
    """What the engine's kernels are called with.

    Parameters
    ----------
    mesh, work, gamma : named tuples of `oberih.dispersion.kernels.puff`
    settings, table : float arrays
    cyclic : bool
    puffs : int
        An hour.
    """

    mesh: Any
    work: Any
    gamma: Any
    settings: npt.NDArray[np.float64]
    table: npt.NDArray[np.float64]
    cyclic: bool
    puffs: int

    def run(self, hour: int) -> None:
        """One release hour; its sums are then in ``work``."""
        puff.disperse_hour(
            self.mesh, self.work, self.gamma, self.settings, self.table, self.cyclic, hour, HEIGHT, self.puffs
        )


def whole_job() -> Job:
    """The job, ready to be run hour by hour."""
    air, grid, settings = air_of(), Grid(), PuffSettings()
    vector = settings_vector(air, settings, HEIGHT)
    return Job(
        mesh_of(grid), workspace(grid), gamma_mixture(), vector, air_table(air), air.cyclic, settings.puffs_per_hour
    )


def atlas_plan(hours: int, *, air: Air | None = None, grid: Grid | None = None) -> AtlasPlan:
    """The plan of an atlas of the first ``hours`` of the job."""
    return AtlasPlan(SITE, air or air_of(), grid or Grid(), (HEIGHT,), PuffSettings(), hours)


def sampled_hours(count: int, *, of: int = YEAR) -> list[int]:
    """Release hours spread evenly over the year and over the hours of the day."""
    return [int(h) for h in np.linspace(0, of - 1, count)]
