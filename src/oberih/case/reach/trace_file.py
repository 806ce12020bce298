"""How does another program read where sampled air came from?

The products of a trace: a NetCDF file after CF 1.8 of the sensitivity of every sample to every cell and hour (a
source-receptor matrix), and a table of the hours of a site as CSV.  Needs the extra ``fields``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import numpy as np

import oberih
from oberih.case.reach.trace_fields import Sensitivity
from oberih.case.reach.trace_request import TraceRequest
from oberih.constants import SECONDS_PER_HOUR
from oberih.dispersion.particles.follow import Cells
from oberih.errors import InputError
from oberih.weather.fields import Fields

__all__ = ["CAVEAT", "hours_csv", "sensitivity_netcdf"]

CAVEAT = (
    "A sensitivity, not an attribution: it says what a release there and then would have given at the station, "
    "not that there was one."
)


def sensitivity_netcdf(
    request: TraceRequest, fields: Fields, cells: Cells, found: Sequence[Sensitivity], notes: Sequence[str]
) -> bytes:
    """Give the file as bytes.

    Raises
    ------
    InputError
        If netCDF4 is not installed.
    """
    try:
        import netCDF4  # an extra
    except ImportError as error:
        raise InputError("needs netCDF4", field="trace", cure="pip install 'oberih[fields]'") from error
    file = netCDF4.Dataset("sensitivity.nc", "w", format="NETCDF4", memory=1 << 20)
    _axes(file, fields, cells, found)
    _attributes(file, request, fields, notes)
    dims = ("sample", "time", *(("lat", "lon") if fields.geographic else ("y", "x")))
    for name, long_name in (
        (
            "sensitivity",
            "mean concentration over the sample of one becquerel let out evenly over a cell's layer and hour",
        ),
        ("sensitivity_standard_error", "standard error of the sampling by particles"),
    ):
        variable = file.createVariable(name, "f4", dims, zlib=True, complevel=4, fill_value=np.float32(np.nan))
        variable.setncatts({"units": "m-3", "long_name": long_name, "cell_methods": "time: mean"}
                           | ({"grid_mapping": "crs"} if fields.crs else {}))  # fmt: skip
        for i, one in enumerate(found):
            values = one.values if name == "sensitivity" else one.noise
            variable[i] = np.where(one.known[:, None, None], values, np.float32(np.nan))
    return bytes(file.close())


def _axes(file: Any, fields: Fields, cells: Cells, found: Sequence[Sensitivity]) -> None:
    starts = found[0].starts
    names = ("lat", "lon") if fields.geographic else ("y", "x")
    steps = {"y": (fields.y, cells.scale_y, cells.rows), "x": (fields.x, cells.scale_x, cells.columns)}
    for name, size in (("sample", len(found)), ("time", len(starts)), (names[0], cells.rows), (names[1], cells.columns),
                       ("nv", 2)):  # fmt: skip
        file.createDimension(name, size)
    time = file.createVariable("time", "f8", ("time",))
    time.setncatts({"standard_name": "time", "units": "seconds since 1970-01-01 00:00:00", "calendar": "standard",
                    "bounds": "time_bounds", "long_name": "middle of the hour of the release"})  # fmt: skip
    time[:] = starts + SECONDS_PER_HOUR / 2.0
    file.createVariable("time_bounds", "f8", ("time", "nv"))[:] = np.stack([starts, starts + SECONDS_PER_HOUR], axis=1)
    for name, key, unit, standard in (
        (names[0], "y", "degrees_north" if fields.geographic else "m",
         "latitude" if fields.geographic else "projection_y_coordinate"),
        (names[1], "x", "degrees_east" if fields.geographic else "m",
         "longitude" if fields.geographic else "projection_x_coordinate"),
    ):  # fmt: skip
        values, scale, count = steps[key]
        axis = file.createVariable(name, "f8", (name,))
        axis.setncatts({"units": unit, "standard_name": standard})
        axis[:] = values[0] + (np.arange(count) + 0.5) / scale * (values[1] - values[0])
    if fields.crs:
        file.createVariable("crs", "i4").setncatts({"proj4text": fields.crs})
    _samples(file, found)


def _samples(file: Any, found: Sequence[Sensitivity]) -> None:
    nan = float("nan")
    moment = "seconds since 1970-01-01 00:00:00"
    for name, unit, values in (
        ("station_latitude", "degrees_north", [f.sample.latitude for f in found]),
        ("station_longitude", "degrees_east", [f.sample.longitude for f in found]),
        ("sample_start", moment, [float(f.sample.start) for f in found]),
        ("sample_end", moment, [float(f.sample.end) for f in found]),
        ("measured", "Bq m-3", [nan if f.sample.value is None else f.sample.value for f in found]),
        ("detection_limit", "Bq m-3", [nan if f.sample.limit is None else f.sample.limit for f in found]),
        ("share_that_left_the_fields", "1", [f.gone for f in found]),
    ):
        variable = file.createVariable(name, "f8", ("sample",))
        variable.setncatts({"units": unit})
        variable[:] = values
    label = file.createVariable("sample_name", str, ("sample",))
    for i, one in enumerate(found):
        label[i] = one.sample.name


def _attributes(file: Any, request: TraceRequest, fields: Fields, notes: Sequence[str]) -> None:
    file.setncatts({
        "Conventions": "CF-1.8", "title": "Where sampled air came from: sensitivity to releases, by Oberih's particles",
        "source": f"oberih {oberih.__version__}", "meteorology": fields.source, "derived": "; ".join(fields.derived),
        "caveat": CAVEAT, "notes": " ".join(notes), "seed": str(request.seed),
        "particles_per_sample": np.int64(request.particles), "sampler_bottom_m": request.low,
        "sampler_top_m": request.high, "release_layer_m": request.layer, "form": request.form,
        "nuclide": request.nuclide or "none: without decay", "deposition": "on the way, as forward",
    })  # fmt: skip


def hours_csv(rows: Sequence[Sequence[Any]], heads: Sequence[str]) -> bytes:
    """A table of hours as CSV; a unit stands in the heading, not in the cells."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([f"{head} [%]" if head == "standard error" else head for head in heads])
    writer.writerows([str(cell).removesuffix(" %") for cell in row] for row in rows)
    return text.getvalue().encode()
