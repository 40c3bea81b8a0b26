"""The packs of a project: the list, asking for one, watching it being built, taking it away, checking it."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from compliance.files.download import download
from compliance.jobs.models import Job
from compliance.packs import services
from compliance.packs.forms import PackForm
from compliance.packs.models import EvidencePack
from compliance.packs.registry import preflight
from compliance.packs.verification import verify_file
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from compliance.ui.register import Column, Register

COLUMNS = (
    Column("reference", "Pack", kind="reference", sort="reference"),
    Column("type", "Kind", kind="main", sort="type"),
    Column("as_at", "As at", kind="moment", sort="as_at"),
    Column("period", "Period", value=lambda pack: str(pack.period)),
    Column("state", "State", template="packs/_state.html"),
    Column("pages", "Pages", value=lambda pack: pack.pages or None, kind="number", sort="pages"),
    Column("requested_by", "Asked for by", value="requested_by.name", sort="requested_by__name"),
    Column("requested_at", "Asked for", kind="moment", sort="requested_at"),
)
EMPTY = (
    "A pack is what an auditor takes away: the records as they stood at a moment, with their evidence and their proof."
)
PACKS = Register(
    key="packs", noun="pack", order="-requested_at", columns=COLUMNS, empty_title="No packs yet", empty_text=EMPTY
)
PROJECT = Column("project", "Project", value="project.name", sort="project__name")
ORGANISATION_PACKS = Register(
    key="organisation-packs",
    noun="pack",
    order="-requested_at",
    columns=(COLUMNS[0], PROJECT, *COLUMNS[1:]),
    empty_title="No packs yet",
    empty_text=EMPTY,
)


@project_view("view", kind="pack")
@require_safe
def packs(request: Request, project: Project) -> HttpResponse:
    rows = EvidencePack.objects.in_project(project).select_related("project", "requested_by")
    may_add = request.can.edit
    return PACKS.respond(
        request,
        rows,
        url=EvidencePack.get_absolute_url,
        add_url=reverse("packs:pack_add", args=[project.slug]) if may_add else "",
        add_label="Ask for a pack",
    )


@organisation_view("view", kind="pack")
@require_safe
def organisation_packs(request: Request, organisation: Organisation) -> HttpResponse:
    mine = Project.objects.in_organisation(organisation).visible_to(request.user)
    rows = EvidencePack.objects.filter(project__in=mine).select_related("project", "requested_by")
    return ORGANISATION_PACKS.respond(request, rows, url=EvidencePack.get_absolute_url)


@project_view("edit", kind="pack")
@require_http_methods(["GET", "POST"])
def pack_add(request: Request, project: Project) -> HttpResponse:
    today = timezone.now().date()
    begin = today.replace(year=today.year - 1, day=min(today.day, 28))
    form = PackForm(request.POST or None, initial={"as_at": today, "period_start": begin, "period_end": today})
    if form.is_valid():
        data = form.cleaned_data
        try:
            pack = services.request_pack(
                scope=project,
                type=data["type"],
                as_at=data["as_at"],
                period=data["period"],
                profile=data["profile"],
                by=request.user,
            )
        except services.PackRefused as error:
            form.add_error(None, str(error))
        else:
            return redirect(pack)
    return render(
        request, "packs/pack_add.html", {"form": form, "project": project}, status=422 if form.errors else 200
    )


@project_view("view", kind="pack")
def pack(request: Request, project: Project, reference: str) -> HttpResponse:
    context = _standing(_pack(project, reference))
    part = "#progress" if request.headers.get("HX-Request") else ""
    response = render(request, f"packs/pack.html{part}", context)
    if part and not context["waiting"]:
        response["HX-Refresh"] = "true"
    return response


@project_view("view", kind="pack")  # type: ignore[arg-type]  # a file is a response too
def pack_download(request: Request, project: Project, reference: str, kind: str) -> FileResponse:
    pack = _pack(project, reference)
    blob = {"pdf": pack.pdf, "zip": pack.archive}.get(kind)
    if blob is None:
        raise Http404
    return download(blob, f"{pack.file_stem}.{kind}")


@project_view("view", kind="pack")
def pack_check(request: Request, project: Project, reference: str) -> HttpResponse:
    pack = _pack(project, reference)
    if pack.archive is None:
        messages.info(request, "The pack is not built yet, so there is nothing to check.")
        return redirect(pack)
    code, lines = verify_file(pack.archive.path)
    return render(request, "packs/pack_check.html", {"pack": pack, "code": code, "report": "\n".join(lines)})


def _pack(project: Project, reference: str) -> EvidencePack:
    found = EvidencePack.objects.in_project(project).select_related("project", "pdf", "archive", "requested_by")
    return get_object_or_404(found, reference=reference)


def _standing(pack: EvidencePack) -> dict[str, Any]:
    """How far the pack is: waiting, failed with its reason, or built."""
    job = None if pack.state == EvidencePack.State.BUILT else services.job_of(pack)
    waiting = pack.state != EvidencePack.State.BUILT and job is not None and job.is_open
    failed = pack.state != EvidencePack.State.BUILT and not waiting
    findings = preflight(pack.project, pack.as_at, pack.period) if pack.state == EvidencePack.State.BUILT else []
    return {
        "pack": pack,
        "job": job,
        "waiting": waiting,
        "failed": failed,
        "running": bool(job and job.state == Job.State.RUNNING),
        "findings": findings,
    }
