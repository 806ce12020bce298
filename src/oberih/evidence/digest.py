"""Under which name is this content known, whoever holds it?

SHA-256 (FIPS 180-4) in hexadecimal, of bytes, files, arrays and plain values.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from oberih.errors import InputError
from oberih.evidence.canonical import canonical_json

__all__ = ["sha256_of_array", "sha256_of_bytes", "sha256_of_file", "sha256_of_value"]


def sha256_of_bytes(data: bytes) -> str:
    """Digest of bytes.

    Examples
    --------
    >>> sha256_of_bytes(b"")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Digest of a file's content, read in blocks.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", file=path) from error


def sha256_of_array(array: npt.NDArray[Any]) -> str:
    """Digest of an array's type, shape and values, whatever its layout and byte order in memory.

    Parameters
    ----------
    array : array of numbers or truth values

    Raises
    ------
    InputError
        If the array holds Python objects, which have no bytes of their own.

    Examples
    --------
    >>> import numpy as np
    >>> a = np.arange(6.0).reshape(2, 3)
    >>> sha256_of_array(a) == sha256_of_array(np.asfortranarray(a)) == sha256_of_array(a.astype(">f8"))
    True
    >>> sha256_of_array(a) == sha256_of_array(a.T)
    False
    """
    if array.dtype.hasobject:
        raise InputError("an array of Python objects has no digest", field="dtype", value=str(array.dtype))
    little = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    head = f"{little.dtype.str}{array.shape}".encode()
    return hashlib.sha256(head + little.tobytes()).hexdigest()


def sha256_of_value(value: object) -> str:
    """Digest of a value's canonical JSON.

    Examples
    --------
    >>> sha256_of_value({"b": 1, "a": 2.0}) == sha256_of_value({"a": 2, "b": 1.0})
    True
    """
    return sha256_of_bytes(canonical_json(value))
