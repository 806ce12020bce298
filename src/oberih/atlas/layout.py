"""What stands in an atlas, under which name and in which unit?

Defines the noun `AtlasPlan`: what an atlas is built from, whole, before it is built.  Its
digest names the atlas, so that another weather, grid or engine is another atlas.

An atlas is a Zarr v3 group that plain xarray opens.  Of every release hour only the touched
cells are kept, one after the other: hour ``k`` of block ``b`` at height ``h`` has the entries
``offset[b, h, k]`` to ``offset[b, h, k + 1]``, and ``cell`` says which cell each is, as
``ring * sectors + sector``.  To be small it stores ratios that vary slowly in place of values
that vary fast; the values are::

    tic[form] = tic · depletion[form]                 (depletion of the noble gas is 1)
    dry[form] = velocity[form] · tic[form]
    wet[form] = wet · wet_ratio[form]                 (ratio of the aerosol is 1)

`oberih.atlas.store.Atlas.dataset` gives the values on the whole grid.  Stored numbers keep
seven bits of their mantissa (relative error at most 0.4 %, unbiased); cells whose tic and
deposition are below 1 % and whose gamma is below 5 % of their ring's largest are dropped
(in a real week this lost 0.2 % of the deposit).
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.dispersion.particles.unit import ParticleSettings
from oberih.dispersion.puffs import PuffSettings, air_table
from oberih.earth.grid import Grid
from oberih.errors import OutOfRange
from oberih.evidence.digest import sha256_of_array, sha256_of_value
from oberih.weather.air import Air

FORMAT = "oberih/atlas/2"
BLOCK_HOURS = 168
"""Release hours that one task computes and one chunk holds, unless the plan says otherwise."""

HIGHEST = 1500.0
"""Release height that the engine can take [m]."""

MOST_CELLS = 65536
"""A cell's index is stored in 16 bits."""

KEPT_BITS = 7
"""Of the mantissa of every stored number."""

DROPPED = 1e-2
"""Of the ring's largest tic and deposit: what is below in every respect is not stored."""

DROPPED_GAMMA = 5e-2
"""The same for gamma, which reaches far beside the plume and there decides nothing."""

COLUMNS = {
    "tic": ("s m-3", "time-integrated air concentration at the ground of one becquerel of noble gas"),
    "gamma": ("s m-3", "cloud gamma exposure as of a semi-infinite cloud, noble gas"),
    "age": ("s", "mean age of the plume"),
    "depletion_aerosol": ("1", "share of the aerosol that is still in the air where tic is"),
    "depletion_elemental_iodine": ("1", "the same of elemental iodine"),
    "depletion_organic_iodine": ("1", "the same of organic iodine"),
    "velocity_aerosol": ("m s-1", "dry deposit over tic of aerosol"),
    "velocity_elemental_iodine": ("m s-1", "the same of elemental iodine"),
    "velocity_organic_iodine": ("m s-1", "the same of organic iodine"),
    "wet": ("m-2", "wet deposit of one becquerel of aerosol"),
    "wet_ratio_elemental_iodine": ("1", "wet deposit of elemental iodine over that of aerosol"),
    "wet_ratio_organic_iodine": ("1", "the same of organic iodine"),
}
"""Values of an entry: name, unit, meaning."""

CHUNK_ENTRIES = 131072
"""Entries in a chunk; a chunk without entries has no file."""


@dataclass(frozen=True)
class FlowAt:
    """The fields that carry particles, and where the site lies in them.

    Parameters
    ----------
    digest : str
        Of the `Flow`.
    x, y : float
        The site, in cells of the flow's grid.
    latitude, longitude : float
        The site [°].
    folder : str
        Where the flow is kept (`oberih.dispersion.particles.flow_file`); it does not count towards the atlas's name.
    """

    digest: str
    x: float
    y: float
    latitude: float
    longitude: float
    folder: str = ""


