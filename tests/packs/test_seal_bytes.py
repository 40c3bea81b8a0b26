"""Whatever bytes a signature happens to be made of, the verifier accepts it: one in 256 ends with a zero."""

from hashlib import sha256
from itertools import count

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from compliance.packs.sign import _certificate
from compliance.packs.verifier.der import (
    DATA_ID,
    DIGEST_ID,
    ONE,
    RSA_SHA256_ID,
    SHA256_ID,
    SIGNED_ID,
    children,
    der,
    facts_of,
    first,
)
from compliance.packs.verifier.pdf import check_pdf_signature
from compliance.packs.verifier.reading import Tampered

pytestmark = pytest.mark.once
ROOM = 2048


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def certificate(key):
    return _certificate(key).public_bytes(Encoding.DER)


def range_of(room, number):
    """A file with a gap for a signature of `room` bytes: what stands before the gap, and after it."""
    tail, size = b" %d" % number, len(b"/ByteRange [0 0000 0000 0000]")
    return b"/ByteRange [0 %04d %04d %04d]" % (size, size + 2 * room + 2, len(tail)), tail


def signature_like(wanted, key, certificate, room):
    """A file whose signature value looks as wanted; its pieces and the signature."""
    facts = facts_of(certificate)
    signer, method = der(0x30, facts[3][2], facts[1][2]), der(0x30, RSA_SHA256_ID, b"\x05\x00")
    for number in count():
        head, tail = range_of(room, number)
        digest = der(0x31, der(0x04, sha256(head + tail).digest()))
        attributes = der(0x30, DIGEST_ID, digest)
        value = key.sign(der(0x31, attributes), padding.PKCS1v15(), hashes.SHA256())
        if wanted(value):
            break
    info = der(0x30, ONE, signer, SHA256_ID, der(0xA0, attributes), method, der(0x04, value))
    content = der(0x30, ONE, der(0x31, SHA256_ID), der(0x30, DATA_ID), der(0xA0, certificate), der(0x31, info))
    return head, der(0x30, SIGNED_ID, der(0xA0, content)), tail


def filled(head, cms, tail, room):
    return head + b"<" + cms.hex().upper().encode().ljust(2 * room, b"0") + b">" + tail


@pytest.mark.parametrize("wanted", [lambda value: not value[-1], lambda value: not value[0]], ids=["ends", "begins"])
def test_a_signature_with_a_zero_at_its_edge_is_valid_in_any_room(wanted, key, certificate):
    for room in (ROOM, ROOM + 1):
        head, cms, tail = signature_like(wanted, key, certificate, room)
        assert check_pdf_signature(filled(head, cms, tail, room)) == (certificate, "")


def test_what_is_cut_off_or_follows_is_found(key, certificate):
    head, cms, tail = signature_like(lambda value: not value[-1], key, certificate, ROOM)
    with pytest.raises(Tampered, match="something follows"):
        check_pdf_signature(filled(head, cms + b"\x00\x01", tail, ROOM))
    with pytest.raises(Tampered, match="cut off"):
        first(cms[:-1])
    assert [whole for *_, whole in children(cms + cms)] == [cms, cms]
