"""The auditor's desk: the frozen scope to read, and what auditors may write. Nothing here reads beyond it."""

from typing import Any, TypeAlias

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.files.download import download
from compliance.files.models import Blob
from compliance.files.store import FileDamaged
from compliance.projects.access import DeskRequest, desk_view
from compliance.projects.navigation import Line
from compliance.projects.views.forms import attempt, posted
from compliance.ui.templatetags.ui import in_words
from controls.forms.desk import AskForm, DeskFindingForm, DrawForm, EffectForm, ItemForm, NoteForm
from controls.models import AuditNote, AuditSeat, EvidenceRequest, Finding, Requirement, Sample
from controls.services.desk import (
    WRITABLE,
    answers_to,
    ask_at_desk,
    audited_people,
    desk_finding,
    draw_at_desk,
    frozen_scope,
    note_items,
    verify_at_desk,
    write_note,
)

audit_view = desk_view("audit")
Facts: TypeAlias = dict[str, Any]
# What is said of an item in words of its own, first what matters most; the rest follows.
LABELS = {
    "edition": "Framework",
    "included": "Applies",
    "codes": "Reason codes",
    "justification": "Justification",
    "progress": "Progress",
    "how": "Carried out by",
    "evidence": "Evidence",
    "statement": "Statement of applicability",
    "shows": "Shows",
    "standing": "State",
    "kind": "Kind",
    "version": "Version",
    "what_changed": "What changed",
    "text": "Text",
    "source": "Source",
    "source_url": "Address of the source",
    "query": "Query or filter",
    "speaks_of": "Shows the state of",
    "file_name": "File",
    "sha256": "SHA-256",
}
UNSAID = {"reference", "title", "requirement"}
OWN = (
    ("desk_samples", "Samples"),
    ("desk_requests", "Requests"),
    ("desk_notes", "Notes"),
    ("desk_findings", "Findings"),
)


@audit_view
@require_safe
def desk(request: DeskRequest, seat: AuditSeat) -> HttpResponse:
    """What is audited, by what, and until when the desk is open."""
    findings = seat.audit.findings.exclude(state="withdrawn")
    return _page(request, seat, "desk", findings=findings, notes=seat.audit.notes.count())


@audit_view
@require_safe
def part(request: DeskRequest, seat: AuditSeat, part: str) -> HttpResponse:
    """One part of the frozen scope, as it was."""
    found = _part(seat, part)
    return _page(request, seat, "part", part=found, answers=answers_to(seat.audit) if part == "evidence" else ())


@audit_view
@require_safe
def item(request: DeskRequest, seat: AuditSeat, part: str, reference: str) -> HttpResponse:
    """Everything that was frozen of one item."""
    found = _part(seat, part)
    one = next((one for one in found["items"] if one["reference"] == reference), None)
    if one is None:
        raise Http404("Not in the scope of this audit.")
    order = sorted(one, key=lambda key: list(LABELS).index(key) if key in LABELS else len(LABELS))
    facts = [(LABELS.get(key, in_words(key)), one[key]) for key in order if key not in UNSAID]
    return _page(request, seat, "item", part=found, item=one, facts=facts)


@audit_view
@require_safe
def file(request: DeskRequest, seat: AuditSeat, sha256: str) -> HttpResponse:
    """A file of the frozen scope, or of an answer to this audit's requests; no other."""
    name = _files(seat).get(sha256)
    if name is None:
        raise Http404("Not in the scope of this audit.")
    try:
        return download(get_object_or_404(Blob, pk=sha256), name)  # type: ignore[return-value]
    except FileDamaged as damaged:
        messages.error(request, str(damaged))
        return redirect(seat)


@audit_view
def notes(request: DeskRequest, seat: AuditSeat) -> HttpResponse:
    """What the auditors wrote down."""
    form = NoteForm(posted(request))
    if attempt(form, lambda: write_note(seat=seat, **form.cleaned_data)):
        return redirect("controls:desk_notes", seat.audit_id)
    rows = AuditNote.objects.filter(audit=seat.audit).select_related("author", "sample", "request")
    return _page(request, seat, "notes", form=form, notes=rows)


@audit_view
def findings(request: DeskRequest, seat: AuditSeat) -> HttpResponse:
    """The findings of this audit, and a new one."""
    form = _finding_form(request, seat)
    made = attempt(form, lambda: desk_finding(seat=seat, issue=form.cleaned_data["issue"], **form.given()))
    if made:
        messages.success(request, f"{made.reference} {made.get_state_display().lower()}.")
        return redirect("controls:desk_finding", seat.audit_id, made.reference)
    rows = seat.audit.findings.select_related("requirement__edition", "owner")
    return _page(request, seat, "findings", form=form, findings=rows)


