"""Which model wrote this, and what does it say?

The one door: a file or folder of any model that is known here, told by its content, never by its name.
"""

from __future__ import annotations

from pathlib import Path

from oberih.errors import InputError
from validation.rivals.flexpart_binary import read_flexpart_binary
from validation.rivals.flexpart_netcdf import is_flexpart, read_flexpart_netcdf
from validation.rivals.fortran_records import order_of
from validation.rivals.gridded import Gridded
from validation.rivals.hysplit_cdump import read_cdump
from validation.rivals.hysplit_netcdf import is_hysplit, read_hysplit_netcdf
from validation.rivals.hysplit_text import read_con2asc
from validation.rivals.oberih_file import read_oberih
from validation.rivals.snap import is_snap, read_snap


def read_answer(path: Path) -> Gridded:
    """Read whatever it is.

    Raises
    ------
    InputError
        If it is damaged, or of no model that is known.
    """
    if path.is_dir():
        return read_flexpart_binary(path)
    try:
        head = path.read_bytes()[:8]
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from error
    if head[:3] == b"CDF" or head[1:4] == b"HDF":
        return _netcdf(path)
    if order_of(path) == ">":
        return read_cdump(path)
    return read_con2asc(path)


def _netcdf(path: Path) -> Gridded:
    import netCDF4

    try:
        with netCDF4.Dataset(path) as file:
            kinds = ((is_flexpart, read_flexpart_netcdf), (is_hysplit, read_hysplit_netcdf), (is_snap, read_snap))
            read = next((read for is_it, read in kinds if is_it(file)), read_oberih)
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError("is damaged netCDF", file=path) from error
    return read(path)
