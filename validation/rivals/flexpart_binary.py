"""What does FLEXPART's binary output say?

A folder with ``header`` and ``grid_conc_YYYYMMDDhhmmss_SSS``: runs of values of one sign, alternately positive and
negative, whose places are given once a run; reals of four bytes, or of eight (Debian's build). A file's stamp is the
end of its averaging interval. Concentrations are 10^-12 of what was released per cubic metre ("ng m-3" where the
release is in kg), deposits per square metre, summed since the start and decayed.

Source: FLEXPART 9.02, writeheader.f90, concoutput.f90, partoutput.f90.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.fortran_records import Records, order_of
from validation.rivals.gridded import Gridded

Array = Any
SCALE = 1e-12
"""Of the numbers written, to what was released."""


@dataclass(frozen=True)
class Header:
    """What ``header`` says."""

    version: str
    averaging: int
    west: float
    south: float
    columns: int
    rows: int
    dx: float
    dy: float
    tops: tuple[float, ...]
    start: int
    species: tuple[str, ...]
    points: int
    ages: int
    order: str
    real: str


def read_header(path: Path) -> Header:
    """Read ``header``.

    Raises
    ------
    InputError
        If it is damaged or of a backward run's layout that is not known.
    """
    order = order_of(path)
    if order is None:
        raise InputError("is not a FLEXPART header", file=path)
    records = Records(path, order)
    version = records.take()[8:].decode("ascii", "replace").strip()
    if "FLEXPART" not in version.upper():
        raise InputError("is not a FLEXPART header", file=path, value=version[:20])
    _, averaging, _ = records.fields("3i")
    grid = records.take()
    real = {24: "f", 40: "d"}.get(len(grid))
    if real is None:
        raise InputError("is damaged", file=path, field="grid", value=f"{len(grid)} bytes")
    west, south, columns, rows, dx, dy = struct.unpack(f"{order}2{real}2i2{real}", grid)
    levels = np.frombuffer(records.take()[4:], np.uint8)
    size = struct.calcsize(f"{order}{real}")
    if not len(levels) or len(levels) % size:
        raise InputError("is damaged", file=path, field="levels")
    tops = tuple(np.frombuffer(levels.tobytes(), f"{order}f{size}").tolist())
    day, clock = records.fields("2i")
    fields, points = records.fields("2i")
    if not (0 < fields <= 3000 and fields % 3 == 0 and 0 < columns < 10**5 and 0 < rows < 10**5 and averaging > 0):
        raise InputError("holds counts that cannot be", file=path, value=f"{fields}, {columns} x {rows}")
    names = [records.take()[4:].decode("ascii", "replace").strip() for _ in range(fields)]
    (releases,) = records.fields("i")
    each = 4 + fields
    for _ in range(releases * each):
        records.take()
    records.take()
    (ages,) = records.fields("i*")
    return Header(
        version, averaging, west, south, columns, rows, dx, dy, tops, _stamp(f"{day:08d}{clock:06d}", path),
        tuple(names[2::3]), points, ages, order, f"f{size}",
    )  # fmt: skip


def read_flexpart_binary(folder: Path) -> Gridded:
    """Read a folder of output: all species, summed over releases and age classes.

    Raises
    ------
    InputError
        If the header or a file is damaged, missing or does not fit.
    """
    header = read_header(folder / "header")
    stamps = sorted({p.name.split("_")[2] for p in folder.glob("grid_conc_*_[0-9][0-9][0-9]")})
    if not stamps:
        raise InputError("has no grid_conc_… files", file=folder)
    shape = (len(header.species), len(stamps), header.rows, header.columns)
    air = np.zeros((*shape[:2], len(header.tops), *shape[2:]))
    wet, dry = np.zeros(shape), np.zeros(shape)
    for s in range(len(header.species)):
        for t, stamp in enumerate(stamps):
            path = folder / f"grid_conc_{stamp}_{s + 1:03d}"
            wet[s, t], dry[s, t], air[s, t] = _read_grid(path, header)
    end = np.array([_stamp(stamp, folder) for stamp in stamps])
    lat = header.south + (np.arange(header.rows) + 0.5) * header.dy
    lon = header.west + (np.arange(header.columns) + 0.5) * header.dx
    tops = np.asarray(header.tops, dtype=float)
    return Gridded(
        header.version, "kg", end - header.averaging, end, lat, lon, np.concatenate([[0.0], tops[:-1]]), tops,
        header.species, air * SCALE, dry * SCALE, wet * SCALE,
        notes=("unit: that of the release, taken as kg", "deposits are decayed"),
    ).checked(folder)  # fmt: skip


def _read_grid(path: Path, header: Header) -> tuple[Array, Array, Array]:
    records = Records(path, header.order)
    records.fields("i")
    flat, layers = header.rows * header.columns, len(header.tops)
    sums = [np.zeros(flat), np.zeros(flat), np.zeros(flat * (layers + 1))]
    for _ in range(header.points * header.ages):
        for total in sums:
            total += _runs(records, len(total), header.real)
    if not records.ended:
        raise InputError("goes on after its end: more releases or ages than the header says", file=path)
    shape = (header.rows, header.columns)
    return sums[0].reshape(shape), sums[1].reshape(shape), sums[2].reshape(layers + 1, *shape)[1:]


def _runs(records: Records, size: int, real: str) -> Array:
    """One field: where runs begin, then their values, the sign turning from run to run."""
    (begins,) = records.fields("i")
    places = records.numbers("i4")
    (count,) = records.fields("i")
    values = records.numbers(real).astype(float)
    out = np.zeros(size)
    if len(places) != begins or len(values) != count:
        raise InputError("is damaged: counts do not fit", file=records.path)
    if not count:
        return out
    turns = np.concatenate([[True], np.sign(values[1:]) != np.sign(values[:-1])])
    run = np.cumsum(turns) - 1
    if run[-1] + 1 != begins:
        raise InputError("is damaged: runs do not fit their places", file=records.path)
    since = np.arange(count) - np.flatnonzero(turns)[run]
    where = places[run] + since
    if (where < 0).any() or (where >= size).any():
        raise InputError("is damaged: a place outside the grid", file=records.path)
    out[where] = np.abs(values)
    return out


def read_particles(path: Path, order: str = "<") -> Array:
    """Particles of a ``partposit_…`` file: longitude, latitude [°], height, mixing height [m], first mass.

    Raises
    ------
    InputError
        If it is damaged.
    """
    records = Records(path, order)
    records.fields("i")
    rows = list(records)
    if not rows or len({len(r) for r in rows}) != 1 or len(rows[0]) not in (52, 96):
        raise InputError("is no dump of particles of one species", file=path)
    real = order + ("f4" if len(rows[0]) == 52 else "f8")
    layout = np.dtype([("point", order + "i4"), ("place", real, 3), ("born", order + "i4"), ("of", real, 8)])
    table = np.frombuffer(b"".join(rows), layout)
    table = table[table["place"][:, 0] > -999.0]  # the last row is a mark
    return np.column_stack([table["place"], table["of"][:, 4], table["of"][:, 7]]).astype(float)


def _stamp(text: str, path: Path) -> int:
    try:
        return int(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp())
    except ValueError as error:
        raise InputError("is not a time", file=path, value=text) from error
