"""How does another program read where a release went?

A netCDF file after CF 1.8: hourly mean concentration near the ground, what was laid down in each hour, dry and wet, and
what lies on the ground at each hour's end.  Cells have bounds and areas, the layer that is sampled its own, so that
amounts can be added up.  It is written whole or not at all.  Needs the extra ``fields``.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

import oberih
from oberih.case.reach.cf import axis, hours_axis, variable
from oberih.case.reach.disperse_request import DisperseRequest
from oberih.constants import EARTH_RADIUS, FORMS, SECONDS_PER_HOUR
from oberih.dispersion.particles.follow import Cells, Trail
from oberih.errors import StoreFull
from oberih.weather.fields import Fields

__all__ = ["largest", "lying", "write_dispersed"]

Floats = npt.NDArray[np.float64]


def write_dispersed(path: Path, request: DisperseRequest, fields: Fields, cells: Cells, trail: Trail) -> None:
    """Write the file.

    Raises
    ------
    StoreFull
        If there is no room, or no right, to write it; then it is written among temporary files, where those have room,
        and the message says where.
    """

    def fill(file: Any) -> None:
        _fill(file, request, fields, cells, trail)

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _written(path, fill)
    except (OSError, RuntimeError) as error:  # netCDF4 raises the latter where the disk is full
        saved = _saved(path.name, fill)
        cure = f"what was found is kept in {saved}" if saved else "choose another place"
        reason = getattr(error, "strerror", None) or error
        raise StoreFull(f"{path}: cannot be written ({reason}); {cure}") from error


def largest(cells: Cells, hours: int, request: DisperseRequest) -> int:
    """What the file takes at most, with some to spare [bytes]."""
    fields = 1 if request.form == FORMS[0] else 4
    return cells.rows * cells.columns * (8 + 4 * fields * hours) + 2**20


def _written(path: Path, fill: Callable[[Any], None]) -> None:
    """Write beside and rename."""
    import netCDF4  # an extra

    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with netCDF4.Dataset(partial, "w", format="NETCDF4") as file:
            fill(file)
        os.replace(partial, path)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _saved(name: str, fill: Callable[[Any], None]) -> Path | None:
    """The file among temporary ones, so that minutes of work are not lost; None where those have no room either."""
    with contextlib.suppress(OSError, RuntimeError):
        path = Path(tempfile.mkdtemp(prefix="oberih-")) / name
        _written(path, fill)
        return path
    return None


def lying(laid: Any, decay: float) -> Floats:
    """What lies on the ground at the end of each hour, of what each hour laid down.

    Parameters
    ----------
    laid : float array, shape (hours, …)
    decay : float
        [1/s]

    Notes
    -----
    Laid down evenly within the hour: of it ``(1 - exp(-λT)) / (λT)`` is left at its end.
    """
    turned = decay * SECONDS_PER_HOUR
    fresh = -np.expm1(-turned) / turned if turned > 0.0 else 1.0
    out = np.array(laid, dtype=np.float64) * fresh
    for hour in range(1, len(out)):
        out[hour] += out[hour - 1] * np.exp(-turned)
    return out


def _fill(file: Any, request: DisperseRequest, fields: Fields, cells: Cells, trail: Trail) -> None:
    form = FORMS.index(request.form)
    file.setncatts(_facts(request, fields, trail, form))
    names = ("lat", "lon") if fields.geographic else ("y", "x")
    hours_axis(file, trail.start, len(trail.seconds))
    for name, edges, letter in zip(names, _edges(fields, cells), "YX", strict=True):
        kind, unit = {
            "lat": ("latitude", "degrees_north"), "lon": ("longitude", "degrees_east"),
            "y": ("projection_y_coordinate", "m"), "x": ("projection_x_coordinate", "m"),
        }[name]  # fmt: skip
        axis(file, name, edges, units=unit, standard_name=kind, axis=letter)
    _layer(file, cells.depth)
    if fields.crs:
        file.createVariable("crs", "i4").setncatts({"proj4text": fields.crs})
    area = _areas(fields, cells)
    variable(file, "cell_area", names, np.broadcast_to(area, (cells.rows, cells.columns)), kind="f8", units="m2",
             standard_name="cell_area", long_name="area of the cell")  # fmt: skip
    shared = {"cell_measures": "area: cell_area"} | ({"grid_mapping": "crs"} if fields.crs else {})
    dims = ("time", *names)
    air = trail.seconds[:, form] * (request.amount / SECONDS_PER_HOUR) / (cells.depth * area)
    variable(file, "concentration", dims, air, units="Bq m-3", cell_methods="time: mean", coordinates="height",
             long_name=f"concentration in the lowest {cells.depth:g} m, mean over the hour", **shared)  # fmt: skip
    if form:
        _ground(file, dims, trail, form, request, area, shared)


def _facts(request: DisperseRequest, fields: Fields, trail: Trail, form: int) -> dict[str, Any]:
    half_life = request.half_life
    return {
        "Conventions": "CF-1.8", "title": "Release followed by Oberih's particles",
        "source": f"oberih {oberih.__version__}",
        "meteorology": fields.source, "derived": "; ".join(fields.derived), "seed": str(request.seed),
        "particles": np.int64(request.particles), "release_latitude": request.latitude,
        "release_longitude": request.longitude, "release_bottom_m": request.low, "release_top_m": request.high,
        "release_hours": request.release_hours, "amount_Bq": request.amount, "form": request.form,
        "left_the_fields": float(trail.gone[form]), "in_the_air_at_the_end": float(trail.air[form]),
        "decayed_in_the_air": float(trail.decayed[form]),
        "decay": "none: apply it to the result" if half_life is None else
                 f"half-life {half_life:g} s, from the moment of release; deposition decays on the ground",
    }  # fmt: skip


def _ground(
    file: Any, dims: tuple[str, ...], trail: Trail, form: int, request: DisperseRequest, area: Floats,
    shared: dict[str, str],
) -> None:  # fmt: skip
    """What was laid down in each hour, dry and wet, and what lies there at its end."""
    laid, wet = (values[:, form - 1] * request.amount / area for values in (trail.deposit, trail.wet))
    for name, values, how in (("dry", laid - wet, "dry"), ("wet", wet, "by rain and cloud")):
        variable(file, f"{name}_deposition", dims, np.maximum(values, 0.0), units="Bq m-2", cell_methods="time: sum",
                 long_name=f"laid down within the hour, {how}", **shared)  # fmt: skip
    decay = 0.0 if request.half_life is None else np.log(2.0) / request.half_life
    variable(file, "deposition", dims, lying(laid, decay), units="Bq m-2", cell_methods="time: point",
             long_name="on the ground at the end of the hour, laid down since the start", **shared)  # fmt: skip


def _layer(file: Any, depth: float) -> None:
    """The layer that is sampled, as a scalar height with its bounds."""
    if "nv" not in file.dimensions:
        file.createDimension("nv", 2)
    variable(file, "height", (), 0.5 * depth, kind="f8", units="m", standard_name="height", positive="up", axis="Z",
             bounds="height_bounds")  # fmt: skip
    variable(file, "height_bounds", ("nv",), np.array([0.0, depth]), kind="f8")


def _edges(fields: Fields, cells: Cells) -> tuple[Floats, Floats]:
    """Edges of the output's cells: northward, eastward."""
    dx, dy = float(fields.x[1] - fields.x[0]), float(fields.y[1] - fields.y[0])
    x = fields.x[0] + np.arange(cells.columns + 1) / cells.scale_x * dx
    y = fields.y[0] + np.arange(cells.rows + 1) / cells.scale_y * dy
    return y, x


def _areas(fields: Fields, cells: Cells) -> Floats:
    """Area of each row's cells [m2], shape (rows, 1)."""
    y, x = _edges(fields, cells)
    if not fields.geographic:
        return np.asarray(np.diff(y)[:, None] * (x[1] - x[0]))
    return np.asarray(EARTH_RADIUS**2 * np.radians(x[1] - x[0]) * np.diff(np.sin(np.radians(y)))[:, None])
