"""Signed heads of the instance log, in the text form other transparency logs use (C2SP tlog-checkpoint, signed-note).

Three lines (origin, size, root in base64), a blank one, and a line per signature: a dash, the name of the key, and in
base64 the key's id with its Ed25519 signature over the three lines.
"""

import os
import re
from base64 import b64decode, b64encode
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

ED25519 = b"\x01"
DASH = "\u2014"
ORIGIN = re.compile(r"[^\s+]+")


class BadCheckpoint(ValueError):
    """A checkpoint, key text or key file that cannot be trusted; the message says why."""


def sign_checkpoint(origin: str, size: int, root: bytes, key: Ed25519PrivateKey) -> str:
    """Sign the head (size, root) of the log called `origin`."""
    return sign_note(f"{_checked(origin)}\n{size}\n{_base64(root)}\n", origin, key)


def verify_checkpoint(note: str, vkey: str) -> tuple[int, bytes]:
    """Return the (size, root) a checkpoint vouches for; raise BadCheckpoint unless `vkey` signed it."""
    origin = vkey.split("+")[0]
    lines = verify_note(note, vkey).split("\n")
    if len(lines) < 4 or lines[0] != origin:
        raise BadCheckpoint(f"the checkpoint is not one of {origin}")
    if not re.fullmatch(r"0|[1-9][0-9]*", lines[1]):
        raise BadCheckpoint("the checkpoint's size is not a number")
    return int(lines[1]), _unbase64(lines[2], 32, "root")


def sign_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Sign any text that ends with a line end, as a C2SP signed note."""
    if not text.endswith("\n"):
        raise BadCheckpoint("a note's text ends with a line end")
    return f"{text}\n{DASH} {name} {_base64(key_id(name, key) + key.sign(text.encode()))}\n"


def verify_note(note: str, vkey: str) -> str:
    """Return the text of a signed note; raise BadCheckpoint unless one of its signatures is `vkey`'s."""
    name, identity, public = parse_vkey(vkey)
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise BadCheckpoint("not a signed note")
    for line in signatures.splitlines():
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != DASH:
            raise BadCheckpoint("a signature line of the note cannot be read")
        if parts[1] == name and _signed(parts[2], identity, public, f"{text}\n"):
            return f"{text}\n"
    raise BadCheckpoint(f"no valid signature by {name}")


def vkey(origin: str, key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """Write the public key as text: name+key id+base64."""
    return f"{_checked(origin)}+{key_id(origin, key).hex()}+{_base64(ED25519 + _public_bytes(key))}"


def parse_vkey(text: str) -> tuple[str, bytes, Ed25519PublicKey]:
    """Split a key text into its name, key id (4 bytes) and public key."""
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise BadCheckpoint("a key text reads name+id+key")
    raw = _unbase64(parts[2], 33, "key")
    if raw[:1] != ED25519 or _hash_id(parts[0], raw[1:]).hex() != parts[1]:
        raise BadCheckpoint("the key text does not fit its own id")
    return parts[0], bytes.fromhex(parts[1]), Ed25519PublicKey.from_public_bytes(raw[1:])


def key_id(origin: str, key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    """Return the 4 bytes by which signatures name their key."""
    return _hash_id(origin, _public_bytes(key))


def create_key(path: Path) -> Ed25519PrivateKey:
    """Make a new key in `path`, readable by its owner only; when another process was first, return that one's key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(pem)
            stream.flush()
            os.fsync(stream.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return load_key(path)


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read the key from `path`; refuse one that other users of the machine can read."""
    if path.stat().st_mode & 0o077:
        raise BadCheckpoint(f"{path.name} can be read by others than its owner: chmod 600 it")
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise BadCheckpoint(f"{path.name} holds no Ed25519 key")
    return key


def _public_bytes(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes_raw()


def _hash_id(origin: str, public: bytes) -> bytes:
    return sha256(origin.encode() + b"\n" + ED25519 + public).digest()[:4]


def _checked(origin: str) -> str:
    if not ORIGIN.fullmatch(origin):
        raise BadCheckpoint(f"an origin has no blanks and no plus sign: {origin!r}")
    return origin


def _signed(signature: str, identity: bytes, public: Ed25519PublicKey, text: str) -> bool:
    raw = _unbase64(signature, 68, "signature")
    if raw[:4] != identity:
        return False
    try:
        public.verify(raw[4:], text.encode())
    except InvalidSignature:
        return False
    return True


def _base64(value: bytes) -> str:
    return b64encode(value).decode("ascii")


def _unbase64(text: str, size: int, what: str) -> bytes:
    """Decode strictly: b64decode alone accepts several spellings of one value."""
    try:
        raw = b64decode(text, validate=True)
    except ValueError as error:
        raise BadCheckpoint(f"the {what} is not base64") from error
    if len(raw) != size or _base64(raw) != text:
        raise BadCheckpoint(f"the {what} is not {size} bytes of base64")
    return raw
