"""How is an atlas filled that stands in an object store, by workers without a shared disk?

Each worker copies the layout into a scratch folder of its own, computes a block there as it would
anywhere (`oberih.atlas.build.compute_block`), puts the block's files into the store and its seal
last, and forgets its copy.  The store then holds the bytes that a local build would have written.
Whoever builds again lists the seals and goes on.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from oberih.atlas import seal
from oberih.atlas.build import Told, compile_for, compute_block
from oberih.atlas.layout import AtlasPlan
from oberih.atlas.remote import FarStore, store_at
from oberih.atlas.remote_flow import flow_beside, put_flow
from oberih.atlas.remote_seals import LAYOUT_SEAL, FarAtlas, layout_sealed, safe_names, said_in, seal_name
from oberih.atlas.schedule import Scheduler, Serial
from oberih.atlas.store import create
from oberih.atlas.task import Task
from oberih.errors import CorruptStore, InputError, StoreError
from oberih.evidence.digest import sha256_of_bytes

__all__ = ["build_there", "compute_block_there"]


def build_there(
    url: str, plan: AtlasPlan, *, scheduler: Scheduler | None = None, told: Told | None = None,
    fields: Path | None = None,
) -> FarAtlas:  # fmt: skip
    """Build an atlas in a store, or finish one that was begun.

    Parameters
    ----------
    url : str
        Of the atlas itself, as ``s3://bucket/prefix/name.zarr``.
    plan : AtlasPlan
    scheduler : Scheduler, optional
        Who does the work; this process by default.
    told : callable, optional
        Told how far the work is.
    fields : Path, optional
        Folder of the kept flow, if the plan has one; where the plan says by default.

    Raises
    ------
    InputError
        If another atlas, or something else, stands there, or the store refuses.
    StoreError
        If the store fails for longer than patience lasts, or workers put their blocks elsewhere.
    """
    scheduler = scheduler or Serial()
    if url.startswith("memory:") and not isinstance(scheduler, Serial):
        raise InputError(
            "each process has a memory of its own", field="--store", value=url,
            cure="build with --workers 1, or into a store that all workers see",
        )  # fmt: skip
    store = store_at(url)
    _lay_out_there(store, plan)
    if plan.flow:
        put_flow(store, plan.flow.digest, fields or Path(plan.flow.folder))
    whole = FarAtlas.at(store).whole
    todo = [(url, plan.digest, b, h) for b, h in plan.tasks if (b, h) not in whole]
    total, done = len(plan.tasks), len(plan.tasks) - len(todo)
    if told:
        told(done, total)
    if todo:
        compile_for(plan)
        for _ in scheduler.run(compute_block_there, todo, finished=_is_sealed_there):
            done += 1
            if told:
                told(done, total)
    return _whole(store, plan)


def compute_block_there(url: str, digest: str, block: int, height: int) -> None:
    """Compute one block at one height in scratch, put it into the store and seal it there; the task that workers run.

    Parameters
    ----------
    url : str
        Of the atlas.
    digest : str
        Of its plan.
    block, height : int

    Raises
    ------
    StoreError, CorruptStore, InputError
        As `build_there`; if another atlas stands there now.
    """
    if _is_sealed_there((url, digest, block, height)):
        return
    store, here = store_at(url), _scratch(url, digest)
    compute_block(os.fspath(here), block, height)
    try:
        sealed = seal.seal_of(here, block, height)
        names = seal.sealed_chunks(here, block, height)
        store.put_all({name: (here / name).read_bytes() for name in names})
        store.put(seal_name(block, height), sealed.read_bytes())
    finally:
        sealed.unlink(missing_ok=True)
        for file in list(seal.chunk_files(here, block, height)):
            file.unlink(missing_ok=True)


def _whole(store: FarStore, plan: AtlasPlan) -> FarAtlas:
    """The atlas, of which nothing may be missing."""
    far = FarAtlas.at(store)
    missing = set(plan.tasks) - far.whole
    if missing:
        raise StoreError(
            f"{store.url}: {len(missing)} blocks that workers reported are not there; "
            "do all workers reach the same store?  Run again, it resumes"
        )
    return far


def _is_sealed_there(task: Task) -> bool:
    url, _, block, height = task
    try:
        return bool(said_in(store_at(url).get(seal_name(block, height))))
    except FileNotFoundError:
        return False


def _lay_out_there(store: FarStore, plan: AtlasPlan) -> None:
    """Put metadata, coordinates and air there, what seals them last; mend what is lost or changed."""
    said = layout_sealed(store)
    if said is not None and said["plan"] != plan.digest:
        raise InputError("another atlas stands there", file=store.url, cure="choose another place or remove it")
    with tempfile.TemporaryDirectory(prefix="oberih-layout-") as folder:
        here = create(Path(folder) / "atlas.zarr", plan).path
        files = {f.relative_to(here).as_posix(): f.read_bytes() for f in here.rglob("*") if f.is_file()}
    there = store.names()
    kept = dict(store.get_all(sorted(there & set(files))))
    if said is None and not there <= set(files) and kept.get("zarr.json") != files["zarr.json"]:
        raise InputError("something else stands there", file=store.url, cure="choose another place or remove it")
    lacking = {name: data for name, data in files.items() if kept.get(name) != data}
    last = {LAYOUT_SEAL: files[LAYOUT_SEAL]} if lacking else {}
    store.put_all({name: data for name, data in lacking.items() if name != LAYOUT_SEAL})
    store.put_all(last)


_OWN = threading.local()
"""Scratch folders of this thread by plan, so that threads of one worker are not in each other's way."""


