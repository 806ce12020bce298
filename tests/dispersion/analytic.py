"""What would an exact plume in a steady wind be?

The same growth laws as the engine's, integrated here on their own: fine steps along the path,
no puffs, no stamps, no clock.  Two limits: the slender plume (nothing spreads along the wind),
and the continuous row of round puffs, which is what an infinity of infinitely close puffs gives.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

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
from oberih.dispersion.kernels.vertical import ground_density, shape_factor
from oberih.earth.grid import Grid
from oberih.weather.air import Air
from tests.dispersion.airs import Floats


@dataclass(frozen=True)
class Path:
    """A plume along its axis: crosswind integral [s/m2], lateral variance [m2], age [s], at each distance."""

    integral: Floats
    variance: Floats
    age: Floats


class Steady:
    """A plume of `height` in the first hour of an air, averaged over an hour."""

    def __init__(self, air: Air, height: float) -> None:
        self.height, self.roughness = height, air.roughness_length
        self.friction, self.inverse = float(air.friction_velocity[0]), float(air.inverse_obukhov_length[0])
        self.lid, self.convective = float(air.mixing_height[0]), float(air.convective_velocity[0])
        self.reference, self.wind = air.wind_height, math.hypot(air.east[0], air.north[0])

    def rates(self, var_y: float, var_z: float, age: float) -> tuple[float, float, float]:
        """Growth of both variances [m2/s] and the wind that carries [m/s]."""
        sigma_z = math.sqrt(var_z)
        share = eddy_share(3600.0, self.convective, self.lid)
        rate_y = slow_lateral_growth(
            age, 3600.0, CONVECTIVE_LATERAL * share * self.convective, self.convective, self.lid
        )
        local = LATERAL_OVER_FRICTION * self.friction
        rate_y += local_lateral_growth(self.height, sigma_z, math.sqrt(var_y), self.friction, local, self.lid)
        rate_z = vertical_growth(self.height, sigma_z, self.friction, self.inverse, self.convective, self.lid)
        z = min(
            math.hypot(0.6 * math.sqrt(2 / math.pi) * sigma_z, self.height), 0.5 * (self.lid + self.height), self.lid
        )
        ratio = min(max(wind_ratio(z, self.reference, self.roughness, self.inverse), 0.3), 4.0)
        return rate_y, rate_z if var_z < self.lid**2 else 0.0, self.wind * ratio

    def path(self, distances: Floats) -> Path:
        """At ascending ``distances`` [m], by the midpoint rule in steps of 1 %."""
        var_y = var_z = 1.0
        age = x = 0.0
        rows = []
        for distance in distances:
            while x < distance - 1e-9:
                step = min(max(0.01 * x, 0.5), distance - x)
                rate_y, rate_z, wind = self.rates(var_y, var_z, age)
                half = 0.5 * step / wind
                rate_y, rate_z, wind = self.rates(
                    var_y + half * rate_y, min(var_z + half * rate_z, self.lid**2), age + half
                )
                dt = step / wind
                var_y, var_z = var_y + rate_y * dt, min(var_z + rate_z * dt, self.lid**2)
                age, x = age + dt, x + step
            rows.append((self.density(math.sqrt(var_z)) / self.rates(var_y, var_z, age)[2], var_y, age))
        return Path(*np.array(rows).T)

    def density(self, sigma_z: float) -> float:
        """At the ground [1/m]."""
        exponent = shape_exponent(sigma_z, self.roughness, self.inverse, self.lid)
        return float(
            ground_density(self.height, sigma_z, self.lid) * shape_factor(self.height, sigma_z, self.lid, exponent)
        )


def slender_plume(air: Air, grid: Grid, height: float) -> tuple[Floats, Floats]:
    """Time-integrated concentration on the axis [s/m3] and crosswind integral [s/m2], by ring.

    On the axis it is that of a cell: the plume's lateral variance plus a twelfth of the cell's width squared.
    """
    path = Steady(air, height).path(grid.radii)
    variance = path.variance + (grid.radii * np.log(grid.ratio)) ** 2 / 12.0
    return path.integral / np.sqrt(2.0 * np.pi * variance), path.integral


def row_of_puffs(air: Air, grid: Grid, height: float) -> Floats:
    """Time-integrated concentration [s/m3] in every cell for a wind towards north, shape (rings, sectors)."""
    x = np.concatenate([np.arange(2.0, 100.0, 2.0), np.geomspace(100.0, 1.6e5, 2200)])
    path = Steady(air, height).path(x)
    variance = path.variance + (np.maximum(x, grid.inner_radius) * np.log(grid.ratio)) ** 2 / 12.0
    amount = path.integral * np.gradient(x) / (2.0 * np.pi * variance)
    east, north = grid.xy[:, :, 0], grid.xy[:, :, 1]
    total = np.zeros(east.shape)
    for i in range(len(x)):
        total += amount[i] * np.exp(-0.5 * (east**2 + (north - x[i]) ** 2) / variance[i])
    return total


def ring_sums(field: Floats, grid: Grid) -> Floats:
    """Integral along each ring [field times m]."""
    width = 2.0 * np.pi / grid.sectors * grid.radii
    return np.asarray(field.reshape(grid.rings, grid.sectors).sum(axis=1) * width)
