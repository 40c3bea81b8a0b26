"""What auditors reject in risk records, found before a pack is issued."""

from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from typing import Any

from compliance.ledger import as_of
from compliance.packs.registry import Finding, Level, Period, check, day
from compliance.projects.models import Organisation, Project
from risks.models import Risk, RiskAcceptance, RiskPosition, RiskTreatment, Threat, ThreatModel, Vulnerability
from risks.past import risks_at, streams_of
from risks.reading import Standing, standings

Scope = Organisation | Project


def open_risks(scope: Scope, at: datetime) -> list[Risk]:
    return [risk for risk in risks_at(scope, at) if not risk.is_closed]


def residual(risk: Risk, at: datetime) -> Standing | None:
    """The acceptance of the residual risk that is relied on."""
    found = [one for one in standings(risk, at.date()) if one.acceptance.kind == RiskAcceptance.Kind.RESIDUAL]
    return next((one for one in found if one.acceptance.state == RiskAcceptance.State.ACCEPTED), None)


@check("PF09", level=Level.BLOCK)
def treated_or_accepted(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """A risk above the threshold has a treatment with actions or a valid acceptance."""
    found = []
    for risk in open_risks(scope, at):
        current, accepted = risk.current, residual(risk, at)
        if current is None or current.method.band(current.level).acceptable:
            continue
        if _is_treated(risk) or (accepted and accepted.word == "accepted"):
            continue
        text = f"{risk.reference} is {current.level}, above the threshold, neither treated nor validly accepted."
        found.append(Finding("PF09", Level.BLOCK, text, risk.get_absolute_url()))
    return found


def _is_treated(risk: Risk) -> bool:
    """Something other than retaining it, with at least one action that is not cancelled."""
    return any(
        action.status != "cancelled"
        for treatment in risk.treatments.all()
        if treatment.option != RiskTreatment.Option.RETAIN
        for action in treatment.actions.all()
    )


@check("PF10", level=Level.BLOCK)
def acceptances_hold(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """An acceptance relied on is in date, by somebody with the authority, and on the facts as they are."""
    found = []
    for risk in open_risks(scope, at):
        if (accepted := residual(risk, at)) is None:
            continue
        said = " ".join(_flaws(accepted, risk))
        if said:
            text = f"{accepted.acceptance.reference}, acceptance of {risk.reference}: {said}"
            found.append(Finding("PF10", Level.BLOCK, text, risk.get_absolute_url()))
    return found


def _flaws(accepted: Standing, risk: Risk) -> Iterator[str]:
    row = accepted.acceptance
    if accepted.word == "expired":
        yield f"expired on {day(row.valid_until)}."
    if accepted.word == "outdated":
        yield "outdated, the risk changed materially since."
    if row.authority not in row.method.band(row.level).authority:
        yield "accepted without the authority for its level."
    if row.accepted_by_id == row.requested_by_id:
        yield "accepted by the person who asked for it."


@check("PF11", level=Level.BLOCK)
def scores_hold(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """Scores have a rationale, lie on their method's scale, and use one method version per risk."""
    found = []
    for risk in open_risks(scope, at):
        positions = list(risk.positions.all())
        said = [flaw for position in positions if (flaw := _flaw(position))]
        if len({position.method_id for position in positions}) > 1:
            labels = ", ".join(sorted({position.method.label for position in positions}))
            said.append(f"it is scored by several method versions ({labels}): assess it again by one.")
        if said:
            text = f"{risk.reference}: {' '.join(said)}"
            found.append(Finding("PF11", Level.BLOCK, text, risk.get_absolute_url()))
    return found


def _flaw(position: RiskPosition) -> str:
    name = f"the {position.kind} score"
    if not position.rationale.strip():
        return f"{name} has no rationale."
    if position.method.levels.get((position.likelihood, position.consequence)) != position.level:
        return f"{name} is not on the scale of {position.method.label}."
    return ""


@check("PF12", level=Level.WARN)
def actions_in_time(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """Open actions are not past their day: a plan that changed says so with a new day and its reason."""
    return [
        Finding("PF12", Level.WARN, _late(risk, action), risk.get_absolute_url())
        for risk in open_risks(scope, at)
        for treatment in risk.treatments.all()
        for action in treatment.actions.all()
        if action.overdue(at.date())
    ]


def _late(risk: Risk, action: Any) -> str:
    status = action.get_status_display().lower()
    return f"{action.reference} of {risk.reference} was due on {day(action.due_date)} and is {status}."


@check("PF40", level=Level.BLOCK)
def grave_vulnerabilities_in_time(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """A critical or exploited vulnerability is not past its day."""
    rows = as_of(Vulnerability, at, stream=streams_of(scope)).order_by("reference").instances("project")
    return [
        Finding(
            "PF40", Level.BLOCK, f"{row.reference} is {_grave(row)} and was due on {day(row.due_date)}.", _page(row)
        )
        for row in rows
        if row.due_date and row.overdue(at.date()) and (row.exploited or row.severity == "critical")
    ]


def _grave(row: Vulnerability) -> str:
    return "known to be exploited" if row.exploited else "critical"


def _page(row: Any) -> str:
    return str(row.get_absolute_url())


@check("PF41", level=Level.WARN)
def threats_name_their_risk(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """Open and accepted threats of a model that counts name the risk somebody lives with."""
    models = as_of(ThreatModel, at, stream=streams_of(scope)).instances("project")
    counting = {model.pk: model for model in models if model.state == "approved"}
    threats = as_of(Threat, at, stream=streams_of(scope)).order_by("reference").instances()
    return [
        Finding(
            "PF41",
            Level.WARN,
            f"{row.reference} of {counting[row.threat_model_id].reference} is {row.status} and names no risk.",
            _page(counting[row.threat_model_id]),
        )
        for row in threats
        if row.threat_model_id in counting and row.needs_risk
    ]


@check("PF42", level=Level.WARN)
def threat_models_are_current(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """An approved threat model was looked at by its day of review."""
    models = as_of(ThreatModel, at, stream=streams_of(scope)).order_by("reference").instances("project")
    return [
        Finding("PF42", Level.WARN, f"{row.reference} was to be reviewed by {day(row.review_date)}.", _page(row))
        for row in models
        if row.state == "approved" and row.review_date and row.review_date < at.date()
    ]


import_module("risks.preflight_cases")
