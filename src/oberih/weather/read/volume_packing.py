"""Do the numbers of a netCDF variable mean what its packing says?

Values are packed as whole numbers with a scale and an offset; places that nobody wrote hold a fill value.  Both are in
attributes that anybody can write: a scale of 0 makes one value of a whole field, and text makes none.

Source: NetCDF Users Guide, Appendix A (attribute conventions) and netcdf.h (default fill values).
"""

from __future__ import annotations

import math
from typing import Any

import netCDF4
import numpy as np

from oberih.errors import InputError

__all__ = ["PACKING", "refuse_packing", "unwritten_of"]

PACKING = ("scale_factor", "add_offset")
CURE = "write the file anew, or leave the field out"


def refuse_packing(variable: Any, name: str, file: str) -> None:
    """Refuse a variable whose values are no numbers, or are none after unpacking.

    Parameters
    ----------
    variable : xarray.DataArray
        As it was opened.
    name, file : str
        What messages call them.

    Raises
    ------
    InputError
    """
    packed = np.dtype(variable.encoding.get("dtype", variable.dtype))
    if packed.kind not in "fiu" or variable.dtype.kind not in "fiu":
        raise InputError("holds no numbers", file=file, field=name, value=str(packed), cure=CURE)
    for key, fits in zip(PACKING, (_factor, math.isfinite), strict=True):
        value = variable.encoding.get(key, variable.attrs.get(key))
        if value is not None and not _fits(value, fits):
            shown = value if isinstance(value, str) else str(np.asarray(value).tolist())
            raise InputError("is not a number that unpacks anything", file=file, field=f"{key} of {name}", value=shown,
                             cure=CURE)  # fmt: skip


def _factor(value: float) -> bool:
    return math.isfinite(value) and value != 0.0


def _fits(value: Any, fits: Any) -> bool:
    held = np.asarray(value)
    return held.size == 1 and held.dtype.kind in "fiu" and bool(fits(float(held.ravel()[0])))


def unwritten_of(variable: Any) -> float | None:
    """What stands, unpacked, where nobody wrote; None where the library has masked it."""
    encoding = variable.encoding
    if encoding.get("_FillValue") is not None or encoding.get("missing_value") is not None:
        return None
    packed = np.dtype(encoding.get("dtype", variable.dtype))
    default = netCDF4.default_fillvals.get(packed.str[1:])
    if default is None or packed.itemsize == 1:  # a byte has no value to spare
        return None
    return float(
        np.asarray(default, dtype=packed) * encoding.get("scale_factor", 1.0) + encoding.get("add_offset", 0.0)
    )
