"""Findings and corrective actions: lists, pages and steps."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation, Project
from compliance.projects.scoped import ScopedRows
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.register import Column, Register
from controls.addresses import address
from controls.forms.audit import ActionForm, AnswerForm, FindingFilter, FindingForm, VerdictForm
from controls.models import CorrectiveAction, Finding, FindingSource
from controls.services.corrective_action import ANSWERABLE, plan_action
from controls.services.finding import (
    answer_finding,
    close_finding,
    decide_dispute,
    raise_finding,
    send_finding,
    withdraw_finding,
)
from controls.views.evidence import owned, visible
from controls.views.scopes import in_both, people_of
from controls.views.steps import Step, offered, step_page


def _unbroken(row: Finding, value: Any) -> str:
    return format_html('<span class="nowrap">{}</span>', value or "")


FINDINGS = Register(
    key="findings",
    noun="finding",
    order="-reference",
    filterset=FindingFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Finding", kind="main", sort="title"),
        Column("grade", "Grade", kind="state", sort="grade"),
        Column("state", "State", kind="state", sort="state"),
        Column("owner", "Answers", value="owner.name", sort="owner__name"),
        Column("response_due", "Answer until", kind="day", sort="response_due"),
        Column("audit", "Audit", value="audit.reference", sort="audit__reference", draw=_unbroken),
        Column("project", "About", value=lambda row: row.project or row.organisation, sort="project__name"),
    ),
    empty_title="No findings",
    empty_text="What audits found, and nonconformities from incidents, drift or complaints.",
)
ANSWERS = (
    Step(
        "answer",
        "Answer",
        frozenset({"issued"}),
        lambda row, data, by: answer_finding(finding=row, by=by, **data),
        form=AnswerForm,
    ),
)
DECISIONS = (
    Step("issue", "Issue", frozenset({"draft"}), lambda row, data, by: send_finding(finding=row, by=by, **data)),
    Step(
        "withdraw",
        "Withdraw the draft",
        frozenset({"draft"}),
        lambda row, data, by: withdraw_finding(finding=row, by=by, **data),
        danger=True,
    ),
    Step(
        "dispute",
        "Decide the dispute",
        frozenset({"disputed"}),
        lambda row, data, by: decide_dispute(finding=row, uphold=data["verdict"], by=by, reason=data["reason"]),
        form=VerdictForm,
        intro="Yes: the finding stands. No: it is withdrawn.",
    ),
    Step(
        "close",
        "Close by decision",
        frozenset({"accepted"}),
        lambda row, data, by: close_finding(finding=row, by=by, **data),
        only=lambda row, user: not row.is_nonconformity,
    ),
)


def _told(rows: Any) -> Any:
    """Drafts stay at the desk they are written at."""
    return rows.exclude(state="draft", source=FindingSource.AUDIT)


LISTED = ScopedRows(
    Finding, lambda rows: _told(rows).select_related("owner", "audit", "project", "organisation"), shared=True
)


def _findings(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    can: Any = request.can  # type: ignore[attr-defined]
    return FINDINGS.respond(
        request,
        lambda: LISTED(scope),
        url=lambda row: address(scope, "finding", row.reference),
        template="controls/finding_list.html",
        audits_url=address(scope, "audits"),
        add_url=address(scope, "finding_add") if can.edit and isinstance(scope, Organisation) else "",
        add_label="Record a finding",
    )


def _finding(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    rows = _told(visible(scope, Finding)).select_related(
        "owner", "audit", "project", "organisation", "requirement__edition", "implementation__control", "raised_by"
    )
    found = get_object_or_404(rows, reference=reference)
    actions = found.actions.select_related("owner", "verifier")
    today = now_read().date()
    changeable = isinstance(scope, Organisation) or found.project_id == scope.pk
    context = {
        "finding": found,
        "actions": [(one, one.standing(today), address(scope, "action", one.reference)) for one in actions],
        "answers": offered(found, ANSWERS, address(scope, "finding_answer", reference), request.user),
        "decisions": offered(found, DECISIONS, address(found.organisation, "finding_decide", reference), request.user),
        "plan_url": address(scope, "action_add", reference) if found.state in ANSWERABLE else "",
        "audit_url": address(scope, "audit", found.audit.reference) if found.audit else "",
        "scope_url": address(scope, "findings"),
        "changeable": changeable,
    }
    return render(request, "controls/finding.html", context)


@organisation_view("edit", kind="audit")
def finding_add(request: Request, organisation: Organisation) -> HttpResponse:
    """Record a nonconformity from elsewhere than a desk."""
    form = FindingForm(posted(request), organisation=organisation, people=people_of(organisation))
    made = attempt(
        form,
        lambda: raise_finding(scope=form.cleaned_data["project"] or organisation, by=request.user, **form.given()),
    )
    back = address(organisation, "findings")
    if made:
        return redirect(address(organisation, "finding", made.reference))
    return form_page(request, form, heading="Record a finding", cancel=back, crumbs=[("Findings", back)])


def _answer(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Finding), reference=reference)
    return step_page(request, found, ANSWERS, back=address(scope, "finding", reference), crumb=reference)


@organisation_view("approve", kind="audit")
def finding_decide(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Issue or withdraw a draft, decide a dispute, close an observation."""
    found = get_object_or_404(Finding.objects.in_organisation(organisation), reference=reference)
    return step_page(request, found, DECISIONS, back=address(organisation, "finding", reference), crumb=reference)


def _action_add(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Finding), reference=reference)
    form = ActionForm(posted(request), people=people_of(scope))
    by: Any = request.user
    made: CorrectiveAction | None = attempt(form, lambda: plan_action(finding=found, by=by, **form.cleaned_data))
    back = address(scope, "finding", reference)
    if made:
        return redirect(address(scope, "action", made.reference))
    return form_page(request, form, heading="Plan a corrective action", cancel=back, crumbs=[(reference, back)])


findings = in_both("view", kind="audit")(require_safe(_findings))
finding = in_both("view", kind="audit")(require_safe(_finding))
finding_answer = in_both("edit", kind="action")(_answer)
action_add = in_both("edit", kind="action")(_action_add)
