"""The PDF's own signature (CMS with one certificate, RSA with SHA-256) and the files inside it."""

from __future__ import annotations

import re
import zlib

from compliance.packs.verifier.reading import LIMIT, Tampered, need, sha256
from compliance.packs.verifier.signatures import rsa


def der(tag: int, *parts: bytes) -> bytes:
    """Write a DER value."""
    body = b"".join(parts)
    size = len(body)
    if size < 128:
        return bytes([tag, size]) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(length)]) + length + body


def children(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """Split the content of a DER value into its parts: (tag, content, whole)."""
    parts, at = [], 0
    while at < len(data):
        need(at + 2 <= len(data), "the PDF's signature is cut off")
        size, start = data[at + 1], at + 2
        if size & 128:
            start += size & 127
            size = int.from_bytes(data[at + 2 : start], "big")
        need(start + size <= len(data), "the PDF's signature is cut off")
        parts.append((data[at], data[start : start + size], data[at : start + size]))
        at = start + size
    return parts


SHA256_ID = der(0x30, bytes.fromhex("06096086480165030402010500"))
RSA_ID = bytes.fromhex("06092a864886f70d010101")
RSA_SHA256_ID = bytes.fromhex("06092a864886f70d01010b")
DATA_ID = bytes.fromhex("06092a864886f70d010701")
SIGNED_ID = bytes.fromhex("06092a864886f70d010702")
DIGEST_ID = bytes.fromhex("06092a864886f70d010904")
ONE = bytes.fromhex("020101")


def check_pdf_signature(pdf: bytes) -> bytes:
    """Check that the signature is valid and covers every byte; return the certificate it was made with."""
    ranges = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    need(ranges, "the PDF is not signed")
    first, start, end, rest = (int(number) for number in ranges[-1])
    whole = first == 0 and end + rest == len(pdf) and pdf[start : start + 1] == b"<" and pdf[end - 1 : end] == b">"
    need(whole, "the PDF's signature does not cover the whole file: something was added or cut off")
    text = pdf[start + 1 : end - 1]
    need(re.fullmatch(rb"([0-9A-F]{2})+", text), "the PDF's signature cannot be read")
    cms = bytes.fromhex(text.decode())
    try:
        outer = children(cms.rstrip(b"\x00"))[0]
    except Tampered:
        outer = children(cms)[0]  # a signature may itself end with a zero
    need(not cms[len(outer[2]) :].strip(b"\x00"), "something follows the PDF's signature")
    certificate, attributes, signature = _take_apart(outer)
    found = [children(attribute[1]) for attribute in children(attributes)]
    digests = [children(parts[1][1])[0][1] for parts in found if parts[0][2] == DIGEST_ID]
    need(digests == [sha256(pdf[:start] + pdf[end:])], "the PDF was changed after it was signed")
    modulus, exponent = _public_key(certificate)
    need(rsa(modulus, exponent, der(0x31, attributes), signature), "the PDF's signature is not valid")
    return certificate


def attachments(pdf: bytes) -> dict[str, bytes]:
    """The files inside the PDF, by their hash."""
    found, view = {}, memoryview(pdf)
    for match in re.finditer(rb"/EmbeddedFile\b[^>]*>>\s*stream\r?\n", pdf):
        stream = zlib.decompressobj()
        try:
            data = stream.decompress(view[match.end() :], LIMIT)
        except zlib.error:
            raise Tampered("a file inside the PDF cannot be read") from None
        need(stream.eof, "a file inside the PDF is cut off")
        found[sha256(data).hex()] = data
    return found


def _take_apart(outer: tuple[int, bytes, bytes]) -> tuple[bytes, bytes, bytes]:
    """Return certificate, signed attributes and signature value of a signature of the one shape we know.

    Rebuilding it from the three must give the same bytes, so nothing can hide in it.
    """
    try:
        body = children(children(children(outer[1])[1][1])[0][1])
        certificate, info = body[3][1], children(children(body[4][1])[0][1])
        attributes, signature = info[3][1], info[5][1]
        facts = _facts(certificate)
        signer = der(0x30, facts[3][2], facts[1][2])
    except IndexError:
        raise Tampered("the PDF's signature cannot be read") from None
    method = der(0x30, RSA_SHA256_ID, b"\x05\x00")
    info_again = der(0x30, ONE, signer, SHA256_ID, der(0xA0, attributes), method, der(0x04, signature))
    content = der(0x30, ONE, der(0x31, SHA256_ID), der(0x30, DATA_ID), der(0xA0, certificate), der(0x31, info_again))
    need(der(0x30, SIGNED_ID, der(0xA0, content)) == outer[2], "the PDF's signature has an unknown shape")
    return certificate, attributes, signature


def _public_key(certificate: bytes) -> tuple[int, int]:
    algorithm, bits = children(_facts(certificate)[6][1])
    need(children(algorithm[1])[0][2] == RSA_ID, "the PDF is signed with another method than RSA")
    modulus, exponent = children(children(bits[1][1:])[0][1])
    return int.from_bytes(modulus[1], "big"), int.from_bytes(exponent[1], "big")


def _facts(certificate: bytes) -> list[tuple[int, bytes, bytes]]:
    """The parts of a certificate: [version], serial, algorithm, issuer, validity, subject, key."""
    return children(children(children(certificate)[0][1])[0][1])
