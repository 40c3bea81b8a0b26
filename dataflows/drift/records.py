"""Records against records: DR18, DR19, DR21, DR24."""

from collections.abc import Iterator

from dataflows.drift.build import Build
from dataflows.drift.finding import Hit, listed
from dataflows.drift.papers import Notice, Papers
from dataflows.drift.registered import rule


@rule("DR18")
def past_its_day(build: Build, papers: Papers) -> Iterator[Hit]:
    for one in papers.vulnerabilities:
        taken = one.accepted_until and one.accepted_until >= papers.on
        if one.due and one.due < papers.on and not taken:
            yield Hit(
                key=one.reference,
                app_does=f"It carries {one.reference} {one.title}.",
                papers_say=f"It had to be mended by {one.due:%-d %b %Y}, {(papers.on - one.due).days} days ago.",
                about={"vulnerability": (one.reference,)},
                severity="high" if one.severity in {"critical", "high"} else "medium",
            )


@rule("DR19")
def tests_of_another_build(build: Build, papers: Papers) -> Iterator[Hit]:
    ours = build.build_hash.lower()
    for one in papers.reports:
        theirs = one.build_hash.lower()
        if ours and theirs and len(ours) == len(theirs) and ours != theirs:
            yield Hit(
                key=one.reference,
                app_does=f"The build of the release is {ours[:12]}….",
                papers_say=f"{one.reference} {one.title} tested {theirs[:12]}….",
                about={"report": (one.reference,)},
            )


@rule("DR21")
def kept_too_long(build: Build, papers: Papers) -> Iterator[Hit]:
    for one in papers.retention:
        if one.oldest_days is not None and one.oldest_days > one.days:
            yield Hit(
                key=one.reference,
                app_does=f"The last run found data {one.oldest_days:,} days old.",
                papers_say=f"{one.reference} {one.title} keeps it {one.days:,} days.",
                about={"retention": (one.reference,)},
            )


@rule("DR24")
def notice_behind(build: Build, papers: Papers) -> Iterator[Hit]:
    for notice in papers.notices:
        if notice.in_app and notice.in_app != notice.approved:
            yield Hit(
                key=f"{notice.reference}:version",
                app_does=f"It shows version {notice.in_app} of {notice.reference}.",
                papers_say=f"Version {notice.approved} is approved.",
                about={"notice": (notice.reference,)},
            )
        yield from _unnamed(notice, papers)


def _unnamed(notice: Notice, papers: Papers) -> Iterator[Hit]:
    """Recipients and purposes of flows that a notice does not name; unknown lists tell nothing."""
    out = [flow for flow in papers.flows if flow.goes_out]
    reached = {one.reference: one for flow in out for one in papers.receivers(flow)}
    wanted = {
        "recipients": (notice.recipients, {key: party.name for key, party in reached.items()}),
        "purposes": (notice.purposes, {word: word for flow in out for word in flow.purposes}),
    }
    for what, (named, asked) in wanted.items():
        missing = sorted(set(asked) - named) if named is not None else []
        if missing:
            yield Hit(
                key=f"{notice.reference}:{what}",
                app_does=f"Approved flows have {what}: {listed([asked[one] for one in missing])}.",
                papers_say=f"{notice.reference} does not name them.",
                about={"notice": (notice.reference,), what: tuple(missing)},
            )
