"""The rules as the organisation has them: read, searched, changed with a look at what that would do, approved."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from compliance.assessments.conditions import places
from compliance.assessments.forms.rule import RuleForm
from compliance.assessments.models import RuleChange, RuleState
from compliance.assessments.questionnaire import LATEST, Questionnaire, Rule, questionnaire
from compliance.assessments.rule_words import known, rule_text, told_condition, told_consequence
from compliance.assessments.ruled import changes_in_force, effects, with_changes
from compliance.assessments.services import decide_rule, propose_rule
from compliance.assessments.services.rule import change_of, next_own
from compliance.projects.access import Request, organisation_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Organisation
from compliance.projects.views.forms import attempt, posted


@dataclass(frozen=True)
class Line:
    """A rule as it is listed."""

    rule: Rule
    question: str
    when: str
    then: list[str]
    standing: str
    url: str


def _line(rule: Rule, asked: Questionnaire, changed: dict[str, RuleChange], organisation: Organisation) -> Line:
    change = changed.get(rule.id)
    told = [told_consequence(one, asked) for one in rule.then]
    where = reverse("assessments:rule", args=[organisation.slug, rule.id])
    standing = change.told if change and (change.off or change.content) else ""
    return Line(rule, asked.questions[rule.question].text, told_condition(rule.when, asked), told, standing, where)


def _rules(organisation: Organisation) -> tuple[Questionnaire, list[Line]]:
    """Every rule, those switched off among them, in the order of the edition."""
    asked = questionnaire(LATEST)
    changed = {one.rule: one for one in changes_in_force(organisation, LATEST)}
    ruled = {rule.id: rule for rule in with_changes(asked, changed.values()).rules}
    rows = {rule.id: rule for rule in asked.rules} | ruled
    return asked, [_line(rule, asked, changed, organisation) for rule in rows.values()]


def _crumbs(organisation: Organisation) -> list[tuple[str, str]]:
    return [
        ("Assessments", reverse("assessments:assessments", args=[organisation.slug])),
        ("Rules", reverse("assessments:rules", args=[organisation.slug])),
    ]


@organisation_view("view", kind="assessment")
@require_safe
def rules(request: Request, organisation: Organisation) -> HttpResponse:
    """All rules, searched by any word of theirs."""
    asked, lines = _rules(organisation)
    sought = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    shown = [one for one in lines if sought.casefold() in f"{rule_text(one.rule, asked)} {one.question.casefold()}"]
    waiting = RuleChange.objects.in_organisation(organisation).waiting().select_related("organisation", "proposed_by")
    context = {
        "lines": shown,
        "total": len(lines),
        "sought": sought,
        "edition": asked.edition,
        "waiting": waiting,
        "crumbs": _crumbs(organisation)[:1],
        "add_url": reverse("assessments:rule_add", args=[organisation.slug]),
    }
    return render(request, "assessments/rules.html", context)


def _found(organisation: Organisation, name: str) -> tuple[Questionnaire, Line]:
    asked, lines = _rules(organisation)
    line = next((one for one in lines if one.rule.id == name), None)
    if line is None:
        raise Http404("There is no such rule.")
    return asked, line


@organisation_view("view", kind="assessment")
@require_safe
def rule(request: Request, organisation: Organisation, rule: str) -> HttpResponse:
    """One rule in words, and every change of it."""
    rows = RuleChange.objects.in_organisation(organisation).filter(rule=rule).order_by("-reference")
    changes = list(rows.select_related("organisation", "proposed_by", "approval__decided_by"))
    known_rules = [one for one in _rules(organisation)[1] if one.rule.id == rule]
    if not known_rules and not changes:
        raise Http404("There is no such rule.")
    context = {
        "rule": rule,
        "line": next(iter(known_rules), None),
        "edition_when": _edition_when(rule, known_rules[0].rule.when) if known_rules else "",
        "changes": changes,
        "changed": bool(known_rules and known_rules[0].standing),
        "waits": any(one.state == RuleState.PROPOSED for one in changes),
        "crumbs": _crumbs(organisation),
        "change_url": reverse("assessments:rule_change", args=[organisation.slug, rule]),
        "restore_url": reverse("assessments:rule_restore", args=[organisation.slug, rule]),
    }
    return render(request, "assessments/rule.html", context)


def _edition_when(rule: str, when: Any) -> str:
    """When the edition has the rule hold, where that is otherwise."""
    asked = questionnaire(LATEST)
    kept = asked.rule(rule)
    return told_condition(kept.when, asked) if kept is not None and kept.when != when else ""


@organisation_view("approve", kind="assessment")
def rule_change(request: Request, organisation: Organisation, rule: str) -> HttpResponse:
    """Change a rule; what that would do is shown before it is put forward."""
    asked, line = _found(organisation, rule)
    own = rule.startswith("OWN-")
    return _edited(request, organisation, asked, rule, line.rule, own=own)


@organisation_view("approve", kind="assessment")
def rule_add(request: Request, organisation: Organisation) -> HttpResponse:
    """A rule of the organisation's own."""
    return _edited(request, organisation, questionnaire(LATEST), next_own(organisation), None, own=True)


