"""Exceptions are asked for by a project, approved by somebody else in its organisation, and end on a day (S28)."""

from datetime import date, timedelta

from compliance.accounts.models import User
from compliance.approvals.services import decide, request_approval
from compliance.approvals.writers import writers_of
from compliance.ledger import Refused, change, governed
from compliance.projects.access import roles_in
from compliance.projects.models import Project
from compliance.projects.roles import allowed
from controls.models import DEVIATION_MOVES, Applicability, Deviation, DeviationState, Requirement
from controls.services.moves import check_move, now

PURPOSE = "exception"
LONGEST = timedelta(days=366)


@governed("Say why the project cannot follow")
def request_deviation(
    *, project: Project, requirement: Requirement, compensating: str, valid_until: date, by: User, reason: str
) -> Deviation:
    """Ask that a project may leave out what its organisation includes, until a day at most a year ahead."""
    _shared_row(project, requirement)
    today = now().date()
    if not compensating.strip():
        raise Refused("Say what protects instead: an exception has a compensating control.")
    if not today < valid_until <= today + LONGEST:
        raise Refused(f"Last day: choose one after today, until {today + LONGEST:%-d %b %Y}.")
    waiting = Deviation.objects.in_project(project).filter(requirement=requirement, state=DeviationState.REQUESTED)
    if (other := waiting.first()) is not None:
        raise Refused(f"{other.reference} waits for a decision already: have it decided or withdraw it first.")
    row = Deviation(
        project=project,
        requirement=requirement,
        reason=reason.strip(),
        compensating=compensating.strip(),
        valid_until=valid_until,
        requested_by=by,
    )
    with change(by=by, reason=reason):
        row.save()
        row.approval = request_approval(subject=row, purpose=PURPOSE, facts=row.facts(), scope=project, by=by)
        row.save()
    return row


@governed("Say what was weighed and why")
def decide_deviation(*, deviation: Deviation, approve: bool, by: User, reason: str) -> Deviation:
    """Approve or reject; by somebody who approves for the whole organisation, and not by who asked."""
    to = DeviationState.APPROVED if approve else DeviationState.REJECTED
    check_move(deviation, to, DEVIATION_MOVES, DeviationState)
    project = deviation.project
    if not allowed(roles_in(by, project.organisation), "applicability", "approve"):
        raise Refused(f"An exception is decided by somebody who approves applicability for {project.organisation}.")
    if approve and deviation.valid_until < now().date():
        raise Refused(f"It was asked for until {deviation.valid_until:%-d %b %Y}: ask for an exception again.")
    shared = _shared_row(project, deviation.requirement) if approve else None
    with change(by=by, reason=reason):
        authors = (deviation.requested_by, *writers_of(deviation))
        facts = deviation.facts()
        decide(approval=deviation.approval, approve=approve, facts=facts, by=by, reason=reason, authors=authors)  # type: ignore[arg-type]
        deviation.state = to
        deviation.save()
        if shared is not None:
            _supersede(deviation)
            _leave_out(deviation, shared)
    return deviation


@governed("Say why it ends")
def end_deviation(*, deviation: Deviation, by: User, reason: str) -> Deviation:
    """Take a request back, give an exception up, or settle one whose last day is over; the organisation's decision
    counts again.
    """
    to = DeviationState.WITHDRAWN
    if deviation.state != DeviationState.REQUESTED:
        over = deviation.valid_until < now().date()
        to = DeviationState.EXPIRED if over else DeviationState.REVOKED
    check_move(deviation, to, DEVIATION_MOVES, DeviationState)
    with change(by=by, reason=reason):
        if deviation.state == DeviationState.APPROVED:
            for row in _own_rows(deviation):
                row.delete()
        deviation.state, deviation.outcome = to, reason.strip()
        deviation.save()
    return deviation


def _shared_row(project: Project, requirement: Requirement) -> Applicability:
    rows = Applicability.objects.in_organisation(project.organisation).shared()
    shared = rows.filter(requirement=requirement, included=True).first()
    if shared is None:
        text = f"{project.organisation} does not include {requirement.ref}: there is nothing to be excepted from."
        raise Refused(text)
    return shared


def _own_rows(deviation: Deviation) -> list[Applicability]:
    rows = Applicability.objects.in_project(deviation.project)
    return list(rows.filter(requirement=deviation.requirement, holds_until__isnull=False))


def _supersede(deviation: Deviation) -> None:
    """An exception approved anew takes the place of the one before."""
    older = Deviation.objects.in_project(deviation.project).filter(requirement=deviation.requirement)
    for one in older.filter(state=DeviationState.APPROVED).exclude(pk=deviation.pk):
        one.state, one.outcome = DeviationState.SUPERSEDED, f"Followed by {deviation.reference}."
        one.save()


def _leave_out(deviation: Deviation, shared: Applicability) -> None:
    """The project's own decision, for as long as the exception."""
    rows = Applicability.objects.in_project(deviation.project).filter(requirement=deviation.requirement)
    row = rows.first() or Applicability(
        organisation_id=shared.organisation_id, project=deviation.project, requirement=deviation.requirement
    )
    row.included, row.codes, row.justification, row.implementation = False, "", "", None
    row.exclusion_reason = f"{deviation.reason}\nInstead: {deviation.compensating}"
    row.deviation_reason = f"{deviation.reference}: {deviation.reason}"
    row.holds_until, row.owner_id = deviation.valid_until, row.owner_id or shared.owner_id
    row.save()
