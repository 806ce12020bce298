"""Which atlases are kept, what is in them, are they whole, and how do they come from a store?"""

from __future__ import annotations

from pathlib import Path

from oberih.atlas.remote import is_far, store_at
from oberih.atlas.remote_read import faults_there
from oberih.atlas.remote_read import fetch as fetch_into
from oberih.atlas.remote_seals import FarAtlas
from oberih.atlas.store import open_atlas, unseal
from oberih.atlas.store import verify as faults_of
from oberih.case.progress import Progress, advancing
from oberih.case.reach.atlas_cache import cache_facts, size_mib
from oberih.case.reach.atlas_sheets import coverage_here, coverage_there, described, described_there, state_of
from oberih.case.reach.products import check_folder
from oberih.case.sheet import Sheet
from oberih.errors import CorruptStore, OberihError

__all__ = ["fetch", "info", "list_atlases", "verify"]


def list_atlases(cache: Path, *, store: str | None = None) -> Sheet:
    """The atlases kept in a cache, or under a place in an object store.

    Raises
    ------
    InputError, StoreError
        If the store refuses or fails for long.
    """
    rows = _rows_there(store) if store else _rows_here(cache)
    where = store or str(cache / "atlas")
    notes = () if rows else (f"none in {where}; build one with 'oberih atlas build SITE'",)
    last = "files" if store else "MiB"
    lying = () if store else cache_facts(cache)
    return Sheet(
        "Atlases", facts=lying, columns=("name", "site", "weather", "state", last), rows=tuple(rows), notes=notes
    )


def info(place: str | Path) -> Sheet:
    """What is in an atlas, in a folder or in a store.

    Raises
    ------
    InputError, CorruptStore, StoreError
        If there is none, or it cannot be read.
    """
    if is_far(place):
        far = FarAtlas.at(store_at(str(place)))
        return described_there(far, f"Atlas {_name(str(place))}")
    path = Path(place)
    return described(open_atlas(path, complete=False), f"Atlas {path.name}")


def verify(place: str | Path, *, progress: Progress) -> Sheet:
    """Check every chunk against its seal.

    Raises
    ------
    CorruptStore
        If anything is missing or not as it was written; the blocks concerned lose their seals, so
        that the next build makes them anew.
    """
    progress.stage("chunks against their checksums")
    if is_far(place):
        return _verify_there(str(place), progress)
    path = Path(place)
    atlas = open_atlas(path, complete=False)
    faults = faults_of(atlas)
    progress.done()
    if faults:
        _refuse(str(path), faults, unseal(atlas, faults))
    blocks = len(list((path / "seals").glob("[0-9]*.json")))
    return Sheet(f"{path.name}: every chunk is as it was written", facts=(("blocks", str(blocks)),))


def fetch(url: str, *, cache: Path, progress: Progress) -> Sheet:
    """Copy an atlas out of a store into the cache, every file verified; a copy that was broken off goes on.

    Raises
    ------
    InputError, CorruptStore, StoreError, StoreFull
        If there is none, it is not what was written, or it cannot be copied.
    """
    check_folder(cache, field="--cache")
    path = cache / "atlas" / _name(url)
    atlas = fetch_into(url, path, told=advancing(progress, "blocks from the store"))
    progress.done()
    return described(atlas, f"Atlas {path.name}")


def _verify_there(url: str, progress: Progress) -> Sheet:
    far = FarAtlas.at(store_at(url))
    coverage = coverage_there(far)
    faults = faults_there(far, told=advancing(progress, "parts of the atlas, read and compared"))
    progress.done()
    if faults:
        _refuse(url, faults, far.unseal(faults))
    return Sheet(
        f"{_name(url)}: every file in the store is as it was written",
        facts=(("blocks", f"{len(coverage.sealed)} of {coverage.tasks}"),),
    )


def _refuse(place: str, faults: list[str], broken: int) -> None:
    more = f" and {len(faults) - 1} more" if len(faults) > 1 else ""
    raise CorruptStore(f"{place}: {faults[0]}{more}; {broken} blocks unsealed: build again, it makes them anew")


def _rows_here(cache: Path) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for path in sorted((cache / "atlas").glob("*.zarr")):
        try:
            atlas = open_atlas(path, complete=False)
            air = atlas.facts["air"]
            said = (str(atlas.facts["site"]), str(air["label"]), _short(state_of(coverage_here(atlas))))
        except OberihError as error:
            said = ("?", "?", str(error))
        rows.append((path.name, *said, size_mib(path)))
    return rows


def _rows_there(url: str) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    place = store_at(url)
    for name in place.folders():
        if not name.endswith(".zarr"):
            continue
        try:
            far = FarAtlas.at(place.under(name))
            said = (str(far.facts["site"]), str(far.facts["air"]["label"]), _short(state_of(coverage_there(far))))
            rows.append((name, *said, str(len(far.names))))
        except OberihError as error:
            rows.append((name, "?", "?", str(error), "?"))
    return rows


def _short(state: str) -> str:
    return state.partition(";")[0]


def _name(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]
