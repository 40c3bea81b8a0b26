"""Where an app and its papers part: the findings of a project and of a release, one of them, what is decided."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST, require_safe

from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.access import Request, project_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Project, Release
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import day, level, state
from dataflows.drift import known_rules
from dataflows.forms.drift import AcceptForm, DevelopersForm, DriftFilter, ReleaseDriftFilter
from dataflows.mends import may_draft, ways
from dataflows.models import Drift, DriftSeverity, DriftState
from dataflows.models.drift import ACCEPTED
from dataflows.services.drift import (
    accept_drift,
    call_false_alarm,
    draft_flow,
    hand_to_developers,
    reopen_drift,
)
from dataflows.watching import jobs_of

LEVELS = {"block": "critical"}
TONES = {DriftState.OPEN: "bad", DriftState.RESOLVED: "ok", DriftState.FIX_RECORD: "warn", DriftState.FIX_APP: "warn"}
DECISIONS: dict[str, tuple[str, str, str]] = {
    "accept": ("Accept until a day", "Accept", "Your reason and the day are printed in the file of the release."),
    "false-alarm": ("Call it a false alarm", "It is a false alarm", "Say what the rule misread, so others can see it."),
    "reopen": ("Open it again", "Open it again", "What was decided is taken back; the change history keeps it."),
}


def draw_severity(row: Drift, value: Any) -> str:
    """Square and word; what holds a gate stands as the gravest."""
    return level(LEVELS.get(row.severity, row.severity), DriftSeverity(row.severity).label)


def draw_state(row: Drift, value: Any) -> str:
    """How it stands today, with the day an acceptance ends."""
    now = row.standing(now_read().date())
    tone = "warn" if now == DriftState.OPEN and row.severity == DriftSeverity.LOW else TONES.get(DriftState(now), "")
    if now in ACCEPTED and row.until:
        return format_html('{} <span class="soft nowrap">until {}</span>', state(now, "Accepted", tone), day(row.until))
    return state(now, DriftState(now).label, tone)


FINDINGS = Register(
    key="drift",
    noun="finding",
    title="Does the app do what its papers say?",
    order="severity",
    filterset=DriftFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("app_does", "What the app does", kind="main", sort="rule"),
        Column("papers_say", "What the papers say", kind="long"),
        Column("severity", "Severity", sort="rank", draw=draw_severity),
        Column("state", "State", value="state", sort="state", draw=draw_state),
        Column("release", "Release", value="release.name", sort="release__name"),
        Column("title", "Rule", value=lambda row: f"{row.title} ({row.rule})", sort="rule", shown=False),
        Column("platforms", "Platform", sort="platforms", shown=False),
        Column("found_at", "Found", kind="day", sort="found_at", shown=False),
        Column("reason", "Why so decided", shown=False),
    ),
    empty_title="Nothing found",
    empty_text="Hand in the manifest, the app or its component list on the page of a release: "
    "what it does is then compared with flows, parties, labels and answers, here.",
)
OF_ONE = replace(
    FINDINGS,
    key="release-drift",
    filterset=ReleaseDriftFilter,
    columns=tuple(one for one in FINDINGS.columns if one.key != "release"),
)
OF_PROJECT = Rows(
    lambda scope: Drift.objects.filter(project=scope).of_current().ranked().select_related("release", "project"),
    scope=UUID,
)
OF_RELEASE = Rows(
    lambda release: Drift.objects.filter(release=release).ranked().select_related("release", "project"), release=UUID
)


@project_view("view", kind="flow")
@require_safe
def drift_list(request: Request, project: Project) -> HttpResponse:
    """The findings of every release that is planned or out."""
    return FINDINGS.respond(request, OF_PROJECT(scope=project.pk), template="dataflows/drift_list.html")


@project_view("view", kind="flow")
@require_safe
def release_drift(request: Request, project: Project, reference: str) -> HttpResponse:
    """The findings of one release."""
    release = release_or_404(project, reference)
    return OF_ONE.respond(
        request,
        OF_RELEASE(release=release.pk),
        template="dataflows/drift_release.html",
        release=release,
        job=jobs_of(release).first(),
    )


@project_view("view", kind="flow")
@require_safe
def drift(request: Request, project: Project, reference: str) -> HttpResponse:
    """One finding: both sides, who cares, and the ways out."""
    row = _find(project, reference)
    today = now_read().date()
    same = Drift.objects.filter(project=project, mark=row.mark).exclude(pk=row.pk).select_related("release", "project")
    given = ways(row) if row.state != DriftState.RESOLVED else []
    context = {
        "row": row,
        "rule": known_rules().get(row.rule),
        "standing": row.standing(today),
        "drawn_state": draw_state(row, row.state),
        "drawn_severity": draw_severity(row, row.severity),
        "over": row.is_over(today),
        "ways": given,
        "may_draft": request.can.edit and may_draft(row, given),
        "same": same.order_by("reference"),
        "may_decide": request.can.release.approve,
    }
    return render(request, "dataflows/drift_finding.html", context)


@project_view("approve", kind="release")
def drift_decide(request: Request, project: Project, reference: str, step: str) -> HttpResponse:
    """Accept until a day, call it a false alarm, open it again: by somebody who did not plan the release."""
    row = _find(project, reference)
    if step not in DECISIONS:
        raise Http404
    form, act = _decision(request, row, step)
    heading, submit, intro = DECISIONS[step]
    if attempt(form, act):
        messages.success(request, f"{row.reference}: {row.get_state_display().lower()}.")
        return redirect(row)
    return _page(request, row, form, heading=f"{heading}: {row.reference}", submit=submit, intro=intro)


def _decision(request: Request, row: Drift, step: str) -> tuple[Any, Callable[[], Drift]]:
    if step == "accept":
        accepting = AcceptForm(posted(request))
        return accepting, lambda: accept_drift(drift=row, by=request.user, **accepting.cleaned_data)
    form = ReasonForm(posted(request))
    act = call_false_alarm if step == "false-alarm" else reopen_drift
    return form, lambda: act(drift=row, by=request.user, reason=form.cleaned_data["reason"])


@project_view("edit", kind="flow")
def drift_task(request: Request, project: Project, reference: str) -> HttpResponse:
    """Give the developers the task to change the app."""
    row = _find(project, reference)
    rule = known_rules().get(row.rule)
    labels = {mend.kind: mend.label for mend in rule.mends} if rule else {}
    what = request.GET.get("mend", "")
    form = DevelopersForm(posted(request), project=project, release=row.release)
    made = attempt(form, lambda: hand_to_developers(drift=row, what=what, by=request.user, **form.cleaned_data))
    if made is not None:
        messages.success(request, f"{made.reference} is with {made.assignee}. The finding ends when a build shows it.")
        return redirect(row)
    heading = f"{labels.get(what, 'Change the app')}: a task for the developers"
    return _page(request, row, form, heading=heading, submit="Give the task", intro=row.app_does)


@project_view("edit", kind="flow")
@require_POST
def drift_draft(request: Request, project: Project, reference: str) -> HttpResponse:
    """Have the flow a finding shows drafted, to be completed and approved."""
    row = _find(project, reference)
    try:
        made = draft_flow(drift=row, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(row)
    messages.success(request, f"{made.reference} is proposed: say why, by which right, and put it forward.")
    return redirect(made)


def _page(request: Request, row: Drift, form: Any, **words: Any) -> HttpResponse:
    crumbs = [*crumbs_of(row.release), (row.reference, row.get_absolute_url())]
    points = [row.app_does, row.papers_say]
    return form_page(request, form, cancel=row.get_absolute_url(), crumbs=crumbs, points=points, **words)


def crumbs_of(release: Release) -> list[tuple[str, str]]:
    """The way to the findings of a release, as labels and addresses."""
    slug = release.project.slug
    return [
        ("Releases", reverse("projects:releases", args=[slug])),
        (f"{release.reference} {release}", reverse("projects:release", args=[slug, release.reference])),
        ("App and papers", reverse("dataflows:release_drift", args=[slug, release.reference])),
    ]


def release_or_404(project: Project, reference: str) -> Release:
    rows = Release.objects.in_project(project).select_related("project__organisation")
    return get_object_or_404(rows, reference=reference)


def _find(project: Project, reference: str) -> Drift:
    rows = Drift.objects.in_project(project).select_related(
        "project__organisation", "release__project__organisation", "decided_by", "goes_on__release", "goes_on__project"
    )
    return get_object_or_404(rows, reference=reference)
