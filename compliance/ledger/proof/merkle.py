"""The Merkle tree of RFC 6962 and RFC 9162, unchanged: hashing, growing, and both kinds of proof.

Everywhere below a *hash* is 32 bytes, `hashes` are leaf hashes in order, and an index counts from zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash an entry; the leading zero byte keeps leaves apart from nodes."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent."""
    return sha256(b"\x01" + left + right).digest()


@dataclass
class Frontier:
    """The right edge of a growing tree: all it takes to append and to tell the root, in log2(size) hashes.

    `nodes` are the roots of the perfect subtrees, largest first.
    """

    size: int = 0
    nodes: list[bytes] = field(default_factory=list)

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        carry = self.size
        self.nodes.append(leaf)
        while carry & 1:
            right, left = self.nodes.pop(), self.nodes.pop()
            self.nodes.append(node_hash(left, right))
            carry >>= 1
        self.size += 1

    def root(self) -> bytes:
        """Tell the root hash of the tree so far."""
        if not self.nodes:
            return EMPTY_ROOT
        result = self.nodes[-1]
        for left in reversed(self.nodes[:-1]):
            result = node_hash(left, result)
        return result

    def to_json(self) -> dict[str, Any]:
        """Write the edge down as {"size": n, "nodes": [hex, ...]}."""
        return {"size": self.size, "nodes": [node.hex() for node in self.nodes]}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Frontier:
        """Read what `to_json` wrote; raise ValueError when it is not the edge of any tree."""
        size, nodes = int(value["size"]), [bytes.fromhex(node) for node in value["nodes"]]
        if size < 0 or len(nodes) != size.bit_count() or any(len(node) != 32 for node in nodes):
            raise ValueError(f"not the edge of a tree of {size} entries")
        return cls(size, nodes)


def root(hashes: Iterable[bytes]) -> bytes:
    """Tell the root hash over all leaf hashes."""
    frontier = Frontier()
    for leaf in hashes:
        frontier.append(leaf)
    return frontier.root()


def inclusion_proof(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    """Prove that the leaf at `index` is in the tree: the sibling hashes from the leaf up to the root."""
    if not 0 <= index < len(hashes):
        raise ValueError(f"no entry {index} in a tree of {len(hashes)}")
    if len(hashes) == 1:
        return []
    split = _split(len(hashes))
    if index < split:
        return [*inclusion_proof(index, hashes[:split]), root(hashes[split:])]
    return [*inclusion_proof(index - split, hashes[split:]), root(hashes[:split])]


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected: bytes) -> bool:
    """Tell whether `proof` leads from the hash `leaf` at `index` to the root `expected` of a tree of `size`."""
    if not 0 <= index < size:
        return False
    position, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            result = node_hash(sibling, result)
            position, last = _skip_left_edges(position, last)
        else:
            result = node_hash(result, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and result == expected


def consistency_proof(first: int, hashes: Sequence[bytes]) -> list[bytes]:
    """Prove that the tree of the first `first` leaves is a prefix of the tree of them all."""
    if not 0 <= first <= len(hashes):
        raise ValueError(f"a tree of {len(hashes)} has no prefix of {first}")
    return _subproof(first, hashes, whole=True) if first else []


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether `proof` shows the tree of size `first` to be a prefix of the tree of size `second`."""
    if first == second:
        return first_root == second_root and not proof
    if first == 0:
        return not proof and first_root == EMPTY_ROOT
    if first > second or not proof:
        return False
    path = [first_root, *proof] if first.bit_count() == 1 else list(proof)
    position, last = first - 1, second - 1
    while position & 1:
        position >>= 1
        last >>= 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            position, last = _skip_left_edges(position, last)
        else:
            newer = node_hash(newer, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and older == first_root and newer == second_root


def _split(size: int) -> int:
    """The largest power of two smaller than `size`: where RFC 6962 divides a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def _skip_left_edges(position: int, last: int) -> tuple[int, int]:
    while not position & 1 and position:
        position >>= 1
        last >>= 1
    return position, last


def _subproof(first: int, hashes: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if first == len(hashes):
        return [] if whole else [root(hashes)]
    split = _split(len(hashes))
    if first <= split:
        return [*_subproof(first, hashes[:split], whole=whole), root(hashes[split:])]
    return [*_subproof(first - split, hashes[split:], whole=False), root(hashes[:split])]
