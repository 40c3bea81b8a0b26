"""What is done with a version of a notice, a consent or a label: written, answered, decided, published, withdrawn."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance.files.download import download
from compliance.files.store import FileDamaged
from compliance.ledger import Refused
from compliance.projects.access import Request, project_view
from compliance.projects.models import Project
from dataflows import services
from dataflows.forms.record import ReasonForm
from dataflows.forms.told import PublishForm, TextForm, VerdictForm
from dataflows.models import Notice, StoreDeclaration, TextVersion
from dataflows.models.told import TextState
from dataflows.told_vocabulary import checklist_for
from dataflows.views.answer import save_form
from dataflows.views.told import about_or_404
from dataflows.written import blocks

PARTS = ("checklist", "said", "reasons")


def version_or_404(project: Project, reference: str, number: int) -> TextVersion:
    """A version with all that is shown of it."""
    about = about_or_404(project, reference)
    return get_object_or_404(about.versions.complete(), number=number)


def _newest(project: Project, reference: str, *states: str) -> TextVersion:
    """The newest version, or the newest in one of these states; whether a step fits it is for the service to say."""
    about = about_or_404(project, reference)
    rows = about.versions.complete().order_by("-number")
    found = rows.filter(state__in=states).first() if states else None
    found = found or rows.first()
    if found is None:
        raise Http404("There is no version yet.")
    return found


@project_view("edit", kind="flow")
def told_draft(request: Request, project: Project, reference: str) -> HttpResponse:
    about = about_or_404(project, reference)
    newest = about.versions.order_by("-number").first()
    going_on = newest is not None and newest.state == TextState.DRAFT
    initial = {"text": newest.text if newest else ""}
    initial["summary"] = newest.summary if going_on else "" if newest else "First version"
    label_only = isinstance(about, StoreDeclaration)
    form = TextForm(request.POST or None, request.FILES or None, initial=initial, label_only=label_only)

    def save() -> Any:
        given = form.given()
        try:
            services.draft_text(about=about, by=request.user, **given)
        finally:
            if given["upload"]:
                given["upload"].discard()
        return about

    words = {"heading": f"{'Draft' if going_on or not newest else 'New version'} of {reference}", "note": ""}
    return save_form(request, form, "dataflows/form.html", save, "has a draft.", back=about.get_absolute_url(), **words)


@project_view("edit", kind="flow")
@require_POST
def told_answers(request: Request, project: Project, reference: str, part: str) -> HttpResponse:
    """Where a draft answers what is asked; the fields are `answer-<key>`."""
    if part not in PARTS:
        raise Http404
    version = _newest(project, reference)
    answers = {key.partition("-")[2]: str(value) for key, value in request.POST.items() if key.startswith("answer-")}

    def act() -> None:
        services.answer_text(version=version, part=part, answers=answers, by=request.user)

    return _told(request, version, act, "is answered.", f"#{part}")


@project_view("edit", kind="flow")
@require_POST
def told_submit(request: Request, project: Project, reference: str) -> HttpResponse:
    version = _newest(project, reference)

    def act() -> None:
        services.submit_text(version=version, by=request.user)

    return _told(request, version, act, "is with the data protection officer now.")


def _told(request: Request, version: TextVersion, act: Callable[[], None], said: str, place: str = "") -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{version} {said}")
    return redirect(f"{version.about.get_absolute_url()}{place}")


@project_view("approve", kind="flow")
def told_decide(request: Request, project: Project, reference: str) -> HttpResponse:
    version = _newest(project, reference)
    form = VerdictForm(request.POST or None)

    def save() -> Any:
        approve = form.cleaned_data["verdict"] == "approve"
        services.decide_text(version=version, approve=approve, by=request.user, reason=form.cleaned_data["reason"])
        return version.about

    return _step(request, form, save, "is decided.", f"Decide about {version}", "Decide", version)


@project_view("edit", kind="flow")
def told_publish(request: Request, project: Project, reference: str) -> HttpResponse:
    version = _newest(project, reference)
    form = PublishForm(request.POST or None, request.FILES or None, version=version)

    def save() -> Any:
        given = form.given()
        try:
            services.publish_text(version=version, by=request.user, **given)
        finally:
            if given["proof"]:
                given["proof"].discard()
        return version.about

    return _step(request, form, save, "is published.", f"Publish {version}", "Publish", version)


@project_view("edit", kind="flow")
def told_withdraw(request: Request, project: Project, reference: str) -> HttpResponse:
    version = _newest(project, reference)
    form = ReasonForm(request.POST or None)

    def save() -> Any:
        services.withdraw_text(version=version, by=request.user, reason=form.cleaned_data["reason"])
        return version.about

    return _step(request, form, save, "has one version less.", f"Withdraw {version}", "Withdraw", version)


@project_view("edit", kind="flow")
def told_review(request: Request, project: Project, reference: str) -> HttpResponse:
    version = _newest(project, reference, TextState.PUBLISHED)
    form = ReasonForm(request.POST or None)

    def save() -> Any:
        services.review_text(version=version, by=request.user, reason=form.cleaned_data["reason"])
        return version.about

    return _step(request, form, save, "is reviewed.", f"Review {version}", "It stands", version)


def _step(
    request: Request, form: Any, save: Callable[[], Any], said: str, heading: str, submit: str, version: TextVersion
) -> HttpResponse:
    back = version.about.get_absolute_url()
    return save_form(request, form, "dataflows/form.html", save, said, heading=heading, submit=submit, back=back)


@project_view("view", kind="flow")
@require_safe
def told_version(request: Request, project: Project, reference: str, number: int) -> HttpResponse:
    version = version_or_404(project, reference, number)
    rows = []
    if isinstance(version.about, Notice):
        rows = [(row, version.checklist.get(row.code, "")) for row in checklist_for(version.about.article)]
    context = {"version": version, "about": version.about, "blocks": blocks(version.text), "rows": rows}
    return render(request, "dataflows/told_version.html", context)


@project_view("view", kind="flow")
@require_safe
def told_file(request: Request, project: Project, reference: str, number: int) -> HttpResponse:
    version = version_or_404(project, reference, number)
    return _file(request, version, version.blob, version.file_name)


@project_view("view", kind="flow")
@require_safe
def told_proof(request: Request, project: Project, reference: str, number: int) -> HttpResponse:
    version = version_or_404(project, reference, number)
    return _file(request, version, version.proof, version.proof_name)


def _file(request: Request, version: TextVersion, blob: Any, name: str) -> HttpResponse:
    if blob is None:
        raise Http404("This version has no file.")
    try:
        return download(blob, name)  # type: ignore[return-value]
    except FileDamaged as damaged:
        messages.error(request, str(damaged))
        return redirect(version.about.get_absolute_url())
