"""Where do the files lie that records rest on?

A content-addressed store: each file under its own SHA-256, copied whole or not at all, the same
content once.  The record holds name, size and hash; so a file that was changed is found, and one
that is missing is missed.
"""

from __future__ import annotations

import contextlib
import hashlib
import mimetypes
import os
import re
import tempfile
from pathlib import Path
from typing import BinaryIO

from oberih.errors import InputError, OberihError
from oberih.evidence.digest import sha256_of_file
from oberih.evidence.keep import force_folder, store_error
from oberih.evidence.record import Attachment

__all__ = ["LARGEST", "AttachmentStore", "describe"]

LARGEST = 4 * 2**30
"""Largest file that is taken in [bytes]."""

_BLOCK = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


class AttachmentStore:
    """Files by their content.

    Parameters
    ----------
    folder : Path
        Made when the first file is taken in.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Where the content of that hash lies, or would lie.

        Raises
        ------
        InputError
            If it is no SHA-256.
        """
        if not _SHA256.fullmatch(sha256):
            raise InputError("is not a SHA-256 in hexadecimal", field="sha256", value=sha256[:80])
        return self.folder / sha256[:2] / sha256

    def take_in(self, source: Path, *, name: str | None = None) -> Attachment:
        """Copy a file into the store.

        Parameters
        ----------
        source : Path
        name : str, optional
            In place of the file's own.

        Raises
        ------
        InputError
            If it cannot be read, is no plain file, or too large.
        StoreFull, StoreError
            If it cannot be copied; then nothing is left of it.
        """
        _size(source)
        digest, size = self._copy(source)
        return _attachment(name or source.name, digest, size)

    def _copy(self, source: Path) -> tuple[str, int]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(prefix=".part.", dir=self.folder)
        except OSError as error:
            raise store_error(self.folder, error) from error
        try:
            with os.fdopen(handle, "wb") as out:
                digest, size = _copy_blocks(source, out)
            target = self.path(digest)
            target.parent.mkdir(exist_ok=True)
            os.chmod(beside, 0o444)
            os.replace(beside, target)
            force_folder(target.parent)
        except OberihError:
            raise
        except OSError as error:
            raise store_error(self.folder, error) from error
        finally:
            with contextlib.suppress(OSError):
                os.unlink(beside)
        return digest, size

    def fault(self, attachment: Attachment) -> str | None:
        """What is wrong with the stored content; None where nothing is."""
        path = self.path(attachment.sha256)
        if not path.is_file():
            return "is missing from the store"
        try:
            digest = sha256_of_file(path)
        except InputError as error:
            return error.message
        if digest != attachment.sha256:
            return "is not what was attached (its SHA-256 differs)"
        return None if path.stat().st_size == attachment.size else "has another size than was written"


def _copy_blocks(source: Path, out: BinaryIO) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    try:
        file = source.open("rb")
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=source, field="attachment") from error
    with file:
        while block := file.read(_BLOCK):
            digest.update(block)
            size += len(block)
            out.write(block)
    out.flush()
    os.fsync(out.fileno())
    return digest.hexdigest(), size


def describe(source: Path, *, name: str | None = None) -> Attachment:
    """What a file would be called in a record; nothing is copied.

    Raises
    ------
    InputError
        As for `AttachmentStore.take_in`.
    """
    size = _size(source)
    return _attachment(name or source.name, sha256_of_file(source), size)


def _size(source: Path) -> int:
    """Size of a file that can be taken in."""
    try:
        if not source.is_file():
            raise InputError("is not a file", file=source, field="attachment", cure="name one file")
        size = source.stat().st_size
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=source, field="attachment") from error
    if size > LARGEST:
        raise InputError(f"has {size} bytes, {LARGEST} at most", file=source, field="attachment")
    return size


def _attachment(called: str, digest: str, size: int) -> Attachment:
    return Attachment(called, digest, size, mimetypes.guess_type(called)[0] or "application/octet-stream")
