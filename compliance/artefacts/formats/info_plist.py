"""Info.plist of an app or a part of it: what it asks for, what it opens, how it talks."""

from collections.abc import Iterator

from compliance.artefacts.formats.json_file import Node
from compliance.artefacts.formats.observation import MAX_OBSERVATIONS, Observation, Observed, given, link_kind, once
from compliance.artefacts.formats.plist_values import flat, listed, place, word

KEY = "info_plist"
FILE = "Info.plist"
APP = {
    "CFBundleIdentifier": "package",
    "CFBundleShortVersionString": "version",
    "CFBundleVersion": "build",
    "CFBundleName": "name",
    "CFBundleDisplayName": "application_label",
    "CFBundlePackageType": "type",
    "DTSDKName": "sdk",
    "DTXcode": "xcode",
}
FLAGS = {
    "UIFileSharingEnabled": "file_sharing",
    "LSSupportsOpeningDocumentsInPlace": "documents_in_place",
    "ITSAppUsesNonExemptEncryption": "own_encryption",
}
TRANSPORT = "NSAppTransportSecurity"
MARKS = ("CFBundle", "NS", "UI", "LS", "ITS", "BGTask")
USAGE = "UsageDescription"
# What says nothing about people or protection, and is not kept.
DULL = ("CFBundle", "UI", "DT", "NSMainNibFile", "NSMainStoryboardFile", "LSRequires", "BuildMachine", "MinimumOS")


def is_this(root: Node) -> bool:
    """Whether keys are those of an Info.plist; entitlements and privacy manifests are told before."""
    return root.is_object() and any(name.startswith(MARKS) for name, _ in root.fields())


def read(root: Node, file: str = FILE, by: str = "") -> Observed:
    """The facts of a list; `by` names the part of the app it belongs to, if it does. Raises Unreadable."""
    facts = once(_facts(root, file, by))
    if len(facts) > MAX_OBSERVATIONS:
        root.refuse(f"it says more than {MAX_OBSERVATIONS:,} things")
    return Observed(
        format=KEY,
        platform="ios",
        subject=root["CFBundleIdentifier"].text(200),
        version=root["CFBundleShortVersionString"].text(60),
        observations=facts,
        remarks=_remarks(root),
    )


def _facts(root: Node, file: str, by: str) -> Iterator[Observation]:
    named = {name: ("app", key) for name, key in APP.items()} | {name: ("flag", key) for name, key in FLAGS.items()}
    for name, (kind, key) in {**named, "MinimumOSVersion": ("os", "min")}.items():
        if root.has(name):
            yield Observation(kind, key, word(root[name]), place(file, root[name]), by)
    for name, node in root.fields():
        if name.endswith(USAGE):
            yield Observation("usage_string", name[:120], node.text(500), place(file, node), by)
        elif not _is_read(name):
            yield Observation("other", name[:120], flat(node)[:500], place(file, node), by)
    yield from _transport(root[TRANSPORT], file, by)
    yield from _opens(root, file, by)


def _is_read(name: str) -> bool:
    known = name in {*APP, *FLAGS, TRANSPORT, "LSApplicationQueriesSchemes", "SKAdNetworkItems", "NSExtension"}
    return known or name.startswith(DULL)


def _transport(node: Node, file: str, by: str) -> Iterator[Observation]:
    for name, one in node.fields():
        if name == "NSExceptionDomains":
            yield from _exceptions(one, file, by)
        elif name == "NSPinnedDomains":
            yield from _pinned(one, file, by)
        else:
            yield Observation("ats", name[:120], word(one), place(file, one), by)


def _exceptions(node: Node, file: str, by: str) -> Iterator[Observation]:
    for domain, settings in node.fields():
        host = domain.lower()[:253]
        yield Observation("domain", host, "", place(file, settings), by)
        for name, one in settings.fields():
            yield Observation("ats", name[:120], word(one), place(file, one), by, given(domain=host))


def _pinned(node: Node, file: str, by: str) -> Iterator[Observation]:
    for domain, settings in node.fields():
        count = sum(len(settings[name].items()) for name in ("NSPinnedCAIdentities", "NSPinnedLeafIdentities"))
        yield Observation("domain", domain.lower()[:253], "", place(file, settings), by)
        yield Observation("pins", domain.lower()[:253], "", place(file, settings), by, given(count=str(count)))


def _opens(root: Node, file: str, by: str) -> Iterator[Observation]:
    for node in root["CFBundleURLTypes"].items():
        for scheme in node["CFBundleURLSchemes"].items():
            name = scheme.text(120)
            yield Observation("link", name, link_kind(name), place(file, scheme), by)
    for node in listed(root["LSApplicationQueriesSchemes"]):
        yield Observation("query", node.text(120), "scheme", place(file, node), by)
    for node in listed(root["UIBackgroundModes"]):
        yield Observation("background", node.text(60), "", place(file, node), by)
    for node in listed(root["SKAdNetworkItems"]):
        network = node["SKAdNetworkIdentifier"].text(120) if node.is_object() else word(node)
        yield Observation("ad_network", network.lower(), "", place(file, node), by)
    extension = root["NSExtension"]["NSExtensionPointIdentifier"].text(200)
    if extension:
        yield Observation("extension", root["CFBundleIdentifier"].text(200), extension, file, by)


def _remarks(root: Node) -> tuple[str, ...]:
    held = [name for name, node in root.fields() if isinstance(node.value, str) and "$(" in node.value]
    if not held:
        return ()
    return (f"It has {len(held):,} placeholders of the build ($(…)): send the list of the built app.",)
