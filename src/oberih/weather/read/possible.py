"""Could real air have these values?

Where a fill value is not declared as one, or a unit or a packing is wrong, values lie far outside of what the air can
have.  What can be derived from other fields is then set aside and said; what cannot is refused.  Wind, temperature and
pressures are judged where all that is missing is listed (`oberih.weather.volume_levels`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from oberih.errors import InputError

__all__ = ["keep_possible"]

Values = npt.NDArray[np.float32]

NEEDED: dict[str, tuple[float, float, str]] = {
    "geopotential": (-5e4, 9e5, "m2/s2"), "geopotential_height": (-5e3, 9e4, "m"), "height": (-2e4, 9e4, "m"),
    "altitude": (-2e3, 9e4, "m"), "surface_geopotential": (-2e4, 9.5e4, "m2/s2"),
    "relative_humidity": (-0.5, 3.0, "1"),
    **dict.fromkeys(("convective_rain", "convective_snow", "large_scale_rain", "large_scale_snow", "precipitation"),
                    (-1e-4, 0.2, "kg/(m2 s)")),
}  # fmt: skip
"""Least and most of what nothing else gives, and the unit."""

DERIVED: dict[str, tuple[float, float, str]] = {
    "mixing_height": (-50.0, 1e4, "m"), "friction_velocity": (-0.01, 20.0, "m/s"), "cape": (-100.0, 2e4, "J/kg"),
    **dict.fromkeys(("stress_east", "stress_north"), (-200.0, 200.0, "N/m2")),
    "heat_flux_down": (-3e3, 3e3, "W/m2"), "cloud_base": (-500.0, 3e4, "m"),
    **dict.fromkeys(("cloud_water", "cloud_ice"), (-1e-3, 0.1, "kg/kg")), "humidity_2m": (-0.01, 0.1, "kg/kg"),
    "dewpoint_2m": (120.0, 340.0, "K"),
}  # fmt: skip
"""The same of what is derived where it is missing."""


def keep_possible(fields: dict[str, Values], *, file: str, notes: list[str]) -> None:
    """Refuse fields with values that no air has, or set them aside.

    Parameters
    ----------
    fields : dict of float32 array
        By meaning; what is set aside is taken out.
    file : str
        What messages call the files.
    notes : list of str
        Where it is said.

    Raises
    ------
    InputError
    """
    for meaning in [m for m in fields if m in NEEDED or m in DERIVED]:
        low, high, unit = NEEDED.get(meaning) or DERIVED[meaning]
        held = fields[meaning][np.isfinite(fields[meaning])]
        if not held.size or (low <= held.min() and held.max() <= high):
            continue
        span = f"{held.min():.4g} to {held.max():.4g} {unit}"
        if meaning in NEEDED:
            raise InputError("are values that no air has", file=file, field=meaning, value=span,
                             cure="see whether its unit and fill value are right, or leave it out")  # fmt: skip
        notes.append(f"{meaning}: {span} is more than air can have, so it is not used")
        del fields[meaning]
