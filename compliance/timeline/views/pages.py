"""The history of an organisation, a project or one record: filtered, paged by entry, never counted."""

from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.ledger.models import Entry, EntryQuerySet, TrackedBase
from compliance.ledger.story import Line, story
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from compliance.timeline.forms import Question

PAGE = 50
FEW = 4  # so many changed fields are shown at once, more on request
VERBS = {"+": "added", "~": "changed", "-": "removed"}
FROM = {
    "page": "on a page",
    "api": "by the API",
    "command": "by a command",
    "import": "by an import",
    "system": "by the system",
}
ABOUT_PEOPLE = frozenset(
    {"projects.membership", "projects.invitation", "projects.organisationpermission", "projects.projectpermission"}
)


@organisation_view("view", kind="ledger")
@require_safe
def organisation(request: Request, organisation: Organisation) -> HttpResponse:
    return _timeline(request, Entry.objects.in_streams(*streams_of(request, organisation)))


@project_view("view", kind="ledger")
@require_safe
def project(request: Request, project: Project) -> HttpResponse:
    return _timeline(request, Entry.objects.in_streams(project.stream))


@organisation_view("view", kind="ledger")
@require_safe
def organisation_record(request: Request, organisation: Organisation, model: str, record: Any) -> HttpResponse:
    return _record(request, Entry.objects.in_streams(*streams_of(request, organisation)), model, record)


@project_view("view", kind="ledger")
@require_safe
def project_record(request: Request, project: Project, model: str, record: Any) -> HttpResponse:
    return _record(request, Entry.objects.in_streams(project.stream), model, record)


def streams_of(request: Request, organisation: Organisation) -> list[str]:
    projects = Project.objects.in_organisation(organisation).visible_to(request.user)
    return [organisation.stream, *(project.stream for project in projects.only("pk"))]


def hidden_from(request: Request) -> set[str]:
    return set() if request.can.member.view else set(ABOUT_PEOPLE)


def _record(request: Request, entries: EntryQuerySet, model: str, record: Any) -> HttpResponse:
    try:
        known = apps.get_model(model)
    except (LookupError, ValueError):
        raise Http404 from None
    chosen = entries.filter(model=known._meta.label_lower, object_id=record)
    if not issubclass(known, TrackedBase) or model in hidden_from(request) or not chosen.exists():
        raise Http404
    newest = story(chosen[:1])[0]
    return _timeline(request, chosen, record=newest)


def _timeline(request: Request, entries: EntryQuerySet, record: Line | None = None) -> HttpResponse:
    scope = request.scope
    owner = scope.organisation if isinstance(scope, Project) else scope
    hidden = hidden_from(request)
    question = Question(request.GET, organisation=owner, hidden=hidden)
    chosen = question.narrow(entries.exclude(model__in=hidden)) if question.is_valid() else entries.none()
    page = list(chosen.order_by("-id")[: PAGE + 1])
    context = {
        "question": question,
        "clicks": _clicks(story(page[:PAGE]), scope),
        "older": _older(request, page) if len(page) > PAGE else "",
        "asked": any(value for key, value in request.GET.items() if key != "before"),
        "record": record,
        "here": request.path,
    }
    if record is not None:
        context["compare_url"] = record_url(scope, record.entry, "compare")
    template = (
        "timeline/timeline.html#entries" if request.headers.get("HX-Target") == "entries" else "timeline/timeline.html"
    )
    return render(request, template, context)


def _older(request: Request, page: list[Entry]) -> str:
    asked = {key: value for key, value in request.GET.items() if value and key != "before"}
    return "?" + urlencode({**asked, "before": page[PAGE - 1].pk})


def _clicks(lines: list[Line], scope: Organisation | Project) -> list[dict[str, Any]]:
    """Neighbouring entries of one change set read as one click."""
    clicks: list[dict[str, Any]] = []
    for line in lines:
        entry = line.entry
        if not clicks or clicks[-1]["change_set"] != entry.change_set:
            told = {"change_set": entry.change_set, "first": line, "origin": FROM[entry.origin], "lines": []}
            clicks.append(told)
        clicks[-1]["lines"].append(
            {
                "line": line,
                "entry": entry,
                "verb": VERBS[entry.type],
                "url": record_url(scope, entry),
                "open": entry.type == "~" and len(line.changes) <= FEW,
            }
        )
    return clicks


def record_url(scope: Organisation | Project, entry: Entry, page: str = "") -> str:
    """The timeline of one record (or two moments of it, page "compare"), within the scope one is reading."""
    name = "project_record" if isinstance(scope, Project) else "organisation_record"
    return reverse(f"timeline:{name}{page and '_' + page}", args=[scope.slug, entry.model, entry.object_id])
