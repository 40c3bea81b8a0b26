"""What an approved assessment proposes, and deciding about it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance.assessments.deciding import Progress, to_decide
from compliance.assessments.forms import DecideForm
from compliance.assessments.models import Assessment, Proposal
from compliance.assessments.services import accept_proposals, decline_proposals
from compliance.assessments.views.assessment import crumbs, find, page
from compliance.projects.access import Request, project_view, roles_in
from compliance.projects.models import Project
from compliance.projects.roles import GUEST
from compliance.projects.views.forms import attempt


def _shown(request: Request, row: Assessment, form: DecideForm, chosen: set[str], at: str = "") -> HttpResponse:
    context = {
        "row": row,
        "progress": to_decide(row),
        "form": form,
        "chosen": chosen,
        "wrong": at,
        "crumbs": crumbs(row),
        "decide_url": page(row, "decide"),
        "guest": all(role.endswith(GUEST) for role in roles_in(request.user, row.project.organisation)),
    }
    return render(request, "assessments/proposals.html", context, status=422 if at else 200)


@project_view("view", kind="assessment")
@require_safe
def proposals(request: Request, project: Project, reference: str) -> HttpResponse:
    """Everything the answers propose, by what is decided together, with the answer that does."""
    return _shown(request, find(project, reference), DecideForm(), set())


@project_view("approve", kind="assessment")
@require_POST
def decide(request: Request, project: Project, reference: str) -> HttpResponse:
    """Accept or decline what is ticked, or all of one decision: everything, or nothing."""
    row = find(project, reference)
    chosen = set(request.POST.getlist("selected"))
    form, key = DecideForm(request.POST), request.POST.get("decision", "")
    rows = _meant(to_decide(row), key, chosen, every=form.every)
    if not rows:
        messages.info(request, "Tick what you decide about first.")
        return redirect(f"{page(row, 'proposals')}#{key}" if key.replace("-", "").isalpha() else page(row, "proposals"))

    def act() -> list[Proposal]:
        does = accept_proposals if form.accepts else decline_proposals
        return does(proposals=rows, by=request.user, reason=form.cleaned_data["reason"])

    done = attempt(form, act)
    if done is None:
        return _shown(request, row, form, chosen, key or "none")
    said = "accepted" if form.accepts else "declined"
    left = to_decide(row).open
    messages.success(request, f"{len(done)} {said}. {_left(len(left))}")
    return redirect(page(row, "proposals") + (f"#{left[0].key}" if left else ""))


def _meant(progress: Progress, key: str, chosen: set[str], *, every: bool) -> list[Proposal]:
    decision = progress.named(key)
    lines = decision.waiting if decision else [line for one in progress.decisions for line in one.waiting]
    return [line.row for line in lines if (every and decision) or line.row.reference in chosen]


def _left(count: int) -> str:
    if not count:
        return "Everything is decided."
    return "One decision is left." if count == 1 else f"{count} decisions are left."
