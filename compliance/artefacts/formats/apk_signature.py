"""Which signing schemes an APK carries, and with which certificate; whether they hold is not checked."""

import struct
from collections.abc import Iterator
from hashlib import sha256
from typing import IO
from warnings import catch_warnings

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import load_der_pkcs7_certificates

from compliance.artefacts.formats.archive import Archive
from compliance.artefacts.formats.json_file import Unreadable, clean
from compliance.artefacts.formats.observation import Observation, given

MAGIC = b"APK Sig Block 42"
SCHEMES = {0x7109871A: "v2", 0xF05368C0: "v3", 0x1B93AD61: "v3.1"}
MAX_BLOCK = 8 * 1024 * 1024
MAX_CERTIFICATE = 64 * 1024
OLD = (".RSA", ".DSA", ".EC")


def read(archive: Archive) -> Iterator[Observation]:
    """The schemes, and each certificate once with its fingerprint."""
    certificates: dict[str, Observation] = {}
    for scheme, block in _blocks(archive.stream, archive.directory.start):
        yield Observation("signature", scheme, "yes", "APK Signing Block")
        _note(certificates, _first_certificate(block), "APK Signing Block")
    old = [name for name in archive.names if name.startswith("META-INF/") and name.upper().endswith(OLD)][:5]
    for name in old:
        yield Observation("signature", "v1", "yes", name)
        for one in _of_old(archive.read(name, MAX_CERTIFICATE)):
            _note(certificates, one, name)
    yield from certificates.values()


def _blocks(stream: IO[bytes], directory: int) -> Iterator[tuple[str, bytes]]:
    """The signed blocks that stand before the list of files, by scheme."""
    if directory < 32:
        return
    stream.seek(directory - 24)
    size, magic = struct.unpack("<Q16s", stream.read(24))
    if magic != MAGIC:
        return
    if not 24 <= size <= MAX_BLOCK or size + 8 > directory:
        raise Unreadable("APK Signing Block: it says it is larger than what stands before the list of files.")
    stream.seek(directory - size)
    data = stream.read(size - 24)
    at = 0
    while at + 12 <= len(data):
        length, number = struct.unpack("<QI", data[at : at + 12])
        if not 4 <= length <= len(data) - at - 8:
            raise Unreadable(f"APK Signing Block, byte {at:,}: a part reaches beyond its end.")
        if number in SCHEMES:
            yield SCHEMES[number], data[at + 12 : at + 8 + length]
        at += 8 + length


def _first_certificate(block: bytes) -> bytes:
    """signers, signer, signed data: digests, then certificates; each with its length before it."""
    signed = _part(_part(_part(block)))
    digests = _length(signed)
    return _part(_part(signed[4 + digests :]))


def _part(data: bytes) -> bytes:
    return data[4 : 4 + _length(data)]


def _length(data: bytes) -> int:
    return int.from_bytes(data[:4], "little") if len(data) >= 4 else 0


def _of_old(data: bytes) -> list[bytes]:
    try:
        with catch_warnings(action="ignore"):
            return [one.public_bytes(Encoding.DER) for one in load_der_pkcs7_certificates(data)][:5]
    except Exception:  # noqa: BLE001 - whatever a stranger's signature does to the library, the app is read on
        return []


def _note(known: dict[str, Observation], der: bytes, where: str) -> None:
    if not 100 < len(der) <= MAX_CERTIFICATE:
        return
    mark = sha256(der).hexdigest()
    known.setdefault(mark, Observation("signature", "certificate", mark, where, more=_terms(der)))


def _terms(der: bytes) -> dict[str, str]:
    try:
        with catch_warnings(action="ignore"):
            one = x509.load_der_x509_certificate(der)
            subject = clean(one.subject.rfc4514_string())[:300]
        debug = "true" if "CN=Android Debug" in subject else ""
        return given(subject=subject, until=one.not_valid_after_utc.date().isoformat(), debug=debug)
    except Exception:  # noqa: BLE001 - as above: its fingerprint is enough
        return {}
