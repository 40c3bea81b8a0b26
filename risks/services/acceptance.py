"""Asking for acceptance, and deciding: by the right person, on the facts shown, for a stated time."""

from datetime import date, timedelta

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.approvals.snapshot import snapshot
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.access import roles_in
from compliance.projects.roles import ROLES
from risks.models import Band, Risk, RiskAcceptance, RiskPosition
from risks.reading import facts_of
from risks.services.people import need_followed
from risks.services.register import CannotMove, today
from risks.services.treatment import GRAVE_FOR_PEOPLE
from risks.services.trigger import settle

Kind, State = RiskAcceptance.Kind, RiskAcceptance.State


class NoAuthority(Refused):
    """The level is above what this person may accept."""


@governed()
def request_acceptance(
    *, risk: Risk, kind: str, reason: str, by: User, conditions: str = "", valid_until: date | None = None
) -> RiskAcceptance:
    """Put a risk as it stands before somebody with authority; its current level is what would be accepted."""
    if kind not in Kind.values:
        raise Refused(f"Acceptance {kind!r} is unknown: choose treatment_plan or residual.")
    current = _acceptable_now(risk, kind)
    band = current.method.band(current.level)
    facts = facts_of(risk)
    with change(by=by, reason=reason):
        acceptance = RiskAcceptance(
            organisation=risk.organisation,
            project=risk.project,
            risk=risk,
            kind=kind,
            level=current.level,
            method=current.method,
            facts=facts,
            snapshot_sha256=snapshot(facts).sha256,
            reason=reason.strip(),
            conditions=conditions.strip(),
            valid_until=_last_day(band, valid_until),
            requested_by=by,
            requested_at=simulated_moment() or timezone.now(),
        )
        acceptance.save()
    return acceptance


@governed()
def accept_risk(*, acceptance: RiskAcceptance, by: User, reason: str) -> RiskAcceptance:
    """Accept what was asked for, if nothing material changed since. Raises NotYours, NoAuthority."""
    _check_decision(acceptance, by)
    risk = Risk.objects.get(pk=acceptance.risk_id)  # as it stands now, not as a page read it
    if changed := acceptance.changed(facts_of(risk)):
        said = ", ".join(difference.label for difference in changed)
        raise CannotMove(f"{risk.reference} changed since the request ({said}): ask for acceptance again.")
    if acceptance.valid_until < today():
        raise CannotMove(f"The request was valid until {acceptance.valid_until:%-d %b %Y}: ask for acceptance again.")
    role = authority(risk=risk, user=by, band=acceptance.method.band(acceptance.level))
    with change(by=by, reason=reason):
        acceptance.state, acceptance.authority = State.ACCEPTED, role
        acceptance.accepted_by, acceptance.accepted_at = by, simulated_moment() or timezone.now()
        acceptance.save()
        settle(risk, by=by, outcome=reason, events={"acceptance_expiring", "acceptance_expired"})
    return acceptance


@governed()
def reject_acceptance(*, acceptance: RiskAcceptance, by: User, reason: str) -> RiskAcceptance:
    """Turn a request down."""
    _check_decision(acceptance, by)
    return _end(acceptance, State.REJECTED, by, reason)


@governed()
def revoke_acceptance(*, acceptance: RiskAcceptance, by: User, reason: str) -> RiskAcceptance:
    """Take an acceptance back before its time, with the authority for its level; a request is taken back by anybody.

    Raises NoAuthority.
    """
    if acceptance.state not in {State.ACCEPTED, State.REQUESTED}:
        raise CannotMove(f"{acceptance.reference} is {acceptance.get_state_display().lower()} already.")
    if acceptance.state == State.ACCEPTED and by.pk != acceptance.accepted_by_id:
        authority(risk=acceptance.risk, user=by, band=acceptance.method.band(acceptance.level))
    return _end(acceptance, State.REVOKED, by, reason)


def authority(*, risk: Risk, user: User, band: Band) -> str:
    """The role in which a person may accept a level; a risk owner accepts their own risks only. Raises NoAuthority."""
    held = roles_in(user, risk.scope)
    for role in band.authority:
        if role in held and (role != "risk_owner" or risk.owner_id == user.pk):
            return role
    asked = " or ".join(ROLES[role].name.lower() for role in band.authority)
    raise NoAuthority(f"A {band.level} risk is accepted by its {asked}: ask one of them.")


def _acceptable_now(risk: Risk, kind: str) -> RiskPosition:
    if risk.is_closed:
        raise CannotMove(f"{risk.reference} is closed: reopen it first.")
    if risk.owner_id is None:
        raise CannotMove(f"Name an owner of {risk.reference} before it is accepted.")
    current = risk.positions.filter(kind="current").select_related("method").first()
    if current is None:
        raise CannotMove(f"Assess the current position of {risk.reference} before it is accepted.")
    if kind == Kind.TREATMENT_PLAN and not risk.treatments.exists():
        raise CannotMove(f"{risk.reference} has no treatment yet: choose one before it is approved.")
    need_followed(risk)
    if kind == Kind.RESIDUAL and risk.privacy_level in GRAVE_FOR_PEOPLE:
        raise CannotMove(
            "A high risk to people is not accepted: reduce it, avoid it, or consult the authority (Art. 36)."
        )
    if risk.acceptances.filter(kind=kind, state=State.REQUESTED).exists():
        raise CannotMove(f"{risk.reference} already waits for this decision: decide it or take it back first.")
    return current


def _last_day(band: Band, asked: date | None) -> date:
    limit = today() + timedelta(days=band.acceptance_days)
    if asked is None:
        return limit
    if asked < today():
        raise Refused("Valid until: the day is in the past, choose a later one.")
    if asked > limit:
        raise Refused(
            f"Valid until: a {band.level} risk is accepted for {band.acceptance_days} days at most, "
            f"until {limit:%-d %b %Y}."
        )
    return asked


def _check_decision(acceptance: RiskAcceptance, by: User) -> None:
    if acceptance.state != State.REQUESTED:
        raise CannotMove(f"{acceptance.reference} is {acceptance.get_state_display().lower()} already.")
    if by.pk == acceptance.requested_by_id:
        raise NotYours("You asked for this yourself: somebody else has to decide.")


def _end(acceptance: RiskAcceptance, state: str, by: User, reason: str) -> RiskAcceptance:
    with change(by=by, reason=reason):
        acceptance.state = state
        acceptance.save()
    return acceptance
