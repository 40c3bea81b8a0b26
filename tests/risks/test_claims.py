"""The statement of applicability hears from risks which controls they rely on, now and then."""

from django.utils import timezone

from compliance.accounts.models import User
from controls.claims import claimed
from controls.models import Implementation
from risks import services
from risks.models import Risk


def test_a_risk_claims_the_controls_that_treat_it(risk: Risk, scrubber: Implementation, ed: User) -> None:
    before = timezone.now()
    services.link_control(risk=risk, implementation=scrubber, by=ed)
    project = risk.project

    for scope in (project, project.organisation):
        assert claimed(scope)["risk"] == {scrubber.control_id: [risk.reference]}
        assert claimed(scope, timezone.now())["risk"] == {scrubber.control_id: [risk.reference]}
        assert claimed(scope, before)["risk"] == {}
