"""Files made to do harm, and files that are merely broken, get a sentence each, in bounded time and memory."""

import io
import plistlib
import struct
import time
import zipfile
from datetime import datetime

import pytest

from compliance.artefacts.formats import Unreadable
from compliance.artefacts.formats.app_files import observe
from tests.artefacts import app_samples as samples
from tests.artefacts.fuzz import run
from tests.artefacts.making import axml, field, zipped

pytestmark = pytest.mark.once

LAUGHS = (
    b"""<!DOCTYPE manifest [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><manifest>&b;</manifest>"""
)
OUTSIDE = b"""<!DOCTYPE manifest SYSTEM "file:///etc/passwd"><manifest/>"""
PLIST = (
    b"""<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "lol">]><plist><dict><key>&a;</key><true/></dict></plist>"""
)
COMPILED = axml(samples.TEXT_MANIFEST)
APP = "Payload/A.app/Info.plist"


def nested_plist(depth: int) -> bytes:
    inner = b"<array>" * depth + b"</array>" * depth
    return b"<plist><dict><key>CFBundleIdentifier</key>" + inner + b"</dict></plist>"


def binary_plist(*objects: bytes) -> bytes:
    """A binary list whose objects refer to each other by one byte."""
    data, places = b"bplist00", []
    for one in objects:
        places.append(len(data))
        data += one
    table = len(data)
    data += b"".join(place.to_bytes(4, "big") for place in places)
    return data + struct.pack(">6xBBQQQ", 4, 1, len(objects), 0, table)


def lying(size: int) -> bytes:
    """An archive whose list of files says a member is of another size than it is."""
    data = zipped(("AndroidManifest.xml", b"\x00" * 3_000_000))
    at = data.rfind(b"PK\x01\x02")
    return data[: at + 24] + struct.pack("<I", size) + data[at + 28 :]


def crowded() -> bytes:
    data = bytearray(zipped((APP, samples.plist(samples.INFO))))
    data[-14:-10] = struct.pack("<HH", 60_000, 60_000)
    return bytes(data[:-10]) + struct.pack("<I", 30_000_000) + bytes(data[-6:])


def doubled() -> bytes:
    return zipped(("AndroidManifest.xml", COMPILED), ("AndroidManifest.xm_", COMPILED)).replace(
        b"AndroidManifest.xm_", b"AndroidManifest.xml"
    )


