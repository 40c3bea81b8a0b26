"""What evidence is called and what it is about, changed without touching what was handed in."""

from collections.abc import Collection
from typing import Any

from compliance.accounts.models import User
from compliance.ledger import change, need_reason
from controls.models import Evidence, Implementation, Requirement
from controls.services.evidence import Links, link_evidence


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
