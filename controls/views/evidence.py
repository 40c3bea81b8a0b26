"""Evidence: what there is, handing in, and the file itself."""

from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.files.preview import kind_of
from compliance.files.store import readable_size
from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.models import Organisation, Project
from compliance.projects.panels import panels_at
from compliance.ui.register import Column, Register
from controls.addresses import address, split
from controls.forms.evidence import EvidenceFilter, EvidenceForm, FactsForm
from controls.models import Evidence, EvidenceRequest, EvidenceVersion
from controls.models.evidence import EXPIRING
from controls.services.evidence import FilesRefused, submit_all, submit_version
from controls.views.files import file_of
from controls.views.scopes import in_both, is_uuid, owned, people_of, visible

EVIDENCE = Register(
    key="evidence",
    noun="piece of evidence",
    plural="pieces of evidence",
    title="Evidence",
    order="-reference",
    filterset=EvidenceFilter,
    columns=(
        Column("reference", "Reference", value="evidence.reference", kind="reference", sort="evidence__reference"),
        Column("title", "Evidence", value="evidence.title", kind="main", sort="evidence__title"),
        Column("standing", "State", kind="state", sort="standing"),
        Column("kind", "Kind", value=lambda row: row.evidence.get_kind_display(), sort="evidence__kind"),
        Column("last_day", "Speaks of", kind="day"),
        Column("valid_until", "In date until", kind="day", sort="valid_until"),
        Column("collected_by", "Collected by", value="collected_by.name", sort="collected_by__name"),
        Column("project", "For", value=lambda row: row.project or row.organisation, sort="project__name"),
        Column("number", "Version", kind="number", sort="number", shown=False),
        Column("source", "Source", sort="source", shown=False),
        Column("reliability", "Reliability", value=lambda row: row.reliability.label, shown=False),
        Column("population", "Population", kind="number", sort="population", shown=False),
        Column("reused", "File used elsewhere", kind="flag", shown=False),
        Column("sha256", "SHA-256", value="blob_id", shown=False),
    ),
    empty_title="No evidence yet",
    empty_text="Reports, exports and records that show a control at work. Hand in the first; somebody else judges it.",
)


def _listed(rows: Any, day: date, soon: date) -> Any:
    rows = rows.filter(latest=True).with_standing(day, soon)
    return rows.select_related("evidence", "collected_by", "project", "organisation")


OF_ORGANISATION = Rows(
    lambda scope, day, soon: _listed(EvidenceVersion.objects.filter(organisation=scope), day, soon),
    scope=UUID,
    day=date,
    soon=date,
)
OF_PROJECT = Rows(
    lambda scope, owner, day, soon: _listed(
        EvidenceVersion.objects.filter(Q(project=scope) | Q(project__isnull=True), organisation=owner), day, soon
    ),
    scope=UUID,
    owner=UUID,
    day=date,
    soon=date,
)


def _rows(request: HttpRequest, scope: Organisation | Project) -> Any:
    today = now_read().date()
    days = {"day": today, "soon": today + EXPIRING}
    if isinstance(scope, Project):
        found: Any = OF_PROJECT(scope=scope.pk, owner=scope.organisation_id, **days)
    else:
        found = OF_ORGANISATION(scope=scope.pk, **days)
    return found.queryset.with_reuse() if EVIDENCE.shows(request, "reused") else found


