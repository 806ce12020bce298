"""How is an hour of ERA5 kept, so that it is there whole or not at all?

A netCDF file a time, written beside its place and renamed, with the digest of its values, which is checked before it is
used again.  `oberih.weather.read.volume.volume_of` reads them.  Needs the extra ``fields``.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR
from oberih.errors import InputError, StoreFull
from oberih.weather.live.arco_source import ArcoSource
from oberih.weather.live.era5_names import GROUND, LEVELS, hybrid_coefficients
from oberih.weather.live.era5_wish import Wish

__all__ = ["is_kept", "path_of", "write_hour"]

Floats = npt.NDArray[np.float32]


def path_of(folder: Path, time: int, wish: Wish) -> Path:
    """Where a time is kept."""
    return folder / f"era5-{wish.kind}-{datetime.fromtimestamp(time, UTC):%Y%m%dT%H}.nc"


def _digest(fields: dict[str, Any], *axes: Any) -> str:
    total = hashlib.sha256()
    for name in sorted(fields):
        total.update(name.encode() + np.ascontiguousarray(fields[name], dtype="<f4").tobytes())
    for axis in axes:
        total.update(np.ascontiguousarray(axis, dtype="<f8").tobytes())
    return total.hexdigest()


def is_kept(folder: Path, time: int, wish: Wish) -> bool:
    """Whether a file is there, of this area, and holds what was written."""
    path = path_of(folder, time, wish)
    if not path.is_file():
        return False
    netcdf = _netcdf4()
    try:
        with netcdf.Dataset(path) as file:
            file.set_auto_mask(False)
            fields = {n: file[n][0] for n in file.variables if n in LEVELS or n in GROUND}
            same = file.getncattr("area") == ",".join(f"{v:g}" for v in wish.area)
            return bool(same and file.getncattr("digest") == _digest(fields, file["latitude"][:], file["longitude"][:]))
    except (OSError, AttributeError, KeyError, IndexError, ValueError, RuntimeError):
        return False


def _netcdf4() -> Any:
    try:
        import netCDF4  # an extra
    except ImportError as error:
        raise InputError("needs netCDF4", field="era5", cure="pip install 'oberih[fields]'") from error
    return netCDF4


def write_hour(path: Path, time: int, wish: Wish, source: ArcoSource, fields: dict[str, Floats]) -> None:
    """Write a time beside its place, then rename.

    Raises
    ------
    StoreFull
        If there is no room, or no right, to write it.
    """
    netcdf, partial = _netcdf4(), path.with_name(path.name + ".part")
    try:
        with netcdf.Dataset(partial, "w", format="NETCDF4") as file:
            _fill(file, time, wish, source, fields)
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreFull(f"{path}: cannot be written ({error.strerror or error}); make room") from error


def _fill(file: Any, time: int, wish: Wish, source: ArcoSource, fields: dict[str, Floats]) -> None:
    vertical = "level" if wish.kind == "pressure" else "hybrid"
    axes = {
        "time": (np.array([time / SECONDS_PER_HOUR]), "hours since 1970-01-01 00:00:00"),
        vertical: (np.array(source.levels, dtype=float), "hPa" if wish.kind == "pressure" else "1"),
        "latitude": (source.latitude, "degrees_north"), "longitude": (source.longitude, "degrees_east"),
    }  # fmt: skip
    for name, (values, unit) in axes.items():
        file.createDimension(name, len(values))
        axis = file.createVariable(name, "f8", (name,))
        axis.setncatts({"units": unit})
        axis[:] = values
    if wish.kind == "model":
        for name, values, unit in zip(("hyam", "hybm"), hybrid_coefficients(source.levels), ("Pa", "1"), strict=True):
            variable = file.createVariable(name, "f8", (vertical,))
            variable.setncatts({"units": unit})
            variable[:] = values
    for short, values in fields.items():
        dims = ("time", vertical, "latitude", "longitude") if short in LEVELS else ("time", "latitude", "longitude")
        variable = file.createVariable(short, "f4", dims, zlib=True, complevel=1)
        variable.setncatts({"long_name": (LEVELS | GROUND)[short][0], "units": (LEVELS | GROUND)[short][1]})
        variable[0] = values
    file.setncatts({
        "title": "ERA5, cut from ARCO-ERA5", "area": ",".join(f"{v:g}" for v in wish.area),
        "source": f"{source.above.url}; {source.ground.url}; read {source.ground.attributes.get('last_updated', '')}",
        "licence": "contains modified Copernicus Climate Change Service information",
        "lacks": "; ".join(source.lacks), "digest": _digest(fields, source.latitude, source.longitude),
    })  # fmt: skip
