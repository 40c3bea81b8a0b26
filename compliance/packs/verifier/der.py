"""ASN.1 as certificates and signatures are written in (DER): taking it apart and writing it again."""

from __future__ import annotations

from compliance.packs.verifier.reading import need


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
        parts.append(first(data, at))
        at += len(parts[-1][2])
    return parts


def first(data: bytes, at: int = 0) -> tuple[int, bytes, bytes]:
    """The DER value that begins at `at`, whatever follows it: (tag, content, whole)."""
    need(at + 2 <= len(data), "the PDF's signature is cut off")
    size, start = data[at + 1], at + 2
    if size & 128:
        start += size & 127
        size = int.from_bytes(data[at + 2 : start], "big")
    need(start + size <= len(data), "the PDF's signature is cut off")
    return data[at], data[start : start + size], data[at : start + size]


SHA256_ID = der(0x30, bytes.fromhex("06096086480165030402010500"))
RSA_ID = bytes.fromhex("06092a864886f70d010101")
RSA_SHA256_ID = bytes.fromhex("06092a864886f70d01010b")
DATA_ID = bytes.fromhex("06092a864886f70d010701")
SIGNED_ID = bytes.fromhex("06092a864886f70d010702")
DIGEST_ID = bytes.fromhex("06092a864886f70d010904")
ONE = bytes.fromhex("020101")


def facts_of(certificate: bytes) -> list[tuple[int, bytes, bytes]]:
    """The parts of a certificate: [version], serial, algorithm, issuer, validity, subject, key."""
    return children(children(children(certificate)[0][1])[0][1])


def rsa_key(certificate: bytes) -> tuple[int, int] | None:
    """Modulus and exponent of a certificate's key, when it is an RSA key."""
    algorithm, bits = children(facts_of(certificate)[6][1])
    if children(algorithm[1])[0][2] != RSA_ID:
        return None
    modulus, exponent = children(children(bits[1][1:])[0][1])
    return int.from_bytes(modulus[1], "big"), int.from_bytes(exponent[1], "big")
