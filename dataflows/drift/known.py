"""What is known of permissions and SDKs: dated lists under data/, read once."""

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, lru_cache
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


@lru_cache(maxsize=4096)
def expected(name: str) -> Expected | None:
    """What is known of a permission or usage key."""
    return _by_name().get(name) or next((row for row in _patterns() if fnmatchcase(name, row.name)), None)


@cache
def _by_name() -> dict[str, Expected]:
    return {row.name: row for row in expectations()}


@cache
def _patterns() -> tuple[Expected, ...]:
    return tuple(row for row in expectations() if "*" in row.name)


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
        return _index("trackers").get(one.key.lower())
    if one.kind == "sdk":
        frameworks = _index("ios")
        return _package(name) or frameworks.get(name.rpartition("/")[2].lower()) or frameworks.get(name.lower())
    return _package(name) if one.kind in {"component", "meta"} else None


@cache
def _index(column: str) -> dict[str, Sdk]:
    """The SDKs by one of their lists, in small letters."""
    return {word.lower(): row for row in sdks() for word in getattr(row, column)}


def _package(name: str) -> Sdk | None:
    """The SDK whose package a name is or stands below; of several the nearest."""
    index, bare = _index("android"), name.lower()[:300]
    ends = [at for at, letter in enumerate(bare) if letter in "./-_"]
    return next((index[bare[:at]] for at in (len(bare), *reversed(ends)) if bare[:at] in index), None)


def is_platform(name: str) -> bool:
    """Whether a part belongs to the platform, or is a tool that collects nothing by itself."""
    bare = name.removeprefix("pkg:maven/")
    return bare.startswith(platform_parts()) and _package(bare) is None


def company_matches(company: str, party: str) -> bool:
    """Whether the name of a party is that of a company: its words begin with the company's."""
    ours, theirs = _words(company), _words(party)
    return bool(ours) and theirs[: len(ours)] == ours


def _words(name: str) -> list[str]:
    return ["".join(letter for letter in word if letter.isalnum()) for word in name.casefold().split()]
