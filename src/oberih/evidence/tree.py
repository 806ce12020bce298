"""Is this leaf in the tree, and did the tree only grow?

The Merkle tree of RFC 9162 § 2.1 over SHA-256, as arithmetic: no storage, no clock, no keys.

Defines, in this order: the hashes of leaves and nodes; the **perfect subtree** ``(level, index)``,
which covers the ``2**level`` leaves from ``index * 2**level`` on and never changes once it is full
(a leaf has level 0); `Frontier`, the perfect subtrees at the right edge, all that is needed to
append; the proofs, made from perfect subtrees that the caller keeps; and their verification,
which trusts nothing but its arguments.

Invariants: what is made from a subtree that is not full is never handed out to be kept, so that
kept nodes never change; every hash that comes in from outside has 32 bytes or proves nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from hmac import compare_digest

from oberih.errors import InputError

__all__ = ["EMPTY_ROOT", "HASH_SIZE", "Frontier", "consistency_nodes", "consistency_proof", "inclusion_nodes",
           "inclusion_proof", "leaf_hash", "node_hash", "perfect_subtrees", "root", "root_from", "verify_consistency",
           "verify_inclusion"]  # fmt: skip

HASH_SIZE = 32
"""Bytes of a SHA-256 digest."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of a tree without leaves (RFC 9162 § 2.1.1)."""

Node = tuple[int, int]
"""(level, index) of a perfect subtree."""

Get = Callable[[list[Node]], Sequence[bytes]]
"""Gives the hashes of perfect subtrees, in the order asked for."""

_sha256 = hashlib.sha256


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf: SHA-256(0x00 || data).

    Examples
    --------
    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


def perfect_subtrees(size: int) -> list[Node]:
    """Perfect subtrees of which a tree of ``size`` leaves consists, from the left: one a bit of its size.

    Examples
    --------
    >>> perfect_subtrees(6)
    [(2, 0), (1, 2)]
    """
    return _subtrees(0, _checked_size(size))


