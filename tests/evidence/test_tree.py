"""The tree obeys RFC 9162: its roots and proofs are those of the definition, and nothing else passes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oberih.errors import InputError
from oberih.evidence.tree import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    perfect_subtrees,
    root,
    root_from,
    verify_consistency,
    verify_inclusion,
)

LARGEST = 64
LEAVES = tuple(leaf_hash(b"leaf %d" % i) for i in range(LARGEST))
Nodes = dict[tuple[int, int], bytes]


# The definitions of RFC 9162, written down as they stand there, sharing nothing with the code under test.


def power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


@cache
def mth(leaves: tuple[bytes, ...]) -> bytes:  # § 2.1.1, over leaf hashes
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = power_below(len(leaves))
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: tuple[bytes, ...]) -> list[bytes]:  # § 2.1.3.1
    if len(leaves) == 1:
        return []
    k = power_below(len(leaves))
    return [*path(m, leaves[:k]), mth(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: tuple[bytes, ...], whole: bool) -> list[bytes]:  # § 2.1.4.1
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = power_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def grown(leaves: Sequence[bytes]) -> tuple[Frontier, Nodes]:
    """A frontier, and every node that it said was to be kept."""
    tree, kept = Frontier(), {}
    for index, leaf in enumerate(leaves):
        kept[0, index] = leaf
        for level, place, value in tree.append(leaf):
            assert level >= 1 and (level, place) not in kept
            kept[level, place] = value
    return tree, kept


def getter(kept: Nodes) -> Callable[[list[tuple[int, int]]], list[bytes]]:
    return lambda wanted: [kept[node] for node in wanted]


GET = getter(grown(LEAVES)[1])


# Vectors: inputs, roots and proofs that the reference implementation of certificate transparency is tested
# with (RFC 6962; RFC 9162 has the same tree).

CT_INPUTS = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
CT_LEAVES = tuple(leaf_hash(bytes.fromhex(text)) for text in CT_INPUTS)
CT_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
H1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"  # leaf 1
H4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"  # leaf 4
H23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
H45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
H67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
H4567 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
CT_INCLUSION = {
    (0, 1): (), (0, 8): (H1, H23, H4567), (5, 8): (H4, H67, CT_ROOTS[4]), (2, 3): (CT_ROOTS[2],),
    (1, 5): (CT_ROOTS[1], H23, H4),
}  # fmt: skip
CT_CONSISTENCY = {
    (1, 1): (), (1, 8): (H1, H23, H4567), (6, 8): (H45, H67, CT_ROOTS[4]), (2, 5): (H23, H4),
}  # fmt: skip


def test_the_published_roots_come_out() -> None:
    assert [root(CT_LEAVES[:n]).hex() for n in range(9)] == list(CT_ROOTS)
    assert EMPTY_ROOT.hex() == CT_ROOTS[0]


def test_the_published_inclusion_proofs_come_out_and_verify() -> None:
    get = getter(grown(CT_LEAVES)[1])
    for (index, size), proof in CT_INCLUSION.items():
        made = inclusion_proof(index, size, get)
        assert [h.hex() for h in made] == list(proof)
        assert verify_inclusion(CT_LEAVES[index], index, size, made, bytes.fromhex(CT_ROOTS[size]))


def test_the_published_consistency_proofs_come_out_and_verify() -> None:
    get = getter(grown(CT_LEAVES)[1])
    for (first, second), proof in CT_CONSISTENCY.items():
        made = consistency_proof(first, second, get)
        roots = bytes.fromhex(CT_ROOTS[first]), bytes.fromhex(CT_ROOTS[second])
        assert [h.hex() for h in made] == list(proof)
        assert verify_consistency(first, second, made, *roots)


# Every size to 64.


def test_every_root_is_that_of_the_definition() -> None:
    tree = Frontier()
    for size in range(LARGEST + 1):
        expected = mth(LEAVES[:size])
        assert tree.root() == root(LEAVES[:size]) == root_from(size, GET) == expected
        if size < LARGEST:
            tree.append(LEAVES[size])


def test_every_inclusion_proof_is_that_of_the_definition_and_verifies() -> None:
    for size in range(1, LARGEST + 1):
        for index in range(size):
            proof = inclusion_proof(index, size, GET)
            assert proof == path(index, LEAVES[:size])
            assert verify_inclusion(LEAVES[index], index, size, proof, mth(LEAVES[:size]))


def test_every_consistency_proof_is_that_of_the_definition_and_verifies() -> None:
    for second in range(LARGEST + 1):
        for first in range(second + 1):
            proof = consistency_proof(first, second, GET)
            assert proof == (subproof(first, LEAVES[:second], True) if first else [])
            assert verify_consistency(first, second, proof, mth(LEAVES[:first]), mth(LEAVES[:second]))


def altered(proof: list[bytes]) -> list[list[bytes]]:
    """The proof with each hash changed, left out, doubled or cut short, with a neighbour swapped, and with one more."""
    changed = []
    for i, value in enumerate(proof):
        rest = proof[:i], proof[i + 1 :]
        changed += [
            [*rest[0], bytes([value[0] ^ 1]) + value[1:], *rest[1]], [*rest[0], *rest[1]],
            [*rest[0], value, value, *rest[1]], [*rest[0], value[:-1], *rest[1]],
        ]  # fmt: skip
        if i + 1 < len(proof) and value != proof[i + 1]:
            changed.append([*rest[0], proof[i + 1], value, *proof[i + 2 :]])
    return [*changed, [*proof, bytes(32)], [bytes(32), *proof]]


def test_no_altered_inclusion_proof_verifies() -> None:
    for size in range(1, LARGEST + 1):
        top = mth(LEAVES[:size])
        for index in range(size):
            proof = path(index, LEAVES[:size])
            for wrong in altered(proof):
                assert not verify_inclusion(LEAVES[index], index, size, wrong, top)
            assert not verify_inclusion(LEAVES[index - 1], index, size, proof, top) or size == 1
            assert not verify_inclusion(LEAVES[index], index, size, proof, EMPTY_ROOT)


def test_no_altered_consistency_proof_verifies() -> None:
    for second in range(1, LARGEST + 1):
        new = mth(LEAVES[:second])
        for first in range(1, second + 1):
            old, proof = mth(LEAVES[:first]), subproof(first, LEAVES[:second], True)
            for wrong in altered(proof):
                assert not verify_consistency(first, second, wrong, old, new)
            assert not verify_consistency(first, second, proof, EMPTY_ROOT, new)
            assert not verify_consistency(first, second, proof, old, EMPTY_ROOT)


def test_a_proof_holds_for_its_own_place_only() -> None:
    for size in range(1, 17):
        for index in range(size):
            proof = path(index, LEAVES[:size])
            for other in range(-1, size + 1):
                holds = verify_inclusion(LEAVES[index], other, size, proof, mth(LEAVES[:size]))
                assert holds == (other == index)


def test_a_forked_tree_is_not_consistent() -> None:
    for second in range(2, 33):
        for first in range(1, second):
            forked = (*LEAVES[: first - 1], leaf_hash(b"forged"), *LEAVES[first:second])
            proof = subproof(first, forked, True)
            assert not verify_consistency(first, second, proof, mth(LEAVES[:first]), mth(forked))


def test_every_tree_begins_with_the_empty_one() -> None:
    assert verify_consistency(0, 5, [], EMPTY_ROOT, mth(LEAVES[:5]))
    assert not verify_consistency(0, 5, [], mth(LEAVES[:1]), mth(LEAVES[:5]))
    assert not verify_consistency(0, 5, [bytes(32)], EMPTY_ROOT, mth(LEAVES[:5]))


# Growing.


def test_a_frontier_built_again_grows_on_as_before() -> None:
    for size in range(LARGEST):
        tree = Frontier(size, GET(perfect_subtrees(size)))
        assert tree.hashes() == GET(perfect_subtrees(size))
        tree.append(LEAVES[size])
        assert (tree.size, tree.root()) == (size + 1, mth(LEAVES[: size + 1]))


def test_kept_nodes_are_exactly_the_full_ones() -> None:
    for size in range(LARGEST + 1):
        full = {(level, i) for level in range(7) for i in range(size >> level)}
        assert set(grown(LEAVES[:size])[1]) == full


def test_a_proof_asks_for_its_nodes_once() -> None:
    asked: list[list[tuple[int, int]]] = []

    def get(wanted: list[tuple[int, int]]) -> list[bytes]:
        asked.append(wanted)
        return GET(wanted)

    inclusion_proof(13, 61, get)
    consistency_proof(13, 61, get)
    assert len(asked) == 2 and all(len(set(wanted)) == len(wanted) for wanted in asked)


def test_a_leaf_is_never_taken_for_a_node() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != node_hash(LEAVES[0], LEAVES[1])


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: inclusion_proof(5, 5, GET), lambda: inclusion_proof(-1, 5, GET), lambda: inclusion_proof(0, 0, GET),
        lambda: consistency_proof(6, 5, GET), lambda: consistency_proof(-1, 5, GET), lambda: perfect_subtrees(-1),
        lambda: inclusion_proof(1, 5, lambda wanted: []), lambda: Frontier(3, [bytes(32)]),
        lambda: Frontier(1, [bytes(31)]), lambda: Frontier(-1, []),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(InputError):
        wrong()


HASHES = st.lists(st.binary(min_size=0, max_size=40), max_size=8)
NUMBERS = st.integers(min_value=-3, max_value=2**70)


@given(NUMBERS, NUMBERS, HASHES, st.binary(max_size=40), st.binary(max_size=40))
def test_whatever_is_offered_as_a_proof_gets_an_answer(
    a: int, b: int, proof: list[bytes], one: bytes, two: bytes
) -> None:
    assert verify_inclusion(one, a, b, proof, two) in (True, False)
    assert verify_consistency(a, b, proof, one, two) in (True, False)


@given(st.integers(1, 500), st.data())
def test_larger_trees_prove_the_same(size: int, data: st.DataObject) -> None:
    leaves = tuple(hashlib.sha256(b"%d" % i).digest() for i in range(size))
    tree, kept = grown(leaves)
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    assert tree.root() == mth(leaves)
    assert verify_inclusion(leaves[index], index, size, inclusion_proof(index, size, getter(kept)), tree.root())
    proof = consistency_proof(first, size, getter(kept))
    assert verify_consistency(first, size, proof, mth(leaves[:first]), tree.root())
