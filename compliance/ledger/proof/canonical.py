"""One way to write a value as bytes, so that a hash of it means the same everywhere and for ever.

The form is JSON as RFC 8785 writes it for the subset we allow: sorted keys, no blanks, UTF-8 and no floating-point
numbers at all. What JSON has no word for becomes text: see `plain`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

SAFE_INTEGER = 2**53


def canonical(value: Any) -> bytes:
    """Return the canonical JSON bytes of `value`.

    Raises TypeError for a kind of value that has no canonical form (floats among them) and ValueError for a value of
    an allowed kind that has none: NaN, a moment without a zone, a lone surrogate.
    """
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def moment(value: datetime) -> str:
    """Write a moment as UTC with microseconds: 2026-11-22T09:30:00.000000Z."""
    if value.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {value.isoformat()}")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(value: Any) -> Any:
    """Turn `value` into what JSON can say without loss: text, whole numbers, yes/no, nothing, lists, objects.

    Decimals and whole numbers of 2**53 and beyond become text, moments UTC text, days ISO text, UUIDs text, bytes hex.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value) if abs(value) < SAFE_INTEGER else str(int(value))
    if isinstance(value, Mapping):
        return _plain_mapping(value)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return _plain_scalar(value)


def _plain_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    for key in value:
        if not isinstance(key, str):
            raise TypeError(f"keys are text, not {type(key).__name__}: {key!r}")
    return {str(key): plain(item) for key, item in value.items()}


def _plain_scalar(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"not a number that can be written down: {value}")
        return format(value, "f")
    raise TypeError(f"no canonical form for {type(value).__name__}: {value!r}")
