"""A risk's page, its words, the harm to people, and the steps of its life."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.accounts.models import User
from compliance.ledger.moment import now_read
from compliance.projects.access import Request
from compliance.projects.panels import panels_at
from compliance.projects.roles import role_name
from risks import pictures, services
from risks.exceptions import exceptions_of
from risks.facts import Difference
from risks.forms.register import RiskForm, StepForm
from risks.models import Risk, RiskMethod, RiskPosition, TreatmentAction
from risks.obligations import obligations_of
from risks.reading import facts_of
from risks.services.positions import by_kind, counts, lower_than_parts, warnings
from risks.services.register import offered
from risks.services.treatment import ACTION_MOVES
from risks.views.scopes import carried_out, form_page, risk_view

STEPS = {
    "evaluate": ("Evaluate", "You compared it with the acceptance criteria of its level."),
    "plan": ("Plan treatment", "The options are chosen and the owner stands behind them."),
    "start": ("Start treatment", "The actions begin."),
    "monitor": ("Monitor", "Treatment did what it should, or what remains is accepted."),
    "review": ("Record a review", "You looked at it again: the words, the scores, the controls."),
    "flag": ("Ask for a review", "Something happened that may change the score."),
    "close": ("Close", "It leaves the open risks; its history stays and it can be reopened."),
    "reopen": ("Reopen", "It returns to the open risks as identified, with its scores."),
}
PAGES = ("edit", "people", "opinion", "deviation", "treat", "acceptance", "control_add", "touch")


@risk_view("view")
@require_safe
def detail(request: Request, risk: Risk) -> HttpResponse:
    positions = by_kind(risk.positions.all())
    method = RiskMethod.objects.in_force(risk.organisation)
    steps = _steps(risk)
    children = list(with_positions(risk.children.all()))
    context = {
        "risk": risk,
        "urls": {name: risk.address(f"risk_{name}") for name in PAGES},
        "positions": [
            (kind, positions.get(kind), risk.address("risk_assess", kind))
            for kind in RiskPosition.Kind.values
            if kind in positions or method is None or kind in method.kinds
        ],
        "warnings": _warnings(risk, children),
        "children": children,
        "touches": [(link, risk.address("risk_untouch", link.thing.reference)) for link in risk.links.all()],
        "exceptions": exceptions_of(risk),
        "obligations": obligations_of(risk) if request.can.register.view else [],
        "movement": pictures.movement(positions, method) if method else None,
        "method": method,
        "older": any(method and one.method_id != method.pk for one in positions.values()),
        "steps": steps,
        "primary": _primary(risk, steps),
        "overdue": risk.review_overdue(),
        "asked_now": risk.review_overdue() and (risk.next_review_date or date.max) >= now_read().date(),
        "treatments": _treatments(risk),
        "controls": _controls(risk),
        "acceptances": _acceptances(risk),
        "panels": panels_at("risk", risk, request.can, request.user),
        "histories": _histories(risk, positions.values()),
    }
    return render(request, "risks/risk.html", context)


def with_positions(rows: Any) -> Any:
    return rows.with_positions().order_by("reference")


def _warnings(risk: Risk, children: list[Risk]) -> list[str]:
    found = warnings(by_kind(risk.positions.all()), list(risk.controls.all()))
    return [*found, lower] if (lower := lower_than_parts(risk, children)) else found


def _steps(risk: Risk) -> list[dict[str, str]]:
    """What is offered, the natural next step first; analysing happens by scoring."""
    verbs = [verb for verb in offered(risk) if verb != "analyse"]
    if risk.current and not risk.is_closed:
        verbs.insert(-1, "review")
    return [{"verb": verb, "label": STEPS[verb][0], "url": risk.address("risk_step", verb)} for verb in verbs]


def _primary(risk: Risk, steps: list[dict[str, str]]) -> dict[str, str] | None:
    """The one thing to do next."""
    if risk.is_closed:
        return None
    if risk.current is None:
        return {"label": "Assess", "url": risk.address("risk_assess", "current")}
    if risk.state == Risk.State.EVALUATED and not risk.treatments.all():
        return {"label": "Choose a treatment", "url": risk.address("risk_treat")}
    return next((step for step in steps if step["verb"] in {"evaluate", "plan", "start", "monitor", "review"}), None)


def _treatments(risk: Risk) -> list[dict[str, Any]]:
    shown = []
    for row in risk.treatments.all():
        actions = [
            {"row": action, "url": risk.address("risk_action", action.reference), "moves": _moves(risk, action)}
            for action in row.actions.all()
        ]
        shown.append(
            {
                "row": row,
                "actions": actions,
                "add_url": risk.address("risk_action_add", row.option),
                "edit_url": f"{risk.address('risk_treat')}?option={row.option}",
                "withdraw_url": risk.address("risk_withdraw", row.option),
            }
        )
    return shown


def _moves(risk: Risk, action: TreatmentAction) -> list[dict[str, str]]:
    known = TreatmentAction.Status
    return [
        {"label": str(status.label), "url": risk.address("risk_action_move", action.reference, status.value)}
        for status in known
        if status in ACTION_MOVES[action.status]
    ]


def _controls(risk: Risk) -> list[dict[str, Any]]:
    return [
        {
            "row": link,
            "counts": counts(link.implementation),
            "unlink_url": risk.address("risk_control_unlink", link.implementation.reference),
        }
        for link in risk.controls.all()
    ]


def _acceptances(risk: Risk) -> list[dict[str, Any]]:
    facts, today = facts_of(risk), now_read().date()
    rows = risk.acceptances.all()
    changed = {row.pk: row.changed(facts) for row in rows}
    names = _owner_names([change for changes in changed.values() for change in changes])
    return [
        {
            "row": row,
            "word": row.standing(facts, today),
            "shown": [_named(change, names) for change in changed[row.pk]],
            "authority": role_name(row.authority),
            "decide_url": risk.address("risk_decide", row.reference),
            "revoke_url": risk.address("risk_revoke", row.reference),
        }
        for row in rows
    ]


def _owner_names(changes: Iterable[Difference]) -> dict[str, str]:
    """Facts hold the owner's id, which outlives a change of name; people read names."""
    ids = {key for change in changes if change.key == "owner" for key in (change.before, change.after)} - {"none"}
    return {str(user.pk): user.name for user in User.objects.filter(pk__in=ids)} if ids else {}


