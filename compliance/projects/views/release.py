"""Releases of a project: planned, published, withdrawn."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django_filters import ChoiceFilter

from compliance.prepared import Rows
from compliance.projects import services
from compliance.projects.access import Request, project_view
from compliance.projects.forms import ReasonForm, ReleaseForm
from compliance.projects.models import Project, Release
from compliance.projects.panels import panels_at
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.addresses import filled
from compliance.ui.filters import Filters
from compliance.ui.register import Column, Register


class ReleaseFilter(Filters):
    """Which releases to list."""

    state = ChoiceFilter(choices=Release.State.choices, label="State")
    change_class = ChoiceFilter(choices=Release.ChangeClass.choices, label="Class")

    class Meta:
        model = Release
        fields = ()


RELEASES = Register(
    key="releases",
    noun="release",
    filterset=ReleaseFilter,
    order="-planned",
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("name", "Version", kind="main", sort="name"),
        Column("class", "Class", value="change_class", sort="change_class"),
        Column("state", "State", kind="state", sort="state"),
        Column("planned", "Planned for", value="planned_date", kind="day", sort="planned_date"),
        Column("released", "Published", value="released_at", kind="day", sort="released_at"),
    ),
    empty_title="No releases yet",
    empty_text="What users get, and when. Requirements, tests and store declarations are checked per release.",
)


OF_PROJECT = Rows(lambda scope: Release.objects.filter(project=scope), scope=UUID)


def _find(project: Project, reference: str) -> Release:
    return get_object_or_404(Release.objects.in_project(project).select_related("project"), reference=reference)


def _page(project: Project, release: Release) -> str:
    return filled("projects:release", project.slug, release.reference)


def _crumbs(project: Project, release: Release | None = None) -> list[tuple[str, str]]:
    steps = [("Releases", reverse("projects:releases", args=[project.slug]))]
    return [*steps, (f"{release.reference} {release}", _page(project, release))] if release else steps


@project_view("view", kind="release")
@require_safe
def releases(request: Request, project: Project) -> HttpResponse:
    add = reverse("projects:release_add", args=[project.slug]) if request.can.edit else ""
    return RELEASES.respond(
        request,
        OF_PROJECT(scope=project.pk),
        url=lambda release: _page(project, release),
        template="projects/list.html",
        add_url=add,
        add_label="Plan a release",
    )


@project_view("edit", kind="release")
def release_add(request: Request, project: Project) -> HttpResponse:
    form = ReleaseForm(posted(request))
    made = attempt(form, lambda: services.plan_release(project=project, by=request.user, **form.values))
    if made is not None:
        messages.success(request, f"{made.reference} {made} is planned.")
        return redirect(_page(project, made))
    crumbs = _crumbs(project)
    return form_page(request, form, heading="Plan a release", cancel=crumbs[0][1], submit="Plan it", crumbs=crumbs)


@project_view("view", kind="release")
@require_safe
def release(request: Request, project: Project, reference: str) -> HttpResponse:
    found = _find(project, reference)
    panels = panels_at("release", found, request.can, request.user)
    context = {"release": found, "panels": panels, "crumbs": _crumbs(project), "heading": found.reference}
    return render(request, "projects/release.html", context)


@project_view("edit", kind="release")
def release_edit(request: Request, project: Project, reference: str) -> HttpResponse:
    found = _find(project, reference)
    form = ReleaseForm(posted(request), instance=found)
    saved = attempt(form, lambda: services.update_release(release=found, by=request.user, **form.values))
    if saved is not None:
        messages.success(request, f"Release {saved} is saved.")
        return redirect(_page(project, saved))
    crumbs = _crumbs(project, _find(project, reference))
    return form_page(request, form, heading="Edit the release", cancel=crumbs[-1][1], crumbs=crumbs)


@project_view("edit", kind="release")
def release_publish(request: Request, project: Project, reference: str) -> HttpResponse:
    return _decide(
        request,
        project,
        _find(project, reference),
        services.publish_release,
        heading="Record that it is published",
        submit="It is published",
        intro="From now on the release counts as public. What was published is not changed afterwards.",
    )


@project_view("edit", kind="release")
def release_withdraw(request: Request, project: Project, reference: str) -> HttpResponse:
    return _decide(
        request,
        project,
        _find(project, reference),
        services.withdraw_release,
        heading="Withdraw the release",
        submit="Withdraw it",
        intro="A withdrawn release stays in the list and in packs, with your reason.",
        danger=True,
    )


def _decide(request: Request, project: Project, release: Release, service: object, **words: object) -> HttpResponse:
    """Ask for a reason, then do it."""
    form = ReasonForm(posted(request))
    done = attempt(form, lambda: service(release=release, by=request.user, reason=form.cleaned_data["reason"]))  # type: ignore[operator]
    crumbs = _crumbs(project, release)
    if done is not None:
        messages.success(request, f"Release {done} is {done.get_state_display().lower()}.")
        return redirect(crumbs[-1][1])
    return form_page(request, form, cancel=crumbs[-1][1], crumbs=crumbs, **words)  # type: ignore[arg-type]
