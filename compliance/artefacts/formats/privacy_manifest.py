"""PrivacyInfo.xcprivacy: what an app or an SDK says it collects, tracks and which guarded interfaces it uses."""

from collections.abc import Iterator

from compliance.artefacts.formats.json_file import Node
from compliance.artefacts.formats.observation import Observation, Observed, given, once
from compliance.artefacts.formats.plist_values import flat, listed, place, truth

KEY = "privacy_manifest"
FILE = "PrivacyInfo.xcprivacy"
TYPE, PURPOSE, API = "NSPrivacyCollectedDataType", "NSPrivacyCollectedDataTypePurpose", "NSPrivacyAccessedAPICategory"
READ = {"NSPrivacyTracking", "NSPrivacyTrackingDomains", "NSPrivacyCollectedDataTypes", "NSPrivacyAccessedAPITypes"}


def is_this(root: Node) -> bool:
    return root.is_object() and any(name.startswith("NSPrivacy") and name in READ for name, _ in root.fields())


def read(root: Node, file: str = FILE, by: str = "") -> Observed:
    """The facts; `by` names the SDK whose manifest it is, empty for the app's own. Raises Unreadable."""
    facts = once(_facts(root, file, by))
    return Observed(KEY, "ios", by, observations=facts)


def _facts(root: Node, file: str, by: str) -> Iterator[Observation]:
    if root.has("NSPrivacyTracking"):
        node = root["NSPrivacyTracking"]
        yield Observation("tracking", "NSPrivacyTracking", truth(node), place(file, node), by)
    for node in listed(root["NSPrivacyTrackingDomains"]):
        yield Observation("tracking_domain", node.text(253).lower(), "", place(file, node), by)
    for node in root["NSPrivacyCollectedDataTypes"].items():
        yield _collected(node, file, by)
    for node in root["NSPrivacyAccessedAPITypes"].items():
        reasons = node["NSPrivacyAccessedAPITypeReasons"].texts(20)
        name = node["NSPrivacyAccessedAPIType"].text(120).removeprefix(API)
        yield Observation("accessed_api", name, " ".join(reasons), place(file, node), by)
    for name, node in root.fields():
        if name not in READ:
            yield Observation("other", name[:120], flat(node)[:500], place(file, node), by)


def _collected(node: Node, file: str, by: str) -> Observation:
    name = node[TYPE].text(120)
    if not name:
        node[TYPE].refuse("a collected type has a name")
    purposes = " ".join(one.removeprefix(PURPOSE) for one in node[f"{TYPE}Purposes"].texts(120))
    more = given(
        linked=truth(node[f"{TYPE}Linked"]) if node[f"{TYPE}Linked"] else "",
        tracking=truth(node[f"{TYPE}Tracking"]) if node[f"{TYPE}Tracking"] else "",
    )
    return Observation("collected", name.removeprefix(TYPE), purposes, place(file, node), by, more)
