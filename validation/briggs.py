"""What would a plain Gaussian plume with Briggs' open-country curves say?  A peer to compare with.

Sources: Briggs (1973), ATDL-79, open country; stability class by Golder (1972), Boundary-Layer
Meteorol. 3, 47, limits in 1/L for the smoothest surface as commonly read off his figure
(verified = false).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from validation.experiment import Run
from validation.plume import Predicted

LIMITS = ((-1 / 8, "A"), (-1 / 15, "B"), (-1 / 50, "C"), (1 / 60, "D"), (1 / 20, "E"), (math.inf, "F"))
"""Each class up to this 1/L [1/m]."""
LATERAL = {"A": 0.22, "B": 0.16, "C": 0.11, "D": 0.08, "E": 0.06, "F": 0.04}  # σy = a x / √(1 + x/10 km)
VERTICAL = {
    "A": (0.20, 0.0, 0.0),
    "B": (0.12, 0.0, 0.0),
    "C": (0.08, 2.0e-4, 0.5),
    "D": (0.06, 1.5e-3, 0.5),
    "E": (0.03, 3.0e-4, 1.0),
    "F": (0.016, 3.0e-4, 1.0),
}
"""σz = a x / (1 + b x)^p: a [1], b [1/m], p [1]."""


def stability_class(inverse_length: float) -> str:
    """Pasquill's class."""
    return next(name for limit, name in LIMITS if inverse_length < limit)


def briggs_plume(run: Run, distances: Sequence[float]) -> list[Predicted]:
    """The plume at ``distances`` [m], carried by the wind as it was measured."""
    name = stability_class(run.inverse_length)
    return [_at(run, x, name) for x in distances]


def _at(run: Run, x: float, name: str) -> Predicted:
    a, b, p = VERTICAL[name]
    sigma_y = LATERAL[name] * x / math.sqrt(1.0 + 1.0e-4 * x)
    sigma_z = a * x / (1.0 + b * x) ** p
    z, h = run.sampler_height, run.release_height
    direct = math.exp(-0.5 * ((z - h) / sigma_z) ** 2)
    reflected = math.exp(-0.5 * ((z + h) / sigma_z) ** 2)
    integral = (direct + reflected) / (math.sqrt(2.0 * math.pi) * sigma_z * run.wind)
    return Predicted(integral / (math.sqrt(2.0 * math.pi) * sigma_y), integral, sigma_y, sigma_z)
