"""Ed25519 (RFC 8032), RSA (RFC 8017, PKCS #1 v1.5) and signed notes (C2SP): verifying only."""

from __future__ import annotations

import hashlib
from typing import Any

from compliance.packs.verifier.reading import need, sha256, unbase64

Point = Any  # four whole numbers
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
NEUTRAL: Point = (0, 1, 1, 0)
DASH = "\u2014"
PREFIXES = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Verify strictly: canonical encodings, a reduced scalar, no point of small order."""
    key, commitment = _decompress(public), _decompress(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or key is None or commitment is None or scalar >= L:
        return False
    if any(_same(_times(8, point), NEUTRAL) for point in (key, commitment)):
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    return _same(_times(scalar, BASE), _add(commitment, _times(challenge, key)))


def rsa(modulus: int, exponent: int, message: bytes, signature: bytes, method: str = "sha256") -> bool:
    """Verify a signature over SHA-256 (or another of that family) by building the one padded text it may hold."""
    size = (modulus.bit_length() + 7) // 8
    info = PREFIXES[method] + hashlib.new(method, message).digest()
    padded = b"\x00\x01" + b"\xff" * (size - len(info) - 3) + b"\x00" + info
    number = int.from_bytes(signature, "big")
    fits = len(signature) == size >= 256 and number < modulus
    return fits and pow(number, exponent, modulus) == int.from_bytes(padded, "big")


def open_note(note: str, key: str) -> list[str]:
    """Return the lines of a note that `key` (name+id+base64) signed."""
    name, key_id, public = key.split("+", 2)
    raw = unbase64(public)
    fits = len(raw) == 33 and raw[:1] == b"\x01" and sha256(name.encode() + b"\n" + raw)[:4].hex() == key_id
    need(fits, "the key text does not fit its own id")
    text, _, signatures = note.rpartition("\n\n")
    dash, _, rest = signatures.partition(" ")
    signer, _, encoded = rest.partition(" ")
    need(text and dash == DASH and signer == name and encoded.endswith("\n"), f"a note is not signed by {name}")
    signature = unbase64(encoded[:-1])
    need(signature[:4].hex() == key_id, f"a note is signed by another key than {name}+{key_id}")
    genuine = ed25519(raw[1:], (text + "\n").encode(), signature[4:])
    need(genuine, f"a note's signature by {name}+{key_id} is not valid")
    return text.split("\n")


def _decompress(data: bytes) -> Point | None:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if len(data) != 32 or y >= P or (x * x - square) % P or (not x and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def _add(a: Point, b: Point) -> Point:
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return (f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P


def _times(scalar: int, point: Point) -> Point:
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point, scalar = _add(point, point), scalar >> 1
    return result


def _same(a: Point, b: Point) -> bool:
    return not ((a[0] * b[2] - b[0] * a[2]) % P or (a[1] * b[2] - b[1] * a[2]) % P)


BASE = _decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or NEUTRAL