@audit_view
def finding(request: DeskRequest, seat: AuditSeat, reference: str) -> HttpResponse:
    """One finding: a draft is changed and issued here, an effect judged."""
    rows = Finding.objects.filter(audit=seat.audit).select_related("requirement__edition", "owner", "responded_by")
    found = get_object_or_404(rows, reference=reference)
    form: Any = _finding_form(request, seat, found) if found.state == "draft" else EffectForm(posted(request))
    if attempt(form, lambda: _on_finding(seat, found, form)):
        return redirect("controls:desk_finding", seat.audit_id, reference)
    actions = found.actions.select_related("owner", "verifier", "verified_by")
    return _page(request, seat, "finding", form=form, finding=found, actions=actions)


@audit_view
def samples(request: DeskRequest, seat: AuditSeat) -> HttpResponse:
    """The samples of this audit, and a new draw."""
    names = _files(seat)
    form = DrawForm(posted(request), files_there=sorted(names.items(), key=lambda pair: pair[1]))
    made = attempt(form, lambda: draw_at_desk(seat=seat, items=form.population(names), **form.given()))
    if made:
        messages.success(request, f"{made.reference} drawn: {made.size} of {made.population_count}.")
        return redirect("controls:desk_sample", seat.audit_id, made.reference)
    return _page(request, seat, "samples", form=form, samples=_samples(seat))


@audit_view
def sample(request: DeskRequest, seat: AuditSeat, reference: str) -> HttpResponse:
    """One sample: its draw, and what was found on each item."""
    found = get_object_or_404(_samples(seat), reference=reference)
    form = ItemForm(posted(request))
    if attempt(form, lambda: note_items(seat=seat, sample=found, **form.cleaned_data)) is not None:
        return redirect("controls:desk_sample", seat.audit_id, reference)
    return _page(request, seat, "sample", form=form, sample=found, items=found.items.all())


@audit_view
def requests(request: DeskRequest, seat: AuditSeat) -> HttpResponse:
    """What was asked for, what came in, and a new request."""
    form = AskForm(posted(request), people=audited_people(seat.audit))
    if attempt(form, lambda: ask_at_desk(seat=seat, **form.cleaned_data)):
        return redirect("controls:desk_requests", seat.audit_id)
    rows = EvidenceRequest.objects.filter(audit_note__audit=seat.audit).select_related("assignee")
    return _page(request, seat, "requests", form=form, requests=rows, answers=answers_to(seat.audit))


def _page(request: DeskRequest, seat: AuditSeat, template: str, **context: Any) -> HttpResponse:
    scope, form = frozen_scope(seat.audit), context.get("form")
    found = {
        "seat": seat,
        "audit": seat.audit,
        "frozen": scope,
        "facts_frozen": scope.facts if scope else None,
        "writable": seat.audit.state in WRITABLE,
        "rail": _rail(request, seat, scope.facts["parts"] if scope else []),
        "rail_name": seat.audit.reference,
        "rail_note": seat.organisation.name,
        "home_url": seat.get_absolute_url(),
        "tasks_url": "",
        **context,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, f"controls/desk/{template}.html", found, status=status)


def _rail(request: DeskRequest, seat: AuditSeat, parts: list[Facts]) -> tuple[Line, ...]:
    key = seat.audit_id
    lines = [("Overview", reverse("controls:desk", args=[key]))]
    lines += [(one["title"], reverse("controls:desk_part", args=[key, one["key"]])) for one in parts]
    lines += [(label, reverse(f"controls:{name}", args=[key])) for name, label in OWN]
    here = max((url for _, url in lines if request.path.startswith(url)), key=len, default="")
    return tuple(Line(label, url, url == here) for label, url in lines)


def _part(seat: AuditSeat, key: str) -> Facts:
    scope = frozen_scope(seat.audit)
    found = next((one for one in scope.facts["parts"] if one["key"] == key), None) if scope else None
    if found is None:
        raise Http404("Not in the scope of this audit.")
    return found


def _files(seat: AuditSeat) -> dict[str, str]:
    """The files this desk hands out, by hash."""
    scope = frozen_scope(seat.audit)
    parts = scope.facts["parts"] if scope else []
    found = {one["sha256"]: one["file_name"] for p in parts for one in p["items"] if one.get("sha256")}
    return {**{str(one.blob_id): one.file_name for one in answers_to(seat.audit) if one.blob_id}, **found}


def _finding_form(request: DeskRequest, seat: AuditSeat, found: Finding | None = None) -> DeskFindingForm:
    asked = Requirement.objects.filter(pk__in=seat.audit.criteria.values("requirement")).select_related("edition")
    people = audited_people(seat.audit)
    return DeskFindingForm(posted(request), instance=found, requirements=asked.order_by("position"), people=people)


def _samples(seat: AuditSeat) -> Any:
    return Sample.objects.filter(audit_note__audit=seat.audit).select_related("drawn_by").prefetch_related("items")


def _on_finding(seat: AuditSeat, found: Finding, form: Any) -> Any:
    if found.state == "draft":
        return desk_finding(seat=seat, finding=found, issue=form.cleaned_data["issue"], **form.given())
    return verify_at_desk(seat=seat, finding=found, **form.cleaned_data)
