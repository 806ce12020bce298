"""How is a product kept, so that nothing half-valid is left looking valid?

A file appears whole under its name or not at all: it is written beside its place, forced to
the disk and renamed.  A bundle of products is valid only by its ``result.json``, which lists
every product's digest; it is removed first and written last.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oberih.errors import InputError, StoreError, StoreFull
from oberih.evidence.alone import alone
from oberih.evidence.canonical import canonical_json
from oberih.evidence.digest import sha256_of_bytes
from oberih.evidence.provenance import Provenance

__all__ = ["RESULT", "SCHEMA", "force_folder", "keep_products", "refuse_precious", "store_error", "write_atomically"]

RESULT = "result.json"
"""Name of the file that makes a bundle valid."""

SCHEMA = "oberih/result/1"
"""Form of that file."""

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_RIGHT = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.EEXIST}


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all.

    Parameters
    ----------
    path : Path
        Its folder is made if need be.
    data : bytes

    Raises
    ------
    StoreFull
        If there is no room, or no right, to write there; what stood there before still stands.
    StoreError
        If the disk fails otherwise.
    InputError
        As `refuse_precious`.
    """
    refuse_precious(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise store_error(path, error) from error
    try:
        with os.fdopen(handle, "wb") as file:
            os.chmod(beside, 0o644)  # mkstemp makes files for their owner only; a product is to be read
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
        force_folder(path.parent)
    except OSError as error:
        raise store_error(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            os.unlink(beside)


def refuse_precious(path: Path) -> None:
    """Refuse to put a product in the place of what cannot be made again.

    Raises
    ------
    InputError
        If a record's store, a private key, a write-protected file, a link or a device stands there.
    """
    try:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            return  # the system says so itself
        begins = b""
        if stat.S_ISREG(mode):
            with path.open("rb") as file:
                begins = file.read(64)
    except OSError:
        return  # nothing is there, or nothing can be read: writing will tell
    what = None
    if not stat.S_ISREG(mode):
        what = "is a link or a device, no plain file"
    elif begins.startswith(b"SQLite format 3\0"):
        what = "is a database, perhaps the record itself"
    elif b"PRIVATE KEY" in begins:
        what = "is a private key"
    elif not mode & 0o222:
        what = "is write-protected"
    if what is not None:
        raise InputError(f"{what}; it is never overwritten", file=path, cure="name another file; nothing was written")


def keep_products(
    folder: Path, products: Mapping[str, bytes], *, result: Mapping[str, Any], provenance: Provenance
) -> dict[str, Any]:
    """Keep a bundle: every product, then ``result.json``, which makes the bundle valid.

    Parameters
    ----------
    folder : Path
        Made if need be.  Files in it that are not products stay.
    products : mapping of str to bytes
        Content by plain file name.
    result : mapping
        The machine-readable answer.
    provenance : Provenance

    Returns
    -------
    dict
        What was written to ``result.json``: ``schema``, ``result``, ``provenance`` and
        ``products`` (by name: ``sha256``, ``bytes``).

    Raises
    ------
    InputError
        If a product's name is not a plain file name, or the answer holds what JSON cannot.
    StoreFull, StoreError
        As for `write_atomically`; then no ``result.json`` is left.
    """
    for name in products:
        _refuse_bad_name(name)
    manifest = {
        "schema": SCHEMA,
        "result": result,
        "provenance": {**provenance.as_dict(), "digest": provenance.digest},
        "products": {n: {"sha256": sha256_of_bytes(d), "bytes": len(d)} for n, d in sorted(products.items())},
    }
    text = canonical_json(manifest) + b"\n"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise store_error(folder, error) from error
    with alone(folder):  # of two commands into one folder the products of the last stand there, all of them
        _remove(folder / RESULT)
        for name, data in sorted(products.items()):
            write_atomically(folder / name, data)
        write_atomically(folder / RESULT, text)
    return manifest


def _refuse_bad_name(name: str) -> None:
    if name != Path(name).name or name in {"", ".", "..", RESULT} or "\\" in name:
        raise InputError("is not a plain file name for a product", field="product", value=name)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise store_error(path, error) from error


def force_folder(folder: Path) -> None:
    """Force the renaming itself to the disk; some systems cannot, and need not."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def store_error(path: Path, error: OSError) -> StoreError:
    """Say in our words why the disk refused."""
    reason = error.strerror or str(error)
    if error.errno in _NO_ROOM:
        return StoreFull(f"{path}: no room to write ({reason}); free some, or choose another folder")
    if error.errno in _NO_RIGHT:
        return StoreFull(f"{path}: no right to write ({reason}); choose another folder")
    return StoreError(f"{path}: cannot be written ({reason})")
