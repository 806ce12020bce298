"""Files as rival models write them, to the layouts that their sources publish; no file of the real programs but
FLEXPART 9.02's was at hand."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
from validation.rivals.fortran_records import record
from validation.rivals.gridded import Gridded

SPECIES = ("CS13", "I131")


def made(
    rng: np.random.Generator, *, model: str = "made", times: int = 3, rows: int = 4, columns: int = 5, layers: int = 2,
    species: int = 2, step: int = 3600, sparse: float = 0.5,
) -> Gridded:  # fmt: skip
    """An answer of single-precision numbers, some of them 0."""

    def field(*shape: int) -> Any:
        values = rng.lognormal(0.0, 3.0, shape).astype(np.float32)
        return np.where(rng.random(shape) < sparse, values, 0.0).astype(float)

    end = 1_767_225_600 + step * (1 + np.arange(times))
    tops = np.array([100.0, 500.0, 2000.0])[:layers]
    flat = (species, times, rows, columns)
    return Gridded(
        model, "Bq", end - step, end, 45.25 + 0.5 * np.arange(rows), 20.25 + 0.5 * np.arange(columns),
        np.concatenate([[0.0], tops[:-1]]), tops, SPECIES[:species], field(species, times, layers, rows, columns),
        np.cumsum(field(*flat), axis=1), np.cumsum(field(*flat), axis=1),
    )  # fmt: skip


# FLEXPART, netCDF and binary.


def write_flexpart_netcdf(path: Path, answer: Gridded, *, points: int = 1) -> Path:
    with netCDF4.Dataset(path, "w") as file:
        file.source, file.Conventions, file.ldirect = "FLEXPART V10.4 model output", "CF-1.6", np.int32(1)
        file.loutstep = file.loutaver = np.int32(answer.end[0] - answer.start[0])
        for name, size in (
            ("time", None), ("longitude", len(answer.lon)), ("latitude", len(answer.lat)), ("height", len(answer.top)),
            ("numspec", len(answer.species)), ("pointspec", points), ("nageclass", 1), ("nchar", 45), ("numpoint", 1),
        ):  # fmt: skip
            file.createDimension(name, size)
        first = np.datetime64(int(answer.start[0]), "s").item()
        axes = (("time", "i4", answer.end - answer.start[0], f"seconds since {first:%Y-%m-%d %H:%M}"),
                ("longitude", "f4", answer.lon, "degrees_east"), ("latitude", "f4", answer.lat, "degrees_north"),
                ("height", "f4", answer.top, "meters"))  # fmt: skip
        for name, kind, values, unit in axes:
            axis = file.createVariable(name, kind, (name,))
            axis.units, axis[:] = unit, values
        file["time"].calendar = "proleptic_gregorian"
        whole = ("nageclass", "pointspec", "time", "height", "latitude", "longitude")
        flat = tuple(d for d in whole if d != "height")
        for n, name in enumerate(answer.species, 1):
            parts = ((f"spec{n:03d}_mr", whole, "ng m-3", answer.air), (f"WD_spec{n:03d}", flat, "1e-12 kg m-2",
                     answer.wet), (f"DD_spec{n:03d}", flat, "1e-12 kg m-2", answer.dry))  # fmt: skip
            for key, dims, unit, values in parts:
                variable = file.createVariable(key, "f4", dims, zlib=True)
                variable.units, variable.long_name = unit, name
                variable[:] = np.broadcast_to(values[n - 1] * 1e12 / points, (1, points, *values[n - 1].shape))
    return path


def write_flexpart_binary(folder: Path, answer: Gridded, *, order: str = "<", real: str = "f") -> Path:
    """A folder of ``header`` and ``grid_conc_…``."""
    folder.mkdir(exist_ok=True)
    pack = lambda layout, *v: struct.pack(order + layout.replace("r", real), *v)  # noqa: E731
    first = np.datetime64(int(answer.start[0]), "s").item()
    day, clock = int(f"{first:%Y%m%d}"), int(f"{first:%H%M%S}")
    step, (rows, columns) = int(answer.end[0] - answer.start[0]), (len(answer.lat), len(answer.lon))
    dx, dy = answer.lon[1] - answer.lon[0], answer.lat[1] - answer.lat[0]
    names = [f"{p}{s}" for s in answer.species for p in ("WD_", "DD_", "")]
    parts = [
        pack("2i", day, clock) + b"FLEXPART V9.0", pack("3i", step, step, 300),
        pack("2r2i2r", answer.lon[0] - dx / 2, answer.lat[0] - dy / 2, columns, rows, dx, dy),
        pack(f"i{len(answer.top)}r", len(answer.top), *answer.top), pack("2i", day, clock),
        pack("2i", len(names), 1), *(pack("i", 1) + n.ljust(10).encode() for n in names), pack("i", 1),
        pack("3i", 0, step, 1), pack("6r", 0, 0, 0, 0, 0, 0), pack("2i", 100, 1), b"release".ljust(45),
        *(pack("r", 1.0) for _ in names), pack("5i", 1, 0, 0, 1, 1), pack("2i", 1, 99999),
        *(pack(f"{rows}r", *([0.0] * rows)) for _ in range(columns)),
    ]  # fmt: skip
    (folder / "header").write_bytes(b"".join(record(order, p) for p in parts))
    for s in range(len(answer.species)):
        for t, end in enumerate(answer.end):
            fields = (answer.wet[s, t], answer.dry[s, t], answer.air[s, t])
            body = record(order, pack("i", int(end - answer.start[0])))
            for n, values in enumerate(fields):
                body += _sparse(values.ravel() * 1e12, order, real, rows * columns if n == 2 else 0)
            stamp = np.datetime64(int(end), "s").item()
            (folder / f"grid_conc_{stamp:%Y%m%d%H%M%S}_{s + 1:03d}").write_bytes(body)
    return folder


def _sparse(values: Any, order: str, real: str, offset: int) -> bytes:
    there = values > 0.0
    begins = np.flatnonzero(there & ~np.concatenate([[False], there[:-1]]))
    run = np.cumsum(there & ~np.concatenate([[False], there[:-1]])) - 1
    signed = (values * np.where(run % 2 == 0, 1.0, -1.0))[there]
    return (
        record(order, struct.pack(order + "i", len(begins)))
        + record(order, (begins + offset).astype(order + "i4").tobytes())
        + record(order, struct.pack(order + "i", len(signed)))
        + record(order, signed.astype(order + ("f4" if real == "f" else "f8")).tobytes())
    )


# SNAP.


def write_snap(path: Path, answer: Gridded, *, turned: float = 20.0, of_moments: bool = False) -> Path:
    """On a rotated grid: latitudes and longitudes of two dimensions."""
    angle = np.radians(turned)
    x, y = np.meshgrid(answer.lon - answer.lon[0], answer.lat - answer.lat[0])
    lon = answer.lon[0] + np.cos(angle) * x - np.sin(angle) * y
    lat = answer.lat[0] + np.sin(angle) * x + np.cos(angle) * y
    with netCDF4.Dataset(path, "w") as file:
        for name, size in (("time", None), ("x", len(answer.lon)), ("y", len(answer.lat)), ("k", 3), ("nocomp", 2),
                           ("compnamelenmax", 16)):  # fmt: skip
            file.createDimension(name, size)
        first = np.datetime64(int(answer.start[0]), "s").item()
        time = file.createVariable("time", "f4", ("time",))
        time.units = f"hours since {first:%Y-%m-%d %H}:00:00 +0000"
        time[:] = (answer.end - answer.start[0]) / 3600.0
        for name, values in (("longitude", lon), ("latitude", lat), ("cell_area", answer.area)):
            file.createVariable(name, "f4", ("y", "x"))[:] = values
        hours = ((answer.end - answer.start) / 3600.0)[:, None, None]
        for n, name in enumerate(answer.species):
            air = answer.air[n, :, 0]
            parts = [("concentration", air, "Bq/m3"), ("concentration_bl", air, "Bq/m3"),
                     ("acc_dry_deposition", answer.dry[n], "Bq/m2"), ("acc_wet_deposition", answer.wet[n], "Bq/m2"),
                     ("dry_deposition", answer.dry[n], "Bq/m2")]  # fmt: skip
            if not of_moments:
                parts.append(("acc_concentration", np.cumsum(air * hours, axis=0), "Bq*hr/m3"))
            for key, values, unit in parts:
                variable = file.createVariable(f"{name}_{key}", "f8", ("time", "y", "x"), zlib=True)
                variable.units, variable[:] = unit, values
    return path


# HYSPLIT.


def write_cdump(path: Path, answer: Gridded, *, packed: bool = True, minutes: bool = True) -> Path:
    rows, columns = len(answer.lat), len(answer.lon)
    first = np.datetime64(int(answer.start[0]), "s").item()
    when = (first.year % 100, first.month, first.day, first.hour)
    names = [s.ljust(4).encode() for s in answer.species]
    levels = [0, *(int(v) for v in answer.top)]
    spacing = answer.lat[1] - answer.lat[0], answer.lon[1] - answer.lon[0]
    parts = [
        b"GDAS" + struct.pack(">7i", *when, 0, 1, int(packed)) if packed else b"GDAS" + struct.pack(">6i", *when, 0, 1),
        struct.pack(">4i3f", *when, 50.0, 30.0, 10.0) + (struct.pack(">i", 0) if minutes else b""),
        struct.pack(">2i4f", rows, columns, *spacing, answer.lat[0], answer.lon[0]),
        struct.pack(f">{len(levels) + 1}i", len(levels), *levels), struct.pack(">i", len(names)) + b"".join(names),
    ]  # fmt: skip
    for t in range(len(answer.end)):
        for moment in (answer.start[t], answer.end[t]):
            at = np.datetime64(int(moment), "s").item()
            parts.append(struct.pack(">6i", at.year % 100, at.month, at.day, at.hour, at.minute, 0))
        for s, name in enumerate(names):
            for k, level in enumerate(levels):
                head = name + struct.pack(">i", level)
                parts.append(head + _cells(laid(answer, s, t) if k == 0 else answer.air[s, t, k - 1], packed))
    path.write_bytes(b"".join(record(">", p) for p in parts))
    return path


def laid(answer: Gridded, species: int, time: int) -> Any:
    """What the interval alone laid down."""
    dry = answer.dry[species]
    return dry[time] - (dry[time - 1] if time else 0.0)


def _cells(values: Any, packed: bool) -> bytes:
    if not packed:
        return values.astype(">f4").tobytes()
    j, i = np.nonzero(values)
    table = np.zeros(len(i), np.dtype([("i", ">i2"), ("j", ">i2"), ("v", ">f4")]))
    table["i"], table["j"], table["v"] = i + 1, j + 1, values[j, i]
    return struct.pack(">i", len(table)) + table.tobytes()


def write_hysplit_netcdf(path: Path, answer: Gridded) -> Path:
    with netCDF4.Dataset(path, "w") as file:
        file.title, file.Conventions = "HYSPLIT Model Concentration Output", "CF-1.5"
        for name, size in (("longitude", len(answer.lon)), ("latitude", len(answer.lat)),
                           ("levels", len(answer.top) + 1), ("time", None), ("bnds", 2), ("origins", 1)):  # fmt: skip
            file.createDimension(name, size)
        for name, kind, values in (("longitude", "f4", answer.lon), ("latitude", "f4", answer.lat),
                                   ("levels", "i4", [0, *answer.top])):  # fmt: skip
            file.createVariable(name, kind, (name,))[:] = values
        time = file.createVariable("time", "f8", ("time",))
        time.units, time.bounds, time.calendar = "days since 1970-01-01 00:00:00", "time_bnds", "gregorian"
        time[:] = answer.end / 86400.0
        file.createVariable("time_bnds", "f8", ("time", "bnds"))[:] = np.stack([answer.start, answer.end], 1) / 86400.0
        for s, name in enumerate(answer.species):
            variable = file.createVariable(name, "f4", ("time", "levels", "latitude", "longitude"))
            ground = np.stack([laid(answer, s, t) for t in range(len(answer.end))])
            variable[:] = np.concatenate([ground[:, None], answer.air[s]], axis=1)
    return path


def write_con2asc_whole(path: Path, answer: Gridded) -> Path:
    first = np.datetime64(int(answer.start[0]), "s").item()
    stamp = f"{first.year % 100:4d}{first.month:4d}{first.day:4d}{first.hour:4d}"
    levels = [int(v) for v in answer.top]
    spacing = answer.lat[1] - answer.lat[0], answer.lon[1] - answer.lon[0]
    lines = [
        f"GDAS{stamp}{0:4d}{1:4d}", f"{stamp}{50.0:8.3f}{30.0:8.3f}{10.0:10.1f}",
        f"{len(answer.lat):4d}{len(answer.lon):4d}{spacing[0]:8.4f}{spacing[1]:8.4f}{answer.lat[0]:8.2f}"
        f"{answer.lon[0]:8.2f}",
        f"{len(levels):4d}" + "".join(f"{v:8d}" for v in levels),
        f"{len(answer.species):4d}" + "".join(s.ljust(4) for s in answer.species),
    ]  # fmt: skip
    for t in range(len(answer.end)):
        for moment in (answer.start[t], answer.end[t]):
            at = np.datetime64(int(moment), "s").item()
            lines.append("".join(f"{v:4d}" for v in (at.year % 100, at.month, at.day, at.hour, at.minute, 0)))
        for s, name in enumerate(answer.species):
            for k, level in enumerate(levels):
                lines.append(f"{name:<4}{level:6d}" + "".join(f"{v:10.2E}" for v in answer.air[s, t, k].ravel()))
    path.write_text("\n".join(lines) + "\n", "ascii")
    return path


def write_con2asc_table(path: Path, answer: Gridded, *, commas: bool = True, minutes: bool = False) -> Path:
    comma = "," if commas else " "
    columns = [(s, k) for s in range(len(answer.species)) for k in range(len(answer.top))]
    head = ["YEAR", " MO", " DA", " HR", *([" MN"] if minutes else []), "     LAT", "      LON"]
    lines = [comma.join(head + [f"  {answer.species[s]}{int(answer.top[k]):05d}" for s, k in columns])]
    for t, end in enumerate(answer.end):
        at = np.datetime64(int(end), "s").item()
        when = [f"{v:3d}" for v in (at.year, at.month, at.day, at.hour, *([at.minute] if minutes else []))]
        for j, i in np.ndindex(len(answer.lat), len(answer.lon)):
            values = [answer.air[s, t, k, j, i] for s, k in columns]
            if any(values):
                place = [f"{answer.lat[j]:8.4f}", f"{answer.lon[i]:9.4f}"]
                lines.append(comma.join(when + place + [f"{v:11.4E}" for v in values]))
    path.write_text("\n".join(lines) + "\n", "ascii")
    return path