@dataclass(frozen=True)
class AtlasPlan:
    """What an atlas is built from: by puffs in an `Air`, or by particles in a `Flow`.

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
    particles : ParticleSettings, optional
        What the particle engine is told; then ``air`` is that of the fields at the site, for the rise of plumes.
    flow : FlowAt, optional
        With particles.
    block_hours : int
        Release hours of a task, and of a chunk.

    Raises
    ------
    OutOfRange
        If the store could not hold it, or the engine not compute it.
    """

    site: str
    air: Air
    grid: Grid
    heights: tuple[float, ...]
    settings: PuffSettings
    releases: int
    particles: ParticleSettings | None = None
    flow: FlowAt | None = None
    block_hours: int = BLOCK_HOURS

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.heights, self.heights[1:], strict=False))
        if not self.heights or not rising or not 0.0 <= self.heights[0] <= self.heights[-1] <= HIGHEST:
            raise OutOfRange(f"must increase within 0 to {HIGHEST:g} m", field="heights", value=self.heights)
        if not 1 <= self.releases <= len(self.air):
            raise OutOfRange(f"must be 1 to the air's {len(self.air)} hours", field="releases", value=self.releases)
        if self.grid.cells > MOST_CELLS:
            raise OutOfRange(f"has more than {MOST_CELLS} cells", field="grid", value=self.grid.cells)
        if self.block_hours < 1:
            raise OutOfRange("must be at least 1", field="block_hours", value=self.block_hours)
        if (self.particles is None) != (self.flow is None):
            raise OutOfRange("needs both a flow and what particles are told", field="particles, flow")

    @property
    def blocks(self) -> int:
        """Number of blocks of release hours."""
        return -(-self.releases // self.block_hours)

    @property
    def tasks(self) -> list[tuple[int, int]]:
        """All pairs of block and height index, in order."""
        return [(block, height) for block in range(self.blocks) for height in range(len(self.heights))]

    def hours_of(self, block: int) -> range:
        """Release hours of a block."""
        return range(block * self.block_hours, min((block + 1) * self.block_hours, self.releases))

    @property
    def digest(self) -> str:
        """SHA-256 that names the atlas."""
        return sha256_of_value(self.facts())

    def facts(self) -> dict[str, Any]:
        """Everything that decides the atlas's content, as plain values."""
        s, a = self.settings, self.air
        facts: dict[str, Any] = {
            "format": FORMAT,
            "engine": engine_digest(particles=self.particles is not None),
            "site": self.site,
            "air": {"sha256": sha256_of_array(air_table(a)), "label": a.label, "source": a.source, "start": a.start,
                    "step": a.step, "hours": len(a), "cyclic": a.cyclic, "latitude": a.latitude,
                    "roughness_length": a.roughness_length, "wind_height": a.wind_height},
            "grid": {"rings": self.grid.rings, "sectors": self.grid.sectors, "outer_radius": self.grid.outer_radius},
            "heights": list(self.heights),
            "releases": self.releases,
            "settings": {name: getattr(s, name) for name in s.__dataclass_fields__},
        }  # fmt: skip
        if self.block_hours != BLOCK_HOURS:
            facts["block_hours"] = self.block_hours
        if self.particles and self.flow:
            where = {name: getattr(self.flow, name) for name in ("digest", "x", "y", "latitude", "longitude")}
            facts |= {"particles": asdict(self.particles), "flow": where}
        return facts


@cache
def engine_digest(*, particles: bool = False) -> str:
    """SHA-256 of an engine's own text: formulas, tables and what this layout stores."""
    digest = hashlib.sha256()
    rooms = ["oberih.dispersion.kernels", "oberih.dispersion", "oberih.dispersion.data", "oberih.atlas"]
    if particles:
        rooms += ["oberih.dispersion.kernels.particles", "oberih.dispersion.particles"]
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


def encoded(
    sums: npt.NDArray[np.float64], grid: Grid, block_hours: int = BLOCK_HOURS
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint16], dict[str, npt.NDArray[np.float32]]]:
    """What the engine's sums of a block become in the store.

    Parameters
    ----------
    sums : float array, shape (hours, cells, 12)
        As `oberih.dispersion.kernels.puff` leaves them.

    Returns
    -------
    offsets : int32 array, shape (block_hours + 1,)
        Of each hour's entries; hours that the block lacks are empty.
    cells : uint16 array, shape (entries,)
    columns : dict
        Of `COLUMNS`, shape (entries,).
    """
    kept = _worth_keeping(sums, grid)
    offsets = np.zeros(block_hours + 1, dtype=np.int32)
    offsets[1 : len(sums) + 1] = np.cumsum(kept.sum(axis=1))
    offsets[len(sums) + 1 :] = offsets[len(sums)]
    cells = np.nonzero(kept)[1].astype(np.uint16)
    entries = sums[kept]
    tic, dry, wet = entries[:, 0:4], entries[:, 4:7], entries[:, 7:10]
    with np.errstate(divide="ignore", invalid="ignore"):
        depletion = np.where(tic[:, :1] > 0.0, tic[:, 1:] / tic[:, :1], 1.0)
        velocity = np.where(tic[:, 1:] > 0.0, dry / tic[:, 1:], 0.0)
        ratio = np.where(wet[:, :1] > 0.0, wet[:, 1:] / wet[:, :1], 0.0)
    values = [tic[:, 0], entries[:, 10], entries[:, 11], *depletion.T, *velocity.T, wet[:, 0], *ratio.T]
    return offsets, cells, {name: rounded(column) for name, column in zip(COLUMNS, values, strict=True)}


def _worth_keeping(sums: npt.NDArray[np.float64], grid: Grid) -> npt.NDArray[np.bool_]:
    """Which cells of which hours are stored, shape (hours, cells)."""
    values = sums.reshape(len(sums), grid.rings, grid.sectors, -1)
    judged = values[..., [0, 4, 5, 6, 7, 8, 9]]
    kept = (judged > DROPPED * judged.max(axis=2, keepdims=True)).any(axis=-1)
    gamma = values[..., 10]
    kept |= gamma > DROPPED_GAMMA * gamma.max(axis=2, keepdims=True)
    return np.asarray(kept.reshape(len(sums), grid.cells))