def scrambled() -> bytes:
    """Says it is encrypted, in both heads."""
    data = bytearray(zipped(("AndroidManifest.xml", COMPILED)))
    data[6] |= 1
    data[data.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


CYCLE = binary_plist(b"\xd1\x01\x02", b"\x5f\x10\x12CFBundleIdentifier", b"\xa1\x00")
DOUBLING = binary_plist(*(bytes([0xA2, n + 1, n + 1]) for n in range(38)), b"\xa0")
CLAIMING = binary_plist(b"\xa1\x01", b"\xaf\x13" + b"\x00\x00\x00\x7f\xff\xff\xff\xff")
MANY = b"<manifest>" + b"<a/>" * 20_001 + b"</manifest>"

FOREIGN = "AndroidManifest.xml:1: it brings a document type or entities of its own, which are not read."
HARMFUL = {
    "laughs": (LAUGHS, FOREIGN),
    "outside": (
        OUTSIDE,
        FOREIGN,
    ),
    "plist entity": (PLIST, "the property list: this is no property list (XML entity declarations are not supported"),
    "deep xml": (b"<manifest>" * 5000, "AndroidManifest.xml:1: it is nested deeper than 60 levels."),
    "many elements": (MANY, "AndroidManifest.xml:1: it holds more than 20,000 elements."),
    "deep plist": (nested_plist(50_000), "the property list: it is nested deeper than 40 levels, or goes in a circle."),
    "cycle": (CYCLE, "the property list: it is nested deeper than 40 levels"),
    "doubling": (DOUBLING, "the property list: it holds more than 100,000 values."),
    "claiming": (CLAIMING, "the property list: its values take more room than the file has."),
    "deep json": (b"[" * 200_000, "It is nested deeper than 60 levels."),
    "cut axml": (COMPILED[:900], "binary XML, byte "),
    "encoding": (
        b'<?xml version="1.0" encoding="ebcdic-x"?><manifest/>',
        "AndroidManifest.xml: it is written",
    ),
    "not utf-8": (b"<manifest a='\xff\xfe'/>", "AndroidManifest.xml:1, column 14: this is no XML"),
    "bomb": (zipped(("AndroidManifest.xml", b"\x00" * 3_000_000)), "AndroidManifest.xml: it unpacks to more than 200"),
    "says 10 GB": (lying(0xFFFFFFF0), "AndroidManifest.xml: it says it has 4,294,967,280 bytes, more than 4,194,304."),
    "says little": (lying(100), "AndroidManifest.xml: it is damaged (Bad CRC-32"),
    "twice": (doubled(), "AndroidManifest.xml: it stands twice in the archive, so nobody can say which one counts."),
    "crowded": (crowded(), "This ZIP archive lists more than 100,000 files."),
    "encrypted": (scrambled(), "AndroidManifest.xml: it is encrypted."),
    "link": (zipped(("a", b""), link="AndroidManifest.xml"), "This ZIP archive holds no app"),
    "leads out": (zipped(("../AndroidManifest.xml", COMPILED)), "This ZIP archive holds no app"),
    "no app": (zipped(("readme.txt", b"hello")), "This ZIP archive holds no app"),
    "cut zip": (samples.apk()[:-30], "This ZIP archive ends in the middle: its list of files is missing."),
    "two apps": (
        zipped((APP, samples.plist(samples.INFO)), ("Payload/B.app/Info.plist", samples.plist(samples.INFO))),
        "Payload/B.app/Info.plist: the archive holds more than one app.",
    ),
    "bad part": (
        zipped((APP, b"bplist00")),
        f"{APP}: it ends before the 40 bytes",
    ),
    "bad kind": (
        zipped((APP, samples.plist({"CFBundleIdentifier": "a", "CFBundleURLTypes": [{"CFBundleURLSchemes": 7}]}))),
        f"{APP}: CFBundleURLTypes[0].CFBundleURLSchemes: a list is expected here.",
    ),
    "bom in xml": (
        b'<bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>',
        "This is CycloneDX in XML, which is not read",
    ),
    "nothing": (b"", "The file is empty."),
    "noise": (b"hello there", "This file is none of the formats that can be read: Android manifest, "),
    "other xml": (b"<svg/>", "the XML:1, <svg>: it is neither a manifest nor a network configuration."),
}


LONG = 20  # seconds of a processor: what grows without end takes minutes


@pytest.mark.parametrize("name", HARMFUL)
def test_what_would_do_harm_is_refused_in_a_sentence(name: str) -> None:
    data, message = HARMFUL[name]
    begun = time.process_time()

    with pytest.raises(Unreadable) as refused:
        observe(data)

    assert str(refused.value)[: len(message)] == message
    assert time.process_time() - begun < LONG


def test_a_bundle_nested_without_end_is_refused() -> None:
    inner = b""
    for _ in range(80):
        inner = field(1, field(3, b"a") + field(5, inner))
    data = zipped(("base/manifest/AndroidManifest.xml", inner))

    with pytest.raises(Unreadable) as refused:
        observe(data)

    assert str(refused.value).endswith("it is nested deeper than 60 levels.")


def test_names_that_lead_out_are_told_and_left() -> None:
    stream = io.BytesIO(samples.apk())
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("../../etc/cron.d/x", b"no")
        archive.writestr("C:\\windows", b"no")

    assert observe(stream.getvalue()).remarks == ("2 names lead out of the archive or are links: not read.",)


def test_a_permission_without_a_name_is_told_and_the_rest_is_read() -> None:
    observed = observe(b"<manifest package='a'>\n<uses-permission/><uses-sdk/></manifest>")

    assert "A permission without a name is not read (AndroidManifest.xml:2)." in observed.remarks


def test_a_binary_list_with_days_bytes_and_references_is_still_read() -> None:
    told = {**samples.INFO, "NSDay": datetime(2026, 11, 23), "NSBytes": b"abc", "NSNumber": 1.5}  # noqa: DTZ001
    observed = observe(plistlib.dumps(told, fmt=plistlib.FMT_BINARY))

    assert {one.key: one.value for one in observed.of("other")} == {
        "NSFutureKey": '{"deep": [1]}',
        "NSDay": "2026-11-23T00:00:00",
        "NSBytes": "3 bytes",
        "NSNumber": "1.5",
    }


def test_four_hundred_broken_files_are_read_or_refused_and_nothing_else() -> None:
    told, slowest, _ = run(400, seed=11)

    assert (told["read"] + told["refused"], told["refused without words"]) == (400, 0)
    assert told["read"] > 40
    assert slowest < 2
