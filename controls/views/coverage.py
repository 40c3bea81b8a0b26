"""Coverage: how much of each framework our controls answer, directly or through the crosswalk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from compliance.projects.models import Organisation, Project
from compliance.ui.pictures import Coverage
from compliance.ui.pictures import coverage as draw_coverage
from controls.addresses import address
from controls.bars import bars
from controls.services.coverage import DIRECT, GAP, MAPPED, Tally, coverage_of, covered_rows
from controls.views.scopes import in_both
from controls.views.statement import statement_or_404

VERDICTS = {DIRECT: "Directly", MAPPED: "Through the crosswalk", GAP: "Open"}


def picture_of(scope: Organisation | Project, tallies: list[Tally]) -> Coverage:
    """The bars, each leading to its rows."""
    return draw_coverage(bars(scope, tallies))


def _coverage(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    tallies = coverage_of(scope)
    shown = [
        {
            "tally": tally,
            "url": address(scope, "coverage_edition", tally.edition.key),
            "statement_url": address(scope, "statement", tally.edition.key),
        }
        for tally in tallies
    ]
    context = {
        "tallies": shown,
        "picture": picture_of(scope, tallies),
        "list_url": address(scope, "applicability"),
        "adopt_url": address(scope, "adopt"),
        "cost_url": address(scope, "cost"),
    }
    return render(request, "controls/coverage.html", context)


def _edition(request: HttpRequest, scope: Organisation | Project, edition: str) -> HttpResponse:
    statement = statement_or_404(scope, edition)
    rows = covered_rows(scope, statement.edition)
    verdict = request.GET.get("verdict", "")
    counts = {key: sum(row.verdict == key for row in rows) for key in VERDICTS}
    tabs = [{"label": label, "key": key, "count": counts[key]} for key, label in VERDICTS.items()]
    context = {
        "edition": statement.edition,
        "rows": [row for row in rows if row.verdict == verdict or verdict not in VERDICTS],
        "total": len(rows),
        "tabs": tabs,
        "verdict": verdict if verdict in VERDICTS else "",
        "coverage_url": address(scope, "coverage"),
        "statement_url": address(scope, "statement", edition),
    }
    return render(request, "controls/coverage_edition.html", context)


coverage = in_both("view", kind="applicability")(require_safe(_coverage))
coverage_edition = in_both("view", kind="applicability")(require_safe(_edition))
