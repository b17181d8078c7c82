"""Merkle trees of RFC 9162 §2.1: hashes, and the checking of inclusion and consistency proofs."""

import hashlib
from collections.abc import Sequence

from rukhsa.trust.errors import BadLog

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """RFC 9162 §2.1.1: the hash of a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 9162 §2.1.1: the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root of the tree over a few leaf hashes (or over the equal complete subtrees of a larger one)."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        paired = [node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = paired + ([row[-1]] if len(row) % 2 else [])
    return row[0]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 §2.1.3.2: `leaf` (a hash) stands at `index` of the tree. Raises BadLog."""
    _check_lengths(leaf, root, *proof)
    if not 0 <= index < size:
        raise BadLog("bad-inclusion", f"index {index} of {size}")
    node, last, current = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise BadLog("bad-inclusion", "the proof is too long")
        if node & 1 or node == last:
            current = node_hash(sibling, current)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        node, last = node >> 1, last >> 1
    if last or current != root:
        raise BadLog("bad-inclusion", "the proof does not lead to the root")


def verify_consistency(size1: int, size2: int, proof: Sequence[bytes], root1: bytes, root2: bytes) -> None:
    """RFC 9162 §2.1.4.2: the tree of `size2` begins with the tree of `size1` (at least 1). Raises BadLog."""
    _check_lengths(root1, root2, *proof)
    if not 0 < size1 <= size2:
        raise BadLog("bad-consistency", f"from {size1} to {size2}")
    if size1 == size2:
        if proof or root1 != root2:
            raise BadLog("bad-consistency", "two trees of one size")
        return
    path = list(proof) if size1 & (size1 - 1) else [root1, *proof]
    first, second = _roots_from(path, size1 - 1, size2 - 1)
    if first != root1 or second != root2:
        raise BadLog("bad-consistency", "the proof does not lead to both roots")


def _roots_from(path: list[bytes], node: int, last: int) -> tuple[bytes, bytes]:
    if not path:
        raise BadLog("bad-consistency", "the proof is empty")
    while node & 1:
        node, last = node >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise BadLog("bad-consistency", "the proof is too long")
        if node & 1 or node == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        node, last = node >> 1, last >> 1
    if last:
        raise BadLog("bad-consistency", "the proof is too short")
    return first, second


def _check_lengths(*hashes: bytes) -> None:
    if any(len(each) != 32 for each in hashes):
        raise BadLog("bad-hash", "not of 32 bytes")


def largest_power_below(size: int) -> int:
    """The largest power of two smaller than `size` (at least 2): where a tree divides."""
    return 1 << (size - 1).bit_length() - 1
