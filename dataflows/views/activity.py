"""Records of processing: of one project, and those all projects of an organisation share."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import state
from dataflows import services, vocabulary
from dataflows.approved import beside
from dataflows.disagreement import differences
from dataflows.forms import ActivityFilter, ActivityForm
from dataflows.letters import letters
from dataflows.models import DataFlow, ProcessingActivity
from dataflows.problems import with_problems
from dataflows.record_problems import record_problems
from dataflows.standing import is_outdated, latest_approvals
from dataflows.totals import lacking, score, with_bases, with_flow_counts, with_lacks
from dataflows.views.answer import save_form, take_step
from dataflows.views.flow import DECISIONS, SAID, STEPS
from dataflows.views.pending import changes_since
from dataflows.views.record_export import file_urls


def _bases(row: Any) -> str:
    """The basis of the first purpose, and how many others there are."""
    known = vocabulary.bases().get(row.first_basis)
    others = row.basis_count - 1
    return f"{known or 'Missing'}{f' and {others} more' if others > 0 else ''}" if row.first_basis else ""


def _draw_state(row: Any, value: Any) -> str:
    """The state; of an approved record somebody has written on since, that a change is pending."""
    return state("pending", "Change pending") if row.approved_at and row.authors and value == "active" else state(value)


ACTIVITIES = Register(
    key="activities",
    noun="record",
    title="Records of processing",
    order="reference",
    filterset=ActivityFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("name", "Activity", kind="main", sort="name"),
        Column("role", "As", sort="role"),
        Column("project", "Project", value="project.name", sort="project__name"),
        Column("legal_basis", "Legal basis", value=_bases, sort="first_basis"),
        Column("flows", "Flows", kind="number", value="flow_count"),
        Column("missing", "Letters missing", value=lambda row: " ".join(lacking(row))),
        Column("complete", "Complete", value=score),
        Column("state", "State", draw=_draw_state, sort="state"),
        Column("owner", "Owner", value="owner.name", sort="owner__name", shown=False),
        Column("dpia_status", "Impact assessment", sort="dpia_status", shown=False),
        Column("review_date", "Review", kind="day", sort="review_date"),
    ),
    empty_title="No records of processing yet",
    empty_text="GDPR Art. 30 asks for a record of each processing activity. Begin with the accounts of your users.",
)


def _listed(rows: Any) -> Any:
    """With what a line of the list shows, asked of the database: a shared record may have flows of every project."""
    return with_bases(with_flow_counts(with_lacks(rows))).select_related("organisation", "project", "owner")


VISIBLE = Rows(
    lambda scope, user, now: _listed(ProcessingActivity.objects.seen_by(user, scope, now)),
    scope=UUID,
    user=UUID,
    now=datetime,
)
OF_PROJECT = Rows(
    lambda scope, organisation: _listed(
        ProcessingActivity.objects.filter(Q(project=scope) | Q(project__isnull=True), organisation=organisation)
    ),
    scope=UUID,
    organisation=UUID,
)
SHARED = "activity"
OWN = "project_activity"


@organisation_view("view", kind="flow")
@require_safe
def activities(request: Request, organisation: Organisation) -> HttpResponse:
    """Those all projects share, and those of every project the person may open."""
    add_url = reverse("dataflows:activity_add", args=[organisation.slug])
    items_url = reverse("dataflows:items", args=[organisation.slug])
    rows = VISIBLE(scope=organisation.pk, user=request.user.pk, now=timezone.now())
    return _list(request, rows, add_url, items_url=items_url)


@project_view("view", kind="flow")
@require_safe
def project_activities(request: Request, project: Project) -> HttpResponse:
    """The project's own and those all projects share."""
    add_url = reverse("dataflows:project_activity_add", args=[project.slug])
    return _list(
        request,
        OF_PROJECT(scope=project.pk, organisation=project.organisation_id),
        add_url,
        url=lambda row: reverse("dataflows:project_activity", args=[project.slug, row.reference]),
    )


