"""What of an atlas stands in an object store, and is it whole?

Defines `FarAtlas`: an atlas as a store's listing and its seals tell, without its values.  In the
store stand the same files as in a folder, with the same bytes; a block counts if its seal can be
read and every file that it names is listed.  A seal torn by a store that does not put files whole
is no seal: its block is made again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from oberih.atlas.layout import FORMAT
from oberih.atlas.remote import FarStore
from oberih.atlas.seal import LAYOUT, SEALS
from oberih.errors import CorruptStore, InputError
from oberih.evidence.digest import sha256_of_bytes, sha256_of_value

__all__ = ["LAYOUT_SEAL", "FarAtlas", "layout_sealed", "said_in", "seal_name"]

LAYOUT_SEAL = f"{SEALS}/{LAYOUT}"
_BLOCK_SEAL = re.compile(rf"{SEALS}/(\d{{5,}})-(\d\d+)\.json")


def seal_name(block: int, height: int) -> str:
    """Name of the seal of a block at one height."""
    return f"{SEALS}/{block:05d}-{height:02d}.json"


def said_in(content: bytes) -> dict[str, Any]:
    """What a seal says: SHA-256 of the files of a block, by name; empty if it is torn."""
    try:
        said = json.loads(content)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


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
    def facts(self) -> dict[str, Any]:
        """What it was built from, as `AtlasPlan.facts`.

        Raises
        ------
        CorruptStore
            If its metadata are not what the plan's digest names.
        """
        data = self.store.get("zarr.json")
        attributes: Any = said_in(data).get("attributes", {})
        facts = attributes.get("facts", {})
        if attributes.get("format") != FORMAT:
            raise InputError(f"not an atlas of format {FORMAT}", file=self.store.url, value=attributes.get("format"))
        if sha256_of_bytes(data) != self.layout.get("zarr.json") or sha256_of_value(facts) != self.plan:
            raise CorruptStore(f"{self.store.url}/zarr.json: not what was written; build again, it mends that")
        return dict(facts)

    @property
    def whole(self) -> set[tuple[int, int]]:
        """Blocks and heights that are sealed and all of whose files are listed."""
        return {place for place, chunks in self.seals.items() if self.names.issuperset(chunks)}
