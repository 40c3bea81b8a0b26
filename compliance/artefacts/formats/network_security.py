"""Android's network security configuration: cleartext, trusted authorities, pins."""

from collections.abc import Iterator

from compliance.artefacts.formats.element import Element
from compliance.artefacts.formats.observation import Observation, Observed, given, once

KEY = "network_security_config"
FILE = "network_security_config.xml"
EVERYWHERE = "*"
MAX_DOMAINS = 5000
PARTS = {"domain", "domain-config", "trust-anchors", "pin-set", "domainEncryption", "certificateTransparency"}


def is_this(root: Element) -> bool:
    return root.name == "network-security-config"


def read(root: Element) -> Observed:
    """The facts of a configuration; what only holds in debug builds says `scope: debug`. Raises Unreadable."""
    if not is_this(root):
        root.refuse("a network security configuration begins with <network-security-config>")
    facts: list[Observation] = []
    for one in root.children:
        if one.name == "base-config":
            facts += _config(one, [(EVERYWHERE, "true")], "base")
        elif one.name == "domain-config":
            facts += _domain_config(one, "")
        elif one.name == "debug-overrides":
            facts += _config(one, [(EVERYWHERE, "true")], "debug")
        elif one.name:
            facts.append(Observation("other", one.name, one.text.strip()[:200], one.where))
    return Observed(format=KEY, platform="android", observations=once(facts))


def _domain_config(one: Element, outer: str) -> Iterator[Observation]:
    """A nested configuration takes what it does not say from the one around it."""
    domains = [(part.text.strip().lower(), part.plain("includeSubdomains")) for part in one.all("domain")]
    if not domains:
        one.refuse("a domain-config has a <domain>")
    cleartext = one.plain("cleartextTrafficPermitted") or outer
    yield from _config(one, domains, "domain", cleartext)
    for inner in one.all("domain-config"):
        yield from _domain_config(inner, cleartext)


def _config(one: Element, domains: list[tuple[str, str]], scope: str, outer: str = "") -> Iterator[Observation]:
    cleartext = one.plain("cleartextTrafficPermitted") or outer
    for domain, subdomains in domains[:MAX_DOMAINS]:
        if not domain:
            one.refuse("a <domain> is empty")
        more = given(subdomains=subdomains, scope=scope)
        yield (
            Observation("domain", domain, "", one.where, more=more)
            if domain != EVERYWHERE
            else Observation("other", one.name, "", one.where)
        )
        if cleartext:
            yield Observation("cleartext", domain, cleartext, one.where, more=more)
        yield from _anchors(one, domain, scope)
        yield from _pins(one, domain, subdomains)
    for part in one.children:
        if part.name not in PARTS:
            yield Observation("other", part.name, part.text.strip()[:200], part.where)


def _anchors(one: Element, domain: str, scope: str) -> Iterator[Observation]:
    for part in (part for anchors in one.all("trust-anchors") for part in anchors.all("certificates")):
        more = given(scope=scope, override_pins=part.plain("overridePins"))
        yield Observation("trust", part.plain("src"), domain, part.where, more=more)


def _pins(one: Element, domain: str, subdomains: str) -> Iterator[Observation]:
    for part in one.all("pin-set"):
        pins = {pin.text.strip() for pin in part.all("pin")}
        more = given(count=str(len(pins)), subdomains=subdomains)
        yield Observation("pins", domain, part.plain("expiration"), part.where, more=more)
