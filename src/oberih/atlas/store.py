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

from oberih.atlas.layout import BLOCK_HOURS, CHUNK_ENTRIES, COLUMNS, FORMAT, AtlasPlan, encoded
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

    def hours_in(self, block: int) -> int:
        """Release hours of a block."""
        return min(BLOCK_HOURS, self.releases - block * BLOCK_HOURS)

    @cached_property
    def offsets(self) -> npt.NDArray[np.int32]:
        """Where each hour's entries begin, shape (blocks, heights, BLOCK_HOURS + 1)."""
        return np.asarray(self.group["offset"][:])

    def column(self, name: str, block: int, height: int) -> npt.NDArray[Any]:
        """One column of one block at one height, shape (entries,).

        Raises
        ------
        CorruptStore
            If a chunk is missing or cannot be decoded.

        Notes
        -----
        Reads the chunks themselves, Blosc frames of little-endian numbers, past Zarr's
        machinery, which costs more than the decoding and holds the interpreter's lock.
        """
        count = int(self.offsets[block, height, -1])
        kind = np.dtype("<u2" if name == "cell" else "<f4")
        out = np.zeros(-(-count // CHUNK_ENTRIES) * CHUNK_ENTRIES, dtype=kind)
        for chunk in range(len(out) // CHUNK_ENTRIES):
            file = self.path / name / "c" / str(block) / str(height) / str(chunk)
            try:
                decompress(file.read_bytes(), out[chunk * CHUNK_ENTRIES : (chunk + 1) * CHUNK_ENTRIES])
            except FileNotFoundError:  # a chunk of zeros has no file; a lost one is found by 'verify'
                continue
            except (OSError, RuntimeError, ValueError) as error:
                raise CorruptStore(
                    f"{file}: cannot be decoded ({error}); run 'oberih atlas verify', then build again"
                ) from error
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
        offsets, cells, columns = encoded(sums, atlas.grid)
        room = -(-len(cells) // CHUNK_ENTRIES) * CHUNK_ENTRIES
        written: dict[str, npt.NDArray[Any]] = {"cell": cells, **columns}
        for name, values in written.items():
            whole = np.zeros(room, dtype=values.dtype)
            whole[: len(values)] = values
            group[name][block, height, :room] = whole
        group["offset"][block, height] = offsets
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
    for name in ("cell", "offset", "balance", *COLUMNS):
        folder = path / name / "c" / str(block) / str(height)
        yield from (f for f in sorted(folder.rglob("*")) if f.is_file())


def _seal(path: Path, block: int, height: int) -> Path:
    return path / SEALS / f"{block:05d}-{height:02d}.json"


def _lay_out(group: Any, plan: AtlasPlan) -> None:
    """Create the arrays, empty, and the coordinates."""
    grid, n, heights = plan.grid, plan.releases, len(plan.heights)
    room = -(-BLOCK_HOURS * grid.cells // CHUNK_ENTRIES) * CHUNK_ENTRIES
    for name, (unit, meaning) in {"cell": ("1", "ring * sectors + sector of the entry"), **COLUMNS}.items():
        kind = "uint16" if name == "cell" else "float32"
        shuffle = BloscShuffle.shuffle if name == "cell" else BloscShuffle.bitshuffle
        group.create_array(
            name, shape=(plan.blocks, heights, room), chunks=(1, 1, CHUNK_ENTRIES), dtype=kind, fill_value=0,
            compressors=[BloscCodec(cname="zstd", clevel=5, shuffle=shuffle, typesize=np.dtype(kind).itemsize)],
            dimension_names=("block", "height", "entry"), attributes={"units": unit, "long_name": meaning},
        )  # fmt: skip
    group.create_array(
        "offset", shape=(plan.blocks, heights, BLOCK_HOURS + 1), chunks=(1, 1, BLOCK_HOURS + 1), dtype="int32",
        dimension_names=("block", "height", "hour_edge"), attributes={"long_name": "first entry of each hour"},
    )  # fmt: skip
    group.create_array(
        "balance", shape=(n, heights, len(FORMS), puff.BALANCE), chunks=(BLOCK_HOURS, 1, len(FORMS), puff.BALANCE),
        dtype="float64", dimension_names=("time", "height", "form", "fate"),
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
    group.create_array("air", data=table, dimension_names=("hour", "air_column"), attributes={"long_name": "the air"})
    group.attrs.update(
        {"format": FORMAT, "title": f"Oberih atlas of {plan.site}", "weather": air.label, "source": air.source,
         "forms": list(FORMS), "digest": plan.digest, "facts": plan.facts(),
         "block_hours": BLOCK_HOURS,
         "formula": "tic[form] = tic*depletion; dry[form] = velocity*tic[form]; wet[form] = wet*wet_ratio"}
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
