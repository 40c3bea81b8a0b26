"""One row of a statement, and several at once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from controls.addresses import address
from controls.forms.applicability import BulkForm, DecisionForm
from controls.models import Applicability, Deviation, DeviationState, Implementation
from controls.services.applicability import decide_applicability, decide_many, inherit_again
from controls.services.soa import Line, lines, present
from controls.views.scopes import in_both, owned, people_of
from controls.views.soa_line import LineDrawing
from controls.views.statement import statement_or_404

RELATED = ("requirement__group", "requirement__edition", "owner", "implementation__control", "project", "organisation")


def line_or_404(scope: Organisation | Project, edition: str, ref: str) -> tuple[Any, Line]:
    """The statement and the line of one requirement."""
    statement = statement_or_404(scope, edition)
    for line in lines(present(scope, statement.edition), scope, now_read().date()):
        if line.row.requirement.ref == ref:
            return statement, line
    raise Http404("No such row.")


def record_of(line: Line) -> Applicability:
    """The row itself."""
    return get_object_or_404(Applicability.objects.select_related(*RELATED), pk=line.row.pk)


def _carrying(line: Line) -> list[Implementation]:
    """What carries it out, with everything about it."""
    keys = [one.pk for one in line.implementations]
    rows = Implementation.objects.filter(pk__in=keys).select_related("control", "owner")
    return list(rows.order_by("reference")) if keys else []


def _row(request: HttpRequest, scope: Organisation | Project, edition: str, ref: str) -> HttpResponse:
    statement, line = line_or_404(scope, edition, ref)
    if request.headers.get("HX-Target", "").startswith("line-"):
        return HttpResponse(LineDrawing(scope, edition, request.can.edit)(line))  # type: ignore[attr-defined]
    context = {
        "line": line,
        "row": record_of(line),
        "carrying": _carrying(line),
        "edition": statement.edition,
        "statement_url": address(scope, "statement", edition),
        "decide_url": address(scope, "decide", edition, ref),
        "inherit_url": address(scope, "inherit", edition, ref),
        "deviates": isinstance(scope, Project) and line.row.project_id is not None,
        "exceptions": _exceptions(scope, line),
        "except_url": address(scope, "deviation_add", edition, ref) if isinstance(scope, Project) else "",
    }
    return render(request, "controls/applicability.html", context)


def _exceptions(scope: Organisation | Project, line: Line) -> list[dict[str, Any]]:
    """Who asked to leave the requirement out, and how each stands; none of a requirement nobody excepts from."""
    rows = owned(scope, Deviation).filter(requirement=line.row.requirement_id).select_related("project")
    on = now_read().date()
    return [
        {"row": one, "standing": DeviationState(one.standing(on)), "url": address(scope, "deviation", one.reference)}
        for one in rows
    ]


def _decide(request: HttpRequest, scope: Organisation | Project, edition: str, ref: str) -> HttpResponse:
    statement, line = line_or_404(scope, edition, ref)
    row = record_of(line)
    initial = DecisionForm.showing(row)
    form = DecisionForm(request.POST or None, initial=initial, scope=scope, people=people_of(scope))
    inline = request.headers.get("HX-Target", "").startswith("line-")
    if request.method == "POST" and form.is_valid():
        row.version = form.cleaned_data["version"] if not line.inherited else row.version
        try:
            decide_applicability(row=row, scope=scope, by=request.user, **form.decision())  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if inline:
                _, fresh = line_or_404(scope, edition, ref)
                return HttpResponse(LineDrawing(scope, edition, request.can.edit)(fresh, saved=True))  # type: ignore[attr-defined]
            messages.success(request, f"{ref} saved.")
            return redirect(address(scope, "row", edition, ref))
    context = {
        "line": line,
        "row": row,
        "edition": statement.edition,
        "form": form,
        "row_url": address(scope, "row", edition, ref),
        "except_url": address(scope, "deviation_add", edition, ref) if isinstance(scope, Project) else "",
        "statement_url": address(scope, "statement", edition),
    }
    template = "controls/_applicability_inline.html" if inline else "controls/applicability_form.html"
    return render(request, template, context, status=422 if form.errors else 200)


def _inherit(request: HttpRequest, scope: Organisation | Project, edition: str, ref: str) -> HttpResponse:
    _, line = line_or_404(scope, edition, ref)
    if request.method != "POST":
        return redirect(address(scope, "row", edition, ref))
    try:
        inherit_again(row=record_of(line), by=request.user, reason=request.POST.get("reason", "")[:500])  # type: ignore[arg-type]
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{ref} follows the organisation again.")
    return redirect(address(scope, "row", edition, ref))


def _bulk(request: HttpRequest, scope: Organisation | Project, edition: str) -> HttpResponse:
    statement = statement_or_404(scope, edition)
    keys = [key for key in request.POST.getlist("selected") if len(key) == 36][:1000]
    rows = list(
        Applicability.objects.effective(scope)
        .of_edition(statement.edition)
        .filter(pk__in=[key for key in keys if _is_key(key)])
        .select_related("requirement", "implementation")
        .order_by("requirement__position")
    )
    if not rows:
        messages.info(request, "Select the rows to change first.")
        return redirect(address(scope, "statement", edition))
    form = BulkForm(request.POST if "apply" in request.POST else None, scope=scope, people=people_of(scope))
    if form.is_bound and form.is_valid():
        try:
            decide_many(rows=rows, scope=scope, by=request.user, **form.decision())  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{len(rows)} rows changed.")
            return redirect(address(scope, "statement", edition))
    context = {
        "edition": statement.edition,
        "rows": rows,
        "form": form,
        "statement_url": address(scope, "statement", edition),
    }
    return render(request, "controls/applicability_bulk.html", context, status=422 if form.errors else 200)


def _is_key(text: str) -> bool:
    return all(letter in "0123456789abcdef-" for letter in text)


row = in_both("view", kind="applicability")(require_safe(_row))
decide = in_both("edit", kind="applicability")(_decide)
inherit = in_both("edit", kind="applicability")(_inherit)
bulk = in_both("edit", kind="applicability")(_bulk)
