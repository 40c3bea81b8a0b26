"""Exceptions of projects from their organisation's statements of applicability."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.access import Request, organisation_view, project_view
from compliance.projects.models import Organisation, Project
from compliance.projects.scoped import ScopedRows
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import state
from controls.addresses import address, split
from controls.forms.audit import VerdictForm
from controls.forms.deviation import DeviationForm
from controls.models import Deviation, DeviationState
from controls.services.deviation import decide_deviation, end_deviation, request_deviation
from controls.views.applicability import line_or_404, record_of
from controls.views.scopes import in_both, owned
from controls.views.steps import Step, offered, step_page

WAITING = frozenset({DeviationState.REQUESTED.value})
ENDING = (
    Step("withdraw", "Withdraw", WAITING, lambda row, data, by: end_deviation(deviation=row, by=by, **data)),
    Step(
        "end",
        "End the exception",
        frozenset({DeviationState.APPROVED.value}),
        lambda row, data, by: end_deviation(deviation=row, by=by, **data),
        intro="The organisation's decision counts again. Say what became of it.",
        danger=True,
    ),
)
DECIDING = (
    Step(
        "decide",
        "Decide",
        WAITING,
        lambda row, data, by: decide_deviation(deviation=row, approve=data["verdict"], by=by, reason=data["reason"]),
        form=VerdictForm,
        intro="Yes lets the project leave the requirement out until the last day; no leaves everything as it is.",
    ),
)


def _standing(row: Deviation, value: Any) -> str:
    found = DeviationState(row.standing(now_read().date()))
    return state(found.value, found.label)


DEVIATIONS = Register(
    key="exceptions",
    noun="exception",
    title="Exceptions",
    order="-reference",
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column(
            "requirement",
            "Leaves out",
            kind="main",
            value=lambda row: f"{row.requirement.citation} {row.requirement.title}",
        ),
        Column("project", "In", value="project.name", sort="project__name"),
        Column("state", "State", kind="state", sort="state", draw=_standing),
        Column("valid_until", "Last day", kind="day", sort="valid_until"),
        Column("requested_by", "Asked by", value="requested_by.name", sort="requested_by__name"),
        Column("compensating", "Instead", shown=False),
    ),
    empty_title="No exceptions",
    empty_text="Where a project cannot do what its organisation requires, it asks for an exception from the row of the "
    "requirement. Somebody else approves it, and it ends on a day.",
)


LISTED = ScopedRows(Deviation, lambda rows: rows.select_related("project", "requirement__edition", "requested_by"))


def _deviations(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    return DEVIATIONS.respond(
        request,
        lambda: LISTED(scope),
        url=lambda row: address(scope, "deviation", row.reference),
        template="controls/deviation_list.html",
    )


def _deviation(request: Request, scope: Organisation | Project, reference: str) -> HttpResponse:
    row = one_or_404(scope, reference)
    organisation, _ = split(scope)
    asked = row.requirement
    standing = DeviationState(row.standing(now_read().date()))
    context = {
        "deviation": row,
        "standing": standing,
        "list_url": address(scope, "deviations"),
        "row_url": address(row.project, "row", asked.edition.key, asked.ref),
        "again_url": address(row.project, "deviation_add", asked.edition.key, asked.ref),
        "decide_url": address(organisation, "deviation_decide", reference),
        "steps": offered(row, ENDING, address(scope, "deviation_end", reference), request.user),
    }
    return render(request, "controls/deviation.html", context)


def one_or_404(scope: Organisation | Project, reference: str) -> Deviation:
    """An exception of the scope."""
    related = ("project__organisation", "requirement__edition", "requested_by", "approval__decided_by")
    found: Deviation = get_object_or_404(owned(scope, Deviation).select_related(*related), reference=reference)
    return found


@project_view("edit", kind="applicability")
def deviation_add(request: Request, project: Project, edition: str, ref: str) -> HttpResponse:
    """Ask for an exception."""
    _, line = line_or_404(project, edition, ref)
    back = address(project, "row", edition, ref)
    form = DeviationForm(posted(request))
    made = attempt(
        form,
        lambda: request_deviation(
            project=project, requirement=record_of(line).requirement, by=request.user, **form.cleaned_data
        ),
    )
    if made:
        return redirect(address(project, "deviation", made.reference))
    return form_page(
        request,
        form,
        heading=f"Ask for an exception from {ref}",
        cancel=back,
        submit="Ask",
        intro=f"{project.organisation} includes {ref} {line.row.requirement.title}. {project} may leave it out for a "
        "time if somebody who approves for the organisation agrees; after the last day it applies again by itself.",
        crumbs=[(ref, back)],
    )


def _end(request: Request, scope: Organisation | Project, reference: str) -> HttpResponse:
    back = address(scope, "deviation", reference)
    return step_page(request, one_or_404(scope, reference), ENDING, back=back, crumb=reference)


@organisation_view("approve", kind="applicability")
def deviation_decide(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Approve or reject it."""
    back = address(organisation, "deviation", reference)
    return step_page(request, one_or_404(organisation, reference), DECIDING, back=back, crumb=reference)


deviations = in_both("view", kind="applicability")(require_safe(_deviations))
deviation = in_both("view", kind="applicability")(require_safe(_deviation))
deviation_end = in_both("edit", kind="applicability")(_end)
