"""The PDF's own signature (CMS with one certificate, RSA with SHA-256) and the files inside it."""

from __future__ import annotations

import re
import zlib

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
    rsa_key,
)
from compliance.packs.verifier.reading import LIMIT, Tampered, need, sha256
from compliance.packs.verifier.signatures import rsa
from compliance.packs.verifier.timestamp import STAMP_ID, check_timestamp


def check_pdf_signature(pdf: bytes) -> tuple[bytes, str]:
    """Check that the signature is valid and covers every byte.

    Return the certificate it was made with, and what its time-stamp says, if it has one.
    """
    ranges = re.findall(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\s*\]", pdf)
    need(ranges, "the PDF is not signed")
    begin, start, end, rest = (int(number) for number in ranges[-1])
    whole = begin == 0 and end + rest == len(pdf) and pdf[start : start + 1] == b"<" and pdf[end - 1 : end] == b">"
    need(whole, "the PDF's signature does not cover the whole file: something was added or cut off")
    text = pdf[start + 1 : end - 1]
    need(re.fullmatch(rb"([0-9A-F]{2})+", text), "the PDF's signature cannot be read")
    cms = bytes.fromhex(text.decode())
    outer = first(cms)  # which may itself end with a zero, as those do that fill the room kept for it
    need(not cms[len(outer[2]) :].strip(b"\x00"), "something follows the PDF's signature")
    certificate, attributes, signature, token = _take_apart(outer)
    found = [children(attribute[1]) for attribute in children(attributes)]
    digests = [children(parts[1][1])[0][1] for parts in found if parts[0][2] == DIGEST_ID]
    need(digests == [sha256(pdf[:start] + pdf[end:])], "the PDF was changed after it was signed")
    modulus, exponent = _public_key(certificate)
    need(rsa(modulus, exponent, der(0x31, attributes), signature), "the PDF's signature is not valid")
    return certificate, check_timestamp(token, signature) if token else ""


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


def _take_apart(outer: tuple[int, bytes, bytes]) -> tuple[bytes, bytes, bytes, bytes]:
    """Return certificate, signed attributes, signature value and time-stamp of a signature of the one shape we know.

    Rebuilding it from these must give the same bytes, so nothing can hide in it.
    """
    try:
        body = children(children(children(outer[1])[1][1])[0][1])
        certificate, info = body[3][1], children(children(body[4][1])[0][1])
        attributes, signature = info[3][1], info[5][1]
        facts = facts_of(certificate)
        signer = der(0x30, facts[3][2], facts[1][2])
        token = children(children(children(info[6][1])[0][1])[1][1])[0][2] if len(info) > 6 else b""
    except IndexError:
        raise Tampered("the PDF's signature cannot be read") from None
    method = der(0x30, RSA_SHA256_ID, b"\x05\x00")
    stamp = der(0xA1, der(0x30, STAMP_ID, der(0x31, token))) if token else b""
    info_again = der(0x30, ONE, signer, SHA256_ID, der(0xA0, attributes), method, der(0x04, signature), stamp)
    content = der(0x30, ONE, der(0x31, SHA256_ID), der(0x30, DATA_ID), der(0xA0, certificate), der(0x31, info_again))
    need(der(0x30, SIGNED_ID, der(0xA0, content)) == outer[2], "the PDF's signature has an unknown shape")
    return certificate, attributes, signature, token


def _public_key(certificate: bytes) -> tuple[int, int]:
    found = rsa_key(certificate)
    need(found, "the PDF is signed with another method than RSA")
    return found or (0, 0)
