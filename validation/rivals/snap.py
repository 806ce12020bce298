"""What does SNAP's netCDF output say?

MET Norway's Severe Nuclear Accident Programme writes ``X_concentration`` (of the moment), ``X_acc_concentration`` (Bq
hr/m3 since the start), ``X_acc_dry_deposition`` and ``X_acc_wet_deposition`` (Bq/m2) on (time, y, x), with
``longitude``, ``latitude`` and ``cell_area`` on (y, x): rotated, Lambert and regular grids alike. Means over an
interval are differences of ``X_acc_concentration``; where that is missing, the values are of moments. The
concentration is that of SNAP's lowest layer, whose depth the file does not hold: it is taken as 0 to 30 m and said.

Source: SNAP, src/common/fldout_nc.f90 (github.com/metno/snap, commit 275cbed2).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.gridded import Gridded
from validation.rivals.netcdf_rim import opened, seconds

LOWEST_LAYER = 30.0
"""Depth of the layer [m]; verified = false."""
ACCUMULATED, MOMENT = "_acc_concentration", "_concentration"


def read_snap(path: Path) -> Gridded:
    """Read a file of SNAP: all components.

    Raises
    ------
    InputError
        If it is damaged, or in a unit that is not known.
    """
    return opened(path, _read)


def is_snap(file: Any) -> bool:
    """Whether an opened file looks so."""
    return {"time", "x", "y"} <= set(file.dimensions) and any(n.endswith(MOMENT) for n in file.variables)


def _read(file: Any, path: Path) -> Gridded:
    if not is_snap(file):
        raise InputError("is not SNAP's netCDF output", file=path, value=", ".join(file.dimensions))
    accumulated = sorted(n for n in file.variables if n.endswith(ACCUMULATED) and not n.startswith("total"))
    moments = sorted(n for n in file.variables if n.endswith(MOMENT) and not n.endswith(ACCUMULATED))
    names = [n.removesuffix(ACCUMULATED) for n in accumulated] or [
        n.removesuffix(MOMENT) for n in moments if not n.startswith(("total", "max_"))
    ]
    end = seconds(file, "time", path)
    notes = [f"layer: SNAP's lowest, taken as 0 to {LOWEST_LAYER:g} m"]
    if accumulated:
        start, air = _means(file, path, accumulated, end)
    else:
        start, air = end, np.stack([_field(file, path, n + MOMENT, ("Bq/m3", "Bq m-3")) for n in names])
        notes.append("concentration: of moments")
    dry, wet = (
        _deposit(file, path, [f"{n}_acc_{kind}_deposition" for n in names], len(end)) for kind in ("dry", "wet")
    )
    lat, lon = (np.asarray(file[n][:], dtype=float) for n in ("latitude", "longitude"))
    area = np.asarray(file["cell_area"][:], dtype=float)
    flip = slice(None, None, -1 if lat[0, 0] > lat[-1, 0] else 1)
    return Gridded(
        "SNAP", "Bq", start, end, lat[flip], lon[flip], np.zeros(1), np.array([LOWEST_LAYER]), tuple(names),
        air[:, :, None, flip], None if dry is None else dry[:, :, flip], None if wet is None else wet[:, :, flip],
        area[flip], tuple(notes),
    ).checked(path)  # fmt: skip


def _means(file: Any, path: Path, names: list[str], end: Any) -> tuple[Any, Any]:
    """Interval means of what is summed up since the time that the file counts from."""
    sums = np.stack([_field(file, path, n, ("Bq*hr/m3", "Bq hr m-3", "Bq*h/m3")) for n in names])
    first = end[0] - round(float(file["time"][0]) * 3600.0)
    start = np.concatenate([[min(first, end[0])], end[:-1]])
    hours = np.maximum((end - start) / 3600.0, 1e-9)[:, None, None]
    steps = np.diff(sums, axis=1, prepend=np.zeros_like(sums[:, :1]))
    if (steps < -1e-5 * np.abs(sums)).any() or (start[0] == end[0] and sums[:, 0].any()):
        raise InputError("sinks, or begins before its start, though it is summed up", file=path, field=names[0])
    return start, np.maximum(steps, 0.0) / hours


def _deposit(file: Any, path: Path, names: list[str], times: int) -> Any:
    if not any(n in file.variables for n in names):
        return None
    shape = (times, file.dimensions["y"].size, file.dimensions["x"].size)
    return np.stack([
        _field(file, path, n, ("Bq/m2", "Bq m-2")) if n in file.variables else np.zeros(shape) for n in names
    ])  # fmt: skip


def _field(file: Any, path: Path, name: str, units: tuple[str, ...]) -> Any:
    variable = file[name]
    if variable.dimensions != ("time", "y", "x"):
        raise InputError("stands on other axes", file=path, field=name, value=", ".join(variable.dimensions))
    if str(variable.units).strip() not in units:
        raise InputError("is in another unit", file=path, field=name, value=variable.units, cure=f"{units[0]} is read")
    return np.asarray(variable[:], dtype=float)
