"""What a file is, judged by its bytes alone; what a browser or a file name says is not believed."""

import json
import re
import zipfile
from codecs import getincrementaldecoder
from typing import IO

HEAD_BYTES = 64 * 1024
MOST_JSON = 8 * 1024 * 1024
UNKNOWN = "application/octet-stream"

MAGIC = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-elf"),
    (0, b"\xca\xfe\xba\xbe", "application/x-mach-binary"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"\xce\xfa\xed\xfe", "application/x-mach-binary"),
    (0, b"dex\n", "application/x-dex"),
)
ZIP_KINDS = (
    ("word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("AndroidManifest.xml", "application/vnd.android.package-archive"),
    ("Payload/", "application/x-ios-app"),
    ("META-INF/MANIFEST.MF", "application/java-archive"),
)
NAMES = {
    "application/pdf": "a PDF",
    "image/png": "a PNG picture",
    "image/jpeg": "a JPEG picture",
    "image/gif": "a GIF picture",
    "image/webp": "a WebP picture",
    "image/tiff": "a TIFF picture",
    "image/heic": "a HEIC picture",
    "image/svg+xml": "an SVG drawing",
    "video/mp4": "an MP4 film",
    "text/plain": "a text file",
    "text/html": "a web page",
    "text/x-script": "a script",
    "application/json": "a JSON file",
    "application/xml": "an XML file",
    "application/zip": "a ZIP archive",
    "application/gzip": "a gzip archive",
    "application/x-7z-compressed": "a 7z archive",
    "application/vnd.rar": "a RAR archive",
    "application/x-ole-storage": "an old Office document",
    "application/vnd.microsoft.portable-executable": "a Windows program",
    "application/x-elf": "a Linux program",
    "application/x-mach-binary": "a macOS program or Java class",
    "application/x-dex": "an Android program",
    "application/vnd.android.package-archive": "an Android app",
    "application/x-ios-app": "an iOS app",
    "application/java-archive": "a Java program",
    ZIP_KINDS[0][1]: "a Word document",
    ZIP_KINDS[1][1]: "an Excel workbook",
    ZIP_KINDS[2][1]: "a PowerPoint presentation",
    UNKNOWN: "of a kind Assay does not know",
}


def sniff(stream: IO[bytes]) -> str:
    """Return the content type of an open file, from the beginning of its bytes; a ZIP is looked into."""
    head = stream.read(HEAD_BYTES)
    for offset, magic, content_type in MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return content_type
    if head[:4] in {b"PK\x03\x04", b"PK\x05\x06"}:
        return _sniff_zip(stream)
    return _sniff_text(head, stream)


def _sniff_zip(stream: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = archive.namelist()[:2000]
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                return archive.read("mimetype").decode("ascii", "replace").strip()
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return UNKNOWN
    return next((kind for mark, kind in ZIP_KINDS if any(name.startswith(mark) for name in names)), "application/zip")


def _sniff_text(head: bytes, stream: IO[bytes]) -> str:
    try:
        # A head cut in the middle of a character is still text.
        text = getincrementaldecoder("utf-8-sig")().decode(head, final=len(head) < HEAD_BYTES)
    except UnicodeDecodeError:
        return UNKNOWN
    if "\x00" in text:
        return UNKNOWN
    start = text.lstrip()[:1000].lower()
    if start.startswith("#!"):
        return "text/x-script"
    if re.search(r"<svg[\s>]", start):
        return "image/svg+xml"
    if re.search(r"<(!doctype\s+html|html|head|body|script|iframe)[\s>]", start):
        return "text/html"
    if start.startswith("<?xml"):
        return "application/xml"
    return "application/json" if start[:1] in {"{", "["} and _is_json(stream) else "text/plain"


def _is_json(stream: IO[bytes]) -> bool:
    stream.seek(0)
    data = stream.read(MOST_JSON + 1)
    if len(data) > MOST_JSON:
        return False
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
