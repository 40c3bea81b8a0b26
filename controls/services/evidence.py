"""Evidence is handed in here: file and facts, hash on receipt, one version after the other."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.files.uploads import FilesRefused, Upload, judged
from compliance.ledger import Refused, change
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import (
    Evidence,
    EvidenceImplementation,
    EvidenceRequest,
    EvidenceRequirement,
    EvidenceState,
    EvidenceVersion,
    Implementation,
    Requirement,
)
from controls.services.request import check_answer, settle_request, settle_request_of

__all__ = ["Facts", "FilesRefused", "Links", "Upload", "submit_all", "submit_evidence", "submit_version"]

FRESHNESS: dict[str, int] = tomllib.loads((Path(__file__).parent.parent / "freshness.toml").read_text())


@dataclass(frozen=True)
class Facts:
    """What is said about a version: when, whence, how, by whom."""

    source: str
    method: str
    collected_by: User
    observed_at: datetime | None = None
    period_start: date | None = None
    period_end: date | None = None
    source_url: str = ""
    query: str = ""
    collected_at: datetime | None = None
    valid_until: date | None = None
    population: int | None = None
    delivered: int | None = None
    completeness: str = ""
    redactions: str = ""


@dataclass(frozen=True)
class Links:
    """What the evidence is about."""

    implementations: Iterable[Implementation] = field(default_factory=tuple)
    requirements: Iterable[Requirement] = field(default_factory=tuple)


def submit_evidence(
    *,
    scope: Organisation | Project,
    title: str,
    shows: str,
    kind: str,
    facts: Facts,
    by: User,
    upload: Upload | None = None,
    links: Links | None = None,
    request: EvidenceRequest | None = None,
    reason: str = "",
    **details: Any,
) -> Evidence:
    """Hand in one piece of evidence, with a file or with the address of its source. Raises FilesRefused.

    An answer to a `request` is linked to what the request is about.
    """
    check_facts(facts)
    if request is not None:
        check_answer(request)
    if upload is None and not facts.source_url:
        raise Refused("Give a file, or the address where the evidence can be seen.")
    organisation, project = split(scope)
    evidence = Evidence(organisation=organisation, project=project, title=title, shows=shows, kind=kind, **details)
    with judged([upload] if upload else []), change(by=by, reason=reason):
        evidence.save()
        link_evidence(evidence=evidence, links=_with_request(links or Links(), request), by=by)
        _add_version(evidence, number=1, facts=facts, upload=upload, by=by, request=request)
        if request is not None:
            settle_request(request, by=by)
    return evidence


def submit_all(
    *, scope: Organisation | Project, uploads: list[Upload], title: str, by: User, **rest: Any
) -> list[Evidence]:
    """Hand in several files under the same facts: each becomes a piece of evidence, or none is kept.

    One file takes the title; of several, each takes the title and its own name. Without files it is one piece.
    """
    if not uploads:
        return [submit_evidence(scope=scope, title=title, by=by, **rest)]
    with judged(uploads), change(by=by, reason=rest.get("reason", "")):
        return [
            submit_evidence(
                scope=scope,
                title=title if len(uploads) == 1 else f"{title}: {Path(upload.name).stem}"[:160],
                upload=upload,
                by=by,
                **rest,
            )
            for upload in uploads
        ]


def submit_version(
    *, evidence: Evidence, facts: Facts, by: User, upload: Upload | None = None, reason: str = ""
) -> EvidenceVersion:
    """Hand in a newer version. An accepted one keeps its force until the newer is accepted; any other is superseded."""
    check_facts(facts)
    if upload is None and not facts.source_url:
        raise Refused("Give a file, or the address where the evidence can be seen.")
    last = evidence.versions.get(latest=True)
    if last.state == EvidenceState.WITHDRAWN:
        raise Refused(f"{evidence.reference} was withdrawn: hand in new evidence instead.")
    with judged([upload] if upload else []), change(by=by, reason=reason):
        last.latest = False
        if last.state != EvidenceState.ACCEPTED:
            last.state = EvidenceState.SUPERSEDED
        last.save()
        kept = last.request if last.request and last.request.is_open else None
        number = last.number + 1
        version = _add_version(evidence, number=number, facts=facts, upload=upload, by=by, request=kept)
        settle_request_of(version, by=by)
    return version


def link_evidence(*, evidence: Evidence, links: Links, by: User, reason: str = "") -> None:
    """Say what the evidence is about, in addition to what is said already."""
    scope = {"organisation_id": evidence.organisation_id, "project_id": evidence.project_id}
    check_links(evidence, links)
    known_here = set(evidence.implementation_links.values_list("implementation_id", flat=True))
    known_there = set(evidence.requirement_links.values_list("requirement_id", flat=True))
    with change(by=by, reason=reason):
        EvidenceImplementation.objects.bulk_create(
            EvidenceImplementation(evidence=evidence, implementation=row, **scope)
            for row in links.implementations
            if row.pk not in known_here
        )
        EvidenceRequirement.objects.bulk_create(
            EvidenceRequirement(evidence=evidence, requirement=row, **scope)
            for row in links.requirements
            if row.pk not in known_there
        )


def check_links(evidence: Evidence, links: Links) -> None:
    """Evidence shows what runs in its own organisation."""
    for implementation in links.implementations:
        if implementation.organisation_id != evidence.organisation_id:
            raise Refused(f"{implementation.reference} belongs to another organisation.")


def check_facts(facts: Facts) -> None:
    """Evidence without a day or a source is none."""
    if facts.observed_at is None and (facts.period_start is None or facts.period_end is None):
        raise Refused("Say when it was so: the moment it was observed, or the first and last day of its period.")
    if facts.period_start and facts.period_end and facts.period_end < facts.period_start:
        raise Refused(
            f"The period ends on {facts.period_end:%-d %b %Y}, before it starts on {facts.period_start:%-d %b %Y}."
        )
    if not facts.source.strip():
        raise Refused("Name the source: the system and environment it comes from.")
    if facts.delivered is not None and facts.population is None:
        raise Refused(
            "Say how many records there are in all: without the population the number delivered says nothing."
        )
    if facts.population is not None and (facts.delivered or 0) > facts.population:
        raise Refused(f"{facts.delivered} records delivered of {facts.population}: more than there are.")


def fresh_until(kind: str, last_day: date, rules: Iterable[int | None] = ()) -> date | None:
    """The last day on which evidence of a kind is in date, or None when it does not age.

    `rules` are the days set by the controls it shows: the strictest goes before what is usual for the kind.
    """
    days = min((rule for rule in rules if rule), default=FRESHNESS[kind])
    return last_day + timedelta(days=days) if days else None


def _with_request(links: Links, request: EvidenceRequest | None) -> Links:
    if request is None:
        return links
    shown = {one.pk: one for one in (*links.implementations, request.implementation) if one}
    spoken = {one.pk: one for one in (*links.requirements, request.requirement) if one}
    return Links(list(shown.values()), list(spoken.values()))


def _add_version(
    evidence: Evidence,
    *,
    number: int,
    facts: Facts,
    upload: Upload | None,
    by: User,
    request: EvidenceRequest | None = None,
) -> EvidenceVersion:
    rules = evidence.implementation_links.values_list("implementation__evidence_days", flat=True)
    version = version_of(evidence, number=number, facts=facts, by=by, rules=rules)
    version.request = request
    if upload:
        version.blob, version.file_name = upload.keep(), upload.name[-255:]
    version.save()
    return version


def version_of(
    evidence: Evidence, *, facts: Facts, by: User, rules: Iterable[int | None], number: int = 1
) -> EvidenceVersion:
    """A version with its facts, not saved; `rules` are the freshness rules of the controls it shows."""
    version = EvidenceVersion(
        organisation_id=evidence.organisation_id,
        project_id=evidence.project_id,
        evidence=evidence,
        number=number,
        submitted_by=by,
        **{name: getattr(facts, name) for name in Facts.__dataclass_fields__},
    )
    version.collected_at = facts.collected_at or simulated_moment() or timezone.now()
    if version.valid_until is None and version.last_day:
        version.valid_until = fresh_until(evidence.kind, version.last_day, rules)
    return version
