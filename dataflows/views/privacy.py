"""The privacy dashboard of an organisation and of a project."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, may, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panels
from dataflows.models import DataFlow, ProcessingActivity, SubjectRequest
from dataflows.privacy import destinations, letters_picture, order_picture, waiting
from dataflows.totals import flawed, incomplete

# The boxes of all rooms about these kinds of records stand here, too; "privacy" is a place of boxes of its own.
KINDS = ("flow", "party", "request", "incident")
OWN = ("flows_of_project", "flows_of_organisation", "requests_of_organisation")


@organisation_view("view", kind="flow")
@require_safe
def privacy(request: Request, organisation: Organisation) -> HttpResponse:
    projects = Project.objects.filter(organisation=organisation).visible_to(request.user)
    flows = DataFlow.objects.filter(project__in=projects)
    records = ProcessingActivity.objects.seen_by(request.user, organisation)
    names = {"flows": "flows", "records": "activities"}
    urls = {key: reverse(f"dataflows:{name}", args=[organisation.slug]) for key, name in names.items()}
    urls["transfers"] = reverse("dataflows:transfers", args=[organisation.slug])
    asked = SubjectRequest.objects.in_organisation(organisation) if request.can.request.view else None
    return _show(request, organisation, flows, records, asked, urls)


@project_view("view", kind="flow")
@require_safe
def project_privacy(request: Request, project: Project) -> HttpResponse:
    house = project.organisation
    flows, records = DataFlow.objects.in_project(project), ProcessingActivity.objects.for_project(project)
    names = {"flows": "project_flows", "records": "project_activities", "map": "map"}
    urls = {key: reverse(f"dataflows:{name}", args=[project.slug]) for key, name in names.items()}
    asked = None
    if may(request.user, house, "view", "request"):
        asked = SubjectRequest.objects.in_organisation(house).filter(app=project)
    return _show(request, project, flows, records, asked, urls)


def _show(request: Request, scope: Any, flows: Any, records: Any, asked: Any, urls: dict[str, str]) -> HttpResponse:
    now = now_read()
    flows, records = flows.present(), records.present()
    if asked is not None:
        house = getattr(scope, "organisation", scope)
        urls["requests"] = reverse("dataflows:requests", args=[house.slug])
    context = {
        "urls": urls,
        "figures": [
            ("Records of processing", records.count(), urls["records"]),
            ("Records with letters missing", incomplete(records).count(), f"{urls['records']}?letters=missing"),
            ("Flows to mend", flawed(flows, now.date()).count(), f"{urls['flows']}?problem=any"),
            ("Flows at the DPO", flows.filter(state="dpo_review").count(), f"{urls['flows']}?state=dpo_review"),
        ],
        "letters": letters_picture(records, urls["records"]),
        "order": order_picture(flows, now.date(), urls["flows"]),
        "waiting": waiting(asked, now) if asked is not None else None,
        "destinations": destinations(flows, now.date()),
        "panels": _boxes(request, scope),
    }
    return render(request, "dataflows/privacy.html", context)


def _boxes(request: Request, scope: Any) -> list[dict[str, Any]]:
    """What rooms leave on the overview about people's data, and what they leave here alone."""
    place = "project" if isinstance(scope, Project) else "organisation"
    given = {"can": request.can, "user": request.user}
    found = []
    for box in panels:
        about = box.place == "privacy" or (box.place == place and box.kind in KINDS)
        if about and box.build.__name__ not in OWN and getattr(request.can, box.kind).view:
            context = box.build(scope, **{name: given[name] for name in box.asks})
            if context is not None:
                found.append({"title": box.title, "wide": box.wide, "template": box.template, "context": context})
    return found
