"""Facts in plain words: what each kind is called, and with which others it stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compliance.artefacts.formats.observation import Observation


@dataclass(frozen=True)
class Group:
    """Kinds of facts that answer one question."""

    key: str
    title: str
    kinds: Mapping[str, str]


GROUPS = (
    Group(
        "app",
        "What it is",
        {
            "app": "App",
            "os": "System it runs on",
            "extension": "Extension",
            "library": "Native library",
            "signature": "Signature",
            "file": "File it is about",
        },
    ),
    Group(
        "asks",
        "What it asks for",
        {
            "permission": "Permission",
            "usage_string": "Text shown when it asks",
            "background": "Runs in the background for",
            "entitlement": "Entitlement",
            "permission_defined": "Permission it defines",
        },
    ),
    Group(
        "says",
        "What it says it collects",
        {
            "collected": "Data collected",
            "label": "Store label, data",
            "label_answer": "Store label, answer",
            "tracking": "Tracks people",
            "tracking_domain": "Tracks through",
            "accessed_api": "Guarded interface",
            "ad_network": "Advertising network",
        },
    ),
    Group("parts", "What is built in", {"sdk": "Component", "tracker": "Tracker"}),
    Group(
        "talks",
        "Whom it talks to",
        {
            "domain": "Host",
            "cleartext": "Without encryption",
            "trust": "Trusts authorities",
            "pins": "Pinned certificates",
            "ats": "Transport security",
        },
    ),
    Group("opens", "What others may open", {"component": "Component", "link": "Link", "query": "Looks for"}),
    Group("settings", "Settings", {"flag": "Switch", "meta": "Setting of an SDK"}),
    Group("other", "Kept, read by nobody yet", {"other": "Not read"}),
)
WORDS = {kind: word for group in GROUPS for kind, word in group.kinds.items()}
PLACE = {kind: number for number, kind in enumerate(WORDS)}


def group_of(key: str) -> Group | None:
    """The group of a key, or None."""
    return next((group for group in GROUPS if group.key == key), None)


def tally(counts: Mapping[str, int]) -> list[tuple[Group, int]]:
    """The groups that have facts, with how many."""
    found = [(group, sum(counts.get(kind, 0) for kind in group.kinds)) for group in GROUPS]
    return [(group, count) for group, count in found if count]


def sifted(facts: Iterable[Observation], group: str = "", words: str = "") -> list[Observation]:
    """Facts of a group that hold every word anywhere, in the order of the groups."""
    known = group_of(group)
    asked = words.casefold().split()
    found = [
        one
        for one in facts
        if (known is None or one.kind in known.kinds) and all(word in text_of(one) for word in asked)
    ]
    return sorted(found, key=lambda one: PLACE.get(one.kind, len(PLACE)))


def text_of(one: Observation) -> str:
    """Everything a fact says, to be searched in."""
    said = (one.kind, WORDS.get(one.kind, ""), one.key, one.value, one.by, one.where, *one.more, *one.more.values())
    return " ".join(said).casefold()


def more_of(one: Observation) -> str:
    """What else is known of a fact, on one line."""
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in one.more.items())
