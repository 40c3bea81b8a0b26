"""What is to be looked at again, and why; saying that it was done where the record has no review of its own."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, Scope
from compliance.projects.models import Project
from compliance.projects.roles import KINDS
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import day, reference
from risks.forms.acceptance import RevokeForm
from risks.forms.reassessment import ReassessmentFilter
from risks.models import Reassessment
from risks.services.trigger import settle_one
from risks.views.place import place
from risks.views.scopes import carried_out, scoped_view


def draw_record(row: Reassessment, value: Any) -> str:
    """The record, leading to its page."""
    return reference(row.target_reference, row.url)


def draw_due(row: Reassessment, value: Any) -> str:
    """The day it is due, and whether it is late."""
    late = row.overdue(now_read().date())
    said = f"{day(row.due_date)}{', overdue' if late else ''}"
    return format_html('<span class="nowrap{}">{}</span>', " overdue" if late else "", said)


COLUMNS = (
    Column("target_reference", "Record", sort="target_reference", draw=draw_record),
    Column("reason", "Why", kind="main"),
    Column("action", "What is asked"),
    Column("severity", "Severity", kind="level"),
    Column("owner", "Waits for", value="owner.name", sort="owner__name"),
    Column("due_date", "Due", sort="due_date", draw=draw_due),
    Column("happened_at", "Since", kind="day", sort="happened_at", shown=False),
    Column("outcome", "What came of it", shown=False),
)
REASSESSMENTS = Register(
    key="reassessments",
    noun="record to look at again",
    plural="records to look at again",
    title="To look at again",
    columns=COLUMNS,
    order="due_date",
    filterset=ReassessmentFilter,
    empty_title="Nothing to look at again",
    empty_text="When a control fails, evidence ends, an acceptance runs out or a major release is planned, what rests "
    "on it stands here with the reason. No number ever changes by itself.",
)


def _shown(request: Request, scope: Scope) -> Any:
    kinds = [kind for kind in KINDS if getattr(request.can, kind).view]
    rows = Reassessment.objects.filter(kind__in=kinds, notice=False).select_related("owner")
    if isinstance(scope, Project):
        return rows.in_project(scope)
    return rows.in_organisation(scope).seen_by(request.user)


@scoped_view("view")
@require_safe
def reassessments(request: Request, scope: Scope) -> HttpResponse:
    """What is asked for; settled ones by the filter."""

    def url(row: Reassessment) -> str:
        return place(scope, "reassessment", row.pk)

    return REASSESSMENTS.respond(request, _shown(request, scope), url=url, template="risks/reassessment_list.html")


@scoped_view("edit")
def reassessment(request: Request, scope: Scope, asked: UUID) -> HttpResponse:
    """One request: its reason, the record, and saying what came of it."""
    row = get_object_or_404(_shown(request, scope), pk=asked)
    form = RevokeForm(request.POST or None)
    if carried_out(request, form, settle_one, row=row):
        messages.success(request, f"{row.target_reference} was looked at.")
        return redirect(place(scope, "reassessments"))
    context = {"row": row, "form": form, "list_url": place(scope, "reassessments"), "may_settle": row.is_open}
    return render(request, "risks/reassessment.html", context, status=422 if form.errors else 200)
