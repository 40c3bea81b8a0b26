"""What an approved assessment proposes, and deciding about it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance.assessments.forms import DecideForm
from compliance.assessments.models import Assessment, Proposal
from compliance.assessments.registry import consequences
from compliance.assessments.services import accept_proposals, decline_proposals
from compliance.assessments.views.assessment import crumbs, find, page
from compliance.projects.access import Request, project_view
from compliance.projects.models import Project
from compliance.projects.views.forms import attempt

BY_HAND = {
    Proposal.Kind.RISK: "risks are drafted in the register",
    Proposal.Kind.FLOW: "flows are drawn under Data flows",
    Proposal.Kind.PARTY: "parties are added under Parties",
    Proposal.Kind.RECORD: "the record is made in its register",
}


def _groups(row: Assessment) -> list[dict[str, Any]]:
    """The proposals by kind, with how each stands in its room."""
    by_kind: dict[str, list[Proposal]] = {}
    for one in row.proposals.select_related("decided_by", "project"):
        by_kind.setdefault(one.kind, []).append(one)
    groups: list[dict[str, Any]] = []
    for kind, label in Proposal.Kind.choices:
        found = by_kind.get(kind, [])
        does = consequences.get(kind)
        looks = does.look(row.project, [one.given for one in found]) if does and does.look and found else []
        hand = "" if does else BY_HAND.get(Proposal.Kind(kind), "it is made where it belongs")
        lines = list(zip(found, looks or [""] * len(found), strict=True))
        waiting = sum(one.state == "proposed" for one in found)
        title = does.title if does else label
        groups.append({"kind": kind, "label": title, "lines": lines, "hand": hand, "waiting": waiting})
    return [group for group in groups if group["lines"]]


def _shown(request: Request, row: Assessment, form: DecideForm, chosen: set[str], status: int = 200) -> HttpResponse:
    groups = _groups(row)
    context = {
        "row": row,
        "groups": groups,
        "waiting": sum(group["waiting"] for group in groups),
        "form": form,
        "chosen": chosen,
        "crumbs": crumbs(row),
        "decide_url": page(row, "decide"),
    }
    return render(request, "assessments/proposals.html", context, status=status)


@project_view("view", kind="assessment")
@require_safe
def proposals(request: Request, project: Project, reference: str) -> HttpResponse:
    """Everything the answers propose, with the answer that does."""
    return _shown(request, find(project, reference), DecideForm(), set())


@project_view("approve", kind="assessment")
@require_POST
def decide(request: Request, project: Project, reference: str) -> HttpResponse:
    """Accept or decline what is ticked: all of it, or none."""
    row = find(project, reference)
    chosen = set(request.POST.getlist("selected"))
    form = DecideForm(request.POST)
    every = request.POST.get("every", "")
    rows = [
        one
        for one in row.proposals.select_related("project__organisation")
        if one.reference in chosen or (one.kind == every and one.state == "proposed")
    ]
    if not rows:
        messages.info(request, "Tick what you decide about first.")
        return redirect(page(row, "proposals"))

    def act() -> list[Proposal]:
        does = accept_proposals if form.cleaned_data["verdict"] == "accept" else decline_proposals
        return does(proposals=rows, by=request.user, reason=form.cleaned_data["reason"])

    done = attempt(form, act)
    if done is None:
        for one in rows:
            one.refresh_from_db()
        return _shown(request, row, form, chosen, 422)
    said = "accepted" if form.cleaned_data["verdict"] == "accept" else "declined"
    messages.success(request, f"{len(done)} {said}.")
    return redirect(page(row, "proposals"))
