"""The tree is the one of RFC 6962: known answers, every small proof, and no forged one."""

import hashlib

import pytest

from compliance.ledger.proof import merkle

pytestmark = pytest.mark.once

LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = range(1, 34)


def numbered(count):
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_the_root_is_the_one_certificate_transparency_publishes(size):
    assert merkle.root(merkle.leaf_hash(leaf) for leaf in LEAVES[:size]).hex() == ROOTS[size]


def test_a_published_inclusion_path_is_reproduced():
    hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    assert [node.hex() for node in merkle.inclusion_proof(0, hashes)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]


def test_leaves_and_nodes_hash_apart():
    assert merkle.leaf_hash(b"x") == hashlib.sha256(b"\x00x").digest()
    assert merkle.node_hash(b"l", b"r") == hashlib.sha256(b"\x01lr").digest()


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_of_a_tree_is_proven_and_no_other(size):
    hashes = numbered(size)
    top = merkle.root(hashes)
    for index, leaf in enumerate(hashes):
        proof = merkle.inclusion_proof(index, hashes)
        assert merkle.verify_inclusion(index, size, leaf, proof, top)
        assert not merkle.verify_inclusion(index, size, merkle.leaf_hash(b"other"), proof, top)
        assert not merkle.verify_inclusion(index, size, leaf, [*proof, leaf], top)
        assert not merkle.verify_inclusion(size, size, leaf, proof, top)
        if proof:
            assert not merkle.verify_inclusion(index, size, leaf, proof[:-1], top)
            assert not merkle.verify_inclusion(index ^ 1, size, leaf, proof, top)


@pytest.mark.parametrize("size", SIZES)
def test_every_prefix_of_a_tree_is_proven_and_no_other(size):
    hashes = numbered(size)
    top = merkle.root(hashes)
    for first in range(size + 1):
        older = merkle.root(hashes[:first])
        proof = merkle.consistency_proof(first, hashes)
        assert merkle.verify_consistency(first, size, older, top, proof)
        assert not merkle.verify_consistency(first, size, merkle.leaf_hash(b"other"), top, proof)
        assert not merkle.verify_consistency(first, size, older, merkle.leaf_hash(b"other"), proof) or first == 0
        assert not merkle.verify_consistency(first, size, older, top, [*proof, top])
        if proof:
            assert not merkle.verify_consistency(first, size, older, top, proof[:-1])


def test_a_tree_never_shrinks():
    hashes = numbered(5)
    assert not merkle.verify_consistency(5, 4, merkle.root(hashes), merkle.root(hashes[:4]), [])


def test_a_proof_of_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match="no entry 3 in a tree of 3"):
        merkle.inclusion_proof(3, numbered(3))
    with pytest.raises(ValueError, match="a tree of 3 has no prefix of 4"):
        merkle.consistency_proof(4, numbered(3))


def test_the_frontier_survives_being_written_down():
    frontier = merkle.Frontier()
    for number, leaf in enumerate(numbered(40), start=1):
        frontier.append(leaf)
        frontier = merkle.Frontier.from_json(frontier.to_json())
        assert (frontier.size, frontier.root()) == (number, merkle.root(numbered(number)))


@pytest.mark.parametrize("value", [{"size": 3, "nodes": ["00" * 32]}, {"size": 1, "nodes": ["00"]}])
def test_a_broken_frontier_is_refused(value):
    with pytest.raises(ValueError, match="not the edge of a tree"):
        merkle.Frontier.from_json(value)
