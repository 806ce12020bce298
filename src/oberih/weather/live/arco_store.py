"""How is a part of a zarr store on the web read, without reading the globe?

The stores of ARCO-ERA5 are zarr of format 2 with consolidated metadata (whatever ``v3`` in their name suggests), plain
files over HTTP.  A time axis runs far beyond what is there; a chunk that is missing, or filled with NaN, is no weather.

Defines the nouns `Store`, `Layout` and `Part`.

Source: zarr storage specification, version 2; the metadata of ``full_37-1h-0p25deg-chunk-1.zarr-v3``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.errors import SourceUnavailable
from oberih.far.names import shown
from oberih.weather.live.blosc_part import HEADER, Head, head_of, part_of, spans_of
from oberih.weather.live.server import Server
from oberih.weather.live.wanted import NotThere, Place

__all__ = ["Layout", "Part", "Store"]

MOST_ALONG = 10_000_000
"""Places along an axis at most: hours of a thousand years."""

MOST_CHUNK = 1024**3
"""A chunk is never larger, unpacked [bytes]; a globe on 37 levels takes 154 MB."""

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Layout:
    """How an array lies in its store: shape, chunks, kind of number, axes, what joins a key's parts, packing."""

    shape: tuple[int, ...]
    chunks: tuple[int, ...]
    kind: np.dtype[Any]
    axes: tuple[str, ...]
    joint: str
    packing: dict[str, Any] | None

    @property
    def bytes_a_chunk(self) -> int:
        """Unpacked."""
        return int(np.prod(self.chunks)) * self.kind.itemsize


@dataclass(frozen=True)
class Part:
    """What is wanted of an array at one time: places on the level axis (empty for the ground), rows and columns."""

    name: str
    time: int
    levels: tuple[int, ...]
    rows: tuple[int, int]
    columns: tuple[int, ...]


