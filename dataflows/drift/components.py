"""What the build is made of and how it differs from the release before: DR11, DR17, DR25."""

from collections.abc import Iterator

from dataflows.drift.build import Build
from dataflows.drift.difference import ORDER, change_class, difference
from dataflows.drift.finding import Hit, listed, places
from dataflows.drift.known import listed_by_apple
from dataflows.drift.papers import Papers
from dataflows.drift.registered import rule

REASONS = {
    "FileTimestamp": {"DDA9.1", "C617.1", "3B52.1", "0A2A.1"},
    "SystemBootTime": {"35F9.1", "8FFB.1", "3D61.1"},
    "DiskSpace": {"85F4.1", "E174.1", "7D9E.1", "B728.1"},
    "ActiveKeyboards": {"3EC4.1", "54BD.1"},
    "UserDefaults": {"CA92.1", "1C8F.1", "C56D.1", "AC6B.1"},
}


@rule("DR11")
def sdk_undeclared(build: Build, papers: Papers) -> Iterator[Hit]:
    declaring = {one.by for one in build.of("tracking", "collected", "accessed_api", "tracking_domain")}
    for one in build.of("sdk"):
        silent = one.said("manifest") == "false" and one.key not in declaring
        if silent and one.key in listed_by_apple() and one.said("form") == "framework":
            yield Hit(
                key=f"manifest:{one.key}",
                app_does=f"It carries {one.key} {one.value}".strip() + " without a privacy manifest.",
                papers_say="Apple lists it among the SDKs that have to bring one.",
                where=(one.where,),
                about={"sdk": (one.key,)},
            )
    for one in build.of("accessed_api"):
        reasons = one.value.split()
        strange = [word for word in reasons if word not in REASONS.get(one.key, {word})]
        if not reasons or strange:
            what = "gives no reason" if not reasons else f"gives {listed(strange)}, which is none of Apple's reasons"
            yield Hit(
                key=f"reason:{one.by}:{one.key}",
                app_does=f"{one.by or 'The app'} uses {one.key} and {what}.",
                papers_say="Every guarded interface is declared with a reason from Apple's list.",
                where=(one.where,),
                about={"sdk": (one.by,) if one.by else ()},
            )


@rule("DR17")
def more_changed_than_said(build: Build, papers: Papers) -> Iterator[Hit]:
    if build.released is None or not build.change_class:
        return
    changes = difference(build, build.released)
    proposed = change_class(changes)
    if ORDER.get(proposed, 0) <= ORDER.get(build.change_class, len(ORDER)):
        return
    weighty = [one for one in changes if one.change_class == proposed]
    yield Hit(
        key="change_class",
        app_does=f"New in it: {listed([one.label for one in weighty])}.",
        papers_say=f"The release is called {build.change_class}; this makes it {proposed}.",
        where=places(one.fact for one in weighty if one.fact),
        about={"change_class": (proposed,)},
    )


@rule("DR25")
def component_list(build: Build, papers: Papers) -> Iterator[Hit]:
    if not build.artefacts:
        return
    if not build.has_component_list:
        yield Hit(
            key="missing",
            app_does="No component list of it is in hand.",
            papers_say="Every release has one of its own, from its own build.",
        )
        return
    before = build.released
    if before is None or not (build.lockfile_hash and before.lockfile_hash):
        return
    now, then = _components(build), _components(before)
    if build.lockfile_hash != before.lockfile_hash and now and now == then:
        yield Hit(
            key="stale",
            app_does="Its lock file changed.",
            papers_say="Its component list is that of the release before, to the letter.",
        )


def _components(build: Build) -> frozenset[tuple[str, str]]:
    return frozenset((one.key, one.value) for one in build.of("sdk") if one.said("listed"))
