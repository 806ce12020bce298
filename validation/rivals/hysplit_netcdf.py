"""What does HYSPLIT's netCDF (of ``con2cdf4``) say?

A variable a pollutant on (time, levels, latitude, longitude), ``levels`` the tops of layers, ``time`` the end of each
interval with ``time_bnds``, whose days since 1970 have no unit of their own.

Source: con2cdf4.f of HYSPLIT 5 (NOAA ARL).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.gridded import Gridded
from validation.rivals.hysplit import Parts
from validation.rivals.netcdf_rim import opened, regular, seconds

WHOLE = ("time", "levels", "latitude", "longitude")


def read_hysplit_netcdf(path: Path) -> Gridded:
    """Read a file, all pollutants and levels.

    Raises
    ------
    InputError
        If it is damaged, or something else.
    """
    return opened(path, _read)


def is_hysplit(file: Any) -> bool:
    """Whether an opened file looks so."""
    return {*WHOLE, "origins"} <= set(file.dimensions)


def _read(file: Any, path: Path) -> Gridded:
    names = [n for n, v in file.variables.items() if v.dimensions == WHOLE]
    if not is_hysplit(file) or not names:
        raise InputError("is not of HYSPLIT's con2cdf4", file=path, value=", ".join(file.dimensions))
    lat, lon = (regular(file[n][:], path, n) for n in ("latitude", "longitude"))
    bounds = seconds(file, "time_bnds", path, unit=str(file["time"].units))
    parts = Parts(
        path, str(getattr(file, "title", "")).strip() or "unknown", float(lat[0]), float(lon[0]),
        float(lat[1] - lat[0]), float(lon[1] - lon[0]), len(lat), len(lon),
        tuple(int(v) for v in file["levels"][:]), tuple(names), bounds[:, 0].tolist(), bounds[:, 1].tolist(),
    )  # fmt: skip
    parts.check_size()
    fields = np.stack([np.asarray(file[n][:], dtype=float) for n in names])
    parts.values.extend(fields[:, t] for t in range(fields.shape[1]))
    return parts.gridded()
