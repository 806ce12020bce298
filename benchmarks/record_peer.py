"""How fast is the peer, pymerkle, on the same leaves?

It keeps a tree alone: nothing is signed, searched or checkpointed.
"""

from __future__ import annotations

import importlib
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from oberih.evidence.tree import Frontier, inclusion_proof, leaf_hash

__all__ = ["BATCH", "peers"]

BATCH = 1000
"""Leaves appended together, as in our log."""

Prove = Callable[[int, int], object]


def peers(leaves: Sequence[bytes], folder: Path, *, most: int, proofs: int) -> dict[str, Any]:
    """Appends a second and proofs [ms] of pymerkle's two trees, and of our tree alone in memory.

    Parameters
    ----------
    most : int
        Leaves for each tree; a tenth of them for the one on SQLite that takes them one by one and commits each.
    """
    found: dict[str, Any] = {"ours_in_memory": _ours(leaves[:most], proofs)}
    try:
        pymerkle = importlib.import_module("pymerkle")
    except ImportError:
        return {**found, "pymerkle": None}
    few = leaves[: most // 10]
    return {
        **found,
        "pymerkle": str(getattr(pymerkle, "__version__", "")),
        "in_memory": _measured(pymerkle.InmemoryTree(algorithm="sha256"), leaves[:most], proofs, together=False),
        "sqlite": _measured(pymerkle.SqliteTree(str(folder / "one.db")), few, proofs, together=False),
        "sqlite_batched": _measured(pymerkle.SqliteTree(str(folder / "many.db")), leaves[:most], proofs, together=True),
    }


def _measured(tree: Any, leaves: Sequence[bytes], proofs: int, *, together: bool) -> dict[str, Any]:
    begin = time.perf_counter()
    if together:
        for at in range(0, len(leaves), BATCH):
            tree.append_entries(list(leaves[at : at + BATCH]))
    else:
        for leaf in leaves:
            tree.append_entry(leaf)
    took = time.perf_counter() - begin
    return _told(len(leaves), took, lambda index, size: tree.prove_inclusion(index + 1, size), proofs)


def _ours(leaves: Sequence[bytes], proofs: int) -> dict[str, Any]:
    tree, nodes = Frontier(), dict[tuple[int, int], bytes]()
    begin = time.perf_counter()
    for place, leaf in enumerate(leaves):
        digest = leaf_hash(leaf)
        nodes[0, place] = digest
        for level, index, node in tree.append(digest):
            nodes[level, index] = node
    took = time.perf_counter() - begin
    return _told(len(leaves), took, lambda i, size: inclusion_proof(i, size, lambda ns: [nodes[n] for n in ns]), proofs)


def _told(size: int, took: float, prove: Prove, proofs: int) -> dict[str, Any]:
    chance, times = random.Random(1), []
    for _ in range(proofs):
        index = chance.randrange(size)
        begin = time.perf_counter()
        prove(index, size)
        times.append(time.perf_counter() - begin)
    return {"leaves": size, "append_per_s": size / took, "proof_ms": 1e3 * statistics.median(times)}
