"""An organisation: its overview, its particulars, its projects."""

from copy import copy
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_filters import CharFilter, ChoiceFilter

from compliance.prepared import Rows
from compliance.projects import services
from compliance.projects.access import Request, organisation_view
from compliance.projects.forms import OrganisationForm, ProjectForm
from compliance.projects.models import CheckpointMailing, Organisation, Project, Release
from compliance.projects.panels import panels_at
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.filters import Filters
from compliance.ui.register import Column, Register


class ProjectFilter(Filters):
    """Which projects to list."""

    name = CharFilter(lookup_expr="icontains", label="Name")
    state = ChoiceFilter(choices=Project.State.choices, label="State")

    class Meta:
        model = Project
        fields = ()


PROJECTS = Register(
    key="projects",
    noun="project",
    order="name",
    filterset=ProjectFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("name", "Project", kind="main", sort="name"),
        Column("role", "Our role", sort="role"),
        Column("countries", "Countries"),
        Column("users_count", "People", kind="number", sort="users_count"),
        Column("latest", "Published last", sort="latest"),
        Column("masvs_profile", "MASVS profile", shown=False),
        Column("state", "State", kind="state", sort="state"),
    ),
    empty_title="No projects yet",
    empty_text="A project is a mobile app with everything that belongs to it: listings, releases, risks, data flows.",
)


def with_latest_release(projects: Any) -> Any:
    """Add `latest`, the name of the release published last."""
    released = Release.objects.filter(project=OuterRef("pk"), state=Release.State.RELEASED).order_by("-released_at")
    return projects.annotate(latest=Subquery(released.values("name")[:1]))


@organisation_view("view", kind="project")
@require_safe
def organisation(request: Request, organisation: Organisation) -> HttpResponse:
    """The dashboard: what the rooms leave here."""

    def own() -> dict[str, Any]:
        found = Project.objects.in_organisation(organisation).visible_to(request.user)
        active = with_latest_release(found.filter(state=Project.State.ACTIVE))
        return {"projects": list(active[:8]), "projects_total": found.count()}

    panels = panels_at("organisation", organisation, request.can, request.user, request.keep)
    context = {"panels": panels, **request.keep("own boxes", own)}
    return render(request, "projects/organisation.html", context)


@organisation_view("view", kind="organisation")
@require_safe
def organisation_settings(request: Request, organisation: Organisation) -> HttpResponse:
    sent = CheckpointMailing.objects.in_organisation(organisation).filter(sent_at__isnull=False)
    return render(request, "projects/organisation_settings.html", {"mailing": sent.first()})


@organisation_view("edit", kind="organisation")
def organisation_edit(request: Request, organisation: Organisation) -> HttpResponse:
    form = OrganisationForm(posted(request), instance=copy(organisation))
    saved = attempt(
        form, lambda: services.update_organisation(organisation=form.instance, by=request.user, **form.values)
    )
    back = reverse("projects:organisation_settings", args=[organisation.slug])
    if saved is not None:
        messages.success(request, "The particulars are saved.")
        return redirect(back)
    return form_page(request, form, heading="Edit the particulars", cancel=back, crumbs=[("Settings", back)])


VISIBLE = Rows(
    lambda scope, user, now: with_latest_release(Project.objects.filter(organisation=scope).visible_to(user, now)),
    scope=UUID,
    user=UUID,
    now=datetime,
)


@organisation_view("view", kind="project")
@require_safe
def projects(request: Request, organisation: Organisation) -> HttpResponse:
    found = VISIBLE(scope=organisation.pk, user=request.user.pk, now=timezone.now())
    add = reverse("projects:project_add", args=[organisation.slug]) if request.can.manage else ""
    return PROJECTS.respond(request, found, template="projects/list.html", add_url=add, add_label="Add a project")


@organisation_view("manage", kind="project")
def project_add(request: Request, organisation: Organisation) -> HttpResponse:
    form = ProjectForm(posted(request))
    made = attempt(form, lambda: services.create_project(organisation=organisation, by=request.user, **form.values))
    if made is not None:
        messages.success(request, f"{made.reference} {made} is added. Next: its store listings.")
        return redirect(made)
    back = reverse("projects:projects", args=[organisation.slug])
    return form_page(request, form, heading="Add a project", cancel=back, submit="Add it", crumbs=[("Projects", back)])
