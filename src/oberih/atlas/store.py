"""How is an atlas kept and read?

Defines the noun `Atlas`: an open store.  What was written is found again or refused: metadata,
coordinates and air are compared with their seal whenever an atlas is opened, every chunk carries
a CRC-32C that is checked whenever it is read, a lost chunk is missed by the seal of its block.
`verify` compares every byte with the seals (`oberih.atlas.seal`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
import numpy.typing as npt
import zarr
from numcodecs.blosc import decompress
from zarr.codecs import BloscCodec, BloscShuffle, Crc32cCodec, ZstdCodec

from oberih.atlas import seal
from oberih.atlas.layout import CHUNK_ENTRIES, COLUMNS, FORMAT, AtlasPlan, encoded
from oberih.constants import FORMS
from oberih.dispersion.kernels import puff
from oberih.dispersion.puffs import air_table
from oberih.earth.grid import Grid
from oberih.errors import CorruptStore, InputError, OberihError, StoreError
from oberih.evidence.alone import alone
from oberih.evidence.keep import store_error

MEND = "build again, it mends that, or remove it first"
CURE = "run 'oberih atlas verify', then build again"
SMALL = (ZstdCodec(level=3), Crc32cCodec())
"""Codecs of the small arrays."""

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
        return self._whole("time")

    @cached_property
    def air(self) -> npt.NDArray[np.float64]:
        """The air it was built from, columns as in `oberih.dispersion.kernels.puff`."""
        return self._whole("air")

    @cached_property
    def balance(self) -> npt.NDArray[np.float64]:
        """Fate of one becquerel [1], shape (release hours, heights, forms, 7), fates as `FATES`."""
        self._refuse_lost("balance", [(b, h) for b in range(self.blocks) for h in range(len(self.heights))])
        return self._whole("balance")

    def balance_so_far(self) -> npt.NDArray[np.float64]:
        """As `balance`, while it is being built: zero where nothing is sealed."""
        return self._whole("balance")

    @property
    def block_hours(self) -> int:
        """Release hours that one task computes and one chunk holds."""
        return int(self.group.attrs["block_hours"])

    @property
    def blocks(self) -> int:
        """Number of blocks of release hours."""
        return -(-self.releases // self.block_hours)

    def missing(self) -> list[tuple[int, int]]:
        """Blocks and height indices that are not sealed yet."""
        pairs = [(b, h) for b in range(self.blocks) for h in range(len(self.heights))]
        return [pair for pair in pairs if not seal.seal_of(self.path, *pair).is_file()]

    def hours_in(self, block: int) -> int:
        """Release hours of a block."""
        return min(self.block_hours, self.releases - block * self.block_hours)

    @cached_property
    def offsets(self) -> npt.NDArray[np.int32]:
        """Where each hour's entries begin, shape (blocks, heights, block_hours + 1)."""
        offsets = self._whole("offset")
        self._refuse_lost("offset", [(int(b), int(h)) for b, h in np.argwhere(offsets[:, :, -1] == 0)])
        return offsets

    def column(self, name: str, block: int, height: int) -> npt.NDArray[Any]:
        """One column of one block at one height, shape (entries,).

        Raises
        ------
        StoreError
            If the block is not built yet: an hour that is not there is no hour without a dose.
        CorruptStore
            If a chunk is missing, or is not what was written.

        Notes
        -----
        Reads the chunks themselves, Blosc frames of little-endian numbers with a CRC-32C behind,
        past Zarr's machinery, which costs more than the decoding and holds the interpreter's lock.
        """
        if not seal.seal_of(self.path, block, height).is_file():
            raise StoreError(
                f"{self.path}: block {block} at {self.heights[height]:g} m is not built yet; 'oberih atlas info' tells "
                "which hours are, and building again resumes"
            )
        count = int(self.offsets[block, height, -1])
        kind = np.dtype("<u2" if name == "cell" else "<f4")
        out = np.zeros(-(-count // CHUNK_ENTRIES) * CHUNK_ENTRIES, dtype=kind)
        for chunk in range(len(out) // CHUNK_ENTRIES):
            file = self.path / name / "c" / str(block) / str(height) / str(chunk)
            try:
                frame, check = _parted(file.read_bytes())
                if google_crc32c.value(frame) != check:
                    raise ValueError("its checksum differs")
                decompress(frame, out[chunk * CHUNK_ENTRIES : (chunk + 1) * CHUNK_ENTRIES])
            except FileNotFoundError:  # a chunk of zeros has no file
                self._refuse_lost(name, [(block, height)], chunk=chunk)
            except (OSError, RuntimeError, ValueError) as error:
                raise CorruptStore(f"{file}: not what was written ({error}); {CURE}") from error
        return out[:count]

    def dataset(self, hours: range, *, height: int = 0) -> Any:
        """Some release hours at one height as an xarray Dataset on the whole grid.

        Parameters
        ----------
        hours : range
            Release hours wanted.
        height : int
            Index of the height.

        Returns
        -------
        xarray.Dataset
            ``tic`` [s/m3], ``dry``, ``wet`` [1/m2] with dims (time, ring, sector, form), ``gamma``
            [s/m3] and ``age`` [s] with dims (time, ring, sector).
        """
        from oberih.atlas.dense import dense_dataset  # xarray is an extra

        return dense_dataset(self, hours, height)

    def _whole(self, name: str) -> npt.NDArray[Any]:
        """All of a small array."""
        try:
            return np.asarray(self.group[name][:])
        except (OSError, RuntimeError, ValueError) as error:
            raise CorruptStore(f"{self.path / name}: not what was written ({error}); {CURE}") from error

    def _refuse_lost(self, name: str, pairs: list[tuple[int, int]], *, chunk: int = 0) -> None:
        """Refuse blocks one of whose chunks is gone though it was sealed."""
        for block, height in pairs:
            tail = "0/0" if name == "balance" else str(chunk)
            lost = f"{name}/c/{block}/{height}/{tail}"
            if lost in seal.sealed_chunks(self.path, block, height) and not (self.path / lost).is_file():
                raise CorruptStore(f"{self.path / lost}: missing; {CURE}")


def create(path: Path, plan: AtlasPlan) -> Atlas:
    """Create an atlas, or open the one that the same plan began, mending its metadata if need be.

    Raises
    ------
    InputError
        If another atlas, or something else, stands there.
    CorruptStore
        If the seal of what stands there cannot be read.
    StoreFull, StoreError
        If it cannot be written.
    """
    with _writing(path):
        if not _laid_out(path, plan):
            path.parent.mkdir(parents=True, exist_ok=True)
            with alone(path.parent):
                if not _laid_out(path, plan):  # nobody else was quicker
                    _lay_out_beside(path, plan)
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
    CorruptStore
        If its metadata, coordinates or air are not what was written.
    StoreError
        If it is not complete, or may not be read.
    """
    try:
        if not (path / "zarr.json").is_file() and seal.plan_sealed(path) is None:
            raise InputError("no atlas there", file=path, cure="build one with 'oberih atlas build'")
        group = zarr.open_group(str(path), mode="r", zarr_format=3)
        found = group.attrs.get("format")
    except PermissionError as error:
        raise StoreError(f"{path}: no right to read ({error.strerror})") from error
    except OberihError:
        raise
    except Exception as error:  # unreadable metadata, whatever the library calls it
        raise CorruptStore(f"{path}: its metadata cannot be read ({error}); {MEND}") from error
    if found != FORMAT:
        raise InputError(f"not an atlas of format {FORMAT}", file=path, field="format", value=found)
    if faults := seal.layout_faults(path):
        raise CorruptStore(f"{path}/{faults[0]}; {MEND}")
    atlas = Atlas(path, group)
    if seal.plan_sealed(path) != group.attrs.get("digest"):
        raise CorruptStore(f"{path}: its seal names another digest; remove it and build again")
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
    first = block * atlas.block_hours
    span = slice(first, first + len(sums))
    with _writing(atlas.path):
        group = zarr.open_group(str(atlas.path), mode="r+", zarr_format=3)
        offsets, cells, columns = encoded(sums, atlas.grid, atlas.block_hours)
        chunks = seal.chunks_for(len(cells))
        everything: dict[str, npt.NDArray[Any]] = {"cell": cells, **columns}
        for name, values in everything.items():
            whole = np.zeros(chunks * CHUNK_ENTRIES, dtype=values.dtype)
            whole[: len(values)] = values
            group[name][block, height, : len(whole)] = whole
        group["offset"][block, height] = offsets
        group["balance"][span, height] = balance
        seal.seal_block(atlas.path, block, height, chunks=chunks)


def verify(atlas: Atlas) -> list[str]:
    """What is wrong with an atlas, one line a fault; empty if every byte is as it was sealed."""
    missing = [f"block {b}, height {h}: not built" for b, h in atlas.missing()]
    return missing + seal.layout_faults(atlas.path) + seal.block_faults(atlas.path)


def unseal(atlas: Atlas, faults: list[str]) -> int:
    """Break the seals of blocks with faults, so that the next build makes them anew; how many."""
    return seal.break_seals(atlas.path, faults)


def _laid_out(path: Path, plan: AtlasPlan) -> bool:
    """Whether an atlas of this plan is begun, with sound metadata."""
    begun = seal.plan_sealed(path)
    if begun is None and path.exists() and not (path.is_dir() and not any(path.iterdir())):
        raise InputError("something else stands there", file=path, cure="choose another folder or remove it")
    if begun not in (None, plan.digest):
        raise InputError("another atlas stands there", file=path, cure="choose another folder or remove it")
    return begun is not None and not seal.layout_faults(path)


def _lay_out_beside(path: Path, plan: AtlasPlan) -> None:
    """Lay out an atlas beside its place and move it there: whole if nothing stands there, else file by file."""
    beside = path.with_name(path.name + ".begun")
    shutil.rmtree(beside, ignore_errors=True)
    _lay_out(zarr.open_group(str(beside), mode="w", zarr_format=3), plan)
    seal.seal_layout(beside, plan.digest)
    if not (path / seal.SEALS).is_dir():
        beside.rename(path)
        return
    for file in sorted(f for f in beside.rglob("*") if f.is_file()):  # "seals/layout.json" before "zarr.json"
        target = path / file.relative_to(beside)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)
    shutil.rmtree(beside, ignore_errors=True)


def _lay_out(group: Any, plan: AtlasPlan) -> None:
    """Create the arrays, empty, and the coordinates."""
    grid, n, heights, hours = plan.grid, plan.releases, len(plan.heights), plan.block_hours
    room = -(-hours * grid.cells // CHUNK_ENTRIES) * CHUNK_ENTRIES
    for name, (unit, meaning) in {"cell": ("1", "ring * sectors + sector of the entry"), **COLUMNS}.items():
        kind = "uint16" if name == "cell" else "float32"
        shuffle = BloscShuffle.shuffle if name == "cell" else BloscShuffle.bitshuffle
        group.create_array(
            name, shape=(plan.blocks, heights, room), chunks=(1, 1, CHUNK_ENTRIES), dtype=kind, fill_value=0,
            compressors=[
                BloscCodec(cname="zstd", clevel=5, shuffle=shuffle, typesize=np.dtype(kind).itemsize), Crc32cCodec()
            ],
            dimension_names=("block", "height", "entry"), attributes={"units": unit, "long_name": meaning},
        )  # fmt: skip
    group.create_array(
        "offset", shape=(plan.blocks, heights, hours + 1), chunks=(1, 1, hours + 1), dtype="int32",
        compressors=SMALL, dimension_names=("block", "height", "hour_edge"),
        attributes={"long_name": "first entry of each hour"},
    )  # fmt: skip
    group.create_array(
        "balance", shape=(n, heights, len(FORMS), puff.BALANCE), chunks=(hours, 1, len(FORMS), puff.BALANCE),
        dtype="float64", compressors=SMALL, dimension_names=("time", "height", "form", "fate"),
        attributes={"units": "1", "long_name": "fate of one becquerel", "fates": list(FATES)},
    )  # fmt: skip
    air = plan.air
    times = air.start + (np.arange(n) * air.step).astype(np.int64)
    clock = {"units": "seconds since 1970-01-01", "calendar": "proleptic_gregorian"}
    _coordinate(group, "time", times, long_name="beginning of the release", **clock)
    _coordinate(group, "height", np.asarray(plan.heights), units="m", long_name="effective release height")
    _coordinate(group, "ring", grid.radii, units="m", long_name="distance of the ring's centre")
    _coordinate(group, "sector", np.degrees(grid.azimuths), units="degrees", long_name="azimuth, clockwise from north")
    table = air_table(air)
    group.create_array(
        "air", data=table, compressors=SMALL, dimension_names=("hour", "air_column"),
        attributes={"long_name": "the air"},
    )  # fmt: skip
    group.create_group(seal.SEALS, attributes={"long_name": "SHA-256 of every file of the atlas"})
    group.attrs.update(
        {"format": FORMAT, "title": f"Oberih atlas of {plan.site}", "weather": air.label, "source": air.source,
         "forms": list(FORMS), "digest": plan.digest, "facts": plan.facts(),
         "block_hours": hours,
         "formula": "tic[form] = tic*depletion; dry[form] = velocity*tic[form]; wet[form] = wet*wet_ratio"}
    )  # fmt: skip
    if plan.flow:
        group.attrs["flow_folder"] = plan.flow.folder


def _coordinate(group: Any, name: str, values: npt.NDArray[Any], **attributes: str) -> None:
    group.create_array(name, data=values, compressors=SMALL, dimension_names=(name,), attributes=attributes)


def _parted(chunk: bytes) -> tuple[bytes, int]:
    """A chunk's Blosc frame and the CRC-32C that stands behind it."""
    return chunk[:-4], int.from_bytes(chunk[-4:], "little")


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn what the disk says into an error of ours."""
    try:
        yield
    except OSError as error:
        raise store_error(path, error) from error
