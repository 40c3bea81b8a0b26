"""What a framework would cost us, and confirming what a crosswalk proposes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.ledger import Refused
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Organisation, Project
from compliance.projects.views.forms import attempt
from controls.addresses import address, split
from controls.models import CoverageConfirmation, Edition, Mapping, Requirement
from controls.services.cost import (
    VERDICTS,
    Ground,
    confirm_coverage,
    cost_rows,
    costs,
    counts,
    ground_of,
    withdraw_confirmation,
)
from controls.services.statement import statements_in
from controls.views.coverage import VERDICTS as WORDS
from controls.views.scopes import in_both


def _cost(request: HttpRequest, scope: Organisation | Project) -> HttpResponse:
    known = Edition.objects.visible_in(split(scope)[0]).filter(key=request.GET.get("edition", "")[:60])
    edition = known.first()
    context: dict[str, Any] = {"coverage_url": address(scope, "coverage"), "cost_url": request.path}
    if edition is None:
        return render(request, "controls/cost.html", {**context, "costs": costs(scope)})
    rows = cost_rows(scope, edition, request.GET.get("role", ""))
    verdict = request.GET.get("verdict", "")
    tallied = counts(rows)
    adopted = edition.pk in {one.edition_id for one in statements_in(scope)}
    shown = [row for row in rows if verdict not in VERDICTS or row.covered.verdict == verdict]
    context |= {
        "edition": edition,
        "rows": [{"ground": one, "url": _confirm_url(scope, one.covered.requirement)} for one in shown],
        "total": len(rows),
        "confirmed": sum(row.covered.verdict == "mapped" and row.confirmation is not None for row in rows),
        "tabs": [{"key": key, "label": WORDS[key], "count": tallied[key]} for key in VERDICTS],
        "verdict": verdict if verdict in VERDICTS else "",
        "adopt_url": "" if adopted else f"{address(scope, 'adopt')}?edition={edition.key}",
    }
    return render(request, "controls/cost_edition.html", context)


def _confirm_url(scope: Organisation | Project, requirement: Requirement) -> str:
    return address(scope, "confirm_coverage", requirement.edition.key, requirement.ref)


class ConfirmForm(ReasonForm):
    """Which pair, and why it holds."""

    mapping = forms.ModelChoiceField(
        label="Met through", queryset=Mapping.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    field_order = ("mapping", "reason")

    def __init__(self, *args: Any, ground: Ground, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["mapping"]
        words = {pair.mapping.pk: _words(pair) for pair in ground.pairs}
        chosen.queryset = Mapping.objects.filter(pk__in=words)
        chosen.label_from_instance = lambda mapping: words[mapping.pk]
        self.fields["reason"].help_text = "What you compared, and what you found. It is kept and shown."


def _words(pair: Any) -> str:
    disputed = "; disputed: sources differ about it" if pair.mapping.disputed else ""
    told = f"{pair.here.citation} {pair.here.title} {pair.relation_words} it"
    return f"{told} (confidence {pair.mapping.confidence}, {pair.mapping.source}{disputed})"


def _confirm(request: HttpRequest, scope: Organisation | Project, edition: str, ref: str) -> HttpResponse:
    known = Requirement.objects.visible_in(split(scope)[0]).select_related("edition", "group")
    requirement = get_object_or_404(known, edition__key=edition, ref=ref)
    ground = ground_of(scope, requirement)
    back = f"{address(scope, 'cost')}?edition={edition}&verdict=mapped"
    withdrawing = "withdraw" in request.POST
    form: Any = ReasonForm(request.POST) if withdrawing else ConfirmForm(request.POST or None, ground=ground)
    by: Any = request.user

    def act() -> Any:
        if withdrawing:
            return _withdraw(scope, requirement, by, form.cleaned_data["reason"])
        return confirm_coverage(scope=scope, requirement=requirement, by=by, **form.cleaned_data)

    if attempt(form, act):
        messages.success(request, f"{ref} {'is a proposal again' if withdrawing else 'confirmed'}.")
        return redirect(back)
    context = {"requirement": requirement, "ground": ground, "back": back}
    context["own"] = _own(scope, requirement).exists()
    context["form"] = ConfirmForm(None, ground=ground) if withdrawing else form
    return render(request, "controls/cost_confirm.html", context, status=422 if form.errors else 200)


def _own(scope: Organisation | Project, requirement: Requirement) -> Any:
    organisation, project = split(scope)
    rows = CoverageConfirmation.objects.filter(organisation=organisation, project=project)
    return rows.filter(requirement=requirement)


def _withdraw(scope: Organisation | Project, requirement: Requirement, by: Any, reason: str) -> bool:
    found = _own(scope, requirement).first()
    if found is None:
        raise Refused("Nobody has confirmed it here.")
    withdraw_confirmation(confirmation=found, by=by, reason=reason)
    return True


cost = in_both("view", kind="applicability")(require_safe(_cost))
confirm = in_both("edit", kind="applicability")(_confirm)
