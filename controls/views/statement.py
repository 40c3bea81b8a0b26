"""Statements of applicability: which are kept, one as a whole, and its approval."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import Context
from django.template.loader import get_template
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.ui.export import download
from controls.addresses import address, split
from controls.forms.applicability import AdoptForm, ApprovalForm
from controls.models import Edition, Statement
from controls.services.applicability import adopt_edition
from controls.services.soa import Line, complete, lines, present
from controls.services.statement import (
    Standing,
    decide_statement,
    facts_of_rows,
    standing_of,
    statements_in,
    submit_statement,
)
from controls.services.statement_versions import compare_versions, facts_at, facts_of_version
from controls.views.scopes import in_both
from controls.views.soa_line import LineDrawing
from controls.views.soa_listing import EXPORT, StatementListing

DONE = {"implemented", "operating"}


def statement_or_404(scope: Organisation | Project, edition: str) -> Statement:
    """The statement that holds in the scope."""
    found = next(iter(statements_in(scope, edition)), None)
    if found is None:
        raise Http404("No statement of applicability for this edition.")
    return found


def figures_of(scope: Organisation | Project, edition: str, found: list[Line]) -> list[dict[str, Any]]:
    """A statement in five numbers, each leading to its rows."""
    url = address(scope, "statement", edition)
    counts = Counter(line.row.included for line in found)
    included = [line for line in found if line.row.included]
    return [
        {"label": "Apply", "number": counts[True], "url": f"{url}?included=yes"},
        {"label": "Excluded", "number": counts[False], "url": f"{url}?included=no"},
        {
            "label": "Operating",
            "number": sum(line.progress == "operating" for line in included),
            "url": f"{url}?status=operating",
        },
        {
            "label": "Implemented, unproven",
            "number": sum(line.progress == "implemented" for line in included),
            "url": f"{url}?status=implemented",
        },
        {
            "label": "With a contradiction",
            "number": sum(bool(line.problems) for line in found),
            "url": f"{url}?problem=any",
        },
    ]


def _standing(scope: Organisation | Project, statement: Statement, found: list[Line]) -> Standing:
    """An inherited statement is judged by its organisation's rows, which a project's own leave alone."""
    if isinstance(scope, Project) and statement.project_id is None:
        return standing_of(statement)
    return standing_of(statement, facts_of_rows(statement, [line.row for line in found]))


def _statements(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    found = statements_in(scope)
    by_edition: dict[Any, list[Line]] = {}
    for line in lines(present(scope), scope, now_read().date()) if found else []:
        by_edition.setdefault(line.row.requirement.edition_id, []).append(line)
    shown = [
        {
            "statement": one,
            "standing": _standing(scope, one, by_edition.get(one.edition_id, [])),
            "url": address(scope, "statement", one.edition.key),
            "inherited": isinstance(scope, Project) and one.project_id is None,
            "figures": figures_of(scope, one.edition.key, by_edition.get(one.edition_id, [])),
        }
        for one in found
    ]
    context = {"statements": shown, "adopt_url": address(scope, "adopt"), "coverage_url": address(scope, "coverage")}
    context["exceptions_url"] = address(scope, "deviations")
    return render(request, "controls/statement_list.html", context)


def _adopt(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    taken = [one.edition_id for one in statements_in(scope)]
    editions = Edition.objects.visible_in(split(scope)[0]).exclude(pk__in=taken)
    initial = {"edition": request.GET.get("edition", "")[:60]}
    form = AdoptForm(request.POST or None, editions=editions, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = adopt_edition(scope=scope, by=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{made.reference} begun for {made.edition.label}: now decide its rows.")
            return redirect(address(scope, "statement", made.edition.key))
    context = {"form": form, "list_url": address(scope, "applicability"), "none_left": not editions.exists()}
    return render(request, "controls/statement_adopt.html", context, status=422 if form.errors else 200)


def _listing(request: HttpRequest, scope: Organisation | Project, found: Statement) -> StatementListing:
    every = lines(present(scope, found.edition), scope, now_read().date())
    return StatementListing(request, every, LineDrawing(scope, found.edition.key, request.can.edit))  # type: ignore[attr-defined]


def _part(template: str, request: HttpRequest, values: dict[str, Any]) -> SafeString:
    """A template drawn from these values, without what a whole page asks for."""
    context: Any = Context(values)
    context.request = request
    drawn: SafeString = get_template(template).template.render(context)  # type: ignore[attr-defined]
    return drawn


def _drawn(request: HttpRequest, scope: Organisation | Project, edition: str) -> dict[str, Any]:
    """What the page shows; filters and rows are drawn already."""
    found = statement_or_404(scope, edition)
    listing = _listing(request, scope, found)
    values = {"listing": listing, "request": request, "edition": found.edition, "can": request.can}  # type: ignore[attr-defined]
    pages = ("bulk", "statement_submit", "statement_approval", "statement_compare")
    return {
        "statement": found,
        "edition": found.edition,
        "standing": _standing(scope, found, listing.lines),
        "figures": figures_of(scope, edition, listing.lines),
        "urls": {page.removeprefix("statement_"): address(scope, page, edition) for page in pages}
        | {"list": address(scope, "applicability")},
        "filters": _part("controls/_statement_filters.html", request, values),
        "rows": _part("controls/_statement_rows.html", request, values),
    }


def _statement(request: HttpRequest, scope: Organisation | Project, edition: str) -> HttpResponse:
    if request.GET.get("format") in {"csv", "xlsx"}:
        listing = _listing(request, scope, statement_or_404(scope, edition))
        shown = complete(listing.shown, scope, now_read())
        return download(f"soa-{edition}", request.GET["format"], EXPORT, shown)  # type: ignore[return-value]
    keep = request.keep  # type: ignore[attr-defined]
    context = keep(("statement", request.get_full_path()), lambda: _drawn(request, scope, edition))
    if request.headers.get("HX-Target") == "rows":
        response = HttpResponse(context["rows"])
    else:
        response = render(request, "controls/statement.html", context)
    patch_vary_headers(response, ["HX-Target"])
    return response


def _submit(request: HttpRequest, scope: Organisation | Project, edition: str) -> HttpResponse:
    found = statement_or_404(scope, edition)
    if request.method != "POST":
        return redirect(address(scope, "statement", edition))
    try:
        version = submit_statement(statement=found, by=request.user)  # type: ignore[arg-type]
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Version {version.number} waits for approval by somebody else.")
    return redirect(address(scope, "statement", edition))


def _approval(request: HttpRequest, scope: Organisation | Project, edition: str) -> HttpResponse:
    found = statement_or_404(scope, edition)
    standing = standing_of(found)
    form = ApprovalForm(request.POST or None)
    if request.method == "POST" and standing.waiting and form.is_valid():
        approve = form.cleaned_data["verdict"] == "approve"
        try:
            decide_statement(
                version=found.versions.get(pk=standing.waiting.pk),
                approve=approve,
                by=request.user,  # type: ignore[arg-type]
                reason=form.cleaned_data["reason"],
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            done = "approved" if approve else "sent back"
            messages.success(request, f"Version {standing.waiting.number} {done}.")
            return redirect(address(scope, "statement", edition))
    context = {
        "statement": found,
        "edition": found.edition,
        "standing": standing,
        "form": form,
        "statement_url": address(scope, "statement", edition),
        "versions": found.versions.select_related("approval__requested_by", "approval__decided_by"),
        "compare_url": address(scope, "statement_compare", edition),
    }
    return render(request, "controls/statement_approval.html", context, status=422 if form.errors else 200)


def _compare(request: HttpRequest, scope: Organisation | Project, edition: str) -> HttpResponse:
    found = statement_or_404(scope, edition)
    versions = {one.number: one for one in found.versions.select_related("approval")}
    chosen = {name: _number(request.GET.get(name, ""), versions) for name in ("old", "new")}
    approved = standing_of(found).approved
    old = chosen["old"] or (approved.number if approved else min(versions, default=None))
    newer = facts_at(found, versions, chosen["new"]) if versions else {"rows": []}
    context = {
        "statement": found,
        "edition": found.edition,
        "versions": list(versions.values()),
        "old": old,
        "new": chosen["new"],
        "changes": compare_versions(facts_of_version(versions[old]), newer) if old else [],
        "rows": len(newer["rows"]),
        "statement_url": address(scope, "statement", edition),
    }
    return render(request, "controls/statement_compare.html", context)


def _number(text: str, versions: dict[int, Any]) -> int | None:
    return next((number for number in versions if str(number) == text), None)


statements = in_both("view", kind="applicability")(require_safe(_statements))
adopt = in_both("edit", kind="applicability")(_adopt)
statement = in_both("view", kind="applicability")(require_safe(_statement))
submit = in_both("edit", kind="applicability")(_submit)
approval = in_both("approve", kind="applicability")(_approval)
compare = in_both("view", kind="applicability")(require_safe(_compare))
