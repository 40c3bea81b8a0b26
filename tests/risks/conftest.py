"""What the tests of this room stand on: a method in force, and one risk of Stridewell."""

from collections.abc import Callable
from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.projects import services as people
from compliance.projects.models import Organisation, Project
from controls.models import Implementation
from controls.services.control import add_control, implement_control
from risks import services
from risks.models import Risk, RiskMethod
from tests.stage import staged

SCENARIO: dict[str, Any] = {
    "title": "Health data in crash reports",
    "weakness": "unfiltered crash reports",
    "source": "the crash service",
    "event": "receive heart rates",
    "consequence": "a breach of special-category data",
    "risk_source": "supplier",
    "threat": "T07",
    "confidentiality": True,
}


@staged
def method(lumaro: Organisation, mara: User, ria: User) -> RiskMethod:
    """RM-1.0, drafted by Mara and approved by Ria."""
    draft = services.draft_method(organisation=lumaro, by=mara)
    return services.approve_method(method=draft, by=ria, reason="Fits our size.")


@staged
def risk(stridewell: Project, ed: User, ria: User, method: RiskMethod) -> Risk:
    """A risk of Stridewell that Ria owns, not yet scored."""
    return services.identify_risk(
        organisation=stridewell.organisation, project=stridewell, by=ed, owner=ria, **SCENARIO
    )


@pytest.fixture
def score(ed: User) -> Callable[..., Any]:
    """`score(risk, "current", 3, 4)` gives a risk a position."""

    def give(risk: Risk, kind: str, likelihood: int, consequence: int, by: User = ed) -> Any:
        return services.assess_risk(
            risk=risk, kind=kind, likelihood=likelihood, consequence=consequence, rationale="Seen in tests.", by=by
        )

    return give


@staged
def scrubber(stridewell: Project, ed: User) -> Implementation:
    """A control in place in Stridewell."""
    control = add_control(organisation=stridewell.organisation, title="Crash report scrubber", by=ed)
    return implement_control(
        control=control, scope=stridewell, owner=ed, by=ed, status="implemented", statement="Strips payloads."
    )


@staged
def nora(stridewell: Project, mara: User) -> User:
    """Owns risks of Stridewell only; nobody of the management."""
    from tests.conftest import person

    user = person("Nora")
    people.grant_role(user=user, role="risk_owner", scope=stridewell, by=mara)
    return user
