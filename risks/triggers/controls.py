"""Controls that fail, evidence that falls away, major findings, exceptions: the risks that rely on them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from compliance.packs.registry import day
from compliance.projects.models import Organisation
from controls.models import (
    ControlTest,
    Deviation,
    DeviationState,
    Effectiveness,
    EvidenceImplementation,
    EvidenceState,
    EvidenceVersion,
    Finding,
    Grade,
)
from risks.models import Risk, RiskControl
from risks.triggering import Hit, trigger

RECENT = timedelta(days=180)
NOTICES = (7, 30, 60)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def relying_on(organisation: Organisation, implementations: Any) -> Mapping[UUID, list[Risk]]:
    """The open risks by the implementation they rely on; two queries."""
    links = RiskControl.objects.in_organisation(organisation).filter(implementation__in=implementations)
    risks = Risk.objects.open().select_related("project", "organisation", "owner")
    known = risks.in_bulk(links.values_list("risk_id", flat=True).distinct())
    found: dict[UUID, list[Risk]] = {}
    for implementation, risk in links.order_by("risk__reference").values_list("implementation_id", "risk_id"):
        if risk in known:
            found.setdefault(implementation, []).append(known[risk])
    return found


@trigger("control_ineffective", of="risk")
def failing(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """The last test of a control that is ineffective still found it so."""
    tests = ControlTest.objects.in_organisation(organisation).filter(
        result=Effectiveness.INEFFECTIVE,
        concluded_at__range=(at - RECENT, at),
        implementation__effectiveness=Effectiveness.INEFFECTIVE,
    )
    relying = relying_on(organisation, tests.values("implementation"))
    for test in tests.select_related("implementation").order_by("concluded_at"):
        said = f"Control {test.implementation.reference} was tested ineffective on {day(test.concluded_at.date())}"
        for risk in relying.get(test.implementation_id, ()):
            yield Hit(risk, f"test:{test.pk}", f"{said} ({test.reference}).", test.concluded_at)


@trigger("evidence_rejected", of="risk")
def rejected(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """The latest version of a piece of evidence was rejected."""
    rows = _latest(organisation).filter(state=EvidenceState.REJECTED, reviewed_at__range=(at - RECENT, at))
    for version, implementation, risk in _relying_on_evidence(organisation, rows):
        why = version.get_reject_code_display().lower() or "see its review"
        said = f"Evidence {version.evidence.reference} of control {implementation} was rejected on"
        reason = f"{said} {day(version.reviewed_at.date())}: {why}."
        yield Hit(risk, f"evidence:{version.pk}", reason, version.reviewed_at)


@trigger("evidence_expired", of="risk")
def expired(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """The latest version of a piece of evidence was accepted, and its last day is over."""
    rows = _latest(organisation).filter(
        state=EvidenceState.ACCEPTED, valid_until__lt=at.date(), valid_until__gte=(at - RECENT).date()
    )
    for version, implementation, risk in _relying_on_evidence(organisation, rows):
        said = f"Evidence {version.evidence.reference} of control {implementation} ended on {day(version.valid_until)}."
        yield Hit(risk, f"evidence:{version.pk}:ended", said, start_of(version.valid_until + timedelta(days=1)))


def _latest(organisation: Organisation) -> Any:
    return EvidenceVersion.objects.in_organisation(organisation).filter(latest=True)


def _relying_on_evidence(organisation: Organisation, rows: Any) -> Iterator[tuple[Any, str, Risk]]:
    links = EvidenceImplementation.objects.filter(evidence__in=rows.values("evidence"))
    relying = relying_on(organisation, links.values("implementation"))
    shown: dict[UUID, list[tuple[UUID, str]]] = {}
    for link in links.select_related("implementation"):
        shown.setdefault(link.evidence_id, []).append((link.implementation_id, link.implementation.reference))
    for version in rows.select_related("evidence"):
        for key, reference in shown.get(version.evidence_id, ()):
            for risk in relying.get(key, ()):
                yield version, reference, risk


@trigger("finding_major", of="risk")
def nonconformities(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """An open major nonconformity at a control, or at what a control of a risk answers."""
    rows = Finding.objects.in_organisation(organisation).open().filter(grade=Grade.MAJOR, raised_at__lte=at)
    for finding in rows.select_related("requirement", "implementation"):
        where = Q(implementation=finding.implementation_id) if finding.implementation_id else Q(pk=None)
        if finding.requirement_id and not finding.implementation_id:
            where = Q(implementation__control__requirement_links__requirement=finding.requirement_id)
        if finding.project_id:
            where &= Q(project=finding.project_id)
        said = f"{finding.reference} is a major nonconformity: {finding.title}."
        for risk in _risks(organisation, where):
            yield Hit(risk, f"finding:{finding.pk}", said, finding.raised_at)


@trigger("exception_expiring", of="risk")
def exceptions_ending(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """60, 30 and 7 days before the last day of an exception."""
    rows = _approved(organisation, at).filter(valid_until__gte=at.date(), valid_until__lte=at.date() + timedelta(60))
    for row in rows:
        left = next(days for days in NOTICES if (row.valid_until - at.date()).days <= days)
        said = f"{row} ends on {day(row.valid_until)}."
        since = start_of(row.valid_until - timedelta(days=left))
        for risk in _risks(organisation, affected(row)):
            yield Hit(risk, f"exception:{row.pk}:{row.valid_until}:{left}", said, since, due=row.valid_until)


@trigger("exception_expired", of="risk")
def exceptions_over(organisation: Organisation, at: datetime) -> Iterator[Hit]:
    """An exception ended and nobody said what became of it."""
    for row in _approved(organisation, at).filter(valid_until__lt=at.date()):
        since = start_of(row.valid_until + timedelta(days=1))
        said = f"{row} ended on {day(row.valid_until)}: its requirement counts again."
        for risk in _risks(organisation, affected(row)):
            yield Hit(risk, f"exception:{row.pk}:{row.valid_until}", said, since)


def affected(row: Deviation) -> Q:
    """Which links between risks and controls an exception touches: controls that answer what is left out."""
    return Q(Q(project=row.project_id), implementation__control__requirement_links__requirement=row.requirement_id)


def _approved(organisation: Organisation, at: datetime) -> Any:
    rows = Deviation.objects.in_organisation(organisation).filter(state=DeviationState.APPROVED)
    return rows.select_related("requirement", "project")


def _risks(organisation: Organisation, where: Q) -> Any:
    links = RiskControl.objects.in_organisation(organisation).filter(where)
    risks = Risk.objects.open().filter(pk__in=links.values("risk"))
    return risks.select_related("project", "organisation", "owner").order_by("reference")
