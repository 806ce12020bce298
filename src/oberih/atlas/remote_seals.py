"""What of an atlas stands in an object store, and is it whole?

Defines `FarAtlas`: an atlas as a store's listing and its seals tell, without its values.  In the
store stand the same files as in a folder, with the same bytes; a block counts if its seal can be
read and every file that it names is listed.  A seal torn by a store that does not put files whole
is no seal: its block is made again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from oberih.atlas.layout import FORMAT
from oberih.atlas.remote import FarStore
from oberih.atlas.seal import BLOCK_ARRAYS, LAYOUT, SEALS
from oberih.errors import CorruptStore, InputError
from oberih.evidence.digest import sha256_of_bytes, sha256_of_value

__all__ = ["LAYOUT_SEAL", "FarAtlas", "layout_sealed", "safe_names", "said_in", "seal_name"]

LONGEST_NAME = 255
"""Of a file, on every file system [bytes]."""

LAYOUT_SEAL = f"{SEALS}/{LAYOUT}"
_BLOCK_SEAL = re.compile(rf"{SEALS}/(\d{{5,}})-(\d\d+)\.json")


def seal_name(block: int, height: int) -> str:
    """Name of the seal of a block at one height."""
    return f"{SEALS}/{block:05d}-{height:02d}.json"


def said_in(content: bytes) -> dict[str, Any]:
    """What a seal says: SHA-256 of the files of a block, by name; empty if it is torn."""
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def safe_names(names: Iterable[str]) -> list[str]:
    """Names of files, none of which leads out of its folder.

    Raises
    ------
    CorruptStore
        If one does: nobody writes such a seal by accident.
    """
    for name in names:
        parts = name.split("/")
        odd = not name.isprintable() or any(len(part.encode(errors="replace")) > LONGEST_NAME for part in parts)
        if odd or not all(parts) or {".", ".."} & set(parts) or "\\" in name or ":" in name:
            raise CorruptStore(f"{name!r}: a seal names a file outside the atlas; do not trust that store")
    return sorted(names)


def layout_sealed(store: FarStore) -> dict[str, Any] | None:
    """The plan's digest and the layout's files by SHA-256; None if there is no layout, or its seal is torn."""
    try:
        said = said_in(store.get(LAYOUT_SEAL))
    except FileNotFoundError:
        return None
    whole = isinstance(said.get("plan"), str) and isinstance(said.get("sha256"), dict)
    return said if whole else None


@dataclass(frozen=True)
class FarAtlas:
    """An atlas in a store.

    Parameters
    ----------
    store : FarStore
    plan : str
        Digest of the plan it was laid out for.
    layout : dict
        SHA-256 of the files of its layout.
    names : frozenset of str
        Files listed.
    seals : dict
        SHA-256 of the chunks of each block and height whose seal can be read.
    """

    store: FarStore
    plan: str
    layout: dict[str, str]
    names: frozenset[str]
    seals: dict[tuple[int, int], dict[str, str]]

    @classmethod
    def at(cls, store: FarStore) -> FarAtlas:
        """Ask a store what stands there.

        Raises
        ------
        InputError
            If there is no atlas, or the store refuses.
        StoreError
            If the store fails.
        """
        said = layout_sealed(store)
        if said is None:
            raise InputError("no atlas there", file=store.url, cure="build one with 'oberih atlas build … --store'")
        names = frozenset(store.names())
        places = {name: place for name in sorted(names) if (place := _BLOCK_SEAL.fullmatch(name))}
        seals = {(int(places[n][1]), int(places[n][2])): said_in(data) for n, data in store.get_all(places)}
        return cls(store, said["plan"], said["sha256"], names, {k: v for k, v in seals.items() if v})

    @cached_property
    def attributes(self) -> dict[str, Any]:
        """Of the whole: digest, facts, hours of a block, forms.

        Raises
        ------
        InputError
            If it is an atlas of another format.
        CorruptStore
            If they are not what the plan's digest names.
        """
        try:
            data = self.store.get("zarr.json")
        except FileNotFoundError as error:
            raise CorruptStore(f"{self.store.url}/zarr.json: missing; build again, it mends that") from error
        attributes: Any = said_in(data).get("attributes", {})
        attributes = attributes if isinstance(attributes, dict) else {}
        if attributes.get("format") != FORMAT:
            raise InputError(f"not an atlas of format {FORMAT}", file=self.store.url, value=attributes.get("format"))
        named = sha256_of_value(attributes.get("facts", {}))
        if sha256_of_bytes(data) != self.layout.get("zarr.json") or named != self.plan:
            raise CorruptStore(f"{self.store.url}/zarr.json: not what was written; build again, it mends that")
        return dict(attributes)

    @property
    def facts(self) -> dict[str, Any]:
        """What it was built from, as `AtlasPlan.facts`."""
        facts: dict[str, Any] = self.attributes["facts"]
        return facts

    def unseal(self, faults: list[str]) -> int:
        """Break the seals of blocks with faults, as `oberih.atlas.remote_read.faults_there` names them; how many."""
        broken = set()
        for fault in faults:
            parts = fault.partition(":")[0].split("/")
            if len(parts) > 3 and parts[1] == "c" and parts[0] in BLOCK_ARRAYS:
                broken.add((int(parts[2]), int(parts[3])))
        self.store.remove(seal_name(*place) for place in broken)
        return len(broken)

    @property
    def whole(self) -> set[tuple[int, int]]:
        """Blocks and heights that are sealed and all of whose files are listed."""
        return {place for place, chunks in self.seals.items() if self.names.issuperset(chunks)}
