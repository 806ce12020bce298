"""What does FLEXPART's netCDF output say?

``grid_conc_YYYYMMDDhhmmss.nc`` of versions 9.2 to 11: ``specNNN_mr`` on (nageclass, pointspec, time, height,
latitude, longitude), ``WD_specNNN`` and ``DD_specNNN`` without height. Latitudes and longitudes are middles of
cells, ``height`` is the top of each layer, a time the end of its averaging interval. "ng m-3" counts 10^-12 kg (or
of whatever unit was released), deposits 10^-12 kg m-2, summed since the start and decayed.

Source: FLEXPART, src/netcdf_output_mod.f90 (github.com/flexpart/flexpart, commit 0ecc1fed).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.gridded import Gridded
from validation.rivals.netcdf_rim import opened, regular, seconds

SCALE = 1e-12
WHOLE = ("nageclass", "pointspec", "time", "height", "latitude", "longitude")


def read_flexpart_netcdf(path: Path) -> Gridded:
    """Read a file of a forward run: all species, summed over release points and age classes.

    Raises
    ------
    InputError
        If it is damaged, of a backward run, or in a unit that is not known.
    """
    return opened(path, _read)


def is_flexpart(file: Any) -> bool:
    """Whether an opened file says so."""
    return "nageclass" in file.dimensions and "pointspec" in file.dimensions


def _read(file: Any, path: Path) -> Gridded:
    if not is_flexpart(file):
        raise InputError("is not FLEXPART's netCDF output", file=path, value=", ".join(file.dimensions))
    if int(getattr(file, "ldirect", 1)) < 0:
        raise InputError("is of a backward run: it holds sensitivities, no concentration", file=path, field="ldirect")
    names = sorted(n for n in file.variables if re.fullmatch(r"spec\d{3}_mr", n))
    if not names:
        raise InputError("has no specNNN_mr: mixing ratio alone cannot be compared", file=path, field="IOUT")
    end = seconds(file, "time", path)
    averaging = int(getattr(file, "loutaver", getattr(file, "loutstep", 0)))
    if averaging <= 0:
        raise InputError("does not say over how long it averages", file=path, field="loutaver")
    top = np.asarray(file["height"][:], dtype=float)
    return Gridded(
        str(getattr(file, "source", "FLEXPART")), "kg", end - averaging, end,
        regular(file["latitude"][:], path, "latitude"), regular(file["longitude"][:], path, "longitude"),
        np.concatenate([[0.0], top[:-1]]), top, tuple(str(getattr(file[n], "long_name", n)).strip() for n in names),
        np.stack([_field(file, path, n, WHOLE, "ng m-3") for n in names]), _deposit(file, path, "DD", names),
        _deposit(file, path, "WD", names),
        notes=("unit: that of the release, taken as kg", "deposits are decayed"),
    ).checked(path)  # fmt: skip


def _field(file: Any, path: Path, name: str, dims: tuple[str, ...], unit: str) -> Any:
    variable = file[name]
    if variable.dimensions != dims:
        raise InputError("stands on other axes", file=path, field=name, value=", ".join(variable.dimensions))
    if str(variable.units).strip() != unit:
        raise InputError("is in another unit", file=path, field=name, value=variable.units, cure=f"{unit} is read")
    return np.asarray(variable[:], dtype=float).sum(axis=(0, 1)) * SCALE


def _deposit(file: Any, path: Path, kind: str, names: list[str]) -> Any:
    wanted = [f"{kind}_{n[:7]}" for n in names]
    if not any(n in file.variables for n in wanted):
        return None
    shape = tuple(file.dimensions[d].size for d in ("time", "latitude", "longitude"))
    dims = tuple(d for d in WHOLE if d != "height")
    return np.stack([
        _field(file, path, n, dims, "1e-12 kg m-2") if n in file.variables else np.zeros(shape) for n in wanted
    ])  # fmt: skip