class Frontier:
    """The right edge of a growing tree.

    Parameters
    ----------
    size : int
        Leaves in the tree.
    hashes : sequence of bytes
        Of `perfect_subtrees` of ``size``, in that order.

    Raises
    ------
    InputError
        If there are more or fewer hashes than the size asks for.

    Examples
    --------
    >>> tree = Frontier()
    >>> [(level, index) for leaf in (b"a", b"b", b"c", b"d") for level, index, _ in tree.append(leaf_hash(leaf))]
    [(1, 0), (1, 1), (2, 0)]
    >>> tree.size, tree.root() == root([leaf_hash(leaf) for leaf in (b"a", b"b", b"c", b"d")])
    (4, True)
    """

    __slots__ = ("_edge", "size")

    def __init__(self, size: int = 0, hashes: Sequence[bytes] = ()) -> None:
        wanted = _checked_size(size).bit_count()
        if len(hashes) != wanted or any(len(h) != HASH_SIZE for h in hashes):
            raise InputError(f"{len(hashes)} hashes given, {wanted} of 32 bytes make a tree of this size",
                             field="size", value=size)  # fmt: skip
        self.size = size
        self._edge = [bytes(h) for h in hashes]

    def append(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf by its hash.

        Returns
        -------
        list of (level, index, hash)
            Inner nodes (level 1 and up) that became full by it, from the lowest.
        """
        place, level, node, edge = self.size, 0, leaf, self._edge
        self.size = place + 1
        full: list[tuple[int, int, bytes]] = []
        while place & 1:  # a left neighbour of the same level waits at the edge
            node = _sha256(b"\x01" + edge.pop() + node).digest()
            place >>= 1
            level += 1
            full.append((level, place, node))
        edge.append(node)
        return full

    def root(self) -> bytes:
        """Root of the tree as it stands."""
        return _folded(self._edge)

    def hashes(self) -> list[bytes]:
        """Hashes of the perfect subtrees at the edge, from which the frontier can be built again."""
        return list(self._edge)


def root(leaves: Iterable[bytes]) -> bytes:
    """Root of the tree over these leaf hashes.

    Examples
    --------
    >>> root([]) == EMPTY_ROOT
    True
    """
    tree = Frontier()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root()


def root_from(size: int, get: Get) -> bytes:
    """Root of a tree of ``size`` leaves from the perfect subtrees that were kept."""
    return Frontier(size, get(perfect_subtrees(size))).root()


# proofs


def inclusion_nodes(index: int, size: int) -> list[list[Node]]:
    """What an inclusion proof is made of: for each of its hashes, the perfect subtrees below it.

    Parameters
    ----------
    index : int
        Of the leaf, from 0.
    size : int
        Leaves in the tree.

    Raises
    ------
    InputError
        If there is no such leaf.

    Examples
    --------
    >>> inclusion_nodes(4, 7)
    [[(0, 5)], [(0, 6)], [(2, 0)]]
    """
    if not 0 <= index < _checked_size(size):
        raise InputError(f"a tree of {size} leaves has no such leaf", field="index", value=index)
    parts, begin, end = [], 0, size
    while end - begin > 1:  # PATH of RFC 9162 § 2.1.3.1, from the root down
        middle = begin + _split(end - begin)
        if index < middle:
            parts.append(_subtrees(middle, end))
            end = middle
        else:
            parts.append(_subtrees(begin, middle))
            begin = middle
    return parts[::-1]


def inclusion_proof(index: int, size: int, get: Get) -> list[bytes]:
    """Prove that leaf ``index`` is in the tree of ``size`` leaves (RFC 9162 § 2.1.3.1).

    Parameters
    ----------
    index, size : int
    get : callable
        Gives the hashes of perfect subtrees; asked once.

    Raises
    ------
    InputError
        If there is no such leaf.
    """
    return _gathered(inclusion_nodes(index, size), get)


def consistency_nodes(first: int, second: int) -> list[list[Node]]:
    """What a consistency proof is made of: for each of its hashes, the perfect subtrees below it.

    Raises
    ------
    InputError
        If the first tree is larger than the second.

    Examples
    --------
    >>> consistency_nodes(3, 7)
    [[(0, 2)], [(0, 3)], [(1, 0)], [(1, 2), (0, 6)]]
    """
    if not 0 <= _checked_size(first) <= _checked_size(second):
        raise InputError(f"a tree of {second} leaves has no earlier one of this size", field="size", value=first)
    parts: list[list[Node]] = []
    begin, end, whole = 0, second, True
    while 0 < first < end:  # SUBPROOF of RFC 9162 § 2.1.4.1, from the root down
        middle = begin + _split(end - begin)
        if first <= middle:
            parts.append(_subtrees(middle, end))
            end = middle
        else:
            parts.append(_subtrees(begin, middle))
            begin, whole = middle, False
    if not whole:
        parts.append(_subtrees(begin, end))
    return parts[::-1]


def consistency_proof(first: int, second: int, get: Get) -> list[bytes]:
    """Prove that the tree of ``second`` leaves begins with the tree of ``first`` (RFC 9162 § 2.1.4.1).

    Every tree begins with the empty one: the proof of that is empty.

    Raises
    ------
    InputError
        If the first tree is larger than the second.
    """
    return _gathered(consistency_nodes(first, second), get)


# verification


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf is in the tree of ``size`` leaves with this root (RFC 9162 § 2.1.3.2).

    Parameters
    ----------
    leaf : bytes
        Hash of the leaf.
    index, size : int
    proof : sequence of bytes
        As `inclusion_proof` makes it.
    root : bytes
    """
    if not 0 <= index < size or not _are_hashes(leaf, root, *proof):
        return False
    place, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and compare_digest(node, root)


def verify_consistency(
    first: int, second: int, proof: Sequence[bytes], first_root: bytes, second_root: bytes
) -> bool:  # fmt: skip
    """Whether the tree of ``second`` leaves begins with the tree of ``first`` (RFC 9162 § 2.1.4.2).

    Parameters
    ----------
    first, second : int
        Leaves in each.
    proof : sequence of bytes
        As `consistency_proof` makes it.
    first_root, second_root : bytes
    """
    if not 0 <= first <= second or not _are_hashes(first_root, second_root, *proof):
        return False
    if first == second:
        return not proof and compare_digest(first_root, second_root)
    if first == 0:
        return not proof and compare_digest(first_root, EMPTY_ROOT)
    path = list(proof)
    if first & (first - 1) == 0:  # a perfect tree is its own first hash
        path.insert(0, first_root)
    return bool(path) and _grows(first - 1, second - 1, path, first_root, second_root)


def _grows(place: int, last: int, path: list[bytes], first_root: bytes, second_root: bytes) -> bool:
    """Fold the path into both roots at once."""
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and compare_digest(old, first_root) and compare_digest(new, second_root)


# within


def _split(size: int) -> int:
    """Largest power of two smaller than ``size`` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _subtrees(begin: int, end: int) -> list[Node]:
    """Perfect subtrees of the leaves from ``begin`` to before ``end``, where a node of the tree covers them."""
    found = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        found.append((level, begin >> level))
        begin += 1 << level
    return found


def _gathered(parts: list[list[Node]], get: Get) -> list[bytes]:
    """Ask once for all nodes, and fold those of each part into its hash."""
    wanted = [node for part in parts for node in part]
    found = get(wanted) if wanted else ()
    if len(found) != len(wanted):
        raise InputError(f"{len(wanted)} nodes of the tree were asked for, {len(found)} came", field="nodes")
    hashes = iter(found)
    return [_folded([next(hashes) for _ in part]) for part in parts]


def _folded(hashes: Sequence[bytes]) -> bytes:
    """Hash over neighbouring perfect subtrees of falling size."""
    if not hashes:
        return EMPTY_ROOT
    node = hashes[-1]
    for left in reversed(hashes[:-1]):
        node = node_hash(left, node)
    return node


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def _checked_size(size: int) -> int:
    if size < 0:
        raise InputError("a tree has no fewer than 0 leaves", field="size", value=size)
    return size
