"""The history of an organisation, a project, one record or one step: filtered, paged by step, never counted."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.apps import apps
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.ledger.models import Entry, EntryQuerySet, Redaction, TrackedBase
from compliance.ledger.story import Line, story
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from compliance.timeline.forms import Question
from compliance.timeline.steps import ABOUT_PEOPLE, Step, entries_of, one_step, steps

FEW = 4  # so many changed fields are shown at once, more on request
VERBS = {"+": "added", "~": "changed", "-": "removed"}
HAPPENED = {"accounts.signin", "files.disclosure"}  # told by what they are, not as records somebody added
FROM = {
    "page": "on a page",
    "api": "by the API",
    "command": "by a command",
    "import": "by an import",
    "system": "by the system",
}


@organisation_view("view", kind="ledger")
@require_safe
def organisation(request: Request, organisation: Organisation) -> HttpResponse:
    return _timeline(request, scope_entries(request, organisation))


@project_view("view", kind="ledger")
@require_safe
def project(request: Request, project: Project) -> HttpResponse:
    return _timeline(request, scope_entries(request, project))


@organisation_view("view", kind="ledger")
@require_safe
def organisation_record(request: Request, organisation: Organisation, model: str, record: Any) -> HttpResponse:
    return _record(request, model, record)


@project_view("view", kind="ledger")
@require_safe
def project_record(request: Request, project: Project, model: str, record: Any) -> HttpResponse:
    return _record(request, model, record)


@organisation_view("view", kind="ledger")
@require_safe
def organisation_step(request: Request, organisation: Organisation, change_set: UUID) -> HttpResponse:
    return _step(request, change_set)


@project_view("view", kind="ledger")
@require_safe
def project_step(request: Request, project: Project, change_set: UUID) -> HttpResponse:
    return _step(request, change_set)


def scope_entries(request: Request, scope: Organisation | Project) -> EntryQuerySet:
    """What the person may read of the scope's history."""
    streams = streams_of(request, scope) if isinstance(scope, Organisation) else [scope.stream]
    return entries_of(scope, streams, people=request.can.member.view)


def streams_of(request: Request, organisation: Organisation) -> list[str]:
    """The organisation's own history and that of the projects the person may see."""
    projects = Project.objects.in_organisation(organisation).visible_to(request.user)
    return [organisation.stream, *(project.stream for project in projects.only("pk"))]


def hidden_from(request: Request) -> set[str]:
    """Kinds of records whose history the person may not read."""
    return set() if request.can.member.view else set(ABOUT_PEOPLE)


def record_entries(request: Request, model: str, record: Any) -> tuple[Any, EntryQuerySet]:
    """The model and the entries of one record the person may read; 404 for any other."""
    try:
        known = apps.get_model(model)
    except (LookupError, ValueError):
        raise Http404 from None
    chosen = scope_entries(request, request.scope).filter(model=known._meta.label_lower, object_id=record)
    if not issubclass(known, TrackedBase) or not chosen.exists():
        raise Http404
    return known, chosen


def _record(request: Request, model: str, record: Any) -> HttpResponse:
    known, chosen = record_entries(request, model, record)
    erase = ""
    if request.can.manage and known is not Redaction:
        erase = scope_url(request.scope, "redact", known._meta.label_lower, record)
    newest = story(chosen.order_by("-id")[:1])[0]
    return _timeline(request, chosen, record=newest, erase_url=erase)


def _step(request: Request, change_set: UUID) -> HttpResponse:
    before = request.GET.get("before", "")
    before_id = int(before) if before.isdecimal() and len(before) < 19 else None
    found, older = one_step(scope_entries(request, request.scope), change_set, before=before_id)
    if found is None:
        raise Http404
    context = {"click": _told(found, request.scope), "older": f"?before={older}" if older else ""}
    return render(request, "timeline/step.html", {**context, "back_url": scope_url(request.scope, "")})


def _timeline(
    request: Request, entries: EntryQuerySet, record: Line | None = None, erase_url: str = ""
) -> HttpResponse:
    scope = request.scope
    owner = scope.organisation if isinstance(scope, Project) else scope
    question = Question(request.GET, organisation=owner, hidden=hidden_from(request))
    found: tuple[list[Step], int | None] = ([], None)
    if question.is_valid():
        found = steps(question.narrow(entries), before=question.cleaned_data.get("before"))
    context = {
        "question": question,
        "clicks": [_told(step, scope) for step in found[0]],
        "older": _older(request, found[1]) if found[1] else "",
        "asked": any(value for key, value in request.GET.items() if key not in ("before", "at", "time")),
        "record": record,
        "erase_url": erase_url,
        "back_url": scope_url(scope, ""),
        "here": request.path,
    }
    if record is not None:
        context["compare_url"] = record_url(scope, record.entry, "compare")
    template = (
        "timeline/timeline.html#entries" if request.headers.get("HX-Target") == "entries" else "timeline/timeline.html"
    )
    return render(request, template, context)


def _older(request: Request, before: int) -> str:
    asked = {key: value for key, value in request.GET.items() if value and key != "before"}
    return "?" + urlencode({**asked, "before": before})


def _told(step: Step, scope: Organisation | Project) -> dict[str, Any]:
    entry = step.first.entry
    return {
        "change_set": step.change_set,
        "first": step.first,
        "origin": FROM[entry.origin],
        "total": step.total,
        "more": step.more,
        "url": scope_url(scope, "step", step.change_set),
        "lines": [_line(line, scope) for line in step.lines],
    }


def _line(line: Line, scope: Organisation | Project) -> dict[str, Any]:
    entry = line.entry
    return {
        "line": line,
        "entry": entry,
        "verb": "" if entry.model in HAPPENED else VERBS[entry.type],
        "url": record_url(scope, entry),
        "changes": [
            {"change": one, "url": _redaction_url(scope, one.redaction) if one.redaction else ""}
            for one in line.changes
        ],
        "open": entry.type == "~" and len(line.changes) <= FEW,
    }


def _redaction_url(scope: Organisation | Project, redaction: Redaction) -> str:
    return scope_url(scope, "record", "ledger.redaction", redaction.pk)


def record_url(scope: Organisation | Project, entry: Entry, page: str = "") -> str:
    """The timeline of one record (or two moments of it, page "compare"), within the scope one is reading."""
    return scope_url(scope, f"record_{page}" if page else "record", entry.model, entry.object_id)


def scope_url(scope: Organisation | Project, page: str, *arguments: Any) -> str:
    """A page of the timeline, within the scope one is reading."""
    name = "project" if isinstance(scope, Project) else "organisation"
    return reverse(f"timeline:{name}_{page}" if page else f"timeline:{name}", args=[scope.slug, *arguments])
