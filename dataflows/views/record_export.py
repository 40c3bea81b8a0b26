"""Records of processing as files: small ones at once, paper and long lists in the background."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from compliance.files.download import download, safe_name
from compliance.files.models import Blob
from compliance.jobs.models import Job
from compliance.jobs.services import enqueue, is_anybody_there
from compliance.ledger.moment import now_read
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from dataflows.approved import approved
from dataflows.jobs import KIND, records_of, title_of
from dataflows.record_files import WRITERS, file_name

SLOW = {"pdf", "docx"}
AT_ONCE, FEW = 60, 15  # records: so many take less than a second, as data and as a document

Scope = Organisation | Project


@organisation_view("view", kind="flow")
def records_file(request: Request, organisation: Organisation, form: str) -> HttpResponse:
    return _file(request, organisation, form)


@project_view("view", kind="flow")
def project_records_file(request: Request, project: Project, form: str) -> HttpResponse:
    return _file(request, project, form)


def _file(request: Request, scope: Scope, form: str) -> HttpResponse:
    """The file itself where it is quickly made; else a question first, since asking for work changes something."""
    if form not in WRITERS:
        raise Http404
    if "job" in request.GET:
        return _job(request, scope, request.GET["job"])
    only = request.GET.get("only", "")[:40]
    rows = records_of(scope, request.user, only)
    count = rows.present().count()
    if only and not count:
        raise Http404
    house = scope.organisation if isinstance(scope, Project) else scope
    if form != "pdf" and count <= (FEW if form in SLOW else AT_ONCE):
        records = approved(house, rows, title=title_of(scope, only), at=now_read())
        kind, write = WRITERS[form]
        name = safe_name(file_name(records, only.lower() or scope.slug, form))
        return HttpResponse(
            write(records), content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
        )
    if request.method == "POST":
        job = _ask(request, scope, house, only, form)
        return redirect(f"{_address(scope, 'records_file', form)}?job={job.pk}")
    context = {"form_name": form.upper(), "count": count, "back": _back(scope, only), "job": None}
    return render(request, "dataflows/records_file.html", context)


def _ask(request: Request, scope: Scope, house: Organisation, only: str, form: str) -> Job:
    arguments = {
        "organisation": str(house.pk),
        "project": str(scope.pk) if isinstance(scope, Project) else "",
        "user": str(request.user.pk),
        "only": only,
        "form": form,
        "at": now_read().isoformat(),
    }
    key = ":".join((KIND, str(scope.pk), str(request.user.pk), only, form))
    return enqueue(KIND, arguments, by=request.user, key=key)


def _job(request: Request, scope: Scope, key: str) -> HttpResponse:
    """How far it is; done, the file. Only for whoever asked, in the scope they asked for it."""
    try:
        job = get_object_or_404(Job, pk=UUID(key), kind=KIND, requested_by=request.user)
    except ValueError:
        raise Http404 from None
    asked: dict[str, Any] = job.arguments
    place = asked["project"] or asked["organisation"]
    if place != str(scope.pk):
        raise Http404
    if job.state == Job.State.DONE and job.result and "file" in request.GET:
        blob = get_object_or_404(Blob, sha256=job.result["sha256"])
        return download(blob, job.result["name"])  # type: ignore[return-value]
    context = {
        "job": job,
        "form_name": str(asked["form"]).upper(),
        "back": _back(scope, asked["only"]),
        "nobody": job.is_open and not is_anybody_there(),
    }
    if request.headers.get("HX-Target") != "progress":
        return render(request, "dataflows/records_file.html", context)
    if job.is_open:
        return render(request, "dataflows/records_file.html#progress", context)
    return HttpResponse(headers={"HX-Refresh": "true"})


def file_urls(scope: Scope, only: str = "") -> list[tuple[str, str]]:
    """Label and address of each kind of file, of the list or of one record."""
    query = f"?only={only}" if only else ""
    return [(form.upper(), f"{_address(scope, 'records_file', form)}{query}") for form in WRITERS]


def _address(scope: Scope, name: str, *args: Any) -> str:
    prefix = "project_" if isinstance(scope, Project) else ""
    return reverse(f"dataflows:{prefix}{name}", args=[scope.slug, *args])


def _back(scope: Scope, only: str) -> str:
    return _address(scope, "activity", only) if only else _address(scope, "activities")
