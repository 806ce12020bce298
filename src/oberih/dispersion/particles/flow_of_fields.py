"""From fields of the air to what particles meet.

Takes `Fields`, gives a `Flow`: winds interpolated onto levels whose distance grows with height, in cells a second; the
boundary layer, deposition, scavenging, cloud and convection beside them.  The vertical wind is changed as little as
lets the air nearly add up between those levels.  One time after the other, so that no more is held than the fields,
the flow and a single time or two.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.dispersion.deposition import deposition_velocities, scavenging
from oberih.dispersion.kernels.particles import step as kernel
from oberih.dispersion.kernels.particles.columns import lay_out
from oberih.dispersion.kernels.particles.continuity import REACH, make_up
from oberih.dispersion.particles.flow import Flow
from oberih.weather.fields import Fields

__all__ = ["flow_of_fields"]

Array = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

LEVELS = 40
FIRST, BENT = 10.0, 6.5
"""Level k lies at 10 k + 6.5 k² [m]: 16 m, 46 m, 88 m … 10.3 km."""

POLE = 0.01
"""Where a row's cells are narrower than this beside the widest, as at a pole, the air is not made to add up."""


def flow_of_fields(fields: Fields, *, lapse: float = 1.0e-4) -> Flow:
    """Lay fields out for particles.

    Parameters
    ----------
    fields : Fields
    lapse : float
        -d ln(density)/dz [1/m]: 1e-4 is that of an air of 10 km scale height.
    """
    dx, dy = fields.metres_a_cell()
    heights = FIRST * np.arange(LEVELS) + BENT * np.arange(LEVELS) ** 2.0
    shape = fields.mixing_height.shape
    wind = np.zeros((*shape, LEVELS, 4), dtype=np.float32)
    surface = np.zeros((*shape, kernel.SURFACE), dtype=np.float32)
    rate, top = stirring(fields.convective_rate, np.minimum(fields.convective_top, heights[-1]))
    for t in range(shape[0]):
        lay_out(
            fields.height[t], fields.east[t], fields.north[t], fields.up[t], 1.0 / dx, 1.0 / dy, heights,
            fields.roughness_length, wind[t],
        )  # fmt: skip
        if dx.min() > POLE * dx.max():
            make_up(wind[t], fields.density[t] * (dx / dx.max())[:, None], heights, lapse, REACH)
        wind[t, :, :, 0::2, 3], wind[t, :, :, 1::2, 3] = rate[t, :, :, None], top[t, :, :, None]
        _surface(fields, t, surface[t])
        surface[t, ..., kernel.CELLS_X] = (1.0 / dx)[:, None]
    return Flow(int(fields.time[0]), fields.step, wind, surface, FIRST, BENT, 1.0 / dy, lapse)


def stirring(rate: Array, top: Array) -> tuple[Array, Array]:
    """Rate and top of convection, so that between two times the rate fades and the top stays.

    Where it does not stir, the top is that of the time before or after: what is linear in time would otherwise stir
    a lower layer as it fades.

    Parameters
    ----------
    rate, top : float array, shape (t, y, x)
        [1/s], [m]
    """
    own = np.where(rate > 0.0, top, 0.0)
    known = own.copy()
    known[1:] = np.maximum(known[1:], own[:-1])
    known[:-1] = np.maximum(known[:-1], own[1:])
    return rate, np.where(rate > 0.0, top, known)


def _surface(fields: Fields, t: int, out: Singles) -> None:
    """Columns of `oberih.dispersion.kernels.particles.step` for every cell of a time."""
    friction, inverse = fields.friction_velocity[t], fields.inverse_obukhov_length[t]
    out[..., kernel.MIXING] = fields.mixing_height[t]
    out[..., kernel.FRICTION] = friction
    out[..., kernel.INVERSE_LENGTH] = inverse
    out[..., kernel.CONVECTIVE2] = fields.convective_velocity[t] ** 2
    out[..., kernel.DRY : kernel.DRY + 3] = deposition_velocities(
        friction, inverse, wind_height=10.0, roughness_length=fields.roughness_length
    )
    below, within = scavenging(np.nan_to_num(fields.precipitation[t], nan=0.0))
    out[..., kernel.BELOW : kernel.BELOW + 3], out[..., kernel.IN_CLOUD : kernel.IN_CLOUD + 3] = below, within
    out[..., kernel.BASE], out[..., kernel.TOP] = fields.cloud_base[t], fields.cloud_top[t]
