"""Do all who read this ZIP file see the same?

A ZIP file says where its members lie twice: before each, and in a directory at its end.  Programs believe one or
the other, so a file can show one record to one and another to the next, and bytes between members to nobody.
Here both must agree, and every byte belong to a member.
"""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import BinaryIO

from oberih.errors import InputError

__all__ = ["refuse_two_faces"]

_LOCAL = struct.Struct("<4s5H3I2H")  # APPNOTE 4.3.7
_IN_ZIP64 = 0xFFFFFFFF
_SIZES_FOLLOW = 0x8
_DESCRIPTORS = {12, 16, 20, 24}  # APPNOTE 4.3.9: with and without signature, 4 or 8 bytes a size
_ENDS = {22, 22 + 20 + 56}  # APPNOTE 4.3.14 to 4.3.16: end of the directory, with and without ZIP64


def refuse_two_faces(path: Path, bundle: zipfile.ZipFile) -> None:
    """Refuse a file that is not read alike from its front and from its end.

    Parameters
    ----------
    path : Path
    bundle : ZipFile
        The same, opened.

    Raises
    ------
    InputError
        If a member is described in two ways, or bytes belong to no member.
    """
    infos = sorted(bundle.infolist(), key=lambda i: i.header_offset)
    at = 0
    with path.open("rb") as file:
        for info in infos:
            if not _follows(at, info.header_offset, after_descriptor=at != 0):
                raise _hidden(path, at)
            at = _end_of(file, info, path)
    directory = bundle.start_dir
    if not _follows(at, directory, after_descriptor=True):
        raise _hidden(path, at)
    listed = sum(46 + len(i.orig_filename.encode()) + len(i.extra) + len(i.comment) for i in infos)
    if bundle.comment or any(i.comment for i in infos) or path.stat().st_size - directory - listed not in _ENDS:
        raise _hidden(path, directory)


def _follows(end: int, begin: int, *, after_descriptor: bool) -> bool:
    return begin == end or (after_descriptor and begin - end in _DESCRIPTORS)


def _end_of(file: BinaryIO, info: zipfile.ZipInfo, path: Path) -> int:
    """Where the member ends, after holding what stands before it against the directory."""
    file.seek(info.header_offset)
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size:
        raise _two_faces(path, info, "place")
    mark, _, flags, method, _, _, crc, packed, size, name, extra = _LOCAL.unpack(head)
    later = bool(flags & _SIZES_FOLLOW)
    pairs = {
        "mark": (mark, b"PK\x03\x04"), "name": (file.read(name), info.orig_filename.encode()),
        "flags": (flags, info.flag_bits), "method": (method, info.compress_type),
        "checksum": (info.CRC if later else crc, info.CRC),
        "packed size": (info.compress_size if later or packed == _IN_ZIP64 else packed, info.compress_size),
        "size": (info.file_size if later or size == _IN_ZIP64 else size, info.file_size),
    }  # fmt: skip
    for what, (here, listed) in pairs.items():
        if here != listed:
            raise _two_faces(path, info, what)
    return info.header_offset + _LOCAL.size + int(name) + int(extra) + info.compress_size


def _two_faces(path: Path, info: zipfile.ZipInfo, what: str) -> InputError:
    message = f"has another {what} where it lies than in the directory of the file"
    cure = "other programs may read something else in it; ask for the bundle again"
    return InputError(message, file=path, field="member", value=info.filename[:120], cure=cure)


def _hidden(path: Path, at: int) -> InputError:
    return InputError(f"holds bytes that belong to no member (about byte {at})", file=path, cure="ask for it again")
