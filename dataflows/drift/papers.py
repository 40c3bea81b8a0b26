"""What the papers say, as plain values: flows, parties, labels, answers, rules of one app on one day.

What nobody has recorded is None or empty, and rules that would need it stay quiet.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from functools import cached_property

from dataflows.drift.known import Catalogue, Sdk, catalogue, sdks

PLAY, APPLE = "play", "apple"
ACTING_FOR_US = frozenset({"processor", "sub_processor"})
MAY_RECEIVE = frozenset({"approved", "active", "review_due"})


@dataclass(frozen=True)
class Flow:
    """A flow as it was approved; `parties` are references of those it reaches, `domains` hosts it is known by."""

    reference: str
    categories: frozenset[str]
    title: str = ""
    on_device_only: bool = False
    leaves_device: bool = True
    through_app: bool = True
    ephemeral: bool = False
    end_to_end: bool = False
    consent: bool = False
    tracks: bool = False
    user_initiated: bool = False
    special: bool = False
    channel: str = ""
    parties: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()

    @property
    def goes_out(self) -> bool:
        """Whether data that somebody could read leaves the device through the app."""
        return self.leaves_device and not self.on_device_only and not self.end_to_end and self.through_app


@dataclass(frozen=True)
class Party:
    """A party; `sdks` are codes of known SDKs or names of packages it is behind, `state` as in the register."""

    reference: str
    name: str
    role: str = "processor"
    state: str = "approved"
    country: str = ""
    has_contract: bool = True
    contract_ends: date | None = None
    sdks: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    sub_processors: frozenset[str] | None = None
    reviewed_sub_processors: frozenset[str] | None = None

    @property
    def acts_for_us(self) -> bool:
        return self.role in ACTING_FOR_US


@dataclass(frozen=True)
class Declared:
    """What a label says of one type of data, in the words of its store."""

    collected: bool = True
    shared: bool = False
    ephemeral: bool = False
    tracked: bool = False


@dataclass(frozen=True)
class Label:
    """A store label: `types` by the codes of the store (PSL_NAME, EMAIL_ADDRESS)."""

    store: str
    types: Mapping[str, Declared]
    name: str = ""
    accounts: bool | None = None
    deletion_url: str = ""


@dataclass(frozen=True)
class Policy:
    """Oldest systems we support, and what the stores ask for; versions as the platform writes them."""

    min_android: int | None = None
    min_ios: str = ""
    target_android: int | None = None
    next_target_android: int | None = None
    next_target_from: date | None = None
    warn_days: int = 90
    pin_days: int = 60


@dataclass(frozen=True)
class Vulnerability:
    """An open vulnerability, and the day it has to be mended by."""

    reference: str
    title: str
    severity: str
    due: date | None
    accepted_until: date | None = None


@dataclass(frozen=True)
class BuildReport:
    """A report of tests, and the hash of the build it is about as far as it says."""

    reference: str
    title: str
    build_hash: str = ""


@dataclass(frozen=True)
class Retention:
    """A retention rule in days, and how old the oldest data is that the last run found."""

    reference: str
    title: str
    days: int
    oldest_days: int | None = None


@dataclass(frozen=True)
class Notice:
    """A privacy notice: the version approved, the one in the app, and whom and what it names."""

    reference: str
    approved: str
    in_app: str = ""
    recipients: frozenset[str] | None = None
    purposes: frozenset[str] | None = None


@dataclass(frozen=True)
class Accepted:
    """A finding somebody took on, with a reason; `key` may end in * for several of a rule."""

    rule: str
    key: str
    until: date
    reason: str = ""

    def covers(self, rule: str, key: str, on: date) -> bool:
        return self.rule == rule and self.until >= on and fnmatchcase(key, self.key)


@dataclass(frozen=True)
class Papers:
    """Everything recorded about an app, as of a day."""

    on: date
    flows: tuple[Flow, ...] = ()
    parties: tuple[Party, ...] = ()
    labels: tuple[Label, ...] = ()
    transfers: frozenset[str] = frozenset()
    free_countries: frozenset[str] = frozenset()
    answers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    policy: Policy = Policy()
    interfaces: frozenset[str] | None = None
    accepted: tuple[Accepted, ...] = ()
    vulnerabilities: tuple[Vulnerability, ...] = ()
    reports: tuple[BuildReport, ...] = ()
    retention: tuple[Retention, ...] = ()
    notices: tuple[Notice, ...] = ()
    own_sdks: tuple[Sdk, ...] = ()

    @cached_property
    def sdks(self) -> Catalogue:
        """The SDKs the organisation knows of, before those that come with Assay."""
        return Catalogue((*self.own_sdks, *sdks())) if self.own_sdks else catalogue()

    @cached_property
    def by_reference(self) -> dict[str, Party]:
        return {party.reference: party for party in self.parties}

    def carrying(self, categories: Iterable[str]) -> list[Flow]:
        """Flows of any of these categories, also those that never leave the device."""
        asked = frozenset(categories)
        return [flow for flow in self.flows if flow.categories & asked]

    def reaching(self, party: Party) -> list[Flow]:
        return [flow for flow in self.flows if party.reference in flow.parties]

    def receivers(self, flow: Flow) -> list[Party]:
        return [self.by_reference[one] for one in flow.parties if one in self.by_reference]

    def declares(self, host: str) -> bool:
        """Whether a flow, or a party somebody approved, is known by this host or one above it."""
        return under(host, self._domains)

    @cached_property
    def _domains(self) -> frozenset[str]:
        known = [one for flow in self.flows for one in flow.domains]
        engaged = (one for one in self.parties if one.state in MAY_RECEIVE or self.reaching(one))
        return plain_hosts([*known, *(host for party in engaged for host in party.domains)])


def plain_hosts(hosts: Iterable[str]) -> frozenset[str]:
    """Hosts as they are compared: small, without *. before and dot behind."""
    return frozenset(one.lower().removeprefix("*.").rstrip(".") for one in hosts) - {""}


def under(host: str, domains: frozenset[str]) -> bool:
    """Whether a host is one of these domains or stands below one."""
    parts = host.lower().rstrip(".").split(".")[-20:]
    return any(".".join(parts[n:]) in domains for n in range(len(parts)))