@organisation_view("view", kind="flow")
@require_safe
def activity(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    return _show(request, _shared(organisation, reference), organisation, SHARED)


@project_view("view", kind="flow")
@require_safe
def project_activity(request: Request, project: Project, reference: str) -> HttpResponse:
    rows = ProcessingActivity.objects.for_project(project).complete()
    return _show(request, get_object_or_404(rows, reference=reference), project, OWN)


@organisation_view("edit", kind="flow")
def activity_add(request: Request, organisation: Organisation) -> HttpResponse:
    form = ActivityForm(request.POST or None, organisation=organisation, user=request.user)

    def save() -> ProcessingActivity:
        project = form.cleaned_data["project"]
        return services.draft_activity(organisation=organisation, project=project, by=request.user, **form.resolve())

    back = reverse("dataflows:activities", args=[organisation.slug])
    return save_form(request, form, "dataflows/activity_form.html", save, "is drafted.", back=back)


@project_view("edit", kind="flow")
def project_activity_add(request: Request, project: Project) -> HttpResponse:
    form = ActivityForm(request.POST or None, organisation=project.organisation, project=project, user=request.user)

    def save() -> ProcessingActivity:
        organisation = project.organisation
        return services.draft_activity(organisation=organisation, project=project, by=request.user, **form.resolve())

    back = reverse("dataflows:project_activities", args=[project.slug])
    return save_form(request, form, "dataflows/activity_form.html", save, "is drafted.", back=back)


@organisation_view("edit", kind="flow")
def activity_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    return _edit(request, _shared(organisation, reference))


@project_view("edit", kind="flow")
def project_activity_edit(request: Request, project: Project, reference: str) -> HttpResponse:
    return _edit(request, _own(project, reference))


@organisation_view("edit", kind="flow")
def activity_step(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _shared(organisation, reference)
    return take_step(request, STEPS, found.get_absolute_url(), SAID, record=found, by=request.user)


@project_view("edit", kind="flow")
def project_activity_step(request: Request, project: Project, reference: str) -> HttpResponse:
    found = _own(project, reference)
    return take_step(request, STEPS, found.get_absolute_url(), SAID, record=found, by=request.user)


@organisation_view("approve", kind="flow")
def activity_decide(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = _shared(organisation, reference)
    return take_step(request, DECISIONS, found.get_absolute_url(), SAID, record=found, by=request.user)


@project_view("approve", kind="flow")
def project_activity_decide(request: Request, project: Project, reference: str) -> HttpResponse:
    found = _own(project, reference)
    return take_step(request, DECISIONS, found.get_absolute_url(), SAID, record=found, by=request.user)


def _list(request: Request, rows: Any, add_url: str, **context: Any) -> HttpResponse:
    if request.can.edit:
        context |= {"add_url": add_url, "add_label": "Add a record"}
    context["file_urls"] = file_urls(request.scope)
    return ACTIVITIES.respond(request, rows, template="dataflows/activity_list.html", **context)


def _show(request: Request, found: ProcessingActivity, scope: Organisation | Project, name: str) -> HttpResponse:
    approval = latest_approvals([found]).get(found.pk)
    rows = letters(found, found.organisation)
    outdated = is_outdated(found, approval)
    changes = changes_since(found) if outdated else []
    flows = _seen(found, scope, request.user)
    context = {
        "changes": changes,
        "flaws": record_problems(found),
        "differences": differences(found),
        "mending": request.can.edit
        and found.state not in (ProcessingActivity.State.RETIRED, ProcessingActivity.State.DPO_REVIEW)
        and (found.project_id is not None or name == SHARED),
        "beside": [pair for pair in beside(found) if pair[0] not in TOLD],
        "activity": found,
        "letters": rows,
        "complete": sum(row.is_complete for row in rows),
        "flows": flows,
        "problems": with_problems(flows, now_read().date()),
        "approval": approval,
        "outdated": outdated,
        "here": found.project_id is not None or name == SHARED,
        "urls": _urls(scope, name, found),
        "file_urls": file_urls(scope, found.reference) if approval else [],
    }
    return render(request, "dataflows/activity.html", context)


# Shown apart: as a table, as links, or only as far as the person may see them.
TOLD = ("Purposes and what they rest on", "Systems", "Flows")


def _seen(found: ProcessingActivity, scope: Organisation | Project, user: Any) -> list[DataFlow]:
    """The record's flows the person may open: in a project its own, else those of every project open to them."""
    if isinstance(scope, Project):
        return [flow for flow in found.flow_rows if flow.project_id == scope.pk]
    mine = set(Project.objects.in_organisation(scope).visible_to(user).values_list("pk", flat=True))
    return [flow for flow in found.flow_rows if flow.project_id in mine]


def _urls(scope: Organisation | Project, name: str, found: ProcessingActivity) -> dict[str, str]:
    urls = {
        key: reverse(f"dataflows:{name}_{key}", args=[scope.slug, found.reference])
        for key in ("edit", "step", "decide", "agree")
    }
    urls["list"] = reverse(
        "dataflows:activities" if name == SHARED else "dataflows:project_activities", args=[scope.slug]
    )
    kind = "organisation_record" if name == SHARED else "project_record"
    urls["history"] = reverse(f"timeline:{kind}", args=[scope.slug, found._meta.label_lower, found.pk])
    return urls


def _edit(request: Request, found: ProcessingActivity) -> HttpResponse:
    form = ActivityForm(request.POST or None, instance=found, organisation=found.organisation, user=request.user)

    def save() -> ProcessingActivity:
        return services.change_activity(activity=found, by=request.user, **form.resolve())

    back = found.get_absolute_url()
    return save_form(request, form, "dataflows/activity_form.html", save, "is saved.", activity=found, back=back)


def _shared(organisation: Organisation, reference: str) -> ProcessingActivity:
    rows = ProcessingActivity.objects.in_organisation(organisation).shared().complete()
    return get_object_or_404(rows, reference=reference)


def _own(project: Project, reference: str) -> ProcessingActivity:
    rows = ProcessingActivity.objects.in_project(project).complete()
    return get_object_or_404(rows, reference=reference)
