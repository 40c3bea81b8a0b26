"""One click from what the flows say into the record."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from compliance.ledger import Refused
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from dataflows.models import ProcessingActivity
from dataflows.services.agreement import take_over


@organisation_view("edit", kind="flow")
@require_POST
def activity_agree(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    rows = ProcessingActivity.objects.in_organisation(organisation).filter(project__isnull=True)
    return _agree(request, get_object_or_404(rows, reference=reference))


@project_view("edit", kind="flow")
@require_POST
def project_activity_agree(request: Request, project: Project, reference: str) -> HttpResponse:
    rows = ProcessingActivity.objects.filter(project=project)
    return _agree(request, get_object_or_404(rows, reference=reference))


def _agree(request: Request, record: ProcessingActivity) -> HttpResponse:
    keys = request.POST.getlist("key")
    try:
        take_over(record=record, keys=keys, by=request.user, reason=request.POST.get("reason", ""))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{record.reference} says now what its flows say.")
    return redirect(record)
