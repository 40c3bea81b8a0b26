"""Judging evidence, and taking it out of use."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from compliance.ledger import Refused, change
from compliance.projects.models import Organisation, Project
from controls.addresses import address
from controls.forms.evidence import ReviewForm, WithdrawForm
from controls.models import EvidenceState, EvidenceVersion
from controls.services.review import accept_evidence, begin_review, reject_evidence, withdraw_evidence
from controls.views.evidence import same_file, show_preview
from controls.views.scopes import in_both, owned


def latest_or_404(scope: Organisation | Project, reference: str) -> EvidenceVersion:
    """The version of a piece of evidence handed in last."""
    rows = owned(scope, EvidenceVersion).filter(latest=True)
    return get_object_or_404(
        rows.select_related("evidence", "collected_by", "submitted_by", "blob", "request"),
        evidence__reference=reference,
    )


def judge(version: EvidenceVersion, by: Any, verdict: str, code: str, note: str) -> None:
    """Take the evidence up if nobody has, and give the verdict: one change."""
    with change(by=by, reason=note or "Evidence judged"):
        if version.state == EvidenceState.SUBMITTED:
            begin_review(version=version, by=by)
        if verdict == "accept":
            accept_evidence(version=version, by=by, note=note)
        else:
            reject_evidence(version=version, by=by, code=code, note=note)


def _review(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    version = latest_or_404(scope, reference)
    waiting = version.state in {EvidenceState.SUBMITTED, EvidenceState.UNDER_REVIEW}
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            judge(version, request.user, **form.cleaned_data)
        except Refused as refused:
            version = latest_or_404(scope, reference)
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{reference} {version.get_state_display().lower()}.")
            return redirect(address(scope, "evidence_item", reference))
    show_preview(scope, version)
    context = {
        "version": version,
        "reused": same_file(scope, version),
        "evidence": version.evidence,
        "form": form,
        "waiting": waiting,
        "mine": request.user.pk in {version.collected_by_id, version.submitted_by_id},
        "implementations": version.evidence.implementation_links.select_related("implementation__control"),
        "requirements": version.evidence.requirement_links.select_related("requirement__edition"),
        "item_url": address(scope, "evidence_item", reference),
        "file_url": address(scope, "evidence_file", reference, version.number),
    }
    return render(request, "controls/evidence_review.html", context, status=422 if form.errors else 200)


def _withdraw(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    version = latest_or_404(scope, reference)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by: Any = request.user
        try:
            withdraw_evidence(version=version, by=by, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{reference} withdrawn. File and history stay.")
            return redirect(address(scope, "evidence_item", reference))
    context = {"evidence": version.evidence, "form": form, "item_url": address(scope, "evidence_item", reference)}
    return render(request, "controls/evidence_withdraw.html", context, status=422 if form.errors else 200)


evidence_review = in_both("approve", kind="evidence")(_review)
evidence_withdraw = in_both("edit", kind="evidence")(_withdraw)
