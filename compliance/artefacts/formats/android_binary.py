"""The binary XML inside an APK, read into the same tree as text."""

from compliance.artefacts.formats.binary import Bytes
from compliance.artefacts.formats.element import MAX_ATTRIBUTES, Element, Growing, attribute_name
from compliance.artefacts.formats.resource_chunks import STRING_POOL, XML, Strings, chunks, typed

MAGIC = b"\x03\x00\x08\x00"
MAX_BYTES = 4 * 1024 * 1024
RESOURCE_MAP, START, END, TEXT = 0x0180, 0x0102, 0x0103, 0x0104

# Android finds attributes by these numbers and ignores their names, which some builds shorten or leave empty.
NUMBERED = {
    0x01010001: "label",
    0x01010003: "name",
    0x01010006: "permission",
    0x01010007: "readPermission",
    0x01010008: "writePermission",
    0x01010009: "protectionLevel",
    0x0101000F: "debuggable",
    0x01010010: "exported",
    0x01010018: "authorities",
    0x0101001B: "grantUriPermissions",
    0x01010024: "value",
    0x01010025: "resource",
    0x01010026: "mimeType",
    0x01010027: "scheme",
    0x01010028: "host",
    0x0101002A: "path",
    0x0101002B: "pathPrefix",
    0x0101002C: "pathPattern",
    0x0101020C: "minSdkVersion",
    0x0101021B: "versionCode",
    0x0101021C: "versionName",
    0x01010270: "targetSdkVersion",
    0x01010271: "maxSdkVersion",
    0x01010272: "testOnly",
    0x01010280: "allowBackup",
    0x010104EB: "fullBackupContent",
    0x010104EC: "usesCleartextTraffic",
    0x010104EE: "autoVerify",
    0x01010527: "networkSecurityConfig",
    0x01010599: "foregroundServiceType",
    0x01010603: "requestLegacyExternalStorage",
    0x0101063E: "dataExtractionRules",
    0x01010644: "usesPermissionFlags",
}


def is_this(data: bytes) -> bool:
    return data[:4] == MAGIC


def parse(data: bytes, file: str) -> Element:
    """The tree of a compiled XML file. Raises Unreadable."""
    source, growing = Bytes(data, file), Growing(file)
    if len(data) > MAX_BYTES:
        source.refuse(MAX_BYTES, f"it has more than {MAX_BYTES // 1024 // 1024} MB")
    if source.u16(0) != XML:
        source.refuse(0, "this is no binary XML of Android")
    _grow(source, growing, min(len(data), max(source.u32(4), 8)))
    if source.u32(4) > len(data):
        source.refuse(len(data), f"it says it has {source.u32(4):,} bytes and ends here")
    return growing.done()


def _grow(source: Bytes, growing: Growing, end: int) -> None:
    strings: Strings | None = None
    numbers: tuple[int, ...] = ()
    for kind, at, head, size in chunks(source, source.u16(2), end):
        if kind == STRING_POOL and strings is None:
            strings = Strings(source, at, head, size)
        elif kind == RESOURCE_MAP:
            numbers = source.u32s(at + head, (size - head) // 4)
        elif kind in {START, END, TEXT}:
            if strings is None:
                source.refuse(at, "elements come before their strings")
            _node(source, (kind, at, head, size), strings, numbers, growing)


def _node(
    source: Bytes, chunk: tuple[int, int, int, int], strings: Strings, numbers: tuple[int, ...], growing: Growing
) -> None:
    kind, begin, head, size = chunk
    at = begin + head
    if kind == END:
        growing.end()
    elif kind == TEXT:
        growing.said(strings[source.u32(at)])
    else:
        attributes = _attributes(source, at, begin + size, strings, numbers)
        growing.start(strings[source.u32(at + 4)], attributes, source.u32(begin + 8))


def _attributes(source: Bytes, at: int, end: int, strings: Strings, numbers: tuple[int, ...]) -> dict[str, str]:
    start, size, count = source.u16(at + 8), source.u16(at + 10), source.u16(at + 12)
    beyond = at + start + count * size > end
    if count > MAX_ATTRIBUTES or (count and (size < 20 or beyond)):
        source.refuse(at, f"an element says it has {count:,} attributes of {size} bytes")
    found: dict[str, str] = {}
    for n in range(count):
        place = at + start + n * size
        namespace, name, raw = source.u32s(place, 3)
        said = _name(strings, namespace, name, numbers)
        kind, value = source.u8(place + 15), source.u32(place + 16)
        if said:
            found[said] = typed(kind, value, strings) or strings[raw]
    return found


def _name(strings: Strings, namespace: int, name: int, numbers: tuple[int, ...]) -> str:
    number = numbers[name] if name < len(numbers) else 0
    if number >> 24 == 0x01:
        return f"android:{NUMBERED.get(number) or strings[name] or f'0x{number:08x}'}"
    return attribute_name(strings[namespace], strings[name])
