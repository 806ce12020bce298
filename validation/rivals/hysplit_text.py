"""What does HYSPLIT's text (of ``con2asc``) say?

Two forms. ``con2asc -c`` writes the binary file record by record in fixed columns, whole fields. ``con2asc -s``
writes one table: year, month, day, hour (and minute with ``-t``), latitude and longitude (the other way round with
``-v``), and a column a pollutant and level, named by four letters and five digits; only cells that are not zero
unless asked (``-z``). The table holds no grid, no depth of a layer and one time a row: spacing is told from the
places, the interval from the times, and whether a row's time is its interval's start or end must be said
(``stamps``).

Source: NOAA ARL, HYSPLIT User's Guide, "Convert to ASCII" (formats A4,6I4; 4I4,2F8.3,F10.1; 2I4,2F8.4,2F8.2; I4,20I8;
I4,20A4; 6I4; A4,I6,255(255E10.2)); columns of ``-s`` as in files of BlueSky (PM2500100).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.rivals.gridded import Gridded
from validation.rivals.hysplit import Parts, stamp

TIMES = {"YEAR": 0, "MO": 1, "DA": 2, "HR": 3, "MN": 4, "MI": 4, "MIN": 4}


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("ascii").splitlines()
    except FileNotFoundError as error:
        raise InputError("no such file", file=path) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("is not text of con2asc", file=path) from error


def read_con2asc(path: Path, *, stamps: str = "end") -> Gridded:
    """Read either form, by its first line; ``stamps`` says what a table's times are: "start" or "end".

    Raises
    ------
    InputError
        If it is neither, or damaged.
    """
    lines = _lines(path)
    if not lines:
        raise InputError("is empty", file=path)
    if "LAT" in lines[0].upper() and "LON" in lines[0].upper():
        return _table(lines, path, stamps)
    return _whole(lines, path)


def _table(lines: list[str], path: Path, stamps: str) -> Gridded:
    names = [w for w in re.split(r"[,\s]+", lines[0].strip().upper()) if w]
    columns = {n: k for k, n in enumerate(names) if n in TIMES}
    fields = [(k, n) for k, n in enumerate(names) if re.fullmatch(r".{1,4}\d{5}", n)]
    if not {"YEAR", "MO", "DA", "HR"} <= set(columns) or not fields:
        raise InputError("is not a table of con2asc -s", file=path, field="first line", value=lines[0][:60])
    rows = [_numbers(line, len(names), path, n) for n, line in enumerate(lines[1:], 2) if line.strip()]
    if not rows:
        raise InputError("holds no cell", file=path)
    table = np.array(rows)
    order = sorted(columns, key=lambda n: TIMES[n])
    when = [stamp([*(int(row[columns[n]]) for n in order), *([0] * (5 - len(order)))], path) for row in table]
    lat, lon = (_axis(table[:, names.index(n)], path, n) for n in ("LAT", "LON"))
    species = tuple(dict.fromkeys(n[:-5] for _, n in fields))
    levels = tuple(dict.fromkeys(int(n[-5:]) for _, n in fields))
    moments = np.unique(when)
    if len(moments) < 2:
        raise InputError("holds one time: no interval can be told", file=path, field="time")
    step = int(np.diff(moments).min())
    values = np.zeros((len(moments), len(species), len(levels), len(lat), len(lon)))
    t = np.searchsorted(moments, when)
    j, i = (np.rint((table[:, names.index(n)] - a[0]) / (a[1] - a[0])).astype(int)
            for n, a in (("LAT", lat), ("LON", lon)))  # fmt: skip
    for k, name in fields:
        values[t, species.index(name[:-5]), levels.index(int(name[-5:])), j, i] = table[:, k]
    start = moments - step if stamps == "end" else moments
    return Parts(
        path, "con2asc", lat[0], lon[0], lat[1] - lat[0], lon[1] - lon[0], len(lat), len(lon), levels, species,
        start.tolist(), (start + step).tolist(), list(values),
    ).gridded()  # fmt: skip


def _numbers(line: str, count: int, path: Path, number: int) -> list[float]:
    words = [w for w in re.split(r"[,\s]+", line.strip()) if w]
    try:
        values = [float(w) for w in words]
    except ValueError as error:
        raise InputError("holds a word where a number belongs", file=path, field=f"line {number}") from error
    if len(values) != count or not np.isfinite(values).all():
        raise InputError(f"holds {len(values)} numbers where {count} were due", file=path, field=f"line {number}")
    return values


def _axis(values: Any, path: Path, name: str) -> Any:
    """Evenly spaced places that hold all values."""
    places = np.unique(np.round(values, 4))
    if len(places) < 2:
        raise InputError("holds one row or column: no spacing can be told", file=path, field=name)
    step = np.diff(places).min()
    axis = places[0] + step * np.arange(round((places[-1] - places[0]) / step) + 1)
    if np.abs((values - places[0]) / step - np.rint((values - places[0]) / step)).max() > 0.05 or len(axis) > 10**5:
        raise InputError("is not evenly spaced", file=path, field=name)
    return axis


def _whole(lines: list[str], path: Path) -> Gridded:
    rows = iter(enumerate(lines, 1))

    def take(*widths: int) -> list[str]:
        number, line = next(rows, (len(lines) + 1, ""))
        if not line.strip():
            raise InputError("ends too soon", file=path, field=f"line {number}")
        cut, place = [], 0
        for width in widths:
            cut.append(line[place : place + width].strip())
            place += width
        return [*cut, line[place:]]

    def whole(text: str) -> int:
        try:
            return int(text)
        except ValueError as error:
            raise InputError("is not text of con2asc -c", file=path, value=text[:20]) from error

    try:
        head = take(4, *[4] * 6)
        for _ in range(whole(head[6])):
            take(4)
        rows_, columns, dlat, dlon, south, west, _ = take(4, 4, 8, 8, 8, 8)
        levels = _listed(take(4), 8, whole)
        species = _listed(take(4), 4, str.strip)
        parts = Parts(
            path, head[0], float(south), float(west), float(dlat), float(dlon), whole(rows_), whole(columns),
            tuple(levels), tuple(species),
        )  # fmt: skip
        parts.check_size()
        size = parts.rows * parts.columns
        for number, line in rows:
            parts.start.append(stamp([whole(line[4 * k : 4 * k + 4]) for k in range(5)], path))
            parts.end.append(stamp([whole(w) for w in take(*[4] * 5)[:5]], path))
            fields = [_values(take(4, 6)[2], size, path, number) for _ in range(len(levels) * len(species))]
            parts.values.append(np.array(fields).reshape(len(species), len(levels), parts.rows, parts.columns))
    except ValueError as error:
        raise InputError("is not text of con2asc -c", file=path, value=str(error)[:60]) from error
    return parts.gridded()


def _listed(cut: list[str], width: int, made: Any) -> list[Any]:
    count = int(cut[0])
    if not 0 < count <= 20 or len(cut[1].rstrip()) > count * width:
        raise ValueError(f"{count} names or levels")
    return [made(cut[1][n * width : (n + 1) * width]) for n in range(count)]


def _values(text: str, size: int, path: Path, number: int) -> list[float]:
    values = [float(text[n : n + 10]) for n in range(0, len(text.rstrip()), 10)]
    if len(values) != size:
        raise InputError(f"holds {len(values)} values where {size} were due", file=path, field=f"near line {number}")
    return values
