"""Where does Parcels, the ocean's Lagrangian framework, carry the same points in the same winds?

Run in a Python of its own that ``OBERIH_PARCELS`` names (``python -m venv …; pip install parcels``): Parcels is never a
dependency of the project.  Its degree is 60 nautical miles, 111,120 m; that of the reference 111,195 m (0.07 %).
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.trajectory import LEVELS, Winds

INSTALL = "python -m venv FOLDER; FOLDER/bin/pip install parcels==4.0.2; OBERIH_PARCELS=FOLDER/bin/python"


def python() -> str | None:
    """The Python that has Parcels, or None."""
    named = os.environ.get("OBERIH_PARCELS", "")
    return named if named and Path(named).is_file() else None


def parcels_places(winds: Winds, start: int, places: Any, folder: Path, *, hours: int) -> tuple[Any, str] | None:
    """Places after every hour: latitude, longitude [°], height [m], shape (hours, n, 3), and Parcels' version; or None.

    Raises
    ------
    InputError
        If it is there and does not end well.
    """
    other = python()
    if other is None:
        return None
    job = [str(v) for row in places for v in row]
    command = [
        other,
        "-W",
        "ignore",
        str(Path(__file__).with_name("parcels_job.py")),
        str(_written(winds, start, folder)),
    ]
    done = subprocess.run([*command, str(hours), *job], capture_output=True, text=True, check=False)
    try:
        told = json.loads(done.stdout.splitlines()[-1])
        return np.array(told["places"]), str(told["version"])
    except (ValueError, IndexError, KeyError) as error:
        said = " ".join(done.stderr.split())[-160:]
        raise InputError("Parcels did not end well", field="OBERIH_PARCELS", value=said, cure=INSTALL) from error


def _written(winds: Winds, start: int, folder: Path) -> Path:
    import netCDF4

    path, kept = folder / "winds.nc", winds.hours >= start
    with netCDF4.Dataset(path, "w") as file:
        for name, values, unit, letter in (
            ("time", winds.hours[kept], "seconds since 1970-01-01", "T"), ("depth", LEVELS, "m", "Z"),
            ("latitude", winds.lat, "degrees_north", "Y"), ("longitude", winds.lon, "degrees_east", "X"),
        ):  # fmt: skip
            file.createDimension(name, len(values))
            axis = file.createVariable(name, "f8", (name,))
            axis.units, axis.axis, axis[:] = unit, letter, values
        file["depth"].positive = "down"
        for n, name in enumerate("UVW"):
            variable = file.createVariable(name, "f4", ("time", "depth", "latitude", "longitude"))
            variable.units, variable[:] = "m s-1", winds.table[kept][..., n]
    return path