def _scratch(url: str, digest: str) -> Path:
    """Folder with a copy of an atlas's layout that belongs to this thread alone."""
    kept: dict[tuple[str, str], Path] = _OWN.__dict__.setdefault("folders", {})
    if (url, digest) not in kept:
        kept[url, digest] = _copy_of_layout(store_at(url), digest)
    return kept[url, digest]


def _copy_of_layout(store: FarStore, digest: str) -> Path:
    """Copy a layout into a new folder, verified; the folder goes when this process ends."""
    said = layout_sealed(store)
    if said is None or said["plan"] != digest:
        what = "no atlas" if said is None else "another atlas"
        raise StoreError(
            f"{store.url}: the worker on {socket.gethostname()} finds {what} there; "
            "does it reach the same store, by the same environment variables?"
        )
    folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
    for other in _abandoned(Path(folder).parent):
        shutil.rmtree(other, ignore_errors=True)
    here = Path(folder) / "atlas.zarr"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for name, data in store.get_all(safe_names(said["sha256"])):
        if sha256_of_bytes(data) != said["sha256"][name]:
            raise CorruptStore(f"{store.url}/{name}: not what was written; build again, it mends that")
        (here / name).parent.mkdir(parents=True, exist_ok=True)
        (here / name).write_bytes(data)
    (here / LAYOUT_SEAL).write_bytes(store.get(LAYOUT_SEAL))
    if flow := FarAtlas(store, digest, said["sha256"], frozenset(), {}).facts.get("flow"):
        flow_beside(store, str(flow["digest"]), here)
    return here


PREFIX = f"oberih-scratch-{socket.gethostname()}-"
"""Of the names of scratch folders; the number behind it is that of the process they belong to."""


def _abandoned(room: Path) -> Iterator[Path]:
    """Scratch folders of processes that were killed."""
    for folder in room.glob(f"{PREFIX}*-*"):
        owner = folder.name[len(PREFIX) :].partition("-")[0]
        with contextlib.suppress(PermissionError, ValueError):  # somebody else's is at work
            try:
                os.kill(int(owner), 0)
            except ProcessLookupError:
                yield folder
