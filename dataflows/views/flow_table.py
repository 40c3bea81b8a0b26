"""Flows written quickly, many at once, in a table."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from compliance.ledger import Refused
from compliance.projects.access import Request, project_view
from compliance.projects.models import Project
from dataflows.forms.table import PAGE, FlowTable
from dataflows.models import DataFlow
from dataflows.services.flow_table import LineRefused, keep_lines


@project_view("edit", kind="flow")
def flow_table(request: Request, project: Project) -> HttpResponse:
    rows = DataFlow.objects.in_project(project).present().complete().order_by("reference")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    reason = request.POST.get("reason", "")
    context: dict[str, Any] = {"page": page, "reason": reason}
    if request.method == "POST":
        table = FlowTable(project, [], sent=request.POST)
        if table.is_valid:
            try:
                count = keep_lines(sheet=table.sheet, lines=table.planned, by=request.user, reason=reason)
            except LineRefused as refused:
                table.mark(refused.number, str(refused))
            except Refused as refused:
                context["reason_error"] = str(refused)
            else:
                messages.success(request, f"{count} flows are kept." if count != 1 else "1 flow is kept.")
                address = reverse("dataflows:flow_table", args=[project.slug])
                return redirect(f"{address}?page={page.number}")
        return render(request, "dataflows/flow_table.html", {**context, "table": table}, status=422)
    table = FlowTable(project, list(page.object_list))
    return render(request, "dataflows/flow_table.html", {**context, "table": table})
