"""Looking at a file without opening it: pictures drawn anew, text as text. Whoever looks leaves an entry."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from compliance.files.disclosure import record_disclosure
from compliance.files.download import SANDBOX
from compliance.files.preview import NotShown, kind_of, picture_of, text_of
from compliance.files.store import FileDamaged
from compliance.ledger.moment import when_today
from compliance.projects.models import Organisation, Project
from controls.addresses import address
from controls.models import EvidenceVersion
from controls.views.scopes import in_both, visible


def version_or_404(scope: Organisation | Project, reference: str, number: int) -> EvidenceVersion:
    """A version a scope shows, with its file."""
    rows = visible(scope, EvidenceVersion).select_related("evidence", "blob")
    return get_object_or_404(rows, evidence__reference=reference, number=number)


def _preview(request: HttpRequest, scope: Organisation | Project, reference: str, number: int) -> HttpResponse:
    version = version_or_404(scope, reference, number)
    kind, blob = kind_of(version.blob), version.blob
    context: dict[str, Any] = {
        "version": version,
        "kind": kind,
        "page": _page(request),
        "item_url": address(scope, "evidence_item", reference),
        "file_url": address(scope, "evidence_file", reference, number),
        "picture_url": address(scope, "evidence_picture", reference, number),
    }
    if kind == "text" and blob is not None:
        try:
            context["text"], context["more"] = text_of(blob)
        except FileDamaged as damaged:
            context["problem"] = str(damaged)
        else:
            _leave_entry(request, scope, version)
    return render(request, "controls/evidence_preview.html", context)


def _picture(request: HttpRequest, scope: Organisation | Project, reference: str, number: int) -> HttpResponse:
    version = version_or_404(scope, reference, number)
    try:
        if version.blob is None:
            raise NotShown("This version has no file.")
        picture = picture_of(version.blob, _page(request))
    except (NotShown, FileDamaged) as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain; charset=utf-8")
    _leave_entry(request, scope, version)
    response = HttpResponse(picture.data, content_type="image/jpeg")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def _page(request: HttpRequest) -> int:
    word = request.GET.get("page", "1")
    return min(max(int(word), 1), 9999) if word.isdecimal() and len(word) < 5 else 1


def _leave_entry(request: HttpRequest, scope: Organisation | Project, version: EvidenceVersion) -> None:
    """Reading a file here is as good as taking it along."""
    match: Any = request.resolver_match
    if request.method == "HEAD" or version.blob is None:
        return
    blob, by = version.blob, request.user

    def leave() -> None:
        record_disclosure(
            scope=scope,
            name=version.file_name,
            page=match.view_name,
            by=by,  # type: ignore[arg-type]
            reason="Looked at",
            subject=f"{version.evidence.reference} {version.number}",
            asked=request.META.get("QUERY_STRING", ""),
            size=blob.size,
            sha256=blob.sha256,
        )

    when_today(leave)


evidence_preview = in_both("view", kind="evidence")(require_safe(_preview))
evidence_picture = in_both("view", kind="evidence")(require_safe(_picture))
