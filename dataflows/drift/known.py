"""What is known of permissions and SDKs: dated lists under data/, read once."""

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from compliance.artefacts.formats.observation import Observation
from dataflows.vocabulary import DATA


@dataclass(frozen=True)
class Expected:
    """What a permission or usage key lets us expect; `ask` when a flow has to stand behind it.

    `only_way` are categories that reach the app by no other way.
    """

    platform: str
    name: str
    group: str
    label: str
    categories: frozenset[str]
    ask: bool
    only_way: frozenset[str]
    note: str


@dataclass(frozen=True)
class Sdk:
    """An SDK that collects, how its builds are told, and the settings that switch its collection off."""

    code: str
    name: str
    company: str
    country: str
    does: str
    categories: tuple[str, ...]
    android: tuple[str, ...]
    ios: tuple[str, ...]
    trackers: tuple[str, ...]
    domains: tuple[str, ...]
    off: tuple[str, ...]
    note: str


@cache
def _file(name: str) -> dict[str, Any]:
    return dict(json.loads((DATA / name).read_text(encoding="utf-8")))


@cache
def expectations() -> tuple[Expected, ...]:
    rows = _file("permissions.json")["rows"]
    sets = ("categories", "only_way")
    return tuple(Expected(**{**row, **{name: frozenset(row[name]) for name in sets}}) for row in rows)


@cache
def expected(name: str) -> Expected | None:
    """What is known of a permission or usage key."""
    return next((row for row in expectations() if row.name == name or fnmatchcase(name, row.name)), None)


@cache
def sdks() -> tuple[Sdk, ...]:
    lists = ("categories", "android", "ios", "trackers", "domains", "off")
    rows = _file("known_sdks.json")["rows"]
    return tuple(Sdk(**{**row, **{name: tuple(row[name]) for name in lists}}) for row in rows)


@cache
def platform_parts() -> tuple[str, ...]:
    """Beginnings of names that belong to the platform or to tools that collect nothing by themselves."""
    return tuple(_file("known_sdks.json")["platform"])


@cache
def listed_by_apple() -> frozenset[str]:
    """SDKs that have to bring a privacy manifest of their own."""
    return frozenset(_file("known_sdks.json")["listed_by_apple"])


@cache
def harmless_hosts() -> frozenset[str]:
    """Hosts that stand in programs as names only: schemas, documentation, stores."""
    return frozenset(_file("known_sdks.json")["harmless_hosts"])


@cache
def plain_by_design() -> tuple[str, ...]:
    """Hosts that tell which certificates were withdrawn: plain by design, since what they say is signed."""
    return tuple(_file("known_sdks.json")["plain_by_design"])


def rule_rows() -> list[dict[str, Any]]:
    """The rules as they are written down."""
    return list(_file("drift_rules.json")["rows"])


def contradictions() -> list[dict[str, Any]]:
    """Which answers which facts contradict."""
    return list(_file("drift_rules.json")["contradictions"])


def sdk_of(one: Observation) -> Sdk | None:
    """The known SDK an observation gives away, if it does."""
    name = one.key.removeprefix("pkg:maven/").removeprefix("pkg:cocoapods/").removeprefix("pkg:swift/")
    if one.kind == "tracker":
        return next((row for row in sdks() if one.key.lower() in (word.lower() for word in row.trackers)), None)
    if one.kind == "sdk":
        last = name.rpartition("/")[2]
        return next((row for row in sdks() if _begins(name, row.android) or last in row.ios or name in row.ios), None)
    if one.kind in {"component", "meta"}:
        return next((row for row in sdks() if _begins(name, row.android)), None)
    return None


def is_platform(name: str) -> bool:
    """Whether a part belongs to the platform, or is a tool that collects nothing by itself."""
    bare = name.removeprefix("pkg:maven/")
    known = next((row for row in sdks() if _begins(bare, row.android)), None)
    return known is None and bare.startswith(platform_parts())


def _begins(name: str, packages: tuple[str, ...]) -> bool:
    """Whether a name is one of these packages or stands below one."""
    return any(name == one or (name.startswith(one) and name[len(one)] in "./-_") for one in packages)


def company_matches(company: str, party: str) -> bool:
    """Whether the name of a party is that of a company: its words begin with the company's."""
    ours, theirs = _words(company), _words(party)
    return bool(ours) and theirs[: len(ours)] == ours


def _words(name: str) -> list[str]:
    return ["".join(letter for letter in word if letter.isalnum()) for word in name.casefold().split()]
