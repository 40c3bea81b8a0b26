"""Audits and their programme: lists, pages, steps, and who sits at the desk."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation, Project
from compliance.projects.scoped import ScopedRows
from compliance.projects.services import mail_invitation
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.register import Column, Register
from controls.addresses import address
from controls.forms.audit import AuditFilter, AuditForm, ReportedForm, ReportForm, SeatForm
from controls.models import Audit, AuditSeat, Finding
from controls.services.audit import edit_audit, move_audit, plan_audit
from controls.services.desk import FREEZABLE, freeze_scope, frozen_scope
from controls.services.seat import end_seat, invite_auditor, seat_auditor
from controls.views.evidence import visible
from controls.views.scopes import in_both, people_of
from controls.views.steps import Step, offered, step_page

AUDITS = Register(
    key="audits",
    noun="audit",
    order="-start_date",
    filterset=AuditFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Audit", kind="main", sort="title"),
        Column("state", "State", value="get_state_display", kind="state", sort="state"),
        Column("kind", "Kind", value="get_kind_display", sort="kind"),
        Column("start_date", "Begins", kind="day", sort="start_date"),
        Column("end_date", "Ends", kind="day", sort="end_date"),
        Column("programme", "Programme", value="programme.reference", sort="programme__reference"),
        Column("project", "Of", value=lambda row: row.project or row.organisation, sort="project__name"),
    ),
    empty_title="No audits yet",
    empty_text="Plan the first: what it is to find out, by which requirements it measures, and who audits.",
)


def _to(state: str) -> Any:
    return lambda audit, data, by: move_audit(audit=audit, to=state, by=by, **data)


STEPS = (
    Step("freeze", "Freeze the scope", FREEZABLE, lambda audit, data, by: freeze_scope(audit=audit, by=by, **data)),
    Step("notify", "Notify the audited", frozenset({"planned"}), _to("notified")),
    Step("fieldwork", "Begin the fieldwork", frozenset({"notified"}), _to("fieldwork")),
    Step("report", "Draft the report", frozenset({"fieldwork"}), _to("draft_report"), form=ReportForm),
    Step("back", "Back to the fieldwork", frozenset({"draft_report"}), _to("fieldwork")),
    Step("response", "Ask for answers", frozenset({"draft_report"}), _to("response")),
    Step("final", "Make the report final", frozenset({"response"}), _to("final")),
    Step("close", "Close the audit", frozenset({"final"}), _to("closed"), form=ReportedForm),
    Step("cancel", "Cancel the audit", frozenset({"planned", "notified"}), _to("cancelled"), danger=True),
)


LISTED = ScopedRows(Audit, lambda rows: rows.select_related("programme", "project", "organisation"), shared=True)


def _audits(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    return AUDITS.respond(
        request,
        lambda: LISTED(scope),
        url=lambda row: address(scope, "audit", row.reference),
        template="controls/audit_list.html",
        programmes_url="" if isinstance(scope, Project) else address(scope, "programmes"),
        add_url=_add_url(request, scope),
        add_label="Plan an audit",
    )


def _add_url(request: Any, scope: Organisation | Project) -> str:
    return address(scope, "audit_add") if request.can.edit and isinstance(scope, Organisation) else ""


def _audit(request: HttpRequest, scope: Organisation | Project, reference: str) -> HttpResponse:
    rows = visible(scope, Audit).select_related("programme", "project", "organisation")
    found = get_object_or_404(rows, reference=reference)
    organisation = found.organisation
    seats = found.seats.select_related("user", "invitation", "organisation")
    shown = visible(scope, Finding).filter(audit=found).exclude(state="withdrawn")
    context = {
        "audit": found,
        "frozen": frozen_scope(found),
        "seats": [(seat, seat.standing()) for seat in seats],
        "criteria": _by_edition(found),
        "findings": shown.select_related("owner", "requirement").order_by("reference"),
        "notes": found.notes.count(),
        "steps": offered(found, STEPS, address(organisation, "audit_next", reference), request.user),
        "scope_url": address(scope, "audits"),
        "urls": {name: address(organisation, f"audit_{name}", reference) for name in ("edit", "staff")},
        "changeable": isinstance(scope, Organisation),
    }
    return render(request, "controls/audit.html", context)


def _by_edition(audit: Audit) -> list[tuple[str, list[Any]]]:
    found: dict[str, list[Any]] = {}
    rows = audit.criteria.select_related("requirement__edition").order_by(
        "requirement__edition__position", "requirement__position"
    )
    for one in rows:
        found.setdefault(one.requirement.edition.label, []).append(one.requirement)
    return list(found.items())


def _one(organisation: Organisation, reference: str) -> Audit:
    rows = Audit.objects.in_organisation(organisation).select_related("programme", "project", "organisation")
    found: Audit = get_object_or_404(rows, reference=reference)
    return found


@organisation_view("edit", kind="audit")
def audit_add(request: Request, organisation: Organisation) -> HttpResponse:
    """Plan an audit."""
    form = AuditForm(posted(request), organisation=organisation)
    made = attempt(
        form,
        lambda: plan_audit(
            scope=form.cleaned_data["project"] or organisation,
            by=request.user,
            criteria=form.criteria(),
            **form.given(),
        ),
    )
    back = address(organisation, "audits")
    if made:
        return redirect(address(organisation, "audit", made.reference))
    return form_page(request, form, heading="Plan an audit", cancel=back, submit="Plan it", crumbs=[("Audits", back)])


@organisation_view("edit", kind="audit")
def audit_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Change words and days."""
    found = _one(organisation, reference)
    form = AuditForm(posted(request), instance=found, organisation=organisation)
    back = address(organisation, "audit", reference)
    if attempt(form, lambda: edit_audit(audit=found, by=request.user, **form.given())):
        return redirect(back)
    return form_page(request, form, heading=f"Edit {reference}", cancel=back, crumbs=[(reference, back)])


