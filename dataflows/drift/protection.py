"""Connections, pins, debugging, entries and systems: DR12 to DR16."""

from collections.abc import Iterator
from datetime import date
from fnmatch import fnmatchcase

from compliance.artefacts.formats.observation import Observation
from dataflows.drift.build import Build
from dataflows.drift.finding import Hit, listed, places
from dataflows.drift.known import is_platform, plain_by_design
from dataflows.drift.papers import Papers
from dataflows.drift.registered import rule

LOCAL = ("localhost", "127.", "10.", "192.168.", "172.16.", "::1")
INSECURE = ("NSExceptionAllowsInsecureHTTPLoads", "NSTemporaryExceptionAllowsInsecureHTTPLoads")
WEAKER = {
    "NSAllowsArbitraryLoadsInWebContent": "web pages shown in it",
    "NSAllowsArbitraryLoadsForMedia": "media it plays",
}
# With one of these, iOS 10 and later leave NSAllowsArbitraryLoads unheard.
OVERRULING = {*WEAKER, "NSAllowsLocalNetworking"}
WIDGETS = "android.appwidget.action."
SYSTEM_SENDS = frozenset(
    f"android.intent.action.{name}"
    for name in (
        "BOOT_COMPLETED",
        "LOCKED_BOOT_COMPLETED",
        "QUICKBOOT_POWERON",
        "MY_PACKAGE_REPLACED",
        "PACKAGE_REPLACED",
        "TIME_SET",
        "TIMEZONE_CHANGED",
        "DATE_CHANGED",
        "LOCALE_CHANGED",
        "BATTERY_LOW",
        "ACTION_POWER_CONNECTED",
        "ACTION_POWER_DISCONNECTED",
    )
)
EXPLICIT_SINCE, CLOSED_SINCE, USERS_OUT_SINCE = 31, 28, 24


@rule("DR12")
def unprotected(build: Build, papers: Papers) -> Iterator[Hit]:
    yield from _cleartext(build)
    yield from _transport(build)
    users = [one for one in build.of("trust") if one.key == "user" and one.said("scope") != "debug"]
    domains: dict[str, list[Observation]] = {}
    for one in users:
        domains.setdefault(one.value, []).append(one)
    for domain, signs in {"*": domains["*"]}.items() if "*" in domains else sorted(domains.items()):
        yield Hit(
            key=f"user_authorities:{domain}",
            app_does=f"It trusts certificate authorities people add to the device{_for(domain)}.",
            papers_say="No exception is approved for it.",
            where=places(signs),
            about={"host": (domain,)},
        )


def _cleartext(build: Build) -> Iterator[Hit]:
    configured = build.of("cleartext")
    for one in configured:
        if one.value == "true" and one.said("scope") != "debug" and not _may_be_plain(one.key):
            yield _open_to(one.key, (one.where,))
    flag, target = build.value("flag", "cleartext"), build.number("os", "target")
    has_config = bool(build.value("flag", "network_security_config") or configured)
    if has_config and (build.number("os", "min") or USERS_OUT_SINCE) >= USERS_OUT_SINCE:
        return
    if flag == "true":
        signs = [one for one in build.of("flag") if one.key == "cleartext"]
        yield _open_to("*", places(signs))
    elif not flag and not has_config and target is not None and target < CLOSED_SINCE:
        yield _open_to("*", (), " because it targets an Android before 9")


def _may_be_plain(host: str) -> bool:
    """Whether a host is the device itself or its network, or one that is plain by design."""
    near = host.startswith(LOCAL) or host.endswith((".local", ".localhost"))
    return near or any(fnmatchcase(host, pattern) for pattern in plain_by_design())


def _open_to(host: str, where: tuple[str, ...], why: str = "") -> Hit:
    return Hit(
        key=f"cleartext:{host}",
        app_does=f"It allows connections without encryption{_for(host)}{why}.",
        papers_say="No exception is approved for it.",
        where=where,
        about={"host": (host,)},
    )


def _for(domain: str) -> str:
    return " to any host" if domain in {"*", ""} else f" to {domain}"


def _transport(build: Build) -> Iterator[Hit]:
    settings = build.of("ats")
    overruled = any(one.key in OVERRULING and not one.said("domain") for one in settings)
    for one in settings:
        if one.value != "true":
            continue
        host = one.said("domain")
        if one.key == "NSAllowsArbitraryLoads" and not host and not overruled:
            yield _open_to("*", (one.where,))
        elif one.key in INSECURE and host and not _may_be_plain(host):
            yield _open_to(host, (one.where,))
        elif one.key in WEAKER and not host:
            yield Hit(
                key=f"cleartext:{one.key}",
                app_does=f"It allows connections without encryption for {WEAKER[one.key]}.",
                papers_say="No exception is approved for it.",
                where=(one.where,),
                severity="medium",
            )


@rule("DR13")
def pins(build: Build, papers: Papers) -> Iterator[Hit]:
    for one in build.of("pins"):
        ends, count = _day(one.value), one.said("count")
        said = []
        if ends and ends < papers.on:
            said.append(f"ran out on {ends:%-d %b %Y}: since then the connection is not pinned at all")
        elif ends and (ends - papers.on).days < papers.policy.pin_days:
            said.append(f"run out on {ends:%-d %b %Y}, in {(ends - papers.on).days} days")
        if count in {"0", "1"}:
            said.append("have no spare")
        if said:
            yield Hit(
                key=one.key,
                app_does=f"The pins for {one.key} {' and '.join(said)}.",
                papers_say=f"Pins are rotated {papers.policy.pin_days} days before they run out, with a spare shipped.",
                where=(one.where,),
                about={"host": (one.key,)},
                severity="high" if ends and ends < papers.on else "",
            )


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None


