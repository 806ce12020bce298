"""Where do GRIB messages begin and end, and do their parts fit into them?

The GRIB library trusts the lengths written in a message, and damaged ones can crash it; so
the frame is checked here first: each section fits, and together they fill the message.

Source: WMO-No. 306, FM 92 GRIB, editions 1 and 2, section 0 and the section heads.
"""

from __future__ import annotations

import hashlib
import mmap
from collections.abc import Iterator

from oberih.errors import InputError
from oberih.weather.read.document import Document

__all__ = ["framed", "grid_of", "messages", "single_fields"]

START, END = b"GRIB", b"7777"
SAME_BITMAP = 254
"""In section 6 of edition 2: the bitmap is the one before."""
SCALED = 0x800000
"""In edition 1, a length with this bit counts blocks of 120 bytes (messages above 8 MB)."""


def messages(document: Document) -> Iterator[tuple[int, bytes]]:
    """Each whole message with its position in the file [byte].

    Raises
    ------
    InputError
        If a message is cut off or its parts do not fit.
    """
    return framed(document.data, document.name)


def framed(data: bytes | mmap.mmap, file: str) -> Iterator[tuple[int, bytes]]:
    """As `messages`, of bytes or of a file that is mapped into memory."""
    position = data.find(START)
    while 0 <= position < len(data):
        edition = data[position + 7 : position + 8]
        if edition and edition[0] not in (1, 2):
            raise InputError(f"is GRIB of edition {edition[0]}, and 1 and 2 are read", file=file,
                             field=f"byte {position}", cure="convert it, or download it again")  # fmt: skip
        length = _length(data, position)
        if length is None or position + length > len(data):
            raise InputError(
                "is cut off inside a message", file=file, field=f"byte {position}", cure="download it again"
            )
        whole = data[position : position + length]
        if not _fits(whole):
            raise InputError("is damaged GRIB", file=file, field=f"byte {position}", cure="download it again")
        yield position, whole
        position = data.find(START, position + length)


def single_fields(message: bytes) -> list[bytes]:
    """A framed message as messages of one field each: edition 2 lets fields share what stands before them.

    Notes
    -----
    A bitmap that refers to the one before (code 254) is replaced by it.
    """
    if message[7] == 1:
        return [message]
    held: dict[int, bytes] = {}
    fields: list[bytes] = []
    at = 16
    while at < len(message) - 4:
        length, number = int.from_bytes(message[at : at + 4], "big"), message[at + 4]
        section = message[at : at + length]
        if not (number == 6 and length > 5 and section[5] == SAME_BITMAP and 6 in held):
            held[number] = section
        if number == 7:
            body = b"".join(held[n] for n in sorted(held))
            fields.append(message[:8] + (16 + len(body) + 4).to_bytes(8, "big") + body + END)
        at += length
    return [message] if len(fields) == 1 else fields


def grid_of(message: bytes) -> str:
    """What tells the grid of a framed message of one field from others: a hash of the section that describes it."""
    if message[7] == 1:
        start = 8 + int.from_bytes(message[8:11], "big")
        grid = message[start : start + int.from_bytes(message[start : start + 3], "big")] if message[15] & 0x80 else b""
        return hashlib.sha256(grid[6:32]).hexdigest()[:16]  # behind it may stand coefficients of levels
    at = 16
    while message[at + 4] != 3:
        at += int.from_bytes(message[at : at + 4], "big")
        if at >= len(message) - 4:
            return ""
    return hashlib.sha256(message[at : at + int.from_bytes(message[at : at + 4], "big")]).hexdigest()[:16]


def _length(data: bytes | mmap.mmap, position: int) -> int | None:
    head = data[position : position + 16]
    if len(head) < 16 or head[7] not in (1, 2):
        return None
    if head[7] == 2:
        length = int.from_bytes(head[8:16], "big")
    else:
        length = int.from_bytes(head[4:7], "big")
        if length & SCALED:  # 120 times the rest, less what the last section says (see `_edition_1`)
            end = data.find(END + START, position)
            length = (end if end >= 0 else _without_padding(data) - 4) + 4 - position
    return length if length >= 20 else None


def _without_padding(data: bytes | mmap.mmap) -> int:
    """Length of the data without zeros at their end."""
    tail = data[max(0, len(data) - 1_000_000) :]
    return len(data) - len(tail) + len(tail.rstrip(b"\x00"))


def _fits(whole: bytes) -> bool:
    if whole[-4:] != END:
        return False
    return _edition_1(whole) if whole[7] == 1 else _edition_2(whole)


def _edition_1(whole: bytes) -> bool:
    """Sections 1, 2 and 3 if flagged, then 4, fill the message."""
    scaled = bool(int.from_bytes(whole[4:7], "big") & SCALED)
    at, last = 8, len(whole) - 4
    flags = whole[15]
    for present, shortest in ((True, 28), (bool(flags & 0x80), 32), (bool(flags & 0x40), 6), (True, 11)):
        if not present:
            continue
        length = int.from_bytes(whole[at : at + 3], "big")
        if scaled and length < 120 and last - at > SCALED:
            return True  # the data section of a large message counts otherwise
        if length < shortest or at + length > last:
            return False
        at += length
    return at == last


def _edition_2(whole: bytes) -> bool:
    """Sections of four bytes' length and a number from 1 to 7, in groups that ascend."""
    at, last, before = 16, len(whole) - 4, 0
    while at < last:
        length, number = int.from_bytes(whole[at : at + 4], "big"), whole[at + 4]
        if length < 5 or at + length > last or not 1 <= number <= 7:
            return False
        if number <= before and not (before == 7 and number in (2, 3, 4)):
            return False
        at, before = at + length, number
    return at == last and before == 7
