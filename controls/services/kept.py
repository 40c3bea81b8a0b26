"""Artefacts of releases as evidence: kept with one click, and followed by newer versions from then on."""

from compliance.accounts.models import User
from compliance.artefacts.models import Artefact, Source, State
from compliance.files.uploads import stored
from compliance.ledger import Refused, change
from compliance.projects.models import Release
from controls.models import Evidence, EvidenceKind, EvidenceState, EvidenceVersion, Method
from controls.services.evidence import Facts, submit_evidence, submit_version

FOLLOWER = "artefacts"
KINDS = {
    **dict.fromkeys(("mobsf", "sarif", "osv"), EvidenceKind.SCAN_REPORT),
    **dict.fromkeys(("play_data_safety", "app_store_privacy"), EvidenceKind.CONFIG_EXPORT),
}


def keep_artefact(*, artefact: Artefact, by: User, reason: str = "") -> Evidence:
    """Make evidence of a file that was read; somebody else judges it. Newer files then become its newer versions."""
    if artefact.state != State.READ:
        said = artefact.get_state_display().lower()
        raise Refused(f"{artefact.reference} is {said}: only what was read and counts becomes evidence.")
    standing = EvidenceVersion.objects.exclude(state=EvidenceState.WITHDRAWN)
    if known := standing.filter(project=artefact.project_id, source=source_of(artefact)).first():
        raise Refused(f"{artefact.reference} is evidence already: {known.evidence.reference}.")
    return submit_evidence(
        scope=artefact.project,
        title=f"{artefact.called} of {artefact.release.name}"[:160],
        shows=f"What the build of {artefact.release.name} says of itself: {artefact.total} facts were read.",
        kind=KINDS.get(artefact.kind, EvidenceKind.ARTEFACT_IMPORT),
        facts=facts_of(artefact, by),
        upload=stored(artefact.blob, artefact.file_name),
        by=by,
        reason=reason or f"{artefact.reference} kept as evidence",
    )


def follow_artefacts(release: Release) -> list[EvidenceVersion]:
    """Hand in a newer version of what was kept as evidence, where a newer file took the place of its own."""
    rows = Artefact.objects.of(release).select_related(
        "project__organisation", "release", "blob", "token", "uploaded_by"
    )
    counting, gone = [*rows.counting()], [*rows.filter(state=State.SUPERSEDED)]
    if not gone:
        return []
    latest = EvidenceVersion.objects.filter(project=release.project_id, latest=True)
    kept = latest.exclude(state=EvidenceState.WITHDRAWN).filter(source__in=[source_of(one) for one in gone])
    by_source = {one.source: one for one in kept.select_related("evidence", "collected_by")}
    made = []
    for newer in counting:
        older = [by_source.get(source_of(one)) for one in gone if _alike(one, newer)]
        for version in filter(None, older):
            with change(by=FOLLOWER, reason=f"{newer.reference} took the place of the file before"):
                facts, upload = facts_of(newer, version.collected_by), stored(newer.blob, newer.file_name)
                made.append(
                    submit_version(evidence=version.evidence, facts=facts, by=version.collected_by, upload=upload)
                )
    return made


def facts_of(artefact: Artefact, by: User) -> Facts:
    """Whence it comes: a build server makes it automated evidence."""
    automated = artefact.source == Source.CI_API
    return Facts(
        source=source_of(artefact),
        method=Method.AUTOMATED if automated else Method.EXPORT_BY_HAND,
        collected_by=artefact.uploaded_by or by,
        observed_at=artefact.generated_at or artefact.uploaded_at,
        query=f"build {artefact.build_hash}" if artefact.build_hash else "",
    )


def source_of(artefact: Artefact) -> str:
    """What its evidence names as the source; it is how the two find each other."""
    return f"{artefact.reference} of release {artefact.release.name}, handed in by {artefact.sender}"[:200]


def _alike(older: Artefact, newer: Artefact) -> bool:
    marks = ("kind", "platform", "part", "subject", "tool")
    return all(getattr(older, name) == getattr(newer, name) for name in marks)
