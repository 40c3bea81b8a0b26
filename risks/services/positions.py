"""Scoring a risk by the method in force."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused, change
from compliance.ledger.context import simulated_moment
from controls.models import Effectiveness, Implementation, Status
from risks.models import Risk, RiskControl, RiskMethod, RiskPosition
from risks.scales import DIMENSIONS
from risks.services.register import CannotMove, cadence_date

Kind = RiskPosition.Kind


class OutsideScale(Refused):
    """A score the method has no value for."""


def assess_risk(
    *,
    risk: Risk,
    kind: str,
    likelihood: int,
    rationale: str,
    by: User,
    consequence: int | None = None,
    dimensions: Mapping[str, int] | None = None,
    reason: str = "",
) -> RiskPosition:
    """Give a risk its inherent, current or residual position by the method in force. Raises OutsideScale.

    Of consequences told by dimension the worst counts, and a consequence told besides has to be that one.
    The first current score makes an identified risk analysed; a higher level brings the next review forward.
    """
    method = _method_for(risk, kind)
    consequence = _worst(method, consequence, dimensions or {})
    _refuse_outside(method, "Likelihood", likelihood, len(method.likelihoods))
    _refuse_outside(method, "Consequence", consequence, len(method.consequences))
    if not rationale.strip():
        raise Refused(f"Rationale: say why the {kind} position is {likelihood} × {consequence}.")
    with change(by=by, reason=reason or rationale.strip()):
        position = risk.positions.filter(kind=kind).first() or RiskPosition(
            organisation=risk.organisation, project=risk.project, risk=risk, kind=kind
        )
        position.likelihood, position.consequence, position.rationale = likelihood, consequence, rationale.strip()
        position.dimensions = dict(dimensions or {})
        position.level, position.method = method.level(likelihood, consequence), method
        position.assessor, position.assessed_at = by, simulated_moment() or timezone.now()
        position.save()
        _forget_positions(risk)
        if kind == Kind.CURRENT:
            _follow_current(risk)
    return position


def warnings(positions: Mapping[str, Any], links: Sequence[RiskControl]) -> list[str]:
    """What looks odd about a risk's positions, without forbidding it; only controls that count explain a fall."""
    said = []
    inherent, current, residual = (positions.get(kind) for kind in (Kind.INHERENT, Kind.CURRENT, Kind.RESIDUAL))
    if inherent and current and _higher(current, inherent):
        said.append("The current position is higher than the inherent one: controls rarely make things worse.")
    if current and residual and _higher(residual, current):
        said.append("The residual position is higher than the current one: treatment should not raise the risk.")
    fallen = bool(inherent and current and _lower(current, inherent))
    falling = bool(current and residual and _lower(residual, current))
    if not links and (fallen or falling):
        said.append("The score falls, but no control is linked that would explain it.")
    elif fallen and not any(counts(link.implementation) for link in links):
        names = ", ".join(link.implementation.reference for link in links)
        said.append(f"The current score is lower than the inherent one, but no linked control counts today ({names}).")
    return said


def lower_than_parts(risk: Risk, children: Iterable[Risk]) -> str:
    """What is odd about a scenario that stands lower than the worst of its open parts without a written reason."""
    scored = [(child.current.rank, child.reference) for child in children if child.current and not child.is_closed]
    if not scored or risk.current is None or risk.lower_because.strip():
        return ""
    rank, reference = max(scored)
    if risk.current.rank >= rank:
        return ""
    return f"It stands lower than {reference}, a part of it: assess it again, or write down why (edit it)."


def counts(implementation: Implementation) -> bool:
    """Whether a control counts towards a current position: it is implemented and was not found ineffective."""
    works = implementation.effectiveness != Effectiveness.INEFFECTIVE
    return bool(implementation.status == Status.IMPLEMENTED and works)


def by_kind(positions: Iterable[RiskPosition]) -> dict[str, RiskPosition]:
    """Positions by their kind."""
    return {position.kind: position for position in positions}


def _higher(one: Any, other: Any) -> bool:
    return (one.rank, one.likelihood * one.consequence) > (other.rank, other.likelihood * other.consequence)


def _lower(one: Any, other: Any) -> bool:
    return _higher(other, one)


def _method_for(risk: Risk, kind: str) -> RiskMethod:
    if risk.is_closed:
        raise CannotMove(f"{risk.reference} is closed: reopen it first.")
    if kind not in Kind.values:
        raise Refused(f"Position {kind!r} is unknown: choose inherent, current or residual.")
    if (method := RiskMethod.objects.in_force(risk.organisation)) is None:
        raise Refused("No risk method is in force: approve one before scoring.")
    return method


def _worst(method: RiskMethod, consequence: int | None, dimensions: Mapping[str, int]) -> int:
    for key, value in dimensions.items():
        if key not in method.dimensions:
            raise Refused(f"{method.label} does not describe consequences by {key}.")
        _refuse_outside(method, f"Consequence ({DIMENSIONS.get(key, key).lower()})", value, len(method.consequences))
    if not dimensions:
        if consequence is None:
            raise Refused("Consequence: choose one, or say it by dimension.")
        return consequence
    worst = max(dimensions.values())
    if consequence not in (None, worst):
        raise Refused(
            f"The consequence is the worst dimension, {worst}, not {consequence}: leave it out or make it {worst}."
        )
    return worst


def _refuse_outside(method: RiskMethod, name: str, value: Any, top: int) -> None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or not 1 <= value <= top:
        raise OutsideScale(f"{name} {value} is outside the scale of {method.label}: choose 1 to {top}.")


def _forget_positions(risk: Risk) -> None:
    """Prefetched positions are stale after a new score."""
    getattr(risk, "_prefetched_objects_cache", {}).pop("positions", None)


def _follow_current(risk: Risk) -> None:
    due = cadence_date(risk)
    risk.reviewed_at = simulated_moment() or timezone.now()
    if risk.state == Risk.State.IDENTIFIED:
        risk.state = Risk.State.ANALYSED
    if risk.next_review_date is None or due < risk.next_review_date:
        risk.next_review_date = due
    risk.save()
