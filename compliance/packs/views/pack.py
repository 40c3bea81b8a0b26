"""One pack: how far it is, who signed it, its files; taking them away and checking them."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.files.download import download
from compliance.files.models import Blob
from compliance.files.store import FileDamaged
from compliance.jobs.models import Job
from compliance.jobs.services import is_anybody_there
from compliance.packs import hooks, services
from compliance.packs.models import EvidencePack, Override, SignOff, State
from compliance.packs.verification import verify_file
from compliance.packs.views.moves import moves_of
from compliance.packs.views.scoped import either, find, page
from compliance.projects.access import Request
from compliance.projects.models import Organisation, Project


@either("view")
@require_safe
def pack(request: Request, scope: Organisation | Project, reference: str) -> HttpResponse:
    found = find(request, scope, reference)
    context = _standing(found)
    if request.headers.get("HX-Request"):
        response = page(request, "packs/pack.html#progress", context)
        if not context["waiting"]:
            response["HX-Refresh"] = "true"
        return response
    return page(request, "packs/pack.html", {**context, **_about(request, found)})


@either("view")
@require_safe
def pack_download(request: Request, scope: Organisation | Project, reference: str, kind: str) -> Any:
    """A file of the pack, byte for byte as it was published; who takes it is told to whoever records it."""
    found = find(request, scope, reference)
    one = next((file for file in _files(found) if file["kind"] == kind), None)
    if one is None:
        raise Http404
    try:
        response = download(one["blob"], one["name"])
    except FileDamaged as damage:
        messages.error(request, f"{damage} Have it restored from a backup; its hash stands on this page.")
        return redirect(found)
    hooks.handed_out(found, kind, one["blob"], request.user)
    return response


@either("view")
@require_safe
def pack_check(request: Request, scope: Organisation | Project, reference: str) -> HttpResponse:
    found = find(request, scope, reference)
    if found.archive is None:
        messages.info(request, "The pack is not built yet, so there is nothing to check.")
        return redirect(found)
    code, lines = verify_file(found.archive.path)
    return page(request, "packs/pack_check.html", {"pack": found, "code": code, "report": "\n".join(lines)})


def _standing(pack: EvidencePack) -> dict[str, Any]:
    """How far the work on the pack is: waiting, running, failed with its reason, or none."""
    job = services.job_of(pack) if pack.state in {State.REQUESTED, State.APPROVED} else None
    waiting = job is not None and job.is_open
    running = bool(job and job.state == Job.State.RUNNING)
    gone = pack.state == State.REQUESTED and (job is None or job.state == Job.State.CANCELLED)
    return {
        "pack": pack,
        "job": job,
        "waiting": waiting,
        "running": running,
        "failed": gone or bool(job and job.state == Job.State.FAILED),
        "issuing": pack.state == State.APPROVED,
        "nobody": waiting and not running and not is_anybody_there(),
    }


def _about(request: Request, pack: EvidencePack) -> dict[str, Any]:
    signed = {one.step: one for one in SignOff.objects.filter(pack=pack).valid().in_order()}
    wanted = services.next_step(pack)
    line = EvidencePack.objects.of_line(pack).kept().exclude(pk=pack.pk)
    previous = EvidencePack.objects.before(pack).first() if pack.pdf_id else None
    steps = services.steps_of(pack)
    return {
        "steps": [{"step": step, "signed": signed.get(step), "next": step == wanted} for step in steps],
        "mine": any(one.by_id == request.user.pk for one in signed.values()),
        "overrides": Override.objects.filter(pack=pack).select_related("by"),
        "files": _files(pack),
        "moves": moves_of(pack, request.can, signed=bool(signed), wanted=wanted),
        "previous": previous,
        "grown": pack.history_size - previous.history_size if previous else 0,
        "later": line.filter(issued_at__gt=pack.issued_at).order_by("issued_at") if pack.issued_at else [],
        "histories": _histories(request, pack),
        "verify_url": reverse("packs:verify_pack", args=[pack.pk]),
    }  # fmt: skip


def _files(pack: EvidencePack) -> list[dict[str, Any]]:
    """The files of the pack as they can be taken away: kind, label, blob, name."""
    found: list[tuple[str, str, Blob | None, str]] = [
        ("pdf", "PDF", pack.pdf, f"{pack.file_stem}.pdf"),
        ("zip", "ZIP with exhibits", pack.archive, f"{pack.file_stem}.zip"),
    ]
    for volume in pack.volumes.filter(of_issue=pack.is_kept).select_related("blob"):
        number = volume.number
        found.append((f"volume-{number}", f"Volume {number}", volume.blob, f"{pack.file_stem}_volume-{number}.pdf"))
    return [
        {"kind": kind, "label": label, "blob": blob, "name": name, "url": pack.address("download", kind)}
        for kind, label, blob, name in found
        if blob is not None
    ]


def _histories(request: Request, pack: EvidencePack) -> list[dict[str, str]]:
    """Where what happened to the pack can be read."""
    if not request.can.ledger.view:
        return []
    name = "project_record" if pack.project_id else "organisation_record"
    url = reverse(f"timeline:{name}", args=[pack.scope.slug, pack._meta.label_lower, pack.pk])
    return [{"label": f"Everything that happened to {pack.reference}", "url": url}]
