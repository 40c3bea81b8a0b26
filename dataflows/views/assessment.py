"""Transfer assessments, and the transfers of all projects as a list."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation, Project
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import day
from dataflows import clauses, services
from dataflows.forms import AssessmentFilter, AssessmentForm, TransferFilter
from dataflows.models import AssessmentState, Transfer, TransferAssessment
from dataflows.problems import mechanism_problems
from dataflows.services.assessment import missing_steps
from dataflows.standing import latest_approvals
from dataflows.views.answer import save_form, take_step

STEPS = {"submit": services.submit_assessment, "repeat": services.repeat_assessment}
OPINIONS = {"opinion": services.give_opinion, "send_back": services.send_assessment_back}
DECISIONS = {"approve": services.approve_assessment, "send_back": services.send_assessment_back}
SAID = {
    "submit": "It is with the data protection officer now.",
    "repeat": "The next assessment is drafted; this one stands until that one is approved.",
    "opinion": "The opinion is recorded; it is decided next.",
    "send_back": "It went back to those who wrote it.",
    "approve": "It is in force.",
}


def _until(row: TransferAssessment, value: Any) -> str:
    """The day to look again, in red when it is over while it is in force."""
    late = row.state == AssessmentState.IN_FORCE and row.has_run_out(now_read().date())
    return format_html('<span class="nowrap{}">{}</span>', " overdue" if late else "", day(value)) if value else ""


ASSESSMENTS = Register(
    key="transfer-assessments",
    noun="transfer assessment",
    title="Transfer assessments",
    order="-reference",
    filterset=AssessmentFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Transfer", kind="main", sort="title"),
        Column("destination", "To", value="destination", sort="country"),
        Column("importer", "Importer", value="importer.name", sort="importer__name"),
        Column("mechanism", "Mechanism", sort="mechanism", shown=False),
        Column("result", "Result", sort="result"),
        Column("state", "State", kind="state", sort="state"),
        Column("expires_date", "Valid until", draw=_until, sort="expires_date"),
        Column("used", "Transfers", kind="number", sort="used"),
    ),
    empty_title="No transfer assessments yet",
    empty_text="One for each destination and importer that clauses or corporate rules are to carry; several transfers "
    "may rest on it.",
)


def _standing(transfer: Transfer) -> str:
    return " ".join(problem.mark for problem in mechanism_problems(transfer, now_read().date())) or "in order"


def _draw_standing(transfer: Transfer, value: str) -> str:
    return value if value == "in order" else format_html('<span class="overdue">{}</span>', value)


TRANSFERS = Register(
    key="transfers",
    noun="transfer",
    title="Transfers outside the EEA",
    order="reference",
    filterset=TransferFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("flow", "Flow", kind="main", value=lambda row: str(row.flow), sort="flow__reference"),
        Column("destination", "To", value="destination", sort="country"),
        Column("importer", "Importer", value="importer.name", sort="importer__name"),
        Column("mechanism", "Mechanism", sort="mechanism"),
        Column("fallback_mechanism", "Fallback", sort="fallback_mechanism"),
        Column("assessment", "Assessment", value="assessment.reference", sort="assessment__reference"),
        Column("standing", "To mend", value=_standing, draw=_draw_standing),
        Column("remote_access", "Remote access only", kind="flag", shown=False),
        Column("project", "Project", value="project.name", sort="project__name", shown=False),
        Column("safeguard", "Safeguards", shown=False),
    ),
    empty_title="No transfers yet",
    empty_text="Every country outside the EEA that data reaches, or from where it is read. They are recorded on flows.",
)


OF_ORGANISATION = Rows(
    lambda scope: (
        TransferAssessment.objects.filter(organisation=scope)
        .select_related("organisation", "importer")
        .annotate(used=Count("transfers"))
    ),
    scope=UUID,
)
VISIBLE = Rows(
    lambda scope, user, now: Transfer.objects.filter(
        project__in=Project.objects.filter(organisation=scope).visible_to(user, now)
    ).select_related("flow__project__organisation", "project", "importer", "assessment"),
    scope=UUID,
    user=UUID,
    now=datetime,
)


@organisation_view("view", kind="flow")
@require_safe
def transfers(request: Request, organisation: Organisation) -> HttpResponse:
    """The transfers of every project the person may open."""
    rows = VISIBLE(scope=organisation.pk, user=request.user.pk, now=timezone.now())
    return TRANSFERS.respond(
        request, rows, template="dataflows/transfer_list.html", url=lambda row: row.flow.get_absolute_url()
    )


@organisation_view("view", kind="flow")
@require_safe
def transfer_assessments(request: Request, organisation: Organisation) -> HttpResponse:
    add = reverse("dataflows:transfer_assessment_add", args=[organisation.slug])
    context: dict[str, Any] = {"add_url": add, "add_label": "Assess a transfer"} if request.can.edit else {}
    return ASSESSMENTS.respond(request, OF_ORGANISATION(scope=organisation.pk), **context)


@organisation_view("view", kind="flow")
@require_safe
def transfer_assessment(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _assessment(organisation, reference)
    mine = Project.objects.in_organisation(organisation).visible_to(request.user)
    used = found.transfers.filter(project__in=mine).select_related("flow__project__organisation", "importer")
    context = {
        "assessment": found,
        "approval": latest_approvals([found]).get(found.pk),
        "measures": clauses.measure_labels(found.measures),
        "lacking": missing_steps(found) if found.state == AssessmentState.DRAFT else [],
        "over": found.state == AssessmentState.IN_FORCE and found.has_run_out(now_read().date()),
        "transfers": used.order_by("reference"),
        "successors": found.successors.order_by("reference"),
        "is_author": str(request.user.pk) in found.authors,
    }
    return render(request, "dataflows/assessment.html", context)


@organisation_view("edit", kind="flow")
def transfer_assessment_add(request: Request, organisation: Organisation) -> HttpResponse:
    form = AssessmentForm(request.POST or None, organisation=organisation, initial=_asked(request, organisation))

    def save() -> TransferAssessment:
        return services.draft_assessment(organisation=organisation, by=request.user, **form.values())

    back = reverse("dataflows:transfer_assessments", args=[organisation.slug])
    context = {"heading": "Assess a transfer", "back": back}
    return save_form(request, form, "dataflows/form.html", save, "is drafted.", **context)


def _asked(request: Request, organisation: Organisation) -> dict[str, Any]:
    """The party a page asked to assess."""
    party = organisation_party(organisation, request.GET.get("party", ""))
    return {"importer": party, "country": party.parent_outside or party.country, "title": party.name} if party else {}


def organisation_party(organisation: Organisation, reference: str) -> Any:
    from dataflows.models import Party

    return Party.objects.in_organisation(organisation).filter(reference=reference).first()


@organisation_view("edit", kind="flow")
def transfer_assessment_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _assessment(organisation, reference)
    form = AssessmentForm(request.POST or None, instance=found, organisation=organisation)

    def save() -> TransferAssessment:
        return services.change_assessment(assessment=found, by=request.user, **form.values())

    context = {"heading": f"Change {found.reference}", "back": found.get_absolute_url()}
    return save_form(request, form, "dataflows/form.html", save, "is saved.", **context)


@organisation_view("edit", kind="flow")
def transfer_assessment_step(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    return _step(request, organisation, reference, STEPS)


@organisation_view("approve", kind="flow")
def transfer_assessment_advise(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """The opinion of the data protection officer."""
    return _step(request, organisation, reference, OPINIONS)


@organisation_view("approve", kind="acceptance")
def transfer_assessment_decide(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """The decision of those who answer for the transfer."""
    return _step(request, organisation, reference, DECISIONS)


def _step(request: Request, organisation: Organisation, reference: str, steps: dict[str, Any]) -> HttpResponse:
    found = _assessment(organisation, reference)
    return take_step(request, steps, found.get_absolute_url(), SAID, assessment=found, by=request.user)


def _assessment(organisation: Organisation, reference: str) -> TransferAssessment:
    rows = TransferAssessment.objects.in_organisation(organisation)
    related = ("organisation", "importer__organisation", "opinion_by", "replaces__organisation")
    return get_object_or_404(rows.select_related(*related), reference=reference)
