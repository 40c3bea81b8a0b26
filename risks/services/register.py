"""Naming risks, changing them, and moving them through their life."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change, governed, need_reason
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Organisation, Project
from risks.models import RiskAcceptance, newest
from risks.models.register import Risk
from risks.reading import facts_of
from risks.scales import threats
from risks.services.trigger import settle

State = Risk.State
WORDS = dict(State.choices)
OPEN = frozenset(state for state in State if state != State.CLOSED)

# verb: (from which states, to which)
MOVES: dict[str, tuple[frozenset[str], str]] = {
    "analyse": (frozenset({State.IDENTIFIED}), State.ANALYSED),
    "evaluate": (frozenset({State.ANALYSED, State.REVIEW_DUE}), State.EVALUATED),
    "plan": (frozenset({State.EVALUATED}), State.TREATMENT_PLANNED),
    "start": (frozenset({State.TREATMENT_PLANNED}), State.IN_TREATMENT),
    "monitor": (frozenset({State.IN_TREATMENT}), State.MONITORED),
    "flag": (
        frozenset({State.ANALYSED, State.EVALUATED, State.TREATMENT_PLANNED, State.IN_TREATMENT, State.MONITORED}),
        State.REVIEW_DUE,
    ),
    "close": (OPEN, State.CLOSED),
    "reopen": (frozenset({State.CLOSED}), State.IDENTIFIED),
}
CHANGEABLE = {
    "title",
    "approach",
    "weakness",
    "source",
    "event",
    "consequence",
    "risk_source",
    "threat",
    "confidentiality",
    "integrity",
    "availability",
    "owner",
    "next_review_date",
    "parent",
    "lower_because",
}


class CannotMove(Refused):
    """The risk may not take this step now."""


def today() -> date:
    """The day of the change being made."""
    return (simulated_moment() or timezone.now()).date()


def identify_risk(
    *, organisation: Organisation, project: Project | None = None, by: User, reason: str = "", **fields: Any
) -> Risk:
    """Put a risk on the register, of a project or (without one) of the whole organisation."""
    if project is not None and project.organisation_id != organisation.pk:
        raise Refused(f"{project} belongs to another organisation.")
    risk = Risk(organisation=organisation, project=project)
    _take(risk, fields)
    with change(by=by, reason=reason):
        risk.save()
    return risk


def update_risk(*, risk: Risk, by: User, reason: str = "", **fields: Any) -> Risk:
    """Change what the risk says or whose it is; scores and states have steps of their own.

    While an acceptance stands on it, the reason is asked for.
    """
    _refuse_closed(risk)
    if not reason.strip() and risk.acceptances.accepted().exists():
        need_reason(reason, f"{risk.reference} is accepted as it is: say why it changes")
    _take(risk, fields)
    with change(by=by, reason=reason):
        risk.save()
    return risk


def move_risk(*, risk: Risk, verb: str, by: User | str, reason: str = "") -> Risk:
    """Take one step of `MOVES` whose conditions are met. Raises CannotMove with what is missing."""
    if verb in {"close", "flag", "reopen"}:
        need_reason(reason)
    _check_move(risk, verb)
    GUARDS.get(verb, lambda one: None)(risk)
    with change(by=by, reason=reason):
        risk.flagged_from = risk.state if verb == "flag" else ""
        risk.state = MOVES[verb][1]
        if verb == "reopen":
            risk.closed_because = ""
        if verb == "evaluate":
            _looked_at(risk, cadence_date(risk), by, reason or "Evaluated.")
        risk.save()
    return risk


@governed("Say which fact shows that the risk is gone")
def close_risk(*, risk: Risk, because: str, by: User, reason: str) -> Risk:
    """Close for one of the four recognised causes; the reason says which fact shows it."""
    if because not in Risk.ClosedBecause.values:
        raise CannotMove("Say why the risk is closed: source gone, avoided, merged or out of scope.")
    _check_move(risk, "close")
    with change(by=by, reason=reason):
        risk.state, risk.closed_because = State.CLOSED, because
        risk.save()
        settle(risk, by=by, outcome=reason)
    return risk


@governed("Say what the review found")
def review_risk(*, risk: Risk, by: User, reason: str, next_review_date: date | None = None) -> Risk:
    """Record that the risk was looked at again; the next review follows from its level unless a day is given."""
    _refuse_closed(risk)
    if risk.current is None:
        raise CannotMove(f"{risk.reference} has no current score to review: assess it first.")
    if next_review_date is not None and next_review_date <= today():
        raise CannotMove("The next review is in the future: choose a later day.")
    with change(by=by, reason=reason):
        if risk.state == State.REVIEW_DUE:
            risk.state, risk.flagged_from = risk.flagged_from or State.EVALUATED, ""
        _looked_at(risk, next_review_date or cadence_date(risk), by, reason)
        risk.save()
    return risk


def _looked_at(risk: Risk, next_review_date: date, by: User | str, outcome: str) -> None:
    """The risk was looked at now: what was asked of it is done, and the next day is set."""
    risk.reviewed_at, risk.next_review_date = simulated_moment() or timezone.now(), next_review_date
    settle(risk, by=by, outcome=outcome)


def cadence_date(risk: Risk) -> date:
    """The day by which the current level asks for another look."""
    current = risk.positions.select_related("method").get(kind="current")
    return today() + timedelta(days=current.method.band(current.level).review_days)


def offered(risk: Risk) -> list[str]:
    """The steps the state allows, whether or not their conditions are met yet."""
    return [verb for verb, (before, _) in MOVES.items() if risk.state in before]


def _take(risk: Risk, fields: dict[str, Any]) -> None:
    if unknown := set(fields) - CHANGEABLE:
        raise Refused(f"{', '.join(sorted(unknown))}: not changed this way.")
    for name, value in fields.items():
        setattr(risk, name, value)
    _check_parent(risk)
    if risk.threat and risk.threat not in threats():
        raise Refused(f"Threat {risk.threat} is unknown: choose one of T01 to T{len(threats()):02d}.")
    try:
        risk.clean_fields()
    except ValidationError as wrong:
        names = {field.name: str(field.verbose_name) for field in risk._meta.concrete_fields}
        said = (f"{names[name]}: {texts[0]}" for name, texts in wrong.message_dict.items())
        raise Refused(" ".join(f"{text[:1].upper()}{text[1:]}" for text in said)) from None


def _check_parent(risk: Risk) -> None:
    """Two levels: a scenario and its parts, within one organisation and reach."""
    above = risk.parent
    if above is None:
        return
    if above.pk == risk.pk or above.parent_id or (not risk._state.adding and risk.children.exists()):
        raise Refused("A part of a scenario has no parts of its own: choose a risk that stands by itself.")
    if above.organisation_id != risk.organisation_id or (above.project_id and above.project_id != risk.project_id):
        raise Refused(f"{above.reference} does not belong to {risk.scope}: choose one that does.")


def _check_move(risk: Risk, verb: str) -> None:
    before, after = MOVES[verb]
    if risk.state not in before:
        raise CannotMove(
            f"{risk.reference} is {WORDS[risk.state].lower()}: it cannot become {WORDS[after].lower()} from there."
        )


def _need_position(risk: Risk) -> None:
    if not risk.positions.filter(kind="current").exists():
        raise CannotMove(f"Assess the current position of {risk.reference} first.")


def _need_plan(risk: Risk) -> None:
    if risk.owner_id is None:
        raise CannotMove(f"Name an owner of {risk.reference} who has the authority and the budget to treat it.")
    if not risk.treatments.exists():
        raise CannotMove(f"Choose how {risk.reference} is treated first: modify, retain, avoid or share.")


def _need_actions(risk: Risk) -> None:
    options = set(risk.treatments.values_list("option", flat=True))
    if options & {"modify", "avoid"} and not risk.treatments.filter(actions__isnull=False).exists():
        raise CannotMove(f"Plan at least one action for {risk.reference}, with an owner and a day.")


def _need_target(risk: Risk) -> None:
    positions = {one.kind: one for one in risk.positions.all()}
    current, residual = positions.get("current"), positions.get("residual")
    if current and residual and current.rank <= residual.rank:
        return
    relied_on = newest(risk.acceptances.all(), RiskAcceptance.Kind.RESIDUAL)
    if relied_on and relied_on.standing(facts_of(risk), today()) == "accepted":
        return
    raise CannotMove(
        f"{risk.reference} is monitored once its current level is down to the residual one, "
        "or what remains is accepted."
    )


def _need_closing_words(risk: Risk) -> None:
    raise CannotMove("Close a risk with its cause: source gone, avoided, merged or out of scope.")


GUARDS = {
    "analyse": _need_position,
    "evaluate": _need_position,
    "plan": _need_plan,
    "start": _need_actions,
    "monitor": _need_target,
    "close": _need_closing_words,
}


def _refuse_closed(risk: Risk) -> None:
    if risk.is_closed:
        raise CannotMove(f"{risk.reference} is closed: reopen it first.")
