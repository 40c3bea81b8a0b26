"""Incidents: the list, one incident, its timeline, clocks, links and lessons."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.pairs import in_both, people_of
from compliance.projects.panels import panels_at
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.registers.linkable import linkables
from compliance.ui.register import Column, Register
from controls.addresses import split
from controls.views.scopes import owned
from controls.views.steps import Step, offered, step_page
from risks.calling import chain
from risks.forms.incident import AmendForm, EntryForm, IncidentFilter, IncidentForm, LessonForm, LinkForm, RegimeForm
from risks.models import CaseLink, Incident, IncidentEntry
from risks.models.incident import case_address
from risks.services.clock import start_regime
from risks.services.incident import (
    add_entry,
    amend_entry,
    learn,
    link_case,
    move_incident,
    report_incident,
    unlink_case,
    update_incident,
)
from risks.totals_of_cases import shown
from risks.views.clock import clock_lines

Scope = Organisation | Project
LINKED = ("risk", "control", "vulnerability", "release", "flow", "party", "assessment", "finding", "evidence")

INCIDENTS = Register(
    key="incidents",
    noun="incident",
    order="-reference",
    filterset=IncidentFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Incident", kind="main", sort="title"),
        Column("severity", "Severity", value="severity_word", sort="severity"),
        Column("state", "State", kind="state", sort="state"),
        Column("detected_at", "Noticed", kind="moment", sort="detected_at"),
        Column("contained_at", "Contained", kind="moment", sort="contained_at"),
        Column("lead", "Lead", value="lead.name", sort="lead__name"),
        Column("project", "About", value=lambda row: row.project or row.organisation, sort="project__name"),
    ),
    empty_title="No incidents",
    empty_text="What happened to data, people or the service, line by line, with the clocks of the law. Report early: "
    "what turns out harmless is dismissed with its reason.",
)


def _to(state: str, key: str, label: str, *before: str, danger: bool = False) -> Step:
    return Step(
        key,
        label,
        frozenset(before),
        lambda row, data, by: move_incident(incident=row, to=state, by=by, **data),
        danger=danger,
    )


STEPS = (
    _to("responding", "respond", "Respond", "reported"),
    _to("contained", "contain", "Contained", "responding"),
    _to("lessons", "lessons", "Learn from it", "contained"),
    _to("responding", "again", "Respond again", "contained", "lessons"),
)
DECISIONS = (
    _to("closed", "close", "Close", "lessons"),
    _to("dismissed", "dismiss", "No incident", "reported", "responding", danger=True),
    _to("responding", "reopen", "Reopen", "closed", "dismissed"),
)


def _incidents(request: HttpRequest, scope: Scope) -> HttpResponse:
    can: Any = request.can  # type: ignore[attr-defined]
    return INCIDENTS.respond(
        request,
        lambda: shown(scope, Incident).select_related("lead", "project", "organisation"),
        url=lambda row: case_address(scope, "incident", row.reference),
        template="risks/cases/incident_list.html",
        add_url=case_address(scope, "incident_add") if can.edit else "",
        add_label="Report an incident",
        breaches_url=case_address(scope, "breaches"),
    )


def _add(request: HttpRequest, scope: Scope) -> HttpResponse:
    organisation, project = split(scope)
    blank = Incident(organisation=organisation, project=project)
    usual = {"severity": "sev3", "detected_at": timezone.now()}
    form = IncidentForm(posted(request), instance=blank, people=people_of(scope), initial=usual)
    by: Any = request.user
    made = attempt(form, lambda: report_incident(scope=scope, by=by, **form.given()))
    back = case_address(scope, "incidents")
    if made:
        return redirect(case_address(scope, "incident", made.reference))
    return form_page(
        request, form, heading="Report an incident", cancel=back, submit="Report", crumbs=[("Incidents", back)]
    )


def _incident(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    rows = shown(scope, Incident).select_related("project", "organisation", "lead", "deputy", "communication")
    found = get_object_or_404(rows.select_related("reported_by"), reference=reference)
    can: Any = request.can  # type: ignore[attr-defined]
    own = isinstance(scope, Organisation) or found.project_id == scope.pk
    context = {
        "incident": found,
        "entries": _timeline(found),
        "steps": offered(found, STEPS, case_address(scope, "incident_next", reference), request.user),
        "decisions": offered(found, DECISIONS, case_address(scope, "incident_decide", reference), request.user),
        "urls": {name: case_address(scope, f"incident_{name}", reference) for name in PAGES},
        "scope_url": case_address(scope, "incidents"),
        "changeable": own,
        "calls": [] if found.is_over else chain(found, scope),
        "matrix_url": _matrix(scope),
        "clocks": clock_lines(scope, found.clocks.select_related("ended_by", "evidence"), now_read(), can, own),
        "breaches": [(row, case_address(scope, "breach", row.reference)) for row in found.breaches.all()],
        "links": links_of(found, scope, can),
        "panels": panels_at("incident", found, can, request.user),
    }
    return render(request, "risks/cases/incident.html", context)


PAGES = ("edit", "entry", "link", "clock", "lesson", "breach")


def _matrix(scope: Scope) -> str:
    from compliance.registers.addresses import address

    return str(address(scope, "register", "escalation"))


def _timeline(incident: Incident) -> list[dict[str, Any]]:
    rows = list(incident.entries.select_related("author"))
    amended = {row.amends_id for row in rows}
    return [{"row": row, "amended": row.pk in amended} for row in rows]


def links_of(case: Any, scope: Scope, can: Any, page: str = "incident_unlink") -> list[dict[str, Any]]:
    """Linked records by kind; those whose kind the person may not view stay away. A query for each kind."""
    ids: dict[str, dict[UUID, UUID]] = {}
    for link in case.links.all():
        ids.setdefault(link.target, {})[link.target_id] = link.pk
    found = []
    for kind in linkables:
        if kind.key in ids and getattr(can, kind.kind).view:
            named = kind.named(case.organisation, list(ids[kind.key]))
            targets = sorted(named.values(), key=lambda one: one.reference)
            places = [(one, case_address(scope, page, case.reference, ids[kind.key][one.id])) for one in targets]
            found.append({"label": kind.label, "targets": places})
    return found


def _edit(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Incident), reference=reference)
    form = IncidentForm(posted(request), instance=found, people=people_of(scope))
    by: Any = request.user
    back = case_address(scope, "incident", reference)
    if attempt(form, lambda: update_incident(incident=found, by=by, **form.given())):
        return redirect(back)
    return form_page(request, form, heading=f"Change {reference}", cancel=back, crumbs=crumbs(scope, reference))


def crumbs(scope: Scope, reference: str) -> list[tuple[str, str]]:
    return [("Incidents", case_address(scope, "incidents")), (reference, case_address(scope, "incident", reference))]


def _next(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Incident), reference=reference)
    return step_page(request, found, STEPS, back=case_address(scope, "incident", reference), crumb=reference)


def _decide(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Incident), reference=reference)
    return step_page(request, found, DECISIONS, back=case_address(scope, "incident", reference), crumb=reference)


def _entry(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    """Write a line, or (with ?amends=) one in the place of another."""
    found = get_object_or_404(owned(scope, Incident), reference=reference)
    by: Any = request.user
    old = _amended(found, request.GET.get("amends", ""))
    form: Any
    if old:
        form = AmendForm(posted(request), initial={"happened_at": old.happened_at, "text": old.text})
    else:
        form = EntryForm(posted(request), initial={"happened_at": now_read()})
    back = case_address(scope, "incident", reference)

    def act() -> IncidentEntry:
        if old:
            return amend_entry(entry=old, by=by, **form.cleaned_data)
        return add_entry(incident=found, by=by, **form.cleaned_data)

    if attempt(form, act):
        return redirect(back)
    heading = "Amend a line" if old else "Write a line"
    return form_page(request, form, heading=heading, cancel=back, submit="Write it", crumbs=crumbs(scope, reference))


def _amended(incident: Incident, key: str) -> IncidentEntry | None:
    if not key:
        return None
    try:
        wanted = UUID(key)
    except ValueError:
        return None
    return get_object_or_404(incident.entries.all(), pk=wanted)


def _clock(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    """Let the clocks of a law begin."""
    found = get_object_or_404(owned(scope, Incident), reference=reference)
    form = RegimeForm(posted(request), on="incident")
    by: Any = request.user
    back = case_address(scope, "incident", reference)
    if attempt(form, lambda: start_regime(case=found, by=by, **form.cleaned_data)):
        return redirect(back)
    intro = "Clocks run from the moments of the incident; those whose event is to come begin later."
    return form_page(
        request, form, heading="Start clocks", cancel=back, submit="Start", intro=intro, crumbs=crumbs(scope, reference)
    )


def _lesson(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Incident), reference=reference)
    form = LessonForm(posted(request), people=people_of(scope))
    by: Any = request.user
    back = case_address(scope, "incident", reference)
    made = attempt(form, lambda: learn(incident=found, by=by, **form.cleaned_data))
    if made:
        messages.success(request, f"{made.reference} is issued: its corrective action is planned there once accepted.")
        return redirect(back)
    return form_page(
        request, form, heading="Make it a finding", cancel=back, submit="Issue", crumbs=crumbs(scope, reference)
    )


def link_page(request: HttpRequest, scope: Scope, case: Any, kinds: tuple[str, ...], back: str) -> HttpResponse:
    """Link a record by its reference."""
    form = LinkForm(posted(request))
    by: Any = request.user

    def act() -> CaseLink:
        wanted = form.cleaned_data["reference"].strip()
        for key in kinds:
            if key in linkables and (target := linkables[key].find(scope, wanted)) is not None:
                return link_case(case=case, kind=linkables[key], target=target, by=by)
        said = ", ".join(linkables[key].label.lower() for key in kinds if key in linkables)
        raise Refused(f"There is no record {wanted[:40]} to link to: give the reference of one of {said}.")

    if attempt(form, act):
        return redirect(back)
    return form_page(
        request, form, heading="Link a record", cancel=back, submit="Link", crumbs=[(case.reference, back)]
    )


def _link(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Incident), reference=reference)
    return link_page(request, scope, found, LINKED, case_address(scope, "incident", reference))


def unlink_page(request: HttpRequest, case: Any, link: UUID, back: str) -> HttpResponse:
    """Take a link away, with a reason."""
    from compliance.projects.forms import ReasonForm

    found = get_object_or_404(case.links.all(), pk=link)
    form = ReasonForm(posted(request))
    by: Any = request.user
    if attempt(form, lambda: (unlink_case(link=found, by=by, **form.cleaned_data),)):
        return redirect(back)
    heading = f"Unlink {found.target_reference}"
    return form_page(request, form, heading=heading, cancel=back, submit="Unlink", danger=True)


def _unlink(request: HttpRequest, scope: Scope, reference: str, link: UUID) -> HttpResponse:
    found = get_object_or_404(owned(scope, Incident), reference=reference)
    return unlink_page(request, found, link, case_address(scope, "incident", reference))


incidents = in_both("view", kind="incident")(require_safe(_incidents))
incident = in_both("view", kind="incident")(require_safe(_incident))
incident_add = in_both("edit", kind="incident")(_add)
incident_edit = in_both("edit", kind="incident")(_edit)
incident_next = in_both("edit", kind="incident")(_next)
incident_decide = in_both("approve", kind="incident")(_decide)
incident_entry = in_both("edit", kind="incident")(_entry)
incident_clock = in_both("edit", kind="incident")(_clock)
incident_lesson = in_both("edit", kind="incident")(_lesson)
incident_link = in_both("edit", kind="incident")(_link)
incident_unlink = in_both("edit", kind="incident")(_unlink)
