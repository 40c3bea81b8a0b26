"""Choosing what to do about a risk, and doing it."""

from datetime import date
from typing import Any

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused, change, governed, need_reason
from compliance.projects.models import Project
from controls.models import Implementation
from risks.models import Risk, RiskControl, RiskTreatment, TreatmentAction
from risks.services.people import need_followed
from risks.services.register import CannotMove

Status = TreatmentAction.Status
WORDS = dict(Status.choices)
ACTION_MOVES: dict[str, frozenset[str]] = {
    Status.PLANNED: frozenset({Status.IN_PROGRESS, Status.DONE, Status.CANCELLED}),
    Status.IN_PROGRESS: frozenset({Status.DONE, Status.CANCELLED}),
    Status.DONE: frozenset({Status.VERIFIED, Status.IN_PROGRESS}),
    Status.VERIFIED: frozenset(),
    Status.CANCELLED: frozenset(),
}
GRAVE_FOR_PEOPLE = {"high", "very_high"}


def treat_risk(*, risk: Risk, option: str, rationale: str, by: User, reason: str = "") -> RiskTreatment:
    """Choose an option for a risk, or reword it. A high risk to people cannot simply be retained."""
    _refuse_closed(risk)
    if option not in RiskTreatment.Option.values:
        raise Refused(f"Option {option!r} is unknown: choose modify, retain, avoid or share.")
    if not rationale.strip():
        raise Refused(f"Rationale: say why the risk is treated by {option}.")
    if option == RiskTreatment.Option.RETAIN:
        need_followed(risk)
    if option == RiskTreatment.Option.RETAIN and {risk.privacy_level, risk.privacy_residual_level} & GRAVE_FOR_PEOPLE:
        raise Refused(
            "A high risk to people cannot be retained: reduce it, avoid it, or consult the authority (Art. 36)."
        )
    with change(by=by, reason=reason):
        treatment = risk.treatments.filter(option=option).first() or RiskTreatment(
            organisation=risk.organisation, project=risk.project, risk=risk, option=option
        )
        treatment.rationale = rationale.strip()
        treatment.save()
    return treatment


@governed("Say why the option is withdrawn")
def withdraw_treatment(*, treatment: RiskTreatment, by: User, reason: str) -> None:
    """Take an option back; one with actions stays until they are cancelled. Its history stays."""
    if treatment.actions.exclude(status=Status.CANCELLED).exists():
        raise CannotMove(f"{treatment} has actions: cancel them before the option is withdrawn.")
    with change(by=by, reason=reason):
        treatment.delete()


def plan_action(
    *, treatment: RiskTreatment, title: str, owner: User, due_date: date, by: User, reason: str = ""
) -> TreatmentAction:
    """Add a step with somebody who does it and a day."""
    _refuse_closed(treatment.risk)
    if not title.strip():
        raise Refused("What is done: name the action.")
    with change(by=by, reason=reason):
        action = TreatmentAction(
            organisation=treatment.organisation,
            project=treatment.project,
            treatment=treatment,
            title=title.strip(),
            owner=owner,
            due_date=due_date,
        )
        action.save()
    return action


@governed("Say why the plan changes")
def replan_action(*, action: TreatmentAction, by: User, reason: str, **fields: Any) -> TreatmentAction:
    """Move an open action's day, or give it to somebody else; the reason says why (title, owner, due_date)."""
    if unknown := set(fields) - {"title", "owner", "due_date"}:
        raise Refused(f"{', '.join(sorted(unknown))}: not changed this way.")
    if not action.is_open:
        raise CannotMove(f"{action.reference} is {WORDS[action.status].lower()}: only open actions are planned anew.")
    with change(by=by, reason=reason):
        for name, value in fields.items():
            setattr(action, name, value)
        action.save()
    return action


def move_action(*, action: TreatmentAction, to: str, by: User, reason: str = "") -> TreatmentAction:
    """Take one step of `ACTION_MOVES`. Whoever did the work does not verify it."""
    if to not in ACTION_MOVES[action.status]:
        raise CannotMove(
            f"{action.reference} is {WORDS[action.status].lower()}: "
            f"it cannot become {WORDS.get(to, to).lower()} from there."
        )
    if to == Status.CANCELLED or action.status == Status.DONE:
        need_reason(reason)
    if to == Status.VERIFIED and by.pk == action.owner_id:
        raise NotYours(f"You carried out {action.reference} yourself: somebody else has to verify it.")
    with change(by=by, reason=reason):
        action.status = to
        action.verified_by = by if to == Status.VERIFIED else None
        action.save()
    return action


def link_control(*, risk: Risk, implementation: Implementation, by: User, reason: str = "") -> RiskControl:
    """Say that a control treats a risk."""
    _refuse_closed(risk)
    if implementation.organisation_id != risk.organisation_id or not _reaches(implementation, risk.project):
        raise Refused(f"{implementation.reference} does not work for {risk.scope}: choose a control that does.")
    if risk.controls.filter(implementation=implementation).exists():
        raise Refused(f"{implementation.reference} is already linked to {risk.reference}.")
    with change(by=by, reason=reason):
        link = RiskControl(
            organisation=risk.organisation, project=risk.project, risk=risk, implementation=implementation
        )
        link.save()
    return link


@governed("Say why the control no longer treats the risk")
def unlink_control(*, link: RiskControl, by: User, reason: str) -> None:
    """Say that a control no longer treats a risk."""
    with change(by=by, reason=reason):
        link.delete()


def _reaches(implementation: Implementation, project: Project | None) -> bool:
    return implementation.project_id is None or (project is not None and implementation.project_id == project.pk)


def _refuse_closed(risk: Risk) -> None:
    if risk.is_closed:
        raise CannotMove(f"{risk.reference} is closed: reopen it first.")
