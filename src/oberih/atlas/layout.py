"""What stands in an atlas, under which name and in which unit?

Defines the noun `AtlasPlan`: what an atlas is built from, whole, before it is built.  Its
digest names the atlas, so that another weather, grid or engine is another atlas.

An atlas is a Zarr v3 group that plain xarray opens.  To be small it stores ratios that vary
slowly in place of values that vary fast; the values are::

    tic[form]  = tic · depletion[form]                 (depletion of the noble gas is 1)
    dry[form]  = deposition_velocity[form] · tic[form]
    wet[form]  = wet · wet_ratio[form]                 (ratio of the aerosol is 1)

`oberih.atlas.store.Atlas.dataset` gives the values.  Stored numbers keep seven bits of their
mantissa (relative error at most 0.4 %, unbiased); cells whose tic and deposition are below
0.3 % and whose gamma is below 1 % of their ring's largest are dropped (in a real week this
lost 0.04 % of the deposit).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.dispersion.puffs import PuffSettings, air_table
from oberih.earth.grid import Grid
from oberih.evidence.digest import sha256_of_array, sha256_of_value
from oberih.weather.air import Air

FORMAT = "oberih/atlas/1"
BLOCK_HOURS = 168
"""Release hours that one task computes and one chunk holds."""

KEPT_BITS = 7
"""Of the mantissa of every stored number."""

DROPPED = 3e-3
"""Of the ring's largest tic and deposit: what is below in every respect is not stored."""

DROPPED_GAMMA = 1e-2
"""The same for gamma, which reaches far beside the plume and there decides nothing."""

CARRIED = ("aerosol", "elemental_iodine", "organic_iodine")
"""Forms that leave the air; the noble gas is the reference."""

CELL_ARRAYS = {
    "tic": ("s m-3", "time-integrated air concentration at the ground of one becquerel of noble gas", ()),
    "depletion": ("1", "share of a form that is still in the air where tic is", ("carried",)),
    "deposition_velocity": ("m s-1", "dry deposit over tic of the same form", ("carried",)),
    "wet": ("m-2", "wet deposit of one becquerel of aerosol", ()),
    "wet_ratio": ("1", "wet deposit of iodine forms over that of aerosol", ("iodine",)),
    "gamma": ("s m-3", "cloud gamma exposure as of a semi-infinite cloud, noble gas", ()),
    "age": ("s", "mean age of the plume", ()),
}
"""Name: unit, meaning, further dimension."""

EXTRA = {"carried": 3, "iodine": 2}


@dataclass(frozen=True)
class AtlasPlan:
    """What an atlas is built from.

    Parameters
    ----------
    site : str
        Identifier of the site.
    air : Air
    grid : Grid
    heights : tuple of float
        Release heights [m], increasing.
    settings : PuffSettings
    releases : int
        Number of release hours, from the first of ``air``.
    """

    site: str
    air: Air
    grid: Grid
    heights: tuple[float, ...]
    settings: PuffSettings
    releases: int

    @property
    def blocks(self) -> int:
        """Number of blocks of release hours."""
        return -(-self.releases // BLOCK_HOURS)

    @property
    def tasks(self) -> list[tuple[int, int]]:
        """All pairs of block and height index, in order."""
        return [(block, height) for block in range(self.blocks) for height in range(len(self.heights))]

    def hours_of(self, block: int) -> range:
        """Release hours of a block."""
        return range(block * BLOCK_HOURS, min((block + 1) * BLOCK_HOURS, self.releases))

    @property
    def digest(self) -> str:
        """SHA-256 that names the atlas."""
        return sha256_of_value(self.facts())

    def facts(self) -> dict[str, Any]:
        """Everything that decides the atlas's content, as plain values."""
        s, a = self.settings, self.air
        return {
            "format": FORMAT,
            "engine": engine_digest(),
            "site": self.site,
            "air": {"sha256": sha256_of_array(air_table(a)), "label": a.label, "source": a.source, "start": a.start,
                    "step": a.step, "hours": len(a), "cyclic": a.cyclic, "latitude": a.latitude,
                    "roughness_length": a.roughness_length, "wind_height": a.wind_height},
            "grid": {"rings": self.grid.rings, "sectors": self.grid.sectors, "outer_radius": self.grid.outer_radius},
            "heights": list(self.heights),
            "releases": self.releases,
            "settings": {name: getattr(s, name) for name in s.__dataclass_fields__},
        }  # fmt: skip


@cache
def engine_digest() -> str:
    """SHA-256 of the engine's own text: formulas, tables and what this layout stores."""
    digest = hashlib.sha256()
    rooms = ["oberih.dispersion.kernels", "oberih.dispersion", "oberih.dispersion.data", "oberih.atlas"]
    for room in rooms:
        files = resources.files(room.replace(".data", "")) / ("data" if room.endswith(".data") else "")
        for file in sorted(files.iterdir(), key=lambda f: f.name):
            wanted = file.name == "layout.py" if room == "oberih.atlas" else file.name.endswith((".py", ".json"))
            if wanted and file.is_file():
                digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def rounded(values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """Values with `KEPT_BITS` bits of mantissa, rounded to nearest, so that they compress."""
    single = np.array(values, dtype=np.float32, copy=True, order="C")
    bits = single.view(np.uint32)
    bits += np.uint32(1 << (22 - KEPT_BITS))
    bits &= np.uint32((0xFFFFFFFF << (23 - KEPT_BITS)) & 0xFFFFFFFF)
    return single


def encoded(sums: npt.NDArray[np.float64], grid: Grid) -> dict[str, npt.NDArray[np.float32]]:
    """What the engine's sums of a block become in the store.

    Parameters
    ----------
    sums : float array, shape (hours, cells, 12)
        As `oberih.dispersion.kernels.puff` leaves them.

    Returns
    -------
    dict
        Arrays of `CELL_ARRAYS`, shape (hours, rings, sectors[, further]).
    """
    values = sums.reshape(len(sums), grid.rings, grid.sectors, -1)
    judged = values[..., [0, 4, 5, 6, 7, 8, 9]]
    kept = (judged > DROPPED * judged.max(axis=2, keepdims=True)).any(axis=-1)
    gamma = values[..., 10]
    kept |= gamma > DROPPED_GAMMA * gamma.max(axis=2, keepdims=True)
    values = np.where(kept[..., None], values, 0.0)
    tic, dry, wet = values[..., 0:4], values[..., 4:7], values[..., 7:10]
    with np.errstate(divide="ignore", invalid="ignore"):
        arrays = {
            "tic": tic[..., 0],
            "depletion": np.where(tic[..., :1] > 0.0, tic[..., 1:] / tic[..., :1], 0.0),
            "deposition_velocity": np.where(tic[..., 1:] > 0.0, dry / tic[..., 1:], 0.0),
            "wet": wet[..., 0],
            "wet_ratio": np.where(wet[..., :1] > 0.0, wet[..., 1:] / wet[..., :1], 0.0),
            "gamma": values[..., 10],
            "age": values[..., 11],
        }
    return {name: rounded(array) for name, array in arrays.items()}
