"""What a dropped file is, told by its bytes, and what it says about the app."""

import io
from collections.abc import Callable
from typing import IO

from compliance.artefacts import formats
from compliance.artefacts.formats import (
    android_binary,
    android_manifest,
    android_package,
    android_protobuf,
    app_store_privacy,
    entitlements,
    info_plist,
    ios_package,
    network_security,
    play_data_safety,
    plist_file,
    privacy_manifest,
    report_facts,
    store_labels,
    xml_file,
)
from compliance.artefacts.formats.archive import Archive
from compliance.artefacts.formats.element import Element
from compliance.artefacts.formats.json_file import MAX_BYTES, Node, Unreadable, parse
from compliance.artefacts.formats.observation import Observed

MAX_PACKAGE = 2 * 1024 * 1024 * 1024
ZIP = b"PK\x03\x04"
LABELS = {
    android_manifest.KEY: "Android manifest",
    network_security.KEY: "Android network security configuration",
    android_package.APK: "Android app (APK)",
    android_package.AAB: "Android App Bundle (AAB)",
    info_plist.KEY: "Info.plist",
    entitlements.KEY: "Entitlements",
    "provisioning_profile": "Provisioning profile",
    privacy_manifest.KEY: "Privacy manifest (PrivacyInfo.xcprivacy)",
    ios_package.IPA: "iOS app (IPA)",
    **store_labels.LABELS,
    **formats.FORMATS,
}


def observe(source: bytes | IO[bytes]) -> Observed:
    """The facts of a file, whose format is told by its content alone. Raises Unreadable, and nothing else."""
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    size = stream.seek(0, 2)
    stream.seek(0)
    head = stream.read(4096)
    if not head:
        raise Unreadable("The file is empty.")
    if head.startswith((ZIP, b"PK\x05\x06")):
        if size > MAX_PACKAGE:
            raise Unreadable(f"The archive has more than {MAX_PACKAGE // 1024**3} GB.")
        return _package(Archive(stream))
    if size > MAX_BYTES:
        raise Unreadable(f"The file has more than {MAX_BYTES // 1024**2} MB: only archives of apps may be larger.")
    stream.seek(0)
    return _file(stream.read(MAX_BYTES + 1))


def _package(archive: Archive) -> Observed:
    if android_package.is_apk(archive):
        return android_package.read_apk(archive)
    if android_package.is_aab(archive):
        return android_package.read_aab(archive)
    if ios_package.is_this(archive):
        return ios_package.read(archive)
    raise Unreadable("This ZIP archive holds no app: neither AndroidManifest.xml nor Payload/….app is in it.")


def _file(data: bytes) -> Observed:
    if android_binary.is_this(data) or android_protobuf.is_this(data):
        return _tree(android_manifest.tree(data, "binary XML"))
    if data.startswith((b"\x30\x80", b"\x30\x82", b"\x30\x83")):
        return _named("the profile", entitlements.profile_list(data, "the profile"), _profile)
    if plist_file.is_this(data):
        return _named("the property list", plist_file.parse(data, "the property list"), _plist)
    if play_data_safety.is_this(data):
        return store_labels.play(data)
    return _text(data)


def _text(data: bytes) -> Observed:
    first = data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:1]
    if first == b"<" and b"cyclonedx.org/schema/bom" in data[:4096]:
        raise Unreadable("This is CycloneDX in XML, which is not read: have it written as JSON.")
    if first == b"<":
        return _tree(xml_file.parse(data, _called(data[:65_536])))
    if first in {b"{", b"["}:
        root = parse(data)
        return store_labels.app_store(data) if app_store_privacy.is_this(root) else report_facts.observed(root)
    raise Unreadable(f"This file is none of the formats that can be read: {', '.join(LABELS.values())}.")


def _called(head: bytes) -> str:
    """What places in an XML file are named by, since the file's own name is not believed."""
    named = {b"<manifest": android_manifest.FILE, b"<network-security-config": network_security.FILE}
    return next((name for mark, name in named.items() if mark in head), "the XML")


def _tree(root: Element) -> Observed:
    if network_security.is_this(root):
        return network_security.read(root)
    if android_manifest.is_this(root):
        return android_manifest.read(root)
    raise Unreadable(f"{root.where}, <{root.name}>: it is neither a manifest nor a network configuration.")


def _named(file: str, root: Node, read: Callable[[Node], Observed]) -> Observed:
    try:
        return read(root)
    except Unreadable as error:
        raise Unreadable(f"{file[:1].upper()}{file[1:]}: {error}") from error


def _profile(root: Node) -> Observed:
    if not entitlements.is_profile(root):
        root.refuse("this property list is no provisioning profile")
    return entitlements.read_profile(root)


PLISTS = (
    (privacy_manifest.is_this, privacy_manifest.read),
    (entitlements.is_profile, entitlements.read_profile),
    (entitlements.is_this, entitlements.read),
    (info_plist.is_this, info_plist.read),
)


def _plist(root: Node) -> Observed:
    if not root.is_object() or not root.value:
        root.refuse("a property list of an app is a dictionary with something in it")
    for is_this, read in PLISTS:
        if is_this(root):
            return read(root)
    raise Unreadable("it is neither Info.plist nor entitlements nor a privacy manifest.")
