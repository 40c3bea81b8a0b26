"""What auditors reject in statements and evidence, found before a pack is issued."""

from collections import defaultdict
from datetime import datetime

from compliance.files import store as files
from compliance.packs.registry import Finding, Level, Period, check
from compliance.projects.models import Organisation, Project
from controls.addresses import address
from controls.models import EvidenceVersion, Status
from controls.past import evidence_at, statements_at
from controls.services.contradictions import Contradiction
from controls.services.soa import Line, lines, past

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
    """One file does not stand for two pieces of evidence."""
    by_hash: dict[str, list[str]] = defaultdict(list)
    for version in past(scope, at).versions:
        if version.blob_id:
            by_hash[str(version.blob_id)].append(version.evidence.reference)
    return [
        Finding("PF06", Level.WARN, f"{named(refs)} are the same file.", address(scope, "evidence_item", refs[0]))
        for refs in by_hash.values()
        if len(refs) > 1
    ]


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


def _stale(version: EvidenceVersion, at: datetime, period: Period) -> str:
    """Why a version shows nothing for the period; empty when it does."""
    if not version.is_dated:
        return "has no date"
    if version.standing_on(at.date()) == "expired":
        return f"is out of date since {version.valid_until:%-d %b %Y}"
    last = version.last_day
    return f"speaks of {last:%-d %b %Y}, after the period" if last and last > period.end else ""
