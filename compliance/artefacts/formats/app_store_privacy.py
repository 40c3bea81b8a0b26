"""The privacy label of the App Store as fastlane keeps it (`app_privacy_details.json`): a list of what is collected.

Every entry is kept as it is written, so that a label that is read and written is the same to the byte, also where it
holds names that are not known here. Changing what is collected writes only the entries that change.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from compliance.artefacts.formats.json_file import Node, Unreadable, parse

TRACKED, LINKED, UNLINKED = "DATA_USED_TO_TRACK_YOU", "DATA_LINKED_TO_YOU", "DATA_NOT_LINKED_TO_YOU"
NOTHING = "DATA_NOT_COLLECTED"
PROTECTIONS = (TRACKED, LINKED, UNLINKED, NOTHING)
CATEGORIES = {
    "NAME": "Name",
    "EMAIL_ADDRESS": "Email address",
    "PHONE_NUMBER": "Phone number",
    "PHYSICAL_ADDRESS": "Physical address",
    "OTHER_CONTACT_INFO": "Other user contact info",
    "HEALTH": "Health",
    "FITNESS": "Fitness",
    "PAYMENT_INFORMATION": "Payment info",
    "CREDIT_AND_FRAUD": "Credit info",
    "OTHER_FINANCIAL_INFO": "Other financial info",
    "PRECISE_LOCATION": "Precise location",
    "COARSE_LOCATION": "Coarse location",
    "SENSITIVE_INFO": "Sensitive info",
    "CONTACTS": "Contacts",
    "EMAILS_OR_TEXT_MESSAGES": "Emails or text messages",
    "PHOTOS_OR_VIDEOS": "Photos or videos",
    "AUDIO": "Audio data",
    "GAMEPLAY_CONTENT": "Gameplay content",
    "CUSTOMER_SUPPORT": "Customer support",
    "OTHER_USER_CONTENT": "Other user content",
    "BROWSING_HISTORY": "Browsing history",
    "SEARCH_HISTORY": "Search history",
    "USER_ID": "User ID",
    "DEVICE_ID": "Device ID",
    "PURCHASE_HISTORY": "Purchase history",
    "PRODUCT_INTERACTION": "Product interaction",
    "ADVERTISING_DATA": "Advertising data",
    "OTHER_USAGE_DATA": "Other usage data",
    "CRASH_DATA": "Crash data",
    "PERFORMANCE_DATA": "Performance data",
    "OTHER_DIAGNOSTIC_DATA": "Other diagnostic data",
    "OTHER_DATA": "Other data types",
}
PURPOSES = {
    "THIRD_PARTY_ADVERTISING": "Third-party advertising",
    "DEVELOPERS_ADVERTISING": "Developer's advertising or marketing",
    "ANALYTICS": "Analytics",
    "PRODUCT_PERSONALIZATION": "Product personalization",
    "APP_FUNCTIONALITY": "App functionality",
    "OTHER_PURPOSES": "Other purposes",
}
SPACE = " \t\r\n"
LONGEST = 200


@dataclass(frozen=True)
class LabelUse:
    """What a label says about one category; `linked` is None where it says neither."""

    category: str
    linked: bool | None = None
    tracked: bool = False
    purposes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Entry:
    """One entry of the list as it is written, and what is read of it."""

    raw: str
    category: str
    purposes: tuple[str, ...] = ()
    protections: tuple[str, ...] = ()
    other: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Label:
    """A label: its entries, and the file they were read from as long as nothing changed."""

    entries: tuple[Entry, ...] = ()
    source: bytes | None = None


def is_this(root: Node) -> bool:
    """Whether a parsed document is such a list."""
    return root.is_list() and all(isinstance(one, dict) and "data_protections" in one for one in root.value[:5])


def read(data: bytes) -> Label:
    """The label in a file. Raises Unreadable, which names the key."""
    root = parse(data)
    if not root.is_list():
        raise Unreadable("The document: a list of categories is expected here, as fastlane writes it.")
    raws = _slices(data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"))
    entries = tuple(_entry(node, raw) for node, raw in zip(root.items(), raws, strict=True))
    return Label(entries, data)


def write(label: Label) -> bytes:
    """The file of a label; one that was read and not changed is the file it was read from."""
    if label.source is not None:
        return label.source
    inner = ",\n".join(f"  {entry.raw}" for entry in label.entries)
    return (f"[\n{inner}\n]\n" if inner else "[\n]\n").encode("utf-8")


def declared(label: Label) -> dict[str, LabelUse]:
    """What a label says is collected, each category once; nothing where it says that nothing is."""
    found: dict[str, LabelUse] = {}
    for entry in label.entries:
        if not entry.category:
            continue
        use = found.get(entry.category, LabelUse(entry.category))
        linked = True if LINKED in entry.protections else False if UNLINKED in entry.protections else None
        found[entry.category] = LabelUse(
            entry.category,
            use.linked if linked is None else bool(use.linked) or linked,
            use.tracked or TRACKED in entry.protections,
            use.purposes | set(entry.purposes),
        )
    return found


def of_uses(uses: Iterable[LabelUse]) -> Label:
    """A label that says this and nothing else."""
    return with_uses(Label(), uses)


def with_uses(label: Label, uses: Iterable[LabelUse]) -> Label:
    """The label with this said about the known categories; entries that say it already, and unknown ones, stay."""
    wanted, said = {use.category: use for use in uses}, declared(label)
    entries: list[Entry] = []
    for entry in label.entries:
        use = wanted.get(entry.category)
        if entry.category and (entry.category not in CATEGORIES or said[entry.category] == use):
            entries.append(entry)
        elif use and entry.category not in {one.category for one in entries}:
            entries.append(_written(use, entry.other))
    present = {entry.category for entry in entries}
    entries += [_written(use, {}) for use in wanted.values() if use.category not in present]
    if not entries:
        entries = [_nothing()]
    same = tuple(entries) == label.entries
    return label if same else Label(tuple(entries))


def _entry(node: Node, raw: str) -> Entry:
    if not node.is_object():
        node.refuse("an object with category, purposes and data_protections is expected here")
    protections = _words(node["data_protections"])
    category = node["category"].text(LONGEST)
    if not protections:
        node["data_protections"].refuse("say how the data is protected, e.g. DATA_LINKED_TO_YOU")
    if not category and NOTHING not in protections:
        node["category"].refuse("an entry has a category")
    other = {name: value.value for name, value in node.fields() if name not in _NAMES}
    return Entry(raw, category, _words(node["purposes"]), protections, other)


_NAMES = ("category", "purposes", "data_protections")


def _words(node: Node) -> tuple[str, ...]:
    if node and not node.is_list():
        node.refuse("a list is expected here")
    return node.texts(LONGEST)


def _slices(text: str) -> list[str]:
    """The entries of a list as they are written; the list was parsed before, so it is one."""
    decoder, at = json.JSONDecoder(), text.index("[") + 1
    found: list[str] = []
    while True:
        while text[at] in SPACE + ",":
            at += 1
        if text[at] == "]":
            return found
        _, end = decoder.raw_decode(text, at)
        found.append(text[at:end])
        at = end


def _written(use: LabelUse, other: Mapping[str, Any]) -> Entry:
    protections = [LINKED if use.linked else UNLINKED] if use.linked is not None else []
    protections += [TRACKED] if use.tracked else []
    purposes = [code for code in PURPOSES if code in use.purposes]
    purposes += sorted(use.purposes - set(PURPOSES))
    value = {"category": use.category, "purposes": purposes, "data_protections": protections or [UNLINKED], **other}
    entry = Entry("", use.category, tuple(purposes), tuple(value["data_protections"]), dict(other))
    return replace(entry, raw=_raw(value))


def _nothing() -> Entry:
    value = {"data_protections": [NOTHING]}
    return Entry(_raw(value), "", (), (NOTHING,))


def _raw(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False).replace("\n", "\n  ")
