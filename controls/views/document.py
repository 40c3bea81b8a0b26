"""Documents: the register, one of them with its versions, a version to read, and what the standards ask for."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.access import organisation_view
from compliance.projects.models import Organisation
from compliance.projects.panels import panels_at
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import state
from controls.addresses import address
from controls.forms.document import DocumentFilter
from controls.models import DOCUMENT_STANDINGS, Document, DocumentVersion, VersionState
from controls.services.comparison import compared
from controls.services.reading import acknowledge, readings, with_readings
from controls.services.required import required_lines
from controls.views.files import file_of

STANDING = {**dict(DOCUMENT_STANDINGS), "superseded": "Superseded"}


def confirmed_of(row: Any) -> str:
    """How many of those asked have confirmed."""
    return f"{row.confirmed} of {row.asked}" if row.asked and row.published else ""


def drawn_standing(row: Any, value: Any) -> str:
    """The state of a document; one whose review is due or overdue says so in colour, too."""
    return str(
        state(value, STANDING.get(value, "No version"), "warn" if value in {"review_due", "review_overdue"} else "")
    )


DOCUMENTS = Register(
    key="documents",
    noun="document",
    title="Documents",
    order="reference",
    filterset=DocumentFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Document", kind="main", sort="title"),
        Column("standing", "State", kind="state", sort="standing", draw=drawn_standing),
        Column("kind", "Kind", sort="kind"),
        Column("published", "In force", value=lambda row: row.published and f"v{row.published}", sort="published"),
        Column("owner", "Owner", value="owner.name", sort="owner__name"),
        Column("confirmed", "Confirmed", value=confirmed_of, sort="confirmed"),
        Column("review_date", "Next review", kind="day", sort="review_date"),
        Column("classification", "Classification", sort="classification", shown=False),
        Column("audience", "Confirmed by", sort="audience", shown=False),
    ),
    empty_title="No documents yet",
    empty_text="Policies and procedures people work by: written or handed in here, approved by somebody else, read.",
)


def document_or_404(organisation: Organisation, reference: str) -> Document:
    """A document of the organisation, with its owner."""
    rows = Document.objects.in_organisation(organisation).select_related("owner", "organisation")
    return get_object_or_404(rows, reference=reference)


def version_or_404(organisation: Organisation, reference: str, number: int) -> DocumentVersion:
    """A version of a document, with all that is shown of it."""
    people = ("document__owner", "author", "blob", "approval__requested_by", "approval__decided_by")
    rows = DocumentVersion.objects.in_organisation(organisation).select_related(*people)
    return get_object_or_404(rows, document__reference=reference, number=number)


@organisation_view("view", kind="document")
@require_safe
def documents(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    def rows() -> Any:
        now = now_read()
        found = Document.objects.in_organisation(organisation).with_standing(now.date()).select_related("owner")
        return with_readings(found, organisation, now)

    return DOCUMENTS.respond(
        request,
        rows,
        url=lambda row: address(organisation, "document", row.reference),
        template="controls/document_list.html",
        add_url=address(organisation, "document_add") if request.can.edit else "",  # type: ignore[attr-defined]
        add_label="Add a document",
        required_url=address(organisation, "documents_required"),
        scope_url=address(organisation, "scope"),
    )


@organisation_view("view", kind="document")
@require_safe
def documents_required(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    lines = required_lines(organisation, now_read())
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.standing] = counts.get(line.standing, 0) + 1
    context = {"lines": lines, "counts": counts, "list_url": address(organisation, "documents")}
    return render(request, "controls/document_required.html", context)


@organisation_view("view", kind="document")
@require_safe
def document(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    found = document_or_404(organisation, reference)
    people = ("author", "blob", "approval__requested_by", "approval__decided_by")
    versions = list(found.versions.select_related(*people).order_by("-number"))
    for one in versions:
        one.document = found
    published = next((one for one in versions if one.state == VersionState.PUBLISHED), None)
    now, user, can = now_read(), request.user, request.can  # type: ignore[attr-defined]
    reading = next(iter(readings(organisation, now, [found])), None)
    context = {
        "document": found,
        "versions": versions,
        "newest": versions[0],
        "shown": published or versions[0],
        "overdue": published is not None and found.is_overdue(now.date()),
        "changed": published is not None and is_outdated(published),
        "reading": reading,
        "to_confirm": reading is not None and user.pk in reading.waiting,
        "panels": panels_at("document", found, can, user),
        "list_url": address(organisation, "documents"),
        "urls": _urls(organisation, reference),
    }
    return render(request, "controls/document.html", context)


def is_outdated(version: DocumentVersion) -> bool:
    """Whether what was approved is no longer what the version says."""
    return version.approval is not None and version.approval.is_outdated(version.facts())


def _urls(organisation: Organisation, reference: str) -> dict[str, str]:
    names = ("edit", "draft", "submit", "decide", "publish", "withdraw", "review", "compare", "acknowledge", "readers")
    return {name: address(organisation, f"document_{name}", reference) for name in names}


@organisation_view("view", kind="document")
@require_safe
def document_version(request: HttpRequest, organisation: Organisation, reference: str, number: int) -> HttpResponse:
    version = version_or_404(organisation, reference, number)
    context = {"version": version, "document": version.document, "list_url": address(organisation, "documents")}
    return render(request, "controls/document_version.html", context)


@organisation_view("view", kind="document")
@require_safe
def document_file(request: HttpRequest, organisation: Organisation, reference: str, number: int) -> HttpResponse:
    version = version_or_404(organisation, reference, number)
    return file_of(request, version, back=address(organisation, "document", reference))


@organisation_view("view", kind="document")
@require_safe
def document_compare(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    found = document_or_404(organisation, reference)
    versions = list(found.versions.select_related("author", "blob").order_by("-number"))
    if not versions:
        raise Http404("There is no version to compare.")
    numbers = {str(one.number): one for one in versions}
    newer = numbers.get(request.GET.get("new", ""), versions[0])
    before = next((one for one in versions if one.number < newer.number), newer)
    older = numbers.get(request.GET.get("old", ""), before)
    context = {
        "document": found,
        "versions": versions,
        "older": older,
        "newer": newer,
        "comparison": compared(older, newer),
        "list_url": address(organisation, "documents"),
    }
    return render(request, "controls/document_compare.html", context)


@organisation_view("edit", kind="document")
@require_safe
def document_readers(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    found = document_or_404(organisation, reference)
    reading = next(iter(readings(organisation, now_read(), [found])), None)
    if reading is None:
        messages.info(request, "Nobody is asked to confirm this document, or no version is in force.")
        return redirect(address(organisation, "document", reference))
    people = {user.pk: user for user in User.objects.filter(pk__in=reading.asked)}
    said = reading.version.acknowledgements.select_related("person").order_by("acknowledged_at")
    context = {
        "document": found,
        "reading": reading,
        "waiting": sorted((people[key] for key in reading.waiting), key=lambda user: user.name),
        "confirmed": [one for one in said if one.person_id in reading.asked],
        "list_url": address(organisation, "documents"),
    }
    return render(request, "controls/document_readers.html", context)


@organisation_view("view", kind="document")
@require_POST
def document_acknowledge(request: HttpRequest, organisation: Organisation, reference: str) -> HttpResponse:
    found = document_or_404(organisation, reference)
    asked = request.POST.get("version", "")[:6]
    version = found.versions.filter(number=int(asked)).first() if asked.isdecimal() else None
    by: Any = request.user
    try:
        if version is None:
            raise Refused("This version does not exist: open the document again.")
        acknowledge(version=version, by=by)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Noted: you have read {version}.")
    return redirect(address(organisation, "document", reference))
