"""What does HYSPLIT's binary ``cdump`` say?  Big-endian records, packed (non-zero cells alone) or whole.

Source: NOAA ARL, HYSPLIT User's Guide S363 (Concentration / Display / File Format); con2cdf4.f of HYSPLIT 5.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.fortran_records import Records
from validation.rivals.gridded import Gridded
from validation.rivals.hysplit import Parts, stamp

PLACE = np.dtype([("i", ">i2"), ("j", ">i2"), ("value", ">f4")])


def read_cdump(path: Path) -> Gridded:
    """Read a file, all pollutants and levels.

    Raises
    ------
    InputError
        If it is damaged, or no cdump.
    """
    records = Records(path, ">")
    parts, packed = _head(records)
    while not records.ended:
        when = [records.fields("6i"), records.fields("6i")]
        for told, (year, month, day, hour, minute, _) in zip((parts.start, parts.end), when, strict=True):
            told.append(stamp([year, month, day, hour, minute], path))
        shape = (len(parts.species), len(parts.levels), parts.rows, parts.columns)
        parts.values.append(np.zeros(shape))
        for k in range(shape[0] * shape[1]):
            parts.values[-1][divmod(k, shape[1])] = _field(records, parts, packed, *divmod(k, shape[1]))
    return parts.gridded()


def _head(records: Records) -> tuple[Parts, bool]:
    path = records.path
    first = records.take()
    if len(first) not in (28, 32):
        raise InputError("is not a HYSPLIT cdump", file=path, value=f"first record of {len(first)} bytes")
    model, *_, places, packed = struct.unpack(">4s7i", first.ljust(32, b"\0"))
    if packed not in (0, 1) or not 0 < places < 100_000:
        raise InputError("is not a HYSPLIT cdump", file=path, value=f"{places} places, packing {packed}")
    for _ in range(places):
        records.fields("4i3f*")
    rows, columns, dlat, dlon, south, west = records.fields("2i4f")
    levels = records.numbers("i4")
    names = records.take()
    if not len(levels) or levels[0] != len(levels) - 1 or len(names) < 8 or (len(names) - 4) % 4:
        raise InputError("is damaged", file=path, field="levels, pollutants")
    (count,) = struct.unpack(">i", names[:4])
    text = names[4:].decode("ascii", "replace")
    if count * 4 != len(text):
        raise InputError("is damaged", file=path, field="pollutants", value=count)
    parts = Parts(
        path, model.decode("ascii", "replace").strip(), south, west, dlat, dlon, rows, columns,
        tuple(int(v) for v in levels[1:]), tuple(text[n : n + 4].strip() for n in range(0, len(text), 4)),
    )  # fmt: skip
    parts.check_size()
    return parts, bool(packed)


def _field(records: Records, parts: Parts, packed: bool, species: int, level: int) -> Any:
    record = records.take()
    name, told = struct.unpack(">4si", record[:8].ljust(8, b"\0"))
    if name.decode("ascii", "replace").strip() != parts.species[species] or told != parts.levels[level]:
        raise InputError("is damaged: another field than the one due", file=parts.path, value=f"{name!r} {told}")
    out = np.zeros((parts.rows, parts.columns))
    if not packed:
        if len(record) != 8 + 4 * out.size:
            raise InputError("is damaged: a field of another length", file=parts.path)
        return np.frombuffer(record, ">f4", offset=8).reshape(out.shape).astype(float)
    (count,) = struct.unpack(">i", record[8:12].ljust(4, b"\0"))
    if count < 0 or len(record) != 12 + PLACE.itemsize * count:
        raise InputError("is damaged: a field of another length", file=parts.path)
    cells = np.frombuffer(record, PLACE, offset=12)
    i, j = cells["i"].astype(int) - 1, cells["j"].astype(int) - 1
    if count and (min(i.min(), j.min()) < 0 or i.max() >= parts.columns or j.max() >= parts.rows):
        raise InputError("is damaged: a cell outside the grid", file=parts.path)
    out[j, i] = cells["value"]
    return out
