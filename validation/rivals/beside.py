"""How far do two files agree, whoever wrote them?

    python -m validation.rivals.beside ONE OTHER [--layer METRES] [--cell DEGREES] [--scale-other FACTOR]

Reads answers of Oberih, FLEXPART (netCDF file or folder), SNAP or HYSPLIT (cdump, con2asc, netCDF), takes the mean over
the lowest METRES, puts both on one latitude-longitude grid with every amount kept, and compares the intervals
that both hold.  The last line is JSON.  FACTOR brings another unit of release to Oberih's.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError
from validation.door import Words, answering, positive_number
from validation.rivals.agreement import agreement
from validation.rivals.gridded import Gridded, areas
from validation.rivals.read import read_answer

Array = Any
SHARE = 0.01
"""Of the highest value of ONE: the threshold of an area."""


def lowest(answer: Gridded, depth: float) -> Array:
    """Mean over the lowest metres, all species together, shape (times, y, x).

    Raises
    ------
    InputError
        If the layers do not reach that far.
    """
    if answer.top[-1] < depth - 1e-6:
        raise InputError(f"{answer.model}: layers end below", field="--layer", value=depth,
                         cure=f"give at most {answer.top[-1]:g}")  # fmt: skip
    within = np.clip(np.minimum(answer.top, depth) - answer.bottom, 0.0, None)
    return (answer.air.sum(axis=0) * within[:, None, None]).sum(axis=1) / depth


def onto(field: Array, answer: Gridded, lat: Array, lon: Array) -> Array:
    """A field of concentrations on other cells of even spacing, every amount kept that lies within them."""
    if answer.lat.ndim == 2:
        return _binned(field, answer, lat, lon)
    rows = _shares(np.sin(np.radians(_edges(lat))), np.sin(np.radians(_edges(answer.lat))))
    columns = _shares(_edges(lon), _edges(answer.lon))
    return np.asarray(rows @ (field * answer.area) @ columns.T) / areas(lat, lon)


def _edges(middles: Array) -> Array:
    step = middles[1] - middles[0]
    return np.concatenate([middles - step / 2.0, middles[-1:] + step / 2.0])


def _shares(to: Array, of: Array) -> Array:
    """Which share of each old cell lies in each new one, shape (new, old)."""
    common = np.minimum(to[1:, None], of[None, 1:]) - np.maximum(to[:-1, None], of[None, :-1])
    return np.clip(common, 0.0, None) / np.diff(of)


def _binned(field: Array, answer: Gridded, lat: Array, lon: Array) -> Array:
    """Cells of a turned grid, each whole into the cell where its middle lies."""
    j, i = (
        np.floor((v - e[0]) / (e[1] - e[0])).astype(int)
        for v, e in ((answer.lat, _edges(lat)), (answer.lon, _edges(lon)))
    )
    inside = (j >= 0) & (j < len(lat)) & (i >= 0) & (i < len(lon))
    out = np.zeros((len(field), len(lat), len(lon)))
    for t, values in enumerate(field * answer.area):
        np.add.at(out[t], (j[inside], i[inside]), values[inside])
    return out / areas(lat, lon)


def common_grid(one: Gridded, other: Gridded, cell: float) -> tuple[Array, Array]:
    """Middles of the cells of the area that both cover.

    Raises
    ------
    InputError
        If there is none.
    """
    axes = []
    for name in ("lat", "lon"):
        low = max(float(getattr(a, name).min()) for a in (one, other))
        high = min(float(getattr(a, name).max()) for a in (one, other))
        first = np.floor(low / cell) * cell
        if high - first < 2.0 * cell:
            raise InputError("the two cover no common area", field=name, value=f"{low:g} to {high:g}")
        axes.append(first + cell * (0.5 + np.arange(round((high - first) / cell))))
    return axes[0], axes[1]


def beside(one: Gridded, other: Gridded, *, depth: float, cell: float, scale: float = 1.0) -> list[dict[str, Any]]:
    """Agreement of every interval that both hold.

    Raises
    ------
    InputError
        If there is no such interval, or no common area.
    """
    lat, lon = common_grid(one, other, cell)
    a, b = (onto(lowest(v, depth), v, lat, lon) for v in (one, other))
    held = {(int(s), int(e)): t for t, (s, e) in enumerate(zip(other.start, other.end, strict=True))}
    rows = []
    for t, when in enumerate(zip(one.start.tolist(), one.end.tolist(), strict=True)):
        if when in held and (a[t].any() or b[held[when]].any()):
            least = SHARE * max(float(a[t].max()), 1e-300)
            found = agreement(a[t], scale * b[held[when]], areas(lat, lon), threshold=least)
            rows.append({"end": str(np.datetime64(when[1], "s")) + "Z", **found.rounded()})
    if not rows:
        raise InputError("the two hold no common interval", field="time",
                         value=f"{len(one.start)} and {len(other.start)} intervals")  # fmt: skip
    return rows


@answering
def main(arguments: Sequence[str]) -> int:
    """Compare two files, print figures, one JSON line last."""
    parser = Words("validation.rivals.beside", __doc__)
    parser.add_argument("one", type=Path)
    parser.add_argument("other", type=Path)
    parser.add_argument("--layer", type=positive_number, default=100.0)
    parser.add_argument("--cell", type=positive_number, default=0.25)
    parser.add_argument("--scale-other", type=positive_number, default=1.0)
    given = parser.parse_args(arguments)
    one, other = read_answer(given.one), read_answer(given.other)
    rows = beside(one, other, depth=given.layer, cell=given.cell, scale=given.scale_other)
    for answer in (one, other):
        print(f"{answer.model}: {', '.join(answer.species)}; {'; '.join(answer.notes) or 'nothing assumed'}")
    for row in rows:
        print(row)
    print(json.dumps({"one": one.model, "other": other.model, "intervals": rows}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
