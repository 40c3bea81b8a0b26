"""Who is to confirm having read what, who has, and how many of them (ISO/IEC 27001 7.3)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Membership, Organisation
from compliance.projects.roles import TIME_BOXED
from controls.models import AUDIENCES, EVERYONE, NOBODY, Acknowledgement, Document, DocumentVersion, VersionState


@dataclass(frozen=True)
class Reading:
    """How far a published version was read: who confirmed, who has still to, and until when."""

    version: DocumentVersion
    read: frozenset[UUID]
    asked: frozenset[UUID]

    @property
    def done(self) -> int:
        return len(self.read & self.asked)

    @property
    def total(self) -> int:
        return len(self.asked)

    @property
    def percent(self) -> int | None:
        """Whole percents, rounded down: 100 means everybody."""
        return self.done * 100 // self.total if self.total else None

    @property
    def waiting(self) -> frozenset[UUID]:
        return self.asked - self.read

    @property
    def due(self) -> datetime | None:
        """When everybody should have confirmed."""
        published = self.version.published_at
        return published + timedelta(days=self.version.document.acknowledge_days) if published else None


def acknowledge(*, version: DocumentVersion, by: User, at: datetime | None = None) -> Acknowledgement:
    """Confirm having read a published version. Saying so twice changes nothing."""
    if version.state != VersionState.PUBLISHED:
        raise Refused(f"{version} is {version.get_state_display().lower()}: only the published version is confirmed.")
    known = Acknowledgement.objects.filter(version_read=version, person=by).first()
    if known is not None:
        return known
    now = at or simulated_moment() or timezone.now()
    if by.pk not in asked_to_read(version.document, now):
        raise Refused(f"{version.document.reference} does not ask you to confirm having read it.")
    with change(by=by, reason="Read and taken note of"):
        made = Acknowledgement(
            organisation_id=version.organisation_id,
            version_read=version,
            person=by,
            acknowledged_at=now,
        )
        made.save()
    return made


def asked_to_read(document: Document, at: datetime) -> frozenset[UUID]:
    """Who is to confirm a document: the people here in its audience, auditors never."""
    return _audience(document.audience, _people_by_role(document.organisation_id, at))


def readings(organisation: Organisation, at: datetime, documents: Iterable[Document] | None = None) -> list[Reading]:
    """How far every published version that asks for it was read. Three queries."""
    versions = DocumentVersion.objects.in_organisation(organisation).published().select_related("document__owner")
    versions = versions.exclude(document__audience=NOBODY).order_by("document__reference")
    if documents is not None:
        versions = versions.filter(document__in=documents)
    found = list(versions)
    read: dict[UUID, set[UUID]] = defaultdict(set)
    for version, person in Acknowledgement.objects.filter(version_read__in=found).values_list("version_read", "person"):
        read[version].add(person)
    people = _people_by_role(organisation.pk, at)
    return [Reading(one, frozenset(read[one.pk]), _audience(one.document.audience, people)) for one in found]


def with_readings(documents: Any, organisation: Organisation, at: datetime) -> Any:
    """Add `asked` (how many are to confirm) and `confirmed` (how many of those have) to a query over documents."""
    people = _people_by_role(organisation.pk, at)
    sizes = {audience: len(_audience(audience, people)) for audience, _ in AUDIENCES}
    here = Membership.objects.filter(organisation=organisation, user__is_active=True, user=OuterRef("person")).valid(at)
    of_all = Q(Exists(here.exclude(role__in=TIME_BOXED)), version_read__document__audience=EVERYONE)
    of_role = Q(Exists(here.filter(role=OuterRef("version_read__document__audience"))))
    read = Acknowledgement.objects.filter(of_all | of_role, version_read__document=OuterRef("pk"))
    counted = read.filter(version_read__state=VersionState.PUBLISHED).order_by().values("version_read__document")
    return documents.annotate(
        asked=Case(*(When(audience=key, then=Value(size)) for key, size in sizes.items()), default=Value(0)),
        confirmed=Coalesce(Subquery(counted.annotate(many=Count("pk")).values("many")), 0),
    )


def to_read(user: User, organisation: Organisation, at: datetime) -> list[DocumentVersion]:
    """What a person has still to read and confirm in an organisation."""
    return [one.version for one in readings(organisation, at) if user.pk in one.waiting]


def _people_by_role(organisation_id: UUID, at: datetime) -> dict[str, set[UUID]]:
    found: dict[str, set[UUID]] = defaultdict(set)
    held = Membership.objects.filter(organisation_id=organisation_id, user__is_active=True).valid(at)
    for role, user in held.values_list("role", "user_id"):
        found[role].add(user)
    return found


def _audience(audience: str, people: dict[str, set[UUID]]) -> frozenset[UUID]:
    if audience == NOBODY:
        return frozenset()
    if audience != EVERYONE:
        return frozenset(people.get(audience, ()))
    return frozenset().union(*(users for role, users in people.items() if role not in TIME_BOXED))
