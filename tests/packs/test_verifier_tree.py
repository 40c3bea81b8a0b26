"""The verifier and the ledger are two programs: they have to agree on every small tree, key and note."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.ledger.proof import checkpoint, merkle
from compliance.packs.verifier import signatures, tree
from compliance.packs.verifier.reading import Tampered, load, unbase64, unhex

pytestmark = pytest.mark.once


def numbered(count):
    return [merkle.leaf_hash(str(number).encode()) for number in range(count)]


@pytest.mark.parametrize("size", range(20))
def test_both_agree_on_every_proof_of_a_small_tree(size):
    hashes_ = numbered(size)
    top = merkle.root(hashes_)
    assert tree.root_of(hashes_) == top
    for index in range(size):
        proof = merkle.inclusion_proof(index, hashes_)
        for other in range(size + 1):
            assert tree.included(other, size, hashes_[index], proof, top) == merkle.verify_inclusion(
                other, size, hashes_[index], proof, top
            )
    for first in range(1, size + 1):
        older, proof = merkle.root(hashes_[:first]), merkle.consistency_proof(first, hashes_)
        assert tree.continues(first, size, older, top, proof)
        assert not tree.continues(first, size, bytes(32), top, proof)
        assert not tree.continues(first, size, older, top, [*proof, top])


@settings(max_examples=12, deadline=None)
@given(st.binary(max_size=80), st.integers(0, 63), st.integers(0, 7))
def test_ed25519_accepts_what_the_library_signs_and_no_altered_bit(message, byte, bit):
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert signatures.ed25519(public, message, signature)
    altered = bytearray(signature)
    altered[byte] ^= 1 << bit
    assert not signatures.ed25519(public, message, bytes(altered))
    assert not signatures.ed25519(public, message + b"x", signature)


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32, b"short"])
def test_keys_that_vouch_for_anything_are_refused(public):
    assert not signatures.ed25519(public, b"", bytes(64))


def test_rsa_accepts_what_the_library_signs_and_nothing_else():
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    numbers = key.public_key().public_numbers()
    signature = key.sign(b"pack", padding.PKCS1v15(), hashes.SHA256())
    assert signatures.rsa(numbers.n, numbers.e, b"pack", signature)
    assert not signatures.rsa(numbers.n, numbers.e, b"pock", signature)
    assert not signatures.rsa(numbers.n, numbers.e, b"pack", b"\x00" + signature)
    grown = (int.from_bytes(signature, "big") + numbers.n).to_bytes(257, "big")[-256:]
    assert not signatures.rsa(numbers.n, numbers.e, b"pack", grown)


def test_notes_of_the_ledger_open_and_altered_ones_do_not():
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    note = checkpoint.sign_note("assay-pack/1\nmanifest 00\n", "assay.example/ledger", key)
    text = checkpoint.vkey("assay.example/ledger", key)
    assert signatures.open_note(note, text) == ["assay-pack/1", "manifest 00"]
    for altered in (note.replace("00", "01"), note + "x", note.rstrip("\n"), note.replace("\n\n", "\n")):
        with pytest.raises((Tampered, ValueError)):
            signatures.open_note(altered, text)


@pytest.mark.parametrize("text", ["AB" * 32, " " + "ab" * 32, "ab" * 31, 5, None])
def test_hashes_have_one_spelling(text):
    with pytest.raises(Tampered):
        unhex(text)


@pytest.mark.parametrize("text", ["", "AA", "AB==", "A\n==", "!!!!"])
def test_base64_has_one_spelling(text):
    with pytest.raises(Tampered):
        unbase64(text)


@pytest.mark.parametrize("data", [b'{"a":1,"a":1}', b'{"a":1.0}', b'{"a":NaN}', b'{"b":1,"a":1}', b'{"a": 1}', b"\xff"])
def test_json_has_one_spelling(data):
    with pytest.raises(Tampered):
        load(data, "the file")
