"""What did Fortran write?  Unformatted sequential records: a length, the bytes, the length again."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from oberih.errors import InputError

LONGEST = 1 << 31


class Records:
    """The records of a file, in turn.

    Parameters
    ----------
    path : Path
    order : str
        ``<`` or ``>``: of bytes.
    """

    def __init__(self, path: Path, order: str) -> None:
        self.path, self.order = path, order
        try:
            self._bytes = path.read_bytes()
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", file=path) from error
        self._place = 0

    def __iter__(self) -> Iterator[bytes]:
        while not self.ended:
            yield self.take()

    @property
    def ended(self) -> bool:
        """Whether nothing follows."""
        return self._place >= len(self._bytes)

    def take(self) -> bytes:
        """The next record.

        Raises
        ------
        InputError
            If the file ends, or its two lengths differ.
        """
        head = self._bytes[self._place : self._place + 4]
        length = struct.unpack(self.order + "i", head)[0] if len(head) == 4 else -1
        end = self._place + 4 + length
        tail = self._bytes[end : end + 4]
        if not 0 <= length < LONGEST or tail != head:
            raise InputError("is damaged: a record's two lengths differ, or it is cut off", file=self.path,
                             field="record", value=f"at byte {self._place}")  # fmt: skip
        self._place = end + 4
        return self._bytes[self._place - 4 - length : self._place - 4]

    def fields(self, layout: str) -> tuple[Any, ...]:
        """The next record as a layout of `struct` says, which must fill it; a layout ending in ``*`` may be shorter.

        Raises
        ------
        InputError
            If the record has another length.
        """
        record = self.take()
        free = layout.endswith("*")
        packed = struct.Struct(self.order + layout.rstrip("*"))
        if packed.size != len(record) and not (free and packed.size < len(record)):
            raise InputError(f"has a record of {len(record)} bytes where {packed.size} were due", file=self.path)
        return packed.unpack(record[: packed.size])

    def numbers(self, kind: str) -> Any:
        """The next record as an array of ``i4``, ``f4``…"""
        record, dtype = self.take(), np.dtype(self.order + kind)
        if len(record) % dtype.itemsize:
            raise InputError(f"has a record of {len(record)} bytes, no multiple of {dtype.itemsize}", file=self.path)
        return np.frombuffer(record, dtype)


def order_of(path: Path) -> str | None:
    """Byte order of a file of records, or None where it is none."""
    try:
        with path.open("rb") as file:
            head = file.read(4)
            size = path.stat().st_size
            for order in "<>":
                length = struct.unpack(order + "i", head)[0] if len(head) == 4 else -1
                if 0 < length <= size - 8:
                    file.seek(4 + length)
                    if file.read(4) == head:
                        return order
    except OSError:
        return None
    return None


def record(order: str, *parts: bytes) -> bytes:
    """A record as Fortran writes it."""
    body = b"".join(parts)
    length = struct.pack(order + "i", len(body))
    return length + body + length
