"""Compiled files of our own making: binary XML, resource tables, protobuf XML, archives, programs."""

import io
import struct
import zipfile
from typing import Any

from defusedxml import ElementTree as Tree

ANDROID = "http://schemas.android.com/apk/res/android"
TOOLS = "{http://schemas.android.com/tools}"
NUMBERS = {"name": 0x01010003, "debuggable": 0x0101000F, "exported": 0x01010010, "minSdkVersion": 0x0101020C}
NONE = 0xFFFFFFFF


def merged(text: str) -> Any:
    """The tree without what is only there for build tools, and what they take out."""
    root = Tree.fromstring(text)
    for one in list(root):
        if one.attrib.pop(f"{TOOLS}node", "") == "remove":
            root.remove(one)
    return root


def chunk(kind: int, head: bytes, body: bytes) -> bytes:
    return struct.pack("<HHI", kind, 8 + len(head), 8 + len(head) + len(body)) + head + body


def pool(strings: list[str], utf8: bool = True) -> bytes:
    places, data = [], b""
    for text in strings:
        places.append(len(data))
        if utf8:
            raw = text.encode()
            data += bytes([len(text) & 0x7F, len(raw) & 0x7F]) + raw + b"\0"
        else:
            raw = text.encode("utf-16-le")
            data += struct.pack("<H", len(raw) // 2) + raw + b"\0\0"
    data += b"\0" * (-len(data) % 4)
    head = struct.pack("<5I", len(strings), 0, 1 << 8 if utf8 else 0, 28 + 4 * len(strings), 0)
    return chunk(0x0001, head, struct.pack(f"<{len(places)}I", *places) + data)


def axml(text: str, utf8: bool = True, nameless: bool = False) -> bytes:
    """Text XML compiled as aapt2 does; `nameless` leaves out the names of attributes that have numbers."""
    root = merged(text)
    names = list(NUMBERS)
    strings = ["" if nameless else name for name in names]

    def number(word: str) -> int:
        if word not in strings[len(names) :]:
            strings.append(word)
        return strings.index(word, len(names))

    body = _nodes(root, number, names)
    numbers = chunk(0x0180, b"", struct.pack(f"<{len(names)}I", *NUMBERS.values()))
    return chunk(0x0003, b"", pool(strings, utf8) + numbers + body)


def _nodes(one: Any, number: Any, names: list[str]) -> bytes:
    attributes = b""
    for key, value in one.attrib.items():
        uri, _, name = key.rpartition("}")
        at = names.index(name) if name in names else number(name)
        space = number(uri[1:]) if uri else NONE
        attributes += struct.pack("<III", space, at, number(value)) + _typed(value, number)
    head = struct.pack("<II", 7, NONE)
    start = struct.pack("<IIHHHHHH", NONE, number(one.tag), 20, 20, len(one.attrib), 0, 0, 0)
    inner = b"".join(_nodes(child, number, names) for child in one)
    if one.text and one.text.strip():
        inner = chunk(0x0104, head, struct.pack("<IHBBI", number(one.text.strip()), 8, 0, 0, 0)) + inner
    end = chunk(0x0103, head, struct.pack("<II", NONE, number(one.tag)))
    return chunk(0x0102, head, start + attributes) + inner + end


def _typed(value: str, number: Any) -> bytes:
    if value in {"true", "false"}:
        return struct.pack("<HBBI", 8, 0, 0x12, NONE if value == "true" else 0)
    if value.startswith("@0x"):
        return struct.pack("<HBBI", 8, 0, 0x01, int(value[1:], 0))
    if value.isdecimal():
        return struct.pack("<HBBI", 8, 0, 0x10, int(value))
    return struct.pack("<HBBI", 8, 0, 0x03, number(value))


def arsc(*values: str) -> bytes:
    """A table whose entries 0x7f010000, 0x7f010001 … are these strings."""
    entries = b"".join(struct.pack("<HHI", 8, 0, 0) + struct.pack("<HBBI", 8, 0, 3, n) for n in range(len(values)))
    places = struct.pack(f"<{len(values)}I", *(16 * n for n in range(len(values))))
    head = struct.pack("<BBHII", 1, 0, 0, len(values), 20 + 64 + len(places)) + struct.pack("<I", 64) + b"\0" * 60
    kind = chunk(0x0201, head, places + entries)
    package = chunk(0x0200, struct.pack("<I", 0x7F) + b"\0" * 256 + b"\0" * 20, kind)
    return chunk(0x0002, struct.pack("<I", 1), pool(list(values)) + package)


def field(number: int, value: bytes | int) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def protobuf(text: str) -> bytes:
    """Text XML as it stands in a bundle."""
    return _message(merged(text))


def _message(one: Any) -> bytes:
    inner = field(1, field(1, b"android") + field(2, ANDROID.encode()))
    inner += field(3, one.tag.encode())
    for key, value in one.attrib.items():
        uri, _, name = key.rpartition("}")
        said = field(1, uri[1:].encode()) if uri else b""
        inner += field(4, said + field(2, name.encode()) + field(3, value.encode()))
    if one.text and one.text.strip():
        inner += field(5, field(2, one.text.strip().encode()))
    for child in one:
        inner += field(5, _message(child))
    return field(1, inner) + field(3, field(1, 12))


def zipped(*members: tuple[str, bytes | str], twice: str = "", link: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
        if link:
            info = zipfile.ZipInfo(link)
            info.external_attr = 0o120777 << 16
            archive.writestr(info, "/etc/passwd")
    data = stream.getvalue()
    return data.replace(twice[::-1].encode(), twice.encode()) if twice else data


def program(entitlements: bytes) -> bytes:
    """A program for one processor that carries nothing but its signature."""
    blob = struct.pack(">II", 0xFADE7171, 8 + len(entitlements)) + entitlements
    signature = struct.pack(">III", 0xFADE0CC0, 20 + len(blob), 1) + struct.pack(">II", 5, 20) + blob
    command = struct.pack("<4I", 0x1D, 16, 64, len(signature))
    head = struct.pack("<8I", 0xFEEDFACF, 0, 0, 2, 1, len(command), 0, 0)
    return (head + command).ljust(64, b"\0") + signature
