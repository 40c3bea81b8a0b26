"""An IPA: the app, its extensions and frameworks, their privacy manifests, what its signature lets it do."""

import re
from collections.abc import Iterator
from dataclasses import replace

from compliance.artefacts.formats import entitlements, info_plist, mach_o, plist_file, privacy_manifest
from compliance.artefacts.formats.archive import Archive
from compliance.artefacts.formats.json_file import Node, Unreadable
from compliance.artefacts.formats.observation import MAX_OBSERVATIONS, Observation, Observed, given, once

IPA = "ipa"
APP = re.compile(r"^Payload/[^/]{1,200}\.app/Info\.plist$")
INNER = re.compile(r"/(?P<name>[^/]{1,160})\.(?P<kind>framework|bundle|appex|app|xctest)/(?P<rest>.*)$")
MAX_PARTS = 1500
MOST_PROGRAM = 300 * 1024 * 1024


def is_this(archive: Archive) -> bool:
    return any(APP.match(name) for name in archive.names)


def read(archive: Archive) -> Observed:
    """The facts of an IPA; those of its SDKs say so in `by`. Raises Unreadable."""
    lists = [name for name in archive.names if APP.match(name)]
    if len(lists) > 1:
        raise Unreadable(f"{lists[1]}: the archive holds more than one app.")
    folder = lists[0].removesuffix("Info.plist")
    root = _list(archive, lists[0])
    said = _placed(root, lists[0], "")
    facts, remarks = list(said.observations), [*said.remarks, *archive.remarks]
    inside = [name for name in archive.names if name.startswith(folder)]
    for name in inside:
        facts += _part(archive, name, folder)
        if len(facts) > MAX_OBSERVATIONS:
            raise Unreadable(f"{folder}: the app says more than {MAX_OBSERVATIONS:,} things.")
    facts += _bundles(archive, inside, folder)
    facts += _signed(archive, folder, root["CFBundleExecutable"].text(200), remarks)
    return replace(said, format=IPA, observations=once(facts), remarks=tuple(dict.fromkeys(remarks)))


def _list(archive: Archive, name: str) -> Node:
    return plist_file.parse(archive.read(name, plist_file.MAX_BYTES), name)


def _placed(root: Node, name: str, by: str) -> Observed:
    try:
        return info_plist.read(root, name, by)
    except Unreadable as error:
        raise Unreadable(f"{name}: {error}") from error


def _part(archive: Archive, name: str, folder: str) -> list[Observation]:
    """What one file inside the app says, when it is one that says something."""
    by, kind = _whose(name, folder)
    if name.endswith("/PrivacyInfo.xcprivacy"):
        try:
            return list(privacy_manifest.read(_list(archive, name), name, by).observations)
        except Unreadable as error:
            raise error if str(error).startswith(name) else Unreadable(f"{name}: {error}") from error
    if name.endswith("/Info.plist") and kind in {"appex", "app"}:
        return list(_placed(_list(archive, name), name, by).observations)
    if name == f"{folder}embedded.mobileprovision":
        root = entitlements.profile_list(archive.read(name, plist_file.MAX_BYTES), name)
        return list(entitlements.read_profile(root, name).observations)
    return []


def _whose(name: str, folder: str) -> tuple[str, str]:
    """The innermost bundle a file belongs to and its kind; empty for the app itself."""
    rest = "/" + name.removeprefix(folder)
    found, kind = "", ""
    while match := INNER.search(rest):
        first = re.search(r"/([^/]{1,160})\.(framework|bundle|appex|app|xctest)/", rest)
        if first is None:
            break
        found, kind = first.group(1), first.group(2)
        rest = rest[first.end() - 1 :]
        del match
    return found, kind


def _bundles(archive: Archive, inside: list[str], folder: str) -> Iterator[Observation]:
    """The frameworks and resource bundles in an app: version, whether they declare and whether they are signed."""
    known: dict[str, str] = {}
    for name in inside:
        match = re.search(r"^(.*/([^/]{1,160})\.(?:framework|bundle))/", name)
        if match and len(known) < MAX_PARTS:
            known.setdefault(match.group(1), match.group(2))
    names = set(inside)
    for path, label in known.items():
        identifier = version = ""
        if f"{path}/Info.plist" in names:
            root = _list(archive, f"{path}/Info.plist")
            identifier = _text(root["CFBundleIdentifier"])
            version = _text(root["CFBundleShortVersionString"]) or _text(root["CFBundleVersion"])
        more = given(
            bundle=identifier,
            manifest="true" if f"{path}/PrivacyInfo.xcprivacy" in names else "false",
            signed="true" if f"{path}/_CodeSignature/CodeResources" in names else "false",
            form=path.rpartition(".")[2],
        )
        yield Observation("sdk", label, version, path, more=more)


def _text(node: Node) -> str:
    return node.text(120) if isinstance(node.value, str | int | float) and not isinstance(node.value, bool) else ""


def _signed(archive: Archive, folder: str, program: str, remarks: list[str]) -> list[Observation]:
    """The entitlements in the signature of the program, which count more than those the profile allows."""
    name = f"{folder}{program}"
    if not program or name not in archive:
        remarks.append("The program of the app is not in the archive: its entitlements are not read.")
        return []
    try:
        data = mach_o.entitlements(archive.pieces(name, MOST_PROGRAM))
        if not data:
            remarks.append(f"{program} carries no entitlements: it is not signed, or signed without.")
            return []
        return list(entitlements.read(plist_file.parse(data, name), name).observations)
    except Unreadable as error:
        remarks.append(f"Entitlements are not read. {error}")
        return []
