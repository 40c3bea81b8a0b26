"""What is known of permissions and SDKs: dated lists under data/, read once."""

import json
import re
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from compliance.artefacts.formats.observation import Observation
from dataflows.vocabulary import DATA

if TYPE_CHECKING:
    from dataflows.drift.papers import Policy

OLDEST_LEVEL = 18  # smaller numbers are versions of Android, not levels of its interface


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
    """An SDK that collects, how its builds are told, and the settings that switch its collection off.

    `android` are packages of its classes, `ios` frameworks, `packages` package addresses without pkg: and version.
    """

    code: str
    name: str
    company: str
    country: str
    does: str
    categories: tuple[str, ...]
    android: tuple[str, ...] = ()
    ios: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    trackers: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    note: str = ""


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
    lists = ("categories", "android", "ios", "packages", "trackers", "domains", "off")
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


def needs() -> dict[str, dict[str, list[str]]]:
    """What each rule judges by: files of a platform, any of which tells, and records that all have to be there."""
    return dict(_file("drift_rules.json")["needs"])


def policy_of(platform: str, oldest: str, on: date) -> "Policy":
    """What we support, said as the listing says it ("9 (API 28)", "16"), and what the store asks for on a day."""
    from dataflows.drift.papers import Policy  # papers are made of what is known

    if platform == "ios":
        return Policy(min_ios=oldest.strip())
    asked = [(date.fromisoformat(row["since"]), int(row["target"])) for row in _targets(platform)]
    now = max((target for since, target in asked if since <= on), default=None)
    coming = min(((since, target) for since, target in asked if since > on), default=(None, None))
    return Policy(
        min_android=android_level(oldest), target_android=now, next_target_android=coming[1], next_target_from=coming[0]
    )


def _targets(platform: str) -> list[dict[str, Any]]:
    return [row for row in _file("drift_rules.json")["store_targets"] if row["platform"] == platform]


def android_level(said: str) -> int | None:
    """The API level of an Android version as people write it: 9 (API 28), Android 9, 28."""
    level = re.search(r"API\D{0,3}(\d{1,3})", said, re.IGNORECASE)
    if level:
        return int(level[1])
    version = re.search(r"\d{1,3}", said)
    if version is None:
        return None
    known: dict[str, int] = _file("drift_rules.json")["android_versions"]
    return known.get(version[0], int(version[0]) if int(version[0]) > OLDEST_LEVEL else None)


class Catalogue:
    """SDKs by everything their builds are told by; the first of a name counts."""

    def __init__(self, rows: tuple[Sdk, ...]) -> None:
        self.rows = rows
        self.android = _by(rows, "android")
        self.ios = _by(rows, "ios")
        self.packages = _by(rows, "packages")
        self.trackers = _by(rows, "trackers")

    def sdk_of(self, one: Observation) -> Sdk | None:
        """The SDK an observation gives away, if it does."""
        if one.kind == "tracker":
            return self.trackers.get(one.key.lower())
        if one.kind == "sdk":
            return self._shipped(unquote(one.key[:300]).removeprefix("pkg:").lower())
        return self.below(one.key) if one.kind in {"component", "meta"} else None

    def _shipped(self, name: str) -> Sdk | None:
        bare = name.removeprefix("maven/").removeprefix("cocoapods/")
        return (
            self.packages.get(name) or self.below(bare) or self.ios.get(bare.rpartition("/")[2]) or self.ios.get(bare)
        )

    def below(self, name: str) -> Sdk | None:
        """The SDK whose package a name is or stands below; of several the nearest."""
        bare = name.lower()[:300]
        ends = [at for at, letter in enumerate(bare) if letter in "./-_"]
        return next((self.android[bare[:at]] for at in (len(bare), *reversed(ends)) if bare[:at] in self.android), None)


def _by(rows: tuple[Sdk, ...], column: str) -> dict[str, Sdk]:
    return {word.lower(): row for row in reversed(rows) for word in getattr(row, column)}


@cache
def catalogue() -> Catalogue:
    """The SDKs that come with Assay."""
    return Catalogue(sdks())


def is_platform(name: str) -> bool:
    """Whether a part belongs to the platform, or is a tool that collects nothing by itself."""
    bare = name.removeprefix("pkg:maven/")
    return bare.startswith(platform_parts()) and catalogue().below(bare) is None


def company_matches(company: str, party: str) -> bool:
    """Whether the name of a party is that of a company: its words begin with the company's."""
    ours, theirs = _words(company), _words(party)
    return bool(ours) and theirs[: len(ours)] == ours


def _words(name: str) -> list[str]:
    return ["".join(letter for letter in word if letter.isalnum()) for word in name.casefold().split()]
