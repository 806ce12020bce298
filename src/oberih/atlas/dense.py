"""What does an atlas look like on the whole grid?

Spreads the entries of some release hours over every cell, as an xarray Dataset: for people and
for other tools; superposition reads the entries themselves.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from oberih.constants import FORMS
from oberih.earth.grid import Grid
from oberih.errors import OutOfRange

_MEANING = {
    "tic": ("s m-3", "time-integrated concentration at the ground"),
    "dry": ("m-2", "dry deposit"),
    "wet": ("m-2", "wet deposit"),
    "gamma": ("s m-3", "cloud gamma exposure, noble gas"),
    "age": ("s", "mean age of the plume"),
}


class Entries(Protocol):
    """What is read of an open atlas; `oberih.atlas.store.Atlas` is one."""

    @property
    def grid(self) -> Grid:
        """The cells."""

    @property
    def heights(self) -> tuple[float, ...]:
        """[m]"""

    @property
    def releases(self) -> int:
        """Number of release hours."""

    @property
    def block_hours(self) -> int:
        """Release hours of a block."""

    @property
    def times(self) -> npt.NDArray[np.int64]:
        """Beginning of each release hour."""

    @property
    def offsets(self) -> npt.NDArray[np.int32]:
        """First entry of each hour."""

    @property
    def facts(self) -> dict[str, Any]:
        """What it was built from."""

    @property
    def digest(self) -> str:
        """Its name."""

    def column(self, name: str, block: int, height: int) -> npt.NDArray[Any]:
        """One column of one block at one height."""


def dense_dataset(atlas: Entries, hours: range, height: int) -> Any:
    """Release hours at one height, as `oberih.atlas.store.Atlas.dataset` says.

    Raises
    ------
    OutOfRange
        If the atlas has no such hours or height.
    """
    import xarray as xr  # an extra

    if not hours or hours[0] < 0 or hours[-1] >= atlas.releases or not 0 <= height < len(atlas.heights):
        raise OutOfRange(f"the atlas has {atlas.releases} release hours", field="hours", value=str(hours))
    grid = atlas.grid
    fields = {name: np.zeros((len(hours), grid.cells, len(FORMS))) for name in ("tic", "dry", "wet")}
    fields |= {name: np.zeros((len(hours), grid.cells)) for name in ("gamma", "age")}
    for i, hour in enumerate(hours):
        _spread(atlas, hour, height, {name: field[i] for name, field in fields.items()})
    plane = (len(hours), grid.rings, grid.sectors)
    data = {
        name: (("time", "ring", "sector", "form")[: 3 + (field.ndim == 3)], field.reshape(*plane, *field.shape[2:]),
               dict(zip(("units", "long_name"), _MEANING[name], strict=True)))
        for name, field in fields.items()
    }  # fmt: skip
    coordinates = {
        "time": atlas.times[list(hours)].astype("datetime64[s]").astype("datetime64[ns]"), "ring": grid.radii,
        "sector": np.degrees(grid.azimuths), "form": list(FORMS), "height": atlas.heights[height],
    }  # fmt: skip
    air = {name: int(v) if isinstance(v, bool) else v for name, v in atlas.facts["air"].items()}  # as netCDF can hold
    return xr.Dataset(data, coords=coordinates, attrs={"digest": atlas.digest, **air})


def _spread(atlas: Entries, hour: int, height: int, out: dict[str, npt.NDArray[np.float64]]) -> None:
    """One release hour's entries onto the cells."""
    block, k = divmod(hour, atlas.block_hours)
    begin, end = atlas.offsets[block, height, k : k + 2]
    column = {n: atlas.column(n, block, height)[begin:end] for n in ("cell", "tic", "gamma", "age", "wet")}
    cells = column["cell"]
    out["tic"][cells, 0], out["gamma"][cells], out["age"][cells] = column["tic"], column["gamma"], column["age"]
    for f, form in enumerate(FORMS[1:], start=1):
        tic = column["tic"] * atlas.column(f"depletion_{form}", block, height)[begin:end]
        ratio = 1.0 if f == 1 else atlas.column(f"wet_ratio_{form}", block, height)[begin:end]
        out["tic"][cells, f] = tic
        out["dry"][cells, f] = tic * atlas.column(f"velocity_{form}", block, height)[begin:end]
        out["wet"][cells, f] = column["wet"] * ratio
