"""One corrective action: its page and its steps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from controls.addresses import address
from controls.forms.audit import CauseForm, DoneForm, EffectForm, ReplanForm
from controls.models import CorrectiveAction
from controls.services.corrective_action import (
    analyse_cause,
    approve_action,
    finish_action,
    replan_action,
    send_back_action,
    start_action,
    verify_action,
)
from controls.views.evidence import owned, visible
from controls.views.scopes import in_both, people_of
from controls.views.steps import Step, offered, step_page

EFFECT = Step(
    "verify",
    "Judge the effect",
    frozenset({"done"}),
    lambda row, data, by: verify_action(action=row, by=by, **data),
    form=EffectForm,
)
STEPS = (
    Step(
        "cause",
        "Write down the cause",
        frozenset({"open", "reopened"}),
        lambda row, data, by: analyse_cause(action=row, by=by, **data),
        form=CauseForm,
    ),
    Step("start", "Begin", frozenset({"approved"}), lambda row, data, by: start_action(action=row, by=by, **data)),
    Step(
        "finish",
        "Report it done",
        frozenset({"in_progress"}),
        lambda row, data, by: finish_action(action=row, by=by, **data),
        form=DoneForm,
    ),
    Step(
        "verify",
        "Judge the effect",
        frozenset({"done"}),
        EFFECT.act,
        form=EffectForm,
        only=lambda row, user: row.verifier_id == user.pk,
    ),
    Step(
        "replan",
        "Change day or people",
        frozenset({"open", "root_cause_done", "approved", "in_progress", "reopened"}),
        lambda row, data, by: replan_action(action=row, by=by, **data),
        make=lambda row, data: ReplanForm(
            data,
            people=people_of(row.project or row.organisation),
            initial={"due_date": row.due_date, "owner": row.owner_id, "verifier": row.verifier_id},
        ),
    ),
)
DECISIONS = (
    Step(
        "approve",
        "Approve cause and plan",
        frozenset({"root_cause_done"}),
        lambda row, data, by: approve_action(action=row, by=by, **data),
    ),
    Step(
        "back",
        "Send it back",
        frozenset({"root_cause_done"}),
        lambda row, data, by: send_back_action(action=row, by=by, **data),
    ),
    EFFECT,
)
PEOPLE = ("owner", "analysed_by", "approved_by", "done_by", "verifier", "verified_by", "evidence", "finding")


def _action(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    rows = visible(scope, CorrectiveAction).select_related("project", "organisation", *PEOPLE)
    found = get_object_or_404(rows, reference=reference)
    context = {
        "action": found,
        "standing": found.standing(now_read().date()),
        "steps": offered(found, STEPS, address(scope, "action_next", reference), request.user),
        "decisions": offered(found, DECISIONS, address(scope, "action_decide", reference), request.user),
        "finding_url": address(scope, "finding", found.finding.reference),
        "changeable": isinstance(scope, Organisation) or found.project_id == scope.pk,
    }
    return render(request, "controls/action.html", context)


def _next(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, CorrectiveAction), reference=reference)
    return step_page(request, found, STEPS, back=address(scope, "action", reference), crumb=reference)


def _decide(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, CorrectiveAction), reference=reference)
    return step_page(request, found, DECISIONS, back=address(scope, "action", reference), crumb=reference)


action = in_both("view", kind="action")(require_safe(_action))
action_next = in_both("edit", kind="action")(_next)
action_decide = in_both("approve", kind="action")(_decide)