def _named(change: Difference, names: dict[str, str]) -> Difference:
    if change.key != "owner":
        return change
    return replace(change, before=names.get(change.before, "nobody"), after=names.get(change.after, "nobody"))


def _histories(risk: Risk, positions: Iterable[RiskPosition]) -> list[dict[str, str]]:
    """The timelines of the risk and of its scores."""
    within = "project_record" if risk.project_id else "organisation_record"

    def url(row: Any) -> str:
        return reverse(f"timeline:{within}", args=[risk.scope.slug, row._meta.label_lower, row.pk])

    lines = [{"label": f"Every change of {risk.reference}", "url": url(risk)}]
    return lines + [{"label": f"{one.get_kind_display()} scores", "url": url(one)} for one in positions]


@risk_view("edit")
def edit(request: Request, risk: Risk) -> HttpResponse:
    form = RiskForm(request.POST or None, instance=risk, scope=risk.scope)
    if carried_out(request, form, services.update_risk, risk=risk):
        messages.success(request, f"{risk.reference} is saved.")
        return redirect(risk)
    return form_page(request, risk, form, heading=f"Edit {risk.reference}", save="Save")


@risk_view("edit")
def step(request: Request, risk: Risk, verb: str) -> HttpResponse:
    if verb not in STEPS:
        raise Http404
    label, lead = STEPS[verb]
    form = StepForm(request.POST or None, verb=verb)
    own: dict[str, Callable[..., Risk]] = {"close": services.close_risk, "review": services.review_risk}
    service = own.get(verb) or partial(services.move_risk, verb=verb)
    if carried_out(request, form, service, risk=risk):
        messages.success(request, f"{risk.reference} is {risk.get_state_display().lower()}.")
        return redirect(risk)
    return form_page(request, risk, form, heading=f"{label}: {risk.reference}", save=label, lead=lead)
