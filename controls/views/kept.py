"""Making evidence of an artefact."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from compliance.artefacts.models import Artefact
from compliance.ledger import Refused
from compliance.projects.access import Request, project_view
from compliance.projects.models import Project
from controls.services.kept import keep_artefact


@project_view("edit", kind="evidence")
@require_POST
def artefact_keep(request: Request, project: Project, reference: str) -> HttpResponse:
    rows = Artefact.objects.in_project(project).select_related("project__organisation", "release__project", "blob")
    row = get_object_or_404(rows.select_related("uploaded_by", "token"), reference=reference)
    try:
        made = keep_artefact(artefact=row, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{made.reference} is handed in. Somebody else judges it.")
    return redirect(row.get_absolute_url())
