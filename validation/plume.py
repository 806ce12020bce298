"""What does the product's own growth say a steady plume becomes?

The kernels that grow the product's puffs, integrated along the path of a steady plume: the
puffs of a constant wind, an infinity of them, without their grid.  Only what a field
experiment adds is told here: a sampler above the ground, and turbulence that was measured.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from oberih.constants import VON_KARMAN
from oberih.dispersion.kernels.profile import wind_ratio
from oberih.dispersion.kernels.turbulence import (
    CONVECTIVE_LATERAL,
    LATERAL_OVER_FRICTION,
    eddy_share,
    local_lateral_growth,
    shape_exponent,
    slow_lateral_growth,
    vertical_growth,
)
from oberih.dispersion.kernels.vertical import shape_constants
from validation.experiment import ROUGHNESS, WIND_HEIGHT, Run

AVERAGING_TIME = 600.0  # [s]
CONVECTIVE_SHARE = 0.5
"""Of the measured convective deviation that spreads the plume [1].  Empirical, chosen on the Prairie
Grass runs at hand and not derived: 0.4 to 0.7 stay within the tolerance there, 1 does not (the
report prints it).  It enters only where turbulence was measured; the product itself has no such factor."""
POINT = 1.0e-4  # initial variance [m2]
MEAN_OVER_SIGMA = 0.79788456  # mean height of a half Gaussian over its deviation [1]
ROOT_TWO_PI = 2.5066282746310002


@dataclass(frozen=True)
class Lateral:
    """Lateral turbulence: of eddies of the plume's own height, and of the convective layer [m/s]."""

    local: float
    convective: float


@dataclass(frozen=True)
class Predicted:
    """A plume at a distance: maximum [s/m3] and crosswind integral [s/m2] per unit release, deviations [m]."""

    maximum: float
    integral: float
    sigma_y: float
    sigma_z: float


def convective_velocity(run: Run) -> float:
    """w* [m/s]: ``u* (h / (κ |L|))^(1/3)``; 0 when stable."""
    depth = -run.mixing_height * run.inverse_length
    return run.friction * (depth / VON_KARMAN) ** (1.0 / 3.0) if depth > 0.0 else 0.0


def routine_turbulence(run: Run) -> Lateral:
    """As the product assumes it when nobody measured the turbulence."""
    convective = convective_velocity(run)
    share = eddy_share(AVERAGING_TIME, convective, run.mixing_height)
    return Lateral(LATERAL_OVER_FRICTION * run.friction, CONVECTIVE_LATERAL * share * convective)


def measured_turbulence(run: Run, *, convective_share: float = CONVECTIVE_SHARE) -> Lateral:
    """From the deviation of the azimuth: all of it local, except what convection adds to the mechanical part.

    Notes
    -----
    ``σv = σ_θ u``.  In unstable air the mechanical part is the product's ``1.43 u*``, the convective
    one the rest, at least half of σv.
    """
    lateral = run.sigma_azimuth * run.wind
    if run.inverse_length >= 0.0:
        return Lateral(lateral, 0.0)
    mechanical = LATERAL_OVER_FRICTION * run.friction
    rest = math.sqrt(max(lateral**2 - mechanical**2, (0.5 * lateral) ** 2))
    return Lateral(mechanical, convective_share * rest)


def follow_plume(run: Run, distances: Sequence[float], lateral: Lateral) -> list[Predicted]:
    """The plume at ascending ``distances`` [m]; steps of 2 % of the path."""
    var_y = var_z = POINT
    age = x = 0.0
    predicted = []
    for distance in distances:
        while x < distance - 1e-9:
            step = min(max(0.02 * x, 0.02), distance - x)
            dt = step / transport(run, math.sqrt(var_z))
            rate_y, rate_z = growth(run, var_y, var_z, age + 0.5 * dt, lateral)
            var_y, var_z = var_y + rate_y * dt, var_z + rate_z * dt
            age, x = age + dt, x + step
        predicted.append(at_samplers(run, math.sqrt(var_y), math.sqrt(var_z)))
    return predicted


def growth(run: Run, var_y: float, var_z: float, age: float, lateral: Lateral) -> tuple[float, float]:
    """Rates of growth of σy² and σz² [m2/s]."""
    sigma_y, sigma_z, height, lid = math.sqrt(var_y), math.sqrt(var_z), run.release_height, run.mixing_height
    scale = convective_velocity(run)
    rate_y = local_lateral_growth(height, sigma_z, sigma_y, run.friction, lateral.local, lid)
    rate_y += slow_lateral_growth(age, AVERAGING_TIME, lateral.convective, scale, lid)
    return rate_y, vertical_growth(height, sigma_z, run.friction, run.inverse_length, scale, lid)


def transport(run: Run, sigma_z: float) -> float:
    """Wind that carries the plume [m/s], at the height at which the product takes it."""
    z = math.hypot(0.6 * MEAN_OVER_SIGMA * sigma_z, run.release_height)
    return run.wind * float(wind_ratio(z, WIND_HEIGHT, ROUGHNESS, run.inverse_length))


def at_samplers(run: Run, sigma_y: float, sigma_z: float) -> Predicted:
    """Concentration on the plume's axis at the samplers' height."""
    integral = density(run, sigma_z) / transport(run, sigma_z)
    return Predicted(integral / (ROOT_TWO_PI * sigma_y), integral, sigma_y, sigma_z)


def density(run: Run, sigma_z: float) -> float:
    """Vertical density [1/m] at the samplers: the similarity profile, a reflected Gaussian while off the ground."""
    exponent = shape_exponent(sigma_z, ROUGHNESS, run.inverse_length, run.mixing_height)
    a, b = shape_constants(exponent)
    mean = MEAN_OVER_SIGMA * sigma_z
    z, height = run.sampler_height, run.release_height
    similar = a / mean * math.exp(-((b * z / mean) ** exponent))
    reflected = math.exp(-0.5 * ((z - height) / sigma_z) ** 2) + math.exp(-0.5 * ((z + height) / sigma_z) ** 2)
    near = math.exp(-0.5 * (height / sigma_z) ** 2)
    return float(near * similar + (1.0 - near) * reflected / (ROOT_TWO_PI * sigma_z))
