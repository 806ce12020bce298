"""Is what is there what was written?

Works on the folder of an atlas, not on the open atlas.  Two kinds of seal, small files that
are written last and whole, with the SHA-256 of what they vouch for:

- of the *layout* (``layout.json``): metadata, coordinates, air, and the digest of the plan;
- of a *block* at one height (``00012-01.json``): its chunks.  A block counts only when its seal
  is there; a build that was killed leaves unsealed chunks, which the next one writes again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from oberih.atlas.layout import CHUNK_ENTRIES, COLUMNS
from oberih.errors import CorruptStore
from oberih.evidence.canonical import canonical_json
from oberih.evidence.digest import sha256_of_file
from oberih.evidence.keep import write_atomically

SEALS = "seals"
LAYOUT = "layout.json"
BLOCK_ARRAYS = ("cell", "offset", "balance", *COLUMNS)
"""Arrays whose chunks belong to blocks; all else is layout."""

_OF_BLOCK = re.compile(rf"(?:{'|'.join(BLOCK_ARRAYS)})/c/(\d+)/(\d+)/")
_SEAL = re.compile(r"(\d{5,})-(\d\d+)\.json")


def seal_of(path: Path, block: int, height: int) -> Path:
    """Where the seal of a block at one height stands."""
    return path / SEALS / f"{block:05d}-{height:02d}.json"


def sealed_chunks(path: Path, block: int, height: int) -> dict[str, str]:
    """SHA-256 of the chunks of a block at one height, by name; empty if it is not sealed.

    Raises
    ------
    CorruptStore
        If the seal cannot be read.
    """
    seal = seal_of(path, block, height)
    if not seal.is_file():
        return {}
    try:
        return _read(seal)
    except ValueError as error:
        raise CorruptStore(f"{seal}: {error}; run 'oberih atlas verify', then build again") from error


def seal_block(path: Path, block: int, height: int, *, chunks: int) -> None:
    """Seal a block that is written, after removing what others left in its place.

    Parameters
    ----------
    chunks : int
        Chunks that each column of the block has; a killed or disturbed writer may have left more.

    Raises
    ------
    StoreFull, StoreError
        If the seal cannot be written.
    """
    place = f"c/{block}/{height}"
    own = {f"{name}/{place}/{i}" for name in ("cell", *COLUMNS) for i in range(chunks)}
    own |= {f"offset/{place}/0", f"balance/{place}/0/0"}
    for file in list(chunk_files(path, block, height)):
        if _name(path, file) not in own:
            file.unlink(missing_ok=True)
    seal = seal_of(path, block, height)
    for litter in seal.parent.glob(f".{seal.name}.*"):
        litter.unlink(missing_ok=True)
    digests = {name: sha256_of_file(path / name) for name in own if (path / name).is_file()}
    write_atomically(seal, canonical_json(digests) + b"\n")


def seal_layout(path: Path, plan_digest: str) -> None:
    """Seal everything that stands there before the first block is built."""
    files = (f for f in path.rglob("*") if f.is_file())
    digests = {_name(path, f): sha256_of_file(f) for f in files}
    write_atomically(path / SEALS / LAYOUT, canonical_json({"plan": plan_digest, "sha256": digests}) + b"\n")


def plan_sealed(path: Path) -> str | None:
    """Digest of the plan that an atlas was laid out for; None if there is no sealed layout.

    Raises
    ------
    CorruptStore
        If the layout's seal cannot be read.
    """
    seal = path / SEALS / LAYOUT
    if not seal.is_file():
        return None
    try:
        return str(_layout(path)["plan"])
    except ValueError as error:
        raise CorruptStore(f"{seal}: {error}; remove the atlas and build it again") from error


def layout_faults(path: Path) -> list[str]:
    """What is wrong with metadata, coordinates and air, one line a fault."""
    try:
        digests = _layout(path)["sha256"]
    except (OSError, ValueError) as error:
        return [f"{SEALS}/{LAYOUT}: {error}"]
    return _differing(path, digests)


def block_faults(path: Path) -> list[str]:
    """What is wrong with the blocks that are sealed, one line a fault."""
    faults: list[str] = []
    for seal in sorted((path / SEALS).glob("[0-9]*.json")):
        place = _SEAL.fullmatch(seal.name)
        try:
            if not place:
                raise ValueError("no block has such a seal")
            digests = _read(seal)
        except (OSError, ValueError) as error:
            faults.append(f"{SEALS}/{seal.name}: {error}")
            continue
        there = {_name(path, f) for f in chunk_files(path, int(place[1]), int(place[2]))}
        faults += [f"{name}: appeared after it was sealed" for name in sorted(there - set(digests))]
        faults += _differing(path, digests)
    return faults


def break_seals(path: Path, faults: list[str]) -> int:
    """Break the seals of blocks with faults, as `block_faults` names them; how many."""
    broken = set()
    for fault in faults:
        name = fault.split(":")[0]
        if place := _OF_BLOCK.match(name):
            broken.add(seal_of(path, int(place[1]), int(place[2])))
        elif name.startswith(f"{SEALS}/") and name != f"{SEALS}/{LAYOUT}":
            broken.add(path / name)
    broken = {seal for seal in broken if seal.is_file()}
    for seal in broken:
        seal.unlink(missing_ok=True)
    return len(broken)


def chunk_files(path: Path, block: int, height: int) -> Iterator[Path]:
    """Files that hold one block at one height; a chunk of zeros has none."""
    for name in BLOCK_ARRAYS:
        folder = path / name / "c" / str(block) / str(height)
        yield from (f for f in sorted(folder.rglob("*")) if f.is_file())


def chunks_for(entries: int) -> int:
    """Chunks that hold so many entries of a column."""
    return -(-entries // CHUNK_ENTRIES)


def _differing(path: Path, digests: dict[str, str]) -> list[str]:
    """Files that are missing or not what they were, one line each."""
    faults = []
    for name, digest in sorted(digests.items()):
        file = path / name
        if not file.is_file():
            faults.append(f"{name}: missing")
        elif sha256_of_file(file) != digest:
            faults.append(f"{name}: not what was written")
    return faults


def _read(seal: Path) -> dict[str, Any]:
    """What a seal says.

    Raises
    ------
    ValueError
        If it is not a seal.
    """
    try:
        said = json.loads(seal.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"unreadable seal ({error})") from error
    if not isinstance(said, dict) or not said:
        raise ValueError("unreadable seal (it names nothing)")
    return said


def _layout(path: Path) -> dict[str, Any]:
    said = _read(path / SEALS / LAYOUT)
    if not isinstance(said.get("plan"), str) or not isinstance(said.get("sha256"), dict):
        raise ValueError("unreadable seal (it names no plan)")
    return said


def _name(path: Path, file: Path) -> str:
    return file.relative_to(path).as_posix()
