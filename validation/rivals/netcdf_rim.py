"""How is a stranger's netCDF output opened, and its time told?  Damage is one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.gridded import Gridded

DAMAGE = (OSError, ValueError, RuntimeError, KeyError, IndexError, TypeError, AttributeError, OverflowError)


def opened(path: Path, read: Callable[[Any, Path], Gridded]) -> Gridded:
    """What a function makes of an opened file.

    Raises
    ------
    InputError
        If it is missing, damaged, or not what the function takes it for.
    """
    import netCDF4

    if not path.is_file():
        raise InputError("no such file", file=path)
    try:
        with netCDF4.Dataset(path) as file:
            file.set_auto_mask(False)
            return read(file, path)
    except InputError:
        raise
    except DAMAGE as error:
        raise InputError(f"cannot be read: {str(error).strip() or type(error).__name__}", file=path) from error


def seconds(file: Any, name: str, path: Path, *, unit: str = "") -> Any:
    """A variable of times as seconds since 1970.

    Raises
    ------
    InputError
        If it is missing, or is not in the standard calendar.
    """
    import cftime

    if name not in file.variables:
        raise InputError("is missing", file=path, field=name)
    variable = file[name]
    calendar = getattr(variable, "calendar", "standard")
    if calendar not in ("standard", "gregorian", "proleptic_gregorian"):
        raise InputError("is in another calendar", file=path, field=name, value=calendar)
    values = np.asarray(variable[:], dtype=float)
    if not np.isfinite(values).all():
        raise InputError("holds what is not a time", file=path, field=name)
    unit = unit or str(variable.units)
    dates = cftime.num2date(values, unit, "proleptic_gregorian")
    return np.rint(cftime.date2num(dates, "seconds since 1970-01-01", "proleptic_gregorian")).astype(np.int64)


def regular(values: Any, path: Path, name: str) -> Any:
    """An evenly spaced axis.

    Raises
    ------
    InputError
        If it is not.
    """
    axis = np.asarray(values, dtype=float)
    steps = np.diff(axis)
    if axis.ndim != 1 or len(axis) < 2 or not np.isfinite(axis).all() or steps[0] == 0:
        raise InputError("is no axis of a grid", file=path, field=name)
    if np.abs(steps - steps[0]).max() > 1e-3 * abs(steps[0]):
        raise InputError("is not evenly spaced", file=path, field=name)
    return axis
