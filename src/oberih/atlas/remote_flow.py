"""How do the fields that carry particles come to workers that share no disk with whoever read them?

The kept flow stands in the store beside the atlas, once for all atlases that need it.  The machine
of a worker keeps one copy, verified, that all its workers map into memory.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from oberih.atlas.particle_block import flow_name
from oberih.atlas.remote import FarStore
from oberih.dispersion.particles.flow_file import open_flow
from oberih.errors import CorruptStore, InputError, StoreError
from oberih.evidence.alone import alone

__all__ = ["flow_beside", "put_flow"]

LAST = "flow.json"
FILES = ("wind.npy", "surface.npy", LAST)
"""Of a kept flow; the last one makes it valid."""


def put_flow(store: FarStore, digest: str, folder: Path) -> None:
    """Put a kept flow beside an atlas in a store, unless it is there.

    Parameters
    ----------
    store : FarStore
        Of the atlas.
    digest : str
        Of the flow.
    folder : Path
        Where it is kept here.

    Raises
    ------
    StoreError
        If it is not kept here.
    """
    there = store.beside(flow_name(digest))
    names = there.names()
    if names.issuperset(FILES):
        return
    for name in FILES:
        if not (folder / name).is_file():
            raise StoreError(f"{folder}: the fields that the atlas is built from are not there; give them again")
        there.upload(name, folder / name)


def flow_beside(store: FarStore, digest: str, atlas: Path) -> None:
    """Put a link to this machine's copy of a flow beside an atlas in scratch; the copy is made if need be.

    Raises
    ------
    CorruptStore, StoreError
        If the store has none, or it is not what was written.
    """
    room = Path(tempfile.gettempdir()) / f"oberih-flows-{os.getuid() if hasattr(os, 'getuid') else 0}"
    room.mkdir(mode=0o700, exist_ok=True)
    kept = room / flow_name(digest)
    with alone(room):
        if not _is_whole(kept, digest):
            shutil.rmtree(kept, ignore_errors=True)
            _copy(store.beside(flow_name(digest)), kept, digest)
    (atlas.parent / flow_name(digest)).symlink_to(kept, target_is_directory=True)


def _copy(there: FarStore, kept: Path, digest: str) -> None:
    beside = Path(tempfile.mkdtemp(prefix=f".{kept.name}-", dir=kept.parent))
    try:
        for name in FILES:
            there.download(name, beside / name)
        if not _is_whole(beside, digest):
            raise CorruptStore(f"{there.url}: not the fields that were put there; remove them and build again")
        beside.rename(kept)
    except FileNotFoundError as error:
        raise StoreError(f"{there.url}: the fields of the atlas are not there; build again, it puts them") from error
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(beside, ignore_errors=True)


def _is_whole(folder: Path, digest: str) -> bool:
    """Whether a folder holds that flow, read through."""
    try:
        return open_flow(folder).digest == digest
    except InputError:
        return False
