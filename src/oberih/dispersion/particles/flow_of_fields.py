"""From fields of the air to what particles meet.

Takes `Fields`, gives a `Flow`: winds interpolated onto levels whose distance grows with height, in cells a second; the
boundary layer, deposition and scavenging beside them.  Below the lowest level the wind follows the logarithmic profile.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.dispersion.deposition import deposition_velocities, scavenging
from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.particles.flow import Flow
from oberih.weather.fields import Fields

__all__ = ["flow_of_fields"]

Array = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

LEVELS = 40
FIRST, BENT = 10.0, 6.5
"""Level k lies at 10 k + 6.5 k² [m]: 16 m, 46 m, 88 m … 10.3 km."""

CLOUD = (1000.0, 4000.0)
"""Base and top of the cloud that rains, where nobody says [m]; verified = false."""


def flow_of_fields(fields: Fields, *, lapse: float = 1.0e-4) -> Flow:
    """Lay fields out for particles.

    Parameters
    ----------
    fields : Fields
    lapse : float
        -d ln(density)/dz [1/m]: 1e-4 is that of an air of 10 km scale height.
    """
    shape = (*fields.mixing_height.shape, LEVELS, 4)
    wind = np.zeros(shape, dtype=np.float32)
    dx, dy = fields.metres_a_cell()
    heights = FIRST * np.arange(LEVELS) + BENT * np.arange(LEVELS) ** 2.0
    for t in range(len(fields.time)):
        for c, values in enumerate((fields.east[t] / dx[:, None], fields.north[t] / dy, fields.up[t])):
            column = _at_heights(values, fields.height[t], heights, fields.roughness_length, rises=c == 2)
            wind[t, ..., c] = np.moveaxis(column, 0, -1)
    return Flow(
        int(fields.time[0]), fields.step, wind, _surface(fields, dx), FIRST, BENT, 1.0 / dy, lapse
    )  # fmt: skip


def _at_heights(values: Array, height: Array, wanted: Array, roughness: float, *, rises: bool) -> Array:
    """Columns of (levels, y, x) at wanted heights, linear between levels.

    Below the lowest level the horizontal wind falls off as a logarithm, the vertical one in proportion to height.
    """
    out = np.empty((len(wanted), *values.shape[1:]))
    last = len(values) - 1
    for k, z in enumerate(wanted):
        upper = np.clip((height < z).sum(axis=0), 1, last)
        low, high = (np.take_along_axis(height, i[None], axis=0)[0] for i in (upper - 1, upper))
        a, b = (np.take_along_axis(values, i[None], axis=0)[0] for i in (upper - 1, upper))
        share = np.clip((z - low) / np.maximum(high - low, 1e-3), 0.0, 1.0)
        out[k] = a + share * (b - a)
        if rises:
            out[k] *= np.clip(z / np.maximum(height[0], 1e-3), 0.0, 1.0)
        else:
            fall = np.log(max(z, 2.0 * roughness) / roughness) / np.log(np.maximum(height[0] / roughness, 2.0))
            out[k] *= np.where(z < height[0], np.clip(fall, 0.0, 1.0), 1.0)
    return out


def _surface(fields: Fields, dx: Array) -> Singles:
    """Columns of `oberih.dispersion.kernels.particles.step` for every time and cell."""
    out = np.zeros((*fields.mixing_height.shape, kernel.SURFACE), dtype=np.float32)
    out[..., kernel.MIXING] = fields.mixing_height
    out[..., kernel.FRICTION] = fields.friction_velocity
    out[..., kernel.INVERSE_LENGTH] = fields.inverse_obukhov_length
    out[..., kernel.CONVECTIVE2] = fields.convective_velocity**2
    out[..., kernel.DRY : kernel.DRY + 3] = deposition_velocities(
        fields.friction_velocity, fields.inverse_obukhov_length, wind_height=10.0,
        roughness_length=fields.roughness_length,
    )  # fmt: skip
    below, within = scavenging(np.nan_to_num(fields.precipitation, nan=0.0))
    out[..., kernel.BELOW : kernel.BELOW + 3], out[..., kernel.IN_CLOUD : kernel.IN_CLOUD + 3] = below, within
    out[..., kernel.BASE], out[..., kernel.TOP] = CLOUD
    out[..., kernel.CELLS_X] = (1.0 / dx)[None, :, None]
    return out
