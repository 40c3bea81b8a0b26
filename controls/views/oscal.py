"""OSCAL documents to take away."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.projects.access import organisation_view
from compliance.projects.models import Organisation, Project
from controls.models import Edition
from controls.services import oscal
from controls.views.scopes import in_both
from controls.views.statement import statement_or_404


def _file(document: dict[str, Any], name: str) -> HttpResponse:
    text = json.dumps(document, ensure_ascii=False, indent=1)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return HttpResponse(text, content_type="application/json", headers=disposition)


@organisation_view("view", kind="framework")
@require_safe
def oscal_catalog(request: HttpRequest, organisation: Organisation, edition: str) -> HttpResponse:
    known = Edition.objects.visible_in(organisation).select_related("framework")
    found = get_object_or_404(known, key=edition)
    try:
        return _file(oscal.catalog(found), f"oscal-catalog-{found.key}")
    except oscal.NotOurs as refused:
        messages.error(request, str(refused))
        return redirect(reverse("controls:framework", args=[organisation.slug, edition]))


def _profile(request: HttpRequest, scope: Organisation | Project, edition: str) -> HttpResponse:
    statement = statement_or_404(scope, edition)
    return _file(oscal.profile(scope, statement), f"oscal-profile-{scope.slug}-{edition}")


def _components(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    return _file(oscal.components(scope), f"oscal-component-definition-{scope.slug}")


def _results(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    return _file(oscal.results(scope), f"oscal-assessment-results-{scope.slug}")


oscal_profile = in_both("view", kind="applicability")(require_safe(_profile))
oscal_components = in_both("view", kind="implementation")(require_safe(_components))
oscal_results = in_both("view", kind="audit")(require_safe(_results))
