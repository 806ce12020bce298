"""How does another program read where a release went?

A NetCDF file after CF 1.8: hourly mean concentration near the ground and what has been laid down until each hour's end.
It is written whole or not at all.  Needs the extra ``fields``.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

import oberih
from oberih.case.disperse_request import DisperseRequest
from oberih.constants import FORMS
from oberih.dispersion.particles.follow import Cells, Trail
from oberih.errors import StoreFull
from oberih.weather.fields import Fields

__all__ = ["write_dispersed"]


def write_dispersed(path: Path, request: DisperseRequest, fields: Fields, cells: Cells, trail: Trail) -> None:
    """Write the file.

    Raises
    ------
    StoreFull
        If there is no room, or no right, to write it.
    """
    import netCDF4  # an extra

    partial = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with netCDF4.Dataset(partial, "w", format="NETCDF4") as file:
            _fill(file, request, fields, cells, trail)
        os.replace(partial, path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreFull(f"{path}: cannot be written ({error.strerror or error}); choose another place") from error


def _fill(file: Any, request: DisperseRequest, fields: Fields, cells: Cells, trail: Trail) -> None:
    x, y = _axes(fields, cells)
    form = FORMS.index(request.form)
    hours = len(trail.seconds)
    file.setncatts({
        "Conventions": "CF-1.8", "title": "Release followed by Oberih's particles",
        "source": f"oberih {oberih.__version__}",
        "meteorology": fields.source, "derived": "; ".join(fields.derived), "seed": str(request.seed),
        "particles": np.int64(request.particles), "release_latitude": request.latitude,
        "release_longitude": request.longitude, "release_bottom_m": request.low, "release_top_m": request.high,
        "release_hours": request.release_hours, "amount_Bq": request.amount, "form": request.form,
        "left_the_fields": float(trail.gone[form]), "in_the_air_at_the_end": float(trail.air[form]),
        "decay": "none: apply it to the result",
    })  # fmt: skip
    names = ("lat", "lon") if fields.geographic else ("y", "x")
    for name, size in (("time", hours), (names[0], len(y)), (names[1], len(x)), ("nv", 2)):
        file.createDimension(name, size)
    time = file.createVariable("time", "f8", ("time",))
    time.setncatts({"standard_name": "time", "units": "seconds since 1970-01-01 00:00:00", "calendar": "standard",
                    "bounds": "time_bounds"})  # fmt: skip
    ends = trail.start + 3600.0 * (np.arange(hours) + 1.0)
    time[:] = ends
    file.createVariable("time_bounds", "f8", ("time", "nv"))[:] = np.stack([ends - 3600.0, ends], axis=1)
    for name, values, unit, standard in (
        (names[0], y, "degrees_north" if fields.geographic else "m",
         "latitude" if fields.geographic else "projection_y_coordinate"),
        (names[1], x, "degrees_east" if fields.geographic else "m",
         "longitude" if fields.geographic else "projection_x_coordinate"),
    ):  # fmt: skip
        axis = file.createVariable(name, "f8", (name,))
        axis.setncatts({"units": unit, "standard_name": standard})
        axis[:] = values
    if fields.crs:
        file.createVariable("crs", "i4").setncatts({"proj4text": fields.crs})
    area = _areas(fields, cells)
    air = trail.seconds[:, form] * request.amount / (3600.0 * cells.depth * area)
    _field(file, "concentration", (("time", *names)), air, "Bq m-3", fields,
           f"mean over the hour of the lowest {cells.depth:g} m", "time: mean")  # fmt: skip
    if form:
        ground = np.cumsum(trail.deposit[:, form - 1], axis=0) * request.amount / area
        _field(file, "deposition", (("time", *names)), ground, "Bq m-2", fields,
               "laid down since the start, dry and wet", "time: sum")  # fmt: skip


def _field(
    file: Any, name: str, dims: tuple[str, ...], values: Any, unit: str, fields: Fields, long_name: str, method: str
) -> None:
    variable = file.createVariable(name, "f4", dims, zlib=True, complevel=4, fill_value=np.float32(-1.0))
    variable.setncatts({"units": unit, "long_name": long_name, "cell_methods": method})
    if fields.crs:
        variable.setncatts({"grid_mapping": "crs"})
    variable[:] = values


def _axes(fields: Fields, cells: Cells) -> tuple[Any, Any]:
    """Middles of the output's cells."""
    dx, dy = float(fields.x[1] - fields.x[0]), float(fields.y[1] - fields.y[0])
    x = fields.x[0] + (np.arange(cells.columns) + 0.5) / cells.scale_x * dx
    y = fields.y[0] + (np.arange(cells.rows) + 0.5) / cells.scale_y * dy
    return x, y


def _areas(fields: Fields, cells: Cells) -> Any:
    """Area of each row's cells [m2], shape (rows, 1)."""
    dx, dy = fields.metres_a_cell()
    middle = (np.arange(cells.rows) + 0.5) / cells.scale_y
    return (np.interp(middle, np.arange(len(dx)), dx) / cells.scale_x * dy / cells.scale_y)[:, None]
