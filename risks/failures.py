"""Risks are looked at again when a control that treats them is found ineffective (ISO/IEC 27001 8.2)."""

from collections.abc import Sequence

from compliance.accounts.models import User
from controls.failures import when_failing
from controls.models import Implementation
from risks.models import Risk
from risks.services.register import MOVES, move_risk
from risks.services.trigger import evaluate


@when_failing("risk")
def review_risks(*, implementation: Implementation, by: User, reason: str) -> Sequence[str]:
    """Flag every open risk the implementation treats that is not flagged yet."""
    found = Risk.objects.filter(controls__implementation=implementation, state__in=MOVES["flag"][0])
    risks = list(found.distinct().order_by("reference"))
    for risk in risks:
        move_risk(risk=risk, verb="flag", by=by, reason=reason)
    evaluate(implementation.organisation, events={"control_ineffective"})
    return [risk.reference for risk in risks]
