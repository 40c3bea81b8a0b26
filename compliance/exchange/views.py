"""Pages: what can be exchanged, a list going out, a file coming in, its preview."""

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.exchange import services
from compliance.exchange.forms import UploadForm
from compliance.exchange.models import Import, State, Verdict
from compliance.exchange.registry import Scope, Sheet, sheets, sheets_of
from compliance.exchange.writing import export
from compliance.jobs.models import Job
from compliance.jobs.services import is_anybody_there
from compliance.ledger import Refused
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Organisation, Project
from compliance.projects.views.forms import attempt

PAGE = 50
HISTORY = 20


class Both(NamedTuple):
    """A page under an organisation and under a project."""

    organisation: Any
    project: Any


def address(scope: Scope, page: str, *args: Any) -> str:
    """The address of `exchange:<page>` in the scope."""
    name = f"project_{page}" if isinstance(scope, Project) else page
    return reverse(f"exchange:{name}", args=[scope.slug, *args])


def sheet_page(verb: str) -> Callable[[Callable[..., HttpResponse]], Both]:
    """The view receives the scope and the sheet its URL names, for whoever may do `verb` with the sheet's records."""

    def declare(view: Callable[..., HttpResponse]) -> Both:
        return Both(_by_kind(view, organisation_view, verb), _by_kind(view, project_view, verb))

    return declare


def _by_kind(view: Callable[..., HttpResponse], scoped: Any, verb: str) -> Any:
    guards = {kind: scoped(verb, kind=kind)(view) for kind in {one.kind for one in sheets}}

    @wraps(view)
    def chosen(request: Request, sheet: str, **kwargs: Any) -> HttpResponse:
        if sheet not in sheets or not sheets[sheet].fits(Project if scoped is project_view else Organisation):
            raise Http404("No such list.")
        return guards[sheets[sheet].kind](request, sheet=sheets[sheet], **kwargs)

    chosen.guards = guards  # type: ignore[attr-defined]
    first = next(one for one in sheets if one.in_projects)  # stands for all where access is told in general
    chosen.access = guards[first.kind].access  # type: ignore[attr-defined]
    return chosen


def _index(request: Request, scope: Scope) -> HttpResponse:
    shown = [
        {
            "sheet": one,
            "export": address(scope, "export", one.key) if one.exports else "",
            "into": address(scope, "import", one.key) if getattr(request.can, one.kind).edit else "",
        }
        for one in sheets_of(scope, request.can)
    ]
    history = _imports(scope).filter(sheet__in=[one["sheet"].key for one in shown])  # type: ignore[attr-defined]
    return render(request, "exchange/index.html", {"shown": shown, "history": _told(scope, history)})


def _imports(scope: Scope) -> Any:
    found = Import.objects.in_project(scope) if isinstance(scope, Project) else Import.objects.in_organisation(scope)
    return found.select_related("uploaded_by", "applied_by", "organisation", "project__organisation", "blob")


def _told(scope: Scope, imports: Any) -> list[dict[str, Any]]:
    newest = imports.order_by("-uploaded_at", "-reference")[:HISTORY]
    return [
        {"item": one, "sheet": sheets[one.sheet], "url": address(scope, "item", one.sheet, one.reference)}
        for one in newest
        if one.sheet in sheets
    ]


def _export(request: Request, scope: Scope, sheet: type[Sheet]) -> Any:
    form = "csv" if request.GET.get("format") == "csv" else "xlsx"
    only = request.GET.get("only", "")
    if not sheet.exports or not all(letter.isalnum() or letter in "-_." for letter in only):
        raise Http404("No such list.")
    return export(sheet(scope), form, only[:60])


