"""The evidence index: what evidence is called and about, changed apart from what was handed in; and many at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import Refused, change, need_reason
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import (
    Evidence,
    EvidenceImplementation,
    EvidenceRequirement,
    EvidenceVersion,
    Implementation,
    Requirement,
)
from controls.services.evidence import Facts, Links, check_facts, check_links, link_evidence, version_of

AT_ONCE = 500


@dataclass(frozen=True)
class Piece:
    """One piece of evidence that stands at an address; `said` are its other fields."""

    title: str
    shows: str
    kind: str
    facts: Facts
    links: Links = field(default_factory=Links)
    said: dict[str, Any] = field(default_factory=dict)


def submit_pieces(*, scope: Organisation | Project, pieces: Sequence[Piece], by: User, reason: str = "") -> int:
    """Hand in many pieces, all or none, under the rules of `submit_evidence`; a hundred cost little more than one."""
    with change(by=by, reason=reason):
        for start in range(0, len(pieces), AT_ONCE):
            _submit(scope, pieces[start : start + AT_ONCE], by)
    return len(pieces)


def _submit(scope: Organisation | Project, pieces: Sequence[Piece], by: User) -> None:
    organisation, project = split(scope)
    home = {"organisation": organisation, "project": project}
    made = [Evidence(**home, title=one.title, shows=one.shows, kind=one.kind, **one.said) for one in pieces]
    for evidence, piece in zip(made, pieces, strict=True):
        check_facts(piece.facts)
        check_links(evidence, piece.links)
        if not piece.facts.source_url:
            raise Refused(f"{piece.title}: give the address where the evidence can be seen.")
    Evidence.objects.bulk_create(made)
    pairs = list(zip(made, pieces, strict=True))
    EvidenceImplementation.objects.bulk_create(
        EvidenceImplementation(evidence=one, implementation=row, **home)
        for one, piece in pairs
        for row in {row.pk: row for row in piece.links.implementations}.values()
    )
    EvidenceRequirement.objects.bulk_create(
        EvidenceRequirement(evidence=one, requirement=row, **home)
        for one, piece in pairs
        for row in {row.pk: row for row in piece.links.requirements}.values()
    )
    EvidenceVersion.objects.bulk_create(
        version_of(one, facts=piece.facts, by=by, rules=[row.evidence_days for row in piece.links.implementations])
        for one, piece in pairs
    )


def describe_evidence(
    *,
    evidence: Evidence,
    by: User,
    reason: str,
    implementations: Collection[Implementation] | None = None,
    requirements: Collection[Requirement] | None = None,
    **fields: Any,
) -> Evidence:
    """Change title, description or what it is about; of the links, those given are the ones it then has."""
    need_reason(reason, f"Say why {evidence.reference} changes")
    with change(by=by, reason=reason):
        if fields:
            for name, value in fields.items():
                setattr(evidence, name, value)
            evidence.save()
        for links, key, wanted in (
            (evidence.implementation_links.all(), "implementation_id", implementations),
            (evidence.requirement_links.all(), "requirement_id", requirements),
        ):
            kept = None if wanted is None else {one.pk for one in wanted}
            for link in links:
                if kept is not None and getattr(link, key) not in kept:
                    link.delete()
        link_evidence(evidence=evidence, links=Links(implementations or (), requirements or ()), by=by)
    return evidence
