"""An audit of a project with a frozen scope, and people who sit at its desk."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Project
from controls.models import Audit, AuditProgramme, AuditSeat, Edition, Evidence, Finding, ManagementReview
from controls.services.applicability import adopt_edition
from controls.services.audit import plan_programme
from controls.services.desk import desk_finding, draw_at_desk, freeze_scope, frozen_scope
from controls.services.evidence import Facts, Links, Upload, submit_evidence
from controls.services.management_review import schedule_review
from controls.services.review import accept_evidence, begin_review
from controls.services.seat import end_seat
from tests.controls.auditing import accepted, acted, planned, put, seated
from tests.controls.editions import make_edition

TITLE = "Audit of the matrix"


def somebody(name: str) -> User:
    email = f"{name.replace(' ', '.').lower()}@desks.example"
    with change(by="tests"):
        return User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name)


def desk_of(project: Project) -> Audit:
    """The project's audit in fieldwork, with one accepted piece of evidence in its frozen scope."""
    if found := Audit.objects.filter(project=project, title=TITLE).first():
        return found
    officer, other = somebody("Officer"), somebody("Other")
    edition = Edition.objects.filter(key="desks").first() or make_edition("desks")
    if not edition.statements.filter(organisation=project.organisation).exists():
        adopt_edition(scope=project.organisation, edition=edition, by=officer)
    shown = apart(lambda: _evidence(project, edition, officer))
    version = begin_review(version=shown.versions.get(), by=other)
    accept_evidence(version=version, by=other, note="Dated, and of this app")
    audit = planned(project, edition, officer, title=TITLE)
    freeze_scope(audit=audit, by=officer)
    return put(audit, "fieldwork")


def apart(make: Any) -> Any:
    """A record whose reference no other organisation has, so that the access matrix can tell them apart."""
    made = make()
    while type(made).objects.filter(reference=made.reference).exclude(organisation=made.organisation).exists():
        made = make()
    return made


def _evidence(project: Project, edition: Edition, officer: User) -> Evidence:
    return submit_evidence(
        scope=project,
        title=f"Evidence of {project}",
        shows="It runs.",
        kind="system_report",
        facts=Facts(source="Console", method="automated", collected_by=officer, observed_at=_observed()),
        upload=Upload(BytesIO(f"%PDF-1.7 desk {project}".encode()), "desk.pdf"),
        links=Links(requirements=[edition.requirements.get(ref="K.1")]),
        by=officer,
    )


def take_seat(project: Project, user: User, *, since: timedelta, until: timedelta, ended: bool = False) -> AuditSeat:
    """Seat somebody at the project's desk for a window around now."""
    audit, now = desk_of(project), timezone.now()
    seat = seated(audit, user, somebody("Officer"), role="auditor")
    seat.since, seat.until = now + since, now + until
    with change(by="tests"):
        seat.save()
    return end_seat(seat=seat, by=somebody("Officer"), reason="Over") if ended else seat


def frozen_evidence(project: Project) -> dict[str, Any]:
    parts = frozen_scope(desk_of(project)).facts["parts"]
    return next(part for part in parts if part["key"] == "evidence")["items"][0]


def lead_of(project: Project) -> AuditSeat:
    lead, audit = somebody(f"Lead of {project}"), desk_of(project)
    return AuditSeat.objects.filter(audit=audit, user=lead).first() or seated(audit, lead, somebody("Officer"))


def sample_of(project: Project) -> str:
    lines = [f"ticket {number}" for number in range(9)]
    draw = {"source": "Tickets", "draw": "random_seeded", "size": 2, "seed": "x"}
    return apart(lambda: draw_at_desk(seat=lead_of(project), items=lines, **draw)).reference


def finding_of(project: Project) -> str:
    words = {"grade": "observation", "title": "T", "statement": "S", "evidence_seen": "E"}
    return apart(lambda: desk_finding(seat=lead_of(project), **words)).reference


def audit_of(project: Project) -> Audit:
    edition = Edition.objects.filter(key="desks").first() or make_edition("desks")
    return planned(project, edition, somebody("Officer"), title="Planned")


def programme_of(project: Project) -> AuditProgramme:
    today, officer = timezone.now().date(), somebody("Officer")
    days = {"start_date": today, "end_date": today + timedelta(days=365)}
    return plan_programme(organisation=project.organisation, title="Year", owner=officer, by=officer, **days)


def open_finding(project: Project) -> Finding:
    return accepted(project, somebody("Officer"), somebody("Other"))


def action_of(project: Project) -> Any:
    other = somebody("Other")
    return acted(open_finding(project), other, somebody("Officer"), other, until="open")


def review_of(project: Project) -> ManagementReview:
    officer, day = somebody("Officer"), timezone.now().date()
    return schedule_review(
        organisation=project.organisation, title="Half-year", planned_date=day, chair=officer, by=officer
    )


def _observed() -> datetime:
    return datetime(2026, 11, 1, 9, tzinfo=UTC)
