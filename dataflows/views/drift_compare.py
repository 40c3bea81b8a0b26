"""What a release was compared with: the table of four sources, what nobody can tell, and comparing now."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from compliance.files.store import FileDamaged
from compliance.ledger.moment import now_read
from compliance.projects.access import Request, project_view
from compliance.projects.models import Project, Release
from dataflows import vocabulary
from dataflows.builds import builds_of, whole_build
from dataflows.comparing import compare
from dataflows.drift import known_rules
from dataflows.drift.labels import Row, table_of_four
from dataflows.drift.papers import Papers
from dataflows.gathered import gather
from dataflows.views.drift import release_or_404
from dataflows.watching import ask_for_comparison

WORDS = {True: "yes", False: "no", None: "not in hand"}
SOURCES = ("manifest", "flows", "app_store", "play")


@dataclass(frozen=True)
class Line:
    """One kind of data in four sources, in words; `flows` are those that carry it off the device."""

    label: str
    cells: tuple[str, ...]
    flows: tuple[str, ...]
    agrees: bool


@project_view("view", kind="flow")
@require_safe
def release_drift_table(request: Request, project: Project, reference: str) -> HttpResponse:
    """Privacy manifest, flows, App Store label and Play label, one kind of data a line."""
    release = release_or_404(project, reference)
    context = {"release": release, **request.keep(("drift table", release.pk), lambda: _table(release))}
    return render(request, "dataflows/drift_table.html", context)


def _table(release: Release) -> dict[str, Any]:
    try:
        build = whole_build(release)
    except FileDamaged as damaged:
        return {"damaged": str(damaged), "lines": []}
    papers = gather(release.project, now_read().date()).papers(release, "", build.artefacts)
    lines = [_line(row, papers) for row in table_of_four(build, papers)]
    return {"lines": sorted(lines, key=lambda one: one.agrees), "parted": sum(not one.agrees for one in lines)}


def _line(row: Row, papers: Papers) -> Line:
    known = vocabulary.categories().get(row.category)
    carrying = tuple(one.reference for one in papers.flows if one.goes_out and row.category in one.categories)
    cells = tuple(WORDS[getattr(row, source)] for source in SOURCES)
    return Line(known.label if known else row.category, cells, carrying, row.agrees)


@project_view("view", kind="flow")
@require_safe
def release_drift_gaps(request: Request, project: Project, reference: str) -> HttpResponse:
    """Which rules say nothing about this release for lack of a file or a record, and which would tell."""
    release = release_or_404(project, reference)
    context = {"release": release, **request.keep(("drift gaps", release.pk), lambda: gaps_of(release))}
    return render(request, "dataflows/drift_gaps.html", context)


def gaps_of(release: Release) -> dict[str, Any]:
    """For each platform the rules that could not be judged, and how many could."""
    try:
        found = compare(release, builds_of(release), gather(release.project, now_read().date()))
    except FileDamaged as damaged:
        return {"damaged": str(damaged), "platforms": []}
    platforms = [
        {
            "name": PLATFORMS.get(platform, platform),
            "debug": [one.subject or one.format for one in told.build.debug_builds],
            "judged": len(told.asked) - len(told.gaps),
            "all": len(told.asked),
            "gaps": [
                {"rule": known_rules()[gap.rule], "files": gap.files, "records": gap.records} for gap in told.gaps
            ],
        }
        for platform, told in found.items()
    ]
    return {"platforms": platforms}


PLATFORMS = {"android": "Android", "ios": "iOS", "": "No platform named"}


@project_view("edit", kind="flow")
@require_POST
def release_drift_check(request: Request, project: Project, reference: str) -> HttpResponse:
    """Have a worker compare now."""
    release = release_or_404(project, reference)
    ask_for_comparison(release, request.user)
    messages.success(request, "The app is being compared with its papers: look again in a moment.")
    return redirect(reverse("dataflows:release_drift", args=[project.slug, reference]))