def _import(request: Request, scope: Scope, sheet: type[Sheet]) -> HttpResponse:
    posted = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*posted, sheet=sheet, scope=scope, initial=request.GET.dict())
    item = attempt(form, lambda: _received(request, scope, sheet, form))
    if item is not None:
        return redirect(address(scope, "item", sheet.key, item.reference))
    context = {
        "form": form,
        "sheet": sheet,
        "columns": sheet.all_columns(),
        "export_url": address(scope, "export", sheet.key) if sheet.exports else "",
        "index_url": address(scope, "index"),
        "history": _told(scope, _imports(scope).filter(sheet=sheet.key)),
    }
    return render(request, "exchange/import.html", context, status=422 if form.errors else 200)


def _received(request: Request, scope: Scope, sheet: type[Sheet], form: UploadForm) -> Import:
    file = form.cleaned_data["file"]
    item = services.receive(sheet=sheet, scope=scope, stream=file, name=file.name, by=request.user)
    services.begin(item)
    return item


def _item(request: Request, scope: Scope, sheet: type[Sheet], reference: str) -> HttpResponse:
    item = get_object_or_404(_imports(scope), sheet=sheet.key, reference=reference)
    form = ReasonForm(request.POST if "confirm" in request.POST else None)
    if request.method == "POST" and "discard" in request.POST:
        return _discarded(request, scope, item)
    if attempt(form, lambda: _confirmed(request, item, form)):
        return redirect(address(scope, "item", sheet.key, reference))
    item.refresh_from_db()
    context = {**_standing(item), "sheet": sheet, "form": form, "list_url": address(scope, "import", sheet.key)}
    if request.headers.get("HX-Request") and request.method == "GET":
        response = render(request, "exchange/item.html#progress", context)
        if not context["waiting"]:
            response["HX-Refresh"] = "true"
        return response
    page = {**context, **_lines(request, item)}
    return render(request, "exchange/item.html", page, status=422 if form.errors else 200)


def _confirmed(request: Request, item: Import, form: ReasonForm) -> bool:
    by: Any = request.user
    job = services.confirm(item=item, by=by, reason=form.cleaned_data["reason"])
    if job is None:
        messages.success(request, f"{item.added} added, {item.changed} changed, {item.retired} retired.")
    return True


def _discarded(request: Request, scope: Scope, item: Import) -> HttpResponse:
    by: Any = request.user
    try:
        services.discard(item=item, by=by)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(address(scope, "item", item.sheet, item.reference))
    messages.success(request, f"{item.reference} discarded: nothing was changed.")
    return redirect(address(scope, "import", item.sheet))


def _standing(item: Import) -> dict[str, Any]:
    job = services.job_of(item)
    waiting = item.state in {State.WAITING, State.APPLYING} and job is not None and job.is_open
    return {
        "item": item,
        "job": job,
        "waiting": waiting,
        "failed": job is not None and job.state == Job.State.FAILED and item.state != State.APPLIED,
        "nobody": waiting and job.state == Job.State.QUEUED and not is_anybody_there(),  # type: ignore[union-attr]
        "ready": item.state == State.READ and not item.broken and item.effect > 0,
        "undecided": item.state in {State.WAITING, State.READ} or services.is_stuck(item),
    }


def _lines(request: Request, item: Import) -> dict[str, Any]:
    """A page of the rows, errors first unless something else is asked for."""
    verdict = request.GET.get("verdict", "")
    asked = verdict if verdict in Verdict.values else Verdict.ERROR if item.broken and not verdict else ""
    rows = item.lines.filter(verdict=asked) if asked else item.lines.all()
    noted = item.lines.filter(verdict=Verdict.NOTED).count()
    counts = {"error": item.broken, "added": item.added, "changed": item.changed, "retired": item.retired}
    counts["noted"] = noted
    return {
        "page": Paginator(rows.order_by("number"), PAGE).get_page(request.GET.get("page", "1")[:9]),
        "verdict": asked,
        "tabs": [(value, label, counts[value]) for value, label in Verdict.choices if counts[value]],
    }


index = Both(
    organisation_view("view", kind="project")(require_safe(_index)),
    project_view("view", kind="project")(require_safe(_index)),
)
sheet_export = sheet_page("view")(require_safe(_export))
sheet_import = sheet_page("edit")(_import)
sheet_item = sheet_page("edit")(_item)
