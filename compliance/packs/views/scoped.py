"""One page, two addresses: under a project, and under the organisation for what no project owns."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse

from compliance.packs.models import KEPT, EvidencePack
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project

AUDITORS = {"auditor"}
PAGES = ("preflight", "override", "check", "issue", "discard", "build-again")
RELATED = ("organisation", "project", "project__organisation", "requested_by", "issued_by", "pdf", "archive")
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Both:
    """The two views of a page."""

    project: Any
    organisation: Any

    def at(self, route: str, name: str) -> list[URLPattern]:
        """The two addresses: `name` under a project, `organisation_name` under an organisation."""
        return [
            path(f"projects/<slug:project>/packs/{route}", self.project, name=name),
            path(f"organisations/<slug:organisation>/packs/{route}", self.organisation, name=f"organisation_{name}"),
        ]


def either(verb: str) -> Callable[[View], Both]:
    """The view receives the project or the organisation its URL names, as `scope`."""

    def declare(view: View) -> Both:
        return Both(project_view(verb, kind="pack")(view), organisation_view(verb, kind="pack")(view))

    return declare


def find(request: Request, scope: Organisation | Project, reference: str) -> EvidencePack:
    """The pack with this reference in the scope; an auditor finds what was issued only."""
    found = EvidencePack.objects.in_scope(scope).select_related(*RELATED)
    if reads_issued_only(request.can.roles):
        found = found.filter(state__in=KEPT)
    return get_object_or_404(found, reference=reference)


def reads_issued_only(roles: set[str]) -> bool:
    """Whether somebody with these roles sees no drafts: an auditor judges what the organisation stands behind."""
    return bool(roles) and roles <= AUDITORS


def page(request: Request, template: str, context: dict[str, Any], *, bad: bool = False) -> HttpResponse:
    """Draw a page with the addresses of its pack (`urls`), its list and the form that asks for one."""
    pack, scope = context.get("pack"), request.scope
    kind = "" if isinstance(scope, Project) else "organisation_"
    around = {
        "list_url": reverse(f"packs:{kind}packs", args=[scope.slug]),
        "add_url": reverse(f"packs:{kind}pack_add", args=[scope.slug]),
        "urls": {name.replace("-", "_"): pack.address(name) for name in PAGES} if pack else {},
    }
    return render(request, template, {**around, **context}, status=422 if bad else 200)