def _edited(
    request: Request, organisation: Organisation, asked: Questionnaire, name: str, rule: Rule | None, *, own: bool
) -> HttpResponse:
    form = RuleForm(posted(request), asked=asked, rule=rule, own=own)
    found: Any = None
    off = False
    if form.is_bound and form.is_valid():
        off = bool(form.cleaned_data.get("off"))
        says = None if off else form.says()
        given: dict[str, Any] = {"organisation": organisation, "rule": name, "by": request.user, "off": off}
        if "confirm" in request.POST:
            reason = form.cleaned_data["reason"]
            done = attempt(form, lambda: propose_rule(**given, says=says, reason=reason))
            if done is not None:
                messages.success(request, f"{done.reference} waits for somebody else to approve it.")
                return redirect(done)
        found = effects(change_of(**given, says=says))
    context = {
        "form": form,
        "name": name,
        "own": own,
        "line": rule and told_condition(rule.when, asked),
        "effects": found,
        "told": told_condition(form.cleaned_data["whole"], asked) if form.is_valid() and not off else "",
        "edition_when": _edition_when(name, rule.when) if rule else "",
        "restore_url": reverse("assessments:rule_restore", args=[organisation.slug, name]),
        "places": places(asked),
        "groups": asked.groups,
        "names": [label for kind in ("control", "risk", "framework", "flag") for label in known(kind).values()],
        "crumbs": _crumbs(organisation),
        "cancel_url": _crumbs(organisation)[1][1],
    }
    return render(request, "assessments/rule_form.html", context, status=422 if form.errors else 200)


@organisation_view("approve", kind="assessment")
def rule_restore(request: Request, organisation: Organisation, rule: str) -> HttpResponse:
    """Put forward that the rule is again as the edition has it."""
    _found(organisation, rule)
    form = ReasonForm(posted(request))
    own = rule.startswith("OWN-")
    row = change_of(organisation=organisation, rule=rule, by=request.user, off=own)
    reason = form.data.get("reason", "")
    done = attempt(
        form, lambda: propose_rule(organisation=organisation, rule=rule, by=request.user, reason=reason, off=own)
    )
    if done is not None:
        messages.success(request, f"{done.reference} waits for somebody else to approve it.")
        return redirect(done)
    return _looked_at(request, organisation, row, form, f"Take back what we changed about {rule}", "Put it forward")


@organisation_view("approve", kind="assessment")
def rule_decide(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Approve or reject a change, with what it would do."""
    rows = RuleChange.objects.in_organisation(organisation).select_related("organisation", "approval", "proposed_by")
    row = get_object_or_404(rows, reference=reference)
    form = ReasonForm(posted(request))
    approve = request.POST.get("verdict") == "approve"
    reason = form.data.get("reason", "")
    done = attempt(form, lambda: decide_rule(row=row, approve=approve, by=request.user, reason=reason))
    if done is not None:
        messages.success(request, f"{row.reference} is {row.get_state_display().lower()}.")
        return redirect(row)
    return _looked_at(request, organisation, row, form, f"Approve {row}", "")


def _looked_at(
    request: Request, organisation: Organisation, row: RuleChange, form: ReasonForm, heading: str, submit: str
) -> HttpResponse:
    asked = questionnaire(LATEST)
    context = {
        "row": row,
        "form": form,
        "heading": heading,
        "submit": submit,
        "then": [told_consequence(one, asked) for one in row.says.get("then", ())],
        "when": told_condition(row.says["when"], asked) if "when" in row.says else "",
        "edition_when": _edition_when(row.rule, row.says["when"]) if "when" in row.says else "",
        "effects": effects(row) if row.state == RuleState.PROPOSED else [],
        "crumbs": [*_crumbs(organisation), (row.rule, row.get_absolute_url())],
        "cancel_url": row.get_absolute_url(),
    }
    return render(request, "assessments/rule_decide.html", context, status=422 if form.errors else 200)
