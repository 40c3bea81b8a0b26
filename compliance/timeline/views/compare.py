"""Two moments side by side: of a whole scope, or of one record."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.apps import apps
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.ledger.models import Entry
from compliance.ledger.past.comparison import Became, Touched, told, touched
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from compliance.projects.moments import moments_of
from compliance.projects.past import written
from compliance.timeline.forms import KINDS, Comparison
from compliance.timeline.views.pages import hidden_from, streams_of
from compliance.ui.export import download

PAGE, CHUNK = 50, 500


@dataclass(frozen=True)
class Cell:
    """A column of the exported table."""

    label: str
    place: int

    def of(self, row: tuple[Any, ...]) -> Any:
        return row[self.place]

    def label_of(self, row: Any) -> str:
        return ""


HEADS = ("Room", "Change", "Kind of record", "Reference", "Record", "Field", "Before", "After")
COLUMNS = [Cell(label, place) for place, label in enumerate(HEADS)]


@organisation_view("view", kind="ledger")
@require_safe
def organisation_compare(request: Request, organisation: Organisation) -> HttpResponse:
    return _compare(request, streams_of(request, organisation))


@project_view("view", kind="ledger")
@require_safe
def project_compare(request: Request, project: Project) -> HttpResponse:
    return _compare(request, [project.stream])


@organisation_view("view", kind="ledger")
@require_safe
def organisation_record_compare(request: Request, organisation: Organisation, model: str, record: Any) -> HttpResponse:
    return _compare(request, streams_of(request, organisation), model, record)


@project_view("view", kind="ledger")
@require_safe
def project_record_compare(request: Request, project: Project, model: str, record: Any) -> HttpResponse:
    return _compare(request, [project.stream], model, record)


def _compare(request: Request, streams: list[str], model: str = "", record: Any = None) -> HttpResponse:
    asked, hidden = Comparison.read(request.GET), hidden_from(request)
    entries = Entry.objects.in_streams(*streams).filter(model=model, object_id=record)
    if model in hidden or (record and not entries.exists()):
        raise Http404
    every = touched(*streams, since=asked.since, until=asked.until, hidden=hidden, record=record)
    found = [one for one in every if asked.keeps(one)]
    if request.GET.get("format") in {"csv", "xlsx"}:
        lines = _lines(found, asked)
        return download("changes", request.GET["format"], COLUMNS, lines)  # type: ignore[return-value]
    page = Paginator(found, PAGE).get_page(request.GET.get("page", "1")[:9])
    context = {
        "asked": asked,
        "rooms": _rooms(told(list(page.object_list), since=asked.since, until=asked.until), request.scope),
        "page": page,
        "counts": [(kind, count) for kind in KINDS if (count := Counter(one.kind for one in every)[kind])],
        "room_counts": [(key, room_name(key), count) for key, count in Counter(one.room for one in every).items()],
        "total": len(every),
        "presets": _presets(request.scope, asked),
        "record": model,
    }
    return render(request, "timeline/compare.html", context)


def room_name(label: str) -> str:
    """An app as people call it."""
    return str(apps.get_app_config(label).verbose_name)


def _rooms(rows: list[Became], scope: Organisation | Project) -> list[dict[str, Any]]:
    name = "timeline:project_record" if isinstance(scope, Project) else "timeline:organisation_record"
    return [
        {
            "name": room_name(room),
            "rows": [(one, reverse(name, args=[scope.slug, one.touched.model, one.touched.object_id])) for one in ones],
        }
        for room, ones in groupby(rows, key=lambda one: one.touched.room)
    ]


def _presets(scope: Organisation | Project, asked: Comparison) -> list[tuple[str, str]]:
    """Moments worth comparing today with: what rooms name, and round numbers of days."""
    named = [(f"{label[:1].lower()}{label[1:]}", at) for label, at in moments_of(scope)]
    days = [(f"{count} days ago", asked.until - timedelta(days=count)) for count in (30, 90, 365)]
    return [(label, f"?since={written(at)}") for label, at in named + days]


def _lines(found: list[Touched], asked: Comparison) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(found), CHUNK):
        for one in told(found[start : start + CHUNK], since=asked.since, until=asked.until):
            about = (room_name(one.touched.room), one.touched.kind, one.what, one.touched.reference, one.title)
            yield from _fields(one, about)


def _fields(one: Became, about: tuple[str, ...]) -> Iterable[tuple[Any, ...]]:
    if not one.changes:
        return [(*about, "", "", "")]
    return [(*about, change.label, change.old, change.new) for change in one.changes]