@rule("DR14")
def open_build(build: Build, papers: Papers) -> Iterator[Hit]:
    for sent in build.debug_builds:
        yield Hit(
            key=f"debug_build:{sent.subject}",
            app_does=f"{sent.subject or 'It'} {sent.version} was built for debugging, by its name or signature.",
            papers_say="What was handed in is not the release: nothing else in this file was judged. Send the release.",
            severity="medium",
        )
    for one in build.of("flag"):
        if one.key in {"debuggable", "test_only"} and one.value == "true":
            yield _shut("debuggable", "It can be looked into by a debugger.", one)
    for one in build.of("entitlement"):
        if one.key == "get-task-allow" and one.value == "true" and not one.said("allowed_only"):
            yield _shut("get-task-allow", "It can be looked into by a debugger (get-task-allow).", one)
    yield from _backup(build, papers)


def _shut(key: str, said: str, one: Observation) -> Hit:
    return Hit(key=key, app_does=said, papers_say="A release is built closed.", where=(one.where,))


def _backup(build: Build, papers: Papers) -> Iterator[Hit]:
    """Android backs up everything unless it is told otherwise; it matters where protected data is kept."""
    kept = [flow.reference for flow in papers.flows if flow.special and flow.through_app and not flow.ephemeral]
    allowed = build.value("flag", "allow_backup")
    ruled = build.value("flag", "extraction_rules") or build.value("flag", "backup_content") not in {"", "true"}
    tells = bool(build.formats & {"android_manifest", "apk", "aab"})
    if tells and kept and allowed != "false" and not ruled:
        signs = [one for one in build.of("flag") if one.key == "allow_backup"]
        how = "allows" if allowed else "does not forbid"
        yield Hit(
            key="backup",
            app_does=f"It {how} the backup of all its data, without rules for what is left out.",
            papers_say=f"{listed(kept)} may keep specially protected data on the device.",
            where=places(signs),
            about={"flow": tuple(kept)},
        )


@rule("DR15")
def entries(build: Build, papers: Papers) -> Iterator[Hit]:
    signs = [one for one in build.of("component") if _is_open(one, build)]
    signs += [one for one in build.of("link") if one.value == "custom" and not one.by]
    listed_ones = papers.interfaces
    if listed_ones is None:
        if signs:
            yield Hit(
                key="no_list",
                app_does=f"Other apps and links can open {len(_names(signs)):,} of its parts: {listed(_names(signs))}.",
                papers_say="No list of interfaces is recorded.",
                where=places(signs),
                severity="low",
            )
        return
    for one in signs:
        if one.key not in listed_ones and one.key.rpartition(".")[2] not in listed_ones:
            kind = "link" if one.kind == "link" else one.value
            yield Hit(
                key=f"{kind}:{one.key}",
                app_does=f"The {kind} {one.key} can be opened by other apps{_guard(one)}.",
                papers_say="It is not on the list of interfaces.",
                where=(one.where,),
                about={"interface": (one.key,)},
            )


def _names(signs: list[Observation]) -> list[str]:
    return list(dict.fromkeys(one.key.rpartition(".")[2] or one.key for one in signs))


def _guard(one: Observation) -> str:
    return " and lends access to its files" if one.said("grants_uri") == "true" else ""


def _is_open(one: Observation, build: Build) -> bool:
    """Whether others can start a part: said so, or by its filters before Android 12; the launcher is meant to."""
    if one.said("launcher") or is_platform(one.key) or _is_guarded(one, build) or _hears_the_system(one):
        return False
    exported = one.said("exported")
    target = build.number("os", "target") or EXPLICIT_SINCE
    return exported == "true" or (not exported and bool(one.said("filtered")) and target < EXPLICIT_SINCE)


def _hears_the_system(one: Observation) -> bool:
    """Whether a receiver waits for nothing but what only the system sends: start of the device, widgets, updates."""
    actions = one.said("actions").split()
    heard = all(action.startswith(WIDGETS) or action in SYSTEM_SENDS for action in actions)
    return one.value == "receiver" and bool(actions) and heard


def _is_guarded(one: Observation, build: Build) -> bool:
    """Whether a permission guards it that not every app gets: the system's, or one for our own signature."""
    name = one.said("permission")
    if not name:
        return False
    return "signature" in build.value("permission_defined", name) if name in build.defined else True


@rule("DR16")
def systems(build: Build, papers: Papers) -> Iterator[Hit]:
    policy = papers.policy
    signs = [one for one in build.of("os") if not one.by]
    least = build.value("os", "min")
    wanted = policy.min_ios if build.platform == "ios" else str(policy.min_android or "")
    if least and wanted and _version(least) and _version(least) < _version(wanted):
        yield Hit(
            key="min",
            app_does=f"It runs on systems from {least} on.",
            papers_say=f"The policy supports systems from {wanted} on.",
            where=places(one for one in signs if one.key == "min"),
        )
    target = build.number("os", "target")
    if build.platform == "ios" or target is None:
        return
    where = places(one for one in signs if one.key == "target")
    if policy.target_android and target < policy.target_android:
        said = f"The store asks for {policy.target_android}."
        yield Hit("target", f"It is made for Android {target} (API).", said, where, severity="high")
    elif policy.next_target_android and policy.next_target_from and target < policy.next_target_android:
        days = (policy.next_target_from - papers.on).days
        if days < policy.warn_days:
            said = f"The store asks for {policy.next_target_android} from {policy.next_target_from:%-d %b %Y}."
            yield Hit("next_target", f"It is made for Android {target} (API).", said, where)


def _version(value: str) -> tuple[int, ...]:
    parts = value.split(".")[:3]
    return tuple(int(part) for part in parts) if all(part.isdecimal() and len(part) < 6 for part in parts) else ()
