"""The Merkle tree of RFC 6962 and RFC 9162."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.packs.verifier.reading import sha256


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right)


def root_of(hashes: Iterable[bytes]) -> bytes:
    nodes: list[bytes] = []
    for count, item in enumerate(hashes):
        nodes.append(item)
        size = count
        while size & 1:
            right, left = nodes.pop(), nodes.pop()
            nodes.append(node_hash(left, right))
            size >>= 1
    result = nodes.pop() if nodes else sha256(b"")
    while nodes:
        result = node_hash(nodes.pop(), result)
    return result


def included(index: int, size: int, leaf: bytes, proof: list[bytes], root: bytes) -> bool:
    """Tell whether `proof` leads from the leaf at `index` to the root of a tree of `size`."""
    if not 0 <= index < size:
        return False
    result, position, last = leaf, index, size - 1
    for step in proof:
        if not last:
            return False
        if position & 1 or position == last:
            result = node_hash(step, result)
            position, last = _up(position, last)
        else:
            result = node_hash(result, step)
        position, last = position >> 1, last >> 1
    return not last and result == root


def continues(first: int, second: int, old: bytes, new: bytes, proof: list[bytes]) -> bool:
    """Tell whether the tree of `first` leaves and root `old` is the beginning of the one of `second` and `new`."""
    if first == second or not first or first > second or not proof:
        return first == second and old == new and not proof
    path = proof if first & (first - 1) else [old, *proof]
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    older = newer = path[0]
    for step in path[1:]:
        if not last:
            return False
        if position & 1 or position == last:
            older, newer = node_hash(step, older), node_hash(step, newer)
            position, last = _up(position, last)
        else:
            newer = node_hash(newer, step)
        position, last = position >> 1, last >> 1
    return not last and older == old and newer == new


def _up(position: int, last: int) -> tuple[int, int]:
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last
