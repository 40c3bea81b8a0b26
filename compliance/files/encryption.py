"""Bytes at rest, sealed when a key is configured: AES-256-GCM over pieces, so that a file of any size streams.

A sealed file is a head (mark, key id, salt) and pieces of 64 KiB plain text, each with its tag of 16 bytes. The key of
a file comes from the installation's key and the salt (HKDF-SHA256); a nonce is the number of the piece and a byte that
is 1 for the last one only. So pieces cannot be exchanged, dropped, added or moved to another file unnoticed, and any
piece can be read by itself.
"""

import io
import os
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

MARK, ENDING = b"assay-sealed-1\n", ".sealed"
SALT, KEY_ID, TAG, PIECE = 32, 8, 16, 64 * 1024
HEAD = len(MARK) + KEY_ID + SALT


class Unreadable(Exception):
    """A sealed file that was changed, cut, or needs a key this installation does not have."""


def keys() -> list[bytes]:
    """The installation's keys: new files are sealed with the first, every one of them opens."""
    found = []
    for text in settings.ASSAY_FILES_KEYS:
        try:
            key = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        except (NotBase64, ValueError):
            key = b""
        if len(key) != 32:
            raise ImproperlyConfigured("ASSAY_FILES_KEY holds keys of 32 bytes in URL-safe base64, comma-separated.")
        found.append(key)
    return found


def is_on() -> bool:
    """Whether what is stored from now on is sealed."""
    return bool(settings.ASSAY_FILES_KEYS)


def create(path: Path) -> IO[bytes]:
    """A new file for writing, readable by its owner only, sealed when a key is configured."""
    raw = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    return SealedWriter(raw, keys()[0]) if is_on() else raw  # type: ignore[return-value]


def read(path: Path) -> IO[bytes]:
    """The plain bytes of a stored file, whether it is sealed or not. Raises FileNotFoundError and Unreadable."""
    raw = path.open("rb")
    if path.suffix != ENDING:
        return raw
    try:
        return io.BufferedReader(SealedReader(raw, keys()), PIECE)
    except BaseException:
        raw.close()
        raise


class SealedWriter(io.RawIOBase):
    """Seals what is written to it; closing it writes the last piece."""

    def __init__(self, raw: IO[bytes], key: bytes) -> None:
        self.raw, self.number, self.rest = raw, 0, bytearray()
        salt = os.urandom(SALT)
        self.cipher = _cipher(key, salt)
        raw.write(MARK + _key_id(key) + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        """Keep at least one byte back: only `close` knows which piece is the last."""
        self.rest += data
        while len(self.rest) > PIECE:
            self._piece(bytes(self.rest[:PIECE]), last=False)
            del self.rest[:PIECE]
        return len(data)

    def fileno(self) -> int:
        return self.raw.fileno()

    def close(self) -> None:
        """Write the last piece, and see it to the disk."""
        if self.closed:
            return
        try:
            self._piece(bytes(self.rest), last=True)
            self.raw.flush()
            os.fsync(self.raw.fileno())
        finally:
            self.raw.close()
            super().close()

    def _piece(self, plain: bytes, *, last: bool) -> None:
        self.raw.write(self.cipher.encrypt(_nonce(self.number, last), plain, None))
        self.number += 1


class SealedReader(io.RawIOBase):
    """Opens a sealed file piece by piece, from any place."""

    def __init__(self, raw: IO[bytes], known: Sequence[bytes]) -> None:
        self.raw, self.place = raw, 0
        head = raw.read(HEAD)
        body = raw.seek(0, io.SEEK_END) - HEAD
        self.pieces = -(-body // (PIECE + TAG))
        self.size = body - self.pieces * TAG
        named = head[len(MARK) : len(MARK) + KEY_ID]
        key = next((one for one in known if _key_id(one) == named), None)
        if not head.startswith(MARK) or body < TAG:
            raise Unreadable("it is no sealed file")
        if key is None:
            raise Unreadable("it is sealed with a key that is not configured")
        self.cipher = _cipher(key, head[-SALT:])

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.place, io.SEEK_END: self.size}[whence]
        self.place = max(start + offset, 0)
        return self.place

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what is left of one piece."""
        if self.place >= self.size:
            self._check_end()
            return 0
        number, start = divmod(self.place, PIECE)
        plain = self._piece(number)[start : start + len(buffer)]
        buffer[: len(plain)] = plain
        self.place += len(plain)
        return len(plain)

    def close(self) -> None:
        if not self.closed:
            self.raw.close()
        super().close()

    def _check_end(self) -> None:
        """An empty last piece is proven, too."""
        if self.size == 0:
            self._piece(0)

    def _piece(self, number: int) -> bytes:
        self.raw.seek(HEAD + number * (PIECE + TAG))
        sealed = self.raw.read(PIECE + TAG)
        try:
            return self.cipher.decrypt(_nonce(number, number == self.pieces - 1), sealed, None)
        except InvalidTag:
            raise Unreadable("it was changed in the store") from None


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"assay files").derive(key))


def _key_id(key: bytes) -> bytes:
    return sha256(b"assay files key id\n" + key).digest()[:KEY_ID]


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
