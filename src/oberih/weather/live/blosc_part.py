"""Which bytes of a packed chunk hold the part that is wanted?

A chunk of ARCO-ERA5 is one Blosc buffer of a whole globe, 154 MB unpacked.  Blosc packs it block by block (half a
megabyte each, as a rule) and says at its head where each block stands, so that the blocks of a few rows can be asked
for alone: they are put together as a smaller buffer, which Blosc unpacks as any other.

Source: Blosc 1 chunk format (c-blosc, README_CHUNK_FORMAT): 16 bytes of header; little-endian 32-bit numbers of bytes
unpacked, in a block, and packed; then where each block begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from oberih.errors import SourceUnavailable

__all__ = ["HEADER", "Head", "head_of", "part_of", "spans_of"]

HEADER = 16
COPIED = 0x2
"""Flag of a buffer that was not worth packing: its blocks stand in it as they are."""


@dataclass(frozen=True)
class Head:
    """What the head of a buffer says.

    Parameters
    ----------
    begins : bytes
        Version, inner version, flags, size of a number.
    unpacked, block, packed : int
        Bytes of the whole unpacked, of a block unpacked, and of the whole packed.
    starts, ends : tuple of int
        Of each block in the buffer.
    """

    begins: bytes
    unpacked: int
    block: int
    packed: int
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def length(self, block: int) -> int:
        """Bytes of a block unpacked; the last is shorter."""
        return min(self.block, self.unpacked - block * self.block)


def head_of(data: bytes, *, unpacked: int) -> Head | int:
    """Read a head from the first bytes of a buffer, or say how many bytes are needed for that.

    Parameters
    ----------
    data : bytes
    unpacked : int
        Bytes that the chunk must have unpacked.

    Raises
    ------
    SourceUnavailable
        If this is no Blosc buffer of that size.
    """
    if len(data) < HEADER:
        return HEADER
    size, block, packed = (int(v) for v in np.frombuffer(data[4:HEADER], "<u4"))
    if data[0] not in (1, 2) or size != unpacked or not 1 <= block <= size or packed < HEADER:
        raise SourceUnavailable("a chunk is not packed as ARCO-ERA5 packs its chunks; the store may have changed")
    blocks = -(-size // block)
    if data[2] & COPIED:
        starts = HEADER + block * np.arange(blocks)
        ends = np.minimum(starts + block, HEADER + size)
        return Head(data[:4], size, block, packed, tuple(starts.tolist()), tuple(ends.tolist()))
    if len(data) < HEADER + 4 * blocks:
        return HEADER + 4 * blocks
    starts = np.frombuffer(data[HEADER : HEADER + 4 * blocks], "<u4").astype(np.int64)
    if starts.min() < HEADER + 4 * blocks or starts.max() >= packed:
        raise SourceUnavailable("the head of a chunk makes no sense; it was damaged on its way")
    order = np.append(np.sort(starts), packed)
    ends = order[np.searchsorted(order, starts, side="right")]
    return Head(data[:4], size, block, packed, tuple(starts.tolist()), tuple(ends.tolist()))


def completed(head: Head, blocks: Sequence[int]) -> list[int]:
    """Blocks that must come together: a last one that is shorter does not unpack alone, and brings the one before."""
    wanted, last = set(blocks), len(head.starts) - 1
    if last in wanted and last > 0 and head.length(last) < head.block:
        wanted.add(last - 1)
    return sorted(wanted)


def spans_of(head: Head, blocks: Sequence[int], *, gap: int = 65536) -> list[tuple[int, int]]:
    """First byte, and the one behind the last, of what must be asked for; blocks a short gap apart go together."""
    spans: list[list[int]] = []
    for start, end in sorted((head.starts[b], head.ends[b]) for b in completed(head, blocks)):
        if spans and start - spans[-1][1] <= gap:
            spans[-1][1] = max(spans[-1][1], end)
        else:
            spans.append([start, end])
    return [(a, b) for a, b in spans]


def part_of(head: Head, blocks: Sequence[int], spans: Sequence[tuple[int, bytes]]) -> dict[int, bytes]:
    """Unpack blocks.

    Parameters
    ----------
    head : Head
    blocks : sequence of int
    spans : sequence of (int, bytes)
        Where each piece begins in the buffer, and the piece.

    Raises
    ------
    SourceUnavailable
        If they do not unpack.
    """
    from numcodecs.blosc import Blosc

    wanted = completed(head, blocks)
    pieces = [_cut(head, b, spans) for b in wanted]
    size = sum(head.length(b) for b in wanted)
    copied = bool(head.begins[2] & COPIED)
    offset = HEADER + (0 if copied else 4 * len(wanted))
    starts = offset + np.concatenate([[0], np.cumsum([len(p) for p in pieces])])
    table = b"" if copied else starts[:-1].astype("<u4").tobytes()
    numbers = np.array([size, head.block, int(starts[-1])], "<u4").tobytes()
    try:
        whole: Any = bytes(Blosc().decode(head.begins + numbers + table + b"".join(pieces)))
    except (RuntimeError, ValueError) as error:
        raise SourceUnavailable("a chunk does not unpack; it was damaged on its way") from error
    if len(whole) != size:
        raise SourceUnavailable("a chunk does not unpack to its size; it was damaged on its way")
    out, at = {}, 0
    for b in wanted:
        out[b] = whole[at : at + head.length(b)]
        at += head.length(b)
    return out


def _cut(head: Head, block: int, spans: Sequence[tuple[int, bytes]]) -> bytes:
    start, end = head.starts[block], head.ends[block]
    for begins, data in spans:
        if begins <= start and end <= begins + len(data):
            return data[start - begins : end - begins]
    raise SourceUnavailable("a part of a chunk is missing; ask again")
