"""What an app says about itself: facts, each with its place in the file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Platform = Literal["android", "ios", ""]

MAX_OBSERVATIONS = 20_000

# What there is to observe; `key` and `value` of each kind, and what may stand in `more`.
KINDS = {
    "app": "package, version, build, name …: value",
    "os": "min, target or max version of the system: value",
    "permission": "permission asked for; more: max_sdk, from_sdk_23, flags",
    "permission_defined": "permission the app defines; value: protection level",
    "usage_string": "usage description key; value: what people are told",
    "flag": "switch of the whole app (debuggable, allow_backup, cleartext …); value: true, false or a reference",
    "component": "part others may start; value: its kind; more: exported, permission, filtered, authorities …",
    "link": "scheme, or scheme://host; value: app_link, web, shared (mailto …) or custom; more: component, verified",
    "query": "app or intent looked for on the device; value: package, intent or scheme",
    "meta": "setting of an SDK; value: as it stands",
    "cleartext": "domain, or *; value: true or false; more: subdomains, scope",
    "trust": "source of trusted authorities (system, user, own file); value: domain, or *; more: scope, override_pins",
    "pins": "domain; value: day they expire, empty when never; more: count, subdomains",
    "ats": "App Transport Security setting; value: as it stands; more: domain",
    "entitlement": "entitlement; value: as it stands",
    "background": "background mode",
    "ad_network": "advertising network that may attribute installs",
    "tracking": "NSPrivacyTracking; value: true or false",
    "tracking_domain": "domain",
    "collected": "privacy manifest type without prefix; value: its purposes; more: linked, tracking",
    "accessed_api": "required-reason API without prefix; value: the reasons",
    "library": "native library; value: the processors it is built for",
    "sdk": "part shipped in the app; value: version; more: bundle, manifest, signed, by",
    "extension": "app extension; value: its extension point",
    "domain": "host the app talks to; value: country when known",
    "tracker": "tracker a scanner found; value: its categories",
    "signature": "signing scheme, or certificate; value: yes, or its fingerprint; more: subject, until",
    "file": "hash of the file a report is about; value: the hash",
    "label": "type of data a store label names; value: play or app_store; more: collected, shared, ephemeral, linked …",
    "label_answer": "answer of a label about the whole app; value: the answer",
    "other": "what nobody here reads yet, kept; value: as it stands",
}


@dataclass(frozen=True)
class Observation:
    """One fact. `where` is the file with a line or the way to the value; `by` the SDK that says so, if it is one."""

    kind: str
    key: str
    value: str = ""
    where: str = ""
    by: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    def said(self, name: str) -> str:
        return self.more.get(name, "")

    @property
    def identity(self) -> tuple[str, str, str]:
        """What makes it the same fact in two releases."""
        return (self.kind, self.key, self.by)


@dataclass(frozen=True)
class Observed:
    """A file as it was understood. `remarks` say in sentences what was left unread and why; `tool` made the file."""

    format: str
    platform: Platform = ""
    subject: str = ""
    version: str = ""
    observations: tuple[Observation, ...] = ()
    remarks: tuple[str, ...] = ()
    tool: str = ""

    def of(self, *kinds: str) -> list[Observation]:
        return [one for one in self.observations if one.kind in kinds]

    def value(self, kind: str, key: str) -> str:
        """The value of the app's own fact, empty when there is none."""
        return next((one.value for one in self.observations if (one.kind, one.key, one.by) == (kind, key, "")), "")


def once(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """In their order, without those that say the same of the same place."""
    seen: dict[tuple[object, ...], Observation] = {}
    for one in observations:
        marks = (*one.identity, one.value, one.where, tuple(sorted(one.more.items())))
        seen.setdefault(marks, one)
    return tuple(seen.values())


SHARED = {"content", "file", "mailto", "tel", "sms", "smsto", "mms", "mmsto", "geo", "market", "rtsp", "ftp", "webcal"}


def link_kind(scheme: str, verified: bool = False) -> str:
    """What a scheme is: the web, one that many apps serve, or one of the app's own."""
    if scheme.lower() in {"http", "https"}:
        return "app_link" if verified else "web"
    return "shared" if scheme.lower() in SHARED else "custom"


def given(**more: str) -> dict[str, str]:
    """Only what is not empty."""
    return {name: value for name, value in more.items() if value}
