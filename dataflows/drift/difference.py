"""What a build brought that the release before did not have, and which change class that makes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from compliance.artefacts.formats.observation import Observation
from dataflows.drift.build import Build
from dataflows.drift.known import catalogue, expected, is_platform

ORDER = {"patch": 0, "minor": 1, "major": 2}
MOST = 500


@dataclass(frozen=True)
class Change:
    """Something new, gone or set otherwise; `change_class` is what it makes of the release at least."""

    what: str
    key: str
    label: str
    change_class: str
    new: bool = True
    fact: Observation | None = None


def difference(new: Build, old: Build) -> list[Change]:
    """Everything that counts, new things first; only kinds of facts that both builds tell are compared."""
    found: list[Change] = []
    for kind, (what, weigh) in COMPARED.items():
        if not _comparable(kind, new, old):
            continue
        now, then = _facts(new, kind), _facts(old, kind)
        found += [
            Change(what, one.key, f"{what} {_called(one)}", weigh(one), True, one)
            for key, one in now.items()
            if key not in then and weigh(one)
        ]
        found += [
            Change(what, one.key, f"{what} {_called(one)} is gone", "patch", False, one)
            for key, one in then.items()
            if key not in now and weigh(one)
        ]
    found += _versions(new, old)
    return sorted(found, key=lambda one: (not one.new, -ORDER[one.change_class], one.what, one.key))[:MOST]


def change_class(changes: Iterable[Change]) -> str:
    """The least class a release with these changes can have."""
    return max((one.change_class for one in changes), key=lambda one: ORDER[one], default="patch")


def _comparable(kind: str, new: Build, old: Build) -> bool:
    """A kind only counts as new or gone where both have an artefact that would tell it."""
    tellers = TELLERS.get(kind)
    return tellers is None or bool(new.formats & tellers and old.formats & tellers)


ASKING = frozenset({"android_manifest", "apk", "aab", "info_plist", "ipa", "mobsf"})
TELLERS = {
    "permission": ASKING,
    "usage_string": ASKING,
    "background": ASKING,
    "link": ASKING,
    "sdk": frozenset({"cyclonedx", "spdx", "apk", "aab", "ipa"}),
    "tracker": frozenset({"mobsf"}),
    "domain": frozenset({"mobsf", "network_security_config", "info_plist", "ipa", "apk", "aab"}),
    "collected": frozenset({"privacy_manifest", "ipa"}),
    "tracking_domain": frozenset({"privacy_manifest", "ipa"}),
    "tracking": frozenset({"privacy_manifest", "ipa"}),
    "entitlement": frozenset({"entitlements", "ipa"}),
}


def _facts(build: Build, kind: str) -> dict[tuple[str, str], Observation]:
    found: dict[tuple[str, str], Observation] = {}
    for one in build.of(kind):
        name = one.value if kind == "tracking" else one.key
        found.setdefault((name, one.by if kind in BY_WHOM else ""), one)
    return found


BY_WHOM = {"collected", "tracking", "tracking_domain"}


def _called(one: Observation) -> str:
    name = one.key.removeprefix("android.permission.").removeprefix("pkg:maven/")
    return f"{name} of {one.by}" if one.by else name


def _permission(one: Observation) -> str:
    known = expected(one.key)
    if known is None:
        return ""
    return "major" if known.ask and not one.said("never_for_location") else "minor"


def _part(one: Observation) -> str:
    known = catalogue().sdk_of(one)
    if known and known.categories:
        return "major"
    return "patch" if is_platform(one.key) or one.said("type") == "library" else "minor"


def _flag(one: Observation) -> str:
    return "major" if one.value == "true" else ""


def _host(one: Observation) -> str:
    return "" if one.said("scope") == "string" and not one.value else "minor"


def _always(word: str) -> Callable[[Observation], str]:
    return lambda one: "" if one.said("allowed_only") else word


# What is compared: the kind of fact, its word for people, and how a new one weighs; empty: it does not count.
COMPARED: dict[str, tuple[str, Callable[[Observation], str]]] = {
    "permission": ("permission", _permission),
    "usage_string": ("usage key", _permission),
    "background": ("background mode", _always("minor")),
    "sdk": ("component", _part),
    "tracker": ("tracker", _always("major")),
    "collected": ("data type", _always("major")),
    "tracking": ("tracking", _flag),
    "tracking_domain": ("tracking host", _always("major")),
    "domain": ("host", _host),
    "link": ("link", _always("minor")),
    "entitlement": ("entitlement", _always("minor")),
}


def _versions(new: Build, old: Build) -> list[Change]:
    """Systems the app runs on, when they changed: dropping one is minor."""
    found = []
    for key, word in (("min", "oldest system"), ("target", "target system")):
        now, then = new.value("os", key), old.value("os", key)
        if now and then and now != then:
            weight = "minor" if key == "min" else "patch"
            found.append(Change(word, key, f"{word} {then} → {now}", weight))
    return found
