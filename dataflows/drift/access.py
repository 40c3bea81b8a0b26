"""Permissions and usage keys against flows: DR01, DR02, DR09, DR20."""

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from compliance.artefacts.formats.observation import Observation
from dataflows.drift.build import Build, by_key
from dataflows.drift.finding import Hit, listed, places
from dataflows.drift.known import Expected, contradictions, expectations, expected
from dataflows.drift.papers import Flow, Papers
from dataflows.drift.registered import rule

AD_ID = "com.google.android.gms.permission.AD_ID"
ATT = "NSUserTrackingUsageDescription"
STORAGE = ("android.permission.READ_EXTERNAL_STORAGE", "android.permission.WRITE_EXTERNAL_STORAGE")
NO_STORAGE_SINCE = {STORAGE[0]: 33, STORAGE[1]: 30}
# Up to Android 9 nothing could be saved without it; asked for so far only, it saves and does not read.
SCOPED_STORAGE = 29
TYPED = frozenset({"screen", "mail", "file", "console"})
TRACKING = frozenset({"ad_id", "advertising"})


@rule("DR01")
def access_without_flow(build: Build, papers: Papers) -> Iterator[Hit]:
    groups: dict[str, list[tuple[Observation, Expected]]] = {}
    for one in build.of("permission", "usage_string"):
        known = expected(one.key)
        if known and known.ask and _asks(one, build):
            groups.setdefault(known.group, []).append((one, known))
    for group, pairs in groups.items():
        categories = frozenset(code for _, known in pairs for code in known.categories)
        if papers.carrying(categories):
            continue
        names = list(dict.fromkeys(_short(one) for one, _ in pairs))
        old = all(_only_old(one, build) for one, _ in pairs)
        yield Hit(
            key=group,
            app_does=f"It asks for {pairs[0][1].label}: {listed(names)}.",
            papers_say="No approved flow carries data of that kind, not even one that stays on the device.",
            where=places(one for one, _ in pairs),
            about={"categories": tuple(sorted(categories)), "permissions": tuple(one.key for one, _ in pairs)},
            severity="low" if old else "",
        )


def _asks(one: Observation, build: Build) -> bool:
    """Whether a permission can be asked for on any system the app runs on, and says something about people."""
    most, least = _number(one.said("max_sdk")), build.number("os", "min")
    if most is not None and least is not None and most < least:
        return False
    if one.key in STORAGE and most is not None and most < SCOPED_STORAGE:
        return False
    since = NO_STORAGE_SINCE.get(one.key)
    if since and least is not None and least >= since:
        return False
    return not one.said("never_for_location")


def _only_old(one: Observation, build: Build) -> bool:
    """Whether only old systems grant it, below what the app is made for."""
    most, target = _number(one.said("max_sdk")), build.number("os", "target")
    since, made_for = NO_STORAGE_SINCE.get(one.key), target or 0
    return (most is not None and target is not None and most < target) or bool(since and made_for >= since)


def _number(value: str) -> int | None:
    return int(value) if value.isdecimal() and len(value) < 6 else None


def _short(one: Observation) -> str:
    name = one.key.removeprefix("android.permission.")
    return f"{name} (of {one.by})" if one.by else name


@rule("DR02")
def flow_without_access(build: Build, papers: Papers) -> Iterator[Hit]:
    if not build.knows_permissions:
        return
    rows = {known.name: known for one in build.of("permission", "usage_string") if (known := expected(one.key))}
    given = frozenset(code for known in rows.values() for code in known.categories)
    needed = frozenset(code for known in expectations() if known.platform == build.platform for code in known.only_way)
    for flow in papers.flows:
        missing = sorted(flow.categories & needed - given)
        if missing and flow.through_app and flow.channel not in TYPED:
            yield Hit(
                key=f"{flow.reference}:{build.platform}",
                app_does="It asks for no permission that would give it this data.",
                papers_say=f"{flow.reference} carries {listed(missing)}, which reach an app by a permission only.",
                about={"flow": (flow.reference,), "categories": tuple(missing)},
            )


@rule("DR09")
def tracking_without_consent(build: Build, papers: Papers) -> Iterator[Hit]:
    signs = [one for one in build.of("permission") if one.key == AD_ID]
    signs += [one for one in build.of("usage_string") if one.key == ATT]
    signs += [one for one in build.of("tracking") if one.value == "true"]
    signs += [one for one in build.of("collected") if one.said("tracking") == "true"]
    if not signs or any(_tracks_with_consent(flow) for flow in papers.flows):
        return
    said = [_sign(one) for one in signs]
    yield Hit(
        key="tracking",
        app_does=f"It prepares for tracking: {listed(said)}.",
        papers_say=_about_consent(papers),
        where=places(signs),
        about={"categories": ("ad_id",), "sdk": tuple(dict.fromkeys(one.by for one in signs if one.by))},
    )


def _tracks_with_consent(flow: Flow) -> bool:
    return flow.consent and (flow.tracks or bool(flow.categories & TRACKING))


def _about_consent(papers: Papers) -> str:
    flows = [flow.reference for flow in papers.flows if flow.tracks or flow.categories & TRACKING]
    if flows:
        return f"{listed(flows)} would carry it, and people are not asked for consent there."
    return "No approved flow carries an advertising ID or tracks, and nobody is asked for consent."


def _sign(one: Observation) -> str:
    who = f" of {one.by}" if one.by else ""
    if one.kind == "permission":
        return "the permission AD_ID"
    if one.kind == "usage_string":
        return f"the question whether to allow tracking{who}"
    if one.kind == "tracking":
        return f"the privacy manifest{who or ' of the app'} says it tracks"
    return f"the privacy manifest{who or ' of the app'} uses {one.key} to track"


@rule("DR20")
def answer_contradicted(build: Build, papers: Papers) -> Iterator[Hit]:
    for n, row in enumerate(contradictions()):
        given = papers.answers.get(row["question"], frozenset())
        if not given & set(row["answers"]):
            continue
        signs = [one for one in build.of(row["kind"]) if _is_sign(one, row, build, papers)]
        if signs:
            yield Hit(
                key=f"{row['question']}:{row['kind']}:{n}",
                app_does=f"It {row['fact']}: {listed(sorted(by_key(signs)))}.",
                papers_say=f"Answer {row['question']}: {row['says']}",
                where=places(signs),
                about={"question": (row["question"],)},
            )


def _is_sign(one: Observation, row: dict[str, Any], build: Build, papers: Papers) -> bool:
    if not _counts(one, build):
        return False
    if row["any"] == ["known"]:
        return papers.sdks.sdk_of(one) is not None
    return any(fnmatchcase(one.key, pattern) for pattern in row["any"])


def _counts(one: Observation, build: Build) -> bool:
    """Whether an observation says that the app does something, not that it may or does not."""
    if one.kind == "permission":
        return _asks(one, build)
    if one.kind == "cleartext":
        return one.value == "true" and one.said("scope") != "debug"
    if one.kind == "link":
        return one.value in {"custom", "app_link", "applinks"}
    return not one.said("allowed_only")
