"""The protobuf XML inside an Android App Bundle, read into the same tree as text (aapt2's Resources.proto)."""

from collections.abc import Iterator

from compliance.artefacts.formats.binary import Bytes
from compliance.artefacts.formats.element import MAX_DEPTH, MAX_TEXT, Element, Growing, attribute_name

ELEMENT, TEXT, SOURCE = 1, 2, 3
NAMESPACE, NAME, ATTRIBUTE, CHILD = 2, 3, 4, 5
MAX_FIELDS = 20_000
MAX_BYTES = 4 * 1024 * 1024
PRIMITIVES = {6: "integer", 7: "hex", 8: "boolean"}


def fields(source: Bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Number, value (of a number), start and end (of bytes) of every field of a message. Raises Unreadable."""
    for _ in range(MAX_FIELDS):
        if at >= end:
            return
        key, at = varint(source, at)
        number, wire = key >> 3, key & 7
        value, start = 0, at
        if wire == 0:
            value, at = varint(source, at)
        elif wire == 2:
            size, start = varint(source, at)
            at = start + size
        elif wire in {1, 5}:
            at += 8 if wire == 1 else 4
        else:
            source.refuse(at, f"there is no protobuf field of type {wire}")
        if at > end or not number:
            source.refuse(start, "a field reaches beyond its message")
        yield number, value, start, at
    source.refuse(at, f"a message holds more than {MAX_FIELDS:,} fields")


def varint(source: Bytes, at: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    value = shift = 0
    while (byte := source.u8(at)) >= 0x80:
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if shift > 63:
            source.refuse(at, "a number does not end")
    return value | byte << shift, at + 1


def parse(data: bytes, file: str) -> Element:
    """The tree of a protobuf XML file. Raises Unreadable."""
    source, growing = Bytes(data, file), Growing(file)
    if len(data) > MAX_BYTES:
        source.refuse(MAX_BYTES, f"it has more than {MAX_BYTES // 1024 // 1024} MB")
    _node(source, 0, len(data), growing, 0)
    return growing.done()


def is_this(data: bytes) -> bool:
    """Whether bytes begin as a node that is an element; what follows may still be wrong."""
    return data[:1] == b"\x0a" and b"http://schemas.android.com/apk/res/android" in data[:4096]


def _node(source: Bytes, at: int, end: int, growing: Growing, depth: int) -> None:
    if depth > MAX_DEPTH:
        source.refuse(at, f"it is nested deeper than {MAX_DEPTH} levels")
    parts = list(fields(source, at, end))
    line = next((_line(source, start, stop) for number, _, start, stop in parts if number == SOURCE), 0)
    for number, _, start, stop in parts:
        if number == ELEMENT:
            _element(source, start, stop, growing, line, depth)
        elif number == TEXT:
            growing.said(_text(source, start, stop))


def _line(source: Bytes, at: int, end: int) -> int:
    return next((min(value, 10**7) for number, value, _, _ in fields(source, at, end) if number == 1), 0)


def _element(source: Bytes, at: int, end: int, growing: Growing, line: int, depth: int) -> None:
    name, attributes, children = "", dict[str, str](), []
    for number, _, start, stop in fields(source, at, end):
        if number == NAME:
            name = _text(source, start, stop)
        elif number == ATTRIBUTE:
            said, value = _attribute(source, start, stop)
            if said:
                attributes[said] = value
        elif number == CHILD:
            children.append((start, stop))
    growing.start(name, attributes, line)
    for start, stop in children:
        _node(source, start, stop, growing, depth + 1)
    growing.end()


def _attribute(source: Bytes, at: int, end: int) -> tuple[str, str]:
    namespace = name = value = compiled = ""
    for number, _, start, stop in fields(source, at, end):
        if number == 1:
            namespace = _text(source, start, stop)
        elif number == 2:
            name = _text(source, start, stop)
        elif number == 3:
            value = _text(source, start, stop)
        elif number == 6:
            compiled = _item(source, start, stop)
    return attribute_name(namespace, name), value or compiled


def _item(source: Bytes, at: int, end: int) -> str:
    """A compiled value: a reference by its name, or a primitive."""
    for number, _, start, stop in fields(source, at, end):
        if number == 1:
            return _reference(source, start, stop)
        if number in {2, 3}:
            return next((_text(source, a, b) for n, _, a, b in fields(source, start, stop) if n == 1), "")
        if number == 7:
            return next((_primitive(n, value) for n, value, _, _ in fields(source, start, stop) if n in PRIMITIVES), "")
    return ""


def _reference(source: Bytes, at: int, end: int) -> str:
    parts = {number: (value, start, stop) for number, value, start, stop in fields(source, at, end)}
    if 3 in parts:
        return f"@{_text(source, *parts[3][1:])}"
    return f"@0x{parts[2][0] & 0xFFFFFFFF:08x}" if 2 in parts else ""


def _primitive(number: int, value: int) -> str:
    kind = PRIMITIVES[number]
    if kind == "boolean":
        return "true" if value else "false"
    return hex(value & 0xFFFFFFFF) if kind == "hex" else str(value)


def _text(source: Bytes, at: int, end: int) -> str:
    return source.take(at, min(end - at, MAX_TEXT)).decode("utf-8", "replace")
