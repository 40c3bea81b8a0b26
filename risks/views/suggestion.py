"""Suggestions of reports, and the component lists of releases."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_safe

from compliance.projects.access import Request, project_view
from compliance.projects.models import Project, Release
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.register import Column, Register
from risks.components import release_before
from risks.forms.vulnerability import ComponentFilter, DecisionForm, SuggestionFilter
from risks.models import Component, Suggestion
from risks.services.suggestion import decide_suggestion
from risks.views.vulnerability import place

SUGGESTIONS = Register(
    key="suggestions",
    noun="suggestion",
    order="-state",
    filterset=SuggestionFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("text", "Suggestion", kind="main"),
        Column("kind", "Kind", value="get_kind_display", sort="kind"),
        Column("state", "State", kind="state", sort="state"),
        Column("decided_by", "Decided by", value="decided_by.name"),
    ),
    empty_title="No suggestions",
    empty_text="What reports would change: fixed or reported again, a risk to assess again, evidence for a control. "
    "Nothing changes before a person accepts it.",
)
COMPONENTS = Register(
    key="components",
    noun="component",
    order="name",
    filterset=ComponentFilter,
    columns=(
        Column("name", "Component", kind="main", sort="name"),
        Column("component_version", "Version", sort="component_version"),
        Column("is_new", "New", kind="flag", sort="is_new"),
        Column("type", "Type", sort="type"),
        Column("licence", "Licence", sort="licence"),
        Column("supplier", "Supplier", sort="supplier"),
        Column("purl", "Package address", shown=False),
    ),
    empty_title="No component list yet",
    empty_text="What a release is made of. Bring in its CycloneDX file: the list, and what changed since the "
    "release before, stand here.",
)


@project_view("view", kind="risk")
@require_safe
def suggestions(request: Request, project: Project) -> HttpResponse:
    rows = Suggestion.objects.in_project(project).select_related("decided_by", "project")
    return SUGGESTIONS.respond(request, rows, template="risks/suggestion_list.html")


@project_view("edit", kind="risk")
def suggestion(request: Request, project: Project, reference: str) -> HttpResponse:
    rows = Suggestion.objects.in_project(project).select_related(
        "vulnerability__project", "implementation__organisation", "implementation__project", "evidence", "decided_by"
    )
    row = get_object_or_404(rows, reference=reference)
    form, back = DecisionForm(posted(request)), place(project, "suggestions")
    by: Any = request.user

    def decide() -> Suggestion:
        accept = form.cleaned_data["verdict"] == "accept"
        return decide_suggestion(suggestion=row, accept=accept, by=by, reason=form.cleaned_data["reason"])

    if attempt(form, decide):
        messages.success(request, f"{row.reference}: {row.get_state_display().lower()}.")
        return redirect(row.about.get_absolute_url() if row.about else back)
    crumbs = [("Vulnerabilities", place(project, "vulnerabilities")), ("Suggestions", back)]
    heading = f"{row.reference} {row.get_kind_display()}"
    return form_page(request, form, heading=heading, cancel=back, crumbs=crumbs, submit="Decide", intro=row.text)


@project_view("view", kind="risk")
@require_safe
def components(request: Request, project: Project) -> HttpResponse:
    """What a release is made of; the newest with a list unless another is asked for."""
    listed = Release.objects.in_project(project).filter(Exists(Component.objects.filter(release=OuterRef("pk"))))
    releases = list(listed.order_by("-planned_date", "-name"))
    asked = request.GET.get("release", "")
    release = next((one for one in releases if one.reference == asked), releases[0] if releases else None)
    before = release_before(release, releases) if release else None
    mine = Component.objects.in_project(project).filter(release=release)
    known = Component.objects.filter(release=before, key=OuterRef("key"))
    gone = Component.objects.none()
    if before is not None:
        kept = Component.objects.filter(release=release, key=OuterRef("key"))
        gone = Component.objects.filter(release=before).exclude(Exists(kept)).order_by("name")
    rows = mine.annotate(is_new=~Exists(known)) if before else mine.annotate(is_new=Exists(Component.objects.none()))
    return COMPONENTS.respond(
        request,
        rows,
        url=lambda row: "",
        template="risks/component_list.html",
        releases=releases,
        release=release,
        before=before,
        gone=list(gone[:200]),
    )
