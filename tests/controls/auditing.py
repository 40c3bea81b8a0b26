"""An audit of Lumaro, and what the tests of audits do again and again."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Organisation
from controls.models import Audit, AuditSeat, Edition, Finding
from controls.services.audit import move_audit, plan_audit
from controls.services.corrective_action import analyse_cause, approve_action, finish_action, plan_action, start_action
from controls.services.desk import freeze_scope
from controls.services.finding import answer_finding, raise_finding, send_finding
from controls.services.seat import seat_auditor

DAY = timedelta(days=1)


def planned(scope: Any, edition: Edition, by: User, **more: Any) -> Audit:
    """An audit of a scope against the whole edition, five days from tomorrow."""
    today = timezone.now().date()
    words = {"title": "Internal audit", "objectives": "Does it work?", "start_date": today, "end_date": today + 5 * DAY}
    return plan_audit(scope=scope, by=by, criteria=edition.requirements.all(), **{**words, **more})


def seated(audit: Audit, user: User, by: User, role: str = "lead", days: int = 9) -> AuditSeat:
    """A seat that opened an hour ago."""
    now = timezone.now()
    return seat_auditor(audit=audit, user=user, since=now - DAY / 24, until=now + days * DAY, by=by, role=role)


def in_fieldwork(audit: Audit, lead: User, by: User) -> AuditSeat:
    """Staffed, frozen and begun."""
    seat = seated(audit, lead, by)
    freeze_scope(audit=audit, by=by)
    move_audit(audit=audit, to="notified", by=by)
    move_audit(audit=audit, to="fieldwork", by=by)
    return seat


def issued(scope: Any, raiser: User, owner: User, grade: str = "minor_nc", audit: Audit | None = None) -> Finding:
    """A finding told to who answers for it."""
    words = {"title": "Two accounts were missed", "statement": "64 of 66 accounts.", "evidence_seen": "EV-002, list"}
    due = timezone.now().date() + 30 * DAY
    made = raise_finding(scope=scope, audit=audit, by=raiser, grade=grade, owner=owner, response_due=due, **words)
    return send_finding(finding=made, by=raiser)


def accepted(scope: Any, raiser: User, owner: User, grade: str = "minor_nc", audit: Audit | None = None) -> Finding:
    found = issued(scope, raiser, owner, grade, audit)
    return answer_finding(finding=found, agree=True, response="It is so.", by=owner)


def acted(finding: Finding, owner: User, approver: User, by: User, until: str = "done") -> Any:
    """A corrective action of the finding, brought to a state on the way to `done`."""
    due = timezone.now().date() + 20 * DAY
    action = plan_action(finding=finding, title="Take the list from the directory", owner=owner, due_date=due, by=by)
    if until == "open":
        return action
    cause = {"method": "five_whys", "root_cause": "The list was typed.", "extent_check": "Looked at all reviews."}
    analyse_cause(action=action, by=owner, **cause)
    steps = {
        "approved": lambda: approve_action(action=action, by=approver, reason="The cause is plausible"),
        "in_progress": lambda: start_action(action=action, by=owner),
        "done": lambda: finish_action(action=action, result="The export is automatic.", by=owner),
    }
    for name, step in steps.items():
        if action.state == until:
            break
        assert step().state == name
    return action


def wait_over(action: Any) -> Any:
    """Let the wait be over, as if a month had passed."""
    action.verify_after = date(2026, 1, 1)
    with change(by="tests"):
        action.save()
    return action


def put(row: Any, state: str) -> Any:
    """Set a state behind the back of the services."""
    row.state = state
    with change(by="tests"):
        row.save()
    return row


def moment(day: int) -> datetime:
    return datetime(2026, 11, day, 9, tzinfo=UTC)


def other_organisation(user: User) -> Organisation:
    return Organisation.objects.get(name="Elsewhere")
