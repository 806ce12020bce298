"""How do large arrays come from the process that decodes into ours?

Through a file without a name: the decoder maps it and fills it, we map it and read it.  Nothing is copied on the way,
and the system forgets it when the last of both has gone, however that went.  `Store` is the decoder's side;
`told_of_part` and `part_of_told` say in JSON which array of a `Part` lies where.
"""

from __future__ import annotations

import errno
import math
import mmap
import os
from collections.abc import Callable
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from oberih.weather.read.decoding import NoRoom
from oberih.weather.read.volume_part import Part, Sum, Vertical

__all__ = ["Empty", "Store", "empty_here", "filled", "most_bytes", "part_of_told", "told_of_part"]

Values = npt.NDArray[np.float32]
Empty = Callable[[tuple[int, ...]], Values]
"""Makes room for an array of a shape."""

LEAST, LINE = 1_600_000_000, 64
"""Handed over on any machine; arrays begin at whole lines of a cache [bytes]."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def empty_here(shape: tuple[int, ...]) -> Values:
    """Room in this process."""
    return np.empty(shape, dtype=np.float32)


def most_bytes() -> int:
    """What is handed over at most [bytes]: a quarter of the machine's memory, for what is derived takes the rest."""
    return max(LEAST, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4)


class Store:
    """Arrays side by side in a file that was handed over.

    Parameters
    ----------
    handle : int
        Descriptor of the file.
    most : int, optional
        Bytes that it may take; only what is used is taken from the disk.
    """

    def __init__(self, handle: int, most: int | None = None) -> None:
        self.handle, self.end, self.most = handle, 0, most_bytes() if most is None else most
        os.ftruncate(handle, self.most)
        self._mapped = mmap.mmap(handle, self.most)
        self._first = _address(np.frombuffer(self._mapped, dtype=np.float32, count=1))

    def empty(self, shape: tuple[int, ...]) -> Values:
        """Room for an array.

        Raises
        ------
        MemoryError
            If it is more than is handed over at most.
        NoRoom
            If the disk has no room: asked of the system before, for a page that finds none when it is written to ends
            the process.
        """
        size = 4 * math.prod(shape)
        if not size:
            return np.empty(shape, dtype=np.float32)
        if self.end + size > self.most:
            raise MemoryError
        _reserve(self.handle, self.end, size)
        made: Values = np.frombuffer(self._mapped, dtype=np.float32, count=size // 4, offset=self.end).reshape(shape)
        self.end += -(-size // LINE) * LINE
        return made

    def place(self, values: Values) -> tuple[int, tuple[int, ...]]:
        """Where an array lies, and its shape; one that does not lie here is copied."""
        begin = _address(values) - self._first
        here = begin >= 0 and begin + values.nbytes <= self.end
        if here and values.dtype == np.float32 and values.flags.c_contiguous:
            return begin, values.shape
        copy = self.empty(values.shape)
        copy[...] = values
        return (_address(copy) - self._first if copy.size else 0), copy.shape

    def close(self) -> None:
        """Give back what was not used."""
        os.ftruncate(self.handle, self.end)


def _address(values: Values) -> int:
    return int(values.__array_interface__["data"][0])


def filled(handle: int, content: bytes) -> None:
    """Let a file that was handed over hold this and nothing else.

    Raises
    ------
    NoRoom
        If the disk has no room for it.
    """
    os.ftruncate(handle, 0)
    if content:
        _reserve(handle, 0, len(content))
    done = 0
    while done < len(content):
        done += os.pwrite(handle, content[done:], done)


def _reserve(handle: int, begin: int, size: int) -> None:
    """Make sure that the disk has room, before it is written to."""
    try:
        _take(handle, begin, size)
    except OSError as error:
        if error.errno in FULL:
            raise NoRoom(begin + size) from error
        raise


def _take(handle: int, begin: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, begin, size)
        return
    zeros, done = bytes(min(size, 1 << 20)), 0  # macOS
    while done < size:
        done += os.pwrite(handle, zeros[: size - done], begin + done)


def told_of_part(part: Part, store: Store) -> dict[str, Any]:
    """A part in what JSON holds, its arrays in the store."""
    v = part.vertical
    axes = {"pressure": v.pressure, "height": v.height, "x": part.x, "y": part.y}
    return {
        "file": part.file, "crs": part.crs, "notes": part.notes, "forecast": part.forecast, "over_sea": v.over_sea,
        "hybrid": None if v.hybrid is None else [a.tolist() for a in v.hybrid],
        **{name: None if axis is None else axis.tolist() for name, axis in axes.items()},
        "levels": {m: [(t, *store.place(f)) for t, f in held.items()] for m, held in part.levels.items()},
        "surface": {m: [(t, *store.place(f)) for t, f in held.items()] for m, held in part.surface.items()},
        "fixed": {m: store.place(f) for m, f in part.fixed.items()},
        "sums": {m: [(s.base, s.begin, s.end, *store.place(s.amount)) for s in held] for m, held in part.sums.items()},
    }  # fmt: skip


def part_of_told(told: dict[str, Any], handed: IO[bytes]) -> Part:
    """The part that `told_of_part` told of, its arrays in the file as they lie, not to be written to."""
    size = os.fstat(handed.fileno()).st_size
    mapped = mmap.mmap(handed.fileno(), 0, access=mmap.ACCESS_READ) if size else b""

    def at(begin: int, shape: list[int]) -> Values:
        return np.frombuffer(mapped, dtype=np.float32, count=math.prod(shape), offset=begin).reshape(shape)

    axis = {n: None if told[n] is None else np.array(told[n], dtype=float) for n in ("pressure", "height", "x", "y")}
    hybrid = told["hybrid"]
    vertical = Vertical(
        axis["pressure"], None if hybrid is None else (np.array(hybrid[0]), np.array(hybrid[1])), axis["height"],
        told["over_sea"],
    )  # fmt: skip
    assert axis["x"] is not None and axis["y"] is not None  # every part has a grid
    return Part(
        told["file"], axis["x"], axis["y"], told["crs"], vertical,
        {m: {t: at(*place) for t, *place in held} for m, held in told["levels"].items()},
        {m: {t: at(*place) for t, *place in held} for m, held in told["surface"].items()},
        {m: at(*place) for m, place in told["fixed"].items()},
        {m: [Sum(b, f, u, at(*place)) for b, f, u, *place in held] for m, held in told["sums"].items()},
        told["notes"], told["forecast"],
    )  # fmt: skip
