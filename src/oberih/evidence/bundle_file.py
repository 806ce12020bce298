"""What is in this bundle, and is it safe to look?

Reads the ZIP file of a stranger: names from a fixed list, sizes and numbers bounded before anything is
unpacked, nothing ever written to the disk, a line at a time.  What it says is not trusted here:
`oberih.evidence.verify_bundle` checks it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oberih.errors import InputError
from oberih.evidence.bundle import MEMBERS, SCHEMA, words_for_people
from oberih.evidence.bundle_layout import refuse_two_faces

__all__ = ["LARGEST_BUNDLE", "LARGEST_LINE", "BundleFile", "hashes"]

LARGEST_BUNDLE = 64 * 2**30
"""Bytes that all members may have unpacked, attachments included."""

LARGEST_LINE = 4 * 2**20
"""Bytes of one line: the largest record as base64 is below."""

LARGEST_PART = 2**20
"""Bytes of manifest and keys."""

MOST_MEMBERS = 1_000_000
STEEPEST = 200
"""Largest ratio of unpacked to packed bytes of a member above a mebibyte: text packs tens of times, a bomb 1,000."""

_ATTACHMENT = re.compile(r"attachments/[0-9a-f]{64}")
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class BundleFile:
    """A bundle, opened for reading.

    Parameters
    ----------
    path : Path

    Raises
    ------
    InputError
        If it is no bundle, holds what a bundle does not, or more than is safe.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
            infos = self._zip.infolist()
        except FileNotFoundError as error:
            raise InputError("is not there", file=path, cure="name a bundle, or a record's store") from error
        except _DAMAGE as error:
            raise InputError(f"is not a bundle, or damaged ({error})", file=path, cure="ask for it again") from error
        self._refuse(infos)
        self._refuse_two_faces()
        self._names = {i.filename: i for i in infos}
        self.manifest = self._manifest()

    def __enter__(self) -> BundleFile:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def _refuse(self, infos: list[zipfile.ZipInfo]) -> None:
        if len(infos) > MOST_MEMBERS:
            raise InputError(f"has {len(infos)} members, {MOST_MEMBERS} at most", file=self.path)
        seen: set[str] = set()
        total = 0
        for info in infos:
            name = info.filename
            if name not in MEMBERS and not _ATTACHMENT.fullmatch(name):
                cure = "a bundle holds nothing else; nothing was unpacked"
                raise InputError(
                    "is no member of a bundle", file=self.path, field="member", value=name[:120], cure=cure
                )
            if name in seen:
                raise InputError("is there twice", file=self.path, field="member", value=name)
            if info.orig_filename != name or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                cure = "a bundle is packed with deflate; nothing was unpacked"  # others unpack without bound
                raise InputError(
                    "is packed or named in another way", file=self.path, field="member", value=name, cure=cure
                )
            if info.flag_bits & 0x1:
                raise InputError("is encrypted", file=self.path, field="member", value=name)
            if info.file_size > 2**20 and info.file_size > STEEPEST * max(info.compress_size, 1):
                size = f"unpacks from {info.compress_size} to {info.file_size} bytes"
                raise InputError(f"{size}, which no record does", file=self.path, field="member", value=name,
                                 cure="it may be a zip bomb; nothing was unpacked")  # fmt: skip
            seen.add(name)
            total += info.file_size
        if total > LARGEST_BUNDLE:
            raise InputError(f"unpacks to {total} bytes, {LARGEST_BUNDLE} at most", file=self.path)

    def _refuse_two_faces(self) -> None:
        try:
            refuse_two_faces(self.path, self._zip)
        except OSError as error:
            raise InputError(f"cannot be read ({error.strerror})", file=self.path) from error

    def _manifest(self) -> dict[str, Any]:
        found = self._object("manifest.json")
        kinds = {"schema": str, "origin": str, "size": int, "records": int, "complete": bool, "attachments": str,
                 "first_key": str}  # fmt: skip
        for name, kind in kinds.items():
            if type(found.get(name)) is not kind:
                raise InputError(f"must be of type {kind.__name__}", file=self._in("manifest.json"), field=name)
        if found["schema"] != SCHEMA:
            raise InputError(f"is not {SCHEMA}", file=self._in("manifest.json"), field="schema", value=found["schema"])
        if not 0 < found["size"] < 2**53 or not 0 <= found["records"] < 2**53:
            raise InputError("is no number of records", file=self._in("manifest.json"), field="size")
        if found["attachments"] not in ("included", "hashes"):
            raise InputError("is not known", file=self._in("manifest.json"), field="attachments",
                             value=found["attachments"], cure="use included or hashes")  # fmt: skip
        return found

    def strangers(self) -> list[tuple[str, str]]:
        """Members that nothing proves, and why: words that are not ours, proofs where none is looked at."""
        said = []
        if not words_for_people(b"\n".join(_read_some(self, "HOW-TO-VERIFY.txt"))):
            said.append(("HOW-TO-VERIFY.txt", "is not what Oberih writes there: do not follow it"))
        only = {True: ("proofs.jsonl", "consistency.jsonl"), False: ()}[self.manifest["complete"]]
        return [*said, *((n, "belongs to a selection, not to a complete bundle") for n in only if self.has(n))]

    def _in(self, member: str) -> str:
        return f"{self.path}, {member}"

    def has(self, member: str) -> bool:
        """Whether it holds this member."""
        return member in self._names

    @property
    def attachment_hashes(self) -> set[str]:
        """SHA-256 of the files that it says it includes."""
        return {n.removeprefix("attachments/") for n in self._names if n.startswith("attachments/")}

    def lines(self, member: str) -> Iterator[bytes]:
        """The lines of a member, without their line feeds.

        Raises
        ------
        InputError
            If it is missing, damaged, or has a line that is too long.
        """
        if member not in self._names:
            raise InputError("is missing", file=self.path, field="member", value=member)
        number = 0
        try:
            with self._zip.open(member) as file:
                while line := file.readline(LARGEST_LINE + 1):
                    number += 1
                    if len(line) > LARGEST_LINE:
                        raise InputError(
                            f"is longer than {LARGEST_LINE} bytes", file=self._in(member), field=f"line {number}"
                        )
                    if not line.endswith(b"\n"):
                        raise InputError("is cut off", file=self._in(member), field=f"line {number}")
                    yield line[:-1]
        except InputError:
            raise
        except _DAMAGE as error:
            raise InputError(f"is damaged after line {number} ({error})", file=self._in(member)) from error

    def objects(self, member: str) -> Iterator[dict[str, Any]]:
        """The JSON objects of a member, one a line.

        Raises
        ------
        InputError
            If one is none, or as `lines`.
        """
        for number, line in enumerate(self.lines(member), start=1):
            yield _parsed(line, file=self._in(member), field=f"line {number}")

    def _object(self, member: str) -> dict[str, Any]:
        info = self._names.get(member)
        if info is None:
            raise InputError("is missing, so this is no bundle", file=self.path, field="member", value=member)
        if info.file_size > LARGEST_PART:
            raise InputError(f"has {info.file_size} bytes, {LARGEST_PART} at most", file=self._in(member))
        try:
            with self._zip.open(member) as file:
                data = file.read(LARGEST_PART + 1)
        except _DAMAGE as error:
            raise InputError(f"is damaged ({error})", file=self._in(member)) from error
        return _parsed(data, file=self._in(member), field="content")

    def keys(self) -> dict[str, Any]:
        """What it says of keys; the log itself decides."""
        return self._object("keys.json")

    def attachment_digest(self, sha256: str) -> tuple[str, int]:
        """SHA-256 and size of the file that it includes under this hash.

        Raises
        ------
        InputError
            If it is damaged.
        """
        digest, size = hashlib.sha256(), 0
        try:
            with self._zip.open(f"attachments/{sha256}") as file:
                while block := file.read(1 << 20):
                    digest.update(block)
                    size += len(block)
        except _DAMAGE as error:
            raise InputError(f"is damaged ({error})", file=self._in(f"attachments/{sha256}")) from error
        return digest.hexdigest(), size


def _read_some(bundle: BundleFile, member: str) -> list[bytes]:
    """The lines of a member, or none where it is missing or damaged."""
    try:
        return [*bundle.lines(member), b""]
    except InputError:
        return []


def _parsed(data: bytes, *, file: object, field: str) -> dict[str, Any]:
    try:
        found = json.loads(data.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise InputError("is not JSON", file=file, field=field) from error
    if not isinstance(found, dict):
        raise InputError("is not a JSON object", file=file, field=field)
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def hashes(value: Any, *, file: object, field: str) -> list[bytes]:
    """Read a list of SHA-256 in base64.

    Raises
    ------
    InputError
        If it is none.
    """
    try:
        found = [base64.b64decode(h, validate=True) for h in value]
    except (ValueError, TypeError) as error:
        raise InputError("is not a list of hashes in base64", file=file, field=field) from error
    if any(len(h) != 32 for h in found) or len(found) > 128:
        raise InputError("is not a list of SHA-256", file=file, field=field)
    return found
