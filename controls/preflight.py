"""What auditors reject in statements and evidence, found before a pack is issued."""

from collections import defaultdict
from datetime import datetime

from compliance.files import store as files
from compliance.packs.registry import Finding, Level, Period, check
from compliance.projects.models import Organisation, Project
from controls.addresses import address
from controls.audited import preflight as _audited  # noqa: F401  registered with the rest
from controls.documented import preflight as _documented  # noqa: F401  registered with the rest
from controls.models import EvidenceVersion, Nature, Status
from controls.past import evidence_at, statements_at
from controls.services.contradictions import Contradiction
from controls.services.soa import Line, lines, past
from controls.tested import facts_of_tests, requests_at

Scope = Organisation | Project
FIRST = 6


def named(names: list[str]) -> str:
    """The first few names, and how many more."""
    more = len(names) - FIRST
    return ", ".join(names[:FIRST]) + (f" and {more} more" if more > 0 else "")


def lines_at(scope: Scope, at: datetime) -> list[Line]:
    """The lines of every statement at a moment."""
    return lines(past(scope, at), scope, at.date())


@check("PF02", level=Level.BLOCK)
def statement_is_approved(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """Every statement is approved, and not changed since."""
    found = []
    by_edition: dict[object, list[Line]] = defaultdict(list)
    for line in lines_at(scope, at):
        by_edition[line.row.requirement.edition_id].append(line)
    for one in statements_at(scope, at):
        state = one.state(by_edition[one.edition_id])
        if state != "approved":
            why = "is not approved" if state == "draft" else "changed after its approval"
            text = f"The statement of applicability for {one.edition.label} {why}."
            found.append(Finding("PF02", Level.BLOCK, text, address(scope, "statement", one.edition.key)))
    return found


@check("PF03", level=Level.BLOCK)
def rows_are_justified(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """No row lacks a justification or contradicts itself; one finding for each edition and kind."""
    grouped: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for line in lines_at(scope, at):
        asked = line.row.requirement
        for problem in line.problems:
            if problem.blocks:
                grouped[(asked.edition.key, asked.edition.label, problem.kind)].append(asked.ref)
    return [
        Finding(
            "PF03",
            Level.BLOCK,
            f"{label}: {Contradiction(kind).label.lower()}: {named(refs)}.",
            f"{address(scope, 'statement', key)}?problem={kind}",
        )
        for (key, label, kind), refs in sorted(grouped.items())
    ]


@check("PF04", level=Level.WARN)
def implemented_is_shown(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """What is called implemented has accepted evidence that is in date."""
    grouped: dict[tuple[str, str], list[str]] = defaultdict(list)
    for line in lines_at(scope, at):
        asked = line.row.requirement
        if any(problem.kind == Contradiction.UNPROVEN for problem in line.problems):
            grouped[(asked.edition.key, asked.edition.label)].append(asked.ref)
    return [
        Finding(
            "PF04",
            Level.WARN,
            f"{label}: implemented without accepted evidence that is in date: {named(refs)}.",
            f"{address(scope, 'statement', key)}?status=implemented",
        )
        for (key, label), refs in sorted(grouped.items())
    ]


@check("PF05", level=Level.BLOCK)
def evidence_is_in_date(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """Accepted evidence is dated, in date and of the period; it blocks where a control has no other."""
    holdings, found = past(scope, at), []
    stale = {version.evidence_id: why for version in holdings.versions if (why := _stale(version, at, period))}
    shown = defaultdict(set)
    for implementation, evidence in holdings.shows:
        shown[implementation].add(evidence)
    accepted = {version.evidence_id for version in holdings.versions}
    alone = set()
    for one in holdings.implementations:
        has = shown[one.pk] & accepted
        if one.status == Status.IMPLEMENTED and has and has <= set(stale):
            alone |= has
    for version in holdings.versions:
        if version.evidence_id in stale:
            level = Level.BLOCK if version.evidence_id in alone else Level.WARN
            only = " A control rests on it alone." if version.evidence_id in alone else ""
            text = f"{version.evidence.reference} {version.evidence.title} {stale[version.evidence_id]}.{only}"
            found.append(Finding("PF05", level, text, address(scope, "evidence_item", version.evidence.reference)))
    return found


@check("PF06", level=Level.WARN)
def files_are_used_once(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """One file does not stand for two pieces of evidence, least of all for unrelated controls."""
    holdings = past(scope, at)
    by_hash: dict[str, list[EvidenceVersion]] = defaultdict(list)
    for version in holdings.versions:
        if version.blob_id:
            by_hash[str(version.blob_id)].append(version)
    shown: dict[object, set[object]] = defaultdict(set)
    for implementation, evidence in holdings.shows:
        shown[evidence].add(implementation)
    found = []
    for versions in by_hash.values():
        if len(versions) > 1:
            refs = [version.evidence.reference for version in versions]
            apart = not set.intersection(*(shown[version.evidence_id] for version in versions))
            text = f"{named(refs)} are the same file{', for controls that have nothing in common' if apart else ''}."
            found.append(Finding("PF06", Level.WARN, text, address(scope, "evidence_item", refs[0])))
    return found


@check("PF07", level=Level.BLOCK)
def nobody_judged_their_own(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """Evidence was judged by somebody who neither collected it nor handed it in."""
    return [
        Finding(
            "PF07",
            Level.BLOCK,
            f"{version.evidence.reference} was accepted by {version.reviewer}, who collected it or handed it in.",
            address(scope, "evidence_item", version.evidence.reference),
        )
        for version in evidence_at(scope, at)
        if version.state == "accepted" and version.reviewer_id in {version.collected_by_id, version.submitted_by_id}
    ]


@check("PF08", level=Level.BLOCK, live=True)
def files_are_as_received(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """The bytes of accepted evidence still have the hash they had on receipt."""
    found = []
    for version in past(scope, at).versions:
        if version.blob is None:
            continue
        try:
            files.verified(version.blob).close()
        except files.FileDamaged as damaged:
            text = f"{version.evidence.reference}: {damaged}"
            found.append(
                Finding("PF08", Level.BLOCK, text, address(scope, "evidence_item", version.evidence.reference))
            )
    return found


@check("PF22", level=Level.WARN)
def tests_say_what_they_saw(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """A test by examining or testing names population and sample; evidence of one event names its population."""
    found = []
    for row in facts_of_tests(scope, at):
        if row["state"] == "concluded" and row["method"] in {"examine", "test"} and not row["samples"]:
            text = f"{row['reference']} {row['objective']}: concluded without population and sample."
            found.append(Finding("PF22", Level.WARN, text, address(scope, "test", row["reference"])))
    for version in past(scope, at).versions:
        if version.evidence.nature == Nature.EVENT_IN_POPULATION and version.population is None:
            text = f"{version.evidence.reference} shows one of many events; of how many is not said."
            found.append(Finding("PF22", Level.WARN, text, address(scope, "evidence_item", version.evidence.reference)))
        elif version.is_whole is False:
            text = f"{version.evidence.reference}: {version.delivered} of {version.population} records were delivered."
            found.append(Finding("PF22", Level.WARN, text, address(scope, "evidence_item", version.evidence.reference)))
    return found


@check("PF28", level=Level.WARN)
def asked_is_answered(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """No evidence that was asked for is overdue."""
    return [
        Finding(
            "PF28",
            Level.WARN,
            f"{row['reference']} {row['title']}: asked of {row['asked_of']}, due {row['due']:%-d %b %Y}, not answered.",
            address(scope, "request", row["reference"]),
        )
        for row in requests_at(scope, at)
        if row["late"]
    ]


@check("PF29", level=Level.WARN)
def no_control_failed_its_test(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """No control is at work that its last test found ineffective."""
    return [
        Finding(
            "PF29",
            Level.WARN,
            f"{one.reference} {one.control.title}: its last test found it ineffective.",
            address(scope, "control", one.control.reference),
        )
        for one in past(scope, at).implementations
        if one.effectiveness == "ineffective"
    ]


def _stale(version: EvidenceVersion, at: datetime, period: Period) -> str:
    """Why a version shows nothing for the period; empty when it does."""
    if not version.is_dated:
        return "has no date"
    if version.standing_on(at.date()) == "expired":
        return f"is out of date since {version.valid_until:%-d %b %Y}"
    last = version.last_day
    return f"speaks of {last:%-d %b %Y}, after the period" if last and last > period.end else ""
