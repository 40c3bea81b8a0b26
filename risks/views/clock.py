"""Clocks as lines of a page, and their steps: submitted, not owed, standing still."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from compliance.periods import in_words
from compliance.projects.models import Organisation, Project
from compliance.projects.pairs import in_both
from controls.views.scopes import owned
from controls.views.steps import Step, step_page
from risks.forms.incident import SubmitForm
from risks.models import RegulatoryClock
from risks.models.incident import case_address
from risks.services.clock import hold_clock, not_owed, resume_clock, submit

Scope = Organisation | Project
RUNNING = frozenset({"running"})


def _of_assessment(row: RegulatoryClock, user: Any) -> bool:
    return row.assessment_id is not None and row.held_since is None


SUBMIT = Step(
    "submit",
    "Record the submission",
    RUNNING,
    lambda row, data, by: submit(clock=row, by=by, **data),
    make=lambda row, data: SubmitForm(data, case=row),
)
STEPS = (
    SUBMIT,
    Step("none", "Nothing is owed", RUNNING, lambda row, data, by: not_owed(clock=row, by=by, **data)),
    Step(
        "hold",
        "It stands still",
        RUNNING,
        lambda row, data, by: hold_clock(clock=row, by=by, **data),
        only=_of_assessment,
    ),
    Step(
        "resume",
        "It runs on",
        RUNNING,
        lambda row, data, by: resume_clock(clock=row, by=by, **data),
        only=lambda row, user: row.held_since is not None,
    ),
)


def clock_lines(
    scope: Scope, clocks: Iterable[RegulatoryClock], at: datetime, can: Any, own: bool
) -> list[dict[str, Any]]:
    """Clocks with what is left of them; running ones first, the nearest end on top."""
    rows = sorted(clocks, key=lambda one: (not one.is_running, one.due_at is None, one.due_at or one.began_at))
    return [
        {
            "row": one,
            "standing": one.standing(at),
            "left": one.left(at),
            "words": str(one.left(at) or ""),
            "took": in_words(one.took) if one.took is not None else "",
            "url": case_address(scope, "clock", one.pk) if own and one.is_running and can.incident.edit else "",
        }
        for one in rows
    ]


def _clock(request: HttpRequest, scope: Scope, clock: UUID) -> HttpResponse:
    rows = owned(scope, RegulatoryClock).select_related(
        "incident__project", "breach__project", "assessment__project", "organisation", "project"
    )
    found = get_object_or_404(rows, pk=clock)
    found.state, found.reference = found.outcome, found.title  # a step asks for both
    back = found.case.get_absolute_url()
    return step_page(request, found, STEPS, back=back, crumb=found.case.reference)


clock = in_both("edit", kind="incident")(_clock)
