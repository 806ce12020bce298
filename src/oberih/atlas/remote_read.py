"""How does an atlas come from an object store into a folder, to be read there?

Every file is compared with its seal before it gets its name, and a block's seal is written last,
so that a copy that was broken off is an atlas partly built: fetching again goes on, and so does
building.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from oberih.atlas import seal
from oberih.atlas.build import Told
from oberih.atlas.remote import FarStore, store_at
from oberih.atlas.remote_seals import LAYOUT_SEAL, FarAtlas, safe_names, said_in, seal_name
from oberih.atlas.store import Atlas, open_atlas
from oberih.errors import CorruptStore, InputError
from oberih.evidence.alone import alone
from oberih.evidence.digest import sha256_of_bytes
from oberih.evidence.keep import store_error, write_atomically

__all__ = ["faults_there", "fetch"]

AGAIN = "; run 'oberih atlas verify' on the store, then build again"


def fetch(url: str, path: Path, *, told: Told | None = None) -> Atlas:
    """Copy an atlas out of a store, or go on with a copy that was broken off; what is not sealed there is left out.

    Parameters
    ----------
    url : str
        Of the atlas.
    path : Path
        Folder of the copy.
    told : callable, optional
        Told how many of the sealed blocks are here, and how many there are.

    Returns
    -------
    Atlas
        Complete or not, as the one in the store.

    Raises
    ------
    InputError
        If there is no atlas, or another stands at ``path``.
    CorruptStore
        If a file is not what was sealed.
    StoreError, StoreFull
        If the store fails for longer than patience lasts, or the copy cannot be written.
    """
    far = FarAtlas.at(store_at(url))
    _ = far.facts  # refuses what is no atlas of ours
    _layout_here(far, path)
    with alone(path):
        todo = [place for place in sorted(far.whole) if not seal.seal_of(path, *place).is_file()]
        if told:
            told(len(far.whole) - len(todo), len(far.whole))
        for done, place in enumerate(todo, start=len(far.whole) - len(todo) + 1):
            name = seal_name(*place)
            again = far.store.get(name)
            if said_in(again) != far.seals[place] or not all(_is_of(place, n) for n in far.seals[place]):
                raise CorruptStore(f"{far.store.url}/{name}: not the seal of its block, or replaced meanwhile{AGAIN}")
            _copy(far.store, far.seals[place], path)
            write_atomically(path / name, again)
            if told:
                told(done, len(far.whole))
    return open_atlas(path, complete=False)


def _is_of(place: tuple[int, int], name: str) -> bool:
    """Whether a file is one of a block at one height, and of nothing else."""
    parts = name.split("/")
    return parts[0] in seal.BLOCK_ARRAYS and parts[1:4] == ["c", *map(str, place)]


def faults_there(far: FarAtlas, *, told: Told | None = None) -> list[str]:
    """What is wrong with an atlas in a store, one line a fault, after reading every byte of it."""
    faults = []
    parts = [far.layout, *(far.seals[place] for place in sorted(far.seals))]
    sealed = {name for part in parts for name in part}
    for done, part in enumerate(parts, start=1):
        there = [name for name in sorted(part) if name in far.names]
        faults += [f"{name}: missing" for name in sorted(set(part) - set(there))]
        different = [n for n, data in far.store.get_all(there) if sha256_of_bytes(data) != part[n]]
        faults += [f"{name}: not what was written" for name in different]
        if told:
            told(done, len(parts))
    return faults + [f"{name}: belongs to no seal" for name in sorted(_unsealed(far, sealed))]


def _unsealed(far: FarAtlas, sealed: set[str]) -> set[str]:
    """Files that stand where a sealed block's are, and are none of its own."""
    blocks = {f"c/{b}/{h}" for b, h in far.seals}
    return {n for n in far.names - sealed if "/".join(n.split("/")[1:4]) in blocks}


def _layout_here(far: FarAtlas, path: Path) -> None:
    """Lay out the copy beside its place and move it there whole, unless it is begun."""
    begun = seal.plan_sealed(path)
    if begun == far.plan and not seal.layout_faults(path):
        return
    if begun not in (None, far.plan) or (path.exists() and begun is None):
        raise InputError("something else stands there", file=path, cure="choose another --cache or remove it")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    except OSError as error:
        raise store_error(path, error) from error
    try:
        _copy(far.store, far.layout, beside)
        write_atomically(beside / LAYOUT_SEAL, far.store.get(LAYOUT_SEAL))
        if path.exists():  # of the same plan, with a layout that was spoilt
            for name in far.layout:
                (path / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(beside / name, path / name)
        else:
            beside.chmod(0o755)
            beside.rename(path)
    except OSError as error:
        raise store_error(path, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _copy(store: FarStore, digests: dict[str, str], folder: Path) -> None:
    """Copy files, each verified before it gets its name."""
    try:
        for name, data in store.get_all(safe_names(digests)):
            if sha256_of_bytes(data) != digests[name]:
                raise CorruptStore(f"{store.url}/{name}: not what was written{AGAIN}")
            part = folder / f"{name}.part"
            part.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            os.replace(part, folder / name)
    except FileNotFoundError as error:
        raise CorruptStore(f"{store.url}: a sealed file is missing ({error}){AGAIN}") from error
    except OSError as error:
        raise store_error(folder, error) from error
