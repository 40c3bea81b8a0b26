"""A control that fails brings the risks it treats to review."""

from collections.abc import Callable

from compliance.accounts.models import User
from compliance.ledger import change
from controls.failures import tell_failure
from controls.models import Implementation
from risks.models import Risk
from risks.services.register import move_risk
from risks.services.treatment import link_control


def test_an_ineffective_control_flags_its_risks_once(
    risk: Risk, scrubber: Implementation, score: Callable[..., object], ed: User, ria: User
) -> None:
    score(risk, "current", 3, 4)
    risk.refresh_from_db()
    link_control(risk=risk, implementation=scrubber, by=ed)
    move_risk(risk=risk, verb="evaluate", by=ed)

    with change(by=ria):
        told = [tell_failure(implementation=scrubber, by=ria, reason="CT-001 found it ineffective") for _ in range(2)]

    assert told == [[risk.reference], []]
    assert Risk.objects.get().state == "review_due"
