"""How is a field of a netCDF file read in stretches, so that no more than one of them needs memory?

A stretch is some steps along the first axis, whole chunks of the file where it has chunks.  Of a grid that is cut, or
opened at another meridian, the rows and columns that are wanted are read, and no others.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["AT_ONCE", "EXPVER", "read_in_stretches"]

Values = npt.NDArray[np.float32]
Index = npt.NDArray[np.intp]

AT_ONCE = 8_000_000
"""Values that are decoded at once, where the chunks of the file are no larger."""

EXPVER = "expver"
"""Axis on which final and preliminary ERA5 stand side by side, each where the other has no values."""

MOST_RUNS = 8


def read_in_stretches(
    variable: Any, *, order: Sequence[str], index: Mapping[str, Index], out: Values,
    turned: Callable[[npt.NDArray[Any]], npt.NDArray[Any]], read: Callable[[int], None],
) -> None:  # fmt: skip
    """Fill an array with a variable.

    Parameters
    ----------
    variable : xarray.DataArray
        Its axes are those of ``order``, and `EXPVER`.
    order : sequence of str
        Axes of ``out``.
    index : mapping of str to int array
        Places on an axis, in the order in which they are wanted; an axis without is taken whole.
    out : float32 array
    turned : callable
        What is done to values, to have them in SI.
    read : callable
        Told how many values have been read.
    """
    first = order[0]
    places = index.get(first, np.arange(len(out)))
    each = out.size // max(1, len(out))
    if each > 4 * AT_ONCE and len(order) > 1:  # one step alone is a global field on all levels
        within = {name: held for name, held in index.items() if name != first}
        for one, place in zip(out, places.tolist(), strict=True):
            read_in_stretches(
                variable.isel({first: place}), order=order[1:], index=within, out=one, turned=turned, read=read
            )  # fmt: skip
        return
    step = _step(variable, first, max(1, each))
    for begin in range(0, len(out), step):
        kept = slice(begin, min(begin + step, len(out)))
        out[kept] = turned(_taken(variable, order, {**index, first: places[kept]}))
        read(out[kept].size)


def _step(variable: Any, axis: str, each: int) -> int:
    """Steps along an axis that are read at once: whole chunks, of which none is then unpacked twice."""
    chunk = max(1, int((variable.encoding.get("preferred_chunks") or {}).get(axis, 1)))
    return max(1, AT_ONCE // (each * chunk)) * chunk


def _taken(variable: Any, order: Sequence[str], index: Mapping[str, Index]) -> npt.NDArray[Any]:
    sizes = [len(index[d]) if d in index else variable.sizes[d] for d in order]
    runs = [list(_runs(index[d])) for d in index]
    if math.prod(map(len, runs)) == 1:
        return _block(variable, order, {d: r[0][1:] for d, r in zip(index, runs, strict=True)})
    out = None
    for together in itertools.product(*runs):
        block = _block(variable, order, {d: r[1:] for d, r in zip(index, together, strict=True)})
        out = np.empty(sizes, dtype=block.dtype) if out is None else out
        where = {d: r[0] for d, r in zip(index, together, strict=True)}
        out[tuple(where.get(d, slice(None)) for d in order)] = block
    assert out is not None  # no axis is empty
    return out


def _runs(index: Index) -> Iterator[tuple[slice, slice, Index]]:
    """Stretches of places side by side: where they go, the slice that holds them, and their places in it."""
    parts = np.split(np.arange(len(index)), np.flatnonzero(np.abs(np.diff(index)) != 1) + 1)
    for part in parts if len(parts) <= MOST_RUNS else [np.arange(len(index))]:
        places = index[part]
        low = int(places.min())
        yield slice(int(part[0]), int(part[-1]) + 1), slice(low, int(places.max()) + 1), places - low


def _block(variable: Any, order: Sequence[str], runs: Mapping[str, tuple[slice, Index]]) -> npt.NDArray[Any]:
    cut = variable.isel({d: whole for d, (whole, _) in runs.items()})
    beside = [EXPVER] if EXPVER in variable.dims else []
    values = np.asarray(cut.transpose(*beside, *order).values)
    if beside:
        values = _first_there(values)
    for axis, name in enumerate(order):
        if name in runs and (runs[name][1] != np.arange(values.shape[axis])).any():
            values = np.take(values, runs[name][1], axis=axis)
    return values


def _first_there(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    found: npt.NDArray[Any] = values[0]
    for other in values[1:]:
        found = np.where(np.isnan(found), other, found)
    return found
