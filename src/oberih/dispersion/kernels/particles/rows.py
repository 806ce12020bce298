"""Where does what stands in a block of particles, in the fields that they meet, and in the scratch array?"""

from __future__ import annotations

from oberih.dispersion.kernels.particles.lanes import FIRST_FREE

# Rows of a block of particles.
X, Y, Z, TURN_X, TURN_Y, TURN_Z, SLOW_X, SLOW_Y, WIND_X, WIND_Y, WEIGHT, KEPT = range(12)
"""Position; turbulent velocities over their deviation; the wind of the step before; the share of the release that a
particle stands for, and from row KEPT on what is left of it in each form that deposits."""

FORMS = 3
"""Aerosol, elemental iodine, organic iodine."""

ROWS = KEPT + FORMS

# Columns of the surface fields, side by side for each cell, sixteen for a line of memory.
MIXING, FRICTION, INVERSE_LENGTH, CONVECTIVE2, DRY, BELOW, IN_CLOUD, BASE, TOP, CELLS_X = (
    0,
    1,
    2,
    3,
    4,
    7,
    10,
    13,
    14,
    15,
)
SURFACE = 16

# Rows of the scratch array.
_P = FIRST_FREE
_U, _V, _W = _P + ROWS, _P + ROWS + 1, _P + ROWS + 2
_RATE, _STIRRED = _W + 1, _W + 2
_S = _STIRRED + 1
_K = _S + SURFACE
LOST = _K + 1
"""What each form lost in the step, dry and wet."""
WET = LOST + FORMS
"""How much of it rain took."""
SCRATCH = WET + FORMS
"""Rows of the scratch array."""
_CORNERS, _BETWEEN = LOST, LOST + 4
"""While it is looked up what is there, the weights of a particle's corners, and how far it is to the level above."""
