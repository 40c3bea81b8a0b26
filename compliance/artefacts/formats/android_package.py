"""An APK or an Android App Bundle: its manifest, its network configuration, its parts, its signature."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from compliance.artefacts.formats import (
    android_manifest,
    android_protobuf,
    apk_signature,
    network_security,
)
from compliance.artefacts.formats.archive import Archive
from compliance.artefacts.formats.binary import Bytes
from compliance.artefacts.formats.element import Element
from compliance.artefacts.formats.json_file import Unreadable, clean
from compliance.artefacts.formats.observation import Observation, Observed, given, once
from compliance.artefacts.formats.resource_table import Table

APK, AAB = "apk", "aab"
MANIFEST = "AndroidManifest.xml"
BASE = f"base/manifest/{MANIFEST}"
TABLE = "resources.arsc"
MOST_XML, MOST_TABLE, MOST_NOTE = 4 * 1024 * 1024, 64 * 1024 * 1024, 4096
MAX_NOTES = 600
DEPENDENCIES = "BUNDLE-METADATA/com.android.tools.build.libraries/dependencies.pb"
VERSION = re.compile(r"(?:^|/)META-INF/([\w.-]{1,120})\.version$")
PROPERTIES = re.compile(r"^(?:base/root/)?([\w-]{1,80})\.properties$")
LIBRARY = re.compile(r"(?:^|/)lib/([\w-]{1,30})/(lib[\w.+-]{1,100})\.so$")
REFERENCE = re.compile(r"@0x[0-9a-f]{8}$")


def is_apk(archive: Archive) -> bool:
    return MANIFEST in archive


def is_aab(archive: Archive) -> bool:
    return BASE in archive


def read_apk(archive: Archive) -> Observed:
    """The facts of an APK. Raises Unreadable."""
    root = android_manifest.tree(archive.read(MANIFEST, MOST_XML), MANIFEST)
    resolve, remarks = _resolver(archive, root)
    said = android_manifest.read(root, resolve)
    facts = [*said.observations, *apk_signature.read(archive), *_parts(archive)]
    network = said.value("flag", "network_security_config")
    if network:
        facts += _network(archive, network, remarks, lambda data, file: _binary_or_text(data, file))
    return _whole(APK, said, facts, [*said.remarks, *remarks, *archive.remarks])


def read_aab(archive: Archive) -> Observed:
    """The facts of a bundle with all its modules. Raises Unreadable."""
    base = android_manifest.read(android_protobuf.parse(archive.read(BASE, MOST_XML), BASE))
    facts, remarks = list(base.observations), [*base.remarks, *archive.remarks]
    for name in archive.names:
        if name.endswith(f"/manifest/{MANIFEST}") and name != BASE:
            module = android_manifest.read(android_protobuf.parse(archive.read(name, MOST_XML), name))
            facts += [one for one in module.observations if one.kind not in {"app", "os"}]
    network = base.value("flag", "network_security_config")
    if network:
        path = f"base/res/{network.removeprefix('@').partition(':')[2] or network.removeprefix('@')}.xml"
        facts += _network(archive, path, remarks, android_protobuf.parse)
    facts += [*_parts(archive), *_dependencies(archive)]
    return _whole(AAB, base, facts, remarks)


def _whole(key: str, said: Observed, facts: list[Observation], remarks: list[str]) -> Observed:
    return replace(
        said,
        format=key,
        observations=once(facts),
        remarks=tuple(one for one in dict.fromkeys(remarks) if one != android_manifest.SOURCE),
    )


def _binary_or_text(data: bytes, file: str) -> Element:
    return android_manifest.tree(data, file)


def _resolver(archive: Archive, root: Element) -> tuple[Callable[[str], str], list[str]]:
    """What turns references of a manifest into values, and what is to be said when the table cannot be read."""
    wanted = {value for value in _values(root) if REFERENCE.match(value)}
    if not wanted or TABLE not in archive:
        return str, []
    try:
        known = Table(archive.read(TABLE, MOST_TABLE)).values(sorted(wanted))
    except Unreadable as error:
        return str, [f"References stay as they are written: {error}"]
    return lambda value: known.get(value, value), []


def _values(one: Element) -> Iterator[str]:
    yield from one.attributes.values()
    for inner in one.children:
        yield from _values(inner)


def _network(
    archive: Archive, path: str, remarks: list[str], parse: Callable[[bytes, str], Element]
) -> list[Observation]:
    known = path if path in archive else "res/xml/network_security_config.xml"
    if known not in archive:
        remarks.append(f"The network security configuration {path} is not where the manifest says: it is not read.")
        return []
    return list(network_security.read(parse(archive.read(known, MOST_XML), known)).observations)


def _parts(archive: Archive) -> Iterator[Observation]:
    """SDKs by the notes their builds leave behind, and native libraries."""
    libraries: dict[str, list[str]] = {}
    notes = 0
    for name in archive.names:
        if match := LIBRARY.search(name):
            libraries.setdefault(match.group(2), []).append(match.group(1))
        elif notes < MAX_NOTES and (VERSION.search(name) or PROPERTIES.match(name)):
            notes += 1
            yield from _note(archive, name)
    for library, processors in list(libraries.items())[:1000]:
        yield Observation("library", library, " ".join(sorted(set(processors))), f"lib/…/{library}.so")


def _note(archive: Archive, name: str) -> Iterator[Observation]:
    """What META-INF/group_artifact.version and firebase-analytics.properties say."""
    try:
        text = archive.read(name, MOST_NOTE).decode("utf-8", "replace")
    except Unreadable:
        return
    if match := VERSION.search(name):
        group, _, artifact = match.group(1).partition("_")
        version = clean(text)[:60]
        key = f"pkg:maven/{group}/{artifact}" if artifact else group
        yield Observation("sdk", key, "" if version.startswith("task ") else version, name)
    elif (said := dict(line.partition("=")[::2] for line in text.splitlines() if "=" in line)) and said.get("version"):
        yield Observation("sdk", clean(said.get("client") or said["version"])[:120], clean(said["version"])[:60], name)


def _dependencies(archive: Archive) -> Iterator[Observation]:
    """The libraries a bundle was built with, as its build wrote them down (AppDependencies of the Android plugin)."""
    if DEPENDENCIES not in archive:
        return
    source = Bytes(archive.read(DEPENDENCIES, MOST_XML), DEPENDENCIES)
    for number, _, start, end in android_protobuf.fields(source, 0, len(source)):
        if number != 1:
            continue
        for inner, _, at, stop in android_protobuf.fields(source, start, end):
            if inner == 1:
                yield _library(source, at, stop)


def _library(source: Bytes, at: int, end: int) -> Observation:
    said = {}
    for number, _, start, stop in android_protobuf.fields(source, at, end):
        said[number] = clean(source.take(start, min(stop - start, 200)).decode("utf-8", "replace"))
    key = f"pkg:maven/{said.get(1, '')}/{said.get(2, '')}"
    return Observation("sdk", key, said.get(5, ""), DEPENDENCIES, more=given(listed="true"))
