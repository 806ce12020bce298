"""Where would the air carry a unit release of an hour?

The puff engine with labels: takes an `Air` and a `Grid`, gives what one becquerel of each
form, released evenly over an hour at a height, leaves in every cell.

Defines the nouns `PuffSettings` (what the engine is told) and `UnitRelease` (what it
answers).  The formulas are told in `oberih.dispersion.kernels.puff`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from oberih.dispersion.deposition import removal
from oberih.dispersion.kernels import puff
from oberih.dispersion.kernels.stamp import INNER_VIRTUAL
from oberih.earth.grid import Grid
from oberih.errors import OutOfRange
from oberih.weather.air import Air

Floats = npt.NDArray[np.float64]
YARD = 10.0  # below it a release is from the ground of the site, not from its building [m]
CASK = (1.0, 2.5)  # initial σy, σz of a release from the ground: a cask some 3 m wide and 6 m high [m]
VIRTUAL_BEYOND = 10  # rings outside the outermost edge that complete a puff's footprint


@dataclass(frozen=True)
class PuffSettings:
    """What the puff engine is told.

    Parameters
    ----------
    puffs_per_hour : int
        Puffs that stand for an hour's release.
    averaging_time : float
        Time over which concentrations are meant [s]; sets the meandering, 600 to 3600.
    longest_step : float
        [s]
    oldest : float
        Age at which a puff is given up and counted as aloft [s].
    building_height, building_width : float
        Of the building whose wake takes a release below 1.5 building heights [m]; 0 for none.
    """

    puffs_per_hour: int = 6
    averaging_time: float = 3600.0
    longest_step: float = 900.0
    oldest: float = 72 * 3600.0
    building_height: float = 0.0
    building_width: float = 0.0


@dataclass(frozen=True)
class UnitRelease:
    """What one becquerel of each form leaves, released over one hour.

    Parameters
    ----------
    tic : float array, shape (forms, cells)
        Time-integrated concentration at the ground [s/m3].
    dry, wet : float array, shape (forms, cells)
        Deposited [1/m2].
    gamma : float array, shape (cells,)
        Exposure to the cloud's photons as if in a semi-infinite cloud [s/m3], of the noble gas form.
    age : float array, shape (cells,)
        Mean age of the plume [s].
    balance : float array, shape (forms, 7)
        Released; deposited dry, wet in the grid; on the site; beyond the grid; left with the
        air; still aloft [1].
    """

    tic: Floats
    dry: Floats
    wet: Floats
    gamma: Floats
    age: Floats
    balance: Floats


@cache
def gamma_mixture() -> puff.Gamma:
    """The mixture of Gaussians that stands for the photon kernel in air."""
    text = resources.files("oberih.dispersion").joinpath("data/gamma_mixture.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return puff.Gamma(np.array(table["weights"], dtype=float), np.array(table["sigmas_m"], dtype=float))


@cache
def mesh_of(grid: Grid) -> puff.Mesh:
    """The grid as the kernels want it, with its virtual rings."""
    index = np.arange(-INNER_VIRTUAL, grid.rings + VIRTUAL_BEYOND)
    radii = grid.inner_radius * grid.ratio ** (index + 0.5)
    areas = np.pi / grid.sectors * grid.inner_radius**2 * (grid.ratio ** (2 * index + 2) - grid.ratio ** (2 * index))
    east = radii[:, None] * np.sin(grid.azimuths)[None, :]
    north = radii[:, None] * np.cos(grid.azimuths)[None, :]
    return puff.Mesh(grid.rings, grid.sectors, grid.inner_radius, float(np.log(grid.ratio)), east, north, areas)


def workspace(grid: Grid) -> puff.Work:
    """Fresh arrays for one thread."""
    slots = grid.cells + grid.sectors * (INNER_VIRTUAL + VIRTUAL_BEYOND)
    return puff.Work(
        np.zeros(puff.STATE), np.zeros(puff.AIR_COLUMNS), np.zeros((len(gamma_mixture().weights), 5)),
        np.zeros(slots, dtype=np.int64), np.zeros(slots), np.zeros((grid.cells, puff.SUMS)),
        np.zeros((4, puff.BALANCE)),
    )  # fmt: skip


def air_table(air: Air) -> Floats:
    """The air as the kernels want it, shape (hours, 16)."""
    rates = removal(air)
    columns = [
        air.east, air.north, air.friction_velocity, air.inverse_obukhov_length, air.mixing_height,
        air.convective_velocity, air.cloud_base,
    ]  # fmt: skip
    table = np.column_stack([*columns, rates.dry, rates.below_cloud, rates.in_cloud])
    bad = np.argwhere(~np.isfinite(np.column_stack([table, air.precipitation])))  # a gap in the rain is not dryness
    if bad.size:
        raise OutOfRange("the air is not complete", field="air", value=f"hour {bad[0][0]}, column {bad[0][1]}")
    return np.ascontiguousarray(table)


def initial_spread(settings: PuffSettings, height: float) -> tuple[float, float]:
    """Initial σy, σz [m]: the building's wake for a low release, else a point.

    Notes
    -----
    ``σy0 = width/4.3``, ``σz0 = height/2.15`` for a release lower than 1.5 building heights,
    fading to a point at 2.5 (common regulatory practice; verified = false).  A release lower
    than `YARD` stands in the open, away from the building, at something the size of a cask.
    """
    if settings.building_height <= 0.0:
        return 1.0, 1.0
    if height < YARD:
        return CASK
    wake = float(np.clip(2.5 - height / settings.building_height, 0.0, 1.0))
    return max(wake * settings.building_width / 4.3, 1.0), max(wake * settings.building_height / 2.15, 1.0)


class Surroundings(Protocol):
    """What of an `Air` decides a settings vector."""

    @property
    def roughness_length(self) -> float:
        """[m]"""

    @property
    def wind_height(self) -> float:
        """[m]"""

    @property
    def latitude(self) -> float:
        """[degrees]"""


def settings_vector(air: Surroundings, settings: PuffSettings, height: float) -> Floats:
    """The settings as the kernels want them; on the equator the wind does not turn with height."""
    sigma_y, sigma_z = initial_spread(settings, height)
    return np.array(
        [air.roughness_length, air.wind_height, float(np.sign(air.latitude)), settings.averaging_time,
         settings.longest_step, settings.oldest, sigma_y, sigma_z]
    )  # fmt: skip


def disperse(air: Air, grid: Grid, *, hour: int, height: float, settings: PuffSettings | None = None) -> UnitRelease:
    """Carry one becquerel of each form, released evenly over one hour.

    Parameters
    ----------
    air : Air
        Hourly.
    grid : Grid
    hour : int
        Index of the hour in ``air`` at which the release begins.
    height : float
        Effective height of the release [m], 0 to 1500.
    settings : PuffSettings, optional

    Raises
    ------
    OutOfRange
        If the hour is outside the air or the height outside its range.

    Notes
    -----
    What is left aloft when the air ends is in the balance, never laid on the ground.
    """
    settings = settings or PuffSettings()
    if not 0 <= hour < len(air):
        raise OutOfRange(f"outside the air's {len(air)} hours", field="hour", value=hour)
    if not 0.0 <= height <= 1500.0:
        raise OutOfRange("outside 0 to 1500 m", field="height", value=height)
    work = workspace(grid)
    vector = settings_vector(air, settings, height)
    table = air_table(air)
    mesh = mesh_of(grid)
    puff.disperse_hour(mesh, work, gamma_mixture(), vector, table, air.cyclic, hour, height, settings.puffs_per_hour)
    return unit_release(work)


def unit_release(work: puff.Work) -> UnitRelease:
    """What a workspace holds after an hour, by name."""
    sums = work.sums
    none = np.zeros((1, len(sums)))
    return UnitRelease(
        tic=sums[:, puff.TIC : puff.TIC + 4].T.copy(),
        dry=np.vstack([none, sums[:, puff.DRY_SUM : puff.DRY_SUM + 3].T]),
        wet=np.vstack([none, sums[:, puff.WET_SUM : puff.WET_SUM + 3].T]),
        gamma=sums[:, puff.GAMMA].copy(),
        age=sums[:, puff.AGED].copy(),
        balance=work.balance.copy(),
    )