def _evidence(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    return EVIDENCE.respond(
        request,
        lambda: _rows(request, scope),
        url=lambda row: address(scope, "evidence_item", row.evidence.reference),
        template="controls/evidence_list.html",
        add_url=address(scope, "evidence_add") if request.can.edit else "",  # type: ignore[attr-defined]
        add_label="Hand in evidence",
    )


def _item(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    evidence = get_object_or_404(visible(scope, Evidence).select_related("project"), reference=reference)
    people = ("collected_by", "submitted_by", "reviewer", "blob", "request")
    versions = list(evidence.versions.with_standing(now_read().date()).select_related(*people))
    for one in versions:
        one.evidence = evidence
    if (latest := next((one for one in versions if one.latest), None)) is None:
        raise Http404("The evidence has no version.")
    show_preview(scope, latest)
    context = {
        "evidence": evidence,
        "latest": latest,
        "versions": versions,
        "implementations": evidence.implementation_links.select_related("implementation__control"),
        "requirements": evidence.requirement_links.select_related("requirement__edition"),
        "reused": same_file(scope, latest),
        "mine": request.user.pk in {latest.collected_by_id, latest.submitted_by_id},
        "changeable": isinstance(scope, Organisation) or evidence.project_id == scope.pk,
        "panels": panels_at("evidence", evidence, request.can, request.user),  # type: ignore[attr-defined]
        "urls": {name: address(scope, f"evidence_{name}", reference) for name in ("review", "version", "withdraw")},
        "list_url": address(scope, "evidence"),
    }
    return render(request, "controls/evidence_item.html", context)


def show_preview(scope: Organisation | Project, version: EvidenceVersion) -> None:
    """Leave the address of its preview on a version that has one."""
    page = address(scope, "evidence_preview", version.evidence.reference, version.number)
    version.preview = page if kind_of(version.blob) else ""  # type: ignore[attr-defined]


def same_file(scope: Organisation | Project, version: EvidenceVersion) -> list[str]:
    """The evidence in sight that rests on the same file, of controls this one has nothing to do with."""
    if version.blob_id is None:
        return []
    rows = visible(scope, EvidenceVersion).filter(blob=version.blob_id).exclude(evidence=version.evidence_id)
    related = {"evidence__implementation_links__implementation__evidence_links__evidence": version.evidence_id}
    return list(
        rows.exclude(**related)
        .values_list("evidence__reference", flat=True)
        .distinct()
        .order_by("evidence__reference")[:9]
    )


def _asked(request: HttpRequest, scope: Organisation | Project) -> EvidenceRequest | None:
    """The request that is answered, when the address names one of the scope's own."""
    if not (reference := request.GET.get("request", "")):
        return None
    organisation, project = split(scope)
    rows = EvidenceRequest.objects.filter(organisation=organisation, project=project)
    return get_object_or_404(rows.select_related("implementation__control"), reference=reference[:40])


def _initial(request: HttpRequest, asked: EvidenceRequest | None) -> dict[str, Any]:
    initial: dict[str, Any] = {"collected_by": request.user.pk}
    shown: list[Any] = [one for one in request.GET.getlist("implementation") if is_uuid(one)]
    if asked is not None:
        initial |= {"title": asked.title[:120], "kind": asked.kind}
        shown += [asked.implementation_id] if asked.implementation_id else []
    return {**initial, "implementations": shown}


def _add(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    asked = _asked(request, scope)
    initial = _initial(request, asked)
    form = EvidenceForm(
        request.POST or None,
        request.FILES or None,
        scope=scope,
        people=people_of(scope),
        person=_by(request),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {**form.about(), "facts": form.facts(), "links": form.links(), "by": request.user}
        uploads = form.cleaned_data["uploads"]
        try:
            made = submit_all(scope=scope, uploads=uploads, request=asked, **given)
        except FilesRefused as refused:
            for problem in refused.problems:
                form.add_error("uploads", problem)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{', '.join(one.reference for one in made)} handed in. Somebody else judges it.")
            form.let_go()
            one = made[0].reference if len(made) == 1 else ""
            return redirect(address(scope, "evidence_item", one) if one else address(scope, "evidence"))
    return _form_page(request, scope, form, f"Answer {asked.reference}" if asked else "Hand in evidence", asked)


def _version(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    evidence = get_object_or_404(owned(scope, Evidence), reference=reference)
    last = evidence.versions.get(latest=True)
    initial = {"collected_by": request.user.pk, "source": last.source, "method": last.method, "query": last.query}
    form = FactsForm(
        request.POST or None, request.FILES or None, people=people_of(scope), person=_by(request), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        uploads = form.cleaned_data["uploads"]
        by: Any = request.user
        try:
            if len(uploads) > 1:
                raise FilesRefused(["A version has one file: hand in the others as evidence of their own."])
            submit_version(evidence=evidence, facts=form.facts(), upload=uploads[0] if uploads else None, by=by)
        except FilesRefused as refused:
            for problem in refused.problems:
                form.add_error("uploads", problem)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            form.let_go()
            messages.success(request, f"Version {last.number + 1} of {reference} handed in.")
            return redirect(address(scope, "evidence_item", reference))
    return _form_page(request, scope, form, f"Newer version of {reference}")


def _by(request: HttpRequest) -> Any:
    return request.user


def _form_page(
    request: HttpRequest, scope: Organisation | Project, form: FactsForm, heading: str, asked: Any = None
) -> HttpResponse:
    limit = readable_size(settings.ASSAY_EVIDENCE_MAX_BYTES)
    context = {"form": form, "heading": heading, "limit": limit, "list_url": address(scope, "evidence"), "asked": asked}
    context["uploads_url"] = address(scope, "uploads")
    return render(request, "controls/evidence_form.html", context, status=422 if form.errors else 200)


def _file(request: HttpRequest, scope: Organisation | Project, reference: str, number: int) -> HttpResponse:
    rows = visible(scope, EvidenceVersion).select_related("blob")
    version = get_object_or_404(rows, evidence__reference=reference, number=number)
    return file_of(request, version, back=address(scope, "evidence_item", reference))


evidence = in_both("view", kind="evidence")(require_safe(_evidence))
evidence_item = in_both("view", kind="evidence")(require_safe(_item))
evidence_file = in_both("view", kind="evidence")(require_safe(_file))
evidence_add = in_both("edit", kind="evidence")(_add)
evidence_version = in_both("edit", kind="evidence")(_version)
