"""How is a variable written after the CF conventions?

What every netCDF file of a case shares: a variable with its attributes, an axis with its bounds, hours, words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.constants import SECONDS_PER_HOUR

__all__ = ["EPOCH", "axis", "hours_axis", "variable", "words"]

EPOCH = "seconds since 1970-01-01 00:00:00"

Floats = npt.NDArray[np.floating[Any]]


def variable(group: Any, name: str, dims: tuple[str, ...], values: Any, *, kind: str = "f4", **attrs: Any) -> None:
    """Write a variable; what has two dimensions or more is compressed."""
    made = group.createVariable(name, kind, dims, zlib=len(dims) > 1, complevel=4)
    made.setncatts(attrs)
    made[:] = values


def axis(group: Any, name: str, edges: Floats, **attrs: str) -> None:
    """Write an axis of cells: their middles, and their edges as bounds.

    Parameters
    ----------
    edges : float array, shape (n + 1,)
    """
    group.createDimension(name, len(edges) - 1)
    variable(group, name, (name,), 0.5 * (edges[1:] + edges[:-1]), kind="f8", bounds=f"{name}_bounds", **attrs)
    _bounds(group, name, edges[:-1], edges[1:])


def hours_axis(group: Any, start: int, hours: int) -> None:
    """Write the time at the end of each hour, with the hour as its bounds."""
    ends = start + SECONDS_PER_HOUR * (np.arange(hours) + 1.0)
    group.createDimension("time", hours)
    variable(group, "time", ("time",), ends, kind="f8", units=EPOCH, calendar="standard", standard_name="time",
             bounds="time_bounds", axis="T")  # fmt: skip
    _bounds(group, "time", ends - SECONDS_PER_HOUR, ends)


def words(group: Any, name: str, texts: Sequence[str], meaning: str) -> None:
    """Write an axis of words."""
    group.createDimension(name, len(texts))
    made = group.createVariable(name, str, (name,))
    made.setncatts({"long_name": meaning})
    for i, text in enumerate(texts):
        made[i] = text


def _bounds(group: Any, name: str, low: Floats, high: Floats) -> None:
    if "nv" not in group.dimensions:
        group.createDimension("nv", 2)
    variable(group, f"{name}_bounds", (name, "nv"), np.stack([low, high], axis=1), kind="f8")
