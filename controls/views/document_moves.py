"""What is done with documents: written, put forward, decided, published, withdrawn, reviewed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from compliance.ledger import Refused
from compliance.projects.access import organisation_view
from compliance.projects.forms.rows import ReasonForm
from compliance.projects.models import Organisation
from compliance.projects.pairs import people_of
from compliance.projects.views.forms import attempt, form_page, posted
from controls.addresses import address
from controls.forms.applicability import ApprovalForm
from controls.forms.document import AboutForm, DocumentForm, DocumentReviewForm, DraftForm
from controls.models import UNFINISHED, Document, DocumentVersion, VersionState
from controls.services.document import (
    add_document,
    decide_version,
    draft_version,
    edit_document,
    edit_version,
    publish_version,
    review_document,
    submit_version,
    withdraw_version,
)
from controls.views.document import document_or_404


def unfinished_or_404(document: Document) -> DocumentVersion:
    """The version being worked on."""
    version = document.versions.select_related("approval", "author", "blob").filter(state__in=UNFINISHED).first()
    if version is None:
        raise Http404("No version is being worked on.")
    version.document = document
    return version


def _form_page(request: HttpRequest, organisation: Organisation, form: Any, heading: str, cancel: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "cancel_url": cancel, "list_url": address(organisation, "documents")}
    return render(request, "controls/document_form.html", context, status=422 if form.errors else 200)


@organisation_view("edit", kind="document")
def document_add(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    by: Any = request.user
    initial = {"owner": by.pk, "summary": "First version", "answers": request.GET.getlist("answers")}
    form = DocumentForm(posted(request), request.FILES or None, people=people_of(organisation), initial=initial)
    made = attempt(form, lambda: add_document(organisation=organisation, about=form.about(), draft=form.draft(), by=by))
    if made:
        messages.success(request, f"{made.reference} entered as a draft.")
        return redirect(address(organisation, "document", made.reference))
    return _form_page(request, organisation, form, "Add a document", address(organisation, "documents"))


@organisation_view("edit", kind="document")
def document_edit(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    document = document_or_404(organisation, reference)
    form = AboutForm(posted(request), people=people_of(organisation), initial=AboutForm.showing(document))
    by: Any = request.user

    def write() -> Document:
        document.version = form.cleaned_data["held"] or 0
        return edit_document(document=document, about=form.about(), by=by)

    if attempt(form, write):
        messages.success(request, f"{reference} saved.")
        return redirect(address(organisation, "document", reference))
    return _form_page(request, organisation, form, f"About {reference}", address(organisation, "document", reference))


@organisation_view("edit", kind="document")
def document_draft(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    document = document_or_404(organisation, reference)
    newest = document.versions.order_by("-number").first()
    open_one = newest if newest and newest.state == VersionState.DRAFT else None
    initial = DraftForm.showing(open_one) if open_one else {"text": newest.text if newest else ""}
    form = DraftForm(posted(request), request.FILES or None, initial=initial)
    by: Any = request.user

    def write() -> DocumentVersion:
        if open_one:
            open_one.version = form.cleaned_data["held"] or 0
            return edit_version(version=open_one, draft=form.draft(), by=by)
        return draft_version(document=document, draft=form.draft(), by=by)

    if made := attempt(form, write):
        messages.success(request, f"{made} saved as a draft.")
        return redirect(address(organisation, "document", reference))
    heading = f"Draft of {reference}" if open_one else f"New version of {reference}"
    return _form_page(request, organisation, form, heading, address(organisation, "document", reference))


def _post(request: HttpRequest, organisation: Organisation, reference: str, move: Any, done: str) -> HttpResponse:
    version = unfinished_or_404(document_or_404(organisation, reference))
    try:
        move(version=version, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{version} {done}.")
    return redirect(address(organisation, "document", reference))


@organisation_view("edit", kind="document")
@require_POST
def document_submit(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    return _post(request, organisation, reference, submit_version, "waits for approval by somebody else")


@organisation_view("edit", kind="document")
@require_POST
def document_publish(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    return _post(request, organisation, reference, publish_version, "is in force")


@organisation_view("approve", kind="document")
def document_decide(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    document = document_or_404(organisation, reference)
    version = unfinished_or_404(document)
    form = ApprovalForm(posted(request))
    by: Any = request.user

    def decide() -> DocumentVersion:
        approve = form.cleaned_data["verdict"] == "approve"
        return decide_version(version=version, approve=approve, by=by, reason=form.cleaned_data["reason"])

    if attempt(form, decide):
        messages.success(request, f"{version} {'approved' if version.state == 'approved' else 'sent back'}.")
        return redirect(address(organisation, "document", reference))
    context = {
        "form": form,
        "version": version,
        "document": document,
        "waiting": version.state == VersionState.REVIEW,
        "document_url": address(organisation, "document", reference),
        "list_url": address(organisation, "documents"),
    }
    return render(request, "controls/document_decide.html", context, status=422 if form.errors else 200)


@organisation_view("edit", kind="document")
def document_withdraw(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    document = document_or_404(organisation, reference)
    living = document.versions.exclude(state__in=[VersionState.WITHDRAWN, VersionState.SUPERSEDED])
    version = living.order_by("-number").first()
    if version is None:
        raise Http404("Nothing of this document is in use.")
    form = ReasonForm(posted(request))
    by: Any = request.user
    if attempt(form, lambda: withdraw_version(version=version, by=by, reason=form.cleaned_data["reason"])):
        messages.success(request, f"{version} withdrawn. Text and history stay.")
        return redirect(address(organisation, "document", reference))
    cancel = address(organisation, "document", reference)
    return form_page(request, form, heading=f"Withdraw {version}", cancel=cancel, submit="Withdraw", danger=True)


@organisation_view("edit", kind="document")
def document_review(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    document = document_or_404(organisation, reference)
    form = DocumentReviewForm(posted(request))
    by: Any = request.user
    if attempt(form, lambda: review_document(document=document, by=by, **form.cleaned_data)):
        messages.success(request, f"{reference} reviewed.")
        return redirect(address(organisation, "document", reference))
    cancel = address(organisation, "document", reference)
    intro = "Say that the published version is right as it stands. If it is not, begin a new version."
    return form_page(request, form, heading=f"Review {reference}", cancel=cancel, submit="Reviewed", intro=intro)
