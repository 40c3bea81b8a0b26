"""One notice, one consent, one store label: what it says now, what the flows ask of it, and what comes next."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from compliance.files.store import FileDamaged
from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.access import Request, project_view
from compliance.projects.models import Project, Release
from dataflows import services, vocabulary
from dataflows.approved import approved_flows
from dataflows.consent_check import needs, weaknesses
from dataflows.forms.told import CountForm
from dataflows.label_difference import differences
from dataflows.label_files import Unreadable, file_of, read_file
from dataflows.label_rules import by_flow, derive
from dataflows.models import Consent, ConsentCount, DataFlow, Notice, ProcessingActivity, StoreDeclaration, TextVersion
from dataflows.models.told import TextState
from dataflows.notice_check import check, proposals
from dataflows.services.told import content_of
from dataflows.shown import shown_at, shown_in, windows
from dataflows.told_vocabulary import ages_in, checklist_for
from dataflows.views.answer import save_form
from dataflows.views.told import about_or_404, tabs
from dataflows.written import blocks

S = TextState


def flows_of(project: Project) -> list[DataFlow]:
    """The approved flows of a project, as they were approved."""
    rows = DataFlow.objects.in_project(project).present().complete().order_by("reference")
    return approved_flows(project.organisation, rows)


def versions_of(about: Any) -> list[TextVersion]:
    """All versions, the newest first, each with what it is a version of."""
    rows = list(about.versions.complete().order_by("-number"))
    for row in rows:
        setattr(row, about.kind, about)
    return rows


def page_of(request: Request, about: Any, versions: Sequence[TextVersion]) -> dict[str, Any]:
    """What every page of these shows: its versions, where the newest stands, and the steps from there."""
    newest = versions[0] if versions else None
    published = next((one for one in versions if one.state == S.PUBLISHED), None)
    shown = published or newest
    return {
        "about": about,
        "versions": versions,
        "newest": newest,
        "shown": shown,
        "published": published,
        "draft": newest if newest is not None and newest.state == S.DRAFT else None,
        "outdated": bool(published and published.approval and published.approval.is_outdated(published.facts())),
        "overdue": bool(published and about.review_date and about.review_date < now_read().date()),
        "blocks": blocks(shown.text) if shown else [],
        "list_url": reverse(f"dataflows:{about.kind}s", args=[about.project.slug]),
        "next_steps": next_steps(request, about, newest),
        "urls": _urls(about),
        **_shown(request, about, versions),
    }


def _urls(about: Any) -> dict[str, str]:
    names = ("edit", "draft", "submit", "decide", "publish", "withdraw", "review")
    return {name: reverse(f"dataflows:told_{name}", args=[about.project.slug, about.reference]) for name in names}


def next_steps(request: Request, about: Any, newest: TextVersion | None) -> list[tuple[str, str, bool]]:
    """What this person may do next with the newest version: label, address, whether it is a form to be posted."""
    urls, can = _urls(about), request.can
    if newest is None or newest.state in (S.PUBLISHED, S.SUPERSEDED, S.WITHDRAWN):
        return [("New version" if newest else "Write it", urls["draft"], False)] if can.edit else []
    if newest.state == S.DRAFT:
        return [("Put forward", urls["submit"], True)] if can.edit else []
    if newest.state == S.APPROVED:
        return [("Publish", urls["publish"], False)] if can.edit else []
    mine = newest.author_id == request.user.pk or (
        newest.approval and newest.approval.requested_by_id == request.user.pk
    )
    return [("Decide", urls["decide"], False)] if can.approve and not mine else []


def _shown(request: Request, about: Any, versions: Sequence[TextVersion]) -> dict[str, Any]:
    """Which text people saw on the day or in the release the address asks about."""
    releases = list(
        Release.objects.in_project(about.project).filter(released_at__isnull=False).order_by("-released_at")
    )
    day, name = parse_day(request.GET.get("on", "")), request.GET.get("release", "")
    release = next((one for one in releases if one.reference == name), None)
    answer: list[TextVersion] | None = None
    if release is not None:
        answer = shown_in(versions, release, releases)
    elif day is not None:
        seen = shown_at(versions, day)
        answer = [seen] if seen else []
    return {
        "windows": windows(versions),
        "releases": releases,
        "asked_day": day,
        "asked_release": release,
        "seen": answer,
    }


def parse_day(text: str) -> datetime | None:
    """The end of a day in UTC; None where the text is no day."""
    try:
        day = parse_date(text[:10])
    except ValueError:
        return None
    return datetime.combine(day, time.max, tzinfo=UTC) if day else None


@project_view("view", kind="flow")
@require_safe
def notice(request: Request, project: Project, reference: str) -> HttpResponse:
    about = about_or_404(project, reference, Notice)
    versions, flows = versions_of(about), flows_of(project)
    page = page_of(request, about, versions)
    judged = page["draft"] or page["shown"]
    records = ProcessingActivity.objects.for_project(project).present()
    offered = proposals(about, flows, records, _who(project))
    answers = check(judged, flows) if judged else []
    rows = [
        (row, judged.checklist.get(row.code, "") if judged else "", offered.get(row.proposal, []))
        for row in checklist_for(about.article)
    ]
    context = {
        **page,
        "judged": judged,
        "rows": rows,
        "answered": sum(1 for _, where, _ in rows if where),
        "answers": answers,
        "missing": [one for one in answers if one.missing],
    }
    return render(request, "dataflows/notice.html", context)


def _who(project: Project) -> dict[str, str]:
    house = project.organisation
    return {
        "name": house.legal_name or house.name,
        "address": house.address,
        "email": house.contact_email,
        "dpo": house.dpo_name,
        "dpo_contact": house.dpo_contact,
    }


@project_view("view", kind="flow")
@require_safe
def consent(request: Request, project: Project, reference: str) -> HttpResponse:
    about = about_or_404(project, reference, Consent)
    page = page_of(request, about, versions_of(about))
    flows = DataFlow.objects.in_project(project).present().filter(consent=about).complete().order_by("reference")
    found = list(flows)
    minors = any(vocabulary.is_minor(flow.subject_categories) for flow in found)
    counts = ConsentCount.objects.in_project(project).filter(wording__consent=about).select_related("wording__consent")
    context = {
        **page,
        "needs": needs(found, [about.pk] if page["published"] else []),
        "weaknesses": weaknesses(about),
        "counts": list(counts[:24]),
        "ages": ages_in(project.countries.split(), now_read().date()) if minors else [],
    }
    return render(request, "dataflows/consent.html", context)


@project_view("edit", kind="flow")
def consent_count(request: Request, project: Project, reference: str) -> HttpResponse:
    about = about_or_404(project, reference, Consent)
    form = CountForm(request.POST or None, consent=about)

    def save() -> Any:
        services.record_counts(by=request.user, **form.cleaned_data)
        return about

    note = "Numbers only: who said yes or no stays in the app's own records."
    words = {"heading": f"Count answers to {reference}", "note": note, "back": about.get_absolute_url()}
    return save_form(request, form, "dataflows/form.html", save, "is counted.", **words)


@project_view("view", kind="flow")
@require_safe
def declaration(request: Request, project: Project, reference: str) -> HttpResponse:
    about = about_or_404(project, reference, StoreDeclaration)
    page = page_of(request, about, versions_of(about))
    derived = derive(flows_of(project), about.store)
    judged = page["draft"] or page["shown"]
    found, wrong = _compared(judged, derived) if judged else (None, "")
    context = {
        **page,
        "derived": derived,
        "left_out": by_flow(derived.left_out),
        "judged": judged,
        "differences": found,
        "wrong": wrong,
        "hiding": sum(1 for one in found or [] if one.contradicts),
        "derive_url": reverse("dataflows:declaration_derive", args=[project.slug, reference]),
        "derived_file_url": reverse("dataflows:declaration_file", args=[project.slug, reference]),
        "same_tabs": tabs(project, "declarations"),
    }
    return render(request, "dataflows/declaration.html", context)


def _compared(version: TextVersion, derived: Any) -> tuple[Any, str]:
    """The differences of a version from what was derived, or what is wrong with its file."""
    try:
        published = read_file(derived.store, content_of(version.blob)) if version.blob else None
    except (Unreadable, FileDamaged) as wrong:
        return None, str(wrong)
    return (differences(published, derived, version.reasons), "") if published else (None, "It has no file.")


@project_view("edit", kind="flow")
@require_POST
def declaration_derive(request: Request, project: Project, reference: str) -> HttpResponse:
    """A draft that declares what the approved flows do."""
    about = about_or_404(project, reference, StoreDeclaration)
    try:
        made = services.derive_label(declaration=about, flows=flows_of(project), by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{made} is drafted from the approved flows: read it, then put it forward.")
    return redirect(about.get_absolute_url())


@project_view("view", kind="flow")
@require_safe
def declaration_file(request: Request, project: Project, reference: str) -> HttpResponse:
    """The file as it would be by the approved flows of this moment."""
    about: StoreDeclaration = about_or_404(project, reference, StoreDeclaration)
    newest = about.versions.select_related("blob").order_by("-number").first()
    before = content_of(newest.blob) if newest and newest.blob else None
    data = file_of(about, derive(flows_of(project), about.store), before)
    disposition = {"Content-Disposition": f'attachment; filename="{about.file_name}"'}
    return HttpResponse(data, content_type="application/octet-stream", headers=disposition)
