"""Nobody audits what they own or worked on in the twelve months before (ISO 27001 9.2.2 c, ISO 19011 4)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from compliance.accounts.models import User
from compliance.ledger import as_of
from compliance.ledger.context import actor_of
from compliance.ledger.models import Entry
from controls.independence import records_besides
from controls.models import Applicability, Audit, EvidenceVersion, Implementation, Statement
from controls.services.moves import now

LOOKS_BACK = timedelta(days=365)
FEW = 6


def conflicts_of(*, user: User, audit: Audit) -> list[str]:
    """What of the audited the person owned or worked on, in words; empty when they are independent.

    The audited are the implementations, decisions and evidence behind the audit's criteria, in its scope, and what
    the rooms above rest on them.
    """
    asked = list(audit.criteria.values_list("requirement_id", flat=True))
    implementations = _in_scope(audit, Implementation).filter(control__requirement_links__requirement__in=asked)
    running = {one.pk: one for one in implementations.select_related("control").distinct()}
    rows = _in_scope(audit, Applicability).filter(requirement__in=asked)
    decided = {one.pk: one for one in rows.select_related("requirement__edition")}
    versions = _versions(audit, asked, list(running))
    said = [f"owns {one}" for one in running.values() if one.owner_id == user.pk]
    said += [f"owned {running[key]} within the year" for key in _owned_before(user, running)]
    said += [f"owns the decision on {row.requirement.citation}" for row in decided.values() if row.owner_id == user.pk]
    editions = {row.requirement.edition_id for row in decided.values()}
    statements = _in_scope(audit, Statement).filter(owner=user, edition__in=editions).select_related("edition")
    said += [f"owns {one}" for one in statements]
    worked = _in_scope(audit, EvidenceVersion).filter(pk__in=versions)
    mine = worked.filter(Q(collected_by=user) | Q(submitted_by=user)).select_related("evidence")
    said += [f"collected {one.evidence}" for one in mine.filter(collected_at__gte=now() - LOOKS_BACK)]
    besides = {one.pk: one for one in records_besides(audit, list(running))}
    said += [f"owns {one}" for one in besides.values() if one.owner_id == user.pk]
    said += _changed(user, {**running, **decided, **besides})
    return said


def in_words(conflicts: list[str]) -> str:
    """The first few, and how many more."""
    more = len(conflicts) - FEW
    return "; ".join(conflicts[:FEW]) + (f"; and {more} more" if more > 0 else "")


def _in_scope(audit: Audit, model: Any) -> Any:
    if audit.project is not None:
        return model.objects.for_project(audit.project)
    return model.objects.in_organisation(audit.organisation)


def _versions(audit: Audit, asked: list[UUID], running: list[UUID]) -> list[UUID]:
    about = Q(evidence__implementation_links__implementation__in=running) | Q(
        evidence__requirement_links__requirement__in=asked
    )
    return list(_in_scope(audit, EvidenceVersion).filter(about).values_list("pk", flat=True))


def _owned_before(user: User, running: dict[Any, Implementation]) -> list[Any]:
    before = as_of(Implementation, now() - LOOKS_BACK, ids=list(running)).filter(owner_id=user.pk)
    return [one.pk for one in before.instances() if running[one.pk].owner_id != user.pk]


def _changed(user: User, records: dict[Any, Any]) -> list[str]:
    written = Entry.objects.filter(actor=actor_of(user), object_id__in=list(records), at__gte=now() - LOOKS_BACK)
    touched = set(written.order_by().values_list("object_id", flat=True))
    return [f"changed {record} within the year" for key, record in records.items() if key in touched]