@dataclass
class Store:
    """A zarr store on a server.

    Parameters
    ----------
    server : Server
    address : str
    metadata : dict
    """

    server: Server
    address: str
    metadata: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def open(cls, server: Server, address: str) -> Store:
        """Read what a store says of itself.

        Raises
        ------
        SourceUnavailable
            If there is none, or it is of another format.
        """
        try:
            read = json.loads(server.ask(f"{address}/.zmetadata"))
            metadata = dict(read["metadata"])
            if not all(isinstance(told, dict) for told in metadata.values()):
                raise TypeError
        except NotThere as error:
            raise SourceUnavailable(
                f"{shown(address)}: no zarr store is there; it may have moved: give another --server"
            ) from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise SourceUnavailable(f"{shown(address)}: what it says of itself cannot be read") from error
        return cls(server, address, metadata)

    @property
    def url(self) -> str:
        """Its address, as messages and files show it."""
        return shown(self.address)

    @property
    def attributes(self) -> dict[str, Any]:
        """Of the store as a whole."""
        return dict(self.metadata.get(".zattrs", {}))

    def layout(self, name: str) -> Layout:
        """How an array lies in the store.

        Raises
        ------
        SourceUnavailable
            If there is no such array, or it lies in a way that is not read here.
        """
        told = self.metadata.get(f"{name}/.zarray")
        if told is None:
            raise SourceUnavailable(f"{self.url}: has no {name}; the store may have changed")
        try:
            found = Layout(
                tuple(told["shape"]), tuple(told["chunks"]), np.dtype(told["dtype"]),
                tuple(self.metadata.get(f"{name}/.zattrs", {}).get("_ARRAY_DIMENSIONS", ())),
                str(told.get("dimension_separator", ".")), told["compressor"],
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise SourceUnavailable(f"{self.url}: {name} is described in a way that cannot be read") from error
        _refuse_senseless(found, f"{self.url}: {name}")
        packed = found.packing is None or found.packing.get("id") == "blosc"
        if told.get("order", "C") != "C" or told.get("filters") or not packed or told.get("zarr_format", 2) != 2:
            raise SourceUnavailable(f"{self.url}: {name} is packed in a way that is not read here")
        return found

    def unit(self, name: str) -> str:
        """Unit of an array, as the store gives it."""
        return str(self.metadata.get(f"{name}/.zattrs", {}).get("units", ""))

    def axis(self, name: str, *, chunk: int | None = None) -> npt.NDArray[Any]:
        """Values along an axis: all of it, or of one chunk."""
        found = self.layout(name)
        size, each = found.shape[0], found.chunks[0]
        chunks = range(-(-size // each)) if chunk is None else [chunk]
        pieces = []
        for k in chunks:
            try:
                data = self.server.ask(f"{self.address}/{name}/{k}")
            except NotThere as error:
                raise SourceUnavailable(f"{self.url}: a part of the axis {name} is missing") from error
            plain = _unpacked(data, found)
            if len(plain) != found.bytes_a_chunk:
                raise SourceUnavailable(f"{self.url}: a part of the axis {name} has another length than it should")
            pieces.append(np.frombuffer(plain, found.kind)[: size - k * each])
        return np.concatenate(pieces)

    def head(self, part: Part, chunk: tuple[int, ...], found: Layout) -> Head | None:
        """Head of a chunk; None where the chunk is not packed.

        Raises
        ------
        NotThere
            If the store has no such chunk.
        """
        if found.packing is None:
            return None
        url, need = self._address(part.name, chunk, found), HEADER
        while True:
            head = head_of(self.server.take(Place(url, 0, need)), unpacked=found.bytes_a_chunk)
            if isinstance(head, Head):
                return head
            need = head

    def cost(self, part: Part) -> tuple[int, int]:
        """Bytes to be sent for a part, and requests, as the heads of its chunks say.

        Raises
        ------
        NotThere
        """
        found = self.layout(part.name)
        sent = requests = 0
        for chunk, ranges in _chunks(part, found).items():
            head = self.head(part, chunk, found)
            if head is None:
                sent, requests = sent + sum(b - a for a, b in ranges), requests + len(ranges)
                continue
            spans = spans_of(head, _blocks(head, ranges))
            sent += 2 * HEADER + 4 * len(head.starts) + sum(b - a for a, b in spans)
            requests += 2 + len(spans)
        return sent, requests

    def read(self, part: Part) -> Floats:
        """Read a part, shape (levels, rows, columns), or (rows, columns) at the ground.

        Raises
        ------
        NotThere
            If the store does not hold that time.
        SourceUnavailable
            If what comes cannot be unpacked.
        """
        found = self.layout(part.name)
        rows = part.rows[1] - part.rows[0]
        out = np.empty((max(len(part.levels), 1), rows, found.shape[-1]), dtype=np.float32)
        at = {level: i for i, level in enumerate(part.levels)}
        for chunk, ranges in _chunks(part, found).items():
            strips = self._strips(part, chunk, ranges, found)
            for k, strip in enumerate(strips):
                level = at[_levels_of(part, chunk, found)[k]] if part.levels else 0
                out[level] = np.frombuffer(strip, found.kind).reshape(rows, -1)
        cut = out[:, :, list(part.columns)]
        return cut if part.levels else cut[0]

    def _strips(
        self, part: Part, chunk: tuple[int, ...], ranges: Sequence[tuple[int, int]], found: Layout
    ) -> list[bytes]:
        """Ranges of bytes of a chunk, unpacked."""
        url = self._address(part.name, chunk, found)
        head = self.head(part, chunk, found)
        if head is None:
            return [self.server.take(Place(url, a, b)) for a, b in ranges]
        blocks = _blocks(head, ranges)
        pieces = [(a, self.server.take(Place(url, a, b))) for a, b in spans_of(head, blocks)]
        unpacked = part_of(head, blocks, pieces)
        strips = []
        for a, b in ranges:
            first, last = a // head.block, (b - 1) // head.block
            joined = b"".join(unpacked[k] for k in range(first, last + 1))
            strips.append(joined[a - first * head.block : b - first * head.block])
        return strips

    def _address(self, name: str, chunk: tuple[int, ...], found: Layout) -> str:
        return f"{self.address}/{name}/{found.joint.join(map(str, chunk))}"


def _refuse_senseless(found: Layout, where: str) -> None:
    """Refuse a layout that would be met later as a division by zero, or as memory without end."""
    numbers = (*found.shape, *found.chunks)
    sound = (
        len(found.shape) == len(found.chunks) > 0
        and all(type(n) is int and 0 < n <= MOST_ALONG for n in numbers)
        and found.kind.kind in "iuf"
        and math.prod(found.chunks) * found.kind.itemsize <= MOST_CHUNK
        and (found.packing is None or isinstance(found.packing, dict))
    )
    if not sound:
        raise SourceUnavailable(f"{where} is described in a way that makes no sense; the store may have changed")


def _unpacked(data: bytes, found: Layout) -> bytes:
    """An axis' chunk; what says that it is larger than it should be is not unpacked."""
    if found.packing is None:
        return data
    if len(data) < HEADER or int.from_bytes(data[4:8], "little") != found.bytes_a_chunk:
        raise SourceUnavailable("an axis does not unpack; it was damaged on its way")
    from numcodecs.blosc import Blosc

    try:
        return bytes(Blosc().decode(data))
    except (RuntimeError, ValueError) as error:
        raise SourceUnavailable("an axis does not unpack; it was damaged on its way") from error


def _chunks(part: Part, found: Layout) -> dict[tuple[int, ...], list[tuple[int, int]]]:
    """Chunks of a part, and the ranges of bytes wanted of each, level by level."""
    whole = found.shape[-2:] == found.chunks[-2:]
    if not whole or found.chunks[0] != 1 or len(found.shape) != (4 if part.levels else 3):
        raise SourceUnavailable(f"{part.name}: lies in the store in another way than is read here")
    height, width = found.shape[-2:]
    row = width * found.kind.itemsize
    if not part.levels:
        return {(part.time, 0, 0): [(part.rows[0] * row, part.rows[1] * row)]}
    ranges: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for level in sorted(part.levels):
        chunk, inner = divmod(level, found.chunks[1])
        base = inner * height * row
        key = (part.time, chunk, 0, 0)
        ranges.setdefault(key, []).append((base + part.rows[0] * row, base + part.rows[1] * row))
    return ranges


def _levels_of(part: Part, chunk: tuple[int, ...], found: Layout) -> list[int]:
    """Levels of a part that lie in a chunk, in the order of `_chunks`."""
    return [level for level in sorted(part.levels) if level // found.chunks[1] == chunk[1]]


def _blocks(head: Head, ranges: Sequence[tuple[int, int]]) -> list[int]:
    return sorted({k for a, b in ranges for k in range(a // head.block, (b - 1) // head.block + 1)})
