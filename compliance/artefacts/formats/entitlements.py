"""Entitlements: what Apple lets the app do, from a list, a provisioning profile or the signature of a program."""

from compliance.artefacts.formats import plist_file
from compliance.artefacts.formats.json_file import Node, Unreadable
from compliance.artefacts.formats.observation import Observation, Observed, given, once
from compliance.artefacts.formats.plist_values import flat, place, word

KEY = "entitlements"
FILE = "app.entitlements"
PREFIXES = ("com.apple.", "keychain-access-groups", "application-identifier", "get-task-allow", "aps-environment")
PROFILE = ("Entitlements", "TeamName", "ExpirationDate")


def is_this(root: Node) -> bool:
    return root.is_object() and any(name.startswith(PREFIXES) for name, _ in root.fields())


def is_profile(root: Node) -> bool:
    return root.is_object() and all(root.has(name) for name in PROFILE)


def read(root: Node, file: str = FILE, by: str = "", *, allowed_only: bool = False) -> Observed:
    """The facts; `allowed_only` for a profile, which says what may be asked for, not what is. Raises Unreadable."""
    facts = []
    for name, node in root.fields():
        value = word(node) if not node.is_object() else flat(node)[:500]
        more = given(allowed_only="true" if allowed_only else "")
        facts.append(Observation("entitlement", name[:200], value, place(file, node), by, more))
        if name == "com.apple.developer.associated-domains" and node.is_list():
            facts += [_domain(one, file, by) for one in node.items()]
    identifier = root["application-identifier"]
    return Observed(KEY, "ios", identifier.text(200).partition(".")[2], observations=once(facts))


def _domain(node: Node, file: str, by: str) -> Observation:
    service, _, host = node.text(300).partition(":")
    return Observation("link", f"https://{host.partition('?')[0]}", service, place(file, node), by)


def read_profile(root: Node, file: str = "embedded.mobileprovision") -> Observed:
    """What a provisioning profile allows and until when. Raises Unreadable."""
    inner = read(root["Entitlements"], file, allowed_only=True)
    facts = [Observation("signature", "profile", root["Name"].text(200), file, more=_terms(root)), *inner.observations]
    return Observed("provisioning_profile", "ios", inner.subject, observations=once(facts))


def _terms(root: Node) -> dict[str, str]:
    return given(
        until=root["ExpirationDate"].text(40),
        team=root["TeamName"].text(120),
        devices=str(len(root["ProvisionedDevices"].items()) or ""),
        everywhere=word(root["ProvisionsAllDevices"]) if root.has("ProvisionsAllDevices") else "",
    )


def profile_list(data: bytes, file: str) -> Node:
    """The property list inside a signed profile; the signature is not checked. Raises Unreadable."""
    start, end = data.find(b"<?xml"), data.rfind(b"</plist>")
    if start < 0 or end < start:
        raise Unreadable(f"{file}: there is no property list in this profile.")
    return plist_file.parse(data[start : end + len(b"</plist>")], file)
