"""How is an atlas kept, so that what is there is what was written?

Defines the noun `Atlas`: an open store.  A block counts only when its seal is there: a small
file, written last and whole, with the SHA-256 of every chunk of the block.  A build that was
killed leaves unsealed chunks; the next one writes them again, to the same bytes.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import zarr
from numcodecs.blosc import decompress
from zarr.codecs import BloscCodec, BloscShuffle

from oberih.atlas.layout import BLOCK_HOURS, CARRIED, CELL_ARRAYS, EXTRA, FORMAT, AtlasPlan, encoded
from oberih.constants import FORMS
from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import air_table
from oberih.earth.grid import Grid
from oberih.errors import CorruptStore, InputError, StoreError
from oberih.evidence.canonical import canonical_json
from oberih.evidence.digest import sha256_of_file
from oberih.evidence.keep import store_error, write_atomically

SEALS = "seals"
FATES = ("released", "dry in grid", "wet in grid", "on site", "beyond grid", "left", "aloft")


@dataclass(frozen=True)
class Atlas:
    """An open atlas.

    Parameters
    ----------
    path : Path
    group : zarr.Group
    """

    path: Path
    group: Any

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What it was built from, as `AtlasPlan.facts`."""
        facts: dict[str, Any] = self.group.attrs["facts"]
        return facts

    @property
    def digest(self) -> str:
        """The name that its plan gave it."""
        return str(self.group.attrs["digest"])

    @cached_property
    def grid(self) -> Grid:
        """The cells."""
        return Grid(**self.facts["grid"])

    @property
    def heights(self) -> tuple[float, ...]:
        """Release heights [m]."""
        return tuple(self.facts["heights"])

    @property
    def releases(self) -> int:
        """Number of release hours."""
        return int(self.facts["releases"])

    @cached_property
    def times(self) -> npt.NDArray[np.int64]:
        """Beginning of each release hour, seconds since 1970, UTC."""
        return np.asarray(self.group["time"][:])

    @cached_property
    def air(self) -> npt.NDArray[np.float64]:
        """The air it was built from, columns as in `oberih.dispersion.kernels.puff`."""
        return np.asarray(self.group["air"][:])

    def missing(self) -> list[tuple[int, int]]:
        """Blocks and height indices that are not sealed yet."""
        blocks = -(-self.releases // BLOCK_HOURS)
        pairs = [(b, h) for b in range(blocks) for h in range(len(self.heights))]
        return [pair for pair in pairs if not _seal(self.path, *pair).is_file()]

    def layer(self, name: str, block: int, height: int, further: int | None = None) -> npt.NDArray[np.float32]:
        """One array of one block at one height, shape (hours, cells); ``further`` picks carried form or iodine.

        Notes
        -----
        Reads the chunk itself, a Blosc frame of little-endian numbers, past Zarr's machinery,
        which costs more than the decoding and holds the lock of the interpreter.
        """
        hours = min(BLOCK_HOURS, self.releases - block * BLOCK_HOURS)
        tail = "" if further is None else f"/{further}"
        file = self.path / f"{name}/c/{block}/{height}/0/0{tail}"
        if not file.is_file():  # a chunk of zeros has no file
            return np.zeros((hours, self.grid.cells), dtype=np.float32)
        try:
            values = np.frombuffer(decompress(file.read_bytes()), dtype="<f4").reshape(BLOCK_HOURS, self.grid.cells)
        except (OSError, RuntimeError, ValueError) as error:
            raise CorruptStore(
                f"{file}: cannot be decoded ({error}); run 'oberih atlas verify', then build again"
            ) from error
        return values[:hours]

    def dataset(self) -> Any:
        """The atlas as a lazy xarray Dataset with the values themselves.

        Returns
        -------
        xarray.Dataset
            ``tic`` [s/m3], ``dry``, ``wet`` [1/m2] with dims (time, height, ring, sector,
            form), ``gamma`` [s/m3], ``age`` [s] without form, and ``balance`` [1].
        """
        import xarray as xr  # an extra: a user of the numbers alone does without

        stored = xr.open_zarr(self.path, consolidated=False)
        one = xr.ones_like(stored.tic).expand_dims(carried=1, axis=-1)
        depletion = xr.concat([one, stored.depletion], dim="carried").rename(carried="form")
        tic = (stored.tic * depletion).assign_attrs(units="s m-3", long_name="time-integrated concentration")
        velocity = xr.concat([0.0 * one, stored.deposition_velocity], dim="carried").rename(carried="form")
        ratio = xr.concat(
            [0.0 * one.rename(carried="iodine"), one.rename(carried="iodine"), stored.wet_ratio], dim="iodine"
        ).rename(iodine="form")
        values = xr.Dataset(
            {"tic": tic, "dry": (velocity * tic).assign_attrs(units="m-2", long_name="dry deposit"),
             "wet": (stored.wet * ratio).assign_attrs(units="m-2", long_name="wet deposit"),
             "gamma": stored.gamma, "age": stored.age, "balance": stored.balance},
            attrs=stored.attrs,
        )  # fmt: skip
        return values.assign_coords(form=list(FORMS))


def create(path: Path, plan: AtlasPlan) -> Atlas:
    """Create an atlas, or open the one that the same plan began.

    Raises
    ------
    InputError
        If another atlas stands there.
    StoreFull, StoreError
        If it cannot be written.
    """
    if (path / "zarr.json").is_file():
        atlas = open_atlas(path, complete=False)
        if atlas.digest != plan.digest:
            raise InputError("another atlas stands there", file=path, cure="choose another folder or remove it")
        return atlas
    beside = path.with_name(path.name + ".begun")
    with _writing(path):
        shutil.rmtree(beside, ignore_errors=True)
        beside.parent.mkdir(parents=True, exist_ok=True)
        _lay_out(zarr.open_group(str(beside), mode="w", zarr_format=3), plan)
        (beside / SEALS).mkdir()
        beside.rename(path)
    return open_atlas(path, complete=False)


def open_atlas(path: Path, *, complete: bool = True) -> Atlas:
    """Open an atlas for reading.

    Parameters
    ----------
    path : Path
    complete : bool
        Refuse one whose build has not ended.

    Raises
    ------
    InputError
        If there is none, or another format.
    StoreError
        If it is not complete.
    """
    if not (path / "zarr.json").is_file():
        raise InputError("no atlas there", file=path, cure="build one with 'oberih atlas build'")
    try:
        group = zarr.open_group(str(path), mode="r", zarr_format=3)
        found = group.attrs.get("format")
    except Exception as error:  # unreadable metadata, whatever the library calls it
        raise CorruptStore(f"{path}: its metadata cannot be read ({error}); remove it and build again") from error
    if found != FORMAT:
        raise InputError(f"not an atlas of format {FORMAT}", file=path, field="format", value=found)
    atlas = Atlas(path, group)
    if complete and (missing := atlas.missing()):
        raise StoreError(f"{path}: {len(missing)} blocks are not built yet; run the build again, it resumes")
    return atlas


def write_block(atlas: Atlas, block: int, height: int, sums: npt.NDArray[np.float64], balance: Any) -> None:
    """Write one block and seal it.

    Parameters
    ----------
    sums : float array, shape (hours, cells, 12)
    balance : float array, shape (hours, forms, 7)

    Raises
    ------
    StoreFull, StoreError
        If it cannot be written; the block is then not sealed.
    """
    first = block * BLOCK_HOURS
    span = slice(first, first + len(sums))
    with _writing(atlas.path):
        group = zarr.open_group(str(atlas.path), mode="r+", zarr_format=3)
        for name, values in encoded(sums, atlas.grid).items():
            group[name][span, height] = values
        group["balance"][span, height] = balance
        digests = {str(f.relative_to(atlas.path)): sha256_of_file(f) for f in chunk_files(atlas.path, block, height)}
        write_atomically(_seal(atlas.path, block, height), canonical_json(digests) + b"\n")


def verify(atlas: Atlas) -> list[str]:
    """What is wrong with an atlas, one line a fault; empty if all is as it was sealed."""
    faults = [f"block {b}, height {h}: not built" for b, h in atlas.missing()]
    for seal in sorted((atlas.path / SEALS).glob("*.json")):
        try:
            digests = json.loads(seal.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            faults.append(f"{seal.name}: unreadable seal ({error})")
            continue
        block, height = (int(part) for part in seal.stem.split("-"))
        there = {str(f.relative_to(atlas.path)) for f in chunk_files(atlas.path, block, height)}
        faults += [f"{name}: appeared after it was sealed" for name in sorted(there - set(digests))]
        for name, digest in digests.items():
            file = atlas.path / name
            if not file.is_file():
                faults.append(f"{name}: missing")
            elif sha256_of_file(file) != digest:
                faults.append(f"{name}: not what was written")
    return faults


def unseal(atlas: Atlas, faults: list[str]) -> int:
    """Break the seals of blocks with faults, so that the next build makes them anew; how many."""
    broken = {
        seal
        for seal in (atlas.path / SEALS).glob("*.json")
        for fault in faults
        if fault.startswith(seal.name) or fault.split(":")[0] in seal.read_text(encoding="utf-8", errors="replace")
    }
    for seal in broken:
        seal.unlink(missing_ok=True)
    return len(broken)


def chunk_files(path: Path, block: int, height: int) -> Iterator[Path]:
    """Files that hold one block at one height; a chunk of zeros has none."""
    for name in (*CELL_ARRAYS, "balance"):
        folder = path / name / "c" / str(block) / str(height)
        yield from (f for f in sorted(folder.rglob("*")) if f.is_file())


def _seal(path: Path, block: int, height: int) -> Path:
    return path / SEALS / f"{block:05d}-{height:02d}.json"


def _lay_out(group: Any, plan: AtlasPlan) -> None:
    """Create the arrays, empty, and the coordinates."""
    grid, n, heights = plan.grid, plan.releases, len(plan.heights)
    squeeze = [BloscCodec(cname="zstd", clevel=5, shuffle=BloscShuffle.bitshuffle, typesize=4)]
    for name, (unit, meaning, further) in CELL_ARRAYS.items():
        shape = (n, heights, grid.rings, grid.sectors, *(EXTRA[d] for d in further))
        group.create_array(
            name, shape=shape, chunks=(BLOCK_HOURS, 1, grid.rings, grid.sectors, *(1 for _ in further)),
            dtype="float32", compressors=squeeze, fill_value=0.0,
            dimension_names=("time", "height", "ring", "sector", *further),
            attributes={"units": unit, "long_name": meaning},
        )  # fmt: skip
    group.create_array(
        "balance", shape=(n, heights, len(FORMS), puff.BALANCE), chunks=(BLOCK_HOURS, 1, len(FORMS), puff.BALANCE),
        dtype="float64", dimension_names=("time", "height", "form", "fate"),
        attributes={"units": "1", "long_name": "fate of one becquerel", "fates": list(FATES)},
    )  # fmt: skip
    air = plan.air
    _coordinate(group, "time", air.start + (np.arange(n) * air.step).astype(np.int64),
                units="seconds since 1970-01-01", calendar="proleptic_gregorian", long_name="beginning of the release")  # fmt: skip
    _coordinate(group, "height", np.asarray(plan.heights), units="m", long_name="effective release height")
    _coordinate(group, "ring", grid.radii, units="m", long_name="distance of the ring's centre")
    _coordinate(group, "sector", np.degrees(grid.azimuths), units="degrees", long_name="azimuth, clockwise from north")
    table = air_table(air)
    group.create_array("air", data=table, dimension_names=("hour", "air_column"), attributes={"long_name": "the air"})
    group.attrs.update(
        {"format": FORMAT, "title": f"Oberih atlas of {plan.site}", "weather": air.label, "source": air.source,
         "forms": list(FORMS), "carried": list(CARRIED), "digest": plan.digest, "facts": plan.facts(),
         "formula": "tic[form] = tic*depletion; dry[form] = deposition_velocity*tic[form]; wet[form] = wet*wet_ratio"}
    )  # fmt: skip


def _coordinate(group: Any, name: str, values: npt.NDArray[Any], **attributes: str) -> None:
    group.create_array(name, data=values, dimension_names=(name,), attributes=attributes)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what the disk says into an error of ours."""
    try:
        yield
    except OSError as error:
        raise store_error(path, error) from error
