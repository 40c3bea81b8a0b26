"""Strict readers: one spelling for every value, so that no byte can change unnoticed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

LIMIT = 1024**3  # bytes a file inside a PDF may unpack to


class Tampered(Exception):
    """A reason not to trust the pack."""


class Unreadable(Exception):
    """Not a pack, or a broken one."""


def need(truth: Any, reason: str) -> None:
    """Go on only when `truth` holds."""
    if not truth:
        raise Tampered(reason)


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def unhex(text: Any, size: int = 32) -> bytes:
    """Read `size` bytes of hex; bytes.fromhex alone takes upper case and blanks too."""
    fits = isinstance(text, str) and re.fullmatch(f"[0-9a-f]{{{2 * size}}}", text)
    need(fits, f"{str(text)[:70]!r} is not a hash")
    return bytes.fromhex(text)


def unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    need(data and base64.b64encode(data).decode() == text, f"{text[:70]!r} is not base64")
    return data


def canonical(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def load(data: bytes, name: str) -> Any:
    """Read JSON that must be in canonical form, byte for byte."""
    try:
        value = json.loads(data.decode("utf-8"), parse_float=_refuse, parse_constant=_refuse)
        same = canonical(value) == data
    except (ValueError, RecursionError) as error:
        raise Tampered(f"{name} cannot be read: {error}") from error
    need(same, f"{name} is not in canonical form")
    return value


def _refuse(text: str) -> None:
    raise ValueError(f"{text} is not a whole number")
