"""Property lists from strangers, XML and binary: bounded, without cycles, read by place."""

import plistlib
import struct
from datetime import datetime
from typing import Any
from xml.parsers.expat import ExpatError

from compliance.artefacts.formats.json_file import Node, Unreadable

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 40
MAX_VALUES = 100_000
BINARY = b"bplist"


def is_this(data: bytes) -> bool:
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(BINARY) or (b"<plist" in head or b"PropertyList" in head)


def parse(data: bytes, file: str) -> Node:
    """The document, whose refusals name `file` and the way to the value. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{file}: it has more than {MAX_BYTES // 1024 // 1024} MB.")
    if data.startswith(BINARY):
        _measure(data, file)
    try:
        value = plistlib.loads(data)
    except ExpatError as error:
        raise Unreadable(f"{file}:{error.lineno}, column {error.offset + 1}: this is no XML.") from error
    except RecursionError as error:
        raise Unreadable(f"{file}: it is nested deeper than {MAX_DEPTH} levels.") from error
    except plistlib.InvalidFileException as error:
        said = str(error)
        why = f" ({said})" if said and said != "Invalid file" else ""
        raise Unreadable(f"{file}: this is no property list{why}.") from error
    except (ValueError, LookupError, TypeError, OverflowError, AttributeError, AssertionError, struct.error) as error:
        raise Unreadable(f"{file}: this is no property list ({str(error)[:80] or 'a value is broken'}).") from error
    return Node(_plain(value, file, file, 0, [0]), "")


def _plain(value: Any, file: str, place: str, depth: int, count: list[int]) -> Any:
    """The value with days and bytes written out; a cycle is deeper than any limit."""
    count[0] += 1
    if depth > MAX_DEPTH:
        raise Unreadable(f"{file}: it is nested deeper than {MAX_DEPTH} levels, or goes in a circle.")
    if count[0] > MAX_VALUES:
        raise Unreadable(f"{file}: it holds more than {MAX_VALUES:,} values.")
    if isinstance(value, dict):
        return {str(name): _plain(one, file, place, depth + 1, count) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one, file, place, depth + 1, count) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return f"{len(value):,} bytes"
    return value if isinstance(value, str | int | float | bool) else str(value)


def _measure(data: bytes, file: str) -> None:
    """Refuse binary lists whose parts would unfold to much more than the file holds."""
    if len(data) < 40:
        raise Unreadable(f"{file}: it ends before the {40:,} bytes a binary property list has at least.")
    size, _, count, _, table = struct.unpack(">6xBBQQQ", data[-32:])
    if not 1 <= size <= 8 or count > MAX_VALUES or table + count * size > len(data) - 32:
        raise Unreadable(f"{file}: its table of {count:,} values does not fit in.")
    weight = 0
    for n in range(count):
        at = int.from_bytes(data[table + n * size : table + (n + 1) * size], "big")
        weight += _weight(data, at, file)
        if weight > 4 * len(data) + MAX_VALUES:
            raise Unreadable(f"{file}: its values take more room than the file has.")


def _weight(data: bytes, at: int, file: str) -> int:
    """How much room the value at a place takes, by what it says of itself."""
    if at >= len(data):
        raise Unreadable(f"{file}, byte {at:,}: a value stands outside the file.")
    kind, low = data[at] >> 4, data[at] & 0xF
    if kind < 4:
        return 16
    if low == 0xF:
        power = data[at + 1] & 0xF if at + 1 < len(data) else 0
        low = int.from_bytes(data[at + 2 : at + 2 + (1 << min(power, 3))], "big")
    return low * (8 if kind >= 0xA else 2)