@organisation_view("edit", kind="audit")
def audit_next(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """The next step of an audit."""
    back = address(organisation, "audit", reference)
    return step_page(request, _one(organisation, reference), STEPS, back=back, crumb=reference)


@organisation_view("approve", kind="audit")
def audit_staff(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Give somebody a place, or end one."""
    found, back = _one(organisation, reference), address(organisation, "audit", reference)
    if request.POST.get("end"):
        return _end(request, found, back)
    form = SeatForm(posted(request), people=people_of(organisation))
    made = attempt(form, lambda: (_seat(request, found, form),))
    if made is None:
        heading = f"Who audits: {reference}"
        return form_page(request, form, heading=heading, cancel=back, submit="Appoint", crumbs=[(reference, back)])
    if made[0] is None:
        return redirect(back)
    return render(request, "projects/invited.html", {**made[0], "crumbs": [(reference, back)], "heading": "Invited"})


def _seat(request: Request, audit: Audit, form: SeatForm) -> dict[str, Any] | None:
    given = form.cleaned_data
    if given["person"]:
        seat_auditor(audit=audit, user=given["person"], by=request.user, **form.window())
        return None
    outside = {"name": given["name"], "email": given["email"]}
    _, invitation, token = invite_auditor(audit=audit, by=request.user, **outside, **form.window())
    link = request.build_absolute_uri(reverse("projects:invitation", args=[token]))
    return {"invitation": invitation, "link": link, "mailed": mail_invitation(invitation, link)}


def _end(request: Request, audit: Audit, back: str) -> HttpResponse:
    seat = get_object_or_404(AuditSeat, audit=audit, pk=request.POST["end"])
    if seat.ended_at is None:
        end_seat(seat=seat, by=request.user, reason=request.POST.get("reason") or "Ended by who runs the audit")
        messages.success(request, f"The desk is closed for {seat.name}.")
    return redirect(back)


audits = in_both("view", kind="audit")(require_safe(_audits))
audit = in_both("view", kind="audit")(require_safe(_audit))
