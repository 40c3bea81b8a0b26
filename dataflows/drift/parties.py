"""SDKs, hosts and countries against parties, flows and transfers: DR03, DR04, DR10, DR23."""

from collections.abc import Iterable, Iterator

from compliance.artefacts.formats.observation import Observation
from dataflows.drift.build import Build
from dataflows.drift.finding import Hit, listed, places
from dataflows.drift.known import Sdk, company_matches, harmless_hosts, is_platform
from dataflows.drift.papers import MAY_RECEIVE, Papers, Party, plain_hosts, under
from dataflows.drift.registered import rule
from dataflows.vocabulary import country_name

PRIVATE = ("10.", "127.", "192.168.", "172.16.", "169.254.", "0.")


def shipped(build: Build, papers: Papers) -> dict[Sdk, list[Observation]]:
    """The known SDKs in a build whose collection is not switched off, with what gave them away."""
    settings = {f"{one.key}={one.value}".lower() for one in build.of("meta")}
    settings |= {f"{one.key}={one.value}".lower() for one in build.of("other")}
    found: dict[Sdk, list[Observation]] = {}
    for one in build.of("sdk", "tracker", "component", "meta"):
        sdk = papers.sdks.sdk_of(one)
        if sdk and not {word.lower() for word in sdk.off} & settings:
            found.setdefault(sdk, []).append(one)
    return {sdk: signs for sdk, signs in found.items() if any(one.kind != "meta" for one in signs)}


def unknown_parts(build: Build, papers: Papers) -> list[Observation]:
    """Parts nobody here knows anything about: no finding, a list for a person to look through once."""
    parts = {one.key: one for one in build.of("sdk") if one.said("type") not in {"library", "file"}}
    return [one for key, one in sorted(parts.items()) if not (is_platform(key) or papers.sdks.sdk_of(one))]


def party_of(sdk: Sdk, papers: Papers) -> Party | None:
    """The party behind an SDK: by what is recorded of it, else by the name of the company."""
    named = next((one for one in papers.parties if sdk.code in one.sdks or set(sdk.android) & set(one.sdks)), None)
    return named or next((one for one in papers.parties if company_matches(sdk.company, one.name)), None)


@rule("DR03")
def sdk_without_party(build: Build, papers: Papers) -> Iterator[Hit]:
    for sdk, signs in shipped(build, papers).items():
        party = party_of(sdk, papers)
        if not sdk.categories or (party and papers.reaching(party)):
            continue
        if party is None:
            said = f"{sdk.company} is no recorded party."
        else:
            said = f"{party.reference} {party.name} is recorded, but no approved flow reaches it."
        yield Hit(
            key=sdk.code,
            app_does=f"It carries {sdk.name} ({sdk.does}).",
            papers_say=said,
            where=places(signs),
            about={
                "sdk": (sdk.code,),
                "categories": sdk.categories,
                "country": (sdk.country,),
                "told": tuple(dict.fromkeys(_told(signs))),
            },
        )


def _told(signs: Iterable[Observation]) -> list[str]:
    return [f"{one.key} {one.value}".strip() if one.kind == "sdk" else one.key for one in signs]


@rule("DR04")
def sdk_of_unready_party(build: Build, papers: Papers) -> Iterator[Hit]:
    told: set[str] = set()
    for sdk, signs in shipped(build, papers).items():
        party = party_of(sdk, papers)
        wrong = _unready(party, papers) if party else ""
        if party and wrong and party.reference not in told:
            told.add(party.reference)
            yield Hit(
                key=party.reference,
                app_does=f"It carries {sdk.name} of {party.name}.",
                papers_say=wrong,
                where=places(signs),
                about={"party": (party.reference,), "sdk": (sdk.code,)},
            )


def _unready(party: Party, papers: Papers) -> str:
    who = f"{party.reference} {party.name}"
    if party.state not in MAY_RECEIVE:
        return f"{who} is not approved: its state is {party.state.replace('_', ' ')}."
    if not party.acts_for_us:
        return ""
    if not party.has_contract:
        return f"{who} acts for us without a contract."
    if party.contract_ends and party.contract_ends < papers.on:
        return f"The contract with {who} ended on {party.contract_ends:%-d %b %Y}."
    return ""


@rule("DR10")
def hosts_nobody_declared(build: Build, papers: Papers) -> Iterator[Hit]:
    yield from _tracking_hosts(build, papers)
    countries: dict[str, list[Observation]] = {}
    for one in build.of("domain"):
        if one.value and _is_public(one.key) and not papers.declares(one.key):
            countries.setdefault(one.value, []).append(one)
    for country, signs in sorted(countries.items()):
        if country in papers.transfers or country in papers.free_countries:
            continue
        strings = all(one.said("scope") == "string" for one in signs)
        yield Hit(
            key=f"country:{country}",
            app_does=f"Hosts in {country_name(country)} stand in it: {listed([one.key for one in signs])}.",
            papers_say=f"No flow or approved party has them, and no transfer to {country_name(country)} is recorded.",
            where=places(signs),
            about={"country": (country,), "host": tuple(one.key for one in signs)[:50]},
            severity="medium" if strings else "",
        )


def _tracking_hosts(build: Build, papers: Papers) -> Iterator[Hit]:
    owners = [party for party in papers.parties if papers.reaching(party)]
    known = plain_hosts(host for sdk in papers.sdks.rows if party_of(sdk, papers) in owners for host in sdk.domains)
    signs = [one for one in build.of("tracking_domain") if not (papers.declares(one.key) or under(one.key, known))]
    if signs:
        hosts = tuple(dict.fromkeys(one.key for one in signs))
        yield Hit(
            key="tracking_domains",
            app_does=f"Its privacy manifests name hosts they track by: {listed(hosts)}.",
            papers_say="No flow and no approved party is known by these hosts.",
            where=places(signs),
            about={"host": hosts, "sdk": tuple(dict.fromkeys(one.by for one in signs if one.by))},
        )


def _is_public(host: str) -> bool:
    local = host.startswith(PRIVATE) or host.endswith((".local", ".localhost", ".test", ".example", ".invalid"))
    return not local and "." in host and host not in harmless_hosts()


@rule("DR23")
def sub_processors_changed(build: Build, papers: Papers) -> Iterator[Hit]:
    for party in papers.parties:
        now, then = party.sub_processors, party.reviewed_sub_processors
        if now is None or then is None or now == then:
            continue
        new, gone = sorted(now - then), sorted(then - now)
        said = [f"new: {listed(new)}"] if new else []
        said += [f"gone: {listed(gone)}"] if gone else []
        yield Hit(
            key=party.reference,
            app_does=f"The list of {party.name} changed: {'; '.join(said)}.",
            papers_say="The last review saw another list.",
            about={"party": (party.reference,)},
            severity="" if new else "low",
        )
