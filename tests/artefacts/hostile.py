"""Files that were made to hurt a reader, small themselves."""

import plistlib
import zipfile
from io import BytesIO

from tests.artefacts.app_samples import MANIFEST
from tests.artefacts.making import axml, zipped


def bomb() -> bytes:
    """An archive whose manifest unfolds to 30 MB, a thousand times its size."""
    data = BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("AndroidManifest.xml", b"\0" * 30_000_000)
    return data.getvalue()


def cyclic() -> bytes:
    """A binary property list whose only value holds itself."""
    whole = bytearray(plistlib.dumps({"a": []}, fmt=plistlib.FMT_BINARY))
    at = whole.index(b"\xa0")  # the empty array becomes one that holds object 0, the dictionary around it
    return bytes(whole[:at]) + b"\xa1\x00" + bytes(whole[at + 1 :])


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<manifest package="&b;"/>"""
HOSTILE = {
    "billion-laughs.xml": LAUGHS,
    "bomb.apk": bomb(),
    "deep.json": b"[" * 5000,
    "truncated.xml": axml(MANIFEST)[:200],
    "cycle.plist": cyclic(),
    "wrong encoding.xml": '<?xml version="1.0" encoding="utf-8"?><manifest package="\u00fc"/>'.encode("latin-1"),
    "traversal.apk": zipped(("../../AndroidManifest.xml", MANIFEST)),
    "../../etc/passwd": b"root:x:0:0",
    "\u202egnp.exe": b"MZ\x90\x00",
}
