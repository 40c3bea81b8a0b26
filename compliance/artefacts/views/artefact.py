"""Artefacts of a release: handing in, the list, one of them with what stands in it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from compliance.artefacts import reading, services, words
from compliance.artefacts.formats.observation import Observed
from compliance.artefacts.forms.artefact import ArtefactForm
from compliance.artefacts.models import Artefact
from compliance.artefacts.standing import waiting_of
from compliance.artefacts.views.listing import ARTEFACTS, FACTS
from compliance.files.download import download
from compliance.files.store import FileDamaged, readable_size
from compliance.files.uploads import FilesRefused
from compliance.files.views import announce, piece
from compliance.ledger import Refused
from compliance.projects.access import Request, project_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Project, Release
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.addresses import filled


@project_view("view", kind="release")
@require_safe
def artefacts(request: Request, project: Project, reference: str) -> HttpResponse:
    """The list, with the box to drop files into; what is being read is told every two seconds."""
    return _list(request, _release(project, reference), ArtefactForm())


@project_view("edit", kind="release")
@require_http_methods(["GET", "POST"])
def artefact_add(request: Request, project: Project, reference: str) -> HttpResponse:
    release = _release(project, reference)
    form = ArtefactForm(posted(request), request.FILES or None, person=request.user)
    if form.is_bound and form.is_valid():
        try:
            taken = services.receive_artefacts(
                release=release, uploads=form.cleaned_data["uploads"], by=request.user, about=form.about()
            )
        except FilesRefused as refused:
            for problem in refused.problems:
                form.add_error("uploads", problem)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            form.let_go()
            for said in _told(taken):
                messages.success(request, said)
            return redirect(_page(release))
    return _list(request, release, form)


def _told(taken: list[services.Taken]) -> list[str]:
    """What became of what was dropped."""
    new = [str(one.artefact) for one in taken if not one.known]
    known = [f"{one.artefact} is here already, with the same bytes." for one in taken if one.known]
    return [*([f"{len(new)} file{'s' if len(new) > 1 else ''} kept, being read."] if new else []), *known]


def _list(request: Request, release: Release, form: ArtefactForm) -> HttpResponse:
    waiting = waiting_of(release)
    if request.headers.get("HX-Target") == "progress":
        response = render(request, "artefacts/list.html#progress", {"waiting": waiting, "release": release})
        if not waiting.rows:
            response["HX-Refresh"] = "true"
        return response
    slug, names = release.project.slug, [release.reference, release.name, release.build_sha256]
    open_to_files = request.can.edit and release.state != Release.State.WITHDRAWN
    response = ARTEFACTS.respond(
        request,
        lambda: Artefact.objects.of(release).select_related("uploaded_by", "token"),
        url=lambda row: filled("artefacts:artefact", slug, release.reference, row.reference),
        template="artefacts/list.html",
        release=release,
        form=form if open_to_files else None,
        waiting=waiting,
        limit=readable_size(settings.ASSAY_EVIDENCE_MAX_BYTES),
        api_urls=[request.build_absolute_uri(reverse("artefacts:api", args=[one])) for one in names if one],
        crumbs=_crumbs(release)[:2],
    )
    response.status_code = 422 if form.errors else response.status_code
    return response


@project_view("view", kind="release")
@require_safe
def artefact(request: Request, project: Project, reference: str, artefact: str) -> HttpResponse:
    """One file: what it is, and every fact that was read in it."""
    row = _artefact(project, reference, artefact)
    group, asked = request.GET.get("group", "")[:20], request.GET.get("q", "")[:200]
    observed, damaged = Observed(row.kind), ""
    try:
        observed = reading.observed_of(row)
    except FileDamaged as problem:
        damaged = str(problem)
    waiting = waiting_of(row.release, only=row)
    if request.headers.get("HX-Target") == "progress" and not waiting.rows:
        response = HttpResponse()
        response["HX-Refresh"] = "true"
        return response
    return FACTS.respond(
        request,
        words.sifted(observed.observations, group, asked),
        url=lambda one: "",
        template="artefacts/artefact.html",
        artefact=row,
        damaged=damaged,
        waiting=waiting,
        groups=[(one.key, one.title, count) for one, count in words.tally(row.counts)],
        group=group if words.group_of(group) else "",
        asked=asked,
        panels=_panels(request, row),
        crumbs=_crumbs(row.release),
    )


def _panels(request: Request, row: Artefact) -> Any:
    from compliance.projects.panels import panels_at

    return panels_at("artefact", row, request.can, request.user)


@project_view("view", kind="release")
@require_safe
def artefact_file(request: Request, project: Project, reference: str, artefact: str) -> HttpResponse:
    row = _artefact(project, reference, artefact)
    try:
        return download(row.blob, row.file_name)  # type: ignore[return-value]
    except FileDamaged as damaged:
        messages.error(request, str(damaged))
        return redirect(row.get_absolute_url())


@project_view("edit", kind="release")
def artefact_remove(request: Request, project: Project, reference: str, artefact: str) -> HttpResponse:
    return _move(
        request,
        _artefact(project, reference, artefact),
        services.remove_artefact,
        heading="Remove",
        submit="Remove it",
        danger=True,
        intro="It counts no more. The file, what was read in it and your reason stay.",
    )


@project_view("edit", kind="release")
def artefact_again(request: Request, project: Project, reference: str, artefact: str) -> HttpResponse:
    return _move(
        request,
        _artefact(project, reference, artefact),
        services.read_again,
        heading="Read again",
        submit="Read it again",
        intro="It takes the place of what says the same kind of thing now.",
    )


def _move(request: Request, row: Artefact, service: Any, *, heading: str, **words: Any) -> HttpResponse:
    """Ask for a reason, then do it."""
    form = ReasonForm(posted(request))
    done = attempt(form, lambda: service(artefact=row, by=request.user, reason=form.cleaned_data["reason"]))
    if done is not None:
        messages.success(request, f"{done.reference}: {done.get_state_display().lower()}.")
        return redirect(_page(row.release))
    crumbs = [*_crumbs(row.release), (str(row), row.get_absolute_url())]
    heading = f"{heading}: {row}"
    return form_page(request, form, heading=heading, cancel=row.get_absolute_url(), crumbs=crumbs, **words)


@project_view("edit", kind="release")
@require_POST
def uploads(request: Request, project: Project) -> JsonResponse:
    return announce(request)


@project_view("edit", kind="release")
@require_http_methods(["GET", "POST"])
def upload(request: Request, project: Project, upload: UUID) -> JsonResponse:
    return piece(request, upload)


def _release(project: Project, reference: str) -> Release:
    return get_object_or_404(Release.objects.in_project(project).select_related("project"), reference=reference)


def _artefact(project: Project, release: str, reference: str) -> Artefact:
    rows = Artefact.objects.in_project(project).filter(release__reference=release)
    people = ("project", "release__project", "blob", "uploaded_by", "token")
    return get_object_or_404(rows.select_related(*people), reference=reference)


def _page(release: Release) -> str:
    return filled("artefacts:artefacts", release.project.slug, release.reference)


def _crumbs(release: Release) -> list[tuple[str, str]]:
    slug = release.project.slug
    return [
        ("Releases", filled("projects:releases", slug)),
        (f"{release.reference} {release}", filled("projects:release", slug, release.reference)),
        ("Artefacts", _page(release)),
    ]
