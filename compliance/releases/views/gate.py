"""Decisions at the gates of a release; its page shows them (panels.py)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, project_view
from compliance.projects.models import Project, Release
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.releases import services
from compliance.releases.forms.decision import ClassForm, GateForm, OverrideForm
from compliance.releases.gates import Gate, rules
from compliance.releases.models import GateDecision
from compliance.releases.proposing import highest, is_lower, proposed
from compliance.releases.registry import Proposal
from compliance.releases.standing import asked
from compliance.ui.addresses import filled


@project_view("edit", kind="release")
def release_classify(request: Request, project: Project, reference: str) -> HttpResponse:
    release = _find(project, reference)
    found = proposed(release, now_read())
    fits = highest(one for _, one in found)
    start = fits if is_lower(release.change_class, fits) else release.change_class
    return _page(
        request,
        release,
        ClassForm(posted(request), initial={"change_class": start}),
        lambda form: services.classify_release(release=release, by=request.user, **form.cleaned_data),
        heading=f"How big is the change of {release}?",
        submit="Confirm it",
        intro=_passes(release),
        told=[_said(kind, one, request) for kind, one in found],
    )


@project_view("approve", kind="release")
def gate_decide(request: Request, project: Project, reference: str, gate: str) -> HttpResponse:
    release, found = _find(project, reference), _gate(gate)
    return _page(
        request,
        release,
        GateForm(posted(request)),
        lambda form: services.decide_gate(release=release, gate=found.key, by=request.user, **form.cleaned_data),
        heading=f"{found}: {release}",
        submit="Decide",
        intro=found.question,
        gate=found,
    )


@project_view("approve", kind="release")
def gate_override(request: Request, project: Project, reference: str, gate: str) -> HttpResponse:
    release, found = _find(project, reference), _gate(gate)
    return _page(
        request,
        release,
        OverrideForm(posted(request)),
        lambda form: services.override_gate(release=release, gate=found.key, by=request.user, **form.cleaned_data),
        heading=f"Override {found}: {release}",
        submit="Override the gate",
        danger=True,
        intro="The release goes on although this holds it back. Your reason and the day are printed in its file.",
        gate=found,
    )


def _page(
    request: Request,
    release: Release,
    form: Any,
    act: Callable[[Any], GateDecision],
    *,
    gate: Gate | None = None,
    told: list[str] | None = None,
    **words: Any,
) -> HttpResponse:
    """Ask, and do it; what holds the release back at `gate` stands above the form."""
    back = filled("projects:release", release.project.slug, release.reference)
    done = attempt(form, lambda: act(form))
    if done is not None:
        messages.success(request, f"{done.get_gate_display()}: {done.get_verdict_display().lower()}.")
        return redirect(back)
    crumbs = [("Releases", filled("projects:releases", release.project.slug)), (f"{release.reference} {release}", back)]
    points = [one.text for one in asked(release, gate.key, now_read())] if gate else told or []
    return form_page(request, form, cancel=back, crumbs=crumbs, points=points, **words)


def _passes(release: Release) -> str:
    names = ", ".join(str(gate) for gate in rules().of_class(release.change_class))
    said = release.get_change_class_display().lower()
    return f"It is planned as {said} and passes {names}. A class lower than what was found prints with your reason."


def _said(kind: str, one: Proposal, request: Request) -> str:
    """A proposal; what speaks of records the person may not read says only how big it is."""
    size = f"At least {one.change_class}"
    return f"{size}: {one.because}" if getattr(request.can, kind).view else f"{size}, for something you do not see."


def _find(project: Project, reference: str) -> Release:
    return get_object_or_404(Release.objects.in_project(project).select_related("project"), reference=reference)


def _gate(key: str) -> Gate:
    try:
        return rules()[key]
    except StopIteration:
        raise Http404(f"There is no gate {key}") from None
